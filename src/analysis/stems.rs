//! The memory of stems: what a word was stemmed to when it was seen before.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};

use super::vocabulary::Place;

/// Longest text in bytes that stands in the table itself: of three million words of English prose, 215 were longer.
const SHORT: usize = 15;

/// Stems by word. Most words and stems are short and are kept in the table as they are, so that a look-up touches two
/// cache lines and follows no pointer. Constant time for each word.
#[derive(Default)]
pub(super) struct Stems {
    short: HashMap<Short, Known<Short>, Seeded>,
    long: HashMap<Box<str>, Known<Box<str>>>,
}

/// A stem, and where the word was counted last.
struct Known<T> {
    stem: T,
    place: Place,
}

/// A text of up to [`SHORT`] bytes, zeros behind it, and its length.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Short([u8; SHORT + 1]);

impl Stems {
    /// The stem of a word that was seen before, and where the word was counted last.
    pub(super) fn get(&mut self, word: &str) -> Option<(&str, &mut Place)> {
        if let Some(known) = Short::of(word).and_then(|word| self.short.get_mut(&word)) {
            return Some((known.stem.text(), &mut known.place));
        }
        // A short word may have a long stem, as where the name of its language is a part of it.
        if self.long.is_empty() {
            return None;
        }
        self.long.get_mut(word).map(|known| (&*known.stem, &mut known.place))
    }

    /// Keeps the stem of a word.
    pub(super) fn insert(&mut self, word: &str, stem: &str, place: Place) {
        if let (Some(word), Some(stem)) = (Short::of(word), Short::of(stem)) {
            self.short.insert(word, Known { stem, place });
        } else {
            self.long.insert(word.into(), Known { stem: stem.into(), place });
        }
    }
}

impl Short {
    fn of(text: &str) -> Option<Self> {
        let mut bytes = [0; SHORT + 1];
        bytes.get_mut(..SHORT)?.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        bytes[SHORT] = u8::try_from(text.len()).ok()?;
        Some(Self(bytes))
    }

    fn text(&self) -> &str {
        let text = self.0.get(..usize::from(self.0[SHORT]));
        text.and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
    }
}

impl Hash for Short {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(u128::from_le_bytes(self.0));
    }
}

/// Makes hashers with a seed of their own, so that nobody can write a text all of whose words fall together.
struct Seeded(u128);

impl Default for Seeded {
    fn default() -> Self {
        let random = RandomState::new();
        Self(u128::from(random.hash_one(0)) << 64 | u128::from(random.hash_one(1)))
    }
}

impl BuildHasher for Seeded {
    type Hasher = Folded;

    fn build_hasher(&self) -> Folded {
        Folded { seed: self.0, hash: 0 }
    }
}

/// One multiplication of the two halves of sixteen bytes, folded: what a table of short words needs and no more.
struct Folded {
    seed: u128,
    hash: u64,
}

impl Hasher for Folded {
    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(16) {
            let mut whole = [0; 16];
            whole[..part.len()].copy_from_slice(part);
            self.write_u128(u128::from_le_bytes(whole));
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "halves are taken")]
    fn write_u128(&mut self, number: u128) {
        let mixed = number ^ self.seed ^ u128::from(self.hash);
        let product = u128::from(mixed as u64) * u128::from((mixed >> 64) as u64);
        self.hash = (product >> 64) as u64 ^ product as u64;
    }

    fn finish(&self) -> u64 {
        self.hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_stems_of_any_length_are_remembered() {
        let mut stems = Stems::default();
        let long = "internationalisation";
        let pairs = [
            ("running", "run"),
            ("läuft", "läuft\u{1}german"),
            (long, "internationalis"),
            ("fifteen-letters", "fifteen-letter"),
            ("sixteen--letters", "sixteen--letter"),
            ("", ""),
        ];
        for (word, stem) in pairs {
            assert!(stems.get(word).is_none());
            stems.insert(word, stem, Place::default());
        }
        for (word, stem) in pairs {
            assert_eq!(stems.get(word).map(|(stem, _)| stem), Some(stem));
        }
        assert!(stems.get("runnin").is_none());
        assert!(stems.get("running\0").is_none(), "a zero at the end is a part of a word");
    }
}
