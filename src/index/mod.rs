//! The index folder: schema, manifest and state of each commit; one writer, many readers.
//!
//! Passages and the record of which source made them (the manifest) share one Tantivy index, so that they become visible
//! together or not at all. What concerns the whole index (its roots, its totals, whether the last run is complete) is
//! the payload of the same commit.

mod directory;
mod lock;
mod manifest;
mod merging;
mod removal;
mod schema;
mod segment;
mod sources;
mod state;
mod statistics;
mod stored;
mod writer;

use std::collections::BTreeSet;
use std::convert::identity;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tantivy::index::SegmentComponent;
use tantivy::{Directory, DocId, SegmentMeta};

pub use directory::Storage;
pub use lock::Owner;
pub(crate) use manifest::AsIndexed;
pub use manifest::{Entry, Manifest, Sorts, SourceStats, Unfinished};
pub use schema::{Fields, Kind};
pub use segment::{Builder, Builders, Placed};
pub use sources::{Source, Sources};
pub use state::{FORMAT, Root, RulesText, State, Totals, fingerprint};
pub use statistics::LiveStatistics;
pub use stored::{StoredBytes, StoredPassage, passage_id};
use writer::is_segment_file;
pub use writer::{Options as WriterOptions, Writer};

use self::directory::Durable;
use crate::analysis::Stemming;
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::source::path_of;

/// The default index folder.
pub const DEFAULT_DIR: &str = "index";

/// What is said of an index whose last run did not come to its end.
pub const INCOMPLETE: &str = "the index is not complete; run `backsearch index` to complete it";

/// File that only an index has.
const META_FILE: &str = "meta.json";
/// Tantivy's list of the files of an index, which stands beside it.
const MANAGED_FILE: &str = ".managed.json";

/// What a path that is meant to be an index holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Nothing, or nothing but a `.gitignore` and lock files.
    Empty,
    /// An index (of whatever version).
    Index,
    /// Something else.
    Foreign,
}

/// An index that is open for reading.
pub struct Index {
    /// Where it is.
    pub dir: PathBuf,
    /// The fields of its schema.
    pub fields: Fields,
    /// The state as of the commit that was read.
    pub state: State,
    /// Tantivy's side of it.
    pub searcher: tantivy::Searcher,
    languages: OnceLock<Vec<Stemming>>,
    /// For each segment, the runs of its deleted documents.
    deleted: OnceLock<Vec<Vec<Range<DocId>>>>,
}

/// What the files in the folder of an index take, in bytes.
///
/// # Errors
///
/// When the folder cannot be read.
pub fn size_of(dir: &Path) -> Result<u64> {
    let entries =
        std::fs::read_dir(dir).map_err(|error| Error::io("cannot read the index folder", dir, &error))?;
    // A file that is removed meanwhile takes nothing.
    Ok(entries.flatten().map(|entry| entry.metadata().map_or(0, |metadata| metadata.len())).sum())
}

/// Looks at a folder without changing it.
///
/// # Errors
///
/// When the path is there but cannot be read.
pub fn look(dir: &Path) -> Result<Found> {
    // Without Tantivy's list of files, what the program writes into the other tells that it is one.
    if dir.join(META_FILE).is_file() && (dir.join(MANAGED_FILE).is_file() || State::remembered(dir).is_some())
    {
        return Ok(Found::Index);
    }
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Found::Empty),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => return Ok(Found::Foreign),
        Err(error) => return Err(Error::io("cannot read the index folder", dir, &error)),
    };
    let (mut found, mut segments) = (Found::Empty, false);
    for entry in entries {
        let entry = entry.map_err(|error| Error::io("cannot read the index folder", dir, &error))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // Lock files and Tantivy's list of files may stand there before the first commit.
        let harmless = name == ".gitignore"
            || name.ends_with(".lock")
            || name == MANAGED_FILE
            || name.starts_with(".tmp");
        let is_segment = is_segment_file(&name);
        segments |= is_segment;
        if !harmless && !is_segment {
            found = Found::Foreign;
        }
    }
    // An index that has lost the file that says what is in it.
    if segments && found == Found::Empty {
        found = if dir.join(MANAGED_FILE).is_file() { Found::Index } else { Found::Foreign };
    }
    Ok(found)
}

/// Whether an index has been begun and nothing has been committed to it yet: its first build is under way in another
/// process, or was killed.
#[must_use]
pub fn is_unbuilt(dir: &Path) -> bool {
    match open(dir) {
        Ok(index) => !index.state.complete && index.state.totals.sources == 0,
        Err(_) => look(dir).is_ok_and(|found| found == Found::Index) && is_without_commit(dir),
    }
}

/// Whether an index holds no commit of this program.
fn is_without_commit(dir: &Path) -> bool {
    open_tantivy(dir, identity).is_ok_and(|index| {
        index.load_metas().is_ok_and(|metas| metas.payload.is_none() && metas.segments.is_empty())
            && Fields::of(&index.schema()).is_some()
    })
}

/// Opens an index for reading.
///
/// # Errors
///
/// When there is none, when the folder holds something else, when another version wrote it, or when it is damaged.
pub fn open(dir: &Path) -> Result<Index> {
    match look(dir)? {
        Found::Index => {}
        Found::Empty => {
            return Err(Error::new(ErrorKind::User, "there is no index in")
                .at(dir)
                .hint("build one with `backsearch index PATH`"));
        }
        Found::Foreign => return Err(foreign(dir)),
    }
    let inner = open_tantivy(dir, |files| files.reading_texts(dir))?;
    let fields = Fields::of(&inner.schema());
    if let Some(fields) = fields {
        return read_commit(dir, &inner, fields);
    }
    // The schema of another version, or of another program: its payload tells which.
    let metas = inner.load_metas().map_err(|error| damaged(dir, &error))?;
    State::read(metas.payload.as_deref(), dir)?;
    Err(other_version(dir))
}

/// What of `meta.json` says which commit it is of. Tantivy reads the rest.
#[derive(serde::Deserialize)]
struct Commit {
    payload: Option<String>,
    segments: Vec<serde::de::IgnoredAny>,
}

/// Decompressed blocks of stored passages that are kept for each segment: passages of one page stand together. More only
/// take memory: what different queries find is seldom in the same block.
const STORED_BLOCKS: usize = 2;

/// Opens the files of the last commit together with its state.
fn read_commit(dir: &Path, inner: &tantivy::Index, fields: Fields) -> Result<Index> {
    let load = || inner.directory().atomic_read(Path::new(META_FILE)).map_err(|error| damaged(dir, &error));
    let mut meta = load()?;
    loop {
        let commit: Commit = serde_json::from_slice(&meta).map_err(|error| damaged(dir, &error))?;
        if commit.payload.is_none() && commit.segments.is_empty() {
            return Err(Error::new(
                ErrorKind::Index,
                "the index is being built, or its first build broke off, in",
            )
            .at(dir)
            .hint("run `backsearch index PATH` to build it"));
        }
        let state = State::read(commit.payload.as_deref(), dir)?;
        let opened: tantivy::Result<tantivy::IndexReader> = inner
            .reader_builder()
            .reload_policy(tantivy::ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(STORED_BLOCKS)
            .try_into();
        // A commit may have been made while the files were opened, and those of the one before removed; state and files
        // must be of the same one.
        let now = load()?;
        if now != meta {
            meta = now;
            continue;
        }
        let reader = opened.map_err(|error| damaged(dir, &error))?;
        return Ok(Index {
            dir: dir.to_path_buf(),
            fields,
            state,
            searcher: reader.searcher(),
            languages: OnceLock::new(),
            deleted: OnceLock::new(),
        });
    }
}

/// Opens an index whose files are read as `read` says.
fn open_tantivy(dir: &Path, read: impl FnOnce(Durable) -> Durable) -> Result<tantivy::Index> {
    let files = Storage::default().open(dir).map_err(|error| unreadable(dir, &error))?;
    tantivy::Index::open(read(files)).map_err(|error| unreadable(dir, &error))
}

/// Why Tantivy cannot open an index: another version of this program wrote it, perhaps with what this one is built
/// without, or it is damaged.
fn unreadable(dir: &Path, error: &tantivy::TantivyError) -> Error {
    let meta = std::fs::read(dir.join(META_FILE)).unwrap_or_default();
    match serde_json::from_slice::<Commit>(&meta).map(|commit| State::read(commit.payload.as_deref(), dir)) {
        Ok(Err(error)) => error,
        _ => damaged(dir, error),
    }
}

impl Index {
    /// How the words of the passages are stemmed: as English, which those of unknown language are, then in the order of
    /// their tags. Read once.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub fn languages(&self) -> tantivy::Result<&[Stemming]> {
        if let Some(languages) = self.languages.get() {
            return Ok(languages);
        }
        let mut tags: BTreeSet<String> = BTreeSet::new();
        for segment in self.searcher.segment_readers() {
            let inverted = segment.inverted_index(self.fields.language)?;
            let mut stream = inverted.terms().stream()?;
            while stream.advance() {
                tags.insert(String::from_utf8_lossy(stream.key()).into_owned());
            }
        }
        let mut languages = vec![Stemming::ENGLISH];
        for stemming in tags.iter().map(|tag| Stemming::of(Some(tag))) {
            if !languages.contains(&stemming) {
                languages.push(stemming);
            }
        }
        Ok(self.languages.get_or_init(|| languages))
    }

    /// For each segment, the runs of its deleted documents, in order. Found once.
    fn deleted(&self) -> &[Vec<Range<DocId>>] {
        self.deleted
            .get_or_init(|| self.searcher.segment_readers().iter().map(statistics::deleted_runs).collect())
    }

    /// The root that a stored passage came from, if the index still has it.
    #[must_use]
    pub fn root_of(&self, passage: &StoredPassage) -> Option<&Root> {
        self.state.roots.iter().find(|root| root.name == passage.root)
    }

    /// What the source of a stored passage is called: by its path in its root, and with the root's before it where another
    /// root holds a file of the same path.
    #[must_use]
    pub fn name_of(&self, passage: &StoredPassage) -> String {
        let file = passage.file_source();
        let others = self.state.roots.iter().filter(|root| root.name != passage.root);
        // What cannot be read does not make a name ambiguous.
        if !others.into_iter().any(|other| self.holds(&other.key(file)).unwrap_or(false)) {
            return passage.source.clone();
        }
        format!("{}{}", passage.path, &passage.source[file.len()..])
    }

    /// Whether there is a source of this key.
    fn holds(&self, key: &str) -> tantivy::Result<bool> {
        for segment in self.searcher.segment_readers() {
            if sources::live_document(segment, self.fields.key, key, |_| true)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What the manifest says of the file of a stored passage, if that can be told.
    pub(crate) fn entry_of(&self, passage: &StoredPassage) -> Option<Entry> {
        let key = self.root_of(passage)?.key(passage.file_source());
        Some(self.sources().ok()?.get(&key).ok()??.entry())
    }

    /// The file that a stored passage came from, wherever the program runs now.
    #[must_use]
    pub fn file_of(&self, passage: &StoredPassage) -> PathBuf {
        match self.root_of(passage) {
            Some(root) => root.file(passage.file_source()),
            None => path_of(&passage.path),
        }
    }
}

/// The files that every segment has.
const PARTS_OF_SEGMENT: [SegmentComponent; 6] = [
    SegmentComponent::Postings,
    SegmentComponent::Positions,
    SegmentComponent::FastFields,
    SegmentComponent::FieldNorms,
    SegmentComponent::Terms,
    SegmentComponent::Store,
];

/// Names of index files that are missing or whose checksum is wrong, found without opening any of them for search.
///
/// # Errors
///
/// When there is no index, or its list of files cannot be read.
pub fn damaged_files(dir: &Path) -> Result<Vec<PathBuf>> {
    if look(dir)? != Found::Index {
        open(dir)?;
    }
    let inner = open_tantivy(dir, identity)?;
    let listed = || -> Result<Vec<PathBuf>> {
        let segments = inner.searchable_segment_metas().map_err(|error| damaged(dir, &error))?;
        let of_segment = |segment: &SegmentMeta| {
            let deleted = segment.has_deletes().then_some(SegmentComponent::Delete);
            let parts = PARTS_OF_SEGMENT.into_iter().chain(deleted);
            parts.map(|part| segment.relative_path(part)).collect::<Vec<_>>()
        };
        let mut files: Vec<PathBuf> = segments.iter().flat_map(of_segment).collect();
        files.sort();
        Ok(files)
    };
    let mut files = listed()?;
    loop {
        let is_damaged = |file: &&PathBuf| !inner.directory().validate_checksum(file).unwrap_or(false);
        let found: Vec<PathBuf> = files.iter().filter(is_damaged).cloned().collect();
        let now = listed()?;
        // What a commit has removed meanwhile is not damaged.
        if found.is_empty() || now == files {
            return Ok(found);
        }
        files = now;
    }
}

/// The index could not be read.
pub fn damaged(dir: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Index, "cannot read the index in")
        .at(dir)
        .because(error)
        .hint("build it again with `backsearch index --rebuild`")
}

fn foreign(dir: &Path) -> Error {
    Error::new(ErrorKind::User, "this folder holds something else than an index, so it is left alone:")
        .at(dir)
        .hint("name an empty or new folder with --index DIR")
}

/// Another version wrote the index.
fn other_version(dir: &Path) -> Error {
    Error::new(ErrorKind::Index, "another version of backsearch made the index in")
        .at(dir)
        .hint("build it again with `backsearch index --rebuild`")
}
