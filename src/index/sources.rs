//! The entries of the manifest as they stand in the index: gone through or looked up, and none of them kept in memory.

use tantivy::columnar::{Column, StrColumn};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, DocId, DocSet, SegmentReader, TERMINATED, Term};

use super::{Entry, Index, Kind, Totals};
use crate::error::Result;

/// The sources of an index as of the commit that was read. Only fast fields are read, never the document store.
pub struct Sources<'i> {
    index: &'i Index,
    segments: Vec<Segment<'i>>,
}

/// The fast columns of one segment.
struct Segment<'i> {
    reader: &'i SegmentReader,
    ordinal: u32,
    keys: Option<StrColumn>,
    kind: Column<u64>,
    size: Column<u64>,
    modified: Column<i64>,
    hash: Column<u64>,
    fingerprint: Column<u64>,
    furniture: Column<u64>,
    damaged: Column<u64>,
    sources: Column<u64>,
    passages: Column<u64>,
    body: Column<u64>,
    vocabularies: Column<u64>,
    title: Column<u64>,
    heading: Column<u64>,
    lines: Column<u64>,
}

/// One source of an index.
#[derive(Clone, Copy)]
pub struct Source<'s> {
    segment: &'s Segment<'s>,
    document: DocId,
}

impl Index {
    /// The sources that it holds.
    ///
    /// # Errors
    ///
    /// When the index is damaged.
    pub fn sources(&self) -> Result<Sources<'_>> {
        let readers = self.searcher.segment_readers().iter().enumerate();
        let segments: tantivy::Result<Vec<Segment<'_>>> =
            readers.map(|(ordinal, reader)| Segment::open(ordinal, reader)).collect();
        let segments = segments.map_err(|error| super::damaged(&self.dir, &error))?;
        Ok(Sources { index: self, segments })
    }
}

impl Sources<'_> {
    /// Whether there are none. A segment whose documents are all deleted may count as some.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.segments.iter().all(|segment| segment.size.values.num_vals() == 0)
    }

    /// How many lines all of them together hold that repetition across files counts, those of deleted ones with them.
    #[must_use]
    pub fn line_count(&self) -> u64 {
        self.segments.iter().map(|segment| u64::from(segment.lines.values.num_vals())).sum()
    }

    /// Hands over every source with its key, in the order of the keys within each segment. Linear in the number of
    /// documents; takes 16 bytes for each source of a segment.
    ///
    /// # Errors
    ///
    /// When the index is damaged.
    pub fn each(&self, each: &mut dyn FnMut(&str, Source<'_>)) -> Result<()> {
        for segment in &self.segments {
            segment.each(each).map_err(|error| super::damaged(&self.index.dir, &error))?;
        }
        Ok(())
    }

    /// The source of a key. Takes a look into the dictionary of each segment, and goes through the passages of the source.
    ///
    /// # Errors
    ///
    /// When the index is damaged.
    pub fn get(&self, key: &str) -> Result<Option<Source<'_>>> {
        for segment in &self.segments {
            let is_entry = |document| segment.kind.first(document) == Some(Kind::Source as u64);
            let found = live_document(segment.reader, self.index.fields.key, key, is_entry);
            if let Some(document) = found.map_err(|error| super::damaged(&self.index.dir, &error))? {
                return Ok(Some(Source { segment, document }));
            }
        }
        Ok(None)
    }
}

/// A document of a segment that is not deleted, has this key, and is one of those that are wanted.
pub(super) fn live_document(
    segment: &SegmentReader,
    key_field: Field,
    key: &str,
    is_wanted: impl Fn(DocId) -> bool,
) -> tantivy::Result<Option<DocId>> {
    let term = Term::from_field_text(key_field, key);
    let inverted = segment.inverted_index(key_field)?;
    let Some(mut documents) = inverted.read_postings(&term, IndexRecordOption::Basic)? else {
        return Ok(None);
    };
    let mut document = documents.doc();
    while document != TERMINATED {
        if !segment.is_deleted(document) && is_wanted(document) {
            return Ok(Some(document));
        }
        document = documents.advance();
    }
    Ok(None)
}

impl<'i> Segment<'i> {
    fn open(ordinal: usize, reader: &'i SegmentReader) -> tantivy::Result<Self> {
        let fast = reader.fast_fields();
        Ok(Self {
            reader,
            #[expect(clippy::cast_possible_truncation, reason = "segments are counted in 32 bits")]
            ordinal: ordinal as u32,
            keys: fast.str("key")?,
            kind: fast.u64("kind")?,
            size: fast.u64("size")?,
            modified: fast.i64("modified")?,
            hash: fast.u64("hash")?,
            fingerprint: fast.u64("fingerprint")?,
            furniture: fast.u64("furniture")?,
            damaged: fast.u64("damaged")?,
            sources: fast.u64("sources")?,
            passages: fast.u64("passages")?,
            body: fast.u64("body_tokens")?,
            vocabularies: fast.u64("vocabularies")?,
            title: fast.u64("title_tokens")?,
            heading: fast.u64("heading_tokens")?,
            lines: fast.u64("lines")?,
        })
    }

    fn each(&self, each: &mut dyn FnMut(&str, Source<'_>)) -> tantivy::Result<()> {
        let Some(keys) = &self.keys else { return Ok(()) };
        let mut sources: Vec<(u64, DocId)> = self
            .reader
            .doc_ids_alive()
            .filter(|document| self.kind.first(*document) == Some(Kind::Source as u64))
            .filter_map(|document| Some((keys.term_ords(document).next()?, document)))
            .collect();
        // In the order of the dictionary, each of its blocks is unpacked once.
        sources.sort_unstable();
        let terms: Vec<u64> = sources.iter().map(|(term, _)| *term).collect();
        let mut sources = sources.into_iter();
        keys.dictionary().sorted_ords_to_term_cb(&terms, |key| {
            if let Some((_, document)) = sources.next() {
                each(&String::from_utf8_lossy(key), Source { segment: self, document });
            }
        })?;
        Ok(())
    }
}

impl Source<'_> {
    /// What the manifest says of it.
    #[must_use]
    pub fn entry(&self) -> Entry {
        let Self { segment, document } = *self;
        let number = |column: &Column<u64>| column.first(document).unwrap_or(0);
        Entry {
            size: number(&segment.size),
            modified: segment.modified.first(document).unwrap_or(0),
            hash: number(&segment.hash),
            fingerprint: number(&segment.fingerprint),
            furniture: self.furniture(),
            damaged: number(&segment.damaged),
            totals: Totals {
                sources: number(&segment.sources),
                passages: number(&segment.passages),
                body: number(&segment.body),
                vocabularies: number(&segment.vocabularies),
                title: number(&segment.title),
                heading: number(&segment.heading),
            },
            address: DocAddress::new(segment.ordinal, document),
        }
    }

    /// Hash of those of its lines that decided on its labels since they were taken for repeated across files.
    #[must_use]
    pub fn furniture(&self) -> u64 {
        self.segment.furniture.first(self.document).unwrap_or(0)
    }

    /// Those of its lines that repetition counts, as numbers in ascending order.
    pub fn lines(&self) -> impl Iterator<Item = u64> {
        self.segment.lines.values_for_doc(self.document)
    }
}
