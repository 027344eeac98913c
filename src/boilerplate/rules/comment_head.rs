//! Heads of comments: the name, the date and the number, not what was said.

use crate::boilerplate::{Check, Gate, Line, Rule};

pub(super) static RULE: Rule = Rule {
    name: "comment-head",
    version: 1,
    reason: "it is the head of a comment: who, when, how many",
    examples: &[
        ("en", "⟦1 comment⟧\n\n⟦Anna says:⟧\nA good idea."),
        ("de", "⟦3 Kommentare⟧"),
        ("en", "⟦12 thoughts on “Running”⟧"),
    ],
    counter_examples: &[
        ("en", "Anna says: come in and see for yourself what we have done."),
        ("en", "Three comments were made on the plan."),
        ("en", "2 cups flour"),
        ("de", "3 Kommentare später war der Streit vorbei."),
        ("de", "Anna sagt: kommt herein und seht selbst."),
    ],
    check: Check::Line(Gate::words(12), check),
};

/// Folded words that, after a number, make a count of comments.
const COUNTED: &[&str] = &[
    "comment",
    "comments",
    "reply",
    "replies",
    "responses",
    "response",
    "thoughts",
    "answers",
    "kommentar",
    "kommentare",
    "antworten",
    "commentaire",
    "commentaires",
    "reponses",
    "comentario",
    "comentarios",
    "respuestas",
    "commento",
    "commenti",
    "reactie",
    "reacties",
    "komentarz",
    "komentarze",
    "komentarzy",
    "kommentarer",
    "komentar",
    "tanggapan",
    "комментарий",
    "комментария",
    "комментариев",
    "коментар",
    "коментарі",
    "yorum",
    "komentare",
    "review",
    "reviews",
    "posts",
    "post",
];

fn check(line: &Line<'_>) -> bool {
    if line.text.len() > 150 {
        return false;
    }
    // No Latin letter folds to a digit.
    let counted = (line.digits || !line.latin) && counts(line);
    let speaker = line.words <= 6
        && line.folded().ends_with(':')
        && [
            " says:",
            " said:",
            " wrote:",
            " sagt:",
            " schreibt:",
            " dit :",
            " dice:",
            " scrive:",
            " disse:",
            " zegt:",
            " pisze:",
            " skriver:",
        ]
        .iter()
        .any(|verb| line.folded().ends_with(verb));
    counted || speaker
}

/// Whether a line begins with a number of comments and says nothing else, or what they are on.
fn counts(line: &Line<'_>) -> bool {
    let mut words = line.folded().split_whitespace();
    let (first, second) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let number = first.trim_matches(['(', ')']);
    !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && COUNTED.contains(&second.trim_matches(|c: char| !c.is_alphanumeric()))
        && (line.words <= 3
            || line.folded().contains(" on ") && second == "thoughts"
            || line.folded().contains(" to “"))
}
