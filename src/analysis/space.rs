//! White space as it is read: single spaces between words.

use std::borrow::Cow;

use fearless_simd::{Level, Simd, dispatch};

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
    !dispatch!(Level::new(), simd => {
        has_odd_space(simd, bytes) || !text.is_ascii() && has_wide_space(simd, bytes)
    })
}

/// Whether a text has two spaces together, or a control character.
#[inline(always)]
fn has_odd_space<S: Simd>(simd: S, bytes: &[u8]) -> bool {
    let (mut before, mut from) = (0, 0);
    while from < bytes.len() {
        let (piece, len) = bits::piece(simd, bytes, from);
        let spaces = piece.equal(b' ') & bits::first(len);
        if piece.within(0, b' ' - 1) != 0 || spaces & bits::after(spaces, before, 1) != 0 {
            return true;
        }
        before = spaces;
        from += len;
    }
    false
}

/// Whether two bytes follow one another that are in every white space beyond ASCII: U+0085, U+00A0, U+1680, U+2000 to
/// U+200A, U+2028, U+2029, U+202F, U+205F, U+3000. Some other characters have them too.
#[inline(always)]
fn has_wide_space<S: Simd>(simd: S, bytes: &[u8]) -> bool {
    // Where the first byte of each pair stood in the piece before.
    let (mut before, mut from) = ([0; 4], 0);
    while from < bytes.len() {
        let (piece, len) = bits::piece(simd, bytes, from);
        let firsts = [piece.equal(0xc2), piece.equal(0xe1), piece.equal(0x80), piece.equal(0x81)];
        let [latin, ogham, general, medium] = [0, 1, 2, 3].map(|at| bits::after(firsts[at], before[at], 1));
        if latin != 0 && latin & (piece.equal(0x85) | piece.equal(0xa0)) != 0
            || ogham != 0 && ogham & piece.equal(0x9a) != 0
            || medium != 0 && medium & piece.equal(0x9f) != 0
            || general != 0
                && general & (piece.within(0x80, 0x8a) | piece.within(0xa8, 0xa9) | piece.equal(0xaf)) != 0
        {
            return true;
        }
        before = firsts;
        from += len;
    }
    false
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
