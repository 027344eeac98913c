//! Highlights: which words of a text match a query, by the analysis chain's own offsets, and which sentence matches best.

use std::collections::HashMap;
use std::ops::Range;

use super::terms::QueryTerm;
use crate::analysis::{Analyzer, Stemming, Term, fold_into, sentences};

/// Finds the words of a text that a query matches.
pub struct Matcher<'a> {
    /// Number and weight of the query word that each single stem belongs to.
    stems: HashMap<String, (usize, f64)>,
    /// The same of the words as typed: a stemmer may need the accents that were left out.
    exact: HashMap<String, (usize, f64)>,
    /// Stems that follow one another, with number and weight.
    phrases: Vec<(Vec<String>, (usize, f64))>,
    prefixes: Vec<String>,
    fuzzy: Vec<(String, u8)>,
    analyzer: &'a mut Analyzer,
}

/// A text with its matches.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Marked {
    /// Byte ranges of matching words, in order.
    pub ranges: Vec<Range<usize>>,
    /// The sentence that matches best.
    pub best_sentence: Range<usize>,
}

/// Something found in a text.
struct Match {
    range: Range<usize>,
    /// What was found: the number of a query word, or a word that a prefix or fuzzy word stands for.
    what: What,
    weight: f64,
}

#[derive(PartialEq, Eq)]
enum What {
    Word(usize),
    Like(String),
}

impl<'a> Matcher<'a> {
    /// A matcher for the words of a query, each with its weight, and for its prefixes and fuzzy words, by an analyzer
    /// of texts.
    #[must_use]
    pub fn new(
        analyzer: &'a mut Analyzer,
        terms: &[QueryTerm],
        weights: &[f64],
        prefixes: &[String],
        fuzzy: &[(String, u8)],
    ) -> Self {
        let mut matcher = Self {
            stems: HashMap::new(),
            exact: HashMap::new(),
            phrases: Vec::new(),
            prefixes: prefixes.to_vec(),
            fuzzy: fuzzy.to_vec(),
            analyzer,
        };
        for (number, (term, weight)) in terms.iter().zip(weights).enumerate() {
            for form in &term.forms {
                match form.stems.as_slice() {
                    [stem] => {
                        matcher.stems.entry(stem.clone()).or_insert((number, *weight));
                    }
                    several => matcher.phrases.push((several.to_vec(), (number, *weight))),
                }
            }
            if !term.exact.is_empty() {
                matcher.exact.entry(term.exact.clone()).or_insert((number, *weight));
            }
        }
        matcher
    }

    /// Marks a text in a language. Linear. Where it is known at which places among its words those of the query stand, as
    /// far as they are words and stand by themselves, the others are not stemmed.
    pub fn mark(&mut self, text: &str, language: Option<&str>, places: Option<&[usize]>) -> Marked {
        let by_itself = self.phrases.is_empty() && self.prefixes.is_empty() && self.fuzzy.is_empty();
        let terms = match places {
            Some(places) if by_itself => self.analyzer.terms_at(text, Stemming::of(language), places),
            _ => self.analyzer.terms(text, Stemming::of(language)),
        };
        let mut matches: Vec<Match> = Vec::new();
        let mut folded = String::new();
        for term in &terms {
            let found = self.stems.get(&term.text).copied().or_else(|| {
                fold_into(&text[term.range.clone()], &mut folded);
                self.exact.get(&folded).copied()
            });
            if let Some((number, weight)) = found {
                matches.push(Match { range: term.range.clone(), what: What::Word(number), weight });
            } else if self.is_like(&folded) {
                matches.push(Match {
                    range: term.range.clone(),
                    what: What::Like(folded.clone()),
                    weight: 1.0,
                });
            }
        }
        for (stems, (number, weight)) in &self.phrases {
            let found = phrases(&terms, stems);
            matches.extend(found.map(|range| Match { range, what: What::Word(*number), weight: *weight }));
        }
        matches.sort_by_key(|found| (found.range.start, found.range.end));
        let best_sentence = best_sentence(text, &matches);
        Marked { ranges: merged(matches), best_sentence }
    }

    /// Whether a folded word is one that a prefix or a fuzzy word stands for.
    fn is_like(&self, folded: &str) -> bool {
        self.prefixes.iter().any(|prefix| folded.starts_with(prefix.as_str()))
            || self.fuzzy.iter().any(|(wanted, edits)| {
                super::suggest::distance(wanted, folded, usize::from(*edits)).is_some()
            })
    }
}

/// The ranges in which stems follow one another.
fn phrases(terms: &[Term], stems: &[String]) -> impl Iterator<Item = Range<usize>> {
    let starts = terms.iter().enumerate().filter(|(_, term)| stems.first() == Some(&term.text));
    starts.filter_map(move |(at, first)| {
        let mut end = first.range.end;
        for (distance, stem) in (0u32..).zip(stems).skip(1) {
            let next = terms[at..]
                .iter()
                .take_while(|term| term.position <= first.position + distance)
                .find(|term| term.position == first.position + distance && term.text == *stem)?;
            end = next.range.end;
        }
        Some(first.range.start..end)
    })
}

/// Ranges in order, those that overlap made one: the pairs of a run of characters.
fn merged(matches: Vec<Match>) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::with_capacity(matches.len());
    for Match { range, .. } in matches {
        match ranges.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => ranges.push(range),
        }
    }
    ranges
}

/// The sentence that holds the most weight of distinct words; the first of equals.
fn best_sentence(text: &str, matches: &[Match]) -> Range<usize> {
    let mut best = (0.0, 0..text.len());
    for (number, sentence) in sentences(text).into_iter().enumerate() {
        let mut seen: Vec<&What> = Vec::new();
        let mut weight = 0.0;
        for found in matches.iter().filter(|found| sentence.contains(&found.range.start)) {
            if !seen.contains(&&found.what) {
                seen.push(&found.what);
                weight += found.weight;
            }
        }
        if number == 0 || weight > best.0 {
            best = (weight, sentence);
        }
    }
    best.1
}
