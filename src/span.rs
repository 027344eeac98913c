//! Byte ranges whose frame of reference is part of their type, and the map that carries them from decoded text to the original.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::{Deref, Range};

/// Frame of reference: the decoded UTF-8 text of a [`Document`](crate::document::Document).
#[derive(Debug)]
pub enum Text {}

/// Frame of reference: the bytes of a [`Record`](crate::record::Record), as they came from the source.
#[derive(Debug)]
pub enum Original {}

/// A half-open range of bytes, `start..end`, in the frame `F`.
///
/// The frame is a type so that an offset in decoded text cannot be mistaken for one in the file: the two differ in
/// every page that has an entity, a byte order mark or a legacy charset.
pub struct Span<F> {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    frame: PhantomData<fn() -> F>,
}

/// Bytes of the decoded text.
pub type TextSpan = Span<Text>;

/// Bytes of the original record.
pub type OriginalSpan = Span<Original>;

impl<F> Span<F> {
    /// The range `start..end`; an end before the start gives the empty range at `start`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        let end = if end < start { start } else { end };
        Self { start, end, frame: PhantomData }
    }

    /// Length in bytes.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether the range holds no byte.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// The range as the standard library knows it, for slicing.
    #[must_use]
    pub const fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Whether the two ranges share a byte.
    #[must_use]
    pub const fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether every byte of `other` lies in this range.
    #[must_use]
    pub const fn contains(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

// Derives would ask `F` for these traits, which a marker does not need to have.
impl<F> Clone for Span<F> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<F> Copy for Span<F> {}
impl<F> PartialEq for Span<F> {
    fn eq(&self, other: &Self) -> bool {
        self.range() == other.range()
    }
}
impl<F> Eq for Span<F> {}
impl<F> PartialOrd for Span<F> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<F> Ord for Span<F> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.start, self.end).cmp(&(other.start, other.end))
    }
}
impl<F> Hash for Span<F> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.range().hash(state);
    }
}
impl<F> fmt::Debug for Span<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// Ranges in an order of their own. Most texts have one, which is kept without room of its own.
pub enum Spans<F> {
    /// A single range.
    One(Span<F>),
    /// None, or more than one.
    Many(Box<[Span<F>]>),
}

impl<F> Deref for Spans<F> {
    type Target = [Span<F>];

    fn deref(&self) -> &[Span<F>] {
        match self {
            Self::One(span) => std::slice::from_ref(span),
            Self::Many(spans) => spans,
        }
    }
}

impl<F> From<&[Span<F>]> for Spans<F> {
    fn from(spans: &[Span<F>]) -> Self {
        match spans {
            [span] => Self::One(*span),
            _ => Self::Many(spans.into()),
        }
    }
}

impl<'a, F> IntoIterator for &'a Spans<F> {
    type Item = &'a Span<F>;
    type IntoIter = std::slice::Iter<'a, Span<F>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<F> Clone for Spans<F> {
    fn clone(&self) -> Self {
        Self::from(&**self)
    }
}
impl<F> PartialEq for Spans<F> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}
impl<F> fmt::Debug for Spans<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

/// Sorts spans and joins those that touch or overlap.
#[must_use]
pub fn normalize<F>(mut spans: Vec<Span<F>>) -> Vec<Span<F>> {
    spans.retain(|span| !span.is_empty());
    spans.sort_unstable();
    let mut joined: Vec<Span<F>> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
}

/// A stretch of characters that all take the same number of bytes on both sides of a [`SpanMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    text: usize,
    original: usize,
    /// Number of units in the run.
    units: usize,
    text_unit: usize,
    original_unit: usize,
}

impl Run {
    const fn text_end(&self) -> usize {
        self.text + self.units * self.text_unit
    }
    const fn original_end(&self) -> usize {
        self.original + self.units * self.original_unit
    }

    /// The units that the text from `start` to `end` takes something of; all of those that have no text.
    const fn units_between(&self, start: usize, end: usize) -> (usize, usize) {
        if self.text_unit == 0 {
            return (0, self.units);
        }
        let from = start.saturating_sub(self.text) / self.text_unit;
        let to = end.saturating_sub(self.text).div_ceil(self.text_unit);
        (from, if to < self.units { to } else { self.units })
    }
}

/// Where each byte of decoded text came from in the original.
///
/// The map is a list of runs. Within a run every unit (a byte of plain UTF-8, a character of UTF-16, an entity) has the
/// same length on both sides, so that a file that needs no decoding is one run, whatever its size. Units without text are
/// bytes that go with the text around them (tags within a sentence); original bytes that no run covers (comments, scripts)
/// go with no text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpanMap {
    runs: Vec<Run>,
}

impl SpanMap {
    /// The map of a text of `len` bytes that stands in the original as it is, from offset `original` on.
    #[must_use]
    pub fn identity(original: usize, len: usize) -> Self {
        let mut map = Self::default();
        map.push_bytes(original, len);
        map
    }

    fn text_end(&self) -> usize {
        self.runs.last().map_or(0, Run::text_end)
    }

    /// Appends `len` bytes of text that stand in the original unchanged.
    pub fn push_bytes(&mut self, original: usize, len: usize) {
        self.push_units(original, len, 1, 1);
    }

    /// Appends one indivisible unit: `text_len` bytes of text made from `original_len` bytes (an entity, say).
    pub fn push_unit(&mut self, original: usize, text_len: usize, original_len: usize) {
        self.push_units(original, 1, text_len, original_len);
    }

    /// Appends `len` original bytes that have no text; they are in each range of text that goes on on both sides of them.
    pub fn push_textless(&mut self, original: usize, len: usize) {
        self.push_units(original, len, 0, 1);
    }

    fn push_units(&mut self, original: usize, units: usize, text_unit: usize, original_unit: usize) {
        if units == 0 || text_unit == 0 && original_unit == 0 {
            return;
        }
        let text = self.text_end();
        if let Some(last) = self.runs.last_mut()
            && last.original_end() == original
            && (last.text_unit, last.original_unit) == (text_unit, original_unit)
        {
            last.units += units;
            return;
        }
        self.runs.push(Run { text, original, units, text_unit, original_unit });
    }

    /// Appends text that stands nowhere in the original (the break between two blocks of a page).
    pub fn push_nothing(&mut self, text_len: usize) {
        self.push_unit(self.original_end(), text_len, 0);
    }

    /// One past the last original byte that the text mapped so far was made from.
    #[must_use]
    pub fn original_end(&self) -> usize {
        self.runs.last().map_or(0, Run::original_end)
    }

    fn first_run_ending_after(&self, text: usize) -> usize {
        self.runs.partition_point(|run| run.text_end() <= text)
    }

    /// The original ranges of a range of text, in order, joined where they touch.
    ///
    /// A unit that is only partly inside the range is taken whole. `O(log runs + runs in the range)`.
    #[must_use]
    pub fn to_original(&self, span: TextSpan) -> Vec<OriginalSpan> {
        let mut spans = Vec::new();
        self.extend_original(span, &mut spans);
        spans
    }

    /// Appends the original ranges of a range of text to others, joined where they touch.
    pub fn extend_original(&self, span: TextSpan, spans: &mut Vec<OriginalSpan>) {
        for run in &self.runs[self.first_run_ending_after(span.start)..] {
            if run.text >= span.end {
                break;
            }
            let (from, to) = run.units_between(span.start, span.end);
            let start = run.original + from * run.original_unit;
            let end = run.original + to * run.original_unit;
            match spans.last_mut() {
                Some(last) if last.end == start => last.end = end,
                _ if start == end => {}
                _ => spans.push(OriginalSpan::new(start, end)),
            }
        }
    }

    /// The original offset of the text offset `text`, or of the next text that stands in the original.
    #[must_use]
    pub fn original_offset(&self, text: usize) -> usize {
        let at = self.first_run_ending_after(text);
        match self.runs.get(at) {
            Some(run) => run.original + run.units_between(text, run.text_end()).0 * run.original_unit,
            None => self.original_end(),
        }
    }

    /// This map followed by `outer`: text → middle by `self`, middle → original by `outer`.
    ///
    /// Cheap where either side is a plain copy, which is nearly every page; otherwise linear in the number of runs that
    /// the two maps cut each other into.
    #[must_use]
    pub fn then(self, outer: &Self) -> Self {
        if let [run] = outer.runs.as_slice()
            && run.text_unit == 1
            && run.original_unit == 1
        {
            let shift = run.original;
            let mut shifted = self;
            for run in &mut shifted.runs {
                run.original += shift;
            }
            return shifted;
        }
        let mut composed = Self::default();
        for run in &self.runs {
            if run.text_unit == 1 && run.original_unit == 1 {
                outer.copy_runs(run.original, run.units, &mut composed);
                continue;
            }
            if run.text_unit == 0 {
                for span in outer.to_original(Span::new(run.original, run.original_end())) {
                    composed.push_textless(span.start, span.len());
                }
                continue;
            }
            for unit in 0..run.units {
                let middle = run.original + unit * run.original_unit;
                let spans = outer.to_original(Span::new(middle, middle + run.original_unit));
                match (spans.first(), spans.last()) {
                    (Some(first), Some(last)) => {
                        composed.push_unit(first.start, run.text_unit, last.end - first.start);
                    }
                    _ => composed.push_nothing(run.text_unit),
                }
            }
        }
        composed
    }

    /// Appends to `into` the part of this map that `units` bytes of its text from `text` on make up.
    fn copy_runs(&self, text: usize, units: usize, into: &mut Self) {
        let end = text + units;
        for run in &self.runs[self.first_run_ending_after(text)..] {
            if run.text >= end {
                break;
            }
            let (from, to) = run.units_between(text, end);
            into.push_units(
                run.original + from * run.original_unit,
                to - from,
                run.text_unit,
                run.original_unit,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_those_that_they_were_made_of() {
        let spans: [TextSpan; 3] = [Span::new(4, 6), Span::new(1, 2), Span::new(8, 9)];
        for count in 0..=spans.len() {
            let made = Spans::from(&spans[..count]);
            assert_eq!(*made, spans[..count]);
            assert_eq!(made, made.clone());
        }
        assert_ne!(Spans::from(&spans[..1]), Spans::from(&spans[1..2]));
    }

    #[test]
    fn a_plain_file_is_one_run() {
        let map = SpanMap::identity(3, 10);
        assert_eq!(map.to_original(Span::new(2, 5)), vec![Span::new(5, 8)]);
        assert_eq!(map.original_offset(4), 7);
    }

    #[test]
    fn an_entity_is_taken_whole() {
        // "a&amp;b<i>c" → "a&bc"
        let mut map = SpanMap::default();
        map.push_bytes(0, 1);
        map.push_unit(1, 1, 5);
        map.push_bytes(6, 1);
        map.push_bytes(10, 1);
        assert_eq!(map.to_original(Span::new(1, 2)), vec![Span::new(1, 6)]);
        assert_eq!(map.to_original(Span::new(0, 4)), vec![Span::new(0, 7), Span::new(10, 11)]);
    }

    #[test]
    fn what_has_no_text_goes_with_the_text_around_it() {
        // "a<i>b</i>c" → "abc"
        let mut map = SpanMap::default();
        map.push_bytes(0, 1);
        map.push_textless(1, 3);
        map.push_bytes(4, 1);
        map.push_textless(5, 4);
        map.push_bytes(9, 1);
        assert_eq!(map.to_original(Span::new(0, 3)), vec![Span::new(0, 10)]);
        assert_eq!(map.to_original(Span::new(1, 2)), vec![Span::new(4, 5)]);
        assert_eq!(map.original_offset(1), 4);
        let shifted = map.clone().then(&SpanMap::identity(3, 10));
        assert_eq!(shifted.to_original(Span::new(0, 2)), vec![Span::new(3, 8)]);
        // Two bytes for each character.
        let mut wide = SpanMap::default();
        wide.push_units(0, 10, 1, 2);
        assert_eq!(map.then(&wide).to_original(Span::new(1, 3)), vec![Span::new(8, 20)]);
    }

    #[test]
    fn maps_compose() {
        // A page in a charset whose third character takes two bytes for three in UTF-8, with an entity after it.
        let mut charset = SpanMap::default();
        charset.push_bytes(0, 2);
        charset.push_unit(2, 3, 2);
        charset.push_bytes(4, 4);
        let mut entities = SpanMap::default();
        entities.push_bytes(0, 5);
        entities.push_unit(5, 1, 4);
        let both = entities.then(&charset);
        assert_eq!(both.to_original(Span::new(2, 5)), vec![Span::new(2, 4)]);
        assert_eq!(both.to_original(Span::new(5, 6)), vec![Span::new(4, 8)]);
    }

    #[test]
    fn normalized_spans_do_not_touch() {
        let spans: Vec<TextSpan> = vec![Span::new(5, 7), Span::new(0, 2), Span::new(2, 3), Span::new(9, 9)];
        assert_eq!(normalize(spans), vec![Span::new(0, 3), Span::new(5, 7)]);
    }
}
