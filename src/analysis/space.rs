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
    let mut before = 0;
    for (piece, len) in bits::pieces(bytes) {
        let spaces = piece.equal(b' ') & bits::first(len);
        let controls = piece.within(0, b' ' - 1);
        if controls != 0 || spaces & bits::after(spaces, before, 1) != 0 {
            return false;
        }
        before = spaces;
    }
    text.is_ascii() || !has_wide_space(bytes)
}

fn has_wide_space(bytes: &[u8]) -> bool {
    let mut wide = WideSpaces::default();
    bits::pieces(bytes).any(|(piece, _)| wide.next(&piece) != 0)
}

/// Finds where two bytes follow one another that are in every white space beyond ASCII: U+0085, U+00A0, U+1680, U+2000 to
/// U+200A, U+2028, U+2029, U+202F, U+205F, U+3000. Some other characters have them too.
#[derive(Default)]
pub(super) struct WideSpaces {
    /// Where the first byte of each pair stood in the piece before.
    before: [u64; 4],
}

impl WideSpaces {
    /// Passes over 64 bytes in which there is none, and which no pair ends in.
    pub(super) fn pass(&mut self, piece: &bits::Bytes) {
        self.before = [0, 0, piece.equal(0x80), 0];
    }

    /// The second bytes of the pairs in the next 64 bytes.
    pub(super) fn next(&mut self, piece: &bits::Bytes) -> u64 {
        let follows = |first: u8, before: &mut u64| {
            let firsts = piece.equal(first);
            bits::after(firsts, std::mem::replace(before, firsts), 1)
        };
        let [latin, ogham, general, medium] = &mut self.before;
        let general = follows(0x80, general);
        follows(0xc2, latin) & (piece.equal(0x85) | piece.equal(0xa0))
            | follows(0xe1, ogham) & piece.equal(0x9a)
            | follows(0x81, medium) & piece.equal(0x9f)
            | general & (piece.within(0x80, 0x8a) | piece.within(0xa8, 0xa9) | piece.equal(0xaf))
    }
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
