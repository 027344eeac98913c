//! `backsearch verify`.

use std::collections::BTreeMap;
use std::path::Path;

use clap::Args;

use super::Context;
use crate::document::visible_text;
use crate::error::Result;
use crate::index::{Index, Kind, Manifest, StoredPassage, damaged, damaged_files, open};
use crate::output::counted;
use crate::record::{Media, Origin, Record};
use crate::source::{self, ReadOptions};

/// Exit code when problems were found.
const PROBLEMS: u8 = 1;

/// Check that the index is sound and every passage is where it says.
#[derive(Debug, Args)]
pub(super) struct Verify {}

pub(super) fn run(_: &Verify, context: &Context) -> Result<u8> {
    let dir = context.index_dir();
    let damaged = damaged_files(&dir)?;
    if !damaged.is_empty() {
        // What a damaged file says is not worth asking.
        context.write(|screen| {
            for file in &damaged {
                writeln!(screen.out, "the index file {} is damaged", file.display())?;
            }
            writeln!(screen.out, "build the index again with `backsearch index --rebuild`")
        })?;
        return Ok(PROBLEMS);
    }
    let index = open(&dir)?;
    let mut problems: Vec<String> = Vec::new();
    let manifest = Manifest::read(&index)?;
    let passages = live_passages(&index)?;
    let promised: u64 = manifest.entries.values().map(|entry| entry.totals.passages).sum();
    let stored: u64 = passages.values().map(|list| list.len() as u64).sum();
    if promised != stored || index.state.totals.passages != stored {
        let counted = index.state.totals.passages;
        problems.push(format!(
            "{stored} passages are stored, {promised} are in the manifest, {counted} are counted"
        ));
    }
    let (mut stale, mut checked) = (0u64, 0u64);
    for (path, list) in &passages {
        match check_file(Path::new(path), list) {
            Checked::Read(count, what) => {
                checked += count;
                problems.extend(what);
            }
            Checked::Stale => {
                stale += 1;
                context.say(&format!("changed since indexed: {path}"));
            }
        }
    }
    context.write(|screen| {
        for problem in &problems {
            writeln!(screen.out, "{problem}")?;
        }
        writeln!(
            screen.out,
            "{} in place, {} changed since indexed, {}",
            counted(checked, "passage"),
            counted(stale, "source"),
            counted(problems.len() as u64, "problem")
        )
    })?;
    Ok(if problems.is_empty() { 0 } else { PROBLEMS })
}

/// All live passages, by the file they came from.
fn live_passages(index: &Index) -> Result<BTreeMap<String, Vec<StoredPassage>>> {
    let mut passages: BTreeMap<String, Vec<StoredPassage>> = BTreeMap::new();
    for (ordinal, segment) in index.searcher.segment_readers().iter().enumerate() {
        let kinds = segment.fast_fields().u64("kind").map_err(|error| damaged(&index.dir, &error))?;
        for document in segment.doc_ids_alive() {
            if kinds.first(document) == Some(Kind::Passage as u64) {
                #[expect(clippy::cast_possible_truncation, reason = "segments are counted in 32 bits")]
                let passage = index.passage(tantivy::DocAddress::new(ordinal as u32, document))?;
                let file = index.file_of(&passage).to_string_lossy().into_owned();
                passages.entry(file).or_default().push(passage);
            }
        }
    }
    Ok(passages)
}

enum Checked {
    /// Passages in place, and what is wrong with the others.
    Read(u64, Vec<String>),
    Stale,
}

/// Whether the bytes of a file at the spans of its passages still read as their texts.
fn check_file(path: &Path, passages: &[StoredPassage]) -> Checked {
    let changed = std::fs::metadata(path).map_or(true, |metadata| {
        passages
            .iter()
            .any(|passage| passage.size != metadata.len() || passage.modified != source::modified(&metadata))
    });
    if changed {
        return Checked::Stale;
    }
    let mut records: BTreeMap<String, Record> = BTreeMap::new();
    let origin = Origin {
        path: path.to_path_buf(),
        source: passages[0].file_source().to_owned(),
        ..Origin::default()
    };
    let read = source::read(
        &origin,
        ReadOptions { max_document: u64::MAX - 1, ..ReadOptions::default() },
        |record| {
            records.insert(record.origin.source.clone(), record);
            true
        },
    );
    if read.is_err() {
        return Checked::Stale;
    }
    let wrong: Vec<String> = passages
        .iter()
        .filter(|passage| records.get(&passage.source).is_none_or(|record| !in_place(record, passage)))
        .map(|passage| format!("{}:{} does not read as it was indexed", passage.source, passage.last_line))
        .collect();
    Checked::Read((passages.len() - wrong.len()) as u64, wrong)
}

fn in_place(record: &Record, passage: &StoredPassage) -> bool {
    let mut bytes = Vec::new();
    for (start, end) in &passage.spans {
        let Some(part) = record.bytes.get(*start..*end) else { return false };
        bytes.extend_from_slice(part);
    }
    let plain = Record { bytes, encoding: record.encoding.clone(), ..Record::default() };
    let text = crate::document::parse(&plain).text;
    let text = if record.media == Media::Html { visible_text(&text) } else { text };
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // Markdown's marks are part of its bytes; other charsets need the whole file to be told.
    record.media == Media::Markdown
        || record.encoding.is_some()
        || folded == passage.text
        || !folded.is_ascii()
}
