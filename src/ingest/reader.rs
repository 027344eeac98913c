//! The reader of a run: reads files one behind the other, and hands their records to the workers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crossbeam_channel::{Receiver, Sender};

use super::Options;
use super::counts::Furniture;
use super::gathered::Gathered;
use super::known::Known;
use super::plan::{Touched, Work};
use super::run::Message;
use super::works::Works;
use crate::boilerplate::UserRules;
use crate::error::Result;
use crate::index::Builders;
use crate::record::Record;
use crate::source::{self, FileReport};

/// A file that has been read to its end, and how many records came of it.
pub(super) struct ReadFile {
    pub(super) work: Arc<Work>,
    pub(super) result: Result<FileReport>,
    pub(super) records: u64,
    /// What the index holds of it, where it was only touched: its content is as it was.
    pub(super) touched: Option<Box<Gathered>>,
}

/// Records that a worker takes at once. Threads that hand over every small file by itself wait for each other more than
/// they work.
#[derive(Default)]
pub(super) struct Handful {
    pub(super) records: Vec<(Arc<Work>, Record)>,
    bytes: usize,
}

/// Bytes of records that are a handful.
const HANDFUL: usize = 64 << 10;

/// Most records of a handful.
const MOST_OF_HANDFUL: usize = 128;

impl Handful {
    fn add(&mut self, work: &Arc<Work>, record: Record) {
        self.bytes += record.bytes.len();
        self.records.push((work.clone(), record));
    }

    fn is_full(&self) -> bool {
        self.bytes >= HANDFUL || self.records.len() >= MOST_OF_HANDFUL
    }
}

/// What the reader works by, and whom it tells.
pub(super) struct Reader<'a> {
    pub(super) works: &'a Works,
    /// Those of them that may only have been touched.
    pub(super) touched: &'a [Touched],
    /// How many records of a file the index holds already.
    pub(super) held: BTreeMap<usize, u64>,
    /// What was known before.
    pub(super) known: &'a Known<'a>,
    pub(super) furniture: &'a Furniture,
    pub(super) rules: &'a UserRules,
    pub(super) options: &'a Options,
    pub(super) builders: &'a Builders,
    /// Whether the run has failed.
    pub(super) stop: &'a AtomicBool,
    /// Whether it is asked to stop before it hands over another record, until it is told to go on.
    pub(super) pause: &'a AtomicBool,
    pub(super) told_to: Receiver<()>,
    /// Bytes that have been read.
    pub(super) bytes: &'a AtomicU64,
    pub(super) workers: Sender<Handful>,
    pub(super) writer: Sender<Message>,
}

/// What has been read and is not sent yet.
#[derive(Default)]
struct Pending {
    handful: Handful,
    files: Vec<ReadFile>,
    /// Bytes of these files.
    bytes: u64,
}

impl Reader<'_> {
    /// Reads everything, or until nobody listens any more, which is so only if the run has failed.
    pub(super) fn run(self) {
        let mut pending = Pending::default();
        let mut touched = self.touched.iter().peekable();
        for work in self.works.iter() {
            let touched = touched.next_if(|touched| touched.number == work.number);
            if self.read(&Arc::new(work), touched, &mut pending).is_none() {
                return;
            }
        }
        self.builders.have_read(u64::MAX);
        let _ = self.workers.send(pending.handful);
        let _ = self.writer.send(Message::Read(pending.files));
    }

    /// Reads a file; `None` if nobody listens any more.
    fn read(&self, work: &Arc<Work>, touched: Option<&Touched>, pending: &mut Pending) -> Option<()> {
        self.stop_if_asked(work, 0, pending)?;
        let unchanged = touched.and_then(|touched| self.look_at(work, touched.hash));
        let file = unchanged.unwrap_or_else(|| self.read_records(work, pending));
        if self.stop.load(Ordering::Relaxed) {
            return None;
        }
        pending.bytes += work.file.size;
        pending.files.push(file);
        // Whoever is told of every small file by itself is woken up for each.
        if pending.files.len() >= MOST_OF_HANDFUL || pending.bytes >= HANDFUL as u64 {
            pending.bytes = 0;
            self.writer.send(Message::Read(std::mem::take(&mut pending.files))).ok()?;
        }
        Some(())
    }

    /// What is known of a file, where the index holds what would come of it: its content has this `hash`, and is labelled as it
    /// would be now. Where that is not so, or cannot be told, it has to be read.
    fn look_at(&self, work: &Arc<Work>, hash: u64) -> Option<ReadFile> {
        let (entry, stats, lines) = self.known.labelled_by(self.furniture, &work.key()).ok()??;
        let mut looked_at = 0;
        let own = source::hash_of(&work.path(), &mut |read| {
            self.bytes.fetch_add(read, Ordering::Relaxed);
            looked_at += read;
        });
        if !own.is_ok_and(|own| own == hash) {
            // All of it is still to be read.
            self.bytes.fetch_sub(looked_at, Ordering::Relaxed);
            return None;
        }
        self.builders.have_read(looked_at);
        let records =
            stats.records.as_ref().map_or(entry.totals.sources, |sorts| sorts.formats.values().sum());
        let limited = entry.fingerprint == work.made_by(self.rules);
        let report = FileReport { hash, size: work.file.size, limited, ..FileReport::default() };
        let touched = Some(Box::new(Gathered::held(entry, stats, records, lines)));
        Some(ReadFile { work: work.clone(), result: Ok(report), records, touched })
    }

    /// Hands over those records of a file that the index does not hold.
    fn read_records(&self, work: &Arc<Work>, pending: &mut Pending) -> ReadFile {
        let held = self.held.get(&work.number).copied().unwrap_or(0);
        let mut records = 0;
        let mut hand_over = |record| {
            records += 1;
            if self.stop.load(Ordering::Relaxed) {
                return false;
            }
            if records <= held {
                return true;
            }
            if self.stop_if_asked(work, records - 1, pending).is_none() {
                return false;
            }
            pending.handful.add(work, record);
            !pending.handful.is_full() || self.workers.send(std::mem::take(&mut pending.handful)).is_ok()
        };
        let mut pass = |read| {
            self.bytes.fetch_add(read, Ordering::Relaxed);
            self.builders.have_read(read);
        };
        let options = work.read_options(self.options);
        let result = source::read_watched(&work.origin(), options, &mut pass, &mut hand_over);
        ReadFile { work: work.clone(), result, records: records.max(held), touched: None }
    }

    /// Stops behind so many records of a file if that is asked for, until it is told to go on; `None` if nobody is there to
    /// tell.
    fn stop_if_asked(&self, work: &Arc<Work>, records: u64, pending: &mut Pending) -> Option<()> {
        if self.pause.swap(false, Ordering::Relaxed) {
            self.workers.send(std::mem::take(&mut pending.handful)).ok()?;
            self.writer.send(Message::Read(std::mem::take(&mut pending.files))).ok()?;
            self.writer.send(Message::Stopped(work.clone(), records)).ok()?;
            self.told_to.recv().ok()?;
        }
        Some(())
    }
}
