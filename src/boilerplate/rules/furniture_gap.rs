//! Short lines with nothing but furniture around them.

use crate::boilerplate::{Check, Labels, Line, Page, Rule};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "furniture-gap",
    version: 2,
    reason: "nothing but furniture stands around it",
    examples: &[
        (
            "en",
            "A garden is a place to rest and to work for everybody here.\n\nYour email address will not be published.\n\n⟦one two three =⟧\n\nThis site uses Akismet to reduce spam.",
        ),
        (
            "de",
            "Der Garten ist ein Ort, an dem jeder von uns ruhen und arbeiten kann.\n\nDeine E-Mail-Adresse wird nicht veröffentlicht.\n⟦Xing⟧\nDiese Website verwendet Cookies.",
        ),
        (
            "en",
            "A garden is a place to rest and to work for everybody here.\n\n⟦____________⟧\nYour email address will not be published.\n\n⟦----------⟧\n\nIn May the lawn is mown for the first time, and never too short.",
        ),
    ],
    counter_examples: &[
        (
            "en",
            "The garden is dug in spring and in autumn, when the soil is dry.\n\n* * *\n\nIn May the lawn is mown for the first time, and never too short.",
        ),
        (
            "en",
            "A garden is a place to rest and to work for everybody here.\n\nThe lawn\n\nThe lawn is the heart of every garden in this part of the country.",
        ),
        ("en", "Reply\n\nI would not mow it before May, and then only once.\n\nReply"),
    ],
    check: Check::Revise(check),
};

/// Longest line that its neighbours can condemn, in words.
const LONGEST: usize = 8;

/// Most lines between two pieces of furniture.
const MOST_LINES: usize = 2;

/// Marks that lines are parted with.
const SEPARATORS: [char; 12] = ['-', '_', '=', '*', '~', '·', '•', '|', '—', '–', '─', '━'];

fn check(page: &Page<'_>, labels: &Labels, found: &mut Vec<TextSpan>) {
    let dropped: Vec<bool> = page.lines.iter().map(|line| labels.drops_all(line.span)).collect();
    let is_dropped =
        |index: Option<usize>| index.and_then(|index| dropped.get(index)).copied().unwrap_or(false);
    let mut index = 0;
    while index < page.lines.len() {
        if dropped[index] {
            index += 1;
            continue;
        }
        let end = (index..page.lines.len()).find(|&at| dropped[at]).unwrap_or(page.lines.len());
        let lines = &page.lines[index..end];
        let enclosed = is_dropped(index.checked_sub(1))
            && (is_dropped(Some(end))
                || end == page.lines.len() && index >= 2 && is_dropped(index.checked_sub(2)));
        // Between the menu and the text stands the title.
        let outside = index >= page.end_good;
        let short =
            lines.len() <= MOST_LINES && lines.iter().all(|line| line.words <= LONGEST && !line.terminal);
        if enclosed && outside && short && page.end_good > 0 {
            found.extend(lines.iter().map(|line| line.span));
        } else if let [first, .., last] | [first @ last] = lines {
            // What parts lines goes with those that it parts.
            let parts = |line: &Line<'_>, beside| {
                line.is_unmarked()
                    && is_dropped(beside)
                    && line.text.trim().chars().all(|c| SEPARATORS.contains(&c))
            };
            let from_first = parts(first, index.checked_sub(1)).then_some(first.span);
            let from_last = parts(last, Some(end)).then_some(last.span);
            found.extend(from_first);
            found.extend(from_last.filter(|span| from_first != Some(*span)));
        }
        index = end;
    }
}
