//! The pipeline: from inputs to a committed index, and the pure step in the middle of it.

mod counts;
mod learn;
mod make;
mod plan;
mod run;
mod shared;

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use self::counts::LineCounts;
pub use self::counts::repetition_of;
pub use self::learn::{Learned, Place, Proposal, learn};
pub use self::plan::root_of;
use self::plan::{Plan, absolute, key};
use self::run::Run;
pub use self::shared::{SharedLines, shared_lines};
use crate::boilerplate::content::PageType;
use crate::boilerplate::{Knowledge, Labels, Page, UserRules, candidates, label_page};
use crate::document::{Document, parse};
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::index::{self, Manifest, Owner, Root, RulesText, State, Storage, Writer, WriterOptions};
use crate::passage::{Passages, split, split_page};
use crate::record::Record;
use crate::source::{self, Listing, ReadOptions, Skipped};

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
    /// Hashes of its lines that repetition across files counts.
    pub lines: Vec<u64>,
    /// What the page is for, if it is a marked-up page.
    pub page_type: Option<PageType>,
}

/// The pure part of the pipeline: a record read, labelled and cut. Total, and the same for the same input.
#[must_use]
pub fn prepare(record: &Record, knowledge: Knowledge<'_>) -> Prepared {
    let document = parse(record);
    let page = Page::new(&document);
    let labels = label_page(&page, record.file_source(), knowledge);
    let passages = split_page(&page, &labels);
    let lines = candidates(&page).map(|(hash, _)| hash).collect();
    let page_type = page.page_type();
    Prepared { document, labels, passages, lines, page_type }
}

/// The same with everything kept, for text that is known to be clean.
#[must_use]
pub fn prepare_unlabelled(record: &Record) -> Prepared {
    let document = parse(record);
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
    /// Threads that parse and label, and as many that index.
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
    /// Say what would be done and do nothing.
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

    /// How the writer of a run is set up: half of the memory is its heap, the rest the queues and the documents in
    /// them.
    fn writer(&self) -> WriterOptions {
        WriterOptions {
            threads: self.threads,
            heap: usize::try_from(self.memory / 2).unwrap_or(usize::MAX),
            wait: self.wait,
            replace: self.rebuild && !self.dry_run,
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
    pub skipped: Vec<(PathBuf, Skipped)>,
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
    /// Bytes read.
    pub bytes: u64,
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
    // Everything that the user named is looked at before anything is written.
    let mut listings: Vec<(Root, Listing)> = Vec::new();
    for root in inputs {
        listings.push((root.clone(), source::list(Path::new(&root.path), &root.name)?));
    }
    if options.dry_run && index::look(dir)? != index::Found::Index {
        let files = listings.iter().map(|(_, listing)| listing.files.len() as u64).sum();
        return Ok(Report { added: files, ..Report::default() });
    }
    let mut writer = Writer::open(dir, &options.writer(), &mut |owner| watch(Event::Waiting(owner)))?;
    // What no commit has been made of yet holds nothing that is known.
    let known = if writer.is_fresh() { None } else { Some(index::open(dir)?) };
    let manifest = known.as_ref().map(Manifest::read).transpose()?.unwrap_or_default();
    choose_clean(&mut writer, &manifest, options)?;
    let options = &Options { clean: Some(writer.state.clean), ..options.clone() };
    let other_rules = choose_rules(&mut writer, options)?;
    let rules = writer.state.user_rules(dir)?;
    let mut report = Report::default();
    // The rules are those of the whole index, so that other rules concern every root that it has.
    if inputs.is_empty() || other_rules && !options.rebuild {
        let named: HashSet<String> = listings.iter().map(|(root, _)| root.path.clone()).collect();
        let rest = writer.state.roots.iter().filter(|root| !named.contains(&root.path));
        for root in rest.filter(|root| root.name != source::STDIN) {
            match source::list(Path::new(&root.path), &root.name) {
                Ok(listing) => listings.push((root.clone(), listing)),
                // What came from a root that is not there stays; the others are refreshed all the same.
                Err(error) => report.missing_roots.push(error.hint(format!(
                    "what came from it stays in the index; `backsearch index --forget {}` removes it",
                    root.name
                ))),
            }
        }
    } else if options.rebuild {
        writer.state.roots.clear();
    }
    // Both may find more in the index than its manifest knows.
    let repairs = repair.is_some() || options.rebuild;
    if repairs {
        writer.state.totals = manifest.totals();
    }
    let roots: Vec<(Root, Vec<Error>)> = listings
        .iter_mut()
        .map(|(root, listing)| (root.clone(), std::mem::take(&mut listing.errors)))
        .collect();
    let again = repair.cloned().unwrap_or_default();
    let mut plan = Plan::make(listings, &manifest, &rules, &again, options, &mut report);
    if options.rebuild {
        plan.keep_only(writer.state.roots.iter().chain(roots.iter().map(|(root, _)| root)), &manifest);
    }
    if let Some(known) = &known {
        for (path, entry) in &plan.damaged {
            let damages = known.source_stats(entry)?.damages.into_iter();
            report.skipped.extend(damages.map(|damage| (path.clone(), Skipped::Damaged(damage))));
        }
    }
    if options.dry_run {
        report.added = plan.new;
        report.updated = plan.read.len() as u64 - report.added;
        report.removed = plan.gone.len() as u64;
        return Ok(report);
    }
    for (root, errors) in roots {
        let unreadable = |error| (PathBuf::from(&root.name), Skipped::Unreadable(error));
        report.skipped.extend(errors.into_iter().map(unreadable));
        match writer.state.roots.iter_mut().find(|known| known.path == root.path) {
            Some(known) => *known = root,
            None => writer.state.roots.push(root),
        }
    }
    let counts = LineCounts::default();
    let mut run =
        Run { writer, manifest, known, options, rules: &rules, report, watch, counts, repairs, removals: 0 };
    run.carry_out(&plan)?;
    let Run { writer, report, .. } = run;
    writer.close()?;
    Ok(report)
}

/// Makes the index remember whether it is cleaned. It is for all of its sources or for none, so that only a rebuild may
/// say otherwise.
fn choose_clean(writer: &mut Writer, manifest: &Manifest, options: &Options) -> Result<()> {
    let Some(clean) = options.clean.filter(|clean| *clean != writer.state.clean) else { return Ok(()) };
    if !options.rebuild && !manifest.entries.is_empty() {
        let (made, flag) = if clean { ("without", "--clean") } else { ("with", "--no-clean") };
        return Err(Error::new(ErrorKind::User, format!("the index was made {made} cleaning")).hint(
            format!(
                "`backsearch index --rebuild {flag}` makes it anew; or name another folder with --index DIR"
            ),
        ));
    }
    writer.state.clean = clean;
    Ok(())
}

/// Makes the index remember the rules that were chosen; says whether they are others than before.
fn choose_rules(writer: &mut Writer, options: &Options) -> Result<bool> {
    let chosen = match &options.rules {
        RulesChoice::Remembered => return Ok(false),
        RulesChoice::Nothing => None,
        RulesChoice::These(_) if !options.cleans() => {
            return Err(Error::new(ErrorKind::User, "the index keeps everything, so rules have no use")
                .hint("`backsearch index --rebuild --clean --rules FILE` makes it anew"));
        }
        RulesChoice::These(rules) => Some(RulesText { name: rules.name.clone(), text: rules.text.clone() }),
    };
    let other = writer.state.rules != chosen;
    writer.state.rules = chosen;
    Ok(other)
}

/// Removes a root and everything that came from it.
///
/// # Errors
///
/// When the index has no such root, or cannot be written.
pub fn forget(dir: &Path, root: &str, options: &Options) -> Result<Report> {
    // Looked at first, so that a wrong folder is named before anything is opened for writing.
    let State { clean, .. } = index::open(dir)?.state;
    let set_up = WriterOptions { threads: 1, clean, replace: false, ..options.writer() };
    let mut writer = Writer::open(dir, &set_up, &mut |_| ())?;
    let manifest = Manifest::read(&index::open(dir)?)?;
    let absolute = absolute(Path::new(root));
    let Some(at) = writer.state.roots.iter().position(|known| known.name == root || known.path == absolute)
    else {
        let names: Vec<&str> = writer.state.roots.iter().map(|root| root.name.as_str()).collect();
        return Err(Error::new(ErrorKind::User, format!("the index has no root {root}"))
            .hint(format!("its roots are: {}", names.join(", "))));
    };
    let root = writer.state.roots.remove(at);
    let mut report = Report::default();
    let prefix = key(&root, "");
    for (key, entry) in &manifest.entries {
        if key.starts_with(&prefix) {
            writer.remove(key);
            writer.state.totals.subtract(entry.totals);
            report.removed += 1;
        }
    }
    report.sources = writer.state.totals.sources;
    report.passages = writer.state.totals.passages;
    if options.dry_run {
        return Ok(report);
    }
    writer.commit()?;
    writer.close()?;
    Ok(report)
}
