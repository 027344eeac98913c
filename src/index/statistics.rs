//! Collection statistics over live passages, so that ranking does not depend on what was deleted but not yet merged away.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

use tantivy::postings::BlockSegmentPostings;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{BitSet, DocId, SegmentReader, Term};

use super::Index;

/// Statistics of the live passages of an index, each found once.
pub struct LiveStatistics<'a> {
    index: &'a Index,
    frequencies: RefCell<HashMap<Term, u64>>,
}

impl<'a> LiveStatistics<'a> {
    /// The statistics of an index.
    #[must_use]
    pub fn new(index: &'a Index) -> Self {
        Self { index, frequencies: RefCell::default() }
    }

    /// Number of live passages that hold a term. Exact. Constant where a segment has no deleted documents; where it has,
    /// linear in the fewer of the term's postings and the runs of deleted documents.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub fn document_frequency(&self, term: &Term) -> tantivy::Result<u64> {
        if let Some(frequency) = self.frequencies.borrow().get(term) {
            return Ok(*frequency);
        }
        let mut frequency = 0;
        let segments = self.index.searcher.segment_readers();
        for (segment, deleted) in segments.iter().zip(self.index.deleted()) {
            let inverted = segment.inverted_index(term.field())?;
            let Some(info) = inverted.get_term_info(term)? else { continue };
            frequency += u64::from(info.doc_freq);
            if !deleted.is_empty() {
                let postings = inverted.read_block_postings_from_terminfo(&info, IndexRecordOption::Basic)?;
                frequency = frequency.saturating_sub(dead(postings, segment, deleted));
            }
        }
        self.frequencies.borrow_mut().insert(term.clone(), frequency);
        Ok(frequency)
    }

    /// Whether a live passage holds a term. Constant, unless hardly more passages hold it than are deleted.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub fn holds(&self, term: &Term) -> tantivy::Result<bool> {
        for segment in self.index.searcher.segment_readers() {
            if segment.inverted_index(term.field())?.doc_freq(term)? > segment.num_deleted_docs() {
                return Ok(true);
            }
        }
        Ok(self.document_frequency(term)? > 0)
    }

    /// Number of live passages.
    #[must_use]
    pub fn passages(&self) -> u64 {
        self.index.state.totals.passages.max(1)
    }

    /// Sum of the lengths of a field over live passages, in tokens.
    #[must_use]
    pub fn tokens(&self, field: Field) -> u64 {
        let (fields, totals) = (&self.index.fields, &self.index.state.totals);
        if field == fields.body {
            totals.body
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
        Ok(self.passages())
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        // Tantivy asserts that no term is in more documents than there are.
        Ok(self.document_frequency(term)?.min(self.passages()))
    }
}

/// How many of a term's documents in a segment are deleted.
fn dead(mut postings: BlockSegmentPostings, segment: &SegmentReader, deleted: &[Range<DocId>]) -> u64 {
    let mut dead = 0;
    if postings.doc_freq() as usize <= deleted.len() {
        while !postings.docs().is_empty() {
            dead += postings.docs().iter().filter(|document| segment.is_deleted(**document)).count() as u64;
            postings.advance();
        }
        return dead;
    }
    for run in deleted {
        let before = postings.rank(run.start);
        if before == postings.doc_freq() {
            break;
        }
        dead += u64::from(postings.rank(run.end).saturating_sub(before));
    }
    dead
}

/// The runs of deleted documents of a segment, in order. Documents of one source stand together, so that there are few.
pub(super) fn deleted_runs(segment: &SegmentReader) -> Vec<Range<DocId>> {
    const BITS: u32 = u64::BITS;
    let Some(alive) = segment.alive_bitset() else { return Vec::new() };
    let end = segment.max_doc();
    let mut set = BitSet::with_max_value_and_full(end);
    set.intersect_update(alive.bitset());
    let mut runs: Vec<Range<DocId>> = Vec::new();
    for word in 0..end.div_ceil(BITS) {
        let mut dead = !u64::from_le_bytes(set.tinyset(word).into_bytes());
        while dead != 0 {
            let document = word * BITS + dead.trailing_zeros();
            dead &= dead - 1;
            match runs.last_mut() {
                _ if document >= end => break,
                Some(run) if run.end == document => run.end += 1,
                _ => runs.push(document..document + 1),
            }
        }
    }
    runs
}
