//! Terms: folded and stemmed words with their offsets, or by their numbers for the index.

use std::borrow::Cow;
use std::ops::Range;

use super::Stemming;
use super::fold::{fold_into, lower_into};
use super::lexicon::Lexicon;
use super::stems::{Known, Short, Stems};
use super::unspaced::{is_pair, is_unspaced, units, units_into};
use super::vocabulary::{Place, Vocabulary};

/// Longest term in bytes, without the name of its language; a longer word is cut, at a character. Base64 and the like would fill the dictionary otherwise,
/// and no one types more.
pub const MAX_TERM_BYTES: usize = 64;

/// Most words whose stems one analyzer remembers, of all languages: about 5 MB, more than a large collection uses often.
const STEM_CACHE: usize = 100_000;

/// Most terms that are remembered from one text to the next.
const MOST_TERMS: usize = 3 * STEM_CACHE / 2;

/// Stands before the number of a term that has its place with the one before, in the terms of a text by number.
pub const BESIDE: u32 = 0;

/// What stands between a stem and the name of its language, and once more behind a stem that a word would have without
/// its accents.
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
    /// Whether a text is sought by it. It is not by a character that another term holds as one of a pair, nor by the stem
    /// that a word would have without its accents.
    pub sought: bool,
}

/// The chain from text to terms.
#[derive(Default)]
pub struct Analyzer {
    /// One for each way of stemming that was asked for. Empty until the first word, so that a query pays nothing for it.
    memories: Vec<Memory>,
    remembered: usize,
    folded: String,
    lower: String,
    stem: String,
    /// The terms that were seen so far, by number.
    lexicon: Lexicon,
    /// The words that were counted since they were last forgotten.
    vocabulary: Vocabulary,
    /// Where the words of the text stand that was numbered last. What one text needs serves for the next: memory that is
    /// taken and given back for every passage makes the threads of an index wait for each other.
    units: Vec<Range<usize>>,
}

/// Words seen so far. Stemming is the dearest step of indexing, and most words of a text were seen before.
struct Memory {
    stemming: Stemming,
    stemmer: Option<frostem::Stemmer>,
    /// What is known of words in lower case.
    stems: Stems,
}

impl Analyzer {
    /// Appends the numbers of the terms of `text` to `numbers`, and gives how many terms they are; before one that has its
    /// place with the one before stands [`BESIDE`]. With `counted`, its words are counted as they stand. Linear.
    pub fn number(&mut self, text: &str, stemming: Stemming, counted: bool, numbers: &mut Vec<u32>) -> usize {
        let memory = self.memory(stemming);
        let mut units = std::mem::take(&mut self.units);
        units_into(text, &mut units);
        let mut beside = 0;
        for (at, unit) in units.iter().enumerate() {
            let (stem, second) = self.stems_of(text, unit, memory, counted);
            numbers.push(stem);
            if second != 0 {
                beside += 1;
                numbers.extend([BESIDE, second]);
            }
            if let Some(next) = units.get(at + 1).filter(|next| is_pair(text, unit, next)) {
                beside += 1;
                folded_into(&text[unit.start..next.end], &mut self.folded);
                let pair = self.lexicon.number(&self.folded);
                numbers.extend([BESIDE, pair]);
                if counted {
                    self.vocabulary.count_anew(pair);
                }
            }
        }
        let terms = units.len() + beside;
        self.units = units;
        terms
    }

    /// The terms whose numbers it has given since it last forgot them.
    #[must_use]
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// The numbers of the words that were counted since they were last forgotten, each with how often it was.
    #[must_use]
    pub fn vocabulary(&self) -> &[(u32, u32)] {
        self.vocabulary.counts()
    }

    /// Forgets the words that were counted.
    pub fn clear_vocabulary(&mut self) {
        self.vocabulary.clear();
    }

    /// What it remembers, in bytes, about.
    #[must_use]
    pub fn memory_used(&self) -> usize {
        self.lexicon.memory() + self.memories.iter().map(|memory| memory.stems.memory()).sum::<usize>()
    }

    /// Whether it remembers more terms than are worth it.
    #[must_use]
    pub fn remembers_many(&self) -> bool {
        self.lexicon.len() > MOST_TERMS
    }

    /// Forgets all terms; their numbers mean nothing any more.
    pub fn forget(&mut self) {
        self.lexicon = Lexicon::default();
        self.memories.clear();
        self.remembered = 0;
        self.vocabulary.clear();
    }

    fn forget_if_many(&mut self) {
        if self.remembers_many() {
            self.forget();
        }
    }

    /// The terms of `text`, in order: of its words, characters, and pairs of characters where a script has no spaces.
    pub fn terms(&mut self, text: &str, stemming: Stemming) -> Vec<Term> {
        self.forget_if_many();
        let units = units(text);
        let mut terms = Vec::with_capacity(units.len());
        for at in 0..units.len() {
            self.terms_of_unit(text, &units, at, stemming, &mut terms);
        }
        terms
    }

    /// Those of the terms of `text` that stand at some of its places, which are in order.
    pub fn terms_at(&mut self, text: &str, stemming: Stemming, places: &[usize]) -> Vec<Term> {
        self.forget_if_many();
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
        let (stem, second) = self.stems_of(text, unit, memory, false);
        let mut push = |number: u32, sought| {
            let text = self.lexicon.term(number).to_owned();
            terms.push(Term { text, range: unit.clone(), position, sought });
        };
        push(stem, !after_pair && pair.is_none());
        if second != 0 {
            push(second, false);
        }
        if let Some(next) = pair {
            let range = unit.start..next.end;
            let mut term = String::new();
            folded_into(&text[range.clone()], &mut term);
            terms.push(Term { text: term, range, position, sought: true });
        }
    }

    /// The terms by which `text` is sought: without the characters that stand in pairs. A passage that holds one of them
    /// has nothing to do with it.
    pub fn sought(&mut self, text: &str, stemming: Stemming) -> Vec<Term> {
        let mut terms = self.terms(text, stemming);
        terms.retain(|term| term.sought);
        terms
    }

    /// The term of one word.
    pub fn term(&mut self, word: &str, stemming: Stemming) -> String {
        self.forget_if_many();
        let memory = self.memory(stemming);
        let (stem, _) = self.stems_of(word, &(0..word.len()), memory, false);
        self.lexicon.term(stem).to_owned()
    }

    /// The term under which a word with accents stands as well, for who types it without: `None` in English, whose words
    /// are folded before they are stemmed, and where words are not stemmed.
    pub fn term_of_accented(&mut self, word: &str, stemming: Stemming) -> Option<String> {
        let stemmed = stemming != Stemming::ENGLISH && stemming.0.is_some() && !is_unspaced(word);
        stemmed.then(|| self.term(word, stemming) + MARK.encode_utf8(&mut [0; 4]))
    }

    /// The number of the memory of a way of stemming.
    fn memory(&mut self, stemming: Stemming) -> usize {
        if let Some(at) = self.memories.iter().position(|memory| memory.stemming == stemming) {
            return at;
        }
        let stemmer = stemming.0.map(frostem::Stemmer::new);
        self.memories.push(Memory { stemming, stemmer, stems: Stems::default() });
        self.memories.len() - 1
    }

    /// The number of the term of a word of a text, and that of the one that it would have without its accents, if that is
    /// another; 0 if not. With `counted`, the word is counted as it stands.
    #[inline]
    fn stems_of(&mut self, text: &str, word: &Range<usize>, memory: usize, counted: bool) -> (u32, u32) {
        let memory = &mut self.memories[memory];
        // Most words are short and of ASCII, and were seen before.
        if !memory.stemming.is_turkic()
            && let Some(known) = Short::lower_ascii(text, word).and_then(|word| memory.stems.get_short(word))
        {
            if counted {
                self.vocabulary.count(known);
            }
            return (known.stem, known.second);
        }
        let word = &text[word.clone()];
        let english = memory.stemming == Stemming::ENGLISH;
        if !english && is_unspaced(word) {
            folded_into(word, &mut self.lower);
            let number = self.lexicon.number(&self.lower);
            if counted {
                self.vocabulary.count_anew(number);
            }
            return (number, 0);
        }
        // English writes accents on foreign words only, and leaves them out as often. Other stemmers know their endings
        // by them, so that they go after stemming.
        if english {
            fold_into(word, &mut self.lower);
        } else {
            lower_into(word, memory.stemming.is_turkic(), &mut self.lower);
        }
        cut(&mut self.lower);
        if let Some(known) = memory.stems.get(&self.lower) {
            if counted {
                self.vocabulary.count(known);
            }
            return (known.stem, known.second);
        }
        let mut known = memory.learn(&self.lower, &mut self.lexicon, &mut self.folded, &mut self.stem);
        if counted {
            self.vocabulary.count(&mut known);
        }
        if self.remembered < STEM_CACHE {
            self.remembered += 1;
            memory.stems.insert(&self.lower, known);
        }
        (known.stem, known.second)
    }
}

impl Memory {
    /// What is to be known of a word in lower case. English words are folded already.
    fn learn(&self, lower: &str, lexicon: &mut Lexicon, folded: &mut String, stem: &mut String) -> Known {
        let place = Place::default();
        if self.stemming == Stemming::ENGLISH {
            let (stem, word) = (lexicon.number(&self.stem(lower)), lexicon.number(lower));
            return Known { stem, second: 0, word, place };
        }
        self.name_stem(lower, folded, stem);
        let first = lexicon.number(stem);
        let mut plain = String::new();
        folded_into(lower, &mut plain);
        let mut known = Known { stem: first, second: 0, word: lexicon.number(&plain), place };
        if plain != lower {
            self.name_stem(&plain, folded, stem);
            if lexicon.term(first) != stem {
                stem.push(MARK);
                known.second = lexicon.number(stem);
            }
        }
        known
    }

    /// Writes the stem of a word with the name of its language to `stem`: the stem of one language is another word in the
    /// next.
    fn name_stem(&self, word: &str, folded: &mut String, stem: &mut String) {
        folded_into(&self.stem(word), folded);
        stem.clear();
        stem.push_str(folded);
        stem.push(MARK);
        stem.push_str(self.stemming.name());
    }

    fn stem<'a>(&self, word: &'a str) -> Cow<'a, str> {
        self.stemmer.as_ref().map_or(Cow::Borrowed(word), |stemmer| stemmer.stem(word))
    }
}

/// Writes the term of a word that is folded and not stemmed to `term`, which is cleared first.
fn folded_into(word: &str, term: &mut String) {
    fold_into(word, term);
    cut(term);
}

/// The letters of a stem, without the name of its language.
#[must_use]
pub fn without_language(stem: &str) -> &str {
    stem.split_once(MARK).map_or(stem, |(letters, _)| letters)
}

/// Cuts a term to its greatest length.
fn cut(term: &mut String) {
    if term.len() > MAX_TERM_BYTES {
        term.truncate(term.floor_char_boundary(MAX_TERM_BYTES));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(language: &str, words: &[&str]) -> Vec<String> {
        let mut analyzer = Analyzer::default();
        words.iter().map(|word| analyzer.term(word, Stemming::of(Some(language)))).collect()
    }

    #[test]
    fn a_stemmed_word_points_at_itself() {
        let text = "Runners’ Écoles, running";
        let terms = Analyzer::default().terms(text, Stemming::ENGLISH);
        let found: Vec<(&str, &str)> =
            terms.iter().map(|term| (term.text.as_str(), &text[term.range.clone()])).collect();
        assert_eq!(found, [("runner", "Runners"), ("ecol", "Écoles"), ("run", "running")]);
    }

    #[test]
    fn a_long_word_is_cut_at_a_character() {
        let word = "é".repeat(100);
        let term = Analyzer::default().term(&word, Stemming::ENGLISH);
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

    /// Terms by number, with their places.
    fn placed(numbers: &[u32], lexicon: &Lexicon) -> Vec<(String, u32)> {
        let (mut terms, mut position, mut beside) = (Vec::new(), 0, true);
        for number in numbers {
            if *number == BESIDE {
                beside = true;
                continue;
            }
            position += u32::from(!std::mem::take(&mut beside));
            terms.push((lexicon.term(*number).to_owned(), position));
        }
        terms
    }

    #[test]
    fn what_is_numbered_are_the_terms() {
        for (text, language, count) in [
            ("Runners run, 背中が痛い and LG전자", "en", 16),
            ("Die Läufer laufen", "de", 3),
            ("\u{1}de\u{2} \u{3}9", "en", 2),
            ("the \u{fdfa} and \u{37a}", "en", 4),
            ("der \u{fdfa} und \u{37a}", "de", 4),
            ("les préférées", "fr", 3),
            ("อาการปวดหลัง", "th", 3),
            ("背 中", "ja", 2),
        ] {
            let stemming = Stemming::of(Some(language));
            let (mut analyzer, mut numbers) = (Analyzer::default(), Vec::new());
            for _ in 0..2 {
                numbers.clear();
                assert_eq!(analyzer.number(text, stemming, false, &mut numbers), count, "{text}");
                let expected: Vec<(String, u32)> = Analyzer::default()
                    .terms(text, stemming)
                    .into_iter()
                    .map(|term| (term.text, term.position))
                    .collect();
                assert_eq!(placed(&numbers, analyzer.lexicon()), expected);
            }
        }
    }

    #[test]
    fn words_are_counted_as_they_stand_until_they_are_forgotten() {
        let (mut analyzer, mut numbers) = (Analyzer::default(), Vec::new());
        let german = Stemming::of(Some("de"));
        let mut words = |text: &str, stemming| {
            analyzer.number("Runs of others", stemming, false, &mut numbers);
            analyzer.number(text, stemming, true, &mut numbers);
            analyzer.number(text, stemming, true, &mut numbers);
            let mut words: Vec<String> = analyzer
                .vocabulary()
                .iter()
                .flat_map(|(word, count)| {
                    std::iter::repeat_n(analyzer.lexicon().term(*word).to_owned(), *count as usize)
                })
                .collect();
            analyzer.clear_vocabulary();
            words.sort_unstable();
            words.join(" ")
        };
        assert_eq!(words("Running, run", Stemming::ENGLISH), "run run running running");
        assert_eq!(words("run", Stemming::ENGLISH), "run run");
        assert_eq!(words("Läufer läuft", german), "laufer laufer lauft lauft");
        assert_eq!(words("背中", Stemming::ENGLISH), "中 中 背 背 背中 背中");
    }

    #[test]
    fn a_word_with_accents_is_found_without_them_in_any_form() {
        let mut analyzer = Analyzer::default();
        let french = Stemming::of(Some("fr"));
        let terms: Vec<Term> = analyzer.terms("préférées", french);
        let typed = analyzer.term_of_accented("preferees", french);
        assert_eq!(terms[0].text, analyzer.term("préférer", french));
        assert_eq!(terms[1].text.as_str(), typed.as_deref().unwrap_or_default());
        assert!(terms[0].sought && !terms[1].sought);
        assert_eq!(analyzer.term_of_accented("running", Stemming::ENGLISH), None);
    }

    #[test]
    fn a_run_of_characters_is_sought_by_its_pairs() {
        let sought = |text: &str| -> Vec<String> {
            Analyzer::default().sought(text, Stemming::ENGLISH).into_iter().map(|term| term.text).collect()
        };
        assert_eq!(sought("東京タワー"), ["東京", "京タ", "タワ", "ワー"]);
        assert_eq!(sought("背 running"), ["背", "run"]);
    }
}
