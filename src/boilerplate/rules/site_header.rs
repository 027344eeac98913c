//! The name of the site and its slogan above a title that the page repeats.

use crate::boilerplate::page::MOST_TOP;
use crate::boilerplate::{Check, Labels, Line, Page, Rule};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "site-header",
    version: 3,
    reason: "it stands between the menu and the title, as the name of the site does",
    examples: &[(
        "en",
        "Home\nContact\n\nHandy Garden Tips\n\n⟦Lawns, tools and more⟧\n\nLawn Sprinkler\n\nLawn Sprinkler\n\nA garden is a place to rest and to work for everybody here.",
    )],
    counter_examples: &[
        (
            "en",
            "Garden Tips\n\nLawn Sprinkler\n\nLawn Sprinkler\n\nA garden is a place to rest and to work for everybody here.",
        ),
        (
            "en",
            "Home\nContact\n\nRoast Beets\n$9.00\nApple Pie\n$5.00\nTea\n$2.00\n\nLawn Sprinkler\n\nLawn Sprinkler\n\nA garden is a place to rest and to work for everybody here.",
        ),
        (
            "en",
            "Home\nContact\n\nGarden Tips\n\nLawn Sprinkler\n\nA garden is a place to rest and to work for everybody here.",
        ),
    ],
    check: Check::Revise(check),
};

/// Most lines of a header beside the menu. More of them are a text without sentences.
const MOST_LINES: usize = 8;

/// Longest slogan in words.
const LONGEST: usize = 12;

fn check(page: &Page<'_>, labels: &Labels, found: &mut Vec<TextSpan>) {
    // The title is known for certain where the page says it twice.
    let head = page.first_good.min(MOST_TOP);
    let near = page.lines.iter().take(2 * head);
    let dropped: Vec<&Line<'_>> = near.filter(|line| labels.drops_all(line.span)).collect();
    let title = (0..head).find(|&at| {
        let line = &page.lines[at];
        let copies = dropped.iter().filter(|other| (at + 1..=at + head).contains(&other.index));
        let copied = || copies.into_iter().any(|other| other.folded() == line.folded());
        line.words >= 2 && !labels.drops_all(line.span) && copied()
    });
    let Some(title) = title else { return };
    let above = &page.lines[..title];
    let menu = above.iter().filter(|line| labels.drops_all(line.span)).count();
    let lists_prices = || above.iter().any(Line::is_price) && page.lists_prices();
    if menu >= 2 && !lists_prices() && above.len() - menu <= MOST_LINES {
        let short = |line: &&Line<'_>| line.words <= LONGEST && !labels.drops_all(line.span);
        found.extend(above.iter().filter(short).map(|line| line.span));
    }
}
