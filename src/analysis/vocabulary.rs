//! The vocabulary of a text: its words as they stand, folded and not stemmed, each with how often it does.

use super::stems::Known;

/// The words of one or several texts, by their numbers. How often a word was counted stands where it is remembered anyway,
/// so that counting one costs no look-up of its own.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// For each word, its number and how often it was counted.
    counts: Vec<(u32, u32)>,
    /// How many vocabularies were begun before this one.
    number: u32,
}

/// Where a word stands in the vocabulary that counted it last.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    vocabulary: u32,
    at: u32,
}

impl Default for Place {
    /// Nowhere.
    fn default() -> Self {
        Self { vocabulary: u32::MAX, at: 0 }
    }
}

impl Vocabulary {
    /// Counts a word once more.
    #[inline]
    pub(super) fn count(&mut self, known: &mut Known) {
        if known.place.vocabulary == self.number
            && let Some((_, count)) = self.counts.get_mut(known.place.at as usize)
        {
            *count = count.saturating_add(1);
            return;
        }
        // A vocabulary of more words would take gigabytes; the last of them are only not counted again.
        let at = u32::try_from(self.counts.len()).unwrap_or(u32::MAX);
        known.place = Place { vocabulary: self.number, at };
        self.count_anew(known.word);
    }

    /// Counts a word that is remembered nowhere. One that was counted before stands there twice then, which is as good.
    pub(super) fn count_anew(&mut self, word: u32) {
        self.counts.push((word, 1));
    }

    /// The words that were counted since the vocabulary was begun.
    pub(super) fn counts(&self) -> &[(u32, u32)] {
        &self.counts
    }

    /// Begins anew.
    pub(super) fn clear(&mut self) {
        self.counts.clear();
        // Never the number of no vocabulary.
        self.number = (self.number + 1) % u32::MAX;
    }
}
