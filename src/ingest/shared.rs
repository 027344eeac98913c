//! What the files of each folder share, counted for a run that keeps no index.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use tempfile::SpooledTempFile;

use super::counts::{Count, Furniture, group_of};
use crate::boilerplate::{CountedLine, Page, Repetition, SOURCES, candidates};
use crate::document::parse;
use crate::error::{Error, Result};
use crate::record::{Origin, Record};
use crate::source::name_of;

/// The lines that the files of a run share, by folder.
#[derive(Debug, Default)]
pub struct SharedLines {
    furniture: Furniture,
}

impl SharedLines {
    /// The furniture of the folder that a file is in; none where its folder has too few files to tell.
    #[must_use]
    pub fn of(&self, path: &Path) -> Option<&Repetition> {
        self.furniture.of(group_of(&key_of(path)))
    }
}

/// The key under which the lines of a file are counted.
fn key_of(path: &Path) -> String {
    let part = |part: Option<&std::ffi::OsStr>| name_of(Path::new(part.unwrap_or_default()));
    format!("{}/{}", part(path.parent().map(Path::as_os_str)), part(path.file_name()))
}

/// Gives the lines of the file of a number.
pub type ReadLines<'a> = dyn Fn(usize, &Origin) -> Vec<CountedLine> + Sync + 'a;

/// Counts the lines of all files as an index would, so that each is labelled as it is there, in whatever order they come.
/// `inputs` gives every file once, with its number; `read` gives its lines, and is asked for files of folders only of which there are at
/// least [`SOURCES`]. All records in a file are one source, as they are in an index.
///
/// Lines wait in a temporary file, 8 bytes each, so that memory grows with the number of folders and with nothing else until
/// there are millions of lines.
///
/// # Errors
///
/// When the temporary file cannot be written.
pub fn shared_lines<I: Iterator<Item = (usize, Origin)> + Send>(
    inputs: impl Fn() -> I,
    threads: usize,
    read: &ReadLines<'_>,
) -> Result<SharedLines> {
    let mut folders: HashMap<u64, u32> = HashMap::new();
    for (_, origin) in inputs() {
        *folders.entry(group_of(&key_of(&origin.path))).or_default() += 1;
    }
    folders.retain(|_, files| *files >= SOURCES);
    if folders.is_empty() {
        return Ok(SharedLines::default());
    }
    let gathered = gather(inputs(), &folders, threads, read);
    let furniture = gathered.and_then(LineFile::count);
    let failed = |error| Error::io("cannot write a temporary file in", &std::env::temp_dir(), &error);
    Ok(SharedLines { furniture: furniture.map_err(failed)? })
}

/// Reads those files that are in one of the folders, and gathers their lines.
fn gather(
    inputs: impl Iterator<Item = (usize, Origin)> + Send,
    folders: &HashMap<u64, u32>,
    threads: usize,
    read: &ReadLines<'_>,
) -> io::Result<LineFile> {
    let (inputs, lines) = (Mutex::new(inputs), Mutex::new(Ok(LineFile::new())));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let next = inputs.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some((number, origin)) = next else { return };
                    let group = group_of(&key_of(&origin.path));
                    if !folders.contains_key(&group) {
                        continue;
                    }
                    let mut own = read(number, &origin);
                    CountedLine::sort_and_dedup(&mut own);
                    let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                    let Ok(file) = lines.as_mut() else { return };
                    if let Err(error) = file.push(group, &own) {
                        *lines = Err(error);
                    }
                }
            });
        }
    });
    lines.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// The lines of a record that repetition counts, found without labelling it: any of them may decide on its labels.
#[must_use]
pub fn unlabelled_lines(record: &Record) -> Vec<CountedLine> {
    candidates(&Page::new(&parse(record))).map(|(line, _)| CountedLine::new(line, true)).collect()
}

/// Bytes that stay in memory before they are written to the disk.
const IN_MEMORY: usize = 1 << 20;

/// Lines that are counted at a time, of the 16 bytes each that counting takes.
const AT_A_TIME: u64 = 1 << 16;

/// How often all lines are gone through at most, so that counting stays linear: beyond four million lines, a quarter of a
/// byte more is taken for each.
const MOST_TIMES: u64 = 64;

/// The lines of sources, each of which is written as the hash of its folder, how many lines it has, and their hashes.
struct LineFile {
    file: BufWriter<SpooledTempFile>,
    lines: u64,
}

impl LineFile {
    fn new() -> Self {
        Self { file: BufWriter::new(SpooledTempFile::new(IN_MEMORY)), lines: 0 }
    }

    fn push(&mut self, group: u64, lines: &[CountedLine]) -> io::Result<()> {
        self.lines += lines.len() as u64;
        let head = [group, lines.len() as u64].into_iter();
        let mut numbers = head.chain(lines.iter().map(|line| line.to_bits()));
        numbers.try_for_each(|number| self.file.write_all(&number.to_le_bytes()))
    }

    fn count(self) -> io::Result<Furniture> {
        let mut file = BufReader::new(self.file.into_inner()?);
        Furniture::in_parts(self.lines.div_ceil(AT_A_TIME).min(MOST_TIMES), &mut |count| {
            each(&mut file, count)
        })
    }
}

/// Goes through the lines of all sources.
fn each(file: &mut BufReader<SpooledTempFile>, count: &mut Count<'_>) -> io::Result<()> {
    file.rewind()?;
    while !file.fill_buf()?.is_empty() {
        let (group, lines) = (number(file)?, number(file)?);
        let lines = (0..lines).map(|_| number(file)).collect::<io::Result<Vec<u64>>>()?;
        count(group, &mut lines.into_iter().map(CountedLine::from_bits));
    }
    Ok(())
}

fn number(file: &mut impl Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    file.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use xxhash_rust::xxh3::xxh3_64;

    use super::*;

    #[test]
    fn lines_that_do_not_fit_in_memory_are_counted_from_the_disk() -> io::Result<()> {
        // As many lines as are counted in three parts.
        let (mut file, own) = (LineFile::new(), AT_A_TIME / 2);
        for source in 0..u64::from(SOURCES) {
            let lines = (0..own).map(|line| xxh3_64(&(source << 32 | line).to_le_bytes()));
            let lines = lines.chain([2, 4, 6]).map(|line| CountedLine::new(line, source == 0));
            file.push(7, &lines.collect::<Vec<_>>())?;
        }
        assert!(file.lines > 2 * AT_A_TIME && file.lines * 8 > IN_MEMORY as u64);
        let furniture = file.count()?;
        let shared = furniture.of(7).expect("lines are shared");
        assert_eq!([2, 4, 6, 8].map(|line| shared.contains(line)), [true, true, true, false]);
        assert_eq!(furniture.of(8), None);
        Ok(())
    }
}
