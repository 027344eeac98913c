//! Near-duplicates: when two passages say the same, so that one hit can stand for both.

use std::sync::LazyLock;

use xxhash_rust::xxh3::xxh3_64;

use crate::analysis::{fold_into, for_each_word};

/// Words of a shingle (Broder 1997); three keep a single changed word from hiding a copy.
const SHINGLE: usize = 3;

/// Least Jaccard coefficient of two passages' shingles at which they fold into one hit.
pub const SAME: f64 = 0.7;

/// Folded words that turn a statement into its opposite.
const NEGATIONS: &[&str] = &[
    "not", "no", "never", "none", "without", "cannot", "nor", "neither", "nicht", "kein", "keine", "keinen",
    "nie", "ohne", "pas", "jamais", "sans", "aucun", "aucune", "nunca", "sin", "ningun", "ninguna", "nao",
    "sem", "non", "mai", "senza", "niet", "geen", "nooit", "zonder", "nie", "bez", "inte", "ikke", "ei",
    "не", "нет", "без", "ni", "tidak", "bukan",
];

/// What of a passage decides whether another says the same.
#[derive(Debug, Clone, Default)]
pub struct Fingerprint {
    /// In ascending order, each once.
    shingles: Vec<u64>,
    /// Hashes of numbers and negations in the order in which they stand.
    telling: Vec<u64>,
}

impl Fingerprint {
    /// The fingerprint of a passage's text, heading left out. Linear but for the sorting of its words.
    #[must_use]
    pub fn of(text: &str) -> Self {
        static NEGATING: LazyLock<Vec<u64>> = LazyLock::new(|| {
            let mut hashes: Vec<u64> = NEGATIONS.iter().map(|word| xxh3_64(word.as_bytes())).collect();
            hashes.sort_unstable();
            hashes
        });
        let mut words: Vec<u64> = Vec::new();
        let mut telling = Vec::new();
        let mut note = |folded: &str| {
            let word = xxh3_64(folded.as_bytes());
            words.push(word);
            let number = folded.starts_with(|c: char| c.is_ascii_digit());
            if number || folded.ends_with("n't") || NEGATING.binary_search(&word).is_ok() {
                telling.push(word);
            }
        };
        if text.is_ascii() {
            // Folding makes nothing but small letters of it, and leaves its words where they are.
            let folded = text.to_ascii_lowercase();
            for_each_word(&folded, |range| note(&folded[range]));
        } else {
            let mut folded = String::new();
            for_each_word(text, |range| {
                fold_into(&text[range], &mut folded);
                note(&folded);
            });
        }
        let mut shingles: Vec<u64> = words.windows(SHINGLE.min(words.len()).max(1)).map(joined).collect();
        shingles.sort_unstable();
        shingles.dedup();
        Self { shingles, telling }
    }

    /// Jaccard coefficient of the two sets of shingles, from 0 to 1.
    #[must_use]
    pub fn jaccard(&self, other: &Self) -> f64 {
        let (mut own, mut others) = (self.shingles.as_slice(), other.shingles.as_slice());
        let mut shared = 0;
        while let (Some(first), Some(second)) = (own.first(), others.first()) {
            shared += usize::from(first == second);
            let order = first.cmp(second);
            own = &own[usize::from(order.is_le())..];
            others = &others[usize::from(order.is_ge())..];
        }
        share(shared, self.shingles.len() + other.shingles.len() - shared)
    }

    /// Whether the two passages say the same: nearly the same words, and the same numbers and negations. A passage that
    /// is merely contained in another is not the same: the longer one says more.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        let (one, two) = (self.shingles.len(), other.shingles.len());
        // No more can be shared than the smaller set has.
        share(one.min(two), one.max(two)) >= SAME
            && self.telling == other.telling
            && self.jaccard(other) >= SAME
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of shingles are far below 2^52")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A hash of words that follow one another, from theirs.
fn joined(words: &[u64]) -> u64 {
    words.iter().fold(0, |hash, word| (hash ^ word).wrapping_mul(MULTIPLIER).rotate_left(ROTATION))
}

/// An odd number with half of its bits set in no pattern: 2⁶⁴ over the golden ratio (Knuth 1998).
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// Brings the upper half of a product, where all of its factors have their say, to where the next one begins.
const ROTATION: u32 = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        Fingerprint::of(a).same(&Fingerprint::of(b))
    }

    #[test]
    fn copies_fold_and_contradictions_do_not() {
        let text = "Lower back pain often comes on quickly, after bending or lifting the wrong way, or after running too far.";
        assert!(same(text, &text.to_uppercase()));
        assert!(same(text, &format!("Common injuries. {text}")));
        assert!(!same(text, &text.replace("often comes", "does not come")));
        assert!(!same(
            "Take 2 pills a day with a large glass of water.",
            "Take 3 pills a day with a large glass of water."
        ));
        assert!(!same(text, &text[..60]), "containment alone never folds");
        assert!(!same("", ""));
    }
}
