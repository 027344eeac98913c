//! What is removed from an index: documents that stood in it before, and none of those that come with the same commit.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use tantivy::index::SegmentId;
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, Score, SegmentReader};

/// The segments that come with the commit that is being made.
#[derive(Debug, Clone, Default)]
pub(super) struct Fresh(Arc<RwLock<BTreeSet<SegmentId>>>);

impl Fresh {
    /// Says which they are.
    pub(super) fn set(&self, segments: BTreeSet<SegmentId>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = segments;
    }

    /// Whether a segment is one of them.
    pub(super) fn holds(&self, segment: SegmentId) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains(&segment)
    }
}

/// A query that finds nothing in fresh segments. Tantivy removes what a query finds from whatever segment it has when it
/// makes a commit, those that were added after the removal included, since it does not know when their documents came.
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
        if self.fresh.holds(reader.segment_id()) {
            return Ok(Box::new(EmptyScorer));
        }
        self.what.scorer(reader, boost)
    }

    fn explain(&self, reader: &SegmentReader, document: DocId) -> tantivy::Result<Explanation> {
        self.what.explain(reader, document)
    }
}
