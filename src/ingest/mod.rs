//! The pipeline: from inputs to a committed index, and the pure step in the middle of it.

mod counts;
mod gathered;
mod known;
mod learn;
mod make;
mod outset;
mod plan;
mod reader;
mod run;
mod shared;
mod works;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

pub use self::counts::repetition_of;
pub use self::learn::{Learned, Place, Proposal, learn};
use self::outset::Outset;
use self::plan::absolute;
pub use self::plan::root_of;
use self::run::Run;
pub use self::shared::{ReadLines, SharedLines, shared_lines, unlabelled_lines};
use crate::boilerplate::content::PageType;
use crate::boilerplate::{CountedLine, Knowledge, Labels, Page, UserRules, counted_lines, label_page};
use crate::document::{Document, parse};
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::index::{self, Index, Manifest, Owner, Root, State, Storage, Writer, WriterOptions};
use crate::passage::{Passages, split, split_page};
use crate::record::Record;
use crate::source::{self, Listing, ReadOptions, SkippedInputs};

/// Memory that is used unless the user says otherwise, in bytes.
pub const DEFAULT_MEMORY: u64 = 150 << 20;

/// Least memory that a run can do with, in bytes.
pub const LEAST_MEMORY: u64 = 64 << 20;

/// How long a run goes on before it commits what it has unless the user says otherwise, so that a crash never costs
/// more than this.
pub const COMMIT_EVERY: Duration = Duration::from_mins(2);

/// A document, its labels and its passages.
pub struct Prepared {
    /// The decoded document.
    pub document: Document,
    /// Its labels.
    pub labels: Labels,
    /// Its passages.
    pub passages: Passages,
    /// Its lines that repetition across files counts.
    pub lines: Vec<CountedLine>,
    /// What the page is for, if it is a marked-up page.
    pub page_type: Option<PageType>,
}

/// The pure part of the pipeline: a record read, labelled and cut. Total, and the same for the same input.
#[must_use]
pub fn prepare(record: &Record, knowledge: Knowledge<'_>) -> Prepared {
    prepare_document(parse(record), record.file_source(), knowledge)
}

/// The same for a document that came from the file at the path `source`.
#[must_use]
pub fn prepare_document(document: Document, source: &str, knowledge: Knowledge<'_>) -> Prepared {
    let page = Page::new(&document);
    let labels = label_page(&page, source, knowledge);
    let lines = counted_lines(&page, &labels);
    let page_type = page.page_type();
    let passages = split_page(page, &labels);
    Prepared { document, labels, passages, lines, page_type }
}

/// The same with everything kept, for text that is known to be clean.
#[must_use]
pub fn prepare_unlabelled(record: &Record) -> Prepared {
    prepare_clean(parse(record))
}

/// The same for a document.
fn prepare_clean(document: Document) -> Prepared {
    let labels = Labels::new(&document);
    let passages = split(&document, &labels);
    Prepared { document, labels, passages, lines: Vec::new(), page_type: None }
}

/// Which rules of the user a run labels by.
#[derive(Debug, Clone, Default)]
pub enum RulesChoice {
    /// Those that the index remembers.
    #[default]
    Remembered,
    /// None; the index forgets those that it remembers.
    Nothing,
    /// These; the index remembers them from now on.
    These(UserRules),
}

/// What a run is to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// Threads that parse, label and index.
    pub threads: usize,
    /// Memory in bytes; see [`DEFAULT_MEMORY`].
    pub memory: u64,
    /// How inputs are read.
    pub read: ReadOptions,
    /// Whether boilerplate is dropped; if nothing is said, as the index remembers, and from a new one it is.
    pub clean: Option<bool>,
    /// The rules of the user.
    pub rules: RulesChoice,
    /// Read everything again, whatever is known of it, and keep nothing else. Each source is replaced when it has been
    /// read, so that what is there can be searched all the while; an index that is damaged is begun anew.
    pub rebuild: bool,
    /// Say what would be done and do nothing: no lock is taken, and another process may write the index meanwhile. Files
    /// that the index does not know are counted and not opened.
    pub dry_run: bool,
    /// How long to wait for another writer.
    pub wait: Duration,
    /// How long to go on before what is read is committed.
    pub commit_every: Duration,
    /// What the index is written through.
    pub storage: Storage,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            memory: DEFAULT_MEMORY,
            read: ReadOptions::default(),
            clean: None,
            rules: RulesChoice::Remembered,
            rebuild: false,
            dry_run: false,
            wait: Duration::from_mins(10),
            commit_every: COMMIT_EVERY,
            storage: Storage::default(),
        }
    }
}

impl Options {
    /// Whether boilerplate is dropped.
    fn cleans(&self) -> bool {
        self.clean.unwrap_or(true)
    }

    /// How the writer of a run is set up: seven tenths of the memory are segments in the making, the rest what is read and made
    /// into them.
    fn writer(&self) -> WriterOptions {
        WriterOptions {
            threads: self.threads,
            heap: usize::try_from(self.memory / 10 * 7).unwrap_or(usize::MAX),
            wait: self.wait,
            replace: self.rebuild,
            clean: self.cleans(),
            storage: self.storage.clone(),
        }
    }
}

/// What a run did.
#[derive(Debug, Default)]
pub struct Report {
    /// Sources that were not in the index before.
    pub added: u64,
    /// Sources whose content or whose rules had changed.
    pub updated: u64,
    /// Sources that are gone.
    pub removed: u64,
    /// Sources left as they were.
    pub unchanged: u64,
    /// Passages in the index after the run.
    pub passages: u64,
    /// Sources in the index after the run.
    pub sources: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Bytes of text kept of what was read.
    pub kept: u64,
    /// Bytes of text dropped of what was read.
    pub dropped: u64,
    /// Roots that are not there any more.
    pub missing_roots: Vec<Error>,
    /// Inputs that gave nothing, with their path.
    pub skipped: SkippedInputs,
}

impl Report {
    /// Whether anything in the index changed.
    #[must_use]
    pub const fn changed(&self) -> bool {
        self.added + self.updated + self.removed > 0
    }
}

/// How far a run has come.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// Sources done.
    pub done: u64,
    /// Sources to read in all.
    pub total: u64,
    /// Bytes read, as they are on disk.
    pub bytes: u64,
    /// Bytes to read in all; what standard input holds is not known and not in it.
    pub total_bytes: u64,
    /// Passages made.
    pub passages: u64,
}

/// What is told to whoever watches a run.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// Another process writes the index; the run begins when that one is done.
    Waiting(&'a Owner),
    /// Some more has been read.
    Progress(Progress),
    /// Everything has been read and committed, and segments are being merged.
    Merging {
        /// Bytes written so far.
        written: u64,
    },
}

/// Makes the index agree with its inputs: adds what is new, replaces what changed, removes what is gone.
///
/// `inputs` are added to the roots that the index remembers; without any, all of its roots are refreshed.
///
/// # Errors
///
/// When an input is not there, or the index cannot be written. What was committed before stays.
pub fn run(dir: &Path, inputs: &[Root], options: &Options, watch: &mut dyn FnMut(Event)) -> Result<Report> {
    run_over(dir, inputs, None, options, watch)
}

/// Refreshes all roots, and reads the sources of the given keys again whether they have changed or not; what the index
/// holds of such a source that is not there any more goes. The totals are counted anew.
///
/// # Errors
///
/// When the index cannot be read or written.
pub fn repair(
    dir: &Path,
    keys: &BTreeSet<String>,
    options: &Options,
    watch: &mut dyn FnMut(Event),
) -> Result<Report> {
    run_over(dir, &[], Some(keys), options, watch)
}

fn run_over(
    dir: &Path,
    inputs: &[Root],
    repair: Option<&BTreeSet<String>>,
    options: &Options,
    watch: &mut dyn FnMut(Event),
) -> Result<Report> {
    if options.memory < LEAST_MEMORY {
        return Err(Error::new(
            ErrorKind::User,
            format!("--memory must be at least {} MB", LEAST_MEMORY >> 20),
        ));
    }
    let remembered = if options.rebuild { None } else { State::remembered(dir) };
    let remembered = remembered.map(|state| state.roots).unwrap_or_default();
    // Everything that the user named is looked at before anything is written.
    let mut listings: Vec<(Root, Listing)> = Vec::new();
    for root in inputs {
        // Whoever names a root twice means it once.
        if listings.iter().all(|(named, _)| named.path != root.path) {
            let others = remembered.iter().chain(listings.iter().map(|(named, _)| named));
            let root = known_as(root.clone(), others);
            let listing = source::list(&root.location(), &root.name)?;
            listings.push((root, listing));
        }
    }
    let mut report = Report::default();
    if options.dry_run {
        let found = known(dir, options)?;
        Outset::find(dir, found, listings, repair, options, &mut report)?.foresee(&mut report, watch);
        return Ok(report);
    }
    let mut writer = Writer::open(dir, &options.writer(), &mut |owner| watch(Event::Waiting(owner)))?;
    // What no commit has been made of yet holds nothing that is known.
    let index = if writer.is_fresh() { None } else { Some(index::open(dir)?) };
    let found = (index, writer.state.clone());
    let Outset { known, state, manifest, rules, plan, options } =
        Outset::find(dir, found, listings, repair, options, &mut report)?;
    writer.state = state;
    // It takes as much memory as there are sources.
    drop(manifest);
    // Both may find more in the index than its manifest knows.
    let repairs = repair.is_some() || options.rebuild;
    let (options, rules) = (&options, &rules);
    let last_commit = Instant::now();
    let mut run =
        Run { writer, options, rules, report, watch, repairs, removals: 0, last_commit, first: None };
    run.carry_out(&plan, known.as_ref())?;
    let Run { writer, report, watch, .. } = run;
    writer.close(&mut |written| watch(Event::Merging { written }))?;
    Ok(report)
}

/// A root under the name by which the index knows it, however it is spelled now: passages say by that where they are from.
/// One that is new, and called like another, is called by its path.
fn known_as<'a>(root: Root, others: impl Iterator<Item = &'a Root> + Clone) -> Root {
    if let Some(known) = others.clone().find(|known| known.path == root.path) {
        return Root { name: known.name.clone(), ..root };
    }
    let is_taken = root.name != source::STDIN && others.into_iter().any(|other| other.name == root.name);
    if is_taken { Root { name: root.path.clone(), ..root } } else { root }
}

/// The index as it is, opened for reading only, and what it remembers; nothing where a run would begin a new one.
fn known(dir: &Path, options: &Options) -> Result<(Option<Index>, State)> {
    let begun = || State::new(options.cleans());
    if index::look(dir)? != index::Found::Index {
        return Ok((None, begun()));
    }
    match index::open(dir) {
        Ok(index) => {
            let state = index.state.clone();
            Ok((Some(index), state))
        }
        Err(_) if options.rebuild => Ok((None, State::remembered(dir).unwrap_or_else(begun))),
        Err(_) if index::is_unbuilt(dir) => Ok((None, begun())),
        Err(error) => Err(error),
    }
}

/// Removes a root and everything that came from it.
///
/// # Errors
///
/// When the index has no such root, or cannot be written.
pub fn forget(dir: &Path, root: &str, options: &Options, watch: &mut dyn FnMut(Event)) -> Result<Report> {
    // Files without any text are known, and no sources.
    let count = |keys: &[(&String, &index::Entry)]| keys.iter().map(|(_, entry)| entry.totals.sources).sum();
    // Looked at first, so that a wrong folder or name is told before anything is opened for writing.
    let index = index::open(dir)?;
    if options.dry_run {
        let manifest = Manifest::read(&index)?;
        let (_, keys) = sources_of(root, &index.state, &manifest)?;
        return Ok(Report { removed: count(&keys), ..Report::default() });
    }
    let State { clean, .. } = index.state;
    let set_up = WriterOptions { threads: 1, clean, replace: false, ..options.writer() };
    let mut writer = Writer::open(dir, &set_up, &mut |owner| watch(Event::Waiting(owner)))?;
    let manifest = Manifest::read(&index::open(dir)?)?;
    let (at, keys) = sources_of(root, &writer.state, &manifest)?;
    writer.state.roots.remove(at);
    for (key, entry) in &keys {
        writer.remove(key);
        writer.state.totals.subtract(entry.totals);
    }
    let totals = writer.state.totals;
    writer.commit()?;
    writer.close(&mut |written| watch(Event::Merging { written }))?;
    Ok(Report {
        removed: count(&keys),
        sources: totals.sources,
        passages: totals.passages,
        ..Report::default()
    })
}

/// Where a root stands among those of the index, and the sources that came from it.
fn sources_of<'a>(
    root: &str,
    state: &State,
    manifest: &'a Manifest,
) -> Result<(usize, Vec<(&'a String, &'a index::Entry)>)> {
    let absolute = absolute(Path::new(root));
    let position = |is_it: &dyn Fn(&Root) -> bool| state.roots.iter().position(is_it);
    // What is there by that name may be another folder than the one that was called so.
    let found = position(&|known| known.path == absolute).or_else(|| position(&|known| known.name == root));
    let Some(at) = found else {
        let names: Vec<&str> = state.roots.iter().map(|root| root.name.as_str()).collect();
        return Err(Error::new(ErrorKind::User, format!("the index has no root {root}"))
            .hint(format!("its roots are: {}", names.join(", "))));
    };
    let prefix = state.roots[at].key("");
    Ok((at, manifest.entries.iter().filter(|(key, _)| key.starts_with(&prefix)).collect()))
}
