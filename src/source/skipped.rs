//! What was skipped: why an input, or a part of one, gave nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Why an input gave no record; none of these stops a run.
#[derive(Debug)]
pub enum Skipped {
    /// It holds nothing.
    Empty,
    /// It is of a kind that is not supported.
    Unsupported(&'static str),
    /// It is larger than the limit.
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// Some of it is damaged; the rest is read.
    Damaged(Damage),
    /// Lines have an identifier that another line of the file has; all of them are read.
    RepeatedIds {
        /// How many lines.
        count: u64,
        /// The first such identifier.
        example: String,
    },
    /// It cannot be read.
    Unreadable(Error),
}

/// What is wrong with the bytes of a file. They are wrong until it changes, so that an index remembers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Damage {
    /// Where: a line, a record, or the rest of it; all of it if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What is wrong there.
    pub reason: String,
}

impl Skipped {
    /// A record that was left out for its size.
    pub(super) fn over(limit: u64, place: String) -> Self {
        Self::damaged(place, format!("larger than {limit} bytes; raise --max-document to read it"))
    }

    /// A part of a file that is damaged.
    pub(super) fn damaged(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Damaged(Damage { place: Some(place.into()), reason: reason.into() })
    }
}

/// Most of what was skipped that is kept to be named; all of it is counted.
const MOST_NAMED: usize = 1000;

/// What was skipped of one file: the first of it, and how much there was.
#[derive(Debug, Default)]
pub struct SkippedParts {
    named: Vec<Skipped>,
    count: u64,
    damaged: u64,
    passed_over: BTreeMap<&'static str, u64>,
}

impl SkippedParts {
    /// Adds one more.
    pub fn push(&mut self, skipped: Skipped) {
        self.count += 1;
        self.damaged += u64::from(matches!(skipped, Skipped::Damaged(_)));
        if self.named.len() < MOST_NAMED {
            self.named.push(skipped);
        }
    }

    /// Counts a record of an archive that is no page of text.
    pub fn pass_over(&mut self, kind: &'static str) {
        *self.passed_over.entry(kind).or_default() += 1;
    }

    /// How many records of an archive are no pages of text, by what they are.
    #[must_use]
    pub const fn passed_over(&self) -> &BTreeMap<&'static str, u64> {
        &self.passed_over
    }

    /// The first of it.
    #[must_use]
    pub fn named(&self) -> &[Skipped] {
        &self.named
    }

    /// How much there was beside what is named.
    #[must_use]
    pub fn more(&self) -> u64 {
        self.count - self.named.len() as u64
    }

    /// How many places are damaged.
    #[must_use]
    pub const fn damaged(&self) -> u64 {
        self.damaged
    }

    /// The damages among what is named.
    pub fn damages(&self) -> impl Iterator<Item = &Damage> {
        self.named.iter().filter_map(|skipped| match skipped {
            Skipped::Damaged(damage) => Some(damage),
            _ => None,
        })
    }
}

impl Extend<Skipped> for SkippedParts {
    fn extend<I: IntoIterator<Item = Skipped>>(&mut self, all: I) {
        all.into_iter().for_each(|skipped| self.push(skipped));
    }
}

/// What was skipped of the inputs of a run: the first of it with its path, and how much there was.
#[derive(Debug, Default)]
pub struct SkippedInputs {
    named: Vec<(PathBuf, Skipped)>,
    more: u64,
    unread: u64,
    kinds: BTreeMap<&'static str, (u64, PathBuf)>,
    passed_over: BTreeMap<&'static str, u64>,
}

impl SkippedInputs {
    /// Adds one more.
    pub fn push(&mut self, path: PathBuf, skipped: Skipped) {
        self.unread += u64::from(matches!(skipped, Skipped::Unreadable(_) | Skipped::Damaged(_)));
        if let Skipped::Unsupported(kind) = &skipped {
            self.kinds.entry(kind).or_insert_with(|| (0, path.clone())).0 += 1;
        }
        if self.named.len() < MOST_NAMED {
            self.named.push((path, skipped));
        } else if !matches!(skipped, Skipped::Unsupported(_)) {
            self.more += 1;
        }
    }

    /// Adds what was skipped of a file.
    pub fn add(&mut self, path: &Path, parts: SkippedParts) {
        self.more += parts.more();
        self.unread += parts.damaged() - parts.damages().count() as u64;
        for (kind, count) in parts.passed_over {
            *self.passed_over.entry(kind).or_default() += count;
        }
        for skipped in parts.named {
            self.push(path.to_path_buf(), skipped);
        }
    }

    /// The first of it.
    #[must_use]
    pub fn named(&self) -> &[(PathBuf, Skipped)] {
        &self.named
    }

    /// How much there was beside what is named, without files of kinds that are not supported.
    #[must_use]
    pub const fn more(&self) -> u64 {
        self.more
    }

    /// How many inputs, and parts of them, could not be read.
    #[must_use]
    pub const fn unread(&self) -> u64 {
        self.unread
    }

    /// How many records of archives are no pages of text, by what they are.
    #[must_use]
    pub const fn passed_over(&self) -> &BTreeMap<&'static str, u64> {
        &self.passed_over
    }

    /// The kinds of files that are not supported: how many there were of each, and the first.
    #[must_use]
    pub const fn kinds(&self) -> &BTreeMap<&'static str, (u64, PathBuf)> {
        &self.kinds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_is_counted() {
        let mut parts = SkippedParts::default();
        parts.pass_over("revisits");
        parts.extend((0..3000).map(|line| Skipped::damaged(format!("line {line}"), "broken")));
        assert_eq!((parts.named().len(), parts.more(), parts.damaged()), (1000, 2000, 3000));
        let mut inputs = SkippedInputs::default();
        inputs.push("a.txt".into(), Skipped::Empty);
        inputs.add(Path::new("a.jsonl"), parts);
        assert_eq!(inputs.passed_over()["revisits"], 1);
        for number in 0..2000 {
            inputs.push(format!("{number}.pdf").into(), Skipped::Unsupported("PDF"));
        }
        assert_eq!((inputs.named().len(), inputs.more(), inputs.unread()), (1000, 2001, 3000));
        assert_eq!(inputs.kinds()["PDF"], (2000, "0.pdf".into()));
    }
}
