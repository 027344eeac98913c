//! Walking: the files under a root, in a fixed order.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use ignore::WalkBuilder;

use super::{FileEntry, Files, name_of, path_of};
use crate::error::{Error, Kind, Result};
use crate::record::Origin;

/// The root that the files of a listing were found under.
#[derive(Debug, Clone, Default)]
pub struct Base {
    name: String,
    /// Where it is: by its name, if that leads there from here, so that paths are shown as the user knows them.
    path: PathBuf,
    /// Whether it is a folder; else it is the file itself.
    is_folder: bool,
}

impl Base {
    /// The root's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is a folder; else it is the only file of the listing.
    #[must_use]
    pub const fn is_folder(&self) -> bool {
        self.is_folder
    }

    /// Where a file of the listing is.
    #[must_use]
    pub fn origin(&self, file: &FileEntry) -> Origin {
        Origin { root: self.name.clone(), source: file.source.to_string(), path: self.path(file) }
    }

    /// The path at which a file of the listing can be opened.
    #[must_use]
    pub fn path(&self, file: &FileEntry) -> PathBuf {
        self.below(&self.path, file)
    }

    /// The path of a file of the listing if the root is taken to be at `root`.
    #[must_use]
    pub fn below(&self, root: &Path, file: &FileEntry) -> PathBuf {
        if self.is_folder { root.join(path_of(&file.source)) } else { root.to_owned() }
    }

    /// Where the root is.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.path
    }
}

/// The files under a root, and what could not be looked at.
#[derive(Debug, Default)]
pub struct Listing {
    /// What they are under.
    pub base: Base,
    /// Files, gone through by path.
    pub files: Files,
    /// Folders or files that could not be read.
    pub errors: Vec<Error>,
    /// Paths relative to the root, with `/`, of what could not be read: nothing under them may be taken for deleted.
    pub unread: Vec<String>,
}

/// Lists the files of a root. Ignore files inside the root are respected, those above it are not: the root was named.
/// Hidden files and symbolic links inside the root are passed over, and so are index folders.
///
/// # Errors
///
/// When the root itself is not there or cannot be read.
pub fn list(root: &Path, name: &str) -> Result<Listing> {
    list_those(root, name, &|_| true)
}

/// The same of those files only whose paths are wanted.
///
/// # Errors
///
/// As those of [`list`].
pub fn list_those(root: &Path, name: &str, is_wanted: &dyn Fn(&str) -> bool) -> Result<Listing> {
    if name == super::STDIN {
        // Standard input is new each time it is read.
        let now = std::time::SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        let modified = i64::try_from(now).unwrap_or(i64::MAX);
        let base = Base { name: name.to_owned(), path: name.into(), is_folder: false };
        let mut listing = Listing { base, ..Listing::default() };
        listing.push(name, 0, modified);
        listing.files.pack();
        return Ok(listing);
    }
    let metadata = std::fs::metadata(root).map_err(|error| Error::io("cannot read", root, &error))?;
    let named = path_of(name);
    let leads_there = std::fs::canonicalize(&named)
        .is_ok_and(|path| std::fs::canonicalize(root).is_ok_and(|root| path == root));
    let path = if leads_there { named } else { root.to_path_buf() };
    let base = Base { name: name.to_owned(), path, is_folder: metadata.is_dir() };
    let mut listing = Listing { base, ..Listing::default() };
    if !metadata.is_dir() {
        if !metadata.is_file() {
            return Err(Error::new(Kind::User, "neither a file nor a folder:").at(root));
        }
        let source = root.file_name().map_or_else(String::new, |name| name_of(Path::new(name)));
        if is_wanted(&source) {
            listing.push(&source, metadata.len(), modified(&metadata));
        }
        listing.files.pack();
        return Ok(listing);
    }
    std::fs::read_dir(root).map_err(|error| Error::io("cannot read", root, &error))?;
    let mut walk = WalkBuilder::new(root);
    walk.parents(false).git_global(false).git_exclude(false).require_git(false).follow_links(false);
    let is_folder = |entry: &ignore::DirEntry| entry.file_type().is_some_and(|kind| kind.is_dir());
    walk.filter_entry(move |entry| !(is_folder(entry) && is_index(entry.path())));
    for found in walk.build() {
        match found {
            Ok(found) => {
                if !found.file_type().is_some_and(|kind| kind.is_file()) {
                    continue;
                }
                let path = relative(root, found.path());
                if !is_wanted(&path) {
                    continue;
                }
                match found.metadata() {
                    Ok(metadata) => listing.push(&path, metadata.len(), modified(&metadata)),
                    Err(error) => listing.unreadable(root, found.path(), &error),
                }
            }
            Err(error) => {
                let path = error_path(&error).unwrap_or_else(|| root.to_path_buf());
                listing.unreadable(root, &path, &error);
            }
        }
    }
    listing.files.pack();
    // The walk itself keeps to no order.
    let mut failures: Vec<(String, Error)> =
        std::mem::take(&mut listing.unread).into_iter().zip(std::mem::take(&mut listing.errors)).collect();
    failures.sort_by(|(a, _), (b, _)| a.cmp(b));
    (listing.unread, listing.errors) = failures.into_iter().unzip();
    Ok(listing)
}

impl Listing {
    fn push(&mut self, source: &str, size: u64, modified: i64) {
        self.files.push(FileEntry { source: source.into(), size, modified });
    }

    fn unreadable(&mut self, root: &Path, path: &Path, error: &ignore::Error) {
        let cause = error.io_error().map_or_else(
            || error.to_string(),
            |error| {
                if error.kind() == std::io::ErrorKind::PermissionDenied {
                    "permission denied".to_owned()
                } else {
                    error.to_string()
                }
            },
        );
        self.errors.push(Error::new(Kind::System, "cannot read").at(path).because(cause));
        self.unread.push(relative(root, path));
    }
}

fn error_path(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => error_path(err),
        _ => None,
    }
}

/// An index inside a root is no text to index.
fn is_index(path: &Path) -> bool {
    path.join("meta.json").is_file() && path.join(".managed.json").is_file()
}

fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    if std::path::MAIN_SEPARATOR == '/' {
        return name_of(below);
    }
    below.components().map(|part| name_of(Path::new(part.as_os_str()))).collect::<Vec<_>>().join("/")
}

/// Time of last change in nanoseconds since the epoch.
pub(crate) fn modified(metadata: &std::fs::Metadata) -> i64 {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.map_or(0, |since| i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}
