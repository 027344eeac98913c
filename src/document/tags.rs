//! Tags as bytes: what stands between two texts of a page's source, and how it reads.

use std::ops::Range;

use super::tag_token;

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

/// How a stretch of markup between two texts reads in the bytes of a passage that goes over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// As white space: a tag that parts words.
    Break,
    /// As white space: it is that.
    Space,
    /// As nothing: a tag within a sentence.
    Nothing,
    /// As something that is no text of the page, so that a passage must leave it out: a comment, a script, text that is
    /// hidden, a tag that seems to end early.
    LeftOut,
}

/// The markup between two texts, stretch by stretch.
pub(super) struct Markup<'a> {
    source: &'a str,
    /// What is left to read.
    gap: Range<usize>,
    /// Whether what stands in `<noscript>` is no markup.
    scripting: bool,
}

impl<'a> Markup<'a> {
    /// What stands in `gap`; nothing where it ends before it starts.
    pub(super) fn between(source: &'a str, gap: Range<usize>, scripting: bool) -> Self {
        Self { source, gap, scripting }
    }
}

impl Iterator for Markup<'_> {
    type Item = (Reading, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.source.get(self.gap.clone()).filter(|rest| !rest.is_empty())?;
        let (reading, mut len) = first_markup(rest, self.scripting);
        if reading == Reading::LeftOut {
            // White space behind it is part of it: on both sides of what is hidden there often is some.
            len = rest.len() - rest[len..].trim_ascii_start().len();
        }
        let start = self.gap.start;
        self.gap.start += len;
        Some((reading, start..self.gap.start))
    }
}

/// Reads the markup at the start of `rest` and its length in bytes.
fn first_markup(rest: &str, scripting: bool) -> (Reading, usize) {
    let up_to = |end: Option<usize>| end.unwrap_or(rest.len());
    let spaces = rest.len() - rest.trim_ascii_start().len();
    if spaces > 0 {
        return (Reading::Space, spaces);
    }
    if rest.starts_with("<!--") {
        return (Reading::LeftOut, up_to(memchr::memmem::find(rest.as_bytes(), b"-->").map(|end| end + 3)));
    }
    if is_bogus_comment(rest) {
        return (Reading::LeftOut, up_to(memchr::memchr(b'>', rest.as_bytes()).map(|end| end + 1)));
    }
    let Some(name) = tag_name(rest) else {
        return (Reading::LeftOut, up_to(memchr::memchr(b'<', &rest.as_bytes()[1..]).map(|end| end + 1)));
    };
    let Some(end) = tag_token::len(rest).or_else(|| tag_len(rest.as_bytes())) else {
        return (Reading::LeftOut, rest.len());
    };
    let raw = is_raw(name.as_bytes()) || scripting && name.as_bytes() == b"noscript";
    if raw && !rest.starts_with("</") {
        // What never ends is none of these, but an element of SVG or MathML by the same name.
        let Some(len) = end_tag(&rest.as_bytes()[end..], name.as_bytes()) else {
            return (Reading::LeftOut, end);
        };
        let inner = end + len;
        let close = memchr::memchr(b'>', &rest.as_bytes()[inner..]);
        return (Reading::LeftOut, up_to(close.map(|at| inner + at + 1)));
    }
    // Whoever reads the bytes takes the first `>` for the end, though it be quoted.
    let reading = if memchr::memchr(b'>', &rest.as_bytes()[..end - 1]).is_some() {
        Reading::LeftOut
    } else if breaks_text(name.as_bytes()) {
        Reading::Break
    } else {
        Reading::Nothing
    };
    (reading, end)
}

/// Length in bytes of the tag at the start of `bytes`, if it ends: at the first `>` that is not in a quoted value.
pub(super) fn tag_len(bytes: &[u8]) -> Option<usize> {
    tag_size(bytes).0
}

/// The length of the tag at the start of `bytes`, if it ends, and how many attributes it has up to there.
pub(super) fn tag_size(bytes: &[u8]) -> (Option<usize>, usize) {
    /// What stands before the next byte.
    enum After {
        /// The beginning of the tag's own name.
        TagName,
        /// The beginning of an unquoted value.
        Value,
        /// White space or a value; what follows is an attribute's name.
        Attribute,
        /// The beginning of an attribute's name.
        Name,
        /// An attribute's name and white space.
        WholeName,
        Equals,
    }
    let mut after = After::TagName;
    let mut at = 1;
    let mut attributes = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        after = match (after, byte) {
            (_, b'>') => return (Some(at), attributes),
            (After::Equals, b'"' | b'\'') => {
                let Some(len) = memchr::memchr(byte, &bytes[at..]) else { break };
                at += len + 1;
                After::Attribute
            }
            (After::Equals, byte) if byte.is_ascii_whitespace() => After::Equals,
            (After::Equals, _) => After::Value,
            (After::Name | After::WholeName, b'=') => After::Equals,
            (After::Name | After::WholeName, byte) if byte.is_ascii_whitespace() => After::WholeName,
            (After::Value, byte) if !byte.is_ascii_whitespace() => After::Value,
            (After::TagName | After::Attribute | After::Name | After::WholeName, b'/') => After::Attribute,
            (After::TagName, byte) if !byte.is_ascii_whitespace() => After::TagName,
            (After::Attribute | After::WholeName, byte) if !byte.is_ascii_whitespace() => {
                attributes += 1;
                After::Name
            }
            (After::Name | After::WholeName, _) => After::Name,
            (After::TagName | After::Value | After::Attribute, _) => After::Attribute,
        };
    }
    (None, attributes)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_count_only_where_a_value_begins() {
        for (tag, after) in [
            ("<a>", "b>"),
            ("<a b=\"> <p>\">", "c"),
            ("<a b = '>'c>", ">"),
            ("<a b=c'>", "'>"),
            ("<a=\">", "\">"),
            ("<a =\">", "\">"),
            ("<a/=\">", "\">"),
            ("<a/b='>'>", "c"),
            ("<a b/=\">", "\">"),
            ("<a b=/'>", "'>"),
            ("<a b=''=\">", "\">"),
            ("<a b=>", ">"),
            ("</a b='>'>", ">"),
        ] {
            assert_eq!(tag_len(format!("{tag}{after}").as_bytes()), Some(tag.len()), "{tag}");
        }
        for open in ["<a", "<a b='>", "<a b=\">'>"] {
            assert_eq!(tag_len(open.as_bytes()), None, "{open}");
        }
    }

    #[test]
    fn markup_is_read_as_the_bytes_are() {
        let read = |source: &str| -> Vec<(Reading, String)> {
            let markup = Markup::between(source, 0..source.len(), true);
            markup.map(|(reading, range)| (reading, source[range].to_owned())).collect()
        };
        let expected = [
            (Reading::Nothing, "<b>"),
            (Reading::Space, " "),
            (Reading::LeftOut, "<!-- <p> -->\n"),
            (Reading::Break, "</p>"),
            (Reading::LeftOut, "<i a='>'>"),
            (Reading::LeftOut, "<script><p></script> "),
            (Reading::Break, "<br>"),
            (Reading::LeftOut, "hidden "),
            (Reading::LeftOut, "</>"),
            (Reading::LeftOut, "<p a='>"),
        ];
        let source: String = expected.iter().map(|(_, markup)| *markup).collect();
        assert_eq!(read(&source), expected.map(|(reading, markup)| (reading, markup.to_owned())));
    }
}
