//! A record: the bytes of one document and what is known about where they came from.

use std::path::PathBuf;

/// Where a record came from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Origin {
    /// The root it was found under, as the user named it; for a file named directly, the folder it is in.
    pub root: String,
    /// Path relative to the root, with `/` between the parts, followed by `#ID` for a record inside a file.
    pub source: String,
    /// The path at which the file can be opened.
    pub path: PathBuf,
}

/// The format of a record's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Media {
    /// Lines of text.
    #[default]
    Plain,
    /// A web page.
    Html,
    /// `CommonMark`.
    Markdown,
}

impl Media {
    /// The name used in options and output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "text",
            Self::Html => "html",
            Self::Markdown => "markdown",
        }
    }
}

/// One document as it was read: the input of the pure core.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// Where it came from.
    pub origin: Origin,
    /// The format of `bytes`.
    pub media: Media,
    /// The charset that something outside the bytes names (a header of an archive), by its WHATWG label.
    pub encoding: Option<String>,
    /// The document's own identifier where its container gives one (`_id` of a JSON line).
    pub id: Option<String>,
    /// The title that the container gives (`title` of a JSON line).
    pub title: Option<String>,
    /// The address that the container gives.
    pub url: Option<String>,
    /// The date that the container gives, as it is written there.
    pub date: Option<String>,
    /// The content, decompressed and otherwise as it is on disk; the frame of every original span.
    pub bytes: Vec<u8>,
}

impl Record {
    /// The source without the record inside it: the path of the file, relative to the root.
    #[must_use]
    pub fn file_source(&self) -> &str {
        without_record(&self.origin.source, self.id.as_deref())
    }

    /// A record of plain text that came from nowhere in particular: for tests, benches and examples.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self { bytes: text.as_bytes().to_vec(), ..Self::default() }
    }

    /// A record of HTML that came from nowhere in particular.
    #[must_use]
    pub fn html(text: &str) -> Self {
        Self { media: Media::Html, ..Self::plain(text) }
    }
}

/// The path of a file without the identifier of the record inside it, which may hold a `#` itself.
#[must_use]
pub fn without_record<'a>(source: &'a str, id: Option<&str>) -> &'a str {
    id.and_then(|id| source.strip_suffix(id)?.strip_suffix('#')).unwrap_or(source)
}
