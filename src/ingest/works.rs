//! The files that a run is to read, packed one behind the other: there are as many as there are files in a new folder.

use std::sync::Arc;

use super::plan::{Place, Work};
use crate::index::packed::{Broken, number, put_number, put_step, put_text, step, text};
use crate::source::FileEntry;

/// Files to read, in the order in which they were added. One takes some twenty bytes where its path begins as the one
/// before it does.
#[derive(Default)]
pub(super) struct Works {
    /// Where they are, with how many of them are there.
    places: Vec<(Arc<Place>, usize)>,
    bytes: Vec<u8>,
    /// The last one.
    last: FileEntry,
    /// What the files take on disk, in bytes.
    size: u64,
}

impl Works {
    /// Adds a file of a place, which is to be labelled again whatever its hash says if `relabel`.
    pub(super) fn push(&mut self, place: &Arc<Place>, file: FileEntry, relabel: bool) {
        match self.places.last_mut() {
            Some((last, files)) if Arc::ptr_eq(last, place) => *files += 1,
            _ => self.places.push((place.clone(), 1)),
        }
        let shared = shared(&self.last.source, &file.source);
        put_number(&mut self.bytes, (shared as u64) << 1 | u64::from(relabel));
        put_text(&mut self.bytes, Some(&file.source[shared..]));
        put_number(&mut self.bytes, file.size);
        put_step(&mut self.bytes, self.last.modified.cast_unsigned(), file.modified.cast_unsigned());
        self.size += file.size;
        self.last = file;
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.places.iter().map(|(_, files)| files).sum()
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// What they take on disk, in bytes.
    pub(super) const fn size(&self) -> u64 {
        self.size
    }

    /// Gives back the memory that is held for more of them.
    pub(super) fn shrink_to_fit(&mut self) {
        self.bytes.shrink_to_fit();
    }

    /// All of them, numbered.
    pub(super) fn iter(&self) -> impl Iterator<Item = Work> {
        let places = self.places.iter().flat_map(|(place, files)| std::iter::repeat_n(place, *files));
        let (mut rest, mut last) = (self.bytes.as_slice(), FileEntry::default());
        places.enumerate().map_while(move |(number, place)| {
            // It was packed above, so that it is not broken.
            let relabel = unpack(&mut rest, &mut last).ok()?;
            Some(Work { number, place: place.clone(), file: last.clone(), relabel })
        })
    }
}

/// Reads a file behind the `last` one in its place, and whether it is to be labelled again.
fn unpack(rest: &mut &[u8], last: &mut FileEntry) -> Result<bool, Broken> {
    let head = number(rest)?;
    let shared = usize::try_from(head >> 1).map_err(|_| Broken)?;
    let shared = last.source.get(..shared).ok_or(Broken)?;
    let source = [shared, text(rest)?.ok_or(Broken)?].concat();
    let size = number(rest)?;
    let modified = step(rest, last.modified.cast_unsigned())?.cast_signed();
    *last = FileEntry { source: source.into_boxed_str(), size, modified };
    Ok(head & 1 == 1)
}

/// Bytes of whole characters that two texts begin with alike.
fn shared(a: &str, b: &str) -> usize {
    let bytes = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    b.floor_char_boundary(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_packed_comes_out_again(
            files in proptest::collection::vec(("[aé/]{0,6}", any::<u64>(), any::<i64>(), any::<bool>()), 0..20),
        ) {
            let places = [Arc::new(Place::default()), Arc::new(Place::default())];
            let mut works = Works::default();
            for (number, (source, size, modified, relabel)) in files.iter().enumerate() {
                let file = FileEntry { source: source.as_str().into(), size: size / 100, modified: *modified };
                works.push(&places[number / 10], file, *relabel);
            }
            prop_assert_eq!(works.len(), files.len());
            prop_assert_eq!(works.iter().count(), files.len());
            for (work, (source, size, modified, relabel)) in works.iter().zip(&files) {
                prop_assert!(Arc::ptr_eq(&work.place, &places[work.number / 10]));
                let unpacked = (&*work.file.source, work.file.size, work.file.modified, work.relabel);
                prop_assert_eq!(unpacked, (source.as_str(), size / 100, *modified, *relabel));
            }
        }
    }
}
