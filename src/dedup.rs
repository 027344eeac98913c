//! Near-duplicates: when two passages say the same, so that one hit can stand for both.

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::analysis::{fold, for_each_word};

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
    shingles: HashSet<u64>,
    /// Numbers and negations in the order in which they stand.
    telling: Vec<String>,
}

impl Fingerprint {
    /// The fingerprint of a passage's text, heading left out. Linear.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut words: Vec<String> = Vec::new();
        for_each_word(text, |range| words.push(fold(&text[range])));
        let shingles = words.windows(SHINGLE.min(words.len()).max(1)).map(hash).collect();
        let telling = words
            .iter()
            .filter(|word| {
                word.starts_with(|c: char| c.is_ascii_digit())
                    || word.ends_with("n't")
                    || NEGATIONS.contains(&word.as_str())
            })
            .cloned()
            .collect();
        Self { shingles, telling }
    }

    /// Jaccard coefficient of the two sets of shingles, from 0 to 1.
    #[must_use]
    pub fn jaccard(&self, other: &Self) -> f64 {
        let (small, large) =
            if self.shingles.len() <= other.shingles.len() { (self, other) } else { (other, self) };
        let shared = small.shingles.iter().filter(|shingle| large.shingles.contains(shingle)).count();
        let union = small.shingles.len() + large.shingles.len() - shared;
        #[expect(clippy::cast_precision_loss, reason = "counts of shingles are far below 2^52")]
        if union == 0 { 0.0 } else { shared as f64 / union as f64 }
    }

    /// Whether the two passages say the same: nearly the same words, and the same numbers and negations. A passage that
    /// is merely contained in another is not the same: the longer one says more.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self.telling == other.telling && self.jaccard(other) >= SAME
    }
}

fn hash(words: &[String]) -> u64 {
    words.iter().fold(0, |seed, word| xxh3_64_with_seed(word.as_bytes(), seed))
}

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
