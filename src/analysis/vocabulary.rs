//! The vocabulary of a text: its words as they stand, folded and not stemmed, each with how often it does.

use super::written::Written;

/// The words of one or several texts. Words that stand in them often are counted where they are remembered anyway, so that
/// counting one costs no look-up of its own.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// The words, one after another.
    words: String,
    /// For each, where it ends in `words`, and how often it was counted.
    counts: Vec<(usize, u32)>,
    /// How many vocabularies were taken before this one.
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
    /// Counts a word once more that was counted at a place; false if it stands there no more, or never did.
    #[inline]
    pub(super) fn count_again(&mut self, place: Place) -> bool {
        if place.vocabulary != self.number {
            return false;
        }
        let Some((_, count)) = self.counts.get_mut(place.at as usize) else { return false };
        *count = count.saturating_add(1);
        true
    }

    /// Counts a word for the first time, and says where. One that was counted before stands there twice then, which is as
    /// good.
    pub(super) fn count(&mut self, word: &str) -> Place {
        // A vocabulary of more words would take gigabytes; the last of them are only not counted again.
        let at = u32::try_from(self.counts.len()).unwrap_or(u32::MAX);
        self.words.push_str(word);
        self.counts.push((self.words.len(), 1));
        Place { vocabulary: self.number, at }
    }

    /// Hands over the words, each as often as it was counted, and begins anew.
    pub(super) fn take(&mut self) -> Written {
        let mut written = Written::default();
        let mut start = 0;
        for (end, count) in self.counts.drain(..) {
            written.push(&self.words[start..end]);
            written.repeat(count - 1);
            start = end;
        }
        self.words.clear();
        // Never the number of no vocabulary.
        self.number = (self.number + 1) % u32::MAX;
        written
    }
}
