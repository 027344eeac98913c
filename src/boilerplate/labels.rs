//! The labels of one document: dropped ranges with their rule, everything else kept.

use std::borrow::Cow;

use crate::document::Document;
use crate::span::{Span, TextSpan};

/// One labelled range of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The bytes of the text it covers.
    pub span: TextSpan,
    /// The rule that dropped it and that rule's reason; `None` where the text is kept.
    pub dropped: Option<Verdict>,
}

/// Why a range is dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Name of the rule.
    pub rule: &'static str,
    /// Its reason.
    pub reason: Cow<'static, str>,
}

/// Labels of a whole document.
///
/// Law: the ranges of [`Labels::ranges`] follow one another without gap or overlap and cover the text exactly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels {
    len: usize,
    /// Ranges that a rule has decided on, sorted, without overlap: dropped, or kept for good where there is no verdict.
    decided: Vec<(TextSpan, Option<Verdict>)>,
}

impl Labels {
    /// Everything kept.
    #[must_use]
    pub fn new(document: &Document) -> Self {
        Self { len: document.text.len(), decided: Vec::new() }
    }

    /// Drops what of `span` is neither dropped yet nor kept for good.
    pub fn drop(&mut self, span: TextSpan, rule: &'static str, reason: impl Into<Cow<'static, str>>) {
        self.decide(span, Some(&Verdict { rule, reason: reason.into() }));
    }

    /// Drops what of many spans is neither dropped yet nor kept for good. Linear in the labels where the spans follow one
    /// another, as those of a rule do that goes through a page line by line.
    pub fn drop_all(&mut self, spans: &[TextSpan], rule: &'static str, reason: &'static str) {
        if spans.len() < 2 || !spans.is_sorted_by(|a, b| a.end <= b.start) {
            for span in spans {
                self.drop(*span, rule, reason);
            }
            return;
        }
        let verdict = Some(Verdict { rule, reason: reason.into() });
        let mut all: Vec<(TextSpan, Option<Verdict>)> = Vec::with_capacity(self.decided.len() + spans.len());
        let mut decided = std::mem::take(&mut self.decided).into_iter().peekable();
        for span in spans {
            all.extend(std::iter::from_fn(|| decided.next_if(|(before, _)| before.end <= span.start)));
            let mut start = all.last().map_or(span.start, |(before, _)| span.start.max(before.end));
            let end = span.end.min(self.len);
            while let Some(next) = decided.next_if(|(next, _)| next.start < end) {
                if start < next.0.start {
                    all.push((Span::new(start, next.0.start), verdict.clone()));
                }
                start = next.0.end;
                all.push(next);
            }
            if start < end {
                all.push((Span::new(start, end), verdict.clone()));
            }
        }
        all.extend(decided);
        self.decided = all;
    }

    /// Keeps for good what of `span` is not dropped yet: whatever comes later leaves it alone.
    pub fn keep(&mut self, span: TextSpan) {
        self.decide(span, None);
    }

    /// The first to decide on a byte decides.
    fn decide(&mut self, span: TextSpan, verdict: Option<&Verdict>) {
        let mut start = span.start;
        let end = span.end.min(self.len);
        let mut at = self.decided.partition_point(|(decided, _)| decided.end <= start);
        while start < end {
            let next = self.decided.get(at).map_or(end, |(decided, _)| decided.start.min(end));
            if start < next {
                self.decided.insert(at, (Span::new(start, next), verdict.cloned()));
                at += 1;
            }
            match self.decided.get(at) {
                Some((decided, _)) if decided.start < end => start = decided.end,
                _ => break,
            }
            at += 1;
        }
    }

    /// The dropped ranges with their verdicts, in order.
    pub fn dropped(&self) -> impl Iterator<Item = (TextSpan, &Verdict)> {
        self.decided.iter().filter_map(|(span, verdict)| verdict.as_ref().map(|verdict| (*span, verdict)))
    }

    /// The dropped parts of `span` with their verdicts, in order. `O(log labels)` to the first.
    pub fn dropped_in(&self, span: TextSpan) -> impl Iterator<Item = (TextSpan, &Verdict)> {
        let from = self.decided.partition_point(|(decided, _)| decided.end <= span.start);
        let within = self.decided[from..].iter().take_while(move |(decided, _)| decided.start < span.end);
        within.filter_map(move |(decided, verdict)| {
            let part = Span::new(decided.start.max(span.start), decided.end.min(span.end));
            verdict.as_ref().map(|verdict| (part, verdict))
        })
    }

    /// How many bytes of `span` are dropped. `O(log labels + labels in the span)`.
    #[must_use]
    pub fn dropped_bytes(&self, span: TextSpan) -> usize {
        self.dropped_in(span).map(|(dropped, _)| dropped.len()).sum()
    }

    /// Whether no byte of `span` is kept.
    #[must_use]
    pub fn drops_all(&self, span: TextSpan) -> bool {
        self.dropped_bytes(span) == span.len()
    }

    /// The parts of `span` that are kept, in order.
    pub fn kept_in(&self, span: TextSpan) -> impl Iterator<Item = TextSpan> {
        let mut start = span.start;
        let mut dropped = self.dropped_in(span);
        std::iter::from_fn(move || {
            while start < span.end {
                let before = start;
                let (next, end) =
                    dropped.next().map_or((span.end, span.end), |(next, _)| (next.start, next.end));
                start = end;
                if before < next {
                    return Some(Span::new(before, next));
                }
            }
            None
        })
    }

    /// Every byte of the text with its label; kept ranges do not touch one another.
    #[must_use]
    pub fn ranges(&self) -> Vec<Label> {
        let mut ranges = Vec::with_capacity(self.decided.len() * 2 + 1);
        let mut start = 0;
        for (span, verdict) in self.dropped() {
            if start < span.start {
                ranges.push(Label { span: Span::new(start, span.start), dropped: None });
            }
            ranges.push(Label { span, dropped: Some(verdict.clone()) });
            start = span.end;
        }
        if start < self.len {
            ranges.push(Label { span: Span::new(start, self.len), dropped: None });
        }
        ranges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_to_drop_a_byte_keeps_it() {
        let document = crate::document::parse(&crate::record::Record::plain("0123456789"));
        let mut labels = Labels::new(&document);
        labels.drop(Span::new(2, 4), "a", "");
        labels.drop(Span::new(6, 7), "a", "");
        labels.drop(Span::new(1, 9), "b", "");
        let ranges: Vec<(usize, usize, Option<&str>)> = labels
            .ranges()
            .iter()
            .map(|label| {
                (label.span.start, label.span.end, label.dropped.as_ref().map(|verdict| verdict.rule))
            })
            .collect();
        assert_eq!(
            ranges,
            [
                (0, 1, None),
                (1, 2, Some("b")),
                (2, 4, Some("a")),
                (4, 6, Some("b")),
                (6, 7, Some("a")),
                (7, 9, Some("b")),
                (9, 10, None)
            ]
        );
        assert_eq!(labels.dropped_bytes(Span::new(0, 5)), 4);
        assert_eq!(labels.kept_in(Span::new(0, 10)).collect::<Vec<_>>(), [Span::new(0, 1), Span::new(9, 10)]);
    }

    proptest::proptest! {
        #[test]
        fn many_spans_are_dropped_as_one_by_one(
            before in proptest::collection::vec((0..40usize, 0..9usize), 0..6),
            cuts in proptest::collection::btree_set(0..40usize, 0..12),
        ) {
            let document = crate::document::parse(&crate::record::Record::plain(&"0123456789".repeat(4)));
            let mut labels = Labels::new(&document);
            for (start, len) in before {
                labels.drop(Span::new(start, start + len), "a", "");
            }
            let cuts: Vec<usize> = cuts.into_iter().collect();
            let spans: Vec<TextSpan> =
                cuts.as_chunks().0.iter().map(|[start, end]| Span::new(*start, *end)).collect();
            let mut one_by_one = labels.clone();
            for span in &spans {
                one_by_one.drop(*span, "b", "");
            }
            labels.drop_all(&spans, "b", "");
            proptest::prop_assert_eq!(labels, one_by_one);
        }
    }

    #[test]
    fn what_is_kept_for_good_is_not_dropped_later() {
        let document = crate::document::parse(&crate::record::Record::plain("0123456789"));
        let mut labels = Labels::new(&document);
        labels.keep(Span::new(3, 5));
        labels.drop(Span::new(1, 9), "a", "");
        assert_eq!(labels.kept_in(Span::new(2, 10)).collect::<Vec<_>>(), [Span::new(3, 5), Span::new(9, 10)]);
        assert_eq!(labels.dropped_bytes(Span::new(0, 10)), 6);
        assert!(!labels.drops_all(Span::new(1, 9)));
        let kept: Vec<bool> = labels.ranges().iter().map(|label| label.dropped.is_none()).collect();
        assert_eq!(kept, [true, false, true, false, true]);
    }
}
