//! Copyright, cookies, terms, disclosures and theme credits.

use crate::boilerplate::{Check, PromptKind, Rule};

pub(super) static RULE: Rule = Rule {
    name: "legal-notice",
    version: 1,
    reason: "it is a copyright, cookie, terms or disclosure notice",
    examples: &[
        "⟦Copyright © 2026 Handy Home Tips. All Rights Reserved.⟧",
        "⟦This website uses cookies to improve your experience.⟧",
        "⟦Tous droits réservés⟧",
    ],
    counter_examples: &[
        "She baked cookies to improve the mood.",
        "Copyright law protects works of art for seventy years.",
    ],
    check: Check::Prompt(PromptKind::Legal),
};
