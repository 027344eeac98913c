//! Names of those who comment, above the day and the hour or beside an age, in texts without markup.

use crate::boilerplate::prompts::PromptKind;
use crate::boilerplate::{Check, Line, Page, Rule, ages, dates};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "comment-writer",
    version: 1,
    reason: "it names who wrote the comment below it",
    examples: &[
        ("en", "⟦Eagle 4 (1 day ago)⟧\nA good idea.\n\n⟦May Hart (3 weeks ago)⟧\nNot at all."),
        ("en", "Comments\n\n⟦Yvonne says⟧\nNovember 16, 2017 at 14:27\nA good idea."),
        ("de", "Kommentare\n\n⟦Anna Moos⟧\n16. November 2017 um 14:27 Uhr\nEine gute Idee."),
        ("es", "Comentarios\n\n⟦May Hart (hace 3 semanas)⟧\nBuena idea."),
    ],
    counter_examples: &[
        ("en", "Simon says\n\nA game for children who can stand still."),
        ("en", "Comments\n\nSimon says\n\nA game for children who can stand still."),
        ("de", "Das Moos\n16. November 2017 um 14:27 Uhr\nDer Rasen ist grün."),
        ("en", "The Lawn (5 years ago)"),
        ("en", "Comments\n\nthe lawn (5 years ago)"),
    ],
    check: Check::Page(check),
};

/// Longest name, in words.
const LONGEST_NAME: usize = 4;

/// Longest line, in words, that tells when a comment was written.
const LONGEST_DATE: usize = 8;

/// Names with an age of which one alone says nothing: it could be a heading that tells when something happened.
const FEWEST_AGED: usize = 2;

fn check(page: &Page<'_>, found: &mut Vec<TextSpan>) {
    // Before anything has said that comments follow, a name above a date is a byline.
    let follows = |line: &&Line<'_>| line.whole_prompts.contains(PromptKind::Comment);
    let begin = page.lines.iter().find(follows).map_or(usize::MAX, |line| line.index);
    let short = || page.lines.iter().filter(|line| line.words <= LONGEST_DATE && line.is_unmarked());
    let aged: Vec<&Line<'_>> = short().filter(|line| tells_age(line)).collect();
    let among_others = aged.len() >= FEWEST_AGED;
    found.extend(aged.iter().filter(|line| among_others || line.index > begin).map(|line| line.span));
    let named = short().filter(|line| line.index > begin && stands_above_date(page, line));
    found.extend(named.map(|line| line.span));
}

/// Whether a line is a name above the day and the hour: "Anna Moos" or "Anna says", "May 3, 2020 at 10:12".
fn stands_above_date(page: &Page<'_>, line: &Line<'_>) -> bool {
    (1..=LONGEST_NAME).contains(&line.words)
        && !line.terminal
        && line.text.trim_start().starts_with(char::is_alphabetic)
        && !line.text.contains('$')
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
    let folded = line.folded().trim_end();
    let Some((name, age)) = folded.strip_suffix(')').and_then(|text| text.rsplit_once(" (")) else {
        return false;
    };
    let words: Vec<&str> = line.text.split_whitespace().take(name.split(' ').count()).collect();
    let small = |word: &&str| word.starts_with(char::is_lowercase);
    words.len() <= LONGEST_NAME && !words.iter().any(small) && ages::is_age(age)
}
