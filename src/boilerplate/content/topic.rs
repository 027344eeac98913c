//! What a page speaks of: which words of a block come up again elsewhere on the page, and which of its phrases.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::features::{Features, each_word, float, part};
use crate::analysis::{fold, for_each_word};
use crate::boilerplate::{Line, Page};

/// Bytes from which a word is taken to say something of the topic.
const LONG: usize = 4;

/// Words of a phrase that is looked for elsewhere.
const PHRASE: usize = 4;

/// Words from which a line that is no full sentence still speaks of something.
const TELLING: usize = 6;

/// Other blocks from which on a word is met often.
const OFTEN: u32 = 3;

/// The words and phrases of a page, by block.
pub(super) struct Topic {
    /// For each line, the hashes of its long words, each once.
    words: Vec<Vec<u64>>,
    /// For each line, the hashes of its phrases, each once.
    phrases: Vec<Vec<u64>>,
    /// Telling blocks that hold a word.
    blocks: FxHashMap<u64, u32>,
    /// Blocks that hold a phrase.
    again: FxHashMap<u64, u32>,
    /// Hashes of the long words of the title, sorted.
    title: Vec<u64>,
    /// Hashes of the long words of what the page's head says that it is about, sorted.
    described: Vec<u64>,
    /// Those of its phrases.
    described_phrases: Vec<u64>,
    /// Those of the phrases of the body that the head states.
    stated: Vec<u64>,
}

impl Topic {
    /// Looks at all words of a page; `title` are the folded words of its title. Linear, but for sorting the words of each
    /// line.
    pub(super) fn new(page: &Page<'_>, title: &[String]) -> Self {
        let long = title.iter().filter(|word| word.len() >= LONG);
        let mut title: Vec<u64> = long.map(|word| xxh3_64(word.as_bytes())).collect();
        title.sort_unstable();
        let mut topic = Self {
            words: Vec::with_capacity(page.lines.len()),
            phrases: Vec::with_capacity(page.lines.len()),
            blocks: FxHashMap::default(),
            again: FxHashMap::default(),
            title,
            described: Vec::new(),
            described_phrases: Vec::new(),
            stated: Vec::new(),
        };
        let meta = &page.document.meta;
        if let Some(description) = &meta.description {
            (topic.described, topic.described_phrases) = Hashes::of(description);
        }
        if let Some(body) = &meta.body {
            topic.stated = Hashes::of(body).1;
        }
        let mut hashes = Hashes::default();
        for line in &page.lines {
            each_word(line, |word| hashes.add(word));
            let (words, phrases) = hashes.take();
            if is_telling(line) {
                for word in &words {
                    *topic.blocks.entry(*word).or_default() += 1;
                }
            }
            for phrase in &phrases {
                *topic.again.entry(*phrase).or_default() += 1;
            }
            topic.words.push(words);
            topic.phrases.push(phrases);
        }
        topic
    }

    /// Puts which parts of a line come up again in other blocks, in the title, and in what the head says.
    pub(super) fn put(&self, features: &mut Features, line: &Line<'_>) {
        let words = &self.words[line.index];
        let own = u32::from(is_telling(line));
        let others = |word: &u64| self.blocks.get(word).map_or(0, |blocks| blocks.saturating_sub(own));
        let count = float(words.len());
        let met = words.iter().filter(|word| others(word) >= 1).count();
        let often = words.iter().filter(|word| others(word) >= OFTEN).count();
        let named = words.iter().filter(|word| self.title.binary_search(word).is_ok()).count();
        features.put("long words", 0, count);
        features.put("words met elsewhere", 0, part(float(met), count));
        features.put("words met often elsewhere", 0, part(float(often), count));
        features.put("long words of the title", 0, part(float(named), count));
        let phrases = &self.phrases[line.index];
        let again = phrases.iter().filter(|phrase| self.again.get(*phrase).is_some_and(|blocks| *blocks > 1));
        features.put("words of the description", 0, share(words, &self.described));
        features.put("phrases of the description", 0, share(phrases, &self.described_phrases));
        features.put("phrases of the stated body", 0, share(phrases, &self.stated));
        features.put("phrases met elsewhere", 0, part(float(again.count()), float(phrases.len())));
    }
}

/// Which part of a line's hashes is known; −1 where none are.
fn share(own: &[u64], known: &[u64]) -> f32 {
    if known.is_empty() {
        return -1.0;
    }
    let met = own.iter().filter(|hash| known.binary_search(hash).is_ok()).count();
    part(float(met), float(own.len()))
}

/// Hashes of the words of a text, which are added one after the other.
#[derive(Default)]
struct Hashes {
    all: Vec<u64>,
    long: Vec<u64>,
}

impl Hashes {
    /// The hashes of the long words of a text and of its phrases.
    fn of(text: &str) -> (Vec<u64>, Vec<u64>) {
        let text = fold(text);
        let mut hashes = Self::default();
        for_each_word(&text, |range| hashes.add(&text[range]));
        hashes.take()
    }

    fn add(&mut self, word: &str) {
        let hash = xxh3_64(word.as_bytes());
        self.all.push(hash);
        if word.len() >= LONG {
            self.long.push(hash);
        }
    }

    /// The hashes of the long words and of the phrases, each sorted and once; there are no words then.
    fn take(&mut self) -> (Vec<u64>, Vec<u64>) {
        let mut words = std::mem::take(&mut self.long);
        let mut phrases: Vec<u64> = self.all.windows(PHRASE).map(phrase).collect();
        self.all.clear();
        for hashes in [&mut words, &mut phrases] {
            hashes.sort_unstable();
            hashes.dedup();
        }
        (words, phrases)
    }
}

fn is_telling(line: &Line<'_>) -> bool {
    line.is_good() || line.words >= TELLING
}

/// One hash of the hashes of words in a row.
fn phrase(words: &[u64]) -> u64 {
    // An odd constant spreads the bits of each word before its place in the phrase is turned in (Knuth's multiplicative
    // hashing with the golden ratio).
    words.iter().fold(0, |hash: u64, word| hash.rotate_left(13) ^ word.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{is, value};

    const PAGE: &str = "<title>Slugs</title><p>Slugs leave the lettuce alone where beer stands beside the lettuce bed.</p>        <p>Where the lettuce bed is dry, slugs stay under stones until the evening comes.</p>        <p>Concert tickets sell out within minutes, says everyone.</p><div>Slugs stay under stones</div>";

    #[test]
    fn words_of_the_topic_come_up_again_and_those_of_an_advertisement_do_not() {
        // lettuce, where and slugs, of leave, lettuce, alone, where, beer, stands, beside and slugs.
        assert!(is(value(PAGE, "Slugs leave", "words met elsewhere", 0), 3.0 / 8.0));
        assert!(is(value(PAGE, "Concert", "words met elsewhere", 0), 0.0));
        assert!(is(value(PAGE, "Concert", "long words of the title", 0), 0.0));
        assert!(value(PAGE, "Slugs leave", "long words of the title", 0) > 0.0);
    }

    #[test]
    fn what_the_head_says_of_the_page_is_met_in_its_text() {
        let page = "<meta name=description content='Beer keeps slugs away from lettuce, we say'><p>It is said that beer \
                    keeps slugs away from young plants.</p><p>Concert tickets sell out within minutes.</p>";
        // Said, that, beer, keeps, slugs, away, from, young and plants; beer to from are five words and two phrases.
        assert!(is(value(page, "It is said", "words of the description", 0), 5.0 / 9.0));
        assert!(is(value(page, "It is said", "phrases of the description", 0), 2.0 / 8.0));
        assert!(is(value(page, "Concert", "words of the description", 0), 0.0));
        assert!(is(value(page, "Concert", "phrases of the stated body", 0), -1.0));
        let page = "<script type='application/ld+json'>{\"articleBody\": \"Slugs stay under stones. Always.\"}</script>\
                    <p>Slugs stay under stones.</p>";
        assert!(is(value(page, "Slugs", "phrases of the stated body", 0), 1.0));
        assert!(is(value(page, "Slugs", "words of the description", 0), -1.0));
    }

    #[test]
    fn a_phrase_that_stands_twice_is_met_elsewhere() {
        assert!(is(value(PAGE, "Concert", "phrases met elsewhere", 0), 0.0));
        assert!(value(PAGE, "Where the lettuce", "phrases met elsewhere", 0) > 0.0);
    }
}
