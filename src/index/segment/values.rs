//! Texts that documents of a segment have for values, such as the key of their source, by number.

use tantivy::schema::Field;

use crate::analysis::Lexicon;

/// Numbers of values. What follows one document of a source is most often the next, so that most cost a comparison.
#[derive(Default)]
pub(super) struct Values {
    lexicon: Lexicon,
    /// For each field, the number of the last value; 0 if there was none.
    last: Vec<u32>,
}

impl Values {
    /// The number of a value of a field.
    pub(super) fn number(&mut self, field: Field, value: &str) -> u32 {
        let at = field.field_id() as usize;
        if at >= self.last.len() {
            self.last.resize(at + 1, 0);
        }
        let last = &mut self.last[at];
        if *last == 0 || self.lexicon.term(*last) != value {
            *last = self.lexicon.number(value);
        }
        *last
    }

    /// What they are numbered by.
    pub(super) fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// Forgets all values.
    pub(super) fn clear(&mut self) {
        self.lexicon.clear();
        self.last.clear();
    }
}
