//! Search in an index on this machine.

use std::cell::{OnceCell, RefCell};
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::time::Instant;

use tantivy::DocAddress;
use tantivy::collector::DocSetCollector;

use super::answer::{answer_in, found};
use super::candidates::Evidence;
use super::collapse::Collapse;
use super::documents::{Candidates, Documents, Looked};
use super::highlight::Matcher;
use super::plan::{Plan, Planner};
use super::rank::{self, Explanation, Statistics, WEIGHTS};
use super::relax::{relax, without_exclusions, without_limits};
use super::shown::{LookedAt, hit_of};
use super::suggest::Corrector;
use super::{Advice, By, Filter, Request, Response, Search, Total, as_typed, candidates};
use crate::analysis::{Analyzer, units};
use crate::error::Result;
use crate::index::{INCOMPLETE, Index, LiveStatistics, StoredPassage, damaged};
use crate::query::{Asked, Query, Question, Synonyms, parse, sought};

/// Candidates that the second stage scores. On the development collections, more change nothing in the first ten.
const CANDIDATES: usize = 100;

/// Passages whose texts are looked at: about as many as are read anyway, to be shown and folded. Ranked by passages, the
/// seven development collections have a mean nDCG@10 of .562 with 20, .563 with 30, .565 with 50 and .563 with 100.
const READ: usize = 20;

/// Hits that are read beyond those asked for and half as many again, so that folding leaves enough.
const SPARE: usize = 5;

/// An open index as something to search.
pub struct Embedded {
    index: Index,
    documents: OnceCell<Documents>,
    synonyms: Synonyms,
    /// Kept between searches for the stems that it remembers.
    analyzer: RefCell<Analyzer>,
}

/// A candidate with its score.
struct Scored {
    address: DocAddress,
    explanation: Explanation,
    /// What a passage holds of the query; nothing where whole documents are ranked.
    evidence: Evidence,
    /// The passage, if it was read already.
    passage: Option<Box<StoredPassage>>,
    /// Where the words of its text stand, if it was looked at.
    words: Vec<Range<usize>>,
}

impl Embedded {
    /// Searches this index.
    #[must_use]
    pub fn new(index: Index) -> Self {
        Self::with_synonyms(index, Synonyms::default())
    }

    /// Searches this index, and takes words for one another as the synonyms say.
    #[must_use]
    pub fn with_synonyms(index: Index, synonyms: Synonyms) -> Self {
        let analyzer = RefCell::new(Analyzer::default());
        Self { index, documents: OnceCell::new(), synonyms, analyzer }
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
    fn plan(
        &self,
        request: &Request,
        advice: &mut Advice,
        live: &LiveStatistics,
        analyzer: &mut Analyzer,
    ) -> Result<(Plan, Total)> {
        let read = |text: &str| {
            let mut query = parse(text);
            self.synonyms.apply(&mut query);
            query
        };
        let failed = |error: tantivy::TantivyError| damaged(&self.index.dir, &error);
        let query = read(&request.query);
        let corrected = if request.correct {
            Corrector::new(&self.index, live, analyzer)
                .and_then(|mut corrector| corrector.correct(&request.query, &query))
                .map_err(failed)?
        } else {
            None
        };
        let query = corrected.as_ref().map_or(query, |corrected| read(&corrected.text));
        let corrected = corrected.unwrap_or_default();
        advice.did_you_mean = (!corrected.guesses.is_empty()).then_some(corrected.text);
        let mut planner = Planner::new(&self.index, analyzer, corrected.guesses, &request.filter)?;
        let plan = planner.plan(&query, &request.filter)?;
        let total = self.count(&plan, live)?;
        if total.value > 0 || query.is_empty() {
            return Ok((plan, total));
        }
        advice.notes.extend(self.obstacles(&mut planner, &query, &request.filter, live)?);
        if request.relax {
            let mut count = |query: &Query| {
                let plan = planner.plan(query, &request.filter)?;
                self.count(&plan, live).map(|total| total.value)
            };
            if let Some(relaxed) = relax(&query, request.correct, &mut count)? {
                advice.relaxed = true;
                advice.notes.push(relaxed.note);
                let plan = planner.plan(&relaxed.query, &request.filter)?;
                let total = self.count(&plan, live)?;
                return Ok((plan, total));
            }
        }
        Ok((plan, total))
    }

    /// What nothing passes, and is never loosened: how many passages match a query without its limits, and without its
    /// exclusions.
    fn obstacles(
        &self,
        planner: &mut Planner,
        query: &Query,
        filter: &Filter,
        live: &LiveStatistics,
    ) -> Result<Vec<String>> {
        let mut notes = Vec::new();
        let mut names = filter.names();
        let without = without_limits(query);
        if let Some((_, own)) = &without {
            names.extend(own);
        }
        let unlimited = without.as_ref().map_or(query, |(query, _)| query);
        if !names.is_empty() && !unlimited.is_empty() {
            let plan = planner.plan(unlimited, &Filter::default())?;
            let outside = self.count(&plan, live)?;
            if outside.value > 0 {
                notes.push(format!("{} outside the limits ({})", matching(outside), names.join(", ")));
            }
        }
        if let Some(query) = without_exclusions(query) {
            let plan = planner.plan(&query, filter)?;
            let excluded = self.count(&plan, live)?;
            if excluded.value > 0 {
                notes.push(format!("{} but for what is excluded", matching(excluded)));
            }
        }
        Ok(notes)
    }

    fn count(&self, plan: &Plan, live: &LiveStatistics) -> Result<Total> {
        candidates::count(&self.index, plan, live).map_err(|error| damaged(&self.index.dir, &error))
    }

    fn rank_passages(
        &self,
        plan: &Plan,
        statistics: &Statistics,
        request: &Request,
        live: &LiveStatistics,
        analyzer: &mut Analyzer,
    ) -> Result<Vec<Scored>> {
        let failed = |error: tantivy::TantivyError| damaged(&self.index.dir, &error);
        let wanted = CANDIDATES.max(request.offset.saturating_add(request.limit).saturating_add(SPARE));
        let wanted = wanted.min(self.passages());
        let found = candidates::top(&self.index, plan, live, wanted).map_err(failed)?;
        let question = Question::of(&request.query);
        let evidence =
            candidates::evidence(&self.index, &plan.terms, &found, question.is_some()).map_err(failed)?;
        let asked = sought(question, plan.terms.len());
        let score = |statistics: &Statistics, evidence: &Evidence| {
            rank::score(&plan.terms, statistics, evidence, question.is_some(), asked, request.explain)
        };
        let mut scored: Vec<Scored> = found
            .into_iter()
            .zip(evidence)
            .map(|(address, evidence)| Scored {
                address,
                explanation: score(statistics, &evidence),
                evidence,
                passage: None,
                words: Vec::new(),
            })
            .collect();
        sort(&mut scored);
        let read = self.read_best(&mut scored, plan)?;
        let mut statistics = statistics.clone();
        let evidence: Vec<&Evidence> = scored[..read].iter().map(|candidate| &candidate.evidence).collect();
        as_typed::estimate(&mut statistics, &evidence);
        for candidate in &mut scored[..read] {
            candidate.explanation = score(&statistics, &candidate.evidence);
        }
        Self::look_at_texts(&mut scored, plan, &statistics, asked, analyzer);
        Ok(scored)
    }

    /// Reads the best passages, counts the words that they hold as typed, and gives their number.
    fn read_best(&self, scored: &mut [Scored], plan: &Plan) -> Result<usize> {
        // Those tied with the last are read as well: which of them comes first must not depend on where they are stored.
        let cut = scored.get(READ - 1).map_or(f64::NEG_INFINITY, |last| last.explanation.value);
        let read = scored.partition_point(|candidate| candidate.explanation.value >= cut);
        // In the order in which they are stored, so that a block that holds several of them is unpacked once.
        let mut stored: Vec<&mut Scored> = scored[..read].iter_mut().collect();
        stored.sort_unstable_by_key(|candidate| candidate.address);
        for candidate in stored {
            let passage = self.index.passage(candidate.address)?;
            candidate.words = units(&passage.text);
            as_typed::count(&plan.terms, &passage.text, &candidate.words, &mut candidate.evidence);
            candidate.passage = Some(Box::new(passage));
        }
        Ok(read)
    }

    /// Looks at the passages that were read: those that look like the answer to a short question rise, and those of a page
    /// that has better ones sink a little.
    fn look_at_texts(
        scored: &mut [Scored],
        plan: &Plan,
        statistics: &Statistics,
        asked: Option<Asked>,
        analyzer: &mut Analyzer,
    ) {
        if let Some(asked) = asked {
            let weights: Vec<f64> =
                plan.terms.iter().zip(&statistics.terms).map(|(term, own)| term.count * own.stem).collect();
            for candidate in scored.iter_mut() {
                let Some(passage) = &candidate.passage else { break };
                let found = found(candidate.evidence.terms.iter().map(|term| &*term.positions));
                let answer = answer_in(passage, &candidate.words, asked, &found, &weights, analyzer);
                candidate.explanation.add_answer(answer);
            }
        }
        sort(scored);
        let mut of_page: HashMap<(String, String), f64> = HashMap::new();
        for candidate in scored.iter_mut() {
            let Some(passage) = &candidate.passage else { continue };
            let before = of_page.entry((passage.root.clone(), passage.source.clone())).or_default();
            candidate.explanation.add_page_mates(*before);
            *before += 1.0;
        }
        sort(scored);
    }

    /// Looks at the documents of a query once and twice.
    fn look(&self, plan: &Plan, request: &Request) -> Result<Looked<'_>> {
        let failed = |error: tantivy::TantivyError| damaged(&self.index.dir, &error);
        let documents = self.documents().map_err(failed)?;
        // Whatever is more than a bag of words limits which passages count.
        let admitted: Option<HashSet<DocAddress>> = if plan.limited {
            let admitted = self.index.searcher.search(plan.query.as_ref(), &DocSetCollector);
            Some(admitted.and_then(|admitted| plan.unread.check().map(|()| admitted)).map_err(failed)?)
        } else {
            None
        };
        let asked = sought(Question::of(&request.query), plan.terms.len());
        documents.look(&self.index, &plan.terms, asked, |passage| {
            admitted.as_ref().is_none_or(|admitted| admitted.contains(&passage))
        })
    }

    /// The documents that a request by documents looks at twice, and what is seen of them: for weights to be chosen.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub fn candidates(&self, request: &Request) -> Result<(Vec<String>, Candidates)> {
        let live = LiveStatistics::new(&self.index);
        let analyzer = &mut self.analyzer.borrow_mut();
        let (plan, _) = self.plan(request, &mut Advice::default(), &live, analyzer)?;
        let (passages, candidates) = self.look(&plan, request)?.into_candidates();
        let name = |passage| {
            let passage = self.index.passage(passage)?;
            Ok(passage.record.clone().unwrap_or_else(|| self.index.name_of(&passage)))
        };
        Ok((passages.into_iter().map(name).collect::<Result<_>>()?, candidates))
    }

    fn rank_documents(&self, plan: &Plan, request: &Request) -> Result<Vec<Scored>> {
        let looked = self.look(plan, request)?;
        Ok(looked
            .rank(&WEIGHTS, request.offset.saturating_add(request.limit))
            .into_iter()
            .map(|document| Scored {
                address: document.best,
                explanation: document.explanation,
                evidence: Evidence::default(),
                passage: None,
                words: Vec::new(),
            })
            .collect())
    }

    /// Reads the best candidates and puts equals in the order of their sources and places.
    fn read(&self, scored: Vec<Scored>, wanted: usize) -> Result<Vec<(Scored, StoredPassage)>> {
        let cut = scored.get(wanted.saturating_sub(1)).map(|last| last.explanation.value);
        let mut read = Vec::new();
        for mut candidate in scored {
            if cut.is_some_and(|cut| candidate.explanation.value < cut) {
                break;
            }
            let passage = match candidate.passage.take() {
                Some(passage) => *passage,
                None => self.index.passage(candidate.address)?,
            };
            read.push((candidate, passage));
        }
        read.sort_by(|(a, left), (b, right)| {
            b.explanation.value.total_cmp(&a.explanation.value).then_with(|| by_place(left, right))
        });
        Ok(read)
    }
}

impl Search for Embedded {
    fn search(&self, request: &Request) -> Result<Response> {
        let started = Instant::now();
        let mut advice = Advice::default();
        let live = LiveStatistics::new(&self.index);
        let analyzer = &mut self.analyzer.borrow_mut();
        let (plan, total) = self.plan(request, &mut advice, &live, analyzer)?;
        advice.notes.extend(plan.notes.iter().cloned());
        if !self.index.state.complete {
            advice.notes.push(INCOMPLETE.to_owned());
        }
        let failed = |error: tantivy::TantivyError| damaged(&self.index.dir, &error);
        let statistics = candidates::statistics(&self.index, &plan.terms, &live).map_err(failed)?;
        let scored = if total.value == 0 {
            Vec::new()
        } else if request.by == By::Document {
            self.rank_documents(&plan, request)?
        } else {
            self.rank_passages(&plan, &statistics, request, &live, analyzer)?
        };
        let fold_hits = request.fold && request.by == By::Passage;
        let end = request.offset.saturating_add(request.limit).min(self.passages());
        let wanted = if fold_hits { end + end / 2 + SPARE } else { end };
        let weights: Vec<f64> = statistics.terms.iter().map(|term| term.stem).collect();
        let mut matcher = Matcher::new(analyzer, &plan.terms, &weights, &plan.prefixes, &plan.fuzzy);
        let read = self.read(scored, wanted)?;
        let mut collapse = Collapse::new(fold_hits);
        for (scored, passage) in read {
            collapse.add(passage, scored.explanation, scored.evidence);
        }
        let placed = plan.stems_tell && request.by == By::Passage;
        let kept = collapse.into_kept().skip(request.offset).take(request.limit);
        let mut looked_at = LookedAt::default();
        let hits = kept
            .zip(request.offset + 1..)
            .map(|(kept, rank)| {
                hit_of(&self.index, kept, rank, &mut matcher, placed, request, &mut looked_at)
            })
            .collect();
        Ok(Response { total, advice, hits, took: started.elapsed() })
    }
}

/// Best first; equals that were read in the order of their sources and places.
fn sort(scored: &mut [Scored]) {
    scored.sort_by(|a, b| {
        let places = || match (&a.passage, &b.passage) {
            (Some(a), Some(b)) => by_place(a, b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        };
        b.explanation.value.total_cmp(&a.explanation.value).then_with(places)
    });
}

fn by_place(a: &StoredPassage, b: &StoredPassage) -> Ordering {
    (&a.root, &a.source, &a.spans).cmp(&(&b.root, &b.source, &b.spans))
}

/// That so many passages match.
fn matching(total: Total) -> String {
    match (total.value, total.exact) {
        (1, true) => "1 passage matches".to_owned(),
        (value, true) => format!("{value} passages match"),
        (value, false) => format!("more than {value} passages match"),
    }
}
