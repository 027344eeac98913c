//! The fast values of a segment while it is made, packed by column: Tantivy's own writer of columns takes ten bytes for each
//! value and a megabyte for each of its nine arenas, so that it is asked for no longer than it takes to write.

use std::io::Write;

use tantivy::DocId;
use tantivy::columnar::{ColumnType, ColumnarWriter};
use tantivy::schema::{Field, FieldType, Schema};

use crate::analysis::Lexicon;
use crate::packed::{number, put_number};

/// The columns of a schema.
pub(super) struct Columns(Vec<Column>);

/// A column in the making.
struct Column {
    field: Field,
    name: String,
    of: ColumnType,
    /// For each value, how many documents after that of the value before it is, and the value, which is a number of a text
    /// or the bits of a number.
    values: Vec<u8>,
    /// The document of the last value.
    last: DocId,
}

impl Columns {
    /// The columns of a schema, without a value yet.
    pub(super) fn new(schema: &Schema) -> Self {
        let fast = schema.fields().filter(|(_, entry)| entry.is_fast());
        let columns = fast.filter_map(|(field, entry)| {
            let of = match entry.field_type() {
                FieldType::Str(_) => ColumnType::Str,
                FieldType::U64(_) => ColumnType::U64,
                FieldType::I64(_) => ColumnType::I64,
                // The schema has no others, which a test makes sure of.
                _ => return None,
            };
            Some(Column { field, name: entry.name().to_owned(), of, values: Vec::new(), last: 0 })
        });
        Self(columns.collect())
    }

    /// Adds a value of a document, which is the last that has one or comes after it: the number of a text, or the bits of a
    /// number. Nothing happens if the field is not fast.
    pub(super) fn add(&mut self, document: DocId, field: Field, value: u64) {
        if let Some(column) = self.0.iter_mut().find(|column| column.field == field) {
            put_number(&mut column.values, u64::from(document - column.last));
            put_number(&mut column.values, value);
            column.last = document;
        }
    }

    /// What they take, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.0.iter().map(|column| column.values.len()).sum()
    }

    /// Writes the columns of so many documents. `lexicon` is what texts are numbered by.
    pub(super) fn write(
        &self,
        lexicon: &Lexicon,
        documents: DocId,
        out: &mut dyn Write,
    ) -> std::io::Result<()> {
        let mut writer = ColumnarWriter::default();
        // Steps, and the numbers of texts, had four bytes when they were added.
        let four = |number| u32::try_from(number).unwrap_or(u32::MAX);
        for Column { name, of, values, .. } in &self.0 {
            writer.record_column_type(name, *of, false);
            let mut rest = values.as_slice();
            let mut document = 0;
            while let (Ok(step), Ok(value)) = (number(&mut rest), number(&mut rest)) {
                document += four(step);
                match of {
                    ColumnType::Str => writer.record_str(document, name, lexicon.term(four(value))),
                    ColumnType::I64 => writer.record_numerical(document, name, value.cast_signed()),
                    _ => writer.record_numerical(document, name, value),
                }
            }
        }
        writer.serialize(documents, None, out)
    }

    /// Forgets all values.
    pub(super) fn clear(&mut self) {
        for column in &mut self.0 {
            column.values.clear();
            column.last = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tantivy::TantivyDocument;
    use tantivy::fastfield::FastFieldsWriter;
    use tantivy::tokenizer::TokenizerManager;

    use super::*;
    use crate::index::Fields;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn columns_are_as_tantivy_makes_them_of_documents(
            documents in proptest::collection::vec(
                ("[a-c]{0,2}", 0_u64..300, proptest::option::of(any::<i64>()), proptest::collection::vec(any::<u64>(), 0..3)),
                0..200,
            ),
        ) {
            let (schema, fields) = Fields::create();
            let mut columns = Columns::new(&schema);
            let mut theirs =
                FastFieldsWriter::from_schema_and_tokenizer_manager(&schema, TokenizerManager::default())
                    .expect("the schema names no other tokenizer");
            let mut lexicon = Lexicon::default();
            let mut count = 0;
            // What one segment holds is forgotten for the next.
            columns.add(7, fields.size, 7);
            columns.clear();
            for (key, size, modified, lines) in &documents {
                let mut document = TantivyDocument::new();
                document.add_text(fields.key, key);
                columns.add(count, fields.key, u64::from(lexicon.number(key)));
                document.add_u64(fields.size, *size);
                columns.add(count, fields.size, *size);
                if let Some(modified) = modified {
                    document.add_i64(fields.modified, *modified);
                    columns.add(count, fields.modified, modified.cast_unsigned());
                }
                for line in lines {
                    document.add_u64(fields.lines, *line);
                    columns.add(count, fields.lines, *line);
                }
                theirs.add_document(&document).expect("its values are those of the schema");
                count += 1;
            }
            let (mut ours, mut expected) = (Vec::new(), Vec::new());
            columns.write(&lexicon, count, &mut ours).expect("memory can be written");
            theirs.serialize(&mut expected, None).expect("memory can be written");
            prop_assert_eq!(ours, expected);
        }
    }
}
