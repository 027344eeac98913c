//! From a query to what Tantivy looks for and what the ranking weighs.

use std::collections::HashSet;
use std::slice;

use tantivy::Term;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur as TOccur, PhraseQuery, Query as TQuery,
    TermQuery,
};
use tantivy::schema::IndexRecordOption;

use super::candidates::Sought;
use super::confirmed::{Confirmed, Unread};
use super::filter::{filters, of_dates, of_language, of_site, of_typed_source, terms_where};
use super::terms::{QueryTerm, Reader};
use super::{Filter, rank};
use crate::analysis::{Analyzer, Stemming, fold, is_in_pairs, is_unspaced, typed_words, without_language};
use crate::error::Result;
use crate::index::{Index, LiveStatistics, damaged};
use crate::query::{Clause, Field, Occur, Query, What};

/// Most words that a prefix stands for; the most frequent are taken.
const MOST_EXPANSIONS: usize = 64;

/// Most words that begin so whose frequencies are compared.
const MOST_COMPARED: usize = 4096;

/// Up to so many pairs of characters, a passage must hold all of a run: one of three characters has two, and either
/// alone is another word.
const ALL_PAIRS: usize = 2;

/// Of a longer run, which is a compound or a sentence, a passage must hold one pair in so many.
const PAIRS_FOR_ONE: usize = 3;

/// A query ready to be carried out.
pub struct Plan {
    /// What must, may and must not match.
    pub query: Box<dyn TQuery>,
    /// The words that count for the rank, in the order of the query.
    pub terms: Vec<QueryTerm>,
    /// The words that it looks for, each in one field, if it asks for nothing but any of them.
    pub bag: Option<Vec<Sought>>,
    /// Whether the stems of its words tell all places at which they stand: the words are English, which are folded before
    /// they are stemmed, so that where a word stands as typed, its stem does.
    pub stems_tell: bool,
    /// Whether it holds a phrase whose words may move.
    pub moves: bool,
    /// Whether it asks for more than any of its words: then only some of the passages that hold one match.
    pub limited: bool,
    /// Folded beginnings of words that match.
    pub prefixes: Vec<String>,
    /// Words near which others match, with the number of edits.
    pub fuzzy: Vec<(String, u8)>,
    /// Whether words were found that are only matched, not ranked.
    pub notes: Vec<String>,
    /// Texts that its query could not read, which whoever has carried it out looks at.
    pub unread: Unread,
    /// Whether of words that a script writes without spaces any part will do.
    any_part: bool,
}

/// A word, or several that follow one another, in one field.
struct InField {
    terms: Vec<Term>,
    weight: f64,
}

/// Weight of each word that a prefix or a misspelt word stands for. Of 675 development queries in which one long word is
/// cut down to a prefix of five letters, 0.75 is the best by .004 nDCG@10 (mean of four collections) before 0.5 and 1.
const EXPANSION_WEIGHT: f64 = 0.75;

/// Builds plans for one index.
pub struct Planner<'a> {
    index: &'a Index,
    reader: Reader<'a>,
    /// Folded words that stand for others that were typed, each with the chance that it was meant.
    guesses: Vec<(String, f64)>,
}

impl<'a> Planner<'a> {
    /// A planner for queries in which `guesses` stand for words that were typed otherwise. Words are read in the languages
    /// of the index, or in the one that the filter asks for.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub fn new(
        index: &'a Index,
        analyzer: &'a mut Analyzer,
        guesses: Vec<(String, f64)>,
        filter: &Filter,
    ) -> Result<Self> {
        let languages = match &filter.language {
            Some(tag) => vec![Stemming::of(Some(tag))],
            None => index.languages().map_err(|error| damaged(&index.dir, &error))?.to_vec(),
        };
        Ok(Self { index, reader: Reader::new(analyzer, languages), guesses })
    }

    /// The words of a query that count for the rank, those that are guesses less than others.
    fn terms(&mut self, query: &Query) -> Vec<QueryTerm> {
        let mut terms = self.reader.terms(query);
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
            bag: None,
            stems_tell: self.reader.languages() == [Stemming::ENGLISH],
            moves: false,
            limited: false,
            prefixes: Vec::new(),
            fuzzy: Vec::new(),
            notes: query.notes.clone(),
            unread: Unread::default(),
            any_part: query.any_part,
        };
        let mut parts = self.clauses(&query.clauses, &mut plan)?;
        let positive = parts.iter().any(|(occur, _)| *occur != TOccur::MustNot);
        if !positive {
            if !parts.is_empty() {
                plan.notes.push("a query of nothing but exclusions finds nothing".to_owned());
            }
            return Ok(plan);
        }
        let filters = filters(self.index, filter)?;
        plan.limited |= !filters.is_empty();
        let mut limits = Vec::new();
        for query in filters {
            limits.push((TOccur::Must, Box::new(ConstScoreQuery::new(query, 0.0)) as Box<dyn TQuery>));
        }
        parts = within(limits, parts);
        plan.query = Box::new(BooleanQuery::new(parts));
        if !plan.limited && plan.prefixes.is_empty() && plan.fuzzy.is_empty() {
            plan.bag = self.bag(&plan);
        }
        Ok(plan)
    }

    /// The words of a query that asks for any of them; `None` if one stands for several that follow one another.
    fn bag(&self, plan: &Plan) -> Option<Vec<Sought>> {
        let mut bag = Vec::new();
        for term in &plan.terms {
            for own in self.sought(term) {
                let [word] = own.terms.as_slice() else { return None };
                bag.push(Sought { term: word.clone(), weight: own.weight });
            }
        }
        Some(bag)
    }

    fn clauses(&mut self, clauses: &[Clause], plan: &mut Plan) -> Result<Vec<(TOccur, Box<dyn TQuery>)>> {
        let mut parts: Vec<(TOccur, Box<dyn TQuery>)> = Vec::new();
        // Fields limit where the words are looked for; words in titles and headings count for the rank as well.
        let mut limits = Vec::new();
        for clause in clauses {
            let occur = match clause.occur {
                Occur::MustNot => TOccur::MustNot,
                Occur::Must => TOccur::Must,
                Occur::Should => TOccur::Should,
            };
            let excluded = occur == TOccur::MustNot;
            // What must match however it is joined to the rest, unless it is excluded.
            let required = if excluded { occur } else { TOccur::Must };
            match &clause.what {
                What::Word(None, word) => {
                    let own = self.reader.terms_of(word);
                    match occur {
                        TOccur::Should => {
                            // Stop words are in the plan's terms only when there is nothing else.
                            let own =
                                own.iter().filter_map(|own| known(&plan.terms, own)).collect::<Vec<_>>();
                            parts.extend(self.wanted(&own, plan));
                        }
                        TOccur::MustNot => {
                            // Only what the passage itself says excludes it: its title is that of the whole document.
                            parts.push((occur, self.phrase_in(self.index.fields.body, word, 0)));
                        }
                        TOccur::Must => {
                            parts.extend(own.iter().map(|own| (occur, self.any_field(own))));
                        }
                    }
                }
                What::Synonyms { typed, kept, others } => {
                    let own = self.reader.with_synonyms(typed, *kept, others);
                    let own = known(&plan.terms, &own).unwrap_or(own);
                    if occur == TOccur::Should {
                        let queries = self.term_queries(&own);
                        parts.extend(queries.into_iter().map(|query| (occur, query)));
                    } else {
                        parts.push((occur, self.any_field(&own)));
                    }
                }
                What::Word(Some(field), word) => {
                    let query = self.field_query(*field, word)?;
                    limits.push((required, query));
                }
                What::Phrase { field, text, slop } => {
                    plan.moves |= *slop > 0;
                    let query = self.phrase_query(*field, text, *slop);
                    if field.is_some() {
                        limits.push((required, query));
                        continue;
                    }
                    parts.push((required, query));
                    if !excluded {
                        for range in typed_words(text) {
                            for own in self.reader.terms_of(&text[range]) {
                                let queries = known(&plan.terms, &own)
                                    .map_or_else(Vec::new, |term| self.term_queries(&term));
                                parts.extend(queries.into_iter().map(|query| (TOccur::Should, query)));
                            }
                        }
                    }
                }
                What::Prefix(Some(field), stem) => {
                    let query = self.prefix_query(*field, &fold(stem))?;
                    plan.prefixes.push(fold(stem));
                    limits.push((required, query));
                }
                What::Prefix(None, stem) => {
                    let stem = fold(stem);
                    let found = terms_where(self.index, self.index.fields.words, stem.as_bytes(), |_| true)?;
                    parts.push((occur, self.expansion(found, Some(&stem), excluded, plan)?));
                    plan.prefixes.push(stem);
                }
                What::Fuzzy(word, edits) => {
                    let folded = fold(word);
                    let found = terms_near(self.index, &folded, *edits)?;
                    plan.fuzzy.push((folded.clone(), *edits));
                    parts.push((occur, self.expansion(found, None, excluded, plan)?));
                }
                What::Dates(from, to) => {
                    let query = Box::new(ConstScoreQuery::new(of_dates(self.index, from, to), 0.0));
                    limits.push((required, query));
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
                What::Either(all) => {
                    let mut either = Vec::new();
                    for clause in all {
                        let own = self.clauses(slice::from_ref(clause), plan)?;
                        if !own.is_empty() {
                            either
                                .push((TOccur::Should, Box::new(BooleanQuery::new(own)) as Box<dyn TQuery>));
                        }
                    }
                    let query: Box<dyn TQuery> = Box::new(BooleanQuery::new(either));
                    if clause.what.is_limit() {
                        limits.push((required, query));
                    } else {
                        parts.push((required, query));
                    }
                }
            }
        }
        let parts = within(limits, parts);
        plan.limited |= parts.iter().any(|(occur, _)| *occur != TOccur::Should);
        Ok(parts)
    }

    /// What a word as typed asks of a passage that may match: any form of it in any field, and of a run of characters of
    /// a script without spaces some of its pairs together.
    fn wanted(&self, own: &[QueryTerm], plan: &mut Plan) -> Vec<(TOccur, Box<dyn TQuery>)> {
        let pairs = own.len();
        // Words of the dictionary are words like any other.
        if pairs < 2 || !own.iter().all(|term| is_in_pairs(&term.exact)) {
            let queries = own.iter().flat_map(|term| self.term_queries(term));
            return queries.map(|query| (TOccur::Should, query)).collect();
        }
        plan.limited = true;
        let least = if plan.any_part { 1 } else { pairs.min(ALL_PAIRS).max(pairs.div_ceil(PAIRS_FOR_ONE)) };
        let pairs = own.iter().map(|term| (TOccur::Should, self.any_field(term))).collect();
        let run = BooleanQuery::with_minimum_required_clauses(pairs, least);
        vec![(TOccur::Should, Box::new(run))]
    }

    /// Any form of a word in any field.
    fn any_field(&self, term: &QueryTerm) -> Box<dyn TQuery> {
        let any = self.term_queries(term).into_iter().map(|query| (TOccur::Should, query)).collect();
        Box::new(BooleanQuery::new(any))
    }

    /// A word in the body and in the title, each with its weight.
    fn term_queries(&self, term: &QueryTerm) -> Vec<Box<dyn TQuery>> {
        let query = |own: InField| -> Box<dyn TQuery> {
            let query = together(own.terms.into_iter().enumerate().collect(), 0);
            #[expect(clippy::cast_possible_truncation, reason = "weights are small numbers")]
            Box::new(BoostQuery::new(query, own.weight as f32))
        };
        self.sought(term).into_iter().map(query).collect()
    }

    /// What a word is looked for as: its forms in the body, and in the title.
    fn sought(&self, term: &QueryTerm) -> Vec<InField> {
        let fields = &self.index.fields;
        let mut sought = Vec::with_capacity(2 * term.forms.len());
        for form in &term.forms {
            let weight = term.count * form.weight;
            sought.push(InField { terms: form.terms(fields.body), weight });
        }
        for form in &term.forms {
            let weight = term.count * form.weight * rank::WEIGHTS.title;
            sought.push(InField { terms: form.terms(fields.title), weight });
        }
        sought
    }

    fn field_query(&mut self, field: Field, word: &str) -> Result<Box<dyn TQuery>> {
        let (index, fields) = (self.index, &self.index.fields);
        Ok(match field {
            Field::Title => self.phrase_in(fields.title, word, 0),
            Field::Heading => self.phrase_in(fields.heading, word, 0),
            Field::Source => Box::new(ConstScoreQuery::new(of_typed_source(index, word)?, 0.0)),
            Field::Site => Box::new(ConstScoreQuery::new(of_site(index, word), 0.0)),
            Field::Language => Box::new(ConstScoreQuery::new(of_language(index, word), 0.0)),
            Field::Date => Box::new(ConstScoreQuery::new(of_dates(index, word, word), 0.0)),
        })
    }

    fn phrase_query(&mut self, field: Option<Field>, text: &str, slop: u32) -> Box<dyn TQuery> {
        let fields = &self.index.fields;
        match field {
            Some(Field::Title) => self.phrase_in(fields.title, text, slop),
            Some(Field::Heading) => self.phrase_in(fields.heading, text, slop),
            _ => Box::new(BooleanQuery::union(vec![
                self.phrase_in(fields.body, text, slop),
                self.phrase_in(fields.title, text, slop),
            ])),
        }
    }

    /// The words of a text one after another in a field, as any language of the index reads them.
    fn phrase_in(&mut self, field: tantivy::schema::Field, text: &str, slop: u32) -> Box<dyn TQuery> {
        let mut readings: Vec<Box<dyn TQuery>> = Vec::new();
        if typed_words(text).len() == 1 && !is_unspaced(text) {
            let stems = self.reader.stems(text);
            return any_of(stems.into_iter().map(|stem| Term::from_field_text(field, &stem)).collect());
        }
        for reading in self.reader.readings(text) {
            let terms =
                reading.into_iter().map(|(at, stem)| (at, Term::from_field_text(field, &stem))).collect();
            readings.push(together(terms, slop));
        }
        match readings.pop() {
            Some(only) if readings.is_empty() => only,
            Some(last) => {
                readings.push(last);
                Box::new(BooleanQuery::union(readings))
            }
            None => Box::new(EmptyQuery),
        }
    }

    /// Words of the dictionary that one word of the query stands for, `prefix` if they all begin so: they count for the rank
    /// as if they were typed, each a little less, since fewer of them were meant. They are looked for by their stems, which
    /// other words may have: where these need not fit, texts are asked.
    fn expansion(
        &mut self,
        found: Vec<(String, u64)>,
        prefix: Option<&str>,
        excluded: bool,
        plan: &mut Plan,
    ) -> Result<Box<dyn TQuery>> {
        let fields = &self.index.fields;
        let (mut certain, mut uncertain): (Vec<Term>, Vec<Term>) = (Vec::new(), Vec::new());
        let mut words = HashSet::new();
        for exact in self.most_frequent(found)? {
            for mut own in self.reader.terms_of(&exact) {
                for stem in own.forms.iter().filter_map(|form| form.stems.first()) {
                    let is_certain =
                        is_unspaced(&exact) || prefix.is_some_and(|prefix| all_begin_so(stem, prefix));
                    let terms = if is_certain { &mut certain } else { &mut uncertain };
                    let term = Term::from_field_text(fields.body, stem);
                    if !terms.contains(&term) {
                        terms.push(term);
                    }
                    if !is_certain {
                        words.insert(exact.clone());
                    }
                }
                if !excluded && known(&plan.terms, &own).is_none() {
                    own.count = EXPANSION_WEIGHT;
                    plan.terms.push(own);
                }
            }
        }
        let mut queries = vec![any_of(certain)];
        if !uncertain.is_empty() {
            queries.push(Box::new(Confirmed::new(any_of(uncertain), words, &plan.unread)));
        }
        Ok(Box::new(BooleanQuery::union(queries)))
    }

    /// The words whose stems stand in the most passages, most frequent first: of the words themselves it is only known how
    /// many records hold them, which in a file of one record says nothing.
    fn most_frequent(&mut self, mut found: Vec<(String, u64)>) -> Result<Vec<String>> {
        let live = LiveStatistics::new(self.index);
        found.truncate(MOST_COMPARED);
        let mut words: Vec<(u64, String)> = Vec::with_capacity(found.len());
        for (word, _) in found {
            let mut most = 0;
            for form in self.reader.terms_of(&word).into_iter().flat_map(|term| term.forms) {
                for term in form.terms(self.index.fields.body) {
                    let frequency = live.document_frequency(&term);
                    most = most.max(frequency.map_err(|error| damaged(&self.index.dir, &error))?);
                }
            }
            words.push((most, word));
        }
        words.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        words.truncate(MOST_EXPANSIONS);
        Ok(words.into_iter().filter(|(frequency, _)| *frequency > 0).map(|(_, word)| word).collect())
    }

    /// Words of a title or heading that begin so.
    fn prefix_query(&self, field: Field, prefix: &str) -> Result<Box<dyn TQuery>> {
        let fields = &self.index.fields;
        let field = if field == Field::Heading { fields.heading } else { fields.title };
        let found = terms_where(self.index, field, prefix.as_bytes(), |_| true)?;
        let terms = found.into_iter().take(MOST_EXPANSIONS);
        Ok(any_of(terms.map(|(term, _)| Term::from_field_text(field, &term)).collect()))
    }
}

/// Whether all words of a stem begin so: they begin as it does but for its last letter, and in English but for an `i` or
/// `e` at its end (`happi` is the stem of `happy`, and `hope` of `hoping`).
fn all_begin_so(stem: &str, prefix: &str) -> bool {
    let letters = without_language(stem);
    let last = letters.chars().next_back().map_or(0, char::len_utf8);
    letters[..letters.len() - last].starts_with(prefix) || stem == prefix && !stem.ends_with(['e', 'i'])
}

/// Any of some terms.
fn any_of(terms: Vec<Term>) -> Box<dyn TQuery> {
    let queries = terms
        .into_iter()
        .map(|term| -> Box<dyn TQuery> { Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)) });
    Box::new(BooleanQuery::union(queries.collect()))
}

/// The parts of a query within limits. Where words are wanted, a passage that holds none of them is not found only because
/// it lies within the limits.
fn within(
    mut limits: Vec<(TOccur, Box<dyn TQuery>)>,
    parts: Vec<(TOccur, Box<dyn TQuery>)>,
) -> Vec<(TOccur, Box<dyn TQuery>)> {
    if limits.is_empty() {
        return parts;
    }
    let (excluded, wanted): (Vec<_>, Vec<_>) =
        parts.into_iter().partition(|(occur, _)| *occur == TOccur::MustNot);
    if !wanted.is_empty() {
        limits.push((TOccur::Must, Box::new(BooleanQuery::new(wanted))));
    }
    limits.extend(excluded);
    limits
}

/// The term of a plan that has the first form of another.
fn known(terms: &[QueryTerm], own: &QueryTerm) -> Option<QueryTerm> {
    let same = |term: &&QueryTerm| {
        !own.exact.is_empty() && term.exact == own.exact || term.forms.first() == own.forms.first()
    };
    terms.iter().find(same).cloned()
}

/// Words of the dictionary within so many edits, most frequent first.
fn terms_near(index: &Index, word: &str, edits: u8) -> Result<Vec<(String, u64)>> {
    let found = super::suggest::terms_near(index, index.fields.words, word, edits, None)
        .map_err(|error| damaged(&index.dir, &error))?;
    let mut found: Vec<(String, u64)> = found.into_iter().collect();
    found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(found)
}

/// Terms at places of a phrase.
fn together(mut terms: Vec<(usize, Term)>, slop: u32) -> Box<dyn TQuery> {
    match (terms.len(), terms.pop()) {
        (1, Some((_, term))) => Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)),
        (_, Some(last)) => {
            terms.push(last);
            Box::new(PhraseQuery::new_with_offset_and_slop(terms, slop))
        }
        (_, None) => Box::new(EmptyQuery),
    }
}
