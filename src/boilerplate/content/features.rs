//! What the content scorer sees of a block: its own shape, the elements around it, its neighbours, its place on the page.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::Evidence;
use super::body::Bodies;
use super::card::Cards;
use super::lexicon::{Lexicon, Sums};
use super::place::{DESCENTS, Mass, PLAIN_DESCENTS, Place, TELLING_TAGS, levels, masses, path, places};
use super::topic::Topic;
use crate::analysis::for_each_word;
use crate::boilerplate::line::breaks_off;
use crate::boilerplate::{Line, Page};
use crate::document::BlockKind;

/// One feature: what it says, and of which neighbour or element around the block (0 is the block itself).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    /// What it says, for readers.
    pub what: &'static str,
    /// Distance from the block: levels up for elements, blocks before (negative) or after for neighbours.
    pub at: i8,
}

/// The features of all blocks of a page, one row a block.
#[derive(Debug, Default)]
pub struct Features {
    values: Vec<f32>,
    names: Vec<Name>,
    rows: usize,
    /// Rows that there will be.
    all: usize,
}

impl Features {
    /// None yet, of so many blocks.
    pub(super) fn of(blocks: usize) -> Self {
        Self { all: blocks, ..Self::default() }
    }

    /// Number of blocks.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// The features of one block.
    #[must_use]
    pub fn row(&self, index: usize) -> &[f32] {
        let width = self.names.len();
        self.values.get(index * width..(index + 1) * width).unwrap_or(&[])
    }

    /// The features of all blocks.
    #[must_use]
    pub fn all(&self) -> Vec<&[f32]> {
        (0..self.rows).map(|row| self.row(row)).collect()
    }

    /// The features of some blocks, in their order, in a table of these alone or of all.
    pub(super) fn of_blocks(&self, blocks: &[usize]) -> Vec<&[f32]> {
        if self.rows == blocks.len() {
            self.all()
        } else {
            blocks.iter().map(|block| self.row(*block)).collect()
        }
    }

    /// What each column says.
    #[must_use]
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    pub(super) fn put(&mut self, what: &'static str, at: i8, value: f32) {
        if self.rows == 0 {
            self.names.push(Name { what, at });
        }
        self.values.push(value);
    }

    /// Puts the features that another row begins with.
    pub(super) fn put_row(&mut self, names: &[Name], row: &[f32]) {
        if self.rows == 0 {
            self.names.extend_from_slice(names);
        }
        self.values.extend_from_slice(row);
    }

    pub(super) fn end_row(&mut self) {
        if self.rows == 0 {
            self.values.reserve_exact(self.names.len() * self.all.saturating_sub(1));
        }
        self.rows += 1;
    }
}

/// Levels of elements around a block that are looked at one by one.
const LEVELS: usize = 5;

/// Levels among which the most repeated element is looked for.
const REPEATED_LEVELS: usize = 6;

/// What is said of a block without its context.
struct Own {
    mass: Mass,
    marks: Marks,
    density: f32,
    dropped: f32,
    dropped_by_all: f32,
    kind: f32,
    terminal: f32,
    words: f32,
}

pub(super) fn part(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of blocks, words and bytes of one page; a feature may be rounded"
)]
pub(super) const fn float(count: usize) -> f32 {
    count as f32
}

pub(super) const fn flag(yes: bool) -> f32 {
    if yes { 1.0 } else { 0.0 }
}

const fn kind(kind: BlockKind) -> f32 {
    match kind {
        BlockKind::Paragraph => 0.0,
        BlockKind::Heading(level) => level as f32,
        BlockKind::Item => 8.0,
        BlockKind::Quote => 9.0,
        BlockKind::Code => 10.0,
        BlockKind::Row => 11.0,
        BlockKind::Caption => 12.0,
    }
}

/// Features of every line of a page with elements. Linear in the page.
#[must_use]
pub fn features(page: &Page<'_>, evidence: &Evidence, lexicon: &Lexicon) -> Features {
    let lines = &page.lines;
    let elements = &page.document.elements;
    let mut features = Features::of(lines.len());
    if lines.is_empty() || elements.is_empty() {
        return features;
    }
    let own: Vec<Own> = lines.iter().map(|line| own(line, evidence)).collect();
    let masses = masses(lines, elements, own.iter().map(|own| &own.mass));
    let total = masses[0];
    let largest = largest(&own);
    let title = headline(page);
    let places = places(page, &masses, largest, title, lexicon);

    let path = |line: &Line<'_>| line.block.element.map_or(0, |element| path(element, elements, &places));
    let keys: Vec<(u64, u64)> =
        lines.iter().map(|line| (path(line), xxh3_64(line.folded().as_bytes()))).collect();
    let mut shapes: FxHashMap<u64, Mass> = FxHashMap::default();
    let mut texts: FxHashMap<u64, (u32, u32)> = FxHashMap::default();
    for ((shape, text), own) in keys.iter().zip(&own) {
        shapes.entry(*shape).or_default().add(&own.mass);
        texts.entry(*text).or_default().0 += 1;
    }
    let sums = Prefix::new(&own);
    let count = lines.len();
    let first_h1 = lines.iter().position(|line| line.block.kind == BlockKind::Heading(1));
    let h1s = lines.iter().filter(|line| line.block.kind == BlockKind::Heading(1)).count();
    let most = own.iter().map(|own| own.mass.good).fold(0.0, f32::max);
    let items: f32 =
        lines.iter().zip(&own).filter(|(line, _)| line.is_item()).map(|(_, own)| own.mass.bytes).sum();
    let prices: f32 = own.iter().map(|own| own.marks.prices).sum();
    let to_good = to_good(lines);
    let says = Says::of(page);
    let titles = title_words(page);
    let bodies = Bodies::new(page, own.iter().map(|own| own.mass.good));
    let cards = Cards::new(page, &places, &masses);
    let topic = Topic::new(page, &titles);

    let mut last_heading: Option<usize> = None;
    let mut heading_words = Sums::default();
    let mut last_good: Option<usize> = None;
    for (index, line) in lines.iter().enumerate() {
        let me = &own[index];
        let text = line.text;
        let f = &mut features;
        f.put("words", 0, me.words);
        f.put("length", 0, me.mass.bytes);
        f.put("link density", 0, me.density);
        f.put("capitalised words", 0, part(float(line.capitals), float(line.words)));
        f.put("ends a sentence", 0, me.terminal);
        f.put("full sentence", 0, flag(line.is_good()));
        f.put("kind of block", 0, me.kind);
        f.put("text rules", 0, me.dropped);
        f.put("text rules with context", 0, me.dropped_by_all);
        f.put("furniture phrase", 0, flag(!line.whole_prompts.is_empty()));
        f.put("furniture phrase inside", 0, flag(line.holds_phrase));
        let marks = &me.marks;
        f.put("digits", 0, part(marks.digits, me.mass.bytes));
        f.put("punctuation", 0, part(marks.punctuation, float(line.words)));
        f.put("separators", 0, marks.separators);
        f.put("prices", 0, marks.prices);
        let end = text.trim_end();
        f.put("ends with ?", 0, flag(end.ends_with(['?', '？', '؟'])));
        f.put("ends with :", 0, flag(end.ends_with([':', '：'])));
        f.put("ends with …", 0, flag(breaks_off(end)));

        let place = line.block.element.map(|element| places[element as usize]).unwrap_or_default();
        for (bit, (what, _)) in TELLING_TAGS.iter().enumerate() {
            f.put(what, 0, flag(place.tags & (1 << bit) != 0));
        }
        f.put("depth", 0, f32::from(place.depth));
        f.put("microdata", 0, flag(place.described));
        for (bit, _) in DESCENTS.iter().enumerate() {
            f.put("inside the main text's element", 0, flag(place.inside & (1 << bit) != 0));
        }
        for (bit, _) in PLAIN_DESCENTS.iter().enumerate() {
            f.put(
                "inside the most text's element",
                0,
                flag(place.inside & (1 << (bit + DESCENTS.len())) != 0),
            );
        }
        let levels = |holds: &dyn Fn(&Mass) -> bool| levels(line.block.element, elements, &masses, holds);
        f.put("levels to much good text", 0, levels(&|mass| mass.good >= 0.3 * total.good));
        f.put("levels to most good text", 0, levels(&|mass| mass.good >= 0.6 * total.good));
        f.put("levels to most text", 0, levels(&|mass| mass.plain >= 0.5 * total.plain));
        f.put("levels to the main text", 0, f32::from(place.to_text.0));
        f.put("levels from there down", 0, f32::from(place.to_text.1));
        f.put("levels to the headline", 0, f32::from(place.to_title.0));
        f.put("levels from there down", 1, f32::from(place.to_title.1));
        f.put("number of the article", 0, f32::from(place.articles));

        let mut around = line.block.element;
        let mut most_repeated = (0u32, -1.0);
        for level in 0..REPEATED_LEVELS {
            let at = i8::try_from(level).unwrap_or(i8::MAX);
            let here = around.map(|element| (&masses[element as usize], &places[element as usize]));
            if let Some((_, place)) = here
                && place.siblings > most_repeated.0
            {
                most_repeated = (place.siblings, f32::from(at));
            }
            if level < LEVELS {
                let (mass, place) =
                    here.map_or((Mass::default(), Place::default()), |(mass, place)| (*mass, *place));
                f.put("share of good text", at, part(mass.good, total.good));
                f.put("share of text", at, part(mass.plain, total.plain));
                f.put("link density of element", at, part(mass.linked, mass.bytes));
                f.put("good text in element", at, part(mass.good, mass.bytes));
                f.put("blocks in element", at, mass.blocks);
                f.put("words a block", at, part(mass.words, mass.blocks));
                f.put("text rules in element", at, part(mass.dropped, mass.bytes));
                f.put("siblings alike", at, place.siblings_f());
                f.put("headings in element", at, mass.headings);
            }
            around = around.and_then(|element| elements[element as usize].parent);
        }
        f.put("most siblings alike", 0, float(most_repeated.0 as usize));
        f.put("their level", 0, most_repeated.1);
        f.put("place among siblings", 0, float(place.sibling as usize));

        f.put("place on the page", 0, part(float(index), float(count)));
        f.put("text before", 0, part(sums.bytes[index + 1], total.bytes));
        f.put("good text before", 0, part(sums.good[index + 1], total.good));
        f.put("blocks before", 0, float(index));
        f.put("blocks after", 0, float(count - index));
        f.put("blocks before the first sentence", 0, float(page.first_good) - float(index));
        f.put("blocks after the last sentence", 0, float(index) - float(page.end_good));
        f.put("blocks after the longest", 0, float(index) - float(largest));
        f.put("blocks after the headline", 0, first_h1.map_or(-999.0, |h1| float(index) - float(h1)));
        f.put("blocks after the title", 0, title.map_or(-999.0, |title| float(index) - float(title)));
        let (shared, of_line, of_title) = overlap(line, &titles);
        f.put("words of the title", 0, part(shared, of_line));
        f.put("title's words", 0, part(shared, of_title));

        let (shape, same) = keys[index];
        let repeated = texts.entry(same).or_default();
        f.put("same text on the page", 0, float(repeated.0 as usize));
        f.put("same text before", 0, float(repeated.1 as usize));
        repeated.1 += 1;
        let shape = shapes.get(&shape).copied().unwrap_or_default();
        f.put("blocks of the same shape", 0, shape.blocks);
        f.put("words of blocks of the same shape", 0, part(shape.words, shape.blocks));
        f.put("links in blocks of the same shape", 0, part(shape.linked, shape.bytes));
        f.put("good text in blocks of the same shape", 0, part(shape.good, total.good));
        f.put("text in blocks of the same shape", 0, part(shape.bytes, total.bytes));

        for at in [-3i8, -2, -1, 1, 2, 3] {
            let other = index.checked_add_signed(isize::from(at)).and_then(|other| own.get(other));
            f.put("words of neighbour", at, other.map_or(-1.0, |other| other.words));
            f.put("link density of neighbour", at, other.map_or(-1.0, |other| other.density));
            f.put("kind of neighbour", at, other.map_or(-1.0, |other| other.kind));
            f.put("neighbour ends a sentence", at, other.map_or(-1.0, |other| other.terminal));
            if at.abs() == 1 {
                f.put("text rules on neighbour", at, other.map_or(-1.0, |other| other.dropped));
                let holder = index.checked_add_signed(isize::from(at)).and_then(|other| lines.get(other));
                let up = |line: &Line<'_>| {
                    line.block.element.and_then(|element| elements[element as usize].parent)
                };
                f.put(
                    "neighbour in the same element",
                    at,
                    flag(holder.is_some_and(|other| up(other) == up(line))),
                );
            }
        }
        for (at, from, to) in [(-10i8, index.saturating_sub(10), index), (10, index + 1, index + 11)]
            .into_iter()
            .chain([(-30, index.saturating_sub(30), index), (30, index + 1, index + 31)])
        {
            let (from, to) = (from.min(count), to.min(count));
            let bytes = sums.bytes[to] - sums.bytes[from];
            f.put("good text near", at, part(sums.good[to] - sums.good[from], bytes));
            f.put("link density near", at, part(sums.linked[to] - sums.linked[from], bytes));
            f.put("text near", at, bytes);
        }
        f.put("blocks since heading", 0, last_heading.map_or(999.0, |heading| float(index - heading)));
        f.put("level of heading", 0, last_heading.map_or(0.0, |heading| own[heading].kind));
        f.put("blocks since sentence", 0, last_good.map_or(999.0, |good| float(index - good)));
        f.put("blocks to sentence", 0, to_good[index]);

        for (what, value) in place.sums.values() {
            f.put(what, 0, value);
        }
        let mut words = Sums::default();
        if line.words <= SHORT_LINE {
            each_word(line, |word| words.see(lexicon.word(word)));
        }
        f.put("its words, worst", 0, words.worst);
        f.put("its words, best", 0, words.best);
        f.put("its words", 0, words.sum);
        f.put("words of its heading, worst", 0, heading_words.worst);
        f.put("words of its heading, best", 0, heading_words.best);
        f.put("words of its heading", 0, heading_words.sum);

        f.put("prices of the page", 0, part(prices, total.blocks));
        f.put("good text of the page", 0, total.good);
        f.put("good share of the page", 0, part(total.good, total.bytes));
        f.put("links of the page", 0, part(total.linked, total.bytes));
        f.put("blocks of the page", 0, float(count));
        f.put("headings of the page", 0, total.headings);
        f.put("headlines of the page", 0, float(h1s));
        f.put("items of the page", 0, part(items, total.bytes));
        f.put("words a block of the page", 0, part(total.words, total.blocks));
        f.put("longest sentence block", 0, part(most, total.good));
        bodies.put(f, line);
        cards.put(f, line, elements, &places);
        topic.put(f, line);
        f.put("link density of heading", 0, last_heading.map_or(-1.0, |heading| own[heading].density));
        f.put(
            "heading in the same element",
            0,
            flag(last_heading.is_some_and(|heading| {
                let up = |line: &Line<'_>| {
                    line.block.element.and_then(|element| elements[element as usize].parent)
                };
                up(&lines[heading]) == up(line)
            })),
        );
        for at in [-2i8, -1, 0, 1, 2] {
            let other = index.checked_add_signed(isize::from(at)).and_then(|other| own.get(other));
            f.put("names a year", at, other.map_or(-1.0, |other| other.marks.year));
        }
        says.put(f);
        f.put("stated body", 0, says.holds(line));
        f.end_row();

        if matches!(line.block.kind, BlockKind::Heading(_)) {
            last_heading = Some(index);
            heading_words = Sums::default();
            each_word(line, |word| heading_words.see(lexicon.heading_word(word)));
        }
        if line.is_good() {
            last_good = Some(index);
        }
    }
    features
}

/// Words up to which a line's words are looked up one by one: longer lines are text, whatever they speak of.
pub(super) const SHORT_LINE: usize = 8;

/// Calls `see` with each folded word of a line.
pub(super) fn each_word(line: &Line<'_>, mut see: impl FnMut(&str)) {
    let folded = line.folded();
    for_each_word(folded, |range| see(&folded[range]));
}

impl Place {
    fn siblings_f(&self) -> f32 {
        float(self.siblings as usize)
    }
}

fn own(line: &Line<'_>, evidence: &Evidence) -> Own {
    let bytes = float(line.text.len());
    let linked = float(line.block.linked);
    let dropped = float(evidence.context_free.dropped_bytes(line.span));
    let dropped_by_all = float(evidence.all.dropped_bytes(line.span));
    let plain = bytes - linked;
    Own {
        mass: Mass {
            good: if line.is_good() { plain } else { 0.0 },
            linked,
            bytes,
            plain,
            blocks: 1.0,
            words: float(line.words),
            headings: flag(matches!(line.block.kind, BlockKind::Heading(_))),
            dropped,
        },
        marks: Marks::of(line.text),
        density: part(linked, bytes),
        dropped: part(dropped, bytes),
        dropped_by_all: part(dropped_by_all, bytes),
        kind: kind(line.block.kind),
        terminal: flag(line.terminal),
        words: float(line.words),
    }
}

/// Index of the block with the most good text.
fn largest(own: &[Own]) -> usize {
    let mut largest = 0;
    for (index, block) in own.iter().enumerate() {
        if block.mass.good > own[largest].mass.good {
            largest = index;
        }
    }
    largest
}

/// Index of the heading that says the page's title, else of the first headline.
fn headline(page: &Page<'_>) -> Option<usize> {
    let title = page.document.meta.title.as_deref().map(crate::analysis::fold);
    let heading = |line: &&Line<'_>| matches!(line.block.kind, BlockKind::Heading(_));
    page.lines
        .iter()
        .filter(heading)
        .find(|line| title.as_deref().is_some_and(|title| line.words >= 2 && title.contains(line.folded())))
        .or_else(|| page.lines.iter().find(|line| line.block.kind == BlockKind::Heading(1)))
        .map(|line| line.index)
}

/// For each line, blocks to the next full sentence.
fn to_good(lines: &[Line<'_>]) -> Vec<f32> {
    let mut distances = vec![999.0; lines.len()];
    let mut next: Option<usize> = None;
    for index in (0..lines.len()).rev() {
        if let Some(next) = next {
            distances[index] = float(next - index);
        }
        if lines[index].is_good() {
            next = Some(index);
        }
    }
    distances
}

/// Folded words of the document's title.
fn title_words(page: &Page<'_>) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(title) = &page.document.meta.title {
        let title = crate::analysis::fold(title);
        for_each_word(&title, |range| words.push(title[range].to_owned()));
    }
    words.sort();
    words.dedup();
    words
}

/// Words shared with the title, words of the line, words of the title.
fn overlap(line: &Line<'_>, title: &[String]) -> (f32, f32, f32) {
    if title.is_empty() || line.words > 60 {
        return (0.0, float(line.words), float(title.len()));
    }
    // Most words begin as no word of the title does, which is told without a comparison.
    let initial = |word: &str| word.as_bytes().first().map_or(0, |byte| 1u64 << (byte & 63));
    let initials = title.iter().fold(0, |initials, word| initials | initial(word));
    let mut shared = 0;
    each_word(line, |word| {
        let may_be = initials & initial(word) != 0;
        shared += usize::from(may_be && title.binary_search_by(|other| other.as_str().cmp(word)).is_ok());
    });
    (float(shared.min(title.len())), float(line.words), float(title.len()))
}

/// Characters that lists and menus are made with.
#[derive(Default)]
struct Marks {
    digits: f32,
    punctuation: f32,
    separators: f32,
    prices: f32,
    year: f32,
}

impl Marks {
    fn of(text: &str) -> Self {
        let mut marks = Self::default();
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' => marks.digits += 1.0,
                b'.' | b',' | b';' | b':' | b'!' | b'?' => marks.punctuation += 1.0,
                b'|' => marks.separators = 1.0,
                b'$' => marks.prices = 1.0,
                _ => {}
            }
        }
        if text.len() < DATED && marks.digits >= 4.0 {
            marks.year = flag(text.as_bytes().windows(4).any(is_year));
        }
        if !text.is_ascii() && text.contains(['€', '£', '¥', '₹']) {
            marks.prices = 1.0;
        }
        if !text.is_ascii() && text.contains(['»', '›', '©', '•', '·']) {
            marks.separators = 1.0;
        }
        marks
    }
}

/// Bytes below which a line may be a date, or a name with one.
const DATED: usize = 80;

/// Whether four bytes are a year that web pages are of.
fn is_year(digits: &[u8]) -> bool {
    matches!(digits, [b'1', b'9', tens, ones] | [b'2', b'0', tens, ones] if tens.is_ascii_digit() && ones.is_ascii_digit())
}

/// Sums of the blocks before each block.
struct Prefix {
    bytes: Vec<f32>,
    good: Vec<f32>,
    linked: Vec<f32>,
}

impl Prefix {
    fn new(own: &[Own]) -> Self {
        let sum = |of: fn(&Mass) -> f32| {
            let mut sum = 0.0;
            std::iter::once(0.0)
                .chain(own.iter().map(|own| {
                    sum += of(&own.mass);
                    sum
                }))
                .collect()
        };
        Self { bytes: sum(|mass| mass.bytes), good: sum(|mass| mass.good), linked: sum(|mass| mass.linked) }
    }
}

/// What a page says of its own kind.
struct Says<'a> {
    kinds: [bool; 6],
    body: Option<&'a str>,
}

/// Kinds of page by the names that schema.org and Open Graph give them; a name counts where it ends with one of these.
const KINDS: [(&str, &[&str]); 6] = [
    ("says it is an article", &["article", "blogposting", "report", "blog"]),
    ("says it is a product", &["product", "offer", "productgroup", "og:product", "product.item"]),
    ("says it is a forum", &["discussionforumposting", "qapage", "question", "comment"]),
    ("says it is a list", &["collectionpage", "itemlist", "searchresultspage", "offercatalog"]),
    ("says it is a site", &["website", "webpage", "organization"]),
    (
        "says it is a recipe or place",
        &["recipe", "localbusiness", "event", "restaurant", "service", "softwareapplication"],
    ),
];

impl<'a> Says<'a> {
    fn of(page: &'a Page<'_>) -> Self {
        let meta = &page.document.meta;
        let kinds = KINDS.map(|(_, names)| {
            meta.types.iter().chain(&meta.kind).any(|kind| names.iter().any(|name| kind.ends_with(name)))
        });
        Self { kinds, body: meta.body.as_deref() }
    }

    fn put(&self, features: &mut Features) {
        for ((what, _), kind) in KINDS.iter().zip(self.kinds) {
            features.put(what, 0, flag(kind));
        }
    }

    /// Whether the body that the page states in its metadata holds the line: 1 yes, 0 no, −1 it states none.
    fn holds(&self, line: &Line<'_>) -> f32 {
        let Some(body) = self.body else { return -1.0 };
        if line.words < 4 {
            return 0.5;
        }
        let end = line.text.char_indices().nth(48).map_or(line.text.len(), |(end, _)| end);
        flag(memchr::memmem::find(body.as_bytes(), &line.text.as_bytes()[..end]).is_some())
    }
}
