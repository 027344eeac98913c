//! The first stage: the best passages by Tantivy's pruned top-k, and the evidence that the second stage weighs.

use std::collections::HashMap;

use tantivy::collector::TopDocs;
use tantivy::query::{EnableScoring, Query};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, DocId, DocSet, SegmentReader, TERMINATED, Term};

use super::Total;
use super::occurrences::{Occurrences, frequency};
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
    /// Times the word stands in the text as typed.
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

/// The best passages by the first stage. Those tied with the last are all admitted, so that the choice among equals is
/// made by the second stage's order and not by where Tantivy keeps them.
pub fn top(
    index: &Index,
    query: &dyn Query,
    terms: &[QueryTerm],
    limit: usize,
) -> tantivy::Result<Vec<DocAddress>> {
    let statistics = LiveStatistics::with_united(index, united(index, terms)?);
    let mut wanted = limit + 1;
    loop {
        let collector = TopDocs::with_limit(wanted).order_by_score();
        let found = index.searcher.search_with_statistics_provider(query, &collector, &statistics)?;
        let Some(cut) = found.get(limit.saturating_sub(1)).map(|(score, _)| *score) else {
            return Ok(found.into_iter().map(|(_, address)| address).collect());
        };
        let tied = found.len() == wanted && found.last().is_some_and(|(score, _)| *score >= cut);
        if tied && wanted < limit * 64 {
            wanted *= 2;
            continue;
        }
        return Ok(found
            .into_iter()
            .take_while(|(score, _)| *score >= cut)
            .map(|(_, address)| address)
            .collect());
    }
}

/// For each stem of a word that has several, how many passages hold any of them.
fn united(index: &Index, terms: &[QueryTerm]) -> tantivy::Result<HashMap<Term, u64>> {
    let mut united = HashMap::new();
    for term in terms.iter().filter(|term| term.forms.len() > 1) {
        for field in [index.fields.body, index.fields.title] {
            let all = frequency(index, field, &term.forms)?;
            for form in term.forms.iter().filter(|form| form.stems.len() == 1) {
                for stem in form.terms(field) {
                    let known = united.entry(stem).or_insert(0);
                    *known = all.max(*known);
                }
            }
        }
    }
    Ok(united)
}

/// The number of passages that match.
pub fn count(index: &Index, query: &dyn Query) -> tantivy::Result<Total> {
    // With scores, as the hits are found: without them Tantivy takes more for a phrase of three words or more with moves.
    let statistics = LiveStatistics::new(index);
    let scoring = EnableScoring::enabled_from_statistics_provider(&statistics, &index.searcher);
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
pub fn statistics(index: &Index, terms: &[QueryTerm]) -> tantivy::Result<Statistics> {
    let live = LiveStatistics::new(index);
    let fields = &index.fields;
    let passages = index.state.totals.passages.max(1);
    let mut found = Vec::with_capacity(terms.len());
    for term in terms {
        found.push(TermStatistics {
            stem: idf(frequency(index, fields.body, &term.forms)?, passages),
            exact: idf(live.document_frequency(&Term::from_field_text(fields.exact, &term.exact))?, passages),
            title: idf(frequency(index, fields.title, &term.forms)?, passages),
        });
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of tokens are far below 2^52")]
    let average = |field: Field| live.tokens(field) as f64 / passages as f64;
    Ok(Statistics { terms: found, average_body: average(fields.body), average_title: average(fields.title) })
}

/// Collects the evidence of candidates from the postings: no text is read.
pub fn evidence(
    index: &Index,
    terms: &[QueryTerm],
    candidates: &[DocAddress],
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
        segment_evidence(index, segment, terms, &own, &mut found)?;
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
        let exact = Form::word(term.exact.clone());
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
                term.body += frequency;
                term.positions.extend_from_slice(positions);
            },
        )?;
        visit(fields.exact, &[exact], IndexRecordOption::WithFreqs, &mut |term, frequency, _| {
            term.exact = frequency;
        })?;
        visit(fields.title, &term.forms, IndexRecordOption::WithFreqs, &mut |term, frequency, _| {
            term.title += frequency;
        })?;
        visit(fields.heading, &term.forms, IndexRecordOption::Basic, &mut |term, _, _| {
            term.in_heading = true;
        })?;
        if term.forms.len() > 1 {
            for &(_, at) in own {
                found[at].terms[number].positions.sort_unstable();
            }
        }
    }
    Ok(())
}
