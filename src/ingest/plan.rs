//! The plan of a run: what is to be read and what is gone, found without opening any file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::works::Works;
use super::{Options, Report};
use crate::boilerplate::UserRules;
use crate::index::{self, Manifest, Root};
use crate::record::Origin;
use crate::source::{
    Base, FileEntry, FileReport, Format, Listing, ReadOptions, STDIN, Shard, Skipped, name_of,
};

/// The root that a path names.
#[must_use]
pub fn root_of(path: &Path) -> Root {
    let name = name_of(path);
    let name = if name.len() > 1 { name.trim_end_matches('/') } else { &name };
    Root { name: name.to_owned(), path: absolute(path), format: None, shard: None }
}

/// The absolute form of a path, links resolved where it is there.
pub(super) fn absolute(path: &Path) -> String {
    let absolute = std::fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    name_of(&absolute.unwrap_or_else(|_| path.to_path_buf()))
}

/// What the files of one root have in common.
#[derive(Default)]
pub(super) struct Place {
    /// The root's part of every key.
    prefix: String,
    base: Base,
    /// Whether it is standard input.
    pub(super) is_stdin: bool,
    /// The format that they are read as, if the user said so.
    pub(super) format: Option<Format>,
    /// The part of them that is indexed, if the user said so.
    pub(super) shard: Option<Shard>,
    clean: bool,
    /// How large a document may be, in bytes.
    pub(super) limit: u64,
    /// Fingerprint of what makes the passages of a source for which the user has no rules.
    fingerprint: u64,
}

impl Place {
    pub(super) fn new(root: &Root, base: Base, options: &Options) -> Self {
        let format = options.read.format.or(root.format());
        let fingerprint = index::fingerprint(options.cleans());
        Self {
            prefix: root.key(""),
            base,
            is_stdin: root.name == STDIN,
            format,
            shard: root.shard.as_deref().and_then(|shard| shard.parse().ok()),
            clean: options.cleans(),
            limit: options.read.max_document,
            // What is read as another format makes other passages.
            fingerprint: format.map_or(fingerprint, |format| {
                xxh3_64_with_seed(format!("{format:?}").as_bytes(), fingerprint)
            }),
        }
    }

    /// Fingerprint of what makes the passages of a source: other rules of the user make others, and so does another part
    /// of its root.
    fn fingerprint(&self, source: &str, rules: &UserRules) -> u64 {
        let ruled = self.clean && !rules.list.is_empty();
        let fingerprint = if ruled { rules.fingerprint(self.fingerprint, source) } else { self.fingerprint };
        match self.shard {
            Some(shard) => xxh3_64_with_seed(shard.to_string().as_bytes(), fingerprint),
            None => fingerprint,
        }
    }

    /// The same for a source of which no record was left out for its size, and for one of which some were: it is as it is
    /// under one limit only.
    fn fingerprints(&self, source: &str, rules: &UserRules) -> [u64; 2] {
        let fingerprint = self.fingerprint(source, rules);
        [fingerprint, xxh3_64_with_seed(&self.limit.to_le_bytes(), fingerprint)]
    }
}

/// A file to read. What can be made of the rest is not kept.
#[derive(Clone)]
pub(super) struct Work {
    /// Its place among those that are read together.
    pub(super) number: usize,
    pub(super) place: Arc<Place>,
    pub(super) file: FileEntry,
    /// Read it whatever its hash says: the furniture of its folder has changed, or what the index holds of it is wrong.
    pub(super) relabel: bool,
}

/// Whether a file is of the size and the time that it had when it was indexed.
fn is_as_known(file: &FileEntry, known: &index::Entry) -> bool {
    (known.size, known.modified) == (file.size, file.modified)
}

impl Work {
    /// The key of the source.
    pub(super) fn key(&self) -> String {
        format!("{}{}", self.place.prefix, self.file.source)
    }

    pub(super) fn origin(&self) -> Origin {
        self.place.base.origin(&self.file)
    }

    pub(super) fn path(&self) -> PathBuf {
        self.place.base.path(&self.file)
    }

    /// How it is read.
    pub(super) fn read_options(&self, options: &Options) -> ReadOptions {
        ReadOptions { format: self.place.format, shard: self.place.shard, ..options.read }
    }

    /// Fingerprint of what made its passages once it has been read, which the limit for documents is part of where it left
    /// records out; 0, which no next run takes for its own, where that looks again at a file that was left out for its
    /// size or could not be read on.
    pub(super) fn fingerprint(&self, read: &FileReport, rules: &UserRules) -> u64 {
        let partial = read.hash == 0
            || read.skipped.named().iter().any(|skipped| matches!(skipped, Skipped::TooLarge { .. }));
        match self.place.fingerprints(&self.file.source, rules) {
            _ if partial => 0,
            [_, limited] if read.limited => limited,
            [plain, _] => plain,
        }
    }

    /// Fingerprint of what makes its first records, which are told apart by their number: how large a document may be
    /// decides which records count.
    pub(super) fn made_by(&self, rules: &UserRules) -> u64 {
        let [_, limited] = self.place.fingerprints(&self.file.source, rules);
        limited
    }

    /// Whether the file is of the size and the time that it had when it was indexed.
    pub(super) fn is_as_known(&self, known: &index::Entry) -> bool {
        is_as_known(&self.file, known)
    }

    /// Whether a file whose time has changed, or that was left unfinished, may hold what the index knows of it.
    pub(super) fn may_be_unchanged(&self, known: &index::Entry, rules: &UserRules) -> bool {
        let made = self.place.fingerprints(&self.file.source, rules);
        !self.relabel
            && known.size == self.file.size
            && (known.fingerprint == 0 || made.contains(&known.fingerprint))
            && !known.is_unfinished()
    }

    /// Whether what was read is what the index knows.
    pub(super) fn is_unchanged(&self, known: &index::Entry, read: &FileReport, rules: &UserRules) -> bool {
        !self.relabel && known.hash == read.hash && known.fingerprint == self.fingerprint(read, rules)
    }
}

/// A file to read that may hold what it held: only its time is another.
#[derive(Clone, Copy)]
pub(super) struct Touched {
    /// Its place among those that are read together.
    pub(super) number: usize,
    /// Hash of the content that it had.
    pub(super) hash: u64,
}

/// What is to be done, found without reading any file.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) read: Works,
    /// Those of them of which the index holds the first records.
    pub(super) begun: Vec<Work>,
    /// Those of them that may only have been touched, by their numbers.
    pub(super) touched: Vec<Touched>,
    /// Files that are left as they are and that the index knows to be damaged.
    pub(super) damaged: Vec<(PathBuf, index::Entry)>,
    /// Keys of sources that are not there any more.
    pub(super) gone: Vec<String>,
}

impl Plan {
    /// Compares what is there with what the manifest says, both in the order of their paths. The sources of the keys in
    /// `again` are read whether they have changed or not; those of them that are not there are gone.
    pub(super) fn make(
        listings: Vec<(Root, Listing)>,
        manifest: &Manifest,
        rules: &UserRules,
        again: &BTreeSet<String>,
        options: &Options,
        report: &mut Report,
    ) -> Self {
        let mut plan = Self::default();
        for (root, listing) in listings {
            let place = Arc::new(Place::new(&root, listing.base, options));
            let prefix = place.prefix.as_str();
            let mut again: BTreeSet<&str> = again.iter().filter_map(|key| key.strip_prefix(prefix)).collect();
            let mut missing: Vec<&str> = Vec::new();
            let mut known = manifest.below(prefix).peekable();
            for file in listing.files.iter() {
                while let Some((source, _)) = known.next_if(|(source, _)| **source < *file.source) {
                    missing.push(source);
                }
                let known = known.next_if(|(source, _)| **source == *file.source).map(|(_, entry)| entry);
                let relabel = again.remove(&*file.source) || options.rebuild;
                let same = known.is_some_and(|known| {
                    is_as_known(&file, known)
                        && place.fingerprints(&file.source, rules).contains(&known.fingerprint)
                });
                if same && !relabel {
                    report.unchanged += known.map_or(0, |known| known.totals.sources);
                    plan.damaged.extend(
                        known.filter(|known| known.damaged > 0).map(|known| (place.base.path(&file), *known)),
                    );
                } else {
                    let work = Work { number: plan.read.len(), place: place.clone(), file, relabel };
                    if known.is_some_and(|known| known.is_unfinished() && work.is_as_known(known)) && !relabel
                    {
                        plan.begun.push(work.clone());
                    }
                    // What is damaged is read again to be named.
                    let is_touched = |known: &&index::Entry| {
                        known.damaged == 0 && known.fingerprint != 0 && work.may_be_unchanged(known, rules)
                    };
                    if let Some(known) = known.filter(is_touched) {
                        plan.touched.push(Touched { number: work.number, hash: known.hash });
                    }
                    plan.read.push(&place, work.file, relabel);
                }
            }
            missing.extend(known.map(|(source, _)| source));
            missing.retain(|source| !listing.unread.iter().any(|unread| source.starts_with(unread.as_str())));
            let gone: BTreeSet<&str> = missing.into_iter().chain(again).collect();
            plan.gone.extend(gone.into_iter().map(|source| format!("{prefix}{source}")));
        }
        plan.read.shrink_to_fit();
        plan.touched.shrink_to_fit();
        plan
    }

    /// Plans that sources of other roots than these are gone: a rebuild forgets the roots that it is not asked for.
    pub(super) fn keep_only<'a>(&mut self, roots: impl Iterator<Item = &'a Root>, manifest: &Manifest) {
        let prefixes: Vec<String> = roots.map(|root| root.key("")).collect();
        let of_root = |source: &&String| prefixes.iter().any(|prefix| source.starts_with(prefix.as_str()));
        self.gone.extend(manifest.entries.keys().filter(|source| !of_root(source)).cloned());
    }
}
