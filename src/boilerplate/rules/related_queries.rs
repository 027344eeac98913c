//! Related search queries set into running text between commas.

use std::ops::Range;

use super::query_list::ASKING;
use crate::analysis::{count_words, fold, for_each_word};
use crate::boilerplate::{Check, Gate, Line, Page, Rule};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "related-queries",
    version: 1,
    reason: "it is a list of related search queries inside the text",
    examples: &[
        (
            "en",
            "brown lawn\n\nwater the lawn in the evening. ⟦see common lawn problems:, should i water my lawn, lawn turns brown when wet, brown lawn one side only.⟧",
        ),
        (
            "en",
            "brown lawn\n\nfeed it in spring. at first⟦, brown lawn after winter, return to lawn after drought, can i water a brown lawn⟧",
        ),
        (
            "de",
            "brauner Rasen\n\nDer Rasen braucht Wasser. zuerst⟦, brauner rasen im winter, warum wird der rasen braun, brauner rasen nach regen⟧",
        ),
    ],
    counter_examples: &[
        (
            "en",
            "Yellow lawns, brown lawns, bare lawns and mossy lawns are found in every street of the town.",
        ),
        ("en", "He bought a rake, a spade, a hoe, two brooms, and a barrow."),
        ("de", "Braune Rasen, gelbe Rasen, kahle Rasen und moosige Rasen gibt es in jeder Straße der Stadt."),
    ],
    check: Check::Within(Gate::OPEN, check),
};

/// Fewest queries of a list.
const FEWEST: usize = 3;

fn check(page: &Page<'_>, line: &Line<'_>, found: &mut Vec<TextSpan>) {
    // A list is about the topic, which only a title tells.
    if page.title_words().is_empty() || !has_queries(page, line) {
        return;
    }
    for sentence in line.sentences() {
        if let Some(range) = queries(page, line, sentence) {
            found.push(line.span_of(range));
        }
    }
}

/// The part of a sentence that is a list of queries reaching to its end.
fn queries(page: &Page<'_>, line: &Line<'_>, sentence: &Range<usize>) -> Option<Range<usize>> {
    let text = line.text[sentence.clone()].trim_end();
    if !has_segments(text) {
        return None;
    }
    let segments = segments_at_end(text);
    let mut list = segments.as_slice();
    // Small words before the list ("at first,") look like a short query; a query is about the topic.
    let topical = |range: &Range<usize>| {
        let folded = fold(&text[range.clone()]);
        let mut found = false;
        for_each_word(&folded, |word| found |= page.title_words().contains(&folded[word]));
        found
    };
    while list.len() >= FEWEST
        && let Some(first) = list.first()
        && !topical(first)
    {
        list = &list[1..];
    }
    if list.len() < FEWEST {
        return None;
    }
    let queries: Vec<String> =
        list.iter().map(|range| fold(text[range.clone()].trim().trim_end_matches('.'))).collect();
    let words: usize = queries.iter().map(|query| count_words(query)).sum();
    if words * 2 < queries.len() * 7 {
        return None;
    }
    let (mut asking, mut topical, mut holders) = (0, 0, Vec::new());
    for query in &queries {
        asking += usize::from(query.split_whitespace().next().is_some_and(|first| ASKING.contains(&first)));
        let before = holders.len();
        for_each_word(query, |range| {
            if crate::boilerplate::line::is_content_word(&query[range.clone()]) {
                holders.push(&query[range]);
            }
        });
        topical += usize::from(holders[before..].iter().any(|word| page.title_words().contains(word)));
        let added = each_once(&mut holders[before..]);
        holders.truncate(before + added);
    }
    holders.sort_unstable();
    let head = holders.chunk_by(|a, b| a == b).map(<[&str]>::len).max().unwrap_or(0);
    let shares_head = head * 5 >= list.len() * 3;
    let mut distinct: Vec<&str> = queries.iter().map(String::as_str).collect();
    let repeats = each_once(&mut distinct) < list.len();
    let asks = asking > 0 || repeats || words >= list.len() * 4;
    if !(shares_head && asks && topical * 2 >= list.len()) {
        return None;
    }
    let first = &list[0];
    let lead = text[..first.start].trim_end_matches([',', ' ']);
    // "see common …:," is part of the list; otherwise the sentence goes on up to the comma.
    let introduced = lead.ends_with(':') && count_words(lead) <= 10;
    let whole = introduced || lead.is_empty();
    let start = if whole { 0 } else { first.start.saturating_sub(1) };
    let end = if whole || !text.ends_with('.') { text.len() } else { text.len() - 1 };
    Some(sentence.start + start..sentence.start + end)
}

/// Brings each of some words to the front once; gives how many they are.
fn each_once(words: &mut [&str]) -> usize {
    words.sort_unstable();
    let mut kept = 0;
    for at in 0..words.len() {
        if kept == 0 || words[at] != words[kept - 1] {
            words[kept] = words[at];
            kept += 1;
        }
    }
    kept
}

/// Whether there are as many commas as a list needs.
fn has_segments(text: &str) -> bool {
    memchr::memchr_iter(b',', text.as_bytes()).nth(FEWEST - 2).is_some()
}

/// Whether anything between two commas reads like a query, as everything in a list does but for its first and last.
fn has_queries(page: &Page<'_>, line: &Line<'_>) -> bool {
    let mut commas = memchr::memchr_iter(b',', line.text.as_bytes());
    let Some(mut start) = commas.next() else { return false };
    commas.any(|end| {
        let segment = start + 1..end;
        start = end;
        let place = line.span.start + segment.start..line.span.start + segment.end;
        let mut capitals = page.classes.places(&place, |piece| piece.upper & !piece.beyond_ascii);
        capitals.next().is_none() && is_query(line.text[segment].trim())
    })
}

/// The segments between commas that read like queries, from the end of a sentence up to the first that does not.
fn segments_at_end(text: &str) -> Vec<Range<usize>> {
    let mut segments = Vec::new();
    let mut end = text.len();
    for start in memchr::memrchr_iter(b',', text.as_bytes()).map(|at| at + 1).chain([0]) {
        if !is_query(text[start..end].trim()) {
            break;
        }
        segments.push(start..end);
        end = start.saturating_sub(1);
    }
    segments.reverse();
    segments
}

/// Whether a segment between commas reads like something typed into a search box.
fn is_query(segment: &str) -> bool {
    let mut words = 0;
    for word in segment.trim_end_matches('.').split_whitespace() {
        words += 1;
        let joins = if words == 1 { opens_clause(word) } else { matches!(word, "and" | "or") };
        if joins || words > MOST_WORDS || has_mark(word) {
            return false;
        }
    }
    words > 1
}

/// Most words of a query.
const MOST_WORDS: usize = 9;

/// Whether a word begins a clause rather than a query.
fn opens_clause(word: &str) -> bool {
    matches!(
        word,
        "and"
            | "or"
            | "und"
            | "oder"
            | "et"
            | "ou"
            | "y"
            | "o"
            | "e"
            | "en"
            | "but"
            | "which"
            | "who"
            | "that"
            | "while"
            | "because"
    )
}

/// Whether a word has a capital or a mark that nobody types into a search box.
fn has_mark(word: &str) -> bool {
    word.bytes().any(|byte| matches!(byte, b'A'..=b'Z' | b'(' | b')' | b'"' | b':' | b';'))
        || !word.is_ascii() && word.chars().any(|c| c.is_uppercase() || c == '“')
}
