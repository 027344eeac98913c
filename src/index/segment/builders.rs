//! Builders of segments for all threads of a run: whose documents go where, and who writes segments when.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rayon::{ThreadPool, ThreadPoolBuilder};
use tantivy::TantivyError;

use super::{Builder, Finished};
use crate::index::Fields;

/// Least memory of a builder, in bytes: some 12 MB of text. Of smaller segments a large index would have too many, so
/// that threads share a builder rather.
const LEAST_MEMORY: usize = 16 << 20;

/// How many builders share a thread that writes their segments.
const BUILDERS_TO_A_WRITER: usize = 2;

/// Bytes of files for which it is worth that another thread begins a segment of its own: what is searched in fewer
/// segments is found sooner.
const LEAST_OF_SEGMENT: u64 = 8 << 20;

/// Builders of segments, one for each thread that adds documents where there is memory for as many.
pub struct Builders {
    all: Vec<Mutex<Builder>>,
    /// How many of them are used.
    used: AtomicUsize,
    shared: Arc<Shared>,
}

/// What builders share.
pub(super) struct Shared {
    /// Bytes of files that are still to be read, about.
    to_come: AtomicU64,
    /// Whether a segment has been written.
    has_written: AtomicBool,
    /// Threads that write segments, one after another: the memory that this takes for a moment is taken fewer times at once,
    /// and stays with the thread that took it for the next segment.
    writers: ThreadPool,
}

impl Builders {
    /// Builders for so many threads, which take about `memory` bytes together.
    ///
    /// # Errors
    ///
    /// When no thread can be started.
    pub(in crate::index) fn new(
        index: &tantivy::Index,
        fields: Fields,
        threads: usize,
        memory: usize,
    ) -> tantivy::Result<Self> {
        let count = threads.clamp(1, (memory / LEAST_MEMORY).max(1));
        let shared = Arc::new(Shared::new(count.div_ceil(BUILDERS_TO_A_WRITER))?);
        let one = || Mutex::new(Builder::new(index, fields, memory / count, &shared));
        let all = std::iter::repeat_with(one).take(count).collect();
        Ok(Self { all, used: AtomicUsize::new(1), shared })
    }

    /// Says how many bytes of files are read next, if that is known: threads share a builder where they are few.
    pub fn expect(&self, bytes: Option<u64>) {
        let most = self.all.len();
        let worth = bytes.and_then(|bytes| usize::try_from(bytes / LEAST_OF_SEGMENT).ok());
        let used = worth.unwrap_or(most).clamp(1, most);
        self.used.store(used, Ordering::Relaxed);
        self.shared.to_come.store(bytes.unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Says that so many of those bytes have been read. Where hardly any are left, a segment that is full waits for the end,
    /// when all are written, or what comes after it would make a small one.
    pub fn have_read(&self, bytes: u64) {
        let left = self.shared.to_come.load(Ordering::Relaxed).saturating_sub(bytes);
        self.shared.to_come.store(left, Ordering::Relaxed);
    }

    fn used(&self) -> &[Mutex<Builder>] {
        &self.all[..self.used.load(Ordering::Relaxed)]
    }

    /// The builder of a thread, by its number from 0.
    pub fn of(&self, thread: usize) -> MutexGuard<'_, Builder> {
        let used = self.used();
        lock(&used[thread % used.len()])
    }

    /// A builder that nobody uses at the moment, one that has begun a segment if there is one: whoever waited for another to
    /// write its segment would make everybody wait.
    pub(in crate::index) fn any(&self) -> MutexGuard<'_, Builder> {
        let free = self.used().iter().filter_map(|builder| builder.try_lock().ok());
        let first_begun = free.max_by_key(|builder| builder.open.is_some());
        first_begun.unwrap_or_else(|| self.of(0))
    }

    /// Says that what was added so far was there before what is removed from now on.
    pub(in crate::index) fn begin_removals(&self) {
        self.all.iter().for_each(|builder| lock(builder).begin_removals());
    }

    /// Writes all that is not written yet, and gives the segments that are not committed.
    pub(in crate::index) fn finish(&self) -> tantivy::Result<Vec<Finished>> {
        let open: Vec<&Mutex<Builder>> =
            self.all.iter().filter(|builder| lock(builder).open.is_some()).collect();
        let write = |builder: &Mutex<Builder>| lock(builder).write();
        let written: Vec<tantivy::Result<()>> = if self.shared.has_written.load(Ordering::Relaxed) {
            self.shared.apart(|| open.par_iter().map(|builder| write(builder)).collect())
        } else {
            // Little was read so far, and nothing of the memory that writing takes is taken yet: all can write at once.
            std::thread::scope(|scope| {
                let threads: Vec<_> =
                    open.into_iter().map(|builder| scope.spawn(move || write(builder))).collect();
                let failed = |_| Err(TantivyError::ErrorInThread("a segment was not written".to_owned()));
                threads.into_iter().map(|thread| thread.join().unwrap_or_else(failed)).collect()
            })
        };
        // All were waited for, whether or not one failed.
        written.into_iter().collect::<tantivy::Result<()>>()?;
        Ok(self.all.iter().flat_map(|builder| std::mem::take(&mut lock(builder).finished)).collect())
    }
}

/// Waits for a builder. One that another thread left in a panic is of a run that has failed, and commits nothing.
fn lock(builder: &Mutex<Builder>) -> MutexGuard<'_, Builder> {
    builder.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(super) fn new(writers: usize) -> tantivy::Result<Self> {
        let writers = ThreadPoolBuilder::new().num_threads(writers).build();
        let writers = writers.map_err(|error| TantivyError::SystemError(error.to_string()))?;
        Ok(Self { to_come: AtomicU64::new(u64::MAX), has_written: AtomicBool::new(false), writers })
    }

    /// Whether hardly anything is left to be read.
    pub(super) fn is_ending(&self) -> bool {
        self.to_come.load(Ordering::Relaxed) < LEAST_OF_SEGMENT
    }

    /// Says that a segment is written.
    pub(super) fn note_written(&self) {
        self.has_written.store(true, Ordering::Relaxed);
    }

    /// Does what writes a segment in a thread for that, and waits for it.
    pub(super) fn apart<T: Send>(&self, write: impl FnOnce() -> T + Send) -> T {
        self.writers.install(write)
    }
}

#[cfg(test)]
mod tests {
    use tantivy::TantivyDocument;

    use super::*;

    #[test]
    fn little_goes_to_one_segment() {
        let (schema, fields) = Fields::create();
        let index = tantivy::Index::create_in_ram(schema);
        let builders = Builders::new(&index, fields, 4, 1 << 30).expect("threads can be started");
        let mut sizes = Vec::new();
        for bytes in [Some(1000), Some(1 << 30), None] {
            builders.expect(bytes);
            for thread in 0..4 {
                builders.of(thread).add(&TantivyDocument::new(), []).expect("memory can be written");
            }
            sizes.push(builders.finish().expect("memory can be written").len());
        }
        assert_eq!(sizes, [1, 4, 4]);
    }
}
