//! Folding: near-duplicate hits become one, which says where the others are.

use super::{Copy, Hit};
use crate::dedup::Fingerprint;

/// Takes hits in their final order and folds each into the first earlier one that says the same.
pub struct Collapse {
    kept: Vec<(Hit, Fingerprint)>,
}

impl Collapse {
    pub const fn new() -> Self {
        Self { kept: Vec::new() }
    }

    pub fn add(&mut self, hit: Hit) {
        let fingerprint = Fingerprint::of(&hit.text);
        match self.kept.iter_mut().find(|(_, own)| own.same(&fingerprint)) {
            Some((first, _)) => {
                first.also_in.push(Copy { source: hit.source, spans: hit.spans, lines: hit.lines });
            }
            None => self.kept.push((hit, fingerprint)),
        }
    }

    pub fn into_hits(self) -> Vec<Hit> {
        self.kept.into_iter().map(|(hit, _)| hit).collect()
    }
}
