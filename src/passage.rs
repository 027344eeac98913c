//! Passages: where kept text is cut into pieces that can be read, ranked and cited by themselves.

use std::borrow::Cow;
use std::ops::Range;

use crate::analysis::{count_words, ends_sentence, one_spaced, sentences};
use crate::boilerplate::{Labels, Page, quality};
use crate::document::{Block, BlockKind, Document};
use crate::span::{OriginalSpan, Span, TextSpan};

/// Version of the cutting; part of the index fingerprint.
pub const VERSION: u32 = 1;

/// Fewest words that a passage should have. Callan (1994) and Kaszkiel and Zobel (2001) find windows of 50 to 200 words
/// best for retrieval; shorter ones read better as an answer.
const FEWEST_WORDS: usize = 40;

/// Most words that a passage should have; a longer sentence stays whole all the same.
const MOST_WORDS: usize = 120;

/// Longest heading in words.
const LONGEST_HEADING: usize = 20;

/// Longest stretch of text, in bytes, in which sentences are looked for at once; in a longer one (a file that is one
/// line of 50 MB) the text is first cut at white space.
const LONGEST_PARAGRAPH: usize = 100_000;

/// A passage.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// The text as it is read: white space folded.
    pub text: String,
    /// The bytes of the original, in order. Joined, decoded and white space folded they give `text`.
    pub spans: Vec<OriginalSpan>,
    /// The same ranges in the document's text.
    pub text_spans: Vec<TextSpan>,
    /// 1-based lines of the original, first and last.
    pub lines: (usize, usize),
    /// The heading it stands under, white space folded.
    pub heading: Option<String>,
    /// How much it reads like text, from 0 to 1.
    pub quality: f32,
}

/// The passages of a document and its title.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Passages {
    /// The document's title.
    pub title: Option<String>,
    /// The passages in the order of the document.
    pub list: Vec<Passage>,
}

/// Cuts what the labels keep into passages.
///
/// Law: every kept byte that is not white space lies in exactly one passage, or in the title, or in the heading of a
/// passage. Linear.
#[must_use]
pub fn split(document: &Document, labels: &Labels) -> Passages {
    cut(document, labels, |_, span| count_words(document.slice(span)))
}

/// The same for a page whose lines have been looked at already.
#[must_use]
pub fn split_page(page: &Page<'_>, labels: &Labels) -> Passages {
    cut(page.document, labels, |block, span| match page.lines.get(block) {
        Some(line) if line.span == span => line.exact_words,
        _ => count_words(page.document.slice(span)),
    })
}

/// Cuts a document, with what tells the number of words of a span of a block.
fn cut(document: &Document, labels: &Labels, words: impl Fn(usize, TextSpan) -> usize) -> Passages {
    let paragraphs = paragraphs(document, labels, words);
    let title_at = title_paragraph(document, &paragraphs);
    let title =
        document.meta.title.clone().or_else(|| title_at.map(|at| read(document, &paragraphs[at].spans)));
    let mut splitter =
        Splitter { document, labels, out: Vec::new(), heading: None, pending: Vec::new(), words: 0 };
    for (index, paragraph) in paragraphs.iter().enumerate() {
        let next = paragraphs.get(index + 1);
        if Some(index) == title_at {
            if document.meta.title.is_none() && next.is_some() {
                continue;
            }
        } else if is_heading(document, paragraph, next) {
            splitter.begin_section(paragraph);
            continue;
        }
        splitter.add(paragraph, next);
    }
    splitter.end_section();
    Passages { title, list: splitter.out }
}

/// Kept text that belongs together: a line, or lines of which each goes on where the one before broke off.
struct Paragraph {
    spans: Vec<TextSpan>,
    kind: BlockKind,
    words: usize,
    /// Whether something was dropped between this paragraph and the one before.
    after_cut: bool,
    /// Whether a blank line (or the border of an element) parts it from the one before.
    gap: bool,
    /// Whether its first line stands alone between blank lines.
    single_line: bool,
    ends_sentence: bool,
}

/// Joins the kept parts of blocks into paragraphs.
fn paragraphs(
    document: &Document,
    labels: &Labels,
    count: impl Fn(usize, TextSpan) -> usize,
) -> Vec<Paragraph> {
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let mut cut = false;
    let mut gap = true;
    for (index, block) in document.blocks.iter().enumerate() {
        gap |= block.gap;
        let mut kept = labels.kept_in(block.span);
        kept.retain(|span| !is_blank(document.slice(*span)));
        let Some((first, last)) = kept.first().zip(kept.last()) else {
            cut = true;
            continue;
        };
        let words = kept.iter().map(|span| count(index, *span)).sum();
        let ends = ends_sentence(document.slice(*last));
        let starts = document.slice(*first).trim_start();
        let goes_on = paragraphs
            .last()
            .is_some_and(|before| !gap && !cut && continues(document, before, block, starts));
        match paragraphs.last_mut() {
            Some(before) if goes_on => {
                before.spans.extend(kept);
                before.words += words;
                before.ends_sentence = ends;
                before.single_line = false;
            }
            _ => paragraphs.push(Paragraph {
                spans: kept,
                kind: block.kind,
                words,
                after_cut: cut,
                gap,
                single_line: true,
                ends_sentence: ends,
            }),
        }
        cut = false;
        gap = false;
    }
    paragraphs
}

fn is_blank(text: &str) -> bool {
    text.trim_start().is_empty()
}

/// Whether a line goes on where the paragraph before it broke off: no sentence ended, and neither is a piece by itself.
fn continues(document: &Document, before: &Paragraph, block: &Block, starts: &str) -> bool {
    let plain = |kind: BlockKind| matches!(kind, BlockKind::Paragraph | BlockKind::Item | BlockKind::Code);
    if !plain(before.kind) || block.kind != BlockKind::Paragraph && before.kind != BlockKind::Code {
        return before.kind == BlockKind::Code && block.kind == BlockKind::Code;
    }
    let last = end_of(document, before);
    // A wrapped line is about as long as the others; a short line without an end mark is a line by itself unless the
    // next begins in the middle of a sentence.
    let mid_sentence = starts
        .starts_with(|c: char| c.is_lowercase() || matches!(c, '(' | ',' | ';' | '–' | '—'))
        || starts.starts_with(char::is_numeric) && last.ends_with(char::is_alphabetic);
    if before.ends_sentence {
        // Hard-wrapped text: the line before was full.
        return document.elements.is_empty()
            && last_line_len(last) >= 60
            && last_line_len(last) <= 120
            && starts.len() <= 120;
    }
    mid_sentence || last.ends_with([',', '-']) || last_line_len(last) >= 50 && !last.ends_with(':')
}

fn last_line_len(text: &str) -> usize {
    text.rsplit('\n').next().unwrap_or(text).chars().count()
}

/// The paragraph that is the document's title: the first, if it is short and alone, or a first-level heading.
fn title_paragraph(document: &Document, paragraphs: &[Paragraph]) -> Option<usize> {
    if let Some(title) = &document.meta.title {
        // A headline that repeats the title given apart from the text.
        return paragraphs
            .iter()
            .take(6)
            .position(|paragraph| read(document, &paragraph.spans).to_lowercase() == title.to_lowercase());
    }
    if let Some(at) = paragraphs.iter().position(|paragraph| paragraph.kind == BlockKind::Heading(1)) {
        return Some(at);
    }
    let first = paragraphs.first()?;
    let end = end_of(document, first);
    let like_title = first.words <= LONGEST_HEADING
        && first.single_line
        && matches!(first.kind, BlockKind::Paragraph)
        && (!first.ends_sentence || end.ends_with(['?', '!', '？', '！']))
        && !end.ends_with([':', ',', ';']);
    (like_title && paragraphs.len() > 1).then_some(0)
}

/// Whether a paragraph heads what follows it: by its markup, as a question by itself, or as a short line without an
/// end mark over longer text.
fn is_heading(document: &Document, paragraph: &Paragraph, next: Option<&Paragraph>) -> bool {
    if let BlockKind::Heading(_) = paragraph.kind {
        return true;
    }
    if !document.elements.is_empty() || paragraph.kind != BlockKind::Paragraph || !paragraph.single_line {
        return false;
    }
    let Some(next) = next else { return false };
    if paragraph.words > LONGEST_HEADING {
        return false;
    }
    let end = end_of(document, paragraph);
    let parted = paragraph.gap && next.gap || next.words > 2 * paragraph.words + 10;
    let question = end.ends_with(['?', '？', '؟']) && next.gap;
    let short = paragraph.words <= 12 && !paragraph.ends_sentence && !end.ends_with([',', ';', ':']);
    let over_text =
        next.words > paragraph.words && (next.ends_sentence || matches!(next.kind, BlockKind::Item));
    if !(parted && (question || short && over_text)) {
        return false;
    }
    let text = read(document, &paragraph.spans);
    question && sentences(&text).len() == 1 || short && over_text && starts_like_heading(&text)
}

/// The last text of a paragraph, without white space after it.
fn end_of<'a>(document: &'a Document, paragraph: &Paragraph) -> &'a str {
    paragraph.spans.last().map_or("", |span| document.slice(*span)).trim_end()
}

fn starts_like_heading(text: &str) -> bool {
    text.chars().find(|c| c.is_alphanumeric()).is_some_and(|c| !c.is_lowercase())
}

/// The text of spans as it is read.
fn read(document: &Document, spans: &[TextSpan]) -> String {
    if let [span] = spans {
        return one_spaced(document.slice(*span)).into_owned();
    }
    let mut text = String::new();
    for span in spans {
        text.push_str(document.slice(*span));
        // Spans of one paragraph that do not touch were parted by something that read as white space.
        text.push(' ');
    }
    one_spaced(&text).into_owned()
}

/// A sentence, or another piece that is never cut.
struct Unit {
    /// Where its spans are among those of all units of the paragraph.
    spans: Range<usize>,
    words: usize,
}

struct Splitter<'a> {
    document: &'a Document,
    labels: &'a Labels,
    out: Vec<Passage>,
    /// The heading of the section, and whether a passage has been written under it.
    heading: Option<(Vec<TextSpan>, bool)>,
    pending: Vec<TextSpan>,
    words: usize,
}

impl Splitter<'_> {
    fn begin_section(&mut self, paragraph: &Paragraph) {
        self.end_section();
        self.heading = Some((paragraph.spans.clone(), false));
    }

    /// Ends the section; a heading under which nothing stands is a passage itself.
    fn end_section(&mut self) {
        self.flush();
        if let Some((spans, false)) = self.heading.take() {
            self.push(&spans, 0, None);
        }
    }

    fn add(&mut self, paragraph: &Paragraph, next: Option<&Paragraph>) {
        // A full paragraph, and what comes after a cut, begins a passage of its own; short ones go together.
        let full = paragraph.words >= FEWEST_WORDS;
        let leads = |text: &str| text.ends_with(':');
        let led = self.pending.last().is_some_and(|span| leads(self.document.slice(*span).trim_end()));
        let fragment = self.words < 8;
        if !self.pending.is_empty()
            && !led
            && (paragraph.after_cut
                || self.words >= FEWEST_WORDS
                || full && !fragment
                || self.words + paragraph.words > MOST_WORDS)
        {
            self.flush();
        }
        if paragraph.words <= MOST_WORDS {
            self.pending.extend(&paragraph.spans);
            self.words += paragraph.words;
        } else {
            self.cut_long(paragraph);
        }
        let next_fragment = next.is_some_and(|next| next.words < 8 && !next.gap);
        if self.words >= FEWEST_WORDS && !next_fragment {
            self.flush();
        }
    }

    /// Cuts a paragraph at sentences into passages of about the same length.
    fn cut_long(&mut self, paragraph: &Paragraph) {
        let (spans, units) = self.units(&paragraph.spans);
        let total: usize = self.words + units.iter().map(|unit| unit.words).sum::<usize>();
        let parts = total.div_ceil(MOST_WORDS).max(1);
        let target = total.div_ceil(parts);
        let mut left = total;
        for unit in units {
            let over = self.words + unit.words > MOST_WORDS || self.words >= target;
            // What is left for the last passage must be worth one.
            if !self.pending.is_empty()
                && over
                && (left >= FEWEST_WORDS / 2 || self.words + unit.words > MOST_WORDS)
            {
                left -= self.words.min(left);
                self.flush();
            }
            self.words += unit.words;
            self.pending.extend(&spans[unit.spans]);
        }
    }

    /// The sentences of a paragraph, and the spans that they are made of.
    fn units(&self, spans: &[TextSpan]) -> (Vec<TextSpan>, Vec<Unit>) {
        let (mut found, mut units) = (Vec::new(), Vec::new());
        let mut add = |found: &[TextSpan], from: usize| {
            let words = found[from..].iter().map(|span| count_words(self.document.slice(*span))).sum();
            if from < found.len() {
                units.push(Unit { spans: from..found.len(), words });
            }
        };
        if let [span] = spans {
            for range in pieces(self.document.slice(*span)) {
                let before = found.len();
                found.push(Span::new(span.start + range.start, span.start + range.end));
                add(&found, before);
            }
            return (found, units);
        }
        // Sentences run over the lines of a paragraph, so they are sought in the joined text.
        let mut joined = String::new();
        let mut starts: Vec<(usize, TextSpan)> = Vec::new();
        for span in spans {
            if !joined.is_empty() {
                joined.push('\n');
            }
            starts.push((joined.len(), *span));
            joined.push_str(self.document.slice(*span));
        }
        for range in pieces(&joined) {
            let before = found.len();
            let from = starts.partition_point(|(start, span)| start + span.len() <= range.start);
            for (start, span) in &starts[from..] {
                if *start >= range.end {
                    break;
                }
                let low = span.start + range.start.saturating_sub(*start);
                let high = span.start + (range.end - start).min(span.len());
                if low < high {
                    found.push(Span::new(low, high));
                }
            }
            add(&found, before);
        }
        (found, units)
    }

    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let words = std::mem::take(&mut self.words);
        let spans = std::mem::take(&mut self.pending);
        let heading = match &mut self.heading {
            Some((spans, used)) => {
                *used = true;
                Some(read(self.document, spans))
            }
            None => None,
        };
        self.push(&spans, words, heading);
        self.pending = spans;
        self.pending.clear();
    }

    /// Writes a passage whose spans have so many `words`, one by one.
    fn push(&mut self, spans: &[TextSpan], words: usize, heading: Option<String>) {
        // Where two spans touch, two of their words may be one.
        let at_least = words.saturating_sub(spans.len());
        let text_spans = self.close_gaps(spans);
        let mut originals: Vec<OriginalSpan> = Vec::with_capacity(text_spans.len());
        for span in &text_spans {
            // Between two spans stands what was dropped; inside one, nothing but tags.
            if self.document.elements.is_empty() {
                self.document.map.extend_original(*span, &mut originals);
            } else {
                originals.extend(self.document.join_over_tags(self.document.map.to_original(*span)));
            }
        }
        if !self.document.elements.is_empty() {
            originals = in_order(originals);
        }
        let text = match text_spans.as_slice() {
            [span] => one_spaced(self.document.slice(*span)).into_owned(),
            spans => {
                let joined: String = spans.iter().map(|span| self.document.slice(*span)).collect();
                match one_spaced(&joined) {
                    Cow::Owned(spaced) => spaced,
                    Cow::Borrowed(_) => joined,
                }
            }
        };
        let (Some(first), Some(last)) = (originals.first(), originals.last()) else { return };
        let lines = (self.document.lines_of(*first).0, self.document.lines_of(*last).1);
        let range =
            text_spans.first().zip(text_spans.last()).map_or(1, |(first, last)| last.end - first.start);
        let kept: usize = text_spans.iter().map(Span::len).sum();
        #[expect(clippy::cast_precision_loss, reason = "a share of bytes needs no more than f32 holds")]
        let share = kept as f32 / range.max(1) as f32;
        let (quality, _) = quality(&text, at_least, share);
        self.out.push(Passage { text, spans: originals, text_spans, lines, heading, quality });
    }

    /// Joins spans across the white space between them, so that joined spans keep words apart; what was dropped between
    /// two spans stays out, but for the white space right after the first.
    fn close_gaps(&self, spans: &[TextSpan]) -> Vec<TextSpan> {
        let mut closed: Vec<TextSpan> = Vec::with_capacity(spans.len());
        for &span in spans {
            if let Some(last) = closed.last_mut() {
                let between = &self.document.text[last.end..span.start];
                let space = between.len() - between.trim_start().len();
                if space == between.len() && self.labels.dropped_bytes(Span::new(last.end, span.start)) == 0 {
                    last.end = span.end;
                    continue;
                }
                let ends_open = !self.document.slice(*last).ends_with(char::is_whitespace);
                let starts_open = !self.document.slice(span).starts_with(char::is_whitespace);
                if ends_open && starts_open {
                    let before = between.len() - between.trim_end().len();
                    if space > 0 {
                        last.end += space;
                    } else if before > 0 {
                        closed.push(Span::new(span.start - before, span.end));
                        continue;
                    }
                }
            }
            closed.push(span);
        }
        closed
    }
}

/// Joins ranges that touch, and leaves the order as it is: text that a table moved reads in another order than it stands.
fn in_order(spans: Vec<OriginalSpan>) -> Vec<OriginalSpan> {
    let mut joined: Vec<OriginalSpan> = Vec::with_capacity(spans.len());
    for span in spans.into_iter().filter(|span| !span.is_empty()) {
        match joined.last_mut() {
            Some(last) if last.end == span.start => last.end = span.end,
            _ => joined.push(span),
        }
    }
    joined
}

/// Sentences of a text of any length.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let mut end = text.len();
        if end - start > LONGEST_PARAGRAPH {
            let limit = text.floor_char_boundary(start + LONGEST_PARAGRAPH);
            let space = text[start..limit].char_indices().rfind(|(_, c)| c.is_whitespace());
            end = space.map_or(limit, |(at, space)| start + at + space.len_utf8());
        }
        for range in sentences(&text[start..end]) {
            cut_unpunctuated(&text[start + range.start..start + range.end], start + range.start, &mut found);
        }
        start = end.max(start + 1);
    }
    found
}

/// Cuts a "sentence" of thousands of words (text without punctuation) every [`MOST_WORDS`] words, because a passage of
/// that length answers nothing.
fn cut_unpunctuated(sentence: &str, offset: usize, found: &mut Vec<Range<usize>>) {
    const TOO_LONG: usize = 2 * MOST_WORDS;
    let mut start = 0;
    // A word has at least a byte.
    if sentence.len() > TOO_LONG && count_words(sentence) > TOO_LONG {
        for word in crate::analysis::words(sentence).iter().step_by(MOST_WORDS).skip(1) {
            found.push(offset + start..offset + word.start);
            start = word.start;
        }
    }
    found.push(offset + start..offset + sentence.len());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boilerplate::{Knowledge, label};
    use crate::document::parse;
    use crate::record::Record;

    fn check(text: &str, expected: &[(Option<&str>, &str)]) -> Passages {
        let document = parse(&Record::plain(text));
        let passages = split(&document, &label(&document, "", Knowledge::default()));
        let found: Vec<(Option<&str>, &str)> =
            passages.list.iter().map(|passage| (passage.heading.as_deref(), passage.text.as_str())).collect();
        assert_eq!(found, expected);
        for passage in &passages.list {
            let joined: String = passage.spans.iter().map(|span| &text[span.range()]).collect();
            assert_eq!(joined.split_whitespace().collect::<Vec<_>>().join(" "), passage.text);
        }
        passages
    }

    #[test]
    fn a_question_heads_its_answer() {
        let passages = check(
            "Garden questions\n\nWhen should I mow?\n\nMow it in May and then every week.\n\nMay I water at noon?\n\nDoes hail damage lawns?\n\nIt seldom does.",
            &[
                (Some("When should I mow?"), "Mow it in May and then every week."),
                (None, "May I water at noon?"),
                (Some("Does hail damage lawns?"), "It seldom does."),
            ],
        );
        assert_eq!(passages.title.as_deref(), Some("Garden questions"));
    }

    #[test]
    fn a_sentence_broken_over_two_lines_is_joined() {
        check(
            "It leads to other kinds of pain, such as\n(leg pain, weakness). Then it stops.",
            &[(None, "It leads to other kinds of pain, such as (leg pain, weakness). Then it stops.")],
        );
    }

    #[test]
    fn a_dropped_line_parts_passages() {
        check(
            "One good sentence stands here.\nPin On Garden Tools\nAnother good sentence stands here.",
            &[(None, "One good sentence stands here."), (None, "Another good sentence stands here.")],
        );
    }

    #[test]
    fn long_paragraphs_are_cut_at_sentences() {
        let sentence = "This sentence has exactly eight words in it. ";
        let document = parse(&Record::plain(&sentence.repeat(60)));
        let passages = split(&document, &label(&document, "", Knowledge::default()));
        assert!(passages.list.len() > 3);
        for passage in &passages.list {
            assert!((40..=MOST_WORDS).contains(&count_words(&passage.text)), "{}", passage.text);
            assert!(passage.text.ends_with('.'));
        }
    }
}
