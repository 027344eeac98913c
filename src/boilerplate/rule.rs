//! What a rule is, and how its findings become labels.

use std::collections::HashMap;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::labels::Labels;
use super::line::Line;
use super::page::Page;
use super::prompts::PromptKind;
use super::rules::RULES;
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

/// Which lines a rule looks at. Most lines are spared the look.
#[derive(Debug, Clone, Copy)]
pub struct Gate {
    /// Most words of the line.
    pub words: usize,
    /// Texts of which one stands in every line in which the rule can find something; none where there is no such text.
    pub holds: &'static [&'static str],
    /// Whether a furniture phrase lets a line pass that holds none of them.
    pub prompt: bool,
}

impl Gate {
    /// Every line passes.
    pub const OPEN: Self = Self { words: usize::MAX, holds: &[], prompt: false };

    /// Lines of at most so many words pass.
    #[must_use]
    pub const fn words(words: usize) -> Self {
        Self { words, ..Self::OPEN }
    }

    /// Lines that hold one of some texts pass.
    #[must_use]
    pub const fn holds(holds: &'static [&'static str]) -> Self {
        Self { holds, ..Self::OPEN }
    }

    /// Lines that hold a furniture phrase pass, too.
    #[must_use]
    pub const fn or_prompt(self) -> Self {
        Self { prompt: true, ..self }
    }

    /// Calls `look` with every line of a page that passes, in order. Linear in the page, which is searched as a whole.
    pub fn for_each<'p, 'a>(&self, page: &'p Page<'a>, mut look: impl FnMut(&'p Line<'a>)) {
        if self.holds.is_empty() {
            page.lines.iter().filter(|line| line.words <= self.words).for_each(look);
            return;
        }
        let mut passing: Vec<usize> = if self.prompt { page.prompted.clone() } else { Vec::new() };
        for text in self.holds {
            match FINDERS.get(text) {
                Some(finder) => page.lines_holding(finder, &mut passing),
                None => page.lines_holding(&Finder::new(text), &mut passing),
            }
        }
        passing.sort_unstable();
        passing.dedup();
        for line in passing.iter().map(|&index| &page.lines[index]).filter(|line| line.words <= self.words) {
            look(line);
        }
    }
}

/// What finds the texts of all gates: to make it takes as long as to search a page.
static FINDERS: LazyLock<HashMap<&'static str, Finder<'static>>> = LazyLock::new(|| {
    let gates = RULES.iter().filter_map(|rule| match &rule.check {
        Check::Line(gate, _) | Check::Within(gate, _) => Some(gate),
        _ => None,
    });
    gates.flat_map(|gate| gate.holds).map(|text| (*text, Finder::new(*text))).collect()
});

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
