//! Changes: waiting until something below the inputs may have changed.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant, SystemTime};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

/// How long it must be quiet before a change counts: an editor makes several in a row, a copy thousands.
const QUIET: Duration = Duration::from_millis(300);

/// How long changes in a row are gathered at most.
const LONGEST: Duration = Duration::from_secs(5);

/// How often it is looked whether the inputs themselves are there, and are what they were.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often the inputs are looked at where the operating system says nothing of them.
const POLL_EVERY: Duration = Duration::from_secs(5);

/// How often they are looked at where it does: it says nothing of changes that another machine makes.
const CHECK_EVERY: Duration = Duration::from_mins(2);

/// Tells when files and folders may have changed.
///
/// A change is a hint and no more: whoever waits looks at the inputs anew, so that a change that is told twice, late or
/// for nothing does no harm.
pub struct Changes {
    /// `None` where the operating system has nothing to watch with.
    watcher: Option<RecommendedWatcher>,
    events: Receiver<notify::Result<notify::Event>>,
    inputs: Vec<Input>,
    /// Folder of the index, whose changes are our own.
    ignored: PathBuf,
    problem: Option<String>,
}

/// A file or folder.
struct Input {
    path: PathBuf,
    /// What stood there when it was last looked for.
    identity: Option<Identity>,
    /// Whether it could not be watched.
    unwatched: bool,
}

/// What tells a file or folder from another one under the same name. The number of a file that is gone is soon given to
/// a new one, so that the time counts as well.
type Identity = (u64, Option<SystemTime>);

fn identity(path: &Path) -> Option<Identity> {
    let metadata = std::fs::metadata(path).ok()?;
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let number = 0;
    Some((number, metadata.created().ok()))
}

impl Changes {
    /// Watches inputs, named by absolute paths without links; whether they are there does not matter.
    #[must_use]
    pub fn of(inputs: impl IntoIterator<Item = PathBuf>, index: &Path) -> Self {
        let (sender, events) = channel();
        let mut problem = None;
        let watcher = notify::recommended_watcher(sender).map_err(|error| problem = Some(error.to_string()));
        let inputs = inputs.into_iter().map(|path| Input { path, identity: None, unwatched: false });
        let ignored = std::fs::canonicalize(index).unwrap_or_else(|_| index.to_path_buf());
        let mut changes = Self { watcher: watcher.ok(), events, inputs: inputs.collect(), ignored, problem };
        changes.arm();
        changes
    }

    /// Why not everything can be watched, once; it is then looked at every few seconds.
    pub fn problem(&mut self) -> Option<String> {
        self.problem.take()
    }

    /// Waits until something may have changed, and then until it is quiet.
    pub fn wait(&mut self) {
        let unwatched = self.watcher.is_none() || self.inputs.iter().any(|input| input.unwatched);
        let check = Instant::now() + if unwatched { POLL_EVERY } else { CHECK_EVERY };
        while Instant::now() < check {
            if self.arm() {
                return self.gather();
            }
            let left = check.saturating_duration_since(Instant::now());
            if self.next(left.min(LOOK_EVERY)) {
                return self.gather();
            }
        }
    }

    /// Waits for the changes that follow a first one.
    fn gather(&mut self) {
        let end = Instant::now() + LONGEST;
        let mut quiet = Instant::now() + QUIET;
        while Instant::now() < quiet.min(end) {
            let wait = quiet.min(end).saturating_duration_since(Instant::now());
            if self.next(wait) {
                quiet = Instant::now() + QUIET;
            }
        }
    }

    /// Takes the next event, if one comes in time; returns whether it tells of a change.
    fn next(&mut self, wait: Duration) -> bool {
        match self.events.recv_timeout(wait) {
            Ok(Ok(event)) => self.is_change(&event),
            // Whatever was lost, a look tells.
            Ok(Err(_)) => true,
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => {
                std::thread::sleep(wait);
                false
            }
        }
    }

    fn is_change(&self, event: &notify::Event) -> bool {
        // Reading is what we do ourselves, and so is writing the index.
        let own = |path: &Path| path.starts_with(&self.ignored);
        let below = |path: &Path| self.inputs.iter().any(|input| path.starts_with(&input.path));
        event.need_rescan()
            || !matches!(event.kind, EventKind::Access(_))
                && event.paths.iter().any(|path| below(path) && !own(path))
    }

    /// Watches what is there and was not there before; returns whether an input came, went or was replaced.
    fn arm(&mut self) -> bool {
        let folders: Vec<PathBuf> =
            self.inputs.iter().map(|input| input.path.clone()).filter(|path| path.is_dir()).collect();
        let mut new = false;
        for input in &mut self.inputs {
            let now = identity(&input.path);
            if now == input.identity {
                continue;
            }
            input.identity = now;
            new = true;
            if now.is_none() {
                continue;
            }
            let Some(watcher) = &mut self.watcher else { continue };
            let mut watch = |path: &Path, mode| {
                // A watch of what stood there before has to go first.
                let _ = watcher.unwatch(path);
                watcher.watch(path, mode)
            };
            // Editors write a new file in place of the old one, which only the folder around it tells.
            let around =
                input.path.parent().filter(|parent| !folders.iter().any(|own| parent.starts_with(own)));
            let mut result = around.map_or(Ok(()), |parent| watch(parent, RecursiveMode::NonRecursive));
            if input.path.is_dir() {
                result = result.and(watch(&input.path, RecursiveMode::Recursive));
            }
            input.unwatched = result.is_err();
            if let Err(error) = result {
                self.problem.get_or_insert_with(|| format!("cannot watch {}: {error}", input.path.display()));
            }
        }
        new
    }
}
