//! What is left of links.

use crate::boilerplate::{Check, PromptKind, Rule};

pub(super) static RULE: Rule = Rule {
    name: "link-residue",
    version: 1,
    reason: "it is what a link leaves behind when its target is gone",
    examples: &[
        ("en", "⟦Read more⟧"),
        ("de", "⟦Siehe auch: Übersicht über alle Vorlagen.⟧ Der Kalender enthält alle Feiertage."),
        ("en", "⟦The post A Black Hole is Pushing the Stars appeared first on Universe Today.⟧"),
    ],
    counter_examples: &[
        ("en", "We should all read more books."),
        ("de", "Man sieht auch von hier das Meer."),
    ],
    check: Check::Prompt(PromptKind::Link),
};
