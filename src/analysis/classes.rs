//! What each byte of a text is to words and white space, found for the whole text in one pass.

use std::ops::Range;

use fearless_simd::{Level, Simd, dispatch};

use super::bits::{self, BYTES, Bytes, after};
use super::word::{self, Tally};

/// The classes of all bytes of a text.
///
/// What is asked of a line, a sentence or a passage is then counted bit by bit, 64 bytes at once, however short it is:
/// nothing is prepared for each. Takes a little more memory than the text.
#[derive(Debug, Clone, Default)]
pub struct Classes(Vec<Piece>);

/// The classes of 64 bytes, one bit a byte.
#[derive(Debug, Clone, Copy, Default)]
pub struct Piece {
    /// Letters of ASCII, and all bytes of the Latin letters from U+00C0 to U+017F.
    pub letters: u64,
    /// First bytes of words.
    pub words: u64,
    /// Capitals of ASCII, and the first bytes of others with which words begin.
    pub upper: u64,
    /// Spaces.
    pub spaces: u64,
    /// Points.
    pub points: u64,
    /// Digits of ASCII.
    pub digits: u64,
    /// White space that is no single space: the second of two, a control character, the first byte of a wide space.
    pub odd_spaces: u64,
    /// Bytes of characters beyond ASCII.
    pub beyond_ascii: u64,
    /// Of these, the first byte of each character that is neither a Latin letter that folds to letters of ASCII nor a
    /// typographic mark of English: only the tables know what it is.
    pub unknown: u64,
}

impl Piece {
    /// Length of the word of small letters of ASCII that stands between a space and `place`, as far as the piece tells; 0
    /// where none does.
    #[inline]
    const fn small_word_before(&self, place: usize) -> usize {
        let before = bits::first(place);
        let spaces = self.spaces & before;
        let start = BYTES - spaces.leading_zeros() as usize;
        let word = before & !bits::first(start);
        let small = self.letters & !self.upper & !self.beyond_ascii;
        if spaces == 0 || word & !small != 0 { 0 } else { place - start }
    }

    /// Whether a point stands behind a word of three small letters or more, or behind shorter ones with a word of four
    /// before them, and `ends` does not hold of the last letter's place; false where the piece does not tell.
    #[inline]
    fn turns_down(&self, point: usize, ends: impl Fn(usize) -> bool) -> bool {
        let mut len = self.small_word_before(point);
        if len == 0 || ends(point - 1) {
            return false;
        }
        let (mut end, mut enough) = (point, 3);
        while (1..enough).contains(&len) {
            end -= len + 1;
            len = self.small_word_before(end);
            enough = 4;
        }
        len >= enough
    }

    /// First bytes of words that begin with a capital or a digit.
    #[inline]
    #[must_use]
    pub const fn capitals(&self) -> u64 {
        self.words & (self.upper | self.digits)
    }
}

impl Classes {
    /// Looks at every byte of a text. Linear.
    #[must_use]
    pub fn of(text: &str) -> Self {
        dispatch!(Level::new(), simd => Self::look(simd, text.as_bytes()))
    }

    #[inline(always)]
    fn look<S: Simd>(simd: S, text: &[u8]) -> Self {
        let mut scan = Scan::default();
        let mut pieces = Vec::with_capacity(text.len().div_ceil(BYTES));
        let mut from = 0;
        while from < text.len() {
            let (bytes, len) = bits::piece(simd, text, from);
            pieces.push(scan.next(&bytes, &text[from..], len));
            from += len;
        }
        Self(pieces)
    }

    /// Sums up the classes of the bytes of a range.
    #[must_use]
    pub fn sum(&self, range: &Range<usize>) -> Sum {
        let mut sum = Sum { apart: self.begins_apart(range.start), ..Sum::default() };
        self.each_in(range, |piece, mask| sum.add(piece, mask));
        sum
    }

    /// Whether what stands before a place does not join the first word behind it: where white space does, or where a word
    /// begins.
    fn begins_apart(&self, start: usize) -> bool {
        let is = |at: usize, class: fn(&Piece) -> u64| {
            self.0.get(at / BYTES).is_some_and(|piece| class(piece) >> (at % BYTES) & 1 == 1)
        };
        start == 0
            || is(start - 1, |piece| piece.spaces)
            || is(start, |piece| piece.words)
            || is(start - 1, |piece| piece.odd_spaces & !piece.beyond_ascii)
    }

    /// Calls `look` with each piece of a range, and the bits of it that lie in the range.
    #[inline]
    pub(super) fn each_in(&self, range: &Range<usize>, mut look: impl FnMut(&Piece, u64)) {
        let (first, last) = (range.start / BYTES, range.end.div_ceil(BYTES));
        let Some([start, rest @ ..]) = self.0.get(first..last) else { return };
        let from = u64::MAX << (range.start % BYTES);
        let to = bits::first(range.end - (last - 1) * BYTES);
        if let [middle @ .., end] = rest {
            look(start, from);
            for piece in middle {
                look(piece, u64::MAX);
            }
            look(end, to);
        } else {
            look(start, from & to);
        }
    }

    /// The places of points, but for most of those behind words of small letters: three letters or more, or four before
    /// shorter words. Where `ends` says that a word looked for may end in the letter before the point, the point stays.
    pub fn points_behind<'a>(
        &'a self,
        text: &'a str,
        ends: impl Fn(u8) -> bool + 'a,
    ) -> impl Iterator<Item = usize> + 'a {
        let points = |(index, piece): (usize, &'a Piece)| {
            bits::places(piece.points).map(move |place| (index * BYTES, piece, place))
        };
        let points = self.0.iter().enumerate().flat_map(points);
        points.filter_map(move |(from, piece, place)| {
            let turned_down = piece.turns_down(place, |before| ends(text.as_bytes()[from + before]));
            (!turned_down).then_some(from + place)
        })
    }

    /// The classes of all bytes, 64 at a time.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// The places of the bytes of a class in a range, in order.
    pub fn places<'a>(
        &'a self,
        range: &Range<usize>,
        class: impl Fn(&Piece) -> u64 + 'a,
    ) -> impl Iterator<Item = usize> + 'a {
        let (start, end) = (range.start, range.end);
        let first = start / BYTES;
        let pieces = self.0.get(first..end.div_ceil(BYTES)).unwrap_or_default();
        pieces.iter().zip(first..).flat_map(move |(piece, index)| {
            let from = index * BYTES;
            let within = u64::MAX << start.saturating_sub(from) & bits::first(end - from);
            bits::places(class(piece) & within).map(move |place| from + place)
        })
    }

    /// Counts the words of a range of the text that these are the classes of, as [`tally`](super::tally) does.
    #[must_use]
    pub fn tally(&self, text: &str, range: &Range<usize>) -> Tally {
        self.sum(range).tally(text, range)
    }

    /// The number of words of a range of the text.
    #[must_use]
    pub fn count_words(&self, text: &str, range: &Range<usize>) -> usize {
        let (mut words, mut beyond_ascii) = (0, 0);
        self.each_in(range, |piece, mask| {
            words += (piece.words & mask).count_ones() as usize;
            beyond_ascii |= piece.beyond_ascii & mask;
        });
        if beyond_ascii == 0 && self.begins_apart(range.start) {
            return words;
        }
        let tally = self.tally(text, range);
        tally.all()
    }
}

/// What the classes of the bytes of a range come to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sum {
    /// Whether what stands before the range does not join its first word.
    apart: bool,
    /// Words, where all characters are Latin and the first is not in the middle of one.
    words: usize,
    /// Words that begin with a capital or a digit.
    capitals: usize,
    /// Bytes of each class that counts.
    any: Piece,
}

impl Sum {
    #[inline]
    fn add(&mut self, piece: &Piece, mask: u64) {
        self.words += (piece.words & mask).count_ones() as usize;
        self.capitals += (piece.capitals() & mask).count_ones() as usize;
        self.any.digits |= piece.digits & mask;
        self.any.odd_spaces |= piece.odd_spaces & mask;
        self.any.beyond_ascii |= piece.beyond_ascii & mask;
        self.any.unknown |= piece.unknown & mask;
    }

    /// Counts the words of the range, which is this one of `text`.
    #[must_use]
    pub fn tally(&self, text: &str, range: &Range<usize>) -> Tally {
        if !self.is_latin()
            || !self.apart
            || !self.is_ascii() && word::joins_by_underscore(&text[range.clone()])
        {
            return word::tally(&text[range.clone()]);
        }
        Tally {
            words: self.words,
            capitals: self.capitals,
            ideographs: 0,
            syllables: 0,
            digits: self.any.digits != 0,
        }
    }

    /// Whether the range is all ASCII.
    #[must_use]
    pub const fn is_ascii(&self) -> bool {
        self.any.beyond_ascii == 0
    }

    /// Whether every character of the range is of ASCII, a Latin letter that folds to letters of ASCII, or a typographic
    /// mark of English.
    #[must_use]
    pub const fn is_latin(&self) -> bool {
        self.any.unknown == 0
    }

    /// Whether the range, which is this text, has single spaces between its words and no other white space; see
    /// [`is_one_spaced`](super::is_one_spaced).
    #[must_use]
    pub fn is_one_spaced(&self, text: &str) -> bool {
        !text.starts_with(' ') && !text.ends_with(' ') && self.any.odd_spaces == 0
    }
}

/// Finds the classes of a text piece by piece.
#[derive(Default)]
pub(super) struct Scan {
    /// What the bytes before the next are.
    letters: u64,
    digits: u64,
    spaces: u64,
    beyond_ascii: u64,
    quotes: u64,
    points: u64,
    beyond: Beyond,
}

/// Of characters beyond ASCII, the first bytes of those that words are made of.
#[derive(Default)]
struct Beyond {
    /// Latin letters, of two bytes each.
    latin: u64,
    /// Apostrophes, of three bytes each.
    apostrophes: u64,
}

impl Scan {
    /// The classes of the next `len` bytes, which `text` begins with.
    #[inline(always)]
    pub(super) fn next<S: Simd>(&mut self, bytes: &Bytes<S>, text: &[u8], len: usize) -> Piece {
        let spaces = bytes.equal(b' ') & bits::first(len);
        let mut piece = Piece {
            letters: bytes.letters(),
            spaces,
            points: bytes.equal(b'.'),
            digits: bytes.within(b'0', b'9'),
            odd_spaces: bytes.within(0, b' ' - 1) | spaces & after(spaces, self.spaces, 1),
            beyond_ascii: bytes.beyond_ascii(),
            ..Piece::default()
        };
        // Where two letters are joined across an apostrophe, which has three bytes.
        let mut joined = 0;
        if (piece.beyond_ascii | self.beyond_ascii) != 0 {
            let firsts = piece.beyond_ascii & !bytes.within(0x80, 0xbf);
            joined = self.look_beyond(firsts, text, &mut piece);
        }
        let (letters, digits) = (piece.letters, piece.digits);
        let quotes = bytes.equal(b'\'');
        // A mark that joins digits stands between two, and one of them is among the same bytes.
        let points = if digits == 0 { 0 } else { piece.points | bytes.equal(b',') | bytes.equal(b';') };
        let two_digits = digits & after(digits, self.digits, 2);
        let two_letters = letters & after(letters, self.letters, 2);
        joined |= after(quotes, self.quotes, 1) & (two_letters | two_digits)
            | after(points, self.points, 1) & two_digits;
        let inside = after(letters | digits, self.letters | self.digits, 1);
        piece.words = (letters | digits) & !inside & !joined;
        piece.upper = bytes.capitals();
        let beyond = piece.words & piece.beyond_ascii;
        if beyond != 0 {
            for place in bits::places(beyond).filter(|place| is_capital(&text[*place..])) {
                piece.upper |= 1 << place;
            }
        }
        (self.letters, self.digits, self.spaces) = (letters, digits, spaces);
        (self.beyond_ascii, self.quotes, self.points) = (piece.beyond_ascii, quotes, points);
        piece
    }

    /// Looks at each character beyond ASCII, the first bytes of which are given; gives what an apostrophe joins to the
    /// letter or digit before it.
    #[inline(never)]
    fn look_beyond(&mut self, firsts: u64, text: &[u8], piece: &mut Piece) -> u64 {
        let before = std::mem::take(&mut self.beyond);
        let Beyond { latin, apostrophes } = &mut self.beyond;
        for place in bits::places(firsts) {
            let bit = 1 << place;
            match text[place..] {
                // Signs (`×`, `÷`), and what does not fold to letters of ASCII alone (`ŋ`, `ŧ`), stand among the letters.
                [0xc3, 0x97 | 0xb7, ..]
                | [0xc4, 0xb8 | 0xbf, ..]
                | [0xc5, 0x80 | 0x89..=0x8b | 0xa6 | 0xa7, ..] => {
                    piece.unknown |= bit;
                }
                [0xc3..=0xc5, ..] => *latin |= bit,
                [word::MARK, 0x80, 0x98 | 0x99, ..] => *apostrophes |= bit,
                [word::MARK, 0x80, 0x93 | 0x94 | 0x9c | 0x9d | 0xa6, ..] => {}
                // Every white space beyond ASCII: U+0085, U+00A0, U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F,
                // U+205F, U+3000.
                [0xc2, 0x85 | 0xa0, ..]
                | [0xe1, 0x9a, 0x80, ..]
                | [0xe2, 0x80, 0x80..=0x8a | 0xa8 | 0xa9 | 0xaf, ..]
                | [0xe2, 0x81, 0x9f, ..]
                | [0xe3, 0x80, 0x80, ..] => {
                    piece.unknown |= bit;
                    piece.odd_spaces |= bit;
                }
                _ => piece.unknown |= bit,
            }
        }
        piece.letters |= *latin | after(*latin, before.latin, 1);
        // The letter and the three bytes of the apostrophe stand before.
        let (letters, digits) = (piece.letters, piece.digits);
        after(*apostrophes, before.apostrophes, 3)
            & (letters & after(letters, self.letters, 4) | digits & after(digits, self.digits, 4))
    }
}

/// Whether a text begins with a capital of two bytes.
fn is_capital(text: &[u8]) -> bool {
    let first = text.get(..2).and_then(|bytes| std::str::from_utf8(bytes).ok()?.chars().next());
    first.is_some_and(|c| c.is_uppercase() || c.is_numeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Letters, is_one_spaced, one_spaced, tally};

    /// Compares what the classes of a text tell of each of its ranges with what the range tells by itself.
    fn check(text: &str) {
        let classes = Classes::of(text);
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        for &start in places.iter().step_by(3) {
            for &end in places.iter().filter(|end| **end >= start) {
                let (range, part) = (start..end, &text[start..end]);
                let sum = classes.sum(&range);
                assert_eq!(sum.tally(text, &range), tally(part), "{part:?} in {text:?}");
                assert_eq!(sum.is_ascii(), part.is_ascii());
                let spaced = one_spaced(part);
                assert_eq!(sum.is_one_spaced(part), spaced == part, "{part:?}");
                assert!(!is_one_spaced(part) || sum.is_one_spaced(part), "{part:?}");
                let mut pushed = String::new();
                let letters = classes.push_one_spaced(text, &range, &mut pushed);
                assert_eq!(pushed, spaced, "{part:?}");
                let expected = Letters {
                    letters: spaced.chars().filter(|c| c.is_alphabetic() || c.is_whitespace()).count(),
                    all: spaced.chars().count(),
                };
                assert!(letters.is_none_or(|letters| letters == expected), "{part:?}: {letters:?}");
            }
        }
    }

    #[test]
    fn every_range_of_a_text_is_told_as_by_itself() {
        check(
            "It’s 3.5 o'clock — “so,” he\n said…  don't_know 1,000 X-ray's café’s Éa × 東京 a'B 7'8\t£5 naïve\u{a0}x.",
        );
    }

    proptest::proptest! {
        #[test]
        fn every_range_of_any_text_is_told_as_by_itself(
            text in "[a1B .,'’“…_éÉŁż×ŋ東\u{2003}\u{a0}\n\t-]{0,20}x{0,60}[a1B .,'’“…_éÉŁż×ŋ東\u{2003}\u{a0}\n\t-]{0,12}",
        ) {
            check(&text);
        }
    }
}
