//! Search boxes.

use crate::boilerplate::{Check, PromptKind, Rule};

pub(super) static RULE: Rule = Rule {
    name: "search-prompt",
    version: 1,
    reason: "it belongs to a search box",
    examples: &[
        "⟦Begin typing your search term above and press enter to search. Press ESC to cancel.⟧",
        "⟦Wyszukiwanie⟧",
    ],
    counter_examples: &["The search for the lost ship went on.", "Poszukiwania trwały do rana."],
    check: Check::Prompt(PromptKind::Search),
};
