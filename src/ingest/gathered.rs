//! What has come of one file so far, and the entry of the manifest that it becomes.

use tantivy::{DocAddress, TantivyDocument};

use super::counts::{Furniture, group_of};
use super::make::Made;
use super::plan::Work;
use crate::boilerplate::CountedLine;
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::index::{Entry, Fields, Kind, Sorts, SourceStats, Totals, Unfinished};
use crate::source::FileReport;

/// Most damages of one file that the index remembers in words; all of them are counted.
const MOST_DAMAGES: usize = 20;

/// What has come of one file so far. Its passages are in the index, or in the segments that come with the next commit.
#[derive(Default)]
pub(super) struct Gathered {
    /// What the index knew of it before.
    pub(super) known: Option<Entry>,
    /// What its reading gave, once it has been read to its end.
    pub(super) read: Option<FileReport>,
    /// Records that were read, and records of which everything is here.
    pub(super) expected: u64,
    pub(super) made: u64,
    /// Whether a commit holds some of its records, with an entry that says how many.
    pub(super) begun: bool,
    totals: Totals,
    stats: SourceStats,
    sorts: Sorts,
    lines: Vec<CountedLine>,
}

impl Gathered {
    /// Nothing yet of a file, of which the index may have known something before.
    pub(super) fn new(known: Option<Entry>) -> Self {
        Self { known, ..Self::default() }
    }

    /// What the index holds of the first `records` of a file, or of all of them.
    pub(super) fn held(known: Entry, mut stats: SourceStats, records: u64, lines: Vec<CountedLine>) -> Self {
        stats.unfinished = None;
        let sorts = stats.records.take().unwrap_or_default();
        let totals = Totals { sources: 0, ..known.totals };
        Self {
            known: Some(known),
            expected: records,
            made: records,
            begun: true,
            totals,
            stats,
            sorts,
            lines,
            ..Self::default()
        }
    }

    /// Counts what was made of a record.
    pub(super) fn take(&mut self, record: Made) {
        self.totals.add(record.totals);
        self.made += 1;
        self.lines.extend(&record.lines);
        self.sorts.count(&record.stats);
        let stats = &mut self.stats;
        stats.kept += record.stats.kept;
        for (rule, bytes) in record.stats.dropped {
            *stats.dropped.entry(rule).or_default() += bytes;
        }
        if stats.media.is_empty() {
            stats.media = record.stats.media;
            stats.title = record.stats.title;
            stats.language = record.stats.language;
            stats.site = record.stats.site;
            stats.page_type = record.stats.page_type;
        }
    }

    /// Its counted lines, in their order and each once when its entry has been made.
    pub(super) fn lines(&self) -> &[CountedLine] {
        &self.lines
    }

    /// Bytes of its text that were kept, and that were dropped.
    pub(super) fn kept_and_dropped(&self) -> (u64, u64) {
        (self.stats.kept, self.stats.dropped.values().sum())
    }

    /// Its entry in the manifest; of an archive that is not read to its end yet, one that says how much of it is.
    pub(super) fn entry(
        &mut self,
        work: &Work,
        fingerprint: u64,
        unfinished: Option<Unfinished>,
        furniture: &Furniture,
        fields: &Fields,
    ) -> Result<(TantivyDocument, Entry)> {
        CountedLine::sort_and_dedup(&mut self.lines);
        let key = work.key();
        let read = self.read.as_ref();
        let damages = read.iter().flat_map(|read| read.skipped.damages());
        let damaged = read.map_or(0, |read| read.skipped.damaged());
        let origin = work.origin();
        let mut stats = SourceStats {
            source: origin.source,
            root: origin.root,
            damages: damages.take(MOST_DAMAGES).cloned().collect(),
            ..self.stats.clone()
        };
        if self.made > 1 || unfinished.is_some() {
            stats.of_archive(self.sorts.clone());
        }
        stats.unfinished = unfinished;
        stats.limit = read.and_then(|read| read.limited.then_some(work.place.limit));
        let entry = Entry {
            size: work.file.size,
            modified: work.file.modified,
            hash: read.map_or(0, |read| read.hash),
            fingerprint,
            furniture: furniture.hash_among(group_of(&key), self.lines.iter().copied()),
            damaged,
            // A file that holds no text is known, so that it is not read again, but is no source.
            totals: Totals { sources: u64::from(self.made > 0), ..self.totals },
            address: DocAddress::new(0, 0),
        };
        let mut document = TantivyDocument::new();
        document.add_u64(fields.kind, Kind::Source as u64);
        document.add_text(fields.key, key);
        document.add_u64(fields.size, entry.size);
        document.add_i64(fields.modified, entry.modified);
        document.add_u64(fields.hash, entry.hash);
        document.add_u64(fields.fingerprint, entry.fingerprint);
        document.add_u64(fields.furniture, entry.furniture);
        document.add_u64(fields.damaged, entry.damaged);
        document.add_u64(fields.sources, entry.totals.sources);
        document.add_u64(fields.passages, entry.totals.passages);
        document.add_u64(fields.body_tokens, entry.totals.body);
        document.add_u64(fields.vocabularies, entry.totals.vocabularies);
        document.add_u64(fields.title_tokens, entry.totals.title);
        document.add_u64(fields.heading_tokens, entry.totals.heading);
        let stats = serde_json::to_vec(&stats).map_err(|error| {
            Error::new(ErrorKind::Index, "cannot store the statistics of a source").because(error)
        })?;
        document.add_bytes(fields.stored, &stats);
        for line in &self.lines {
            document.add_u64(fields.lines, line.to_bits());
        }
        Ok((document, entry))
    }
}
