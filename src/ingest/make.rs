//! From a prepared record to the documents of the index.

use std::sync::Arc;

use tantivy::TantivyDocument;

use super::plan::Work;
use super::{Prepared, prepare_clean, prepare_document};
use crate::analysis::{count_terms, is_one_spaced, language_of, tagged};
use crate::boilerplate::{CountedLine, Knowledge};
use crate::document::{Document, parse};
use crate::index::{Fields, Kind, SourceStats, StoredPassage, Totals};
use crate::record::Record;
use crate::source::name_of;

/// Bytes of text that are handed over together. The documents of a record with many short passages take several times the
/// memory of its text, so that they are not made all at once.
const PART: usize = 256 << 10;

/// What a document of the index takes beside its texts, in bytes: names of its source and numbers.
const OF_EACH: usize = 512;

/// Documents of the index that were made of one record, with what they add to the totals.
pub(super) struct Made {
    pub(super) work: Arc<Work>,
    pub(super) documents: Vec<TantivyDocument>,
    pub(super) totals: Totals,
    /// What is known of the record; comes with the last of its documents.
    pub(super) whole: Option<WholeRecord>,
}

impl Made {
    fn new(work: &Arc<Work>) -> Self {
        Self { work: work.clone(), documents: Vec::new(), totals: Totals::default(), whole: None }
    }
}

/// What is known of a record when all of it has been made.
pub(super) struct WholeRecord {
    pub(super) stats: SourceStats,
    pub(super) lines: Vec<CountedLine>,
}

/// Makes the index documents of one record, part by part, and returns whether all were wanted; everything of the record is
/// kept where there is nothing to label it by.
pub(super) fn make(
    work: &Arc<Work>,
    mut record: Record,
    knowledge: Option<Knowledge<'_>>,
    fields: &Fields,
    emit: &mut dyn FnMut(Made) -> bool,
) -> bool {
    let document = parse(&record);
    // The document holds all of its text, and may be large.
    record.bytes = Vec::new();
    let prepared = match knowledge {
        Some(knowledge) => prepare_document(document, record.file_source(), knowledge),
        None => prepare_clean(document),
    };
    let Prepared { document, labels, passages, lines, page_type } = &prepared;
    let meta = &document.meta;
    let site = meta.url.as_deref().and_then(host);
    let texts = passages.list.iter().map(|passage| passage.text.as_str());
    let language = language_of(meta.language.as_deref(), texts);
    let mut stats = SourceStats {
        media: record.media.name().to_owned(),
        title: passages.title.clone(),
        language: language.clone(),
        site: site.clone(),
        page_type: page_type.map(|kind| kind.name().to_owned()),
        ..SourceStats::default()
    };
    for label in labels.ranges() {
        let bytes = label.span.len() as u64;
        match label.dropped {
            None => stats.kept += bytes,
            Some(verdict) => *stats.dropped.entry(verdict.rule.to_owned()).or_default() += bytes,
        }
    }
    // What a part of a folder repeats says nothing of the whole.
    let lines = if work.place.shard.is_some() { Vec::new() } else { lines.clone() };
    let mut made = Made::new(work);
    let mut bytes = 0;
    let title_tokens = passages.title.as_deref().map_or(0, count_terms) as u64;
    let origin = &record.origin;
    let tag = language.as_deref();
    let key = work.key();
    for passage in &passages.list {
        let stored = StoredPassage {
            root: origin.root.clone(),
            source: origin.source.clone(),
            path: name_of(&origin.path),
            record: record.id.clone(),
            title: passages.title.clone(),
            heading: passage.heading.clone(),
            text: passage.text.clone(),
            spans: passage.spans.iter().map(|span| (span.start, span.end)).collect(),
            line_starts: line_starts(document, passage),
            last_line: passage.lines.1,
            quality: passage.quality,
            language: language.clone(),
            url: meta.url.clone(),
            size: work.file.size,
            modified: work.file.modified,
        };
        let body = match &passage.heading {
            Some(heading) => format!("{heading}\n{}", passage.text),
            None => passage.text.clone(),
        };
        let exact_tokens = count_terms(&passage.text) as u64;
        let heading_tokens = passage.heading.as_deref().map_or(0, count_terms) as u64;
        // The text goes in three times.
        let size = 3 * passage.text.len() + OF_EACH;
        let mut entry = TantivyDocument::with_capacity(size);
        entry.add_u64(fields.kind, Kind::Passage as u64);
        entry.add_text(fields.key, &key);
        entry.add_text(fields.document, format!("{}\u{1f}{}", origin.root, origin.source));
        entry.add_text(fields.body, tagged(&body, tag));
        entry.add_text(fields.exact, &passage.text);
        if let Some(title) = &passages.title {
            entry.add_text(fields.title, tagged(title, tag));
        }
        if let Some(heading) = &passage.heading {
            entry.add_text(fields.heading, tagged(heading, tag));
        }
        entry.add_text(fields.source, &origin.source);
        if let Some(site) = &site {
            entry.add_text(fields.site, site);
        }
        if let Some(language) = &language {
            entry.add_text(fields.language, language);
        }
        if let Some(date) = &meta.date {
            entry.add_text(fields.date, date);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "quality is from 0 to 1"
        )]
        entry.add_u64(fields.quality, (passage.quality * 100.0) as u64);
        entry.add_u64(fields.tokens, exact_tokens + heading_tokens);
        entry.add_bytes(fields.stored, &stored.to_bytes());
        made.documents.push(entry);
        made.totals.passages += 1;
        made.totals.body += exact_tokens + heading_tokens;
        made.totals.exact += exact_tokens;
        made.totals.title += title_tokens;
        made.totals.heading += heading_tokens;
        bytes += size;
        if bytes >= PART {
            bytes = 0;
            if !emit(std::mem::replace(&mut made, Made::new(work))) {
                return false;
            }
        }
    }
    made.whole = Some(WholeRecord { stats, lines });
    emit(made)
}

/// For each line of the original that the passage touches, its number and the byte of the passage's text at which its
/// first word stands: what `cite` needs to name a line without reading the file.
fn line_starts(document: &Document, passage: &crate::passage::Passage) -> Vec<(usize, usize)> {
    let mut starts: Vec<(usize, usize)> = Vec::new();
    let mut folded = 0;
    for span in &passage.text_spans {
        let text = document.slice(*span);
        let mut offset = 0;
        for piece in text.split_inclusive('\n') {
            let words = piece.trim();
            if !words.is_empty() {
                let lead = piece.len() - piece.trim_start().len();
                let line = document.line_at(document.map.original_offset(span.start + offset + lead));
                if starts.last().is_none_or(|(last, _)| *last != line) {
                    starts.push((line, folded));
                }
                // Words are joined by single spaces in the passage's text, as they are in most lines as they stand.
                folded += if is_one_spaced(words) {
                    words.len() + 1
                } else {
                    words.split_whitespace().map(|word| word.len() + 1).sum()
                };
            }
            offset += piece.len();
        }
    }
    starts
}

/// The host of an address, in lower case, without `www.`.
fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next()?.rsplit('@').next()?.to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
    host.contains('.').then_some(host)
}
