//! `backsearch stats`.

use std::collections::BTreeMap;

use clap::Args;
use serde::Serialize;

use super::Context;
use crate::error::Result;
use crate::index::{Manifest, Sorts, SourceStats, open, size_of};
use crate::output::{bytes, counted, grouped};

/// Say what is in the index.
#[derive(Debug, Args)]
pub(super) struct Stats {
    /// Write JSON
    #[arg(long)]
    json: bool,
    /// List every source
    #[arg(long)]
    sources: bool,
}

/// The statistics of an index.
#[derive(Serialize)]
struct Summary {
    schema_version: u32,
    sources: u64,
    passages: u64,
    /// Bytes of the sources on disk.
    read_bytes: u64,
    /// Bytes of their text.
    kept_bytes: u64,
    dropped_bytes: u64,
    dropped_by_rule: BTreeMap<String, u64>,
    /// Of documents: an archive has many.
    #[serde(flatten)]
    sorts: Sorts,
    roots: Vec<String>,
    segments: usize,
    /// Documents of the index that are deleted and still take space, until `compact`.
    deleted_documents: u64,
    index_bytes: u64,
    complete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_list: Option<Vec<SourceStats>>,
}

pub(super) fn run(command: &Stats, context: &Context) -> Result<u8> {
    let index = open(&context.index_dir())?;
    let manifest = Manifest::read(&index)?;
    // Files that hold no text, or are of another part, are known and no sources.
    let entries = manifest.entries.values().filter(|entry| entry.totals.sources > 0);
    let mut summary = Summary {
        schema_version: crate::search::wire::SCHEMA_VERSION,
        sources: index.state.totals.sources,
        passages: index.state.totals.passages,
        read_bytes: entries.clone().map(|entry| entry.size).sum(),
        kept_bytes: 0,
        dropped_bytes: 0,
        dropped_by_rule: BTreeMap::new(),
        sorts: Sorts::default(),
        roots: index.state.roots.iter().map(|root| root.name.clone()).collect(),
        segments: index.searcher.segment_readers().len(),
        deleted_documents: index
            .searcher
            .segment_readers()
            .iter()
            .map(|segment| u64::from(segment.num_deleted_docs()))
            .sum(),
        index_bytes: size_of(&index.dir)?,
        complete: index.state.complete,
        source_list: command.sources.then(Vec::new),
    };
    for entry in entries {
        let stats = index.source_stats(entry)?;
        summary.kept_bytes += stats.kept;
        for (rule, bytes) in &stats.dropped {
            summary.dropped_bytes += bytes;
            *summary.dropped_by_rule.entry(rule.clone()).or_default() += bytes;
        }
        match &stats.records {
            Some(records) => summary.sorts.add(records),
            None => summary.sorts.count(&stats),
        }
        if let Some(list) = &mut summary.source_list {
            list.push(stats);
        }
    }
    context.write(|screen| {
        if command.json {
            serde_json::to_writer_pretty(&mut *screen.out, &summary)?;
            return writeln!(screen.out);
        }
        writeln!(
            screen.out,
            "{}, {}",
            counted(summary.sources, "source"),
            counted(summary.passages, "passage")
        )?;
        writeln!(screen.out, "roots: {}", summary.roots.join(", "))?;
        writeln!(
            screen.out,
            "read {}: of the text kept {}, dropped {}",
            bytes(summary.read_bytes),
            bytes(summary.kept_bytes),
            bytes(summary.dropped_bytes)
        )?;
        let mut rules: Vec<(&String, &u64)> = summary.dropped_by_rule.iter().collect();
        rules.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        for (rule, dropped) in rules {
            writeln!(screen.out, "  {:>10}  {rule}", bytes(*dropped))?;
        }
        for (name, map) in [
            ("formats", &summary.sorts.formats),
            ("types of pages", &summary.sorts.page_types),
            ("languages", &summary.sorts.languages),
            ("sites", &summary.sorts.sites),
        ] {
            if !map.is_empty() {
                let mut list: Vec<(&String, &u64)> = map.iter().collect();
                list.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
                let shown: Vec<String> = list
                    .iter()
                    .take(10)
                    .map(|(name, count)| format!("{name} {}", grouped(**count)))
                    .collect();
                writeln!(screen.out, "{name}: {}", shown.join(", "))?;
            }
        }
        writeln!(
            screen.out,
            "index: {} in {}",
            bytes(summary.index_bytes),
            counted(summary.segments as u64, "segment")
        )?;
        if !summary.complete {
            writeln!(screen.out, "{}", context.hint("the index is not complete; run `backsearch index`"))?;
        }
        let list = summary.source_list.iter().flatten();
        let mut roots: BTreeMap<&str, u64> = BTreeMap::new();
        list.clone().for_each(|source| *roots.entry(&source.source).or_default() += 1);
        for source in list {
            // Where several roots hold a file of the same path, its root says which one it is.
            let root = if roots.get(source.source.as_str()).is_some_and(|count| *count > 1) {
                format!(" in {}", source.root)
            } else {
                String::new()
            };
            writeln!(
                screen.out,
                "  {}{root}  kept {}, dropped {}",
                source.source,
                bytes(source.kept),
                bytes(source.dropped.values().sum())
            )?;
        }
        Ok(())
    })?;
    Ok(0)
}
