//! Segments in the making: whoever has a text numbers its terms and adds them to a segment of their own, in the format of
//! Tantivy and through its writers. The writer of the index makes them visible together.

mod inverted;

use std::sync::{Mutex, MutexGuard, PoisonError};

use tantivy::directory::TerminatingWrite;
use tantivy::fastfield::FastFieldsWriter;
use tantivy::fieldnorm::{FieldNormReaders, FieldNormsSerializer, FieldNormsWriter};
use tantivy::index::{Segment, SegmentComponent};
use tantivy::postings::InvertedIndexSerializer;
use tantivy::schema::{Document, Field, FieldType, IndexRecordOption, Schema, Value};
use tantivy::store::StoreWriter;
use tantivy::{DocId, TantivyDocument};

use self::inverted::{Batch, Inverted};
use super::{Fields, Kind};
use crate::analysis::{Analyzer, Lexicon, Stemming};

/// What part of the memory of a builder the entries may take that are sorted at once; its documents may take the rest.
const BATCH_OF_MEMORY: usize = 4;

/// Least memory of a builder, in bytes: some 12 MB of text. Of smaller segments a large index would have too many, so
/// that threads share a builder rather.
const LEAST_MEMORY: usize = 16 << 20;

/// Builders of segments, one for each thread that adds documents where there is memory for as many.
pub struct Builders {
    builders: Vec<Mutex<Builder>>,
}

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
    /// The segment that documents are added to, if there is one.
    open: Option<Open>,
    batch: Batch,
    /// Segments that are written and not committed.
    finished: Vec<Segment>,
}

/// The terms of a document in a field with places.
#[derive(Debug, Clone, Default)]
pub struct Placed {
    numbers: Vec<u32>,
    terms: u64,
}

/// A segment that documents are added to.
struct Open {
    segment: Segment,
    documents: DocId,
    store: StoreWriter,
    columns: FastFieldsWriter,
    /// What columns without any value say that they take, in bytes: nothing of it is used yet.
    empty_columns: usize,
    norms: FieldNormsWriter,
    schema: Schema,
    fields: Fields,
    /// Fields with places, whose terms the analyzer numbers.
    places: Vec<Inverted>,
    /// The words of the vocabularies, which the analyzer numbers, too.
    words: Inverted,
    /// For each vocabulary, the numbers of its key and document.
    vocabularies: Vec<[u32; 2]>,
    /// Fields of values.
    values: Vec<Valued>,
    /// What values are numbered by.
    lexicon: Lexicon,
}

/// A field of values. What follows one document of a source is most often the next.
struct Valued {
    inverted: Inverted,
    last: (String, u32),
}

impl Builders {
    /// Builders for so many threads, which take about `memory` bytes together.
    pub(super) fn new(index: &tantivy::Index, fields: Fields, threads: usize, memory: usize) -> Self {
        let count = threads.clamp(1, (memory / LEAST_MEMORY).max(1));
        let one = || Mutex::new(Builder::new(index, fields, memory / count));
        Self { builders: std::iter::repeat_with(one).take(count).collect() }
    }

    /// The builder of a thread, by its number from 0.
    pub fn of(&self, thread: usize) -> MutexGuard<'_, Builder> {
        self.builders[thread % self.builders.len()].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A builder that has begun a segment and that nobody uses at the moment, if there is one.
    pub(super) fn any(&self) -> MutexGuard<'_, Builder> {
        let begun = self.builders.iter().find_map(|builder| match builder.try_lock() {
            Ok(builder) => Some(builder).filter(|builder| builder.open.is_some()),
            Err(_) => None,
        });
        begun.unwrap_or_else(|| self.of(0))
    }

    /// Writes all that is not written yet, with as many threads as there are builders, and gives the segments that are not
    /// committed.
    pub(super) fn finish(&self) -> tantivy::Result<Vec<Segment>> {
        let finish = |builder: &Mutex<Builder>| {
            let mut builder = builder.lock().unwrap_or_else(PoisonError::into_inner);
            builder.write()?;
            Ok(std::mem::take(&mut builder.finished))
        };
        let finished: Vec<tantivy::Result<Vec<Segment>>> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                self.builders.iter().map(|builder| scope.spawn(move || finish(builder))).collect();
            let failed = |_| Err(tantivy::TantivyError::ErrorInThread("a segment was not written".to_owned()));
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(failed)).collect()
        });
        Ok(finished.into_iter().collect::<tantivy::Result<Vec<_>>>()?.concat())
    }
}

impl Builder {
    fn new(index: &tantivy::Index, fields: Fields, memory: usize) -> Self {
        Self {
            analyzer: Analyzer::default(),
            fields,
            index: index.clone(),
            schema: index.schema(),
            memory,
            open: None,
            batch: Batch::default(),
            finished: Vec::new(),
        }
    }

    /// Begins a record: numbers of terms that were given before mean nothing any more.
    pub fn begin_record(&mut self) {
        if self.open.is_none() {
            self.analyzer.forget_if_many();
        }
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
        let open = self.open()?;
        for (field, placed) in terms {
            open.add_terms(field, placed);
        }
        open.end(document)?;
        self.write_if_full()
    }

    /// Adds a document of the words that the analyzer has counted, which are forgotten then; false if there are none. `key`
    /// and `document` are the values of the fields of that name.
    ///
    /// # Errors
    ///
    /// When a segment cannot be written, as on a full disk.
    pub fn add_vocabulary(&mut self, key: &str, document: &str) -> tantivy::Result<bool> {
        if self.analyzer.vocabulary().is_empty() {
            return Ok(false);
        }
        self.open()?;
        if let Some(open) = &mut self.open {
            open.words.add_counts(open.vocabularies.len(), self.analyzer.vocabulary());
            open.vocabularies.push([key, document].map(|name| open.lexicon.number(name)));
            self.analyzer.clear_vocabulary();
        }
        self.write_if_full()?;
        Ok(true)
    }

    /// The segment that documents are added to, a new one if there is none.
    fn open(&mut self) -> tantivy::Result<&mut Open> {
        let open = match self.open.take() {
            Some(open) => open,
            None => Open::new(&self.index, &self.schema, self.fields)?,
        };
        Ok(self.open.insert(open))
    }

    fn write_if_full(&mut self) -> tantivy::Result<()> {
        let Some(open) = &self.open else { return Ok(()) };
        let entries = self.memory / BATCH_OF_MEMORY;
        if open.memory() + self.analyzer.memory_used() + entries > self.memory {
            self.write()?;
        }
        Ok(())
    }

    /// Writes the segment that documents were added to.
    fn write(&mut self) -> tantivy::Result<()> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let most = self.memory / BATCH_OF_MEMORY / size_of::<u64>();
        self.finished.push(open.write(self.analyzer.lexicon(), most, &mut self.batch)?);
        Ok(())
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
    fn new(index: &tantivy::Index, schema: &Schema, fields: Fields) -> tantivy::Result<Self> {
        let segment = index.new_segment();
        let settings = index.settings();
        let store = StoreWriter::new(
            segment.open_write(SegmentComponent::Store)?,
            settings.docstore_compression,
            settings.docstore_blocksize,
            false,
        )?;
        let fast = index.fast_field_tokenizer().clone();
        let columns = FastFieldsWriter::from_schema_and_tokenizer_manager(schema, fast)?;
        let (mut places, mut values) = (Vec::new(), Vec::new());
        for (field, entry) in schema.fields() {
            let FieldType::Str(options) = entry.field_type() else { continue };
            let Some(options) = options.get_indexing_options() else { continue };
            let inverted = Inverted::new(field, options.index_option());
            match options.index_option() {
                IndexRecordOption::Basic => values.push(Valued { inverted, last: (String::new(), 0) }),
                IndexRecordOption::WithFreqs => {}
                IndexRecordOption::WithFreqsAndPositions => places.push(inverted),
            }
        }
        Ok(Self {
            segment,
            documents: 0,
            store,
            empty_columns: columns.mem_usage(),
            columns,
            norms: FieldNormsWriter::for_schema(schema),
            schema: schema.clone(),
            fields,
            places,
            words: Inverted::new(fields.words, IndexRecordOption::WithFreqs),
            vocabularies: Vec::new(),
            values,
            lexicon: Lexicon::default(),
        })
    }

    /// What it takes, in bytes, about.
    fn memory(&self) -> usize {
        let values = self.values.iter().map(|valued| valued.inverted.memory()).sum::<usize>();
        let places = self.places.iter().map(Inverted::memory).sum::<usize>();
        values
            + places
            + self.words.memory()
            + self.vocabularies.capacity() * size_of::<[u32; 2]>()
            + self.lexicon.memory()
            + self.norms.mem_usage()
            + (self.columns.mem_usage() - self.empty_columns)
            + self.store.mem_usage()
    }

    /// Adds terms of the document at hand to a field.
    fn add_terms(&mut self, field: Field, placed: &Placed) {
        if let Some(inverted) = self.places.iter_mut().find(|inverted| inverted.field() == field) {
            inverted.add_places(self.documents, &placed.numbers, placed.terms);
            self.norms.record(self.documents, field, u32::try_from(placed.terms).unwrap_or(u32::MAX));
        }
    }

    /// Ends the document at hand: adds all but its terms.
    fn end(&mut self, document: &TantivyDocument) -> tantivy::Result<()> {
        self.add_values(document);
        self.columns.add_document(document)?;
        self.store.store(document, &self.schema)?;
        self.documents += 1;
        Ok(())
    }

    /// Ends with the vocabularies, so that their numbers follow one another: words of many records take half the space
    /// so, because the steps from one document to the next are small.
    fn end_vocabularies(&mut self) -> tantivy::Result<()> {
        self.words.count_from(self.documents);
        for [key, document] in std::mem::take(&mut self.vocabularies) {
            let mut entry = TantivyDocument::new();
            entry.add_u64(self.fields.kind, Kind::Vocabulary as u64);
            entry.add_text(self.fields.key, self.lexicon.term(key));
            entry.add_text(self.fields.document, self.lexicon.term(document));
            self.end(&entry)?;
        }
        Ok(())
    }

    /// Adds the values of the document at hand.
    fn add_values(&mut self, document: &TantivyDocument) {
        for (field, value) in document.iter_fields_and_values() {
            let Some(text) = value.as_str() else { continue };
            let valued = self.values.iter_mut().find(|valued| valued.inverted.field() == field);
            let Some(Valued { inverted, last }) = valued else { continue };
            if last.1 == 0 || last.0 != text {
                *last = (text.to_owned(), self.lexicon.number(text));
            }
            inverted.add_value(self.documents, last.1);
        }
    }

    /// Writes the files of the segment.
    fn write(mut self, lexicon: &Lexicon, most: usize, batch: &mut Batch) -> tantivy::Result<Segment> {
        self.end_vocabularies()?;
        let segment = self.segment;
        self.store.close()?;
        let mut columns = segment.open_write(SegmentComponent::FastFields)?;
        self.columns.serialize(&mut columns, None)?;
        columns.terminate()?;
        drop(self.columns);
        self.norms.fill_up_to_max_doc(self.documents);
        let norms = FieldNormsSerializer::from_write(segment.open_write(SegmentComponent::FieldNorms)?)?;
        self.norms.serialize(norms, None)?;
        let norms = FieldNormReaders::open(segment.open_read(SegmentComponent::FieldNorms)?)?;
        let mut serializer = InvertedIndexSerializer::open(&segment)?;
        let (terms, values) = (lexicon.in_order(), self.lexicon.in_order());
        let terms =
            self.places.iter().chain([&self.words]).map(|inverted| (inverted, lexicon, &terms));
        let values = self.values.iter().map(|valued| (&valued.inverted, &self.lexicon, &values));
        let mut fields: Vec<(&Inverted, &Lexicon, &Vec<u32>)> = terms.chain(values).collect();
        fields.sort_by_key(|(inverted, ..)| inverted.field());
        for (inverted, lexicon, order) in fields {
            inverted.write(lexicon, order, most, batch, &norms, &mut serializer)?;
        }
        serializer.close()?;
        let segment = segment.with_max_doc(self.documents);
        segment.meta().untrack_temp_docstore();
        Ok(segment)
    }
}
