//! A run: one reader, workers that label and cut, and one writer that keeps every commit whole.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crossbeam_channel::Receiver;
use tantivy::{DocAddress, TantivyDocument};

use super::counts::{LineCounts, furniture_hash, group_of};
use super::make::{Made, make};
use super::plan::{Plan, Work, key};
use super::{Event, Options, Progress, Report};
use crate::boilerplate::{Knowledge, Repetition, UserRules};
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::index::{self, Index, Kind, Manifest, Sorts, SourceStats, Totals, Writer};
use crate::record::Record;
use crate::source::{self, FileReport, Skipped};

/// Most documents of one file that wait for its end; those of a larger archive go to the index as they come, and no
/// commit is made until it is read.
const MOST_WAITING: usize = 20_000;

/// Most damages of one file that the index remembers in words; all of them are counted.
const MOST_DAMAGES: usize = 20;

/// What workers send to the writer.
enum Message {
    Made(Box<Made>),
    /// A file has been read to its end, and so many records came of it.
    Read(usize, Result<FileReport>, u64),
}

/// A run under way: what it knows, and what it writes to.
pub(super) struct Run<'a> {
    pub(super) writer: Writer,
    pub(super) manifest: Manifest,
    pub(super) known: Option<Index>,
    pub(super) options: &'a Options,
    pub(super) rules: &'a UserRules,
    pub(super) report: Report,
    pub(super) watch: &'a mut dyn FnMut(Event),
    pub(super) counts: LineCounts,
    /// Whether the index may hold passages that its manifest does not know.
    pub(super) repairs: bool,
    /// Sources removed since the last commit.
    pub(super) removals: usize,
}

/// Removals after which the index is committed. Tantivy keeps more than a kilobyte of memory for each until then, some
/// 20 MB in all.
const MOST_REMOVALS: usize = 1 << 14;

impl Run<'_> {
    /// Reads what is to be read, removes what is gone, and commits.
    pub(super) fn carry_out(&mut self, plan: &Plan) -> Result<()> {
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
        self.commit()?;
        if self.options.cleans() {
            self.load_lines()?;
        }
        for key in &plan.gone {
            self.remove(key);
            self.report.removed += 1;
            if self.removals >= MOST_REMOVALS {
                self.commit()?;
            }
        }
        let repetitions = self.repetitions(&plan.read);
        self.read(&plan.read, &repetitions)?;
        if self.options.cleans() {
            self.relabel()?;
        }
        self.writer.state.complete = true;
        self.commit()?;
        self.finish();
        Ok(())
    }

    fn commit(&mut self) -> Result<()> {
        self.removals = 0;
        self.writer.commit()
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
        let groups: HashSet<u64> = works.iter().map(|work| group_of(&work.key())).collect();
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
            again.extend(Work::again(root, listing, keys, self.options));
        }
        again
    }

    /// Removes a source, and gives what was known of it.
    fn remove(&mut self, key: &str) -> Option<index::Entry> {
        self.counts.remove(key);
        let known = self.manifest.entries.remove(key);
        // A removal is looked for in every segment, so that none is asked for where there is nothing to remove.
        if known.is_some() || self.repairs {
            self.writer.remove(key);
            self.removals += 1;
        }
        if let Some(entry) = known {
            self.writer.state.totals.subtract(entry.totals);
        }
        known
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
                    let mut records = 0;
                    let result = source::read(&work.origin(), work.read_options(options), |record| {
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
                        let repetition = repetitions.get(&group_of(&work.key()));
                        let knowledge = options.cleans().then_some(Knowledge {
                            repetition,
                            rules: Some(rules),
                            ..Knowledge::default()
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
                    self.report.skipped.push((works[number].path(), Skipped::Unreadable(error)));
                    let file = files.entry(number).or_default();
                    // An archive that cannot be read to its end keeps the records before; of a file that gave nothing, what
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
                self.end_file(work, file, repetitions.get(&group_of(&work.key())))?;
            }
            let whole = files.values().all(|file| !file.started);
            let due = last_commit.elapsed() >= self.options.commit_every || self.removals >= MOST_REMOVALS;
            if due && whole {
                self.commit()?;
                last_commit = Instant::now();
            }
        }
        Ok(())
    }

    /// Replaces what the index held of a source by the documents made so far.
    fn start_file(&mut self, work: &Work, file: &mut FileState) -> Result<()> {
        if !file.started {
            file.known = self.remove(&work.key());
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
        let fingerprint = work.fingerprint(&report, self.rules);
        let unchanged = file.known.is_some_and(|known| work.is_unchanged(&known, &report, self.rules));
        let damages = report.skipped.iter().filter_map(|skipped| match skipped {
            Skipped::Damaged(damage) => Some(damage),
            _ => None,
        });
        let damaged = damages.clone().count() as u64;
        file.stats.damages = damages.take(MOST_DAMAGES).cloned().collect();
        self.report.skipped.extend(report.skipped.into_iter().map(|skipped| (work.path(), skipped)));
        // A file that holds no text is known, so that it is not read again, but is no source.
        let nothing = file.made == 0;
        match file.known {
            _ if nothing => {}
            None => self.report.added += 1,
            Some(_) if unchanged => self.report.unchanged += 1,
            Some(_) => self.report.updated += 1,
        }
        self.report.kept += file.stats.kept;
        self.report.dropped += file.stats.dropped.values().sum::<u64>();
        file.totals.sources = u64::from(!nothing);
        let origin = work.origin();
        file.stats.source = origin.source;
        file.stats.root = origin.root;
        if file.made > 1 {
            file.stats.of_archive(std::mem::take(&mut file.sorts));
        }
        self.writer.state.totals.add(file.totals);
        let key = work.key();
        let fields = &self.writer.fields;
        let mut document = TantivyDocument::new();
        document.add_u64(fields.kind, Kind::Source as u64);
        document.add_text(fields.key, &key);
        document.add_u64(fields.size, work.file.size);
        document.add_i64(fields.modified, work.file.modified);
        document.add_u64(fields.hash, report.hash);
        document.add_u64(fields.fingerprint, fingerprint);
        file.lines.sort_unstable();
        file.lines.dedup();
        let repeated = |line: &u64| repetition.is_some_and(|repetition| repetition.contains(*line));
        let furniture: Vec<u64> = file.lines.iter().copied().filter(repeated).collect();
        let furniture = furniture_hash(&furniture);
        document.add_u64(fields.furniture, furniture);
        document.add_u64(fields.damaged, damaged);
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
            size: work.file.size,
            modified: work.file.modified,
            hash: report.hash,
            fingerprint,
            furniture,
            damaged,
            totals: file.totals,
            address: DocAddress::new(0, 0),
        };
        self.counts.insert(&key, file.lines);
        self.manifest.entries.insert(key, entry);
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
    /// What the index knew of it before.
    known: Option<index::Entry>,
    read: Option<FileReport>,
    /// Records that were read, and records that came back from the workers.
    expected: u64,
    made: u64,
    totals: Totals,
    stats: SourceStats,
    sorts: Sorts,
    lines: Vec<u64>,
}

impl FileState {
    fn take(&mut self, made: Made) {
        self.made += 1;
        self.documents.extend(made.documents);
        self.totals.add(made.totals);
        self.lines.extend(&made.lines);
        self.sorts.count(&made.stats);
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
            stats.page_type = made.stats.page_type;
        }
    }
}
