//! The directory that an index is written and read through: a commit that was made survives a loss of power, and stored
//! passages are read without mapping their files.

use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tantivy::HasLen;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, META_LOCK, MmapDirectory, OwnedBytes, WatchCallback,
    WatchHandle, WritePtr,
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
        let files = match &self.0 {
            Some(wrap) => wrap(files),
            None => Box::new(files),
        };
        Ok(Durable { files, failed: Arc::default(), texts_read_from: None })
    }
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Storage(wrapped)" } else { "Storage" })
    }
}

/// A directory in which a commit is on the disk before anything is done that relies on it, and in which nothing is done
/// any more after a commit that failed.
///
/// Tantivy renames a new `meta.json` over the old one and then removes the files that only the old one names. Nothing
/// keeps a file system from storing the second before the first, after which the index of a machine that lost power
/// would name files that are gone.
///
/// When `meta.json` cannot be written, Tantivy goes on as if it had been: a merge that ends a moment later writes the
/// segments of the failed commit under the payload of the one before.
#[derive(Debug, Clone)]
pub(super) struct Durable {
    files: Box<dyn Directory>,
    failed: Arc<AtomicBool>,
    /// Where stored passages are read from without mapping their files.
    texts_read_from: Option<PathBuf>,
}

impl Durable {
    /// Reads stored passages, which are in `dir`, by copying what is asked for instead of mapping their files: a query looks at
    /// twenty blocks among thousands, and to map the pages of a block takes longer than to copy them. Whoever opens such a file
    /// copies its list of blocks, a thousandth of it.
    pub(super) fn reading_texts(self, dir: &Path) -> Self {
        Self { texts_read_from: cfg!(unix).then(|| dir.to_path_buf()), ..self }
    }

    /// The result of a part of a commit; if it is an error, no more commits are made.
    fn part<T>(&self, result: io::Result<T>) -> io::Result<T> {
        if result.is_err() {
            self.failed.store(true, Ordering::SeqCst);
        }
        result
    }

    /// Takes the lock that keeps files from being removed while they are opened, or goes without it: a reader never waits for a
    /// writer that was stopped. Whoever reads looks afterwards whether the commit is still the same.
    fn look_for_lock(&self, lock: &Lock) -> DirectoryLock {
        let lock = Lock { filepath: lock.filepath.clone(), is_blocking: false };
        for _ in 0..LOOKS_FOR_LOCK {
            match self.files.acquire_lock(&lock) {
                Ok(taken) => return taken,
                Err(LockError::LockBusy) => std::thread::sleep(BETWEEN_LOOKS),
                // Where no file can be made nothing can be removed either.
                Err(LockError::IoError(_)) => break,
            }
        }
        DirectoryLock::from(Box::new(()))
    }

    fn has_failed(&self) -> io::Result<()> {
        if self.failed.load(Ordering::SeqCst) {
            return Err(io::Error::other("an earlier commit could not be written"));
        }
        Ok(())
    }
}

impl Directory for Durable {
    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        if path != Path::new(super::META_FILE) {
            return self.files.atomic_write(path, data);
        }
        self.has_failed()?;
        self.part(self.files.atomic_write(path, data).and_then(|()| self.files.sync_directory()))
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.part(self.files.sync_directory())
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.has_failed().map_err(|error| DeleteError::IoError {
            io_error: Arc::new(error),
            filepath: path.to_path_buf(),
        })?;
        self.files.delete(path)
    }

    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        if let Some(dir) = self.texts_read_from.as_ref().filter(|_| path.extension() == Some(STORE.as_ref()))
        {
            let opened = Positioned::open(&dir.join(path));
            return opened.map(|file| Arc::new(file) as _).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => OpenReadError::FileDoesNotExist(path.to_path_buf()),
                _ => OpenReadError::wrap_io_error(error, path.to_path_buf()),
            });
        }
        self.files.get_file_handle(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.files.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let file = BufWriter::with_capacity(WRITTEN_AT_ONCE, self.files.open_write(path)?);
        Ok(BufWriter::new(Box::new(file)))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.files.atomic_read(path)
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        if lock.filepath == META_LOCK.filepath && self.texts_read_from.is_some() {
            return Ok(self.look_for_lock(lock));
        }
        match self.files.acquire_lock(lock) {
            // Where no file can be made nothing can be removed either, which is all that this lock of readers prevents.
            Err(LockError::IoError(error))
                if lock.filepath == META_LOCK.filepath
                    && matches!(
                        error.kind(),
                        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
                    ) =>
            {
                Ok(DirectoryLock::from(Box::new(())))
            }
            taken => taken,
        }
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.files.watch(callback)
    }
}

/// How often a reader looks whether the lock of files that are being removed is free, which takes milliseconds as a rule.
const LOOKS_FOR_LOCK: usize = 500;

/// How long it waits before it looks again.
const BETWEEN_LOOKS: Duration = Duration::from_millis(1);

/// Bytes of a file that are written at once. What the system keeps in memory of a file stands there in pieces as large as they were
/// written, and a query on an index that was just made maps it faster in large ones: with Tantivy's 8 KiB it takes a twentieth
/// more CPU time. Above this, nothing is gained any more.
const WRITTEN_AT_ONCE: usize = 128 << 10;

/// The extension of Tantivy's files of stored passages.
const STORE: &str = "store";

/// A file that is read at the positions that are asked for.
#[derive(Debug)]
struct Positioned {
    file: File,
    len: usize,
}

impl Positioned {
    fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        Ok(Self { file, len: usize::try_from(len).map_err(io::Error::other)? })
    }
}

impl HasLen for Positioned {
    fn len(&self) -> usize {
        self.len
    }
}

impl FileHandle for Positioned {
    #[cfg(unix)]
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        use std::os::unix::fs::FileExt;
        // Where a file is damaged, a block may seem to be as long as the file.
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(range.len()).map_err(|_| io::ErrorKind::OutOfMemory)?;
        bytes.resize(range.len(), 0);
        self.file.read_exact_at(&mut bytes, range.start as u64)?;
        Ok(OwnedBytes::new(bytes))
    }

    #[cfg(not(unix))]
    fn read_bytes(&self, _: Range<usize>) -> io::Result<OwnedBytes> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
