//! Captions of an image search, by their own form: "Pin on …", "… from www.pinterest.com".

use crate::boilerplate::line::breaks_off;
use crate::boilerplate::{Check, Gate, Line, Rule};

pub(super) static RULE: Rule = Rule {
    name: "pin-caption",
    version: 1,
    reason: "it is the caption of a pinned picture",
    examples: &[
        ("nl", "⟦Pin On Buik En Rug Spier Oefeningen⟧"),
        ("en", "⟦Pin by Ann Lee on Gardens⟧"),
        ("en", "⟦9 Unique Cat Breeds from www.msn.com⟧"),
        ("de", "⟦Pin auf Gartenideen⟧"),
        ("en", "⟦Pin on Garden Ideas⟧\n\nThe lawn is green."),
    ],
    counter_examples: &[
        ("en", "Pin on the badge before you enter the hall."),
        ("en", "Download the file from www.example.com and install it."),
        ("de", "Pin auf der Karte setzen und den Weg finden."),
    ],
    check: Check::Line(Gate::words(25), check),
};

fn check(line: &Line<'_>) -> bool {
    if line.terminal && !breaks_off(line.text) {
        return false;
    }
    let pinned = line.folded().starts_with("pin on ")
        || line.folded().starts_with("pin by ") && line.folded().contains(" on ")
        || line.folded().starts_with("pin auf ");
    let mut last = line.folded().split_whitespace().rev();
    let site = last.next().unwrap_or("");
    let attributed = (site.starts_with("www.") || site.starts_with("http")) && last.next() == Some("from");
    pinned || attributed
}
