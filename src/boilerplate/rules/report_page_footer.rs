//! Links to report the page.

use crate::boilerplate::{Check, PromptKind, Rule};

pub(super) static RULE: Rule = Rule {
    name: "report-page-footer",
    version: 1,
    reason: "it is a link to report the page",
    examples: &["Some text about the report.\n\n⟦Report this page⟧", "⟦Signaler cette page⟧"],
    counter_examples: &["Report this to the police.", "Il faut signaler cette panne."],
    check: Check::Prompt(PromptKind::Report),
};
