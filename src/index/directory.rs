//! The directory that an index is written through: a commit that was made survives a loss of power.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, WatchCallback, WatchHandle, WritePtr,
};

/// What stands between an index and its files: nothing, unless a test puts something there that fails.
#[derive(Clone, Default)]
pub struct Storage(Option<Arc<Wrap>>);

type Wrap = dyn Fn(MmapDirectory) -> Box<dyn Directory> + Send + Sync;

impl Storage {
    /// Storage whose every directory passes through `wrap`.
    pub fn through(wrap: impl Fn(MmapDirectory) -> Box<dyn Directory> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(wrap)))
    }

    /// The directory of the index in `dir`, which must be there.
    pub(super) fn open(&self, dir: &Path) -> tantivy::Result<Durable> {
        let files = MmapDirectory::open(dir)?;
        Ok(Durable(match &self.0 {
            Some(wrap) => wrap(files),
            None => Box::new(files),
        }))
    }
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Storage(wrapped)" } else { "Storage" })
    }
}

/// A directory in which a commit is on the disk before anything is done that relies on it.
///
/// Tantivy renames a new `meta.json` over the old one and then removes the files that only the old one names. Nothing
/// keeps a file system from storing the second before the first, after which the index of a machine that lost power
/// would name files that are gone.
#[derive(Debug, Clone)]
pub(super) struct Durable(Box<dyn Directory>);

impl Directory for Durable {
    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.0.atomic_write(path, data)?;
        if path == Path::new(super::META_FILE) { self.0.sync_directory() } else { Ok(()) }
    }

    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.0.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.0.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.0.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.0.open_write(path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.0.atomic_read(path)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.0.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.0.acquire_lock(lock)
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.0.watch(callback)
    }
}
