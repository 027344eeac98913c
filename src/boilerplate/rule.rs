//! What a rule is, and how its findings become labels.

use super::gate::Gate;
use super::labels::Labels;
use super::line::Line;
use super::page::Page;
use super::prompts::PromptKind;
use crate::span::TextSpan;

/// A boilerplate rule: a pattern with a name, a reason, and proof that it finds what it should and nothing else.
///
/// A rule is named by the pattern that it finds, so that the name reads well after "allow" and after "dropped by".
pub struct Rule {
    /// Name in kebab case; unique; part of the output.
    pub name: &'static str,
    /// Raised whenever the rule could find something else than before: makes pages indexed with it stale.
    pub version: u32,
    /// Why what it finds is not content, in one sentence for readers.
    pub reason: &'static str,
    /// Pages in which the rule, alone, drops exactly what stands between `⟦` and `⟧`.
    pub examples: &'static [Example],
    /// Pages that look alike and in which the rule drops nothing.
    pub counter_examples: &'static [Example],
    /// How it looks.
    pub check: Check,
}

/// A page that proves something of a rule, after the ISO 639-1 code of its language; `zxx` stands for a page that could be
/// in any.
pub type Example = (&'static str, &'static str);

/// How a rule looks at a page; the variants are the granularities of its input.
pub enum Check {
    /// At one line that passes the gate, without its context: the whole line is dropped.
    Line(Gate, fn(&Line<'_>) -> bool),
    /// At one line of a page that passes the gate, for ranges inside it.
    Within(Gate, fn(&Page<'_>, &Line<'_>, &mut Vec<TextSpan>)),
    /// At the page as a whole.
    Page(fn(&Page<'_>, &mut Vec<TextSpan>)),
    /// For phrases of one kind from the table of prompts: lines and sentences that hold one.
    Prompt(PromptKind),
    /// At the page and the labels so far; belongs to the revise pass.
    Revise(fn(&Page<'_>, &Labels, &mut Vec<TextSpan>)),
}

impl Rule {
    /// Adds what this rule finds to the labels; what an earlier rule has labelled stays as it is.
    pub fn apply(&self, page: &Page<'_>, labels: &mut Labels) {
        labels.drop_all(&self.find(page, labels), self.name, self.reason);
    }

    /// Whether it looks at one line at a time.
    #[must_use]
    pub const fn is_context_free(&self) -> bool {
        matches!(self.check, Check::Line(..) | Check::Within(..) | Check::Prompt(_))
    }

    /// The ranges that this rule finds.
    #[must_use]
    pub fn find(&self, page: &Page<'_>, labels: &Labels) -> Vec<TextSpan> {
        let mut found = Vec::new();
        match self.check {
            Check::Line(gate, check) => gate.for_each(page, |line| {
                if check(line) {
                    found.push(line.span);
                }
            }),
            Check::Within(gate, check) => gate.for_each(page, |line| check(page, line, &mut found)),
            Check::Page(check) => check(page, &mut found),
            Check::Prompt(kind) => page.prompts_of(kind, &mut found),
            Check::Revise(check) => check(page, labels, &mut found),
        }
        found
    }
}
