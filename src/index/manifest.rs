//! The manifest: which sources the index holds, and what is known of each.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tantivy::columnar::StrColumn;
use tantivy::{DocAddress, DocId};

use super::{Index, Totals};
use crate::error::Result;
use crate::source::Damage;

/// What the manifest says of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Size in bytes when it was read.
    pub size: u64,
    /// Time of last change, in nanoseconds since the epoch.
    pub modified: i64,
    /// Hash of its content.
    pub hash: u64,
    /// Fingerprint of what made its passages.
    pub fingerprint: u64,
    /// Hash of those of its lines that decided on its labels since they were taken for repeated across files.
    pub furniture: u64,
    /// How many places of it are damaged.
    pub damaged: u64,
    /// What it adds to the totals.
    pub totals: Totals,
    /// Where its stored part is.
    pub address: DocAddress,
}

impl Entry {
    /// Whether it was not read to its end.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        self.hash == 0
    }

    /// Whether a file holds what it held when it was indexed. Its content tells.
    #[must_use]
    pub fn is_of(&self, file: &Path) -> bool {
        self.as_indexed().is_of(file, true, || self.hash)
    }

    /// The file as it was when it was looked at last.
    pub(crate) const fn as_indexed(&self) -> AsIndexed {
        AsIndexed { size: self.size, modified: self.modified }
    }
}

/// A file as it was when it was indexed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AsIndexed {
    /// Its size in bytes.
    pub(crate) size: u64,
    /// Its time of last change.
    pub(crate) modified: i64,
}

impl AsIndexed {
    /// Whether the file is still there and of the same size and time; with `closely`, whether it is of the same size and
    /// content, whatever its time is. `hash` gives the hash of its content, 0 where it was not read to its end.
    pub(crate) fn is_of(self, file: &Path, closely: bool, hash: impl FnOnce() -> u64) -> bool {
        let Ok(metadata) = std::fs::metadata(file) else { return false };
        if metadata.len() != self.size {
            return false;
        }
        let same_time = crate::source::modified(&metadata) == self.modified;
        if !closely {
            return same_time;
        }
        match hash() {
            0 => same_time,
            hash => crate::source::hash_of(file, &mut |_| ()).is_ok_and(|own| own == hash),
        }
    }
}

/// The manifest of an index, by key.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    /// Entries by source key.
    pub entries: BTreeMap<String, Entry>,
}

/// How many documents there are of each sort.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq, Eq)]
pub struct Sorts {
    /// By format.
    pub formats: BTreeMap<String, u64>,
    /// By what a page is for; marked-up pages only.
    pub page_types: BTreeMap<String, u64>,
    /// By language tag.
    pub languages: BTreeMap<String, u64>,
    /// By the host of their address.
    pub sites: BTreeMap<String, u64>,
}

impl Sorts {
    /// Counts one document.
    pub fn count(&mut self, document: &SourceStats) {
        for (counts, name) in [
            (&mut self.formats, Some(&document.media)),
            (&mut self.page_types, document.page_type.as_ref()),
            (&mut self.languages, document.language.as_ref()),
            (&mut self.sites, document.site.as_ref()),
        ] {
            if let Some(name) = name.filter(|name| !name.is_empty()) {
                *counts.entry(name.clone()).or_default() += 1;
            }
        }
    }

    /// Adds other counts.
    pub fn add(&mut self, other: &Self) {
        for (counts, others) in [
            (&mut self.formats, &other.formats),
            (&mut self.page_types, &other.page_types),
            (&mut self.languages, &other.languages),
            (&mut self.sites, &other.sites),
        ] {
            for (name, count) in others {
                *counts.entry(name.clone()).or_default() += count;
            }
        }
    }
}

/// What cleaning made of one source.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq, Eq)]
pub struct SourceStats {
    /// Path relative to the root.
    pub source: String,
    /// Name of the root.
    pub root: String,
    /// Format it was read as.
    pub media: String,
    /// Title, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Language tag that the document gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Host of its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// What the page is for, if it is a marked-up page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_type: Option<String>,
    /// Bytes of text that were kept.
    pub kept: u64,
    /// Bytes of text dropped, by rule.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dropped: BTreeMap<String, u64>,
    /// The documents of an archive; nothing for a source that is one document itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<Sorts>,
    /// What of it is damaged; the first of them, if there are many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub damages: Vec<Damage>,
    /// How large a document might be, in bytes, where some were left out for their size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// How far an archive was read whose reading broke off; nothing for what was read to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unfinished: Option<Unfinished>,
}

/// How far an archive was read.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
pub struct Unfinished {
    /// How many of its records the index holds: the first ones.
    pub records: u64,
    /// Fingerprint of what made them.
    pub made_by: u64,
}

impl SourceStats {
    /// Makes it that of an archive, which has the format of most of its documents and no title of its own. Which document
    /// came first depends on the threads.
    pub fn of_archive(&mut self, records: Sorts) {
        // Of equals, the first in the order of the alphabet.
        let most = records.formats.iter().rev().max_by_key(|(_, count)| **count);
        if let Some((format, _)) = most {
            self.media.clone_from(format);
        }
        (self.title, self.language, self.site, self.page_type) = (None, None, None, None);
        self.records = Some(records);
    }
}

impl Manifest {
    /// The sums that its entries make.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for entry in self.entries.values() {
            totals.add(entry.totals);
        }
        totals
    }

    /// The entries whose keys begin with `prefix`, in their order, by the rest of the key.
    pub fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a Entry)> {
        let from = (Bound::Included(prefix), Bound::Unbounded);
        let entries = self.entries.range::<str, _>(from);
        entries.map_while(move |(key, entry)| Some((key.strip_prefix(prefix)?, entry)))
    }

    /// Reads the manifest from fast fields; the document store is not touched. Linear in the number of documents.
    ///
    /// # Errors
    ///
    /// When the index is damaged.
    pub fn read(index: &Index) -> Result<Self> {
        let mut entries: Vec<(String, Entry)> = Vec::new();
        index.sources()?.each(&mut |key, source| entries.push((key.to_owned(), source.entry())))?;
        Ok(Self { entries: entries.into_iter().collect() })
    }
}

impl Index {
    /// The stored statistics of a source.
    ///
    /// # Errors
    ///
    /// When the index is damaged.
    pub fn source_stats(&self, entry: &Entry) -> Result<SourceStats> {
        let bytes = self.stored_bytes(entry.address)?;
        serde_json::from_slice(&bytes).map_err(|error| super::damaged(&self.dir, &error))
    }

    /// A stored passage.
    ///
    /// # Errors
    ///
    /// When the index is damaged.
    pub fn passage(&self, address: DocAddress) -> Result<super::StoredPassage> {
        let bytes = self.stored_bytes(address)?;
        super::StoredPassage::from_bytes(&bytes)
            .ok_or_else(|| super::damaged(&self.dir, &"a stored passage is broken"))
    }

    /// Hands over where every live passage is, with the key of its source and what its document is called. Linear in the
    /// size of the index.
    ///
    /// # Errors
    ///
    /// When the index is damaged.
    pub fn each_passage(&self, each: &mut dyn FnMut(&str, &str, DocAddress)) -> Result<()> {
        let damaged = |error| super::damaged(&self.dir, &error);
        for (ordinal, segment) in self.searcher.segment_readers().iter().enumerate() {
            let fast = segment.fast_fields();
            let kinds = fast.u64("kind").map_err(damaged)?;
            let (keys, documents) =
                (fast.str("key").map_err(damaged)?, fast.str("document").map_err(damaged)?);
            let (Some(keys), Some(documents)) = (keys, documents) else { continue };
            // Passages of a document stand together.
            let (mut key, mut document) = (Named::new(keys), Named::new(documents));
            for passage in segment.doc_ids_alive() {
                if kinds.first(passage) != Some(super::Kind::Passage as u64) {
                    continue;
                }
                #[expect(clippy::cast_possible_truncation, reason = "segments are counted in 32 bits")]
                let address = DocAddress::new(ordinal as u32, passage);
                let key = key.of(passage).map_err(|error| super::damaged(&self.dir, &error))?;
                let document = document.of(passage).map_err(|error| super::damaged(&self.dir, &error))?;
                each(key, document, address);
            }
        }
        Ok(())
    }

    fn stored_bytes(&self, address: DocAddress) -> Result<Vec<u8>> {
        let stored = self.searcher.doc(address).map_err(|error| super::damaged(&self.dir, &error))?;
        let super::StoredBytes(bytes) = stored;
        Ok(bytes)
    }
}

/// A column of texts, of which the last that was asked for is remembered.
struct Named {
    column: StrColumn,
    term: Option<u64>,
    text: String,
}

impl Named {
    fn new(column: StrColumn) -> Self {
        Self { column, term: None, text: String::new() }
    }

    /// The text of a document; empty if it has none.
    fn of(&mut self, document: DocId) -> std::io::Result<&str> {
        let term = self.column.term_ords(document).next();
        if term != self.term {
            self.text.clear();
            if let Some(term) = term {
                self.column.ord_to_str(term, &mut self.text)?;
            }
            self.term = term;
        }
        Ok(&self.text)
    }
}
