//! Links to report the page.

use crate::boilerplate::{Check, PromptKind, Rule};

pub(super) static RULE: Rule = Rule {
    name: "report-page-footer",
    version: 1,
    reason: "it is a link to report the page",
    examples: &[
        ("en", "Some text about the report.\n\n⟦Report this page⟧"),
        ("fr", "⟦Signaler cette page⟧"),
        ("en", "The lawn is green. ⟦Report this page.⟧ Your email address will not be published."),
    ],
    counter_examples: &[("en", "Report this to the police."), ("fr", "Il faut signaler cette panne.")],
    check: Check::Prompt(PromptKind::Report),
};
