//! The first stage: the best passages by a pruned search, and the evidence that the second stage weighs.

use std::collections::HashMap;

use tantivy::query::{Bm25StatisticsProvider, Bm25Weight, EnableScoring, Query};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, DocId, DocSet, SegmentReader, TERMINATED, Term};

use super::Total;
use super::maxscore::{self, Best, Wanted, Window};
use super::occurrences::{Occurrences, frequency};
use super::plan::Plan;
use super::rank::{Statistics, TermStatistics, idf};
use super::terms::{Form, QueryTerm};
use crate::index::{Index, LiveStatistics};

/// Up to this many matching passages are counted exactly.
const COUNT_EXACTLY: usize = 1000;

/// What a passage holds of one query word.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TermEvidence {
    /// Times the stem stands in heading and text.
    pub body: f64,
    /// Times the word stands in the text as typed; known once the text has been read.
    pub exact: f64,
    /// Times the stem stands in the title.
    pub title: f64,
    /// Positions of the stem in heading and text.
    pub positions: Vec<u32>,
    /// Whether the stem stands in the heading.
    pub in_heading: bool,
}

/// What a passage holds of the query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    /// One for each query word.
    pub terms: Vec<TermEvidence>,
    /// Length of heading and text in tokens.
    pub body_length: f64,
    /// Length of the title in tokens.
    pub title_length: f64,
    /// Share of the query's words that the heading holds.
    pub heading_share: f64,
}

/// A word of a bag of words, as it is looked for in one field.
#[derive(Debug, Clone, PartialEq)]
pub struct Sought {
    /// The word in its field.
    pub term: Term,
    /// What it counts.
    pub weight: f64,
}

/// The best passages by the first stage, at least `limit` if there are so many; see [`Best`] for those that are tied.
pub fn top(
    index: &Index,
    plan: &Plan,
    live: &LiveStatistics,
    limit: usize,
) -> tantivy::Result<Vec<DocAddress>> {
    let united = united(index, &plan.terms, live)?;
    let mut best = Best::new(limit);
    if let Some(bag) = &plan.bag {
        let wanted = wanted(bag, &united)?;
        let mut window = Window::default();
        for (ordinal, segment) in (0..).zip(index.searcher.segment_readers()) {
            maxscore::search(segment, ordinal, &wanted, &mut window, &mut best)?;
        }
        return Ok(best.into_addresses());
    }
    let scoring = EnableScoring::enabled_from_statistics_provider(&united, &index.searcher);
    let weight = plan.query.weight(scoring)?;
    for (ordinal, segment) in (0..).zip(index.searcher.segment_readers()) {
        weight.for_each_pruning(best.threshold(), segment, &mut |document, score| {
            if !segment.is_deleted(document) {
                best.add(score, DocAddress::new(ordinal, document));
            }
            best.threshold()
        })?;
    }
    plan.unread.check()?;
    Ok(best.into_addresses())
}

/// The words of a bag with their weights for the first stage.
fn wanted(bag: &[Sought], united: &United) -> tantivy::Result<Vec<Wanted>> {
    let passages = united.live.passages();
    let weighed = bag.iter().map(|Sought { term, weight }| {
        let term = term.clone();
        let frequency = united.doc_freq(&term)?;
        #[expect(clippy::cast_precision_loss, reason = "as Tantivy has it")]
        let average = united.total_num_tokens(term.field())? as f32 / passages as f32;
        let bm25 = Bm25Weight::for_one_term_without_explain(frequency, passages, average);
        #[expect(clippy::cast_possible_truncation, reason = "weights are small numbers")]
        Ok(Wanted { term, weight: bm25.boost_by(*weight as f32) })
    });
    weighed.collect()
}

/// Statistics in which the stems of one word are as frequent as all that stand for it: BM25 would take a stem that few
/// passages have by chance for a rare word.
struct United<'a> {
    live: &'a LiveStatistics<'a>,
    frequencies: HashMap<Term, u64>,
}

impl Bm25StatisticsProvider for United<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        self.live.total_num_tokens(field)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        self.live.total_num_docs()
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        match self.frequencies.get(term) {
            Some(frequency) => Ok((*frequency).min(self.live.passages())),
            None => self.live.doc_freq(term),
        }
    }
}

/// For each stem of a word that has several, how many passages hold any of them.
fn united<'a>(
    index: &Index,
    terms: &[QueryTerm],
    live: &'a LiveStatistics<'a>,
) -> tantivy::Result<United<'a>> {
    let mut frequencies = HashMap::new();
    for term in terms.iter().filter(|term| term.forms.len() > 1) {
        for field in [index.fields.body, index.fields.title] {
            let all = frequency(index, live, field, &term.forms)?;
            for form in term.forms.iter().filter(|form| form.stems.len() == 1) {
                for stem in form.terms(field) {
                    let known = frequencies.entry(stem).or_insert(0);
                    *known = all.max(*known);
                }
            }
        }
    }
    Ok(United { live, frequencies })
}

/// The number of passages that a plan matches.
pub fn count(index: &Index, plan: &Plan, live: &LiveStatistics) -> tantivy::Result<Total> {
    for sought in plan.bag.iter().flatten() {
        if live.document_frequency(&sought.term)? > COUNT_EXACTLY as u64 {
            return Ok(Total { value: COUNT_EXACTLY, exact: false });
        }
    }
    // Without scores Tantivy takes more for a phrase of three words or more with moves than it finds with them.
    let scoring = if plan.moves {
        EnableScoring::enabled_from_statistics_provider(live, &index.searcher)
    } else {
        EnableScoring::disabled_from_searcher(&index.searcher)
    };
    let total = count_matches(index, plan.query.as_ref(), scoring)?;
    plan.unread.check()?;
    Ok(total)
}

/// The number of passages that match a query.
pub fn count_matches(index: &Index, query: &dyn Query, scoring: EnableScoring<'_>) -> tantivy::Result<Total> {
    let weight = query.weight(scoring)?;
    let mut value = 0;
    for segment in index.searcher.segment_readers() {
        let mut scorer = weight.scorer(segment, 1.0)?;
        let mut document = scorer.doc();
        while document != TERMINATED {
            if !segment.is_deleted(document) {
                value += 1;
                if value > COUNT_EXACTLY {
                    return Ok(Total { value: COUNT_EXACTLY, exact: false });
                }
            }
            document = scorer.advance();
        }
    }
    Ok(Total { value, exact: true })
}

/// The collection statistics of the query's words.
pub fn statistics(index: &Index, terms: &[QueryTerm], live: &LiveStatistics) -> tantivy::Result<Statistics> {
    let fields = &index.fields;
    let passages = live.passages();
    let mut found = Vec::with_capacity(terms.len());
    for term in terms {
        let holding = frequency(index, live, fields.body, &term.forms)?;
        let stem = idf(holding, passages);
        let title = idf(frequency(index, live, fields.title, &term.forms)?, passages);
        found.push(TermStatistics { stem, holding, exact: stem, title });
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of tokens are far below 2^52")]
    let average = |field: Field| live.tokens(field) as f64 / passages as f64;
    Ok(Statistics {
        terms: found,
        passages,
        average_body: average(fields.body),
        average_title: average(fields.title),
    })
}

/// Collects the evidence of candidates from the postings, of their headings if it is asked for: no text is read.
pub fn evidence(
    index: &Index,
    terms: &[QueryTerm],
    candidates: &[DocAddress],
    headings: bool,
) -> tantivy::Result<Vec<Evidence>> {
    let mut found = vec![
        Evidence { terms: vec![TermEvidence::default(); terms.len()], ..Evidence::default() };
        candidates.len()
    ];
    for (ordinal, segment) in index.searcher.segment_readers().iter().enumerate() {
        let mut own: Vec<(DocId, usize)> = candidates
            .iter()
            .enumerate()
            .filter(|(_, address)| address.segment_ord as usize == ordinal)
            .map(|(at, address)| (address.doc_id, at))
            .collect();
        if own.is_empty() {
            continue;
        }
        own.sort_unstable();
        segment_evidence(index, segment, terms, &own, headings, &mut found)?;
    }
    for evidence in &mut found {
        let in_heading = evidence.terms.iter().filter(|term| term.in_heading).count();
        #[expect(clippy::cast_precision_loss, reason = "a query has few words")]
        let share = in_heading as f64 / terms.len().max(1) as f64;
        evidence.heading_share = share;
    }
    Ok(found)
}

fn segment_evidence(
    index: &Index,
    segment: &SegmentReader,
    terms: &[QueryTerm],
    own: &[(DocId, usize)],
    headings: bool,
    found: &mut [Evidence],
) -> tantivy::Result<()> {
    let fields = &index.fields;
    let lengths = segment.fast_fields().u64("tokens")?;
    let titles = segment.get_fieldnorms_reader(fields.title)?;
    for &(document, at) in own {
        #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
        let length = lengths.first(document).unwrap_or(0) as f64;
        found[at].body_length = length;
        found[at].title_length = f64::from(titles.fieldnorm(document));
    }
    for (number, term) in terms.iter().enumerate() {
        let mut visit = |field: Field,
                         forms: &[Form],
                         option: IndexRecordOption,
                         note: &mut dyn FnMut(&mut TermEvidence, f64, &[u32])|
         -> tantivy::Result<()> {
            for form in forms {
                let Some(mut found_here) = Occurrences::open(segment, field, form, option)? else { continue };
                let mut positions = Vec::new();
                for &(document, at) in own {
                    if found_here.seek(document) == TERMINATED {
                        break;
                    }
                    if found_here.passage() == document {
                        positions.clear();
                        if option.has_positions() {
                            found_here.positions(&mut positions);
                        }
                        let frequency = form.weight * f64::from(found_here.frequency());
                        note(&mut found[at].terms[number], frequency, &positions);
                    }
                }
            }
            Ok(())
        };
        visit(
            fields.body,
            &term.forms,
            IndexRecordOption::WithFreqsAndPositions,
            &mut |term, frequency, positions| {
                if term.positions.is_empty() {
                    term.positions.extend_from_slice(positions);
                    term.body += frequency;
                    return;
                }
                // What stands under two forms, as it is written and without its accents, stands there once.
                let known = term.positions.len();
                let fresh = positions.iter().filter(|position| !term.positions[..known].contains(position));
                let fresh: Vec<u32> = fresh.copied().collect();
                #[expect(clippy::cast_precision_loss, reason = "words of one passage")]
                let share = fresh.len() as f64 / positions.len().max(1) as f64;
                term.body += frequency * share;
                term.positions.extend(fresh);
            },
        )?;
        visit(fields.title, &term.forms, IndexRecordOption::WithFreqs, &mut |term, frequency, _| {
            term.title += frequency;
        })?;
        if headings {
            visit(fields.heading, &term.forms, IndexRecordOption::Basic, &mut |term, _, _| {
                term.in_heading = true;
            })?;
        }
        if term.forms.len() > 1 {
            for &(_, at) in own {
                found[at].terms[number].positions.sort_unstable();
            }
        }
    }
    Ok(())
}
