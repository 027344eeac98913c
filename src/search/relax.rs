//! Loosening a query that nothing matches, step by step, no more than is needed.

use std::slice;

use crate::analysis::{fold, typed_words};
use crate::error::Result;
use crate::query::{Clause, Field, Occur, Query, What, is_stop_word};

/// Moves that the words of a phrase may be apart, one step after the other: a word or two between them, then a clause.
const SLOPS: [u32; 2] = [2, 8];

/// Shortest beginning of a word that others are looked for by, in characters.
const SHORTEST_BEGINNING: usize = 3;

/// Shortest word near which others are looked for, and the length from which they may be two edits away.
const SHORTEST_FUZZY: usize = 4;
const LONG_FUZZY: usize = 8;

/// Words of a query that are looked up one by one: a longer text is no typed query.
const MOST_LOOKED_UP: usize = 32;

/// Most required parts of a query of which each is tried without; with more, all become optional at once.
const MOST_REQUIRED: usize = 8;

/// A looser query that something matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Relaxed {
    /// What is looked for instead.
    pub query: Query,
    /// What was done to the query.
    pub note: String,
}

/// How far each kind of condition is loosened.
#[derive(Debug, Clone, Default, PartialEq)]
struct Looseness {
    phrases: Phrases,
    /// Whether words of titles and headings are looked for everywhere.
    fields: bool,
    /// Places of the words that nothing holds, each with what it stands for instead.
    widened: Vec<(usize, Widening)>,
    /// Places of the parts that are not required any more.
    optional: Vec<usize>,
    /// Whether any word will do.
    any: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Phrases {
    #[default]
    AsTyped,
    Within(u32),
    Words,
}

/// What a word that nothing holds stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Widening {
    /// Words that begin so.
    Beginnings,
    /// Words an edit or two away.
    Fuzzy,
}

/// Loosens a query that nothing matches until something does; `None` if nothing ever does.
///
/// First phrases: their words may stand further and further apart, then anywhere in a passage. Then fields: what should
/// stand in a title or heading may stand anywhere. Then, with `respell`, words that nothing holds stand for words that
/// begin so, and for words an edit or two away. Only then are required parts given up, one after the other, of those that
/// help the least telling first; and at last any word will do. Whatever turns out not to have stood in the way is taken
/// back. Exclusions and limits (source, site, language, date) hold throughout.
///
/// `count` tells how many passages match a query; it is asked some ten times, for `n` required parts up to `n²` times.
///
/// # Errors
///
/// Those of `count`.
pub fn relax(
    query: &Query,
    respell: bool,
    count: &mut dyn FnMut(&Query) -> Result<usize>,
) -> Result<Option<Relaxed>> {
    let mut loose = Looseness::default();
    let ladder: [fn(&mut Looseness); 4] = [
        |loose| loose.phrases = Phrases::Within(SLOPS[0]),
        |loose| loose.phrases = Phrases::Within(SLOPS[1]),
        |loose| loose.phrases = Phrases::Words,
        |loose| loose.fields = true,
    ];
    for step in ladder {
        step(&mut loose);
        if found(query, &loose, count)? {
            return finish(query, loose, count);
        }
    }
    if respell {
        loose.widened = strange_words(query, count)?;
        if found(query, &loose, count)? {
            return finish(query, loose, count);
        }
    }
    if give_up(query, &mut loose, count)? {
        return finish(query, loose, count);
    }
    loose.any = true;
    if found(query, &loose, count)? { finish(query, loose, count) } else { Ok(None) }
}

/// The query without what limits it to some sources, and the names of those limits; `None` if it has none.
pub fn without_limits(query: &Query) -> Option<(Query, Vec<&'static str>)> {
    let mut names = Vec::new();
    let clauses = query
        .clauses
        .iter()
        .filter(|clause| {
            let name = limit(&clause.what).filter(|_| clause.occur != Occur::MustNot);
            names.extend(name);
            name.is_none()
        })
        .cloned()
        .collect();
    names.dedup();
    (!names.is_empty()).then(|| (Query { clauses, ..Query::default() }, names))
}

/// The query without its exclusions; `None` if it has none.
pub fn without_exclusions(query: &Query) -> Option<Query> {
    let (excluded, clauses): (Vec<Clause>, Vec<Clause>) =
        query.clauses.iter().cloned().partition(|clause| clause.occur == Occur::MustNot);
    (!excluded.is_empty()).then_some(Query { clauses, ..Query::default() })
}

/// The name of the limit that a clause is, if it is one.
fn limit(what: &What) -> Option<&'static str> {
    match what {
        What::Word(Some(Field::Source), _) => Some("source"),
        What::Word(Some(Field::Site), _) => Some("site"),
        What::Word(Some(Field::Language), _) => Some("lang"),
        What::Word(Some(Field::Date), _) | What::Dates(..) => Some("date"),
        What::Either(all) => {
            let names: Option<Vec<_>> = all.iter().map(|clause| limit(&clause.what)).collect();
            names.and_then(|names| names.first().copied())
        }
        _ => None,
    }
}

fn found(query: &Query, loose: &Looseness, count: &mut dyn FnMut(&Query) -> Result<usize>) -> Result<bool> {
    let looser = apply(query, loose);
    Ok((looser.clauses != query.clauses || looser.any_part) && count(&looser)? > 0)
}

/// Takes back what did not stand in the way, and says what was done.
fn finish(
    query: &Query,
    mut loose: Looseness,
    count: &mut dyn FnMut(&Query) -> Result<usize>,
) -> Result<Option<Relaxed>> {
    if !loose.any {
        let mut tighter: Vec<Looseness> = Vec::new();
        // Parts of phrases that are not required are words; there is no way back from that.
        if loose.optional.is_empty() {
            let levels =
                [Phrases::AsTyped, Phrases::Within(SLOPS[0]), Phrases::Within(SLOPS[1]), Phrases::Words];
            for phrases in levels.into_iter().take_while(|level| *level != loose.phrases) {
                tighter.push(Looseness { phrases, ..loose.clone() });
            }
        }
        if let Some(phrases) = first_that_finds(query, tighter, count)? {
            loose = phrases;
        }
        let fields = Looseness { fields: false, ..loose.clone() };
        let spelling = Looseness { widened: Vec::new(), ..loose.clone() };
        for tighter in [fields, spelling] {
            if tighter != loose && found(query, &tighter, count)? {
                loose = tighter;
            }
        }
    }
    let note = describe(query, &loose);
    Ok(Some(Relaxed { query: apply(query, &loose), note }))
}

fn first_that_finds(
    query: &Query,
    candidates: Vec<Looseness>,
    count: &mut dyn FnMut(&Query) -> Result<usize>,
) -> Result<Option<Looseness>> {
    for candidate in candidates {
        if found(query, &candidate, count)? {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}

/// Places of the words that match nothing by themselves, and by what each does match.
fn strange_words(
    query: &Query,
    count: &mut dyn FnMut(&Query) -> Result<usize>,
) -> Result<Vec<(usize, Widening)>> {
    let limits: Vec<Clause> =
        query.clauses.iter().filter(|clause| limit(&clause.what).is_some()).cloned().collect();
    let mut matches = |what: What| {
        let mut clauses = limits.clone();
        clauses.push(Clause { occur: Occur::Must, what, at: 0 });
        count(&Query { clauses, ..Query::default() }).map(|matching| matching > 0)
    };
    let mut strange = Vec::new();
    for (range, word) in query.placed_words().into_iter().take(MOST_LOOKED_UP) {
        if matches(What::Word(None, word.clone()))? {
            continue;
        }
        for widening in [Widening::Beginnings, Widening::Fuzzy] {
            if let Some(what) = widen(&word, widening)
                && matches(what)?
            {
                strange.push((range.start, widening));
                break;
            }
        }
    }
    Ok(strange)
}

/// Makes required parts optional, one after the other, until something matches; whether something does.
///
/// Of the parts without which something matches, the most frequent is given up. If there is none, the part that matches
/// least by itself is the obstacle.
fn give_up(
    query: &Query,
    loose: &mut Looseness,
    count: &mut dyn FnMut(&Query) -> Result<usize>,
) -> Result<bool> {
    let required = |clause: &&Clause| clause.occur == Occur::Must && limit(&clause.what).is_none();
    let mut parts: Vec<(usize, usize)> = Vec::new();
    let base = apply(query, loose);
    if base.clauses.iter().filter(required).count() > MOST_REQUIRED {
        return Ok(false);
    }
    for clause in base.clauses.iter().filter(required) {
        let alone = Query { clauses: vec![clause.clone()], ..Query::default() };
        parts.push((count(&alone)?, clause.at));
    }
    parts.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    while !parts.is_empty() {
        for (_, at) in &parts {
            let mut without = loose.clone();
            without.optional.push(*at);
            if found(query, &without, count)? {
                *loose = without;
                return Ok(true);
            }
        }
        loose.optional.extend(parts.pop().map(|(_, at)| at));
    }
    Ok(false)
}

/// The query as loose as that.
fn apply(query: &Query, loose: &Looseness) -> Query {
    let mut clauses = loosen(&query.clauses, loose);
    for clause in &mut clauses {
        if clause.occur == Occur::Must && loose.optional.contains(&clause.at) {
            clause.occur = Occur::Should;
        }
    }
    if loose.any {
        let mut all = Vec::new();
        any_word(clauses, &mut all);
        clauses = all;
    }
    Query { clauses, notes: query.notes.clone(), any_part: loose.any }
}

fn loosen(clauses: &[Clause], loose: &Looseness) -> Vec<Clause> {
    let mut looser = Vec::with_capacity(clauses.len());
    for clause in clauses {
        if clause.occur == Occur::MustNot || limit(&clause.what).is_some() {
            looser.push(clause.clone());
            continue;
        }
        match &clause.what {
            What::Phrase { field, text, slop } => match loose.phrases {
                Phrases::Words => {
                    looser.extend(words_of_phrase(clause.at, text).into_iter().map(|(at, word)| {
                        one_word(Clause { occur: Occur::Must, what: What::Word(*field, word), at }, loose)
                    }));
                }
                Phrases::Within(moves) => {
                    looser.push(phrase(clause, field.filter(|_| !loose.fields), text, (*slop).max(moves)));
                }
                Phrases::AsTyped => {
                    looser.push(phrase(clause, field.filter(|_| !loose.fields), text, *slop));
                }
            },
            What::Word(field, word) => {
                // A word of a field is required, however it is joined to the others.
                let occur = if field.is_some() { Occur::Must } else { clause.occur };
                let what = What::Word(*field, word.clone());
                looser.push(one_word(Clause { occur, what, at: clause.at }, loose));
            }
            What::Prefix(Some(_), stem) if loose.fields => {
                looser.push(Clause { what: What::Prefix(None, stem.clone()), ..clause.clone() });
            }
            What::Group(inner) => {
                looser.push(Clause { what: What::Group(loosen(inner, loose)), ..clause.clone() });
            }
            What::Either(inner) => {
                let looser_each =
                    |clause: &Clause| Clause::of(loosen(slice::from_ref(clause), loose), clause.at);
                let inner = inner.iter().map(looser_each).collect();
                looser.push(Clause { what: What::Either(inner), ..clause.clone() });
            }
            _ => looser.push(clause.clone()),
        }
    }
    looser
}

fn phrase(clause: &Clause, field: Option<Field>, text: &str, slop: u32) -> Clause {
    Clause { what: What::Phrase { field, text: text.to_owned(), slop }, ..clause.clone() }
}

/// A word without its field, or for what it stands, if that is how loose the query is.
fn one_word(clause: Clause, loose: &Looseness) -> Clause {
    let What::Word(field, word) = clause.what else { return clause };
    let field = field.filter(|_| !loose.fields);
    let widened = loose.widened.iter().find(|(at, _)| *at == clause.at && field.is_none());
    let what = widened.and_then(|(_, widening)| widen(&word, *widening));
    Clause { what: what.unwrap_or(What::Word(field, word)), ..clause }
}

/// What a word stands for: short ones have too many neighbours, and a number stands for no other.
fn widen(word: &str, widening: Widening) -> Option<What> {
    let length = word.chars().count();
    match widening {
        Widening::Beginnings => (length >= SHORTEST_BEGINNING).then(|| What::Prefix(None, word.to_owned())),
        Widening::Fuzzy => {
            let edits = if length < LONG_FUZZY { 1 } else { 2 };
            let spelt = length >= SHORTEST_FUZZY && !word.chars().any(char::is_numeric);
            spelt.then(|| What::Fuzzy(word.to_owned(), edits))
        }
    }
}

/// The words of a phrase with their places, without stop words unless there are no others.
fn words_of_phrase(at: usize, text: &str) -> Vec<(usize, String)> {
    let all: Vec<(usize, String)> =
        typed_words(text).into_iter().map(|range| (at + range.start, text[range].to_owned())).collect();
    let telling: Vec<(usize, String)> =
        all.iter().filter(|(_, word)| !is_stop_word(&fold(word))).cloned().collect();
    if telling.is_empty() { all } else { telling }
}

/// Every word of the clauses by itself, beside exclusions and limits.
fn any_word(clauses: Vec<Clause>, all: &mut Vec<Clause>) {
    for clause in clauses {
        match clause.what {
            _ if clause.occur == Occur::MustNot || limit(&clause.what).is_some() => all.push(clause),
            What::Group(inner) | What::Either(inner) => any_word(inner, all),
            _ => all.push(Clause { occur: Occur::Should, ..clause }),
        }
    }
}

/// What was done, in words.
fn describe(query: &Query, loose: &Looseness) -> String {
    let mut done: Vec<String> = Vec::new();
    let mut parts = Parts::default();
    parts.collect(&query.clauses);
    // Where any word will do, there is nothing more to say of phrases.
    if !parts.phrases.is_empty() && !loose.any {
        let phrases = list(&parts.phrases);
        match loose.phrases {
            Phrases::AsTyped => {}
            Phrases::Within(moves) => {
                done.push(format!("the words of {phrases} may stand up to {moves} places apart"));
            }
            Phrases::Words => done.push(format!("the words of {phrases} may stand anywhere in a passage")),
        }
    }
    if loose.fields && !parts.fields.is_empty() {
        done.push(format!("{} was looked for everywhere", list(&parts.fields)));
    }
    for (range, word) in query.placed_words() {
        let widened = loose.widened.iter().find(|(at, _)| *at == range.start);
        let Some(what) = widened.and_then(|(_, widening)| widen(&word, *widening)) else { continue };
        done.push(match what {
            What::Fuzzy(_, 1) => format!("{word} stands for words one edit away"),
            What::Fuzzy(..) => format!("{word} stands for words up to two edits away"),
            _ => format!("{word} stands for words that begin so"),
        });
    }
    let base = loosen(&query.clauses, loose);
    let optional: Vec<String> = base
        .iter()
        .filter(|clause| clause.occur == Occur::Must && loose.optional.contains(&clause.at))
        .map(|clause| name(&clause.what))
        .collect();
    if loose.any {
        done.push("any of its words will do".to_owned());
    } else if !optional.is_empty() {
        let verb = if optional.len() == 1 { "is" } else { "are" };
        done.push(format!("{} {verb} not required", list(&optional)));
    }
    format!("nothing matches as typed; {}", done.join("; "))
}

/// Phrases and field words of a query as they are written.
#[derive(Default)]
struct Parts {
    phrases: Vec<String>,
    fields: Vec<String>,
}

impl Parts {
    fn collect(&mut self, clauses: &[Clause]) {
        for clause in clauses.iter().filter(|clause| clause.occur != Occur::MustNot) {
            match &clause.what {
                What::Group(inner) | What::Either(inner) => self.collect(inner),
                What::Phrase { field, .. } => {
                    self.phrases.push(name(&clause.what));
                    if field.is_some() {
                        self.fields.push(name(&clause.what));
                    }
                }
                What::Word(Some(Field::Title | Field::Heading), _) | What::Prefix(Some(_), _) => {
                    self.fields.push(name(&clause.what));
                }
                _ => {}
            }
        }
    }
}

/// A part of a query as it is written.
fn name(what: &What) -> String {
    let of = |field: &Option<Field>| match field {
        Some(Field::Title) => "title:",
        Some(Field::Heading) => "heading:",
        _ => "",
    };
    match what {
        What::Word(field, word) => format!("{}{word}", of(field)),
        What::Phrase { field, text, .. } => format!("{}\"{text}\"", of(field)),
        What::Prefix(field, stem) => format!("{}{stem}*", of(field)),
        What::Fuzzy(word, edits) => format!("{word}~{edits}"),
        What::Dates(from, to) => format!("date:{from}..{to}"),
        What::Synonyms { typed, .. } => typed.clone(),
        What::Group(inner) => format!("({})", names(inner).join(" ")),
        What::Either(inner) => names(inner).join(" OR "),
    }
}

fn names(clauses: &[Clause]) -> Vec<String> {
    clauses.iter().map(|clause| name(&clause.what)).collect()
}

/// Names as a sentence lists them.
fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::parse;

    /// Loosens against a collection in which just the queries that `wanted` accepts are matched.
    fn loosened(text: &str, wanted: &dyn Fn(&Query) -> bool) -> Option<Relaxed> {
        relax(&parse(text), true, &mut |query| Ok(usize::from(wanted(query))))
            .expect("counting does not fail")
    }

    fn holds(query: &Query, name_of: &str) -> bool {
        query.clauses.iter().any(|clause| name(&clause.what) == name_of)
    }

    #[test]
    fn nothing_helps_where_nothing_ever_matches() {
        for text in [
            "",
            "a",
            "+a \"b c\" title:d -e",
            "((a) (b))",
            "date:2020 site:x",
            "-a",
            "+a +b +c +d +e +f +g +h +i +j",
        ] {
            assert_eq!(loosened(text, &|_| false), None, "{text}");
        }
    }

    #[test]
    fn exclusions_and_limits_are_in_every_query_that_is_tried() {
        let text =
            "+moss \"green lawn\" (title:pots +stones) -gravel site:example.org lang:en date:2020..2021";
        let parsed = parse(text);
        relax(&parsed, true, &mut |query| {
            let alone = query.clauses.len() <= 4;
            for part in ["site:example.org", "lang:en", "date:2020..2021"] {
                let own = query.clauses.iter().any(|clause| limit(&clause.what).is_some());
                assert!(own || alone, "{part} in {query:?}");
            }
            let excluded = query.clauses.iter().any(|clause| clause.occur == Occur::MustNot);
            assert!(excluded || alone, "{query:?}");
            Ok(0)
        })
        .expect("counting does not fail");
    }

    #[test]
    fn phrases_give_way_before_fields_and_fields_before_words() {
        let text = "\"green lawn\" title:moss";
        let slop = |query: &Query| {
            query.clauses.iter().any(|clause| matches!(clause.what, What::Phrase { slop: 8, .. }))
        };
        let relaxed = loosened(text, &slop).expect("it is loosened");
        assert!(
            relaxed.note.contains("8 places apart") && !relaxed.note.contains("title"),
            "{}",
            relaxed.note
        );
        let relaxed = loosened(text, &|query| holds(query, "moss")).expect("it is loosened");
        assert!(holds(&relaxed.query, "\"green lawn\""), "the phrase did not stand in the way: {relaxed:?}");
    }

    #[test]
    fn one_part_after_the_other_is_given_up() {
        let optional = |wanted: &'static [&str]| {
            move |query: &Query| {
                query.clauses.len() > 1
                    && query.clauses.iter().all(|clause| {
                        (clause.occur == Occur::Should) == wanted.contains(&name(&clause.what).as_str())
                    })
            }
        };
        let one = loosened("+moss +lawn +stones", &optional(&["lawn"])).expect("it is loosened");
        assert_eq!(one.note, "nothing matches as typed; lawn is not required");
        let two =
            loosened("+moss +lawn \"old stones\"", &optional(&["old", "stones"])).expect("it is loosened");
        assert!(
            two.note.ends_with("stones and old are not required")
                || two.note.ends_with("old and stones are not required"),
            "{}",
            two.note
        );
    }
}
