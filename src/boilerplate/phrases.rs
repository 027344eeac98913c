//! Many phrases looked for at once: by a few of their bytes that are rare in text, and only then by all of them.

use memchr::memmem::Finder;

/// Phrases to look for in texts.
///
/// Only every second place of a text is looked at: of two places that follow one another in a phrase, one is such a
/// place wherever the phrase stands.
pub(super) struct Phrases {
    list: Vec<String>,
    /// For each hash of four bytes, one more than the first in `rare` of that hash, or 0.
    seen: Vec<u16>,
    /// What there is to look for, by hash.
    rare: Vec<Rare>,
    /// Phrases that are too short for that, with their numbers.
    short: Vec<(Finder<'static>, usize)>,
}

/// Four rare bytes of a phrase; each phrase has two, one byte apart.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rare {
    hash: usize,
    /// Where in the phrase they stand.
    place: usize,
    /// The number of the phrase.
    number: usize,
    /// Its first byte.
    first: u8,
}

/// Bytes that are looked at at once.
const LOOKED_AT: usize = 4;

/// Hashes of as many bytes. The table of 32 KiB stays in a fast cache, and one in twenty of it is set by the some
/// hundred phrases that there are.
const HASHES: usize = 1 << 14;

/// Bytes by how common they are in text, the commonest first: a space, and the letters of English. All others are rarer.
const COMMON: &[u8] = b" etaoinsrhldcumfpgwybvkxjqz";

impl Phrases {
    /// Phrases that are numbered as they come.
    pub(super) fn new(phrases: impl IntoIterator<Item = String>) -> Self {
        let list: Vec<String> = phrases.into_iter().collect();
        let (mut rare, mut short) = (Vec::new(), Vec::new());
        for (number, phrase) in list.iter().enumerate() {
            let Some(place) = rarest(phrase.as_bytes()) else {
                short.push((Finder::new(phrase.as_bytes()).into_owned(), number));
                continue;
            };
            for place in [place, place + 1] {
                let Some(hash) = hash(&phrase.as_bytes()[place..]) else { continue };
                rare.push(Rare { hash, place, number, first: phrase.as_bytes()[0] });
            }
        }
        rare.sort_unstable();
        let mut seen = vec![0; HASHES];
        for (index, Rare { hash, .. }) in rare.iter().enumerate().rev() {
            // Of more phrases than that, the last ones would be missed; there are some hundred.
            seen[*hash] = u16::try_from(index + 1).unwrap_or(0);
        }
        Self { list, seen, rare, short }
    }

    /// Whether any phrase stands in `text`.
    pub(super) fn stand_in(&self, text: &str) -> bool {
        self.find(text, |_, _| true)
    }

    /// Calls `hit` with the number of each phrase that stands in `text` and where it begins, in no particular order,
    /// until it says that this is enough; says whether it did. Linear.
    pub(super) fn find(&self, text: &str, mut hit: impl FnMut(usize, usize) -> bool) -> bool {
        let bytes = text.as_bytes();
        let ascii = text.is_ascii();
        for (finder, number) in self.short.iter().filter(|(finder, _)| !ascii || finder.needle().is_ascii()) {
            if finder.find_iter(bytes).any(|at| hit(*number, at)) {
                return true;
            }
        }
        let mut rest = bytes;
        while let Some(hash) = hash(rest) {
            if self.seen[hash] > 0 && self.look(bytes, bytes.len() - rest.len(), hash, &mut hit) {
                return true;
            }
            rest = rest.get(2..).unwrap_or_default();
        }
        false
    }

    /// Calls `hit` for the phrases with four bytes of this hash where they stand at `at` in the text.
    #[inline(never)]
    fn look(&self, bytes: &[u8], at: usize, hash: usize, hit: &mut impl FnMut(usize, usize) -> bool) -> bool {
        let from = usize::from(self.seen[hash]) - 1;
        self.rare[from..].iter().take_while(|rare| rare.hash == hash).any(|rare| {
            let Some(start) = at.checked_sub(rare.place) else { return false };
            bytes[start] == rare.first
                && bytes[start..].starts_with(self.list[rare.number].as_bytes())
                && hit(rare.number, start)
        })
    }
}

/// The place in a phrase at which two times four bytes begin, one byte apart, that are rare; `None` in a short one.
fn rarest(phrase: &[u8]) -> Option<usize> {
    let rank = |byte: &u8| COMMON.iter().position(|common| common == byte).unwrap_or(COMMON.len());
    let places = phrase.windows(LOOKED_AT + 1).enumerate();
    let sum = |bytes: &[u8]| bytes.iter().map(rank).sum::<usize>();
    places.max_by_key(|(_, bytes)| sum(bytes)).map(|(at, _)| at)
}

/// Hashes the first four bytes, if there are as many: Fibonacci hashing (Knuth, "The Art of Computer Programming",
/// volume 3, 6.4).
fn hash(bytes: &[u8]) -> Option<usize> {
    let four = u32::from_le_bytes(*bytes.first_chunk::<LOOKED_AT>()?);
    Some((four.wrapping_mul(0x9e37_79b1) >> (u32::BITS - HASHES.ilog2())) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_every_phrase_is_found() {
        let phrases = ["read more", "more", "©", "e m", "ähnlich", "mor", "more,", "oreover"];
        let search = Phrases::new(phrases.map(str::to_owned));
        for text in ["more © read more, moreover ähnlich ©", " more © read more, moreover ähnlich ©"] {
            let mut found = Vec::new();
            assert!(!search.find(text, |number, at| {
                found.push((number, at));
                false
            }));
            found.sort_unstable();
            let mut expected = Vec::new();
            for (number, phrase) in phrases.iter().enumerate() {
                expected.extend(text.match_indices(phrase).map(|(at, _)| (number, at)));
            }
            assert_eq!(found, expected);
        }
        assert!(search.stand_in("some more") && !search.stand_in("less"));
    }
}
