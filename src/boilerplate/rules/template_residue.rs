//! Placeholders that a template left unfilled.

use crate::boilerplate::{Check, Gate, Line, Rule};

pub(super) static RULE: Rule = Rule {
    name: "template-residue",
    version: 1,
    reason: "a template left it unfilled, or it is a message of the software",
    examples: &[
        ("id", "⟦%d blogger menyukai ini:⟧"),
        ("en", "⟦Connecting to %s⟧"),
        ("zxx", "⟦{{ post.title }}⟧"),
        ("zxx", "⟦[shortcode id=3]⟧"),
        ("en", "⟦{{ post.title }}⟧\n\nThe lawn is green."),
    ],
    counter_examples: &[
        ("en", "printf(\"%d\\n\", x); writes a number to the terminal, which is what we want."),
        ("zxx", "A rise of 5 %d"),
        ("en", "The {{ and }} marks enclose a variable in most template languages."),
    ],
    check: Check::Line(Gate::words(8), check),
};

fn check(line: &Line<'_>) -> bool {
    if line.terminal {
        return false;
    }
    let placeholder = line.folded().starts_with("%d ")
        || line.folded().ends_with(" %s")
        || line.folded().starts_with("%s ");
    let braces = line.text.starts_with("{{") && line.text.ends_with("}}");
    let shortcode = line.text.starts_with('[') && line.text.ends_with(']') && line.text.contains('=');
    placeholder || braces || shortcode
}
