//! Which words keep company: whether a word stands in the passages in which the other words of a query do.

use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

use crate::index::{Index, LiveStatistics};

/// Most words of a query that are asked about, the rarest first: the others hardly tell.
const MOST_WORDS: usize = 6;

/// Words in more than this share of all passages tell nothing of their company. With .1 and .5 misspelt queries of the
/// development collections come out the same; with .02 nfcorpus loses .003 nDCG@10 and wikiqa .002.
const TOO_FREQUENT: f64 = 0.1;

/// Passages that a word is taken to have beside its own, with every word in its usual share of them. What is seen of a
/// rare word is chance. From 5 to 80 are equally good.
const PRIOR: f64 = 20.0;

/// The words of a query that are known, as company for one that is not.
pub struct Context<'a> {
    index: &'a Index,
    live: &'a LiveStatistics<'a>,
    passages: f64,
    /// Stems with the number of passages that hold each.
    words: Vec<(String, f64)>,
}

impl<'a> Context<'a> {
    /// The company that these stems are.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub fn new(
        index: &'a Index,
        live: &'a LiveStatistics<'a>,
        stems: impl IntoIterator<Item = String>,
    ) -> tantivy::Result<Self> {
        let passages = count(index.state.totals.passages.max(1));
        let mut words: Vec<(String, f64)> = Vec::new();
        for stem in stems {
            let frequency = count(live.document_frequency(&Term::from_field_text(index.fields.body, &stem))?);
            let known = words.iter().any(|(own, _)| *own == stem);
            if frequency > 0.0 && frequency <= passages * TOO_FREQUENT && !known {
                words.push((stem, frequency));
            }
        }
        words.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
        words.truncate(MOST_WORDS);
        Ok(Self { index, live, passages, words })
    }

    /// How much likelier the company makes a stem: the logarithm of the ratio of the chance that these words stand
    /// beside it to the chance that they stand anywhere, as if they came independently of each other (naive Bayes).
    /// Linear in the postings of the rarer of the stem and each word.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub fn log_ratio(&self, stem: &str) -> tantivy::Result<f64> {
        let term = Term::from_field_text(self.index.fields.body, stem);
        let own = count(self.live.document_frequency(&term)?);
        let mut sum = 0.0;
        for (word, frequency) in &self.words {
            if word == stem {
                continue;
            }
            let share = frequency / self.passages;
            let both = count(self.together(stem, word)?);
            sum += ((both + PRIOR * share) / ((own + PRIOR) * share)).ln();
        }
        Ok(sum)
    }

    /// The number of live passages that hold both stems.
    fn together(&self, one: &str, other: &str) -> tantivy::Result<u64> {
        let field = self.index.fields.body;
        let mut found = 0;
        for segment in self.index.searcher.segment_readers() {
            found += shared(segment, field, one, other)?;
        }
        Ok(found)
    }
}

fn shared(segment: &SegmentReader, field: Field, one: &str, other: &str) -> tantivy::Result<u64> {
    let inverted = segment.inverted_index(field)?;
    let read =
        |text: &str| inverted.read_postings(&Term::from_field_text(field, text), IndexRecordOption::Basic);
    let (Some(mut rare), Some(mut frequent)) = (read(one)?, read(other)?) else { return Ok(0) };
    if rare.size_hint() > frequent.size_hint() {
        std::mem::swap(&mut rare, &mut frequent);
    }
    let alive = |document: DocId| segment.alive_bitset().is_none_or(|alive| alive.is_alive(document));
    let mut found = 0;
    let mut document = rare.doc();
    while document != TERMINATED {
        if frequent.doc() < document {
            frequent.seek(document);
        }
        found += u64::from(frequent.doc() == document && alive(document));
        document = rare.advance();
    }
    Ok(found)
}

#[expect(clippy::cast_precision_loss, reason = "counts of passages are far below 2^52")]
const fn count(count: u64) -> f64 {
    count as f64
}
