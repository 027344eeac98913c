//! Ranking of whole documents: evidence summed over all passages of each, as if the document were one text, then a second
//! look at the texts of the best.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, TERMINATED, Term};

use super::candidates::TermEvidence;
use super::neighbours::{self, DocumentText, Texts};
use super::occurrences::Occurrences;
use super::rank::{EXACT_WEIGHT, PROXIMITY_WEIGHT, TITLE_WEIGHT, idf, proximity, saturate};
use super::terms::{Form, QueryTerm};
use crate::error::Result;
use crate::index::{Index, Kind, LiveStatistics, damaged};

/// Documents whose texts are looked at a second time. On the development collections 200 are better than 100 by .003
/// nDCG@10, and 300 no better.
const SECOND_LOOK: usize = 200;

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

/// A document that holds a word of the query.
struct Found {
    document: u32,
    score: f64,
    best: DocAddress,
    /// For each query word, how often the passages hold it as typed.
    exact: Vec<f64>,
}

/// Inverse document frequencies of one query word: of its stem, of the word as typed, of its stem in titles.
struct Weights {
    stem: f64,
    exact: f64,
    title: f64,
}

/// What is known of all documents of an index: computed once for a searcher.
pub struct Documents {
    names: Vec<String>,
    lengths: Vec<f64>,
    title_lengths: Vec<f64>,
    /// For each segment and passage, the number of its document.
    of_passage: Vec<Vec<u32>>,
    /// The passages of each document.
    passages: Vec<Vec<DocAddress>>,
    texts: RefCell<Texts>,
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
            passages: Vec::new(),
            texts: RefCell::default(),
            average_length: 1.0,
            average_title: 1.0,
        };
        for (place, segment) in index.searcher.segment_readers().iter().enumerate() {
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
                        documents.passages.push(Vec::new());
                    }
                    documents.passages[number as usize].push(address(place, passage));
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
        question: bool,
        limit: usize,
        admitted: impl Fn(DocAddress) -> bool,
    ) -> Result<Vec<RankedDocument>> {
        let failed = |error: tantivy::TantivyError| damaged(&index.dir, &error);
        let (mut ranked, weights) = self.first_look(index, terms, admitted).map_err(failed)?;
        self.second_look(index, terms, &weights, question, &mut ranked)?;
        ranked.truncate(limit);
        Ok(ranked
            .into_iter()
            .map(|found| RankedDocument {
                name: self.names[found.document as usize].clone(),
                score: found.score,
                best: found.best,
            })
            .collect())
    }

    /// Documents by the frequencies of the query's words, best first, and the weights of the words.
    fn first_look(
        &self,
        index: &Index,
        terms: &[QueryTerm],
        admitted: impl Fn(DocAddress) -> bool,
    ) -> tantivy::Result<(Vec<Found>, Vec<Weights>)> {
        let mut found: HashMap<u32, Vec<TermEvidence>> = HashMap::new();
        let mut best: HashMap<u32, HashMap<DocAddress, f64>> = HashMap::new();
        let mut weights = Vec::with_capacity(terms.len());
        for (number, term) in terms.iter().enumerate() {
            let blank = || vec![TermEvidence::default(); terms.len()];
            let mut stem = HashMap::new();
            self.visit(index, index.fields.body, &term.forms, |document, passage, frequency| {
                if admitted(passage) {
                    found.entry(document).or_insert_with(blank)[number].body += frequency;
                    *stem.entry((document, passage)).or_insert(0.0) += frequency;
                }
            })?;
            let exact = [Form { stems: vec![term.exact.clone()], weight: 1.0 }];
            self.visit(index, index.fields.exact, &exact, |document, passage, frequency| {
                if admitted(passage) {
                    found.entry(document).or_insert_with(blank)[number].exact += frequency;
                }
            })?;
            self.visit(index, index.fields.title, &term.forms, |document, passage, frequency| {
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
            weights.push(Weights {
                stem: all,
                exact: idf(count(&|term| term.exact > 0.0), documents),
                title: idf(count(&|term| term.title > 0.0), documents),
            });
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
        let mut ranked: Vec<Found> = Vec::with_capacity(numbers.len());
        for document in numbers {
            let at = document as usize;
            let (length, title_length) = (self.lengths[at], self.title_lengths[at]);
            let mut score = 0.0;
            for ((term, evidence), weights) in terms.iter().zip(&found[&document]).zip(&weights) {
                // The title is part of the text, and lifts the document a little beside.
                score += term.count
                    * (weights.stem * saturate(evidence.body + evidence.title, length, self.average_length)
                        + EXACT_WEIGHT
                            * weights.exact
                            * saturate(evidence.exact, length, self.average_length)
                        + TITLE_WEIGHT
                            * weights.title
                            * saturate(evidence.title, title_length, self.average_title));
            }
            let Some(best) = best.get(&document).and_then(best_passage) else { continue };
            let exact = found[&document].iter().map(|term| term.exact).collect();
            ranked.push(Found { document, score, best, exact });
        }
        self.sort(&mut ranked);
        Ok((ranked, weights))
    }

    /// Looks at the texts of the best documents: words of the title as typed, words of the query near each other, and
    /// the documents that are like each. The others stay behind them.
    fn second_look(
        &self,
        index: &Index,
        terms: &[QueryTerm],
        weights: &[Weights],
        question: bool,
        ranked: &mut [Found],
    ) -> Result<()> {
        let (best, rest) = ranked.split_at_mut(SECOND_LOOK.min(ranked.len()));
        let mut texts = self.texts.borrow_mut();
        let numbers: Vec<Vec<u32>> = terms.iter().map(|term| texts.numbers(&term.forms)).collect();
        let stems: Vec<f64> = weights.iter().map(|weights| weights.stem).collect();
        let statistics = LiveStatistics::new(index);
        let passages = index.state.totals.passages.max(1);
        let mut directions = Vec::with_capacity(best.len());
        for found in &mut *best {
            let at = found.document as usize;
            let text = texts.get(found.document, || self.read_text(index, at))?;
            let length = self.lengths[at];
            for ((term, weights), exact) in terms.iter().zip(weights).zip(&found.exact) {
                let in_title = text.title.iter().filter(|word| **word == term.exact).count();
                if in_title > 0 {
                    let of = |frequency| saturate(frequency, length, self.average_length);
                    #[expect(clippy::cast_precision_loss, reason = "words of one title")]
                    let more = of(exact + in_title as f64) - of(*exact);
                    found.score += term.count * EXACT_WEIGHT * weights.exact * more;
                }
            }
            let near = text.parts.iter().map(|part| proximity_in(part, &numbers, &stems)).fold(0.0, f64::max);
            found.score += PROXIMITY_WEIGHT * near;
            directions.push(texts.direction(&text, self.average_length, |term| {
                let term = Term::from_field_text(index.fields.body, term);
                let frequency = statistics.document_frequency(&term);
                frequency
                    .map(|frequency| idf(frequency, passages))
                    .map_err(|error| damaged(&index.dir, &error))
            })?);
        }
        let mut scores: Vec<f64> = best.iter().map(|found| found.score).collect();
        neighbours::smooth(&mut scores, &directions, neighbours::share(question, terms.len()));
        for (found, score) in best.iter_mut().zip(&scores) {
            found.score = *score;
        }
        self.sort(best);
        // What was not looked at again was worse than all that was, and stays so.
        if let (Some(last), Some(first)) =
            (best.last().map(|last| last.score), rest.first().map(|first| first.score))
            && first >= last
            && first > 0.0
        {
            for found in rest {
                found.score *= last / first * BEHIND;
            }
        }
        Ok(())
    }

    /// The title and the first passages of a document.
    fn read_text(&self, index: &Index, document: usize) -> Result<DocumentText> {
        let mut title = None;
        let mut language = None;
        let mut texts = Vec::new();
        let mut bytes = 0;
        for address in &self.passages[document] {
            if bytes >= LONGEST_TEXT {
                break;
            }
            let passage = index.passage(*address)?;
            bytes += passage.text.len();
            title = title.or(passage.title);
            language = language.or(passage.language);
            let heading = passage.heading.map_or_else(String::new, |heading| heading + "\n");
            texts.push(heading + &passage.text);
        }
        Ok(DocumentText { title, language, passages: texts })
    }

    fn sort(&self, ranked: &mut [Found]) {
        let name = |found: &Found| &self.names[found.document as usize];
        ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| name(a).cmp(name(b))));
    }

    /// Calls `note` with document, passage and frequency for every live passage that holds any of the forms of a word.
    fn visit(
        &self,
        index: &Index,
        field: Field,
        forms: &[Form],
        mut note: impl FnMut(u32, DocAddress, f64),
    ) -> tantivy::Result<()> {
        for (ordinal, segment) in index.searcher.segment_readers().iter().enumerate() {
            let of_passage = &self.of_passage[ordinal];
            let mut united: BTreeMap<u32, f64> = BTreeMap::new();
            for form in forms {
                let Some(mut found) = Occurrences::open(segment, field, form, IndexRecordOption::WithFreqs)?
                else {
                    continue;
                };
                while found.passage() != TERMINATED {
                    let (passage, frequency) = (found.passage(), form.weight * f64::from(found.frequency()));
                    let document = of_passage[passage as usize];
                    if document != NONE && forms.len() == 1 {
                        note(document, address(ordinal, passage), frequency);
                    } else if document != NONE {
                        *united.entry(passage).or_insert(0.0) += frequency;
                    }
                    found.advance();
                }
            }
            for (passage, frequency) in united {
                note(of_passage[passage as usize], address(ordinal, passage), frequency);
            }
        }
        Ok(())
    }
}

/// Bytes of a document from which no further passage of it is read: a text says what it is about in its first pages.
const LONGEST_TEXT: usize = 32 << 10;

/// How far the best document that was not looked at a second time stays behind the last that was.
const BEHIND: f64 = 0.999;

fn address(segment: usize, passage: u32) -> DocAddress {
    // Segments are counted in 32 bits.
    DocAddress::new(u32::try_from(segment).unwrap_or(u32::MAX), passage)
}

/// How near the query's words come in a text; see [`proximity`].
fn proximity_in(text: &[u32], terms: &[Vec<u32>], weights: &[f64]) -> f64 {
    let mut positions: Vec<Vec<u32>> = vec![Vec::new(); terms.len()];
    for (at, term) in (0u32..).zip(text) {
        for (positions, _) in positions.iter_mut().zip(terms).filter(|(_, forms)| forms.contains(term)) {
            positions.push(at);
        }
    }
    let positions: Vec<&[u32]> = positions.iter().map(Vec::as_slice).collect();
    proximity(weights, &positions)
}

/// The passage with the highest score; the first of equals.
fn best_passage(passages: &HashMap<DocAddress, f64>) -> Option<DocAddress> {
    let mut list: Vec<(&DocAddress, &f64)> = passages.iter().collect();
    list.sort_by(|a, b| b.1.total_cmp(a.1).then_with(|| a.0.cmp(b.0)));
    list.first().map(|(address, _)| **address)
}
