//! Terms: folded and stemmed words with their offsets, and the same as a Tantivy tokenizer.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::{fold_into, for_each_word};

/// Longest term in bytes; a longer word is cut, at a character. Base64 and the like would fill the dictionary otherwise,
/// and no one types more.
pub const MAX_TERM_BYTES: usize = 64;

/// Most stems that one analyzer remembers: about 3 MB, more than the vocabulary of a large collection reuses.
const STEM_CACHE: usize = 50_000;

/// Whether words are reduced to their stem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stemming {
    /// Folded words as they are.
    None,
    /// The English Snowball stemmer; it leaves words of other scripts alone.
    English,
}

/// One term of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The term as it stands in the index.
    pub text: String,
    /// The word's bytes in the text that was analysed.
    pub range: Range<usize>,
}

/// The chain from text to terms.
pub struct Analyzer {
    stemming: Stemming,
    stemmer: frostem::Stemmer,
    /// Stems seen so far. Stemming is the dearest step of indexing, and most words of a text were seen before; empty
    /// until the first word, so that a query pays nothing for it.
    stems: HashMap<Box<str>, Box<str>>,
    folded: String,
}

impl Analyzer {
    /// A chain with or without stemming.
    #[must_use]
    pub fn new(stemming: Stemming) -> Self {
        Self {
            stemming,
            stemmer: frostem::Stemmer::new(frostem::Algorithm::English),
            stems: HashMap::new(),
            folded: String::new(),
        }
    }

    /// The terms of `text`, in order.
    pub fn terms(&mut self, text: &str) -> Vec<Term> {
        let mut terms = Vec::new();
        for_each_word(text, |range| {
            let mut term = String::new();
            self.term_into(&text[range.clone()], &mut term);
            terms.push(Term { text: term, range });
        });
        terms
    }

    /// The term of one word.
    pub fn term(&mut self, word: &str) -> String {
        let mut term = String::new();
        self.term_into(word, &mut term);
        term
    }

    fn term_into(&mut self, word: &str, term: &mut String) {
        fold_into(word, &mut self.folded);
        if self.folded.len() > MAX_TERM_BYTES {
            let cut = self.folded.floor_char_boundary(MAX_TERM_BYTES);
            self.folded.truncate(cut);
        }
        term.clear();
        if self.stemming == Stemming::None {
            term.push_str(&self.folded);
            return;
        }
        if let Some(stem) = self.stems.get(self.folded.as_str()) {
            term.push_str(stem);
            return;
        }
        let stem = match self.stemmer.stem(&self.folded) {
            Cow::Borrowed(stem) => stem.to_owned(),
            Cow::Owned(stem) => stem,
        };
        term.push_str(&stem);
        if self.stems.len() < STEM_CACHE {
            self.stems.insert(self.folded.as_str().into(), stem.into_boxed_str());
        }
    }
}

impl Clone for Analyzer {
    // Tantivy clones the tokenizer for every query and every segment; the memory of stems stays with its owner.
    fn clone(&self) -> Self {
        Self::new(self.stemming)
    }
}

impl Tokenizer for Analyzer {
    type TokenStream<'a> = TermStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermStream<'a> {
        TermStream { words: super::words(text).into_iter(), text, analyzer: self, token: Token::default() }
    }
}

/// The terms of one text, as Tantivy takes them.
pub struct TermStream<'a> {
    words: std::vec::IntoIter<Range<usize>>,
    text: &'a str,
    analyzer: &'a mut Analyzer,
    token: Token,
}

impl TokenStream for TermStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(range) = self.words.next() else { return false };
        self.analyzer.term_into(&self.text[range.clone()], &mut self.token.text);
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = range.start;
        self.token.offset_to = range.end;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stemmed_word_points_at_itself() {
        let text = "Runners’ Écoles, running";
        let terms = Analyzer::new(Stemming::English).terms(text);
        let found: Vec<(&str, &str)> =
            terms.iter().map(|term| (term.text.as_str(), &text[term.range.clone()])).collect();
        assert_eq!(found, [("runner", "Runners"), ("ecol", "Écoles"), ("run", "running")]);
    }

    #[test]
    fn a_long_word_is_cut_at_a_character() {
        let word = "é".repeat(100);
        let term = Analyzer::new(Stemming::None).term(&word);
        assert!(term.len() <= MAX_TERM_BYTES && term.chars().all(|c| c == 'e'));
    }
}
