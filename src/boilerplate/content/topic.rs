//! What a page speaks of: which words of a block come up again elsewhere on the page, and which of its phrases.

use rustc_hash::{FxBuildHasher, FxHashMap};
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
    /// Long words; known are those of the title and those of what the page's head says that it is about.
    words: Hashed,
    /// Phrases; known are those of what the head says and those of the body that it states.
    phrases: Hashed,
}

impl Topic {
    /// Looks at all words of a page; `title` are the folded words of its title. Linear, but for sorting the words of each
    /// line.
    pub(super) fn new(page: &Page<'_>, title: &[String]) -> Self {
        let long = title.iter().filter(|word| word.len() >= LONG);
        let mut title: Vec<u64> = long.map(|word| xxh3_64(word.as_bytes())).collect();
        title.sort_unstable();
        let meta = &page.document.meta;
        let (described, described_phrases) = meta.description.as_deref().map(Hashes::of).unwrap_or_default();
        let stated = meta.body.as_deref().map(|body| Hashes::of(body).1).unwrap_or_default();
        let count = page.lines.iter().map(|line| line.exact_words).sum();
        let mut words = Hashed::new([title, described], count / 2);
        let mut phrases = Hashed::new([described_phrases, stated], count);
        let mut hashes = Hashes::default();
        for line in &page.lines {
            each_word(line, |word| hashes.add(word));
            let (of_words, of_phrases) = hashes.take();
            words.add_line(&of_words, is_telling(line));
            phrases.add_line(&of_phrases, true);
        }
        Self { words, phrases }
    }

    /// Puts which parts of a line come up again in other blocks, in the title, and in what the head says.
    pub(super) fn put(&self, features: &mut Features, line: &Line<'_>) {
        let words = self.words.of_line(line.index);
        let own = u32::from(is_telling(line));
        let share = |part_of: usize| part(float(part_of), float(words.len()));
        let in_others = |least: u32| words.clone().filter(|word| word.blocks >= least + own).count();
        features.put("long words", 0, float(words.len()));
        features.put("words met elsewhere", 0, share(in_others(1)));
        features.put("words met often elsewhere", 0, share(in_others(OFTEN)));
        features.put("long words of the title", 0, share(words.clone().filter(|word| word.known[0]).count()));
        features.put("words of the description", 0, self.words.share_known(line.index, 1));
        features.put("phrases of the description", 0, self.phrases.share_known(line.index, 0));
        features.put("phrases of the stated body", 0, self.phrases.share_known(line.index, 1));
        let phrases = self.phrases.of_line(line.index);
        let again = phrases.clone().filter(|phrase| phrase.blocks > 1).count();
        features.put("phrases met elsewhere", 0, part(float(again), float(phrases.len())));
    }
}

/// Words, or phrases, of all lines by their hashes, and what is known of each.
struct Hashed {
    /// Hashes that something else holds, in two lists, sorted.
    known: [Vec<u64>; 2],
    /// Where each hash stands among `all`.
    places: FxHashMap<u64, u32>,
    all: Vec<Met>,
    /// Those of all lines, one line after the other, as places among `all`.
    by_line: Vec<u32>,
    /// Where the ones of each line end in that.
    ends: Vec<usize>,
}

/// What is known of one word or phrase.
struct Met {
    /// Blocks that hold it.
    blocks: u32,
    /// Which of the two lists hold it.
    known: [bool; 2],
}

impl Hashed {
    /// None yet, and room for about so many.
    fn new(known: [Vec<u64>; 2], room: usize) -> Self {
        let places = FxHashMap::with_capacity_and_hasher(room, FxBuildHasher);
        Self { known, places, all: Vec::new(), by_line: Vec::with_capacity(room), ends: vec![0] }
    }

    /// Adds the hashes of the next line, which is one of their blocks if it counts.
    fn add_line(&mut self, hashes: &[u64], counts: bool) {
        for hash in hashes {
            let place = *self.places.entry(*hash).or_insert_with(|| {
                let known = self.known.each_ref().map(|known| known.binary_search(hash).is_ok());
                self.all.push(Met { blocks: 0, known });
                // A page that html5ever reads has fewer words than fit in 32 bits.
                u32::try_from(self.all.len() - 1).unwrap_or(u32::MAX)
            });
            self.all[place as usize].blocks += u32::from(counts);
            self.by_line.push(place);
        }
        self.ends.push(self.by_line.len());
    }

    fn of_line(&self, line: usize) -> impl ExactSizeIterator<Item = &Met> + Clone {
        self.by_line[self.ends[line]..self.ends[line + 1]].iter().map(|place| &self.all[*place as usize])
    }

    /// Which part of a line's is in one of the lists; −1 where that is empty.
    fn share_known(&self, line: usize, list: usize) -> f32 {
        if self.known[list].is_empty() {
            return -1.0;
        }
        let own = self.of_line(line);
        part(float(own.clone().filter(|met| met.known[list]).count()), float(own.len()))
    }
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
