//! What is removed from an index: documents that stood in it before, and none of those that came after.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use tantivy::index::SegmentId;
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

/// The segments that come with the commit that is being made, and for each the two runs of its documents, passages and
/// vocabularies, that were there before anything was removed.
#[derive(Debug, Clone, Default)]
pub(super) struct Fresh(Arc<RwLock<BTreeMap<SegmentId, [Range<DocId>; 2]>>>);

impl Fresh {
    /// Says which they are.
    pub(super) fn set(&self, segments: BTreeMap<SegmentId, [Range<DocId>; 2]>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = segments;
    }

    /// Whether a segment is one of them.
    pub(super) fn holds(&self, segment: SegmentId) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains_key(&segment)
    }

    /// What of a segment was there before anything was removed; `None` if all of it was.
    fn before(&self, segment: SegmentId) -> Option<[Range<DocId>; 2]> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&segment).cloned()
    }
}

/// A query that finds of fresh segments only what was there before. Tantivy removes what a query finds from whatever
/// segment it has when it makes a commit, since it does not know when the documents of segments that it has not made came.
#[derive(Clone)]
pub(super) struct Removal {
    what: Arc<dyn Query>,
    fresh: Fresh,
}

impl Removal {
    /// The removal of what a query finds.
    pub(super) fn of(what: impl Query, fresh: &Fresh) -> Self {
        Self { what: Arc::new(what), fresh: fresh.clone() }
    }
}

impl fmt::Debug for Removal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Removal({:?})", self.what)
    }
}

impl Query for Removal {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(RemovalWeight { what: self.what.weight(scoring)?, fresh: self.fresh.clone() }))
    }
}

struct RemovalWeight {
    what: Box<dyn Weight>,
    fresh: Fresh,
}

impl Weight for RemovalWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        match self.fresh.before(reader.segment_id()) {
            None => self.what.scorer(reader, boost),
            Some(before) if before.iter().all(Range::is_empty) => Ok(Box::new(EmptyScorer)),
            Some(before) => {
                let mut within = Within { inner: self.what.scorer(reader, boost)?, runs: before };
                let first = within.inner.doc();
                within.next_from(first);
                Ok(Box::new(within))
            }
        }
    }

    fn explain(&self, reader: &SegmentReader, document: DocId) -> tantivy::Result<Explanation> {
        self.what.explain(reader, document)
    }
}

/// Those documents of another scorer that are within some runs.
struct Within {
    inner: Box<dyn Scorer>,
    runs: [Range<DocId>; 2],
}

impl Within {
    /// Goes to the next document within a run, which may be this one.
    fn next_from(&mut self, mut document: DocId) -> DocId {
        while document != TERMINATED && !self.runs.iter().any(|run| run.contains(&document)) {
            document = self.inner.advance();
        }
        document
    }
}

impl DocSet for Within {
    fn advance(&mut self) -> DocId {
        let next = self.inner.advance();
        self.next_from(next)
    }

    fn doc(&self) -> DocId {
        self.inner.doc()
    }

    fn size_hint(&self) -> u32 {
        self.inner.size_hint()
    }
}

impl Scorer for Within {
    fn score(&mut self) -> Score {
        self.inner.score()
    }
}
