//! Which lines how many sources of a folder hold: what repetition across files is decided by.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

use crate::boilerplate::{Repetition, SOURCES};
use crate::error::Result;
use crate::index::{Index, Manifest};

/// How many live sources of each folder hold each candidate line.
#[derive(Default)]
pub(super) struct LineCounts {
    /// Counts of lines, by folder.
    counts: HashMap<u64, HashMap<u64, u32>>,
    /// Lines of each source, by the hash of its key: there may be a million of them.
    lines: HashMap<u64, Box<[u64]>>,
}

impl LineCounts {
    pub(super) fn insert(&mut self, key: &str, mut lines: Vec<u64>) {
        self.remove(key);
        lines.sort_unstable();
        lines.dedup();
        if lines.is_empty() {
            return;
        }
        let counts = self.counts.entry(group_of(key)).or_default();
        for line in &lines {
            *counts.entry(*line).or_default() += 1;
        }
        self.lines.insert(xxh3_64(key.as_bytes()), lines.into_boxed_slice());
    }

    pub(super) fn remove(&mut self, key: &str) {
        let Some(lines) = self.lines.remove(&xxh3_64(key.as_bytes())) else { return };
        let Some(counts) = self.counts.get_mut(&group_of(key)) else { return };
        for line in lines {
            if let Some(count) = counts.get_mut(&line) {
                *count -= 1;
            }
        }
    }

    /// How many sources of a folder hold a line.
    pub(super) fn count(&self, group: u64, line: u64) -> u32 {
        self.counts.get(&group).and_then(|counts| counts.get(&line)).copied().unwrap_or(0)
    }

    /// The furniture of a source's folder that the source itself holds.
    pub(super) fn furniture(&self, key: &str) -> Vec<u64> {
        let group = group_of(key);
        let lines = self.lines.get(&xxh3_64(key.as_bytes())).map(AsRef::as_ref).unwrap_or_default();
        lines.iter().filter(|line| self.count(group, **line) >= SOURCES).copied().collect()
    }

    /// The furniture lines of one folder.
    pub(super) fn repetition(&self, group: u64) -> Repetition {
        let counts = self.counts.get(&group).into_iter().flatten();
        Repetition::of(counts.filter(|(_, count)| **count >= SOURCES).map(|(line, _)| *line))
    }
}

/// The furniture lines of the folder of a source, as the index has counted them.
///
/// # Errors
///
/// When the index is damaged.
pub fn repetition_of(index: &Index, manifest: &Manifest, key: &str) -> Result<Repetition> {
    let group = group_of(key);
    let mut counts = LineCounts::default();
    for (other, entry) in manifest.entries.iter().filter(|(other, _)| group_of(other) == group) {
        counts.insert(other, index.source_lines(entry)?);
    }
    Ok(counts.repetition(group))
}

/// Hash of the furniture by which a source is labelled.
pub(super) fn furniture_hash(lines: &[u64]) -> u64 {
    let bytes: Vec<u8> = lines.iter().flat_map(|line| line.to_le_bytes()).collect();
    xxh3_64(&bytes)
}

/// The folder of a source, as a hash: repetition is counted within it.
pub(super) fn group_of(key: &str) -> u64 {
    xxh3_64(
        key.rsplit_once('/')
            .map_or_else(|| key.split('\u{1f}').next().unwrap_or(""), |(folder, _)| folder)
            .as_bytes(),
    )
}
