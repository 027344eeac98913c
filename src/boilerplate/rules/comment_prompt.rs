//! Invitations to comment and the furniture of a comment form.

use crate::boilerplate::{Check, PromptKind, Rule};

pub(super) static RULE: Rule = Rule {
    name: "comment-prompt",
    version: 1,
    reason: "it invites to comment or belongs to the comment form",
    examples: &[
        "⟦Leave a Reply⟧\n\n⟦Your email address will not be published. Required fields are marked *⟧",
        "⟦Posting Komentar untuk \"Judul\"⟧",
        "⟦コメントを残す⟧",
    ],
    counter_examples: &[
        "He had no comment on the reply that was published.",
        "Der Minister wollte keine Kommentare abgeben.",
    ],
    check: Check::Prompt(PromptKind::Comment),
};
