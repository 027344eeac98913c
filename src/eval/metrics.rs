//! Measures of a ranking, as `trec_eval` computes them; ties count at their worst.

use std::collections::HashMap;

/// Measures of one query, each from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Measures {
    /// Normalised discounted cumulative gain of the first ten, with linear gain (Järvelin and Kekäläinen 2002).
    pub ndcg_10: f64,
    /// Average precision.
    pub average_precision: f64,
    /// Reciprocal rank of the first relevant hit among the first ten.
    pub reciprocal_rank_10: f64,
    /// Share of the relevant documents among the first hundred.
    pub recall_100: f64,
}

/// Measures a ranking, given as documents with scores, best first, against judgments.
///
/// Among equal scores the relevant documents are taken to come last: a ranking that gives every document the same score
/// would win otherwise.
#[must_use]
pub fn measure(ranking: &[(String, f64)], judgments: &HashMap<String, i32>) -> Measures {
    let gain = |document: &str| judgments.get(document).copied().unwrap_or(0).max(0);
    let mut order: Vec<(f64, i32)> =
        ranking.iter().map(|(document, score)| (*score, gain(document))).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut ideal: Vec<i32> = judgments.values().copied().filter(|gain| *gain > 0).collect();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let relevant = ideal.len();
    if relevant == 0 {
        return Measures::default();
    }
    let discounted = |gains: &mut dyn Iterator<Item = i32>| -> f64 {
        // The sum of nothing is -0.
        0.0 + gains.zip(2u32..).map(|(gain, rank)| f64::from(gain) / f64::from(rank).log2()).sum::<f64>()
    };
    let best = discounted(&mut ideal.iter().copied().take(10));
    let found = discounted(&mut order.iter().map(|(_, gain)| *gain).take(10));
    let (mut hits, mut precision) = (0.0, 0.0);
    let mut first = None;
    for ((_, gain), rank) in order.iter().zip(1u32..) {
        if *gain > 0 {
            hits += 1.0;
            precision += hits / f64::from(rank);
            first = first.or(Some(rank));
        }
    }
    let early = order.iter().take(100).filter(|(_, gain)| *gain > 0).count();
    #[expect(clippy::cast_precision_loss, reason = "counts of documents are far below 2^52")]
    let (relevant, early) = (relevant as f64, early as f64);
    Measures {
        ndcg_10: found / best,
        average_precision: precision / relevant,
        reciprocal_rank_10: first.filter(|rank| *rank <= 10).map_or(0.0, |rank| 1.0 / f64::from(rank)),
        recall_100: early / relevant,
    }
}

/// The mean over queries; zero without any.
#[must_use]
pub fn mean(measures: &[Measures]) -> Measures {
    #[expect(clippy::cast_precision_loss, reason = "counts of queries are far below 2^52")]
    let count = measures.len().max(1) as f64;
    let sum = |of: fn(&Measures) -> f64| measures.iter().map(of).sum::<f64>() / count;
    Measures {
        ndcg_10: sum(|measures| measures.ndcg_10),
        average_precision: sum(|measures| measures.average_precision),
        reciprocal_rank_10: sum(|measures| measures.reciprocal_rank_10),
        recall_100: sum(|measures| measures.recall_100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(pairs: &[(&str, i32)]) -> HashMap<String, i32> {
        pairs.iter().map(|(document, gain)| ((*document).to_owned(), *gain)).collect()
    }

    fn ranked(pairs: &[(&str, f64)]) -> Vec<(String, f64)> {
        pairs.iter().map(|(document, score)| ((*document).to_owned(), *score)).collect()
    }

    #[test]
    fn agrees_with_trec_eval_on_a_small_run() {
        // ndcg_cut_10 0.8597, map 0.8333, recip_rank 1.0000, recall_100 1.0000 by trec_eval's formulas, worked by hand:
        // gains 2 0 1 over ideal 2 1 → (2 + 1/2) / (2 + 1/1.58496).
        let measures =
            measure(&ranked(&[("a", 3.0), ("x", 2.0), ("b", 1.0)]), &judged(&[("a", 2), ("b", 1), ("c", 0)]));
        assert!((measures.ndcg_10 - 2.5 / (2.0 + 1.0 / 3f64.log2())).abs() < 1e-12);
        assert!((measures.average_precision - 5.0 / 6.0).abs() < 1e-12);
        assert!((measures.reciprocal_rank_10 - 1.0).abs() < 1e-12);
        assert!((measures.recall_100 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn ties_count_at_their_worst() {
        let measures = measure(&ranked(&[("a", 1.0), ("x", 1.0)]), &judged(&[("a", 1)]));
        assert!((measures.reciprocal_rank_10 - 0.5).abs() < 1e-12);
    }
}
