//! Many phrases looked for at once: by how they begin, where a word begins, and only then by all of them.

use memchr::memmem::Finder;

use crate::analysis::bits;

/// Folded phrases to look for in texts, whatever the case of ASCII letters is there.
///
/// A phrase stands only where it does not begin between two letters of ASCII: "more in" does not stand in "Baltimore in".
pub(super) struct Phrases {
    list: Vec<String>,
    /// For each hash of four bytes, one more than the first in `heads` of that hash, or 0.
    seen: Box<[u16; HASHES]>,
    /// How the phrases begin, by hash.
    heads: Vec<Head>,
    /// Phrases that are too short for that, with their numbers; they are found in this very case, and anywhere.
    short: Vec<(Finder<'static>, usize)>,
}

/// How a phrase begins.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Head {
    /// Hash of its first four bytes.
    hash: usize,
    /// Its first eight bytes, or all that there are.
    bytes: u64,
    /// The bits of these.
    mask: u64,
    /// The number of the phrase.
    number: usize,
}

/// Bytes that are hashed.
const HASHED: usize = 4;

/// Hashes of as many bytes. The table of 16 KiB stays in a fast cache, and one in twenty of it is set by the some
/// hundred phrases that there are.
const HASHES: usize = 1 << 13;

/// The bit by which a small letter of ASCII differs from its capital, in eight bytes. Other bytes may come to look alike
/// with it, which costs no more than a closer look.
const SMALL: u64 = 0x2020_2020_2020_2020;

impl Phrases {
    /// Phrases that are numbered as they come.
    pub(super) fn new(phrases: impl IntoIterator<Item = String>) -> Self {
        let list: Vec<String> = phrases.into_iter().collect();
        let (mut heads, mut short) = (Vec::new(), Vec::new());
        for (number, phrase) in list.iter().enumerate() {
            let bytes = phrase.as_bytes();
            let Some(hash) = hash(bytes) else {
                short.push((Finder::new(bytes).into_owned(), number));
                continue;
            };
            let mask = u64::MAX >> (u64::BITS as usize - 8 * bytes.len().min(8));
            heads.push(Head { hash, bytes: first_eight(bytes) & mask, mask, number });
        }
        heads.sort_unstable();
        let mut seen = Box::new([0; HASHES]);
        for (index, Head { hash, .. }) in heads.iter().enumerate().rev() {
            // Of more phrases than that, the last ones would be missed; there are some hundred.
            seen[*hash] = u16::try_from(index + 1).unwrap_or(0);
        }
        Self { list, seen, heads, short }
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
        let (mut before, mut from) = (0, 0);
        for (piece, len) in bits::pieces(bytes) {
            let letters = piece.letters();
            let begins = !(letters & bits::after(letters, before, 1)) & !piece.equal(b' ');
            for place in bits::places(begins & bits::first(len)) {
                let at = from + place;
                if let Some(hash) = hash(&bytes[at..])
                    && self.seen[hash] > 0
                    && self.look(bytes, at, hash, &mut hit)
                {
                    return true;
                }
            }
            before = letters;
            from += len;
        }
        false
    }

    /// Calls `hit` for the phrases with this hash that stand at `at` in the text.
    #[inline(never)]
    fn look(&self, bytes: &[u8], at: usize, hash: usize, hit: &mut impl FnMut(usize, usize) -> bool) -> bool {
        let rest = &bytes[at..];
        let eight = first_eight(rest);
        let from = usize::from(self.seen[hash]) - 1;
        self.heads[from..].iter().take_while(|head| head.hash == hash).any(|head| {
            let phrase = self.list[head.number].as_bytes();
            eight & head.mask == head.bytes
                && rest.get(..phrase.len()).is_some_and(|same| same.eq_ignore_ascii_case(phrase))
                && hit(head.number, at)
        })
    }
}

/// The first eight bytes as a number, whatever their case; what is missing reads as nothing.
fn first_eight(bytes: &[u8]) -> u64 {
    let eight = bytes.first_chunk().copied().unwrap_or_else(|| {
        let mut filled = [0; 8];
        filled[..bytes.len()].copy_from_slice(bytes);
        filled
    });
    u64::from_le_bytes(eight) | SMALL
}

/// Hashes the first four bytes, whatever their case, if there are as many: Fibonacci hashing (Knuth, "The Art of Computer
/// Programming", volume 3, 6.4).
fn hash(bytes: &[u8]) -> Option<usize> {
    #[expect(clippy::cast_possible_truncation, reason = "the same bits in four bytes")]
    let four = u32::from_le_bytes(*bytes.first_chunk::<HASHED>()?) | SMALL as u32;
    Some((four.wrapping_mul(0x9e37_79b1) >> (u32::BITS - HASHES.ilog2())) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_every_phrase_is_found() {
        let phrases = ["read more", "more", "©", "ähnlich", "more,", "(c) more", "oreover and more"];
        let search = Phrases::new(phrases.map(str::to_owned));
        for text in [
            "more © read more, moreover ähnlich ©",
            " More © Read more, MOREover ähnlich (c) More © and a line that goes on for more than 64 bytes to read more",
        ] {
            let mut found = Vec::new();
            assert!(!search.find(text, |number, at| {
                found.push((number, at));
                false
            }));
            found.sort_unstable();
            let lower = text.to_ascii_lowercase();
            let mut expected = Vec::new();
            for (number, phrase) in phrases.iter().enumerate() {
                let within = |at: usize| {
                    let word = |at: usize| lower.as_bytes()[at].is_ascii_alphabetic();
                    at > 0 && phrase.len() >= HASHED && word(at - 1) && word(at)
                };
                let places = lower.match_indices(phrase).map(|(at, _)| at).filter(|at| !within(*at));
                expected.extend(places.map(|at| (number, at)));
            }
            assert_eq!(found, expected);
        }
        assert!(search.stand_in("some more") && !search.stand_in("Baltimore or less"));
    }
}
