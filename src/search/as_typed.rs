//! Words as they were typed: how often texts that are read hold the very forms of a query's words, and how rare these are.

use super::candidates::Evidence;
use super::rank::{Statistics, idf};
use super::terms::QueryTerm;
use crate::analysis::{fold_into, is_unspaced, units};

/// Passages in which a word is taken to stand as typed beside those that were read. With 0.1 the seven development
/// collections lose .0004 nDCG@10, with 2 nothing.
const PRIOR: f64 = 0.5;

/// Counts in a passage's text how often it holds each word of a query as typed. Linear in the text and the query.
pub fn count(terms: &[QueryTerm], text: &str, evidence: &mut Evidence) {
    for (term, found) in terms.iter().zip(&mut evidence.terms) {
        // What has no spaces is not stemmed either.
        found.exact = if is_unspaced(&term.exact) { found.body } else { 0.0 };
    }
    let mut folded = String::new();
    for range in units(text) {
        let word = &text[range];
        let ascii = word.is_ascii();
        if !ascii {
            fold_into(word, &mut folded);
        }
        for (term, found) in terms.iter().zip(&mut evidence.terms) {
            let same = if ascii { term.exact.eq_ignore_ascii_case(word) } else { term.exact == folded };
            if same && !is_unspaced(word) {
                found.exact += 1.0;
            }
        }
    }
}

/// Estimates how rare the words of a query are as typed: in as large a share of the passages that hold the stem as in that
/// of those that were read.
pub fn estimate<'a>(statistics: &mut Statistics, read: impl Iterator<Item = &'a Evidence> + Clone) {
    for (number, statistic) in statistics.terms.iter_mut().enumerate() {
        let (mut stem, mut exact) = (PRIOR, PRIOR);
        for evidence in read.clone() {
            stem += f64::from(u8::from(evidence.terms[number].body > 0.0));
            exact += f64::from(u8::from(evidence.terms[number].exact > 0.0));
        }
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a count of passages, which are far below 2^52"
        )]
        let holding = (statistic.holding as f64 * (exact / stem).min(1.0)).round() as u64;
        statistic.exact = idf(holding, statistics.passages);
    }
}
