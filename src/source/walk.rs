//! Walking: the files under a root, in a fixed order.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use ignore::WalkBuilder;

use crate::error::{Error, Kind, Result};
use crate::record::Origin;

/// A file that was found.
#[derive(Debug, Clone)]
pub struct FileEntry {
    /// Where it is.
    pub origin: Origin,
    /// Size in bytes.
    pub size: u64,
    /// Time of last change, in nanoseconds since the epoch; 0 if unknown.
    pub modified: i64,
}

/// The files under a root, and what could not be looked at.
#[derive(Debug, Default)]
pub struct Listing {
    /// Files, sorted by path.
    pub files: Vec<FileEntry>,
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
    if name == super::STDIN {
        let origin = Origin { root: name.to_owned(), source: name.to_owned(), path: PathBuf::from(name) };
        // Standard input is new each time it is read.
        let now = std::time::SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        let modified = i64::try_from(now).unwrap_or(i64::MAX);
        return Ok(Listing { files: vec![FileEntry { origin, size: 0, modified }], ..Listing::default() });
    }
    let metadata = std::fs::metadata(root).map_err(|error| Error::io("cannot read", root, &error))?;
    let mut listing = Listing::default();
    if !metadata.is_dir() {
        if !metadata.is_file() {
            return Err(Error::new(Kind::User, "neither a file nor a folder:").at(root));
        }
        let source = root.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let origin = Origin { root: name.to_owned(), source, path: PathBuf::from(name) };
        listing.files.push(entry(origin, &metadata));
        return Ok(listing);
    }
    std::fs::read_dir(root).map_err(|error| Error::io("cannot read", root, &error))?;
    let mut walk = WalkBuilder::new(root);
    walk.parents(false).git_global(false).git_exclude(false).require_git(false).follow_links(false);
    walk.sort_by_file_name(Ord::cmp);
    walk.filter_entry(|entry| !is_index(entry.path()));
    for found in walk.build() {
        match found {
            Ok(found) => {
                if !found.file_type().is_some_and(|kind| kind.is_file()) {
                    continue;
                }
                let source = relative(root, found.path());
                match found.metadata() {
                    Ok(metadata) => {
                        let path = Path::new(name).join(&source);
                        let origin = Origin { root: name.to_owned(), source, path };
                        listing.files.push(entry(origin, &metadata));
                    }
                    Err(error) => listing.unreadable(root, found.path(), &error),
                }
            }
            Err(error) => {
                let path = error_path(&error).unwrap_or_else(|| root.to_path_buf());
                listing.unreadable(root, &path, &error);
            }
        }
    }
    listing.files.sort_by(|a, b| a.origin.source.cmp(&b.origin.source));
    Ok(listing)
}

impl Listing {
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
    let relative = path.strip_prefix(root).unwrap_or(path);
    relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn entry(origin: Origin, metadata: &std::fs::Metadata) -> FileEntry {
    FileEntry { origin, size: metadata.len(), modified: modified(metadata) }
}

/// Time of last change in nanoseconds since the epoch.
pub(crate) fn modified(metadata: &std::fs::Metadata) -> i64 {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.map_or(0, |since| i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}
