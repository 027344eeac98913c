//! Invitations to subscribe.

use crate::boilerplate::{Check, PromptKind, Rule};

pub(super) static RULE: Rule = Rule {
    name: "newsletter-prompt",
    version: 1,
    reason: "it invites to subscribe to something",
    examples: &[
        "⟦Subscribe to Canada Free Press for FREE⟧",
        "⟦Get our weekly money letter in your inbox. Sign up free and unsubscribe at any time.⟧",
        "⟦Abonnez-vous à notre lettre⟧",
    ],
    counter_examples: &[
        "He wrote a newsletter for the parish for thirty years.",
        "La lettre est arrivée hier.",
    ],
    check: Check::Prompt(PromptKind::Newsletter),
};
