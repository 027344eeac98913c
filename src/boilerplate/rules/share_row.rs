//! Buttons to share, follow, like and print.

use crate::boilerplate::{Check, PromptKind, Rule};

pub(super) static RULE: Rule = Rule {
    name: "share-row",
    version: 1,
    reason: "it is a button to share, follow or print",
    examples: &[
        "⟦Share this...⟧\n⟦Share on facebook⟧\n⟦Facebook⟧",
        "⟦Teilen⟧\n⟦Drucken⟧",
        "⟦Sharing is caring!⟧",
    ],
    counter_examples: &["Facebook shares fell by two percent.", "Wir teilen das Brot mit allen, die kommen."],
    check: Check::Prompt(PromptKind::Share),
};
