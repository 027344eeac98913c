//! Words as they were typed: how often texts that are read hold the very forms of a query's words, and how rare these are.

use std::ops::Range;

use super::candidates::Evidence;
use super::rank::{Statistics, idf};
use super::terms::QueryTerm;
use crate::analysis::{fold_into, is_unspaced};

/// Passages in which a word is taken to stand as typed beside those that were read. Ranked by passages, the seven
/// development collections are equally good with 0.1, 0.5 and 2, and lose .0007 nDCG@10 with 8.
const PRIOR: f64 = 0.5;

/// Counts in a passage's text, whose words stand in these places, how often it holds each word of a query as typed. Linear
/// in the text and the query.
pub fn count(terms: &[QueryTerm], text: &str, words: &[Range<usize>], evidence: &mut Evidence) {
    for (term, found) in terms.iter().zip(&mut evidence.terms) {
        // What has no spaces is not stemmed: it stands as typed wherever it stands, in headings, too.
        found.exact = if is_unspaced(&term.exact) { found.body } else { 0.0 };
    }
    let mut folded = String::new();
    for range in words {
        let word = &text[range.clone()];
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
pub fn estimate(statistics: &mut Statistics, read: &[&Evidence]) {
    for (number, statistic) in statistics.terms.iter_mut().enumerate() {
        let (mut stem, mut exact) = (PRIOR, PRIOR);
        for evidence in read {
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

#[cfg(test)]
mod tests {
    use super::super::candidates::TermEvidence;
    use super::super::rank::TermStatistics;
    use super::super::terms::Reader;
    use super::*;
    use crate::analysis::{Analyzer, Stemming, units};
    use crate::query::parse;

    #[test]
    fn a_text_holds_a_word_as_typed_however_its_letters_are_written() {
        let mut analyzer = Analyzer::default();
        let terms = Reader::new(&mut analyzer, vec![Stemming::ENGLISH]).terms(&parse("runs ecole 東京"));
        let body = TermEvidence { body: 2.0, ..TermEvidence::default() };
        let mut evidence = Evidence { terms: vec![body; terms.len()], ..Evidence::default() };
        let text = "Runs, running. École and RUNS in 東京";
        count(&terms, text, &units(text), &mut evidence);
        let found: Vec<f64> = evidence.terms.iter().map(|term| term.exact).collect();
        assert_eq!(found, [2.0, 1.0, 2.0]);
    }

    #[test]
    fn a_form_that_few_of_the_read_texts_hold_is_rarer_than_its_stem() {
        let term = |exact| TermEvidence { body: 3.0, exact, ..TermEvidence::default() };
        let read: Vec<Evidence> = [1.0, 0.0, 0.0, 0.0]
            .into_iter()
            .map(|rare| Evidence { terms: vec![term(rare), term(2.0)], ..Evidence::default() })
            .collect();
        let own = TermStatistics { stem: idf(100, 1000), holding: 100, exact: 0.0, title: 0.0 };
        let mut statistics =
            Statistics { terms: vec![own; 2], passages: 1000, average_body: 9.0, average_title: 1.0 };
        estimate(&mut statistics, &read.iter().collect::<Vec<_>>());
        assert!((statistics.terms[0].exact - idf(33, 1000)).abs() < 1e-9);
        assert!((statistics.terms[1].exact - statistics.terms[1].stem).abs() < 1e-9);
    }
}
