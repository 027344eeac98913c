//! What is known of the sources before a reading: as the index holds them, or as the first reading has just left them.

use std::ops::Range;

use super::counts::{Furniture, group_of, lines_of, parts};
use crate::boilerplate::CountedLine;
use crate::error::Result;
use crate::index::{Entry, Index, SourceStats, Sources};

/// What is known of the sources before a reading.
pub(super) enum Known<'i> {
    /// What an index holds, if it holds any.
    Committed(Option<(&'i Index, Sources<'i>)>),
    /// What a first reading has made of them.
    Uncommitted(&'i FirstReading),
}

/// The sources of a reading into an empty index: as long as they are few, those whose labels depend on the others can be
/// labelled again before anything is committed, so that they need no commit and no segment of their own.
///
/// They are packed one behind the other: a hundred thousand little pieces that are let go of are of no use to anybody else.
#[derive(Default)]
pub(super) struct FirstReading {
    /// Bytes that they may take.
    most: usize,
    sources: Vec<Uncommitted>,
    /// Their keys and counted lines, one source behind the other.
    keys: String,
    lines: Vec<CountedLine>,
    /// The sources in the order of their keys, once all of them are there.
    order: Vec<usize>,
}

struct Uncommitted {
    entry: Entry,
    /// Bytes of its text that were kept.
    kept: u64,
    key: Range<usize>,
    lines: Range<usize>,
}

/// What is done with each source: its key, the hash of the furniture that it was labelled by, and its counted lines; and if it
/// asks, how many bytes of its text were kept.
type Each<'a> = dyn FnMut(&str, u64, &mut dyn Iterator<Item = CountedLine>, &dyn Fn() -> u64) + 'a;

impl<'i> Known<'i> {
    /// What an index holds, if there is one.
    ///
    /// # Errors
    ///
    /// When it is damaged.
    pub(super) fn of(index: Option<&'i Index>) -> Result<Self> {
        let sources = index.map(|index| Ok((index, index.sources()?))).transpose()?;
        Ok(Self::Committed(sources.filter(|(_, sources)| !sources.is_empty())))
    }

    /// Whether there is nothing.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Committed(None))
    }

    /// What the manifest says of a source, or will say.
    pub(super) fn entry(&self, key: &str) -> Result<Option<Entry>> {
        match self {
            Self::Committed(Some((_, sources))) => Ok(sources.get(key)?.map(|source| source.entry())),
            Self::Committed(None) => Ok(None),
            Self::Uncommitted(reading) => Ok(reading.get(key)),
        }
    }

    /// What the index holds of a source, where it is labelled as it would be by this furniture.
    pub(super) fn labelled_by(
        &self,
        furniture: &Furniture,
        key: &str,
    ) -> Result<Option<(Entry, SourceStats, Vec<CountedLine>)>> {
        let Self::Committed(Some((index, sources))) = self else { return Ok(None) };
        let Some(source) = sources.get(key)? else { return Ok(None) };
        let entry = source.entry();
        if furniture.hash_among(group_of(key), lines_of(&source)) != entry.furniture {
            return Ok(None);
        }
        Ok(Some((entry, index.source_stats(&entry)?, lines_of(&source).collect())))
    }

    /// The furniture of those folders that are wanted.
    pub(super) fn furniture(&self, is_wanted: &dyn Fn(u64) -> bool) -> Result<Furniture> {
        match self {
            Self::Committed(Some((_, sources))) => Furniture::of_index(sources, is_wanted),
            Self::Committed(None) => Ok(Furniture::default()),
            Self::Uncommitted(reading) => {
                Furniture::in_parts(parts(reading.lines.len() as u64), &mut |count| {
                    for (_, key, lines) in reading.iter() {
                        let group = group_of(key);
                        if is_wanted(group) {
                            count(group, &mut lines.iter().copied());
                        }
                    }
                    Ok(())
                })
            }
        }
    }

    /// Goes through the sources.
    pub(super) fn each(&self, each: &mut Each<'_>) -> Result<()> {
        match self {
            Self::Committed(Some((index, sources))) => sources.each(&mut |key, source| {
                let kept = || index.source_stats(&source.entry()).map_or(0, |stats| stats.kept);
                each(key, source.furniture(), &mut lines_of(&source), &kept);
            }),
            Self::Committed(None) => Ok(()),
            Self::Uncommitted(reading) => {
                for (source, key, lines) in reading.iter() {
                    each(key, source.entry.furniture, &mut lines.iter().copied(), &|| source.kept);
                }
                Ok(())
            }
        }
    }
}

impl FirstReading {
    /// Room for sources that take so many bytes.
    pub(super) fn within(bytes: u64) -> Self {
        Self { most: usize::try_from(bytes).unwrap_or(usize::MAX), ..Self::default() }
    }

    /// Remembers a source, of whose text so many bytes were kept, and says whether there was room for it.
    pub(super) fn remember(&mut self, key: &str, entry: Entry, kept: u64, lines: &[CountedLine]) -> bool {
        let sources = size_of::<Uncommitted>() * (self.sources.len() + 1);
        let bytes = sources + self.keys.len() + key.len() + size_of_val(&*self.lines) + size_of_val(lines);
        // A list that grows has room for as much again.
        if 2 * bytes > self.most {
            return false;
        }
        let (first, begin) = (self.keys.len(), self.lines.len());
        self.keys.push_str(key);
        self.lines.extend_from_slice(lines);
        let (key, lines) = (first..self.keys.len(), begin..self.lines.len());
        self.sources.push(Uncommitted { entry, kept, key, lines });
        true
    }

    /// Says that all of them are there, so that they can be looked up.
    pub(super) fn end(&mut self) {
        let mut order: Vec<usize> = (0..self.sources.len()).collect();
        order.sort_unstable_by_key(|at| &self.keys[self.sources[*at].key.clone()]);
        self.order = order;
    }

    fn get(&self, key: &str) -> Option<Entry> {
        let found = self.order.binary_search_by_key(&key, |at| &self.keys[self.sources[*at].key.clone()]);
        found.ok().map(|at| self.sources[self.order[at]].entry)
    }

    /// The sources with their keys and their counted lines.
    fn iter(&self) -> impl Iterator<Item = (&Uncommitted, &str, &[CountedLine])> {
        self.sources
            .iter()
            .map(|source| (source, &self.keys[source.key.clone()], &self.lines[source.lines.clone()]))
    }
}
