//! Advertisements: their markers, and headlines of advertisements set into running text.

use crate::boilerplate::{Check, Gate, Line, Page, PromptKind, Rule};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "advert",
    version: 1,
    reason: "it is an advertisement or the marker of one",
    examples: &[
        ("en", "⟦ADVERTISEMENT⟧"),
        ("id", "⟦Iklan⟧"),
        (
            "en",
            "These muscles are sore. ⟦Ad Discover now 18 factors that may be the cause.⟧ A common complaint is this.",
        ),
        ("en", "⟦Headline: Searches Exceed Everything! Stocks Are Next!⟧"),
    ],
    counter_examples: &[
        ("en", "Ad hoc groups discover nothing."),
        ("en", "Ad agencies compare prices before they buy."),
        ("en", "The headline: nobody won."),
        ("de", "Die Anzeige gegen den Fahrer wurde fallen gelassen."),
    ],
    check: Check::Within(Gate::holds(&["Ad "]).or_prompt(), check),
};

/// Folded verbs with which search advertisements begin, after the "Ad" that marks them.
const CALLS: &[&str] = &[
    "discover", "learn", "find", "get", "shop", "see", "compare", "save", "buy", "check", "browse", "search",
    "try", "read", "start", "download", "explore", "book", "order", "read",
];

fn check(_: &Page<'_>, line: &Line<'_>, found: &mut Vec<TextSpan>) {
    crate::boilerplate::prompts::find(line, PromptKind::Ad, found);
    if !line.text.contains("Ad ") {
        return;
    }
    for range in line.sentences().iter().cloned() {
        let sentence = line.text[range.clone()].trim_end();
        let Some(rest) = sentence.strip_prefix("Ad ") else { continue };
        let verb = rest.split_whitespace().next().unwrap_or("");
        let capital = verb.chars().next().is_some_and(char::is_uppercase);
        if capital && CALLS.contains(&verb.to_lowercase().as_str()) {
            found.push(line.span_of(range.start..range.start + sentence.len()));
        }
    }
}
