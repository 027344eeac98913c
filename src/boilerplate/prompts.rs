//! Phrases of furniture in many languages, as data (`prompts.tsv`), and the search for them in a line.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::line::{Line, fold_spaced};
use super::phrases::Phrases;
use crate::analysis::{Classes, count_words, fold};
use crate::span::TextSpan;

/// The table as it stands in the project.
pub(super) const SOURCE: &str = include_str!("prompts.tsv");

/// Longest folded line, in bytes, that can be a phrase as a whole.
pub(super) const LONGEST_WHOLE: usize = 120;

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

/// A set of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kinds(u16);

impl Kinds {
    fn insert(&mut self, kind: PromptKind) {
        self.0 |= 1 << kind as u16;
    }

    /// Whether `kind` is one of them.
    #[must_use]
    pub const fn contains(self, kind: PromptKind) -> bool {
        self.0 >> kind as u16 & 1 == 1
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0 == 0
    }
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
}

struct Prompts {
    /// Phrases of the forms `Start` and `Part`.
    inner: Vec<Prompt>,
    /// Finds them, by their numbers.
    search: Phrases,
    /// Phrases of the form `Whole`, and the kinds of each as a line and as a sentence of a longer line.
    whole: HashMap<String, (Kinds, Kinds)>,
    /// The shapes of these.
    whole_shapes: Box<[bool; SHAPES]>,
    /// The shapes of how these begin.
    whole_beginnings: Box<[bool; SHAPES]>,
}

/// Number of shapes by which most lines are told from the phrases of the form `Whole`; a table of as many bytes stays in
/// a fast cache, and one in six of it is set.
const SHAPES: usize = 1 << 14;

/// A number made of the length of a text and of its first bytes, whatever their case.
fn shape(text: &str) -> usize {
    mixed(text.bytes(), u32::from(text.len().to_le_bytes()[0]))
}

/// The same of the first bytes of its first word.
fn beginning(text: &str) -> usize {
    mixed(text.bytes().take_while(|byte| *byte != b' '), 0)
}

fn mixed(bytes: impl Iterator<Item = u8>, number: u32) -> usize {
    let mut first = [0; 4];
    for (to, byte) in first.iter_mut().zip(bytes) {
        // The bit by which a small letter of ASCII differs from its capital.
        *to = byte | 0x20;
    }
    // Fibonacci hashing, as of the beginnings of phrases.
    let mixed = u32::from_le_bytes(first).wrapping_add(number).wrapping_mul(0x9e37_79b1);
    (mixed >> (u32::BITS - SHAPES.ilog2())) as usize
}

static PROMPTS: LazyLock<Prompts> = LazyLock::new(|| {
    let all = SOURCE.lines().filter_map(read);
    let (whole, inner): (Vec<Prompt>, Vec<Prompt>) = all.partition(|prompt| prompt.form == Form::Whole);
    let mut kinds: HashMap<String, (Kinds, Kinds)> = HashMap::new();
    for Prompt { kind, phrase, .. } in whole {
        let words = count_words(&phrase);
        let (line, sentence) = kinds.entry(phrase).or_default();
        line.insert(kind);
        if words >= SHORTEST_INNER {
            sentence.insert(kind);
        }
    }
    let search = Phrases::new(inner.iter().map(|prompt| prompt.phrase.clone()));
    let (mut whole_shapes, mut whole_beginnings) = (Box::new([false; SHAPES]), Box::new([false; SHAPES]));
    #[expect(clippy::iter_over_hash_type, reason = "bits are set in any order")]
    for phrase in kinds.keys() {
        whole_shapes[shape(phrase)] = true;
        whole_beginnings[beginning(phrase)] = true;
    }
    Prompts { inner, search, whole: kinds, whole_shapes, whole_beginnings }
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
    Some(Prompt { kind, form, phrase })
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

/// The kinds of whole-line phrases that this folded line is.
pub(super) fn whole_kinds(folded: &str) -> Kinds {
    let found = if folded.len() > LONGEST_WHOLE { None } else { PROMPTS.whole.get(bare(folded)) };
    found.map_or(Kinds::default(), |(line, _)| *line)
}

/// Whether a line, folded but perhaps for its case, can be a phrase as a whole, as far as its length and its first bytes
/// tell.
pub(super) fn may_be_whole(uncased: &str) -> bool {
    PROMPTS.whole_shapes[shape(bare(uncased))]
}

/// Whether a phrase that can be a whole line may begin a text, folded but perhaps for its case, as far as its first bytes
/// tell.
pub(super) fn may_begin_whole(uncased: &str) -> bool {
    PROMPTS.whole_beginnings[beginning(uncased)]
}

/// Says of each line whether it holds a phrase, and whether one that needs a closer look at its sentences.
pub(super) fn look_for_inner(text: &str, classes: &Classes, lines: &mut [Line<'_>]) {
    let prompts = &*PROMPTS;
    // All lines are searched at once, as far as the first bytes of phrases tell.
    prompts.search.each_place(text, classes, |at| {
        let line = lines.partition_point(|line| line.span.end <= at);
        let Some(line) = lines.get_mut(line).filter(|line| !line.inner_prompts) else { return };
        let Some(at) = at.checked_sub(line.span.start + line.behind_mark) else { return };
        if !line.folds_by_case {
            line.holds_phrase = true;
            return;
        }
        let (uncased, mut holds) = (line.uncased(), line.holds_phrase);
        line.inner_prompts = prompts.search.stands_at(uncased, at, |number| {
            holds = true;
            prompts.may_mark(number, uncased, at)
        });
        line.holds_phrase = holds;
    });
    for line in lines.iter_mut().filter(|line| !line.folds_by_case && (line.holds_phrase || !line.latin)) {
        if !line.holds_phrase && line.all_latin && !prompts.may_begin_before_spaces(text, classes, line) {
            continue;
        }
        let (folded, mut holds) = (line.folded(), false);
        line.inner_prompts = prompts.search.find(folded, |number, at| {
            holds = true;
            prompts.may_mark(number, folded, at)
        });
        line.holds_phrase = holds;
    }
}

impl Prompts {
    /// Whether a phrase may begin shortly before white space of a line that only folding makes a single space.
    fn may_begin_before_spaces(&self, text: &str, classes: &Classes, line: &Line<'_>) -> bool {
        let range = line.span.start + line.behind_mark..line.span.end;
        let mut folded = String::new();
        let mut odd = classes.places(&range, |piece| piece.odd_spaces);
        odd.any(|odd| self.search.may_begin_before(text, classes, &range, odd, &mut folded))
    }

    /// Whether the phrase that stands at `at` in a folded line can condemn a sentence, as far as what stands before it
    /// tells: a phrase that begins sentences does not stand behind a word or a comma.
    fn may_mark(&self, number: usize, folded: &str, at: usize) -> bool {
        let within = || match folded.as_bytes()[..at] {
            [.., before, b' '] => before.is_ascii_alphanumeric() || before == b',',
            _ => false,
        };
        self.inner[number].form == Form::Part || !within()
    }
}

/// What phrases say of the sentences of a line that holds one.
#[derive(Debug, Default)]
pub(super) struct Inner {
    /// The kinds that condemn each sentence.
    sentences: Vec<Kinds>,
    /// The kinds that condemn the line to its end: a short line that begins as furniture does and goes on in shouts.
    line: Kinds,
}

impl Inner {
    /// Takes the closer look.
    pub(super) fn of(line: &Line<'_>) -> Self {
        let sentences = line.sentences();
        let shouts =
            |range: &std::ops::Range<usize>| !line.text[range.clone()].trim_end().ends_with(['.', '。']);
        let goes_on = line.words <= LONGEST_START && sentences.len() > 1 && sentences[1..].iter().all(shouts);
        let fold = |range: &std::ops::Range<usize>| fold_sentence(line.text[range.clone()].trim_end());
        Self {
            sentences: sentences.iter().map(|range| marks(&fold(range), sentences.len() == 1)).collect(),
            line: if goes_on { marks(line.folded(), true) } else { Kinds::default() },
        }
    }
}

/// Adds the ranges of `line` that phrases of `kind` mark: the line, or those of its sentences that hold one.
pub(super) fn find(line: &Line<'_>, kind: PromptKind, found: &mut Vec<TextSpan>) {
    if line.whole_prompts.contains(kind) {
        found.push(line.span);
        return;
    }
    if !line.inner_prompts {
        return;
    }
    let inner = line.inner();
    if inner.line.contains(kind) {
        found.push(line.span);
        return;
    }
    let before = found.len();
    let mut condemned = 0;
    for (range, kinds) in line.sentences().iter().zip(&inner.sentences) {
        if kinds.contains(kind) {
            let len = line.text[range.clone()].trim_end().len();
            condemned += len;
            found.push(line.span_of(range.start..range.start + len));
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
    let marked = line.sentences().iter().zip(&line.inner().sentences).filter(|(_, kinds)| !kinds.is_empty());
    let condemned: usize = marked.map(|(range, _)| line.text[range.clone()].trim_end().len()).sum();
    condemned * 3 >= line.text.len() * 2
}

/// A sentence folded as lines are.
fn fold_sentence(sentence: &str) -> String {
    fold_spaced(
        sentence.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '©' && c != '(' && c != '%'),
    )
}

/// The kinds of the phrases that condemn this folded sentence, which stands `alone` or in a longer line.
fn marks(sentence: &str, alone: bool) -> Kinds {
    let prompts = &*PROMPTS;
    let mut kinds = Kinds::default();
    if !alone && let Some((_, found)) = prompts.whole.get(bare(sentence)) {
        kinds = *found;
    }
    let words = count_words(sentence);
    let bounded = |at: usize, before: bool| {
        let neighbour =
            if before { sentence[..at].chars().next_back() } else { sentence[at..].chars().next() };
        let edge = if before { sentence[at..].chars().next() } else { sentence[..at].chars().next_back() };
        // Scripts that write no spaces have no boundary to ask for.
        !(neighbour.is_some_and(char::is_alphanumeric)
            && edge.is_some_and(|c| c.is_alphanumeric() && (c as u32) < 0x0E00))
    };
    prompts.search.find(sentence, |number, start| {
        let Prompt { kind, form, phrase } = &prompts.inner[number];
        let stands = match form {
            Form::Whole => false,
            Form::Start => start == 0 && words <= LONGEST_START,
            Form::Part => words <= LONGEST_SENTENCE,
        };
        if stands
            && bounded(start, true)
            && (bounded(start + phrase.len(), false) || phrase.ends_with("http"))
        {
            kinds.insert(*kind);
        }
        false
    });
    kinds
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
    fn phrases_begin_with_no_typographic_mark() {
        let begins = |prompt: &Prompt| prompt.phrase.starts_with(['–', '—', '“', '”', '‘', '’', '…']);
        assert!(!PROMPTS.inner.iter().any(begins), "they are looked for where words begin");
    }

    proptest::proptest! {
        #[test]
        fn a_line_holds_the_phrases_of_its_folded_text_however_it_is_spaced(
            text in "((Leave|a|Reply|all|rights|reserved|Läs|mer|om|this|site|uses|cookies|word|’|\\(c\\)|[|,.]) {0,2}(\t|\u{a0}|)){0,12}",
        ) {
            let document = crate::document::parse(&crate::record::Record::plain(&text));
            for line in &crate::boilerplate::Page::new(&document).lines {
                let holds = PROMPTS.search.find(line.folded(), |_, _| true);
                proptest::prop_assert_eq!(line.holds_phrase, holds, "{:?}", line.text);
            }
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
            assert!(!whole_kinds(line).is_empty(), "{line}");
        }
    }
}
