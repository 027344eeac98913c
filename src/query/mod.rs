//! Queries: any text is one. What looks like syntax but does not parse is taken as words, and said so.

mod keyboard;
mod parse;
mod stop_words;

use std::ops::Range;

pub use keyboard::keys_beside;
pub use parse::parse;
pub use stop_words::is_stop_word;

/// A parsed query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// The parts of the query in order.
    pub clauses: Vec<Clause>,
    /// What was taken for something else than it looked like.
    pub notes: Vec<String>,
}

/// One part of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// Whether it must, may or must not match.
    pub occur: Occur,
    /// What it looks for.
    pub what: What,
    /// Byte of the query at which the text of `what` begins: a word's first letter, a phrase's first word.
    pub at: usize,
}

/// Whether a clause must, may or must not match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occur {
    /// It counts for the rank, and a passage matches if any such clause does.
    Should,
    /// Every hit matches it.
    Must,
    /// No hit matches it.
    MustNot,
}

/// What a clause looks for.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A word, wherever it stands or in one field.
    Word(Option<Field>, String),
    /// Words in order, with at most `slop` moves between them.
    Phrase {
        /// Where to look; everywhere if `None`.
        field: Option<Field>,
        /// The phrase as typed.
        text: String,
        /// How many positions the words may be moved in all.
        slop: u32,
    },
    /// Words that begin so.
    Prefix(Option<Field>, String),
    /// Words at most this many edits away (1 or 2).
    Fuzzy(String, u8),
    /// A date range, both ends included, as `YYYY-MM-DD` prefixes.
    Dates(String, String),
    /// Clauses in parentheses.
    Group(Vec<Clause>),
}

/// A field that a clause can be limited to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// Title of the document.
    Title,
    /// Heading of the passage.
    Heading,
    /// Path of the source, as a glob.
    Source,
    /// Host of the document's address.
    Site,
    /// Language of the document.
    Language,
    /// Date of the document.
    Date,
}

impl Field {
    /// The field of this name, if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "title" => Self::Title,
            "heading" => Self::Heading,
            "source" | "file" | "path" => Self::Source,
            "site" => Self::Site,
            "lang" | "language" => Self::Language,
            "date" => Self::Date,
            _ => return None,
        })
    }
}

impl Query {
    /// The words that count for the rank, as typed: of words, phrases and groups that are not excluded.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        self.placed_words().into_iter().map(|(_, word)| word).collect()
    }

    /// The same words, each with its bytes in the text of the query.
    #[must_use]
    pub fn placed_words(&self) -> Vec<(Range<usize>, String)> {
        let mut words = Vec::new();
        collect(&self.clauses, &mut words);
        words
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.clauses.iter().all(|clause| clause.occur == Occur::MustNot)
    }

    /// Whether the text asks a question: it has a question mark or begins with a word that asks.
    #[must_use]
    pub fn is_question(text: &str) -> bool {
        let folded = crate::analysis::fold(text);
        let first = folded.split_whitespace().next().unwrap_or("");
        text.trim_end().ends_with('?')
            || matches!(
                first,
                "how"
                    | "what"
                    | "whom"
                    | "whose"
                    | "was"
                    | "were"
                    | "did"
                    | "could"
                    | "why"
                    | "when"
                    | "where"
                    | "who"
                    | "which"
                    | "can"
                    | "should"
                    | "does"
                    | "do"
                    | "is"
                    | "are"
                    | "will"
            ) && folded.split_whitespace().count() > 2
    }
}

fn collect(clauses: &[Clause], words: &mut Vec<(Range<usize>, String)>) {
    for clause in clauses.iter().filter(|clause| clause.occur != Occur::MustNot) {
        match &clause.what {
            What::Word(None | Some(Field::Title | Field::Heading), text) | What::Phrase { text, .. } => {
                words.extend(
                    crate::analysis::words(text).into_iter().map(|range| {
                        (clause.at + range.start..clause.at + range.end, text[range].to_owned())
                    }),
                );
            }
            What::Group(inner) => collect(inner, words),
            What::Word(..) | What::Prefix(..) | What::Fuzzy(..) | What::Dates(..) => {}
        }
    }
}
