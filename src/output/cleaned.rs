//! What cleaning keeps of one document, in each format that `clean` writes.

use std::io::{self, Write};

use serde::Serialize;

use crate::boilerplate::Labels;
use crate::document::{BlockKind, Document};
use crate::index::passage_id;
use crate::ingest::Prepared;
use crate::record::{Media, Record};
use crate::search::wire::{Lines, Range};

/// One range of `--format spans`.
#[derive(Serialize)]
struct SpanLine<'a> {
    source: &'a str,
    start: usize,
    end: usize,
    keep: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

/// One passage of `--format jsonl`.
#[derive(Serialize)]
struct PassageLine<'a> {
    id: String,
    source: &'a str,
    title: Option<&'a str>,
    heading: Option<&'a str>,
    text: &'a str,
    spans: Vec<Range>,
    lines: Lines,
    quality: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    lang: Option<&'a str>,
}

/// The kept blocks with their kind, white space folded outside code, and whether a gap parts them from the one before.
/// A headline that repeats the title of a page is left out unless `title` is set.
fn kept_blocks(document: &Document, labels: &Labels, title: bool) -> Vec<(BlockKind, bool, String)> {
    let mut blocks = Vec::new();
    let mut gap = true;
    for block in &document.blocks {
        gap |= block.gap;
        let mut text = String::new();
        for span in labels.kept_in(block.span) {
            text.push_str(document.slice(span));
        }
        if block.kind != BlockKind::Code {
            text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        if text.trim().is_empty() {
            continue;
        }
        let headline = document.media == Media::Html
            && document.meta.title.as_ref().is_some_and(|title| title.to_lowercase() == text.to_lowercase());
        if headline && !title {
            continue;
        }
        blocks.push((block.kind, gap, text));
        gap = false;
    }
    blocks
}

/// The kept text, blocks separated by a blank line where the page separates them; with the page's title if `title` is set.
///
/// # Errors
///
/// When the stream cannot be written.
pub fn write_text(out: &mut dyn Write, document: &Document, labels: &Labels, title: bool) -> io::Result<()> {
    let blocks = kept_blocks(document, labels, title);
    let mut first = true;
    if title
        && document.media == Media::Html
        && let Some(own) = &document.meta.title
        && !blocks.iter().any(|(_, _, text)| text == own)
    {
        writeln!(out, "{own}")?;
        first = false;
    }
    for (_, gap, text) in blocks {
        if gap && !first {
            writeln!(out)?;
        }
        writeln!(out, "{text}")?;
        first = false;
    }
    Ok(())
}

/// The kept blocks as Markdown, under the page's title.
///
/// # Errors
///
/// When the stream cannot be written.
pub fn write_markdown(out: &mut dyn Write, prepared: &Prepared) -> io::Result<()> {
    if prepared.document.media == Media::Html
        && let Some(title) = &prepared.document.meta.title
    {
        writeln!(out, "# {title}\n")?;
    }
    for (kind, _, text) in kept_blocks(&prepared.document, &prepared.labels, false) {
        match kind {
            BlockKind::Heading(level) => {
                writeln!(out, "{} {text}\n", "#".repeat(usize::from(level.clamp(1, 6))))?;
            }
            BlockKind::Item if text.starts_with(['•', '-', '*']) || text.starts_with(char::is_numeric) => {
                writeln!(out, "{text}")?;
            }
            BlockKind::Item => writeln!(out, "- {text}")?,
            BlockKind::Quote => writeln!(out, "> {text}\n")?,
            BlockKind::Code => writeln!(out, "```\n{}\n```\n", text.trim_end())?,
            BlockKind::Caption => writeln!(out, "*{text}*\n")?,
            BlockKind::Row | BlockKind::Paragraph => writeln!(out, "{text}\n")?,
        }
    }
    Ok(())
}

/// A page of what was kept, for eyes.
///
/// # Errors
///
/// When the stream cannot be written.
pub fn write_html(out: &mut dyn Write, prepared: &Prepared) -> io::Result<()> {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let title = prepared.passages.title.as_deref().map_or_else(String::new, escape);
    writeln!(
        out,
        "<!DOCTYPE html>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<style>body{{max-width:42em;margin:2em auto;font:18px/1.5 serif;padding:0 1em}}pre{{white-space:pre-wrap}}</style>"
    )?;
    if !title.is_empty() && prepared.document.media == Media::Html {
        writeln!(out, "<h1>{title}</h1>")?;
    }
    for (kind, _, text) in kept_blocks(&prepared.document, &prepared.labels, false) {
        let text = escape(&text);
        match kind {
            BlockKind::Heading(level) => writeln!(out, "<h{level}>{text}</h{level}>")?,
            BlockKind::Item => writeln!(out, "<li>{text}</li>")?,
            BlockKind::Quote => writeln!(out, "<blockquote>{text}</blockquote>")?,
            BlockKind::Code => writeln!(out, "<pre>{text}</pre>")?,
            BlockKind::Caption => writeln!(out, "<p><em>{text}</em></p>")?,
            BlockKind::Row | BlockKind::Paragraph => writeln!(out, "<p>{text}</p>")?,
        }
    }
    Ok(())
}

/// Every byte of the original with its label; for formats with markup, every byte of text.
///
/// # Errors
///
/// When the stream cannot be written.
pub fn write_spans(out: &mut dyn Write, record: &Record, prepared: &Prepared) -> io::Result<()> {
    let plain = record.media == Media::Plain;
    let mut written = 0;
    for label in prepared.labels.ranges() {
        for span in prepared.document.map.to_original(label.span) {
            let dropped = label.dropped.as_ref();
            // A byte order mark is no text, but it is a byte of the file.
            let start = if plain { written } else { span.start };
            written = span.end;
            let line = SpanLine {
                source: &record.origin.source,
                start,
                end: span.end,
                keep: dropped.is_none(),
                rule: dropped.map(|verdict| verdict.rule),
                reason: dropped.map(|verdict| verdict.reason.as_ref()),
            };
            serde_json::to_writer(&mut *out, &line)?;
            writeln!(out)?;
        }
    }
    Ok(())
}

/// One JSON object a passage.
///
/// # Errors
///
/// When the stream cannot be written.
pub fn write_passages(out: &mut dyn Write, record: &Record, prepared: &Prepared) -> io::Result<()> {
    for passage in &prepared.passages.list {
        let line = PassageLine {
            id: passage_id(&record.origin.source, &passage.text, passage.spans.iter().map(|span| span.start)),
            source: &record.origin.source,
            title: prepared.passages.title.as_deref(),
            heading: passage.heading.as_deref(),
            text: &passage.text,
            spans: passage.spans.iter().map(|span| Range { start: span.start, end: span.end }).collect(),
            lines: Lines { first: passage.lines.0, last: passage.lines.1 },
            quality: (f64::from(passage.quality) * 100.0).round() / 100.0,
            lang: prepared.document.meta.language.as_deref(),
        };
        serde_json::to_writer(&mut *out, &line)?;
        writeln!(out)?;
    }
    Ok(())
}
