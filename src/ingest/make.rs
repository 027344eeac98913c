//! From a prepared record to the documents of the index.

use std::sync::Arc;

use tantivy::TantivyDocument;

use super::plan::Work;
use super::{Prepared, prepare_clean, prepare_document};
use crate::analysis::{Stemming, is_one_spaced, language_of};
use crate::boilerplate::{CountedLine, Knowledge};
use crate::document::{Document, parse};
use crate::index::{Builder, Builders, Kind, Placed, SourceStats, StoredPassage, Totals};
use crate::record::Record;
use crate::source::name_of;

/// Bytes of text whose words are counted together.
const PART: usize = 256 << 10;

/// What a document of the index takes beside what is stored, in bytes: names of its source and numbers.
const OF_EACH: usize = 512;

/// What was made of one record.
pub(super) struct Made {
    pub(super) work: Arc<Work>,
    pub(super) totals: Totals,
    pub(super) stats: SourceStats,
    pub(super) lines: Vec<CountedLine>,
}

/// Makes the index documents of one record and adds them to the segment of a thread; everything of the record is kept where
/// there is nothing to label it by.
///
/// # Errors
///
/// When the segment cannot be written.
pub(super) fn make(
    work: &Arc<Work>,
    mut record: Record,
    knowledge: Option<Knowledge<'_>>,
    builders: &Builders,
    thread: usize,
) -> tantivy::Result<Made> {
    let document = parse(&record);
    // The document holds all of its text, and may be large.
    record.bytes = Vec::new();
    let mut prepared = match knowledge {
        Some(knowledge) => prepare_document(document, record.file_source(), knowledge),
        None => prepare_clean(document),
    };
    // What a part of a folder repeats says nothing of the whole.
    let lines = if work.place.shard.is_some() { Vec::new() } else { std::mem::take(&mut prepared.lines) };
    let texts = prepared.passages.list.iter().map(|passage| passage.text.as_str());
    let language = language_of(prepared.document.meta.language.as_deref(), texts);
    let stats = stats_of(&record, &prepared, language);
    let totals = add(&mut builders.of(thread), work, &record, &prepared, &stats)?;
    Ok(Made { work: work.clone(), totals, stats, lines })
}

/// What is known of a record in a language.
fn stats_of(record: &Record, prepared: &Prepared, language: Option<String>) -> SourceStats {
    let mut stats = SourceStats {
        media: record.media.name().to_owned(),
        title: prepared.passages.title.clone(),
        language,
        site: prepared.document.meta.url.as_deref().and_then(host),
        page_type: prepared.page_type.map(|kind| kind.name().to_owned()),
        ..SourceStats::default()
    };
    for label in prepared.labels.ranges() {
        let bytes = label.span.len() as u64;
        match label.dropped {
            None => stats.kept += bytes,
            Some(verdict) => *stats.dropped.entry(verdict.rule.to_owned()).or_default() += bytes,
        }
    }
    stats
}

/// Adds the documents of a record to a segment, and gives what they add to the totals.
fn add(
    builder: &mut Builder,
    work: &Work,
    record: &Record,
    prepared: &Prepared,
    stats: &SourceStats,
) -> tantivy::Result<Totals> {
    let fields = builder.fields;
    let (origin, meta) = (&record.origin, &prepared.document.meta);
    let key = work.key();
    let document_key = format!("{}\u{1f}{}", origin.root, origin.source);
    let stemming = Stemming::of(stats.language.as_deref());
    builder.forget_if_many()?;
    let (mut title, mut heading, mut body) = (Placed::default(), Placed::default(), Placed::default());
    title.set(stats.title.as_deref(), stemming, &mut builder.analyzer);
    let mut stored = StoredPassage {
        root: origin.root.clone(),
        source: origin.source.clone(),
        path: name_of(&origin.path),
        record: record.id.clone(),
        title: stats.title.clone(),
        language: stats.language.clone(),
        url: meta.url.clone(),
        size: work.file.size,
        modified: work.file.modified,
        ..StoredPassage::default()
    };
    let mut totals = Totals::default();
    let mut counted = 0;
    for passage in &prepared.passages.list {
        if stored.heading != passage.heading {
            stored.heading.clone_from(&passage.heading);
            heading.set(passage.heading.as_deref(), stemming, &mut builder.analyzer);
        }
        stored.text.clone_from(&passage.text);
        stored.spans.clear();
        stored.spans.extend(passage.spans.iter().map(|span| (span.start, span.end)));
        stored.line_starts = line_starts(&prepared.document, passage);
        stored.last_line = passage.lines.1;
        stored.quality = passage.quality;
        body.clear();
        body.append(&heading);
        body.add(&passage.text, stemming, true, &mut builder.analyzer);
        let bytes = stored.to_bytes();
        let mut entry = TantivyDocument::with_capacity(bytes.len() + OF_EACH);
        entry.add_u64(fields.kind, Kind::Passage as u64);
        entry.add_text(fields.key, &key);
        entry.add_text(fields.document, &document_key);
        entry.add_text(fields.source, &origin.source);
        let facts =
            [(fields.site, &stats.site), (fields.language, &stats.language), (fields.date, &meta.date)];
        for (field, fact) in facts {
            if let Some(fact) = fact {
                entry.add_text(field, fact);
            }
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "quality is from 0 to 1"
        )]
        entry.add_u64(fields.quality, (passage.quality * 100.0) as u64);
        entry.add_u64(fields.tokens, body.count());
        entry.add_bytes(fields.stored, &bytes);
        let terms = [
            Some((fields.body, &body)),
            stats.title.is_some().then_some((fields.title, &title)),
            passage.heading.is_some().then_some((fields.heading, &heading)),
        ];
        builder.add(&entry, terms.into_iter().flatten())?;
        totals.passages += 1;
        totals.body += body.count();
        totals.title += title.count();
        totals.heading += heading.count();
        counted += passage.text.len();
        if counted >= PART {
            counted = 0;
            totals.vocabularies += u64::from(builder.add_vocabulary(&key, &document_key)?);
            if builder.forget_if_many()? {
                title.set(stats.title.as_deref(), stemming, &mut builder.analyzer);
                heading.set(passage.heading.as_deref(), stemming, &mut builder.analyzer);
            }
        }
    }
    totals.vocabularies += u64::from(builder.add_vocabulary(&key, &document_key)?);
    Ok(totals)
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
