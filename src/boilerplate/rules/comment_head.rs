//! Heads of comments: the name, the date and the number, not what was said.

use crate::boilerplate::{Check, Gate, Line, Rule};

pub(super) static RULE: Rule = Rule {
    name: "comment-head",
    version: 3,
    reason: "it is the head of a comment: who, when, how many",
    examples: &[
        ("en", "⟦1 comment⟧\n\n⟦Anna says:⟧\nA good idea."),
        ("de", "⟦3 Kommentare⟧"),
        ("en", "⟦12 thoughts on “Running”⟧\n\n⟦Aunt May said...⟧\nA good idea."),
        ("en", "⟦0 Response to \"The lawn in May\"⟧"),
        ("fr", "⟦gilda a dit…⟧\nBonne idée."),
        ("es", "⟦María López dijo...⟧\nBuena idea."),
    ],
    counter_examples: &[
        ("en", "Anna says: come in and see for yourself what we have done."),
        ("en", "Three comments were made on the plan."),
        ("en", "At last he said:\n\nShe wrote:"),
        ("en", "2 cups flour"),
        ("en", "3 responses to a dry summer"),
        ("fr", "On ne sait pas ce qu'il a dit…"),
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
    counted || line.words <= 6 && names_speaker(line)
}

/// Whether a line names who said what follows, and says nothing itself.
fn names_speaker(line: &Line<'_>) -> bool {
    let folded = line.folded();
    let (said, verbs) = if let Some(said) = folded.strip_suffix(':') {
        (said.trim_end(), SAYS)
    } else if let Some(said) = folded.strip_suffix("...").or_else(|| folded.strip_suffix('…')) {
        (said.trim_end(), SAID)
    } else {
        return false;
    };
    let verb = verbs.iter().find(|verb| said.strip_suffix(**verb).is_some_and(|name| name.ends_with(' ')));
    verb.is_some_and(|verb| !tells(line, said.split(' ').count() - verb.split(' ').count()))
}

/// Whether the `count` words before the verb are those of a sentence, as in "At last he said:".
fn tells(line: &Line<'_>, count: usize) -> bool {
    let words: Vec<&str> = line.text.split_whitespace().take(count).collect();
    let small = |word: &&str| word.starts_with(char::is_lowercase);
    count > 1 && words.iter().any(small)
        || count == 1 && words.first().is_some_and(|word| PRONOUNS.contains(&&*word.to_lowercase()))
}

/// Folded verbs before the colon of a comment's head: `WordPress` in many languages.
const SAYS: &[&str] = &[
    "says",
    "said",
    "wrote",
    "sagt",
    "schreibt",
    "dit",
    "dice",
    "scrive",
    "disse",
    "zegt",
    "pisze",
    "skriver",
    "sier",
    "sager",
    "sanoo",
    "napsal",
    "irta",
    "spune",
    "говорит",
    "пишет",
    "каже",
    "diz",
    "mengatakan",
];

/// Folded verbs before its three dots: Blogger in many languages.
const SAID: &[&str] = &[
    "said",
    "a dit",
    "dijo",
    "disse",
    "ha detto",
    "hat gesagt",
    "zei",
    "pisze",
    "sa",
    "sagde",
    "sanoi",
    "rekl",
    "rekl(a)",
    "irta",
    "spunea",
    "комментирует",
    "говорит",
    "каже",
    "ειπε",
    "dedi ki",
    "mengatakan",
    "noi",
    "يقول",
    "אמר",
    "אמרה",
];

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
            || line.folded().contains(" to “")
            || line.folded().contains(" to \""))
}
