//! Search terms and tags listed for robots: "Search terms: ,north,south,…", "Tags: a, b, c".

use crate::boilerplate::affixes::Beginnings;
use crate::boilerplate::{Check, Gate, Line, Rule};

pub(super) static RULE: Rule = Rule {
    name: "search-terms",
    version: 1,
    reason: "it lists search terms or tags for robots",
    examples: &[
        ("en", "⟦Search terms: ,North, South, east, west, cleaner, cleaners⟧"),
        ("en", "⟦Tags: garden, tools, lawn⟧"),
        ("de", "⟦Schlagwörter: Garten, Rasen⟧\n\nDer Rasen ist grün."),
        ("en", "⟦#garden #lawn #tools⟧"),
    ],
    counter_examples: &[
        ("en", "Tags: every bird wears one on its leg, so that it can be told apart."),
        ("en", "Search terms are what people type."),
        ("de", "Schlagwörter: jeder kennt sie, und keiner liest sie."),
    ],
    check: Check::Line(Gate::holds(&MARKS), check),
};

/// What stands in every such line: the mark of a tag, or whatever folds to a colon.
const MARKS: [&str; 5] = ["#", ":", "：", "︓", "﹕"];

/// Folded labels of such lists.
static LABELS: Beginnings<51> = Beginnings::new([
    "search terms:",
    "tags:",
    "tag:",
    "keywords:",
    "key words:",
    "tagged:",
    "labels:",
    "label:",
    "topics:",
    "filed under:",
    "categories:",
    "category:",
    "schlagworter:",
    "stichworte:",
    "kategorien:",
    "mots-cles:",
    "mots cles:",
    "etiquettes:",
    "etiquetas:",
    "categorias:",
    "palabras clave:",
    "palavras-chave:",
    "marcadores:",
    "etichette:",
    "parole chiave:",
    "trefwoorden:",
    "tagi:",
    "kategorie:",
    "taggar:",
    "nyckelord:",
    "emneord:",
    "stitky:",
    "cimkek:",
    "etichete:",
    "метки:",
    "теги:",
    "ключевые слова:",
    "etiketler:",
    "标签：",
    "标签:",
    "关键词：",
    "关键词:",
    "关键字：",
    "タグ:",
    "タグ：",
    "キーワード：",
    "태그:",
    "الوسوم:",
    "ετικετες:",
    "related searches:",
    "people also search for:",
]);

/// Length in bytes of the longest of them, or more.
const LONGEST_LABEL: usize = 32;

fn check(line: &Line<'_>) -> bool {
    begins_with_label(line) || lists_tags(line.text)
}

/// Whether a line begins with a label. Every label ends in a colon, to which no Latin letter folds, and of which each
/// letter folds to at least a third of its bytes.
fn begins_with_label(line: &Line<'_>) -> bool {
    let start = &line.text.as_bytes()[..line.text.len().min(3 * LONGEST_LABEL)];
    !line.terminal
        && (!line.latin || memchr::memchr(b':', start).is_some())
        && LABELS.find(line.folded()).is_some()
}

/// Whether nearly all words of a text are tags.
fn lists_tags(text: &str) -> bool {
    if memchr::memchr(b'#', text.as_bytes()).is_none() {
        return false;
    }
    let hashes = text.split_whitespace().filter(|word| word.starts_with('#') && word.len() > 2).count();
    hashes >= 2 && hashes * 5 >= text.split_whitespace().count() * 4
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_label_is_longer_than_the_longest() {
        assert!(super::LABELS.longest() <= super::LONGEST_LABEL);
    }

    #[test]
    fn whatever_folds_to_a_colon_is_a_mark() {
        for c in ('\0'..=char::MAX).filter(|c| crate::analysis::fold(&c.to_string()) == ":") {
            assert!(super::MARKS.contains(&c.to_string().as_str()), "{c:?}");
        }
    }
}
