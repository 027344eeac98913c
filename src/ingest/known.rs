//! What is known of the sources before a reading: as the index holds them, or as the first reading has just left them.

use std::collections::BTreeMap;

use super::counts::{Furniture, group_of, lines_of};
use crate::boilerplate::CountedLine;
use crate::error::Result;
use crate::index::{Entry, Index, Sources};

/// Bytes that sources may take before they are committed: some 20,000 files of a few kilobytes each.
const MOST_UNCOMMITTED: usize = 8 << 20;

/// What a source takes beside its key and its lines, in bytes, about.
const OF_EACH: usize = size_of::<Uncommitted>() + 3 * size_of::<usize>();

/// What is known of the sources before a reading.
pub(super) enum Known<'i> {
    /// What an index holds, if it holds any.
    Committed(Option<(&'i Index, Sources<'i>)>),
    /// What a first reading has made of them.
    Uncommitted(&'i FirstReading),
}

/// The sources of a reading into an empty index: as long as they are few, those whose labels depend on the others can be
/// labelled again before anything is committed, so that they need no commit and no segment of their own.
#[derive(Default)]
pub(super) struct FirstReading {
    sources: BTreeMap<String, Uncommitted>,
    /// What they take, in bytes, about.
    memory: usize,
}

struct Uncommitted {
    entry: Entry,
    lines: Box<[CountedLine]>,
}

/// What is done with each source: its key, the hash of the furniture that it was labelled by, and its counted lines.
type Each<'a> = dyn FnMut(&str, u64, &mut dyn Iterator<Item = CountedLine>) + 'a;

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
            Self::Uncommitted(reading) => Ok(reading.sources.get(key).map(|source| source.entry)),
        }
    }

    /// The furniture of those folders that are wanted.
    pub(super) fn furniture(&self, is_wanted: &dyn Fn(u64) -> bool) -> Result<Furniture> {
        match self {
            Self::Committed(Some((_, sources))) => Furniture::of_index(sources, is_wanted),
            Self::Committed(None) => Ok(Furniture::default()),
            Self::Uncommitted(reading) => Furniture::in_parts(1, &mut |count| {
                for (key, source) in &reading.sources {
                    let group = group_of(key);
                    if is_wanted(group) {
                        count(group, &mut source.lines.iter().copied());
                    }
                }
                Ok(())
            }),
        }
    }

    /// Goes through the sources.
    pub(super) fn each(&self, each: &mut Each<'_>) -> Result<()> {
        match self {
            Self::Committed(Some((_, sources))) => {
                sources.each(&mut |key, source| each(key, source.furniture(), &mut lines_of(&source)))
            }
            Self::Committed(None) => Ok(()),
            Self::Uncommitted(reading) => {
                for (key, source) in &reading.sources {
                    each(key, source.entry.furniture, &mut source.lines.iter().copied());
                }
                Ok(())
            }
        }
    }
}

impl FirstReading {
    /// Remembers a source, and says whether there is room for more.
    pub(super) fn remember(&mut self, key: String, entry: Entry, lines: &[CountedLine]) -> bool {
        self.memory += OF_EACH + key.len() + size_of_val(lines);
        self.sources.insert(key, Uncommitted { entry, lines: lines.into() });
        self.memory <= MOST_UNCOMMITTED
    }
}
