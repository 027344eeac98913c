//! A part of an input: one file, which is there only when it is whole.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::error::{Error, Kind, Result};
use crate::source::Shard;

/// How long nothing has been written to an unfinished part before it is taken for one that nobody writes any more.
const ABANDONED: Duration = Duration::from_hours(24);

/// The file that a shard is written to.
pub(super) struct Part {
    dir: PathBuf,
    name: String,
    shard: Shard,
}

impl Part {
    pub(super) fn new(dir: &Path, shard: Shard, extension: &str) -> Self {
        Self { dir: dir.to_owned(), name: shard.file_name(extension), shard }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.dir.join(&self.name)
    }

    /// Makes sure that all parts beside this one are of the same whole: what was asked for first stands in a file beside
    /// them. Without any part it stands for nothing.
    pub(super) fn agree(&self, asked: &str) -> Result<()> {
        let file = self.dir.join(self.shard.whole_name());
        let failed = |error: io::Error| Error::io("cannot write", &file, &error);
        fs::create_dir_all(&self.dir).map_err(failed)?;
        let known = fs::read_to_string(&file).ok().filter(|known| known == asked || self.has_parts());
        if known.is_none() {
            // It is renamed when it is whole, since other processes make other parts at the same time.
            let unfinished = self.unfinished();
            fs::write(&unfinished, asked).and_then(|()| fs::rename(&unfinished, &file)).map_err(failed)?;
        }
        if fs::read_to_string(&file).map_err(failed)? == asked {
            return Ok(());
        }
        Err(Error::new(Kind::User, "the parts that are there are of other inputs, options or rules:")
            .at(&self.dir)
            .because(format!("{} says of which", file.display()))
            .hint("name another folder with --out, or remove the parts"))
    }

    /// Whether there is a part of as many.
    fn has_parts(&self) -> bool {
        let names = fs::read_dir(&self.dir).into_iter().flatten().flatten().map(|entry| entry.file_name());
        names.into_iter().any(|name| self.shard.is_beside(&name.to_string_lossy()))
    }

    /// What the names of all unfinished files of this part begin with.
    fn prefix(&self) -> String {
        format!(".{}.", self.name)
    }

    /// A name that no other process has: two may make the same part, as Spark does when one is slow.
    fn unfinished(&self) -> PathBuf {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        self.dir.join(format!("{}{}.{}.{since}", self.prefix(), host(), std::process::id()))
    }

    /// Writes the part under another name and renames it when it is whole.
    pub(super) fn write(&self, write: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
        self.remove_abandoned();
        let path = self.path();
        let failed = |error: io::Error| Error::io("cannot write", &path, &error);
        let unfinished = self.unfinished();
        let mut file = File::create_new(&unfinished).map_err(failed)?;
        let written = write(&mut file)
            .and_then(|()| file.sync_all().map_err(failed))
            .and_then(|()| fs::rename(&unfinished, &path).map_err(failed));
        if written.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        written
    }

    /// Removes what killed processes have left of this part.
    fn remove_abandoned(&self) {
        for entry in fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let Some(writer) = name.strip_prefix(&self.prefix()) else { continue };
            let modified = entry.metadata().and_then(|metadata| metadata.modified());
            let old = modified.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > ABANDONED));
            if old || is_gone(writer) {
                // What cannot be removed harms nobody.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// The name of this machine, as part of a file's name.
fn host() -> String {
    gethostname::gethostname().to_string_lossy().replace(['/', '.'], "-")
}

/// Whether the process that a name ends with was one of this machine and has ended. Of those of other machines, and where
/// the operating system lists none, nothing is known.
fn is_gone(writer: &str) -> bool {
    let mut parts = writer.split('.');
    let own = parts.next() == Some(host().as_str());
    let process = parts.next().and_then(|process| process.parse::<u32>().ok());
    let processes = Path::new("/proc");
    own && processes.join("self").exists()
        && process.is_some_and(|process| !processes.join(process.to_string()).exists())
}
