//! The fields of the index and what is stored with a passage.

use tantivy::schema::{BytesOptions, FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};

/// What a document of the Tantivy index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A passage.
    Passage = 0,
    /// The manifest entry of a source.
    Source = 1,
    /// The words of a record, or of a part of a large one.
    Vocabulary = 2,
}

/// The fields by name.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    /// [`Kind`], fast.
    pub kind: Field,
    /// Root and file that made the document; deletes go by it.
    pub key: Field,
    /// The document (file or record) a passage or vocabulary is from, fast; groups them for `--by document`.
    pub document: Field,
    /// Heading and text of a passage, stemmed by its language, with positions.
    pub body: Field,
    /// Vocabulary: words of the passages' texts as they stand, folded and not stemmed, with frequencies. One for a record is
    /// a tenth less to index than one for each passage: what a passage holds is seen where its text is read.
    pub words: Field,
    /// Title of the document, stemmed, with positions.
    pub title: Field,
    /// Heading of the passage, stemmed, with positions.
    pub heading: Field,
    /// Path of the source relative to its root.
    pub source: Field,
    /// Host of the document's address.
    pub site: Field,
    /// Language as a BCP 47 tag in lower case.
    pub language: Field,
    /// Date as `YYYY-MM-DD`.
    pub date: Field,
    /// Quality in hundredths, fast.
    pub quality: Field,
    /// Number of tokens of `body`, fast.
    pub tokens: Field,
    /// Stored passage or source statistics.
    pub stored: Field,
    /// Manifest: size of the file in bytes, fast.
    pub size: Field,
    /// Manifest: time of last change in nanoseconds since the epoch, fast.
    pub modified: Field,
    /// Manifest: hash of the content, fast.
    pub hash: Field,
    /// Manifest: fingerprint of what made it, fast.
    pub fingerprint: Field,
    /// Manifest: hash of the lines that decided on its labels as repeated across files, fast.
    pub furniture: Field,
    /// Manifest: how many places of the file are damaged, fast.
    pub damaged: Field,
    /// Manifest: 1, or 0 for a file without any document, which is known but no source, fast.
    pub sources: Field,
    /// Manifest: number of passages, fast.
    pub passages: Field,
    /// Manifest: tokens of all passages' `body`, fast.
    pub body_tokens: Field,
    /// Manifest: number of vocabularies, fast.
    pub vocabularies: Field,
    /// Manifest: tokens of all passages' `title`, fast.
    pub title_tokens: Field,
    /// Manifest: tokens of all passages' `heading`, fast.
    pub heading_tokens: Field,
    /// Manifest: the lines that repetition across files counts, any number of them, as numbers, fast.
    pub lines: Field,
}

impl Fields {
    /// A new schema with its fields.
    pub(super) fn create() -> (Schema, Self) {
        let mut builder = Schema::builder();
        // Terms are given as such, so that nothing tokenizes these fields.
        let terms = |record: IndexRecordOption| {
            let lengths = record == IndexRecordOption::WithFreqsAndPositions;
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default()
                    .set_tokenizer("raw")
                    .set_index_option(record)
                    .set_fieldnorms(lengths),
            )
        };
        let positions = IndexRecordOption::WithFreqsAndPositions;
        // Nothing is ranked by values, whose lengths would be a hundredth of the index.
        let value = || terms(IndexRecordOption::Basic);
        let fields = Self {
            kind: builder.add_u64_field("kind", FAST),
            key: builder.add_text_field("key", value() | FAST),
            document: builder.add_text_field("document", TextOptions::default().set_fast("raw")),
            body: builder.add_text_field("body", terms(positions)),
            words: builder.add_text_field("words", terms(IndexRecordOption::WithFreqs)),
            title: builder.add_text_field("title", terms(positions)),
            heading: builder.add_text_field("heading", terms(positions)),
            source: builder.add_text_field("source", value()),
            site: builder.add_text_field("site", value()),
            language: builder.add_text_field("language", value()),
            date: builder.add_text_field("date", value()),
            quality: builder.add_u64_field("quality", FAST),
            tokens: builder.add_u64_field("tokens", FAST),
            stored: builder.add_bytes_field("stored", BytesOptions::default().set_stored()),
            size: builder.add_u64_field("size", FAST),
            modified: builder.add_i64_field("modified", FAST),
            hash: builder.add_u64_field("hash", FAST),
            fingerprint: builder.add_u64_field("fingerprint", FAST),
            furniture: builder.add_u64_field("furniture", FAST),
            damaged: builder.add_u64_field("damaged", FAST),
            sources: builder.add_u64_field("sources", FAST),
            passages: builder.add_u64_field("passages", FAST),
            body_tokens: builder.add_u64_field("body_tokens", FAST),
            vocabularies: builder.add_u64_field("vocabularies", FAST),
            title_tokens: builder.add_u64_field("title_tokens", FAST),
            heading_tokens: builder.add_u64_field("heading_tokens", FAST),
            lines: builder.add_u64_field("lines", FAST),
        };
        (builder.build(), fields)
    }

    /// The fields of an index that is there; `None` if its schema is not this version's.
    pub(super) fn of(schema: &Schema) -> Option<Self> {
        let (own, fields) = Self::create();
        (own == *schema).then_some(fields)
    }
}
