//! Limits on what may be a hit: by source, site, language, date and quality.

use std::ops::Bound;
use std::path::Path;

use globset::GlobMatcher;
use tantivy::Term;
use tantivy::query::{
    BooleanQuery, EmptyQuery, InvertedIndexRangeQuery, Query as TQuery, RangeQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::IndexRecordOption;

use super::Filter;
use crate::analysis::fold;
use crate::error::{Error, Kind, Result};
use crate::index::{Index, Kind as DocumentKind};

/// Terms of a field from `start` on for as long as they begin with it, that `wanted` accepts, most frequent first.
///
/// # Errors
///
/// When the index cannot be read.
pub fn terms_where(
    index: &Index,
    field: tantivy::schema::Field,
    start: &[u8],
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<(String, u64)>> {
    let mut found: std::collections::BTreeMap<String, u64> = std::collections::BTreeMap::new();
    let mut read = || -> tantivy::Result<()> {
        for segment in index.searcher.segment_readers() {
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
    read().map_err(|error| crate::index::damaged(&index.dir, &error))?;
    let mut found: Vec<(String, u64)> = found.into_iter().collect();
    found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(found)
}

/// The limits of a filter, all of which a hit keeps.
///
/// # Errors
///
/// When a glob cannot be read, or the index.
pub fn filters(index: &Index, filter: &Filter) -> Result<Vec<Box<dyn TQuery>>> {
    let mut filters: Vec<Box<dyn TQuery>> = Vec::new();
    if let Some(glob) = &filter.source {
        filters.push(of_source(index, glob)?);
    }
    if let Some(site) = &filter.site {
        filters.push(of_site(index, site));
    }
    if let Some(language) = &filter.language {
        filters.push(of_language(index, language));
    }
    if let Some((from, to)) = &filter.dates {
        filters.push(of_dates(index, from, to));
    }
    if filter.min_quality > 0.0 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "quality is from 0 to 1")]
        let least = (filter.min_quality.clamp(0.0, 1.0) * 100.0).round() as u64;
        let term = Term::from_field_u64(index.fields.quality, least);
        filters.push(Box::new(RangeQuery::new(std::ops::Bound::Included(term), std::ops::Bound::Unbounded)));
    }
    Ok(filters)
}

/// Sources that a glob matches; one without special characters matches any path that holds it.
///
/// # Errors
///
/// When the glob cannot be read, or the index.
pub fn of_source(index: &Index, glob: &str) -> Result<Box<dyn TQuery>> {
    let matcher = matcher(glob).map_err(|error| {
        Error::new(Kind::User, format!("cannot read the glob {glob}"))
            .because(error.kind())
            .hint("see `backsearch query --help` for examples")
    })?;
    or_below_root(index, glob, matching(index, &matcher, is_pattern(glob) && !glob.contains('/'))?)
}

/// The same for a glob inside a query, where no text is an error: one that cannot be read is part of a path.
///
/// # Errors
///
/// When the index cannot be read.
pub fn of_typed_source(index: &Index, glob: &str) -> Result<Box<dyn TQuery>> {
    if let Ok(matcher) = matcher(glob) {
        let within = matching(index, &matcher, is_pattern(glob) && !glob.contains('/'))?;
        return or_below_root(index, glob, within);
    }
    match holding(&globset::escape(glob)) {
        Ok(matcher) => matching(index, &matcher, false),
        // What is escaped can only be too large to compile; no path is as long.
        Err(_) => Ok(Box::new(EmptyQuery)),
    }
}

/// The sources that a glob matches, and those of the roots with whose name it begins: all of them if it is no more than
/// the name, else those whose path the rest of it matches.
fn or_below_root(index: &Index, glob: &str, within: Box<dyn TQuery>) -> Result<Box<dyn TQuery>> {
    let mut either = vec![within];
    for root in &index.state.roots {
        let Some(rest) = glob.strip_prefix(root.name.as_str()) else { continue };
        let file =
            Path::new(&root.path).file_name().map_or_else(Default::default, |name| name.to_string_lossy());
        let path = match rest.strip_prefix('/') {
            Some("") => "",
            Some(path) => path,
            // A root that is a file, and a record inside it.
            None if rest.starts_with('#') => &format!("{}{rest}", globset::escape(&file)),
            None if rest.is_empty() => "",
            None => continue,
        };
        let below = Term::from_field_text(index.fields.key, &root.key(""));
        let behind = Term::from_field_text(index.fields.key, &format!("{}\u{20}", root.path));
        let of_root: Box<dyn TQuery> =
            Box::new(InvertedIndexRangeQuery::new(Bound::Included(below), Bound::Excluded(behind)));
        if path.is_empty() {
            // Entries of the manifest and vocabularies have the same keys.
            either.push(Box::new(BooleanQuery::intersection(vec![of_root, all_passages(index)])));
        } else if let Ok(glob) = globset::GlobBuilder::new(path).literal_separator(true).build() {
            let matched = matching(index, &glob.compile_matcher(), false)?;
            either.push(Box::new(BooleanQuery::intersection(vec![matched, of_root])));
        }
    }
    Ok(Box::new(BooleanQuery::union(either)))
}

/// All passages, without the other documents of the index.
fn all_passages(index: &Index) -> Box<dyn TQuery> {
    let kind = || Bound::Included(Term::from_field_u64(index.fields.kind, DocumentKind::Passage as u64));
    Box::new(RangeQuery::new(kind(), kind()))
}

/// Whether a glob means more than its letters.
fn is_pattern(glob: &str) -> bool {
    glob.contains(['*', '?', '[', '{'])
}

/// What matches a whole path by a pattern, or any path that holds a text.
fn matcher(glob: &str) -> std::result::Result<GlobMatcher, globset::Error> {
    if !is_pattern(glob) {
        return holding(glob);
    }
    Ok(globset::GlobBuilder::new(glob).literal_separator(true).build()?.compile_matcher())
}

/// What matches any path that holds a text, which has no special characters or has them escaped.
fn holding(text: &str) -> std::result::Result<GlobMatcher, globset::Error> {
    Ok(globset::GlobBuilder::new(&format!("*{text}*")).build()?.compile_matcher())
}

/// Sources whose path, or with `names` whose file name, is matched.
fn matching(index: &Index, matcher: &GlobMatcher, names: bool) -> Result<Box<dyn TQuery>> {
    let field = index.fields.source;
    let terms = terms_where(index, field, b"", |source| {
        matcher.is_match(source)
            || names && source.rsplit('/').next().is_some_and(|name| matcher.is_match(name))
    })?;
    Ok(Box::new(TermSetQuery::new(
        terms.into_iter().map(|(source, _)| Term::from_field_text(field, &source)),
    )))
}

/// Pages of a host.
pub fn of_site(index: &Index, site: &str) -> Box<dyn TQuery> {
    let site = site.to_lowercase();
    let site = site.strip_prefix("www.").unwrap_or(&site);
    Box::new(TermQuery::new(Term::from_field_text(index.fields.site, site), IndexRecordOption::Basic))
}

/// Documents in a language.
pub fn of_language(index: &Index, language: &str) -> Box<dyn TQuery> {
    let field = index.fields.language;
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
pub fn of_dates(index: &Index, from: &str, to: &str) -> Box<dyn TQuery> {
    use std::ops::Bound::{Included, Unbounded};
    let field = index.fields.date;
    let lower = if from.is_empty() { Unbounded } else { Included(Term::from_field_text(field, from)) };
    let upper = if to.is_empty() {
        Unbounded
    } else {
        Included(Term::from_field_text(field, &format!("{to}\u{10ffff}")))
    };
    match (&lower, &upper) {
        (Unbounded, Unbounded) => all_passages(index),
        _ => Box::new(tantivy::query::InvertedIndexRangeQuery::new(lower, upper)),
    }
}
