//! Highlights: which words of a text match a query, by the analysis chain's own offsets, and which sentence matches best.

use std::collections::HashMap;
use std::ops::Range;

use super::plan::QueryTerm;
use crate::analysis::{Analyzer, Stemming, fold_into, for_each_word, sentences};

/// Finds the words of a text that a query matches.
pub struct Matcher {
    /// Weight of each stem.
    stems: HashMap<String, f64>,
    prefixes: Vec<String>,
    fuzzy: Vec<(String, u8)>,
    stemmer: Analyzer,
}

/// A text with its matches.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Marked {
    /// Byte ranges of matching words, in order.
    pub ranges: Vec<Range<usize>>,
    /// The sentence that matches best.
    pub best_sentence: Range<usize>,
}

impl Matcher {
    /// A matcher for the words of a query, each with its weight, and for its prefixes and fuzzy words.
    #[must_use]
    pub fn new(terms: &[QueryTerm], weights: &[f64], prefixes: &[String], fuzzy: &[(String, u8)]) -> Self {
        let stems = terms.iter().zip(weights).map(|(term, weight)| (term.stem.clone(), *weight)).collect();
        Self {
            stems,
            prefixes: prefixes.to_vec(),
            fuzzy: fuzzy.to_vec(),
            stemmer: Analyzer::new(Stemming::English),
        }
    }

    /// Marks a text. Linear.
    pub fn mark(&mut self, text: &str) -> Marked {
        let mut ranges: Vec<(Range<usize>, f64, String)> = Vec::new();
        let mut folded = String::new();
        for_each_word(text, |range| {
            let word = &text[range.clone()];
            let stem = self.stemmer.term(word);
            fold_into(word, &mut folded);
            let near = |(wanted, edits): &(String, u8)| {
                super::suggest::distance(wanted, &folded, usize::from(*edits)).is_some()
            };
            let weight = self.stems.get(&stem).copied().or_else(|| {
                (self.prefixes.iter().any(|prefix| folded.starts_with(prefix.as_str()))
                    || self.fuzzy.iter().any(near))
                .then_some(1.0)
            });
            if let Some(weight) = weight {
                ranges.push((range, weight, stem));
            }
        });
        let best_sentence = best_sentence(text, &ranges);
        Marked { ranges: ranges.into_iter().map(|(range, _, _)| range).collect(), best_sentence }
    }
}

/// The sentence that holds the most weight of distinct words; the first of equals.
fn best_sentence(text: &str, ranges: &[(Range<usize>, f64, String)]) -> Range<usize> {
    let mut best = (0.0, 0..text.len());
    for (number, sentence) in sentences(text).into_iter().enumerate() {
        let mut seen: Vec<&str> = Vec::new();
        let mut weight = 0.0;
        for (_, own, stem) in ranges.iter().filter(|(range, _, _)| sentence.contains(&range.start)) {
            if !seen.contains(&stem.as_str()) {
                seen.push(stem);
                weight += own;
            }
        }
        if number == 0 || weight > best.0 {
            best = (weight, sentence);
        }
    }
    best.1
}
