//! The one JSON form of requests' answers: what `--json`, the HTTP API and MCP give.

use serde::Serialize;

use super::{Explanation, Hit, Response};
use crate::source::name_of;

/// Version of this form; fields are only ever added within one version.
pub const SCHEMA_VERSION: u32 = 1;

/// A whole answer.
#[derive(Serialize)]
pub struct Answer<'a> {
    schema_version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    query_id: Option<&'a str>,
    query: &'a str,
    total: Total,
    took_ms: f64,
    advice: Advice<'a>,
    hits: Vec<WireHit<'a>>,
}

#[derive(Serialize)]
struct Total {
    value: usize,
    relation: &'static str,
}

#[derive(Serialize)]
struct Advice<'a> {
    did_you_mean: Option<&'a str>,
    relaxed: bool,
    notes: &'a [String],
}

/// A range of bytes of a text or of the original.
#[derive(Serialize)]
pub struct Range {
    /// Its first byte.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// The lines of the original that a passage touches, from 1.
#[derive(Serialize)]
pub struct Lines {
    /// The first.
    pub first: usize,
    /// The last.
    pub last: usize,
}

/// One hit.
#[derive(Serialize)]
pub struct WireHit<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    query_id: Option<&'a str>,
    rank: usize,
    score: f64,
    id: &'a str,
    root: &'a str,
    source: &'a str,
    path: String,
    title: Option<&'a str>,
    heading: Option<&'a str>,
    text: &'a str,
    spans: Vec<Range>,
    lines: Lines,
    highlights: Vec<Range>,
    quality: Option<f64>,
    changed: bool,
    also_in: Vec<WireCopy<'a>>,
    cite: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<WireExplanation<'a>>,
}

#[derive(Serialize)]
struct WireCopy<'a> {
    root: &'a str,
    source: &'a str,
    spans: Vec<Range>,
    lines: Lines,
}

#[derive(Serialize)]
struct WireExplanation<'a> {
    name: &'a str,
    value: f64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<WireExplanation<'a>>,
}

impl<'a> Answer<'a> {
    /// The answer to one query of many.
    #[must_use]
    pub fn to_query(self, id: &'a str) -> Self {
        Self { query_id: Some(id), ..self }
    }
}

impl<'a> WireHit<'a> {
    /// A hit of one query of many.
    #[must_use]
    pub fn of_query(self, id: &'a str) -> Self {
        Self { query_id: Some(id), ..self }
    }
}

/// The JSON form of a response.
#[must_use]
pub fn answer<'a>(query: &'a str, response: &'a Response) -> Answer<'a> {
    Answer {
        schema_version: SCHEMA_VERSION,
        query_id: None,
        query,
        total: Total {
            value: response.total.value,
            relation: if response.total.exact { "exact" } else { "at_least" },
        },
        took_ms: round(response.took.as_secs_f64() * 1000.0, 3),
        advice: Advice {
            did_you_mean: response.advice.did_you_mean.as_deref(),
            relaxed: response.advice.relaxed,
            notes: &response.advice.notes,
        },
        hits: response.hits.iter().map(hit).collect(),
    }
}

/// The JSON form of one hit.
#[must_use]
pub fn hit(hit: &Hit) -> WireHit<'_> {
    WireHit {
        query_id: None,
        rank: hit.rank,
        score: round(hit.score, 6),
        id: &hit.id,
        root: &hit.root,
        source: &hit.source,
        path: name_of(&hit.path),
        title: hit.title.as_deref(),
        heading: hit.heading.as_deref(),
        text: &hit.text,
        spans: ranges(&hit.spans),
        lines: Lines { first: hit.lines.0, last: hit.lines.1 },
        highlights: ranges(&hit.highlights),
        quality: hit.quality.map(|quality| round(f64::from(quality), 2)),
        changed: hit.changed,
        also_in: hit
            .also_in
            .iter()
            .map(|copy| WireCopy {
                root: &copy.root,
                source: &copy.source,
                spans: ranges(&copy.spans),
                lines: Lines { first: copy.lines.0, last: copy.lines.1 },
            })
            .collect(),
        cite: hit.cite(),
        language: hit.language.as_deref(),
        url: hit.url.as_deref(),
        explanation: hit.explanation.as_ref().map(explanation),
    }
}

fn explanation(tree: &Explanation) -> WireExplanation<'_> {
    WireExplanation {
        name: &tree.name,
        value: tree.value,
        parts: tree.parts.iter().map(explanation).collect(),
    }
}

fn ranges(ranges: &[(usize, usize)]) -> Vec<Range> {
    ranges.iter().map(|&(start, end)| Range { start, end }).collect()
}

fn round(number: f64, digits: i32) -> f64 {
    let scale = 10f64.powi(digits);
    (number * scale).round() / scale
}
