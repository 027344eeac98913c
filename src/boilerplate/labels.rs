//! The labels of one document: dropped ranges with their rule, everything else kept.

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
    pub reason: &'static str,
}

/// Labels of a whole document.
///
/// Law: the ranges of [`Labels::ranges`] follow one another without gap or overlap and cover the text exactly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels {
    len: usize,
    /// Dropped ranges, sorted, without overlap.
    dropped: Vec<(TextSpan, Verdict)>,
}

impl Labels {
    /// Everything kept.
    #[must_use]
    pub fn new(document: &Document) -> Self {
        Self { len: document.text.len(), dropped: Vec::new() }
    }

    /// Drops what of `span` is not dropped yet.
    pub fn drop(&mut self, span: TextSpan, rule: &'static str, reason: &'static str) {
        let mut start = span.start;
        let end = span.end.min(self.len);
        let mut at = self.dropped.partition_point(|(dropped, _)| dropped.end <= start);
        while start < end {
            let next = self.dropped.get(at).map_or(end, |(dropped, _)| dropped.start.min(end));
            if start < next {
                self.dropped.insert(at, (Span::new(start, next), Verdict { rule, reason }));
                at += 1;
            }
            match self.dropped.get(at) {
                Some((dropped, _)) if dropped.start < end => start = dropped.end,
                _ => break,
            }
            at += 1;
        }
    }

    /// The dropped ranges with their verdicts, in order.
    pub fn dropped(&self) -> impl Iterator<Item = (TextSpan, &Verdict)> {
        self.dropped.iter().map(|(span, verdict)| (*span, verdict))
    }

    /// How many bytes of `span` are dropped. `O(log labels + labels in the span)`.
    #[must_use]
    pub fn dropped_bytes(&self, span: TextSpan) -> usize {
        let from = self.dropped.partition_point(|(dropped, _)| dropped.end <= span.start);
        self.dropped[from..]
            .iter()
            .take_while(|(dropped, _)| dropped.start < span.end)
            .map(|(dropped, _)| dropped.end.min(span.end) - dropped.start.max(span.start))
            .sum()
    }

    /// Whether no byte of `span` is kept.
    #[must_use]
    pub fn drops_all(&self, span: TextSpan) -> bool {
        self.dropped_bytes(span) == span.len()
    }

    /// The parts of `span` that are kept, in order.
    #[must_use]
    pub fn kept_in(&self, span: TextSpan) -> Vec<TextSpan> {
        let mut kept = Vec::new();
        let mut start = span.start;
        let from = self.dropped.partition_point(|(dropped, _)| dropped.end <= span.start);
        for (dropped, _) in self.dropped[from..].iter().take_while(|(dropped, _)| dropped.start < span.end) {
            if start < dropped.start {
                kept.push(Span::new(start, dropped.start));
            }
            start = dropped.end;
        }
        if start < span.end {
            kept.push(Span::new(start, span.end));
        }
        kept
    }

    /// Every byte of the text with its label: kept and dropped ranges in turn.
    #[must_use]
    pub fn ranges(&self) -> Vec<Label> {
        let mut ranges = Vec::with_capacity(self.dropped.len() * 2 + 1);
        let mut start = 0;
        for (span, verdict) in &self.dropped {
            if start < span.start {
                ranges.push(Label { span: Span::new(start, span.start), dropped: None });
            }
            ranges.push(Label { span: *span, dropped: Some(verdict.clone()) });
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
        assert_eq!(labels.kept_in(Span::new(0, 10)), [Span::new(0, 1), Span::new(9, 10)]);
    }
}
