//! What stands below the copyright line at the foot of a page.

use crate::boilerplate::{Check, Labels, Line, Page, Rule};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "below-copyright",
    version: 1,
    reason: "it stands below the copyright line at the foot of the page",
    examples: &[(
        "en",
        "The garden\n\nA garden is a place to rest and to work for everybody here.\n\nRoses\n\nThe roses stand along the wall and are in flower until the \
         end of the summer.\n\n© 2026 Milltown Gardens. All rights reserved.\n⟦Lawns | Roses | Tools⟧\n⟦Milltown web \
         design⟧",
    )],
    counter_examples: &[
        (
            "en",
            "© 2026 Milltown Gardens. All rights reserved.\nLawns and roses\nA garden is a place to rest and to work for everybody here.",
        ),
        (
            "en",
            "A garden is a place to rest and to work for everybody here.\n\nLawns | Roses | Tools\nMilltown web design",
        ),
    ],
    check: Check::Revise(check),
};

/// Longest line that goes with the foot of a page, in words.
const LONGEST: usize = 30;

/// Signs and folded words of a copyright line.
const SIGNS: [&str; 4] = ["©", "(c)", "copyright", "ⓒ"];

fn check(page: &Page<'_>, labels: &Labels, found: &mut Vec<TextSpan>) {
    let is_copyright = |line: &Line<'_>| {
        labels.drops_all(line.span) && SIGNS.iter().any(|sign| line.folded().contains(sign))
    };
    let mut foot = page.tail().iter().skip_while(|line| !is_copyright(line));
    // Tables and verse end in no sentence either: only a foot of a page has its copyright line so near its end.
    let Some(first) = foot.next() else { return };
    if page.lines.len() - first.index > page.lines.len() / 2 {
        return;
    }
    let short = |line: &&Line<'_>| line.words <= LONGEST && !labels.drops_all(line.span);
    found.extend(foot.filter(short).map(|line| line.span));
}
