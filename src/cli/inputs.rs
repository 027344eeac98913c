//! The files that a command reads: those that were named, and those of folders that were named.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::note;
use crate::error::Result;
use crate::record::Origin;
use crate::source::{self, Listing, name_of};

/// Files in the order in which they were named, those of a folder by path.
pub(super) struct Inputs {
    pub(super) listings: Vec<Listing>,
    /// How many there are.
    pub(super) count: usize,
    /// How many files and folders could not be looked at.
    pub(super) unlisted: usize,
}

/// A file to read.
pub(super) struct Input {
    pub(super) origin: Origin,
    /// Whether the file itself was named.
    pub(super) named: bool,
}

impl Inputs {
    /// Lists what was named, and names what could not be looked at.
    pub(super) fn find(paths: &[PathBuf]) -> Result<Self> {
        let mut inputs = Self { listings: Vec::with_capacity(paths.len()), count: 0, unlisted: 0 };
        for path in paths {
            let listing = source::list(path, &name_of(path))?;
            for error in &listing.errors {
                note(&format!("backsearch: {error}"));
            }
            inputs.unlisted += listing.errors.len();
            inputs.count += listing.files.len();
            inputs.listings.push(listing);
        }
        Ok(inputs)
    }

    /// All of them. What a user named is called as it was named; what was found in a folder by its path in it.
    pub(super) fn iter(&self) -> impl Iterator<Item = Input> + Send {
        self.listings.iter().flat_map(|listing| {
            listing.files.iter().map(|file| {
                let origin = listing.base.origin(&file);
                if listing.base.is_folder() {
                    return Input { origin, named: false };
                }
                Input { origin: Origin { source: listing.base.name().to_owned(), ..origin }, named: true }
            })
        })
    }

    /// Every file once, however often it was named; standard input is none.
    pub(super) fn files(&self) -> impl Iterator<Item = Origin> + Send {
        let mut seen = (self.listings.len() > 1).then(HashSet::new);
        let files = self.iter().map(|input| input.origin).filter(|origin| origin.source != source::STDIN);
        files.filter(move |origin| {
            seen.as_mut().is_none_or(|seen| seen.insert(origin.path.as_os_str().to_owned()))
        })
    }

    /// The first of some files that is one of these by another way, links resolved.
    pub(super) fn first_among(&self, files: impl Iterator<Item = PathBuf>) -> Option<PathBuf> {
        let canonical = |path: &Path| std::fs::canonicalize(path).ok();
        let mut roots: Option<HashMap<PathBuf, &Listing>> = None;
        let mut below_roots: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
        for file in files {
            let Some(found) = canonical(&file) else { continue };
            let roots = roots.get_or_insert_with(|| {
                let roots = self.listings.iter();
                roots.filter_map(|listing| Some((canonical(listing.base.root())?, listing))).collect()
            });
            if found.ancestors().any(|folder| roots.contains_key(folder)) {
                below_roots.insert(found, file);
            }
        }
        if below_roots.is_empty() {
            return None;
        }
        // Links within a folder are not followed, so that only the way to it is resolved.
        self.listings.iter().find_map(|listing| {
            let root = canonical(listing.base.root())?;
            listing.files.iter().find_map(|file| below_roots.remove(&listing.base.below(&root, &file)))
        })
    }
}
