//! What is stored with a passage, and how it is written: as bytes of its own, since what stands beside the text would
//! take more as JSON than the text of a short passage does.

use tantivy::schema::document::{DeserializeError, DocumentDeserialize, DocumentDeserializer};
use xxhash_rust::xxh3::xxh3_64;

use crate::packed::{Broken, number, put_number, put_step, put_text, step, take, text};
use crate::record::without_record;

/// The one value that is stored of a document, which is nothing if there is none.
pub struct StoredBytes(pub Vec<u8>);

impl DocumentDeserialize for StoredBytes {
    fn deserialize<'de, D>(mut document: D) -> Result<Self, DeserializeError>
    where
        D: DocumentDeserializer<'de>,
    {
        Ok(Self(document.next_field()?.map(|(_, value)| value).unwrap_or_default()))
    }
}

/// What is kept of a passage to show it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StoredPassage {
    /// Name of the root as the user gave it.
    pub root: String,
    /// Path relative to the root, with `#ID` for a record inside a file.
    pub source: String,
    /// Path at which the file can be opened.
    pub path: String,
    /// The record's own identifier.
    pub record: Option<String>,
    /// Title of the document.
    pub title: Option<String>,
    /// Heading of the passage.
    pub heading: Option<String>,
    /// The text, white space folded.
    pub text: String,
    /// Original ranges in bytes.
    pub spans: Vec<(usize, usize)>,
    /// For each 1-based line after the first: the byte of `text` at which it begins.
    pub line_starts: Vec<(usize, usize)>,
    /// Last line.
    pub last_line: usize,
    /// Quality from 0 to 1.
    pub quality: f32,
    /// Language of the document, as its page states it or as it was detected: a BCP 47 tag in lower case.
    pub language: Option<String>,
    /// Address of the document.
    pub url: Option<String>,
    /// Size of the file when it was indexed, in bytes.
    pub size: u64,
    /// Time of its last change, in nanoseconds since the epoch.
    pub modified: i64,
}

impl StoredPassage {
    /// Its stable identifier. It is made again whenever it is asked for, because a hash is the one thing here that no
    /// compression makes smaller.
    #[must_use]
    pub fn id(&self) -> String {
        passage_id(&self.source, &self.text, self.spans.iter().map(|(start, _)| *start))
    }

    /// Its first and last line.
    #[must_use]
    pub fn lines(&self) -> (usize, usize) {
        (self.line_starts.first().map_or(self.last_line, |(line, _)| *line), self.last_line)
    }

    /// The source without the record inside it.
    #[must_use]
    pub fn file_source(&self) -> &str {
        without_record(&self.source, self.record.as_deref())
    }

    /// The bytes that are stored. What all passages of a document share stands first and in one piece, so that
    /// compression finds it again in the passage before; the text comes last and needs no length.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.text.len() + 256);
        for text in [&self.root, &self.source, &self.path] {
            put_text(&mut out, Some(text));
        }
        for text in [&self.record, &self.title, &self.language, &self.url] {
            put_text(&mut out, text.as_deref());
        }
        put_number(&mut out, self.size);
        out.extend_from_slice(&self.modified.to_le_bytes());
        put_text(&mut out, self.heading.as_deref());
        out.extend_from_slice(&self.quality.to_le_bytes());
        let mut before = 0_u64;
        put_number(&mut out, self.spans.len() as u64);
        for (start, end) in &self.spans {
            put_step(&mut out, before, *start as u64);
            put_step(&mut out, *start as u64, *end as u64);
            before = *end as u64;
        }
        put_number(&mut out, self.line_starts.len() as u64);
        let (mut line_before, mut byte_before) = (0, 0);
        for (line, byte) in &self.line_starts {
            put_step(&mut out, line_before, *line as u64);
            put_step(&mut out, byte_before, *byte as u64);
            (line_before, byte_before) = (*line as u64, *byte as u64);
        }
        put_step(&mut out, line_before, self.last_line as u64);
        out.extend_from_slice(self.text.as_bytes());
        out
    }

    /// The passage that was stored as `bytes`; `None` if they are no passage. Total, and linear in their number.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Self::read(bytes).ok()
    }

    fn read(bytes: &[u8]) -> Result<Self, Broken> {
        let rest = &mut &*bytes;
        let step =
            |rest: &mut &[u8], from: usize| usize::try_from(step(rest, from as u64)?).map_err(|_| Broken);
        let mut name = || text(rest)?.map(str::to_owned).ok_or(Broken);
        let (root, source, path) = (name()?, name()?, name()?);
        let mut maybe = || Ok(text(rest)?.map(str::to_owned));
        let (record, title, language, url) = (maybe()?, maybe()?, maybe()?, maybe()?);
        let size = number(rest)?;
        let modified = i64::from_le_bytes(take(rest)?);
        let heading = text(rest)?.map(str::to_owned);
        let quality = f32::from_le_bytes(take(rest)?);
        let (mut spans, mut before) = (Vec::new(), 0);
        for _ in 0..number(rest)? {
            let start = step(rest, before)?;
            before = step(rest, start)?;
            spans.push((start, before));
        }
        let (mut line_starts, mut line, mut byte) = (Vec::new(), 0, 0);
        for _ in 0..number(rest)? {
            (line, byte) = (step(rest, line)?, step(rest, byte)?);
            line_starts.push((line, byte));
        }
        let last_line = step(rest, line)?;
        let text = std::str::from_utf8(rest).map_err(|_| Broken)?.to_owned();
        Ok(Self {
            root,
            source,
            path,
            record,
            title,
            heading,
            text,
            spans,
            line_starts,
            last_line,
            quality,
            language,
            url,
            size,
            modified,
        })
    }
}

/// A stable identifier of a passage: the same source with the same text and starts of spans gives the same.
#[must_use]
pub fn passage_id(source: &str, text: &str, starts: impl Iterator<Item = usize>) -> String {
    let mut bytes = source.as_bytes().to_vec();
    bytes.push(0);
    bytes.extend_from_slice(text.as_bytes());
    for start in starts {
        bytes.extend_from_slice(&(start as u64).to_le_bytes());
    }
    format!("{:016x}", xxh3_64(&bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn passage() -> impl Strategy<Value = StoredPassage> {
        let maybe = || proptest::option::of(".{0,9}");
        let places = || proptest::collection::vec((any::<usize>(), 0_usize..300), 0..5);
        let texts =
            ((".{0,9}", ".{0,9}", ".{0,9}", ".{0,200}"), (maybe(), maybe(), maybe(), maybe(), maybe()));
        let numbers = (places(), places(), any::<usize>(), 0_f32..1.0, any::<u64>(), any::<i64>());
        (texts, numbers).prop_map(|(texts, (spans, line_starts, last_line, quality, size, modified))| {
            let ((root, source, path, text), (record, title, heading, language, url)) = texts;
            StoredPassage {
                root,
                source,
                path,
                record,
                title,
                heading,
                text,
                spans,
                line_starts,
                last_line,
                quality,
                language,
                url,
                size,
                modified,
            }
        })
    }

    proptest! {
        #[test]
        fn a_passage_comes_back_as_it_was_stored(passage in passage()) {
            prop_assert_eq!(StoredPassage::from_bytes(&passage.to_bytes()), Some(passage));
        }

        #[test]
        fn bytes_that_are_broken_off_or_are_no_passage_harm_nobody(
            passage in passage(),
            keep in 0_usize..60,
            noise in proptest::collection::vec(any::<u8>(), 0..60),
        ) {
            let mut bytes = passage.to_bytes();
            bytes.truncate(keep);
            bytes.extend(noise);
            if let Some(read) = StoredPassage::from_bytes(&bytes) {
                prop_assert_eq!(StoredPassage::from_bytes(&read.to_bytes()).map(|read| read.text), Some(read.text));
            }
        }
    }

    #[test]
    fn what_stands_beside_a_text_takes_few_bytes() {
        let passage = StoredPassage {
            spans: vec![(70_000, 70_400), (70_402, 70_500)],
            line_starts: vec![(900, 0), (901, 400)],
            last_line: 901,
            ..StoredPassage::default()
        };
        assert_eq!(passage.to_bytes().len(), 38);
    }
}
