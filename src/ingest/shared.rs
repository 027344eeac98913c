//! What the files of each folder share, counted for a run that keeps no index.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::boilerplate::{Page, Repetition, SOURCES, candidates};
use crate::document::parse;
use crate::record::Origin;
use crate::source::{self, ReadOptions, STDIN};

/// The lines that the files of a run share, by folder.
#[derive(Debug, Default)]
pub struct SharedLines {
    folders: HashMap<PathBuf, Repetition>,
}

impl SharedLines {
    /// The furniture of the folder that a file is in; none where its folder has too few files to tell.
    #[must_use]
    pub fn of(&self, path: &Path) -> Option<&Repetition> {
        self.folders.get(path.parent()?)
    }
}

/// Counts the lines of all files as an index would, so that each is labelled as it is there, in whatever order they come.
/// Only folders of which the run has at least [`SOURCES`] files are read. What cannot be read counts for nothing here;
/// whoever reads it next will tell.
///
/// Memory grows with the number of different lines, some 12 bytes for each that can be furniture.
#[must_use]
pub fn shared_lines(inputs: &[Origin], options: ReadOptions, threads: usize) -> SharedLines {
    let mut folders: BTreeMap<&Path, BTreeSet<&Path>> = BTreeMap::new();
    for origin in inputs.iter().filter(|origin| origin.source != STDIN) {
        if let Some(folder) = origin.path.parent() {
            folders.entry(folder).or_default().insert(&origin.path);
        }
    }
    folders.retain(|_, files| files.len() >= SOURCES as usize);
    let files: Vec<(&Path, &Path)> =
        folders.iter().flat_map(|(folder, files)| files.iter().map(move |file| (*folder, *file))).collect();
    let counts: Mutex<HashMap<&Path, HashMap<u64, u32>>> = Mutex::default();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads.min(files.len()) {
            scope.spawn(|| {
                while let Some((folder, file)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let lines = lines_of(file, options);
                    let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
                    let counts = counts.entry(folder).or_default();
                    for line in lines {
                        *counts.entry(line).or_default() += 1;
                    }
                }
            });
        }
    });
    let counts = counts.into_inner().unwrap_or_else(PoisonError::into_inner);
    let furniture = |counts: HashMap<u64, u32>| {
        Repetition::of(counts.into_iter().filter(|(_, count)| *count >= SOURCES).map(|(line, _)| line))
    };
    let folders = counts.into_iter().map(|(folder, counts)| (folder.to_owned(), furniture(counts)));
    SharedLines { folders: folders.collect() }
}

/// Hashes of the lines of a file that can be furniture; all records in it are one source, as they are in an index.
fn lines_of(file: &Path, options: ReadOptions) -> BTreeSet<u64> {
    let mut lines = BTreeSet::new();
    let origin = Origin { path: file.to_owned(), ..Origin::default() };
    let _ = source::read(&origin, options, |record| {
        lines.extend(candidates(&Page::new(&parse(&record))).map(|(line, _)| line));
        true
    });
    lines
}
