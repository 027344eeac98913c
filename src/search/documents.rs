//! Ranking of whole documents: evidence summed over all passages of each, as if the document were one text.

use std::collections::HashMap;

use tantivy::postings::Postings;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, DocSet, TERMINATED, Term};

use super::candidates::TermEvidence;
use super::plan::QueryTerm;
use super::rank::{EXACT_WEIGHT, TITLE_WEIGHT, idf, saturate};
use crate::index::{Index, Kind};

/// A document with its score and its best passage.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedDocument {
    /// Root and source.
    pub name: String,
    /// Its score.
    pub score: f64,
    /// The passage that shows it best.
    pub best: DocAddress,
}

/// What is known of all documents of an index: computed once for a searcher.
pub struct Documents {
    names: Vec<String>,
    lengths: Vec<f64>,
    title_lengths: Vec<f64>,
    /// For each segment and passage, the number of its document.
    of_passage: Vec<Vec<u32>>,
    average_length: f64,
    average_title: f64,
}

/// No document: a manifest entry or a deleted passage.
const NONE: u32 = u32::MAX;

impl Documents {
    /// Reads which passage belongs to which document. Linear in the number of passages.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub fn read(index: &Index) -> tantivy::Result<Self> {
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut documents = Self {
            names: Vec::new(),
            lengths: Vec::new(),
            title_lengths: Vec::new(),
            of_passage: Vec::new(),
            average_length: 1.0,
            average_title: 1.0,
        };
        for segment in index.searcher.segment_readers() {
            let fast = segment.fast_fields();
            let (kinds, tokens) = (fast.u64("kind")?, fast.u64("tokens")?);
            let titles = segment.get_fieldnorms_reader(index.fields.title)?;
            let mut own = vec![NONE; segment.max_doc() as usize];
            if let Some(names) = fast.str("document")? {
                let mut name = String::new();
                for passage in segment.doc_ids_alive() {
                    if kinds.first(passage) != Some(Kind::Passage as u64) {
                        continue;
                    }
                    let Some(ordinal) = names.term_ords(passage).next() else { continue };
                    name.clear();
                    names.ord_to_str(ordinal, &mut name)?;
                    let next = u32::try_from(numbers.len()).unwrap_or(NONE);
                    let number = *numbers.entry(name.clone()).or_insert(next);
                    if number == next {
                        documents.names.push(name.clone());
                        documents.lengths.push(0.0);
                        documents.title_lengths.push(f64::from(titles.fieldnorm(passage)));
                    }
                    #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
                    let length = tokens.first(passage).unwrap_or(0) as f64;
                    documents.lengths[number as usize] += length;
                    own[passage as usize] = number;
                }
            }
            documents.of_passage.push(own);
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of documents are far below 2^52")]
        let count = documents.names.len().max(1) as f64;
        // A title is part of the whole document's text.
        for (length, title) in documents.lengths.iter_mut().zip(&documents.title_lengths) {
            *length += title;
        }
        documents.average_length = documents.lengths.iter().sum::<f64>() / count;
        documents.average_title = documents.title_lengths.iter().sum::<f64>() / count;
        Ok(documents)
    }

    /// Ranks all documents that hold a word of the query, best first; ties by name. Linear in the words' postings.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub fn rank(
        &self,
        index: &Index,
        terms: &[QueryTerm],
        limit: usize,
        admitted: impl Fn(DocAddress) -> bool,
    ) -> tantivy::Result<Vec<RankedDocument>> {
        let mut found: HashMap<u32, Vec<TermEvidence>> = HashMap::new();
        let mut best: HashMap<u32, HashMap<DocAddress, f64>> = HashMap::new();
        let mut weights = Vec::with_capacity(terms.len());
        for (number, term) in terms.iter().enumerate() {
            let blank = || vec![TermEvidence::default(); terms.len()];
            let mut stem = HashMap::new();
            self.visit(index, index.fields.body, &term.stem, |document, passage, frequency| {
                if admitted(passage) {
                    found.entry(document).or_insert_with(blank)[number].body += frequency;
                    *stem.entry((document, passage)).or_insert(0.0) += frequency;
                }
            })?;
            self.visit(index, index.fields.exact, &term.exact, |document, passage, frequency| {
                if admitted(passage) {
                    found.entry(document).or_insert_with(blank)[number].exact += frequency;
                }
            })?;
            self.visit(index, index.fields.title, &term.stem, |document, passage, frequency| {
                if admitted(passage) {
                    found.entry(document).or_insert_with(blank)[number].title = frequency;
                    best.entry(document).or_default().entry(passage).or_insert(0.0);
                }
            })?;
            let count = |of: &dyn Fn(&TermEvidence) -> bool| {
                found.values().filter(|terms| of(&terms[number])).count() as u64
            };
            let documents = self.names.len() as u64;
            let all = idf(count(&|term| term.body + term.title > 0.0), documents);
            weights.push((
                all,
                idf(count(&|term| term.exact > 0.0), documents),
                idf(count(&|term| term.title > 0.0), documents),
            ));
            // The order in which passages are visited does not matter to their sums of one term each.
            let mut passages: Vec<((u32, DocAddress), f64)> = stem.into_iter().collect();
            passages.sort_by_key(|(key, _)| *key);
            for ((document, passage), frequency) in passages {
                *best.entry(document).or_default().entry(passage).or_insert(0.0) +=
                    all * saturate(frequency, 1.0, 1.0);
            }
        }
        let mut numbers: Vec<u32> = found.keys().copied().collect();
        numbers.sort_unstable();
        let mut ranked: Vec<RankedDocument> = Vec::with_capacity(numbers.len());
        for document in numbers {
            let at = document as usize;
            let (length, title_length) = (self.lengths[at], self.title_lengths[at]);
            let mut score = 0.0;
            for ((term, evidence), (all, exact, title)) in terms.iter().zip(&found[&document]).zip(&weights) {
                // The title is part of the text, and lifts the document a little beside.
                score += term.count
                    * (all * saturate(evidence.body + evidence.title, length, self.average_length)
                        + EXACT_WEIGHT * exact * saturate(evidence.exact, length, self.average_length)
                        + TITLE_WEIGHT * title * saturate(evidence.title, title_length, self.average_title));
            }
            let Some(passage) = best.get(&document).and_then(best_passage) else { continue };
            ranked.push(RankedDocument { name: self.names[at].clone(), score, best: passage });
        }
        ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.name.cmp(&b.name)));
        ranked.truncate(limit);
        Ok(ranked)
    }

    /// Calls `note` with document, passage and frequency for every live passage that holds a term.
    fn visit(
        &self,
        index: &Index,
        field: Field,
        text: &str,
        mut note: impl FnMut(u32, DocAddress, f64),
    ) -> tantivy::Result<()> {
        let term = Term::from_field_text(field, text);
        for (ordinal, segment) in index.searcher.segment_readers().iter().enumerate() {
            let inverted = segment.inverted_index(field)?;
            let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::WithFreqs)? else {
                continue;
            };
            let mut passage = postings.doc();
            while passage != TERMINATED {
                let document = self.of_passage[ordinal][passage as usize];
                if document != NONE {
                    #[expect(clippy::cast_possible_truncation, reason = "segments are counted in 32 bits")]
                    let address = DocAddress::new(ordinal as u32, passage);
                    note(document, address, f64::from(postings.term_freq()));
                }
                passage = postings.advance();
            }
        }
        Ok(())
    }
}

/// The passage with the highest score; the first of equals.
fn best_passage(passages: &HashMap<DocAddress, f64>) -> Option<DocAddress> {
    let mut list: Vec<(&DocAddress, &f64)> = passages.iter().collect();
    list.sort_by(|a, b| b.1.total_cmp(a.1).then_with(|| a.0.cmp(b.0)));
    list.first().map(|(address, _)| **address)
}
