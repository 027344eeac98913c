//! The one writer of an index: adds and removes sources, and commits them whole.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tantivy::directory::INDEX_WRITER_LOCK;
use tantivy::indexer::{IndexWriterOptions, MergePolicy, NoMergePolicy};
use tantivy::query::{BooleanQuery, Query, RangeQuery, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::store::Compressor;
use tantivy::{Directory, IndexSettings, IndexWriter, TantivyDocument, TantivyError, Term};

use super::merging::{Bounded, await_merges};
use super::removal::{Fresh, Removal};
use super::segment::Builders;
use super::{Fields, Found, Manifest, Owner, State, Storage, foreign, look};
use crate::error::{Error, Kind, Result};

/// What Tantivy asks for each thread that indexes, in bytes. It has one, which gets no document and takes no memory.
const LEAST_HEAP: usize = 15_000_000;

/// What part of the heap's size merges may take beside it while segments are made.
const MERGES_OF_HEAP: usize = 20;

/// How many tenths of it they may take afterwards, when it is free.
const TENTHS_OF_HEAP_AFTERWARDS: usize = 4;

/// How often a waiting writer looks whether the lock is free.
const LOCK_POLL: Duration = Duration::from_millis(100);

/// An index open for writing. Nothing is visible to readers until [`Writer::commit`].
pub struct Writer {
    /// The fields of the schema.
    pub fields: Fields,
    /// The state that the next commit writes.
    pub state: State,
    dir: PathBuf,
    inner: IndexWriter,
    builders: Arc<Builders>,
    /// Memory of segments in the making, in bytes.
    heap: usize,
    /// The segments of the commit that is being made.
    added: Fresh,
    /// What is removed with it.
    removals: Vec<Removal>,
    fresh: bool,
}

/// How a writer is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// Threads that add documents, each to a segment of its own where the heap is large enough.
    pub threads: usize,
    /// Memory of their segments together until they are written, in bytes.
    pub heap: usize,
    /// How long to wait for another writer.
    pub wait: Duration,
    /// Take an index that cannot be read, or is damaged, out of the way.
    pub replace: bool,
    /// Whether cleaning is on; recorded in a new index.
    pub clean: bool,
    /// What its files are written through.
    pub storage: Storage,
}

impl Writer {
    /// Opens or creates the index in `dir`. While another process writes it, `waiting` is told who that is, once.
    ///
    /// # Errors
    ///
    /// When the folder holds something else, another version's index, or is being written by another process for longer
    /// than the wait.
    pub fn open(dir: &Path, options: &Options, waiting: &mut dyn FnMut(&Owner)) -> Result<Self> {
        let found = look(dir)?;
        if found == Found::Foreign {
            return Err(foreign(dir));
        }
        std::fs::create_dir_all(dir)
            .map_err(|error| Error::io("cannot create the index folder", dir, &error))?;
        check_writable(dir)?;
        // An index that is begun anew keeps to what it was made of.
        let mut begun = State::new(options.clean);
        let replaces = found == Found::Index && options.replace;
        if replaces {
            let files = options.storage.open(dir).map_err(|error| failed(dir, &error))?;
            let lock = || {
                let lock = files.acquire_lock(&INDEX_WRITER_LOCK);
                lock.map_err(|error| TantivyError::LockFailure(error, None))
            };
            let _lock = acquire(lock, options, dir, waiting)?;
            begun = State::remembered(dir).unwrap_or(begun);
            remove_unreadable(dir)?;
        }
        let (index, state) = if look(dir)? == Found::Index {
            let files = options.storage.open(dir).map_err(|error| super::damaged(dir, &error))?;
            let index = tantivy::Index::open(files).map_err(|error| super::unreadable(dir, &error))?;
            let payload = index.load_metas().map_err(|error| super::damaged(dir, &error))?.payload;
            let fresh =
                payload.is_none() && index.searchable_segment_ids().is_ok_and(|segments| segments.is_empty());
            let state = if fresh && Fields::of(&index.schema()).is_some() {
                // A first run that was killed before its first commit.
                State::new(options.clean)
            } else {
                State::read(payload.as_deref(), dir)?
            };
            (index, state)
        } else {
            let (schema, _) = Fields::create();
            let files = options.storage.open(dir).map_err(|error| failed(dir, &error))?;
            let index =
                tantivy::Index::create(files, schema, settings()).map_err(|error| failed(dir, &error))?;
            (index, begun)
        };
        let fields = Fields::of(&index.schema()).ok_or_else(|| super::other_version(dir))?;
        let inner = acquire(|| writer_of(&index), options, dir, waiting)?;
        Owner::this().record(dir);
        let added = Fresh::default();
        inner.set_merge_policy(Box::new(Bounded::by_memory(options.heap / MERGES_OF_HEAP, &added)));
        collect_garbage(&index, dir);
        let builders = builders(&index, fields, options.threads, options.heap, dir)?;
        let dir = dir.to_path_buf();
        let heap = options.heap;
        let removals = Vec::new();
        let mut writer = Self { fields, state, dir, inner, builders, heap, added, removals, fresh: true };
        // Another process may have committed while this one waited for the lock.
        let metas = index.load_metas().map_err(|error| super::damaged(&writer.dir, &error))?;
        if let Some(payload) = metas.payload.as_deref() {
            writer.state = State::read(Some(payload), &writer.dir)?;
            writer.fresh = false;
        }
        if replaces && writer.fresh {
            // What was there before is gone, so that nobody else remembers its roots.
            writer.state.complete = false;
            writer.commit()?;
            writer.fresh = false;
        }
        Ok(writer)
    }

    /// Whether nothing has been committed to the index yet.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// The segments in the making, one for each thread.
    #[must_use]
    pub fn builders(&self) -> Arc<Builders> {
        Arc::clone(&self.builders)
    }

    /// Adds a document without a text.
    ///
    /// # Errors
    ///
    /// When a segment cannot be written, as on a full disk.
    pub fn add(&self, document: &TantivyDocument) -> Result<()> {
        self.builders.any().add(document, []).map_err(|error| self.failed(&error))
    }

    /// What a failure of the index means for the user.
    #[must_use]
    pub fn failed(&self, error: &TantivyError) -> Error {
        failed(&self.dir, error)
    }

    /// Says that what was added so far was there before what is removed from now on: a source that has been added since the
    /// last commit can be removed then, and added anew. Nobody may add documents meanwhile.
    pub fn begin_removals(&self) {
        self.builders.begin_removals();
    }

    /// Removes all documents of a source that were committed, or added before [`Writer::begin_removals`].
    pub fn remove(&mut self, key: &str) {
        self.remove_found(self.of_source(key));
    }

    /// Removes the entry of a source from the manifest, and leaves its passages where they are.
    pub fn remove_entry(&mut self, key: &str) {
        let kind = || Bound::Included(Term::from_field_u64(self.fields.kind, super::Kind::Source as u64));
        let is_entry = RangeQuery::new(kind(), kind());
        let both = BooleanQuery::intersection(vec![Box::new(self.of_source(key)), Box::new(is_entry)]);
        self.remove_found(both);
    }

    fn of_source(&self, key: &str) -> TermQuery {
        TermQuery::new(Term::from_field_text(self.fields.key, key), IndexRecordOption::Basic)
    }

    fn remove_found(&mut self, query: impl Query) {
        self.removals.push(Removal::of(query, &self.added));
    }

    /// Makes everything since the last commit visible at once, together with the state. Nobody may add documents
    /// meanwhile.
    ///
    /// # Errors
    ///
    /// When it cannot be written; the index is then as it was at the last commit.
    pub fn commit(&mut self) -> Result<()> {
        let payload = serde_json::to_string(&self.state)
            .map_err(|error| Error::new(Kind::Index, "cannot write the state of the index").because(error))?;
        let committed = self.commit_with(&payload);
        self.added.set(BTreeMap::new());
        committed.map_err(|error| self.failed(&error))
    }

    fn commit_with(&mut self, payload: &str) -> tantivy::Result<()> {
        let segments = self.builders.finish()?;
        self.added.set(segments.iter().map(|new| (new.segment.id(), new.before.clone())).collect());
        for new in segments {
            self.inner.add_segment(new.segment.meta().clone())?;
        }
        // Tantivy promises a segment only those removals that it hears of later.
        for removal in self.removals.drain(..) {
            self.inner.delete_query(Box::new(removal))?;
        }
        let mut prepared = self.inner.prepare_commit()?;
        prepared.set_payload(payload);
        prepared.commit().map(|_| ())
    }

    /// The index as of the last commit, opened for reading.
    ///
    /// # Errors
    ///
    /// When there is none yet, or it is damaged.
    pub fn committed(&self) -> Result<super::Index> {
        super::open(&self.dir)
    }

    /// Merges segments now that none is made any more and their memory is free, and lets go of the lock. `watch` is told
    /// meanwhile how many bytes have been written.
    ///
    /// # Errors
    ///
    /// When the commit that merges begin with cannot be written; what was committed before stays readable. A merge that fails
    /// changes nothing.
    pub fn close(mut self, watch: &mut dyn FnMut(u64)) -> Result<()> {
        let dir = self.dir.clone();
        let segments = self.inner.index().searchable_segment_metas().map_err(|error| failed(&dir, &error))?;
        let policy = Bounded::by_memory(self.heap / 10 * TENTHS_OF_HEAP_AFTERWARDS, &self.added).at_end();
        let candidates = policy.compute_merge_candidates(&segments);
        // A segment counts as used while anybody holds its description.
        drop(segments);
        if !candidates.is_empty() {
            self.inner.set_merge_policy(Box::new(policy));
            self.builders = builders(self.inner.index(), self.fields, 1, 0, &dir)?;
            // Tantivy looks for what to merge when it has made a commit.
            self.commit()?;
        }
        let inner = self.inner;
        let merged = await_merges(&dir, || inner.wait_merging_threads(), watch);
        // Whoever waited may have taken the lock by now.
        Owner::this().clear(&dir);
        merged.map_err(|error| failed(&dir, &error))
    }

    /// Merges all segments into one without deleted documents, and removes files that no commit refers to. The
    /// content stays as it is. `watch` is told meanwhile how many bytes have been written.
    ///
    /// # Errors
    ///
    /// When the merged index cannot be written; it is then as it was.
    pub fn compact(&mut self, watch: &mut dyn FnMut(u64)) -> Result<()> {
        let dir = self.dir.clone();
        let failed = |error: TantivyError| failed(&dir, &error);
        self.inner.set_merge_policy(Box::new(NoMergePolicy));
        let segments = self.inner.index().searchable_segment_metas().map_err(failed)?;
        let merge = segments.len() > 1 || segments.iter().any(tantivy::SegmentMeta::has_deletes);
        // A segment counts as used while anybody holds its description.
        let ids: Vec<tantivy::index::SegmentId> = segments.into_iter().map(|segment| segment.id()).collect();
        if merge {
            let merged = self.inner.merge(&ids);
            await_merges(&dir, || merged.wait(), watch).map_err(failed)?;
        }
        self.inner.garbage_collect_files().wait().map(|_| ()).map_err(failed)
    }
}

/// Builders of segments, which others hold besides the writer.
fn builders(
    index: &tantivy::Index,
    fields: Fields,
    threads: usize,
    heap: usize,
    dir: &Path,
) -> Result<Arc<Builders>> {
    Builders::new(index, fields, threads, heap).map(Arc::new).map_err(|error| failed(dir, &error))
}

/// How stored passages are packed: LZ4 in blocks of 18 KiB. A query unpacks the blocks of twenty passages: with 32 KiB it takes a
/// tenth more CPU time, and the index is a fiftieth smaller. zstd's quickest level in blocks of 8 KiB makes an index an eighth
/// smaller, indexing a tenth slower, and one query take a sixth more CPU time.
fn settings() -> IndexSettings {
    IndexSettings {
        docstore_compression: Compressor::Lz4,
        docstore_blocksize: 18 * 1024,
        ..IndexSettings::default()
    }
}

/// Whether files can be made in the index folder. Where none can, taking the lock fails as if another process held it, or
/// it is taken and nothing can be committed.
fn check_writable(dir: &Path) -> Result<()> {
    let file = dir.join(format!(".tmp-{}", std::process::id()));
    let made = std::fs::write(&file, "").and_then(|()| std::fs::remove_file(&file));
    match made {
        // Another writer may take the file for one that was left.
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::io("cannot write to the index folder", dir, &error)
                .hint("make it writable, or name another folder with --index DIR"))
        }
        _ => Ok(()),
    }
}

/// Tantivy's side of the writer of an index, which has the lock.
fn writer_of(index: &tantivy::Index) -> tantivy::Result<IndexWriter> {
    // One merge at a time, since each takes memory of its own.
    let setup = IndexWriterOptions::builder()
        .memory_budget_per_thread(LEAST_HEAP)
        .num_worker_threads(1)
        .num_merge_threads(1)
        .build();
    index.writer_with_options(setup)
}

/// Takes what has the writer's lock, waiting for another process that holds it. The lock is the operating system's, so it
/// goes with the process that held it.
fn acquire<T>(
    take: impl Fn() -> tantivy::Result<T>,
    options: &Options,
    dir: &Path,
    waiting: &mut dyn FnMut(&Owner),
) -> Result<T> {
    let deadline = Instant::now() + options.wait;
    let mut told = false;
    loop {
        match take() {
            Ok(taken) => return Ok(taken),
            Err(TantivyError::LockFailure(..)) if Instant::now() < deadline => {
                if let Some(owner) = Owner::read(dir).filter(|_| !told) {
                    waiting(&owner);
                    told = true;
                }
                std::thread::sleep(LOCK_POLL);
            }
            Err(TantivyError::LockFailure(..)) => {
                let owner = Owner::read(dir);
                let error = Error::new(Kind::Index, "another backsearch is writing the index in").at(dir);
                let error = match owner {
                    Some(owner) => error.because(owner),
                    None => error,
                };
                return Err(error.hint("wait for it to end, or name another folder with --index DIR"));
            }
            Err(error) => return Err(failed(dir, &error)),
        }
    }
}

/// Whether a name is one that Tantivy gives to a file of a segment: 32 hexadecimal digits and an extension.
pub(super) fn is_segment_file(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or("");
    stem.len() == 32 && stem.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Removes what a killed writer has left: temporary files that were never renamed, and files of segments that neither the
/// commit nor Tantivy's list names. Those in its list it removes itself with the next commit. Only whoever holds the lock may
/// call it.
fn collect_garbage(index: &tantivy::Index, dir: &Path) {
    let Ok(committed) = index.searchable_segment_ids() else { return };
    let listed = index.directory().list_managed_files();
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let text = name.to_string_lossy();
        // The list may be older than the commit where the folder was put together again by hand.
        let is_named = || {
            listed.contains(Path::new(&name))
                || committed.iter().any(|id| text.starts_with(&id.uuid_string()))
        };
        let temporary = text.starts_with(".tmp");
        if temporary || is_segment_file(&text) && !is_named() {
            // A file that cannot be removed harms nobody; the next writer tries again.
            let _ = index.directory().delete(Path::new(&name));
        }
    }
}

/// Takes an index that this version cannot read, or not all of, out of the way.
fn remove_unreadable(dir: &Path) -> Result<()> {
    let readable = super::open(dir).is_ok_and(|index| Manifest::read(&index).is_ok());
    if readable && super::damaged_files(dir).is_ok_and(|files| files.is_empty()) {
        return Ok(());
    }
    let entries =
        std::fs::read_dir(dir).map_err(|error| Error::io("cannot read the index folder", dir, &error))?;
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // Only what Tantivy writes: the meta file, its list of files, and the files of segments.
        if is_segment_file(&name) || name == super::META_FILE || name == super::MANAGED_FILE {
            std::fs::remove_file(&path).map_err(|error| Error::io("cannot remove", &path, &error))?;
        }
    }
    Ok(())
}

/// The index could not be written.
fn failed(dir: &Path, error: &TantivyError) -> Error {
    let text = error.to_string();
    let full = text.contains("No space left") || text.contains("StorageFull");
    let error = Error::new(Kind::System, "cannot write the index in").at(dir);
    if full {
        error
            .because("no space left on the disk")
            .hint("the index is as it was after the last commit; make room and run `backsearch index` again")
    } else {
        error.because(text).hint("the index is as it was after the last commit; run `backsearch index` again")
    }
}
