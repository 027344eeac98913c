//! Scripts written without spaces between words: characters that are sought in pairs, and words found by dictionary.
//!
//! UAX #29 parts Han and Hiragana into characters and Thai into syllables, which say little by themselves, and keeps
//! words of Katakana and Hangul whole with all that is joined to them. Pairs of neighbouring characters serve the
//! scripts of East Asia as well as words do (Nie, Gao, Zhang and Zhou, "On the use of words and n-grams for Chinese
//! information retrieval", IRAL 2000), and need no dictionary that must know the names of today. The alphabets of
//! South-East Asia have too few letters for that; their words come from the dictionaries of ICU.

use std::ops::Range;
use std::sync::LazyLock;

use icu_segmenter::options::WordBreakInvariantOptions;
use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed};

use super::for_each_word;

/// Longest stretch in bytes that goes through the dictionary at once; a line of megabytes without any space is no text.
const LONGEST: usize = 4096;

/// Reads the tables once, and only where a text needs them.
static DICTIONARY: LazyLock<WordSegmenterBorrowed<'static>> =
    LazyLock::new(|| WordSegmenter::new_dictionary(WordBreakInvariantOptions::default()));

/// Particles that Korean joins to a noun. A query is better off without them; the longest that fits goes.
const PARTICLES: &[&str] = &[
    "으로부터",
    "에게서",
    "에서는",
    "에서도",
    "으로는",
    "으로",
    "에서",
    "에게",
    "부터",
    "까지",
    "보다",
    "처럼",
    "하고",
    "이나",
    "에는",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "의",
    "에",
    "로",
    "와",
    "과",
    "도",
    "만",
];

/// Han, Hiragana, Katakana and Hangul: scripts whose characters are sought in pairs.
pub(super) const fn is_paired(c: char) -> bool {
    matches!(
        c,
        '\u{3005}'..='\u{3007}'
            | '\u{3040}'..='\u{309F}'
            | '\u{30A0}'..='\u{30FF}'
            | '\u{31F0}'..='\u{31FF}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{AC00}'..='\u{D7A3}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{FF66}'..='\u{FF9F}'
            | '\u{20000}'..='\u{3FFFF}'
    )
}

/// Thai, Lao, Myanmar and Khmer: scripts whose words are found by dictionary.
pub(super) const fn is_in_dictionary(c: char) -> bool {
    matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{AA60}'..='\u{AA7F}')
}

/// Whether a text may hold any of these scripts, by the first bytes of its characters. Linear, and a comparison of many
/// bytes at once: what English has beside ASCII begins with others.
fn may_be_unspaced(text: &str) -> bool {
    let may_begin = |byte: &u8| matches!(byte, 0xe0 | 0xe1 | 0xe3..=0xf4);
    !text.is_ascii()
        && text.as_bytes().chunks(64).any(|chunk| chunk.iter().fold(false, |any, byte| any | may_begin(byte)))
}

/// The byte ranges of what a text is searched by: words by UAX #29 where spaces part them, single characters of the
/// scripts that are sought in pairs, words of the dictionary. Linear.
#[must_use]
pub fn units(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    units_into(text, &mut found);
    found
}

/// Writes the [`units`] of `text` to `units`, which is cleared first.
pub(super) fn units_into(text: &str, units: &mut Vec<Range<usize>>) {
    units.clear();
    for_each_word(text, |range| units.push(range));
    if !may_be_unspaced(text) {
        return;
    }
    let mut found = std::mem::take(units).into_iter().peekable();
    while let Some(mut range) = found.next() {
        if first_is(text, &range, is_in_dictionary) {
            while let Some(next) = found.next_if(|next| {
                next.start == range.end
                    && next.end - range.start <= LONGEST
                    && first_is(text, next, is_in_dictionary)
            }) {
                range.end = next.end;
            }
            dictionary_words(&text[range.clone()], range.start, units);
        } else {
            characters(&text[range.clone()], range.start, units);
        }
    }
}

/// Whether a word begins with a character of a kind.
fn first_is(text: &str, range: &Range<usize>, kind: fn(char) -> bool) -> bool {
    text[range.clone()].chars().next().is_some_and(kind)
}

fn dictionary_words(run: &str, offset: usize, units: &mut Vec<Range<usize>>) {
    let mut start = 0;
    for end in DICTIONARY.segment_str(run) {
        if run[start..end].chars().any(char::is_alphanumeric) {
            units.push(offset + start..offset + end);
        }
        start = end;
    }
}

/// Takes the characters that are sought in pairs out of a word, each with the marks on it: `LG전자` is `LG`, `전`, `자`.
fn characters(word: &str, offset: usize, units: &mut Vec<Range<usize>>) {
    let mut start = 0;
    let mut paired = false;
    for (at, c) in word.char_indices() {
        let own = is_paired(c);
        // A mark goes with the character that it stands on.
        if at > 0 && (own || paired) && !is_mark(c) {
            units.push(offset + start..offset + at);
            start = at;
        }
        paired = own || paired && is_mark(c);
    }
    units.push(offset + start..offset + word.len());
}

/// Voicing marks of Kana and variation selectors.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{3099}' | '\u{309A}' | '\u{FF9E}' | '\u{FF9F}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Whether two units are neighbours that are sought as a pair.
pub(super) fn is_pair(text: &str, first: &Range<usize>, second: &Range<usize>) -> bool {
    first.end == second.start && first_is(text, first, is_paired) && first_is(text, second, is_paired)
}

/// The byte ranges of the words of a query as they are typed: what stands together of a script without spaces is one.
#[must_use]
pub fn typed_words(text: &str) -> Vec<Range<usize>> {
    let mut typed: Vec<Range<usize>> = Vec::new();
    let mut last: Option<Range<usize>> = None;
    for unit in units(text) {
        let joined = last.as_ref().is_some_and(|last| {
            is_pair(text, last, &unit)
                || last.end == unit.start
                    && first_is(text, last, is_in_dictionary)
                    && first_is(text, &unit, is_in_dictionary)
        });
        match typed.last_mut() {
            Some(word) if joined => word.end = unit.end,
            _ => typed.push(unit.clone()),
        }
        last = Some(unit);
    }
    typed
}

/// Whether a word as it is typed is of a script without spaces.
#[must_use]
pub fn is_unspaced(word: &str) -> bool {
    word.chars().next().is_some_and(|c| is_paired(c) || is_in_dictionary(c))
}

/// Whether a word as it is typed is of a script whose characters are sought in pairs.
#[must_use]
pub fn is_in_pairs(word: &str) -> bool {
    word.chars().next().is_some_and(is_paired)
}

/// A Korean word without the particle at its end, if two syllables are left; any other as it is.
#[must_use]
pub fn without_particle(word: &str) -> &str {
    if !word.chars().all(|c| matches!(c, '\u{AC00}'..='\u{D7A3}')) {
        return word;
    }
    let stem = PARTICLES.iter().find_map(|particle| word.strip_suffix(particle));
    stem.filter(|stem| stem.chars().count() >= 2).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(found: &[Range<usize>], text: &str, expected: &[&str]) {
        let found: Vec<&str> = found.iter().map(|range| &text[range.clone()]).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn units_of_scripts_with_and_without_spaces() {
        for (text, expected) in [
            ("东京 is big", &["东", "京", "is", "big"][..]),
            ("ランナー", &["ラ", "ン", "ナ", "ー"]),
            ("LG전자의 3월", &["LG", "전", "자", "의", "3", "월"]),
            ("ｶﾞｽ", &["ｶﾞ", "ｽ"]),
            ("อาการปวดหลังเรื้อรัง (ขา)", &["อาการ", "ปวด", "หลัง", "เรื้อรัง", "ขา"]),
            ("Don’t run", &["Don’t", "run"]),
        ] {
            check(&units(text), text, expected);
        }
    }

    #[test]
    fn typed_words_hold_what_stands_together() {
        let text = "東京タワー LG전자 ปวดหลัง back-pain";
        check(&typed_words(text), text, &["東京タワー", "LG", "전자", "ปวดหลัง", "back", "pain"]);
    }

    #[test]
    fn a_particle_goes_and_a_short_word_stays() {
        assert_eq!(without_particle("학교에서"), "학교");
        assert_eq!(without_particle("통증을"), "통증");
        assert_eq!(without_particle("나이"), "나이");
        assert_eq!(without_particle("東京"), "東京");
    }
}
