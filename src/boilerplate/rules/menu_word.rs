//! Words of menus standing by themselves: "Home", "Kontakt", "Archives".

use crate::boilerplate::{Check, Page, PromptKind, Rule};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "menu-word",
    version: 1,
    reason: "it is a word of a menu, a pager or a form",
    examples: &[
        ("en", "⟦Home⟧\n⟦About us⟧\n⟦Kontakt⟧"),
        ("en", "⟦Blog Article⟧\n\nA garden is a place to rest and to work for everybody here."),
        ("en", "⟦Back To Top⟧"),
        ("de", "⟦Startseite⟧\n⟦Kontakt⟧"),
    ],
    counter_examples: &[
        (
            "en",
            "A garden is a place to rest and to work for everybody here.\n\nInformation\n\nThe garden opens at nine in the morning and closes at six.",
        ),
        ("en", "We went home."),
        (
            "de",
            "Der Garten ist ein Ort, an dem jeder von uns ruhen und arbeiten kann.\n\nKontakt\n\nDer Garten ist von neun bis sechs geöffnet und im Winter geschlossen.",
        ),
    ],
    check: Check::Page(check),
};

fn check(page: &Page<'_>, found: &mut Vec<TextSpan>) {
    for line in &page.lines {
        if !line.whole_prompts.contains(PromptKind::Nav) {
            // Longer furniture, such as "Filed under: …", is found by how it begins.
            if line.inner_prompts {
                crate::boilerplate::prompts::find(line, PromptKind::Nav, found);
            }
            continue;
        }
        // Between two good lines such a word is a heading of the text.
        let good = |index: Option<usize>| {
            index.and_then(|index| page.lines.get(index)).is_some_and(super::super::page::Line::is_good)
        };
        let heading = good(line.index.checked_sub(1)) && good(Some(line.index + 1));
        if !heading {
            found.push(line.span);
        }
    }
}
