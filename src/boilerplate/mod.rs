//! Labels: which ranges of a document are boilerplate, by which rule, and why. Nothing is ever deleted.
//!
//! Rules are data (see [`Rule`]), one file each, and never call each other. They run in two passes, in jusText's terms: a
//! context-free pass looks at each line, its sentences and the page as it stands; a revise pass then looks at lines in
//! the light of what the first pass made of their neighbours.

mod affixes;
mod ages;
pub mod content;
mod dates;
mod features;
mod gate;
mod headline;
mod labels;
mod line;
mod page;
mod phrases;
mod prompts;
mod repetition;
mod rule;
mod rules;
mod user_rules;

pub use features::{FULL_LENGTH, Feature, quality};
pub use gate::Gate;
pub use labels::{Label, Labels, Verdict};
pub use line::Line;
pub(crate) use page::Measure;
pub use page::Page;
pub use prompts::{Kinds, PromptKind};
pub use repetition::{CountedLine, Repetition, SOURCES, candidates, counted_lines};
pub use rule::{Check, Example, Rule};
pub use rules::RULES;
pub use user_rules::{Action, Problem, Subject, UserRule, UserRules, quoted};

use std::sync::LazyLock;

use crate::document::Document;

/// What labels text beside the rules, each with its reason: the choice of a web page's content, what is like that around it
/// in plain text, and what the files of a folder share.
pub const OTHER_LABELS: [(&str, &str); 3] =
    [content::OUTSIDE_CONTENT, content::LIKE_FURNITURE, repetition::SHARED];

/// What is known of a document's boilerplate beside the document itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Knowledge<'a> {
    /// The lines that other sources of its folder share.
    pub repetition: Option<&'a Repetition>,
    /// The rules that the user wrote.
    pub rules: Option<&'a UserRules>,
    /// What chooses the content of marked-up pages, instead of the built-in model.
    pub model: Option<&'a content::Model>,
    /// What tells furniture in plain text, instead of the built-in model.
    pub plain_model: Option<&'a content::PlainModel>,
    /// Whether each label of a marked-up page names the features that told most: for readers, at some cost of time.
    pub reasons: bool,
}

/// Labels every byte of a document. Total; near linear in its length. `source` is the path of the file it came from,
/// which rules of the user may name.
///
/// What the user's rules keep or drop is decided first, so that every other rule sees its neighbours as the user does.
#[must_use]
pub fn label(document: &Document, source: &str, knowledge: Knowledge<'_>) -> Labels {
    label_page(&Page::new(document), source, knowledge)
}

/// The same for a document that has been looked at already.
#[must_use]
pub fn label_page(page: &Page<'_>, source: &str, knowledge: Knowledge<'_>) -> Labels {
    let mut labels = Labels::new(page.document);
    if let Some(rules) = knowledge.rules {
        rules.apply(page, source, &mut labels);
    }
    let repeated = |labels: &mut Labels| {
        if let Some(repetition) = knowledge.repetition {
            repetition.apply(page, labels);
        }
    };
    if page.document.elements.is_empty() {
        repeated(&mut labels);
        for rule in RULES {
            rule.apply(page, &mut labels);
        }
        if content::may_have_furniture(page, &labels) {
            content::apply_to_plain(page, &mut labels, knowledge.plain_model, knowledge.reasons);
        }
    } else {
        let model = knowledge.model.unwrap_or_else(|| content::Model::built_in());
        content::apply(page, &mut labels, model, knowledge.reasons);
        // Most of what is repeated is outside of the main content, and has not to be looked at again when it is found out.
        repeated(&mut labels);
    }
    labels
}

/// The version of all rules together; part of the index fingerprint.
#[must_use]
pub fn version() -> u64 {
    // Asked for with every file of a run, but made of all phrases and of the whole model.
    static VERSION: LazyLock<u64> = LazyLock::new(|| {
        let mut names = String::new();
        for rule in RULES {
            names.push_str(rule.name);
            names.push(':');
            names.push_str(&rule.version.to_string());
            names.push('\n');
        }
        names.push_str(prompts::SOURCE);
        names.push_str(&content::version().to_string());
        xxhash_rust::xxh3::xxh3_64(names.as_bytes())
    });
    *VERSION
}
