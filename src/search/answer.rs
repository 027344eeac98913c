//! What tells a text that answers a short question from one that only holds its words.
//!
//! An answer stands in one place: most of the question's words come together there, often in a sentence that says of
//! its subject what it *is*, and where a number or a time is asked, one stands beside them. Who only names a thing is
//! better served by such a sentence too. All of it is evidence, never a condition.

use std::ops::Range;

use crate::analysis::{Analyzer, Stemming, units};
use crate::index::StoredPassage;
use crate::query::Asked;

/// Words that one place holds. On the development collections 10, 20 and 30 are equally good.
const PLACE: usize = 20;

/// Words before a linking verb that can be its subject. On the development collections 3, 5 and 8 are equally good.
const SUBJECT: usize = 5;

/// Words around the place in which a number or a time belongs to it. On the development collections 4, 8 and 16 are
/// equally good.
const BESIDE: usize = 8;

/// What a statement counts where a thing is only named, beside one where a question is asked. Of the development questions
/// with at most three telling words, without the words that ask, 0.5 and 1 are equally good, .011 nDCG@10 better than 0.
const DEFINITION: f64 = 0.5;

/// What a word can be to an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Nothing in particular.
    #[default]
    Other,
    /// A verb between a subject and what is said of it.
    Linking,
    /// A number.
    Number,
    /// A year or a month.
    Time,
}

/// Verbs between a subject and what is said of it, numbers that are written as words, and months: their English stems, in
/// order. A query is over before as many words could be stemmed.
const ROLES: &[(&str, Role)] = &[
    ("april", Role::Time),
    ("are", Role::Linking),
    ("august", Role::Time),
    ("billion", Role::Number),
    ("call", Role::Linking),
    ("decemb", Role::Time),
    ("defin", Role::Linking),
    ("dozen", Role::Number),
    ("eight", Role::Number),
    ("eighteen", Role::Number),
    ("eighti", Role::Number),
    ("eleven", Role::Number),
    ("februari", Role::Time),
    ("fifteen", Role::Number),
    ("fifti", Role::Number),
    ("five", Role::Number),
    ("forti", Role::Number),
    ("four", Role::Number),
    ("fourteen", Role::Number),
    ("half", Role::Number),
    ("hundr", Role::Number),
    ("is", Role::Linking),
    ("januari", Role::Time),
    ("juli", Role::Time),
    ("june", Role::Time),
    ("known", Role::Linking),
    ("march", Role::Time),
    ("may", Role::Time),
    ("mean", Role::Linking),
    ("million", Role::Number),
    ("nine", Role::Number),
    ("nineteen", Role::Number),
    ("nineti", Role::Number),
    ("novemb", Role::Time),
    ("octob", Role::Time),
    ("one", Role::Number),
    ("percent", Role::Number),
    ("refer", Role::Linking),
    ("septemb", Role::Time),
    ("seven", Role::Number),
    ("seventeen", Role::Number),
    ("seventi", Role::Number),
    ("six", Role::Number),
    ("sixteen", Role::Number),
    ("sixti", Role::Number),
    ("stand", Role::Linking),
    ("ten", Role::Number),
    ("thirteen", Role::Number),
    ("thirti", Role::Number),
    ("thousand", Role::Number),
    ("three", Role::Number),
    ("twelv", Role::Number),
    ("twenti", Role::Number),
    ("two", Role::Number),
    ("was", Role::Linking),
    ("were", Role::Linking),
];

/// The role of the word with this stem.
#[must_use]
pub fn role_of(stem: &str) -> Role {
    let bytes = stem.as_bytes();
    if bytes.iter().any(u8::is_ascii_digit) {
        let year = matches!(bytes, [b'1' | b'2', rest @ ..] if rest.len() == 3 && rest.iter().all(u8::is_ascii_digit));
        return if year { Role::Time } else { Role::Number };
    }
    ROLES.binary_search_by_key(&stem, |(stem, _)| *stem).map_or(Role::Other, |at| ROLES[at].1)
}

/// Where the words of a question stand in a text: places among its words, in order, each with the number of the word.
pub type Found = Vec<(usize, usize)>;

/// The places of a question's words, of each of which there is a list; of two words at one place the first counts.
#[must_use]
pub fn found<'a>(places: impl Iterator<Item = &'a [u32]>) -> Found {
    let numbered = places.enumerate();
    let mut found: Found =
        numbered.flat_map(|(word, places)| places.iter().map(move |place| (*place as usize, word))).collect();
    found.sort_unstable();
    found.dedup_by_key(|(place, _)| *place);
    found
}

/// Looks for the answer in a passage in which the question's words were found, places counted from the beginning of its
/// heading; `words` are where those of its text stand. Linear; no other words are stemmed than those beside them.
pub fn answer_in(
    passage: &StoredPassage,
    words: &[Range<usize>],
    asked: Asked,
    found: &[(usize, usize)],
    weights: &[f64],
    analyzer: &mut Analyzer,
) -> Answer {
    let stemming = Stemming::of(passage.language.as_deref());
    let heading = passage.heading.as_deref().unwrap_or("");
    let in_heading = units(heading);
    let word = |place: usize| match place.checked_sub(in_heading.len()) {
        None => in_heading.get(place).map(|range| &heading[range.clone()]),
        Some(place) => words.get(place).map(|range| &passage.text[range.clone()]),
    };
    let mut role =
        |place: usize| word(place).map_or(Role::Other, |word| role_of(&analyzer.term(word, stemming)));
    answer(asked, found, in_heading.len() + words.len(), &mut role, weights)
}

/// How much a text looks like the answer.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Answer {
    /// Weight of the question's words that one place of the text holds.
    pub place: f64,
    /// Share, from 0 to 1, of the question's weight that is the subject of a statement.
    pub statement: f64,
    /// From 0 to 1: whether what is asked, a number or a time, stands at that place.
    pub amount: f64,
}

impl Answer {
    /// The better of two parts of one text, in each respect.
    #[must_use]
    pub const fn or_better(self, other: Self) -> Self {
        Self {
            place: self.place.max(other.place),
            statement: self.statement.max(other.statement),
            amount: self.amount.max(other.amount),
        }
    }
}

/// Looks for the answer in one text of `length` words, of which `found` are the question's; `role` tells what the word at
/// a place is beside. `weights` has one entry for each word of the question. Linear in what was found.
#[must_use]
pub fn answer(
    asked: Asked,
    found: &[(usize, usize)],
    length: usize,
    role: &mut dyn FnMut(usize) -> Role,
    weights: &[f64],
) -> Answer {
    let all: f64 = weights.iter().sum();
    let mut statement: f64 = 0.0;
    for (at, (place, _)) in found.iter().enumerate() {
        if place + 1 < length && role(place + 1) == Role::Linking {
            let first = found[..at].partition_point(|(other, _)| other + SUBJECT < *place);
            statement = statement.max(different(&found[first..=at], weights));
        }
    }
    let statement = if all > 0.0 { statement / all } else { 0.0 };
    if asked == Asked::Definition {
        return Answer { statement: DEFINITION * statement, ..Answer::default() };
    }
    let (place, span) = best_place(found, weights);
    let mut amount: f64 = 0.0;
    if matches!(asked, Asked::Number | Asked::Time) && place > 0.0 {
        for at in span.start.saturating_sub(BESIDE)..(span.end + BESIDE).min(length) {
            if found.binary_search_by_key(&at, |(place, _)| *place).is_ok() {
                continue;
            }
            amount = amount.max(match (asked, role(at)) {
                (Asked::Number, Role::Number | Role::Time) | (Asked::Time, Role::Time) => 1.0,
                // "In 44 BC", "on the 3rd".
                (Asked::Time, Role::Number) => 0.5,
                _ => 0.0,
            });
        }
    }
    Answer { place, statement, amount }
}

/// Weight of the different words of the question among those found.
fn different(found: &[(usize, usize)], weights: &[f64]) -> f64 {
    let held = |term: usize| found.iter().any(|(_, word)| *word == term);
    weights.iter().enumerate().filter(|(term, _)| held(*term)).map(|(_, weight)| weight).sum()
}

/// The place with the most weight of different words of the question, the first of equals, and where it is.
fn best_place(found: &[(usize, usize)], weights: &[f64]) -> (f64, std::ops::Range<usize>) {
    let mut times = vec![0u32; weights.len()];
    let (mut best, mut span) = (0.0, 0..0);
    let (mut weight, mut first) = (0.0, 0);
    for &(at, term) in found {
        if times[term] == 0 {
            weight += weights[term];
        }
        times[term] += 1;
        while found[first].0 + PLACE < at {
            let left = found[first].1;
            times[left] -= 1;
            if times[left] == 0 {
                weight -= weights[left];
            }
            first += 1;
        }
        if weight > best {
            (best, span) = (weight, found[first].0..at + 1);
        }
    }
    (best, span)
}

#[cfg(test)]
mod tests {
    use super::super::terms;
    use super::*;
    use crate::query::parse;

    fn look(asked: Asked, question: &str, text: &str) -> Answer {
        let mut analyzer = Analyzer::default();
        let terms = terms::Reader::new(&mut analyzer, vec![Stemming::ENGLISH]).terms(&parse(question));
        let stems: Vec<String> =
            analyzer.terms(text, Stemming::ENGLISH).into_iter().map(|term| term.text).collect();
        let places = |term: &terms::QueryTerm| {
            let held = |stem: &String| term.forms.iter().any(|form| form.stems == [stem.as_str()]);
            (0..).zip(&stems).filter(|(_, stem)| held(stem)).map(|(at, _)| at).collect::<Vec<u32>>()
        };
        let places: Vec<Vec<u32>> = terms.iter().map(places).collect();
        let passage = StoredPassage { text: text.to_owned(), ..StoredPassage::default() };
        let found = found(places.iter().map(Vec::as_slice));
        answer_in(&passage, &units(text), asked, &found, &vec![1.0; terms.len()], &mut analyzer)
    }

    #[test]
    fn roles_are_those_of_the_stems_of_words() {
        assert!(ROLES.is_sorted_by_key(|(stem, _)| *stem));
        let mut analyzer = Analyzer::default();
        for (words, role) in [
            ("is are was were refers means called defined known stands", Role::Linking),
            (
                "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion half dozen percent",
                Role::Number,
            ),
            (
                "january february march april may june july august september october november december",
                Role::Time,
            ),
        ] {
            for word in words.split(' ') {
                assert_eq!(role_of(&analyzer.term(word, Stemming::ENGLISH)), role, "{word}");
            }
        }
        assert_eq!(ROLES.len(), 56);
        assert_eq!(
            (role_of("1830"), role_of("44"), role_of("spoon")),
            (Role::Time, Role::Number, Role::Other)
        );
    }

    #[test]
    fn words_count_where_they_stand_together() {
        let far = format!("Caves {} of a glacier.", "and so on ".repeat(10));
        assert!((look(Asked::Statement, "glacier caves", &far).place - 1.0).abs() < 1e-9);
        assert!((look(Asked::Statement, "glacier caves", "A cave in a glacier").place - 2.0).abs() < 1e-9);
    }

    #[test]
    fn a_statement_says_what_its_subject_is() {
        let says = look(Asked::Statement, "glacier caves", "A glacier cave is a cave formed within the ice.");
        let names = look(Asked::Statement, "glacier caves", "We saw glacier caves on the way.");
        assert!((says.statement - 1.0).abs() < 1e-9, "{says:?}");
        assert!(names.statement < 1e-9, "{names:?}");
    }

    #[test]
    fn a_number_or_a_time_stands_beside_what_was_asked() {
        let amount = |asked, text| look(asked, "spoon water", text).amount;
        assert!((amount(Asked::Number, "A spoon holds 15 ml of water.") - 1.0).abs() < 1e-9);
        assert!((amount(Asked::Number, "A spoon holds fifteen drops of water.") - 1.0).abs() < 1e-9);
        assert!(amount(Asked::Number, "A spoon holds water.") < 1e-9);
        assert!((amount(Asked::Time, "Spoons were used in May 1830.") - 1.0).abs() < 1e-9);
        assert!((amount(Asked::Time, "Spoons were used in 44 BC.") - 0.5).abs() < 1e-9);
        assert!(amount(Asked::Statement, "A spoon holds 15 ml.") < 1e-9);
        assert!(amount(Asked::Number, "15 forks") < 1e-9);
    }

    #[test]
    fn nothing_is_no_answer() {
        assert_eq!(answer(Asked::Number, &[], 0, &mut |_| Role::Other, &[]), Answer::default());
    }
}
