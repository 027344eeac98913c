//! The pipeline: from inputs to a committed index, and the pure step in the middle of it.

mod counts;
mod learn;
mod make;
mod plan;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use tantivy::{DocAddress, TantivyDocument};

pub use self::counts::repetition_of;
use self::counts::{LineCounts, furniture_hash, group_of};
pub use self::learn::{Learned, Place, Proposal, learn};
pub use self::make::passage_id;
use self::make::{Made, make};
pub use self::plan::root_of;
use self::plan::{Plan, Work, absolute, key};
use crate::boilerplate::{Knowledge, Labels, Page, Repetition, UserRules, candidates, label_page};
use crate::document::{Document, parse};
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::index::{
    self, Index, Kind, Manifest, Owner, Root, RulesText, SourceStats, State, Storage, Totals, Writer,
    WriterOptions,
};
use crate::passage::{Passages, split, split_page};
use crate::record::Record;
use crate::source::{self, FileReport, Listing, ReadOptions, Skipped};

/// Memory that is used unless the user says otherwise, in bytes.
pub const DEFAULT_MEMORY: u64 = 150 << 20;

/// Least memory that a run can do with, in bytes.
pub const LEAST_MEMORY: u64 = 64 << 20;

/// Most documents of one file that wait for its end; those of a larger archive go to the index as they come, and no
/// commit is made until it is read.
const MOST_WAITING: usize = 20_000;

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
}

/// The pure part of the pipeline: a record read, labelled and cut. Total, and the same for the same input.
#[must_use]
pub fn prepare(record: &Record, knowledge: Knowledge<'_>) -> Prepared {
    let document = parse(record);
    let page = Page::new(&document);
    let labels = label_page(&page, record.file_source(), knowledge);
    let passages = split_page(&page, &labels);
    let lines = candidates(&page).map(|(hash, _)| hash).collect();
    Prepared { document, labels, passages, lines }
}

/// The same with everything kept, for text that is known to be clean.
#[must_use]
pub fn prepare_unlabelled(record: &Record) -> Prepared {
    let document = parse(record);
    let labels = Labels::new(&document);
    let passages = split(&document, &labels);
    Prepared { document, labels, passages, lines: Vec::new() }
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
    /// Whether boilerplate is dropped.
    pub clean: bool,
    /// The rules of the user.
    pub rules: RulesChoice,
    /// Start from an empty index.
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
            clean: true,
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
    /// How the writer of a run is set up: half of the memory is its heap, the rest the queues and the documents in
    /// them.
    fn writer(&self) -> WriterOptions {
        WriterOptions {
            threads: self.threads,
            heap: usize::try_from(self.memory / 2).unwrap_or(usize::MAX),
            wait: self.wait,
            rebuild: self.rebuild,
            clean: self.clean,
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
    let known = if options.rebuild || writer.is_fresh() { None } else { Some(index::open(dir)?) };
    let manifest = known.as_ref().map(Manifest::read).transpose()?.unwrap_or_default();
    // A refresh keeps to what was said when the index was made; text that was clean then is clean now.
    let clean = if inputs.is_empty() && !options.rebuild { writer.state.clean } else { options.clean };
    writer.state.clean = clean;
    let options = &Options { clean, ..options.clone() };
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
    if repair.is_some() {
        writer.state.totals = manifest.totals();
    }
    let mut plan = Plan::make(&listings, &manifest, &rules, options, &mut report);
    if let Some(keys) = repair {
        plan.read_again(keys, &listings, &manifest, &rules, options);
    }
    if options.dry_run {
        report.added = plan.read.iter().filter(|work| work.known.is_none()).count() as u64;
        report.updated = plan.read.len() as u64 - report.added;
        report.removed = plan.gone.len() as u64;
        return Ok(report);
    }
    for (root, listing) in &listings {
        for error in &listing.errors {
            report.skipped.push((
                PathBuf::from(&root.name),
                Skipped::Unreadable(Error::new(error.kind(), error.to_string())),
            ));
        }
        match writer.state.roots.iter_mut().find(|known| known.path == root.path) {
            Some(known) => known.clone_from(root),
            None => writer.state.roots.push(root.clone()),
        }
    }
    let counts = LineCounts::default();
    let mut run = Run { writer, manifest, known, options, rules: &rules, report, watch, counts };
    run.carry_out(&plan)?;
    let Run { writer, report, .. } = run;
    writer.close()?;
    Ok(report)
}

/// Makes the index remember the rules that were chosen; says whether they are others than before.
fn choose_rules(writer: &mut Writer, options: &Options) -> Result<bool> {
    let chosen = match &options.rules {
        RulesChoice::Remembered => return Ok(false),
        RulesChoice::Nothing => None,
        RulesChoice::These(_) if !options.clean => {
            return Err(Error::new(ErrorKind::User, "the index keeps everything, so rules have no use")
                .hint("name its files and folders again, without --no-clean"));
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
    let set_up = WriterOptions { threads: 1, clean, rebuild: false, ..options.writer() };
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

/// What workers send to the writer.
enum Message {
    Made(Box<Made>),
    /// A file has been read to its end, and so many records came of it.
    Read(usize, Result<FileReport>, u64),
}

struct Run<'a> {
    writer: Writer,
    manifest: Manifest,
    known: Option<Index>,
    options: &'a Options,
    rules: &'a UserRules,
    report: Report,
    watch: &'a mut dyn FnMut(Event),
    counts: LineCounts,
}

impl Run<'_> {
    fn carry_out(&mut self, plan: &Plan) -> Result<()> {
        let nothing = plan.read.is_empty() && plan.gone.is_empty();
        // A repair that only counts anew differs in its state.
        if nothing && self.writer.state.complete && !self.options.rebuild {
            let known = self.known.as_ref().map(|known| &known.state);
            if known == Some(&self.writer.state) {
                self.finish();
                return Ok(());
            }
        }
        // The roots are recorded before any file is read: what a killed run leaves undone, the next one completes.
        self.writer.state.complete = false;
        self.writer.commit()?;
        if self.options.clean {
            self.load_lines()?;
        }
        for key in &plan.gone {
            self.remove(key);
            self.report.removed += 1;
        }
        let repetitions = self.repetitions(&plan.read);
        self.read(&plan.read, &repetitions)?;
        if self.options.clean {
            self.relabel()?;
        }
        self.writer.state.complete = true;
        self.writer.commit()?;
        self.finish();
        Ok(())
    }

    fn finish(&mut self) {
        self.report.sources = self.writer.state.totals.sources;
        self.report.passages = self.writer.state.totals.passages;
    }

    /// Loads the candidate lines of every source that the index holds.
    fn load_lines(&mut self) -> Result<()> {
        let Some(known) = &self.known else { return Ok(()) };
        for (key, entry) in &self.manifest.entries {
            self.counts.insert(key, known.source_lines(entry)?);
        }
        Ok(())
    }

    fn repetitions(&self, works: &[Work]) -> HashMap<u64, Repetition> {
        let groups: HashSet<u64> = works.iter().map(|work| group_of(&work.key)).collect();
        groups.into_iter().map(|group| (group, self.counts.repetition(group))).collect()
    }

    /// Reads again those sources whose furniture is not what they were labelled by, so that labels never depend on the
    /// order in which files came, nor on a run that was killed.
    fn relabel(&mut self) -> Result<()> {
        let stale: BTreeSet<String> = self
            .manifest
            .entries
            .iter()
            .filter(|(key, entry)| furniture_hash(&self.counts.furniture(key)) != entry.furniture)
            .map(|(key, _)| key.clone())
            .collect();
        let again = self.works_again(&stale);
        if again.is_empty() {
            return Ok(());
        }
        let repetitions = self.repetitions(&again);
        // Reading a source twice is no second change of it.
        let report = std::mem::take(&mut self.report);
        self.read(&again, &repetitions)?;
        self.report = report;
        Ok(())
    }

    /// What is to be done to read known sources again; those that are gone stay as they are.
    fn works_again(&self, keys: &BTreeSet<String>) -> Vec<Work> {
        let mut again = Vec::new();
        for root in &self.writer.state.roots {
            let prefix = key(root, "");
            // Standard input cannot be read twice.
            if root.name == source::STDIN || !keys.iter().any(|key| key.starts_with(&prefix)) {
                continue;
            }
            let Ok(listing) = source::list(Path::new(&root.path), &root.name) else { continue };
            for entry in listing.files {
                let key = key(root, &entry.origin.source);
                if keys.contains(&key) {
                    let work = Work::new(root, entry, key, &self.manifest, self.rules, self.options);
                    again.push(Work { relabel: true, ..work });
                }
            }
        }
        again
    }

    fn remove(&mut self, key: &str) {
        self.writer.remove(key);
        if let Some(entry) = self.manifest.entries.remove(key) {
            self.writer.state.totals.subtract(entry.totals);
        }
        self.counts.remove(key);
    }

    /// Reads, labels, cuts and indexes files: one reader, `threads` workers, this thread as the writer.
    fn read(&mut self, works: &[Work], repetitions: &HashMap<u64, Repetition>) -> Result<()> {
        let threads = self.options.threads.max(1);
        // A queue holds a few records for each worker; its memory is bounded by the largest documents.
        let (record_in, record_out) = crossbeam_channel::bounded::<(usize, Record)>(threads * 2);
        let (made_in, made_out) = crossbeam_channel::bounded::<Message>(threads * 4);
        let options = self.options;
        let stop = AtomicBool::new(false);
        let fields = self.writer.fields;
        let rules = self.rules;
        let stop = &stop;
        std::thread::scope(|scope| {
            let reader_out = made_in.clone();
            scope.spawn(move || {
                for (number, work) in works.iter().enumerate() {
                    let read = ReadOptions { format: work.format, shard: work.shard, ..options.read };
                    let mut records = 0;
                    let result = source::read(&work.entry.origin, read, |record| {
                        records += 1;
                        !stop.load(Ordering::Relaxed) && record_in.send((number, record)).is_ok()
                    });
                    if stop.load(Ordering::Relaxed)
                        || reader_out.send(Message::Read(number, result, records)).is_err()
                    {
                        return;
                    }
                }
            });
            for _ in 0..threads {
                let (records, made) = (record_out.clone(), made_in.clone());
                scope.spawn(move || {
                    for (number, record) in records {
                        let work = &works[number];
                        let repetition = repetitions.get(&group_of(&work.key));
                        let knowledge = options.clean.then_some(Knowledge {
                            repetition,
                            rules: Some(rules),
                            model: None,
                        });
                        let documents = make(number, work, &record, knowledge, &fields);
                        if made.send(Message::Made(Box::new(documents))).is_err() {
                            return;
                        }
                    }
                });
            }
            drop((made_in, record_out));
            let result = self.collect(works, made_out, repetitions);
            stop.store(result.is_err(), Ordering::Relaxed);
            result
        })
    }

    /// Writes what workers send. The documents of a file are handed to the index together with its manifest entry, so
    /// that every commit holds each source whole.
    fn collect(
        &mut self,
        works: &[Work],
        messages: Receiver<Message>,
        repetitions: &HashMap<u64, Repetition>,
    ) -> Result<()> {
        let mut files: BTreeMap<usize, FileState> = BTreeMap::new();
        let mut progress = Progress { total: works.len() as u64, ..Progress::default() };
        let mut last_commit = Instant::now();
        for message in messages {
            let number = match message {
                Message::Made(made) => {
                    progress.passages += made.totals.passages;
                    let number = made.work;
                    files.entry(number).or_default().take(*made);
                    number
                }
                Message::Read(number, Ok(report), records) => {
                    progress.done += 1;
                    progress.bytes += report.size;
                    let file = files.entry(number).or_default();
                    file.read = Some(report);
                    file.expected = records;
                    (self.watch)(Event::Progress(progress));
                    number
                }
                Message::Read(number, Err(error), records) => {
                    progress.done += 1;
                    self.report
                        .skipped
                        .push((works[number].entry.origin.path.clone(), Skipped::Unreadable(error)));
                    let file = files.entry(number).or_default();
                    // An archive that breaks off keeps the records before the break; of a file that gave nothing, what
                    // the index held stays as it is.
                    if records > 0 {
                        file.read = Some(FileReport::default());
                        file.expected = records;
                    } else {
                        files.remove(&number);
                    }
                    number
                }
            };
            let Some(file) = files.get_mut(&number) else { continue };
            if file.documents.len() > MOST_WAITING {
                self.start_file(&works[number], file)?;
            }
            if file.read.is_some() && file.made == file.expected {
                let file = files.remove(&number).unwrap_or_default();
                let work = &works[number];
                self.end_file(work, file, repetitions.get(&group_of(&work.key)))?;
            }
            let whole = files.values().all(|file| !file.started);
            if last_commit.elapsed() >= self.options.commit_every && whole {
                self.writer.commit()?;
                last_commit = Instant::now();
            }
        }
        Ok(())
    }

    /// Replaces what the index held of a source by the documents made so far.
    fn start_file(&mut self, work: &Work, file: &mut FileState) -> Result<()> {
        if !file.started {
            self.remove(&work.key);
            file.started = true;
        }
        for document in file.documents.drain(..) {
            self.writer.add(document)?;
        }
        Ok(())
    }

    fn end_file(&mut self, work: &Work, mut file: FileState, repetition: Option<&Repetition>) -> Result<()> {
        self.start_file(work, &mut file)?;
        let report = file.read.take().unwrap_or_default();
        self.report.bytes += report.size;
        let path = &work.entry.origin.path;
        // What was left out for its size, or broke off, is looked at again by the next run.
        let partial = report.hash == 0
            || report.skipped.iter().any(|skipped| matches!(skipped, Skipped::TooLarge { .. }));
        let fingerprint = if partial { 0 } else { work.fingerprint };
        self.report.skipped.extend(report.skipped.into_iter().map(|skipped| (path.clone(), skipped)));
        // A file that holds no text is known, so that it is not read again, but is no source.
        let nothing = file.made == 0;
        match work.known {
            _ if nothing => {}
            None => self.report.added += 1,
            Some(known) if known.hash == report.hash && known.fingerprint == fingerprint && !work.relabel => {
                self.report.unchanged += 1;
            }
            Some(_) => self.report.updated += 1,
        }
        self.report.kept += file.stats.kept;
        self.report.dropped += file.stats.dropped.values().sum::<u64>();
        file.totals.sources = u64::from(!nothing);
        file.stats.source.clone_from(&work.entry.origin.source);
        file.stats.root.clone_from(&work.entry.origin.root);
        self.writer.state.totals.add(file.totals);
        let fields = &self.writer.fields;
        let mut document = TantivyDocument::new();
        document.add_u64(fields.kind, Kind::Source as u64);
        document.add_text(fields.key, &work.key);
        document.add_u64(fields.size, work.entry.size);
        document.add_i64(fields.modified, work.entry.modified);
        document.add_u64(fields.hash, report.hash);
        document.add_u64(fields.fingerprint, fingerprint);
        file.lines.sort_unstable();
        file.lines.dedup();
        let repeated = |line: &u64| repetition.is_some_and(|repetition| repetition.contains(*line));
        let furniture: Vec<u64> = file.lines.iter().copied().filter(repeated).collect();
        let furniture = furniture_hash(&furniture);
        document.add_u64(fields.furniture, furniture);
        document.add_u64(fields.sources, file.totals.sources);
        document.add_u64(fields.passages, file.totals.passages);
        document.add_u64(fields.body_tokens, file.totals.body);
        document.add_u64(fields.exact_tokens, file.totals.exact);
        document.add_u64(fields.title_tokens, file.totals.title);
        document.add_u64(fields.heading_tokens, file.totals.heading);
        let stats = serde_json::to_vec(&file.stats).map_err(|error| {
            Error::new(ErrorKind::Index, "cannot store the statistics of a source").because(error)
        })?;
        document.add_bytes(fields.stored, &stats);
        let lines: Vec<u8> = file.lines.iter().flat_map(|line| line.to_le_bytes()).collect();
        document.add_bytes(fields.lines, &lines);
        self.writer.add(document)?;
        // Should the source be read again in this run, its totals must come off again.
        let entry = index::Entry {
            size: work.entry.size,
            modified: work.entry.modified,
            hash: report.hash,
            fingerprint,
            furniture,
            totals: file.totals,
            address: DocAddress::new(0, 0),
        };
        self.manifest.entries.insert(work.key.clone(), entry);
        self.counts.insert(&work.key, file.lines);
        Ok(())
    }
}

/// What has come of one file so far.
#[derive(Default)]
struct FileState {
    /// Documents that are not in the index yet.
    documents: Vec<TantivyDocument>,
    /// Whether the source's documents are being replaced.
    started: bool,
    read: Option<FileReport>,
    /// Records that were read, and records that came back from the workers.
    expected: u64,
    made: u64,
    totals: Totals,
    stats: SourceStats,
    lines: Vec<u64>,
}

impl FileState {
    fn take(&mut self, made: Made) {
        self.made += 1;
        self.documents.extend(made.documents);
        self.totals.add(made.totals);
        self.lines.extend(&made.lines);
        let stats = &mut self.stats;
        stats.kept += made.stats.kept;
        for (rule, bytes) in &made.stats.dropped {
            *stats.dropped.entry(rule.clone()).or_default() += bytes;
        }
        if stats.media.is_empty() {
            stats.media = made.stats.media;
            stats.title = made.stats.title;
            stats.language = made.stats.language;
            stats.site = made.stats.site;
        }
    }
}
