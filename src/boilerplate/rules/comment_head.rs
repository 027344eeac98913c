//! Heads of comments: the name, the date and the number, not what was said.

use crate::boilerplate::{Check, Gate, Line, Rule};

pub(super) static RULE: Rule = Rule {
    name: "comment-head",
    version: 2,
    reason: "it is the head of a comment: who, when, how many",
    examples: &[
        ("en", "⟦1 comment⟧\n\n⟦Anna says:⟧\nA good idea."),
        ("de", "⟦3 Kommentare⟧"),
        ("en", "⟦12 thoughts on “Running”⟧\n\n⟦Aunt May said...⟧\nA good idea."),
    ],
    counter_examples: &[
        ("en", "Anna says: come in and see for yourself what we have done."),
        ("en", "Three comments were made on the plan."),
        ("en", "At last he said:\n\nShe wrote:"),
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
        && line.folded().ends_with([':', '.', '…'])
        && [
            " says:",
            " said:",
            " said...",
            " said…",
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
    counted || speaker && !tells(line)
}

/// Whether words of a sentence stand before the verb, as in "At last he said:".
fn tells(line: &Line<'_>) -> bool {
    let words: Vec<&str> = line.text.split_whitespace().collect();
    let before = words.len().saturating_sub(if words.last() == Some(&":") { 2 } else { 1 });
    let small = |word: &&str| word.starts_with(char::is_lowercase);
    before > 1 && words[..before].iter().filter(|word| small(word)).count() > 0
        || words.first().is_some_and(|word| PRONOUNS.contains(&&*word.to_lowercase())) && before == 1
}

/// Words that stand for somebody who was named before.
const PRONOUNS: &[&str] = &[
    "he", "she", "they", "i", "we", "it", "er", "sie", "ich", "il", "elle", "je", "ella", "lui", "lei",
    "hij", "zij",
];

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
