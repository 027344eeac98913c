//! What each byte of a text is to words and white space, found for the whole text in one pass.

use std::ops::Range;

use super::bits::{self, BYTES, Bytes, after};
use super::space::WideSpaces;
use super::word::{self, Tally};

/// The classes of all bytes of a text.
///
/// What is asked of a line, a sentence or a passage is then counted bit by bit, 64 bytes at once, however short it is:
/// nothing is prepared for each. Takes as much memory as the text.
#[derive(Debug, Clone, Default)]
pub struct Classes(Vec<Piece>);

/// The classes of 64 bytes, one bit a byte.
#[derive(Debug, Clone, Copy, Default)]
pub struct Piece {
    /// Letters of ASCII, and all bytes of the Latin letters from U+00C0 to U+017F.
    pub letters: u64,
    /// White space of ASCII.
    pub white: u64,
    /// First bytes of words.
    pub words: u64,
    /// First bytes of words that begin with a capital or a digit.
    pub capitals: u64,
    /// Digits of ASCII.
    pub digits: u64,
    /// White space that is no single space: the second of two, a line end, a wide space. Other bytes may be taken for it.
    pub odd_spaces: u64,
    /// Bytes of characters beyond ASCII.
    pub beyond_ascii: u64,
    /// Of these, a byte at least of each character that is neither a Latin letter that folds to letters of ASCII nor a
    /// typographic mark of English: only the tables know what it is.
    pub unknown: u64,
}

impl Classes {
    /// Looks at every byte of a text. Linear.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut scan = Scan::default();
        let mut pieces = Vec::with_capacity(text.len().div_ceil(BYTES));
        let mut from = 0;
        for (bytes, len) in bits::pieces(text.as_bytes()) {
            pieces.push(scan.next(&bytes, &text.as_bytes()[from..], len));
            from += len;
        }
        Self(pieces)
    }

    /// The classes of the bytes of `range`, 64 at a time; bytes around it have none.
    pub fn within(&self, range: &Range<usize>) -> impl Iterator<Item = Piece> {
        let (first, last) = (range.start / BYTES, range.end.div_ceil(BYTES));
        let (start, end) = (range.start % BYTES, range.end - last.saturating_sub(1) * BYTES);
        let pieces = self.0.get(first..last).unwrap_or_default();
        let count = pieces.len();
        pieces.iter().enumerate().map(move |(at, piece)| {
            let mut mask = u64::MAX;
            if at == 0 {
                mask <<= start;
            }
            if at + 1 == count {
                mask &= bits::first(end);
            }
            if mask == u64::MAX { *piece } else { piece.masked(mask) }
        })
    }

    /// The 64 bytes from `64 * index` on.
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// Counts the words of a range of the text that these are the classes of, as [`tally`](super::tally) does.
    #[must_use]
    pub fn tally(&self, text: &str, range: &Range<usize>) -> Tally {
        let mut tally = Tally::default();
        let (mut beyond_ascii, mut unknown) = (0, 0);
        for piece in self.within(range) {
            tally.add(&piece);
            beyond_ascii |= piece.beyond_ascii;
            unknown |= piece.unknown;
        }
        // What stands before the range must not join its first word.
        let apart = range.start == 0 || matches!(text.as_bytes()[range.start - 1], b' ' | b'\t'..=b'\r');
        if unknown != 0 || !apart || beyond_ascii != 0 && word::joins_by_underscore(&text[range.clone()])
        {
            return word::tally(&text[range.clone()]);
        }
        tally
    }

    /// The number of words of a range of the text.
    #[must_use]
    pub fn count_words(&self, text: &str, range: &Range<usize>) -> usize {
        let tally = self.tally(text, range);
        tally.words + tally.ideographs
    }

    /// Whether a range of the text is all ASCII.
    #[must_use]
    pub fn is_ascii(&self, range: &Range<usize>) -> bool {
        self.within(range).all(|piece| piece.beyond_ascii == 0)
    }

    /// Whether every character of a range of the text is of ASCII, a Latin letter that folds to letters of ASCII, or a
    /// typographic mark of English.
    #[must_use]
    pub fn is_latin(&self, range: &Range<usize>) -> bool {
        self.within(range).all(|piece| piece.unknown == 0)
    }

    /// Whether a range of the text has single spaces between its words and no other white space; see
    /// [`is_one_spaced`](super::is_one_spaced).
    #[must_use]
    pub fn is_one_spaced(&self, text: &str, range: &Range<usize>) -> bool {
        let bytes = &text.as_bytes()[range.clone()];
        bytes.first() != Some(&b' ')
            && bytes.last() != Some(&b' ')
            && self.within(range).all(|piece| piece.odd_spaces == 0)
    }
}

impl Classes {
    /// The number of letters in a range of the text that is all ASCII.
    #[must_use]
    pub fn count_letters(&self, range: &Range<usize>) -> usize {
        self.within(range).map(|piece| piece.letters.count_ones() as usize).sum()
    }

    /// Appends a range of the text with white space as single spaces, none at its ends, and one between it and what it is
    /// appended to.
    pub fn push_one_spaced(&self, text: &str, range: &Range<usize>, spaced: &mut String) {
        let mut push = |part: &str| {
            if !spaced.is_empty() {
                spaced.push(' ');
            }
            spaced.push_str(part);
        };
        // Most lines of a text need nothing done to them.
        let mut start = range.start;
        while start < range.end {
            let line = &text[start..range.end];
            let line = &line[..memchr::memchr(b'\n', line.as_bytes()).unwrap_or(line.len())];
            let trimmed = line.trim_start();
            let from = start + line.len() - trimmed.len();
            let trimmed = trimmed.trim_end();
            start += line.len() + 1;
            if trimmed.is_empty() {
                continue;
            }
            if self.is_one_spaced(text, &(from..from + trimmed.len())) {
                push(trimmed);
            } else {
                trimmed.split_whitespace().for_each(&mut push);
            }
        }
    }
}

impl Piece {
    const fn masked(&self, mask: u64) -> Self {
        Self {
            letters: self.letters & mask,
            white: self.white & mask,
            words: self.words & mask,
            capitals: self.capitals & mask,
            digits: self.digits & mask,
            odd_spaces: self.odd_spaces & mask,
            beyond_ascii: self.beyond_ascii & mask,
            unknown: self.unknown & mask,
        }
    }
}

/// Finds the classes of a text piece by piece.
#[derive(Default)]
pub(super) struct Scan {
    /// What the bytes before the next are.
    before: Piece,
    spaces: u64,
    quotes: u64,
    points: u64,
    /// Whether any of the bytes before was beyond ASCII: else nothing of that kind needs to be looked at.
    beyond: Beyond,
    wide: WideSpaces,
}

/// Of the bytes before, those that begin characters of two and three bytes that are known.
#[derive(Default)]
struct Beyond {
    /// First bytes of Latin letters.
    latin: u64,
    /// First bytes of marks.
    first: u64,
    /// Second bytes of marks.
    second: u64,
    /// Last bytes of apostrophes.
    apostrophes: u64,
}

impl Scan {
    /// The classes of the next `len` bytes, which `text` begins with.
    #[inline]
    pub(super) fn next(&mut self, bytes: &Bytes, text: &[u8], len: usize) -> Piece {
        let spaces = bytes.equal(b' ') & bits::first(len);
        let controls = bytes.within(0, b' ' - 1);
        let beyond_ascii = bytes.beyond_ascii();
        let mut piece = Piece {
            letters: bytes.letters(),
            digits: bytes.within(b'0', b'9'),
            white: spaces,
            odd_spaces: controls | spaces & after(spaces, self.spaces, 1),
            beyond_ascii,
            ..Piece::default()
        };
        if controls != 0 {
            piece.white |= bytes.within(b'\t', b'\r');
        }
        // Where two letters are joined across an apostrophe, which has three bytes.
        let mut joined = 0;
        if (beyond_ascii | self.before.beyond_ascii) != 0 {
            joined = self.look_beyond(bytes, &mut piece);
        }
        let (letters, digits) = (piece.letters, piece.digits);
        let quotes = bytes.equal(b'\'');
        // A mark that joins digits stands between two, and one of them is among the same bytes.
        let points = if digits == 0 { 0 } else { bytes.equal(b'.') | bytes.equal(b',') | bytes.equal(b';') };
        let two_digits = digits & after(digits, self.before.digits, 2);
        let two_letters = letters & after(letters, self.before.letters, 2);
        joined |= after(quotes, self.quotes, 1) & (two_letters | two_digits)
            | after(points, self.points, 1) & two_digits;
        let inside = after(letters | digits, self.before.letters | self.before.digits, 1);
        piece.words = (letters | digits) & !inside & !joined;
        piece.capitals = piece.words & (bytes.within(b'A', b'Z') | digits);
        let beyond = piece.words & piece.beyond_ascii;
        if beyond != 0 {
            for place in bits::places(beyond).filter(|place| is_capital(&text[*place..])) {
                piece.capitals |= 1 << place;
            }
        }
        (self.before, self.spaces, self.quotes, self.points) = (piece, spaces, quotes, points);
        piece
    }

    /// Looks at what is beyond ASCII; gives what an apostrophe joins to the letter or digit before it.
    fn look_beyond(&mut self, bytes: &Bytes, piece: &mut Piece) -> u64 {
        let beyond = std::mem::take(&mut self.beyond);
        let continues = bytes.within(0x80, 0xbf);
        let latin = bytes.within(0xc3, 0xc5);
        let after_latin = after(latin, beyond.latin, 1);
        // Among the letters stand signs (`×`, `÷`), and some that do not fold to letters of ASCII alone (`ŋ`, `ŧ`).
        let signs = after(bytes.equal(0xc3), beyond.latin, 1) & (bytes.equal(0x97) | bytes.equal(0xb7))
            | after(bytes.equal(0xc4), beyond.latin, 1) & (bytes.equal(0xb8) | bytes.equal(0xbf))
            | after(bytes.equal(0xc5), beyond.latin, 1)
                & (bytes.equal(0x80) | bytes.within(0x89, 0x8b) | bytes.within(0xa6, 0xa7));
        let first = bytes.equal(word::MARK);
        let after_first = after(first, beyond.first, 1);
        let second = after_first & bytes.equal(0x80);
        let third = after(second, beyond.second, 1);
        let apostrophes = third & bytes.within(0x98, 0x99);
        let parting =
            third & (bytes.within(0x93, 0x94) | bytes.within(0x9c, 0x9d) | bytes.equal(0xa6));
        piece.letters |= (latin | after_latin) & !signs;
        piece.unknown = signs
            | piece.beyond_ascii & !continues & !latin & !first
            | after_first & !second
            | third & !apostrophes & !parting;
        // Each white space beyond ASCII has a byte of what is unknown, and ends at most one byte later.
        if piece.unknown | self.before.unknown == 0 {
            self.wide.pass(bytes);
        } else {
            piece.odd_spaces |= self.wide.next(bytes);
        }
        // The letter and the three bytes of the apostrophe stand before.
        let (letters, digits) = (piece.letters, piece.digits);
        let joined = after(apostrophes, beyond.apostrophes, 1)
            & (letters & after(letters, self.before.letters, 4) | digits & after(digits, self.before.digits, 4));
        self.beyond = Beyond { latin, first, second, apostrophes };
        joined
    }
}

/// Whether a text begins with a capital beyond ASCII.
fn is_capital(text: &[u8]) -> bool {
    let first = text.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
    first.is_some_and(|c| c.is_uppercase() || c.is_numeric())
}
