//! The words of a page of plain text, each looked up once: what they say of short lines and as headings, and which of them
//! the sentences and the title of the page have.

use std::ops::Range;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use crate::boilerplate::content::features::{Features, each_word, float, part};
use crate::boilerplate::content::lexicon::{Lexicon, Sums};
use crate::boilerplate::line::is_content_word;
use crate::boilerplate::{Line, Page};

/// Words up to which a line's words are looked up in the lexicon.
const SHORT: usize = 12;

/// Words up to which a line may be a heading.
const LONGEST_HEADING: usize = 8;

/// Sentences beside its own from which on a word is met often.
const OFTEN: u32 = 3;

/// The words of a page.
pub(super) struct Words {
    distinct: Vec<Word>,
    /// Numbers of the words of all lines that carry meaning, line after line.
    telling: Vec<u32>,
    lines: Vec<OfLine>,
}

/// A word, however often the page has it.
struct Word {
    /// Whether it carries meaning.
    tells: bool,
    /// Whether the title has it.
    titled: bool,
    /// What it says of a short line, and as a heading; looked up once a short line has it.
    says: Option<[Option<f32>; 2]>,
    /// Sentences that have it, and the last line of them, counted from one.
    sentences: u32,
    last: u32,
}

/// What the words of a line come to.
struct OfLine {
    telling: Range<usize>,
    says: Sums,
    heads: f32,
}

impl Words {
    /// Looks at all words of a page. Linear.
    pub(super) fn of(page: &Page<'_>, lexicon: &Lexicon) -> Self {
        let mut words = Self { distinct: Vec::new(), telling: Vec::new(), lines: Vec::new() };
        let mut numbers: FxHashMap<u64, u32> = FxHashMap::default();
        for line in &page.lines {
            let start = words.telling.len();
            let (mut says, mut heads) = (Sums::default(), 0.0);
            let short = line.words <= SHORT;
            let may_head = line.words <= LONGEST_HEADING && !line.is_good();
            let place = u32::try_from(line.index + 1).unwrap_or(u32::MAX);
            each_word(line, |text| {
                let tells = is_content_word(text);
                if !short && !tells {
                    return;
                }
                // A page has far fewer words than there are numbers.
                let next = u32::try_from(words.distinct.len()).unwrap_or(u32::MAX);
                let number = *numbers.entry(xxh3_64(text.as_bytes())).or_insert(next);
                if number == next {
                    words.distinct.push(Word {
                        tells,
                        titled: tells && page.title_words().contains(text),
                        says: None,
                        sentences: 0,
                        last: 0,
                    });
                }
                let word = &mut words.distinct[number as usize];
                if short {
                    let look_up = || [lexicon.word(text), lexicon.heading_word(text)];
                    let [own, heading] = *word.says.get_or_insert_with(look_up);
                    says.see(own);
                    heads += heading.filter(|_| may_head).unwrap_or(0.0);
                }
                if word.tells {
                    words.telling.push(number);
                    if line.is_good() && word.last != place {
                        word.sentences += 1;
                        word.last = place;
                    }
                }
            });
            words.lines.push(OfLine { telling: start..words.telling.len(), says, heads });
        }
        words
    }

    /// What the words of a short line say of it; nothing of a longer one.
    pub(super) fn says(&self, line: &Line<'_>) -> Sums {
        self.lines[line.index].says
    }

    /// The sum of the log odds of the words of a line that may be a heading.
    pub(super) fn as_heading(&self, line: &Line<'_>) -> f32 {
        self.lines[line.index].heads
    }

    /// Puts which part of the words of a line the other sentences of the page have, and its title.
    pub(super) fn put(&self, features: &mut Features, line: &Line<'_>) {
        let own = u32::from(line.is_good());
        let (mut met, mut often, mut titled) = (0, 0, 0);
        let telling = &self.telling[self.lines[line.index].telling.clone()];
        for number in telling {
            let word = &self.distinct[*number as usize];
            let others = word.sentences - own;
            met += usize::from(others > 0);
            often += usize::from(others >= OFTEN);
            titled += usize::from(word.titled);
        }
        let all = float(telling.len());
        features.put("long words", 0, all);
        features.put("words met in sentences", 0, part(float(met), all));
        features.put("words met often in sentences", 0, part(float(often), all));
        features.put("words of the title", 0, part(float(titled), all));
    }
}
