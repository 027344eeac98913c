//! The plan of a run: what is to be read and what is gone, found without opening any file.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::{Options, Report};
use crate::boilerplate::UserRules;
use crate::index::{self, Manifest, Root};
use crate::source::{FileEntry, Format, Listing, Shard};

/// The root that a path names.
#[must_use]
pub fn root_of(path: &Path) -> Root {
    let name = path.to_string_lossy();
    let name = if name.len() > 1 { name.trim_end_matches('/') } else { &name };
    Root { name: name.to_owned(), path: absolute(path), format: None, shard: None }
}

/// The absolute form of a path, links resolved where it is there.
pub(super) fn absolute(path: &Path) -> String {
    let absolute = std::fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    absolute.unwrap_or_else(|_| path.to_path_buf()).to_string_lossy().into_owned()
}

/// The key of a source: its root and its path in it.
pub(super) fn key(root: &Root, source: &str) -> String {
    format!("{}\u{1f}{source}", root.path)
}

/// The format that the files of a root are read as, if the user said so.
fn format_of(root: &Root) -> Option<Format> {
    root.format.as_deref().and_then(|name| clap::ValueEnum::from_str(name, true).ok())
}

/// The part of a root that is indexed, if the user said so.
fn shard_of(root: &Root) -> Option<Shard> {
    root.shard.as_deref().and_then(|shard| shard.parse().ok())
}

/// Fingerprint of what makes the passages of a source: other rules of the user make others, and so does another part of
/// its root.
fn fingerprint_of(root: &Root, source: &str, rules: &UserRules, clean: bool) -> u64 {
    let base = index::fingerprint(clean);
    let fingerprint = if clean { rules.fingerprint(base, source) } else { base };
    match shard_of(root) {
        Some(shard) => xxh3_64_with_seed(shard.to_string().as_bytes(), fingerprint),
        None => fingerprint,
    }
}

/// A file to read.
pub(super) struct Work {
    pub(super) entry: FileEntry,
    pub(super) key: String,
    /// Hash and fingerprint under which the index knows it, if it does.
    pub(super) known: Option<index::Entry>,
    /// Read it whatever its hash says: the furniture of its folder has changed, or what the index holds of it is wrong.
    pub(super) relabel: bool,
    pub(super) format: Option<Format>,
    pub(super) shard: Option<Shard>,
    /// Fingerprint of what makes its passages.
    pub(super) fingerprint: u64,
}

impl Work {
    /// Reading a file of a root, whatever the index knows of it.
    pub(super) fn new(
        root: &Root,
        entry: FileEntry,
        key: String,
        manifest: &Manifest,
        rules: &UserRules,
        options: &Options,
    ) -> Self {
        Self {
            known: manifest.entries.get(&key).copied(),
            format: options.read.format.or_else(|| format_of(root)),
            shard: shard_of(root),
            fingerprint: fingerprint_of(root, &entry.origin.source, rules, options.clean),
            relabel: false,
            entry,
            key,
        }
    }
}

/// What is to be done, found without reading any file.
pub(super) struct Plan {
    pub(super) read: Vec<Work>,
    /// Keys of sources that are not there any more.
    pub(super) gone: Vec<String>,
}

impl Plan {
    pub(super) fn make(
        listings: &[(Root, Listing)],
        manifest: &Manifest,
        rules: &UserRules,
        options: &Options,
        report: &mut Report,
    ) -> Self {
        let mut plan = Self { read: Vec::new(), gone: Vec::new() };
        for (root, listing) in listings {
            let mut present: HashSet<String> = HashSet::new();
            for entry in &listing.files {
                let key = key(root, &entry.origin.source);
                present.insert(key.clone());
                let work = Work::new(root, entry.clone(), key, manifest, rules, options);
                let same = work.known.is_some_and(|known| {
                    known.size == entry.size
                        && known.modified == entry.modified
                        && known.fingerprint == work.fingerprint
                });
                if same {
                    report.unchanged += 1;
                } else {
                    plan.read.push(work);
                }
            }
            let prefix = key(root, "");
            let unread: Vec<String> = listing.unread.iter().map(|path| key(root, path)).collect();
            plan.gone.extend(
                manifest
                    .entries
                    .keys()
                    .filter(|key| key.starts_with(&prefix) && !present.contains(*key))
                    .filter(|key| !unread.iter().any(|unread| key.starts_with(unread.as_str())))
                    .cloned(),
            );
        }
        plan.gone.sort();
        plan
    }

    /// Adds sources that are to be read again whether they have changed or not; those that are not there are gone.
    pub(super) fn read_again(
        &mut self,
        keys: &BTreeSet<String>,
        listings: &[(Root, Listing)],
        manifest: &Manifest,
        rules: &UserRules,
        options: &Options,
    ) {
        let planned: HashSet<String> = self.read.iter().map(|work| work.key.clone()).collect();
        for (root, listing) in listings {
            let prefix = key(root, "");
            let mut missing: BTreeSet<&String> = keys.iter().filter(|key| key.starts_with(&prefix)).collect();
            for entry in &listing.files {
                let key = key(root, &entry.origin.source);
                if missing.remove(&key) && !planned.contains(&key) {
                    let work = Work::new(root, entry.clone(), key, manifest, rules, options);
                    self.read.push(Work { relabel: true, ..work });
                }
            }
            self.gone.extend(missing.into_iter().cloned());
        }
        self.gone.sort();
        self.gone.dedup();
    }
}
