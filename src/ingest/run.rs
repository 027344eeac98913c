//! A run: one reader, workers that label, cut and index, and one writer that makes commits.

use std::collections::btree_map::Entry::{Occupied, Vacant};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use tantivy::TantivyError;
use xxhash_rust::xxh3::xxh3_64;

use super::counts::{Furniture, group_of};
use super::gathered::Gathered;
use super::known::{FirstReading, Known};
use super::make::{Made, make};
use super::plan::{Place, Plan, Touched, Work};
use super::reader::{Handful, ReadFile, Reader};
use super::works::Works;
use super::{Event, Options, Report};
use crate::boilerplate::{Knowledge, UserRules};
use crate::error::Result;
use crate::index::{self, Index, Unfinished, Writer};
use crate::record::Record;
use crate::source::{self, FileReport, Skipped};

/// How often whoever watches a run is told how far it is while nothing comes of what is read.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// What the reader and the workers send to the writer.
pub(super) enum Message {
    /// What was made of some records, or why it could not be written.
    Made(tantivy::Result<Vec<Made>>),
    /// The reader has stopped within a file, behind so many of its records, until it is told to go on.
    Stopped(Arc<Work>, u64),
    /// Files have been read to their end.
    Read(Vec<ReadFile>),
}

/// A run under way: what it works by, and what it writes to.
pub(super) struct Run<'a> {
    pub(super) writer: Writer,
    pub(super) options: &'a Options,
    pub(super) rules: &'a UserRules,
    pub(super) report: Report,
    pub(super) watch: &'a mut dyn FnMut(Event),
    /// Whether the index may hold passages that its manifest does not know.
    pub(super) repairs: bool,
    /// Sources removed since the last commit.
    pub(super) removals: usize,
    pub(super) last_commit: Instant,
    /// The sources of a first reading, while they are few and nothing of them is committed.
    pub(super) first: Option<FirstReading>,
}

/// What part of the memory the sources of a first reading take at most: 7.5 of 150 MB hold some ten thousand files of a few
/// kilobytes each, with room for lists that grow.
const FIRST_OF_MEMORY: u64 = 20;

/// Removals after which the index is committed. Tantivy takes more than a kilobyte of memory for each with the commit, some 20 MB
/// in all.
const MOST_REMOVALS: usize = 1 << 14;

impl Run<'_> {
    /// Reads what is to be read, removes what is gone, and commits. `known` is what the last commit holds.
    pub(super) fn carry_out(&mut self, plan: &Plan, known: Option<&Index>) -> Result<()> {
        let nothing = plan.read.is_empty() && plan.gone.is_empty();
        // A repair that only counts anew differs in its state.
        if nothing && self.writer.state.complete && !self.options.rebuild {
            let known = known.map(|known| &known.state);
            if known == Some(&self.writer.state) {
                self.finish();
                return Ok(());
            }
        }
        // The roots are recorded before any file is read: what a killed run leaves undone, the next one completes.
        self.writer.state.complete = false;
        self.commit()?;
        let sources = Known::of(known)?;
        for key in &plan.gone {
            let known = self.remove(key, &sources)?;
            self.report.removed += known.map_or(0, |known| known.totals.sources);
            if self.removals >= MOST_REMOVALS {
                self.commit()?;
            }
        }
        let committed;
        let known = if plan.gone.is_empty() {
            known
        } else {
            // What is gone repeats no line any more.
            self.commit()?;
            committed = self.writer.committed()?;
            Some(&committed)
        };
        let known = Known::of(known)?;
        self.first = (self.options.cleans() && known.is_empty() && !self.repairs)
            .then(|| FirstReading::within(self.options.memory / FIRST_OF_MEMORY));
        self.read(&plan.read, &plan.begun, &plan.touched, &known)?;
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
        self.first = None;
        self.writer.commit()?;
        self.last_commit = Instant::now();
        Ok(())
    }

    fn finish(&mut self) {
        self.report.sources = self.writer.state.totals.sources;
        self.report.passages = self.writer.state.totals.passages;
    }

    /// Reads again those sources whose furniture is not what they were labelled by, so that labels never depend on the
    /// order in which files came, nor on a run that was killed.
    fn relabel(&mut self) -> Result<()> {
        if let Some(mut first) = self.first.take() {
            first.end();
            self.writer.begin_removals();
            return self.relabel_known(&Known::Uncommitted(&first));
        }
        self.commit()?;
        let committed = self.writer.committed()?;
        self.relabel_known(&Known::of(Some(&committed))?)
    }

    fn relabel_known(&mut self, known: &Known<'_>) -> Result<()> {
        let furniture = known.furniture(&|_| true)?;
        let (mut roots, mut stale) = (BTreeSet::new(), HashSet::new());
        // Of a source that this run has not read before, nothing was counted.
        let is_counted = self.report.unchanged == 0;
        let mut kept_before = 0;
        known.each(&mut |key, labelled_by, lines, kept| {
            if furniture.hash_among(group_of(key), lines) != labelled_by {
                kept_before += if is_counted { kept() } else { 0 };
                stale.insert(xxh3_64(key.as_bytes()));
                roots.extend(key.split_once('\u{1f}').map(|(root, _)| root.to_owned()));
            }
        })?;
        let mut again = Works::default();
        for root in self.writer.state.roots.iter().filter(|root| roots.contains(&root.path)) {
            let is_stale = |source: &str| stale.contains(&xxh3_64(root.key(source).as_bytes()));
            // Standard input cannot be read twice; what is gone stays as it is.
            if root.name != source::STDIN
                && let Ok(listing) = source::list_those(&root.location(), &root.name, &is_stale)
            {
                let place = Arc::new(Place::new(root, listing.base, self.options));
                listing.files.iter().for_each(|file| again.push(&place, file, true));
            }
        }
        if again.is_empty() {
            return Ok(());
        }
        // Reading a source twice is no second change of it.
        let report = std::mem::take(&mut self.report);
        self.read(&again, &[], &[], known)?;
        let second = std::mem::replace(&mut self.report, report);
        if is_counted {
            let dropped = kept_before.saturating_sub(second.kept).min(self.report.kept);
            self.report.kept -= dropped;
            self.report.dropped += dropped;
        }
        Ok(())
    }

    /// Removes a source, and gives what was known of it.
    fn remove(&mut self, key: &str, known: &Known<'_>) -> Result<Option<index::Entry>> {
        let known = known.entry(key)?;
        // A removal is looked for in every segment, so that none is asked for where there is nothing to remove.
        if known.is_some() || self.repairs {
            self.writer.remove(key);
            self.removals += 1;
        }
        if let Some(entry) = known {
            self.writer.state.totals.subtract(entry.totals);
        }
        Ok(known)
    }

    /// Reads, labels, cuts and indexes files, and commits what takes long: one reader, `threads` workers, this thread as the
    /// writer. Of those that were begun, the records go on that the index does not hold; of those that may only have been
    /// touched, the content is looked at first.
    fn read(&mut self, works: &Works, begun: &[Work], touched: &[Touched], known: &Known<'_>) -> Result<()> {
        let furniture = if self.options.cleans() && !known.is_empty() {
            let groups: HashSet<u64> = works.iter().map(|work| group_of(&work.key())).collect();
            known.furniture(&|group| groups.contains(&group))?
        } else {
            Furniture::default()
        };
        let furniture = &furniture;
        let begun = self.begun(begun, furniture, known)?;
        let threads = self.options.threads.max(1);
        // A queue holds a few records for each worker, or a few handfuls of small ones; its memory is bounded by the largest
        // documents. What is said of them is small, and the reader is not to wait until it is heard.
        let (record_in, record_out) = crossbeam_channel::bounded::<Handful>(threads * 2);
        let (made_in, made_out) = crossbeam_channel::bounded::<Message>(threads * 256);
        let (go_on, told_to) = crossbeam_channel::bounded::<()>(1);
        let options = self.options;
        let builders = self.writer.builders();
        let builders = &*builders;
        builders.expect(works.known_size());
        let rules = self.rules;
        let (stop, bytes) = (&AtomicBool::new(false), &AtomicU64::new(0));
        let pause = &AtomicBool::new(options.commit_every.is_zero());
        // How many records of a file the index holds already.
        let held: BTreeMap<usize, u64> = begun.iter().map(|(number, file)| (*number, file.made)).collect();
        std::thread::scope(|scope| {
            let reader = Reader {
                works,
                touched,
                held,
                known,
                furniture,
                rules,
                options,
                builders,
                stop,
                pause,
                told_to,
                bytes,
                workers: record_in,
                writer: made_in.clone(),
            };
            scope.spawn(move || reader.run());
            for thread in 0..threads {
                let (handfuls, made) = (record_out.clone(), made_in.clone());
                scope.spawn(move || {
                    let make = |(work, record): (Arc<Work>, Record)| {
                        let knowledge = options.cleans().then(|| Knowledge {
                            repetition: furniture.of(group_of(&work.key())),
                            rules: Some(rules),
                            ..Knowledge::default()
                        });
                        make(&work, record, knowledge, builders, thread)
                    };
                    for handful in handfuls {
                        // Nobody would hear of the records of a thread that is gone.
                        let made_of = AssertUnwindSafe(|| handful.records.into_iter().map(make).collect());
                        let result = catch_unwind(made_of).unwrap_or_else(|_| {
                            Err(TantivyError::ErrorInThread("a thread failed".to_owned()))
                        });
                        if made.send(Message::Made(result)).is_err() {
                            return;
                        }
                    }
                });
            }
            drop((made_in, record_out));
            let collector = Collector { works, furniture, known, begun, pause, go_on, bytes };
            let result = self.collect(collector, &made_out);
            stop.store(result.is_err(), Ordering::Relaxed);
            // Whoever still sends is told by this that nobody listens.
            drop(made_out);
            result
        })
    }

    /// What the index holds of archives whose reading broke off, by their numbers, where it is still what this run would make
    /// of their first records.
    fn begun(
        &self,
        works: &[Work],
        furniture: &Furniture,
        known: &Known<'_>,
    ) -> Result<BTreeMap<usize, Gathered>> {
        let mut begun = BTreeMap::new();
        for work in works {
            let Some((entry, stats, lines)) = known.labelled_by(furniture, &work.key())? else { continue };
            let Some(unfinished) = stats.unfinished else { continue };
            if unfinished.made_by == work.made_by(self.rules) {
                begun.insert(work.number, Gathered::held(entry, stats, unfinished.records, lines));
            }
        }
        Ok(begun)
    }

    /// Writes what workers send. Every commit holds each source whole, or says of an archive how many of its records it
    /// holds.
    fn collect(&mut self, mut collector: Collector<'_>, messages: &Receiver<Message>) -> Result<()> {
        let works = collector.works;
        let mut files: BTreeMap<usize, (Arc<Work>, Gathered)> = BTreeMap::new();
        let mut progress = works.to_do();
        let mut stopped: Option<(Arc<Work>, u64)> = None;
        loop {
            let message = match messages.recv_timeout(TELL_EVERY) {
                Ok(message) => Some(message),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            };
            progress.bytes = collector.bytes.load(Ordering::Relaxed);
            // The files that something was heard of.
            let mut heard: Vec<usize> = Vec::new();
            match message {
                None => {}
                Some(Message::Made(made)) => {
                    for made in made.map_err(|error| self.writer.failed(&error))? {
                        progress.passages += made.totals.passages;
                        heard.push(made.work.number);
                        self.gathered(&mut files, &made.work, &mut collector)?.take(made);
                    }
                }
                Some(Message::Stopped(work, records)) => {
                    if records > 0 {
                        self.gathered(&mut files, &work, &mut collector)?;
                    }
                    stopped = Some((work, records));
                }
                Some(Message::Read(read_files)) => {
                    for ReadFile { work, result, records, touched } in read_files {
                        progress.done += 1;
                        heard.push(work.number);
                        // What of a file did not have to be read is nothing that is left to do.
                        let size = result.as_ref().map_or(0, |report| report.size);
                        progress.total_bytes -= work.file.size.saturating_sub(size).min(progress.total_bytes);
                        let report = result.unwrap_or_else(|error| {
                            self.report.skipped.push(work.path(), Skipped::Unreadable(error));
                            // An archive that cannot be read to its end keeps the records before.
                            FileReport::default()
                        });
                        // Of a file that gave nothing new, what the index held stays as it is.
                        if let Some(touched) = touched {
                            collector.begun.insert(work.number, *touched);
                            self.gathered(&mut files, &work, &mut collector)?.read = Some(report);
                            continue;
                        }
                        let held = collector.begun.get(&work.number).map_or(0, |file| file.made);
                        if report.hash != 0 || records > held {
                            let file = self.gathered(&mut files, &work, &mut collector)?;
                            file.read = Some(report);
                            file.expected = records;
                        }
                    }
                }
            }
            for number in heard {
                let is_whole = |file: &Gathered| file.read.is_some() && file.made == file.expected;
                if files.get(&number).is_some_and(|(_, file)| is_whole(file))
                    && let Some((work, file)) = files.remove(&number)
                {
                    self.end_file(&work, file, &collector)?;
                }
            }
            (self.watch)(Event::Progress(progress));
            if let Some((work, records)) = &stopped {
                // Everything that was read is on its way here, and then nothing more comes.
                if files.iter().all(|(number, (_, file))| *number == work.number && file.made == *records) {
                    self.commit_part(&mut files, &collector)?;
                    stopped = None;
                    // It was asked again while it was on its way to stop.
                    let again = self.last_commit.elapsed() >= self.options.commit_every;
                    collector.pause.store(again, Ordering::Relaxed);
                    // The reader ends with whoever listens to it, so that it is there.
                    let _ = collector.go_on.send(());
                }
            } else if self.last_commit.elapsed() >= self.options.commit_every
                || self.removals >= MOST_REMOVALS
            {
                // Workers may have added documents of records that nothing has been heard of here.
                collector.pause.store(true, Ordering::Relaxed);
            }
        }
    }

    /// What has come of a file so far. With the first of it, what the index held of the file before goes, unless it is the
    /// first part of the very same.
    fn gathered<'f>(
        &mut self,
        files: &'f mut BTreeMap<usize, (Arc<Work>, Gathered)>,
        work: &Arc<Work>,
        collector: &mut Collector<'_>,
    ) -> Result<&'f mut Gathered> {
        let place = match files.entry(work.number) {
            Occupied(place) => return Ok(&mut place.into_mut().1),
            Vacant(place) => place,
        };
        let file = match collector.begun.remove(&work.number) {
            Some(begun) => {
                self.writer.state.totals.subtract(begun.known.map(|known| known.totals).unwrap_or_default());
                begun
            }
            None => Gathered::new(self.remove(&work.key(), collector.known)?),
        };
        Ok(&mut place.insert((work.clone(), file)).1)
    }

    /// Commits with an archive of which some records are here and the rest is still to be read.
    fn commit_part(
        &mut self,
        files: &mut BTreeMap<usize, (Arc<Work>, Gathered)>,
        collector: &Collector<'_>,
    ) -> Result<()> {
        let Some((work, file)) = files.values_mut().next() else { return self.commit() };
        let unfinished = Unfinished { records: file.made, made_by: work.made_by(self.rules) };
        let entry = self.write_entry(work, file, 0, Some(unfinished), collector.furniture)?;
        self.writer.state.totals.add(entry.totals);
        self.commit()?;
        self.writer.state.totals.subtract(entry.totals);
        file.begun = true;
        Ok(())
    }

    /// Writes the entry of a file into the manifest, in place of the one that an earlier part of it has.
    fn write_entry(
        &mut self,
        work: &Work,
        file: &mut Gathered,
        fingerprint: u64,
        unfinished: Option<Unfinished>,
        furniture: &Furniture,
    ) -> Result<index::Entry> {
        if file.begun {
            self.writer.remove_entry(&work.key());
            self.removals += 1;
        }
        let (document, entry) = file.entry(work, fingerprint, unfinished, furniture, &self.writer.fields)?;
        self.writer.add(&document)?;
        Ok(entry)
    }

    fn end_file(&mut self, work: &Work, mut file: Gathered, collector: &Collector<'_>) -> Result<()> {
        let read = file.read.get_or_insert_default();
        self.report.bytes += read.size;
        let fingerprint = work.fingerprint(read, self.rules);
        let unchanged = file.known.is_some_and(|known| work.is_unchanged(&known, read, self.rules));
        match file.known {
            // A file that holds no text is no source, or none any more.
            known if file.made == 0 => self.report.removed += known.map_or(0, |known| known.totals.sources),
            Some(_) if unchanged => self.report.unchanged += 1,
            Some(known) if known.totals.sources > 0 => self.report.updated += 1,
            _ => self.report.added += 1,
        }
        let (kept, dropped) = file.kept_and_dropped();
        self.report.kept += kept;
        self.report.dropped += dropped;
        let entry = self.write_entry(work, &mut file, fingerprint, None, collector.furniture)?;
        self.writer.state.totals.add(entry.totals);
        if let Some(first) = &mut self.first
            && !first.remember(&work.key(), entry, kept, file.lines())
        {
            self.first = None;
        }
        let skipped = file.read.take().map(|read| read.skipped).unwrap_or_default();
        self.report.skipped.add(&work.path(), skipped);
        Ok(())
    }
}

/// What the writer of a run works by, and how it steers the reader.
struct Collector<'a> {
    works: &'a Works,
    furniture: &'a Furniture,
    /// What was known before.
    known: &'a Known<'a>,
    /// Archives of which the index holds the first records.
    begun: BTreeMap<usize, Gathered>,
    /// Asks the reader to stop before it hands over another record.
    pause: &'a AtomicBool,
    /// Tells the reader to go on.
    go_on: Sender<()>,
    /// Bytes that the reader has read.
    bytes: &'a AtomicU64,
}
