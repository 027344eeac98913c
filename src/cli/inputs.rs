//! The files that a command reads: those that were named, and those of folders that were named.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::progress::note;
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
    /// Its place among the others, counted from 0.
    pub(super) number: usize,
    pub(super) origin: Origin,
    /// Whether the file itself was named.
    pub(super) named: bool,
}

/// Whether an input is standard input, and no file of that name in a folder.
pub(super) fn is_stdin(origin: &Origin) -> bool {
    origin.path.as_os_str() == source::STDIN
}

/// Hash of a path that may be written in several ways, as in `pages//a.txt`.
fn hash_of(path: &Path) -> u64 {
    let parts = path.components().map(|part| source::content_hash(part.as_os_str().as_encoded_bytes()));
    source::content_hash(&parts.flat_map(u64::to_le_bytes).collect::<Vec<u8>>())
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

    /// Bytes of all of them together; those of standard input are not known.
    pub(super) fn size(&self) -> u64 {
        self.listings.iter().flat_map(|listing| listing.files.iter()).map(|file| file.size).sum()
    }

    /// All of them. What a user named is called as it was named; what was found in a folder by its path in it.
    pub(super) fn iter(&self) -> impl Iterator<Item = Input> + Send {
        let files =
            self.listings.iter().flat_map(|listing| listing.files.iter().map(move |file| (listing, file)));
        files.enumerate().map(|(number, (listing, file))| {
            let origin = listing.base.origin(&file);
            if listing.base.is_folder() {
                return Input { number, origin, named: false };
            }
            let origin = Origin { source: listing.base.name().to_owned(), ..origin };
            Input { number, origin, named: true }
        })
    }

    /// Every file once, with its number, however often it was named; standard input is none.
    pub(super) fn files(&self) -> impl Iterator<Item = (usize, Origin)> + Send {
        let mut seen = (self.listings.len() > 1).then(HashSet::new);
        let files = self.iter().filter(|input| !is_stdin(&input.origin));
        let once = files
            .filter(move |input| seen.as_mut().is_none_or(|seen| seen.insert(hash_of(&input.origin.path))));
        once.map(|input| (input.number, input.origin))
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
