//! Passages found by stems and confirmed by their texts: what a pattern is that not every form of a word fits.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, OnceLock};

use tantivy::error::DataCorruption;
use tantivy::fastfield::AliveBitSet;
use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::store::StoreReader;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError};

use crate::analysis::{fold_into, units};
use crate::index::{StoredBytes, StoredPassage};

/// Those of the passages that another query finds whose texts hold one of some words. Every passage that it is asked for is
/// read: it is as dear as the passages that hold the stems are many.
pub struct Confirmed {
    by_stems: Box<dyn Query>,
    /// Folded words.
    words: Arc<HashSet<String>>,
    unread: Unread,
}

/// The first text that could not be read. Whoever matches passages cannot say so, and one whose text is not known is taken for
/// one that does not match.
#[derive(Clone, Default)]
pub struct Unread(Arc<OnceLock<TantivyError>>);

impl Unread {
    /// Whether all texts that were asked for could be read.
    ///
    /// # Errors
    ///
    /// When one could not.
    pub fn check(&self) -> tantivy::Result<()> {
        self.0.get().map_or(Ok(()), |error| Err(error.clone()))
    }
}

impl Confirmed {
    /// The passages that `by_stems` finds and whose texts hold one of the words. `unread` is told of texts that cannot be read.
    pub fn new(by_stems: Box<dyn Query>, words: HashSet<String>, unread: &Unread) -> Self {
        Self { by_stems, words: Arc::new(words), unread: unread.clone() }
    }
}

impl Clone for Confirmed {
    fn clone(&self) -> Self {
        Self {
            by_stems: self.by_stems.box_clone(),
            words: Arc::clone(&self.words),
            unread: self.unread.clone(),
        }
    }
}

impl fmt::Debug for Confirmed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Confirmed").field("by_stems", &self.by_stems).finish_non_exhaustive()
    }
}

impl Query for Confirmed {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let by_stems = self.by_stems.weight(scoring)?;
        Ok(Box::new(ConfirmedWeight {
            by_stems,
            words: Arc::clone(&self.words),
            unread: self.unread.clone(),
        }))
    }
}

struct ConfirmedWeight {
    by_stems: Box<dyn Weight>,
    words: Arc<HashSet<String>>,
    unread: Unread,
}

impl Weight for ConfirmedWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut scorer = ConfirmedScorer {
            by_stems: self.by_stems.scorer(segment, boost)?,
            texts: segment.get_store_reader(1)?,
            alive: segment.alive_bitset().cloned(),
            words: Arc::clone(&self.words),
            unread: self.unread.clone(),
        };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, segment: &SegmentReader, passage: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(segment, 1.0)?;
        if scorer.doc() > passage || scorer.seek(passage) != passage {
            return Err(TantivyError::InvalidArgument(format!("passage {passage} does not match")));
        }
        self.by_stems.explain(segment, passage)
    }
}

struct ConfirmedScorer {
    by_stems: Box<dyn Scorer>,
    texts: StoreReader,
    alive: Option<AliveBitSet>,
    words: Arc<HashSet<String>>,
    unread: Unread,
}

impl ConfirmedScorer {
    /// Goes on to a passage that is confirmed, unless the current one is.
    fn settle(&mut self) -> DocId {
        while self.by_stems.doc() != TERMINATED && !self.is_confirmed() {
            self.by_stems.advance();
        }
        self.by_stems.doc()
    }

    /// Whether the current passage is not deleted and its text holds one of the words.
    fn is_confirmed(&self) -> bool {
        if self.alive.as_ref().is_some_and(|alive| !alive.is_alive(self.by_stems.doc())) {
            return false;
        }
        match self.text() {
            Ok(text) => {
                let mut folded = String::new();
                units(&text).into_iter().any(|range| {
                    fold_into(&text[range], &mut folded);
                    self.words.contains(&folded)
                })
            }
            Err(error) => {
                // Only the first one is told of.
                let _ = self.unread.0.set(error);
                false
            }
        }
    }

    fn text(&self) -> tantivy::Result<String> {
        let StoredBytes(bytes) = self.texts.get(self.by_stems.doc())?;
        let broken = || DataCorruption::comment_only("a stored passage is broken");
        StoredPassage::from_bytes(&bytes).map(|passage| passage.text).ok_or_else(|| broken().into())
    }
}

impl DocSet for ConfirmedScorer {
    fn advance(&mut self) -> DocId {
        self.by_stems.advance();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.by_stems.seek(target);
        self.settle()
    }

    fn doc(&self) -> DocId {
        self.by_stems.doc()
    }

    fn size_hint(&self) -> u32 {
        self.by_stems.size_hint()
    }
}

impl Scorer for ConfirmedScorer {
    fn score(&mut self) -> Score {
        self.by_stems.score()
    }
}
