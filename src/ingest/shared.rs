//! What the files of each folder share, counted for a run that keeps no index.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::counts::{Furniture, Tally, group_of};
use crate::boilerplate::{Page, Repetition, SOURCES, candidates};
use crate::document::parse;
use crate::record::Origin;
use crate::source::{self, ReadOptions, STDIN, name_of};

/// The lines that the files of a run share, by folder.
#[derive(Debug, Default)]
pub struct SharedLines {
    furniture: Furniture,
}

impl SharedLines {
    /// The furniture of the folder that a file is in; none where its folder has too few files to tell.
    #[must_use]
    pub fn of(&self, path: &Path) -> Option<&Repetition> {
        self.furniture.of(group_of(&key_of(path)))
    }
}

/// The key under which the lines of a file are counted.
fn key_of(path: &Path) -> String {
    let part = |part: Option<&std::ffi::OsStr>| name_of(Path::new(part.unwrap_or_default()));
    format!("{}/{}", part(path.parent().map(Path::as_os_str)), part(path.file_name()))
}

/// Counts the lines of all files as an index would, so that each is labelled as it is there, in whatever order they come.
/// Only folders of which the run has at least [`SOURCES`] files are read. What cannot be read counts for nothing here;
/// whoever reads it next will tell.
///
/// Memory grows with the lines of the largest folder that can be furniture, 16 bytes for each different one.
#[must_use]
pub fn shared_lines(inputs: &[Origin], options: ReadOptions, threads: usize) -> SharedLines {
    let mut folders: BTreeMap<&Path, BTreeSet<&Path>> = BTreeMap::new();
    for origin in inputs.iter().filter(|origin| origin.source != STDIN) {
        if let Some(folder) = origin.path.parent() {
            folders.entry(folder).or_default().insert(&origin.path);
        }
    }
    let mut furniture = Furniture::default();
    for files in folders.into_values().filter(|files| files.len() >= SOURCES as usize) {
        furniture.add(tally(&files.into_iter().collect::<Vec<&Path>>(), options, threads));
    }
    SharedLines { furniture }
}

/// Counts the lines of the files of one folder.
fn tally(files: &[&Path], options: ReadOptions, threads: usize) -> Tally {
    let tally: Mutex<Tally> = Mutex::default();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads.min(files.len()) {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let lines = lines_of(file, options);
                    let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
                    tally.add(group_of(&key_of(file)), lines.into_iter());
                }
            });
        }
    });
    tally.into_inner().unwrap_or_else(PoisonError::into_inner)
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
