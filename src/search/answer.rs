//! What tells a text that answers a short question from one that only holds its words.
//!
//! An answer stands in one place: most of the question's words come together there, often in a sentence that says of
//! its subject what it *is*, and where a number or a time is asked, one stands beside them. Who only names a thing is
//! better served by such a sentence too. All of it is evidence, never a condition.

use std::collections::HashMap;

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

/// Verbs that link a subject to what is said of it.
const LINKING: &[&str] =
    &["is", "are", "was", "were", "refers", "means", "called", "defined", "known", "stands"];

/// Numbers that are written as words.
const NUMBERS: &[&str] = &[
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "thousand",
    "million",
    "billion",
    "half",
    "dozen",
    "percent",
];

/// Months.
const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

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

/// The roles of English words, by their stems.
#[derive(Debug)]
pub struct Roles(HashMap<String, Role>);

impl Default for Roles {
    fn default() -> Self {
        let mut stemmer = Analyzer::default();
        let mut roles = HashMap::new();
        for (words, role) in [(LINKING, Role::Linking), (NUMBERS, Role::Number), (MONTHS, Role::Time)] {
            roles.extend(words.iter().map(|word| (stemmer.term(word, Stemming::ENGLISH), role)));
        }
        Self(roles)
    }
}

impl Roles {
    /// The role of the word with this stem.
    #[must_use]
    pub fn of(&self, stem: &str) -> Role {
        let bytes = stem.as_bytes();
        if bytes.iter().any(u8::is_ascii_digit) {
            let year = matches!(bytes, [b'1' | b'2', rest @ ..] if rest.len() == 3 && rest.iter().all(u8::is_ascii_digit));
            return if year { Role::Time } else { Role::Number };
        }
        self.0.get(stem).copied().unwrap_or_default()
    }
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

/// Looks for answers in passages.
pub struct PassageReader<'a> {
    analyzer: &'a mut Analyzer,
    roles: &'a Roles,
}

impl<'a> PassageReader<'a> {
    /// A reader with an analyzer that remembers stems.
    pub const fn new(analyzer: &'a mut Analyzer, roles: &'a Roles) -> Self {
        Self { analyzer, roles }
    }

    /// Looks for the answer in a passage in which the question's words were found, places counted from the beginning of
    /// its heading. Linear; no other words are stemmed than those beside them.
    pub fn answer(
        &mut self,
        asked: Asked,
        passage: &StoredPassage,
        found: &[(usize, usize)],
        weights: &[f64],
    ) -> Answer {
        let stemming = Stemming::of(passage.language.as_deref());
        let mut words: Vec<&str> = Vec::new();
        for text in [passage.heading.as_deref().unwrap_or(""), &passage.text] {
            words.extend(units(text).into_iter().map(|range| &text[range]));
        }
        let mut role = |place: usize| {
            words.get(place).map_or(Role::Other, |word| self.roles.of(&self.analyzer.term(word, stemming)))
        };
        answer(asked, found, words.len(), &mut role, weights)
    }
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
        let roles = Roles::default();
        PassageReader::new(&mut analyzer, &roles).answer(asked, &passage, &found, &vec![1.0; terms.len()])
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
