//! Searching: one request, one response, whatever holds the index.

mod answer;
mod as_typed;
mod candidates;
mod collapse;
mod confirmed;
mod documents;
mod embedded;
mod filter;
mod highlight;
mod maxscore;
mod neighbours;
mod occurrences;
mod plan;
mod rank;
mod relax;
mod shown;
mod suggest;
mod terms;
pub mod wire;

use std::path::PathBuf;
use std::time::Duration;

pub use documents::Candidates;
pub use embedded::Embedded;
pub use highlight::{Marked, Matcher};
pub use rank::{Explanation, TAG, WEIGHTS, Weights};

use crate::error::Result;

/// Something that can be searched.
pub trait Search {
    /// Answers a request.
    ///
    /// # Errors
    ///
    /// When the index cannot be read. No query text is an error.
    fn search(&self, request: &Request) -> Result<Response>;
}

/// What is ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum By {
    /// Passages.
    #[default]
    Passage,
    /// Whole documents, from all of their passages, shown by the best.
    Document,
}

/// A search.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The query as typed.
    pub query: String,
    /// Most hits to return.
    pub limit: usize,
    /// Hits to pass over.
    pub offset: usize,
    /// What is ranked.
    pub by: By,
    /// Whether near-duplicates fold into one hit.
    pub fold: bool,
    /// Whether each hit says why it ranks where it does.
    pub explain: bool,
    /// Whether words that the index does not hold are taken for the likeliest that it does.
    pub correct: bool,
    /// Whether a query that nothing matches is loosened until something does.
    pub relax: bool,
    /// Whether files are read to tell if they hold what was indexed; their size and time tell otherwise.
    pub look_closely: bool,
    /// Only passages of these.
    pub filter: Filter,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            query: String::new(),
            limit: 10,
            offset: 0,
            by: By::Passage,
            fold: true,
            explain: false,
            correct: true,
            relax: true,
            look_closely: false,
            filter: Filter::default(),
        }
    }
}

/// Limits on what may be a hit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Glob over the path relative to the root, or over that with the name of the root before it.
    pub source: Option<String>,
    /// Host of the document's address.
    pub site: Option<String>,
    /// Language tag; `en` also finds `en-GB`.
    pub language: Option<String>,
    /// First and last date, as `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; empty means open.
    pub dates: Option<(String, String)>,
    /// Least quality, from 0 to 1.
    pub min_quality: f32,
}

impl Filter {
    /// The names of the limits that are set.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        let set = [
            ("source", self.source.is_some()),
            ("site", self.site.is_some()),
            ("lang", self.language.is_some()),
            ("date", self.dates.is_some()),
            ("min-quality", self.min_quality > 0.0),
        ];
        set.into_iter().filter(|(_, set)| *set).map(|(name, _)| name).collect()
    }
}

/// The answer to a request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Response {
    /// Passages that match, before folding.
    pub total: Total,
    /// What would have been a better query, and how this one was loosened.
    pub advice: Advice,
    /// The hits, best first.
    pub hits: Vec<Hit>,
    /// Time it took.
    pub took: Duration,
}

/// A count that may be a lower bound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Total {
    /// The count.
    pub value: usize,
    /// Whether it is exact.
    pub exact: bool,
}

/// What the answer says of its query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Advice {
    /// The query with misspelt words replaced; the hits are those of this query.
    pub did_you_mean: Option<String>,
    /// Whether the query was loosened because nothing matched as typed.
    pub relaxed: bool,
    /// What was ignored, loosened or should be known.
    pub notes: Vec<String>,
}

/// One hit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hit {
    /// Place in the list, from 1.
    pub rank: usize,
    /// Score; comparable within one response.
    pub score: f64,
    /// Stable identifier of the passage.
    pub id: String,
    /// Name of its root.
    pub root: String,
    /// Path relative to the root, with `#ID` for a record inside a file.
    pub source: String,
    /// What the source is called: the same, with the root before it where another root holds a file of the same path.
    pub name: String,
    /// Path at which the file can be opened.
    pub path: PathBuf,
    /// The record's own identifier, else the name of its source.
    pub document: String,
    /// Title of the document.
    pub title: Option<String>,
    /// Heading of the passage.
    pub heading: Option<String>,
    /// Its text.
    pub text: String,
    /// Byte ranges of the original.
    pub spans: Vec<(usize, usize)>,
    /// First and last line of the original.
    pub lines: (usize, usize),
    /// Byte ranges of `text` that match.
    pub highlights: Vec<(usize, usize)>,
    /// Byte range of the sentence of `text` that matches best.
    pub best_sentence: (usize, usize),
    /// Quality from 0 to 1.
    pub quality: Option<f32>,
    /// Whether the file differs from what was indexed.
    pub changed: bool,
    /// Near-duplicates that this hit stands for.
    pub also_in: Vec<Copy>,
    /// Line of the best-matching sentence.
    pub cite_line: usize,
    /// Language of the document: a BCP 47 tag in lower case.
    pub language: Option<String>,
    /// Address of the document.
    pub url: Option<String>,
    /// Why it ranks where it does.
    pub explanation: Option<Explanation>,
    /// Absolute path of the file.
    pub file: PathBuf,
}

/// A near-duplicate of a hit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copy {
    /// What its source is called, as in [`Hit::name`].
    pub name: String,
    /// Name of its root.
    pub root: String,
    /// Path relative to the root.
    pub source: String,
    /// Byte ranges of the original.
    pub spans: Vec<(usize, usize)>,
    /// First and last line.
    pub lines: (usize, usize),
}

impl Hit {
    /// How the hit is cited: the name of its source, and its line.
    #[must_use]
    pub fn cite(&self) -> String {
        format!("{}:{}", self.name, self.cite_line)
    }
}
