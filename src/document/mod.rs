//! Documents: a record decoded, with a map back to its bytes, cut into blocks. One file per format.

mod attributes;
mod charset;
mod head;
mod html;
mod located;
mod markdown;
mod plain;
mod reference;
mod tag_token;
mod tags;
mod visibility;

use crate::record::{Media, Record};
use crate::span::{OriginalSpan, SpanMap, TextSpan};

pub use tags::visible_text;

/// Version of parsing; part of the index fingerprint, as every layer's is whose change alters what is indexed.
pub const VERSION: u32 = 9;

/// A decoded record.
///
/// `text` is what a reader would see, with a line end between two blocks. In plain text it is the whole file; in HTML
/// what no block holds (tags, scripts, comments) is not in it.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// The decoded text.
    pub text: String,
    /// From `text` to the bytes of the record.
    pub map: SpanMap,
    /// The blocks of the text in order: lines of plain text, block elements of HTML. Blank lines are not blocks.
    pub blocks: Vec<Block>,
    /// The elements that hold blocks, parents before children; empty for formats without elements.
    pub elements: Vec<Element>,
    /// What these elements are called.
    pub names: Vec<Names>,
    /// What the document says of itself.
    pub meta: Meta,
    /// The format it was read as.
    pub media: Media,
    /// The charset it was decoded from, by its WHATWG name.
    pub encoding: &'static str,
    /// What was odd in the input; never an error.
    pub notes: Vec<Note>,
    /// Original offsets of line ends.
    line_ends: Vec<usize>,
}

/// What a document says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meta {
    /// Title given apart from the text (an HTML head, a JSON line); titles inside plain text stay where they are.
    pub title: Option<String>,
    /// Canonical address.
    pub url: Option<String>,
    /// Author's name.
    pub author: Option<String>,
    /// Date of publication, as `YYYY-MM-DD`.
    pub date: Option<String>,
    /// BCP 47 language tag.
    pub language: Option<String>,
    /// Open Graph type (`article`, `product`, …).
    pub kind: Option<String>,
    /// schema.org types of the page's JSON-LD and microdata, in lower case.
    pub types: Vec<String>,
    /// The text of its content as its JSON-LD states it, at most 64 KiB of it.
    pub body: Option<String>,
    /// What its head and its JSON-LD say that it is about, one line each.
    pub description: Option<String>,
}

/// Something odd about an input, returned as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// Bytes that are no text in the document's charset; they read as U+FFFD.
    Undecodable {
        /// How many places were replaced.
        places: usize,
    },
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum BlockKind {
    /// A line of plain text, or a paragraph.
    #[default]
    Paragraph,
    /// A heading, with its level from 1 to 6.
    Heading(u8),
    /// An item of a list.
    Item,
    /// A quotation.
    Quote,
    /// Code or other preformatted text.
    Code,
    /// A row of a table.
    Row,
    /// The caption of a figure or table.
    Caption,
}

/// A block of text: the unit that labels and passages are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Its bytes in the text, without white space around.
    pub span: TextSpan,
    /// What it is.
    pub kind: BlockKind,
    /// Whether a blank line (or the border of an element) separates it from the block before.
    pub gap: bool,
    /// Whether nothing in the original that reads as white space separates it from the block before, as where misnested tags
    /// make the tree of a page part what its bytes do not, or it stands before that one, as where a table moves its text.
    /// No passage goes over that place.
    pub unparted: bool,
    /// Bytes of its text that are inside links; always 0 in formats without links.
    pub linked: usize,
    /// Index of the element that holds it, in formats with elements.
    pub element: Option<u32>,
}

/// An element of a marked-up document, as far as boilerplate detection needs it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// Index of the parent.
    pub parent: Option<u32>,
    /// Index of its names among those of the document.
    pub names: u32,
    /// Images in it that are in no element within it.
    pub images: u16,
    /// Links that begin in it and in no element within it.
    pub links: u16,
    /// The least and the greatest hash of where those links lead; (`u32::MAX`, 0) where there are none.
    pub targets: (u32, u32),
}

/// What an element is called. Most elements of a page bear the same names as another one, and share them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Tag name in lower case.
    pub tag: Box<str>,
    /// `class`, `id` and `role` values, in lower case, separated by a space.
    pub tokens: Box<str>,
    /// The same without the `id`, which generators of pages make of headings.
    pub classes: Box<str>,
    /// `itemprop`/`itemtype` values, in lower case.
    pub microdata: Box<str>,
}

/// Reads a record as its media type says. Total: whatever the bytes are, there is a document.
#[must_use]
pub fn parse(record: &Record) -> Document {
    let decoded = charset::decode(record);
    let mut document = match record.media {
        Media::Plain => plain::parse(decoded),
        Media::Html => html::parse(decoded),
        Media::Markdown => markdown::parse(decoded),
    };
    document.media = record.media;
    if let Some(title) = &record.title
        && !title.trim().is_empty()
    {
        document.meta.title = Some(title.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    if document.meta.date.is_none() {
        document.meta.date = record.date.as_deref().and_then(head::iso_date);
    }
    if record.url.is_some() {
        document.meta.url.clone_from(&record.url);
    }
    document
}

impl Document {
    /// What an element is called.
    #[must_use]
    pub fn names_of(&self, element: &Element) -> &Names {
        &self.names[element.names as usize]
    }

    /// The text of a span.
    ///
    /// Spans come from this document, so they lie on its character boundaries; any other gives the empty string.
    #[must_use]
    pub fn slice(&self, span: TextSpan) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// The 1-based lines of the original that a range touches, first and last.
    #[must_use]
    pub fn lines_of(&self, span: OriginalSpan) -> (usize, usize) {
        let last_byte = span.end.saturating_sub(1).max(span.start);
        (self.line_at(span.start), self.line_at(last_byte))
    }

    /// The 1-based line of an original offset.
    #[must_use]
    pub fn line_at(&self, original: usize) -> usize {
        self.line_ends.partition_point(|&end| end < original) + 1
    }

    /// The same, found in a few steps where that line is `near` or soon after it.
    #[must_use]
    pub(crate) fn line_near(&self, original: usize, near: usize) -> usize {
        const FEW: usize = 8;
        let before = near.saturating_sub(1).min(self.line_ends.len());
        if before > 0 && self.line_ends[before - 1] >= original {
            return self.line_at(original);
        }
        let after = &self.line_ends[before..];
        let few = after.iter().take(FEW).position(|&end| end >= original);
        before + few.unwrap_or_else(|| after.partition_point(|&end| end < original)) + 1
    }

    fn with_lines(mut self, decoded: &str, map: &SpanMap) -> Self {
        self.line_ends =
            memchr::memchr_iter(b'\n', decoded.as_bytes()).map(|end| map.original_offset(end)).collect();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_from_wherever_it_is_looked_for() {
        let document = parse(&Record::plain("a\n\nbc\n".repeat(12).as_str()));
        for original in 0..document.text.len() + 2 {
            for near in 0..40 {
                assert_eq!(
                    document.line_near(original, near),
                    document.line_at(original),
                    "{original} {near}"
                );
            }
        }
    }
}
