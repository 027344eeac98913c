//! How far long work is: a line that is drawn anew on a terminal, one every ten seconds elsewhere.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, TryLockError};
use std::time::{Duration, Instant};

use super::Context;
use crate::ingest;
use crate::output::{bytes, counted, grouped};

/// How often work that no terminal watches says how far it is.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// How often the line on a terminal is drawn.
const BAR_EVERY: Duration = Duration::from_millis(100);

/// Whether a line is drawn on the terminal that whatever else is said has to take the place of.
static DRAWN: AtomicBool = AtomicBool::new(false);

/// Writes a line to standard error, in place of the one that is drawn there; that it is closed is no reason to stop.
pub(super) fn note(text: &str) {
    clear();
    let _ = writeln!(io::stderr(), "{text}");
}

fn clear() {
    if DRAWN.swap(false, Ordering::Relaxed) {
        let _ = write!(io::stderr(), "\r\x1b[2K");
    }
}

/// Work over many files that tells how far it is. Several threads may work.
pub(super) struct Progress {
    /// What is made of the files, as in `passage`.
    unit: &'static str,
    files: u64,
    total_bytes: AtomicU64,
    done: AtomicU64,
    read: AtomicU64,
    made: AtomicU64,
    started: Instant,
    last: Mutex<Instant>,
    silent: bool,
    is_bar: bool,
}

impl Progress {
    /// Begins work on so many files of so many bytes together.
    pub(super) fn begin(context: &Context, files: u64, total_bytes: u64, unit: &'static str) -> Self {
        let (silent, started) = (context.quiet, Instant::now());
        Self {
            unit,
            files,
            total_bytes: AtomicU64::new(total_bytes),
            done: AtomicU64::default(),
            read: AtomicU64::default(),
            made: AtomicU64::default(),
            started,
            last: Mutex::new(started),
            silent,
            is_bar: !silent && io::stderr().is_terminal(),
        }
    }

    /// Says that so many bytes more have been read.
    pub(super) fn have_read(&self, bytes: u64) {
        self.read.fetch_add(bytes, Ordering::Relaxed);
        self.tell(self.files);
    }

    /// Says that one thing more has been made.
    pub(super) fn have_made(&self) {
        self.made.fetch_add(1, Ordering::Relaxed);
    }

    /// Says that one file more is done.
    pub(super) fn have_done(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
        self.tell(self.files);
    }

    /// Says how far a run of the pipeline is.
    pub(super) fn set(&self, run: &ingest::Progress) {
        self.total_bytes.store(run.total_bytes, Ordering::Relaxed);
        self.done.store(run.done, Ordering::Relaxed);
        self.read.store(run.bytes, Ordering::Relaxed);
        self.made.store(run.passages, Ordering::Relaxed);
        self.tell(run.total);
    }

    /// Says how much merges have written.
    pub(super) fn merging(&self, written: u64) {
        self.tell_line(|_| format!("merging segments: {} written", bytes(written)));
    }

    fn tell(&self, files: u64) {
        self.tell_line(|elapsed| self.line(files, elapsed));
    }

    /// Tells how far it is, if it is time to.
    fn tell_line(&self, line: impl FnOnce(Duration) -> String) {
        if self.silent {
            return;
        }
        let mut last = match self.last.try_lock() {
            Ok(last) => last,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // Another thread tells.
            Err(TryLockError::WouldBlock) => return,
        };
        if last.elapsed() < if self.is_bar { BAR_EVERY } else { LINE_EVERY } {
            return;
        }
        *last = Instant::now();
        let line = line(self.started.elapsed());
        if self.is_bar {
            DRAWN.store(true, Ordering::Relaxed);
            let _ = write!(io::stderr(), "\r\x1b[2K{line}");
        } else {
            note(&line);
        }
    }

    fn line(&self, files: u64, elapsed: Duration) -> String {
        let of = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let seconds = elapsed.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
        let (read, total) = (of(&self.read) as f64, of(&self.total_bytes) as f64);
        let mut line = format!(
            "{} of {} files, {}, {:.1} MB/s",
            grouped(of(&self.done)),
            grouped(files),
            bytes(of(&self.read)),
            read / 1e6 / seconds.max(0.001),
        );
        // Files that are only looked at give none.
        if of(&self.made) > 0 {
            line.push_str(&format!(", {}", counted(of(&self.made), self.unit)));
        }
        // How much there is to read of standard input nobody knows.
        if read > 0.0 && total >= read {
            line.push_str(&format!(", {:.0} s left", seconds * (total - read) / read));
        }
        line
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_it_is() {
        let context = Context {
            index: None,
            quiet: true,
            verbose: false,
            threads: None,
            color: crate::cli::ColorChoice::Never,
        };
        let progress = Progress::begin(&context, 4, 20_000_000, "passage");
        progress.have_read(5_000_000);
        progress.have_made();
        progress.have_done();
        let line = progress.line(4, Duration::from_secs(2));
        assert_eq!(line, "1 of 4 files, 5.0 MB, 2.5 MB/s, 1 passage, 6 s left");
        progress.have_read(20_000_000);
        assert!(!progress.line(4, Duration::from_secs(2)).contains("left"));
    }
}
