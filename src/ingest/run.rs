//! A run: one reader, workers that label and cut, and one writer that makes commits.

use std::collections::btree_map::OccupiedEntry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};

use super::counts::{LineCounts, furniture_hash, group_of};
use super::gathered::{Gathered, furniture_among};
use super::make::{Made, make};
use super::plan::{Plan, Work};
use super::{Event, Options, Progress, Report};
use crate::boilerplate::{Knowledge, Repetition, UserRules};
use crate::error::Result;
use crate::index::{self, Index, Manifest, Unfinished, Writer};
use crate::record::Record;
use crate::source::{self, FileReport, Skipped};

/// How often whoever watches a run is told how far it is while nothing comes of what is read.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// What the reader and the workers send to the writer.
enum Message {
    /// Some or all of what was made of a record.
    Made(Box<Made>),
    /// The reader has stopped within a file, behind so many of its records, until it is told to go on.
    Stopped(usize, u64),
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
            let prefix = root.key("");
            // Standard input cannot be read twice.
            if root.name == source::STDIN || !keys.iter().any(|key| key.starts_with(&prefix)) {
                continue;
            }
            let Ok(listing) = source::list(&root.location(), &root.name) else { continue };
            again.extend(Work::again(root, listing, keys, self.options));
        }
        again
    }

    /// Removes a source, and gives what was known of it.
    fn remove(&mut self, key: &str) -> Option<index::Entry> {
        let known = self.forget(key);
        // A removal is looked for in every segment, so that none is asked for where there is nothing to remove.
        if known.is_some() || self.repairs {
            self.writer.remove(key);
            self.removals += 1;
        }
        known
    }

    /// Counts nothing any more of a source, whose passages are left where they are, and gives what was known of it.
    fn forget(&mut self, key: &str) -> Option<index::Entry> {
        self.counts.remove(key);
        let known = self.manifest.entries.remove(key);
        if let Some(entry) = known {
            self.writer.state.totals.subtract(entry.totals);
        }
        known
    }

    /// Reads, labels, cuts and indexes files: one reader, `threads` workers, this thread as the writer.
    fn read(&mut self, works: &[Work], repetitions: &HashMap<u64, Repetition>) -> Result<()> {
        let begun = self.begun(works, repetitions)?;
        let threads = self.options.threads.max(1);
        // A queue holds a few records for each worker; its memory is bounded by the largest documents.
        let (record_in, record_out) = crossbeam_channel::bounded::<(usize, Record)>(threads * 2);
        let (made_in, made_out) = crossbeam_channel::bounded::<Message>(threads * 4);
        let (go_on, told_to) = crossbeam_channel::bounded::<()>(1);
        let options = self.options;
        let fields = self.writer.fields;
        let rules = self.rules;
        let (stop, pause, bytes) = (&AtomicBool::new(false), &AtomicBool::new(false), &AtomicU64::new(0));
        // How many records of a file the index holds already.
        let held: BTreeMap<usize, u64> = begun.iter().map(|(number, file)| (*number, file.made)).collect();
        std::thread::scope(|scope| {
            let reader_out = made_in.clone();
            scope.spawn(move || {
                for (number, work) in works.iter().enumerate() {
                    let held = held.get(&number).copied().unwrap_or(0);
                    let mut records = 0;
                    let mut hand_over = |record| {
                        records += 1;
                        if records <= held {
                            return !stop.load(Ordering::Relaxed);
                        }
                        if pause.swap(false, Ordering::Relaxed)
                            && (reader_out.send(Message::Stopped(number, records - 1)).is_err()
                                || told_to.recv().is_err())
                        {
                            return false;
                        }
                        !stop.load(Ordering::Relaxed) && record_in.send((number, record)).is_ok()
                    };
                    let mut pass = |read| {
                        bytes.fetch_add(read, Ordering::Relaxed);
                    };
                    let read = work.read_options(options);
                    let result = source::read_watched(&work.origin(), read, &mut pass, &mut hand_over);
                    if stop.load(Ordering::Relaxed)
                        || reader_out.send(Message::Read(number, result, records.max(held))).is_err()
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
                        let made = &mut |part| made.send(Message::Made(Box::new(part))).is_ok();
                        if !make(number, work, record, knowledge, &fields, made) {
                            return;
                        }
                    }
                });
            }
            drop((made_in, record_out));
            let collector = Collector { works, repetitions, begun, pause, go_on, bytes };
            let result = self.collect(collector, &made_out);
            stop.store(result.is_err(), Ordering::Relaxed);
            // Whoever still sends is told by this that nobody listens.
            drop(made_out);
            result
        })
    }

    /// What the index holds of archives whose reading broke off, where it is still what this run would make of their first
    /// records.
    fn begun(
        &self,
        works: &[Work],
        repetitions: &HashMap<u64, Repetition>,
    ) -> Result<BTreeMap<usize, Gathered>> {
        let mut begun = BTreeMap::new();
        let Some(index) = self.known.as_ref().filter(|_| !self.manifest.entries.is_empty()) else {
            return Ok(begun);
        };
        for (number, work) in works.iter().enumerate() {
            let key = work.key();
            let Some(known) = self.manifest.entries.get(&key) else { continue };
            if work.relabel || !known.is_unfinished() || !work.is_as_known(known) {
                continue;
            }
            let stats = index.source_stats(known)?;
            let Some(unfinished) = stats.unfinished else { continue };
            let lines = index.source_lines(known)?;
            let furniture = furniture_among(&lines, repetitions.get(&group_of(&key)));
            if unfinished.made_by == work.made_by(self.rules) && known.furniture == furniture {
                begun.insert(number, Gathered::begun(*known, stats, unfinished.records, lines));
            }
        }
        Ok(begun)
    }

    /// Writes what workers send. Every commit holds each source whole, or says of an archive how many of its records it
    /// holds.
    fn collect(&mut self, mut collector: Collector<'_>, messages: &Receiver<Message>) -> Result<()> {
        let works = collector.works;
        let mut files: BTreeMap<usize, Gathered> = BTreeMap::new();
        let mut progress = Progress {
            total: works.len() as u64,
            total_bytes: works.iter().map(|work| work.file.size).sum(),
            ..Progress::default()
        };
        let mut last_commit = Instant::now();
        let mut stopped: Option<(usize, u64)> = None;
        loop {
            let message = match messages.recv_timeout(TELL_EVERY) {
                Ok(message) => Some(message),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            };
            progress.bytes = collector.bytes.load(Ordering::Relaxed);
            match message {
                None => {}
                Some(Message::Made(made)) => {
                    progress.passages += made.totals.passages;
                    let file = self.gathered(&mut files, made.work, &mut collector);
                    for document in file.take(*made) {
                        self.writer.add(document)?;
                    }
                }
                Some(Message::Stopped(number, records)) => {
                    if records > 0 {
                        self.gathered(&mut files, number, &mut collector);
                    }
                    stopped = Some((number, records));
                }
                Some(Message::Read(number, result, records)) => {
                    progress.done += 1;
                    // What of a file did not have to be read is nothing that is left to do.
                    let size = result.as_ref().map_or(0, |report| report.size);
                    progress.total_bytes -=
                        works[number].file.size.saturating_sub(size).min(progress.total_bytes);
                    let report = result.unwrap_or_else(|error| {
                        self.report.skipped.push(works[number].path(), Skipped::Unreadable(error));
                        // An archive that cannot be read to its end keeps the records before.
                        FileReport::default()
                    });
                    // Of a file that gave nothing new, what the index held stays as it is.
                    let held = collector.begun.get(&number).map_or(0, |file| file.made);
                    if report.hash != 0 || records > held {
                        let file = self.gathered(&mut files, number, &mut collector);
                        file.read = Some(report);
                        file.expected = records;
                    }
                }
            }
            let whole = files.extract_if(.., |_, file| file.read.is_some() && file.made == file.expected);
            for (number, file) in whole.collect::<Vec<_>>() {
                self.end_file(number, file, &collector)?;
            }
            (self.watch)(Event::Progress(progress));
            if let Some((number, records)) = stopped {
                // Everything that was read is on its way here, and then nothing more comes.
                if files.iter().all(|(own, file)| *own == number && file.made == records) {
                    self.commit_part(files.first_entry(), &collector)?;
                    last_commit = Instant::now();
                    stopped = None;
                    // The reader ends with whoever listens to it, so that it is there.
                    let _ = collector.go_on.send(());
                }
            } else if last_commit.elapsed() >= self.options.commit_every || self.removals >= MOST_REMOVALS {
                if files.is_empty() {
                    self.commit()?;
                    last_commit = Instant::now();
                } else {
                    collector.pause.store(true, Ordering::Relaxed);
                }
            }
        }
    }

    /// What has come of a file so far. With the first of it, what the index held of the file before goes, unless it is the
    /// first part of the very same.
    fn gathered<'f>(
        &mut self,
        files: &'f mut BTreeMap<usize, Gathered>,
        number: usize,
        collector: &mut Collector<'_>,
    ) -> &'f mut Gathered {
        files.entry(number).or_insert_with(|| {
            let key = collector.works[number].key();
            if let Some(begun) = collector.begun.remove(&number) {
                self.forget(&key);
                return begun;
            }
            Gathered::new(self.remove(&key))
        })
    }

    /// Commits with an archive of which some records are here and the rest is still to be read.
    fn commit_part(
        &mut self,
        part: Option<OccupiedEntry<'_, usize, Gathered>>,
        collector: &Collector<'_>,
    ) -> Result<()> {
        let Some(mut part) = part else { return self.commit() };
        let work = &collector.works[*part.key()];
        let file = part.get_mut();
        let unfinished = Unfinished { records: file.made, made_by: work.made_by(self.rules) };
        let repetition = collector.repetitions.get(&group_of(&work.key()));
        let entry = self.write_entry(work, file, 0, Some(unfinished), repetition)?;
        self.writer.state.totals.add(entry.totals);
        self.commit()?;
        self.writer.state.totals.subtract(entry.totals);
        file.begun = true;
        Ok(())
    }

    /// Writes the entry of a file into the manifest, in place of the one that an earlier part of it has.
    fn write_entry(
        &self,
        work: &Work,
        file: &mut Gathered,
        fingerprint: u64,
        unfinished: Option<Unfinished>,
        repetition: Option<&Repetition>,
    ) -> Result<index::Entry> {
        if file.begun {
            self.writer.remove_entry(&work.key())?;
        }
        let (document, entry) = file.entry(work, fingerprint, unfinished, repetition, &self.writer.fields)?;
        self.writer.add(document)?;
        Ok(entry)
    }

    fn end_file(&mut self, number: usize, mut file: Gathered, collector: &Collector<'_>) -> Result<()> {
        let work = &collector.works[number];
        let read = file.read.get_or_insert_default();
        self.report.bytes += read.size;
        let fingerprint = work.fingerprint(read, self.rules);
        let unchanged = file.known.is_some_and(|known| work.is_unchanged(&known, read, self.rules));
        match file.known {
            // A file that holds no text is no source.
            _ if file.made == 0 => {}
            None => self.report.added += 1,
            Some(_) if unchanged => self.report.unchanged += 1,
            Some(_) => self.report.updated += 1,
        }
        let (kept, dropped) = file.kept_and_dropped();
        self.report.kept += kept;
        self.report.dropped += dropped;
        let key = work.key();
        let repetition = collector.repetitions.get(&group_of(&key));
        let entry = self.write_entry(work, &mut file, fingerprint, None, repetition)?;
        self.writer.state.totals.add(entry.totals);
        let skipped = file.read.take().map(|read| read.skipped).unwrap_or_default();
        self.report.skipped.add(&work.path(), skipped);
        self.counts.insert(&key, file.into_lines());
        // Should the source be read again in this run, its totals must come off again.
        self.manifest.entries.insert(key, entry);
        Ok(())
    }
}

/// What the writer of a run works by, and how it steers the reader.
struct Collector<'a> {
    works: &'a [Work],
    repetitions: &'a HashMap<u64, Repetition>,
    /// Archives of which the index holds the first records.
    begun: BTreeMap<usize, Gathered>,
    /// Asks the reader to stop before it hands over another record.
    pause: &'a AtomicBool,
    /// Tells the reader to go on.
    go_on: Sender<()>,
    /// Bytes that the reader has read.
    bytes: &'a AtomicU64,
}
