//! Words: UAX #29 boundaries, found by a byte scan where the text is ASCII and by the Unicode tables where it is not.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// Calls `emit` with the byte range of every word of `text`, in order. A word holds at least one letter or digit.
///
/// ASCII white space is a word boundary in UAX #29, so the text is cut there and each piece goes to the scan that fits
/// it. Linear.
pub fn for_each(text: &str, mut emit: impl FnMut(Range<usize>)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if is_ascii_space(bytes[at]) {
            at += 1;
            continue;
        }
        let start = at;
        let mut ascii = true;
        while at < bytes.len() && !is_ascii_space(bytes[at]) {
            ascii &= bytes[at].is_ascii();
            at += 1;
        }
        if ascii {
            ascii_words(&bytes[start..at], start, &mut emit);
        } else {
            for (offset, word) in text[start..at].unicode_word_indices() {
                split_compound(word, start + offset, &mut emit);
            }
        }
    }
}

/// The byte ranges of the words of `text`.
#[must_use]
pub fn words(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for_each(text, |range| found.push(range));
    found
}

/// The number of words in `text`.
#[must_use]
pub fn count(text: &str) -> usize {
    let mut count = 0;
    for_each(text, |_| count += 1);
    count
}

const fn is_ascii_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// Whether a byte between two letters keeps them in one word.
const fn joins_letters(byte: u8) -> bool {
    byte == b'\''
}

/// Whether a byte between two digits keeps them in one number.
const fn joins_digits(byte: u8) -> bool {
    matches!(byte, b'.' | b',' | b'\'' | b';')
}

fn ascii_words(bytes: &[u8], offset: usize, emit: &mut impl FnMut(Range<usize>)) {
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let start = at;
        at += 1;
        while at < bytes.len() {
            if bytes[at].is_ascii_alphanumeric() {
                at += 1;
                continue;
            }
            let (before, after) = (bytes[at - 1], bytes.get(at + 1).copied().unwrap_or(b' '));
            let joined =
                (joins_letters(bytes[at]) && before.is_ascii_alphabetic() && after.is_ascii_alphabetic())
                    || (joins_digits(bytes[at]) && before.is_ascii_digit() && after.is_ascii_digit());
            if !joined {
                break;
            }
            at += 2;
        }
        emit(offset + start..offset + at);
    }
}

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
