//! The plan of a run: what is to be read and what is gone, found without opening any file.

use std::collections::HashSet;
use std::path::Path;

use super::{Options, Report};
use crate::index::{self, Manifest, Root};
use crate::source::{FileEntry, Format, Listing};

/// The root that a path names.
#[must_use]
pub fn root_of(path: &Path) -> Root {
    let name = path.to_string_lossy();
    let name = if name.len() > 1 { name.trim_end_matches('/') } else { &name };
    Root { name: name.to_owned(), path: absolute(path), format: None }
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
pub(super) fn format_of(root: &Root) -> Option<Format> {
    root.format.as_deref().and_then(|name| clap::ValueEnum::from_str(name, true).ok())
}

/// A file to read.
pub(super) struct Work {
    pub(super) entry: FileEntry,
    pub(super) key: String,
    /// Hash and fingerprint under which the index knows it, if it does.
    pub(super) known: Option<index::Entry>,
    /// Read it whatever its hash says: the furniture of its folder has changed.
    pub(super) relabel: bool,
    pub(super) format: Option<Format>,
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
        fingerprint: u64,
        options: &Options,
        report: &mut Report,
    ) -> Self {
        let mut plan = Self { read: Vec::new(), gone: Vec::new() };
        for (root, listing) in listings {
            let format = format_of(root);
            let mut present: HashSet<String> = HashSet::new();
            for entry in &listing.files {
                let key = key(root, &entry.origin.source);
                let known = manifest.entries.get(&key).copied();
                present.insert(key.clone());
                let same = known.is_some_and(|known| {
                    known.size == entry.size
                        && known.modified == entry.modified
                        && known.fingerprint == fingerprint
                });
                if same {
                    report.unchanged += 1;
                } else {
                    let format = options.read.format.or(format);
                    plan.read.push(Work { entry: entry.clone(), key, known, relabel: false, format });
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
}
