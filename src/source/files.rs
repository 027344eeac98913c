//! Lists of files, packed: there may be millions of them.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use crate::packed::{Broken, number, put_number, put_step, put_text, step, text};

/// A file that was found. What all files of a listing share stands in its [`Base`](super::Base).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileEntry {
    /// Path relative to the root, with `/` between the parts.
    pub source: Box<str>,
    /// Size in bytes.
    pub size: u64,
    /// Time of last change, in nanoseconds since the epoch; 0 if unknown.
    pub modified: i64,
}

/// Files one behind the other, in the order in which they were added. One takes some twenty bytes where its path begins
/// as the one before it does.
#[derive(Debug, Default)]
pub struct PackedFiles {
    bytes: Vec<u8>,
    /// The last one.
    last: FileEntry,
}

impl PackedFiles {
    /// Adds a file.
    pub fn push(&mut self, file: FileEntry) {
        let shared = shared(&self.last.source, &file.source);
        put_number(&mut self.bytes, shared as u64);
        put_text(&mut self.bytes, Some(&file.source[shared..]));
        put_number(&mut self.bytes, file.size);
        put_step(&mut self.bytes, self.last.modified.cast_unsigned(), file.modified.cast_unsigned());
        self.last = file;
    }

    /// Gives back the memory that is held for more of them.
    pub fn shrink_to_fit(&mut self) {
        self.bytes.shrink_to_fit();
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = FileEntry> {
        let (mut rest, mut last) = (self.bytes.as_slice(), FileEntry::default());
        std::iter::from_fn(move || {
            // It was packed above, so that it is not broken.
            unpack(&mut rest, &mut last).ok()?;
            Some(last.clone())
        })
    }
}

/// Reads a file behind the `last` one.
fn unpack(rest: &mut &[u8], last: &mut FileEntry) -> Result<(), Broken> {
    let shared = usize::try_from(number(rest)?).map_err(|_| Broken)?;
    let shared = last.source.get(..shared).ok_or(Broken)?;
    let source = [shared, text(rest)?.ok_or(Broken)?].concat();
    let size = number(rest)?;
    let modified = step(rest, last.modified.cast_unsigned())?.cast_signed();
    *last = FileEntry { source: source.into_boxed_str(), size, modified };
    Ok(())
}

/// Bytes of whole characters that two texts begin with alike.
fn shared(a: &str, b: &str) -> usize {
    let bytes = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    b.floor_char_boundary(bytes)
}

/// Files that are sorted and packed together, which take some hundred bytes each until then.
const RUN: usize = 1 << 13;

/// Files that come in any order and are gone through by path.
#[derive(Debug, Default)]
pub struct Files {
    /// Those that have been packed, sorted within each run.
    runs: Vec<PackedFiles>,
    waiting: Vec<FileEntry>,
    len: usize,
}

impl Files {
    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All of them by path.
    pub fn iter(&self) -> impl Iterator<Item = FileEntry> {
        let mut runs: Vec<_> = self.runs.iter().map(PackedFiles::iter).collect();
        let mut heads: BinaryHeap<Reverse<Head>> = BinaryHeap::with_capacity(runs.len());
        for (run, files) in runs.iter_mut().enumerate() {
            heads.extend(files.next().map(|file| Reverse(Head { file, run })));
        }
        std::iter::from_fn(move || {
            let mut head = heads.peek_mut()?;
            let next = runs.get_mut(head.0.run).and_then(Iterator::next);
            Some(match next {
                Some(next) => std::mem::replace(&mut head.0.file, next),
                None => std::collections::binary_heap::PeekMut::pop(head).0.file,
            })
        })
    }

    pub(super) fn push(&mut self, file: FileEntry) {
        self.len += 1;
        self.waiting.push(file);
        if self.waiting.len() == RUN {
            self.pack();
        }
    }

    /// Packs those that wait; nothing is gone through before.
    pub(super) fn pack(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        self.waiting.sort_unstable_by(|a, b| a.source.cmp(&b.source));
        let mut run = PackedFiles::default();
        self.waiting.drain(..).for_each(|file| run.push(file));
        run.shrink_to_fit();
        self.runs.push(run);
    }
}

/// The file of a run that comes next.
#[derive(PartialEq, Eq)]
struct Head {
    file: FileEntry,
    run: usize,
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        (&self.file.source, self.run).cmp(&(&other.file.source, other.run))
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_packed_comes_out_again(
            files in proptest::collection::vec(("[aé/]{0,6}", any::<u64>(), any::<i64>()), 0..20),
            runs in proptest::collection::vec(any::<bool>(), 20),
        ) {
            let entry = |(source, size, modified): &(String, u64, i64)| FileEntry {
                source: source.as_str().into(),
                size: *size,
                modified: *modified,
            };
            let mut packed = PackedFiles::default();
            let mut sorted = Files::default();
            for (file, ends) in files.iter().zip(&runs) {
                packed.push(entry(file));
                sorted.push(entry(file));
                if *ends {
                    sorted.pack();
                }
            }
            sorted.pack();
            let mut expected: Vec<FileEntry> = files.iter().map(entry).collect();
            prop_assert_eq!(&packed.iter().collect::<Vec<_>>(), &expected);
            prop_assert_eq!(sorted.len(), expected.len());
            let sorted: Vec<FileEntry> = sorted.iter().collect();
            prop_assert!(sorted.is_sorted_by(|a, b| a.source <= b.source));
            let by_all = |file: &FileEntry| (file.source.clone(), file.size, file.modified);
            let mut found = sorted;
            found.sort_by_key(by_all);
            expected.sort_by_key(by_all);
            prop_assert_eq!(found, expected);
        }
    }
}
