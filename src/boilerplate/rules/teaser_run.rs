//! Teasers of other articles: titles with the beginnings of their texts, one below the other.

use crate::boilerplate::line::breaks_off;
use crate::boilerplate::{Check, Labels, Line, Page, Rule};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "teaser-run",
    version: 1,
    reason: "it is one of several titles in a row, each with a text that breaks off",
    examples: &[(
        "en",
        "The lawn is mown for the first time when the apple trees are in flower, and never shorter than the width of a hand. It \
         grows back within a week when it has rained, and within two when it has not. Moss tells of shade and of wet feet, and \
         it goes when sand has run into the holes of the soil. Compost is spread thinly after the second cut, when rain is near \
         and the blades are still short enough to let it in.\n\n⟦Slugs in spring⟧\n⟦They come at night and eat what has been planted in the day ...⟧\n\n⟦A new \
         rake⟧\n⟦It has twelve teeth and a handle of ash, which lies well in the hand …⟧\n\n⟦Roses for walls⟧\n⟦Some climb as high as the roof, and others \
         only to the first window ...⟧",
    )],
    counter_examples: &[
        (
            "en",
            "Slugs in spring\nThey come at night and eat what has been planted in the day ...\n\nA new rake\nIt has twelve teeth and a handle of \
             ash, which lies well in the hand …\n\nRoses for walls\nSome climb as high as the roof, and others only to the first window ...",
        ),
        (
            "en",
            "The lawn is mown for the first time when the apple trees are in flower, and never shorter than the width of a hand. It \
             grows back within a week when it has rained, and within two when it has not. Moss tells of shade and of wet feet, and \
             it goes when sand has run into the holes of the soil. Compost is spread thinly after the second cut, when rain is near \
             and the blades are still short enough to let it in.\n\nSlugs in spring\nThey come at night and eat what has been planted in the day.\n\nA new \
             rake\nIt has twelve teeth and a handle of ash, which lies well in the hand.\n\nRoses for walls\nSome climb as high as the roof, and others \
             only to the first window.",
        ),
    ],
    check: Check::Revise(check),
};

/// Fewest teasers in a row.
const FEWEST: usize = 3;

/// Longest title of a teaser, in words.
const LONGEST_TITLE: usize = 20;

/// Shortest text of a teaser, in words.
const SHORTEST_TEXT: usize = 8;

/// Fewest words of whole sentences above the first teaser: on a page of teasers, they are all that it has to say.
const TEXT: usize = 60;

fn check(page: &Page<'_>, labels: &Labels, found: &mut Vec<TextSpan>) {
    // Most pages have none, which their lines tell by how they end.
    if page.lines.iter().filter(|line| is_text(line)).take(FEWEST).count() < FEWEST {
        return;
    }
    // What rules have dropped stands between teasers as their dates and buttons do.
    let rest: Vec<&Line<'_>> = page.lines.iter().filter(|line| !labels.drops_all(line.span)).collect();
    let is_teaser = |at: usize| {
        rest.get(at).is_some_and(|line| is_title(line)) && rest.get(at + 1).is_some_and(|line| is_text(line))
    };
    let (mut words, mut at) = (0, 0);
    while at < rest.len() {
        let teasers = (0..rest.len()).take_while(|teaser| is_teaser(at + 2 * teaser)).count();
        if teasers >= FEWEST && words >= TEXT {
            found.extend(rest[at..at + 2 * teasers].iter().map(|line| line.span));
        }
        let next = at + (2 * teasers).max(1);
        let whole = rest[at..next].iter().filter(|line| line.is_good() && !is_cut(line));
        words += whole.map(|line| line.words).sum::<usize>();
        at = next;
    }
}

fn is_title(line: &Line<'_>) -> bool {
    (1..=LONGEST_TITLE).contains(&line.words)
        && (!line.terminal || line.is_question())
        && !line.is_good()
        && !is_cut(line)
}

/// Whether a line is the beginning of a text that is told elsewhere.
fn is_text(line: &Line<'_>) -> bool {
    line.words >= SHORTEST_TEXT && is_cut(line) && line.has_clause()
}

/// Whether a line breaks off before its end: "and the blades …", "and the blades [...]", "and the blades... »".
fn is_cut(line: &Line<'_>) -> bool {
    breaks_off(line.text.trim_end().trim_end_matches([']', ')', '»', '→', ' ']))
}
