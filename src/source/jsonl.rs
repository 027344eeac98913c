//! JSON lines: one document a line.

use std::collections::HashSet;
use std::io::BufRead;

use serde::Deserialize;
use serde_json::Value;

use super::{ReadOptions, Skipped, SkippedParts};
use crate::record::{Origin, Record};

/// The members that are read; others are ignored, as is what of these is of another type, but for the text.
#[derive(Deserialize)]
#[serde(expecting = "an object with a text")]
struct Line {
    text: String,
    #[serde(default, rename = "_id")]
    own_id: Value,
    #[serde(default)]
    id: Value,
    #[serde(default)]
    docid: Value,
    #[serde(default)]
    title: Value,
    #[serde(default)]
    url: Value,
    #[serde(default)]
    date: Value,
}

impl Line {
    /// What it is called, if it says so.
    fn name(&self) -> Option<String> {
        [&self.own_id, &self.id, &self.docid].into_iter().find_map(|id| match id {
            Value::String(id) => Some(id.clone()),
            Value::Number(id) => Some(id.to_string()),
            _ => None,
        })
    }
}

/// A text that a member holds.
fn text_of(member: &Value) -> Option<String> {
    member.as_str().map(str::to_owned)
}

/// What is known of the lines of a file so far.
#[derive(Default)]
pub(super) struct Lines {
    number: usize,
    ids: Ids,
    /// Whether a line was left out for its size.
    pub(super) limited: bool,
}

impl Lines {
    /// Reads document after document. A line that is no such object costs that line.
    pub(super) fn read(
        &mut self,
        reader: &mut dyn BufRead,
        origin: &Origin,
        options: ReadOptions,
        skipped: &mut SkippedParts,
        emit: &mut dyn FnMut(Record) -> bool,
    ) -> std::io::Result<()> {
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = read_line(reader, &mut line, options.max_document)?;
            if read == 0 {
                return Ok(());
            }
            self.number += 1;
            let number = self.number;
            let bad = |reason: String| Skipped::damaged(format!("line {number}"), reason);
            if read > options.max_document {
                skipped.push(Skipped::over(options.max_document, format!("line {number}")));
                self.limited = true;
                continue;
            }
            let content = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line).trim_ascii();
            if content.is_empty() {
                continue;
            }
            match serde_json::from_slice::<Line>(content) {
                Ok(document) => {
                    let id = document.name().unwrap_or_else(|| number.to_string());
                    self.ids.add(&id);
                    let source = format!("{}#{id}", origin.source);
                    let record = Record {
                        origin: Origin { source, ..origin.clone() },
                        id: Some(id),
                        title: text_of(&document.title),
                        url: text_of(&document.url),
                        date: text_of(&document.date),
                        bytes: document.text.into_bytes(),
                        ..Record::default()
                    };
                    if !emit(record) {
                        return Ok(());
                    }
                }
                // To the parser, every line is the first.
                Err(error) => {
                    skipped.push(bad(error.to_string().replace(" at line 1 column ", " at column ")));
                }
            }
        }
    }

    /// What is to be said of identifiers that several lines have.
    pub(super) fn repeated(self) -> Option<Skipped> {
        let example = self.ids.example?;
        Some(Skipped::RepeatedIds { count: self.ids.repeated, example })
    }
}

/// Most identifiers of one file that are remembered to find those that are given twice: 16 MB of hashes.
const MOST_IDS: usize = 1 << 20;

/// The identifiers that a file has given so far, as hashes.
#[derive(Default)]
struct Ids {
    seen: HashSet<u64>,
    repeated: u64,
    example: Option<String>,
}

impl Ids {
    fn add(&mut self, id: &str) {
        let hash = xxhash_rust::xxh3::xxh3_64(id.as_bytes());
        let repeated =
            if self.seen.len() < MOST_IDS { !self.seen.insert(hash) } else { self.seen.contains(&hash) };
        if repeated {
            self.repeated += 1;
            self.example.get_or_insert_with(|| id.to_owned());
        }
    }
}

/// Reads one line of any length, keeping at most `limit` bytes of it, and returns its full length.
fn read_line(reader: &mut dyn BufRead, line: &mut Vec<u8>, limit: u64) -> std::io::Result<u64> {
    let mut length = 0;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(length);
        }
        let end = memchr::memchr(b'\n', buffer);
        let taken = end.map_or(buffer.len(), |end| end + 1);
        if length + taken as u64 <= limit {
            line.extend_from_slice(&buffer[..taken]);
        }
        length += taken as u64;
        reader.consume(taken);
        if end.is_some() {
            return Ok(length);
        }
    }
}
