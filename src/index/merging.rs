//! Which segments are merged: those of about the same size, as far as the memory of a run allows.

use std::collections::{HashMap, HashSet};

use tantivy::SegmentMeta;
use tantivy::index::SegmentId;
use tantivy::merge_policy::{LogMergePolicy, MergeCandidate, MergePolicy};

use super::removal::Fresh;

/// Memory that Tantivy takes for each document of a merge, in bytes: 16 for its address, which is kept twice for a while, 8
/// for its new number, and about as much as that for what is written of it.
const OF_EACH: usize = 32;

/// A segment of which more than this share is deleted is written anew even by itself.
const MOSTLY_DELETED: f64 = 0.5;

/// Tantivy's own policy, and beside it segments that are mostly deleted. No merge is of more than so many documents, nor of
/// segments of the commit that is being made: what is removed with it is not to be removed from them, and a merge would make
/// another segment of them.
#[derive(Debug)]
pub(super) struct Bounded {
    inner: LogMergePolicy,
    most: usize,
    fresh: Fresh,
}

impl Bounded {
    /// Merges take about `memory` bytes at most.
    pub(super) fn by_memory(memory: usize, fresh: &Fresh) -> Self {
        Self { inner: LogMergePolicy::default(), most: memory / OF_EACH, fresh: fresh.clone() }
    }
}

impl MergePolicy for Bounded {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let documents: HashMap<SegmentId, usize> =
            segments.iter().map(|segment| (segment.id(), segment.max_doc() as usize)).collect();
        let of = |id: &SegmentId| documents.get(id).copied().unwrap_or_default();
        let mut segments = segments.to_vec();
        segments.retain(|segment| !self.fresh.holds(segment.id()));
        let candidates = self.inner.compute_merge_candidates(&segments).into_iter();
        let bounded = candidates.map(|MergeCandidate(mut ids)| {
            ids.sort_by_key(of);
            let mut sum = 0;
            ids.retain(|id| {
                sum += of(id);
                sum <= self.most
            });
            MergeCandidate(ids)
        });
        let mut candidates: Vec<MergeCandidate> = bounded.filter(|candidate| candidate.0.len() > 1).collect();
        let taken: HashSet<SegmentId> = candidates.iter().flat_map(|candidate| candidate.0.clone()).collect();
        let alone = segments.iter().filter(|segment| {
            let deleted = f64::from(segment.num_deleted_docs());
            deleted > MOSTLY_DELETED * f64::from(segment.max_doc()) && of(&segment.id()) <= self.most
        });
        let alone = alone.map(SegmentMeta::id).filter(|id| !taken.contains(id));
        candidates.extend(alone.map(|id| MergeCandidate(vec![id])));
        candidates
    }
}
