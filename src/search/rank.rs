//! The second stage: scores of the best candidates, in f64, from evidence summed in a fixed order.

use std::borrow::Cow;

use super::answer::Answer;
use super::candidates::Evidence;
use super::terms::QueryTerm;
use crate::query::Asked;

/// BM25's saturation of term frequency (Robertson et al. 1994). Tantivy's first stage has the same.
const K1: f64 = 1.2;

/// BM25's length normalisation.
const B: f64 = 0.75;

// The quality of a passage has no weight: multiplied into the score as 1 + w (quality - 0.8), it changed the mean nDCG@10 of
// the seven collections by -.0003, -.0009, -.0001 and -.0039 for w of .05, .1, .2 and .5.

/// What each kind of evidence counts beside the stems of the body, which count 1.
///
/// Chosen on the seven development collections; `backsearch eval --leave-one-out` chooses them again from nothing, each
/// time without one collection, and measures on that one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Words as typed: the very form that was typed is better than another form of it. From 0.4 to 0.6 are equally good.
    pub exact: f64,
    /// Words of the title. A title that counts in full counts twice; a little lifts documents that are about the words.
    pub title: f64,
    /// Words of the query that stand near each other. From 0.2 to 0.4 are equally good, 0.1 is worse by .001.
    pub near: f64,
    /// In short questions: words that the text holds at all. From 0.25 to 1 are equally good.
    pub held: f64,
    /// In short questions: words that one place holds. From 0.7 to 2 are equally good.
    pub place: f64,
    /// In short questions, and half of it in queries of a few words: a statement about their words. From 4 to 8 are equally good, 2 is worse by .001.
    pub statement: f64,
    /// In questions for a number or a time: that there is one. From 1 to 3 are equally good.
    pub amount: f64,
    /// How much of a document's score is its neighbours'.
    pub share: f64,
    /// The same for short questions. What answers them is one document, and those like it are often about the same and
    /// silent on the question.
    pub share_of_answers: f64,
}

/// The weights in use.
pub const WEIGHTS: Weights = Weights {
    exact: 0.5,
    title: 0.25,
    near: 0.3,
    held: 0.75,
    place: 1.25,
    statement: 6.0,
    amount: 2.0,
    share: 0.5,
    share_of_answers: 0.15,
};

/// What a text shows of a query, each kind of evidence summed over the words of the query.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Signals {
    /// Stems in heading and text.
    pub stem: f64,
    /// Words as typed.
    pub exact: f64,
    /// Stems in the title.
    pub title: f64,
    /// See [`proximity`].
    pub near: f64,
    /// Weight of the words that the text holds at all.
    pub held: f64,
    /// What looks like the answer, if a short question was asked.
    pub answer: Answer,
}

impl Signals {
    /// The signals with their names and what they count, in the order in which they are summed.
    #[must_use]
    pub fn weighed(&self, weights: &Weights) -> [(&'static str, f64); 8] {
        [
            ("body", self.stem),
            ("as typed", weights.exact * self.exact),
            ("in the title", weights.title * self.title),
            ("words near each other", weights.near * self.near),
            ("words of the question", weights.held * self.held),
            ("words of the question in one place", weights.place * self.answer.place),
            ("a statement about them", weights.statement * self.answer.statement),
            ("what is asked beside them", weights.amount * self.answer.amount),
        ]
    }

    /// The score, before neighbours have their share.
    #[must_use]
    pub fn score(&self, weights: &Weights) -> f64 {
        self.weighed(weights).iter().map(|(_, value)| value).sum()
    }
}

impl Explanation {
    /// Adds a number to a sum.
    fn add(&mut self, name: &'static str, value: f64) {
        self.value += value;
        self.parts.push(Self::leaf(name, value));
    }

    /// Lowers the score of a passage whose page has `better` passages before it.
    pub fn add_page_mates(&mut self, better: f64) {
        let lowered = -self.value * (PAGE_MATE * better).min(PAGE_MATES);
        if lowered < 0.0 {
            self.add("better passages of its page", lowered);
        }
    }

    /// Adds what looks like the answer to a score.
    pub fn add_answer(&mut self, answer: Answer) {
        let signals = Signals { answer, ..Signals::default() };
        for (name, value) in signals.weighed(&WEIGHTS).into_iter().filter(|(_, value)| *value != 0.0) {
            self.add(name, value);
        }
    }
}

/// Distance in words up to which two words of the query are near each other (Tao and Zhai 2007 find the minimum distance
/// the best measure and its effect gone beyond a dozen words). On the development collections 12 and 16 lose .001 nDCG@10,
/// 6 loses .002 and 4 .003.
const NEAR: f64 = 8.0;

/// Weight of a heading that holds the words of a question. It lifts a passage whose heading asks the very question above
/// one that only holds its words. The judged collections have no headings; of 643 questions that head passages of the
/// development pages, each asked without one of its telling words, 445 find their passage first without this weight, 502
/// with 0.35, 525 with 0.75 and 530 with 1.
const HEADING_WEIGHT: f64 = 0.75;

/// Share of its score that a passage loses for each better one of the same page, so that one page takes the whole list
/// only if it deserves it. On covidqa, where one passage of one article answers, 0.03 brings five different articles
/// among the first ten instead of four and costs .002 nDCG@10; 0.08 brings six and costs .009.
const PAGE_MATE: f64 = 0.03;

/// Most that it loses so. The same questions have passages of 3.4 pages among their first ten without any loss, of 4.3
/// with this most, and of 4.4 with twice as much, where good passages of the one page that answers give way.
const PAGE_MATES: f64 = 0.15;

/// The name of this ranking in run files.
pub const TAG: &str = "backsearch";

/// Collection statistics of one query word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TermStatistics {
    /// Inverse document frequency of the stem in passages.
    pub stem: f64,
    /// Number of passages that hold the stem.
    pub holding: u64,
    /// Inverse document frequency of the word as typed, as far as texts that are read tell; until then, that of the stem.
    pub exact: f64,
    /// The same of the stem in titles.
    pub title: f64,
}

/// Collection statistics of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistics {
    /// One for each query word.
    pub terms: Vec<TermStatistics>,
    /// Number of passages.
    pub passages: u64,
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
    pub name: Cow<'static, str>,
    /// The number.
    pub value: f64,
    /// What it is made of.
    pub parts: Vec<Explanation>,
}

impl Explanation {
    /// A number that is not made of others.
    #[must_use]
    pub fn leaf(name: impl Into<Cow<'static, str>>, value: f64) -> Self {
        Self { name: name.into(), value, parts: Vec::new() }
    }

    /// The sum of other numbers.
    #[must_use]
    pub fn sum(name: impl Into<Cow<'static, str>>, parts: Vec<Self>) -> Self {
        Self { name: name.into(), value: parts.iter().map(|part| part.value).sum(), parts }
    }
}

/// The score of a candidate, with its explanation if `explain` says so: most candidates are never shown.
#[must_use]
pub fn score(
    terms: &[QueryTerm],
    statistics: &Statistics,
    evidence: &Evidence,
    question: bool,
    asked: Option<Asked>,
    explain: bool,
) -> Explanation {
    let mut score = Explanation::leaf("score", 0.0);
    let mut held = 0.0;
    for ((term, statistic), found) in terms.iter().zip(&statistics.terms).zip(&evidence.terms) {
        let body = saturate(found.body, evidence.body_length, statistics.average_body);
        let exact = saturate(found.exact, evidence.body_length, statistics.average_body);
        let title = saturate(found.title, evidence.title_length, statistics.average_title);
        if body + exact + title <= 0.0 {
            continue;
        }
        held += term.count * statistic.stem;
        let body = term.count * statistic.stem * body;
        let exact = term.count * WEIGHTS.exact * statistic.exact * exact;
        let title = term.count * WEIGHTS.title * statistic.title * title;
        score.value += body + exact + title;
        if explain {
            let times = format!("body, {} times", found.body);
            let parts = vec![
                Explanation::leaf(times, body),
                Explanation::leaf("as typed", exact),
                Explanation::leaf("in the title", title),
            ];
            score.parts.push(Explanation::sum(term.name(), parts));
        }
    }
    let near = if terms.len() > 1 {
        let weights: Vec<f64> = statistics.terms.iter().map(|term| term.stem).collect();
        let positions: Vec<&[u32]> = evidence.terms.iter().map(|term| &*term.positions).collect();
        proximity(&weights, &positions)
    } else {
        0.0
    };
    if near > 0.0 {
        score.add("words near each other", WEIGHTS.near * near);
    }
    if asked.is_some_and(Asked::is_question) {
        score.add("words of the question", WEIGHTS.held * held);
    }
    if question && evidence.heading_share > 0.0 {
        let weight: f64 = statistics.terms.iter().map(|term| term.stem).sum();
        score.add("the heading asks it", HEADING_WEIGHT * weight * evidence.heading_share.powi(2));
    }
    score
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

/// The least distance between a position of one list and another one of another; a word that follows the other counts one
/// step less than one that precedes it. What stands at the same position are two forms of one word.
fn least_distance(first: &[u32], second: &[u32]) -> Option<u32> {
    let (mut i, mut j) = (0, 0);
    let mut least: Option<u32> = None;
    while i < first.len() && j < second.len() {
        let others = &second[j..];
        let other = if others[0] == first[i] { others.get(1) } else { Some(&others[0]) };
        if let Some(other) = other {
            let distance = if *other > first[i] { other - first[i] - 1 } else { first[i] - other };
            least = Some(least.map_or(distance, |least| least.min(distance)));
        }
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
        assert_eq!(least_distance(&[10], &[10]), None);
        assert_eq!(least_distance(&[10], &[10, 13]), Some(2));
        assert_eq!(least_distance(&[10, 14], &[10]), Some(4));
    }

    #[test]
    fn the_parts_of_an_explanation_add_up() {
        let tree = Explanation::sum("a", vec![Explanation::leaf("b", 1.5), Explanation::leaf("c", 2.0)]);
        assert!((tree.value - 3.5).abs() < 1e-12);
    }
}
