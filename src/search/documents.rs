//! Ranking of whole documents: evidence summed over all passages of each, as if the document were one text, then a second
//! look at the texts of the best.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, TERMINATED, Term};

use super::answer::answer;
use super::candidates::TermEvidence;
use super::neighbours::{self, DocumentText, Texts};
use super::occurrences::Occurrences;
use super::rank::{Explanation, Signals, WEIGHTS, Weights, idf, proximity, saturate};
use super::terms::{Form, QueryTerm};
use crate::error::Result;
use crate::index::{Index, Kind, LiveStatistics, damaged};
use crate::query::Asked;

/// Documents whose texts are looked at a second time. On the development collections 200 are better than 100 by .003
/// nDCG@10, and 300 no better.
const SECOND_LOOK: usize = 200;

/// A document with its score and its best passage.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedDocument {
    /// Root and source.
    pub name: String,
    /// The passage that shows it best.
    pub best: DocAddress,
    /// Its score and what it is made of.
    pub explanation: Explanation,
}

/// What was seen of the documents that hold a word of the query.
pub struct Looked<'a> {
    documents: &'a Documents,
    /// Those that were looked at twice, then the others, each best first by what the first look saw.
    found: Vec<Found>,
    /// The signals of those that were looked at twice.
    candidates: Candidates,
}

/// What the second look saw, for weights to be laid upon.
pub struct Candidates {
    signals: Vec<Signals>,
    /// For each document those that are like it, with their weights.
    nearest: Vec<Vec<(usize, f64)>>,
    /// Whether the query is a question that one place answers.
    short: bool,
}

/// A document that holds a word of the query.
struct Found {
    document: u32,
    best: DocAddress,
    signals: Signals,
    /// Weight of the query's words that it holds.
    held: f64,
    /// For each query word, how often the passages hold it as typed.
    exact: Vec<f64>,
}

/// Inverse document frequencies of one query word: of its stem, of the word as typed, of its stem in titles.
struct Weighed {
    stem: f64,
    exact: f64,
    title: f64,
}

/// What is known of all documents of an index: computed once for a searcher.
pub struct Documents {
    names: Vec<String>,
    lengths: Vec<f64>,
    title_lengths: Vec<f64>,
    /// For each segment, and each passage and vocabulary of it, the number of its document.
    of_entry: Vec<Vec<u32>>,
    /// The passages of each document.
    passages: Vec<Vec<DocAddress>>,
    texts: RefCell<Texts>,
    average_length: f64,
    average_title: f64,
}

/// No document: an entry of the manifest, or what is deleted.
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
            of_entry: Vec::new(),
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
                for entry in segment.doc_ids_alive() {
                    let is_passage = kinds.first(entry) == Some(Kind::Passage as u64);
                    if !is_passage && kinds.first(entry) != Some(Kind::Vocabulary as u64) {
                        continue;
                    }
                    let Some(ordinal) = names.term_ords(entry).next() else { continue };
                    name.clear();
                    names.ord_to_str(ordinal, &mut name)?;
                    let next = u32::try_from(numbers.len()).unwrap_or(NONE);
                    let number = *numbers.entry(name.clone()).or_insert(next);
                    let at = number as usize;
                    if number == next {
                        documents.names.push(name.clone());
                        documents.lengths.push(0.0);
                        documents.title_lengths.push(0.0);
                        documents.passages.push(Vec::new());
                    }
                    own[entry as usize] = number;
                    if is_passage {
                        documents.passages[at].push(address(place, entry));
                        documents.title_lengths[at] = f64::from(titles.fieldnorm(entry));
                        #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
                        let length = tokens.first(entry).unwrap_or(0) as f64;
                        documents.lengths[at] += length;
                    }
                }
            }
            documents.of_entry.push(own);
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

    /// Looks at all documents that hold a word of the query, and at the best of them twice. Linear in the words' postings.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub fn look(
        &self,
        index: &Index,
        terms: &[QueryTerm],
        asked: Option<Asked>,
        admitted: impl Fn(DocAddress) -> bool,
    ) -> Result<Looked<'_>> {
        let failed = |error: tantivy::TantivyError| damaged(&index.dir, &error);
        let (mut found, weights) = self.first_look(index, terms, admitted).map_err(failed)?;
        let nearest = self.second_look(index, terms, &weights, asked, &mut found)?;
        let signals = found[..nearest.len()].iter().map(|found| found.signals).collect();
        let candidates = Candidates { signals, nearest, short: asked.is_some_and(Asked::is_question) };
        Ok(Looked { documents: self, found, candidates })
    }

    /// Documents by the frequencies of the query's words, best first, and the weights of the words.
    fn first_look(
        &self,
        index: &Index,
        terms: &[QueryTerm],
        admitted: impl Fn(DocAddress) -> bool,
    ) -> tantivy::Result<(Vec<Found>, Vec<Weighed>)> {
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
            let exact = [Form::word(term.exact.clone())];
            self.visit(index, index.fields.words, &exact, |document, _, frequency| {
                // What holds a word as typed holds its stem, unless it is not admitted or some of its accents were not typed.
                if let Some(terms) = found.get_mut(&document) {
                    terms[number].exact += frequency;
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
            weights.push(Weighed {
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
            let (mut signals, mut held) = (Signals::default(), 0.0);
            for ((term, evidence), weights) in terms.iter().zip(&found[&document]).zip(&weights) {
                let in_text = |frequency| saturate(frequency, length, self.average_length);
                // The title is part of the text, and lifts the document a little beside.
                let stem = evidence.body + evidence.title;
                signals.stem += term.count * weights.stem * in_text(stem);
                // A vocabulary is of all passages, those with them that are not admitted.
                signals.exact += term.count * weights.exact * in_text(evidence.exact.min(evidence.body));
                signals.title +=
                    term.count * weights.title * saturate(evidence.title, title_length, self.average_title);
                if stem > 0.0 {
                    held += term.count * weights.stem;
                }
            }
            let Some(best) = best.get(&document).and_then(best_passage) else { continue };
            let exact = found[&document].iter().map(|term| term.exact.min(term.body)).collect();
            ranked.push(Found { document, best, signals, held, exact });
        }
        let scores: Vec<f64> = ranked.iter().map(|found| found.signals.score(&WEIGHTS)).collect();
        let mut order: Vec<usize> = (0..ranked.len()).collect();
        self.sort(&mut order, &ranked, &scores);
        let mut ranked: Vec<Option<Found>> = ranked.into_iter().map(Some).collect();
        Ok((order.into_iter().filter_map(|at| ranked[at].take()).collect(), weights))
    }

    /// Looks at the texts of the best documents: words of the title as typed, words of the query near each other, what
    /// looks like the answer to a short question, and which documents are like each, as [`neighbours::nearest`] has it.
    fn second_look(
        &self,
        index: &Index,
        terms: &[QueryTerm],
        weights: &[Weighed],
        asked: Option<Asked>,
        ranked: &mut [Found],
    ) -> Result<Vec<Vec<(usize, f64)>>> {
        let best = SECOND_LOOK.min(ranked.len());
        let mut texts = self.texts.borrow_mut();
        let numbers: Vec<Vec<u32>> = terms.iter().map(|term| texts.numbers(&term.forms)).collect();
        let stems: Vec<f64> = weights.iter().map(|weights| weights.stem).collect();
        let counted: Vec<f64> = terms.iter().zip(&stems).map(|(term, stem)| term.count * stem).collect();
        let statistics = LiveStatistics::new(index);
        let passages = index.state.totals.passages.max(1);
        let mut directions = Vec::with_capacity(best);
        for found in &mut ranked[..best] {
            let at = found.document as usize;
            let text = texts.get(found.document, || self.read_text(index, at))?;
            let length = self.lengths[at];
            for ((term, weights), exact) in terms.iter().zip(weights).zip(&found.exact) {
                let in_title = text.title.iter().filter(|word| **word == term.exact).count();
                if in_title > 0 {
                    let of = |frequency| saturate(frequency, length, self.average_length);
                    #[expect(clippy::cast_precision_loss, reason = "words of one title")]
                    let more = of(exact + in_title as f64) - of(*exact);
                    found.signals.exact += term.count * weights.exact * more;
                }
            }
            found.signals.near =
                text.parts.iter().map(|part| proximity_in(part, &numbers, &stems)).fold(0.0, f64::max);
            if let Some(asked) = asked {
                if asked.is_question() {
                    found.signals.held = found.held;
                }
                for part in &text.parts {
                    let held = Texts::found(part, &numbers);
                    let mut role = |place: usize| texts.role(part[place]);
                    let own = answer(asked, &held, part.len(), &mut role, &counted);
                    found.signals.answer = found.signals.answer.or_better(own);
                }
            }
            directions.push(texts.direction(&text, self.average_length, |term| {
                let term = Term::from_field_text(index.fields.body, term);
                let frequency = statistics.document_frequency(&term);
                frequency
                    .map(|frequency| idf(frequency, passages))
                    .map_err(|error| damaged(&index.dir, &error))
            })?);
        }
        Ok(neighbours::nearest(&directions))
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

    /// Puts places of `found` in the order of their scores; equals in that of their names.
    fn sort(&self, order: &mut [usize], found: &[Found], scores: &[f64]) {
        let name = |at: usize| &self.names[found[at].document as usize];
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then_with(|| name(*a).cmp(name(*b))));
    }

    /// Calls `note` with document, passage and frequency for every live passage, or vocabulary, that holds any of the forms
    /// of a word.
    fn visit(
        &self,
        index: &Index,
        field: Field,
        forms: &[Form],
        mut note: impl FnMut(u32, DocAddress, f64),
    ) -> tantivy::Result<()> {
        for (ordinal, segment) in index.searcher.segment_readers().iter().enumerate() {
            let of_entry = &self.of_entry[ordinal];
            let mut united: BTreeMap<u32, f64> = BTreeMap::new();
            for form in forms {
                let Some(mut found) = Occurrences::open(segment, field, form, IndexRecordOption::WithFreqs)?
                else {
                    continue;
                };
                while found.passage() != TERMINATED {
                    let (passage, frequency) = (found.passage(), form.weight * f64::from(found.frequency()));
                    let document = of_entry[passage as usize];
                    if document != NONE && forms.len() == 1 {
                        note(document, address(ordinal, passage), frequency);
                    } else if document != NONE {
                        *united.entry(passage).or_insert(0.0) += frequency;
                    }
                    found.advance();
                }
            }
            for (passage, frequency) in united {
                note(of_entry[passage as usize], address(ordinal, passage), frequency);
            }
        }
        Ok(())
    }
}

impl Candidates {
    /// The score of each under these weights.
    #[must_use]
    pub fn scores(&self, weights: &Weights) -> Vec<f64> {
        let mut scores: Vec<f64> = self.signals.iter().map(|signals| signals.score(weights)).collect();
        let share = if self.short { weights.share_of_answers } else { weights.share };
        neighbours::smooth(&mut scores, &self.nearest, share);
        scores
    }
}

impl Looked<'_> {
    /// The documents that were looked at twice, each by a passage of it, and what was seen of them.
    #[must_use]
    pub fn into_candidates(self) -> (Vec<DocAddress>, Candidates) {
        let best = self.found.iter().take(self.candidates.signals.len()).map(|found| found.best).collect();
        (best, self.candidates)
    }

    /// The best documents, at most `limit`, by what was seen of them; ties by name.
    #[must_use]
    pub fn rank(&self, weights: &Weights, limit: usize) -> Vec<RankedDocument> {
        let mut scores = self.candidates.scores(weights);
        let twice = scores.len();
        scores.extend(self.found[twice..].iter().map(|found| found.signals.score(weights)));
        let (best, rest) = scores.split_at_mut(twice);
        // What was not looked at again was worse than all that was, and stays so.
        let last = best.iter().copied().fold(f64::INFINITY, f64::min);
        let first = rest.iter().copied().fold(0.0, f64::max);
        if first >= last && first > 0.0 {
            for score in rest {
                *score *= last / first * BEHIND;
            }
        }
        let mut order: Vec<usize> = (0..scores.len()).collect();
        self.documents.sort(&mut order, &self.found, &scores);
        order.truncate(limit);
        order
            .into_iter()
            .map(|at| {
                let found = &self.found[at];
                let seen = found.signals.weighed(weights).into_iter().filter(|(_, value)| *value != 0.0);
                let mut parts: Vec<Explanation> =
                    seen.map(|(name, value)| Explanation::leaf(name, value)).collect();
                let own = found.signals.score(weights);
                parts.push(Explanation::leaf("documents like it", scores[at] - own));
                let explanation = Explanation { name: "whole document".into(), value: scores[at], parts };
                let name = self.documents.names[found.document as usize].clone();
                RankedDocument { name, best: found.best, explanation }
            })
            .collect()
    }
}

/// Bytes of a document from which no further passage of it is read: a text says what it is about in its first pages. On
/// the development collections 4 KiB are as good.
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
