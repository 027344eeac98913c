//! The main content of a marked-up page: a learnt scorer over its blocks, and the choice that it leads to.

mod features;
pub mod learn;
mod lexicon;
mod revise;
mod trees;

use std::sync::LazyLock;

use super::RULES;
use super::labels::Labels;
use super::page::Page;

pub use features::{Features, Name};
pub use lexicon::{Lexicon, NameKind};
pub use trees::{Forest, Tree};

/// What was learnt from pages with known content: what names say, and two forests, jusText's two passes: the first sees
/// each block in its place, the second also what the first made of the blocks around it.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// What tags, classes and words say.
    pub lexicon: Lexicon,
    /// The first pass.
    pub first: Forest,
    /// The second pass.
    pub second: Forest,
}

/// The model that backsearch is built with; `backsearch train` writes its three files.
static BUILT_IN: LazyLock<Model> = LazyLock::new(|| Model {
    lexicon: Lexicon::parse(include_str!("names.tsv")),
    first: Forest::parse(include_str!("first.trees"), usize::MAX).unwrap_or_default(),
    second: Forest::parse(include_str!("second.trees"), usize::MAX).unwrap_or_default(),
});

impl Model {
    /// The model that backsearch is built with.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// For each line of a page with elements, how likely it is content, from 0 to 1. Empty for other pages.
    #[must_use]
    pub fn likelihoods(&self, page: &Page<'_>, evidence: &Evidence) -> Vec<f32> {
        let features = features::features(page, evidence, &self.lexicon);
        let first: Vec<f32> =
            (0..features.rows()).map(|row| likelihood(self.first.score(features.row(row)))).collect();
        let revised = revise::features(page, &features, &first);
        (0..revised.rows()).map(|row| likelihood(self.second.score(revised.row(row)))).collect()
    }
}

/// Log odds as a probability.
fn likelihood(log_odds: f32) -> f32 {
    1.0 / (1.0 + (-log_odds).exp())
}

const OUTSIDE_CONTENT: (&str, &str) =
    ("outside-main-content", "its place, links and class names are those of what stands around the content");

/// What the rules of plain text make of a page, before anything is known of its main content.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// By the rules that look at one line at a time.
    pub context_free: Labels,
    /// By all of them.
    pub all: Labels,
}

impl Evidence {
    /// Applies the rules to a page.
    #[must_use]
    pub fn of(page: &Page<'_>) -> Self {
        let mut context_free = Labels::new(page.document);
        for rule in RULES.iter().filter(|rule| rule.is_context_free()) {
            rule.apply(page, &mut context_free);
        }
        let mut all = context_free.clone();
        for rule in RULES.iter().filter(|rule| !rule.is_context_free()) {
            rule.apply(page, &mut all);
        }
        Self { context_free, all }
    }
}

/// Labels a marked-up page: what its text says, by the rules of plain text, and what does not belong to the main content.
///
/// Rules that look at one line have their say. Those that tell furniture by its neighbours were made for text without
/// markup: here their findings are evidence, and only what they find inside a block that stays is dropped. On pages
/// that are lists of things, every second line looks like a menu.
pub(super) fn apply(page: &Page<'_>, labels: &mut Labels, model: &Model) {
    let evidence = Evidence::of(page);
    let likelihoods = model.likelihoods(page, &evidence);
    let cut = cut(page, &likelihoods);
    for (span, verdict) in evidence.context_free.dropped() {
        labels.drop(span, verdict.rule, verdict.reason.clone());
    }
    for (line, likelihood) in page.lines.iter().zip(&likelihoods) {
        if *likelihood < cut {
            labels.drop(line.span, OUTSIDE_CONTENT.0, OUTSIDE_CONTENT.1);
        } else if !evidence.all.drops_all(line.span) {
            for (span, verdict) in evidence.all.dropped_in(line.span) {
                labels.drop(span, verdict.rule, verdict.reason.clone());
            }
        }
    }
}

/// The cut never falls below or rises above these, whatever the page.
const CUTS: (f32, f32) = (0.15, 0.5);

/// The likelihood from which blocks are kept: the one that promises the best F1 of words for this page.
///
/// If the likelihoods are right, keeping the most likely blocks down to one of them finds the sum of their likelihoods
/// of the words that are content. On a page whose content is certain the best cut is near ½; where all is doubtful it
/// is lower, because leaving out everything is worse than keeping half (Lewis, "Evaluating and optimizing autonomous
/// text classification systems", SIGIR 1995).
fn cut(page: &Page<'_>, likelihoods: &[f32]) -> f32 {
    let mut blocks: Vec<(f32, f64)> = likelihoods
        .iter()
        .zip(&page.lines)
        .map(|(likelihood, line)| (*likelihood, words(line.words)))
        .collect();
    blocks.sort_by(|a, b| b.0.total_cmp(&a.0));
    let content: f64 = blocks.iter().map(|(likelihood, words)| f64::from(*likelihood) * words).sum();
    let (mut found, mut kept) = (0.0, 0.0);
    let mut best = (0.0, CUTS.1);
    for (likelihood, words) in blocks {
        found += f64::from(likelihood) * words;
        kept += words;
        let promised = 2.0 * found / (kept + content);
        if promised > best.0 {
            best = (promised, likelihood);
        }
    }
    best.1.clamp(CUTS.0, CUTS.1)
}

#[expect(clippy::cast_precision_loss, reason = "words of one line are far below 2^52")]
fn words(count: usize) -> f64 {
    count as f64
}
