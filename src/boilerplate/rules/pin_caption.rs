//! Captions of an image search, by their own form: "Pin on …", "… from www.pinterest.com".

use crate::boilerplate::{Check, Line, Rule};

pub(super) static RULE: Rule = Rule {
    name: "pin-caption",
    version: 1,
    reason: "it is the caption of a pinned picture",
    examples: &[
        "⟦Pin On Buik En Rug Spier Oefeningen⟧",
        "⟦Pin by Ann Lee on Gardens⟧",
        "⟦9 Unique Cat Breeds from www.msn.com⟧",
    ],
    counter_examples: &[
        "Pin on the badge before you enter the hall.",
        "Download the file from www.example.com and install it.",
    ],
    check: Check::Line(check),
};

fn check(line: &Line<'_>) -> bool {
    if line.terminal && !line.text.ends_with('…') && !line.text.ends_with("...") {
        return false;
    }
    let pinned = line.folded.starts_with("pin on ")
        || line.folded.starts_with("pin by ") && line.folded.contains(" on ")
        || line.folded.starts_with("pin auf ");
    let words: Vec<&str> = line.folded.split_whitespace().collect();
    let attributed = match words.as_slice() {
        [.., from, site] => *from == "from" && (site.starts_with("www.") || site.starts_with("http")),
        _ => false,
    };
    line.words <= 25 && (pinned || attributed)
}
