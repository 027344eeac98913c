//! Labels: which ranges of a document are boilerplate, by which rule, and why. Nothing is ever deleted.
//!
//! Rules are data (see [`Rule`]), one file each, and never call each other. They run in two passes, in jusText's terms: a
//! context-free pass looks at each line, its sentences and the page as it stands; a revise pass then looks at lines in
//! the light of what the first pass made of their neighbours.

mod dates;
mod features;
mod labels;
mod markup;
mod page;
mod prompts;
mod repetition;
mod rule;
mod rules;

pub use features::{Feature, quality};
pub use labels::{Label, Labels};
pub use page::{Line, Page};
pub use prompts::PromptKind;
pub use repetition::{Repetition, SOURCES, candidate_lines};
pub use rule::{Check, Rule};
pub use rules::RULES;

use crate::document::Document;

/// Labels every byte of a document. Total; near linear in its length.
#[must_use]
pub fn label(document: &Document, repetition: &Repetition) -> Labels {
    let page = Page::new(document);
    let mut labels = Labels::new(document);
    repetition.apply(&page, &mut labels);
    markup::apply(&page, &mut labels);
    for rule in RULES {
        rule.apply(&page, &mut labels);
    }
    labels
}

/// The version of all rules together; part of the index fingerprint.
#[must_use]
pub fn version() -> u64 {
    let mut names = String::new();
    for rule in RULES {
        names.push_str(rule.name);
        names.push(':');
        names.push_str(&rule.version.to_string());
        names.push('\n');
    }
    names.push_str(prompts::SOURCE);
    xxhash_rust::xxh3::xxh3_64(names.as_bytes())
}
