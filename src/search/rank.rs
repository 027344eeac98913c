//! The second stage: scores of the best candidates, in f64, from evidence summed in a fixed order.

use super::candidates::Evidence;
use super::terms::QueryTerm;

/// BM25's saturation of term frequency (Robertson et al. 1994). Tantivy's first stage has the same.
const K1: f64 = 1.2;

/// BM25's length normalisation.
const B: f64 = 0.75;

/// Weight of the title. A separate title field with full weight counts words of the title twice; a small one lifts
/// documents that are about the words. Measured on the seven development collections, see the README's table.
pub const TITLE_WEIGHT: f64 = 0.25;

/// Weight of the unstemmed word: a hit with the very form that was typed is better than one with another form. On the
/// development collections 0.4 to 0.6 are equally good, 0.2 and 0.8 worse.
pub const EXACT_WEIGHT: f64 = 0.5;

/// Weight of proximity: how near the query's words stand to each other in the passage. Measured with 0.15, 0.2 and 0.3,
/// which are equally good.
pub const PROXIMITY_WEIGHT: f64 = 0.2;

/// Distance in words up to which two words of the query are near each other (Tao and Zhai 2007 find the minimum distance
/// the best measure and its effect gone beyond a dozen words).
const NEAR: f64 = 8.0;

/// Weight of a heading that holds the words of a question.
const HEADING_WEIGHT: f64 = 0.35;

/// The name of this ranking in run files.
pub const TAG: &str = "backsearch";

/// Collection statistics of one query word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TermStatistics {
    /// Inverse document frequency of the stem in passages.
    pub stem: f64,
    /// The same of the unstemmed word.
    pub exact: f64,
    /// The same of the stem in titles.
    pub title: f64,
}

/// Collection statistics of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistics {
    /// One for each query word.
    pub terms: Vec<TermStatistics>,
    /// Average length of a passage in tokens.
    pub average_body: f64,
    /// Average length of a title in tokens.
    pub average_title: f64,
}

/// BM25's inverse document frequency, as Lucene and Tantivy have it.
#[must_use]
pub fn idf(frequency: u64, documents: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of documents are far below 2^52")]
    let (frequency, documents) = (frequency.min(documents) as f64, documents as f64);
    (1.0 + (documents - frequency + 0.5) / (frequency + 0.5)).ln()
}

/// BM25's term weight, from 0 to K1 + 1.
#[must_use]
pub fn saturate(frequency: f64, length: f64, average: f64) -> f64 {
    if frequency <= 0.0 {
        return 0.0;
    }
    frequency * (K1 + 1.0) / (frequency + K1 * (1.0 - B + B * length / average.max(1.0)))
}

/// A score as a tree of named numbers: the value of a node is the sum of its parts, if it has any.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explanation {
    /// What the number is.
    pub name: String,
    /// The number.
    pub value: f64,
    /// What it is made of.
    pub parts: Vec<Explanation>,
}

impl Explanation {
    fn leaf(name: impl Into<String>, value: f64) -> Self {
        Self { name: name.into(), value, parts: Vec::new() }
    }

    fn sum(name: impl Into<String>, parts: Vec<Self>) -> Self {
        Self { name: name.into(), value: parts.iter().map(|part| part.value).sum(), parts }
    }
}

/// The score of a candidate with its explanation.
#[must_use]
pub fn score(
    terms: &[QueryTerm],
    statistics: &Statistics,
    evidence: &Evidence,
    question: bool,
) -> Explanation {
    let mut parts = Vec::new();
    for ((term, statistic), found) in terms.iter().zip(&statistics.terms).zip(&evidence.terms) {
        let body = saturate(found.body, evidence.body_length, statistics.average_body);
        let exact = saturate(found.exact, evidence.body_length, statistics.average_body);
        let title = saturate(found.title, evidence.title_length, statistics.average_title);
        if body + exact + title <= 0.0 {
            continue;
        }
        parts.push(Explanation::sum(
            term.name(),
            vec![
                Explanation::leaf(format!("body, {} times", found.body), term.count * statistic.stem * body),
                Explanation::leaf("as typed", term.count * EXACT_WEIGHT * statistic.exact * exact),
                Explanation::leaf("in the title", term.count * TITLE_WEIGHT * statistic.title * title),
            ],
        ));
    }
    let weights: Vec<f64> = statistics.terms.iter().map(|term| term.stem).collect();
    let positions: Vec<&[u32]> = evidence.terms.iter().map(|term| &*term.positions).collect();
    let near = proximity(&weights, &positions);
    if near > 0.0 {
        parts.push(Explanation::leaf("words near each other", PROXIMITY_WEIGHT * near));
    }
    if question && evidence.heading_share > 0.0 {
        let weight: f64 = statistics.terms.iter().map(|term| term.stem).sum();
        parts.push(Explanation::leaf(
            "the heading asks it",
            HEADING_WEIGHT * weight * evidence.heading_share.powi(2),
        ));
    }
    Explanation::sum("score", parts)
}

/// For each pair of query words that follow one another in the query, how near they come in the text, weighed by the
/// rarer of the two. `weights` and `positions` have one entry for each query word.
#[must_use]
pub fn proximity(weights: &[f64], positions: &[&[u32]]) -> f64 {
    let mut sum = 0.0;
    for (pair, weights) in positions.windows(2).zip(weights.windows(2)) {
        let Some(distance) = least_distance(pair[0], pair[1]) else { continue };
        let near = (NEAR - f64::from(distance)) / NEAR;
        sum += weights[0].min(weights[1]) * near.max(0.0);
    }
    sum
}

/// The least distance between a position of one list and one of another; a word that follows the other counts one step
/// less than one that precedes it.
fn least_distance(first: &[u32], second: &[u32]) -> Option<u32> {
    let (mut i, mut j) = (0, 0);
    let mut least: Option<u32> = None;
    while i < first.len() && j < second.len() {
        let distance = if second[j] > first[i] { second[j] - first[i] - 1 } else { first[i] - second[j] };
        least = Some(least.map_or(distance, |least| least.min(distance)));
        if first[i] <= second[j] {
            i += 1;
        } else {
            j += 1;
        }
    }
    least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(least_distance(&[1, 10], &[11, 30]), Some(0));
        assert_eq!(least_distance(&[11], &[10]), Some(1));
        assert_eq!(least_distance(&[], &[10]), None);
    }

    #[test]
    fn the_parts_of_an_explanation_add_up() {
        let tree = Explanation::sum("a", vec![Explanation::leaf("b", 1.5), Explanation::leaf("c", 2.0)]);
        assert!((tree.value - 3.5).abs() < 1e-12);
    }
}
