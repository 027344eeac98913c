//! The memory of stems: what a word was stemmed to when it was seen before.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::ops::Range;

use super::vocabulary::Place;

/// Longest word in bytes that stands in the table itself: of three million words of English prose, 215 were longer.
const SHORT: usize = 15;

/// Stems by word. Most words are short and are kept in the table as they are, so that a look-up touches one or two cache
/// lines and follows no pointer. Constant time for each word.
#[derive(Default)]
pub(super) struct Stems {
    short: HashMap<Short, Known, Seeded>,
    long: HashMap<Box<str>, Known>,
}

/// What is known of a word: numbers of its terms in the lexicon.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known {
    /// Of its stem.
    pub(super) stem: u32,
    /// Of the stem that it would have without its accents, if that is another; 0 if not.
    pub(super) second: u32,
    /// Of the word as it stands in a vocabulary.
    pub(super) word: u32,
    /// Where the word was counted last.
    pub(super) place: Place,
}

/// A text of up to [`SHORT`] bytes as a number: its bytes, the first one lowest, and its length in the highest byte. Its halves
/// stand one after the other, the lower first, since a number of sixteen bytes would make each entry of a table a sixth
/// larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Short([u64; 2]);

/// The same byte sixteen times.
const fn all(byte: u8) -> u128 {
    u128::from_le_bytes([byte; 16])
}

impl Stems {
    /// What is known of a word that was seen before.
    #[inline]
    pub(super) fn get(&mut self, word: &str) -> Option<&mut Known> {
        match Short::of(word) {
            Some(word) => self.get_short(word),
            None => self.long.get_mut(word),
        }
    }

    /// The same for a short word.
    #[inline]
    pub(super) fn get_short(&mut self, word: Short) -> Option<&mut Known> {
        self.short.get_mut(&word)
    }

    /// Keeps what is known of a word.
    pub(super) fn insert(&mut self, word: &str, known: Known) {
        match Short::of(word) {
            Some(word) => drop(self.short.insert(word, known)),
            None => drop(self.long.insert(word.into(), known)),
        }
    }

    /// What it takes, in bytes, about.
    pub(super) fn memory(&self) -> usize {
        // A table is full at seven eighths, and keeps a byte beside each entry.
        let table = |capacity: usize, entry: usize| capacity / 7 * 8 * (entry + 1);
        table(self.short.capacity(), size_of::<(Short, Known)>())
            + table(self.long.capacity(), size_of::<(Box<str>, Known)>())
            + self.long.len() * 2 * SHORT
    }
}

impl Short {
    fn of(text: &str) -> Option<Self> {
        let mut bytes = [0; SHORT + 1];
        bytes.get_mut(..SHORT)?.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        bytes[SHORT] = u8::try_from(text.len()).ok()?;
        Some(Self::of_number(u128::from_le_bytes(bytes)))
    }

    #[expect(clippy::cast_possible_truncation, reason = "halves are taken")]
    const fn of_number(number: u128) -> Self {
        Self([number as u64, (number >> 64) as u64])
    }

    /// A word of a text in lower case, if it is short and of ASCII. Its bytes are taken, compared and made small all at
    /// once.
    #[inline]
    pub(super) fn lower_ascii(text: &str, word: &Range<usize>) -> Option<Self> {
        let len = u8::try_from(word.len()).ok().filter(|len| usize::from(*len) <= SHORT)?;
        let from = text.as_bytes().get(word.start..)?;
        let sixteen = from.first_chunk().copied().unwrap_or_else(|| {
            let mut last = [0; 16];
            last.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
            last
        });
        let bytes = u128::from_le_bytes(sixteen) & !(u128::MAX << (8 * len));
        let high = all(0x80);
        if bytes & high != 0 {
            return None;
        }
        // Where a byte is no less than `A` the first sum has its highest bit, where it is greater than `Z` the second.
        let capital = (bytes + all(0x80 - b'A')) & !(bytes + all(0x7f - b'Z')) & high;
        Some(Self::of_number(bytes | capital >> 2 | u128::from(len) << 120))
    }
}

impl Hash for Short {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let [low, high] = self.0;
        hasher.write_u128(u128::from(high) << 64 | u128::from(low));
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
    fn words_of_any_length_are_remembered() {
        let mut stems = Stems::default();
        let words = ["running", "läuft", "fifteen-letters", "sixteen--letters", "internationalisation", ""];
        for (stem, word) in (1..).zip(words) {
            assert!(stems.get(word).is_none());
            stems.insert(word, Known { stem, ..Known::default() });
        }
        for (stem, word) in (1..).zip(words) {
            assert_eq!(stems.get(word).map(|known| known.stem), Some(stem));
        }
        assert!(stems.get("runnin").is_none());
        assert!(stems.get("running\0").is_none(), "a zero at the end is a part of a word");
    }

    #[test]
    fn a_short_word_of_ascii_is_taken_in_lower_case() {
        let text = "@AZ[`az{ Don't Läuft ABCDEFGHIJKLMNOP x";
        for word in ["@AZ[`az{", "Don't", "x", "ABCDEFGHIJKLMNO"] {
            let start = text.find(word).unwrap_or_default();
            let found = Short::lower_ascii(text, &(start..start + word.len()));
            assert_eq!(found, Short::of(&word.to_ascii_lowercase()), "{word}");
        }
        for word in ["Läuft", "ABCDEFGHIJKLMNOP"] {
            let start = text.find(word).unwrap_or_default();
            assert_eq!(Short::lower_ascii(text, &(start..start + word.len())), None);
        }
    }
}
