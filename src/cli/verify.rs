//! `backsearch verify`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::Context;
use crate::document::visible_text;
use crate::error::{Error, Kind, Result};
use crate::index::{Index, Manifest, Root, StoredPassage, damaged_files, open};
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
    let mut findings = check(&dir)?;
    if command.repair && !findings.sound {
        if !findings.damaged_files.is_empty() {
            let roots: Vec<String> =
                open(&dir).map_or_else(|_| vec!["PATH".to_owned()], |index| names(&index));
            return Err(Error::new(Kind::Index, "cannot repair the index in")
                .at(&dir)
                .because(format!("{} damaged", counted(findings.damaged_files.len() as u64, "file")))
                .hint(format!("build it again with `backsearch index --rebuild {}`", roots.join(" "))));
        }
        let options = Options { threads: context.threads(), ..Options::default() };
        let report = ingest::repair(&dir, &findings.wrong, &options, &mut |_| ())?;
        findings = check(&dir)?;
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

fn names(index: &Index) -> Vec<String> {
    index.state.roots.iter().map(|root| root.name.clone()).collect()
}

fn show(findings: &Findings, context: &Context) -> Result<()> {
    for path in &findings.stale {
        context.say(&format!("changed since indexed: {path}"));
    }
    context.write(|screen| {
        if !findings.damaged_files.is_empty() {
            for file in &findings.damaged_files {
                writeln!(screen.out, "the index file {} is damaged", file.display())?;
            }
            return writeln!(screen.out, "build the index again with `backsearch index --rebuild`");
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

/// Looks at the files of the index, then at its counts, then at every passage in its source.
fn check(dir: &Path) -> Result<Findings> {
    let mut findings =
        Findings { schema_version: crate::search::wire::SCHEMA_VERSION, ..Findings::default() };
    findings.damaged_files = damaged_files(dir)?;
    if !findings.damaged_files.is_empty() {
        // What a damaged file says is not worth asking.
        return Ok(findings);
    }
    let index = open(dir)?;
    let manifest = Manifest::read(&index)?;
    let mut files: BTreeMap<PathBuf, Vec<(String, StoredPassage)>> = BTreeMap::new();
    let mut stored: BTreeMap<String, u64> = BTreeMap::new();
    let mut unreadable: BTreeSet<String> = BTreeSet::new();
    index.each_passage(&mut |key, passage| {
        *stored.entry(key.clone()).or_default() += 1;
        match passage {
            Ok(passage) => {
                files.entry(index.file_of(&passage)).or_default().push((key, passage));
            }
            Err(_) => {
                unreadable.insert(key);
            }
        }
    })?;
    findings.check_entries(&index, &manifest, &stored, unreadable);
    for (path, passages) in &files {
        findings.check_file(&index, path, passages);
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
    fn check_entries(
        &mut self,
        index: &Index,
        manifest: &Manifest,
        stored: &BTreeMap<String, u64>,
        unreadable: BTreeSet<String>,
    ) {
        for (key, entry) in &manifest.entries {
            let (found, promised) = (stored.get(key).copied().unwrap_or(0), entry.totals.passages);
            if found != promised {
                self.wrong(key, format!("has {found} of {promised} passages in the index"));
            }
            if index.source_stats(entry).is_err() {
                self.wrong(key, "has an entry that cannot be read".to_owned());
            }
        }
        for key in stored.keys().filter(|key| !manifest.entries.contains_key(*key)) {
            self.wrong(key, "has passages in the index and no entry".to_owned());
        }
        for key in unreadable {
            self.wrong(&key, "has a passage that cannot be read".to_owned());
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

    /// Whether the bytes of a file at the spans of its passages still read as their texts.
    fn check_file(&mut self, index: &Index, path: &Path, passages: &[(String, StoredPassage)]) {
        let Some((_, first)) = passages.first() else { return };
        if first.root == source::STDIN {
            self.from_stdin += passages.len() as u64;
            return;
        }
        let changed = std::fs::metadata(path).map_or(true, |metadata| {
            passages.iter().any(|(_, passage)| {
                passage.size != metadata.len() || passage.modified != source::modified(&metadata)
            })
        });
        let origin =
            Origin { path: path.to_path_buf(), source: first.file_source().to_owned(), ..Origin::default() };
        let format = index.root_of(first).and_then(Root::format);
        let options = ReadOptions { format, max_document: u64::MAX - 1, ..ReadOptions::default() };
        // Lines of a file may share an identifier.
        let mut records: BTreeMap<String, Vec<Record>> = BTreeMap::new();
        let read = !changed
            && source::read(&origin, options, |record| {
                records.entry(record.origin.source.clone()).or_default().push(record);
                true
            })
            .is_ok();
        if !read {
            self.stale.push(name_of(path));
            return;
        }
        for (key, passage) in passages {
            let mut alike = records.get(&passage.source).into_iter().flatten();
            if alike.any(|record| in_place(record, passage)) {
                self.in_place += 1;
                continue;
            }
            self.problems.push(Problem {
                source: Some(passage.source.clone()),
                line: Some(passage.last_line),
                what: "does not read as it was indexed".to_owned(),
            });
            self.wrong.insert(key.clone());
        }
    }
}

fn in_place(record: &Record, passage: &StoredPassage) -> bool {
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
}
