//! A document as rules see it: its lines with what can be said of each at a glance.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::ops::Range;

use memchr::memmem::Finder;

use super::content::{Model, PageType};
use super::gate;
use super::headline;
use super::line::{Line, is_content_word, lower_short};
use super::prompts::{self, PromptKind};
use crate::analysis::{Classes, fold, for_each_word};
use crate::document::Document;
use crate::span::TextSpan;

/// Most lines among which a title is looked for. On a page of nothing but short lines all of them stand above the first
/// sentence, and each may be compared with the whole page.
pub const MOST_TOP: usize = 200;

/// Words from which a line without an end mark is certainly text.
const SURE_WORDS: usize = 40;

/// Fewest prices of a list of them: a shop tells what is in the cart wherever one looks, and it may be twice.
const FEWEST_PRICES: usize = 3;

/// A page: the lines of a document with their features.
pub struct Page<'a> {
    /// The document.
    pub document: &'a Document,
    /// The classes of the bytes of its text.
    pub(crate) classes: Classes,
    /// One line for each block.
    pub lines: Vec<Line<'a>>,
    /// Index of the first good line, or the number of lines.
    pub first_good: usize,
    /// One past the index of the last good line, or 0.
    pub end_good: usize,
    /// Indices of the lines that are or hold a furniture phrase.
    pub(super) prompted: Vec<usize>,
    /// The lines that hold the text of each gate.
    holding: OnceCell<Vec<Vec<usize>>>,
    /// What it is for, once that was asked.
    pub(super) kind: OnceCell<Option<PageType>>,
    titles: OnceCell<Vec<usize>>,
    keywords: OnceCell<TitleWords>,
    headline: OnceCell<Option<usize>>,
    /// See [`Page::lists_prices`].
    lists_prices: OnceCell<bool>,
}

/// What is known of the line that a block is.
pub(crate) struct Measure {
    /// Words by UAX #29.
    pub(crate) words: usize,
    /// Whether it ends as a sentence does.
    pub(crate) terminal: bool,
    /// The ranges of its sentences, where a rule has looked for them.
    #[expect(clippy::box_collection, reason = "of a million short lines, hardly any has them")]
    pub(crate) sentences: Option<Box<Vec<Range<usize>>>>,
}

impl<'a> Page<'a> {
    /// Looks at every line of a document once.
    #[must_use]
    pub fn new(document: &'a Document) -> Self {
        let classes = Classes::of(&document.text);
        let mut lines: Vec<Line<'a>> = document
            .blocks
            .iter()
            .enumerate()
            .map(|(index, block)| Line::new(index, block, document, &classes))
            .collect();
        lower_short(&mut lines);
        for line in &mut lines {
            line.whole_prompts = line.find_whole_prompts();
        }
        prompts::look_for_inner(&document.text, &classes, &mut lines);
        for line in &mut lines {
            line.judge();
        }
        // A slogan above the menu can be long; text ends its sentences or goes on for longer.
        let begins_text = |line: &Line<'_>| line.is_good() && (line.terminal || line.words >= SURE_WORDS);
        let first_good = lines.iter().position(begins_text).unwrap_or(lines.len());
        let end_good = lines.iter().rposition(Line::is_good).map_or(0, |last| last + 1);
        let prompted = lines.iter().filter(|line| line.is_prompted());
        let prompted = prompted.map(|line| line.index).collect();
        Self {
            document,
            classes,
            lines,
            first_good,
            end_good,
            prompted,
            holding: OnceCell::new(),
            kind: OnceCell::new(),
            titles: OnceCell::new(),
            keywords: OnceCell::new(),
            headline: OnceCell::new(),
            lists_prices: OnceCell::new(),
        }
    }

    /// The document, the classes of its bytes, and of each line what is asked of it when passages are cut: much less than a
    /// page is while its lines are labelled.
    pub(crate) fn into_measures(self) -> (&'a Document, Classes, Vec<Measure>) {
        // The lines are let go of as a whole, and so is the room that they took.
        let mut measures = Vec::with_capacity(self.lines.len());
        for line in self.lines {
            let (words, terminal) = (line.exact_words, line.terminal);
            measures.push(Measure { words, terminal, sentences: line.into_sentences().map(Box::new) });
        }
        (self.document, self.classes, measures)
    }

    /// What it is for, if it is a marked-up page.
    #[must_use]
    pub fn page_type(&self) -> Option<PageType> {
        // The model is read when the first marked-up page comes: most runs over plain text do without.
        if self.document.elements.is_empty() { None } else { Model::built_in().types.of(self) }
    }

    /// Lines that may be the page's title: short, set apart by blank lines, near its beginning.
    pub fn titles(&self) -> &[usize] {
        self.titles.get_or_init(|| {
            let candidates = self.top().iter();
            let mut titles: Vec<usize> = candidates
                .filter(|line| {
                    (2..=25).contains(&line.words)
                        && (!line.terminal || line.is_question())
                        && !line.is_item()
                        && !line.text.contains(". ")
                        && line.block.gap
                        && self.lines.get(line.index + 1).is_none_or(|next| next.block.gap || next.is_good())
                })
                .map(|line| line.index)
                .collect();
            // The title of a page with a long menu above it is the line nearest to the text.
            if titles.len() > 12 {
                titles.drain(..titles.len() - 12);
            }
            titles
        })
    }

    /// Whether it lists what can be bought, with a line for each price.
    #[must_use]
    pub(super) fn lists_prices(&self) -> bool {
        *self
            .lists_prices
            .get_or_init(|| self.lines.iter().filter(|line| line.is_price()).nth(FEWEST_PRICES - 1).is_some())
    }

    /// Whether a line is the headline of a page without markup: it speaks of what the text speaks of.
    pub(super) fn is_headline(&self, line: &Line<'_>) -> bool {
        line.index < self.first_good && self.headline() == Some(line.index)
    }

    /// The headline of a page without markup, if one is known.
    pub(super) fn headline(&self) -> Option<usize> {
        *self.headline.get_or_init(|| headline::find(self))
    }

    /// Folded content words of the title candidates nearest to the text.
    pub fn title_words(&self) -> &TitleWords {
        self.keywords.get_or_init(|| {
            let mut words = TitleWords::default();
            let titles = self.titles();
            for &index in titles.iter().take(1).chain(titles.iter().rev().take(2)) {
                self.lines[index].content_words().for_each(|word| words.insert(word));
            }
            if let Some(title) = &self.document.meta.title {
                let title = fold(title);
                for_each_word(&title, |range| {
                    if is_content_word(&title[range.clone()]) {
                        words.insert(&title[range]);
                    }
                });
            }
            words
        })
    }

    /// Lines among which the page's title is looked for: those up to the first good one, and never more than two hundred of them.
    pub fn top(&self) -> &[Line<'a>] {
        &self.lines[..self.lines.len().min(self.first_good.saturating_add(1)).min(MOST_TOP)]
    }

    /// Lines before the first good one.
    pub fn head(&self) -> &[Line<'a>] {
        &self.lines[..self.first_good]
    }

    /// Lines after the last good one; empty on a page without good lines.
    pub fn tail(&self) -> &[Line<'a>] {
        if self.end_good == 0 { &[] } else { &self.lines[self.end_good..] }
    }

    /// Maximal runs of consecutive lines that `belongs` accepts, as ranges of line indices.
    pub fn runs(&self, belongs: impl Fn(&Line<'a>) -> bool) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for line in &self.lines {
            if !belongs(line) {
                continue;
            }
            match runs.last_mut() {
                Some(run) if run.end == line.index => run.end += 1,
                _ => runs.push(line.index..line.index + 1),
            }
        }
        runs
    }

    /// Ranges that prompts of one kind mark: whole lines, or sentences of longer lines.
    pub fn prompts_of(&self, kind: PromptKind, found: &mut Vec<TextSpan>) {
        for &index in &self.prompted {
            prompts::find(&self.lines[index], kind, found);
        }
    }

    /// For the text of each gate, the indices of the lines that hold it.
    pub(super) fn holding(&self) -> &[Vec<usize>] {
        self.holding.get_or_init(|| gate::holding(self))
    }

    /// Whether a line holds a text of some gate. Logarithmic in the number of those that do.
    pub(super) fn line_holds(&self, line: &Line<'_>, text: &str) -> bool {
        match gate::number_of(text) {
            Some(number) => self.holding()[number].binary_search(&line.index).is_ok(),
            None => line.text.contains(text),
        }
    }

    /// Adds the indices of the lines that hold `text`. Linear in the page.
    pub(super) fn lines_holding(&self, text: &Finder<'_>, found: &mut Vec<usize>) {
        let mut lines = self.lines.iter().peekable();
        for at in text.find_iter(self.document.text.as_bytes()) {
            while lines.next_if(|line| line.span.end <= at).is_some() {}
            // Most lines that hold a text hold it more than once.
            if let Some(line) = lines.next_if(|line| line.span.start <= at) {
                found.push(line.index);
            }
        }
    }
}

/// The folded content words of a title.
#[derive(Default)]
pub struct TitleWords {
    words: HashSet<String>,
    /// The bits of their shapes: most other words are told from all of them by theirs.
    shapes: u64,
}

impl TitleWords {
    fn insert(&mut self, word: &str) {
        self.shapes |= Self::shape(word);
        self.words.insert(word.to_owned());
    }

    /// One of 64 bits, by the length and the first byte of a word.
    fn shape(word: &str) -> u64 {
        let first = word.as_bytes().first().copied().unwrap_or(0);
        1 << ((usize::from(first) + 5 * word.len()) % 64)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether `word` is one of them.
    #[must_use]
    pub fn contains(&self, word: &str) -> bool {
        self.shapes & Self::shape(word) != 0 && self.words.contains(word)
    }
}
