//! What stands in the texts of the best documents, and how much each of them is lifted by those that are like it.
//!
//! Documents about one thing tend to be relevant together (van Rijsbergen's cluster hypothesis), so a document whose
//! nearest neighbours among the candidates score well deserves more than its own words show (Diaz, "Regularizing ad hoc
//! retrieval scores", CIKM 2005).

use std::collections::HashMap;
use std::rc::Rc;

use super::answer::{Found, Role, role_of};
use super::terms::Form;
use crate::analysis::{Analyzer, Stemming, fold, words};

/// Nearest neighbours that each document is compared with. On the development collections 5 and 20 are worse by .005 nDCG@10.
const NEAREST: usize = 10;

/// Terms of one document that are looked at: a text says what it is about in its first pages.
const MOST_TERMS: usize = 4000;

/// Terms that are remembered for later queries, in all documents together (80 MB).
const REMEMBERED: usize = 20_000_000;

/// The text of a document.
pub struct DocumentText {
    /// Its title.
    pub title: Option<String>,
    /// The tag of its language.
    pub language: Option<String>,
    /// The texts of its passages.
    pub passages: Vec<String>,
}

/// The text of a document as numbers of terms.
#[derive(Debug, Default)]
pub struct Text {
    /// Terms of its parts, in order: the title, then each passage.
    pub parts: Vec<Vec<u32>>,
    /// Folded words of the title.
    pub title: Vec<String>,
    /// How often it holds each term, by term.
    counts: Vec<(u32, f64)>,
}

/// Texts read for earlier queries, and the numbers of their terms.
#[derive(Default)]
pub struct Texts {
    analyzer: Analyzer,
    numbers: HashMap<String, u32>,
    names: Vec<String>,
    /// What each term is beside words of a question.
    role: Vec<Role>,
    /// Inverse document frequencies of the terms, as far as they were asked for.
    weights: Vec<Option<f64>>,
    read: HashMap<u32, Rc<Text>>,
    remembered: usize,
}

impl Texts {
    /// The number of a term.
    pub fn number(&mut self, term: &str) -> u32 {
        if let Some(number) = self.numbers.get(term) {
            return *number;
        }
        // There are fewer different words than numbers.
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.numbers.insert(term.to_owned(), number);
        self.names.push(term.to_owned());
        self.role.push(role_of(term));
        self.weights.push(None);
        number
    }

    /// The numbers of the stems that a word of a query has.
    pub fn numbers(&mut self, forms: &[Form]) -> Vec<u32> {
        let single = forms.iter().filter_map(|form| match form.stems.as_slice() {
            [stem] => Some(stem),
            _ => None,
        });
        single.map(|stem| self.number(stem)).collect()
    }

    /// The text of a document, read by `read` unless it is remembered.
    ///
    /// # Errors
    ///
    /// Those of `read`.
    pub fn get<E>(
        &mut self,
        document: u32,
        read: impl FnOnce() -> Result<DocumentText, E>,
    ) -> Result<Rc<Text>, E> {
        if let Some(text) = self.read.get(&document) {
            return Ok(Rc::clone(text));
        }
        let DocumentText { title, language, passages } = read()?;
        let title = title.unwrap_or_default();
        let stemming = Stemming::of(language.as_deref());
        let mut text = Text {
            title: words(&title).into_iter().map(|range| fold(&title[range])).collect(),
            ..Text::default()
        };
        let mut room = MOST_TERMS;
        for part in std::iter::once(&title).chain(&passages) {
            let terms = self.analyzer.sought(part, stemming);
            let terms: Vec<u32> = terms.iter().take(room).map(|term| self.number(&term.text)).collect();
            room -= terms.len();
            text.parts.push(terms);
        }
        let mut all: Vec<u32> = text.parts.concat();
        all.sort_unstable();
        for run in all.chunk_by(|a, b| a == b) {
            text.counts.push((run[0], count(run.len())));
        }
        let text = Rc::new(text);
        if self.remembered + all.len() <= REMEMBERED {
            self.remembered += all.len();
            self.read.insert(document, Rc::clone(&text));
        }
        Ok(text)
    }

    /// Where the words of a question, each of which has the stems of one entry, stand in a part of a text.
    #[must_use]
    pub fn found(part: &[u32], question: &[Vec<u32>]) -> Found {
        let word = |number| question.iter().position(|stems| stems.contains(number));
        part.iter().enumerate().filter_map(|(place, number)| Some((place, word(number)?))).collect()
    }

    /// What a term is beside words of a question.
    #[must_use]
    pub fn role(&self, number: u32) -> Role {
        self.role[number as usize]
    }

    /// The direction of a text in the space of terms: BM25 weights, of length 1. `idf` gives the weight of a term.
    ///
    /// # Errors
    ///
    /// Those of `idf`.
    pub fn direction<E>(
        &mut self,
        text: &Text,
        average: f64,
        mut idf: impl FnMut(&str) -> Result<f64, E>,
    ) -> Result<Vec<(u32, f64)>, E> {
        let length: f64 = text.counts.iter().map(|(_, count)| count).sum();
        let mut direction = Vec::with_capacity(text.counts.len());
        for (term, count) in &text.counts {
            let at = *term as usize;
            let weight = match self.weights[at] {
                Some(weight) => weight,
                None => *self.weights[at].insert(idf(&self.names[at])?),
            };
            direction.push((*term, weight * super::rank::saturate(*count, length, average)));
        }
        let norm = direction.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt().max(1e-9);
        for (_, weight) in &mut direction {
            *weight /= norm;
        }
        Ok(direction)
    }
}

/// For each text, its nearest neighbours and their weights, the squares of the cosines. `O(texts² × shared terms)`.
#[must_use]
pub fn nearest(directions: &[Vec<(u32, f64)>]) -> Vec<Vec<(usize, f64)>> {
    cosines(directions)
        .into_iter()
        .map(|cosines| {
            let mut nearest: Vec<(usize, f64)> =
                cosines.into_iter().map(|cosine| cosine * cosine).enumerate().collect();
            nearest.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            nearest.truncate(NEAREST);
            nearest
        })
        .collect()
}

/// Moves each score towards the mean of its nearest neighbours', by their weights; `share` is how far, from 0 to 1.
pub fn smooth(scores: &mut [f64], nearest: &[Vec<(usize, f64)>], share: f64) {
    let lifted: Vec<f64> = nearest
        .iter()
        .zip(&*scores)
        .map(|(nearest, own)| {
            let (mut sum, mut weights) = (0.0, 0.0);
            for (other, weight) in nearest {
                sum += weight * scores[*other];
                weights += weight;
            }
            if weights > 0.0 { (1.0 - share) * own + share * sum / weights } else { *own }
        })
        .collect();
    scores.copy_from_slice(&lifted);
}

/// Cosines of all pairs; 0 of each with itself.
fn cosines(directions: &[Vec<(u32, f64)>]) -> Vec<Vec<f64>> {
    let mut holders: HashMap<u32, Vec<(usize, f64)>> = HashMap::new();
    let mut cosines = vec![vec![0.0; directions.len()]; directions.len()];
    // Terms come in the order of their numbers, so every sum is made in the same order each time.
    for (here, direction) in directions.iter().enumerate() {
        for (term, weight) in direction {
            let others = holders.entry(*term).or_default();
            for (other, theirs) in &*others {
                cosines[here][*other] += weight * theirs;
            }
            others.push((here, *weight));
        }
        let own = cosines[here].clone();
        for (row, cosine) in cosines.iter_mut().zip(own).take(here) {
            row[here] = cosine;
        }
    }
    cosines
}

#[expect(clippy::cast_precision_loss, reason = "counts of words are far below 2^52")]
const fn count(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_among_good_ones_is_lifted_and_a_stray_one_is_not() {
        let directions = [vec![(1, 1.0)], vec![(1, 0.8), (2, 0.6)], vec![(1, 1.0)], vec![(9, 1.0)]];
        let mut scores = [4.0, 2.0, 4.0, 2.0];
        smooth(&mut scores, &nearest(&directions), 0.5);
        assert!(scores[1] > 2.9 && (scores[3] - 2.0).abs() < 1e-12, "{scores:?}");
    }
}
