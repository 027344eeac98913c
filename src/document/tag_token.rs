//! Tags as most are written, read without the tokenizer: html5ever goes through a tag character by character and keeps all
//! of its attributes, which takes a quarter of the time of a page.

use std::borrow::Cow;
use std::ops::Range;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tag, TagKind};
use html5ever::{Attribute, LocalName, QualName, ns};

use super::attributes::{is_read, is_read_of_all};
use super::tags::{tag_len, tag_size};

/// Most attributes of a tag that are kept, beside those that are asked for on every element: each is compared with all
/// others.
const MOST_ATTRIBUTES: usize = 100;

/// The tag at the start of `rest`, and its length in bytes, with those of its attributes that anything reads; `part` makes the
/// text of a range of `rest`.
///
/// `None` where the tokenizer is to read it: what is no tag or does not end, names of other characters than nearly all
/// have, character references in values that are kept, and elements whose content is no markup. What is read is what the
/// tokenizer reads (WHATWG, "HTML", 13.2.5). Linear in the length of the tag.
pub(super) fn read(rest: &str, part: impl Fn(usize, usize) -> StrTendril) -> Option<(Tag, usize)> {
    let (kind, name) = name_of(rest)?;
    let lower_name = lower(&rest[name.clone()]);
    if ends_markup(&lower_name) {
        return None;
    }
    let mut attrs: Vec<Attribute> = Vec::new();
    let (self_closing, len) = each_attribute(rest, kind, name.end, |attribute, value| {
        let attribute = lower(attribute);
        if !is_read(&lower_name, &attribute) {
            return Some(());
        }
        if may_refer(&rest.as_bytes()[value.clone()]) {
            return None;
        }
        // The first of several counts.
        if (attrs.len() < MOST_ATTRIBUTES || is_read_of_all(&attribute))
            && !attrs.iter().any(|known| *known.name.local == *attribute)
        {
            let name = QualName::new(None, ns!(), LocalName::from(attribute));
            attrs.push(Attribute { name, value: part(value.start, value.end) });
        }
        Some(())
    })?;
    let name = LocalName::from(lower_name);
    Some((Tag { kind, name, self_closing, attrs, had_duplicate_attributes: false }, len))
}

/// Most attributes of a tag that the tokenizer reads: html5ever compares each with all others, and would take minutes for a
/// page of nothing but attributes. No page that is meant to be read has a tag of so many.
const MOST_TOKENIZED: usize = 1000;

/// A tag at the start of `rest` of more attributes than the tokenizer is to read, without them, and its length in bytes; no
/// text for one that does not end, which is no tag.
pub(super) fn bare(rest: &str) -> Option<(String, usize)> {
    // An attribute has a letter and white space at least.
    let bytes = rest.as_bytes();
    if bytes.len() < 2 * MOST_TOKENIZED || bytes[0] != b'<' || tag_len(&bytes[..2 * MOST_TOKENIZED]).is_some()
    {
        return None;
    }
    let (_, name) = name_of(rest)?;
    let (len, attributes) = tag_size(bytes);
    if attributes <= MOST_TOKENIZED {
        return None;
    }
    let Some(len) = len else { return Some((String::new(), rest.len())) };
    let end = name.end + bytes[name.end..len].iter().take_while(|byte| !ends_name(**byte)).count();
    let close = if rest[..len].ends_with("/>") { "/>" } else { ">" };
    Some((format!("{}{close}", rest.get(..end)?), len))
}

/// Length in bytes of the tag at the start of `rest`, if it is written plainly.
pub(super) fn len(rest: &str) -> Option<usize> {
    let (kind, name) = name_of(rest)?;
    each_attribute(rest, kind, name.end, |_, _| Some(())).map(|(_, len)| len)
}

/// The kind of the tag at the start of `rest`, and where its name stands.
fn name_of(rest: &str) -> Option<(TagKind, Range<usize>)> {
    let bytes = rest.as_bytes();
    let (kind, start) =
        if bytes.get(1) == Some(&b'/') { (TagKind::EndTag, 2) } else { (TagKind::StartTag, 1) };
    bytes.get(start)?.is_ascii_alphabetic().then(|| (kind, start..start + name_len(&bytes[start..])))
}

/// Calls `see` with the name and the range of the value of each attribute of a tag whose own name ends at `at`, until it says
/// `None`, and returns whether the tag closes itself and its length.
fn each_attribute<'a>(
    rest: &'a str,
    kind: TagKind,
    mut at: usize,
    mut see: impl FnMut(&'a str, Range<usize>) -> Option<()>,
) -> Option<(bool, usize)> {
    let bytes = rest.as_bytes();
    // Where a name would go on with a character that is none of a name, the tokenizer decides.
    let mut parted = false;
    loop {
        let spaces = space_len(&bytes[at..]);
        parted |= spaces > 0;
        at += spaces;
        match *bytes.get(at)? {
            b'>' => return Some((false, at + 1)),
            b'/' if bytes.get(at + 1) == Some(&b'>') && kind == TagKind::StartTag => {
                return Some((true, at + 2));
            }
            _ if !parted || kind == TagKind::EndTag => return None,
            _ => {}
        }
        let len = name_len(&bytes[at..]);
        if len == 0 {
            return None;
        }
        let attribute = &rest[at..at + len];
        at += len;
        let spaces = space_len(&bytes[at..]);
        at += spaces;
        parted = spaces > 0;
        let mut value = at..at;
        if bytes.get(at) == Some(&b'=') {
            at += 1 + space_len(&bytes[at + 1..]);
            (value, at) = value_at(bytes, at)?;
            parted = true;
        }
        see(attribute, value)?;
    }
}

/// The text in lower case, as names of tags and attributes are.
fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

fn name_len(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':')).count()
}

fn space_len(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| is_space(**byte)).count()
}

/// Whether the tokenizer takes a byte of a tag for white space; there are no carriage returns.
const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\x0C')
}

/// Whether the name of a tag ends before a byte.
pub(super) const fn ends_name(byte: u8) -> bool {
    is_space(byte) || matches!(byte, b'/' | b'>')
}

/// The range of the value that begins at `at`, and where what follows it begins.
fn value_at(bytes: &[u8], at: usize) -> Option<(Range<usize>, usize)> {
    let quote = *bytes.get(at)?;
    if matches!(quote, b'"' | b'\'') {
        let end = at + 1 + memchr::memchr(quote, &bytes[at + 1..])?;
        return Some((at + 1..end, end + 1));
    }
    let ends = |byte: &u8| is_space(*byte) || *byte == b'>';
    let end = at + bytes[at..].iter().position(ends)?;
    (end > at).then_some((at..end, end))
}

/// Whether a value may hold a character reference. A name without a semicolon is none where `=` follows it, as in the query
/// of an address.
fn may_refer(value: &[u8]) -> bool {
    memchr::memchr_iter(b'&', value).any(|at| {
        let rest = &value[at + 1..];
        let name = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let next = rest.get(name);
        next == Some(&b'#') || name > 0 && next != Some(&b'=')
    })
}

/// Whether what follows the beginning of an element is no markup, so that the tokenizer must know of it.
fn ends_markup(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "textarea"
            | "title"
            | "noscript"
            | "iframe"
            | "xmp"
            | "noembed"
            | "noframes"
            | "plaintext"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read of a tag, written out, and how much of the text it takes.
    fn told(text: &str) -> Option<(String, usize)> {
        let (tag, len) = read(text, |start, end| StrTendril::from(&text[start..end]))?;
        let mut told = format!("{}{}", if tag.kind == TagKind::EndTag { "/" } else { "" }, &*tag.name);
        for attribute in &tag.attrs {
            told.push_str(&format!(" {}={:?}", &*attribute.name.local, &*attribute.value));
        }
        told.push_str(if tag.self_closing { "/" } else { "" });
        Some((told, len))
    }

    #[test]
    fn plain_tags_are_read_with_the_attributes_that_count() {
        for (tag, expected) in [
            ("<p>", "p"),
            ("</P\n>", "/p"),
            ("<my-tag:x >", "my-tag:x"),
            ("<DIV Class='a b'ID=c data-x=\"<>&\">", "div class=\"a b\" id=\"c\""),
            ("<a href=/b/ title=>c>", ""),
            ("<a href=/b/ title = \"c\">", "a href=\"/b/\""),
            ("<a href='?b=1&copy=2& &'>", "a href=\"?b=1&copy=2& &\""),
            ("<b x=y hidden>", "b x=\"y\" hidden=\"\""),
            ("<img id=a id=b class />", "img id=\"a\" class=\"\"/"),
            ("<br/>", "br/"),
        ] {
            let read = told(&format!("{tag}> c"));
            let expected = (!expected.is_empty()).then(|| (expected.to_owned(), tag.len()));
            assert_eq!(read, expected, "{tag}");
        }
    }

    #[test]
    fn what_is_written_otherwise_is_left_to_the_tokenizer() {
        for tag in [
            "<",
            "<p",
            "<p ",
            "< p>",
            "<1>",
            "<!-- -->",
            "<p a",
            "<p a=",
            "<p a='",
            "<p a=b",
            "</p a>",
            "</p/>",
            "<p/a>",
            "<p\"a\">",
            "<p =a>",
            "<p é>",
            "<p class='&lt;'>",
            "<p class=&lt>",
            "<p class='&#65'>",
            "<p a=>",
            "<title>",
            "<SCRIPT>",
        ] {
            assert_eq!(told(tag), None, "{tag}");
        }
    }
}
