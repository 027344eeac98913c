//! Pointers to an address: "Purchase the report at: http://…".

use crate::boilerplate::{Check, Gate, Line, Page, Rule};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "link-pointer",
    version: 1,
    reason: "it only points to an address",
    examples: &[
        ("en", "⟦Purchase Garden Market Report at: http://www.example.com/purchase/1⟧"),
        (
            "en",
            "The report spreads across many pages with tables and figures of every sort⟦; Access Report at @ http://www.example.com/x⟧",
        ),
        ("de", "⟦Zum Angebot: https://www.example.de/garten⟧"),
    ],
    counter_examples: &[
        (
            "en",
            "For more on this you can visit the site of the ministry of health, where forms are found by those who need them: www.example.org.",
        ),
        ("en", "The address http://example.com is reserved for examples in documents."),
    ],
    check: Check::Within(Gate::holds(&["://"]), check),
};

/// Most words before the address.
const MOST_WORDS: usize = 14;

fn check(_: &Page<'_>, line: &Line<'_>, found: &mut Vec<TextSpan>) {
    let text = line.text;
    let Some(at) = text.rfind("http://").or_else(|| text.rfind("https://")) else { return };
    let address = text[at..].trim_end();
    if address.contains(char::is_whitespace) {
        return;
    }
    let before = text[..at].trim_end();
    if !before.ends_with([':', '@', '»', '>', '→', '-', '–']) {
        return;
    }
    // A pointer may be the last clause of a sentence.
    let clause = before.rfind(';').or_else(|| before.rfind(". ").map(|end| end + 1)).unwrap_or(0);
    let words = crate::analysis::count_words(&before[clause..]);
    if words <= MOST_WORDS {
        let lead = text[clause..].len() - text[clause..].trim_start().len();
        found.push(line.span_of(clause + lead..text.len()));
    }
}
