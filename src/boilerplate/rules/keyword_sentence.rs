//! The target phrase of a page set between its sentences as a sentence of its own.

use std::collections::HashMap;

use crate::analysis::{count_words, fold, is_plain, one_spaced};
use crate::boilerplate::{Check, Line, Page, Rule};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "keyword-sentence",
    version: 2,
    reason: "it is the page's search phrase set as a sentence",
    examples: &[
        (
            "en",
            "Back Pain From Running\n\nPain comes from tired muscles in many runners. I know it well.\n\n⟦Back pain from running.⟧ Pause then slowly lower your torso back to the floor.",
        ),
        (
            "en",
            "Best Candy Shops 2023. Treats are bought in autumn by everyone who has children at home.\n\n⟦Best Candy Shops 2023.⟧ A surprise hit among the crowd was the corn.\n\n⟦Best Candy Shops 2023.⟧",
        ),
        (
            "de",
            "Rückenschmerzen beim Laufen\n\nViele Läufer haben müde Muskeln, die ihnen weh tun. Ich kenne das gut.\n\n⟦Rückenschmerzen beim Laufen.⟧ Danach senkt man den Oberkörper langsam wieder zum Boden.",
        ),
    ],
    counter_examples: &[
        (
            "en",
            "Back Pain\n\nIt hurts. It really hurts. It hurts. Back pain is common among those who run far.",
        ),
        (
            "en",
            "Never again. He had said it before. Never again. And yet he came back to the house on the hill.",
        ),
        (
            "es",
            "Restaurantes de la costa\n\nOlas Altas 414, Emiliano Zapata. Puerto Vallarta. Jalisco.\n\nOlas Altas 356, Emiliano Zapata. Puerto Vallarta. Jalisco.\n\nJuarez 797, Centro. Puerto Vallarta. Jalisco.",
        ),
        (
            "de",
            "Rückenschmerzen\n\nEs tut weh. Es tut sehr weh. Es tut weh. Rückenschmerzen haben viele, die weit laufen.",
        ),
    ],
    check: Check::Page(check),
};

/// Fewest and most words of such a phrase.
const WORDS: std::ops::RangeInclusive<usize> = 2..=14;

/// Most bytes of such a sentence.
const LONGEST: usize = 120;

/// Longest word, in characters, that a title may write small.
const SHORT_WORD: usize = 3;

/// How often a capitalised phrase must stand as a sentence before it counts without a title to compare it with.
const REPEATS: usize = 3;

/// Fewest words of such a phrase: a name of two words comes up in every address of its town.
const FEWEST_ALONE: usize = 3;

fn check(page: &Page<'_>, found: &mut Vec<TextSpan>) {
    let titles: Vec<String> = page
        .titles()
        .iter()
        .map(|&index| &page.lines[index])
        .filter(|title| title.words >= 3 && !title.is_question())
        .map(|title| title.folded().trim_end_matches(['.', '!', ' ']).to_owned())
        .collect();
    let title_words = Words::of(&titles);
    // Where each candidate stands: folded phrase → spans, in order.
    let mut seen: HashMap<String, Vec<(usize, TextSpan)>> = HashMap::new();
    let mut order: Vec<String> = Vec::new();
    let mut titled = false;
    for line in lines_that_may_hold(page, &title_words) {
        for range in line.sentences() {
            let sentence = line.text[range.clone()].trim_end();
            if sentence.len() > LONGEST || !sentence.ends_with('.') {
                continue;
            }
            let title_cased = is_title_cased(sentence);
            let titled_so = || titles.iter().any(|title| may_begin(title, sentence));
            if !(title_cased || titled_so()) || !WORDS.contains(&count_words(sentence)) {
                continue;
            }
            let folded = fold(sentence);
            let phrase = one_spaced(&folded).trim_end_matches('.').to_owned();
            let span = line.span_of(range.start..range.start + sentence.len());
            if titles.iter().any(|title| is_beginning(title, &phrase)) {
                found.push(span);
            } else if title_cased {
                titled |= titles
                    .iter()
                    .any(|title| title.starts_with(phrase.as_str()) && count_words(&phrase) >= 3);
                if !seen.contains_key(&phrase) {
                    order.push(phrase.clone());
                }
                seen.entry(phrase).or_default().push((line.index, span));
            }
        }
    }
    for phrase in order {
        let places = &seen[&phrase];
        // With a title that begins so, even the first copy says nothing new.
        let in_title = titled && titles.iter().any(|title| title.starts_with(phrase.as_str()));
        if in_title && places.len() >= 2 {
            found.extend(places.iter().map(|(_, span)| *span));
        } else if places.len() >= REPEATS
            && count_words(&phrase) >= FEWEST_ALONE
            && places.iter().any(|(line, _)| *line != places[0].0)
        {
            found.extend(places.iter().skip(1).map(|(_, span)| *span));
        }
    }
}

/// The words of the titles, folded.
struct Words<'a> {
    list: Vec<&'a str>,
    /// The bits of their shapes: most other words are told from all of them by theirs.
    shapes: u64,
    /// The bits of the small letters that they end in.
    last: u32,
}

impl<'a> Words<'a> {
    fn of(titles: &'a [String]) -> Self {
        let mut list: Vec<&str> = titles.iter().flat_map(|title| title.split(' ')).collect();
        list.sort_unstable();
        list.dedup();
        let shapes = list.iter().fold(0, |shapes, word| shapes | Self::shape(word.as_bytes()));
        let last = list.iter().filter_map(|word| word.bytes().last()).filter(u8::is_ascii_lowercase);
        let last = last.fold(0, |letters, last| letters | 1 << (last - b'a'));
        Self { list, shapes, last }
    }

    /// One of 64 bits, by the length and the last byte of a word, whatever its case.
    fn shape(word: &[u8]) -> u64 {
        let last = word.last().map_or(0, u8::to_ascii_lowercase);
        1 << ((usize::from(last) + 5 * word.len()) % 64)
    }

    /// Whether one of them ends in a small letter.
    fn end_in(&self, letter: u8) -> bool {
        self.last >> (letter - b'a') & 1 == 1
    }

    /// Whether a word in small letters is one of them.
    fn contain(&self, word: &[u8]) -> bool {
        self.shapes & Self::shape(word) != 0 && self.list.iter().any(|known| known.as_bytes() == word)
    }

    /// Whether a word of ASCII is one of them, whatever its case.
    fn contain_uncased(&self, word: &str) -> bool {
        self.shapes & Self::shape(word.as_bytes()) != 0
            && self.list.iter().any(|known| known.eq_ignore_ascii_case(word))
    }
}

/// The lines, but for titles, in which some point may end a phrase. All points of the page are looked for at once.
fn lines_that_may_hold<'p, 'a>(page: &'p Page<'a>, title_words: &Words<'_>) -> Vec<&'p Line<'a>> {
    let (mut found, mut at) = (Vec::new(), 0);
    let text = &page.document.text;
    // Most points stand behind a word of small letters, and most of these end in another letter than those of titles:
    // words of more than three letters in small ones tell as much as in `may_end_phrase`.
    for point in page.classes.points_behind(text, |last| title_words.end_in(last)) {
        while page.lines.get(at).is_some_and(|line| line.span.end <= point) {
            at += 1;
        }
        // A line that is found needs no second look.
        let Some(line) = page.lines.get(at).filter(|line| line.span.start <= point) else { continue };
        // A sentence that begins further away is too long.
        let start = text.ceil_char_boundary((point + 1).saturating_sub(LONGEST)).max(line.span.start);
        if line.text.len() <= 100_000
            && may_end_phrase(&text[start..=point], title_words)
            && !page.titles().contains(&line.index)
        {
            found.push(line);
            at += 1;
        }
    }
    found
}

/// Whether a sentence that ends with this text, which ends with a point, can be in title case or the beginning of a title,
/// as far as its last words tell. Most sentences have a long word in small letters among the last two, and so need not
/// be found.
fn may_end_phrase(text: &str, title_words: &Words<'_>) -> bool {
    // Most sentences end in a word of small letters, which no title has.
    let stem = text.as_bytes().strip_suffix(b".").unwrap_or_default();
    let mut start = stem.len();
    while start > 0 && stem[start - 1].is_ascii_lowercase() {
        start -= 1;
    }
    let (before, word) = stem.split_at(start);
    if word.len() >= SHORT_WORD && before.last().is_none_or(|byte| is_space(*byte)) {
        return title_words.contain(word) && before_is_of_title(before, title_words);
    }
    let mut words = text.as_bytes().rsplit(|byte| is_space(*byte)).filter(|word| !word.is_empty());
    let Some(last) = words.next() else { return false };
    let stem = text[text.len() - last.len()..].trim_end_matches('.');
    let in_title = || {
        if stem.is_ascii() {
            title_words.contain_uncased(stem)
        } else {
            title_words.list.contains(&fold(stem).as_str())
        }
    };
    // What is more than letters and marks of English may be parted or folded in ways that only the whole sentence tells.
    if stem.is_empty() || !is_plain(stem.as_bytes()) || in_title() {
        return true;
    }
    let mut cased = 0;
    for (place, word) in std::iter::once(last).chain(words).enumerate() {
        let capital = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || !byte.is_ascii();
        let ends = |byte: &u8| matches!(byte, b'.' | b'!' | b'?');
        let long = word.len() > SHORT_WORD;
        let small = long && !word.iter().any(capital);
        cased += usize::from(long && !small);
        // Where a sentence can begin after this word, or within it, what stands behind it is all that counts.
        if cased >= 2 && place > 0 && (word.iter().any(ends) || !is_plain(word)) {
            return true;
        }
        if small {
            return false;
        }
    }
    cased >= 2
}

/// Whether the last word of a text is one of a title's, as the word before the last of its beginning is.
fn before_is_of_title(text: &[u8], title_words: &Words<'_>) -> bool {
    let word = text.rsplit(|byte| is_space(*byte)).find(|word| !word.is_empty());
    word.is_some_and(|word| {
        !is_plain(word)
            || !word.is_ascii()
            || std::str::from_utf8(word).is_ok_and(|word| title_words.contain_uncased(word))
    })
}

/// White space of ASCII; all other stands in words that are not ASCII.
const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Whether the title can begin with this sentence once it is folded, as far as its first word tells.
fn may_begin(title: &str, sentence: &str) -> bool {
    let sentence = sentence.trim_start().as_bytes();
    for (at, pair) in sentence.windows(2).enumerate() {
        // Folding leaves an ASCII letter or digit that no mark follows what it is, but for its case.
        if !pair[0].is_ascii_alphanumeric() || !pair[1].is_ascii() {
            return true;
        }
        if title.as_bytes().get(at) != Some(&pair[0].to_ascii_lowercase()) {
            return false;
        }
    }
    true
}

/// Whether `phrase` is the title, or the title's beginning up to a word boundary and at least three words of it.
fn is_beginning(title: &str, phrase: &str) -> bool {
    title.strip_prefix(phrase).is_some_and(|rest| {
        rest.is_empty()
            || rest.starts_with(' ')
                && count_words(phrase) >= 3
                && count_words(phrase) * 2 >= count_words(title)
    })
}

/// Whether every longer word begins with a capital or is a number, as in a title but not in a sentence.
fn is_title_cased(sentence: &str) -> bool {
    let mut words = 0;
    let cased =
        sentence.split_whitespace().filter(|word| word.chars().nth(SHORT_WORD).is_some()).all(|word| {
            words += 1;
            word.chars().find(|c| c.is_alphanumeric()).is_some_and(|c| !c.is_lowercase())
        });
    cased && words >= 2
}
