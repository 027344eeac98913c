//! Classes of bytes as bits: 64 bytes of a text are looked at at once, and each gives one bit of the answer.

use fearless_simd::prelude::*;
use fearless_simd::{i8x64, u8x64};

/// Bytes that are looked at at once.
pub const BYTES: usize = 64;

/// 64 bytes of a text, for a processor of the kind `S`. The bit of a byte is the one of its place: that of the first byte
/// is the lowest.
///
/// Functions that are generic over the kind are compiled for each of them, and so are inlined to where
/// [`dispatch!`](fearless_simd::dispatch) chooses the one that there is.
pub struct Bytes<S: Simd>(u8x64<S>);

/// The 64 bytes from `from` on, filled up with spaces, and how many of them are the text's.
#[inline(always)]
pub fn piece<S: Simd>(simd: S, text: &[u8], from: usize) -> (Bytes<S>, usize) {
    let rest = &text[from..];
    if let Some(bytes) = rest.first_chunk() {
        return (Bytes::of(simd, bytes), BYTES);
    }
    let mut filled = [b' '; BYTES];
    filled[..rest.len()].copy_from_slice(rest);
    (Bytes::of(simd, &filled), rest.len())
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

impl<S: Simd> Bytes<S> {
    #[inline(always)]
    pub fn of(simd: S, bytes: &[u8; BYTES]) -> Self {
        Self(u8x64::from_slice(simd, bytes))
    }

    /// The bytes that are `byte`.
    #[inline(always)]
    pub fn equal(&self, byte: u8) -> u64 {
        self.0.simd_eq(byte).to_bitmask()
    }

    /// The bytes from `first` to `last`.
    #[inline(always)]
    pub fn within(&self, first: u8, last: u8) -> u64 {
        within(self.0, first, last)
    }

    /// The bytes of characters beyond ASCII.
    #[inline(always)]
    pub fn beyond_ascii(&self) -> u64 {
        fearless_simd::Bytes::bitcast::<i8x64<S>>(self.0).simd_lt(0).to_bitmask()
    }

    /// The ASCII letters.
    #[inline(always)]
    pub fn letters(&self) -> u64 {
        // One bit makes a small letter of a capital, and no letter of anything else.
        within(self.0 | b' ', b'a', b'z')
    }

    /// The ASCII capitals.
    #[inline(always)]
    pub fn capitals(&self) -> u64 {
        within(self.0, b'A', b'Z')
    }
}

#[inline(always)]
fn within<S: Simd>(bytes: u8x64<S>, first: u8, last: u8) -> u64 {
    // What is less than the first wraps around to more than any distance.
    let distance = bytes - first;
    distance.min(last - first).simd_eq(distance).to_bitmask()
}

#[cfg(test)]
mod tests {
    use fearless_simd::{Level, dispatch};

    use super::*;

    #[test]
    fn each_bit_says_what_its_byte_is() {
        let text: Vec<u8> = (0..=255).chain(*b"the last piece is short").collect();
        let mut at = 0;
        while at < text.len() {
            let (len, [letters, capitals, spaces, digits, high]) = dispatch!(Level::new(), simd => {
                let (bytes, len) = piece(simd, &text, at);
                let digits = bytes.within(b'0', b'9');
                (len, [bytes.letters(), bytes.capitals(), bytes.equal(b' '), digits, bytes.beyond_ascii()])
            });
            for bit in 0..BYTES {
                let byte = text.get(at + bit).copied().unwrap_or(b' ');
                assert_eq!(letters >> bit & 1 == 1, byte.is_ascii_alphabetic(), "{byte}");
                assert_eq!(capitals >> bit & 1 == 1, byte.is_ascii_uppercase(), "{byte}");
                assert_eq!(spaces >> bit & 1 == 1, byte == b' ', "{byte}");
                assert_eq!(digits >> bit & 1 == 1, byte.is_ascii_digit(), "{byte}");
                assert_eq!(high >> bit & 1 == 1, !byte.is_ascii(), "{byte}");
            }
            at += len;
        }
        assert_eq!(at, text.len());
    }
}
