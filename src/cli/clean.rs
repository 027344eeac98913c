//! `backsearch clean`.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use clap::{Args, ValueEnum};

use super::drafts::{Draft, Drafts};
use super::index::{damaged, repeated_ids, size};
use super::inputs::{Input, Inputs, is_stdin};
use super::part::Part;
use super::progress::{Progress, note};
use super::rules::read_rules;
use super::targets::{self, target};
use super::{Context, FAILED};
use crate::boilerplate::{CountedLine, Knowledge, UserRules};
use crate::error::{Error, Kind, Result};
use crate::index::fingerprint;
use crate::ingest::{Prepared, SharedLines, prepare, shared_lines, unlabelled_lines};
use crate::output::{Screen, bytes, cleaned, counted, grouped, labelled};
use crate::record::{Media, Origin, Record};
use crate::source::{self, ReadOptions, Shard, Skipped, name_of};

/// Print what cleaning keeps.
///
/// Lines that four or more of the files named here share with others of their folder, around the text of each, are
/// furniture, as they are in an index; a file by itself, a part (--shard) and standard input know only themselves.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  backsearch clean page.html\n  backsearch clean --explain scraped.txt\n  backsearch clean --out cleaned/ pages/\n  cat page.html | backsearch clean -\n  seq 16 | xargs -P 4 -I{} backsearch clean --format jsonl --shard {}/16 --out passages/ pages/\n"
)]
pub(super) struct Clean {
    /// Files and folders, or - for standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Show kept and dropped side by side, with rule and reason
    #[arg(long, conflicts_with = "format")]
    explain: bool,
    /// Sum up what was dropped, by rule
    #[arg(long, conflicts_with_all = ["explain", "format", "out"])]
    stats: bool,
    /// How the result is written
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    format: Format,
    /// Format of the input, instead of looking at it
    #[arg(long, value_enum, value_name = "FORMAT")]
    input_format: Option<source::Format>,
    /// Write each result under this folder instead of to standard output
    ///
    /// With --shard, the whole part becomes one file, which is there only when it is whole; a part that is there is not
    /// made again, and none is made beside parts of other inputs, options or rules.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Drop and keep what the rules in this file say, too; `backsearch rules --help` shows how they are written
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Only this part of the input, as in 3/16: the third of sixteen
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Print the title of a page, too
    #[arg(long)]
    title: bool,
    /// Skip documents larger than this
    #[arg(long, value_parser = size, default_value = "64M", value_name = "SIZE")]
    max_document: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Markdown,
    Html,
    Spans,
    Jsonl,
}

impl Format {
    const fn extension(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Markdown => "md",
            Self::Html => "html",
            Self::Spans | Self::Jsonl => "jsonl",
        }
    }
}

/// What is known of the inputs beside each itself.
struct Known {
    rules: UserRules,
    shared: SharedLines,
    drafts: Drafts,
}

pub(super) fn run(command: &Clean, context: &Context) -> Result<u8> {
    let options = ReadOptions {
        format: command.input_format,
        max_document: command.max_document,
        shard: command.shard,
    };
    let part = match (command.shard, &command.out) {
        (Some(shard), Some(dir)) => Some(part_of(command, shard, dir)?),
        _ => None,
    };
    let rules = command.rules.as_deref().map(read_rules).transpose()?.unwrap_or_default();
    if let Some(part) = &part {
        part.agree(&asked(command, &rules))?;
        if part.path().is_file() {
            context.say(&format!("{} is there: nothing to do", part.path().display()));
            return Ok(0);
        }
    }
    let inputs = Inputs::find(&command.paths)?;
    let several = inputs.count > 1;
    let mut failures = inputs.unlisted;
    if let Some(dir) = command.out.as_deref().filter(|_| part.is_none()) {
        targets::check(&inputs, dir, command.format.extension())?;
    }
    let mut known = Known { rules, shared: SharedLines::default(), drafts: Drafts::new() };
    // The labels of a file must not depend on which part it comes to, so that a part counts nothing.
    if command.shard.is_none() {
        let headed = command.out.is_none() && several;
        // What is written to standard output shows by itself how far it is.
        let files = inputs.count as u64;
        let progress =
            command.out.as_ref().map(|_| Progress::begin(context, files, inputs.size(), "document"));
        let read = |number: usize, origin: &Origin| {
            let (lines, made) = draft(command, &known, origin, options, headed, progress.as_ref());
            if let Some(made) = made {
                known.drafts.keep(number, &lines, &made);
            }
            lines
        };
        let shared = shared_lines(|| inputs.files(), context.threads(), &read);
        known.shared = match shared {
            // What drafts take of the disk may be what is missing.
            Err(_) if known.drafts.forget() => shared_lines(|| inputs.files(), context.threads(), &read)?,
            shared => shared?,
        };
    }
    if let Some(part) = &part {
        failures += write_part(command, &known, &inputs, options, part, context)?;
    } else if let Some(dir) = &command.out {
        failures += write_out(command, &known, &inputs, options, dir, context)?;
    } else {
        let mut dropped: BTreeMap<&'static str, u64> = BTreeMap::new();
        let mut kept = 0;
        context.write(|screen| {
            for Input { number, origin, .. } in inputs.iter() {
                if let Some(text) = drafted(&known, number, &origin) {
                    screen.out.write_all(&text)?;
                    continue;
                }
                let mut result = Ok(());
                let outcome = source::read(&origin, options, |record| {
                    if result.is_err() {
                        return false;
                    }
                    let prepared = clean(command, &record, &known);
                    if command.stats {
                        for label in prepared.labels.ranges() {
                            match label.dropped {
                                Some(verdict) => {
                                    *dropped.entry(verdict.rule).or_default() += label.span.len() as u64;
                                }
                                None => kept += label.span.len() as u64,
                            }
                        }
                        return true;
                    }
                    result = if command.explain {
                        write_head(screen.out, &record, several).and_then(|()| explain(screen, &prepared))
                    } else {
                        write(command, screen.out, &record, &prepared, several)
                    };
                    true
                });
                result?;
                failures += report(&origin, outcome);
            }
            if command.stats {
                write_stats(screen, kept, &dropped)?;
            }
            Ok(())
        })?;
    }
    Ok(if failures == inputs.count + inputs.unlisted && failures > 0 { FAILED } else { 0 })
}

/// Names what could not be read; returns 1 if the whole input gave nothing.
fn report(origin: &Origin, outcome: Result<source::FileReport>) -> usize {
    let shown =
        if is_stdin(origin) { "standard input".to_owned() } else { origin.path.display().to_string() };
    match outcome {
        Ok(report) => {
            let mut whole = 0;
            for skipped in report.skipped.named() {
                let reason = match skipped {
                    Skipped::Empty => "it is empty".to_owned(),
                    Skipped::Unsupported(kind) => {
                        whole = 1;
                        format!("this kind of file is not supported ({kind})")
                    }
                    Skipped::TooLarge { limit } => {
                        whole = 1;
                        format!("larger than {}; raise --max-document to read it", bytes(*limit))
                    }
                    Skipped::Damaged(damage) => {
                        whole = whole.max(usize::from(damage.place.is_none()));
                        note(&format!("backsearch: {}", damaged(damage, &shown)));
                        continue;
                    }
                    Skipped::RepeatedIds { .. } => {
                        note(&format!("backsearch: {shown}: {}", repeated_ids(skipped)));
                        continue;
                    }
                    Skipped::Unreadable(error) => error.to_string(),
                };
                note(&format!("backsearch: skipped {shown}: {reason}"));
            }
            if report.skipped.more() > 0 {
                note(&format!("backsearch: {} more of {shown}", grouped(report.skipped.more())));
            }
            whole
        }
        Err(error) => {
            note(&format!("backsearch: {error}"));
            1
        }
    }
}

/// Cleans one record, and says so if it is a page that has text but no content.
fn clean(command: &Clean, record: &Record, known: &Known) -> Prepared {
    let prepared = label(command, record, known);
    if let Some(told) = without_content(record, &prepared) {
        note(&told);
    }
    prepared
}

fn label(command: &Clean, record: &Record, known: &Known) -> Prepared {
    let reasons = command.explain || command.format == Format::Spans;
    let repetition = known.shared.of(&record.origin.path);
    let knowledge = Knowledge { repetition, rules: Some(&known.rules), reasons, ..Knowledge::default() };
    prepare(record, knowledge)
}

/// What is said of a page that has text but no content.
fn without_content(record: &Record, prepared: &Prepared) -> Option<String> {
    let blocks = &prepared.document.blocks;
    let is_all_dropped = record.media == Media::Html
        && !blocks.is_empty()
        && blocks.iter().all(|block| prepared.labels.drops_all(block.span));
    is_all_dropped.then(|| {
        let source = &record.origin.source;
        format!("backsearch: {source} has no main content: nothing but menus, links and other furniture")
    })
}

/// Largest draft of a file, in bytes; an archive may hold any number of pages.
const LARGEST_DRAFT: usize = 1 << 20;

/// Lines of a file that wait before those that are the same are told.
const MOST_LINES: usize = 1 << 14;

/// Reads the lines of a file that it may share with others. What comes of web pages is kept, since to parse them is most
/// of the work.
fn draft(
    command: &Clean,
    known: &Known,
    origin: &Origin,
    options: ReadOptions,
    headed: bool,
    progress: Option<&Progress>,
) -> (Vec<CountedLine>, Option<Draft>) {
    let mut lines = Vec::new();
    let mut draft = (!command.explain && !command.stats && known.drafts.are_kept()).then(Draft::default);
    let mut most_lines = MOST_LINES;
    let mut pass = |bytes| progress.into_iter().for_each(|progress| progress.have_read(bytes));
    let read = source::read_watched(origin, options, &mut pass, &mut |record| {
        progress.into_iter().for_each(Progress::have_made);
        // An archive of pages of one site has the same lines in all of them.
        if lines.len() > most_lines {
            CountedLine::sort_and_dedup(&mut lines);
            most_lines = MOST_LINES.max(2 * lines.len());
        }
        let kept = draft.as_mut().filter(|draft| {
            record.media == Media::Html && draft.text.len() + draft.notes.len() < LARGEST_DRAFT
        });
        let Some(kept) = kept else {
            draft = None;
            lines.extend(unlabelled_lines(&record));
            return true;
        };
        let prepared = label(command, &record, known);
        lines.extend(&prepared.lines);
        if let Some(told) = without_content(&record, &prepared) {
            kept.notes.extend(format!("{told}\n").bytes());
        }
        // Writing to memory does not fail.
        let _ = write(command, &mut kept.text, &record, &prepared, headed);
        true
    });
    progress.into_iter().for_each(Progress::have_done);
    // What is skipped is told when the file is read again.
    let whole = read.is_ok_and(|report| report.skipped.named().is_empty());
    (lines, draft.filter(|_| whole))
}

/// What a first reading made of a file, where nothing that files share would change it.
fn drafted(known: &Known, number: usize, origin: &Origin) -> Option<Vec<u8>> {
    let draft = known.drafts.get(number, &origin.path, &known.shared)?;
    String::from_utf8_lossy(&draft.notes).lines().for_each(note);
    Some(draft.text)
}

/// Writes above a document of several where it came from.
fn write_head(out: &mut dyn Write, record: &Record, several: bool) -> io::Result<()> {
    if several { writeln!(out, "==> {} <==", record.origin.source) } else { Ok(()) }
}

/// Writes what is kept and dropped side by side, and what the page was taken for.
fn explain(screen: &mut Screen<'_>, prepared: &Prepared) -> io::Result<()> {
    if let Some(kind) = prepared.page_type {
        writeln!(screen.out, "type of page: {}", kind.name())?;
    }
    labelled::write(screen, &prepared.document, &prepared.labels, None, true)
}

/// Writes one document in the format that was asked for, and above plain text of several where it came from.
fn write(
    command: &Clean,
    out: &mut dyn Write,
    record: &Record,
    prepared: &Prepared,
    several: bool,
) -> io::Result<()> {
    match command.format {
        Format::Text => {
            write_head(out, record, several)?;
            cleaned::write_text(out, &prepared.document, &prepared.labels, command.title)
        }
        Format::Markdown => cleaned::write_markdown(out, prepared),
        Format::Html => cleaned::write_html(out, prepared),
        Format::Spans => cleaned::write_spans(out, record, prepared),
        Format::Jsonl => cleaned::write_passages(out, record, prepared),
    }
}

fn write_stats(screen: &mut Screen<'_>, kept: u64, dropped: &BTreeMap<&'static str, u64>) -> io::Result<()> {
    let all: u64 = dropped.values().sum();
    let mut rules: Vec<(&&str, &u64)> = dropped.iter().collect();
    rules.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    writeln!(screen.out, "{:>10}  kept", bytes(kept))?;
    writeln!(screen.out, "{:>10}  dropped", bytes(all))?;
    for (rule, count) in rules {
        writeln!(screen.out, "{:>10}    {rule}", bytes(*count))?;
    }
    Ok(())
}

/// The file that a shard is written to.
fn part_of(command: &Clean, shard: Shard, dir: &Path) -> Result<Part> {
    if !matches!(command.format, Format::Jsonl | Format::Spans) || command.explain {
        return Err(Error::new(Kind::User, "a shard is written as one file of lines")
            .hint("add --format jsonl or --format spans, or leave --out away"));
    }
    Ok(Part::new(dir, shard, command.format.extension()))
}

/// What all parts of a whole have to be made by.
fn asked(command: &Clean, rules: &UserRules) -> String {
    let format = |value: Option<clap::builder::PossibleValue>| value.map(|value| value.get_name().to_owned());
    let input_format = command.input_format.as_ref().and_then(ValueEnum::to_possible_value);
    let rules =
        (!rules.text.is_empty()).then(|| format!("{:016x}", source::content_hash(rules.text.as_bytes())));
    let paths: Vec<_> = command.paths.iter().map(|path| name_of(path)).collect();
    let asked = serde_json::json!({
        "paths": paths,
        "format": format(command.format.to_possible_value()),
        "input_format": format(input_format),
        "rules": rules,
        "max_document": command.max_document,
        "fingerprint": format!("{:016x}", fingerprint(true)),
    });
    format!("{asked:#}\n")
}

/// Cleans a shard into one file, in the order of the input. What cannot be read now may be read later, so that a part
/// that lacks it is none.
fn write_part(
    command: &Clean,
    known: &Known,
    inputs: &Inputs,
    options: ReadOptions,
    part: &Part,
    context: &Context,
) -> Result<usize> {
    let path = part.path();
    let mut failures = 0;
    let progress = Progress::begin(context, inputs.count as u64, inputs.size(), "document");
    part.write(|file| {
        let mut unread = inputs.unlisted;
        let mut out = BufWriter::new(file);
        let written = inputs.iter().try_for_each(|Input { origin, .. }| {
            let mut result = Ok(());
            // What makes the part none is named all the same, and nothing is cleaned for it any more.
            let lost = unread > 0;
            let mut write = |record: Record| {
                if !lost {
                    result = write(command, &mut out, &record, &clean(command, &record, known), false);
                    progress.have_made();
                }
                !lost && result.is_ok()
            };
            let outcome =
                source::read_watched(&origin, options, &mut |bytes| progress.have_read(bytes), &mut write);
            progress.have_done();
            unread += usize::from(outcome.is_err());
            failures += report(&origin, outcome);
            result
        });
        written.and_then(|()| out.flush()).map_err(|error| Error::io("cannot write", &path, &error))?;
        if unread == 0 {
            return Ok(());
        }
        let unread = counted(unread as u64, "input");
        Err(Error::new(Kind::Data, "the part is not made:")
            .at(&path)
            .because(format!("{unread} could not be read"))
            .hint("make what is named above readable, or leave it out, and run the command again"))
    })?;
    Ok(failures)
}

/// Cleans each input into a file of its own, on all threads.
fn write_out(
    command: &Clean,
    known: &Known,
    inputs: &Inputs,
    options: ReadOptions,
    dir: &Path,
    context: &Context,
) -> Result<usize> {
    let failures = AtomicUsize::new(0);
    let progress = Progress::begin(context, inputs.count as u64, inputs.size(), "document");
    let (rest, fatal) = (Mutex::new(inputs.iter()), Mutex::new(None));
    std::thread::scope(|scope| {
        for _ in 0..context.threads() {
            scope.spawn(|| {
                loop {
                    let next = rest.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some(input) = next else { return };
                    let target = target(dir, &input, command.format.extension());
                    match clean_into(command, known, &input, options, &target, &progress) {
                        Ok(failed) => {
                            progress.have_done();
                            failures.fetch_add(failed, Ordering::Relaxed);
                        }
                        Err(error) => {
                            fatal.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                            return;
                        }
                    }
                }
            });
        }
    });
    match fatal.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(failures.into_inner()),
    }
}

fn clean_into(
    command: &Clean,
    known: &Known,
    Input { number, origin, .. }: &Input,
    options: ReadOptions,
    target: &Path,
    progress: &Progress,
) -> Result<usize> {
    let mut out = Vec::new();
    if let Some(text) = drafted(known, *number, origin) {
        out = text;
        progress.have_made();
        progress.have_read(std::fs::metadata(&origin.path).map_or(0, |metadata| metadata.len()));
    } else {
        let mut write = |record: Record| {
            progress.have_made();
            let prepared = clean(command, &record, known);
            let result = if command.explain {
                explain(&mut Screen { out: &mut out, width: None }, &prepared)
            } else {
                write(command, &mut out, &record, &prepared, false)
            };
            // Writing to memory does not fail.
            result.is_ok()
        };
        let outcome =
            source::read_watched(origin, options, &mut |bytes| progress.have_read(bytes), &mut write);
        let failed = report(origin, outcome);
        if failed > 0 {
            return Ok(failed);
        }
    }
    if let Some(parent) = target.parent() {
        std::fs::create_dir_all(parent)
            .map_err(|error| Error::io("cannot create the folder", parent, &error))?;
    }
    std::fs::write(target, out).map_err(|error| Error::io("cannot write", target, &error))?;
    Ok(0)
}
