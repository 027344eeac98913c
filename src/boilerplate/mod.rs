//! Labels: which ranges of a document are boilerplate, by which rule, and why. Nothing is ever deleted.
//!
//! Rules are data (see [`Rule`]), one file each, and never call each other. They run in two passes, in jusText's terms: a
//! context-free pass looks at each line, its sentences and the page as it stands; a revise pass then looks at lines in
//! the light of what the first pass made of their neighbours.

pub mod content;
mod dates;
mod features;
mod labels;
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
    label_with(document, repetition, content::Model::built_in())
}

/// Labels a document, choosing the content of marked-up pages by a model of one's own.
#[must_use]
pub fn label_with(document: &Document, repetition: &Repetition, model: &content::Model) -> Labels {
    let page = Page::new(document);
    let mut labels = Labels::new(document);
    repetition.apply(&page, &mut labels);
    apply_context_free(&page, &mut labels);
    content::apply(&page, &mut labels, model);
    for rule in RULES.iter().filter(|rule| !rule.is_context_free()) {
        rule.apply(&page, &mut labels);
    }
    labels
}

/// The first pass over a page: the rules that look at one line at a time.
fn apply_context_free(page: &Page<'_>, labels: &mut Labels) {
    for rule in RULES.iter().filter(|rule| rule.is_context_free()) {
        rule.apply(page, labels);
    }
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
