//! Segments in the making: whoever has a text numbers its terms and adds them to a segment of their own, in the format of
//! Tantivy and through its writers. The writer of the index makes them visible together.

mod builders;
mod columns;
mod inversion;
mod inverted;
mod values;

use std::ops::Range;
use std::sync::Arc;

use tantivy::directory::TerminatingWrite;
use tantivy::fieldnorm::{FieldNormReaders, FieldNormsSerializer, FieldNormsWriter};
use tantivy::index::{Segment, SegmentComponent};
use tantivy::postings::InvertedIndexSerializer;
use tantivy::schema::{Document, Field, Schema, Value};
use tantivy::store::StoreWriter;
use tantivy::{DocId, TantivyDocument};

pub use self::builders::Builders;
use self::builders::Shared;
use self::columns::Columns;
use self::inversion::Inversion;
use self::inverted::OF_EACH_TERM;
use self::values::Values;
use super::{Fields, Kind};
use crate::analysis::{Analyzer, Stemming};

/// What part of the memory of a builder the entries may take that are sorted at once.
const BATCH_OF_MEMORY: usize = 6;

/// What part of it the terms may take that are numbered before they are forgotten.
const TERMS_OF_MEMORY: usize = 4;

/// What part of it documents take at least that are worth a segment.
const LEAST_OF_MEMORY: usize = 8;

/// Makes one segment after another, each of as many documents as its memory allows.
pub struct Builder {
    /// What the terms of documents are numbered by.
    pub analyzer: Analyzer,
    /// The fields of the schema.
    pub fields: Fields,
    index: tantivy::Index,
    schema: Schema,
    /// Bytes that a segment may take until it is written.
    memory: usize,
    shared: Arc<Shared>,
    /// The segment that documents are added to, if there is one, and what of them is written at its end.
    open: Option<Box<Open>>,
    inversion: Inversion,
    columns: Columns,
    values: Values,
    /// Segments that are written and not committed.
    finished: Vec<Finished>,
}

/// A segment that is written and not committed.
pub(super) struct Finished {
    pub(super) segment: Segment,
    /// Its documents, and its vocabularies, that were there before anything was removed.
    pub(super) before: [Range<DocId>; 2],
}

/// The terms of a document in a field with places.
#[derive(Debug, Clone, Default)]
pub struct Placed {
    numbers: Vec<u32>,
    terms: u64,
}

/// A segment that documents are added to: what of them is written in their order.
struct Open {
    segment: Segment,
    documents: DocId,
    store: StoreWriter,
    norms: FieldNormsWriter,
    /// How many of its documents, and how many of its vocabularies, were there before anything was removed.
    before: [DocId; 2],
}

impl Builder {
    fn new(index: &tantivy::Index, fields: Fields, memory: usize, shared: &Arc<Shared>) -> Self {
        let schema = index.schema();
        Self {
            analyzer: Analyzer::default(),
            fields,
            index: index.clone(),
            inversion: Inversion::new(&schema, &fields),
            columns: Columns::new(&schema),
            values: Values::default(),
            schema,
            memory,
            shared: Arc::clone(shared),
            open: None,
            finished: Vec::new(),
        }
    }

    /// Forgets the terms that were numbered where they take much memory, and says so: their numbers mean nothing any more
    /// then. The segment is written first.
    ///
    /// # Errors
    ///
    /// When it cannot be written, as on a full disk.
    pub fn forget_if_many(&mut self) -> tantivy::Result<bool> {
        let many =
            self.analyzer.remembers_many() || self.analyzer.memory_used() > self.memory / TERMS_OF_MEMORY;
        if many {
            self.write_apart()?;
            self.analyzer.forget();
        }
        Ok(many)
    }

    /// Adds a document: what of it is stored, fast or a value by itself, and the terms of fields with places.
    ///
    /// # Errors
    ///
    /// When a segment cannot be written, as on a full disk.
    pub fn add<'t>(
        &mut self,
        document: &TantivyDocument,
        terms: impl IntoIterator<Item = (Field, &'t Placed)>,
    ) -> tantivy::Result<()> {
        let mut open = self.open()?;
        for (field, placed) in terms {
            self.inversion.add_places(open.documents, field, &placed.numbers, placed.terms);
            open.norms.record(open.documents, field, u32::try_from(placed.terms).unwrap_or(u32::MAX));
        }
        if let Err(error) = self.add_to(&mut open, document) {
            // The segment goes with it; whoever is told so makes no commit.
            self.clear();
            return Err(error);
        }
        self.keep(open)
    }

    /// Adds the words that the analyzer has counted, which are forgotten then; false if there are none. They become a
    /// document at the end of the segment, so that the numbers of those follow one another: frequent words take half the
    /// space so. `key` and `document` are its values of the fields of that name.
    ///
    /// # Errors
    ///
    /// When a segment cannot be written, as on a full disk.
    pub fn add_vocabulary(&mut self, key: &str, document: &str) -> tantivy::Result<bool> {
        if self.analyzer.vocabulary().is_empty() {
            return Ok(false);
        }
        let open = self.open()?;
        let names = [(self.fields.key, key), (self.fields.document, document)];
        let names = names.map(|(field, name)| self.values.number(field, name));
        self.inversion.add_vocabulary(names, self.analyzer.vocabulary());
        self.analyzer.clear_vocabulary();
        self.keep(open)?;
        Ok(true)
    }

    /// Adds a document to a segment, and its values to what is written at its end.
    fn add_to(&mut self, open: &mut Open, document: &TantivyDocument) -> tantivy::Result<()> {
        for (field, value) in document.iter_fields_and_values() {
            if let Some(text) = value.as_str() {
                let number = self.values.number(field, text);
                self.add_value(open.documents, field, number);
            } else if let Some(number) = value.as_u64() {
                self.columns.add(open.documents, field, number);
            } else if let Some(number) = value.as_i64() {
                self.columns.add(open.documents, field, number.cast_unsigned());
            }
        }
        open.add(document, &self.schema)
    }

    /// Adds the number of a text to what is written at the end of a segment.
    fn add_value(&mut self, document: DocId, field: Field, number: u32) {
        self.inversion.add_value(document, field, number);
        self.columns.add(document, field, u64::from(number));
    }

    /// Takes the segment that documents are added to, a new one if there is none.
    fn open(&mut self) -> tantivy::Result<Box<Open>> {
        self.open.take().map_or_else(|| Open::new(&self.index, &self.schema).map(Box::new), Ok)
    }

    /// Goes on with a segment that something was added to, or writes it if it is full.
    fn keep(&mut self, open: Box<Open>) -> tantivy::Result<()> {
        let inverted = self.inversion.memory();
        let known = self.values.lexicon().memory() + self.analyzer.memory_used();
        let to_write = self.memory / BATCH_OF_MEMORY + self.analyzer.lexicon().len() * OF_EACH_TERM;
        let taken = open.memory() + self.columns.memory() + inverted + known + to_write;
        self.open = Some(open);
        // Terms that are many are forgotten at the next opportunity, and make no segments of a document each until then.
        let little = inverted < self.memory / LEAST_OF_MEMORY;
        let most = if self.shared.is_ending() { self.memory / 8 * 9 } else { self.memory };
        if taken > most && !little { self.write_apart() } else { Ok(()) }
    }

    /// Writes the segment that documents were added to in a thread for that.
    fn write_apart(&mut self) -> tantivy::Result<()> {
        let shared = Arc::clone(&self.shared);
        shared.apart(|| self.write())
    }

    /// Writes the segment that documents were added to.
    fn write(&mut self) -> tantivy::Result<()> {
        let Some(open) = self.open.take() else { return Ok(()) };
        self.shared.note_written();
        let written = self.write_open(*open);
        self.clear();
        self.finished.push(written?);
        Ok(())
    }

    /// Says that what was added so far was there before what is removed from now on.
    fn begin_removals(&mut self) {
        for Finished { segment, before } in &mut self.finished {
            *before = [0..segment.meta().max_doc(), 0..0];
        }
        if let Some(open) = &mut self.open {
            open.before = [open.documents, self.inversion.vocabularies()];
        }
    }

    fn write_open(&mut self, mut open: Open) -> tantivy::Result<Finished> {
        // Vocabularies stand behind all other documents.
        let [documents, vocabularies] = open.before;
        let before = [0..documents, open.documents..open.documents + vocabularies];
        for [key, document] in self.inversion.end_vocabularies(open.documents) {
            self.columns.add(open.documents, self.fields.kind, Kind::Vocabulary as u64);
            self.add_value(open.documents, self.fields.key, key);
            self.add_value(open.documents, self.fields.document, document);
            // Nothing of it is stored.
            open.add(&TantivyDocument::new(), &self.schema)?;
        }
        let mut columns = open.segment.open_write(SegmentComponent::FastFields)?;
        self.columns.write(self.values.lexicon(), open.documents, &mut columns)?;
        columns.terminate()?;
        let (segment, norms) = open.write()?;
        let mut serializer = InvertedIndexSerializer::open(&segment)?;
        let most = self.memory / BATCH_OF_MEMORY / size_of::<u64>();
        let (terms, values) = (self.analyzer.lexicon(), self.values.lexicon());
        self.inversion.write(terms, values, most, &norms, &mut serializer)?;
        serializer.close()?;
        Ok(Finished { segment, before })
    }

    /// Forgets what is written at the end of a segment.
    fn clear(&mut self) {
        self.inversion.clear();
        self.columns.clear();
        self.values.clear();
    }
}

impl Placed {
    /// Forgets the terms.
    pub fn clear(&mut self) {
        self.numbers.clear();
        self.terms = 0;
    }

    /// Adds the terms of a text behind those that are there. With `counted`, the analyzer counts its words as they stand.
    pub fn add(&mut self, text: &str, stemming: Stemming, counted: bool, analyzer: &mut Analyzer) {
        self.terms += analyzer.number(text, stemming, counted, &mut self.numbers) as u64;
    }

    /// Puts the terms of a text, if there is one, in place of those that are there.
    pub fn set(&mut self, text: Option<&str>, stemming: Stemming, analyzer: &mut Analyzer) {
        self.clear();
        self.add(text.unwrap_or_default(), stemming, false, analyzer);
    }

    /// Adds other terms behind those that are there.
    pub fn append(&mut self, other: &Self) {
        self.numbers.extend_from_slice(&other.numbers);
        self.terms += other.terms;
    }

    /// How many terms there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.terms
    }
}

impl Open {
    fn new(index: &tantivy::Index, schema: &Schema) -> tantivy::Result<Self> {
        let segment = index.new_segment();
        let settings = index.settings();
        let store = StoreWriter::new(
            segment.open_write(SegmentComponent::Store)?,
            settings.docstore_compression,
            settings.docstore_blocksize,
            false,
        )?;
        Ok(Self { segment, documents: 0, store, norms: FieldNormsWriter::for_schema(schema), before: [0; 2] })
    }

    /// What it takes, in bytes, about.
    fn memory(&self) -> usize {
        self.norms.mem_usage() + self.store.mem_usage()
    }

    /// Adds a document: what of it is stored.
    fn add(&mut self, document: &TantivyDocument, schema: &Schema) -> tantivy::Result<()> {
        self.store.store(document, schema)?;
        self.documents += 1;
        Ok(())
    }

    /// Writes what is stored and the lengths of documents, which the inverted fields are written with.
    fn write(mut self) -> tantivy::Result<(Segment, FieldNormReaders)> {
        let segment = self.segment;
        self.store.close()?;
        self.norms.fill_up_to_max_doc(self.documents);
        let norms = FieldNormsSerializer::from_write(segment.open_write(SegmentComponent::FieldNorms)?)?;
        self.norms.serialize(norms, None)?;
        let norms = FieldNormReaders::open(segment.open_read(SegmentComponent::FieldNorms)?)?;
        let segment = segment.with_max_doc(self.documents);
        segment.meta().untrack_temp_docstore();
        Ok((segment, norms))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use tantivy::postings::Postings;
    use tantivy::schema::IndexRecordOption;
    use tantivy::{DocSet, SegmentReader, TERMINATED, Term};

    use super::*;

    /// For each term of a field, its documents, and where or how often they hold it.
    type Held = BTreeMap<String, Vec<(DocId, Vec<u32>)>>;

    fn builder() -> Builder {
        let (schema, fields) = Fields::create();
        let shared = Shared::new(1).expect("a thread can be started");
        Builder::new(&tantivy::Index::create_in_ram(schema), fields, 1 << 30, &Arc::new(shared))
    }

    /// Writes the segment, as many entries at once as said, and gives what Tantivy reads of it.
    fn written(builder: &mut Builder, entries: usize) -> SegmentReader {
        builder.memory = entries * BATCH_OF_MEMORY * size_of::<u64>();
        builder.write().expect("memory can be written");
        let finished = builder.finished.pop().expect("it is finished");
        SegmentReader::open(&finished.segment).expect("it is whole")
    }

    fn read(reader: &SegmentReader, field: Field, holds: IndexRecordOption) -> Held {
        let inverted = reader.inverted_index(field).expect("the field is there");
        let mut held = Held::new();
        let mut terms = inverted.terms().stream().expect("there are terms");
        while terms.advance() {
            let term = String::from_utf8_lossy(terms.key()).into_owned();
            let found = inverted.read_postings(&Term::from_field_text(field, &term), holds);
            let mut postings = found.expect("it can be read").expect("the term is there");
            let documents = held.entry(term).or_default();
            while postings.doc() != TERMINATED {
                let mut places = Vec::new();
                if holds.has_positions() {
                    postings.positions(&mut places);
                } else {
                    places.push(postings.term_freq());
                }
                documents.push((postings.doc(), places));
                postings.advance();
            }
        }
        held
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn tantivy_reads_what_was_added(
            texts in proptest::collection::vec("([a-d]{1,2}|läuft|東京都|[a-d]{70}) ?([a-c]{1,2} ){0,12}", 1..200),
            entries in 1_usize..300,
        ) {
            let german = Stemming::of(Some("de"));
            let mut builder = builder();
            let (body, words) = (builder.fields.body, builder.fields.words);
            let mut expected = Held::new();
            let mut counted = Held::new();
            let mut first = 0;
            for (number, text) in (0..).zip(&texts) {
                let mut placed = Placed::default();
                placed.add(text, german, true, &mut builder.analyzer);
                let mut document = TantivyDocument::new();
                document.add_text(builder.fields.source, format!("{}.txt", number / 3));
                builder.add(&document, [(body, &placed)]).expect("memory can be written");
                for term in Analyzer::default().terms(text, german) {
                    let documents = expected.entry(term.text).or_default();
                    if documents.last().is_none_or(|(last, _)| *last != number) {
                        documents.push((number, Vec::new()));
                    }
                    documents.last_mut().expect("it was pushed").1.push(term.position);
                }
                // Two texts have one vocabulary.
                if number % 2 == 1 {
                    builder.add_vocabulary("key", "document").expect("memory can be written");
                }
                first = number + 1;
            }
            builder.add_vocabulary("key", "document").expect("memory can be written");
            for (number, two) in (first..).zip(texts.chunks(2)) {
                let mut analyzer = Analyzer::default();
                for text in two {
                    analyzer.number(text, german, true, &mut Vec::new());
                }
                for (word, count) in analyzer.vocabulary() {
                    let documents = counted.entry(analyzer.lexicon().term(*word).to_owned()).or_default();
                    match documents.last_mut() {
                        Some((last, counts)) if *last == number => counts[0] += count,
                        _ => documents.push((number, vec![*count])),
                    }
                }
            }
            let fields = builder.fields;
            let reader = written(&mut builder, entries);
            prop_assert_eq!(reader.max_doc() as usize, texts.len() + texts.len().div_ceil(2));
            prop_assert_eq!(read(&reader, body, IndexRecordOption::WithFreqsAndPositions), expected);
            prop_assert_eq!(read(&reader, words, IndexRecordOption::WithFreqs), counted);
            let sources = read(&reader, fields.source, IndexRecordOption::Basic);
            prop_assert_eq!(sources.len(), texts.len().div_ceil(3));
            prop_assert_eq!(sources["0.txt"].len(), texts.len().min(3));
            let lengths = reader.get_fieldnorms_reader(body).expect("it has lengths");
            let length = Analyzer::default().terms(&texts[0], german).len();
            prop_assert_eq!(lengths.fieldnorm(0) as usize, length);
        }
    }

    #[test]
    fn one_segment_knows_nothing_of_the_one_before() {
        let mut builder = builder();
        let body = builder.fields.body;
        for text in ["one two", "two three"] {
            let mut placed = Placed::default();
            placed.add(text, Stemming::ENGLISH, false, &mut builder.analyzer);
            builder.add(&TantivyDocument::new(), [(body, &placed)]).expect("memory can be written");
            let reader = written(&mut builder, 9);
            let held = read(&reader, body, IndexRecordOption::WithFreqsAndPositions);
            let terms: Vec<&str> = held.keys().map(String::as_str).collect();
            let mut expected: Vec<&str> = text.split(' ').collect();
            expected.sort_unstable();
            assert_eq!(terms, expected);
            builder.memory = 1 << 30;
        }
    }

    #[test]
    fn a_segment_is_written_when_it_is_full() {
        let mut builder = builder();
        let body = builder.fields.body;
        builder.memory = 1 << 20;
        let mut placed = Placed::default();
        placed.add(&"word ".repeat(2000), Stemming::ENGLISH, false, &mut builder.analyzer);
        for _ in 0..1000 {
            builder.add(&TantivyDocument::new(), [(body, &placed)]).expect("memory can be written");
        }
        let documents: Vec<u32> =
            builder.finished.iter().map(|finished| finished.segment.meta().max_doc()).collect();
        assert!(
            documents.len() > 2 && documents.iter().all(|number| (100..400).contains(number)),
            "{documents:?}"
        );
    }

    #[test]
    fn a_segment_says_what_was_there_before_removals() {
        let mut builder = builder();
        let body = builder.fields.body;
        let add = |builder: &mut Builder, texts: usize| {
            for _ in 0..texts {
                let mut placed = Placed::default();
                placed.add("one two", Stemming::ENGLISH, true, &mut builder.analyzer);
                builder.add(&TantivyDocument::new(), [(body, &placed)]).expect("memory can be written");
                builder.add_vocabulary("key", "document").expect("memory can be written");
            }
        };
        add(&mut builder, 2);
        builder.write().expect("memory can be written");
        add(&mut builder, 3);
        builder.begin_removals();
        add(&mut builder, 4);
        builder.write().expect("memory can be written");
        add(&mut builder, 1);
        builder.write().expect("memory can be written");
        let before: Vec<_> = builder.finished.iter().map(|finished| finished.before.clone()).collect();
        assert_eq!(before, [[0..4, 0..0], [0..3, 7..10], [0..0, 1..1]]);
    }

    #[test]
    fn words_that_are_all_different_make_no_segments_of_a_document_each() {
        let mut builder = builder();
        let body = builder.fields.body;
        builder.memory = 1 << 20;
        let mut forgotten = 0;
        for part in 0..40 {
            forgotten += usize::from(builder.forget_if_many().expect("memory can be written"));
            for document in 0..20 {
                let words: Vec<String> = (0..100).map(|word| format!("w{part}x{document}x{word}")).collect();
                let mut placed = Placed::default();
                placed.add(&words.join(" "), Stemming::ENGLISH, false, &mut builder.analyzer);
                builder.add(&TantivyDocument::new(), [(body, &placed)]).expect("memory can be written");
            }
        }
        builder.write().expect("memory can be written");
        let documents: u32 = builder.finished.iter().map(|finished| finished.segment.meta().max_doc()).sum();
        assert_eq!(documents, 800);
        assert!(forgotten > 3 && builder.finished.len() < 40, "{forgotten} {}", builder.finished.len());
    }
}
