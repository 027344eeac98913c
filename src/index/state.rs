//! What is true of the whole index as of one commit: the payload of Tantivy's commit.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::boilerplate::UserRules;
use crate::error::{Error, Kind, Result};
use crate::source::{self, Format, path_of};
use crate::{analysis, boilerplate, document, passage};

/// Version of the schema and of what is stored. Raised whenever an older reader could not read a newer index.
pub const FORMAT: u32 = 11;

/// The state of an index.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct State {
    /// [`FORMAT`] of the program that wrote it.
    pub format: u32,
    /// Version of the program that wrote it.
    pub version: String,
    /// Whether the run that wrote it came to its end.
    pub complete: bool,
    /// Whether cleaning was on.
    pub clean: bool,
    /// The file of the user's rules, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<RulesText>,
    /// The roots, in the order in which they were added.
    pub roots: Vec<Root>,
    /// Sums over live passages.
    pub totals: Totals,
}

/// The user's rules as the index remembers them.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct RulesText {
    /// The name of the file, as the user gave it.
    pub name: String,
    /// What stood in it.
    pub text: String,
}

/// A file or folder that the index follows.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Root {
    /// As the user named it.
    pub name: String,
    /// Absolute path, by which it is known.
    pub path: String,
    /// The format its files are read as, if the user said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The part of it that is indexed, as in `3/16`, if the user said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<String>,
}

impl Root {
    /// Where it is.
    #[must_use]
    pub fn location(&self) -> PathBuf {
        path_of(&self.path)
    }

    /// The file of one of its sources: in the folder that it is, or the root itself.
    #[must_use]
    pub fn file(&self, source: &str) -> PathBuf {
        let location = self.location();
        if location.is_dir() { location.join(path_of(source)) } else { location }
    }

    /// The key of one of its sources: the root, and the path in it.
    #[must_use]
    pub fn key(&self, source: &str) -> String {
        format!("{}\u{1f}{source}", self.path)
    }

    /// The format that its files are read as, if the user said so.
    #[must_use]
    pub fn format(&self) -> Option<Format> {
        clap::ValueEnum::from_str(self.format.as_deref()?, true).ok()
    }
}

/// Sums over live passages, which BM25 needs and which Tantivy knows only with deleted documents in them.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, PartialEq, Eq)]
pub struct Totals {
    /// Sources.
    pub sources: u64,
    /// Passages.
    pub passages: u64,
    /// Tokens of `body`.
    pub body: u64,
    /// Vocabularies.
    pub vocabularies: u64,
    /// Tokens of `title`.
    pub title: u64,
    /// Tokens of `heading`.
    pub heading: u64,
}

impl Totals {
    /// Adds another sum.
    pub fn add(&mut self, other: Self) {
        self.sources += other.sources;
        self.passages += other.passages;
        self.body += other.body;
        self.vocabularies += other.vocabularies;
        self.title += other.title;
        self.heading += other.heading;
    }

    /// Takes another sum off.
    pub fn subtract(&mut self, other: Self) {
        self.sources = self.sources.saturating_sub(other.sources);
        self.passages = self.passages.saturating_sub(other.passages);
        self.body = self.body.saturating_sub(other.body);
        self.vocabularies = self.vocabularies.saturating_sub(other.vocabularies);
        self.title = self.title.saturating_sub(other.title);
        self.heading = self.heading.saturating_sub(other.heading);
    }
}

impl State {
    /// The state of an index with nothing in it.
    #[must_use]
    pub fn new(clean: bool) -> Self {
        Self {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            complete: false,
            clean,
            rules: None,
            roots: Vec::new(),
            totals: Totals::default(),
        }
    }

    /// What an index that can no longer be read remembers of what it was made of: its roots, its rules, and whether cleaning
    /// was on; `None` where not even that can be read. An index of another version tells as much.
    #[must_use]
    pub fn remembered(dir: &Path) -> Option<Self> {
        #[derive(Deserialize)]
        struct Meta {
            payload: Option<String>,
        }
        #[derive(Deserialize)]
        struct Known {
            clean: bool,
            #[serde(default)]
            rules: Option<RulesText>,
            roots: Vec<Root>,
        }
        let meta = std::fs::read_to_string(dir.join(super::META_FILE)).ok()?;
        let payload = serde_json::from_str::<Meta>(&meta).ok()?.payload?;
        let Known { clean, rules, roots } = serde_json::from_str(&payload).ok()?;
        Some(Self { rules, roots, ..Self::new(clean) })
    }

    /// The user's rules that the index remembers; none if it remembers none.
    ///
    /// # Errors
    ///
    /// When they cannot be read any more; they could when they were given.
    pub fn user_rules(&self, dir: &Path) -> Result<UserRules> {
        let Some(RulesText { name, text }) = &self.rules else { return Ok(UserRules::default()) };
        UserRules::parse(name, text).map_err(|_| {
            Error::new(Kind::Index, "this version cannot read the rules that are kept in the index")
                .at(dir)
                .hint("give them again with `backsearch index --rules FILE`, or leave them with --no-rules")
        })
    }

    /// Reads the payload of a commit.
    pub(super) fn read(payload: Option<&str>, dir: &Path) -> Result<Self> {
        #[derive(Deserialize)]
        struct Version {
            format: u32,
        }
        let Some(payload) = payload else {
            // Either a Tantivy index of another program, or one of ours whose first commit never came.
            return Err(super::foreign(dir));
        };
        match serde_json::from_str::<Version>(payload) {
            Ok(version) if version.format == FORMAT => {
                serde_json::from_str(payload).map_err(|error| super::damaged(dir, &error))
            }
            Ok(_) => Err(super::other_version(dir)),
            Err(_) => Err(super::foreign(dir)),
        }
    }
}

/// Fingerprint of everything that decides what a source becomes in the index: pages made under another fingerprint are
/// stale and are read again.
#[must_use]
pub fn fingerprint(clean: bool) -> u64 {
    let parts = format!(
        "{FORMAT}/{}/{}/{}/{}/{}/{clean}",
        analysis::VERSION,
        source::VERSION,
        document::VERSION,
        passage::VERSION,
        boilerplate::version(),
    );
    xxhash_rust::xxh3::xxh3_64(parts.as_bytes())
}
