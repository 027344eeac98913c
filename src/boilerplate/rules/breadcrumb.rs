//! Breadcrumbs: the path from the home page to this one.

use crate::boilerplate::{Check, Gate, Line, Rule};

pub(super) static RULE: Rule = Rule {
    name: "breadcrumb",
    version: 4,
    reason: "it is the path from the home page to this one",
    examples: &[
        ("en", "⟦Home > Blog > Running⟧\n\nText."),
        ("ja", "⟦1. HOME >⟧\n⟦2. ブログ >⟧"),
        ("de", "⟦Startseite » Garten » Rasen⟧"),
        ("en", "⟦jobs >⟧"),
    ],
    counter_examples: &[
        ("en", "If a > b and b > c then a > c."),
        ("en", "Salt > pepper, says the cook."),
        ("ja", "<材料>"),
        ("en", "‹Method>"),
        ("fr", "Les « boîtes noires »"),
        ("de", "Das »grüne Zimmer«, »Moos« und »Rasen«"),
        ("en", "    data-cover=\"vendor/tool.js\"></script>"),
    ],
    check: Check::Line(Gate::words(20), check),
};

const ARROWS: &[char] = &['>', '»', '›', '→', '＞', '▸', '»'];

fn check(line: &Line<'_>) -> bool {
    // Of the arrows, only one is ASCII, and none is a mark of English.
    let points = || {
        memchr::memchr(b'>', line.text.as_bytes()).is_some() || !line.all_latin && line.text.contains(ARROWS)
    };
    // A tag of a page's source points too.
    let is_tag = || line.text.contains("=\"") || line.text.contains("</");
    if line.terminal || line.words == 0 || !points() || is_tag() {
        return false;
    }
    // French quotes what it quotes with such marks.
    if line.is_unmarked()
        && line.text.matches('«').count() == line.text.matches('»').count()
        && !line.text.contains(|c| c != '»' && ARROWS.contains(&c))
    {
        return false;
    }
    // "<材料>" is a heading in brackets.
    if line.text.starts_with(['<', '＜', '‹', '«']) && line.text.ends_with(['>', '＞', '›', '»']) {
        return false;
    }
    let parts: Vec<&str> = line.text.split(ARROWS).map(str::trim).collect();
    let short = parts.iter().all(|part| part.split_whitespace().count() <= 6);
    let ends_open = line.text.trim_end().ends_with(ARROWS) && !line.text.trim_start().starts_with(ARROWS);
    // One arrow can be a comparison; two, or one at the end, are a path.
    short
        && (ends_open && line.words <= 6
            || parts.len() >= 3 && parts.iter().filter(|part| !part.is_empty()).count() >= 2)
}
