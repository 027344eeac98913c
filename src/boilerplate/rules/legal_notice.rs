//! Copyright, cookies, terms, disclosures and theme credits.

use crate::boilerplate::{Check, PromptKind, Rule};

pub(super) static RULE: Rule = Rule {
    name: "legal-notice",
    version: 1,
    reason: "it is a copyright, cookie, terms or disclosure notice",
    examples: &[
        ("en", "⟦Copyright © 2026 Handy Home Tips. All Rights Reserved.⟧"),
        ("en", "⟦This website uses cookies to improve your experience.⟧"),
        ("fr", "⟦Tous droits réservés⟧"),
        ("en", "The lawn is green. ⟦This website uses cookies to improve your experience.⟧ Moss is not."),
    ],
    counter_examples: &[
        ("en", "She baked cookies to improve the mood."),
        ("en", "Copyright law protects works of art for seventy years."),
        ("fr", "Le droit d'auteur protège les œuvres pendant soixante-dix ans."),
    ],
    check: Check::Prompt(PromptKind::Legal),
};
