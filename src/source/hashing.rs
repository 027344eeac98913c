//! Hashes by which content is known, taken while it is read.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// A reader that hashes and counts what passes through it.
pub(super) struct Hashing<'a, R> {
    inner: R,
    pass: &'a mut dyn FnMut(u64),
    hasher: xxhash_rust::xxh3::Xxh3,
    /// Bytes so far.
    pub(super) read: u64,
    /// Whether the operating system could not read on.
    pub(super) failed: bool,
}

impl<'a, R: Read> Hashing<'a, R> {
    pub(super) fn new(inner: R, pass: &'a mut dyn FnMut(u64)) -> Self {
        Self { inner, pass, hasher: xxhash_rust::xxh3::Xxh3::new(), read: 0, failed: false }
    }

    pub(super) fn hash(&self) -> u64 {
        self.hasher.digest()
    }
}

impl<R: Read> Read for Hashing<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer).inspect_err(|error| {
            self.failed |= error.kind() != std::io::ErrorKind::Interrupted;
        })?;
        self.hasher.update(&buffer[..read]);
        self.read += read as u64;
        (self.pass)(read as u64);
        Ok(read)
    }
}

/// The hash under which content is known.
#[must_use]
pub fn content_hash(bytes: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(bytes)
}

/// The hash of a file's content, as [`FileReport::hash`](super::FileReport::hash) has it. Linear in its size; `pass` is told of bytes that were read.
///
/// # Errors
///
/// When the file cannot be read.
pub(crate) fn hash_of(path: &Path, pass: &mut dyn FnMut(u64)) -> std::io::Result<u64> {
    let mut hashing = Hashing::new(File::open(path)?, pass);
    std::io::copy(&mut hashing, &mut std::io::sink())?;
    Ok(hashing.hash())
}
