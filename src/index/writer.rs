//! The one writer of an index: adds and removes sources, and commits them whole.

use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tantivy::indexer::{IndexWriterOptions, NoMergePolicy};
use tantivy::query::{BooleanQuery, Query, RangeQuery, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::{Directory, IndexSettings, IndexWriter, TantivyDocument, TantivyError, Term};

use super::merging::Bounded;
use super::room::{Held, Room};
use super::{Fields, Found, Manifest, Owner, State, Storage, foreign, look, register_tokenizers};
use crate::error::{Error, Kind, Result};

/// Least memory of one indexing thread, in bytes; Tantivy's own minimum.
const LEAST_HEAP: usize = 15_000_000;

/// Most memory that one indexing thread can use, in bytes; Tantivy's own maximum, rounded down.
const MOST_HEAP: usize = 4_000_000_000;

/// What part of the heap's size the documents may take that wait for an indexing thread: 5 MB of the default, which is
/// more than two threads index in a tenth of a second.
const ROOM_OF_HEAP: usize = 16;

/// What part of the heap's size merges may take beside it.
const MERGES_OF_HEAP: usize = 8;

/// How often a waiting writer looks whether the lock is free.
const LOCK_POLL: Duration = Duration::from_millis(100);

/// An index open for writing. Nothing is visible to readers until [`Writer::commit`].
pub struct Writer {
    /// The fields of the schema.
    pub fields: Fields,
    /// The state that the next commit writes.
    pub state: State,
    dir: PathBuf,
    inner: IndexWriter<Held>,
    room: Arc<Room>,
    fresh: bool,
}

/// How a writer is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// Indexing threads.
    pub threads: usize,
    /// Memory of all indexing threads together, in bytes.
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
        if found == Found::Index && options.replace {
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
        register_tokenizers(&index);
        let threads = options.threads.clamp(1, (options.heap / LEAST_HEAP).max(1));
        let inner = acquire(&index, threads, options, dir, waiting)?;
        inner.set_merge_policy(Box::new(Bounded::by_memory(options.heap / MERGES_OF_HEAP)));
        collect_garbage(&index, dir);
        let room = Room::new(options.heap / ROOM_OF_HEAP);
        let mut writer = Self { fields, state, dir: dir.to_path_buf(), inner, room, fresh: true };
        // Another process may have committed while this one waited for the lock.
        let metas = index.load_metas().map_err(|error| super::damaged(dir, &error))?;
        if let Some(payload) = metas.payload.as_deref() {
            writer.state = State::read(Some(payload), dir)?;
            writer.fresh = false;
        }
        Ok(writer)
    }

    /// Whether nothing has been committed to the index yet.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// Adds a document, and waits where too many bytes of them are on their way.
    ///
    /// # Errors
    ///
    /// When an indexing thread has failed, as on a full disk.
    pub fn add(&self, document: TantivyDocument) -> Result<()> {
        self.inner
            .add_document(self.room.hold(document))
            .map(|_| ())
            .map_err(|error| failed(&self.dir, &error))
    }

    /// Removes all documents of a source.
    pub fn remove(&self, key: &str) {
        self.inner.delete_term(Term::from_field_text(self.fields.key, key));
    }

    /// Removes the entry of a source from the manifest, and leaves its passages where they are.
    ///
    /// # Errors
    ///
    /// When the schema is not this version's.
    pub fn remove_entry(&self, key: &str) -> Result<()> {
        let key: Box<dyn Query> =
            Box::new(TermQuery::new(Term::from_field_text(self.fields.key, key), IndexRecordOption::Basic));
        let kind = || Bound::Included(Term::from_field_u64(self.fields.kind, super::Kind::Source as u64));
        let entry = BooleanQuery::intersection(vec![key, Box::new(RangeQuery::new(kind(), kind()))]);
        self.inner.delete_query(Box::new(entry)).map(|_| ()).map_err(|error| failed(&self.dir, &error))
    }

    /// Makes everything since the last commit visible at once, together with the state.
    ///
    /// # Errors
    ///
    /// When it cannot be written; the index is then as it was at the last commit.
    pub fn commit(&mut self) -> Result<()> {
        let payload = serde_json::to_string(&self.state)
            .map_err(|error| Error::new(Kind::Index, "cannot write the state of the index").because(error))?;
        let mut prepared = self.inner.prepare_commit().map_err(|error| failed(&self.dir, &error))?;
        prepared.set_payload(&payload);
        prepared.commit().map(|_| ()).map_err(|error| failed(&self.dir, &error))
    }

    /// The index as of the last commit, opened for reading.
    ///
    /// # Errors
    ///
    /// When there is none yet, or it is damaged.
    pub fn committed(&self) -> Result<super::Index> {
        super::open(&self.dir)
    }

    /// Waits for merges and lets go of the lock.
    ///
    /// # Errors
    ///
    /// When a merge failed; what was committed stays readable.
    pub fn close(self) -> Result<()> {
        let dir = self.dir.clone();
        Owner::clear(&dir);
        self.inner.wait_merging_threads().map_err(|error| failed(&dir, &error))
    }

    /// Merges all segments into one without deleted documents, and removes files that no commit refers to. The
    /// content stays as it is.
    ///
    /// # Errors
    ///
    /// When the merged index cannot be written; it is then as it was.
    pub fn compact(&mut self) -> Result<()> {
        let dir = self.dir.clone();
        let failed = |error: TantivyError| failed(&dir, &error);
        self.inner.set_merge_policy(Box::new(NoMergePolicy));
        let segments = self.inner.index().searchable_segment_metas().map_err(failed)?;
        let merge = segments.len() > 1 || segments.iter().any(tantivy::SegmentMeta::has_deletes);
        // A segment counts as used while anybody holds its description.
        let ids: Vec<tantivy::index::SegmentId> = segments.into_iter().map(|segment| segment.id()).collect();
        if merge {
            self.inner.merge(&ids).wait().map_err(failed)?;
        }
        self.inner.garbage_collect_files().wait().map(|_| ()).map_err(failed)
    }
}

/// How stored passages are packed. zstd's quickest level in blocks of 8 KiB takes a quarter less space than lz4 in
/// Tantivy's blocks of 16 KiB, in the same time; a query of which ten texts are shown takes 4 % more CPU time than with
/// lz4 (blocks of 4 KiB: 2 % more, and 4 % more space for the whole index).
fn settings() -> IndexSettings {
    IndexSettings {
        docstore_compression: Compressor::Zstd(ZstdCompressor { compression_level: Some(1) }),
        docstore_blocksize: 8 * 1024,
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

/// Takes the writer's lock, waiting for another process that holds it. The lock is the operating system's, so it goes
/// with the process that held it.
fn acquire(
    index: &tantivy::Index,
    threads: usize,
    options: &Options,
    dir: &Path,
    waiting: &mut dyn FnMut(&Owner),
) -> Result<IndexWriter<Held>> {
    let deadline = Instant::now() + options.wait;
    let heap = options.heap.clamp(threads * LEAST_HEAP, threads * MOST_HEAP);
    // One merge at a time, since each takes memory of its own.
    let setup = IndexWriterOptions::builder()
        .memory_budget_per_thread(heap / threads)
        .num_worker_threads(threads)
        .num_merge_threads(1)
        .build();
    let mut told = false;
    loop {
        match index.writer_with_options(setup.clone()) {
            Ok(writer) => {
                Owner::this().record(dir);
                return Ok(writer);
            }
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
fn is_segment_file(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or("");
    stem.len() == 32 && stem.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Removes what a killed writer has left: temporary files that were never renamed, and files of segments that are not
/// in Tantivy's list. Those in its list it removes itself with the next commit. Only whoever holds the lock may call it.
fn collect_garbage(index: &tantivy::Index, dir: &Path) {
    let listed = index.directory().list_managed_files();
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let text = name.to_string_lossy();
        let temporary = text.starts_with(".tmp");
        if temporary || is_segment_file(&text) && !listed.contains(Path::new(&name)) {
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
