//! Sentences: UAX #29 boundaries, less those after an abbreviation or an initial.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use fearless_simd::{Level, Simd, dispatch};
use unicode_segmentation::UnicodeSegmentation;

use super::bits;

/// Words before a point that do not end a sentence, folded, without the point. From the abbreviation lists of the
/// Punkt sentence splitter's training literature (Kiss and Strunk 2006), shortened to those that stand before a capital. Sorted.
const ABBREVIATIONS: &[&str] = &[
    "al", "approx", "apr", "art", "aug", "bzw", "ca", "capt", "cf", "ch", "col", "d.h", "dec", "dept", "dr",
    "dña", "e.g", "ed", "eds", "eq", "est", "feb", "fig", "figs", "gen", "ggf", "gov", "hon", "i.e", "ing",
    "jan", "jr", "jul", "jun", "ks", "lt", "mar", "mgr", "mlle", "mme", "mr", "mrs", "ms", "no", "nos",
    "nov", "np", "nr", "núm", "oct", "pp", "prof", "pág", "rep", "rev", "sec", "sen", "sep", "sept", "sgt",
    "sr", "sra", "srta", "st", "str", "tzw", "u.a", "ul", "usw", "vol", "vs", "wg", "z.b", "г", "им", "ред",
    "т.е", "ул",
];

/// The byte ranges of the sentences of `text`; they follow one another and cover it.
///
/// A sentence keeps the white space after it. Line ends do not end a sentence by themselves: whether two lines belong
/// together is for the caller to know. Linear.
#[must_use]
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    // Sentences of English have some hundred bytes.
    let mut found: Vec<Range<usize>> = Vec::with_capacity(text.len() / 100 + 1);
    let boundaries = Boundaries::of(text);
    let lower_case = is_lower_case(text);
    let mut start = 0;
    let mut end_at = |at: usize| {
        if !continues(&text[start..at], &text[at..]) {
            found.push(start..at);
            start = at;
        }
    };
    let mut at = 0;
    while at < text.len() {
        let end = boundaries.after(at);
        if lower_case {
            split_lower_case(text, at..end, &mut end_at);
        }
        end_at(end);
        at = end;
    }
    found
}

/// What a character is to the end of a sentence: the classes of UAX #29 that the byte scan knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Lower,
    Upper,
    Digit,
    /// White space; line ends too, since they do not end a sentence.
    Space,
    /// Quotes and brackets of either side.
    Close,
    /// Marks after which a sentence goes on.
    Continue,
    /// A point.
    Point,
    /// A mark that ends a sentence wherever it stands.
    End,
    Other,
    /// A character that only the tables know.
    Unknown,
}

/// The classes of ASCII; a test compares them with the tables.
const CLASSES: [Class; 128] = {
    let mut classes = [Class::Other; 128];
    let mut byte = 0u8;
    while byte < 128 {
        classes[byte as usize] = match byte {
            b'a'..=b'z' => Class::Lower,
            b'A'..=b'Z' => Class::Upper,
            b'0'..=b'9' => Class::Digit,
            b'\t'..=b'\r' | b' ' => Class::Space,
            b'"' | b'\'' | b'(' | b')' | b'[' | b']' | b'{' | b'}' => Class::Close,
            b',' | b'-' | b':' | b';' => Class::Continue,
            b'.' => Class::Point,
            b'!' | b'?' => Class::End,
            _ => Class::Other,
        };
        byte += 1;
    }
    classes
};

/// The class of the character at `at`; past the end of the text there is nothing that a rule would look for.
fn class(bytes: &[u8], at: usize) -> Class {
    match bytes.get(at..).unwrap_or_default() {
        [] => Class::Other,
        [byte, ..] if byte.is_ascii() => CLASSES[usize::from(*byte)],
        // The quotes from U+2018 to U+201F.
        [0xe2, 0x80, 0x98..=0x9f, ..] => Class::Close,
        // The dashes U+2013 and U+2014.
        [0xe2, 0x80, 0x93 | 0x94, ..] => Class::Continue,
        _ => Class::Unknown,
    }
}

/// Length in bytes of a character of a known class that begins with `first`.
const fn char_len(first: u8) -> usize {
    if first.is_ascii() { 1 } else { 3 }
}

/// Whether the character that begins with the bytes `first`, `second`, `third` is neither a mark that ends a sentence
/// nor a line end, so that the byte scan can pass over it: Latin, Greek and Cyrillic letters, dashes and quotes.
const fn is_passed(first: u8, second: u8, third: u8) -> bool {
    match first {
        0xc2 => second != 0x85,
        0xc3..=0xd5 => true,
        0xe2 => second == 0x80 && matches!(third, 0x90..=0xa3 | 0xa6),
        _ => false,
    }
}

/// The sentence boundaries of a text by UAX #29, line ends taken for spaces.
///
/// A boundary can only follow a mark that ends sentences. The scan looks for the next one and at the few characters
/// around it; where one of them is of a kind that it does not know, it asks the tables, from there to the next boundary.
struct Boundaries<'a> {
    text: &'a str,
    ascii: bool,
    /// The text without line ends, which the tables take for sentence ends; a space of the same length keeps every offset.
    flat: OnceCell<Cow<'a, str>>,
}

/// What the characters around a mark say.
enum Decision {
    /// A sentence ends here.
    Boundary(usize),
    /// None ends at the mark; the scan goes on here.
    None(usize),
    /// The tables must decide.
    Ask,
}

impl<'a> Boundaries<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, ascii: text.is_ascii(), flat: OnceCell::new() }
    }

    /// The first boundary after `start`, which is itself one.
    fn after(&self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = start;
        while let Some(mark) = self.next_mark(at) {
            match decide(bytes, start, mark) {
                Decision::Boundary(boundary) => return boundary,
                Decision::None(next) => at = next,
                Decision::Ask => return self.ask(start, mark),
            }
        }
        bytes.len()
    }

    /// The next byte from `from` on that ends sentences, or begins a character that is not ASCII and not passed over.
    fn next_mark(&self, from: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        if self.ascii {
            return memchr::memchr3(b'.', b'!', b'?', &bytes[from..]).map(|found| from + found);
        }
        dispatch!(Level::new(), simd => next_mark(simd, bytes, from))
    }

    /// What the tables say is the first boundary after `mark`, in a sentence that begins at `start`.
    fn ask(&self, start: usize, mark: usize) -> usize {
        let searched = self.flat.get_or_init(|| match memchr::memchr2(b'\n', b'\r', self.text.as_bytes()) {
            Some(_) => Cow::Owned(self.text.replace(['\n', '\r'], " ")),
            None => Cow::Borrowed(self.text),
        });
        // No rule looks further back from a mark than to the letter before it and what combines with that.
        let back = self.text.as_bytes()[start..mark].iter().rposition(u8::is_ascii);
        let from = back.map_or(start, |back| start + back);
        from + searched[from..].split_sentence_bounds().next().map_or(searched.len() - from, str::len)
    }
}

/// The next byte from `from` on that ends sentences, or begins a character that is not ASCII and not passed over.
#[inline(always)]
fn next_mark<S: Simd>(simd: S, bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while at < bytes.len() {
        let (piece, len) = bits::piece(simd, bytes, at);
        let ends = piece.equal(b'.') | piece.equal(b'!') | piece.equal(b'?');
        for place in bits::places(ends | piece.within(0xc2, u8::MAX)) {
            let next = |offset: usize| bytes.get(at + place + offset).copied().unwrap_or(0);
            if next(0).is_ascii() || !is_passed(next(0), next(1), next(2)) {
                return Some(at + place);
            }
        }
        at += len;
    }
    None
}

/// Whether a sentence that begins at `start` ends after the mark at `mark`: the rules SB6 to SB11 of UAX #29.
fn decide(bytes: &[u8], start: usize, mark: usize) -> Decision {
    let mut at = mark + 1;
    match class(bytes, mark) {
        Class::Unknown => return Decision::Ask,
        Class::Point => {
            let before = if mark > start { class(bytes, mark - 1) } else { Class::Other };
            match (before, class(bytes, at)) {
                // "3.5", "U.S"
                (_, Class::Digit) | (Class::Lower | Class::Upper, Class::Upper) => return Decision::None(at),
                (Class::Unknown, Class::Upper) => return Decision::Ask,
                _ => {}
            }
            match next_is_lower(bytes, at) {
                Some(true) => return Decision::None(at),
                Some(false) => {}
                None => return Decision::Ask,
            }
        }
        _ => {}
    }
    while class(bytes, at) == Class::Close {
        at += char_len(bytes[at]);
    }
    while class(bytes, at) == Class::Space {
        at += 1;
    }
    match class(bytes, at) {
        Class::Continue | Class::End | Class::Point => Decision::None(at),
        Class::Unknown => Decision::Ask,
        _ => Decision::Boundary(at),
    }
}

/// Whether the next letter is a small one, with nothing but marks that end no sentence before it. `None` where only the
/// tables can tell.
fn next_is_lower(bytes: &[u8], from: usize) -> Option<bool> {
    let mut at = from;
    while at < bytes.len() {
        match class(bytes, at) {
            Class::Lower => return Some(true),
            Class::Upper | Class::Point | Class::End => return Some(false),
            Class::Unknown => return None,
            _ => at += char_len(bytes[at]),
        }
    }
    Some(false)
}

/// Whether a text writes no capitals at all, as many scraped pages do: it begins with a small letter, and no capital
/// follows a sentence's end.
fn is_lower_case(text: &str) -> bool {
    text.trim_start().starts_with(char::is_lowercase)
        && !memchr::memchr3_iter(b'.', b'!', b'?', text.as_bytes())
            .any(|at| text[at + 1..].trim_start().starts_with(char::is_uppercase))
}

/// In a text without capitals, the tables see one sentence where a reader sees several: they hold that a sentence does
/// not begin with a small letter. There, a point after a word of three letters and before a space is an end.
fn split_lower_case(text: &str, sentence: Range<usize>, end_at: &mut impl FnMut(usize)) {
    let bytes = &text.as_bytes()[sentence.clone()];
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r');
    let mut start = 0;
    for at in memchr::memchr3_iter(b'.', b'!', b'?', bytes) {
        let word = bytes[..at].iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let spaces = bytes[at + 1..].iter().take_while(|byte| is_space(byte)).count();
        if spaces > 0 && word >= 3 && at > start {
            start = at + 1 + spaces;
            if start < bytes.len() {
                end_at(sentence.start + start);
            }
        }
    }
}

/// Whether the break between `sentence` and `rest` is one that the tables see but a reader does not.
fn continues(sentence: &str, rest: &str) -> bool {
    let body = sentence.trim_end();
    let Some(stem) = body.strip_suffix('.') else { return false };
    if rest.is_empty() {
        return false;
    }
    let Some(last) = short_word_at_end(stem) else { return false };
    let mut letters = last.chars();
    let initial = matches!((letters.next(), letters.next()), (Some(c), None) if c.is_uppercase())
        // "Vitamin C. It" ends a sentence, "J. Smith" does not: an initial is followed by a capitalised word and
        // preceded by nothing or by another name.
        && stem.len() - last.len() < 40
        && stem[..stem.len() - last.len()].trim_end().rsplit(char::is_whitespace).next().is_none_or(|before| {
            before.is_empty() || (before.chars().next().is_some_and(char::is_uppercase) && before.ends_with('.'))
        });
    initial || is_abbreviation(last)
}

/// The last word of a text, with what is glued to it; `None` where it is too long for an initial or an abbreviation.
fn short_word_at_end(text: &str) -> Option<&str> {
    let parts = |c: char| c.is_whitespace() || matches!(c, '(' | '[' | '"' | '“' | '‘');
    let end = &text.as_bytes()[text.len().saturating_sub(LONGEST_ABBREVIATION + 1)..];
    if end.is_ascii() {
        return match end.iter().rposition(|byte| parts(char::from(*byte))) {
            Some(at) => Some(&text[text.len() - end.len() + at + 1..]),
            None => (end.len() == text.len() && end.len() <= LONGEST_ABBREVIATION).then_some(text),
        };
    }
    Some(text.rsplit(parts).next().unwrap_or(text))
}

/// For each length in bytes, the bits of the ASCII letters with which abbreviations of that length begin.
const INITIALS: [u32; LONGEST_ABBREVIATION + 1] = {
    let mut initials = [0; LONGEST_ABBREVIATION + 1];
    let mut at = 0;
    while at < ABBREVIATIONS.len() {
        let word = ABBREVIATIONS[at].as_bytes();
        if word[0].is_ascii_lowercase() {
            initials[word.len()] |= 1 << (word[0] - b'a');
        }
        at += 1;
    }
    initials
};

/// Whether a word can be an abbreviation, as far as its length and its first letter tell.
fn may_abbreviate(word: &str) -> bool {
    match word.as_bytes() {
        [first, ..] if first.is_ascii_alphabetic() && word.is_ascii() => INITIALS
            .get(word.len())
            .is_some_and(|initials| initials >> (first.to_ascii_lowercase() - b'a') & 1 == 1),
        [first, ..] => !first.is_ascii_digit(),
        [] => false,
    }
}

fn is_abbreviation(word: &str) -> bool {
    if !may_abbreviate(word) {
        return false;
    }
    let known =
        |folded: &[u8]| folded.len() <= LONGEST_ABBREVIATION && KEYS.binary_search(&key(folded)).is_ok();
    if !word.is_ascii() {
        return known(word.to_lowercase().as_bytes());
    }
    let mut folded = [0; LONGEST_ABBREVIATION];
    let Some(folded) = folded.get_mut(..word.len()) else { return false };
    folded.copy_from_slice(word.as_bytes());
    folded.make_ascii_lowercase();
    known(folded)
}

/// The first eight bytes as a number that orders as they do.
const fn key(bytes: &[u8]) -> u64 {
    let (mut key, mut at) = (0, 0);
    while at < 8 {
        key = key << 8 | if at < bytes.len() { bytes[at] as u64 } else { 0 };
        at += 1;
    }
    key
}

/// The keys of [`ABBREVIATIONS`], in their order.
const KEYS: [u64; ABBREVIATIONS.len()] = {
    let mut keys = [0; ABBREVIATIONS.len()];
    let mut at = 0;
    while at < keys.len() {
        keys[at] = key(ABBREVIATIONS[at].as_bytes());
        at += 1;
    }
    keys
};

/// Length in bytes of the longest of [`ABBREVIATIONS`].
const LONGEST_ABBREVIATION: usize = 6;

/// Whether `c` can end a sentence, in any script.
#[must_use]
pub const fn is_terminal(c: char) -> bool {
    matches!(
        c,
        '.' | '!'
            | '?'
            | '…'
            | '。'
            | '．'
            | '！'
            | '？'
            | '｡'
            | '؟'
            | '۔'
            | '।'
            | '॥'
            | '။'
            | '።'
            | '։'
            | '‼'
            | '⁇'
            | '⁈'
            | '⁉'
    )
}

/// Whether `text` ends as a sentence does: with a terminal, perhaps inside closing quotes or brackets.
#[must_use]
pub fn ends_sentence(text: &str) -> bool {
    // Nearly all lines end in one of these.
    match text.as_bytes().last() {
        Some(b'.' | b'!' | b'?') => return true,
        Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b',' | b':' | b';' | b'-') => return false,
        _ => {}
    }
    text.trim_end()
        .trim_end_matches(['"', '\'', ')', ']', '”', '’', '»', '」', '』', '）', '*', '_', ' '])
        .chars()
        .next_back()
        .is_some_and(is_terminal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = sentences(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected);
        assert_eq!(found.concat(), text, "sentences cover the text");
    }

    #[test]
    fn abbreviations_do_not_end_a_sentence() {
        check("See Dr. Peterson. He knows.", &["See Dr. Peterson. ", "He knows."]);
        check(
            "J. R. Smith wrote it. Vitamin C. It helps.",
            &["J. R. Smith wrote it. ", "Vitamin C. ", "It helps."],
        );
        check("It costs 3.50 today. Really?! Yes.", &["It costs 3.50 today. ", "Really?! ", "Yes."]);
        check("broken over\ntwo lines. Next.", &["broken over\ntwo lines. ", "Next."]);
        check("これは文です。次の文。", &["これは文です。", "次の文。"]);
        check("all small. really small. e.g. so. end", &["all small. ", "really small. ", "e.g. so. end"]);
        check("", &[]);
    }

    proptest::proptest! {
        #[test]
        fn short_words_end_a_text_as_its_last_words_do(text in "[ab.é“ (\t]{0,12}") {
            let parts = |c: char| c.is_whitespace() || matches!(c, '(' | '[' | '"' | '“' | '‘');
            let last = text.rsplit(parts).next().unwrap_or("");
            match short_word_at_end(&text) {
                Some(word) => proptest::prop_assert_eq!(word, last),
                None => proptest::prop_assert!(last.len() > LONGEST_ABBREVIATION),
            }
        }
    }

    #[test]
    fn abbreviations_are_sorted_and_short() {
        assert!(ABBREVIATIONS.is_sorted());
        assert!(ABBREVIATIONS.iter().all(|word| word.len() <= LONGEST_ABBREVIATION));
    }

    #[test]
    fn ends() {
        assert!(ends_sentence("He said “no.” "));
        assert!(ends_sentence("本当ですか？"));
        assert!(!ends_sentence("Read more about"));
        assert!(!ends_sentence(""));
    }

    /// Sentence boundaries as the tables alone find them.
    fn tables(text: &str) -> Vec<usize> {
        let flat = text.replace(['\n', '\r'], " ");
        let ends = flat.split_sentence_bounds().scan(0, |at, sentence| {
            *at += sentence.len();
            Some(*at)
        });
        ends.collect()
    }

    fn scanned(text: &str) -> Vec<usize> {
        let boundaries = Boundaries::of(text);
        let mut found = Vec::new();
        let mut at = 0;
        while at < text.len() {
            at = boundaries.after(at);
            found.push(at);
        }
        found
    }

    #[test]
    fn every_character_between_sentences_reads_as_the_tables_read_it() {
        let characters = (0..0x3100).chain(0xff00..0xff70).filter_map(char::from_u32);
        for c in characters {
            for text in [
                format!("a.{c}B"),
                format!("a. {c}B"),
                format!("a! {c}b"),
                format!("{c}.B"),
                format!("{c}. b"),
                format!("a{c}B. C"),
                format!("A. {c} 1 b"),
            ] {
                assert_eq!(scanned(&text), tables(&text), "{text:?}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn the_scan_agrees_with_the_tables(text in "[aB1 .!?,;:\"'()\n“”’—…é。\u{301}\u{ad}\u{2028}/-]{0,24}") {
            proptest::prop_assert_eq!(scanned(&text), tables(&text));
        }
    }
}
