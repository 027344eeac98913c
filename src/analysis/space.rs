//! White space as it is read: single spaces between words.

use std::borrow::Cow;

use super::bits;

/// The text with white space as single spaces, and none at its ends. Linear; text that is so already is not copied.
#[must_use]
pub fn one_spaced(text: &str) -> Cow<'_, str> {
    if is_one_spaced(text) {
        return Cow::Borrowed(text);
    }
    let mut spaced = String::with_capacity(text.len());
    let mut push = |part: &str| {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(part);
    };
    // Most lines of a text need nothing done to them.
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        let line = text[start..end].trim();
        start = end + 1;
        if is_one_spaced(line) && !line.is_empty() {
            push(line);
        } else {
            line.split_whitespace().for_each(&mut push);
        }
    }
    Cow::Owned(spaced)
}

/// Whether a text has single spaces between its words and no other white space. Another text may be so spaced and not be
/// recognised, but no text of ASCII, Latin, Greek or Cyrillic letters is without something odd in it.
#[must_use]
pub fn is_one_spaced(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.first() == Some(&b' ')
        || bytes.last().is_some_and(|last| *last == b' ' || last.is_ascii_control())
    {
        return false;
    }
    let (mut before, mut ascii) = (0, true);
    for (piece, len) in bits::pieces(bytes) {
        let spaces = piece.equal(b' ') & bits::first(len);
        let controls = piece.within(0, b' ' - 1);
        if controls != 0 || spaces & bits::after(spaces, before, 1) != 0 {
            return false;
        }
        before = spaces;
        ascii &= piece.within(0x80, u8::MAX) == 0;
    }
    ascii || !any(bytes, is_wide_space)
}

/// Whether something holds of any two bytes that follow one another: no branch in the loop, so that it looks at many at
/// once.
fn any(bytes: &[u8], holds: impl Fn(u8, u8) -> u8) -> bool {
    let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    let mut any = 0;
    for (&byte, &next) in pairs {
        any |= holds(byte, next);
    }
    any != 0
}

/// Whether two bytes are in every white space beyond ASCII: U+0085, U+00A0, U+1680, U+2000 to U+200A, U+2028, U+2029,
/// U+202F, U+205F, U+3000. Some other characters have them too.
fn is_wide_space(byte: u8, next: u8) -> u8 {
    let two = |first: u8, second: u8| u8::from(byte == first) & u8::from(next == second);
    two(0xc2, 0x85)
        | two(0xc2, 0xa0)
        | two(0xe1, 0x9a)
        | u8::from(byte == 0x80) & u8::from((0x80..=0x8a).contains(&next))
        | two(0x80, 0xa8)
        | two(0x80, 0xa9)
        | two(0x80, 0xaf)
        | two(0x81, 0x9f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_folded_as_words_are_joined() {
        for text in [
            "",
            " ",
            "a",
            "a b",
            "a  b",
            " a",
            "a ",
            "a\nb c\n\n d\t e\r\n",
            "é\u{a0}f\ng h",
            "\u{b}a\u{c}b\u{7f} c\u{85}d",
            "one “two” — three’s",
            "a\u{2003}b",
            "a\u{3000}b\u{1680}c\u{205f}d\u{202f}e",
        ] {
            let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(one_spaced(text), joined, "{text:?}");
            assert!(!is_one_spaced(text) || text == joined, "{text:?}");
        }
        assert!(is_one_spaced("one “two” — three’s"));
    }

    #[test]
    fn every_white_space_is_recognised() {
        for space in ('\0'..=char::MAX).filter(|c| c.is_whitespace() && *c != ' ') {
            assert!(!is_one_spaced(&format!("a{space}b")), "{space:?}");
        }
    }
}
