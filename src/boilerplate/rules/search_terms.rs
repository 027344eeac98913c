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
    check: Check::Line(Gate::OPEN, check),
};

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

fn check(line: &Line<'_>) -> bool {
    // Every label ends in a colon, to which no Latin letter folds.
    if line.latin && memchr::memchr2(b':', b'#', line.text.as_bytes()).is_none() {
        return false;
    }
    if !line.terminal && LABELS.find(line.folded()).is_some() {
        return true;
    }
    if memchr::memchr(b'#', line.text.as_bytes()).is_none() {
        return false;
    }
    let hashes = line.text.split_whitespace().filter(|word| word.starts_with('#') && word.len() > 2).count();
    hashes >= 2 && hashes * 5 >= line.text.split_whitespace().count() * 4
}
