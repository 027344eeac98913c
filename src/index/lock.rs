//! Who writes an index. The lock itself is the operating system's, so that it goes with the process that held it; its
//! file says who that is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use tantivy::directory::INDEX_WRITER_LOCK;

/// The process that holds the writer's lock of an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Number of the process.
    pub pid: u32,
    /// Name of the machine it runs on.
    pub host: String,
    /// When it took the lock, in seconds since the epoch.
    pub since: u64,
}

impl Owner {
    /// This process, from now on.
    pub(super) fn this() -> Self {
        Self {
            pid: std::process::id(),
            host: gethostname::gethostname().to_string_lossy().into_owned(),
            since: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
        }
    }

    /// What the lock's file says; `None` if it says nothing.
    pub(super) fn read(dir: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(file(dir)).ok()?).ok()
    }

    /// Writes itself into the lock's file. Whoever waits can do without, so that it fails is no reason to stop.
    pub(super) fn record(&self, dir: &Path) {
        let _ = serde_json::to_vec(self).map(|text| std::fs::write(file(dir), text));
    }

    /// Empties the lock's file when the lock was let go, if it still names this process.
    pub(super) fn clear(&self, dir: &Path) {
        let is_this = |owner: &Self| (owner.pid, &owner.host) == (self.pid, &self.host);
        if Self::read(dir).as_ref().is_some_and(is_this) {
            let _ = std::fs::write(file(dir), "");
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {} on {} since {}", self.pid, self.host, UtcTime(self.since))
    }
}

fn file(dir: &Path) -> PathBuf {
    dir.join(&INDEX_WRITER_LOCK.filepath)
}

/// A time in seconds since the epoch, shown as `2021-06-30 12:00:00 UTC`.
struct UtcTime(u64);

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, seconds) = (self.0 / 86_400, self.0 % 86_400);
        // Years are taken to begin in March, so that a leap day is the last day of its year and of its era of 400 years.
        let days = days + 719_468;
        let (era, day) = (days / 146_097, days % 146_097);
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let shifted = (5 * day + 2) / 153;
        let (day, month) =
            (day - (153 * shifted + 2) / 5 + 1, if shifted < 10 { shifted + 3 } else { shifted - 9 });
        let year = era * 400 + year + u64::from(month <= 2);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_as_dates() {
        for (seconds, shown) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_782_399, "2000-02-28 23:59:59 UTC"),
            (951_782_400, "2000-02-29 00:00:00 UTC"),
            (1_709_251_199, "2024-02-29 23:59:59 UTC"),
            (4_107_542_400, "2100-03-01 00:00:00 UTC"),
        ] {
            assert_eq!(UtcTime(seconds).to_string(), shown);
        }
    }
}
