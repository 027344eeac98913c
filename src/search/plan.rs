//! From a query to what Tantivy looks for and what the ranking weighs.

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur as TOccur, PhraseQuery,
    Query as TQuery, RangeQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::IndexRecordOption;

use super::{Filter, rank};
use crate::analysis::{Analyzer, Stemming, fold, fold_into, words};
use crate::error::{Error, Kind, Result};
use crate::index::Index;
use crate::query::{Clause, Field, Occur, Query, What, is_stop_word};

/// Most words that a prefix stands for; the most frequent are taken.
const MOST_EXPANSIONS: usize = 64;

/// A query word that counts for the rank.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryTerm {
    /// The word folded.
    pub exact: String,
    /// Its stem.
    pub stem: String,
    /// How often the query holds it.
    pub count: f64,
}

/// A query ready to be carried out.
pub struct Plan {
    /// What must, may and must not match.
    pub query: Box<dyn TQuery>,
    /// The words that count for the rank, in the order of the query.
    pub terms: Vec<QueryTerm>,
    /// Whether it asks for more than any of its words: then only some of the passages that hold one match.
    pub limited: bool,
    /// Folded beginnings of words that match.
    pub prefixes: Vec<String>,
    /// Words near which others match, with the number of edits.
    pub fuzzy: Vec<(String, u8)>,
    /// Whether words were found that are only matched, not ranked.
    pub notes: Vec<String>,
}

/// Weight of each word that a prefix or a misspelt word stands for.
const EXPANSION_WEIGHT: f64 = 0.5;

/// Most different words of a query that count; a longer text says what it is about in its first words.
const MOST_TERMS: usize = 512;

/// Builds plans for one index.
pub struct Planner<'a> {
    index: &'a Index,
    stemmer: Analyzer,
    /// Folded words that stand for others that were typed, each with the chance that it was meant.
    guesses: Vec<(String, f64)>,
}

impl<'a> Planner<'a> {
    /// A planner for queries in which `guesses` stand for words that were typed otherwise.
    pub fn new(index: &'a Index, guesses: Vec<(String, f64)>) -> Self {
        Self { index, stemmer: Analyzer::new(Stemming::English), guesses }
    }

    /// The words of a query that count for the rank: without stop words, unless there are no others.
    pub fn terms(&mut self, query: &Query) -> Vec<QueryTerm> {
        let all = query.words();
        let telling: Vec<&String> = all.iter().filter(|word| !is_stop_word(&fold(word))).collect();
        let chosen = if telling.is_empty() { all.iter().collect() } else { telling };
        let mut terms: Vec<QueryTerm> = Vec::new();
        for word in chosen {
            if terms.len() >= MOST_TERMS {
                break;
            }
            let mut exact = String::new();
            fold_into(word, &mut exact);
            let stem = self.stemmer.term(word);
            match terms.iter_mut().find(|term| term.stem == stem) {
                Some(term) => term.count += 1.0,
                None => terms.push(QueryTerm { exact, stem, count: 1.0 }),
            }
        }
        // Where all words are guesses there is nothing better to go by.
        let chance = |term: &QueryTerm| self.guesses.iter().find(|(word, _)| *word == term.exact);
        if !terms.iter().all(|term| chance(term).is_some()) {
            for term in &mut terms {
                if let Some((_, chance)) = chance(term) {
                    term.count *= chance;
                }
            }
        }
        terms
    }

    /// Plans a query under a filter.
    pub fn plan(&mut self, query: &Query, filter: &Filter) -> Result<Plan> {
        let terms = self.terms(query);
        let mut plan = Plan {
            query: Box::new(EmptyQuery),
            terms,
            limited: false,
            prefixes: Vec::new(),
            fuzzy: Vec::new(),
            notes: query.notes.clone(),
        };
        let mut parts = self.clauses(&query.clauses, &mut plan)?;
        let positive = parts.iter().any(|(occur, _)| *occur != TOccur::MustNot);
        if !positive {
            if !parts.is_empty() {
                plan.notes.push("a query of nothing but exclusions finds nothing".to_owned());
            }
            return Ok(plan);
        }
        let filters = self.filters(filter)?;
        plan.limited |= !filters.is_empty();
        if !filters.is_empty() {
            // What may match must still match in part when filters are required.
            let wanted = BooleanQuery::new(parts);
            parts = vec![(TOccur::Must, Box::new(wanted) as Box<dyn TQuery>)];
            parts.extend(
                filters.into_iter().map(|query| {
                    (TOccur::Must, Box::new(ConstScoreQuery::new(query, 0.0)) as Box<dyn TQuery>)
                }),
            );
        }
        plan.query = Box::new(BooleanQuery::new(parts));
        Ok(plan)
    }

    fn clauses(&mut self, clauses: &[Clause], plan: &mut Plan) -> Result<Vec<(TOccur, Box<dyn TQuery>)>> {
        let mut parts: Vec<(TOccur, Box<dyn TQuery>)> = Vec::new();
        for clause in clauses {
            let occur = match clause.occur {
                Occur::MustNot => TOccur::MustNot,
                Occur::Must => TOccur::Must,
                Occur::Should => TOccur::Should,
            };
            let excluded = occur == TOccur::MustNot;
            match &clause.what {
                What::Word(None, word) => {
                    let folded = fold(word);
                    // Stop words are in `terms` only when there is nothing else.
                    let counts = plan
                        .terms
                        .iter()
                        .find(|term| term.exact == folded || term.stem == self.stemmer.term(word))
                        .cloned();
                    match (occur, counts) {
                        (TOccur::Should, Some(term)) => {
                            for query in self.term_queries(&term) {
                                parts.push((TOccur::Should, query));
                            }
                        }
                        (TOccur::Should, None) => {}
                        (TOccur::MustNot, _) => {
                            // Only what the passage itself says excludes it: its title is that of the whole document.
                            parts.push((occur, self.stemmed(self.index.fields.body, word)));
                        }
                        (_, _) => {
                            let stem = self.stemmer.term(word);
                            let term = QueryTerm { exact: folded, stem, count: 1.0 };
                            let any = self
                                .term_queries(&term)
                                .into_iter()
                                .map(|query| (TOccur::Should, query))
                                .collect();
                            parts.push((occur, Box::new(BooleanQuery::new(any))));
                        }
                    }
                }
                What::Word(Some(field), word) => {
                    // Fields limit what is found; words in titles and headings count for the rank as well.
                    let query = self.field_query(*field, word)?;
                    parts.push((if excluded { occur } else { TOccur::Must }, query));
                }
                What::Phrase { field, text, slop } => {
                    let query = self.phrase_query(*field, text, *slop);
                    parts.push((if excluded { occur } else { TOccur::Must }, query));
                    if !excluded && field.is_none() {
                        for range in words(text) {
                            let stem = self.stemmer.term(&text[range]);
                            if let Some(term) = plan.terms.iter().find(|term| term.stem == stem).cloned() {
                                parts.extend(
                                    self.term_queries(&term).into_iter().map(|query| (TOccur::Should, query)),
                                );
                            }
                        }
                    }
                }
                What::Prefix(Some(field), stem) => {
                    let query = self.prefix_query(*field, &fold(stem))?;
                    plan.prefixes.push(fold(stem));
                    parts.push((occur, query));
                }
                What::Prefix(None, stem) => {
                    let stem = fold(stem);
                    let found = self.terms_where(self.index.fields.exact, stem.as_bytes(), |_| true)?;
                    plan.prefixes.push(stem);
                    parts.push((occur, self.expansion(found, excluded, plan)));
                }
                What::Fuzzy(word, edits) => {
                    let folded = fold(word);
                    let found = self.terms_near(&folded, *edits)?;
                    plan.fuzzy.push((folded.clone(), *edits));
                    parts.push((occur, self.expansion(found, excluded, plan)));
                }
                What::Dates(from, to) => {
                    let query = self.date_query(from, to);
                    parts.push((
                        if excluded { occur } else { TOccur::Must },
                        Box::new(ConstScoreQuery::new(query, 0.0)),
                    ));
                }
                What::Group(inner) => {
                    let inner = self.clauses(inner, plan)?;
                    if inner.is_empty() {
                        continue;
                    }
                    let only_should = inner.iter().all(|(occur, _)| *occur == TOccur::Should);
                    if only_should && occur == TOccur::Should {
                        parts.extend(inner);
                    } else {
                        parts.push((occur, Box::new(BooleanQuery::new(inner))));
                    }
                }
            }
        }
        plan.limited |= parts.iter().any(|(occur, _)| *occur != TOccur::Should);
        Ok(parts)
    }

    /// A word in the body, in its exact form and in the title, each with its weight.
    fn term_queries(&self, term: &QueryTerm) -> Vec<Box<dyn TQuery>> {
        let fields = &self.index.fields;
        let scored = |term: Term, boost: f64| -> Box<dyn TQuery> {
            #[expect(clippy::cast_possible_truncation, reason = "weights are small numbers")]
            let boost = boost as f32;
            Box::new(BoostQuery::new(Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)), boost))
        };
        vec![
            scored(Term::from_field_text(fields.body, &term.stem), term.count),
            scored(Term::from_field_text(fields.exact, &term.exact), term.count * rank::EXACT_WEIGHT),
            scored(Term::from_field_text(fields.title, &term.stem), term.count * rank::TITLE_WEIGHT),
        ]
    }

    fn field_query(&mut self, field: Field, word: &str) -> Result<Box<dyn TQuery>> {
        let fields = &self.index.fields;
        Ok(match field {
            Field::Title => self.stemmed(fields.title, word),
            Field::Heading => self.stemmed(fields.heading, word),
            Field::Source => Box::new(ConstScoreQuery::new(self.source_query(word)?, 0.0)),
            Field::Site => Box::new(ConstScoreQuery::new(self.site_query(word), 0.0)),
            Field::Language => Box::new(ConstScoreQuery::new(self.language_query(word), 0.0)),
            Field::Date => Box::new(ConstScoreQuery::new(self.date_query(word, word), 0.0)),
        })
    }

    fn stemmed(&mut self, field: tantivy::schema::Field, word: &str) -> Box<dyn TQuery> {
        let term = Term::from_field_text(field, &self.stemmer.term(word));
        Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
    }

    fn phrase_query(&mut self, field: Option<Field>, text: &str, slop: u32) -> Box<dyn TQuery> {
        let fields = &self.index.fields;
        let stems: Vec<String> =
            words(text).into_iter().map(|range| self.stemmer.term(&text[range])).collect();
        let phrase = |field| -> Box<dyn TQuery> {
            let terms = stems.iter().map(|stem| Term::from_field_text(field, stem)).enumerate().collect();
            Box::new(PhraseQuery::new_with_offset_and_slop(terms, slop))
        };
        match field {
            Some(Field::Title) => phrase(fields.title),
            Some(Field::Heading) => phrase(fields.heading),
            _ => Box::new(BooleanQuery::union(vec![phrase(fields.body), phrase(fields.title)])),
        }
    }

    /// Words of the dictionary that one word of the query stands for: they count for the rank as if they were typed, each
    /// a little less, since fewer of them were meant.
    fn expansion(&mut self, found: Vec<(String, u64)>, excluded: bool, plan: &mut Plan) -> Box<dyn TQuery> {
        let mut queries: Vec<Box<dyn TQuery>> = Vec::new();
        for (exact, _) in found.into_iter().take(MOST_EXPANSIONS) {
            let field = self.index.fields.exact;
            queries.push(Box::new(TermQuery::new(
                Term::from_field_text(field, &exact),
                IndexRecordOption::WithFreqs,
            )));
            let stem = self.stemmer.term(&exact);
            if !excluded && !plan.terms.iter().any(|term| term.stem == stem) {
                plan.terms.push(QueryTerm { exact, stem, count: EXPANSION_WEIGHT });
            }
        }
        Box::new(BooleanQuery::union(queries))
    }

    /// Words of a title or heading that begin so.
    fn prefix_query(&self, field: Field, prefix: &str) -> Result<Box<dyn TQuery>> {
        let fields = &self.index.fields;
        let field = if field == Field::Heading { fields.heading } else { fields.title };
        let terms = self.terms_where(field, prefix.as_bytes(), |_| true)?;
        let queries: Vec<Box<dyn TQuery>> = terms
            .into_iter()
            .take(MOST_EXPANSIONS)
            .map(|(term, _)| -> Box<dyn TQuery> {
                Box::new(TermQuery::new(Term::from_field_text(field, &term), IndexRecordOption::WithFreqs))
            })
            .collect();
        Ok(Box::new(BooleanQuery::union(queries)))
    }

    /// Terms of a field from `start` on for as long as they begin with it, that `wanted` accepts, most frequent first.
    fn terms_where(
        &self,
        field: tantivy::schema::Field,
        start: &[u8],
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<(String, u64)>> {
        let mut found: std::collections::BTreeMap<String, u64> = std::collections::BTreeMap::new();
        let mut read = || -> tantivy::Result<()> {
            for segment in self.index.searcher.segment_readers() {
                let inverted = segment.inverted_index(field)?;
                let mut stream = inverted.terms().range().ge(start).into_stream()?;
                while stream.advance() {
                    if !stream.key().starts_with(start) {
                        break;
                    }
                    if let Ok(term) = std::str::from_utf8(stream.key())
                        && wanted(term)
                    {
                        *found.entry(term.to_owned()).or_default() += u64::from(stream.value().doc_freq);
                    }
                }
            }
            Ok(())
        };
        read().map_err(|error| crate::index::damaged(&self.index.dir, &error))?;
        let mut found: Vec<(String, u64)> = found.into_iter().collect();
        found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok(found)
    }

    /// Words of the dictionary within so many edits, most frequent first.
    fn terms_near(&self, word: &str, edits: u8) -> Result<Vec<(String, u64)>> {
        let found = super::suggest::terms_near(self.index, self.index.fields.exact, word, edits, None)
            .map_err(|error| crate::index::damaged(&self.index.dir, &error))?;
        let mut found: Vec<(String, u64)> = found.into_iter().collect();
        found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok(found)
    }

    fn filters(&self, filter: &Filter) -> Result<Vec<Box<dyn TQuery>>> {
        let mut filters: Vec<Box<dyn TQuery>> = Vec::new();
        if let Some(glob) = &filter.source {
            filters.push(self.source_query(glob)?);
        }
        if let Some(site) = &filter.site {
            filters.push(self.site_query(site));
        }
        if let Some(language) = &filter.language {
            filters.push(self.language_query(language));
        }
        if let Some((from, to)) = &filter.dates {
            filters.push(self.date_query(from, to));
        }
        if filter.min_quality > 0.0 {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "quality is from 0 to 1"
            )]
            let least = (filter.min_quality.clamp(0.0, 1.0) * 100.0).round() as u64;
            let term = Term::from_field_u64(self.index.fields.quality, least);
            filters
                .push(Box::new(RangeQuery::new(std::ops::Bound::Included(term), std::ops::Bound::Unbounded)));
        }
        Ok(filters)
    }

    /// Sources that a glob matches; one without special characters matches any path that holds it.
    fn source_query(&self, glob: &str) -> Result<Box<dyn TQuery>> {
        let special = glob.contains(['*', '?', '[', '{']);
        let pattern = if special { glob.to_owned() } else { format!("*{glob}*") };
        let matcher =
            globset::GlobBuilder::new(&pattern).literal_separator(special).build().map_err(|error| {
                Error::new(Kind::User, format!("cannot read the glob {glob}"))
                    .because(error.kind())
                    .hint("see `backsearch query --help` for examples")
            })?;
        let matcher = matcher.compile_matcher();
        let field = self.index.fields.source;
        let terms = self.terms_where(field, b"", |source| {
            matcher.is_match(source)
                || source
                    .rsplit('/')
                    .next()
                    .is_some_and(|name| special && !glob.contains('/') && matcher.is_match(name))
        })?;
        Ok(Box::new(TermSetQuery::new(
            terms.into_iter().map(|(source, _)| Term::from_field_text(field, &source)),
        )))
    }

    fn site_query(&self, site: &str) -> Box<dyn TQuery> {
        let site = site.to_lowercase();
        let site = site.strip_prefix("www.").unwrap_or(&site);
        Box::new(TermQuery::new(
            Term::from_field_text(self.index.fields.site, site),
            IndexRecordOption::Basic,
        ))
    }

    fn language_query(&self, language: &str) -> Box<dyn TQuery> {
        let field = self.index.fields.language;
        let language = fold(language);
        // "en" finds "en-gb": every tag between "en" and "en-\u{10ffff}".
        let last = format!("{language}-\u{10ffff}");
        let exact: Box<dyn TQuery> =
            Box::new(TermQuery::new(Term::from_field_text(field, &language), IndexRecordOption::Basic));
        let regional: Box<dyn TQuery> = Box::new(tantivy::query::InvertedIndexRangeQuery::new(
            std::ops::Bound::Included(Term::from_field_text(field, &format!("{language}-"))),
            std::ops::Bound::Included(Term::from_field_text(field, &last)),
        ));
        Box::new(BooleanQuery::union(vec![exact, regional]))
    }

    /// Dates from `from` to `to`; a year or a month stands for its first or last day.
    fn date_query(&self, from: &str, to: &str) -> Box<dyn TQuery> {
        use std::ops::Bound::{Included, Unbounded};
        let field = self.index.fields.date;
        let lower = if from.is_empty() { Unbounded } else { Included(Term::from_field_text(field, from)) };
        let upper = if to.is_empty() {
            Unbounded
        } else {
            Included(Term::from_field_text(field, &format!("{to}\u{10ffff}")))
        };
        match (&lower, &upper) {
            (Unbounded, Unbounded) => Box::new(AllQuery),
            _ => Box::new(tantivy::query::InvertedIndexRangeQuery::new(lower, upper)),
        }
    }
}
