//! Did you mean: the words of the index that a misspelt word may stand for.

use std::collections::BTreeMap;

use tantivy::Term;

use crate::analysis::{fold, is_unspaced};
use crate::index::Index;

/// Shortest word that is corrected, in characters: short ones have too many neighbours.
const SHORTEST: usize = 4;

/// Length in characters from which two edits still leave no doubt about the word.
const LONG: usize = 8;

/// Keys next to each other on a QWERTY keyboard; the commonest slips of the finger.
const NEIGHBOURS: &[&str] = &["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// The likeliest word of the index for `word`, if none has `word` itself. Linear in the dictionary, which is read only
/// for words that nothing holds.
///
/// # Errors
///
/// When the index cannot be read.
pub fn correct(index: &Index, word: &str) -> tantivy::Result<Option<String>> {
    let word = fold(word);
    let length = word.chars().count();
    // Of a script without spaces, what is typed is no word of the index but a run of several.
    if length < SHORTEST || is_unspaced(&word) || word.bytes().any(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let field = index.fields.exact;
    let allowed = if length < LONG { 1 } else { 2 };
    // Frequencies are summed over segments, so that the choice does not depend on how the index was written.
    let mut near: BTreeMap<String, (usize, u32)> = BTreeMap::new();
    for segment in index.searcher.segment_readers() {
        let inverted = segment.inverted_index(field)?;
        if inverted.doc_freq(&Term::from_field_text(field, &word))? > 0 {
            return Ok(None);
        }
        let mut stream = inverted.terms().stream()?;
        while stream.advance() {
            let Ok(term) = std::str::from_utf8(stream.key()) else { continue };
            if term.len().abs_diff(word.len()) > 2 * allowed || term.bytes().any(|byte| byte.is_ascii_digit())
            {
                continue;
            }
            let Some(edits) = distance(&word, term, allowed) else { continue };
            near.entry(term.to_owned()).or_insert((edits, 0)).1 += stream.value().doc_freq;
        }
    }
    let mut best: Option<(f64, String)> = None;
    for (term, (edits, frequency)) in near {
        let score = likelihood(&word, &term, edits, frequency);
        // The first in the alphabet of equals.
        if best.as_ref().is_none_or(|(own, _)| score > *own) {
            best = Some((score, term));
        }
    }
    Ok(best.map(|(_, term)| term))
}

/// How likely `term` was meant: fewer edits first, then the same first letter, keys that are neighbours, and frequency.
fn likelihood(word: &str, term: &str, edits: usize, frequency: u32) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "edits are at most two")]
    let edits = edits as f64;
    let first = if word.chars().next() == term.chars().next() { 1.0 } else { 0.0 };
    let slip = if is_keyboard_slip(word, term) { 0.5 } else { 0.0 };
    f64::from(frequency + 1).ln() * 0.4 - edits * 3.0 + first + slip
}

/// Whether the words differ in one letter whose key is next to the right one.
fn is_keyboard_slip(word: &str, term: &str) -> bool {
    let differing: Vec<(char, char)> = word.chars().zip(term.chars()).filter(|(a, b)| a != b).collect();
    word.chars().count() == term.chars().count()
        && matches!(differing.as_slice(), [(a, b)] if NEIGHBOURS.iter().any(|row| {
            matches!((row.find(*a), row.find(*b)), (Some(a), Some(b)) if a.abs_diff(b) == 1)
        }))
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
