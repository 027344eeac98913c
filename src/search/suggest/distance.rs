//! Words within a few edits of each other, and the words of a dictionary that are within a few edits of one.

use std::collections::BTreeMap;

use tantivy::Term;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;

use crate::index::{Index, LiveStatistics};

/// The terms of a field within `edits` (at most 2) of `word`, each with the number of live passages that hold it. With
/// `beginnings`, only those that begin with one of these letters.
///
/// The dictionary is walked with a Levenshtein automaton (Schulz and Mihov 2002), which leaves every branch that leads to
/// no such term. With two edits all beginnings of three or four letters still lead to one; a first letter that is known
/// spares most of them.
///
/// # Errors
///
/// When the index cannot be read.
pub fn terms_near(
    index: &Index,
    field: Field,
    word: &str,
    edits: u8,
    beginnings: Option<&[char]>,
) -> tantivy::Result<BTreeMap<String, u64>> {
    let automaton = FuzzyTermQuery::new(Term::from_field_text(field, word), edits, true).automaton()?;
    let mut found = BTreeMap::new();
    for segment in index.searcher.segment_readers() {
        let inverted = segment.inverted_index(field)?;
        let search = || inverted.terms().search(&automaton);
        let mut streams = Vec::new();
        match beginnings {
            None => streams.push(search().into_stream()?),
            Some(letters) => {
                for letter in letters {
                    let from = search().ge(letter.to_string());
                    // The order of UTF-8 is that of the characters' numbers.
                    let next = char::from_u32(u32::from(*letter) + 1);
                    let range = if let Some(next) = next { from.lt(next.to_string()) } else { from };
                    streams.push(range.into_stream()?);
                }
            }
        }
        for mut stream in streams {
            while stream.advance() {
                if let Ok(term) = std::str::from_utf8(stream.key()) {
                    found.insert(term.to_owned(), 0);
                }
            }
        }
    }
    let live = LiveStatistics::new(index);
    for (term, frequency) in &mut found {
        *frequency = live.document_frequency(&Term::from_field_text(field, term))?;
    }
    // Terms that only deleted passages held are not there any more.
    found.retain(|_, frequency| *frequency > 0);
    Ok(found)
}

/// The number of edits (insertion, deletion, substitution, transposition of neighbours) between two words, if it is at
/// most `most`. The optimal string alignment distance; `O(length · most)` in practice.
#[must_use]
pub fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let substitution = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = substitution.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        if row.iter().min().is_some_and(|least| *least > most) {
            return None;
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|edits| *edits <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits() {
        assert_eq!(distance("siatica", "sciatica", 2), Some(1));
        assert_eq!(distance("teh", "the", 1), Some(1));
        assert_eq!(distance("kitten", "sitting", 2), None);
        assert_eq!(distance("", "ab", 2), Some(2));
    }
}
