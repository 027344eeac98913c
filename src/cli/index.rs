//! `backsearch index`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;

use super::progress::{Progress, note};
use super::rules::read_rules;
use super::{Context, FAILED};
use crate::error::{Error, Kind, Result};
use crate::index::{Found, Owner, Root, State, is_unbuilt, look, open};
use crate::ingest::{self, Event, Options, Report, RulesChoice};
use crate::output::{bytes, counted, grouped};
use crate::source::{
    Changes, Damage, Format, MAX_DOCUMENT, ReadOptions, STDIN, Shard, Skipped, SkippedInputs,
};

/// The folder that is indexed when nothing is named and nothing is indexed yet.
pub(super) const DEFAULT_ROOT: &str = "corpus";

/// Make the index agree with files and folders: add what is new, replace what changed, remove what is gone.
///
/// The index remembers its roots: `index PATH` adds or refreshes one, `index` alone refreshes all of them.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  backsearch index pages/ notes.md crawl.warc.gz\n  backsearch index              # refresh everything indexed before\n  backsearch index --watch pages/\n  backsearch index --forget pages/\n  backsearch index --rules my.rules pages/\n"
)]
pub(super) struct Index {
    /// Files and folders
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Read everything again, and forget what is not named; what was indexed is found until it has been replaced
    #[arg(long)]
    rebuild: bool,
    /// Keep everything: the text is known to be clean. The index remembers it
    #[arg(long)]
    no_clean: bool,
    /// Drop boilerplate, with --rebuild, from an index that was made with --no-clean
    #[arg(long, conflicts_with = "no_clean")]
    clean: bool,
    /// Drop and keep what the rules in this file say, too, now and in every later run; `backsearch rules --help` shows how
    /// they are written
    #[arg(long, value_name = "FILE", conflicts_with_all = ["no_clean", "forget"])]
    rules: Option<PathBuf>,
    /// Forget the rules that an earlier --rules gave
    #[arg(long, conflicts_with_all = ["rules", "forget"])]
    no_rules: bool,
    /// Format of the input, instead of looking at it
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Format>,
    /// Memory to use, as in 150M or 1G
    #[arg(long, value_parser = size, default_value = "150M", value_name = "SIZE")]
    memory: u64,
    /// Skip documents larger than this; what is indexed and has not changed stays
    #[arg(long, value_parser = size, default_value = "64M", value_name = "SIZE")]
    max_document: u64,
    /// Fail if any file could not be read
    #[arg(long)]
    strict: bool,
    /// Say what would be done, and do nothing. Archives that are new or changed are looked at as far as their first document
    #[arg(long)]
    dry_run: bool,
    /// Go on, and refresh the index whenever something changes
    #[arg(long, conflicts_with_all = ["dry_run", "forget"])]
    watch: bool,
    /// Index only this part of the paths, as in 3/16: the third of sixteen
    #[arg(long, value_name = "I/N", requires = "paths")]
    shard: Option<Shard>,
    /// Commit what is read so far at least so often
    #[arg(long, value_parser = seconds, default_value = "120", value_name = "SECONDS")]
    commit_every: Duration,
    /// How long to wait while another process writes the index
    #[arg(long, value_parser = seconds, default_value = "600", value_name = "SECONDS")]
    wait: Duration,
    /// Remove a root and everything that came from it
    #[arg(long, value_name = "PATH", conflicts_with_all = ["paths", "rebuild"])]
    forget: Option<String>,
}

/// Reads a size such as `64M`.
pub(super) fn size(text: &str) -> std::result::Result<u64, String> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let unit = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        _ => return Err("a size is a number with K, M or G, as in 150M".to_owned()),
    };
    let number: u64 =
        text[..digits].parse().map_err(|_| "a size is a number with K, M or G, as in 150M".to_owned())?;
    number
        .checked_shl(unit)
        .filter(|size| size >> unit == number)
        .ok_or_else(|| "that size is too large".to_owned())
}

/// Reads a time in seconds.
pub(super) fn seconds(text: &str) -> std::result::Result<Duration, String> {
    let seconds = text.trim().trim_end_matches('s').parse::<f64>().ok();
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "a time is a number of seconds, as in 30".to_owned())
}

pub(super) fn run(command: &Index, context: &Context) -> Result<u8> {
    let dir = context.index_dir();
    let rules = match &command.rules {
        Some(file) => RulesChoice::These(read_rules(file)?),
        None if command.no_rules => RulesChoice::Nothing,
        None => RulesChoice::Remembered,
    };
    let options = Options {
        threads: context.threads(),
        memory: command.memory,
        read: ReadOptions {
            format: command.format,
            max_document: command.max_document,
            ..ReadOptions::default()
        },
        clean: (command.clean || command.no_clean).then_some(command.clean),
        rules,
        rebuild: command.rebuild,
        dry_run: command.dry_run,
        wait: command.wait,
        commit_every: command.commit_every,
        ..Options::default()
    };
    if let Some(root) = &command.forget {
        let report = ingest::forget(&dir, root, &options, &mut shown(context))?;
        let verb = if command.dry_run { "would forget" } else { "forgot" };
        context.say(&format!("{verb} {root}: {}", counted(report.removed, "source")));
        return Ok(0);
    }
    let mut roots: Vec<Root> = Vec::new();
    for path in &command.paths {
        let mut root = ingest::root_of(path);
        root.format = command
            .format
            .and_then(|format| clap::ValueEnum::to_possible_value(&format))
            .map(|value| value.get_name().to_owned());
        root.shard = command.shard.map(|shard| shard.to_string());
        roots.push(root);
    }
    if roots.is_empty() {
        roots.extend(first_root(&dir, command.rebuild)?);
    }
    if command.watch && command.paths.iter().any(|path| path == Path::new(STDIN)) {
        return Err(Error::new(Kind::User, "standard input cannot be watched")
            .hint("name files or folders, or leave --watch away"));
    }
    let started = Instant::now();
    let report = build(&dir, &roots, &options, context)?;
    summarize(&report, context, command.dry_run, started.elapsed());
    if command.watch {
        return watch(&dir, options, context);
    }
    let unread = report.skipped.unread() > 0;
    for error in &report.missing_roots {
        note(&format!("backsearch: {error}"));
        note(&format!("  {}", context.hint(error.hint_text().unwrap_or(""))));
    }
    Ok(if command.strict && unread || !report.missing_roots.is_empty() { FAILED } else { 0 })
}

/// The root to begin with where none is named; `None` where the index has its own.
fn first_root(dir: &Path, rebuild: bool) -> Result<Option<Root>> {
    if look(dir)? == Found::Index {
        let remembers = || State::remembered(dir).is_some_and(|state| !state.roots.is_empty());
        if !rebuild || open(dir).is_ok() || remembers() {
            return Ok(None);
        }
        if !is_unbuilt(dir) {
            return Err(Error::new(Kind::Index, "the index does not tell any more what it was made of, in")
                .at(dir)
                .hint("name that, as in `backsearch index --rebuild PATH`"));
        }
    }
    if !Path::new(DEFAULT_ROOT).is_dir() {
        return Err(Error::new(Kind::User, "nothing to index: the index has no roots yet")
            .hint("name files or folders: `backsearch index PATH`"));
    }
    Ok(Some(ingest::root_of(Path::new(DEFAULT_ROOT))))
}

/// Refreshes the index whenever something changes, until the process is stopped. Stopping it at any moment is safe:
/// every commit is whole.
fn watch(dir: &Path, options: Options, context: &Context) -> Result<u8> {
    let options = Options { rebuild: false, ..options };
    let roots = open(dir)?.state.roots;
    let watched: Vec<Root> = roots.into_iter().filter(|root| root.name != STDIN).collect();
    let mut changes = Changes::of(watched.iter().map(Root::location), dir);
    let names: Vec<&str> = watched.iter().map(|root| root.name.as_str()).collect();
    context.say(&format!("watching {}", names.join(", ")));
    let mut missing = Vec::new();
    loop {
        if let Some(problem) = changes.problem() {
            context.say(&format!("backsearch: {problem}; looking every few seconds instead"));
        }
        let started = Instant::now();
        // An index that somebody removed is made again.
        let named = if look(dir).is_ok_and(|found| found == Found::Empty) { watched.as_slice() } else { &[] };
        match build(dir, named, &options, context) {
            Ok(report) => {
                if report.changed() {
                    summarize(&report, context, false, started.elapsed());
                }
                let now: Vec<String> = report.missing_roots.iter().map(ToString::to_string).collect();
                for error in now.iter().filter(|error| !missing.contains(*error)) {
                    note(&format!("backsearch: {error}; what came from it stays in the index"));
                }
                missing = now;
            }
            // Whatever it was, it may be over with the next change.
            Err(error) => note(&format!("backsearch: {error}")),
        }
        changes.wait();
    }
}

/// What is said while another process writes the index.
pub(super) fn waiting(owner: &Owner) -> String {
    format!("waiting: {owner} is writing the index")
}

/// Runs the pipeline and shows what is told of it.
pub(super) fn build(dir: &Path, roots: &[Root], options: &Options, context: &Context) -> Result<Report> {
    ingest::run(dir, roots, options, &mut shown(context))
}

/// Shows what is told of a run: whom it waits for, and how far it is, as the stream allows.
pub(super) fn shown(context: &Context) -> impl FnMut(Event<'_>) {
    let progress = Progress::begin(context, 0, 0, "passage");
    move |event| match event {
        Event::Waiting(owner) => context.say(&waiting(owner)),
        Event::Progress(run) => progress.set(&run),
        Event::Merging { written } => progress.merging(written),
    }
}

/// Says what a run did, and names what it could not read.
fn summarize(report: &Report, context: &Context, dry_run: bool, elapsed: Duration) {
    name_skipped(&report.skipped, context);
    let mut parts = Vec::new();
    for (count, verb) in [(report.added, "added"), (report.updated, "updated"), (report.removed, "removed")] {
        if count > 0 {
            parts.push(format!("{} {verb}", grouped(count)));
        }
    }
    if dry_run {
        let what = if parts.is_empty() { "nothing to do".to_owned() } else { parts.join(", ") };
        context.say(&format!("dry run: {what}; {} unchanged", grouped(report.unchanged)));
        return;
    }
    if !report.changed() {
        context.say(&format!(
            "nothing changed: {}, {}",
            counted(report.sources, "source"),
            counted(report.passages, "passage")
        ));
        return;
    }
    let read = report.kept + report.dropped;
    #[expect(clippy::cast_precision_loss, reason = "shown as a percentage")]
    let share = if read == 0 { 0.0 } else { report.dropped as f64 * 100.0 / read as f64 };
    context.say(&format!(
        "{} ({}, {share:.0} % boilerplate) in {:.1} s: {}, {}",
        parts.join(", "),
        bytes(report.bytes),
        elapsed.as_secs_f64(),
        counted(report.sources, "source"),
        counted(report.passages, "passage"),
    ));
}

/// What is said of identifiers that a file gives twice.
pub(super) fn repeated_ids(skipped: &Skipped) -> String {
    match skipped {
        Skipped::RepeatedIds { count, example } => {
            format!("{} with an identifier that was there before, such as {example}", counted(*count, "line"))
        }
        _ => String::new(),
    }
}

/// What is said of a file that is damaged.
pub(super) fn damaged(damage: &Damage, shown: &str) -> String {
    let reason = &damage.reason;
    match &damage.place {
        Some(place) => format!("skipped {place} of {shown}: {reason}"),
        None => format!("cannot read {shown}: {reason}"),
    }
}

/// Most inputs of one sort that are named one by one.
const MOST_NAMED: usize = 20;

pub(super) fn name_skipped(all: &SkippedInputs, context: &Context) {
    let mut named = 0;
    for (path, skipped) in all.named() {
        let line = match skipped {
            Skipped::Unsupported(kind) if context.verbose => format!("skipped {}: {kind}", path.display()),
            Skipped::Unsupported(_) => continue,
            Skipped::Empty => format!("skipped {}: it is empty", path.display()),
            Skipped::TooLarge { limit } => {
                format!(
                    "skipped {}: larger than {}; raise --max-document to read it",
                    path.display(),
                    bytes(*limit)
                )
            }
            Skipped::Damaged(damage) => damaged(damage, &path.display().to_string()),
            Skipped::RepeatedIds { .. } => format!("{}: {}", path.display(), repeated_ids(skipped)),
            Skipped::Unreadable(error) => error.to_string(),
        };
        named += 1;
        if named <= MOST_NAMED || context.verbose {
            context.say(&format!("backsearch: {line}"));
        }
    }
    let silent = if context.verbose { 0 } else { named.saturating_sub(MOST_NAMED) as u64 };
    let hint = match (silent, all.more()) {
        (0, _) => "",
        (_, 0) => "; -v names them all",
        _ => "; -v names the first thousand",
    };
    if silent + all.more() > 0 {
        context.say(&format!("backsearch: {} more{hint}", grouped(silent + all.more())));
    }
    for (kind, (count, example)) in all.kinds() {
        context.say(&format!(
            "backsearch: skipped {} of a kind that is not supported ({kind}), such as {}",
            counted(*count, "file"),
            example.display()
        ));
    }
    for (kind, count) in all.passed_over() {
        context.say(&format!("backsearch: passed over {} of archives: {kind}", counted(*count, "record")));
    }
}

const _: () = assert!(MAX_DOCUMENT == 64 << 20, "the default of --max-document says 64M");
