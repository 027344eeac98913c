//! A document as rules see it: its lines with what can be said of each at a glance.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;

use memchr::memmem::Finder;

use super::prompts::{self, Inner, Kinds, PromptKind};
use crate::analysis::{
    Classes, Stretch, each_stretch, ends_sentence, fold, fold_into, fold_plain, for_each_word, one_spaced,
    sentences,
};
use crate::document::{Block, BlockKind, Document};
use crate::span::{Span, TextSpan};

/// Fewest words of a line that reads as a full sentence or more (a "good" line, in jusText's terms). On the labelled
/// pages, lines of at least this length that end a sentence are content in 97 of 100 cases.
const GOOD_WORDS: usize = 10;

/// Fewest words of a line that counts as good even without an end mark (a cut excerpt, verse without line ends).
const LONG_WORDS: usize = 20;

/// Most lines among which a title is looked for. On a page of nothing but short lines all of them stand above the first
/// sentence, and each may be compared with the whole page.
pub const MOST_TOP: usize = 200;

/// Words from which a line without an end mark is certainly text.
const SURE_WORDS: usize = 40;

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
    titles: OnceCell<Vec<usize>>,
    keywords: OnceCell<TitleWords>,
    tags: OnceCell<bool>,
}

/// A line: a block of the document with features that need no context.
pub struct Line<'a> {
    /// Its place among the lines.
    pub index: usize,
    /// Its text.
    pub text: &'a str,
    /// Its bytes in the document's text.
    pub span: TextSpan,
    /// The block it is.
    pub block: &'a Block,
    /// Number of words.
    pub words: usize,
    /// Words that begin with a capital or a digit.
    pub capitals: usize,
    /// Whether it has an ASCII digit.
    pub(super) digits: bool,
    /// Words by UAX #29, which takes each ideograph for one.
    pub(crate) exact_words: usize,
    /// Whether it ends as a sentence does.
    pub terminal: bool,
    /// Whether it reads as at least one full sentence, and not one of furniture.
    good: bool,
    /// Kinds of furniture phrases that the whole line is.
    pub whole_prompts: Kinds,
    /// Whether a furniture phrase stands somewhere in it.
    pub(super) holds_phrase: bool,
    /// Whether one stands where it can condemn a sentence.
    pub(super) inner_prompts: bool,
    /// Where its text begins behind the mark of a list.
    pub(super) behind_mark: usize,
    /// Whether folding changes nothing from there on but the case of ASCII letters.
    pub(super) folds_by_case: bool,
    /// Whether from there on it has single spaces, and characters that fold to as many of ASCII, or one more: Latin
    /// letters, and the typographic marks of English.
    pub(super) latin: bool,
    folded: OnceCell<String>,
    /// The folded texts of short lines, and where its own stands there.
    lowered: Option<(Rc<String>, Range<usize>)>,
    sentences: OnceCell<Vec<Range<usize>>>,
    inner: OnceCell<Inner>,
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
            line.whole_prompts = line.whole_prompts();
        }
        prompts::look_for_inner(&document.text, &classes, &mut lines);
        for line in &mut lines {
            line.good = line.reads_good() && !prompts::condemn(line);
        }
        // A slogan above the menu can be long; text ends its sentences or goes on for longer.
        let begins_text = |line: &Line<'_>| line.is_good() && (line.terminal || line.words >= SURE_WORDS);
        let first_good = lines.iter().position(begins_text).unwrap_or(lines.len());
        let end_good = lines.iter().rposition(Line::is_good).map_or(0, |last| last + 1);
        let prompted = lines.iter().filter(|line| !line.whole_prompts.is_empty() || line.inner_prompts);
        let prompted = prompted.map(|line| line.index).collect();
        Self {
            document,
            classes,
            lines,
            first_good,
            end_good,
            prompted,
            titles: OnceCell::new(),
            keywords: OnceCell::new(),
            tags: OnceCell::new(),
        }
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

    /// Whether there is any `#`, with which tags begin.
    pub(super) fn has_tags(&self) -> bool {
        *self.tags.get_or_init(|| memchr::memchr(b'#', self.document.text.as_bytes()).is_some())
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

impl<'a> Line<'a> {
    fn new(index: usize, block: &'a Block, document: &'a Document, classes: &Classes) -> Self {
        let (text, range) = (document.slice(block.span), block.span.range());
        let sum = classes.sum(&range);
        let tally = sum.tally(&document.text, &range);
        // Where each character is a word by UAX #29, two of them make about one.
        let words = tally.words + tally.ideographs.div_ceil(2);
        let behind_mark = text.len() - without_mark(text).len();
        let plain = range.start + behind_mark..range.end;
        let sum = if behind_mark == 0 { sum } else { classes.sum(&plain) };
        let one_spaced = sum.is_one_spaced(&text[behind_mark..]);
        Self {
            index,
            text,
            span: block.span,
            block,
            words,
            capitals: tally.capitals,
            digits: tally.digits,
            exact_words: tally.words + tally.ideographs,
            terminal: ends_sentence(text),
            good: false,
            whole_prompts: Kinds::default(),
            holds_phrase: false,
            inner_prompts: false,
            behind_mark,
            folds_by_case: one_spaced && sum.is_ascii(),
            latin: one_spaced && sum.is_latin(),
            folded: OnceCell::new(),
            lowered: None,
            sentences: OnceCell::new(),
            inner: OnceCell::new(),
        }
    }

    /// The kinds of furniture phrases that it is as a whole.
    fn whole_prompts(&self) -> Kinds {
        // No Latin letter or mark takes less than a third of its bytes once it is folded.
        if self.latin && self.text.len() - self.behind_mark > 3 * prompts::LONGEST_WHOLE {
            return Kinds::default();
        }
        let uncased = self.uncased();
        if uncased.len() > prompts::LONGEST_WHOLE || !prompts::may_be_whole(uncased) {
            return Kinds::default();
        }
        prompts::whole_kinds(self.folded())
    }

    /// Folded text: no case, no accents, white space as single spaces, no mark of a list before it.
    #[must_use]
    pub fn folded(&self) -> &str {
        if let Some((lowered, range)) = &self.lowered {
            return &lowered[range.clone()];
        }
        let plain = &self.text[self.behind_mark..];
        self.folded
            .get_or_init(|| if self.folds_by_case { plain.to_ascii_lowercase() } else { fold_spaced(plain) })
    }

    /// Its folded text, but that ASCII letters may have kept their case: cheaper for a long line, of which nothing is
    /// copied then.
    #[must_use]
    pub fn uncased(&self) -> &str {
        if self.folds_by_case { &self.text[self.behind_mark..] } else { self.folded() }
    }

    /// First byte of its folded text.
    pub(super) fn first(&self) -> Option<u8> {
        match self.text.as_bytes().get(self.behind_mark) {
            Some(first) if self.latin && first.is_ascii() => Some(first.to_ascii_lowercase()),
            _ => self.folded().bytes().next(),
        }
    }

    /// Whether it reads as at least one full sentence, and not one of furniture.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        self.good
    }

    fn reads_good(&self) -> bool {
        if self.block.linked * 2 > self.text.len() {
            return false;
        }
        (self.words >= GOOD_WORDS
            && self.terminal
            && !self.text.ends_with('…')
            && !self.text.ends_with("..."))
            || self.words >= LONG_WORDS && self.has_clause()
    }

    /// Whether it has the small words that sentences have and lists of names or keywords do not; always so in scripts
    /// that do not write capitals.
    #[must_use]
    pub fn has_clause(&self) -> bool {
        self.capitals * 2 < self.words
    }

    /// Whether it is an item of a list.
    #[must_use]
    pub fn is_item(&self) -> bool {
        self.block.kind == BlockKind::Item
    }

    /// Whether it ends with a question mark.
    #[must_use]
    pub fn is_question(&self) -> bool {
        self.text.trim_end_matches(['"', '”', ')', ' ']).ends_with(['?', '？', '؟'])
    }

    /// Whether most of its words begin with a capital, as in titles and captions.
    #[must_use]
    pub fn is_capitalised(&self) -> bool {
        self.words > 0 && self.capitals * 5 >= self.words * 3
    }

    /// Whether it begins with a lower-case letter.
    #[must_use]
    pub fn starts_lower(&self) -> bool {
        self.text.chars().find(|c| c.is_alphanumeric()).is_some_and(char::is_lowercase)
    }

    /// Its folded words that carry meaning.
    pub fn content_words(&self) -> impl Iterator<Item = &str> {
        let mut found = Vec::new();
        let folded = self.folded();
        for_each_word(folded, |range| {
            if is_content_word(&folded[range.clone()]) {
                found.push(&folded[range]);
            }
        });
        found.into_iter()
    }

    /// The span of a byte range of [`Line::text`].
    #[must_use]
    pub fn span_of(&self, range: Range<usize>) -> TextSpan {
        Span::new(self.span.start + range.start, self.span.start + range.end)
    }

    /// Its sentences, as byte ranges of [`Line::text`].
    #[must_use]
    pub fn sentences(&self) -> &[Range<usize>] {
        self.sentences.get_or_init(|| sentences(self.text))
    }

    /// What furniture phrases say of its sentences.
    pub(super) fn inner(&self) -> &Inner {
        self.inner.get_or_init(|| Inner::of(self))
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

/// Folds the short lines of ASCII all at once, because most rules look at them.
fn lower_short(lines: &mut [Line<'_>]) {
    const SHORT: usize = 25;
    let is_short = |line: &&mut Line<'_>| line.words <= SHORT && line.folds_by_case;
    let mut lowered = String::new();
    for line in lines.iter_mut().filter(is_short) {
        lowered.push_str(&line.text[line.behind_mark..]);
    }
    lowered.make_ascii_lowercase();
    let (lowered, mut start) = (Rc::new(lowered), 0);
    for line in lines.iter_mut().filter(is_short) {
        let end = start + line.text.len() - line.behind_mark;
        line.lowered = Some((Rc::clone(&lowered), start..end));
        start = end;
    }
}

/// The text of a line folded as lines are compared: no case, no accents, white space as single spaces, no mark of a list
/// before it.
pub(super) fn fold_line(text: &str) -> String {
    fold_spaced(without_mark(text))
}

/// The text of a line without the mark of a list before it; a line of nothing but marks as it is.
fn without_mark(text: &str) -> &str {
    if text.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric) {
        return text;
    }
    let plain = text.trim_start_matches(|c: char| {
        !c.is_alphanumeric() && !matches!(c, '(' | '"' | '“' | '¿' | '©' | '%' | '#')
    });
    if plain.is_empty() { text } else { plain }
}

/// A text folded, with white space as single spaces.
pub(super) fn fold_spaced(text: &str) -> String {
    let spaced = one_spaced(text);
    if spaced.is_ascii() {
        let mut folded = spaced.into_owned();
        folded.make_ascii_lowercase();
        return folded;
    }
    let mut folded = String::with_capacity(spaced.len());
    if fold_plain(&spaced, &mut folded) {
        return folded;
    }
    let mut other = String::new();
    each_stretch(&spaced, |stretch| match stretch {
        Stretch::Ascii(range) => {
            // A word can fold to nothing; the first that does not begins the line.
            let ascii = &spaced[range];
            let ascii = if folded.is_empty() { ascii.trim_start_matches(' ') } else { ascii };
            let from = folded.len();
            folded.push_str(ascii);
            folded[from..].make_ascii_lowercase();
        }
        Stretch::Other(range) => {
            fold_into(&spaced[range], &mut other);
            folded.push_str(&other);
        }
    });
    folded
}

/// Whether a folded word carries meaning: longer than three letters, or a number.
pub(super) fn is_content_word(word: &str) -> bool {
    word.chars().count() > 3 || word.bytes().all(|byte| byte.is_ascii_digit()) || !word.is_ascii()
}
