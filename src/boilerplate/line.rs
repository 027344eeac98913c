//! A line of a page, with what can be said of it at a glance.

use std::cell::OnceCell;
use std::ops::Range;
use std::rc::Rc;

use super::prompts::{self, Inner, Kinds};
use crate::analysis::{
    Classes, Stretch, each_stretch, ends_sentence, fold_into, fold_plain, for_each_word, one_spaced,
    sentences,
};
use crate::document::{Block, BlockKind, Document};
use crate::span::{Span, TextSpan};

/// Fewest words of a line that reads as a full sentence or more (a "good" line, in jusText's terms). On the labelled
/// pages, lines of at least this length that end a sentence are content in 97 of 100 cases.
const GOOD_WORDS: usize = 10;

/// Fewest words of a line that counts as good even without an end mark (a cut excerpt, verse without line ends).
const LONG_WORDS: usize = 20;

/// Longest line that can be a price, in bytes.
const LONGEST_PRICE: usize = 24;

/// Signs of currencies.
const CURRENCIES: [char; 9] = ['$', '€', '£', '¥', '₹', '₽', '₺', '₩', '₴'];

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
    /// Whether it has such characters from there on, however they are spaced.
    pub(super) all_latin: bool,
    /// The folded texts of short lines, and where its own begins there.
    lowered: Option<(Rc<String>, usize)>,
    /// What takes a closer look. A page may have a million lines, and few of them are looked at so.
    close: OnceCell<Box<Close>>,
}

/// What is seen of a line only if something asks for it.
#[derive(Default)]
struct Close {
    folded: OnceCell<String>,
    sentences: OnceCell<Vec<Range<usize>>>,
    inner: OnceCell<Inner>,
}

impl<'a> Line<'a> {
    pub(super) fn new(index: usize, block: &'a Block, document: &'a Document, classes: &Classes) -> Self {
        let (text, range) = (document.slice(block.span), block.span.range());
        let behind_mark = text.len() - without_mark(text).len();
        let plain = range.start + behind_mark..range.end;
        // No word begins in a mark; with such a one before it, the tables need not be asked for the words of Latin text.
        let plain_mark = behind_mark > 0 && text[..behind_mark].chars().all(parts_words);
        let whole = if plain_mark { &plain } else { &range };
        let sum = classes.sum(whole);
        let tally = sum.tally(&document.text, whole);
        let words = tally.read();
        let sum = if behind_mark == 0 || plain_mark { sum } else { classes.sum(&plain) };
        let one_spaced = sum.is_one_spaced(&text[behind_mark..]);
        Self {
            index,
            text,
            span: block.span,
            block,
            words,
            capitals: tally.capitals,
            digits: tally.digits,
            exact_words: tally.all(),
            terminal: ends_sentence(text),
            good: false,
            whole_prompts: Kinds::default(),
            holds_phrase: false,
            inner_prompts: false,
            behind_mark,
            folds_by_case: one_spaced && sum.is_ascii(),
            latin: one_spaced && sum.is_latin(),
            all_latin: sum.is_latin(),
            lowered: None,
            close: OnceCell::new(),
        }
    }

    /// The kinds of furniture phrases that it is as a whole.
    pub(super) fn find_whole_prompts(&self) -> Kinds {
        // No Latin letter or mark takes less than a third of its bytes once it is folded, and two words keep a letter each
        // and what parts them.
        if self.latin && self.text.len() - self.behind_mark > 3 * prompts::LONGEST_WHOLE
            || self.all_latin && 2 * self.words > prompts::LONGEST_WHOLE + 1
        {
            return Kinds::default();
        }
        if self.first_word().is_some_and(|word| !prompts::may_begin_whole(word)) {
            return Kinds::default();
        }
        let uncased = self.uncased();
        if uncased.len() > prompts::LONGEST_WHOLE || !prompts::may_be_whole(uncased) {
            return Kinds::default();
        }
        prompts::whole_kinds(self.folded())
    }

    /// Its first word, if that is letters of ASCII, which stand so in its folded text but for their case. `None` where only
    /// the folded text tells.
    pub(super) fn first_word(&self) -> Option<&str> {
        let text = &self.text[self.behind_mark..];
        let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
        // Latin letters fold to ASCII, and the spaces behind a word are single ones.
        let whole = self.latin && letters > 0 && matches!(text.as_bytes().get(letters), Some(b' ') | None);
        whole.then(|| &text[..letters])
    }

    /// Folded text: no case, no accents, white space as single spaces, no mark of a list before it.
    #[must_use]
    pub fn folded(&self) -> &str {
        let plain = &self.text[self.behind_mark..];
        if let Some((lowered, start)) = &self.lowered {
            return &lowered[*start..*start + plain.len()];
        }
        self.close()
            .folded
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

    /// Whether it is a furniture phrase, or holds one that can condemn a sentence.
    pub(super) fn is_prompted(&self) -> bool {
        !self.whole_prompts.is_empty() || self.inner_prompts
    }

    /// Sees whether it reads good, once its phrases are known.
    pub(super) fn judge(&mut self) {
        self.good = self.reads_good() && !prompts::condemn(self);
    }

    fn reads_good(&self) -> bool {
        if self.block.linked * 2 > self.text.len() {
            return false;
        }
        (self.words >= GOOD_WORDS && self.terminal && !breaks_off(self.text))
            || self.words >= LONG_WORDS && self.has_clause()
    }

    /// Whether it has the small words that sentences have and lists of names or keywords do not; always so in scripts
    /// that do not write capitals.
    #[must_use]
    pub fn has_clause(&self) -> bool {
        self.capitals * 2 < self.words
    }

    /// Whether it is of a text without markup. What tells things by how they stand among lines asks this first where
    /// elements tell more.
    #[must_use]
    pub fn is_unmarked(&self) -> bool {
        self.block.element.is_none()
    }

    /// Whether it is a row of a table that is drawn with bars, in a text without markup: "| Milk | 2 l |".
    #[must_use]
    pub fn is_row(&self) -> bool {
        let text = self.text.trim();
        self.is_unmarked()
            && text.len() > 2
            && text.starts_with('|')
            && text.ends_with('|')
            && memchr::memchr_iter(b'|', text.as_bytes()).count() > 2
    }

    /// Whether it is a heading as Markdown has it, in a text without markup: "## Method".
    #[must_use]
    pub fn is_hashed(&self) -> bool {
        let text = self.text.trim_start();
        self.is_unmarked() && text.starts_with('#') && text.trim_start_matches('#').starts_with(' ')
    }

    /// Whether it is an amount of money and nothing else, in a text without markup.
    #[must_use]
    pub fn is_price(&self) -> bool {
        let amount = |c: char| c.is_ascii_digit() || matches!(c, ' ' | ',' | '.' | '-' | '\u{a0}');
        let text = self.text.trim();
        text.len() <= LONGEST_PRICE
            && self.is_unmarked()
            && text.contains(CURRENCIES)
            && text.contains(|c: char| c.is_ascii_digit())
            && text.chars().all(|c| amount(c) || CURRENCIES.contains(&c))
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
        self.close().sentences.get_or_init(|| sentences(self.text))
    }

    /// What furniture phrases say of its sentences.
    pub(super) fn inner(&self) -> &Inner {
        self.close().inner.get_or_init(|| Inner::of(self))
    }

    /// The ranges of its sentences, if anything has asked for them.
    pub(super) fn into_sentences(self) -> Option<Vec<Range<usize>>> {
        self.close.into_inner()?.sentences.into_inner()
    }

    fn close(&self) -> &Close {
        self.close.get_or_init(Box::default)
    }
}

/// Whether a character before a line is one that no word holds and that joins none: the marks of lists, most of all.
const fn parts_words(c: char) -> bool {
    matches!(
        c,
        ' ' | '*' | '-' | '+' | '>' | '|' | '–' | '—' | '•' | '‣' | '◦' | '▪' | '●' | '■' | '\u{feff}'
    )
}

/// Folds the short lines of ASCII all at once, because most rules look at them.
pub(super) fn lower_short(lines: &mut [Line<'_>]) {
    const SHORT: usize = 25;
    let is_short = |line: &&mut Line<'_>| line.words <= SHORT && line.folds_by_case;
    let bytes = lines.iter_mut().filter(is_short).map(|line| line.text.len()).sum();
    let mut lowered = String::with_capacity(bytes);
    for line in lines.iter_mut().filter(is_short) {
        lowered.push_str(&line.text[line.behind_mark..]);
    }
    lowered.make_ascii_lowercase();
    let (lowered, mut start) = (Rc::new(lowered), 0);
    for line in lines.iter_mut().filter(is_short) {
        line.lowered = Some((Rc::clone(&lowered), start));
        start += line.text.len() - line.behind_mark;
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

/// Whether a text ends before it is at its end, as teasers and captions do.
pub(super) fn breaks_off(text: &str) -> bool {
    text.ends_with('…') || text.ends_with("...")
}

/// Whether a folded word carries meaning: longer than three letters, or a number.
pub(super) fn is_content_word(word: &str) -> bool {
    word.len() > 3 || !word.is_ascii() || word.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use crate::analysis::tally;
    use crate::boilerplate::Page;
    use crate::document::parse;
    use crate::record::Record;

    proptest::proptest! {
        #[test]
        fn a_line_has_the_words_of_its_text_whatever_mark_stands_before_it(
            text in "[•*>|–\u{feff}'’. -]{0,3}[aÉ1_東 '’.–]{0,12}",
        ) {
            let document = parse(&Record::plain(&text));
            for line in &Page::new(&document).lines {
                let tally = tally(line.text);
                proptest::prop_assert_eq!(line.exact_words, tally.all(), "{:?}", line.text);
                proptest::prop_assert_eq!(line.capitals, tally.capitals, "{:?}", line.text);
                proptest::prop_assert_eq!(line.digits, tally.digits, "{:?}", line.text);
            }
        }
    }
}
