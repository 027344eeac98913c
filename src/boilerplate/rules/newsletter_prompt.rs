//! Invitations to subscribe.

use crate::boilerplate::{Check, PromptKind, Rule};

pub(super) static RULE: Rule = Rule {
    name: "newsletter-prompt",
    version: 1,
    reason: "it invites to subscribe to something",
    examples: &[
        ("en", "⟦Subscribe to Canada Free Press for FREE⟧"),
        ("en", "⟦Get our weekly money letter in your inbox. Sign up free and unsubscribe at any time.⟧"),
        ("fr", "⟦Abonnez-vous à notre lettre⟧"),
        ("en", "The lawn is green. ⟦Subscribe to our newsletter.⟧ Moss is not."),
    ],
    counter_examples: &[
        ("en", "He wrote a newsletter for the parish for thirty years."),
        ("fr", "La lettre est arrivée hier."),
    ],
    check: Check::Prompt(PromptKind::Newsletter),
};
