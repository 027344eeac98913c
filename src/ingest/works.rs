//! The files that a run is to read, packed one behind the other: there are as many as there are files in a new folder.

use std::sync::Arc;

use super::Progress;
use super::plan::{Place, Work};
use crate::source::{FileEntry, PackedFiles};

/// Files to read, in the order in which they were added.
#[derive(Default)]
pub(super) struct Works {
    /// Where they are and whether they are to be labelled again whatever their hashes say, with how many of them are so.
    places: Vec<(Arc<Place>, bool, usize)>,
    files: PackedFiles,
    /// What the files take on disk, in bytes.
    size: u64,
}

impl Works {
    /// Adds a file of a place, which is to be labelled again whatever its hash says if `relabel`.
    pub(super) fn push(&mut self, place: &Arc<Place>, file: FileEntry, relabel: bool) {
        match self.places.last_mut() {
            Some((last, again, files)) if Arc::ptr_eq(last, place) && *again == relabel => *files += 1,
            _ => self.places.push((place.clone(), relabel, 1)),
        }
        self.size += file.size;
        self.files.push(file);
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.places.iter().map(|(_, _, files)| files).sum()
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// What they take on disk, in bytes; `None` if that is not known, as of standard input.
    pub(super) fn known_size(&self) -> Option<u64> {
        let is_known = !self.places.iter().any(|(place, ..)| place.is_stdin);
        is_known.then_some(self.size)
    }

    /// How far a run has come that has read none of them yet.
    pub(super) fn to_do(&self) -> Progress {
        Progress { total: self.len() as u64, total_bytes: self.size, ..Progress::default() }
    }

    /// Gives back the memory that is held for more of them.
    pub(super) fn shrink_to_fit(&mut self) {
        self.files.shrink_to_fit();
    }

    /// All of them, numbered.
    pub(super) fn iter(&self) -> impl Iterator<Item = Work> {
        let places = self
            .places
            .iter()
            .flat_map(|(place, relabel, files)| std::iter::repeat_n((place, *relabel), *files));
        places.zip(self.files.iter()).enumerate().map(|(number, ((place, relabel), file))| Work {
            number,
            place: place.clone(),
            file,
            relabel,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_where_it_was_said_to_be() {
        let places = [Arc::new(Place::default()), Arc::new(Place::default())];
        let mut works = Works::default();
        let pushed = [("a", 0, false), ("b", 0, true), ("c", 0, true), ("d", 1, true), ("d", 0, false)];
        for (source, place, relabel) in pushed {
            works.push(&places[place], FileEntry { source: source.into(), size: 3, modified: 0 }, relabel);
        }
        assert_eq!((works.len(), works.known_size()), (5, Some(15)));
        for (number, (work, (source, place, relabel))) in works.iter().zip(pushed).enumerate() {
            assert!(Arc::ptr_eq(&work.place, &places[place]));
            assert_eq!((work.number, &*work.file.source, work.relabel), (number, source, relabel));
        }
        assert_eq!(works.iter().count(), 5);
    }
}
