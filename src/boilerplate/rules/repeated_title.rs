//! Later copies of the page's title.

use crate::boilerplate::{Check, Line, Page, Rule};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "repeated-title",
    version: 2,
    reason: "it repeats the title of the page",
    examples: &[
        (
            "en",
            "A SIMPLE KEY FOR GARDENS\n\n⟦A Simple Key For Gardens⟧\n\nA garden is a place to rest and to work for everybody here.",
        ),
        (
            "en",
            "⟦The lawn is brown again (From Garden News)⟧\nThe lawn is brown again\nA garden is a place to rest and to work for everybody here.",
        ),
        (
            "en",
            "Red Watering Can With Long Spout for Roses\n⟦• Red Watering Can With Long Spout for Roses⟧\n⟦Red Watering Can With Long Spout for Roses⟧\nIt holds five litres, and the spout reaches behind every bush of the garden.",
        ),
        (
            "de",
            "Warum schmerzt der Rücken?\n\n⟦Warum schmerzt der Rücken?⟧\n\nDer Rücken schmerzt, weil die Muskeln müde sind und sich nicht erholen.",
        ),
    ],
    counter_examples: &[
        (
            "en",
            "We all sail on a yellow raft of reeds\nWe all sail on a yellow raft of reeds\nA yellow raft of reeds",
        ),
        (
            "en",
            "Bread and Soup\n\n$7\n\nBread and Soup\n\n$7\n\nA garden is a place to rest and to work for everybody here.",
        ),
        ("en", "Alone, alone, all, all alone\nAlone on a wide wide sea\nAlone, alone, all, all alone"),
        (
            "en",
            "First Garden\n\nSecond Garden\n\nA garden is a place to rest and to work for everybody here.",
        ),
        (
            "de",
            "Erster Garten\n\nZweiter Garten\n\nDer Garten ist ein Ort, an dem jeder von uns ruhen und arbeiten kann.",
        ),
    ],
    check: Check::Page(check),
};

/// Lines above the text among which a title with the site's name is looked for.
const NEAR_TEXT: usize = 30;

/// Fewest words of a copy of the line above it.
const LONG: usize = 6;

/// What may stand between a title and the name of the site.
const TAILS: [char; 7] = ['(', '|', '-', '–', '—', '»', ':'];

fn check(page: &Page<'_>, found: &mut Vec<TextSpan>) {
    // Where each title stands, and its letters.
    let titles: Vec<(usize, String)> =
        page.titles().iter().map(|&index| (index, letters(page.lines[index].folded()).collect())).collect();
    // "Title (From Site)" beside the title itself: the one with the tail is the copy.
    let head = &page.lines[page.first_good.saturating_sub(NEAR_TEXT)..page.first_good];
    let mark = |byte: u8| matches!(byte, b'(' | b'|' | b'-' | b':') || !byte.is_ascii();
    let marked = |line: &&Line<'_>| line.text.bytes().any(mark);
    let with_tails: Vec<&Line<'_>> = head.iter().filter(marked).collect();
    for title in head.iter().filter(|line| line.words >= 4) {
        for other in &with_tails {
            let tail = other.folded().strip_prefix(title.folded()).unwrap_or("").trim_start();
            if tail.starts_with(TAILS) && tail.split_whitespace().count() <= 6 {
                found.push(other.span);
            }
        }
    }
    // Copies of a title begin with the same letter, and have no more words than the title has letters.
    let initials: Vec<char> = titles.iter().filter_map(|(_, title)| title.chars().next()).collect();
    let longest = titles.iter().map(|(_, title)| title.len()).max().unwrap_or(0);
    // Pages of products say right below a title what it says; verse does not write so many capitals.
    for pair in page.lines.windows(2) {
        let [above, line] = pair else { continue };
        if line.words >= LONG
            && line.is_unmarked()
            && line.words == above.words
            && line.is_capitalised()
            && line.folded() == above.folded()
            && is_of_letters(line.folded())
        {
            found.push(line.span);
        }
    }
    let mut own = String::new();
    for line in &page.lines {
        let alone = line.block.gap
            && page.lines.get(line.index + 1).is_none_or(|next| next.block.gap || next.is_good());
        // What is for sale may be for sale twice.
        let has_price = || page.lines.get(line.index + 1).is_some_and(Line::is_price);
        if alone
            && !has_price()
            && (2..=longest).contains(&line.words)
            && initial(line.uncased()).is_some_and(|initial| initials.contains(&initial))
        {
            own.clear();
            own.extend(letters(line.folded()));
            if titles.iter().any(|(index, title)| *index < line.index && *title == own) {
                found.push(line.span);
            }
        }
    }
}

/// The first letter or digit of a line that is folded but perhaps for its case.
fn initial(uncased: &str) -> Option<char> {
    uncased.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase())
}

/// Whether a folded line has four letters for each digit: rows of a table may be the same.
fn is_of_letters(folded: &str) -> bool {
    let count = |is: fn(char) -> bool| folded.chars().filter(|c| is(*c)).count();
    count(char::is_alphabetic) >= 4 * count(|c| c.is_ascii_digit())
}

/// The letters and digits of a folded line: copies of a title differ in marks and spaces.
fn letters(folded: &str) -> impl Iterator<Item = char> {
    folded.chars().filter(|c| c.is_alphanumeric())
}
