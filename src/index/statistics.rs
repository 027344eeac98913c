//! Collection statistics over live passages, so that ranking does not depend on what was deleted but not yet merged away.

use std::collections::HashMap;

use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, Searcher, TERMINATED, Term};

use super::Index;

/// Statistics of the live passages of an index.
pub struct LiveStatistics<'a> {
    index: &'a Index,
    /// Frequencies of terms that count as one with others.
    united: HashMap<Term, u64>,
}

impl<'a> LiveStatistics<'a> {
    /// The statistics of an index.
    #[must_use]
    pub fn new(index: &'a Index) -> Self {
        Self { index, united: HashMap::new() }
    }

    /// The same, in which some terms are as frequent as all terms that stand for the same word: BM25 would take a stem
    /// that few passages have by chance for a rare word.
    #[must_use]
    pub const fn with_united(index: &'a Index, united: HashMap<Term, u64>) -> Self {
        Self { index, united }
    }

    /// Number of live passages that hold a term. Exact; linear in the term's postings where its segment has deleted
    /// documents, constant where it has none.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub fn document_frequency(&self, term: &Term) -> tantivy::Result<u64> {
        let searcher: &Searcher = &self.index.searcher;
        let mut frequency = 0;
        for segment in searcher.segment_readers() {
            let inverted = segment.inverted_index(term.field())?;
            match segment.alive_bitset() {
                None => frequency += u64::from(inverted.doc_freq(term)?),
                Some(alive) => {
                    let Some(mut postings) = inverted.read_postings(term, IndexRecordOption::Basic)? else {
                        continue;
                    };
                    let mut document = postings.doc();
                    while document != TERMINATED {
                        frequency += u64::from(alive.is_alive(document));
                        document = postings.advance();
                    }
                }
            }
        }
        Ok(frequency)
    }

    /// Sum of the lengths of a field over live passages, in tokens.
    #[must_use]
    pub fn tokens(&self, field: Field) -> u64 {
        let (fields, totals) = (&self.index.fields, &self.index.state.totals);
        if field == fields.body {
            totals.body
        } else if field == fields.exact {
            totals.exact
        } else if field == fields.title {
            totals.title
        } else if field == fields.heading {
            totals.heading
        } else {
            0
        }
    }
}

impl Bm25StatisticsProvider for LiveStatistics<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        // Tantivy divides by the average length; an empty field has none.
        Ok(self.tokens(field).max(1))
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.index.state.totals.passages.max(1))
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        // Tantivy asserts that no term is in more documents than there are.
        let frequency = match self.united.get(term) {
            Some(frequency) => *frequency,
            None => self.document_frequency(term)?,
        };
        Ok(frequency.min(self.index.state.totals.passages.max(1)))
    }
}
