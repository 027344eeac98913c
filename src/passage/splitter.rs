//! The splitter: paragraphs joined and cut into passages of a length worth reading.

use std::ops::Range;

use super::paragraph::{Paragraph, Paragraphs};
use super::{Passage, Source};
use crate::analysis::{Letters, count_words, sentences, words};
use crate::boilerplate::{FULL_LENGTH, quality};
use crate::span::{OriginalSpan, Span, Spans, TextSpan};

/// Fewest words that a passage should have. Callan (1994) and Kaszkiel and Zobel (2001) find windows of 50 to 200 words
/// best for retrieval; shorter ones read better as an answer.
const FEWEST_WORDS: usize = 40;

/// Most words that a passage should have; a longer sentence stays whole all the same.
pub(super) const MOST_WORDS: usize = 120;

/// Longest stretch of text, in bytes, in which sentences are looked for at once; in a longer one (a file that is one
/// line of 50 MB) the text is first cut at white space.
const LONGEST_PARAGRAPH: usize = 100_000;

/// Bytes of a passage of a hundred words or so, for which room is made.
const PASSAGE_BYTES: usize = 500;

/// Writes passages, paragraph by paragraph.
pub(super) struct Splitter<'a> {
    source: &'a Source<'a>,
    paragraphs: &'a Paragraphs<'a>,
    out: Vec<Passage>,
    /// The paragraph that is the heading of the section, with its text once a passage has been written under it.
    heading: Option<(usize, Option<String>)>,
    pending: Vec<TextSpan>,
    /// Words of what is pending.
    words: usize,
    /// The line of the original on which the last passage ends.
    line: usize,
    /// Room for the ranges of a passage, in the text and in the original.
    closed: Vec<TextSpan>,
    originals: Vec<OriginalSpan>,
}

/// A sentence, or another piece that is never cut.
struct Unit {
    /// Where its spans are among those of all units of the paragraph.
    spans: Range<usize>,
    words: usize,
}

impl<'a> Splitter<'a> {
    pub(super) fn new(source: &'a Source<'a>, paragraphs: &'a Paragraphs<'a>) -> Self {
        Self {
            source,
            paragraphs,
            out: Vec::with_capacity(source.document.text.len() / PASSAGE_BYTES + 1),
            heading: None,
            pending: Vec::new(),
            words: 0,
            line: 1,
            closed: Vec::new(),
            originals: Vec::new(),
        }
    }

    /// Begins a section under a paragraph that is its heading.
    pub(super) fn begin_section(&mut self, heading: usize) {
        self.end_section();
        self.heading = Some((heading, None));
    }

    /// Passes over a paragraph that is in no passage.
    pub(super) fn pass_over(&mut self, index: usize) {
        if self.paragraphs.list[index].unparted {
            self.flush();
        }
    }

    /// Ends the section; a heading under which nothing stands is a passage itself.
    fn end_section(&mut self) {
        self.flush();
        if let Some((heading, None)) = self.heading.take() {
            self.push(self.paragraphs.spans(heading), 0, None);
        }
    }

    /// Ends the last section and gives all passages.
    pub(super) fn finish(mut self) -> Vec<Passage> {
        self.end_section();
        self.out
    }

    /// Adds a paragraph to what is pending, or to new passages.
    pub(super) fn add(&mut self, index: usize) {
        let paragraph = &self.paragraphs.list[index];
        // A full paragraph, and what comes after a cut, begins a passage of its own; short ones go together.
        let full = paragraph.words >= FEWEST_WORDS;
        let led = self.pending.last().is_some_and(|span| self.source.slice(*span).trim_end().ends_with(':'));
        let fragment = self.words < 8;
        if !self.pending.is_empty()
            && (paragraph.unparted
                || !led
                    && (paragraph.after_cut
                        || self.words >= FEWEST_WORDS
                        || full && !fragment
                        || self.words + paragraph.words > MOST_WORDS))
        {
            self.flush();
        }
        if paragraph.words <= MOST_WORDS {
            self.pending.extend(self.paragraphs.spans(index));
            self.words += paragraph.words;
        } else {
            self.cut_long(index);
        }
        let next = self.paragraphs.list.get(index + 1);
        let next_fragment = next.is_some_and(|next: &Paragraph| next.words < 8 && !next.gap);
        if self.words >= FEWEST_WORDS && !next_fragment {
            self.flush();
        }
    }

    /// Cuts a paragraph at sentences into passages of about the same length.
    fn cut_long(&mut self, index: usize) {
        let (spans, units) = self.units(index);
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
    fn units(&self, index: usize) -> (Vec<TextSpan>, Vec<Unit>) {
        let spans = self.paragraphs.spans(index);
        // Sentences have some twenty words.
        let few = self.paragraphs.list[index].words / 10;
        let (mut found, mut units) = (Vec::with_capacity(few), Vec::with_capacity(few));
        if let [span] = spans {
            let text = self.source.slice(*span);
            let place = |range: &Range<usize>| Span::new(span.start + range.start, span.start + range.end);
            let mut push = |range: Range<usize>, words: usize| {
                found.push(place(&range));
                units.push(Unit { spans: found.len() - 1..found.len(), words });
            };
            let mut sentence = |range: Range<usize>| {
                let words = self.source.count_words(place(&range));
                if words <= TOO_LONG {
                    push(range, words);
                } else {
                    let count = |range: &Range<usize>| self.source.count_words(place(range));
                    cut_unpunctuated(text, range, &mut |range| push(range.clone(), count(&range)));
                }
            };
            let line = self.source.whole_line(self.paragraphs.list[index].block, *span);
            match line.and_then(|line| line.sentences.as_ref()) {
                // A rule has looked for the sentences of the line already.
                Some(sentences) if text.len() <= LONGEST_PARAGRAPH => {
                    sentences.iter().cloned().for_each(&mut sentence);
                }
                _ => each_sentence(text, &mut sentence),
            }
            return (found, units);
        }
        // Sentences run over the lines of a paragraph, so they are sought in the joined text.
        let mut joined = String::new();
        let mut starts: Vec<(usize, TextSpan)> = Vec::with_capacity(spans.len());
        for span in spans {
            if !joined.is_empty() {
                joined.push('\n');
            }
            starts.push((joined.len(), *span));
            joined.push_str(self.source.slice(*span));
        }
        let mut add = |range: Range<usize>| {
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
            if before < found.len() {
                let words = found[before..].iter().map(|span| self.source.count_words(*span)).sum();
                units.push(Unit { spans: before..found.len(), words });
            }
        };
        each_sentence(&joined, &mut |range| {
            // A word has at least a byte.
            if range.len() > TOO_LONG && count_words(&joined[range.clone()]) > TOO_LONG {
                cut_unpunctuated(&joined, range, &mut add);
            } else {
                add(range);
            }
        });
        (found, units)
    }

    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let words = std::mem::take(&mut self.words);
        let mut spans = std::mem::take(&mut self.pending);
        let heading = self
            .heading
            .as_mut()
            .map(|(heading, text)| text.get_or_insert_with(|| self.paragraphs.read(*heading)).clone());
        self.push(&spans, words, heading);
        spans.clear();
        self.pending = spans;
    }

    /// Writes a passage whose spans have so many `words`, one by one.
    fn push(&mut self, spans: &[TextSpan], words: usize, heading: Option<String>) {
        let document = self.source.document;
        // Where two spans touch, two of their words may be one.
        let at_least = words.saturating_sub(spans.len());
        let mut closed = std::mem::take(&mut self.closed);
        self.close_gaps(spans, &mut closed);
        let mut originals = std::mem::take(&mut self.originals);
        originals.clear();
        for span in &closed {
            document.map.extend_original(*span, &mut originals);
        }
        if let (Some(first), Some(last)) = (originals.first(), originals.last()) {
            let from = document.line_near(first.start, self.line);
            self.line = document.line_near(last.end.saturating_sub(1).max(last.start), from);
            let (text, letters) = self.read(&closed);
            let range = closed.first().zip(closed.last()).map_or(1, |(first, last)| last.end - first.start);
            let kept: usize = closed.iter().map(Span::len).sum();
            #[expect(clippy::cast_precision_loss, reason = "a share of bytes needs no more than f32 holds")]
            let share = kept as f32 / range.max(1) as f32;
            let words = match closed.as_slice() {
                _ if at_least >= FULL_LENGTH => at_least,
                // No word of Latin letters reaches over white space.
                [span] if letters.is_some() => self.source.count_words(*span),
                _ => count_words(&text),
            };
            let (quality, _) = quality(&text, words, letters, share);
            self.out.push(Passage {
                text,
                spans: Spans::from(originals.as_slice()),
                text_spans: Spans::from(closed.as_slice()),
                lines: (from, self.line),
                heading,
                quality,
            });
        }
        (self.closed, self.originals) = (closed, originals);
    }

    /// The text of spans that keep words apart themselves, as it is read, and how much of it is letters where the classes
    /// of the bytes tell it.
    fn read(&self, spans: &[TextSpan]) -> (String, Option<Letters>) {
        let (classes, whole) = (&self.source.classes, &self.source.document.text);
        if let [span] = spans {
            let mut text = String::with_capacity(span.len());
            let letters = classes.push_one_spaced(whole, &span.range(), &mut text);
            return (text, letters);
        }
        let joined: String = spans.iter().map(|span| self.source.slice(*span)).collect();
        (crate::analysis::one_spaced(&joined).into_owned(), None)
    }

    /// Joins spans across the white space between them, so that joined spans keep words apart; what was dropped between
    /// two spans stays out, but for the white space right after the first.
    fn close_gaps(&self, spans: &[TextSpan], closed: &mut Vec<TextSpan>) {
        closed.clear();
        for &span in spans {
            if let Some(last) = closed.last_mut() {
                if last.end == span.start {
                    last.end = span.end;
                    continue;
                }
                let between = &self.source.document.text[last.end..span.start];
                let space = between.len() - between.trim_start().len();
                let dropped = || self.source.labels.dropped_bytes(Span::new(last.end, span.start)) > 0;
                if space == between.len() && !dropped() {
                    last.end = span.end;
                    continue;
                }
                let ends_open = !self.source.slice(*last).ends_with(char::is_whitespace);
                let starts_open = !self.source.slice(span).starts_with(char::is_whitespace);
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
    }
}

/// Calls `emit` with the sentences of a text of any length.
fn each_sentence(text: &str, emit: &mut impl FnMut(Range<usize>)) {
    let mut start = 0;
    while start < text.len() {
        let mut end = text.len();
        if end - start > LONGEST_PARAGRAPH {
            let limit = text.floor_char_boundary(start + LONGEST_PARAGRAPH);
            let space = text[start..limit].char_indices().rfind(|(_, c)| c.is_whitespace());
            end = space.map_or(limit, |(at, space)| start + at + space.len_utf8());
        }
        for range in sentences(&text[start..end]) {
            emit(start + range.start..start + range.end);
        }
        start = end.max(start + 1);
    }
}

/// Words beyond which a "sentence" is text without punctuation, and is cut.
const TOO_LONG: usize = 2 * MOST_WORDS;

/// Cuts a "sentence" of thousands of words every [`MOST_WORDS`] words, because a passage of that length answers nothing.
fn cut_unpunctuated(text: &str, sentence: Range<usize>, emit: &mut impl FnMut(Range<usize>)) {
    let mut start = sentence.start;
    for word in words(&text[sentence.clone()]).iter().step_by(MOST_WORDS).skip(1) {
        emit(start..sentence.start + word.start);
        start = sentence.start + word.start;
    }
    emit(start..sentence.end);
}
