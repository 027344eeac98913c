//! One field of a segment while it is made: what each document holds, one document after another, and from that, what
//! Tantivy writes: for each term, the documents that hold it.
//!
//! Numbers of terms are written down as they come, two bytes for most, and sorted by term when the segment is written: each
//! term of a text costs a look-up in one table and no more. To invert them as they come, each would be looked up where no
//! cache has it, and waited for (Zobel and Moffat, "Inverted files for text search engines", ACM Computing Surveys 38,
//! 2006, compare ways of inversion, this one as sorting).

use std::ops::Range;

use tantivy::DocId;
use tantivy::fieldnorm::FieldNormReaders;
use tantivy::postings::{FieldSerializer, InvertedIndexSerializer};
use tantivy::schema::{Field, IndexRecordOption};

use crate::analysis::{BESIDE, Lexicon};

/// What no term of the batch at hand has for a place among its entries.
const NOWHERE: u32 = u32::MAX;

/// A field in the making.
pub(super) struct Inverted {
    field: Field,
    holds: IndexRecordOption,
    /// For each document with the field, how many documents after the one before it is, how much of the log its numbers
    /// take (always in two parts), and they. Of a field of values, for each run of documents with the same value how many
    /// documents after the beginning of the run before it begins, the number, and how many documents it has.
    log: Log,
    /// The run of documents with the same value that may go on.
    run: Option<Run>,
    /// The document that those of the log count from.
    first: DocId,
    /// The last document of the log.
    last: DocId,
    /// Terms of all documents, each as often as it is there.
    terms: u64,
}

/// Documents one after another with the same value.
#[derive(Clone, Copy)]
struct Run {
    first: DocId,
    number: u32,
    len: u32,
}

/// Numbers in two bytes each; large ones in six.
#[derive(Default)]
struct Log(Vec<u16>);

/// What stands before a number of more than two bytes.
const LARGE: u16 = u16::MAX;

/// Stands before a frequency that is not 1 and the number of its term.
const OFTEN: u32 = 0;

/// Entries of a batch of terms, and what is reserved for them, which serve one field after another.
#[derive(Default)]
pub(super) struct Batch {
    /// A document in the upper half, where or how often it holds the term in the lower.
    entries: Vec<u64>,
    /// For each term, how many entries it has in all.
    counts: Vec<u32>,
    /// For each term, where its next entry goes.
    next: Vec<u32>,
    /// From one place to the next where a document holds a term.
    steps: Vec<u32>,
}

/// What a batch takes for each term of the lexicon: how many entries, where the next one goes, and its own number in order.
pub(super) const OF_EACH_TERM: usize = 3 * size_of::<u32>();

impl Inverted {
    /// A field of which nothing is known yet; `holds` is what its terms are recorded with.
    pub(super) fn new(field: Field, holds: IndexRecordOption) -> Self {
        Self { field, holds, log: Log::default(), run: None, first: 0, last: 0, terms: 0 }
    }

    /// The field.
    pub(super) fn field(&self) -> Field {
        self.field
    }

    /// Forgets all documents, and keeps as much memory as they took: the terms that are known by then take more for the
    /// next segment, whose documents are fewer for it.
    pub(super) fn clear(&mut self) {
        self.log.0.shrink_to_fit();
        self.log.0.clear();
        self.run = None;
        (self.first, self.last, self.terms) = (0, 0, 0);
    }

    /// Says which document those that were added count from.
    pub(super) fn count_from(&mut self, first: DocId) {
        self.first = first;
    }

    /// What it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.log.0.len() * size_of::<u16>()
    }

    /// Adds the terms of the next document of a field with places, which are `terms` without what stands before those
    /// that have their place with another.
    pub(super) fn add_places(&mut self, document: DocId, numbers: &[u32], terms: u64) {
        self.add(document, |log| numbers.iter().for_each(|number| log.put(*number)));
        self.terms += terms;
    }

    /// Adds the terms of the next document of a field with frequencies, each with its own. A term may come twice.
    pub(super) fn add_counts(&mut self, document: DocId, counts: &[(u32, u32)]) {
        self.add(document, |log| {
            for (number, count) in counts {
                if *count != 1 {
                    log.put(OFTEN);
                    log.put(*count);
                }
                log.put(*number);
            }
        });
        self.terms += counts.iter().map(|(_, count)| u64::from(*count)).sum::<u64>();
    }

    /// Adds the one term of the next document of a field of values.
    pub(super) fn add_value(&mut self, document: DocId, number: u32) {
        self.terms += 1;
        if let Some(run) = &mut self.run {
            if run.number == number && run.first + run.len == document {
                run.len += 1;
                return;
            }
            self.log.put(run.first - self.last);
            self.log.put(run.number);
            self.log.put(run.len);
            self.last = run.first;
        }
        self.run = Some(Run { first: document, number, len: 1 });
    }

    /// Adds the numbers of a document.
    #[inline]
    fn add(&mut self, document: DocId, put: impl FnOnce(&mut Log)) {
        self.log.put(document - self.last);
        self.last = document;
        let at = self.log.0.len();
        self.log.0.extend([0, 0]);
        put(&mut self.log);
        // No document has more: it would have gigabytes.
        let len = u32::try_from(self.log.0.len() - at - 2).unwrap_or(u32::MAX);
        self.log.0[at..at + 2].copy_from_slice(&parted(len));
    }

    /// Calls `visit` with each term, in the order in which they came: its number, its document, and its place or
    /// frequency.
    #[inline]
    fn each(&self, mut visit: impl FnMut(u32, DocId, u32)) {
        match self.holds {
            IndexRecordOption::WithFreqsAndPositions => self.each_document(|document, numbers| {
                let (mut place, mut beside) = (u32::MAX, false);
                while let Some(number) = next(numbers) {
                    if number == BESIDE {
                        beside = true;
                        continue;
                    }
                    place = place.wrapping_add(u32::from(!std::mem::take(&mut beside)));
                    visit(number, document, place);
                }
            }),
            IndexRecordOption::WithFreqs => self.each_document(|document, numbers| {
                while let Some(mut number) = next(numbers) {
                    let mut count = 1;
                    if number == OFTEN {
                        count = next(numbers).unwrap_or_default();
                        number = next(numbers).unwrap_or_default();
                    }
                    visit(number, document, count);
                }
            }),
            IndexRecordOption::Basic => {
                let mut visit = |run: Run| (0..run.len).for_each(|at| visit(run.number, run.first + at, 0));
                let mut log = self.log.0.iter();
                let mut first = 0;
                while let (Some(step), Some(number), Some(len)) =
                    (next(&mut log), next(&mut log), next(&mut log))
                {
                    first += step;
                    visit(Run { first, number, len });
                }
                self.run.into_iter().for_each(visit);
            }
        }
    }

    /// Calls `visit` with each document of a field with places or frequencies, and its numbers.
    #[inline]
    fn each_document(&self, mut visit: impl FnMut(DocId, &mut std::slice::Iter<'_, u16>)) {
        let mut log = self.log.0.iter();
        let mut document = self.first;
        while let (Some(step), Some(low), Some(high)) = (next(&mut log), log.next(), log.next()) {
            document += step;
            let rest = log.as_slice();
            let (own, rest) = rest.split_at((joined(*low, *high) as usize).min(rest.len()));
            visit(document, &mut own.iter());
            log = rest.iter();
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
        let norms = norms.get_field(self.field)?;
        let mut field = serializer.new_field(self.field, self.terms, norms)?;
        if self.terms == 0 {
            // A field that is not there at all would cost each query more than one without terms: for want of a dictionary
            // Tantivy makes one, and a megabyte of tables with it.
            return Ok(field.close()?);
        }
        batch.counts.clear();
        batch.counts.resize(lexicon.len() + 1, 0);
        let counts = batch.counts.as_mut_slice();
        self.each(|number, _, _| counts[number as usize] += 1);
        // As many as there may be, and one of nobody, so that no batch makes them move.
        let all = batch.counts.iter().map(|count| *count as usize).sum();
        batch.entries.clear();
        batch.entries.reserve_exact(most.min(all) + 1);
        batch.next.clear();
        batch.next.resize(lexicon.len() + 1, NOWHERE);
        let mut rest = order;
        while !rest.is_empty() {
            let (terms, after) = rest.split_at(batch.fitting(rest, most));
            rest = after;
            batch.reserve(terms);
            // Terms of other batches write to an entry of nobody, behind the others, and stay nowhere: a branch would be
            // guessed wrong every other time.
            let (entries, next) = (batch.entries.as_mut_slice(), batch.next.as_mut_slice());
            let nobody = entries.len() - 1;
            self.each(|number, document, held| {
                let next = &mut next[number as usize];
                entries[(*next as usize).min(nobody)] = u64::from(document) << 32 | u64::from(held);
                *next += u32::from(*next != NOWHERE);
            });
            let mut start = 0;
            for number in terms {
                batch.next[*number as usize] = NOWHERE;
                let end = start + batch.counts[*number as usize] as usize;
                if start < end {
                    batch.write_term(lexicon.term(*number).as_bytes(), start..end, self.holds, &mut field)?;
                }
                start = end;
            }
        }
        field.close()?;
        Ok(())
    }
}

impl Batch {
    /// How many of the next terms have no more than `most` entries together; one at least.
    fn fitting(&self, terms: &[u32], most: usize) -> usize {
        let mut sum = 0;
        let fitting = terms.iter().take_while(|number| {
            sum += self.counts[**number as usize] as usize;
            sum <= most
        });
        fitting.count().max(1)
    }

    /// Reserves entries for terms, one after another, and one for nobody.
    fn reserve(&mut self, terms: &[u32]) {
        let mut start = 0;
        for number in terms {
            self.next[*number as usize] = start;
            start += self.counts[*number as usize];
        }
        self.entries.clear();
        self.entries.resize(start as usize + 1, 0);
    }

    /// Writes a term with its entries, which are in the order of their documents.
    fn write_term(
        &mut self,
        term: &[u8],
        range: Range<usize>,
        holds: IndexRecordOption,
        field: &mut FieldSerializer<'_>,
    ) -> std::io::Result<()> {
        let entries = &self.entries[range];
        let of_documents = || entries.chunk_by(|a, b| a >> 32 == b >> 32);
        let documents = if holds.has_freq() { of_documents().count() } else { 0 };
        field.new_term(term, u32::try_from(documents).unwrap_or(u32::MAX), holds.has_freq())?;
        for held in of_documents() {
            #[expect(clippy::cast_possible_truncation, reason = "halves are taken")]
            let (document, held) = ((held[0] >> 32) as DocId, held.iter().map(|entry| *entry as u32));
            match holds {
                IndexRecordOption::WithFreqsAndPositions => {
                    self.steps.clear();
                    let mut last = 0;
                    self.steps.extend(held.map(|place| place - std::mem::replace(&mut last, place)));
                    let often = u32::try_from(self.steps.len()).unwrap_or(u32::MAX);
                    field.write_doc(document, often, &self.steps);
                }
                IndexRecordOption::WithFreqs => field.write_doc(document, held.sum(), &[]),
                IndexRecordOption::Basic => field.write_doc(document, 0, &[]),
            }
        }
        field.close_term()
    }
}

impl Log {
    #[inline]
    fn put(&mut self, number: u32) {
        match u16::try_from(number) {
            Ok(small) if small != LARGE => self.0.push(small),
            _ => {
                let [low, high] = parted(number);
                self.0.extend([LARGE, low, high]);
            }
        }
    }
}

/// The next number of a log.
#[inline]
fn next(log: &mut std::slice::Iter<'_, u16>) -> Option<u32> {
    let first = *log.next()?;
    if first != LARGE {
        return Some(u32::from(first));
    }
    Some(joined(*log.next()?, *log.next()?))
}

/// The halves of a number, the lower first.
#[expect(clippy::cast_possible_truncation, reason = "halves are taken")]
const fn parted(number: u32) -> [u16; 2] {
    [number as u16, (number >> 16) as u16]
}

/// The number of two halves.
fn joined(low: u16, high: u16) -> u32 {
    u32::from(low) | u32::from(high) << 16
}
