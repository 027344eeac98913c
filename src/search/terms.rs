//! The words of a query that count for the rank: their forms in the languages of the index, and their synonyms.

use tantivy::Term;
use tantivy::schema::Field;

use crate::analysis::{Analyzer, Stemming, fold, is_unspaced, typed_words, without_particle};
use crate::query::{Clause, Occur, Query, What, is_stop_word};

/// Weight of a synonym beside the word that was typed: who wrote the file says that they mean the same, but who typed
/// the word chose this one. With what `WordNet` 3.0 gives for the first sense of each word, from 0.1 to 1 are equally good
/// (nDCG@10 of four development collections rises by .001 to .003).
const SYNONYM_WEIGHT: f64 = 0.5;

/// Most different words of a query that count; a longer text says what it is about in its first words.
const MOST_TERMS: usize = 512;

/// One form in which a query word stands in passages.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// Its stem, or those of several words that follow one another.
    pub stems: Vec<String>,
    /// How much an occurrence counts beside one of the word as typed.
    pub weight: f64,
}

impl Form {
    /// A word by itself, as it was typed.
    pub fn word(stem: String) -> Self {
        Self { stems: vec![stem], weight: 1.0 }
    }

    /// Its terms in a field.
    pub fn terms(&self, field: Field) -> Vec<Term> {
        self.stems.iter().map(|stem| Term::from_field_text(field, stem)).collect()
    }
}

/// A query word that counts for the rank.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryTerm {
    /// The word folded; empty where only its synonyms are looked for.
    pub exact: String,
    /// Its stems in the languages of the index, and its synonyms. One in an index of one language.
    pub forms: Vec<Form>,
    /// How often the query holds it.
    pub count: f64,
    /// What stands for it by a file of synonyms, as written there.
    pub synonyms: Vec<String>,
}

impl QueryTerm {
    /// What the word and its synonyms are called in an explanation.
    #[must_use]
    pub fn name(&self) -> String {
        let mut names: Vec<&str> = self.synonyms.iter().map(String::as_str).collect();
        if !self.exact.is_empty() {
            names.insert(0, &self.exact);
        }
        names.join(" or ")
    }
}

/// Reads the words of queries in the languages of an index.
pub struct Reader<'a> {
    analyzer: &'a mut Analyzer,
    languages: Vec<Stemming>,
}

impl<'a> Reader<'a> {
    /// A reader for an index of these languages, by an analyzer that remembers stems.
    pub const fn new(analyzer: &'a mut Analyzer, languages: Vec<Stemming>) -> Self {
        Self { analyzer, languages }
    }

    /// The languages in which words are read.
    pub fn languages(&self) -> &[Stemming] {
        &self.languages
    }

    /// The words of a query that count for the rank: without stop words, unless there are no others.
    pub fn terms(&mut self, query: &Query) -> Vec<QueryTerm> {
        let mut all: Vec<(bool, Vec<QueryTerm>)> = Vec::new();
        self.collect(&query.clauses, &mut all);
        let telling = all.iter().any(|(telling, _)| *telling);
        let mut terms: Vec<QueryTerm> = Vec::new();
        for own in all.into_iter().filter(|(own, _)| *own || !telling).flat_map(|(_, own)| own) {
            if let Some(term) = terms.iter_mut().find(|term| term.forms.first() == own.forms.first()) {
                term.count += 1.0;
            } else if terms.len() < MOST_TERMS {
                terms.push(own);
            }
        }
        terms
    }

    /// The words of clauses that are not excluded, each with whether it tells something.
    fn collect(&mut self, clauses: &[Clause], all: &mut Vec<(bool, Vec<QueryTerm>)>) {
        for clause in clauses.iter().filter(|clause| clause.occur != Occur::MustNot) {
            // A text as long as a book is no query; its further words are not even read.
            if all.len() >= MOST_TERMS * 2 {
                return;
            }
            match &clause.what {
                What::Group(inner) | What::Either(inner) => self.collect(inner, all),
                What::Synonyms { typed, kept, others } => {
                    all.push((true, vec![self.with_synonyms(typed, *kept, others)]));
                }
                what => {
                    for (_, word) in what.words() {
                        all.push((!is_stop_word(&fold(&word)), self.terms_of(&word)));
                    }
                }
            }
        }
    }

    /// The terms of one word as typed: one, but of a script without spaces one for each pair of characters or each word
    /// of the dictionary.
    pub fn terms_of(&mut self, word: &str) -> Vec<QueryTerm> {
        let term = |exact: String, stems: Vec<String>| QueryTerm {
            exact,
            forms: stems.into_iter().map(Form::word).collect(),
            count: 1.0,
            synonyms: Vec::new(),
        };
        if is_unspaced(word) {
            let sought = self.analyzer.sought(without_particle(word), Stemming::ENGLISH);
            return sought.into_iter().map(|sought| term(sought.text.clone(), vec![sought.text])).collect();
        }
        let stems = self.stems(word);
        vec![term(fold(word), stems)]
    }

    /// The stems of a word in the languages of the index: as typed, as it would be without accents, and of words that have
    /// accents which were not typed.
    pub fn stems(&mut self, word: &str) -> Vec<String> {
        let mut stems: Vec<String> = Vec::new();
        let folded = fold(word);
        for stemming in &self.languages {
            let mut note = |stem: String| {
                if !stems.contains(&stem) {
                    stems.push(stem);
                }
            };
            note(self.analyzer.term(word, *stemming));
            if *stemming != Stemming::ENGLISH {
                note(self.analyzer.term(&folded, *stemming));
                // Who types no accents, or not all of them, may mean words that have them.
                if let Some(term) = self.analyzer.term_of_accented(&folded, *stemming) {
                    note(term);
                }
            }
        }
        stems
    }

    /// The terms of a text that stand together, each with its place, in each of the languages that read it differently.
    pub fn readings(&mut self, text: &str) -> Vec<Vec<(usize, String)>> {
        let mut readings: Vec<Vec<(usize, String)>> = Vec::new();
        let folded = fold(text);
        for stemming in &self.languages {
            let english = *stemming == Stemming::ENGLISH;
            for text in [text, &folded].into_iter().take(if english { 1 } else { 2 }) {
                let sought = self.analyzer.sought(text, *stemming);
                let reading: Vec<(usize, String)> =
                    sought.into_iter().map(|term| (term.position as usize, term.text)).collect();
                if !readings.contains(&reading) {
                    readings.push(reading);
                }
            }
        }
        readings
    }

    /// One term of words and what stands for them.
    pub fn with_synonyms(&mut self, typed: &str, kept: bool, others: &[String]) -> QueryTerm {
        // Where several words are kept, they are terms of their own.
        let own = kept && typed_words(typed).len() == 1;
        let weight = if kept { SYNONYM_WEIGHT } else { 1.0 };
        let mut forms: Vec<Form> = Vec::new();
        let texts = own.then_some((typed, 1.0)).into_iter();
        for (text, weight) in texts.chain(others.iter().map(|other| (other.as_str(), weight))) {
            let mut all: Vec<Vec<String>> = Vec::new();
            for reading in self.readings(text) {
                all.push(reading.into_iter().map(|(_, stem)| stem).collect());
            }
            if typed_words(text).len() == 1 && !is_unspaced(text) {
                all.extend(self.stems(text).into_iter().map(|stem| vec![stem]));
            }
            for stems in all {
                if !stems.is_empty() && !forms.iter().any(|form| form.stems == stems) {
                    forms.push(Form { stems, weight });
                }
            }
        }
        let exact = if own { fold(typed) } else { String::new() };
        QueryTerm { exact, forms, count: 1.0, synonyms: others.to_vec() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Synonyms, parse};

    fn with_reader<T>(tags: &[&str], read: impl FnOnce(&mut Reader) -> T) -> T {
        let languages = tags.iter().map(|tag| Stemming::of(Some(tag))).collect();
        read(&mut Reader::new(&mut Analyzer::default(), languages))
    }

    fn terms_of(query: &Query) -> Vec<QueryTerm> {
        with_reader(&["en"], |reader| reader.terms(query))
    }

    fn stems(term: &QueryTerm) -> Vec<String> {
        term.forms.iter().map(|form| form.stems.join(" ")).collect()
    }

    #[test]
    fn a_word_has_a_stem_in_each_language_that_reads_it_differently() {
        assert_eq!(with_reader(&["en"], |reader| reader.stems("running")), ["run"]);
        assert_eq!(
            with_reader(&["en", "de"], |reader| reader.stems("Läufer")),
            ["laufer", "lauf\u{1}german", "lauf\u{1}german\u{1}"]
        );
        assert_eq!(
            with_reader(&["fr"], |reader| reader.stems("préférées")),
            ["prefer\u{1}french", "prefere\u{1}french", "prefere\u{1}french\u{1}"]
        );
    }

    #[test]
    fn words_that_say_the_same_are_one_term() {
        let terms = terms_of(&parse("the run of runs"));
        assert_eq!(terms.len(), 1);
        assert!((terms[0].count - 2.0).abs() < 1e-9);
    }

    #[test]
    fn synonyms_weigh_less_than_what_was_typed() {
        let synonyms = Synonyms::parse("heart attack, myocardial infarction\ntv => television")
            .expect("they can be read");
        let mut query = parse("heart attack");
        synonyms.apply(&mut query);
        let terms = terms_of(&query);
        assert_eq!(
            terms.iter().map(QueryTerm::name).collect::<Vec<_>>(),
            ["heart", "attack", "myocardial infarction"]
        );
        assert_eq!(stems(&terms[2]), ["myocardi infarct"]);
        assert!(terms[2].forms[0].weight < 1.0);
        let mut query = parse("tv");
        synonyms.apply(&mut query);
        let terms = terms_of(&query);
        assert_eq!((terms[0].exact.as_str(), stems(&terms[0])), ("", vec!["televis".to_owned()]));
        assert!((terms[0].forms[0].weight - 1.0).abs() < 1e-9, "what replaces is what was meant");
    }
}
