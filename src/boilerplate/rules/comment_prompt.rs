//! Invitations to comment and the furniture of a comment form.

use crate::boilerplate::{Check, PromptKind, Rule};

pub(super) static RULE: Rule = Rule {
    name: "comment-prompt",
    version: 1,
    reason: "it invites to comment or belongs to the comment form",
    examples: &[
        ("en", "⟦Leave a Reply⟧\n\n⟦Your email address will not be published. Required fields are marked *⟧"),
        ("id", "⟦Posting Komentar untuk \"Judul\"⟧"),
        ("ja", "⟦コメントを残す⟧"),
        ("en", "The lawn is green. ⟦Your email address will not be published.⟧ Moss is not."),
    ],
    counter_examples: &[
        ("en", "He had no comment on the reply that was published."),
        ("de", "Der Minister wollte keine Kommentare abgeben."),
    ],
    check: Check::Prompt(PromptKind::Comment),
};
