//! From a prepared record to the documents of the index.

use std::sync::Arc;

use tantivy::TantivyDocument;

use super::plan::Work;
use super::{Prepared, prepare_clean, prepare_document};
use crate::analysis::{Analyzer, Stemming, Written, is_one_spaced, language_of};
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

    /// Adds the words of its passages.
    fn add_vocabulary(&mut self, words: &Written, key: &str, document: &str, fields: &Fields) {
        if words.as_str().is_empty() {
            return;
        }
        let mut entry = TantivyDocument::new();
        entry.add_u64(fields.kind, Kind::Vocabulary as u64);
        entry.add_text(fields.key, key);
        entry.add_text(fields.document, document);
        entry.add_text(fields.words, words.as_str());
        self.documents.push(entry);
        self.totals.vocabularies += 1;
    }
}

/// The terms of a title or heading.
#[derive(Default)]
struct Terms {
    written: Written,
    count: u64,
}

impl Terms {
    fn of(text: Option<&str>, stemming: Stemming, analyzer: &mut Analyzer) -> Self {
        let mut terms = Self::default();
        if let Some(text) = text {
            terms.count = analyzer.write(text, stemming, false, &mut terms.written) as u64;
        }
        terms
    }
}

/// What is known of a record when all of it has been made.
pub(super) struct WholeRecord {
    pub(super) stats: SourceStats,
    pub(super) lines: Vec<CountedLine>,
}

/// Makes the index documents of one record, part by part, and returns whether all were wanted; everything of the record is
/// kept where there is nothing to label it by. The analyzer remembers stems from one record to the next.
pub(super) fn make(
    work: &Arc<Work>,
    mut record: Record,
    knowledge: Option<Knowledge<'_>>,
    fields: &Fields,
    analyzer: &mut Analyzer,
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
    let origin = &record.origin;
    let key = work.key();
    let document_key = format!("{}\u{1f}{}", origin.root, origin.source);
    let stemming = Stemming::of(language.as_deref());
    let title = Terms::of(passages.title.as_deref(), stemming, analyzer);
    let mut heading = Terms::default();
    let mut heading_text = None;
    let mut body = Written::default();
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
        if heading_text != passage.heading.as_deref() {
            heading_text = passage.heading.as_deref();
            heading = Terms::of(heading_text, stemming, analyzer);
        }
        body.clear();
        body.append(&heading.written);
        let length = heading.count + analyzer.write(&passage.text, stemming, true, &mut body) as u64;
        // The text goes in twice, and its words once more with those of the others.
        let size = 3 * passage.text.len() + OF_EACH;
        let mut entry = TantivyDocument::with_capacity(2 * passage.text.len() + OF_EACH);
        entry.add_u64(fields.kind, Kind::Passage as u64);
        entry.add_text(fields.key, &key);
        entry.add_text(fields.document, &document_key);
        entry.add_text(fields.body, body.as_str());
        if passages.title.is_some() {
            entry.add_text(fields.title, title.written.as_str());
        }
        if passage.heading.is_some() {
            entry.add_text(fields.heading, heading.written.as_str());
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
        entry.add_u64(fields.tokens, length);
        entry.add_bytes(fields.stored, &stored.to_bytes());
        made.documents.push(entry);
        made.totals.passages += 1;
        made.totals.body += length;
        made.totals.title += title.count;
        made.totals.heading += heading.count;
        bytes += size;
        if bytes >= PART {
            bytes = 0;
            made.add_vocabulary(&analyzer.take_vocabulary(), &key, &document_key, fields);
            if !emit(std::mem::replace(&mut made, Made::new(work))) {
                return false;
            }
        }
    }
    made.add_vocabulary(&analyzer.take_vocabulary(), &key, &document_key, fields);
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
