//! What a passage's own text says of its quality, from the evidence that boilerplate detection uses.

use fearless_simd::{Level, Simd, dispatch};

use crate::analysis::{Letters, bits, ends_sentence};

/// A named number that quality is made of, for explanations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Feature {
    /// Name of the feature.
    pub name: &'static str,
    /// Its value, from 0 (bad) to 1 (good).
    pub value: f32,
    /// Its share of the quality.
    pub weight: f32,
}

/// Words after which a passage is long enough to say something by itself.
pub const FULL_LENGTH: usize = 25;

/// How much a passage reads like text somebody wrote to be read, from 0 to 1.
///
/// `words` is the number of its words, or any that is no less than [`FULL_LENGTH`] if it has that many; `letters` is how
/// much of it is letters, where that is known; `kept` is the share of the passage's source range that was kept: prose out
/// of which much had to be cut is worse prose. Linear in the text.
///
/// It tells what cleaning missed from content: of two passages of the labelled pages, one that is mostly boilerplate and one
/// that is not, the second has the higher quality in about four of five cases (`.ci/quality.py` measures it).
#[must_use]
pub fn quality(text: &str, words: usize, letters: Option<Letters>, kept: f32) -> (f32, [Feature; 4]) {
    let Letters { letters, all } = letters.unwrap_or_else(|| count_letters(text));
    #[expect(clippy::cast_precision_loss, reason = "counts of words are far below 2^24")]
    let (words, full, letters, all) = (words as f32, FULL_LENGTH as f32, letters as f32, all.max(1) as f32);
    let features = [
        Feature { name: "length", value: (words / full).min(1.0), weight: 0.3 },
        Feature { name: "ends-sentence", value: f32::from(u8::from(ends_sentence(text))), weight: 0.25 },
        Feature { name: "letters", value: ((letters / all - 0.5) / 0.4).clamp(0.0, 1.0), weight: 0.2 },
        Feature { name: "kept", value: kept.clamp(0.0, 1.0), weight: 0.25 },
    ];
    let quality = features.iter().map(|feature| feature.value * feature.weight).sum::<f32>();
    // Two digits are all that the evidence carries.
    ((quality * 100.0).round() / 100.0, features)
}

/// How much of a text is letters.
fn count_letters(text: &str) -> Letters {
    dispatch!(Level::new(), simd => count_letters_with(simd, text))
}

#[inline(always)]
fn count_letters_with<S: Simd>(simd: S, text: &str) -> Letters {
    let (mut letters, mut all, mut from) = (0, text.len(), 0);
    while from < text.len() {
        let (bytes, len) = bits::piece(simd, text.as_bytes(), from);
        let counted = bytes.letters() | bytes.equal(b' ') | bytes.within(b'\t', b'\r');
        letters += (counted & bits::first(len)).count_ones() as usize;
        let beyond_ascii = bytes.beyond_ascii();
        if beyond_ascii != 0 {
            // All bytes of a character but its first.
            let rest = bytes.within(0x80, 0xbf);
            all -= rest.count_ones() as usize;
            letters +=
                bits::places(beyond_ascii & !rest).filter(|place| is_letter(&text[from + place..])).count();
        }
        from += len;
    }
    Letters { letters, all }
}

/// Whether a text begins with a letter or white space beyond ASCII.
fn is_letter(text: &str) -> bool {
    // The quotes, dashes and dots of English.
    !matches!(text.as_bytes(), [0xe2, 0x80, 0x90..=0xa6, ..])
        && text.starts_with(|c: char| c.is_alphabetic() || c.is_whitespace())
}
