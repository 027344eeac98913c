//! The best passages for a bag of words by BM25, found without scoring those that cannot be among them.
//!
//! `MaxScore` (Turtle and Flood 1995): words whose greatest scores together do not reach the worst passage that is kept
//! bring none in by themselves, and are looked up only in passages that hold others. The others are read a window at a
//! time, which ends where a block of their postings does, so that the greatest scores within blocks (Ding and Suel 2011)
//! tell which windows hold nothing that is good enough.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::query::Bm25Weight;
use tantivy::schema::{IndexRecordOption, Term};
use tantivy::{DocAddress, DocId, SegmentOrdinal, SegmentReader, TERMINATED};

/// Most passages of one window: their sums take 16 KB, which the nearest cache holds.
const WINDOW: u32 = 4096;

/// Passages whose bits one number holds.
const BITS: usize = 64;

/// Postings of a block, the last but for which all are full.
const BLOCK: usize = 128;

/// What scores may differ by, as a share of them, only because f32 was summed in another order.
const ROUNDING: f32 = 1e-5;

/// So many times the passages that are wanted are kept at most where their scores are the same: of 1.6 million passages
/// that hold a frequent word, thousands score as the hundredth does.
const MOST_TIED: usize = 64;

/// The best passages seen so far. Those tied with the last are all kept, up to [`MOST_TIED`] times as many as wanted, so
/// that which of them is chosen does not depend on where they are stored.
pub struct Best {
    wanted: usize,
    found: Vec<(f32, DocAddress)>,
    /// A passage must score more than this.
    threshold: f32,
    /// Passages from which on the worst are let go.
    room: usize,
}

impl Best {
    /// Nothing yet, and room for so many.
    pub fn new(wanted: usize) -> Self {
        let wanted = wanted.max(1);
        Self { wanted, found: Vec::new(), threshold: f32::MIN, room: wanted.saturating_mul(2) }
    }

    /// The score that a passage must exceed.
    pub const fn threshold(&self) -> f32 {
        self.threshold
    }

    /// Takes a passage that scores more than the threshold.
    pub fn add(&mut self, score: f32, address: DocAddress) {
        self.found.push((score, address));
        if self.found.len() >= self.room {
            self.shrink();
        }
    }

    /// The best passages, in no order.
    pub fn into_addresses(mut self) -> Vec<DocAddress> {
        self.shrink();
        self.found.into_iter().map(|(_, address)| address).collect()
    }

    fn shrink(&mut self) {
        if self.found.len() <= self.wanted {
            return;
        }
        let (_, (last, _), _) =
            self.found.select_nth_unstable_by(self.wanted - 1, |(a, _), (b, _)| b.total_cmp(a));
        let last = *last;
        let rounding = last.abs() * ROUNDING;
        self.threshold = (last - rounding).next_down();
        self.found.retain(|(score, _)| *score > self.threshold);
        let most = self.wanted.saturating_mul(MOST_TIED);
        if self.found.len() >= most {
            // Too many are the same: those that come first have it.
            self.threshold = last + rounding;
        }
        self.room = self.found.len().saturating_add(self.wanted);
    }
}

/// A word that is looked for in one field.
pub struct Wanted {
    /// The word.
    pub term: Term,
    /// What it counts.
    pub weight: Bm25Weight,
}

/// Adds the best live passages of a segment that hold any of the words.
///
/// # Errors
///
/// When the index cannot be read.
pub fn search(
    segment: &SegmentReader,
    ordinal: SegmentOrdinal,
    wanted: &[Wanted],
    window: &mut Window,
    best: &mut Best,
) -> tantivy::Result<()> {
    let mut lists = Vec::with_capacity(wanted.len());
    for word in wanted {
        lists.extend(List::open(segment, word)?);
    }
    lists.sort_by(|a, b| a.most.total_cmp(&b.most));
    let mut sum = 0.0;
    for list in &mut lists {
        sum += list.most;
        list.most_so_far = sum;
    }
    // The first of the lists that can bring a passage in.
    let mut first = 0;
    loop {
        while lists.get(first).is_some_and(|list| list.most_so_far <= best.threshold()) {
            first += 1;
        }
        let (others, leading) = lists.split_at_mut(first);
        let begin = leading.iter().map(List::passage).min().unwrap_or(TERMINATED);
        if begin == TERMINATED {
            return Ok(());
        }
        let ends = leading.iter().filter_map(List::last_of_block).map(|last| last + 1);
        let end = ends.fold(begin.saturating_add(WINDOW), u32::min);
        let mut most = others.last().map_or(0.0, |list| list.most_so_far);
        let mut here = 0;
        for list in leading.iter_mut().filter(|list| list.passage() < end) {
            most += list.most_of_block();
            here += 1;
        }
        if most <= best.threshold() {
            for list in leading {
                list.skip(end);
            }
            continue;
        }
        if here == 1 {
            // What one list alone holds needs no sums.
            if let Some(list) = leading.iter_mut().find(|list| list.passage() < end) {
                list.each(end, |passage, score| finish(others, segment, ordinal, passage, score, best));
            }
            continue;
        }
        for list in leading.iter_mut().filter(|list| list.passage() < end) {
            list.each(end, |passage, score| window.add((passage - begin) as usize, score));
        }
        window.drain(|at, score| finish(others, segment, ordinal, begin + at, score, best));
    }
}

/// Adds to a passage's score what the other lists have of it, and keeps it if it is good enough.
#[inline]
fn finish(
    others: &mut [List],
    segment: &SegmentReader,
    ordinal: SegmentOrdinal,
    passage: DocId,
    mut score: f32,
    best: &mut Best,
) {
    for list in others.iter_mut().rev() {
        if score + list.most_so_far <= best.threshold() {
            return;
        }
        score += list.score_in(passage);
    }
    if score > best.threshold() && !segment.is_deleted(passage) {
        best.add(score, DocAddress::new(ordinal, passage));
    }
}

/// The postings of one word in one field of a segment.
struct List {
    postings: BlockSegmentPostings,
    /// Place in the current block.
    at: usize,
    lengths: FieldNormReader,
    weight: Bm25Weight,
    /// Greatest score that it gives.
    most: f32,
    /// The sum of the greatest scores of the lists up to this one.
    most_so_far: f32,
}

impl List {
    fn open(segment: &SegmentReader, wanted: &Wanted) -> tantivy::Result<Option<Self>> {
        let field = wanted.term.field();
        let inverted = segment.inverted_index(field)?;
        let Some(postings) = inverted.read_block_postings(&wanted.term, IndexRecordOption::WithFreqs)? else {
            return Ok(None);
        };
        let weight = wanted.weight.clone();
        let lengths = segment.get_fieldnorms_reader(field)?;
        let most = weight.max_score();
        Ok(Some(Self { postings, at: 0, lengths, weight, most, most_so_far: 0.0 }))
    }

    /// The current passage; [`TERMINATED`] after the last.
    #[inline]
    fn passage(&self) -> DocId {
        // The last block is filled up with it.
        self.postings.doc(self.at)
    }

    /// The last passage of the current block; `None` after the last block.
    #[inline]
    fn last_of_block(&self) -> Option<DocId> {
        self.postings.docs().last().copied().filter(|_| self.passage() != TERMINATED)
    }

    /// Greatest score within the current block.
    #[inline]
    fn most_of_block(&mut self) -> f32 {
        self.postings.block_max_score(&self.lengths, &self.weight)
    }

    /// Goes to the first passage from `end` on, which is not beyond the current block and the one after.
    fn skip(&mut self, end: DocId) {
        self.at +=
            self.postings.docs().get(self.at..).map_or(0, |docs| docs.partition_point(|doc| *doc < end));
        self.turn();
    }

    /// Goes to the next block at the end of this one.
    #[inline]
    fn turn(&mut self) {
        if self.at >= BLOCK {
            self.postings.advance();
            self.at = 0;
        }
    }

    /// Calls `note` with each passage of the current block before `end` and its score, and goes to the next.
    #[inline]
    fn each(&mut self, end: DocId, mut note: impl FnMut(DocId, f32)) {
        let docs = self.postings.docs().get(self.at..).unwrap_or_default();
        let count = docs.partition_point(|doc| *doc < end);
        let freqs = self.postings.freqs().get(self.at..).unwrap_or_default();
        for (passage, frequency) in docs[..count].iter().zip(freqs) {
            note(*passage, self.weight.score(self.lengths.fieldnorm_id(*passage), *frequency));
        }
        self.at += count;
        self.turn();
    }

    /// The score in a passage, which is none before the current one.
    #[inline]
    fn score_in(&mut self, passage: DocId) -> f32 {
        if self.passage() < passage {
            self.at = self.postings.seek(passage);
        }
        if self.passage() != passage {
            return 0.0;
        }
        self.weight.score(self.lengths.fieldnorm_id(passage), self.postings.freq(self.at))
    }
}

/// Scores of the passages of one window; serves one segment after another.
pub struct Window {
    scores: Box<[f32]>,
    /// A bit for each passage that has one.
    held: Box<[u64]>,
}

impl Default for Window {
    fn default() -> Self {
        let size = WINDOW as usize;
        Self { scores: vec![0.0; size].into(), held: vec![0; size / BITS].into() }
    }
}

impl Window {
    #[inline]
    fn add(&mut self, at: usize, score: f32) {
        self.scores[at] += score;
        self.held[at / BITS] |= 1 << (at % BITS);
    }

    /// Calls `each` with every passage that has a score, in order, and takes its score away.
    #[inline]
    fn drain(&mut self, mut each: impl FnMut(u32, f32)) {
        let words = self.held.iter_mut().zip(self.scores.chunks_exact_mut(BITS));
        for (begin, (bits, scores)) in (0..).step_by(BITS).zip(words) {
            let mut left = std::mem::take(bits);
            while left != 0 {
                let at = left.trailing_zeros();
                left &= left - 1;
                each(begin + at, std::mem::take(&mut scores[at as usize]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use tantivy::schema::{Schema, TEXT};
    use tantivy::{Index, TantivyDocument, Term};

    use super::*;

    const WORDS: [&str; 4] = ["rare", "some", "many", "most"];

    /// The scores of all passages that hold any of the words, by the number of the text.
    fn exhaustively(texts: &[Vec<bool>], weights: &[Bm25Weight]) -> BTreeMap<u32, f32> {
        let score = |held: &[bool]| {
            let length = held.iter().filter(|held| **held).count();
            let length = FieldNormReader::fieldnorm_to_id(u32::try_from(length).unwrap_or(u32::MAX));
            let own = weights.iter().zip(held).filter(|(_, held)| **held);
            own.map(|(weight, _)| weight.score(length, 1)).sum::<f32>()
        };
        (0..).zip(texts).map(|(at, held)| (at, score(held))).filter(|(_, score)| *score > 0.0).collect()
    }

    fn check(texts: &[Vec<bool>], wanted: usize) {
        let mut schema = Schema::builder();
        let field = schema.add_text_field("text", TEXT);
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 15_000_000).expect("it can be written");
        for held in texts {
            let words: Vec<&str> =
                WORDS.iter().zip(held).filter(|(_, held)| **held).map(|(word, _)| *word).collect();
            let mut document = TantivyDocument::new();
            document.add_text(field, words.join(" "));
            writer.add_document(document).expect("it can be added");
        }
        writer.commit().expect("it can be committed");
        let searcher = index.reader().expect("it can be read").searcher();
        let weight = |at: usize| {
            let frequency = texts.iter().filter(|held| held[at]).count() as u64;
            Bm25Weight::for_one_term_without_explain(frequency, texts.len() as u64, 2.0)
        };
        let weights: Vec<Bm25Weight> = (0..WORDS.len()).map(weight).collect();
        let terms = WORDS.iter().map(|word| Term::from_field_text(field, word));
        let words: Vec<Wanted> =
            terms.zip(&weights).map(|(term, weight)| Wanted { term, weight: weight.clone() }).collect();
        let (mut window, mut best) = (Window::default(), Best::new(wanted));
        for (ordinal, segment) in (0..).zip(searcher.segment_readers()) {
            search(segment, ordinal, &words, &mut window, &mut best).expect("it can be searched");
        }
        let mut found: Vec<u32> = best.into_addresses().iter().map(|address| address.doc_id).collect();
        found.sort_unstable();
        let all = exhaustively(texts, &weights);
        let mut scores: Vec<f32> = all.values().copied().collect();
        scores.sort_by(|a, b| b.total_cmp(a));
        let least = scores.get(wanted - 1).map_or(0.0, |score| score * (1.0 - ROUNDING));
        let expected: Vec<u32> =
            all.into_iter().filter(|(_, score)| *score > least).map(|(at, _)| at).collect();
        assert_eq!(found, expected);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn what_is_found_is_what_scoring_every_passage_finds(
            seeds in prop::collection::vec(any::<[u8; 4]>(), 1..6000),
            wanted in 90usize..400,
        ) {
            // From one in a hundred to three in four.
            let held = |seed: &[u8; 4]| vec![seed[0] < 3, seed[1] < 26, seed[2] < 80, seed[3] < 192];
            check(&seeds.iter().map(held).collect::<Vec<_>>(), wanted);
        }
    }

    #[test]
    fn all_that_are_tied_are_found() {
        check(&vec![vec![false, true, false, true]; 700], 20);
    }
}
