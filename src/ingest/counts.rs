//! Which lines how many sources of a folder hold: what repetition across files is decided by.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

use crate::boilerplate::{CountedLine, Repetition, SOURCES};
use crate::error::Result;
use crate::index::{Index, Source, Sources};

/// Lines that are counted at a time, which take 16 bytes each: where an index holds more of them, it is gone through as
/// often as it takes to count a share of them each time.
const AT_A_TIME: u64 = 1 << 18;

/// The parts in which so many lines are counted.
pub(super) fn parts(lines: u64) -> u64 {
    lines.div_ceil(AT_A_TIME)
}

/// Counts the lines of a source of a folder.
pub(super) type Count<'a> = dyn FnMut(u64, &mut dyn Iterator<Item = CountedLine>) + 'a;

/// The lines of a source that are counted.
pub(super) fn lines_of(source: &Source<'_>) -> impl Iterator<Item = CountedLine> {
    source.lines().map(CountedLine::from_bits)
}

/// The furniture of every folder that has any.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Furniture {
    folders: HashMap<u64, Repetition>,
}

impl Furniture {
    /// Counts the lines of those folders of an index that are wanted. The memory that it takes does not depend on how
    /// many sources there are.
    pub(super) fn of_index(sources: &Sources<'_>, is_wanted: &dyn Fn(u64) -> bool) -> Result<Self> {
        Self::in_parts(parts(sources.line_count()), &mut |count| {
            sources.each(&mut |key, source| {
                let group = group_of(key);
                if is_wanted(group) {
                    count(group, &mut lines_of(&source));
                }
            })
        })
    }

    /// Counts lines that are gone through once for each of so many parts of them: `each` hands over those of every source,
    /// each once, with the folder of the source.
    pub(super) fn in_parts<E>(
        parts: u64,
        each: &mut dyn FnMut(&mut Count<'_>) -> std::result::Result<(), E>,
    ) -> std::result::Result<Self, E> {
        let mut furniture = Self::default();
        for part in 0..parts {
            let mut tally = Tally::default();
            // What is behind the lowest bit is a hash, so that every part is about as large.
            let of_part = |line: &u64| (line >> 1) % parts == part;
            each(&mut |group, lines| tally.add(group, lines.map(CountedLine::hash).filter(of_part)))?;
            furniture.add(tally);
        }
        Ok(furniture)
    }

    fn add(&mut self, tally: Tally) {
        for (group, line) in tally.frequent() {
            self.folders.entry(group).or_default().add(line);
        }
    }

    /// The furniture of one folder, if it has any.
    pub(super) fn of(&self, group: u64) -> Option<&Repetition> {
        self.folders.get(&group)
    }

    /// Hash of those lines of a source of a folder, in their order, that are furniture and decide on its labels.
    pub(super) fn hash_among(&self, group: u64, lines: impl Iterator<Item = CountedLine>) -> u64 {
        let repetition = self.of(group);
        let is_furniture = |line: &CountedLine| repetition.is_some_and(|known| known.contains(line.hash()));
        let deciding = lines.filter(|line| line.decides() && is_furniture(line));
        xxh3_64(&deciding.flat_map(|line| line.hash().to_le_bytes()).collect::<Vec<u8>>())
    }
}

/// The furniture lines of the folder of a source, as the index has counted them.
///
/// # Errors
///
/// When the index is damaged.
pub fn repetition_of(index: &Index, key: &str) -> Result<Repetition> {
    let own = group_of(key);
    let furniture = Furniture::of_index(&index.sources()?, &|group| group == own)?;
    Ok(furniture.of(own).cloned().unwrap_or_default())
}

/// Lines that are counted before they are folded.
const LEAST_FOLDED: usize = 1 << 16;

/// Lines that are being counted.
#[derive(Debug, Default)]
struct Tally {
    /// Each line with its folder, as often as a source holds it, but no oftener than makes it furniture wherever the list
    /// has just been folded.
    lines: Vec<(u64, u64)>,
    /// How many there were then.
    folded: usize,
}

impl Tally {
    /// Counts the lines of one more source of a folder, each of which is given once.
    fn add(&mut self, group: u64, lines: impl Iterator<Item = u64>) {
        self.lines.extend(lines.map(|line| (group, line)));
        if self.lines.len() > 2 * self.folded.max(LEAST_FOLDED) {
            self.fold();
        }
    }

    /// Sorts the lines, and forgets how much oftener each was found than makes it furniture.
    fn fold(&mut self) {
        self.lines.sort_unstable();
        let (mut last, mut times) = (None, 0);
        self.lines.retain(|line| {
            times = if last == Some(*line) { times + 1 } else { 1 };
            last = Some(*line);
            times <= SOURCES
        });
        self.folded = self.lines.len();
    }

    /// Those that enough sources hold, with their folders.
    fn frequent(mut self) -> Vec<(u64, u64)> {
        self.fold();
        let runs = self.lines.chunk_by(|a, b| a == b);
        runs.filter(|run| run.len() >= SOURCES as usize).map(|run| run[0]).collect()
    }
}

/// The folder of a source, as a hash: repetition is counted within it.
pub(super) fn group_of(key: &str) -> u64 {
    xxh3_64(
        key.rsplit_once('/')
            .map_or_else(|| key.split('\u{1f}').next().unwrap_or(""), |(folder, _)| folder)
            .as_bytes(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::{Options, root_of, run};

    #[test]
    fn lines_are_counted_alike_in_one_part_and_in_many() -> Result<()> {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let pages = folder.path().join("pages");
        std::fs::create_dir_all(pages.join("below")).expect("a folder can be made");
        for page in 0..SOURCES {
            let text = format!(
                "Milltown Cooks\nAll recipes\nOmelette number {page}\nBeat the eggs well and fry them in butter.\n"
            );
            for file in [format!("{page}.txt"), format!("below/{page}.txt")] {
                if page > 0 || file.starts_with("below") {
                    std::fs::write(pages.join(file), &text).expect("a file can be written");
                }
            }
        }
        let dir = folder.path().join("index");
        run(&dir, &[root_of(&pages)], &Options::default(), &mut |_| ())?;
        let index = crate::index::open(&dir)?;
        let sources = index.sources()?;
        let whole = Furniture::of_index(&sources, &|_| true)?;
        assert_eq!(whole.folders.len(), 1, "the folder that holds a page less has no furniture");
        let in_seven = Furniture::in_parts(7, &mut |count| {
            sources.each(&mut |key, source| count(group_of(key), &mut lines_of(&source)))
        })?;
        assert_eq!(in_seven, whole);
        let below = whole.folders.keys().next().copied();
        let wanted = |group| Some(group) != below;
        assert_eq!(Furniture::of_index(&sources, &wanted)?, Furniture::default());
        Ok(())
    }

    #[test]
    fn lines_are_furniture_of_the_folder_of_which_enough_sources_hold_them_however_many_do() {
        let mut tally = Tally::default();
        for source in 0..SOURCES * 3 {
            tally.add(1, [7, 8].into_iter());
            tally.add(2, (source == 0).then_some(7).into_iter());
            if source + 1 < SOURCES {
                tally.add(3, [7].into_iter());
            }
            if source % 2 == 0 {
                tally.fold();
            }
        }
        let mut furniture = Furniture::default();
        furniture.add(tally);
        let lines = |group: u64| {
            [7, 8].map(|line| furniture.of(group).is_some_and(|repetition| repetition.contains(line)))
        };
        assert_eq!([lines(1), lines(2), lines(3)], [[true, true], [false, false], [false, false]]);
    }
}
