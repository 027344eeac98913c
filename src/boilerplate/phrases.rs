//! Many phrases looked for at once: by how they begin, where a word begins, and only then by all of them.

use std::ops::Range;

use fearless_simd::{Level, Simd, dispatch};
use memchr::memmem::Finder;

use crate::analysis::{Classes, bits, fold_plain, one_spaced};

/// Folded phrases to look for in texts, whatever the case of ASCII letters is there.
///
/// A phrase stands only where it does not begin between two letters of ASCII: "more in" does not stand in "Baltimore in".
pub(super) struct Phrases {
    list: Vec<String>,
    /// For each hash of four bytes, what the next four come to in the phrases that begin so, as bits.
    beginnings: Box<[u32; HASHES]>,
    /// How the phrases begin, by hash.
    heads: Vec<Head>,
    /// For each hash of four bytes, the first in `heads` that is no less.
    first: Box<[u16; HASHES]>,
    /// Phrases that are too short for that, with their numbers; they are found in this very case, and anywhere.
    short: Vec<(Finder<'static>, usize)>,
    /// What phrases begin with that is ASCII and no letter.
    openers: Vec<u8>,
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

/// Bytes that are hashed first.
const HASHED: usize = 4;

/// Hashes of as many bytes: one in eight is that of one of the some hundred phrases that there are, and the table stays in
/// the fastest cache.
const HASHES: usize = 1 << 12;

/// The bit by which a small letter of ASCII differs from its capital, in eight bytes. Other bytes may come to look alike
/// with it, which costs no more than a closer look.
const SMALL: u64 = 0x2020_2020_2020_2020;

/// Bytes in which eight follow each of 64 places.
const WINDOW: usize = bits::BYTES + 8;

/// The bit that eight bytes have where they are not ASCII.
const BEYOND_ASCII: u64 = 0x8080_8080_8080_8080;

impl Phrases {
    /// Phrases that are numbered as they come.
    pub(super) fn new(phrases: impl IntoIterator<Item = String>) -> Self {
        let list: Vec<String> = phrases.into_iter().collect();
        let (mut heads, mut short, mut openers) = (Vec::new(), Vec::new(), Vec::new());
        let mut beginnings = Box::new([0; HASHES]);
        for (number, phrase) in list.iter().enumerate() {
            let bytes = phrase.as_bytes();
            if bytes.len() < HASHED {
                short.push((Finder::new(bytes).into_owned(), number));
                continue;
            }
            openers.extend(bytes.first().filter(|byte| byte.is_ascii() && !byte.is_ascii_alphabetic()));
            let (eight, mask) =
                (first_eight(bytes), u64::MAX >> (u64::BITS as usize - 8 * bytes.len().min(8)));
            beginnings[hash(eight)] |= if bytes.len() < 8 { u32::MAX } else { 1 << next(eight) };
            heads.push(Head { hash: hash(eight), bytes: eight & mask, mask, number });
        }
        heads.sort_unstable();
        let mut first = Box::new([0; HASHES]);
        for (hash, first) in first.iter_mut().enumerate() {
            // Of more phrases than that, the last ones would be missed; there are some hundred.
            *first = u16::try_from(heads.partition_point(|head: &Head| head.hash < hash)).unwrap_or(u16::MAX);
        }
        openers.sort_unstable();
        openers.dedup();
        Self { list, beginnings, heads, first, short, openers }
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
        dispatch!(Level::new(), simd => self.find_with(simd, bytes, ascii, &mut hit))
    }

    #[inline(always)]
    fn find_with<S: Simd>(
        &self,
        simd: S,
        bytes: &[u8],
        ascii: bool,
        hit: &mut impl FnMut(usize, usize) -> bool,
    ) -> bool {
        let (mut before, mut from) = (0, 0);
        while from < bytes.len() {
            let (piece, len) = bits::piece(simd, bytes, from);
            let letters = piece.letters();
            let mut begins = letters & !bits::after(letters, before, 1);
            if !ascii {
                begins |= piece.within(0xc2, u8::MAX);
            }
            for opener in &self.openers {
                begins |= piece.equal(*opener);
            }
            for place in bits::places(begins & bits::first(len)) {
                let at = from + place;
                if self.may_begin(first_eight(&bytes[at..])) && self.look(bytes, at, hit) {
                    return true;
                }
            }
            before = letters;
            from += len;
        }
        false
    }

    /// Calls `may_begin` with each place in a text of known classes at which a phrase may stand, once it is folded, as far
    /// as its first eight bytes tell; where a character stands that is not Latin, phrases are not found. Linear.
    pub(super) fn each_place(&self, text: &str, classes: &Classes, mut may_begin: impl FnMut(usize)) {
        let bytes = text.as_bytes();
        for (finder, _) in self.short.iter().filter(|(finder, _)| finder.needle().is_ascii()) {
            finder.find_iter(bytes).for_each(&mut may_begin);
        }
        for opener in &self.openers {
            let may_begin_at = |at: &usize| self.may_begin(first_eight(&bytes[*at..]));
            memchr::memchr_iter(*opener, bytes).filter(may_begin_at).for_each(&mut may_begin);
        }
        let (mut folded, mut before, mut places) = (String::new(), 0, [0; bits::BYTES]);
        let pieces = classes.pieces();
        for (index, piece) in pieces.iter().enumerate() {
            let begins = piece.letters & !bits::after(piece.letters, before, 1);
            before = piece.letters;
            let from = index * bits::BYTES;
            // Before what is not ASCII, a phrase may begin only once that is folded.
            let beyond_ascii = piece.beyond_ascii | pieces.get(index + 1).map_or(0, |next| next.beyond_ascii);
            let count = if beyond_ascii != 0 {
                list_places(begins, &mut places)
            } else if let Some(window) = bytes[from..].first_chunk() {
                self.may_begin_in(window, begins, &mut places)
            } else {
                let mut window = [0; WINDOW];
                window[..bytes.len() - from].copy_from_slice(&bytes[from..]);
                self.may_begin_in(&window, begins, &mut places)
            };
            for at in places[..count].iter().map(|place| from + usize::from(*place)) {
                let eight = first_eight(&bytes[at..]);
                let ascii = eight & BEYOND_ASCII == 0;
                if ascii && self.heads(eight).next().is_some()
                    || !ascii && self.may_fold_at(text, at, &mut folded)
                {
                    may_begin(at);
                }
            }
        }
    }

    /// Lists those of some places in a window at which some phrase seems to begin; gives how many they are. Nothing
    /// branches on what is found: each place is written, and stays if the next is written behind it.
    #[inline]
    fn may_begin_in(&self, window: &[u8; WINDOW], mut begins: u64, places: &mut [u8; bits::BYTES]) -> usize {
        let mut count = 0;
        while begins != 0 {
            let place = begins.trailing_zeros() as usize % bits::BYTES;
            begins &= begins - 1;
            let eight = window[place..].first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight) | SMALL);
            #[expect(clippy::cast_possible_truncation, reason = "it is less than 64")]
            let number = place as u8;
            places[count % bits::BYTES] = number;
            count += usize::from(self.may_begin(eight));
        }
        count
    }

    /// Whether what stands at `at` may be the beginning of some phrase once it is folded.
    #[inline(never)]
    fn may_fold_at(&self, text: &str, at: usize, folded: &mut String) -> bool {
        let eight = first_eight(&text.as_bytes()[at..]);
        // Folding leaves ASCII as it is.
        if eight << u32::BITS & BEYOND_ASCII == 0 && self.beginnings[hash(eight)] == 0 {
            return false;
        }
        // Mostly eight bytes and some give eight folded ones; eight characters of three bytes each surely do.
        [12, 24].into_iter().any(|len| {
            let Some(start) = text.get(at..text.floor_char_boundary(at + len)) else { return false };
            if !fold_plain(start, folded) {
                return true;
            }
            let enough = folded.len() >= 8 || at + len >= text.len();
            (enough || len == 24) && self.heads(first_eight(folded.as_bytes())).next().is_some()
        })
    }

    /// Whether a phrase may begin in a range of a Latin text so shortly before white space at `odd` that its first eight
    /// bytes reach over it, once white space is single spaces and the rest is folded.
    pub(super) fn may_begin_before(
        &self,
        text: &str,
        classes: &Classes,
        range: &Range<usize>,
        odd: usize,
        folded: &mut String,
    ) -> bool {
        // Eight bytes are those of as many characters, of which none takes more than three.
        let window = |from: usize| odd.saturating_sub(from).max(range.start)..odd;
        let ascii = classes.places(&window(8 * 3), |piece| piece.beyond_ascii).next().is_none();
        let window = window(if ascii { 8 } else { 8 * 3 });
        let openers = text.as_bytes()[window.clone()].iter().any(|byte| self.openers.contains(byte));
        let inside = |at: usize| at > range.start && text.as_bytes()[at - 1].is_ascii_alphabetic();
        let mut begins = classes
            .places(&window, |piece| piece.letters)
            .filter(|at| !inside(*at) && text.is_char_boundary(*at));
        openers || begins.any(|at| self.may_fold_spaced(text, at..range.end, odd, folded))
    }

    /// Whether the beginning of a range may be that of some phrase once it is folded, white space from `odd` on too.
    fn may_fold_spaced(&self, text: &str, range: Range<usize>, odd: usize, folded: &mut String) -> bool {
        let eight = first_eight(&text.as_bytes()[range.clone()]);
        if range.start + HASHED <= odd
            && eight << u32::BITS & BEYOND_ASCII == 0
            && self.beginnings[hash(eight)] == 0
        {
            return false;
        }
        // So much text has eight folded bytes, however much white space stands in it; else it may have.
        let end = text.floor_char_boundary(range.end.min(range.start + 64));
        if !fold_plain(&one_spaced(&text[range.start..end]), folded) {
            return true;
        }
        let enough = folded.len() >= 8 || end == range.end;
        !enough || self.heads(first_eight(folded.as_bytes())).next().is_some()
    }

    /// Whether the first eight bytes of some phrase, or all of a shorter one, seem to be these: those of one word in
    /// forty. Nothing branches here, because whether the first four are those of a phrase, as in one word of nine, is
    /// more than a processor can guess.
    #[inline]
    fn may_begin(&self, eight: u64) -> bool {
        self.beginnings[hash(eight)] >> next(eight) & 1 == 1
    }

    /// Whether a phrase that `counts` stands at `at` in a text.
    pub(super) fn stands_at(&self, text: &str, at: usize, mut counts: impl FnMut(usize) -> bool) -> bool {
        let short = |(finder, number): &(Finder<'_>, usize)| {
            text.as_bytes()[at..].starts_with(finder.needle()).then_some(*number)
        };
        self.short.iter().filter_map(short).any(&mut counts)
            || self.look(text.as_bytes(), at, &mut |number, _| counts(number))
    }

    /// How the phrases begin whose first eight bytes, or all of a shorter one, are these.
    fn heads(&self, eight: u64) -> impl Iterator<Item = &Head> {
        let hash = hash(eight);
        let same =
            self.heads[usize::from(self.first[hash])..].iter().take_while(move |head| head.hash == hash);
        same.filter(move |head| eight & head.mask == head.bytes)
    }

    /// Calls `hit` for the phrases that stand at `at` in the text.
    #[inline(never)]
    fn look(&self, bytes: &[u8], at: usize, hit: &mut impl FnMut(usize, usize) -> bool) -> bool {
        let rest = &bytes[at..];
        self.heads(first_eight(rest)).any(|head| {
            let phrase = self.list[head.number].as_bytes();
            rest.get(..phrase.len()).is_some_and(|same| same.eq_ignore_ascii_case(phrase))
                && hit(head.number, at)
        })
    }
}

/// The first eight bytes as a number, whatever their case; what is missing reads as nothing.
#[inline]
fn first_eight(bytes: &[u8]) -> u64 {
    let eight = bytes.first_chunk().copied().unwrap_or_else(|| {
        let mut filled = [0; 8];
        filled[..bytes.len()].copy_from_slice(bytes);
        filled
    });
    u64::from_le_bytes(eight) | SMALL
}

/// Hashes the first four of eight bytes: Fibonacci hashing (Knuth, "The Art of Computer Programming", volume 3, 6.4).
#[inline]
fn hash(eight: u64) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "the first four bytes")]
    let four = eight as u32;
    (four.wrapping_mul(0x9e37_79b1) >> (u32::BITS - HASHES.ilog2())) as usize
}

/// Five bits of the last four of eight bytes: those in which letters differ, of the sixth and of the eighth.
#[inline]
fn next(eight: u64) -> u32 {
    ((eight >> 40 ^ eight >> 56) & 31) as u32
}

/// Lists the places of bits; gives how many they are.
fn list_places(bits: u64, places: &mut [u8; bits::BYTES]) -> usize {
    let mut count = 0;
    for (to, place) in places.iter_mut().zip(bits::places(bits)) {
        #[expect(clippy::cast_possible_truncation, reason = "it is less than 64")]
        let number = place as u8;
        *to = number;
        count += 1;
    }
    count
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
        assert!(search.find("some more", |_, _| true) && !search.find("Baltimore or less", |_, _| true));
    }
}
