//! Tags as bytes: what stands between two texts of a page's source, and how it reads.

use std::ops::Range;

use crate::span::{OriginalSpan, Span, SpanMap};

/// The visible text of a fragment of HTML, as the spans of a passage are promised to give it: entities decoded, block
/// tags as white space, inline tags as nothing.
#[must_use]
pub fn visible_text(fragment: &str) -> String {
    // A byte of 0 is no text, wherever it stands.
    let fragment = if fragment.contains('\0') { &fragment.replace('\0', "") } else { fragment };
    let mut text = String::with_capacity(fragment.len());
    let mut rest = fragment;
    while let Some(at) = memchr::memchr2(b'<', b'&', rest.as_bytes()) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(name) = tag_name(rest) {
            if breaks_text(name.as_bytes()) {
                text.push(' ');
            }
            rest = &rest[memchr::memchr(b'>', rest.as_bytes()).map_or(rest.len(), |end| end + 1)..];
            continue;
        }
        let next = memchr::memchr2(b'<', b'&', &rest.as_bytes()[1..]).map_or(rest.len(), |next| next + 1);
        let parsed = scraper::Html::parse_fragment(&rest[..next]);
        for piece in parsed.root_element().text() {
            text.push_str(piece);
        }
        rest = &rest[next..];
    }
    text.push_str(rest);
    text
}

/// Whether a tag counts as white space in text.
fn breaks_text(tag: &[u8]) -> bool {
    tag == b"br" || is_block(tag)
}

/// A tag, comment or text between two texts of the source.
enum Markup {
    /// A tag that reads as white space.
    Break,
    /// A tag that reads as nothing, or white space.
    Clear,
    /// A comment, a script or the like, which must be left out of a passage.
    Opaque,
    /// A tag with a `>` in quotes, which seems to end there for anyone who reads the bytes.
    Quoting,
    /// Text; where a passage does not hold it, it is hidden or dropped.
    Text,
}

/// Reads the markup at the start of `rest` and its length in bytes. With `scripting`, what stands in `<noscript>` is no
/// markup.
fn next_markup(rest: &str, scripting: bool) -> (Markup, usize) {
    let spaces = rest.len() - rest.trim_ascii_start().len();
    if spaces > 0 {
        return (Markup::Clear, spaces);
    }
    if rest.starts_with("<!--") {
        let end = memchr::memmem::find(rest.as_bytes(), b"-->");
        return (Markup::Opaque, end.map_or(rest.len(), |end| end + 3));
    }
    if is_bogus_comment(rest) {
        return (Markup::Opaque, memchr::memchr(b'>', rest.as_bytes()).map_or(rest.len(), |end| end + 1));
    }
    let Some(name) = tag_name(rest) else {
        let end = memchr::memchr(b'<', &rest.as_bytes()[1..]).map_or(rest.len(), |end| end + 1);
        return (Markup::Text, end);
    };
    let end = memchr::memchr(b'>', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
    let raw = is_raw(name.as_bytes()) || scripting && name.as_bytes() == b"noscript";
    if raw && !rest.starts_with("</") {
        // What never ends is none of these, but an element of SVG or MathML by the same name.
        let Some(len) = end_tag(&rest.as_bytes()[end..], name.as_bytes()) else {
            return (Markup::Opaque, end);
        };
        let inner = end + len;
        let close_end =
            memchr::memchr(b'>', &rest.as_bytes()[inner..]).map_or(rest.len(), |at| inner + at + 1);
        return (Markup::Opaque, close_end);
    }
    // A quoted '>' would end the tag too early for anyone who reads the bytes.
    let quotes = memchr::memchr_iter(b'"', &rest.as_bytes()[..end]).count();
    if quotes % 2 == 1 {
        return (Markup::Quoting, end);
    }
    (if breaks_text(name.as_bytes()) { Markup::Break } else { Markup::Clear }, end)
}

/// Whether `rest` begins with what browsers take for a comment although it is none: a declaration, a processing
/// instruction, or an end tag without a name.
fn is_bogus_comment(rest: &str) -> bool {
    rest.starts_with("<!")
        || rest.starts_with("<?")
        || rest.strip_prefix("</").is_some_and(|name| !name.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Where the first end tag of this lower-case name begins.
pub(super) fn end_tag(bytes: &[u8], name: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(bytes, b"</").find(|at| {
        let rest = &bytes[at + 2..];
        rest.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name))
    })
}

/// The name of a tag in lower case, or the beginning of one that is longer than any name in HTML.
#[derive(Debug, Clone, Copy)]
struct TagName {
    bytes: [u8; LONGEST_NAME + 1],
    len: usize,
}

/// Length in bytes of the longest names of elements (`blockquote`, `figcaption`).
const LONGEST_NAME: usize = 10;

impl TagName {
    /// The name that `rest`, what stands after `<` or `</`, begins with; empty where none does.
    fn read(rest: &str) -> Self {
        let mut name = Self { bytes: [0; LONGEST_NAME + 1], len: 0 };
        let letters = rest.bytes().take_while(u8::is_ascii_alphanumeric);
        for (place, letter) in name.bytes.iter_mut().zip(letters) {
            *place = letter.to_ascii_lowercase();
            name.len += 1;
        }
        name
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// The name of the tag at the start of `rest`, if a tag starts there.
fn tag_name(rest: &str) -> Option<TagName> {
    let inner = rest.strip_prefix('<')?;
    let inner = inner.strip_prefix('/').unwrap_or(inner);
    inner.starts_with(|c: char| c.is_ascii_alphabetic()).then(|| TagName::read(inner))
}

/// Elements whose content is not markup, or is never shown.
fn is_raw(name: &[u8]) -> bool {
    matches!(
        name,
        b"script"
            | b"style"
            | b"template"
            | b"textarea"
            | b"iframe"
            | b"svg"
            | b"select"
            | b"title"
            | b"xmp"
            | b"plaintext"
    )
}

/// Most bytes of tags that are read in search of one that reads as white space.
const LONGEST_TAIL: usize = 4096;

/// The first tag from `at` on that reads as white space, if no text stands before it.
pub(super) fn breaking_tag(source: &str, at: usize, scripting: bool) -> Option<Range<usize>> {
    let mut start = at;
    while start < source.len() && start - at < LONGEST_TAIL {
        let (markup, len) = next_markup(&source[start..], scripting);
        match markup {
            Markup::Break => return Some(start..start + len),
            Markup::Clear | Markup::Opaque | Markup::Quoting => start += len,
            Markup::Text => return None,
        }
    }
    None
}

/// The first tag that reads as white space in the gap between two texts that follow one another in a passage. What text
/// stands in the gap is hidden, and left out of the passage.
pub(super) fn breaking_tag_between(source: &str, gap: Range<usize>, scripting: bool) -> Option<Range<usize>> {
    let mut start = gap.start;
    while start < gap.end {
        let (markup, len) = next_markup(&source[start..gap.end], scripting);
        let end = start + len;
        if matches!(markup, Markup::Break) && source[..end].ends_with('>') {
            return Some(start..end);
        }
        start = end;
    }
    None
}

/// Whether the gap between two texts reads as white space, once what a passage must leave out of it is gone.
pub(super) fn is_parted(source: &str, gap: Range<usize>, scripting: bool) -> bool {
    let (mut start, mut left_out) = (gap.start, false);
    while start < gap.end {
        let rest = &source[start..gap.end];
        let (markup, len) = next_markup(rest, scripting);
        // White space behind what is left out goes with it.
        let reads = match markup {
            Markup::Break => true,
            Markup::Clear => !left_out && rest.starts_with(|c: char| c.is_ascii_whitespace()),
            Markup::Opaque | Markup::Text => false,
            // Where it ends is not known, so that all the rest is left out.
            Markup::Quoting => return false,
        };
        if reads {
            return true;
        }
        left_out = matches!(markup, Markup::Opaque | Markup::Text);
        start += len;
    }
    false
}

/// The original ranges between texts that a passage must leave out.
pub(super) fn opaque_ranges(
    source: &str,
    map: &SpanMap,
    outer: &SpanMap,
    scripting: bool,
) -> Vec<OriginalSpan> {
    let mut ranges = Vec::new();
    for gap in map.gaps() {
        let Some(mut rest) = source.get(gap.range()) else { continue };
        while !rest.is_empty() {
            let (markup, mut len) = next_markup(rest, scripting);
            let start = gap.end - rest.len();
            if matches!(markup, Markup::Quoting) {
                len = rest.len();
            }
            if matches!(markup, Markup::Opaque | Markup::Quoting | Markup::Text) {
                // What looks like white space after it may be inside of a tag whose end was taken for another one.
                len = rest.len() - rest[len..].trim_ascii_start().len();
                // The gap is a range of the decoded page, which is the text of the outer map.
                ranges.extend(outer.to_original(Span::new(start, start + len)));
            }
            rest = &rest[len..];
        }
    }
    crate::span::normalize(ranges)
}

/// Elements that begin a block of their own.
pub(super) fn is_block(tag: &[u8]) -> bool {
    matches!(
        tag,
        b"address"
            | b"article"
            | b"aside"
            | b"blockquote"
            | b"body"
            | b"caption"
            | b"center"
            | b"dd"
            | b"details"
            | b"dialog"
            | b"dir"
            | b"div"
            | b"dl"
            | b"dt"
            | b"fieldset"
            | b"figcaption"
            | b"figure"
            | b"footer"
            | b"form"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"header"
            | b"hgroup"
            | b"hr"
            | b"html"
            | b"legend"
            | b"li"
            | b"main"
            | b"menu"
            | b"nav"
            | b"ol"
            | b"p"
            | b"pre"
            | b"section"
            | b"summary"
            | b"table"
            | b"tbody"
            | b"td"
            | b"tfoot"
            | b"th"
            | b"thead"
            | b"tr"
            | b"ul"
    )
}
