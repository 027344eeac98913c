//! Buttons to share, follow, like and print.

use crate::boilerplate::{Check, PromptKind, Rule};

pub(super) static RULE: Rule = Rule {
    name: "share-row",
    version: 1,
    reason: "it is a button to share, follow or print",
    examples: &[
        ("en", "⟦Share this...⟧\n⟦Share on facebook⟧\n⟦Facebook⟧"),
        ("de", "⟦Teilen⟧\n⟦Drucken⟧"),
        ("en", "⟦Sharing is caring!⟧"),
        ("en", "The lawn is green. ⟦Share on Facebook and Twitter.⟧ Moss is not."),
    ],
    counter_examples: &[
        ("en", "Facebook shares fell by two percent."),
        ("de", "Wir teilen das Brot mit allen, die kommen."),
    ],
    check: Check::Prompt(PromptKind::Share),
};
