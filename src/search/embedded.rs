//! Search in an index on this machine.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Instant;

use tantivy::DocAddress;
use tantivy::collector::DocSetCollector;

use super::collapse::Collapse;
use super::documents::Documents;
use super::highlight::Matcher;
use super::plan::{Plan, Planner};
use super::rank::{self, Explanation, Statistics};
use super::{Advice, By, Hit, Request, Response, Search, Total, candidates, suggest};
use crate::analysis::fold;
use crate::error::Result;
use crate::index::{Index, StoredPassage, damaged};
use crate::query::{Query, parse};

/// Candidates that the second stage scores. On the development collections, more change nothing in the first ten.
const CANDIDATES: usize = 100;

/// Words of a query that are looked up for a correction: a longer text is no typed query.
const MOST_CORRECTED: usize = 32;

/// Hits that are read beyond those asked for, so that folding leaves enough.
const SPARE: usize = 10;

/// An open index as something to search.
pub struct Embedded {
    index: Index,
    documents: OnceCell<Documents>,
}

/// A candidate with its score.
struct Scored {
    address: DocAddress,
    explanation: Explanation,
}

impl Embedded {
    /// Searches this index.
    #[must_use]
    pub const fn new(index: Index) -> Self {
        Self { index, documents: OnceCell::new() }
    }

    /// The index that is searched.
    #[must_use]
    pub const fn index(&self) -> &Index {
        &self.index
    }

    /// Number of passages; no list is longer.
    fn passages(&self) -> usize {
        usize::try_from(self.index.state.totals.passages).unwrap_or(usize::MAX).max(1)
    }

    fn documents(&self) -> tantivy::Result<&Documents> {
        if let Some(documents) = self.documents.get() {
            return Ok(documents);
        }
        let documents = Documents::read(&self.index)?;
        Ok(self.documents.get_or_init(|| documents))
    }

    /// Carries out a query as typed, then looser, until something matches.
    fn plan(&self, request: &Request, advice: &mut Advice) -> Result<(Plan, Total)> {
        let query = parse(&request.query);
        let (corrected, guesses) = self.correct(&request.query, &query)?;
        if let Some(corrected) = &corrected {
            advice.did_you_mean = Some(corrected.clone());
        }
        let query = corrected.as_deref().map_or(query, parse);
        let mut planner = Planner::new(&self.index, &guesses);
        let plan = planner.plan(&query, &request.filter, true)?;
        let total = self.count(&plan)?;
        if total.value > 0 || query.is_empty() {
            return Ok((plan, total));
        }
        let loose = planner.plan(&query, &request.filter, false)?;
        let total = self.count(&loose)?;
        if total.value > 0 {
            advice.relaxed = true;
            advice.notes.push(
                "nothing matches as typed; phrases and required words were taken as single words".to_owned(),
            );
        }
        Ok((loose, total))
    }

    fn count(&self, plan: &Plan) -> Result<Total> {
        candidates::count(&self.index, plan.query.as_ref()).map_err(|error| damaged(&self.index.dir, &error))
    }

    /// The query with every word that no passage holds replaced by the likeliest one, if any was, and those words.
    fn correct(&self, text: &str, query: &Query) -> Result<(Option<String>, Vec<String>)> {
        let mut corrected = text.to_owned();
        let mut guesses = Vec::new();
        for word in query.words().into_iter().take(MOST_CORRECTED) {
            let likeliest =
                suggest::correct(&self.index, &word).map_err(|error| damaged(&self.index.dir, &error))?;
            if let Some(likeliest) = likeliest {
                corrected = corrected.replacen(&word, &likeliest, 1);
                guesses.push(likeliest);
            }
        }
        Ok(((!guesses.is_empty()).then_some(corrected), guesses))
    }

    fn rank_passages(
        &self,
        plan: &Plan,
        statistics: &Statistics,
        request: &Request,
    ) -> tantivy::Result<Vec<Scored>> {
        let wanted = CANDIDATES.max(request.offset.saturating_add(request.limit).saturating_add(SPARE));
        let wanted = wanted.min(self.passages());
        let found = candidates::top(&self.index, plan.query.as_ref(), wanted)?;
        let evidence = candidates::evidence(&self.index, &plan.terms, &found)?;
        let question = Query::is_question(&request.query);
        let mut scored: Vec<Scored> = found
            .iter()
            .zip(&evidence)
            .map(|(address, evidence)| Scored {
                address: *address,
                explanation: rank::score(&plan.terms, statistics, evidence, question),
            })
            .collect();
        scored.sort_by(|a, b| b.explanation.value.total_cmp(&a.explanation.value));
        Ok(scored)
    }

    fn rank_documents(&self, plan: &Plan, request: &Request) -> Result<Vec<Scored>> {
        let failed = |error: tantivy::TantivyError| damaged(&self.index.dir, &error);
        let documents = self.documents().map_err(failed)?;
        // Whatever is more than a bag of words limits which passages count.
        let admitted: Option<HashSet<DocAddress>> = if plan.limited {
            Some(self.index.searcher.search(plan.query.as_ref(), &DocSetCollector).map_err(failed)?)
        } else {
            None
        };
        let ranked = documents.rank(
            &self.index,
            &plan.terms,
            Query::is_question(&request.query),
            request.offset.saturating_add(request.limit),
            |passage| admitted.as_ref().is_none_or(|admitted| admitted.contains(&passage)),
        )?;
        Ok(ranked
            .into_iter()
            .map(|document| Scored {
                address: document.best,
                explanation: Explanation {
                    name: "whole document".to_owned(),
                    value: document.score,
                    parts: Vec::new(),
                },
            })
            .collect())
    }

    /// Reads the best candidates and puts equals in the order of their sources and places.
    fn read(&self, scored: Vec<Scored>, wanted: usize) -> Result<Vec<(Scored, StoredPassage)>> {
        let cut = scored.get(wanted.saturating_sub(1)).map(|last| last.explanation.value);
        let mut read = Vec::new();
        for candidate in scored {
            if cut.is_some_and(|cut| candidate.explanation.value < cut) {
                break;
            }
            let passage = self.index.passage(candidate.address)?;
            read.push((candidate, passage));
        }
        read.sort_by(|(a, left), (b, right)| {
            b.explanation.value.total_cmp(&a.explanation.value).then_with(|| {
                (&left.root, &left.source, &left.spans).cmp(&(&right.root, &right.source, &right.spans))
            })
        });
        Ok(read)
    }
}

impl Search for Embedded {
    fn search(&self, request: &Request) -> Result<Response> {
        let started = Instant::now();
        let mut advice = Advice::default();
        let (plan, total) = self.plan(request, &mut advice)?;
        advice.notes.extend(plan.notes.iter().cloned());
        if !self.index.state.complete {
            advice.notes.push("the index is not complete; run `backsearch index` to complete it".to_owned());
        }
        let failed = |error: tantivy::TantivyError| damaged(&self.index.dir, &error);
        let statistics = candidates::statistics(&self.index, &plan.terms).map_err(failed)?;
        let scored = if total.value == 0 {
            Vec::new()
        } else if request.by == By::Document {
            self.rank_documents(&plan, request)?
        } else {
            self.rank_passages(&plan, &statistics, request).map_err(failed)?
        };
        let fold_hits = request.fold && request.by == By::Passage;
        let end = request.offset.saturating_add(request.limit).min(self.passages());
        let wanted = if fold_hits { end + end / 2 + SPARE } else { end };
        let weights: Vec<f64> = statistics.terms.iter().map(|term| term.stem).collect();
        let mut matcher = Matcher::new(&plan.terms, &weights, &plan.prefixes, &plan.fuzzy);
        let mut collapse = Collapse::new();
        let mut plain = Vec::new();
        for (scored, passage) in self.read(scored, wanted)? {
            let file = self.index.file_of(&passage);
            let hit = hit_of(scored, passage, file, &mut matcher, request.explain);
            if fold_hits {
                collapse.add(hit);
            } else {
                plain.push(hit);
            }
        }
        let hits = if fold_hits { collapse.into_hits() } else { plain };
        let mut hits: Vec<Hit> = hits.into_iter().skip(request.offset).take(request.limit).collect();
        for (at, hit) in hits.iter_mut().enumerate() {
            hit.rank = request.offset + at + 1;
            hit.changed = has_changed(hit);
            // From another folder than that of the first run, the path that was named leads nowhere.
            if !hit.path.exists() {
                hit.path.clone_from(&hit.file);
            }
            finish(hit);
        }
        Ok(Response { total, advice, hits, took: started.elapsed() })
    }
}

fn hit_of(
    scored: Scored,
    passage: StoredPassage,
    file: PathBuf,
    matcher: &mut Matcher,
    explain: bool,
) -> Hit {
    let marked = matcher.mark(&passage.text);
    let first = marked
        .ranges
        .iter()
        .find(|range| marked.best_sentence.contains(&range.start))
        .map_or(marked.best_sentence.start, |range| range.start);
    let line =
        passage.line_starts.iter().take_while(|(_, at)| *at <= first).last().map_or(1, |(line, _)| *line);
    let lines = (passage.line_starts.first().map_or(line, |(line, _)| *line), passage.last_line);
    Hit {
        rank: 0,
        score: scored.explanation.value,
        id: passage.id(),
        document: passage.record.unwrap_or_else(|| passage.source.clone()),
        root: passage.root,
        source: passage.source,
        path: passage.path.into(),
        file,
        title: passage.title,
        heading: passage.heading,
        text: passage.text,
        spans: passage.spans,
        lines,
        highlights: marked.ranges.into_iter().map(|range| (range.start, range.end)).collect(),
        quality: Some(passage.quality),
        changed: false,
        also_in: Vec::new(),
        cite_line: line,
        url: passage.url,
        explanation: explain.then_some(scored.explanation),
        indexed: Some((passage.size, passage.modified)),
    }
}

/// Whether the file is not what it was when it was indexed.
fn has_changed(hit: &Hit) -> bool {
    let Some((size, modified)) = hit.indexed else { return false };
    std::fs::metadata(&hit.file)
        .map_or(true, |metadata| metadata.len() != size || crate::source::modified(&metadata) != modified)
}

/// Leaves out a title that the heading repeats.
fn finish(hit: &mut Hit) {
    if let (Some(title), Some(heading)) = (&hit.title, &hit.heading)
        && fold(title) == fold(heading)
    {
        hit.heading = None;
    }
}
