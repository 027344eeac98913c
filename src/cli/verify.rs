//! `backsearch verify`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use tantivy::DocAddress;

use super::Context;
use super::index::{build, name_skipped, shown};
use super::progress::Progress;
use crate::document::visible_text;
use crate::error::{Error, Kind, Result};
use crate::index::{Entry, INCOMPLETE, Index, Manifest, State, StoredPassage, damaged_files, open};
use crate::ingest::{self, Options};
use crate::output::counted;
use crate::record::{Media, Origin, Record};
use crate::source::{self, ReadOptions, name_of};

/// Exit code when problems were found.
const PROBLEMS: u8 = 1;

/// Check that the index is sound and every passage is where it says.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  backsearch verify\n  backsearch verify --repair   # read again what is wrong\n"
)]
pub(super) struct Verify {
    /// Read the sources again whose passages or entries are wrong
    #[arg(long)]
    repair: bool,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

/// What was found.
#[derive(Default, Serialize)]
struct Findings {
    schema_version: u32,
    sound: bool,
    /// Whether the last run came to its end.
    complete: bool,
    /// Passages that are where they say.
    in_place: u64,
    /// Passages of standard input, which nobody can look at again.
    from_stdin: u64,
    /// Files that have changed since they were indexed, or are gone.
    stale: Vec<String>,
    /// Files of the index that are missing or damaged.
    damaged_files: Vec<PathBuf>,
    problems: Vec<Problem>,
    /// Sources that were read again.
    #[serde(skip_serializing_if = "Option::is_none")]
    repaired: Option<u64>,
    /// Keys of the sources to read again.
    #[serde(skip)]
    wrong: BTreeSet<String>,
}

#[derive(Serialize)]
struct Problem {
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    what: String,
}

pub(super) fn run(command: &Verify, context: &Context) -> Result<u8> {
    let dir = context.index_dir();
    let mut findings = check(&dir, context)?;
    if command.repair && !findings.sound {
        let options = Options { threads: context.threads(), ..Options::default() };
        let report = if findings.damaged_files.is_empty() {
            ingest::repair(&dir, &findings.wrong, &options, &mut shown(context))?
        } else {
            can_be_rebuilt(&dir, &findings)?;
            build(&dir, &[], &Options { rebuild: true, ..options }, context)?
        };
        name_skipped(&report.skipped, context);
        findings = check(&dir, context)?;
        findings.repaired = Some(report.added + report.updated + report.removed);
    }
    if command.json {
        context.write(|screen| {
            serde_json::to_writer_pretty(&mut *screen.out, &findings)?;
            writeln!(screen.out)
        })?;
    } else {
        show(&findings, context)?;
    }
    Ok(if findings.sound { 0 } else { PROBLEMS })
}

/// Whether all sources are there of an index of which files are damaged, so that it can be made again.
fn can_be_rebuilt(dir: &Path, findings: &Findings) -> Result<()> {
    let roots = State::remembered(dir).map(|state| state.roots).unwrap_or_default();
    let missing = roots.iter().find(|root| root.name == source::STDIN || !root.location().exists());
    if !roots.is_empty() && missing.is_none() {
        return Ok(());
    }
    let damaged = counted(findings.damaged_files.len() as u64, "file");
    let of_what =
        missing.map_or_else(String::new, |root| format!(", and {} cannot be read again", root.name));
    Err(Error::new(Kind::Index, "cannot repair the index in")
        .at(dir)
        .because(format!("{damaged} damaged{of_what}"))
        .hint("build it again of what is there with `backsearch index --rebuild PATH`"))
}

fn show(findings: &Findings, context: &Context) -> Result<()> {
    if findings.damaged_files.is_empty() && !findings.complete {
        context.say(&format!("note: {}", context.hint(INCOMPLETE)));
    }
    for path in &findings.stale {
        context.say(&format!("changed since indexed: {path}"));
    }
    context.write(|screen| {
        if !findings.damaged_files.is_empty() {
            for file in &findings.damaged_files {
                writeln!(screen.out, "the index file {} is damaged", file.display())?;
            }
            return writeln!(
                screen.out,
                "{}",
                context.hint("build the index again with `backsearch verify --repair`")
            );
        }
        if let Some(repaired) = findings.repaired {
            writeln!(screen.out, "{} read again", counted(repaired, "source"))?;
        }
        for Problem { source, line, what } in &findings.problems {
            match (source, line) {
                (Some(source), Some(line)) => writeln!(screen.out, "{source}:{line} {what}")?,
                (Some(source), None) => writeln!(screen.out, "{source} {what}")?,
                (None, _) => writeln!(screen.out, "{what}")?,
            }
        }
        let from_stdin = match findings.from_stdin {
            0 => String::new(),
            passages => format!("{} of standard input not to be seen again, ", counted(passages, "passage")),
        };
        writeln!(
            screen.out,
            "{} in place, {from_stdin}{} changed since indexed, {}",
            counted(findings.in_place, "passage"),
            counted(findings.stale.len() as u64, "source"),
            counted(findings.problems.len() as u64, "problem")
        )
    })
}

/// Where the passages of a source are, by what their documents are called.
type Passages = BTreeMap<String, Vec<DocAddress>>;

/// Looks at the files of the index, then at its counts, then at every passage in its source. Memory is that of the largest
/// document, and some eight bytes for each passage and 150 for each document.
fn check(dir: &Path, context: &Context) -> Result<Findings> {
    let mut findings =
        Findings { schema_version: crate::search::wire::SCHEMA_VERSION, ..Findings::default() };
    findings.damaged_files = damaged_files(dir)?;
    if !findings.damaged_files.is_empty() {
        // What a damaged file says is not worth asking.
        return Ok(findings);
    }
    let index = open(dir)?;
    findings.complete = index.state.complete;
    let manifest = Manifest::read(&index)?;
    let mut passages: BTreeMap<String, Passages> = BTreeMap::new();
    index.each_passage(&mut |key, document, address| {
        if !passages.contains_key(key) {
            passages.insert(key.to_owned(), Passages::new());
        }
        let Some(of_source) = passages.get_mut(key) else { return };
        match of_source.get_mut(document) {
            Some(of_document) => of_document.push(address),
            None => {
                of_source.insert(document.to_owned(), vec![address]);
            }
        }
    })?;
    findings.check_entries(&index, &manifest, &passages);
    let size = manifest.entries.values().map(|entry| entry.size).sum();
    let progress = Progress::begin(context, manifest.entries.len() as u64, size, "document");
    for (key, entry) in &manifest.entries {
        findings.check_source(&index, key, entry, passages.remove(key).unwrap_or_default(), &progress);
        progress.have_done();
    }
    findings.sound = findings.problems.is_empty();
    Ok(findings)
}

impl Findings {
    fn wrong(&mut self, key: &str, what: String) {
        let source = key.rsplit('\u{1f}').next().unwrap_or(key).to_owned();
        self.problems.push(Problem { source: Some(source), line: None, what });
        self.wrong.insert(key.to_owned());
    }

    /// Whether the manifest, the passages that are stored and the totals agree.
    fn check_entries(&mut self, index: &Index, manifest: &Manifest, passages: &BTreeMap<String, Passages>) {
        for (key, entry) in &manifest.entries {
            let found: usize = passages.get(key).into_iter().flat_map(|own| own.values()).map(Vec::len).sum();
            let promised = entry.totals.passages;
            if found as u64 != promised {
                self.wrong(key, format!("has {found} of {promised} passages in the index"));
            }
            if index.source_stats(entry).is_err() {
                self.wrong(key, "has an entry that cannot be read".to_owned());
            }
        }
        for key in passages.keys().filter(|key| !manifest.entries.contains_key(*key)) {
            self.wrong(key, "has passages in the index and no entry".to_owned());
        }
        let (totals, counted) = (index.state.totals, manifest.totals());
        if totals != counted {
            let what = format!(
                "the index counts {} sources, {} passages and {} lists of words, and holds {}, {} and {}",
                totals.sources,
                totals.passages,
                totals.vocabularies,
                counted.sources,
                counted.passages,
                counted.vocabularies
            );
            self.problems.push(Problem { source: None, line: None, what });
        }
    }

    /// Whether a file holds what it held, and its bytes at the spans of its passages still read as their texts.
    fn check_source(
        &mut self,
        index: &Index,
        key: &str,
        entry: &Entry,
        mut passages: Passages,
        progress: &Progress,
    ) {
        let Some((root, source)) = key.split_once('\u{1f}') else { return };
        let Some(root) = index.state.roots.iter().find(|known| known.path == root) else { return };
        if root.name == source::STDIN {
            self.from_stdin += entry.totals.passages;
            return;
        }
        let path = root.file(source);
        let metadata = std::fs::metadata(&path).ok().filter(|metadata| metadata.len() == entry.size);
        let same_time =
            metadata.as_ref().is_some_and(|metadata| source::modified(metadata) == entry.modified);
        let is_empty = passages.is_empty();
        let is_of_size = metadata.is_some();
        let (mut in_place, mut elsewhere) = (0, Passages::new());
        let read = metadata.filter(|_| !is_empty).and_then(|_| {
            let origin = Origin { path: path.clone(), source: source.to_owned(), root: root.name.clone() };
            // What was left out for its size is left out again.
            let limit = index.source_stats(entry).ok().and_then(|stats| stats.limit);
            let max_document = limit.unwrap_or(u64::MAX - 1);
            let options = ReadOptions { format: root.format(), max_document, ..ReadOptions::default() };
            let mut check = |record: Record| {
                progress.have_made();
                let document = format!("{}\u{1f}{}", record.origin.root, record.origin.source);
                if let Some(mut of_document) = passages.remove(&document) {
                    let before = of_document.len();
                    of_document.retain(|address| {
                        !index.passage(*address).is_ok_and(|passage| is_in_place(&record, &passage))
                    });
                    in_place += (before - of_document.len()) as u64;
                    if !of_document.is_empty() {
                        elsewhere.insert(document, of_document);
                    }
                } else if let Some(of_another) = elsewhere.remove(&document) {
                    // Documents of a file may share an identifier. Which passage is whose the index does not know, and that they
                    // are in place the content of the file tells.
                    in_place += of_another.len() as u64;
                }
                true
            };
            source::read_watched(&origin, options, &mut |bytes| progress.have_read(bytes), &mut check).ok()
        });
        let same = match &read {
            Some(read) if entry.hash != 0 => read.hash == entry.hash,
            // Nothing came of it that could stand somewhere else; of what is in another shard, the content is not known.
            None if is_empty => is_of_size && (root.shard.is_some() || entry.is_of(&path)),
            read => read.is_some() && same_time,
        };
        if same {
            self.in_place += in_place;
        } else if read.is_some() && same_time {
            self.wrong(key, "holds something else, which neither its size nor its time tells".to_owned());
        } else {
            self.stale.push(name_of(&path));
        }
        for address in passages.into_values().chain(elsewhere.into_values()).flatten() {
            match index.passage(address) {
                Err(_) => self.wrong(key, "has a passage that cannot be read".to_owned()),
                Ok(passage) if same => {
                    self.problems.push(Problem {
                        source: Some(passage.source),
                        line: Some(passage.last_line),
                        what: "does not read as it was indexed".to_owned(),
                    });
                    self.wrong.insert(key.to_owned());
                }
                Ok(_) => {}
            }
        }
    }
}

fn is_in_place(record: &Record, passage: &StoredPassage) -> bool {
    let mut text = String::new();
    for (start, end) in &passage.spans {
        let Some(part) = record.bytes.get(*start..*end) else { return false };
        let plain = Record { bytes: part.to_vec(), encoding: record.encoding.clone(), ..Record::default() };
        let part = crate::document::parse(&plain).text;
        text.push_str(&if record.media == Media::Html { visible_text(&part) } else { part });
    }
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // Markdown's marks are part of its bytes; other charsets need the whole file to be told.
    record.media == Media::Markdown
        || record.encoding.is_some()
        || folded == passage.text
        || !folded.is_ascii()
        || folded.contains('\0')
}
