//! The target phrase of a page dropped into the middle of its sentences, which read better without it.

use std::ops::Range;

use memchr::memmem::Finder;

use crate::analysis::for_each_word;
use crate::boilerplate::{Check, Line, Page, Rule};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "stuffed-phrase",
    version: 2,
    reason: "it is the page's search phrase, dropped into a sentence that reads better without it",
    examples: &[
        (
            "en",
            "Not known Details About garden fence painting Denver\n\nThe sun can cause paint to ⟦garden fence painting Denver ⟧crack and bubble.\n\nIt comes between the paint and the ⟦garden fence painting Denver ⟧wood of the garden fence.",
        ),
        (
            "en",
            "The Ultimate Guide To garden fence repair lawyer\n\nBrokers sell fences when big losses ⟦garden fence repair lawyer ⟧have left many owners alone.\n\nThe case requires ⟦garden fence repair lawyer ⟧painstaking proof of wrongs by the seller.",
        ),
    ],
    counter_examples: &[
        (
            "en",
            "Garden Fence Repair Market Analysis\n\nThe Garden Fence Repair Market is growing in every region of the country.\n\nIn the Garden Fence Repair Market report the makers are listed by size.",
        ),
        (
            "en",
            "Only One\n\nYou know that you are the one that I need\n\nAnd you know that you are the one that I want\n\nYes, you know that you are the one that I need\n\nOh you know that you are the one that I want",
        ),
        (
            "en",
            "The Joy Of garden fences\n\nMany people love garden fences. Others would rather live without garden fences.",
        ),
    ],
    check: Check::Page(check),
};

/// Fewest words of a stuffed phrase: shorter ones are ordinary language.
const FEWEST_WORDS: usize = 3;

/// Longest word, in bytes, that may have a capital for another reason than that it stands in a title: "I", "The".
const SHORT_WORD: usize = 3;

/// How often a phrase must stand inside sentences before it counts as stuffed.
const FEWEST_PLACES: usize = 2;

fn check(page: &Page<'_>, found: &mut Vec<TextSpan>) {
    for phrase in phrases(page) {
        let (mut holding, mut places) = (Vec::new(), Vec::new());
        let finder = Finder::new(&phrase);
        page.lines_holding(&finder, &mut holding);
        for line in holding.iter().map(|&index| &page.lines[index]) {
            if page.titles().contains(&line.index) || line.words < 8 {
                continue;
            }
            for at in finder.find_iter(line.text.as_bytes()) {
                let end = at + phrase.len();
                if is_inside_sentence(line.text, at, end) {
                    // The space after the phrase goes with it, so that one space is left.
                    let end = end + usize::from(line.text[end..].starts_with(' '));
                    places.push(line.span_of(at..end));
                }
            }
        }
        if places.len() >= FEWEST_PLACES {
            found.extend(places);
        }
    }
}

/// Phrases that a title keeps in the form in which they were typed into a search box, while it capitalises the words
/// around them: "The Ultimate Guide To garden fence repair lawyer". Pages that are made around a search phrase do so;
/// people who write a title do not.
fn phrases(page: &Page<'_>) -> Vec<String> {
    let mut phrases: Vec<String> = Vec::new();
    let (mut words, mut lower): (Vec<Range<usize>>, Vec<bool>) = (Vec::new(), Vec::new());
    // Copies of the title differ in case, and the first is often in capitals.
    let top = page.top().iter().filter(|line| line.words <= 25 && line.exact_words > FEWEST_WORDS);
    for line in top {
        words.clear();
        lower.clear();
        for_each_word(line.text, |range| {
            lower.push(line.text[range.clone()].starts_with(char::is_lowercase));
            words.push(range);
        });
        let Some((first, last)) = longest_run(&lower) else { continue };
        let outside = words.iter().enumerate().filter(|(at, _)| !(first..=last).contains(at));
        let capitalised = outside.filter(|(at, word)| !lower[*at] && word.len() > SHORT_WORD).count();
        if capitalised < 2 || last == first {
            continue;
        }
        // A name at the end of the phrase keeps its capital: the phrase may have up to two more words.
        let with = |extra: usize| {
            let end = words.get(last + extra).filter(|_| last + extra + 1 - first >= FEWEST_WORDS)?;
            Some(&line.text[words[first].start..end.end])
        };
        // Where the shortest does not stand, no longer one does.
        let Some(shortest) = (0..=2).find_map(with) else { continue };
        if !stands_elsewhere(page, line, shortest) {
            continue;
        }
        for phrase in (0..=2).rev().filter_map(with) {
            if stands_elsewhere(page, line, phrase) && !phrases.iter().any(|other| other == phrase) {
                phrases.push(phrase.to_owned());
                break;
            }
        }
    }
    phrases
}

/// Whether a phrase of one line stands in enough other lines that are long enough to hold it inside a sentence.
fn stands_elsewhere(page: &Page<'_>, line: &Line<'_>, phrase: &str) -> bool {
    let mut holding = Vec::new();
    page.lines_holding(&Finder::new(phrase), &mut holding);
    let others = holding.iter().filter(|&&other| other != line.index && page.lines[other].words >= 8);
    others.count() >= FEWEST_PLACES
}

/// First and last index of the longest run of `true`; the last of equals.
fn longest_run(flags: &[bool]) -> Option<(usize, usize)> {
    let mut longest: Option<(usize, usize)> = None;
    let mut start = None;
    for (at, flag) in flags.iter().enumerate() {
        start = if *flag { start.or(Some(at)) } else { None };
        if let Some(start) = start
            && longest.is_none_or(|(first, last)| at - start >= last - first)
        {
            longest = Some((start, at));
        }
    }
    longest
}

/// Whether text goes on before and after the phrase without a mark between: where a sentence ends or a clause begins
/// with the phrase, it may have been meant.
fn is_inside_sentence(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    let goes_on = text[end..].trim_start().chars().next().is_some_and(char::is_alphanumeric);
    let went_on = text[..start]
        .trim_end()
        .chars()
        .next_back()
        .is_some_and(|c| c.is_alphanumeric() || matches!(c, ',' | ';' | '’'));
    before == Some(' ') && after == Some(' ') && goes_on && went_on
}
