//! All inverted fields of a segment while it is made.

use tantivy::DocId;
use tantivy::fieldnorm::FieldNormReaders;
use tantivy::postings::InvertedIndexSerializer;
use tantivy::schema::{Field, FieldType, IndexRecordOption, Schema};

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
    values: Vec<Inverted>,
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
                IndexRecordOption::Basic => values.push(inverted),
                IndexRecordOption::WithFreqs => {}
                IndexRecordOption::WithFreqsAndPositions => places.push(inverted),
            }
        }
        Self {
            places,
            words: Inverted::new(fields.words, IndexRecordOption::WithFreqs),
            vocabularies: Vec::new(),
            values,
        }
    }

    /// What documents take in it, in bytes, about.
    pub(super) fn memory(&self) -> usize {
        let inverted = self.places.iter().chain([&self.words]).chain(&self.values);
        inverted.map(Inverted::memory).sum::<usize>() + self.vocabularies.len() * size_of::<[u32; 2]>()
    }

    /// Adds the numbers of the terms of a document to a field with places, `terms` in all.
    pub(super) fn add_places(&mut self, document: DocId, field: Field, numbers: &[u32], terms: u64) {
        if let Some(inverted) = self.places.iter_mut().find(|inverted| inverted.field() == field) {
            inverted.add_places(document, numbers, terms);
        }
    }

    /// Adds the number of a value of a document. Nothing happens if the field is not one of values.
    pub(super) fn add_value(&mut self, document: DocId, field: Field, number: u32) {
        if let Some(inverted) = self.values.iter_mut().find(|inverted| inverted.field() == field) {
            inverted.add_value(document, number);
        }
    }

    /// Adds a vocabulary, numbers of words, each with its frequency; `names` are its key and document.
    pub(super) fn add_vocabulary(&mut self, names: [u32; 2], counts: &[(u32, u32)]) {
        self.words.add_counts(self.vocabularies(), counts);
        self.vocabularies.push(names);
    }

    /// How many vocabularies there are.
    pub(super) fn vocabularies(&self) -> DocId {
        // A segment of more than a number counts would take a hundred gigabytes.
        DocId::try_from(self.vocabularies.len()).unwrap_or(DocId::MAX)
    }

    /// Takes the keys and documents of the vocabularies, which become documents from `first` on.
    pub(super) fn end_vocabularies(&mut self, first: DocId) -> Vec<[u32; 2]> {
        self.words.count_from(first);
        std::mem::take(&mut self.vocabularies)
    }

    /// Writes all fields. `terms` is what the analyzer numbers by, `values` what values are, and `most` how many entries are
    /// sorted at once.
    pub(super) fn write(
        &self,
        terms: &Lexicon,
        values: &Lexicon,
        most: usize,
        norms: &FieldNormReaders,
        serializer: &mut InvertedIndexSerializer,
    ) -> tantivy::Result<()> {
        let (order, of_values) = (terms.in_order(), values.in_order());
        let terms = self.places.iter().chain([&self.words]).map(|inverted| (inverted, terms, &order));
        let values = self.values.iter().map(|inverted| (inverted, values, &of_values));
        let mut fields: Vec<(&Inverted, &Lexicon, &Vec<u32>)> = terms.chain(values).collect();
        fields.sort_by_key(|(inverted, ..)| inverted.field());
        let mut batch = Batch::default();
        for (inverted, lexicon, order) in fields {
            inverted.write(lexicon, order, most, &mut batch, norms, serializer)?;
        }
        Ok(())
    }

    /// Forgets all documents.
    pub(super) fn clear(&mut self) {
        let fields = self.places.iter_mut().chain([&mut self.words]).chain(&mut self.values);
        fields.for_each(Inverted::clear);
        self.vocabularies.clear();
    }
}
