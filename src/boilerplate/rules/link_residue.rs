//! What is left of links.

use crate::boilerplate::{Check, PromptKind, Rule};

pub(super) static RULE: Rule = Rule {
    name: "link-residue",
    version: 1,
    reason: "it is what a link leaves behind when its target is gone",
    examples: &[
        "⟦Read more⟧",
        "⟦Siehe auch: Übersicht über alle Vorlagen.⟧ Der Kalender enthält alle Feiertage.",
        "⟦The post A Black Hole is Pushing the Stars appeared first on Universe Today.⟧",
    ],
    counter_examples: &["We should all read more books.", "Man sieht auch von hier das Meer."],
    check: Check::Prompt(PromptKind::Link),
};
