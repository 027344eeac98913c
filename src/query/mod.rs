//! Queries: any text is one. What looks like syntax but does not parse is taken as words, and said so.

mod keyboard;
mod parse;
mod question;
mod stop_words;
mod synonyms;

use std::ops::Range;

pub use keyboard::keys_beside;
pub use parse::parse;
pub use question::{Asked, Question, sought};
pub use stop_words::is_stop_word;
pub use synonyms::{Problem, Synonyms};

use crate::analysis::typed_words;

/// A parsed query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// The parts of the query in order.
    pub clauses: Vec<Clause>,
    /// What was taken for something else than it looked like.
    pub notes: Vec<String>,
    /// Whether of words that a script writes without spaces any part will do.
    pub any_part: bool,
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
    /// Words with what stands for them in a file of synonyms. Where several words are kept, they are clauses of their own.
    Synonyms {
        /// The words as typed.
        typed: String,
        /// Whether they are looked for themselves.
        kept: bool,
        /// What else is looked for; several words are a phrase.
        others: Vec<String>,
    },
    /// Clauses in parentheses.
    Group(Vec<Clause>),
    /// Clauses joined by OR of which one must match, since at least one of them would be required by itself.
    Either(Vec<Clause>),
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
    /// The words that count for the rank, as typed, each with its bytes in the text of the query: of words, phrases and
    /// groups that are not excluded, without those that have synonyms.
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
}

fn collect(clauses: &[Clause], words: &mut Vec<(Range<usize>, String)>) {
    for clause in clauses.iter().filter(|clause| clause.occur != Occur::MustNot) {
        match &clause.what {
            What::Group(inner) | What::Either(inner) => collect(inner, words),
            what => words.extend(
                what.words()
                    .into_iter()
                    .map(|(range, word)| (clause.at + range.start..clause.at + range.end, word)),
            ),
        }
    }
}

impl Clause {
    /// Several clauses as one.
    pub(crate) fn of(mut clauses: Vec<Self>, at: usize) -> Self {
        match clauses.pop() {
            Some(only) if clauses.is_empty() => only,
            last => {
                clauses.extend(last);
                Self { occur: Occur::Should, what: What::Group(clauses), at }
            }
        }
    }
}

impl What {
    /// Whether it only says where the other words of a query are looked for: what is bound to a field, and dates.
    #[must_use]
    pub fn is_limit(&self) -> bool {
        match self {
            Self::Word(field, _) | Self::Prefix(field, _) | Self::Phrase { field, .. } => field.is_some(),
            Self::Dates(..) => true,
            Self::Either(all) => all.iter().all(|clause| clause.what.is_limit()),
            Self::Fuzzy(..) | Self::Synonyms { .. } | Self::Group(_) => false,
        }
    }

    /// Whether it must match even where it is not said to be required.
    fn is_required(&self) -> bool {
        self.is_limit() || matches!(self, Self::Phrase { .. } | Self::Either(_))
    }

    /// The words of a word or phrase that count for the rank, as typed, each with its bytes in the text of the clause; of
    /// anything else none.
    #[must_use]
    pub fn words(&self) -> Vec<(Range<usize>, String)> {
        match self {
            Self::Word(None | Some(Field::Title | Field::Heading), text) | Self::Phrase { text, .. } => {
                typed_words(text).into_iter().map(|range| (range.clone(), text[range].to_owned())).collect()
            }
            _ => Vec::new(),
        }
    }
}
