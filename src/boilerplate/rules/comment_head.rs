//! Heads of comments: the name, the date and the number, not what was said.

use crate::boilerplate::prompts::PromptKind;
use crate::boilerplate::{Check, Line, Page, Rule, ages, dates};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "comment-head",
    version: 4,
    reason: "it is the head of a comment: who, when, how many",
    examples: &[
        ("en", "⟦1 comment⟧\n\n⟦Anna says:⟧\nA good idea."),
        ("de", "⟦3 Kommentare⟧"),
        ("en", "⟦12 thoughts on “Running”⟧\n\n⟦Aunt May said...⟧\nA good idea."),
        ("en", "⟦0 Response to \"The lawn in May\"⟧"),
        ("fr", "⟦gilda a dit…⟧\nBonne idée."),
        ("es", "⟦María López dijo...⟧\nBuena idea."),
        ("en", "⟦Eagle 4 (1 day ago)⟧\nA good idea.\n\n⟦May Hart (3 weeks ago)⟧\nNot at all."),
        ("en", "Comments\n\n⟦Yvonne says⟧\nNovember 16, 2017 at 14:27\nA good idea."),
        ("de", "⟦2 Kommentare⟧\n\n⟦Anna Moos⟧\n16. November 2017 um 14:27 Uhr\nEine gute Idee."),
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
        ("en", "Simon says\n\nA game for children who can stand still."),
        ("de", "Das Moos\n16. November 2017 um 14:27 Uhr\nDer Rasen ist grün."),
        ("en", "The lawn (5 years ago)"),
    ],
    check: Check::Page(check),
};

/// Longest line, in words, that is the head of a comment.
const LONGEST: usize = 12;

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

fn check(page: &Page<'_>, found: &mut Vec<TextSpan>) {
    // Whether something has said that comments follow.
    let mut begun = false;
    // One could be a heading that tells when something happened.
    let aged = page.lines.iter().filter(|line| is_short(line) && tells_age(line)).take(FEWEST_AGED).count()
        == FEWEST_AGED;
    for line in page.lines.iter().filter(|line| is_short(line)) {
        // No Latin letter folds to a digit.
        let counted = (line.digits || !line.latin) && counts(line);
        let is_head = counted
            || line.words <= 6 && names_speaker(line)
            || (begun || aged) && tells_age(line)
            || begun && names_writer(page, line);
        if is_head {
            found.push(line.span);
        }
        begun |= is_head || line.whole_prompts.contains(PromptKind::Comment);
    }
}

/// Names with an age of which one alone says nothing.
const FEWEST_AGED: usize = 2;

fn is_short(line: &Line<'_>) -> bool {
    line.words <= LONGEST && line.text.len() <= 150
}

/// Longest name of somebody who comments, in words.
const LONGEST_NAME: usize = 4;

/// Longest line, in words, that tells when a comment was written.
const LONGEST_DATE: usize = 8;

/// Whether a line is the name of somebody who comments, above the day and the hour, in a text without markup.
fn names_writer(page: &Page<'_>, line: &Line<'_>) -> bool {
    (1..=LONGEST_NAME).contains(&line.words)
        && line.is_unmarked()
        && !line.terminal
        && page.lines.get(line.index + 1).is_some_and(|next| {
            next.digits
                && next.words <= LONGEST_DATE
                && dates::has_clock(next.text)
                && dates::find(next.text).is_some()
        })
}

/// Whether a line is a name and, in brackets, how long ago somebody wrote: "Anna Moos (1 day ago)".
fn tells_age(line: &Line<'_>) -> bool {
    if !line.digits {
        return false;
    }
    let Some((name, age)) =
        line.folded().trim_end().strip_suffix(')').and_then(|text| text.rsplit_once(" ("))
    else {
        return false;
    };
    let words = line.text.split_whitespace().take(name.split(' ').count());
    let small = words.clone().filter(|word| word.starts_with(char::is_lowercase)).count();
    small == 0 && words.count() <= LONGEST_NAME && ages::is_age(age)
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
