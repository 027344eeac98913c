//! All inverted fields of a segment while it is made. What one segment takes serves for the next.

use tantivy::fieldnorm::FieldNormReaders;
use tantivy::postings::InvertedIndexSerializer;
use tantivy::schema::{Document, Field, FieldType, IndexRecordOption, Schema, Value};
use tantivy::{DocId, TantivyDocument};

use super::inverted::{Batch, Inverted};
use crate::analysis::Lexicon;
use crate::index::Fields;

/// The inverted fields.
pub(super) struct Inversion {
    /// Fields with places, whose terms the analyzer numbers.
    places: Vec<Inverted>,
    /// The words of the vocabularies, which the analyzer numbers, too.
    words: Inverted,
    /// For each vocabulary, the numbers of its key and document among the values.
    vocabularies: Vec<[u32; 2]>,
    /// Fields of values.
    values: Vec<Valued>,
    /// What values are numbered by.
    lexicon: Lexicon,
    batch: Batch,
}

/// A field of values. What follows one document of a source is most often the next.
struct Valued {
    inverted: Inverted,
    /// The value of the last document that has one, and its number.
    last: Option<(String, u32)>,
}

impl Inversion {
    /// The inverted fields of a schema, of which nothing is known yet.
    pub(super) fn new(schema: &Schema, fields: &Fields) -> Self {
        let (mut places, mut values) = (Vec::new(), Vec::new());
        for (field, entry) in schema.fields() {
            let FieldType::Str(options) = entry.field_type() else { continue };
            let Some(options) = options.get_indexing_options() else { continue };
            let inverted = Inverted::new(field, options.index_option());
            match options.index_option() {
                IndexRecordOption::Basic => values.push(Valued { inverted, last: None }),
                IndexRecordOption::WithFreqs => {}
                IndexRecordOption::WithFreqsAndPositions => places.push(inverted),
            }
        }
        Self {
            places,
            words: Inverted::new(fields.words, IndexRecordOption::WithFreqs),
            vocabularies: Vec::new(),
            values,
            lexicon: Lexicon::default(),
            batch: Batch::default(),
        }
    }

    /// What documents take in it, in bytes, about.
    pub(super) fn memory(&self) -> usize {
        let values = self.values.iter().map(|valued| &valued.inverted);
        let inverted = self.places.iter().chain([&self.words]).chain(values);
        inverted.map(Inverted::memory).sum::<usize>()
            + self.vocabularies.len() * size_of::<[u32; 2]>()
            + self.lexicon.memory()
    }

    /// Adds the numbers of the terms of a document to a field with places, `terms` in all.
    pub(super) fn add_places(&mut self, document: DocId, field: Field, numbers: &[u32], terms: u64) {
        if let Some(inverted) = self.places.iter_mut().find(|inverted| inverted.field() == field) {
            inverted.add_places(document, numbers, terms);
        }
    }

    /// Adds the values of a document.
    pub(super) fn add_values(&mut self, number: DocId, document: &TantivyDocument) {
        for (field, value) in document.iter_fields_and_values() {
            let Some(text) = value.as_str() else { continue };
            let valued = self.values.iter_mut().find(|valued| valued.inverted.field() == field);
            let Some(Valued { inverted, last }) = valued else { continue };
            let value = match last {
                Some((known, value)) if known == text => *value,
                _ => last.insert((text.to_owned(), self.lexicon.number(text))).1,
            };
            inverted.add_value(number, value);
        }
    }

    /// Adds a vocabulary: numbers of words, each with its frequency.
    pub(super) fn add_vocabulary(&mut self, key: &str, document: &str, counts: &[(u32, u32)]) {
        // A segment of more vocabularies than a number counts would take a hundred gigabytes.
        let number = DocId::try_from(self.vocabularies.len()).unwrap_or(DocId::MAX);
        self.words.add_counts(number, counts);
        self.vocabularies.push([key, document].map(|name| self.lexicon.number(name)));
    }

    /// Takes the keys and documents of the vocabularies, which become documents from `first` on.
    pub(super) fn end_vocabularies(&mut self, first: DocId) -> Vec<[String; 2]> {
        self.words.count_from(first);
        let names = |numbers: &[u32; 2]| numbers.map(|number| self.lexicon.term(number).to_owned());
        self.vocabularies.iter().map(names).collect()
    }

    /// Writes all fields. `terms` is what the analyzer numbers by, and `most` how many entries are sorted at once.
    pub(super) fn write(
        &mut self,
        terms: &Lexicon,
        most: usize,
        norms: &FieldNormReaders,
        serializer: &mut InvertedIndexSerializer,
    ) -> tantivy::Result<()> {
        let (order, values) = (terms.in_order(), self.lexicon.in_order());
        let terms = self.places.iter().chain([&self.words]).map(|inverted| (inverted, terms, &order));
        let values = self.values.iter().map(|valued| (&valued.inverted, &self.lexicon, &values));
        let mut fields: Vec<(&Inverted, &Lexicon, &Vec<u32>)> = terms.chain(values).collect();
        fields.sort_by_key(|(inverted, ..)| inverted.field());
        for (inverted, lexicon, order) in fields {
            inverted.write(lexicon, order, most, &mut self.batch, norms, serializer)?;
        }
        Ok(())
    }

    /// Forgets all documents.
    pub(super) fn clear(&mut self) {
        self.places.iter_mut().chain([&mut self.words]).for_each(Inverted::clear);
        for Valued { inverted, last } in &mut self.values {
            inverted.clear();
            *last = None;
        }
        self.vocabularies.clear();
        self.lexicon.clear();
    }
}
