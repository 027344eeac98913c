//! Menus, pagers and rows of buttons in one line: "Newer Post Older Post Home", "Facebook | Twitter | Email".

use crate::boilerplate::prompts::{may_be_whole, may_begin_whole, whole_kinds};
use crate::boilerplate::{Check, Gate, Line, Rule};

pub(super) static RULE: Rule = Rule {
    name: "menu-line",
    version: 1,
    reason: "it is a row of words of menus, pagers and buttons, and nothing else",
    examples: &[
        ("en", "⟦Newer Post Older Post Home⟧"),
        ("en", "⟦Facebook Twitter Email⟧\n\nThe lawn is green."),
        ("en", "⟦Sign In | Sign Up⟧"),
        ("de", "⟦Neuerer Post Älterer Post Startseite⟧"),
        ("fr", "⟦Accueil · Contact · Mentions légales⟧"),
    ],
    counter_examples: &[
        ("en", "Home and Garden News"),
        ("en", "Home Search"),
        ("en", "Search | Rescue"),
        ("en", "Share, follow, reply."),
        ("de", "Startseite Kontakt Rasen"),
    ],
    check: Check::Line(Gate::words(MOST_WORDS), check),
};

/// Longest row in words.
const MOST_WORDS: usize = 30;

/// Fewest phrases of a row in which nothing but spaces parts them: two words of menus can make a title.
const FEWEST: usize = 3;

/// Longest row of Latin letters in bytes.
const LONGEST: usize = 300;

/// Most words of one phrase.
const LONGEST_PHRASE: usize = 6;

fn check(line: &Line<'_>) -> bool {
    if line.words < 2 || line.terminal || line.latin && line.text.len() > LONGEST {
        return false;
    }
    if line.first_word().is_some_and(|word| !may_begin_whole(word)) {
        return false;
    }
    let uncased = line.uncased();
    let lettered = uncased.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
    let words = if lettered { uncased } else { uncased.trim_start_matches(|c: char| !c.is_alphabetic()) };
    if !may_begin_whole(words) {
        return false;
    }
    let mut rest = line.folded();
    let (mut phrases, mut long, mut parted) = (0, 0, false);
    while !rest.is_empty() {
        let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
        if !word.contains(char::is_alphabetic) {
            // Numbers of pages stand in pagers, and marks between the words of menus.
            parted |= phrases > 0 && !word.contains(char::is_numeric);
            rest = after;
            continue;
        }
        let Some((words, len)) = phrase(rest) else { return false };
        phrases += 1;
        long += usize::from(words > 1);
        rest = rest[len..].trim_start();
    }
    phrases >= FEWEST || phrases == 2 && (parted || long == 2)
}

/// The longest phrase of furniture that a folded text begins with: its words and its bytes.
fn phrase(text: &str) -> Option<(usize, usize)> {
    if !may_begin_whole(text) {
        return None;
    }
    let ends = memchr::memchr_iter(b' ', text.as_bytes()).chain([text.len()]);
    let found = ends.take(LONGEST_PHRASE).enumerate().filter(|(_, end)| {
        let phrase = &text[..*end];
        may_be_whole(phrase) && phrase.ends_with(char::is_alphabetic) && !whole_kinds(phrase).is_empty()
    });
    found.last().map(|(before, end)| (before + 1, end))
}
