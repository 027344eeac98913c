//! Words: UAX #29 boundaries, found by a byte scan where the text is ASCII and by the Unicode tables where it is not.

use std::ops::Range;

use fearless_simd::{Level, Simd, dispatch};
use unicode_segmentation::UnicodeSegmentation;

use super::bits;
use super::classes::{Piece, Scan};
use super::unspaced::is_in_dictionary;

/// Calls `emit` with the byte range of every word of `text`, in order. A word holds at least one letter or digit.
///
/// ASCII white space is a word boundary in UAX #29, so the text is cut there and each piece goes to the scan that fits
/// it. Linear.
pub fn for_each(text: &str, mut emit: impl FnMut(Range<usize>)) {
    each_stretch(text, |stretch| match stretch {
        Stretch::Ascii(range) => ascii_words(&text.as_bytes()[range.clone()], range.start, &mut emit),
        Stretch::Other(range) => piece_words(&text[range.clone()], range.start, &mut emit),
    });
}

/// The byte ranges of the words of `text`.
#[must_use]
pub fn words(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for_each(text, |range| found.push(range));
    found
}

/// The number of words in `text`. Linear; the words of ASCII text are counted without being looked for.
#[must_use]
pub fn count(text: &str) -> usize {
    tally(text).all()
}

/// How many words a text has, and how many of them begin as names do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Words that begin with another character than those below.
    pub words: usize,
    /// Of these, words that begin with a capital or a digit.
    pub capitals: usize,
    /// Words that begin with a character of Han or Hiragana, each of which UAX #29 takes for a word.
    pub ideographs: usize,
    /// Words that begin with a letter of Thai, Lao, Khmer or Burmese, each of which UAX #29 takes for a word too.
    pub syllables: usize,
    /// Whether there is an ASCII digit.
    pub digits: bool,
}

/// Counts the words of `text` by what they begin with. Linear; see [`count`].
#[must_use]
pub fn tally(text: &str) -> Tally {
    let (mut tally, unknown) = scan(text);
    if !unknown {
        return tally;
    }
    tally = Tally::default();
    each_stretch(text, |stretch| match stretch {
        Stretch::Ascii(range) => {
            let (ascii, _) = scan(&text[range]);
            tally.words += ascii.words;
            tally.capitals += ascii.capitals;
            tally.digits |= ascii.digits;
        }
        Stretch::Other(range) => {
            let piece = &text[range];
            tally.digits |= piece.bytes().any(|byte| byte.is_ascii_digit());
            piece_words(piece, 0, &mut |word| tally.add_word(&piece[word]));
        }
    });
    tally
}

/// Counts the words of a text by the classes of its bytes, and says whether only the tables know some of them.
fn scan(text: &str) -> (Tally, bool) {
    dispatch!(Level::new(), simd => scan_with(simd, text))
}

#[inline(always)]
fn scan_with<S: Simd>(simd: S, text: &str) -> (Tally, bool) {
    let (mut tally, mut beyond_ascii, mut unknown, mut from) = (Tally::default(), 0, 0, 0);
    let mut scan = Scan::default();
    while from < text.len() {
        let (bytes, len) = bits::piece(simd, text.as_bytes(), from);
        let piece = scan.next(&bytes, &text.as_bytes()[from..], len);
        tally.add(&piece);
        beyond_ascii |= piece.beyond_ascii;
        unknown |= piece.unknown;
        from += len;
    }
    (tally, unknown != 0 || beyond_ascii != 0 && joins_by_underscore(text))
}

/// Whether a text that is not all ASCII has an underscore, which the tables treat in a way of their own.
pub(super) fn joins_by_underscore(text: &str) -> bool {
    memchr::memchr(b'_', text.as_bytes()).is_some()
}

impl Tally {
    /// All words by UAX #29.
    #[must_use]
    pub const fn all(&self) -> usize {
        self.words + self.ideographs + self.syllables
    }

    /// About as many words as a reader would count: two ideographs make one, and so do four letters of the scripts that are
    /// written without spaces.
    #[must_use]
    pub const fn read(&self) -> usize {
        self.words + self.ideographs.div_ceil(2) + self.syllables.div_ceil(4)
    }

    fn add_word(&mut self, word: &str) {
        let first = word.chars().next();
        if first.is_some_and(is_in_dictionary) {
            self.syllables += 1;
            return;
        }
        if first.is_some_and(is_ideograph) {
            self.ideographs += 1;
            return;
        }
        self.words += 1;
        self.capitals += usize::from(first.is_some_and(|c| c.is_uppercase() || c.is_numeric()));
    }

    /// Adds the words that begin in a piece of text.
    #[inline]
    fn add(&mut self, piece: &Piece) {
        self.digits |= piece.digits != 0;
        self.words += piece.words.count_ones() as usize;
        self.capitals += piece.capitals().count_ones() as usize;
    }
}

/// What a byte is to words, as bits. The bits of the marks that join letters and digits stand [`JOINED`] places above
/// those of what they join.
const fn byte_kind(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' => WORD | LETTER,
        b'0'..=b'9' => WORD | DIGIT,
        b'\'' => (LETTER | DIGIT) << JOINED,
        b'.' | b',' | b';' => DIGIT << JOINED,
        _ => 0,
    }
}

/// A letter or digit.
const WORD: u8 = 1;
const LETTER: u8 = 2;
const DIGIT: u8 = 4;
const JOINED: u8 = 2;

/// Calls `emit` with each place in `text` at which digits of ASCII begin. Linear.
pub fn each_number(text: &str, mut emit: impl FnMut(usize)) {
    let mut inside = false;
    for (at, byte) in text.bytes().enumerate() {
        let digit = byte.is_ascii_digit();
        if digit && !inside {
            emit(at);
        }
        inside = digit;
    }
}

/// A part of a text that words do not reach out of.
pub enum Stretch {
    /// ASCII, of any length.
    Ascii(Range<usize>),
    /// What stands between two ASCII white spaces and is not all ASCII.
    Other(Range<usize>),
}

/// Cuts a text into stretches, in order. Linear.
pub fn each_stretch(text: &str, mut emit: impl FnMut(Stretch)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let odd = at + ascii_len(&bytes[at..]);
        if odd == bytes.len() {
            emit(Stretch::Ascii(at..odd));
            return;
        }
        let space = bytes[at..odd].iter().rposition(|byte| is_ascii_space(*byte));
        let start = space.map_or(at, |space| at + space + 1);
        let end =
            bytes[odd..].iter().position(|byte| is_ascii_space(*byte)).map_or(bytes.len(), |len| odd + len);
        if at < start {
            emit(Stretch::Ascii(at..start));
        }
        emit(Stretch::Other(start..end));
        at = end;
    }
}

/// Length in bytes of the ASCII at the start of `bytes`.
pub(super) fn ascii_len(bytes: &[u8]) -> usize {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (eights, rest) = bytes.as_chunks::<8>();
    for (at, eight) in eights.iter().enumerate() {
        let high = u64::from_le_bytes(*eight) & HIGH;
        if high != 0 {
            return 8 * at + high.trailing_zeros() as usize / 8;
        }
    }
    8 * eights.len() + rest.iter().take_while(|byte| byte.is_ascii()).count()
}

/// The words of a text without white space that is not all ASCII.
fn piece_words(piece: &str, offset: usize, emit: &mut impl FnMut(Range<usize>)) {
    if is_plain(piece.as_bytes()) {
        plain_words(piece.as_bytes(), offset, emit);
        return;
    }
    for (at, word) in piece.unicode_word_indices() {
        split_compound(word, offset + at, emit);
    }
}

/// Han, Hiragana: scripts whose characters UAX #29 takes for words.
const fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{309F}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// The last two bytes of typographic marks that part words (`–`, `—`, `“`, `”`, `…`); the first is [`MARK`].
const PARTING: [[u8; 2]; 5] = [[0x80, 0x93], [0x80, 0x94], [0x80, 0x9c], [0x80, 0x9d], [0x80, 0xa6]];

/// The same of the apostrophes `‘` and `’`, which join what `'` joins.
const JOINING: [[u8; 2]; 2] = [[0x80, 0x98], [0x80, 0x99]];

/// First byte of every character from U+2000 to U+2FFF.
pub(super) const MARK: u8 = 0xe2;

/// Whether a piece is ASCII but for the marks of `PARTING` and `JOINING`, as most pieces of English that are not
/// all ASCII are. The underscore, which the tables treat in a way of their own, is left to them.
#[must_use]
pub fn is_plain(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        rest = match tail {
            _ if first.is_ascii() && *first != b'_' => tail,
            [a, b, after @ ..]
                if *first == MARK && (PARTING.contains(&[*a, *b]) || JOINING.contains(&[*a, *b])) =>
            {
                after
            }
            _ => return false,
        };
    }
    true
}

/// The words of a piece that [`is_plain`].
fn plain_words(bytes: &[u8], offset: usize, emit: &mut impl FnMut(Range<usize>)) {
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        while at < bytes.len() {
            if bytes[at].is_ascii_alphanumeric() {
                at += 1;
                continue;
            }
            let apostrophe = bytes[at] == MARK
                && bytes.get(at + 1..at + 3).is_some_and(|mark| JOINING.contains(&[mark[0], mark[1]]));
            let len = if apostrophe { 3 } else { 1 };
            let before = if at > start { bytes[at - 1] } else { b' ' };
            let after = bytes.get(at + len).copied().unwrap_or(b' ');
            let mark = if apostrophe { b'\'' } else { bytes[at] };
            if !joins(before, mark, after) {
                break;
            }
            at += len + 1;
        }
        if at > start {
            emit(offset + start..offset + at);
        }
        at += 1;
    }
}

const fn is_ascii_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// Whether `mark` keeps the bytes on its two sides in one word.
const fn joins(before: u8, mark: u8, after: u8) -> bool {
    byte_kind(before) & byte_kind(after) & byte_kind(mark) >> JOINED != 0
}

/// Shortest ASCII in bytes whose words are found 64 bytes at once.
const SHORTEST_AT_ONCE: usize = 32;

fn ascii_words(bytes: &[u8], offset: usize, emit: &mut impl FnMut(Range<usize>)) {
    if bytes.len() >= SHORTEST_AT_ONCE {
        dispatch!(Level::new(), simd => ascii_words_at_once(simd, bytes, offset, emit));
        return;
    }
    let mut at = 0;
    while at < bytes.len() {
        if kind(bytes, at) & WORD == 0 {
            at += 1;
            continue;
        }
        let start = at;
        loop {
            at += 1;
            if kind(bytes, at) & WORD == 0 {
                if !is_joined(bytes, at) {
                    break;
                }
                at += 1;
            }
        }
        emit(offset + start..offset + at);
    }
}

/// The same: goes from one place to the next at which letters and digits begin or end.
#[inline(always)]
fn ascii_words_at_once<S: Simd>(simd: S, bytes: &[u8], offset: usize, emit: &mut impl FnMut(Range<usize>)) {
    // Where the word began that reaches over the end of a piece, or goes on behind a mark.
    let mut begun = None;
    let (mut from, mut before) = (0, 0);
    while from < bytes.len() {
        let (piece, len) = bits::piece(simd, bytes, from);
        let word = piece.letters() | piece.within(b'0', b'9');
        for place in bits::places(word ^ bits::after(word, before, 1)) {
            let at = from + place;
            begun = match begun {
                None => Some(at),
                Some(_) if kind(bytes, at) & WORD != 0 || is_joined(bytes, at) => begun,
                Some(start) => {
                    emit(offset + start..offset + at);
                    None
                }
            };
        }
        before = word;
        from += len;
    }
    if let Some(start) = begun {
        emit(offset + start..offset + bytes.len());
    }
}

fn kind(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).map_or(0, |byte| KINDS[usize::from(*byte)])
}

/// Whether the mark behind letters or digits joins them to what follows. The marks that join letters and digits say what
/// they join.
#[inline]
fn is_joined(bytes: &[u8], mark: usize) -> bool {
    kind(bytes, mark - 1) & kind(bytes, mark + 1) & kind(bytes, mark) >> JOINED != 0
}

/// The kinds of all bytes.
static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "it is less than 256")]
        let kind = byte_kind(byte as u8);
        kinds[byte] = kind;
        byte += 1;
    }
    kinds
};

/// Takes apart what UAX #29 holds together by a point, a colon or an underscore between letters (`health.com`,
/// `snake_case`), because a reader who looks for one of the parts expects to find it.
fn split_compound(word: &str, offset: usize, emit: &mut impl FnMut(Range<usize>)) {
    if word.is_ascii() {
        ascii_words(word.as_bytes(), offset, emit);
        return;
    }
    let mut start = 0;
    let mut before = ' ';
    let mut rest = word.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let after = rest.peek().map_or(' ', |&(_, c)| c);
        let numeric = before.is_numeric() && after.is_numeric();
        if matches!(c, '.' | ':' | '_' | '·' | '‧') && !numeric {
            if word[start..at].chars().any(char::is_alphanumeric) {
                emit(offset + start..offset + at);
            }
            start = at + c.len_utf8();
        }
        before = c;
    }
    if word[start..].chars().any(char::is_alphanumeric) {
        emit(offset + start..offset + word.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = words(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn words_of_several_scripts() {
        check(
            "Don't run 3.5 miles, e.g. 1,000 m!",
            &["Don't", "run", "3.5", "miles", "e", "g", "1,000", "m"],
        );
        check("it’s café-time", &["it’s", "café", "time"]);
        check("visit Sports-health.com / snake_case", &["visit", "Sports", "health", "com", "snake", "case"]);
        check("vísit héalth.com", &["vísit", "héalth", "com"]);
        check("背中 iPhone", &["背", "中", "iPhone"]);
        check("привет, мир", &["привет", "мир"]);
        check("'quoted' 'tis — 50%", &["quoted", "tis", "50"]);
    }

    /// What the tables find, by themselves.
    fn tables(text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for (offset, word) in text.unicode_word_indices() {
            split_compound(word, offset, &mut |range| found.push(range));
        }
        found
    }

    #[test]
    fn counts_agree_with_the_words() {
        let text = "It’s 3.5 o'clock — “so,” he said… don't_know 1,000 X-ray's 東京 a'B 7'8 ".repeat(9);
        for start in 0..text.len() {
            let Some(text) = text.get(start..) else { continue };
            let found = words(text);
            let tally = tally(text);
            assert_eq!(count(text), found.len(), "{text:?}");
            assert_eq!(tally.ideographs, text.chars().filter(|c| is_ideograph(*c)).count());
            assert_eq!(tally.all(), found.len());
            let capital = |range: &&Range<usize>| {
                text[(*range).clone()].starts_with(|c: char| c.is_uppercase() || c.is_numeric())
            };
            assert_eq!(tally.capitals, found.iter().filter(capital).count(), "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn marks_between_letters_and_digits_read_as_the_tables_read_them(
            text in "[a1B2 .,:;'‘’“”–—…_!?()@éÉŁż×東-]{0,24}",
        ) {
            let expected = if text.is_ascii() { words(&text) } else { tables(&text) };
            proptest::prop_assert_eq!(words(&text), expected);
            proptest::prop_assert_eq!(count(&text), words(&text).len());
        }
    }

    #[test]
    fn the_byte_scan_agrees_with_the_tables() {
        for text in
            ["plain words here", "o'clock rock'n'roll", "1.5 2,3 4;5 x.y a1b2", "--- '' ... 'a'", "x' y' 'z"]
        {
            let scanned: Vec<Range<usize>> = words(text);
            let mut tables = Vec::new();
            for (offset, word) in text.unicode_word_indices() {
                split_compound(word, offset, &mut |range| tables.push(range));
            }
            assert_eq!(scanned, tables, "{text:?}");
        }
    }
}
