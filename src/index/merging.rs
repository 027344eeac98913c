//! Which segments are merged: those of about the same size, as far as the memory of a run allows, and at its end those that are
//! mostly deleted; and how they are waited for.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use tantivy::SegmentMeta;
use tantivy::index::SegmentId;
use tantivy::merge_policy::{LogMergePolicy, MergeCandidate, MergePolicy};

use super::removal::Fresh;
use super::size_of;

/// Memory that Tantivy takes for each document of a merge, in bytes: 16 for its address, which is kept twice for a while, 8
/// for its new number, and about as much as that for what is written of it.
const OF_EACH: usize = 32;

/// A segment of which more than this share is deleted is written anew by itself when a run ends.
const MOSTLY_DELETED: f64 = 0.5;

/// How often it is looked how much a merge has written.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Waits for merges of the index in `dir`; `watch` is told meanwhile how many bytes they have written.
pub(super) fn await_merges<T: Send>(
    dir: &Path,
    wait: impl FnOnce() -> T + Send,
    watch: &mut dyn FnMut(u64),
) -> T {
    // That it cannot be seen how far they are is no reason to stop.
    let size = || size_of(dir).unwrap_or_default();
    let before = size();
    let mut written = 0;
    let (done, is_done) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(move || {
            let waited = wait();
            drop(done);
            waited
        });
        while is_done.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
            // The folder gets smaller when what has been merged is removed.
            written = size().saturating_sub(before).max(written);
            watch(written);
        }
        waiting.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Tantivy's own policy, and at the end of a run segments that are mostly deleted. No merge is of more than so many documents, nor of
/// segments of the commit that is being made: what is removed with it is not to be removed from them, and a merge would make
/// another segment of them.
#[derive(Debug)]
pub(super) struct Bounded {
    inner: LogMergePolicy,
    most: usize,
    fresh: Fresh,
    at_end: bool,
}

impl Bounded {
    /// Merges take about `memory` bytes at most.
    pub(super) fn by_memory(memory: usize, fresh: &Fresh) -> Self {
        Self { inner: LogMergePolicy::default(), most: memory / OF_EACH, fresh: fresh.clone(), at_end: false }
    }

    /// The same with segments that are mostly deleted. While a run goes on, what is left of them may be deleted next.
    pub(super) fn at_end(self) -> Self {
        Self { at_end: true, ..self }
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
        if !self.at_end {
            return candidates;
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_is_told_what_has_been_written() {
        let dir = tempfile::tempdir().expect("a folder can be made");
        std::fs::write(dir.path().join("before"), "four").expect("it can be written");
        let (seen, is_seen) = mpsc::channel();
        let mut told = 0;
        let path = dir.path();
        let wait = move || {
            std::fs::write(path.join("merged"), "a segment").expect("it can be written");
            // It goes on when the watcher has been told of it.
            is_seen.iter().find(|written| *written > 0)
        };
        await_merges(path, wait, &mut |written| {
            told = written;
            let _ = seen.send(written);
        });
        assert_eq!(told, 9);
    }
}
