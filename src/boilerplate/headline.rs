//! The headline of a page without markup: the line above the text that speaks of what the text speaks of.

use std::collections::HashSet;

use super::line::Line;
use super::page::{MOST_TOP, Page};
use super::prompts::PromptKind;

/// Lines above the text among which it is looked for.
const NEAR: usize = 80;

/// Sentences whose words are looked at.
const SENTENCES: usize = 60;

/// Part of its words that the text holds too. A menu shares a word with the text, a headline most of its words.
const SHARED: f32 = 0.5;

/// Fewest words of menus between a line and the text that make it the name of the site.
const MENU: usize = 2;

/// Shared words from which a line is no name of a site.
const CERTAIN: usize = 6;

/// Shared words that a second copy of the line, or a path that ends in it, stands for.
const COPY: f32 = 3.0;

/// The line that says what the page is about, if one does. Titles of short lines look like what stands around them, in
/// menus most of all, so that rules that judge a line by its neighbours ask here first. Of equal lines it is the first.
/// Near linear in the page; nothing is looked at where there is no text or no line above it.
pub(super) fn find(page: &Page<'_>) -> Option<usize> {
    // Web pages mark their headings.
    if !page.document.elements.is_empty() || page.end_good == 0 || page.first_good == 0 {
        return None;
    }
    let text = page.lines[page.first_good..].iter().filter(|line| line.is_good()).take(SENTENCES);
    let said: HashSet<&str> = text.flat_map(Line::content_words).collect();
    let head = &page.lines[page.first_good.saturating_sub(NEAR)..page.first_good];
    // What stands above a menu is the name of the site.
    let is_menu = |line: &&Line<'_>| {
        line.whole_prompts.contains(PromptKind::Nav) || line.whole_prompts.contains(PromptKind::Search)
    };
    let menu = head.iter().rev().filter(is_menu).nth(MENU - 1).map_or(0, |line| line.index);
    let mut best: Option<(f32, usize)> = None;
    for line in head.iter().filter(|line| may_be_headline(line)) {
        let words: Vec<&str> = line.content_words().collect();
        let shared = words.iter().filter(|word| said.contains(**word)).count();
        if shared == 0 || line.index < menu && shared < CERTAIN {
            continue;
        }
        #[expect(clippy::cast_precision_loss, reason = "a line above the text has few words")]
        let (shared, share) = (shared as f32, shared as f32 / words.len() as f32);
        let copied = page.lines[..page.first_good.min(MOST_TOP)].iter().any(|other| is_copy(line, other));
        if !(copied || shared > 1.0 && share >= SHARED) {
            continue;
        }
        let value = shared * share + if copied { COPY } else { 0.0 };
        let is_same = |at: usize| page.lines[at].folded() == line.folded();
        if best.is_none_or(|(most, at)| value >= most && !is_same(at)) {
            best = Some((value, line.index));
        }
    }
    best.map(|(_, at)| at)
}

fn may_be_headline(line: &Line<'_>) -> bool {
    (2..=25).contains(&line.words)
        && (!line.terminal || line.is_question())
        && !line.is_item()
        && line.whole_prompts.is_empty()
}

/// Whether another line is the same, or the path to a page that ends in its title.
fn is_copy(line: &Line<'_>, other: &Line<'_>) -> bool {
    if other.index == line.index {
        return false;
    }
    let before = other.folded().strip_suffix(line.folded()).map(str::trim_end);
    before
        .is_some_and(|before| before.is_empty() || before.ends_with(['>', '»', '›', '/', '|', ':', '→', '·']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::parse;
    use crate::record::Record;

    fn headline(text: &str) -> Option<String> {
        let document = parse(&Record::plain(text));
        let page = Page::new(&document);
        find(&page).map(|at| page.lines[at].text.to_owned())
    }

    #[test]
    fn the_headline_shares_its_words_with_the_text_and_a_menu_does_not() {
        let text = "Home\nGarden tools\nLawns and meadows\nMoss in old lawns\nRoses\nBy Ann Field\nMoss comes into old meadows and \
                    lawns when they are wet, and leaves them when they are raked in spring.";
        assert_eq!(headline(text).as_deref(), Some("Moss in old lawns"));
        let text = "Startseite\nWerkzeuge\nMoos im alten Rasen\nRosen\nMoos kommt in jeden alten Rasen, wenn er nass ist, und geht \
                    wieder, wenn er im Frühling geharkt wird.";
        assert_eq!(headline(text).as_deref(), Some("Moos im alten Rasen"));
    }

    #[test]
    fn the_end_of_a_path_is_a_headline_and_of_two_copies_the_first_is() {
        let text = "The brown lawn\nShop\nGarden > Care > The brown lawn\nThe brown lawn\nTools for sale\nIt is the heart of every \
                    garden in this part of the country, and brown from June on.";
        assert_eq!(headline(text).as_deref(), Some("The brown lawn"));
        let document = parse(&Record::plain(text));
        assert_eq!(find(&Page::new(&document)), Some(0));
    }

    #[test]
    fn where_no_line_speaks_of_the_text_there_is_none() {
        assert_eq!(
            headline(
                "Home\nGarden tools\nA text of nothing that was said above it, and it goes on for long."
            ),
            None
        );
        assert_eq!(headline("Home\nGarden tools"), None);
    }
}
