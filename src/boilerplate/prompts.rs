//! Phrases of furniture in many languages, as data (`prompts.tsv`), and the search for them in a line.

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::page::Line;
use crate::analysis::{count_words, fold};
use crate::span::TextSpan;

/// The table as it stands in the project.
pub(super) const SOURCE: &str = include_str!("prompts.tsv");

/// Longest sentence, in words, that a phrase can condemn: a longer one says more than the prompt.
const LONGEST_SENTENCE: usize = 100;

/// Longest sentence, in words, that the way it begins can condemn.
const LONGEST_START: usize = 25;

/// Fewest words of a phrase that may be cut out of a longer line as a sentence of its own: "Search." can be a sentence.
const SHORTEST_INNER: usize = 3;

/// What a phrase is about; each kind has a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PromptKind {
    /// Invitations to comment, and the furniture of a comment form.
    Comment,
    /// Buttons to share, follow, like and print.
    Share,
    /// Invitations to subscribe.
    Newsletter,
    /// Search boxes.
    Search,
    /// Copyright, cookies, terms, credits of themes.
    Legal,
    /// Advertisements and their markers.
    Ad,
    /// What is left of links: "Read more".
    Link,
    /// Headings of related, recent and popular lists.
    Related,
    /// Words of menus.
    Nav,
    /// "Report this page" and the like.
    Report,
    /// What authors are called under their articles.
    Bio,
}

/// How a phrase must stand in a line or sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Whole,
    Start,
    Part,
}

struct Prompt {
    kind: PromptKind,
    form: Form,
    phrase: String,
    words: usize,
}

struct Prompts {
    list: Vec<Prompt>,
    /// Finds phrases of the forms `Start` and `Part`; pattern numbers lead into `inner`.
    searcher: AhoCorasick,
    inner: Vec<usize>,
    /// Phrases of the form `Whole`.
    whole: HashMap<String, Vec<usize>>,
}

static PROMPTS: LazyLock<Prompts> = LazyLock::new(|| {
    let list: Vec<Prompt> = SOURCE.lines().filter_map(read).collect();
    let inner: Vec<usize> = (0..list.len()).filter(|&index| list[index].form != Form::Whole).collect();
    #[expect(clippy::expect_used, reason = "proven by every test that labels a page")]
    let searcher = AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .build(inner.iter().map(|&index| list[index].phrase.as_bytes()))
        // Building fails only past two thousand million states; the table has a few thousand.
        .expect("the table of prompts is small");
    let mut whole: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, prompt) in list.iter().enumerate().filter(|(_, prompt)| prompt.form == Form::Whole) {
        whole.entry(prompt.phrase.clone()).or_default().push(index);
    }
    Prompts { list, searcher, inner, whole }
});

/// Reads one line of the table; a test proves that every line but comments is read.
fn read(line: &str) -> Option<Prompt> {
    let mut columns = line.split('\t');
    let kind = match columns.next()? {
        "comment" => PromptKind::Comment,
        "share" => PromptKind::Share,
        "newsletter" => PromptKind::Newsletter,
        "search" => PromptKind::Search,
        "legal" => PromptKind::Legal,
        "ad" => PromptKind::Ad,
        "link" => PromptKind::Link,
        "related" => PromptKind::Related,
        "nav" => PromptKind::Nav,
        "report" => PromptKind::Report,
        "bio" => PromptKind::Bio,
        _ => return None,
    };
    let _language = columns.next()?;
    let form = match columns.next()? {
        "whole" => Form::Whole,
        "start" => Form::Start,
        "part" => Form::Part,
        _ => return None,
    };
    let folded: Vec<String> = columns.next()?.split_whitespace().map(fold).collect();
    let folded = folded.join(" ");
    let phrase = if form == Form::Whole { bare(&folded).to_owned() } else { folded };
    let words = count_words(&phrase);
    Some(Prompt { kind, form, phrase, words })
}

/// A folded line without the marks, counts and arrows around what it says.
pub(super) fn bare(folded: &str) -> &str {
    let end = folded.trim_end_matches(|c: char| !c.is_alphabetic() && !is_spacing_mark(c));
    let bare = end.trim_start_matches(|c: char| !c.is_alphanumeric());
    if bare.is_empty() { folded.trim() } else { bare }
}

/// Vowel signs at the end of a Thai or Indic word, which are part of it though no letters.
const fn is_spacing_mark(c: char) -> bool {
    matches!(c, '\u{0900}'..='\u{0DFF}' | '\u{0E30}'..='\u{0E4E}')
}

/// The kinds of whole-line phrases that this folded line is, if any.
pub(super) fn whole_kinds(folded: &str) -> impl Iterator<Item = PromptKind> {
    let prompts = &*PROMPTS;
    let found = if folded.len() > 120 { None } else { prompts.whole.get(bare(folded)) };
    found.into_iter().flatten().map(|&index| prompts.list[index].kind)
}

/// Whether the folded line holds any phrase that needs a closer look at its sentences.
pub(super) fn holds_inner(folded: &str) -> bool {
    PROMPTS.searcher.is_match(folded)
}

/// Adds the ranges of `line` that phrases of `kind` mark: the line, or those of its sentences that hold one.
pub(super) fn find(line: &Line<'_>, kind: PromptKind, found: &mut Vec<TextSpan>) {
    if line.whole_prompts.contains(&kind) {
        found.push(line.span);
        return;
    }
    if !line.inner_prompts {
        return;
    }
    let sentences = line.sentences();
    // A short line that begins as furniture does and goes on in shouts is furniture to its end.
    let shouts = |range: &std::ops::Range<usize>| !line.text[range.clone()].trim_end().ends_with(['.', '。']);
    let rest_shouts = sentences.iter().skip(1).all(shouts);
    if line.words <= LONGEST_START && sentences.len() > 1 && rest_shouts && marks(&line.folded, kind, true) {
        found.push(line.span);
        return;
    }
    let before = found.len();
    let mut condemned = 0;
    for range in &sentences {
        let sentence = line.text[range.clone()].trim_end();
        if marks(&fold_sentence(sentence), kind, sentences.len() == 1) {
            condemned += sentence.len();
            found.push(line.span_of(range.start..range.start + sentence.len()));
        }
    }
    // What is left between furniture is furniture.
    if condemned * 3 >= line.text.len() * 2 {
        found.truncate(before);
        found.push(line.span);
    }
}

/// Whether furniture phrases condemn the better part of a line: it is then no good line, however long.
pub(super) fn condemn(line: &Line<'_>) -> bool {
    if !line.inner_prompts {
        return false;
    }
    let sentences = line.sentences();
    let condemned: usize = sentences
        .iter()
        .map(|range| line.text[range.clone()].trim_end())
        .filter(|sentence| {
            let folded = fold_sentence(sentence);
            KINDS.iter().any(|kind| marks(&folded, *kind, sentences.len() == 1))
        })
        .map(str::len)
        .sum();
    condemned * 3 >= line.text.len() * 2
}

/// A sentence folded as lines are.
fn fold_sentence(sentence: &str) -> String {
    let folded: Vec<String> = sentence
        .trim_start_matches(|c: char| !c.is_alphanumeric() && c != '©' && c != '(' && c != '%')
        .split_whitespace()
        .map(fold)
        .collect();
    folded.join(" ")
}

/// Every kind of phrase.
const KINDS: &[PromptKind] = &[
    PromptKind::Comment,
    PromptKind::Share,
    PromptKind::Newsletter,
    PromptKind::Search,
    PromptKind::Legal,
    PromptKind::Ad,
    PromptKind::Link,
    PromptKind::Related,
    PromptKind::Nav,
    PromptKind::Report,
    PromptKind::Bio,
];

/// Whether a phrase of `kind` condemns this folded sentence.
fn marks(sentence: &str, kind: PromptKind, alone: bool) -> bool {
    let prompts = &*PROMPTS;
    let words = count_words(sentence);
    if !alone
        && prompts.whole.get(bare(sentence)).is_some_and(|found| {
            found
                .iter()
                .any(|&index| prompts.list[index].kind == kind && prompts.list[index].words >= SHORTEST_INNER)
        })
    {
        return true;
    }
    prompts.searcher.find_overlapping_iter(sentence).any(|hit| {
        let prompt = &prompts.list[prompts.inner[hit.pattern().as_usize()]];
        let bounded = |at: usize, before: bool| {
            let neighbour =
                if before { sentence[..at].chars().next_back() } else { sentence[at..].chars().next() };
            let edge =
                if before { sentence[at..].chars().next() } else { sentence[..at].chars().next_back() };
            // Scripts that write no spaces have no boundary to ask for.
            !(neighbour.is_some_and(char::is_alphanumeric)
                && edge.is_some_and(|c| c.is_alphanumeric() && (c as u32) < 0x0E00))
        };
        prompt.kind == kind
            && bounded(hit.start(), true)
            && (bounded(hit.end(), false) || prompt.phrase.ends_with("http"))
            && match prompt.form {
                Form::Whole => false,
                Form::Start => hit.start() == 0 && words <= LONGEST_START,
                Form::Part => words <= LONGEST_SENTENCE,
            }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_line_of_the_table_is_read_and_stands_once() {
        let mut seen = HashSet::new();
        for line in SOURCE.lines().filter(|line| !line.starts_with('#')) {
            assert!(read(line).is_some(), "not read: {line}");
            let columns: Vec<&str> = line.split('\t').collect();
            assert_eq!(columns.len(), 4, "{line}");
            assert!(seen.insert((columns[0], columns[2], columns[3])), "stands twice: {line}");
        }
    }

    #[test]
    fn the_table_speaks_at_least_twenty_languages() {
        let languages: HashSet<&str> = SOURCE
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split('\t').nth(1))
            .collect();
        assert!(languages.len() >= 20, "{languages:?}");
    }

    #[test]
    fn marks_and_counts_around_a_phrase_do_not_matter() {
        for line in ["« read more »", "share (12)", "comments: 7", "home >"] {
            assert!(whole_kinds(line).next().is_some(), "{line}");
        }
    }
}
