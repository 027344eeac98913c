//! Did you mean: what was meant by words of a query that the index does not hold.
//!
//! A noisy channel (Kernighan, Church and Gale 1990): of the words near an unknown one, the likeliest is the one with the
//! greatest product of how frequent it is, how likely it is misspelt so, and how well it goes with the other words of the
//! query. All of them compete with the guess that the word is no mistake, but a name or a word that the index does not have.

mod context;
mod distance;
mod likelihood;

use std::ops::Range;

use tantivy::Term;
use tantivy::query::{EnableScoring, PhraseQuery};

use self::context::Context;
pub use self::distance::{distance, terms_near};
use self::likelihood::{first_letters, log_likelihood, log_misspaced, sounds_like};
use super::candidates;
use super::terms::Reader;
use crate::analysis::{Analyzer, MAX_TERM_BYTES, fold, is_unspaced};
use crate::index::{Index, LiveStatistics};
use crate::query::{Query, is_stop_word};

/// Shortest word that is corrected, in characters: shorter ones have nothing but neighbours. With 3, 79 of 100 misspelt
/// words of the development questions (wikiqa) are put right, with 4 76, with 5 69. Of 848 queries put to collections on
/// other subjects, whose words are right and often unknown, 110 are taken for misspelt with 3, and 101 with 4.
const SHORTEST: usize = 3;

/// Length in characters from which two edits are looked for, and from which they leave no doubt about the word whatever
/// it sounds like. Of the misspelt words of the development questions (wikiqa) 79 of 100 are put right with 5 to 7 and
/// with 5 to 8; what is lost to misspelling differs by less than .001 nDCG@10.
const TWO_EDITS: usize = 6;
const LONG: usize = 8;

/// Shortest part of a word that is taken for two run together, in characters.
const SHORTEST_PART: usize = 2;

/// Most words of a query that are looked up, and most unknown ones that are corrected: a longer text is no typed query.
const MOST_WORDS: usize = 512;
const MOST_CORRECTED: usize = 16;

/// Words of the dictionary, the likeliest by themselves, whose company is looked at. From 3 to 12 correct the same.
const MOST_COMPARED: usize = 6;

/// Fewest passages that frequencies are taken to be of: in a small index every word looks frequent. It changes nothing on
/// the development collections, which are larger, and none of the judged queries of the sample articles.
const FEWEST_PASSAGES: f64 = 1000.0;

/// How much of what the company of a word says is believed, since its words do not come independently of each other. Of
/// 100 misspelt words of the development questions 68 are put right without it, 74 with 0.25, 76 with 0.5, 75 with 1.
const CONTEXT: f64 = 0.5;

/// Logarithm of the chance that a word which the index does not know is no mistake, for a word without letters and for
/// each letter of it, up to so many: it takes luck to have a neighbour, and the more the longer the word is, until words
/// have endings and forms. Of 23 words of the development queries that are right, unknown to their index and have
/// neighbours in it, these leave 17 alone; of 2,826 words with one mistake they put 2,611 right and 43 wrong.
const UNKNOWN: f64 = -5.0;
const UNKNOWN_LETTER: f64 = -1.25;
const UNKNOWN_LETTERS: usize = 10;

/// Least chance with which a word is taken for another. With 0.3 a twentieth more of misspelt words would be put right,
/// and of 848 queries on other subjects than the collection's 148 be taken for misspelt, and not 101.
const LEAST_CHANCE: f64 = 0.5;

/// A query with misspelt words replaced.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Corrected {
    /// The text of the query, everything but the misspelt words as it was typed.
    pub text: String,
    /// The folded words that stand for others, each with the chance that it was meant.
    pub guesses: Vec<(String, f64)>,
}

/// A word of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Typed {
    range: Range<usize>,
    folded: String,
    stem: String,
    /// Whether the index knows it.
    known: bool,
}

/// What may have been meant.
#[derive(Debug, Clone, PartialEq)]
struct Candidate {
    /// The word, or the two words that were run together.
    word: String,
    stem: String,
    /// The bytes of the query that it stands for.
    range: Range<usize>,
    /// Logarithm of a chance, as far as chances of candidates for the same word can be compared.
    score: f64,
}

/// Corrects queries by the words of one index.
pub struct Corrector<'a> {
    index: &'a Index,
    live: &'a LiveStatistics<'a>,
    reader: Reader<'a>,
}

impl<'a> Corrector<'a> {
    /// A corrector for queries to this index.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub fn new(
        index: &'a Index,
        live: &'a LiveStatistics<'a>,
        analyzer: &'a mut Analyzer,
    ) -> tantivy::Result<Self> {
        let reader = Reader::new(analyzer, index.languages()?.to_vec());
        Ok(Self { index, live, reader })
    }

    /// The query with every word that the index does not know replaced by the likeliest that it does, if any is likely
    /// enough.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub fn correct(&mut self, text: &str, query: &Query) -> tantivy::Result<Option<Corrected>> {
        let mut words: Vec<Typed> = Vec::new();
        for (range, word) in query.placed_words().into_iter().take(MOST_WORDS) {
            let folded = fold(&word);
            let (stem, held) = self.stem(&word)?;
            // What a script writes without spaces is sought by its parts.
            let known = held || self.holds(&folded)? || is_unspaced(&word);
            words.push(Typed { range, folded, stem, known });
        }
        let is_misspelt = |word: &Typed| !word.known && is_correctable(&word.folded);
        if !words.iter().any(is_misspelt) {
            return Ok(None);
        }
        let company = words.iter().filter(|word| word.known && !is_stop_word(&word.folded));
        let context = Context::new(self.index, self.live, company.map(|word| word.stem.clone()))?;
        let mut corrected = Corrected { text: text.to_owned(), guesses: Vec::new() };
        // From the end, so that the places before stay where they are.
        let mut end = text.len();
        let unknown = (0..words.len()).filter(|at| is_misspelt(&words[*at])).take(MOST_CORRECTED);
        for at in unknown.collect::<Vec<_>>().into_iter().rev() {
            let Some((meant, chance)) = self.likeliest(text, &words, at, &context)? else { continue };
            let Candidate { word, range, .. } = meant;
            if range.end > end {
                continue;
            }
            end = range.start;
            // Both parts of a required word are required.
            let space = if text[..range.start].ends_with('+') { " +" } else { " " };
            let written = in_the_case_of(&text[range.clone()], &word).replace(' ', space);
            corrected.text.replace_range(range, &written);
            corrected.guesses.extend(word.split(' ').map(|part| (part.to_owned(), chance)));
        }
        Ok((!corrected.guesses.is_empty()).then_some(corrected))
    }

    /// The stem of a word in the language of the index in which it is the most frequent, and whether a passage or a title
    /// holds it.
    fn stem(&mut self, word: &str) -> tantivy::Result<(String, bool)> {
        let fields = &self.index.fields;
        let mut stems = self.reader.stems(word);
        if stems.len() == 1
            && let Some(stem) = stems.pop()
        {
            let held = |field| self.live.holds(&Term::from_field_text(field, &stem));
            let held = held(fields.body)? || held(fields.title)?;
            return Ok((stem, held));
        }
        let mut best: Option<(u64, String)> = None;
        for stem in stems {
            let mut frequency = 0;
            for field in [fields.body, fields.title] {
                frequency += self.live.document_frequency(&Term::from_field_text(field, &stem))?;
            }
            // The first of equals.
            if best.as_ref().is_none_or(|(own, _)| frequency > *own) {
                best = Some((frequency, stem));
            }
        }
        Ok(best.map_or_else(|| (fold(word), false), |(frequency, stem)| (stem, frequency > 0)))
    }

    /// What was likeliest meant by the word at a place, which the index does not know, and the chance that it was.
    fn likeliest(
        &mut self,
        text: &str,
        words: &[Typed],
        at: usize,
        context: &Context,
    ) -> tantivy::Result<Option<(Candidate, f64)>> {
        let typed = &words[at];
        let mut candidates = self.near(typed)?;
        candidates.extend(self.taken_apart(text, typed)?);
        for (first, second) in [(at.checked_sub(1), Some(at)), (Some(at), at.checked_add(1))] {
            if let (Some(first), Some(second)) =
                (first.and_then(|first| words.get(first)), second.and_then(|second| words.get(second)))
            {
                let other = if first == typed { second } else { first };
                // What was torn explains both its parts, of which otherwise neither would be a mistake.
                let explained = if other.known { 0.0 } else { -log_unknown(&other.folded) };
                candidates.extend(
                    self.joined(text, first, second)?
                        .map(|joined| Candidate { score: joined.score + explained, ..joined }),
                );
            }
        }
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.word.cmp(&b.word)));
        candidates.truncate(MOST_COMPARED);
        for candidate in &mut candidates {
            candidate.score += CONTEXT * context.log_ratio(&candidate.stem)?;
        }
        // The first in the alphabet of equals.
        let best =
            candidates.iter().max_by(|a, b| a.score.total_cmp(&b.score).then_with(|| b.word.cmp(&a.word)));
        let Some(best) = best else { return Ok(None) };
        // Forms of one word find the same passages, so it does not matter which of them was meant.
        let (mut same, mut all) = (0.0, log_unknown(&typed.folded).exp());
        for candidate in &candidates {
            all += candidate.score.exp();
            if candidate.stem == best.stem {
                same += candidate.score.exp();
            }
        }
        let chance = same / all;
        Ok((chance >= LEAST_CHANCE).then(|| (best.clone(), chance)))
    }

    /// The words of the dictionary an edit or two away.
    fn near(&mut self, typed: &Typed) -> tantivy::Result<Vec<Candidate>> {
        let word = &typed.folded;
        let length = word.chars().count();
        let field = self.index.fields.words;
        let mut found = terms_near(self.index, field, word, 1, None)?;
        if length >= TWO_EDITS {
            // Of two mistakes hardly ever one is in the first letter, but for letters that sound alike.
            found.extend(terms_near(self.index, field, word, 2, Some(&first_letters(word)))?);
        }
        let mut candidates = Vec::new();
        for near in found.into_keys() {
            let far = length < LONG && distance(word, &near, 1).is_none() && !sounds_like(word, &near);
            if far || near.chars().any(char::is_numeric) {
                continue;
            }
            let stem = self.stem(&near)?.0;
            candidates.push(Candidate {
                score: log_likelihood(word, &near) + self.log_share(self.frequency(&stem)?),
                stem,
                word: near,
                range: typed.range.clone(),
            });
        }
        Ok(candidates)
    }

    /// Two words of the index that stand side by side in it, and that were typed as one.
    fn taken_apart(&mut self, text: &str, typed: &Typed) -> tantivy::Result<Vec<Candidate>> {
        let mut candidates = Vec::new();
        // A field goes with one word only.
        if text[..typed.range.start].ends_with(':') {
            return Ok(candidates);
        }
        let body = self.index.fields.body;
        for (cut, _) in typed.folded.char_indices() {
            let (first, second) = typed.folded.split_at(cut);
            if first.chars().count() < SHORTEST_PART
                || second.chars().count() < SHORTEST_PART
                || !self.holds(first)?
                || !self.holds(second)?
            {
                continue;
            }
            let stems = [self.stem(first)?.0, self.stem(second)?.0];
            let terms = stems.map(|stem| Term::from_field_text(body, &stem));
            let together = self.count(&PhraseQuery::new(terms.to_vec()))?;
            if together > 0 {
                let word = format!("{first} {second}");
                candidates.push(Candidate {
                    score: log_misspaced(&typed.folded) + self.log_share(together),
                    stem: word.clone(),
                    word,
                    range: typed.range.clone(),
                });
            }
        }
        Ok(candidates)
    }

    /// The number of passages that match, as far as it is counted.
    fn count(&self, query: &PhraseQuery) -> tantivy::Result<u64> {
        let scoring = EnableScoring::disabled_from_searcher(&self.index.searcher);
        Ok(candidates::count_matches(self.index, query, scoring)?.value as u64)
    }

    /// A word of the index that was typed as these two, of which one at least is not in it.
    fn joined(&mut self, text: &str, first: &Typed, second: &Typed) -> tantivy::Result<Option<Candidate>> {
        if text.get(first.range.end..second.range.start) != Some(" ") {
            return Ok(None);
        }
        let word = [first.folded.as_str(), &second.folded].concat();
        if !self.holds(&word)? {
            return Ok(None);
        }
        let stem = self.stem(&word)?.0;
        Ok(Some(Candidate {
            score: log_misspaced(&word) + self.log_share(self.frequency(&stem)?),
            stem,
            word,
            range: first.range.start..second.range.end,
        }))
    }

    /// The number of passages that hold a stem: of a word as it stands it is only known how many records hold it, and forms
    /// of one word find the same passages.
    fn frequency(&self, stem: &str) -> tantivy::Result<u64> {
        self.live.document_frequency(&Term::from_field_text(self.index.fields.body, stem))
    }

    fn holds(&self, word: &str) -> tantivy::Result<bool> {
        self.live.holds(&Term::from_field_text(self.index.fields.words, word))
    }

    /// Logarithm of the share of all passages that so many are.
    fn log_share(&self, frequency: u64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "counts of passages are far below 2^52")]
        let (frequency, passages) = (frequency as f64, self.index.state.totals.passages as f64);
        ((frequency + 0.5) / passages.max(FEWEST_PASSAGES)).ln()
    }
}

/// Logarithm of the chance that a word is none of the index and no mistake.
fn log_unknown(word: &str) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "words are short")]
    let letters = word.chars().count().min(UNKNOWN_LETTERS) as f64;
    UNKNOWN + UNKNOWN_LETTER * letters
}

/// Whether a folded word is one that can be misspelt: neither short nor a number or a code. Words that ask are spelt
/// right even where no text holds them.
fn is_correctable(word: &str) -> bool {
    word.chars().count() >= SHORTEST
        && word.len() < MAX_TERM_BYTES
        && !word.chars().any(char::is_numeric)
        && !is_stop_word(word)
}

/// The word with capitals where the typed word has them: all of its letters, or the first.
fn in_the_case_of(typed: &str, word: &str) -> String {
    let mut letters = typed.chars().filter(|c| c.is_alphabetic());
    let first = letters.next().is_some_and(char::is_uppercase);
    let all = first && letters.all(char::is_uppercase);
    if all {
        return word.to_uppercase();
    }
    let mut rest = word.chars();
    match rest.next() {
        Some(letter) if first => letter.to_uppercase().chain(rest).collect(),
        _ => word.to_owned(),
    }
}
