//! Tags as bytes: what stands between two texts of a page's source, and how it reads.

use crate::span::{OriginalSpan, Span, SpanMap};

/// The visible text of a fragment of HTML, as the spans of a passage are promised to give it: entities decoded, block
/// tags as white space, inline tags as nothing.
#[must_use]
pub fn visible_text(fragment: &str) -> String {
    let mut text = String::with_capacity(fragment.len());
    let mut rest = fragment;
    while let Some(at) = memchr::memchr2(b'<', b'&', rest.as_bytes()) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(name) = tag_name(rest) {
            if breaks_text(&name) {
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
fn breaks_text(tag: &str) -> bool {
    tag == "br" || is_block(tag)
}

/// A tag, comment or text between two texts of the source.
enum Markup {
    /// A tag that reads as white space.
    Break,
    /// A tag that reads as nothing, or white space.
    Clear,
    /// A comment, a script or the like, which must be left out of a passage.
    Opaque,
    /// Text; where a passage does not hold it, it is hidden or dropped.
    Text,
}

/// Reads the markup at the start of `rest` and its length in bytes.
fn next_markup(rest: &str) -> (Markup, usize) {
    let spaces = rest.len() - rest.trim_ascii_start().len();
    if spaces > 0 {
        return (Markup::Clear, spaces);
    }
    if rest.starts_with("<!--") {
        return (Markup::Opaque, rest.find("-->").map_or(rest.len(), |end| end + 3));
    }
    let Some(name) = tag_name(rest) else {
        let end = memchr::memchr(b'<', &rest.as_bytes()[1..]).map_or(rest.len(), |end| end + 1);
        return (Markup::Text, end);
    };
    let end = memchr::memchr(b'>', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
    if is_raw(&name) && !rest.starts_with("</") {
        let close = format!("</{name}");
        let inner = rest[end..].to_ascii_lowercase().find(&close).map_or(rest.len(), |at| end + at);
        let close_end =
            memchr::memchr(b'>', &rest.as_bytes()[inner..]).map_or(rest.len(), |at| inner + at + 1);
        return (Markup::Opaque, close_end);
    }
    // A quoted '>' would end the tag too early for anyone who reads the bytes.
    let quotes = rest[..end].bytes().filter(|byte| *byte == b'"').count();
    if quotes % 2 == 1 {
        return (Markup::Opaque, end);
    }
    (if breaks_text(&name) { Markup::Break } else { Markup::Clear }, end)
}

/// The lower-case name of the tag at the start of `rest`, if a tag starts there.
fn tag_name(rest: &str) -> Option<String> {
    let inner = rest.strip_prefix('<')?;
    let inner = inner.strip_prefix('/').unwrap_or(inner);
    let name: String = inner.chars().take_while(char::is_ascii_alphanumeric).collect();
    (!name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit())).then(|| name.to_ascii_lowercase())
}

/// Elements whose content is not markup, or is never shown.
fn is_raw(name: &str) -> bool {
    matches!(
        name,
        "script" | "style" | "noscript" | "template" | "textarea" | "iframe" | "svg" | "select" | "title"
    )
}

/// Most bytes of tags that are read in search of one that reads as white space.
const LONGEST_TAIL: usize = 4096;

/// The first tag from `at` on that reads as white space, if no text stands before it.
pub(super) fn breaking_tag(source: &str, at: usize) -> Option<std::ops::Range<usize>> {
    let mut start = at;
    while start < source.len() && start - at < LONGEST_TAIL {
        let (markup, len) = next_markup(&source[start..]);
        match markup {
            Markup::Break => return Some(start..start + len),
            Markup::Clear | Markup::Opaque => start += len,
            Markup::Text => return None,
        }
    }
    None
}

/// The original ranges between texts that a passage must leave out.
pub(super) fn opaque_ranges(source: &str, map: &SpanMap, outer: &SpanMap) -> Vec<OriginalSpan> {
    let mut ranges = Vec::new();
    for gap in map.gaps() {
        let Some(mut rest) = source.get(gap.range()) else { continue };
        while !rest.is_empty() {
            let (markup, len) = next_markup(rest);
            let start = gap.end - rest.len();
            if matches!(markup, Markup::Opaque | Markup::Text) {
                // The gap is a range of the decoded page, which is the text of the outer map.
                ranges.extend(outer.to_original(Span::new(start, start + len)));
            }
            rest = &rest[len..];
        }
    }
    crate::span::normalize(ranges)
}

/// Elements that begin a block of their own.
pub(super) fn is_block(tag: &str) -> bool {
    matches!(
        tag,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}
