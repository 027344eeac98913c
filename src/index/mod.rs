//! The index folder: schema, manifest and state of each commit; one writer, many readers.
//!
//! Passages and the record of which source made them (the manifest) share one Tantivy index, so that they become visible
//! together or not at all. What concerns the whole index (its roots, its totals, whether the last run is complete) is
//! the payload of the same commit.

mod manifest;
mod schema;
mod state;
mod statistics;
mod writer;

use std::path::{Path, PathBuf};

pub use manifest::{Entry, Manifest, SourceStats};
pub use schema::{Fields, Kind, StoredPassage};
pub use state::{FORMAT, Root, State, Totals, fingerprint};
pub use statistics::LiveStatistics;
pub use writer::{Options as WriterOptions, Writer};

use crate::analysis::{Analyzer, Stemming};
use crate::error::{Error, Kind as ErrorKind, Result};

/// The default index folder.
pub const DEFAULT_DIR: &str = "index";

/// File that only an index has.
const META_FILE: &str = "meta.json";

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
    inner: tantivy::Index,
}

/// Looks at a folder without changing it.
///
/// # Errors
///
/// When the path is there but cannot be read.
pub fn look(dir: &Path) -> Result<Found> {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Found::Empty),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => return Ok(Found::Foreign),
        Err(error) => return Err(Error::io("cannot read the index folder", dir, &error)),
    };
    let mut found = Found::Empty;
    for entry in entries {
        let entry = entry.map_err(|error| Error::io("cannot read the index folder", dir, &error))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name == META_FILE {
            return Ok(Found::Index);
        }
        // Lock files and Tantivy's list of files may stand there before the first commit.
        let harmless = name == ".gitignore"
            || name.ends_with(".lock")
            || name == ".managed.json"
            || name.starts_with(".tmp");
        if !harmless {
            found = Found::Foreign;
        }
    }
    Ok(found)
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
    let inner = open_tantivy(dir)?;
    let metas = inner.load_metas().map_err(|error| damaged(dir, &error))?;
    let state = State::read(metas.payload.as_deref(), dir)?;
    let fields = Fields::of(&inner.schema()).ok_or_else(|| other_version(dir))?;
    register_tokenizers(&inner);
    let reader = inner
        .reader_builder()
        .reload_policy(tantivy::ReloadPolicy::Manual)
        .try_into()
        .map_err(|error: tantivy::TantivyError| damaged(dir, &error))?;
    let searcher = reader.searcher();
    Ok(Index { dir: dir.to_path_buf(), fields, state, searcher, inner })
}

fn open_tantivy(dir: &Path) -> Result<tantivy::Index> {
    tantivy::Index::open_in_dir(dir).map_err(|error| damaged(dir, &error))
}

fn register_tokenizers(index: &tantivy::Index) {
    index.tokenizers().register(schema::STEMMED, Analyzer::new(Stemming::English));
    index.tokenizers().register(schema::EXACT, Analyzer::new(Stemming::None));
}

impl Index {
    /// The files of the index and their sizes in bytes, by what they hold.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read.
    pub fn size_on_disk(&self) -> Result<u64> {
        let mut size = 0;
        let entries = std::fs::read_dir(&self.dir)
            .map_err(|error| Error::io("cannot read the index folder", &self.dir, &error))?;
        for entry in entries.flatten() {
            size += entry.metadata().map_or(0, |metadata| metadata.len());
        }
        Ok(size)
    }

    /// Names of files whose checksum is wrong.
    ///
    /// # Errors
    ///
    /// When a file cannot be read at all.
    pub fn damaged_files(&self) -> Result<Vec<PathBuf>> {
        let mut damaged: Vec<PathBuf> = self
            .inner
            .validate_checksum()
            .map_err(|error| damaged_by(&self.dir, &error))?
            .into_iter()
            .collect();
        damaged.sort();
        Ok(damaged)
    }
}

fn damaged_by(dir: &Path, error: &tantivy::TantivyError) -> Error {
    damaged(dir, error)
}

/// The index could not be read.
pub(crate) fn damaged(dir: &Path, error: &dyn std::fmt::Display) -> Error {
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
