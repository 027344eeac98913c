//! Folding: near-duplicate passages become one hit, which says where the others are.

use super::Copy;
use crate::dedup::Fingerprint;
use crate::index::StoredPassage;

/// Takes passages in their final order and folds each into the first earlier one that says the same.
pub struct Collapse<T> {
    kept: Vec<(Kept<T>, Fingerprint)>,
}

/// A passage with what is known of it, and the near-duplicates that it stands for.
pub struct Kept<T> {
    pub passage: StoredPassage,
    pub known: T,
    pub copies: Vec<Copy>,
}

impl<T> Collapse<T> {
    pub const fn new() -> Self {
        Self { kept: Vec::new() }
    }

    pub fn add(&mut self, passage: StoredPassage, known: T) {
        let fingerprint = Fingerprint::of(&passage.text);
        match self.kept.iter_mut().find(|(_, own)| own.same(&fingerprint)) {
            Some((first, _)) => {
                let lines = passage.lines();
                first.copies.push(Copy { source: passage.source, spans: passage.spans, lines });
            }
            None => self.kept.push((Kept { passage, known, copies: Vec::new() }, fingerprint)),
        }
    }

    pub fn into_kept(self) -> impl Iterator<Item = Kept<T>> {
        self.kept.into_iter().map(|(kept, _)| kept)
    }
}
