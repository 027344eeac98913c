//! Search boxes.

use crate::boilerplate::{Check, PromptKind, Rule};

pub(super) static RULE: Rule = Rule {
    name: "search-prompt",
    version: 1,
    reason: "it belongs to a search box",
    examples: &[
        ("en", "⟦Begin typing your search term above and press enter to search. Press ESC to cancel.⟧"),
        ("pl", "⟦Wyszukiwanie⟧"),
        (
            "en",
            "The lawn is green. ⟦Begin typing your search term above and press enter to search.⟧ Moss is not.",
        ),
    ],
    counter_examples: &[
        ("en", "The search for the lost ship went on."),
        ("pl", "Poszukiwania trwały do rana."),
    ],
    check: Check::Prompt(PromptKind::Search),
};
