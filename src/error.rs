//! The one error type: what failed, where, why, and what to do next.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// What sort of thing went wrong; decides nothing but how the error may be handled by a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request cannot be carried out as it was put (a path that is not there, a folder that is no index).
    User,
    /// The data could not be read or is not what it claims to be.
    Data,
    /// The index is damaged, of another version, or in use.
    Index,
    /// The operating system refused (permission, space).
    System,
}

/// An error as a person reads it: lower case, no full stop, one hint.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    what: String,
    path: Option<PathBuf>,
    cause: Option<String>,
    hint: Option<String>,
}

/// The result of everything at the edges; the core is total and has no use for it.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error of `kind` that says `what` failed.
    pub fn new(kind: Kind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into(), path: None, cause: None, hint: None }
    }

    /// Names the file or folder it happened at.
    #[must_use]
    pub fn at(mut self, path: &Path) -> Self {
        self.path = Some(path.to_path_buf());
        self
    }

    /// Adds the reason that another layer gave.
    #[must_use]
    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// An operation of the file system that failed at `path`.
    #[must_use]
    pub fn io(what: &str, path: &Path, error: &io::Error) -> Self {
        let kind = if error.kind() == io::ErrorKind::NotFound { Kind::User } else { Kind::System };
        let cause = match error.kind() {
            io::ErrorKind::NotFound => "no such file or folder".to_owned(),
            io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            io::ErrorKind::StorageFull => "no space left on the disk".to_owned(),
            _ => error.to_string(),
        };
        Self::new(kind, what).at(path).because(cause)
    }

    /// What sort of error this is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// What to do next, if there is something.
    #[must_use]
    pub fn hint_text(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if let Some(path) = &self.path {
            write!(f, " {}", path.display())?;
        }
        if let Some(cause) = &self.cause {
            write!(f, ": {cause}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
