//! Text to terms: words, folding and stemming, the one chain that index, query, near-duplicates and highlights share.
//!
//! The chain is: words by UAX #29, with compounds that a point, colon or underscore holds together taken apart, and
//! scripts without spaces taken apart further (`unspaced`) → small letters → the stem of the language (`language`) →
//! folding (accents, typographic apostrophes). English folds before it stems; stems of other languages carry its name. Offsets always refer to the text as it was
//! given, so a folded, stemmed, highlighted word points at itself.

pub(crate) mod bits;
mod classes;
mod fold;
mod language;
mod lexicon;
mod reading;
mod sentence;
mod space;
mod stems;
mod term;
mod unspaced;
mod vocabulary;
mod word;

pub use classes::Classes;
pub use fold::{fold, fold_into, fold_plain};
pub use language::{Stemming, language_of};
pub use lexicon::Lexicon;
pub use reading::Letters;
pub use sentence::{ends_sentence, is_terminal, sentences};
pub use space::{is_one_spaced, one_spaced};
pub use term::{Analyzer, BESIDE, MAX_TERM_BYTES, Term, without_language};
pub use unspaced::{is_in_pairs, is_unspaced, typed_words, units, without_particle};
pub use word::{
    Stretch, Tally, count as count_words, each_number, each_stretch, for_each as for_each_word, is_plain,
    tally, words,
};

/// Version of the chain. Raise it whenever any text could give other terms: it is part of the index fingerprint, so that
/// what was indexed by an older chain is read again.
pub const VERSION: u32 = 3;
