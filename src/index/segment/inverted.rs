//! One field of a segment while it is made: what each document holds, one document after another, and from that, what
//! Tantivy writes: for each term, the documents that hold it.
//!
//! Numbers of terms are written down as they come, a byte or two for each, and sorted by term when the segment is
//! written: each term of a text costs a look-up in one table and no more. Inverting them as they come would look each up
//! where no cache has it, and wait for it (Zobel and Moffat, "Inverted files for text search engines", ACM Computing
//! Surveys 38, 2006, section 5.2, on inversion by sorting).

use std::ops::Range;

use tantivy::DocId;
use tantivy::fieldnorm::FieldNormReaders;
use tantivy::postings::{FieldSerializer, InvertedIndexSerializer};
use tantivy::schema::{Field, IndexRecordOption};

use crate::analysis::{BESIDE, Lexicon};
use crate::packed::put_number;

/// What no term of the batch at hand has for a place among its entries.
const NOWHERE: u32 = u32::MAX;

/// A field in the making.
pub(super) struct Inverted {
    field: Field,
    holds: IndexRecordOption,
    /// For each document with the field, how many documents after the one before it is, how many numbers follow, and they.
    log: Vec<u8>,
    /// The last document of the log.
    last: DocId,
    /// Terms of all documents, each as often as it is there.
    terms: u64,
}

/// Entries of a batch of terms, and what is reserved for them, which serve one field after another.
#[derive(Default)]
pub(super) struct Batch {
    /// A document in the upper half, where or how often it holds the term in the lower.
    entries: Vec<u64>,
    /// For each term, how many entries it has in all.
    counts: Vec<u32>,
    /// For each term, where its next entry goes.
    next: Vec<u32>,
    /// Where or how often the documents of one term hold it, one document after another.
    steps: Vec<u32>,
    /// The documents of one term, each with where its steps end.
    documents: Vec<(DocId, usize)>,
}

impl Inverted {
    /// A field of which nothing is known yet; `holds` is what its terms are recorded with.
    pub(super) fn new(field: Field, holds: IndexRecordOption) -> Self {
        Self { field, holds, log: Vec::new(), last: 0, terms: 0 }
    }

    /// The field.
    pub(super) fn field(&self) -> Field {
        self.field
    }

    /// What it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.log.len()
    }

    /// Adds the terms of the next document of a field with places, which are `terms` without what stands before those
    /// that have their place with another.
    pub(super) fn add_places(&mut self, document: DocId, numbers: &[u32], terms: u64) {
        self.begin(document, numbers.len());
        numbers.iter().for_each(|number| put_number(&mut self.log, u64::from(*number)));
        self.terms += terms;
    }

    /// Adds the terms of the next document of a field with frequencies, each with its own. A term may come twice.
    pub(super) fn add_counts(&mut self, document: DocId, counts: &[(u32, u32)]) {
        self.begin(document, counts.len());
        for (number, count) in counts {
            put_number(&mut self.log, u64::from(*number));
            put_number(&mut self.log, u64::from(*count));
            self.terms += u64::from(*count);
        }
    }

    /// Adds the one term of the next document of a field of values.
    pub(super) fn add_value(&mut self, document: DocId, number: u32) {
        self.begin(document, 1);
        put_number(&mut self.log, u64::from(number));
        self.terms += 1;
    }

    fn begin(&mut self, document: DocId, numbers: usize) {
        put_number(&mut self.log, u64::from(document - self.last));
        put_number(&mut self.log, numbers as u64);
        self.last = document;
    }

    /// Calls `visit` with each term, in the order in which they came: its number, its document, and its place or
    /// frequency.
    #[inline]
    fn each(&self, mut visit: impl FnMut(u32, DocId, u32)) {
        let rest = &mut self.log.as_slice();
        let mut document = 0;
        while !rest.is_empty() {
            document += number(rest);
            let numbers = number(rest);
            match self.holds {
                IndexRecordOption::WithFreqsAndPositions => {
                    let (mut place, mut beside) = (u32::MAX, false);
                    for _ in 0..numbers {
                        let number = number(rest);
                        if number == BESIDE {
                            beside = true;
                            continue;
                        }
                        place = place.wrapping_add(u32::from(!std::mem::take(&mut beside)));
                        visit(number, document, place);
                    }
                }
                IndexRecordOption::WithFreqs => {
                    for _ in 0..numbers {
                        let (number, count) = (number(rest), number(rest));
                        visit(number, document, count);
                    }
                }
                IndexRecordOption::Basic => {
                    for _ in 0..numbers {
                        visit(number(rest), document, 0);
                    }
                }
            }
        }
    }

    /// Writes the field. `order` are the numbers of the lexicon's terms in the order of the terms; `most` is how many
    /// entries are sorted at once, of eight bytes each: as many times as they do not fit, the log is read again.
    pub(super) fn write(
        &self,
        lexicon: &Lexicon,
        order: &[u32],
        most: usize,
        batch: &mut Batch,
        norms: &FieldNormReaders,
        serializer: &mut InvertedIndexSerializer,
    ) -> tantivy::Result<()> {
        if self.terms == 0 {
            return Ok(());
        }
        batch.counts.clear();
        batch.counts.resize(lexicon.len() + 1, 0);
        self.each(|number, _, _| batch.counts[number as usize] += 1);
        batch.next.clear();
        batch.next.resize(lexicon.len() + 1, NOWHERE);
        let norms = norms.get_field(self.field)?;
        let mut field = serializer.new_field(self.field, self.terms, norms)?;
        let mut rest = order;
        while !rest.is_empty() {
            let (terms, after) = rest.split_at(batch.fitting(rest, most));
            rest = after;
            let ranges = batch.reserve(terms);
            self.each(|number, document, held| {
                let next = &mut batch.next[number as usize];
                if *next != NOWHERE {
                    batch.entries[*next as usize] = u64::from(document) << 32 | u64::from(held);
                    *next += 1;
                }
            });
            for (number, range) in ranges {
                batch.next[number as usize] = NOWHERE;
                batch.write_term(lexicon.term(number).as_bytes(), range, self.holds, &mut field)?;
            }
        }
        field.close()?;
        Ok(())
    }
}

impl Batch {
    /// What it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.entries.capacity() * size_of::<u64>()
            + (self.counts.capacity() + self.next.capacity() + self.steps.capacity()) * size_of::<u32>()
    }

    /// How many of the next terms have no more than `most` entries together; one at least.
    fn fitting(&self, terms: &[u32], most: usize) -> usize {
        let mut sum = 0;
        let fitting = terms.iter().take_while(|number| {
            sum += self.counts[**number as usize] as usize;
            sum <= most
        });
        fitting.count().max(1)
    }

    /// Reserves entries for terms, and says which those of each are. Those that have none are left out.
    fn reserve(&mut self, terms: &[u32]) -> Vec<(u32, Range<usize>)> {
        let mut ranges = Vec::new();
        let mut start = 0;
        for number in terms {
            let count = self.counts[*number as usize];
            if count > 0 {
                self.next[*number as usize] = start;
                ranges.push((*number, start as usize..(start + count) as usize));
                start += count;
            }
        }
        self.entries.clear();
        self.entries.resize(start as usize, 0);
        ranges
    }

    /// Writes a term with its entries, which are in the order of their documents.
    fn write_term(
        &mut self,
        term: &[u8],
        range: Range<usize>,
        holds: IndexRecordOption,
        field: &mut FieldSerializer<'_>,
    ) -> std::io::Result<()> {
        self.steps.clear();
        self.documents.clear();
        let (mut before, mut place) = (None, 0);
        for entry in &self.entries[range] {
            #[expect(clippy::cast_possible_truncation, reason = "halves are taken")]
            let (document, held) = ((entry >> 32) as DocId, *entry as u32);
            if before != Some(document) {
                self.documents.push((document, self.steps.len()));
                (before, place) = (Some(document), 0);
            }
            self.steps.push(held - place);
            if holds.has_positions() {
                place = held;
            }
            if let Some((_, end)) = self.documents.last_mut() {
                *end = self.steps.len();
            }
        }
        let documents = u32::try_from(self.documents.len()).unwrap_or(u32::MAX);
        field.new_term(term, if holds.has_freq() { documents } else { 0 }, holds.has_freq())?;
        let mut start = 0;
        for (document, end) in &self.documents {
            let steps = &self.steps[start..*end];
            match holds {
                IndexRecordOption::WithFreqsAndPositions => {
                    field.write_doc(*document, u32::try_from(steps.len()).unwrap_or(u32::MAX), steps);
                }
                IndexRecordOption::WithFreqs => field.write_doc(*document, steps.iter().sum(), &[]),
                IndexRecordOption::Basic => field.write_doc(*document, 0, &[]),
            }
            start = *end;
        }
        field.close_term()
    }
}

/// The next number of a log, which has no others than those of [`put_number`], of 32 bits at most.
#[inline]
fn number(rest: &mut &[u8]) -> u32 {
    let mut number = 0;
    let mut shift = 0;
    while let Some((byte, after)) = rest.split_first() {
        *rest = after;
        number |= u32::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            break;
        }
        shift = (shift + 7) % 32;
    }
    number
}
