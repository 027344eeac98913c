//! Sentences: UAX #29 boundaries, less those after an abbreviation or an initial.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// Words before a point that do not end a sentence, folded, without the point. From the abbreviation lists of the
/// Punkt sentence splitter's training literature (Kiss and Strunk 2006), shortened to those that stand before a capital.
const ABBREVIATIONS: &[&str] = &[
    "dr", "mr", "mrs", "ms", "prof", "st", "sr", "jr", "rev", "gen", "col", "capt", "lt", "sgt", "gov",
    "sen", "rep", "hon", "vs", "no", "nos", "vol", "fig", "figs", "eq", "sec", "ch", "pp", "ed", "eds",
    "approx", "dept", "est", "e.g", "i.e", "cf", "al", "ca", "jan", "feb", "mar", "apr", "jun", "jul", "aug",
    "sep", "sept", "oct", "nov", "dec", "mme", "mlle", "nr", "str", "bzw", "usw", "z.b", "d.h", "u.a", "ggf",
    "sra", "srta", "dña", "art", "núm", "pág", "ing", "mgr", "ks", "ul", "tzw", "np", "wg", "ред", "г", "ул",
    "им", "т.е",
];

/// The byte ranges of the sentences of `text`; they follow one another and cover it.
///
/// A sentence keeps the white space after it. Line ends do not end a sentence by themselves: whether two lines belong
/// together is for the caller to know. Linear.
#[must_use]
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    let mut at = 0;
    // The tables take a line end for a sentence end; a space of the same length keeps every offset.
    let flat;
    let searched = if memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_some() {
        flat = text.replace(['\n', '\r'], " ");
        flat.as_str()
    } else {
        text
    };
    let lower_case = is_lower_case(searched);
    for piece in searched.split_sentence_bounds().flat_map(|piece| split_lower_case(piece, lower_case)) {
        at += piece.len();
        if continues(&searched[start..at], &searched[at..]) {
            continue;
        }
        found.push(start..at);
        start = at;
    }
    if start < text.len() {
        found.push(start..text.len());
    }
    found
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
fn split_lower_case(piece: &str, lower_case: bool) -> Vec<&str> {
    if !lower_case {
        return vec![piece];
    }
    let mut pieces = Vec::new();
    let mut start = 0;
    let bytes = piece.as_bytes();
    for at in memchr::memchr3_iter(b'.', b'!', b'?', bytes) {
        let word = bytes[..at].iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let spaced = bytes.get(at + 1) == Some(&b' ');
        if spaced && word >= 3 && at > start {
            let spaces = bytes[at + 1..].iter().take_while(|byte| **byte == b' ').count();
            pieces.push(&piece[start..at + 1 + spaces]);
            start = at + 1 + spaces;
        }
    }
    if start < piece.len() {
        pieces.push(&piece[start..]);
    }
    pieces
}

/// Whether the break between `sentence` and `rest` is one that the tables see but a reader does not.
fn continues(sentence: &str, rest: &str) -> bool {
    let body = sentence.trim_end();
    let Some(stem) = body.strip_suffix('.') else { return false };
    if rest.is_empty() {
        return false;
    }
    let last = stem
        .rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '"' | '“' | '‘'))
        .next()
        .unwrap_or(stem);
    let mut letters = last.chars();
    let initial = matches!((letters.next(), letters.next()), (Some(c), None) if c.is_uppercase())
        // "Vitamin C. It" ends a sentence, "J. Smith" does not: an initial is followed by a capitalised word and
        // preceded by nothing or by another name.
        && stem.len() - last.len() < 40
        && stem[..stem.len() - last.len()].trim_end().rsplit(char::is_whitespace).next().is_none_or(|before| {
            before.is_empty() || (before.chars().next().is_some_and(char::is_uppercase) && before.ends_with('.'))
        });
    initial || ABBREVIATIONS.contains(&last.to_lowercase().as_str())
}

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

    #[test]
    fn ends() {
        assert!(ends_sentence("He said “no.” "));
        assert!(ends_sentence("本当ですか？"));
        assert!(!ends_sentence("Read more about"));
        assert!(!ends_sentence(""));
    }
}
