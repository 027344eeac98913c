//! Folding: near-duplicate passages become one hit, which says where the others are.

use super::candidates::Evidence;
use super::rank::Explanation;
use crate::dedup::Fingerprint;
use crate::index::StoredPassage;

/// Takes passages in their final order and folds each into the first earlier one that says the same, if it folds at all.
pub struct Collapse {
    folds: bool,
    kept: Vec<(Kept, Fingerprint)>,
}

/// A passage that becomes a hit.
pub struct Kept {
    pub passage: StoredPassage,
    pub explanation: Explanation,
    pub evidence: Evidence,
    /// The near-duplicates that it stands for.
    pub copies: Vec<StoredPassage>,
}

impl Collapse {
    pub const fn new(folds: bool) -> Self {
        Self { folds, kept: Vec::new() }
    }

    pub fn add(&mut self, passage: StoredPassage, explanation: Explanation, evidence: Evidence) {
        let fingerprint = if self.folds { Fingerprint::of(&passage.text) } else { Fingerprint::default() };
        if let Some((first, _)) = self.kept.iter_mut().find(|(_, own)| own.same(&fingerprint)) {
            first.copies.push(passage);
            return;
        }
        self.kept.push((Kept { passage, explanation, evidence, copies: Vec::new() }, fingerprint));
    }

    pub fn into_kept(self) -> impl Iterator<Item = Kept> {
        self.kept.into_iter().map(|(kept, _)| kept)
    }
}
