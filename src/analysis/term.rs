//! Terms: folded and stemmed words with their offsets, and the same as a Tantivy tokenizer.

use std::borrow::Cow;
use std::ops::Range;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::Stemming;
use super::fold::{fold_into, lower_into};
use super::stems::Stems;
use super::unspaced::{is_pair, is_unspaced, units, units_into};

/// Longest term in bytes, without the name of its language; a longer word is cut, at a character. Base64 and the like would fill the dictionary otherwise,
/// and no one types more.
pub const MAX_TERM_BYTES: usize = 64;

/// Most stems that one analyzer remembers, of all languages: about 3 MB, more than the vocabulary of a large collection
/// reuses.
const STEM_CACHE: usize = 50_000;

/// What stands around a language tag before a text that the tokenizer is to stem, see [`tagged`], and between a stem and
/// the name of its language.
const MARK: char = '\u{1}';

/// One term of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The term as it stands in the index.
    pub text: String,
    /// The word's bytes in the text that was analysed.
    pub range: Range<usize>,
    /// Its place among the words of the text, from 0. A pair stands where its first character does.
    pub position: u32,
    /// Whether it is a character that is sought with its neighbours: another term holds it as one of a pair.
    pub in_pair: bool,
}

/// The chain from text to terms.
pub struct Analyzer {
    /// Whether words are stemmed after folding.
    stems: bool,
    /// One for each way of stemming that was asked for. Empty until the first word, so that a query pays nothing for it.
    memories: Vec<Memory>,
    remembered: usize,
    folded: String,
    lower: String,
    /// What the last stream of terms worked with, for the next: memory that is taken and given back for every passage
    /// makes the threads of an index wait for each other.
    spare: (Vec<Range<usize>>, String),
}

/// Stems seen so far. Stemming is the dearest step of indexing, and most words of a text were seen before.
struct Memory {
    stemming: Stemming,
    stemmer: Option<frostem::Stemmer>,
    stems: Stems,
}

impl Analyzer {
    /// A chain that folds words.
    #[must_use]
    pub const fn folding() -> Self {
        Self::new(false)
    }

    /// A chain that folds and stems words.
    #[must_use]
    pub const fn stemming() -> Self {
        Self::new(true)
    }

    const fn new(stems: bool) -> Self {
        Self {
            stems,
            memories: Vec::new(),
            remembered: 0,
            folded: String::new(),
            lower: String::new(),
            spare: (Vec::new(), String::new()),
        }
    }

    /// The terms of `text`, in order: of its words, characters, and pairs of characters where a script has no spaces.
    pub fn terms(&mut self, text: &str, stemming: Stemming) -> Vec<Term> {
        let units = units(text);
        let mut terms = Vec::with_capacity(units.len());
        for at in 0..units.len() {
            self.terms_of_unit(text, &units, at, stemming, &mut terms);
        }
        terms
    }

    /// Those of the terms of `text` that stand at some of its places, which are in order.
    pub fn terms_at(&mut self, text: &str, stemming: Stemming, places: &[usize]) -> Vec<Term> {
        let units = units(text);
        let mut terms = Vec::with_capacity(places.len());
        for at in places.iter().take_while(|at| **at < units.len()) {
            self.terms_of_unit(text, &units, *at, stemming, &mut terms);
        }
        terms
    }

    /// Adds the term of one unit of a text, and of the pair that it begins.
    fn terms_of_unit(
        &mut self,
        text: &str,
        units: &[Range<usize>],
        at: usize,
        stemming: Stemming,
        terms: &mut Vec<Term>,
    ) {
        let unit = &units[at];
        let position = u32::try_from(at).unwrap_or(u32::MAX);
        let pair = units.get(at + 1).filter(|next| is_pair(text, unit, next));
        let after_pair = at > 0 && is_pair(text, &units[at - 1], unit);
        let memory = self.memory(stemming);
        let mut term = String::new();
        self.term_into(&text[unit.clone()], memory, &mut term);
        let in_pair = after_pair || pair.is_some();
        terms.push(Term { text: term, range: unit.clone(), position, in_pair });
        if let Some(next) = pair {
            let range = unit.start..next.end;
            let mut term = String::new();
            folded_into(&text[range.clone()], &mut term);
            terms.push(Term { text: term, range, position, in_pair: false });
        }
    }

    /// The terms by which `text` is sought: without the characters that stand in pairs. A passage that holds one of them
    /// has nothing to do with it.
    pub fn sought(&mut self, text: &str, stemming: Stemming) -> Vec<Term> {
        let mut terms = self.terms(text, stemming);
        terms.retain(|term| !term.in_pair);
        terms
    }

    /// The term of one word.
    pub fn term(&mut self, word: &str, stemming: Stemming) -> String {
        let memory = self.memory(stemming);
        let mut term = String::new();
        self.term_into(word, memory, &mut term);
        term
    }

    /// The number of the memory of a way of stemming.
    fn memory(&mut self, stemming: Stemming) -> usize {
        if let Some(at) = self.memories.iter().position(|memory| memory.stemming == stemming) {
            return at;
        }
        let stemmer = stemming.0.filter(|_| self.stems).map(frostem::Stemmer::new);
        self.memories.push(Memory { stemming, stemmer, stems: Stems::default() });
        self.memories.len() - 1
    }

    fn term_into(&mut self, word: &str, memory: usize, term: &mut String) {
        let memory = &mut self.memories[memory];
        let english = memory.stemming == Stemming::ENGLISH;
        if !self.stems || !english && is_unspaced(word) {
            folded_into(word, term);
            return;
        }
        // English writes accents on foreign words only, and leaves them out as often. Other stemmers know their endings
        // by them, so that they go after stemming.
        if english {
            fold_into(word, &mut self.lower);
        } else {
            lower_into(word, memory.stemming.is_turkic(), &mut self.lower);
        }
        cut(&mut self.lower);
        term.clear();
        if let Some(stem) = memory.stems.get(&self.lower) {
            term.push_str(stem);
            return;
        }
        let stem = match &memory.stemmer {
            Some(stemmer) => stemmer.stem(&self.lower),
            None => Cow::Borrowed(self.lower.as_str()),
        };
        if english {
            term.push_str(&stem);
        } else {
            fold_into(&stem, &mut self.folded);
            cut(&mut self.folded);
            term.push_str(&self.folded);
            // The stem of one language is another word in the next.
            term.push(MARK);
            term.push_str(memory.stemming.name());
        }
        if self.remembered < STEM_CACHE {
            self.remembered += 1;
            memory.stems.insert(&self.lower, term);
        }
    }
}

/// Writes the term of a word that is folded and not stemmed to `term`, which is cleared first.
fn folded_into(word: &str, term: &mut String) {
    fold_into(word, term);
    cut(term);
}

/// Cuts a term to its greatest length.
fn cut(term: &mut String) {
    if term.len() > MAX_TERM_BYTES {
        term.truncate(term.floor_char_boundary(MAX_TERM_BYTES));
    }
}

/// A text with its language before it, for a field that the stemming tokenizer reads: Tantivy has one tokenizer for a
/// field and tells it nothing of the document. English needs no mark.
#[must_use]
pub fn tagged<'a>(text: &'a str, language: Option<&str>) -> Cow<'a, str> {
    if Stemming::of(language) == Stemming::ENGLISH && !text.starts_with(MARK) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{MARK}{}{MARK}{text}", language.unwrap_or_default()))
}

/// The text behind its language, and how it is stemmed.
fn untagged(text: &str) -> (&str, Stemming) {
    match text.strip_prefix(MARK).and_then(|rest| rest.split_once(MARK)) {
        Some((language, text)) => (text, Stemming::of(Some(language))),
        None => (text, Stemming::ENGLISH),
    }
}

impl Clone for Analyzer {
    // Tantivy clones the tokenizer for every query and every segment; the memory of stems stays with its owner.
    fn clone(&self) -> Self {
        Self::new(self.stems)
    }
}

impl Tokenizer for Analyzer {
    type TokenStream<'a> = TermStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermStream<'a> {
        let (text, stemming) = if self.stems { untagged(text) } else { (text, Stemming::ENGLISH) };
        let memory = self.memory(stemming);
        let (mut units, term) = std::mem::take(&mut self.spare);
        units_into(text, &mut units);
        let token = Token { text: term, ..Token::default() };
        TermStream { units, next: 0, pair: None, text, analyzer: self, memory, token }
    }
}

/// The terms of one text, as Tantivy takes them.
pub struct TermStream<'a> {
    units: Vec<Range<usize>>,
    /// Place of the next unit.
    next: usize,
    /// The pair that begins with the last unit.
    pair: Option<Range<usize>>,
    text: &'a str,
    analyzer: &'a mut Analyzer,
    memory: usize,
    token: Token,
}

impl TokenStream for TermStream<'_> {
    fn advance(&mut self) -> bool {
        let range = if let Some(pair) = self.pair.take() {
            folded_into(&self.text[pair.clone()], &mut self.token.text);
            pair
        } else {
            let Some(unit) = self.units.get(self.next).cloned() else { return false };
            self.next += 1;
            let next = self.units.get(self.next);
            self.pair = next.filter(|next| is_pair(self.text, &unit, next)).map(|next| unit.start..next.end);
            self.analyzer.term_into(&self.text[unit.clone()], self.memory, &mut self.token.text);
            self.token.position = self.token.position.wrapping_add(1);
            unit
        };
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

impl Drop for TermStream<'_> {
    fn drop(&mut self) {
        self.analyzer.spare = (std::mem::take(&mut self.units), std::mem::take(&mut self.token.text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(language: &str, words: &[&str]) -> Vec<String> {
        let mut analyzer = Analyzer::stemming();
        words.iter().map(|word| analyzer.term(word, Stemming::of(Some(language)))).collect()
    }

    #[test]
    fn a_stemmed_word_points_at_itself() {
        let text = "Runners’ Écoles, running";
        let terms = Analyzer::stemming().terms(text, Stemming::ENGLISH);
        let found: Vec<(&str, &str)> =
            terms.iter().map(|term| (term.text.as_str(), &text[term.range.clone()])).collect();
        assert_eq!(found, [("runner", "Runners"), ("ecol", "Écoles"), ("run", "running")]);
    }

    #[test]
    fn a_long_word_is_cut_at_a_character() {
        let word = "é".repeat(100);
        let term = Analyzer::folding().term(&word, Stemming::ENGLISH);
        assert!(term.len() <= MAX_TERM_BYTES && term.chars().all(|c| c == 'e'));
    }

    #[test]
    fn words_are_stemmed_with_their_accents_and_folded_after() {
        for (language, words) in [
            ("de", &["Läufer", "LAUFEN", "läuft"][..2]),
            ("fr", &["préférées", "PRÉFÉRER", "préféré"]),
            ("es", &["corazón", "corazones", "corazon"]),
            ("ru", &["боли", "болью"]),
            ("tr", &["IŞIKLAR", "ışık"]),
            ("it", &["dell’acqua", "acqua"]),
        ] {
            let stems = stems(language, words);
            assert!(stems.iter().all(|stem| *stem == stems[0]), "{stems:?}");
        }
        assert_ne!(stems("de", &["laufen"]), stems("en", &["laufen"]));
        assert_eq!(stems("vi", &["Chạy"]), ["chay\u{1}"]);
        assert_eq!(stems("de", &["東", "laufen"]), ["東", "lauf\u{1}german"]);
    }

    #[test]
    fn the_tokenizer_gives_the_terms() {
        for (text, language) in [
            ("Runners run, 背中が痛い and LG전자", None),
            ("Die Läufer laufen", Some("de")),
            ("\u{1}de\u{1}Läufer", None),
            ("อาการปวดหลัง", Some("th")),
        ] {
            let mut terms = Vec::new();
            let tagged = tagged(text, language).into_owned();
            let mut tokenizer = Analyzer::stemming();
            let mut stream = tokenizer.token_stream(&tagged);
            while stream.advance() {
                let token = stream.token();
                terms.push((token.text.clone(), token.position, token.offset_from..token.offset_to));
            }
            let expected: Vec<(String, usize, Range<usize>)> = Analyzer::stemming()
                .terms(text, Stemming::of(language))
                .into_iter()
                .map(|term| (term.text, term.position as usize, term.range))
                .collect();
            assert_eq!(terms, expected);
            assert_eq!(terms.len(), super::super::count_terms(text));
        }
    }

    #[test]
    fn a_run_of_characters_is_sought_by_its_pairs() {
        let sought = |text: &str| -> Vec<String> {
            Analyzer::stemming().sought(text, Stemming::ENGLISH).into_iter().map(|term| term.text).collect()
        };
        assert_eq!(sought("東京タワー"), ["東京", "京タ", "タワ", "ワー"]);
        assert_eq!(sought("背 running"), ["背", "run"]);
    }
}
