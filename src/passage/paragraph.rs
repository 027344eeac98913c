//! Paragraphs: kept lines that belong together, and which of them are the title and headings.

use std::ops::Range;

use super::Source;
use crate::analysis::{ends_sentence, sentences};
use crate::document::{Block, BlockKind};
use crate::span::TextSpan;

/// Longest heading in words.
const LONGEST_HEADING: usize = 20;

/// The paragraphs of a document.
pub(super) struct Paragraphs<'a> {
    source: &'a Source<'a>,
    pub(super) list: Vec<Paragraph>,
    /// The spans of all of them, in order.
    spans: Vec<TextSpan>,
}

/// Kept text that belongs together: a line, or lines of which each goes on where the one before broke off.
pub(super) struct Paragraph {
    /// Where its spans are among those of all paragraphs.
    spans: Range<usize>,
    /// Its first block.
    pub(super) block: usize,
    kind: BlockKind,
    pub(super) words: usize,
    /// Whether something was dropped between this paragraph and the one before.
    pub(super) after_cut: bool,
    /// Whether a blank line (or the border of an element) parts it from the one before.
    pub(super) gap: bool,
    /// Whether nothing in the original parts it from the one before; see [`Block::unparted`].
    pub(super) unparted: bool,
    /// Whether its first line stands alone between blank lines.
    single_line: bool,
    ends_sentence: bool,
}

impl<'a> Paragraphs<'a> {
    /// Joins the kept parts of blocks into paragraphs.
    pub(super) fn of(source: &'a Source<'a>) -> Self {
        let blocks = &source.document.blocks;
        let mut paragraphs =
            Self { source, list: Vec::with_capacity(blocks.len()), spans: Vec::with_capacity(blocks.len()) };
        let mut cut = false;
        let mut gap = true;
        let mut unparted = false;
        for (index, block) in blocks.iter().enumerate() {
            gap |= block.gap;
            unparted |= block.unparted;
            let before = paragraphs.spans.len();
            let kept = source.labels.kept_in(block.span);
            paragraphs.spans.extend(kept.filter(|span| !is_blank(source.slice(*span))));
            let added = &paragraphs.spans[before..];
            let Some((&first, &last)) = added.first().zip(added.last()) else {
                cut = true;
                continue;
            };
            let (words, ends) = match source.whole_line(index, first) {
                Some(line) => (line.words, line.terminal),
                None => (
                    added.iter().map(|span| source.count_words(*span)).sum(),
                    ends_sentence(source.slice(last)),
                ),
            };
            let goes_on =
                !gap && !cut && !unparted && paragraphs.go_on(block, source.slice(first).trim_start());
            let end = paragraphs.spans.len();
            match paragraphs.list.last_mut() {
                Some(before) if goes_on => {
                    before.spans.end = end;
                    before.words += words;
                    before.ends_sentence = ends;
                    before.single_line = false;
                }
                _ => paragraphs.list.push(Paragraph {
                    spans: before..end,
                    block: index,
                    kind: block.kind,
                    words,
                    after_cut: cut,
                    gap,
                    unparted,
                    single_line: true,
                    ends_sentence: ends,
                }),
            }
            cut = false;
            gap = false;
            unparted = false;
        }
        paragraphs
    }

    /// The spans of a paragraph.
    pub(super) fn spans(&self, index: usize) -> &[TextSpan] {
        &self.spans[self.list[index].spans.clone()]
    }

    /// The text of a paragraph as it is read.
    pub(super) fn read(&self, index: usize) -> String {
        self.source.read(self.spans(index))
    }

    /// Whether a line goes on where the last paragraph broke off: no sentence ended, and neither is a piece by itself.
    fn go_on(&self, block: &Block, starts: &str) -> bool {
        let Some(before) = self.list.last() else { return false };
        let plain =
            |kind: BlockKind| matches!(kind, BlockKind::Paragraph | BlockKind::Item | BlockKind::Code);
        if !plain(before.kind) || block.kind != BlockKind::Paragraph && before.kind != BlockKind::Code {
            return before.kind == BlockKind::Code && block.kind == BlockKind::Code;
        }
        let last = self.end_of(before);
        // A wrapped line is about as long as the others; a short line without an end mark is a line by itself unless
        // the next begins in the middle of a sentence.
        let mid_sentence = starts
            .starts_with(|c: char| c.is_lowercase() || matches!(c, '(' | ',' | ';' | '–' | '—'))
            || starts.starts_with(char::is_numeric) && last.ends_with(char::is_alphabetic);
        if before.ends_sentence {
            // Hard-wrapped text: the line before was full.
            return self.source.document.elements.is_empty()
                && starts.len() <= 120
                && (60..=120).contains(&last_line_len(last));
        }
        mid_sentence || last.ends_with([',', '-']) || !last.ends_with(':') && last_line_len(last) >= 50
    }

    /// The paragraph that is the document's title: the first, if it is short and alone, or a first-level heading.
    pub(super) fn title(&self) -> Option<usize> {
        if let Some(title) = &self.source.document.meta.title {
            // A headline that repeats the title given apart from the text.
            let title = title.to_lowercase();
            return (0..self.list.len().min(6)).find(|&index| self.read(index).to_lowercase() == title);
        }
        if let Some(at) = self.list.iter().position(|paragraph| paragraph.kind == BlockKind::Heading(1)) {
            return Some(at);
        }
        let first = self.list.first()?;
        let end = self.end_of(first);
        let like_title = first.words <= LONGEST_HEADING
            && first.single_line
            && matches!(first.kind, BlockKind::Paragraph)
            && (!first.ends_sentence || end.ends_with(['?', '!', '？', '！']))
            && !end.ends_with([':', ',', ';']);
        (like_title && self.list.len() > 1).then_some(0)
    }

    /// Whether a paragraph heads what follows it: by its markup, as a question by itself, or as a short line without an
    /// end mark over longer text.
    pub(super) fn is_heading(&self, index: usize) -> bool {
        let paragraph = &self.list[index];
        if let BlockKind::Heading(_) = paragraph.kind {
            return true;
        }
        if !self.source.document.elements.is_empty()
            || paragraph.kind != BlockKind::Paragraph
            || !paragraph.single_line
        {
            return false;
        }
        let Some(next) = self.list.get(index + 1) else { return false };
        if paragraph.words > LONGEST_HEADING {
            return false;
        }
        let end = self.end_of(paragraph);
        let parted = paragraph.gap && next.gap || next.words > 2 * paragraph.words + 10;
        let question = end.ends_with(['?', '？', '؟']) && next.gap;
        let short = paragraph.words <= 12 && !paragraph.ends_sentence && !end.ends_with([',', ';', ':']);
        let over_text =
            next.words > paragraph.words && (next.ends_sentence || matches!(next.kind, BlockKind::Item));
        if !(parted && (question || short && over_text)) {
            return false;
        }
        let text = self.read(index);
        question && sentences(&text).len() == 1 || short && over_text && starts_like_heading(&text)
    }

    /// The last text of a paragraph, without white space after it.
    fn end_of(&self, paragraph: &Paragraph) -> &'a str {
        self.spans[paragraph.spans.clone()].last().map_or("", |span| self.source.slice(*span)).trim_end()
    }
}

fn is_blank(text: &str) -> bool {
    text.trim_start().is_empty()
}

fn last_line_len(text: &str) -> usize {
    text.rsplit('\n').next().unwrap_or(text).chars().count()
}

fn starts_like_heading(text: &str) -> bool {
    text.chars().find(|c| c.is_alphanumeric()).is_some_and(|c| !c.is_lowercase())
}
