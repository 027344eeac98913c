//! Weights chosen on judged queries, and what they are worth on collections that they were not chosen on.

use std::collections::HashMap;

use super::measure;
use crate::search::{Candidates, Weights};

/// A weight: its name, where it is kept, and the values that are tried.
pub struct Knob {
    /// As it is printed.
    pub name: &'static str,
    /// Where it is kept.
    pub of: fn(&mut Weights) -> &mut f64,
    /// Values that are tried, from none on.
    pub values: &'static [f64],
}

/// All weights, in the order in which they are chosen.
pub const KNOBS: &[Knob] = &[
    Knob { name: "exact", of: |w| &mut w.exact, values: &[0.0, 0.25, 0.5, 0.75] },
    Knob { name: "title", of: |w| &mut w.title, values: &[0.0, 0.125, 0.25, 0.5] },
    Knob { name: "near", of: |w| &mut w.near, values: &[0.0, 0.1, 0.2, 0.4] },
    Knob { name: "share", of: |w| &mut w.share, values: &[0.0, 0.25, 0.5, 0.75] },
    Knob { name: "share of answers", of: |w| &mut w.share_of_answers, values: &[0.0, 0.1, 0.25, 0.5] },
    Knob { name: "held", of: |w| &mut w.held, values: &[0.0, 0.25, 0.5, 1.0] },
    Knob { name: "place", of: |w| &mut w.place, values: &[0.0, 0.5, 1.0, 1.5] },
    Knob { name: "statement", of: |w| &mut w.statement, values: &[0.0, 2.0, 4.0, 6.0] },
    Knob { name: "amount", of: |w| &mut w.amount, values: &[0.0, 0.75, 1.5, 2.5] },
];

/// Times that all weights are gone through.
const ROUNDS: usize = 2;

/// A judged query with the documents that are ranked for it.
pub struct Weighed {
    /// Identifiers of the documents.
    pub documents: Vec<String>,
    /// What was seen of them.
    pub candidates: Candidates,
    /// Gain of each judged document.
    pub judgments: HashMap<String, i32>,
}

impl Weighed {
    /// nDCG@10 under these weights, from 0 to 1.
    #[must_use]
    pub fn ndcg(&self, weights: &Weights) -> f64 {
        let scores = self.candidates.scores(weights);
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|a, b| {
            scores[*b].total_cmp(&scores[*a]).then_with(|| self.documents[*a].cmp(&self.documents[*b]))
        });
        let best = order.iter().take(10).map(|at| (self.documents[*at].clone(), scores[*at]));
        measure(&best.collect::<Vec<_>>(), &self.judgments).ndcg_10
    }
}

/// Mean nDCG@10 of a collection's queries.
#[must_use]
pub fn ndcg(queries: &[Weighed], weights: &Weights) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of queries are far below 2^52")]
    let count = queries.len().max(1) as f64;
    queries.iter().map(|query| query.ndcg(weights)).sum::<f64>() / count
}

/// Chooses weights: from none of anything, one after the other is set to its best value, and all of them again. The
/// smaller of equals is kept. `score` says how good weights are.
pub fn choose(mut score: impl FnMut(&Weights) -> f64) -> Weights {
    let mut chosen = Weights {
        exact: 0.0,
        title: 0.0,
        near: 0.0,
        held: 0.0,
        place: 0.0,
        statement: 0.0,
        amount: 0.0,
        share: 0.0,
        share_of_answers: 0.0,
    };
    let mut best = score(&chosen);
    for _ in 0..ROUNDS {
        for knob in KNOBS {
            for value in knob.values {
                let mut tried = chosen;
                *(knob.of)(&mut tried) = *value;
                if tried == chosen {
                    continue;
                }
                let own = score(&tried);
                if own > best {
                    (best, chosen) = (own, tried);
                }
            }
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_values_are_chosen_and_what_does_not_matter_stays_nothing() {
        let chosen = choose(|weights| -(weights.exact - 0.5).abs() - (weights.statement - 4.0).abs());
        let wanted = [0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 4.0, 0.0];
        for (knob, wanted) in KNOBS.iter().zip(wanted) {
            let mut chosen = chosen;
            assert!((*(knob.of)(&mut chosen) - wanted).abs() < 1e-12, "{}", knob.name);
        }
    }
}
