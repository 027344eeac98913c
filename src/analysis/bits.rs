//! Classes of bytes as bits: 64 bytes of a text are looked at at once, and each gives one bit of the answer.

use wide::u8x16;

/// Bytes that are looked at at once.
pub const BYTES: usize = 64;

/// Bytes of one lane of [`Bytes`].
const LANE: usize = 16;

/// 64 bytes of a text. The bit of a byte is the one of its place: that of the first byte is the lowest.
pub struct Bytes([u8x16; BYTES / LANE]);

/// The text in pieces of 64 bytes, the last filled up with spaces, each with its number of bytes.
pub fn pieces(text: &[u8]) -> impl Iterator<Item = (Bytes, usize)> {
    let (whole, rest) = text.as_chunks::<BYTES>();
    let last = (!rest.is_empty()).then(|| {
        let mut filled = [b' '; BYTES];
        filled[..rest.len()].copy_from_slice(rest);
        (Bytes::of(&filled), rest.len())
    });
    whole.iter().map(|bytes| (Bytes::of(bytes), BYTES)).chain(last)
}

/// The bits of 64 bytes moved on by `by` places, with those that came before them moved in.
#[inline]
pub const fn after(bits: u64, before: u64, by: u32) -> u64 {
    bits << by | before >> (u64::BITS - by)
}

/// The bits of the first `len` bytes.
#[inline]
pub const fn first(len: usize) -> u64 {
    if len < BYTES { (1 << len) - 1 } else { u64::MAX }
}

/// The places of the bits that are set, in order.
#[inline]
pub fn places(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = (bits != 0).then_some(bits.trailing_zeros() as usize)?;
        bits &= bits - 1;
        Some(place)
    })
}

impl Bytes {
    #[inline]
    pub fn of(bytes: &[u8; BYTES]) -> Self {
        let (lanes, _) = bytes.as_chunks::<LANE>();
        Self(std::array::from_fn(|lane| u8x16::new(lanes[lane])))
    }

    /// The bytes that are `byte`.
    #[inline]
    pub fn equal(&self, byte: u8) -> u64 {
        self.bits(|lane| lane.simd_eq(u8x16::splat(byte)))
    }

    /// The bytes from `first` to `last`.
    #[inline]
    pub fn within(&self, first: u8, last: u8) -> u64 {
        self.bits(|lane| within(lane, first, last))
    }

    /// The bytes of characters beyond ASCII.
    #[inline]
    pub fn beyond_ascii(&self) -> u64 {
        self.bits(|lane| lane)
    }

    /// The ASCII letters.
    #[inline]
    pub fn letters(&self) -> u64 {
        // One bit makes a small letter of a capital, and no letter of anything else.
        self.bits(|lane| within(lane | u8x16::splat(b' '), b'a', b'z'))
    }

    /// Of the ASCII letters, those that are no capitals.
    #[inline]
    pub fn small(&self) -> u64 {
        // The bit of the small letters, moved to where the bits of an answer are taken from.
        self.bits(|lane| {
            let twice = lane + lane;
            twice + twice
        })
    }

    #[inline]
    fn bits(&self, of: impl Fn(u8x16) -> u8x16) -> u64 {
        let lanes = self.0.iter().rev();
        lanes.fold(0, |bits, lane| bits << LANE | u64::from(of(*lane).to_bitmask()))
    }
}

#[inline]
fn within(lane: u8x16, first: u8, last: u8) -> u8x16 {
    // What is less than the first wraps around to more than any distance.
    let distance = lane - u8x16::splat(first);
    distance.min(u8x16::splat(last - first)).simd_eq(distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bit_says_what_its_byte_is() {
        let text: Vec<u8> = (0..=255).chain(*b"the last piece is short").collect();
        let mut at = 0;
        for (bytes, len) in pieces(&text) {
            let (letters, spaces) = (bytes.letters(), bytes.equal(b' '));
            let (digits, high) = (bytes.within(b'0', b'9'), bytes.within(0x80, 0xff));
            for bit in 0..BYTES {
                let byte = text.get(at + bit).copied().unwrap_or(b' ');
                assert_eq!(letters >> bit & 1 == 1, byte.is_ascii_alphabetic(), "{byte}");
                assert_eq!(spaces >> bit & 1 == 1, byte == b' ', "{byte}");
                assert_eq!(digits >> bit & 1 == 1, byte.is_ascii_digit(), "{byte}");
                assert_eq!(high >> bit & 1 == 1, !byte.is_ascii(), "{byte}");
            }
            at += len;
        }
        assert_eq!(at, text.len());
    }
}
