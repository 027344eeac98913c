//! Where the forms of a query word stand: postings of stems, and of phrases among them.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED};

use super::terms::Form;
use crate::index::{Index, LiveStatistics};

/// The passages of one segment that hold a form, in order.
pub struct Occurrences {
    /// One for each word of the form.
    words: Vec<SegmentPostings>,
    /// Positions at which the form begins in the current passage, of a form of several words.
    begins: Vec<u32>,
}

impl Occurrences {
    /// The occurrences of a form in a field; `None` if a word of it is not there. Positions of a single word are read
    /// if `option` has them.
    pub fn open(
        segment: &SegmentReader,
        field: Field,
        form: &Form,
        option: IndexRecordOption,
    ) -> tantivy::Result<Option<Self>> {
        let inverted = segment.inverted_index(field)?;
        let several = form.stems.len() > 1;
        let option = if several { IndexRecordOption::WithFreqsAndPositions } else { option };
        let mut words = Vec::with_capacity(form.stems.len());
        for term in form.terms(field) {
            let Some(postings) = inverted.read_postings(&term, option)? else { return Ok(None) };
            words.push(postings);
        }
        if words.is_empty() {
            return Ok(None);
        }
        let mut occurrences = Self { words, begins: Vec::new() };
        occurrences.settle();
        Ok(Some(occurrences))
    }

    /// The current passage; [`TERMINATED`] after the last.
    pub fn passage(&self) -> DocId {
        self.words.first().map_or(TERMINATED, DocSet::doc)
    }

    /// Goes to the next passage.
    pub fn advance(&mut self) -> DocId {
        if let Some(first) = self.words.first_mut() {
            first.advance();
        }
        self.settle()
    }

    /// Goes to the first passage that is not before `target`.
    pub fn seek(&mut self, target: DocId) -> DocId {
        if let Some(first) = self.words.first_mut().filter(|first| first.doc() < target) {
            first.seek(target);
        }
        self.settle()
    }

    /// How often the form stands in the current passage.
    pub fn frequency(&self) -> u32 {
        match self.words.as_slice() {
            [word] => word.term_freq(),
            _ => u32::try_from(self.begins.len()).unwrap_or(u32::MAX),
        }
    }

    /// The positions at which it stands there.
    pub fn positions(&mut self, positions: &mut Vec<u32>) {
        match self.words.as_mut_slice() {
            [word] => word.positions(positions),
            _ => positions.clone_from(&self.begins),
        }
    }

    /// Goes on to a passage that holds the words one after another.
    fn settle(&mut self) -> DocId {
        let Some((first, others)) = self.words.split_first_mut() else { return TERMINATED };
        while !others.is_empty() && first.doc() != TERMINATED {
            let passage = first.doc();
            let ahead = others
                .iter_mut()
                .map(|word| if word.doc() < passage { word.seek(passage) } else { word.doc() })
                .find(|found| *found != passage);
            match ahead {
                Some(TERMINATED) => {
                    first.seek(TERMINATED);
                }
                Some(ahead) => {
                    first.seek(ahead);
                }
                None => {
                    first.positions(&mut self.begins);
                    let mut next = Vec::new();
                    for (distance, word) in (1..).zip(others.iter_mut()) {
                        word.positions(&mut next);
                        self.begins.retain(|begin| next.binary_search(&(begin + distance)).is_ok());
                    }
                    if !self.begins.is_empty() {
                        break;
                    }
                    first.advance();
                }
            }
        }
        first.doc()
    }
}

/// In how many live passages a field holds any of the forms, at most: one that holds two counts twice.
pub fn frequency(index: &Index, live: &LiveStatistics, field: Field, forms: &[Form]) -> tantivy::Result<u64> {
    let mut frequency = 0;
    for form in forms {
        if let [term] = form.terms(field).as_slice() {
            frequency += live.document_frequency(term)?;
            continue;
        }
        for segment in index.searcher.segment_readers() {
            let Some(mut found) = Occurrences::open(segment, field, form, IndexRecordOption::Basic)? else {
                continue;
            };
            while found.passage() != TERMINATED {
                frequency += u64::from(!segment.is_deleted(found.passage()));
                found.advance();
            }
        }
    }
    Ok(frequency)
}
