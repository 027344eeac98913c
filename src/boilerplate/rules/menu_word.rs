//! Words of menus standing by themselves: "Home", "Kontakt", "Archives".

use crate::boilerplate::line::breaks_off;
use crate::boilerplate::{Check, Line, Page, PromptKind, Rule};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "menu-word",
    version: 5,
    reason: "it is a word of a menu, a pager or a form",
    examples: &[
        ("en", "⟦Home⟧\n⟦About us⟧\n⟦Kontakt⟧"),
        ("en", "⟦Blog Article⟧\n\nA garden is a place to rest and to work for everybody here."),
        ("en", "⟦Back To Top⟧\n⟦Loading...⟧"),
        ("en", "⟦Search the seed list…⟧"),
        ("de", "⟦Suche im Saatgut ...⟧"),
        ("de", "⟦Startseite⟧\n⟦Kontakt⟧"),
    ],
    counter_examples: &[
        (
            "en",
            "A garden is a place to rest and to work for everybody here.\n\nInformation\n\nThe garden opens at nine in the morning and closes at six.",
        ),
        ("en", "We went home."),
        ("en", "“Home?”\n“Next.”\n\n    return;\n    \"videos\": [],"),
        ("en", "Search as we might, the seeds were gone …"),
        (
            "de",
            "Der Garten ist ein Ort, an dem jeder von uns ruhen und arbeiten kann.\n\nKontakt\n\nDer Garten ist von neun bis sechs geöffnet und im Winter geschlossen.",
        ),
    ],
    check: Check::Page(check),
};

/// Folded words that the text in an empty search field begins with.
const SEARCH: &[&str] = &[
    "search",
    "suche",
    "suchen",
    "buscar",
    "busca",
    "rechercher",
    "recherche",
    "cerca",
    "zoek",
    "zoeken",
    "szukaj",
    "sok",
    "hledat",
    "cari",
    "ara",
    "keresés",
    "поиск",
    "искать",
    "搜索",
    "検索",
    "검색",
];

/// Longest text in an empty search field, in words.
const LONGEST_PLACEHOLDER: usize = 5;

/// Whether a line is what stands in a search field until something is typed.
fn is_placeholder(line: &Line<'_>) -> bool {
    line.words <= LONGEST_PLACEHOLDER
        && breaks_off(line.text)
        && line.folded().split([' ', '…', '.']).next().is_some_and(|first| SEARCH.contains(&first))
}

fn check(page: &Page<'_>, found: &mut Vec<TextSpan>) {
    for line in &page.lines {
        if is_placeholder(line) {
            found.push(line.span);
            continue;
        }
        // What ends as a sentence or a line of code does is said, not clicked.
        let said = line.terminal && !breaks_off(line.text);
        if said || line.text.ends_with([';', '{', '}']) {
            continue;
        }
        let is_word = line.whole_prompts.contains(PromptKind::Nav);
        // A name in JSON is looked for last, because the search costs more than all before it.
        if !is_word && !line.inner_prompts || line.text.contains("\":") {
            continue;
        }
        if !is_word {
            // Longer furniture, such as "Filed under: …", is found by how it begins.
            crate::boilerplate::prompts::find(line, PromptKind::Nav, found);
            continue;
        }
        // Between two good lines such a word is a heading of the text.
        let good =
            |index: Option<usize>| index.and_then(|index| page.lines.get(index)).is_some_and(Line::is_good);
        let heading = good(line.index.checked_sub(1)) && good(Some(line.index + 1));
        if !heading {
            found.push(line.span);
        }
    }
}
