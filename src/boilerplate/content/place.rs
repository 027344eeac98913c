//! Where a block stands: what the elements around it amount to, and how far it is from the text and the headline.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::lexicon::{Lexicon, Sums};
use crate::boilerplate::{Line, Page};
use crate::document::{Element, Names};

/// Elements whose presence around a block tells of it.
pub(super) const TELLING_TAGS: [(&str, &[&str]); 15] = [
    ("inside article", &["article"]),
    ("inside main", &["main"]),
    ("inside section", &["section"]),
    ("inside nav", &["nav"]),
    ("inside header", &["header"]),
    ("inside footer", &["footer"]),
    ("inside aside", &["aside"]),
    ("inside form", &["form"]),
    ("inside table", &["table"]),
    ("inside list", &["ul", "ol"]),
    ("inside paragraph", &["p"]),
    ("inside figure", &["figure"]),
    ("inside quotation", &["blockquote"]),
    ("inside definition list", &["dl"]),
    ("inside dialog", &["dialog", "menu"]),
];

/// Shares of the page's good text by which one descends from the root: into the part that holds at least this much of
/// its parent's.
pub(super) const DESCENTS: [f32; 3] = [0.5, 0.7, 0.9];

/// Shares of all unlinked text, likewise.
pub(super) const PLAIN_DESCENTS: [f32; 2] = [0.5, 0.8];

/// Most levels walked upwards in a search.
const FAR: u8 = 30;

/// What one element and everything in it amount to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mass {
    pub(super) good: f32,
    pub(super) linked: f32,
    pub(super) bytes: f32,
    pub(super) plain: f32,
    pub(super) blocks: f32,
    pub(super) words: f32,
    pub(super) headings: f32,
    pub(super) dropped: f32,
}

impl Mass {
    pub(super) fn add(&mut self, other: &Self) {
        self.good += other.good;
        self.linked += other.linked;
        self.bytes += other.bytes;
        self.plain += other.plain;
        self.blocks += other.blocks;
        self.words += other.words;
        self.headings += other.headings;
        self.dropped += other.dropped;
    }
}

/// What is said of an element in the light of those around it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    pub(super) tags: u16,
    pub(super) depth: u8,
    pub(super) described: bool,
    /// Which descents end at it or above.
    pub(super) inside: u8,
    pub(super) siblings: u32,
    /// How many siblings of the same kind came before.
    pub(super) sibling: u32,
    pub(super) signature: u64,
    pub(super) sums: Sums,
    /// Levels up to the lowest element that also holds the largest good block, and from there down to that block.
    pub(super) to_text: (u8, u8),
    /// The same with the headline.
    pub(super) to_title: (u8, u8),
    /// How many `article` elements began up to here.
    pub(super) articles: u16,
}

/// What each element and everything in it amount to; `own` are the masses of the lines. Linear.
pub(super) fn masses<'a>(
    lines: &[Line<'_>],
    elements: &[Element],
    own: impl Iterator<Item = &'a Mass>,
) -> Vec<Mass> {
    let mut masses = vec![Mass::default(); elements.len()];
    for (line, own) in lines.iter().zip(own) {
        if let Some(element) = line.block.element {
            masses[element as usize].add(own);
        }
    }
    sum_up(elements, &mut masses, Mass::add);
    masses
}

/// Adds to what is known of each element what is known of those within it. Linear.
pub(super) fn sum_up<T: Copy>(elements: &[Element], known: &mut [T], add: impl Fn(&mut T, &T)) {
    // Children come after their parents, so one pass from the end sums up subtrees.
    for index in (0..elements.len()).rev() {
        if let Some(parent) = elements[index].parent {
            let inner = known[index];
            add(&mut known[parent as usize], &inner);
        }
    }
}

/// The place of each element. `largest` and `title` are the lines of the most text and of the headline. Linear.
pub(super) fn places(
    page: &Page<'_>,
    masses: &[Mass],
    largest: usize,
    title: Option<usize>,
    lexicon: &Lexicon,
) -> Vec<Place> {
    let elements = &page.document.elements;
    let mut places: Vec<Place> = Vec::with_capacity(elements.len());
    let mut siblings: FxHashMap<(Option<u32>, u64), u32> = FxHashMap::default();
    let called: Vec<Called> = page.document.names.iter().map(|names| Called::new(names, lexicon)).collect();
    let mut articles = 0u16;
    for element in elements {
        let outer = element.parent.map(|parent| places[parent as usize]);
        let mut place = outer.unwrap_or_default();
        place.depth = outer.map_or(0, |outer| outer.depth.saturating_add(1));
        let called = &called[element.names as usize];
        place.tags |= called.tags;
        place.described |= called.described;
        articles = articles.saturating_add(u16::from(called.article));
        place.articles = articles;
        place.signature = called.signature;
        let alike = siblings.entry((element.parent, place.signature)).or_default();
        place.sibling = *alike;
        *alike += 1;
        place.sums = place.sums.inside(called.says);
        places.push(place);
    }
    for (index, element) in elements.iter().enumerate() {
        places[index].siblings =
            siblings.get(&(element.parent, places[index].signature)).copied().unwrap_or(0);
    }
    let holds = |element: &Element| called[element.names as usize].container;
    let goals = DESCENTS.iter().map(|share| descend(elements, holds, masses, *share, |mass| mass.good));
    let plain =
        PLAIN_DESCENTS.iter().map(|share| descend(elements, holds, masses, *share, |mass| mass.plain));
    for (bit, goal) in goals.chain(plain).enumerate() {
        for index in 0..elements.len() {
            let outer =
                elements[index].parent.is_some_and(|parent| places[parent as usize].inside & (1 << bit) != 0);
            if outer || index == goal {
                places[index].inside |= 1 << bit;
            }
        }
    }
    let lines = &page.lines;
    let text = distances(elements, lines[largest].block.element);
    let headline = distances(elements, title.and_then(|title| lines[title].block.element));
    for ((place, to_text), to_title) in places.iter_mut().zip(text).zip(headline) {
        place.to_text = to_text;
        place.to_title = to_title;
    }
    places
}

/// For each element, the levels up to the lowest element that also holds `goal`, and from there down to it. Linear.
pub(super) fn distances(elements: &[Element], goal: Option<u32>) -> Vec<(u8, u8)> {
    let Some(goal) = goal.filter(|goal| (*goal as usize) < elements.len()) else {
        return vec![(FAR, FAR); elements.len()];
    };
    // Levels down to the goal, for the elements that hold it.
    let mut down: Vec<Option<u8>> = vec![None; elements.len()];
    let mut at = Some(goal);
    let mut levels = 0u8;
    while let Some(element) = at {
        down[element as usize] = Some(levels);
        levels = levels.saturating_add(1);
        at = elements[element as usize].parent;
    }
    let mut distances: Vec<(u8, u8)> = Vec::with_capacity(elements.len());
    for (element, down) in elements.iter().zip(down) {
        let outer = || element.parent.map_or((FAR, FAR), |parent| distances[parent as usize]);
        let here = down.map_or_else(|| (outer().0.saturating_add(1).min(FAR), outer().1), |down| (0, down));
        distances.push(here);
    }
    distances
}

/// From the root downwards into the part that holds at least this share of its parent's mass, until no part does.
fn descend(
    elements: &[Element],
    is_container: impl Fn(&Element) -> bool,
    masses: &[Mass],
    share: f32,
    weigh: impl Fn(&Mass) -> f32,
) -> usize {
    let mut at = 0;
    for (index, element) in elements.iter().enumerate().skip(1) {
        let mass = weigh(&masses[index]);
        let child = element.parent.is_some_and(|parent| parent as usize == at);
        if child && is_container(element) && mass > 0.0 && mass >= share * weigh(&masses[at]) {
            at = index;
        }
    }
    at
}

/// Levels up to the first element that `holds`.
pub(super) fn levels(
    from: Option<u32>,
    elements: &[Element],
    masses: &[Mass],
    holds: &dyn Fn(&Mass) -> bool,
) -> f32 {
    let mut at = from;
    for level in 0..FAR {
        match at {
            Some(element) if holds(&masses[element as usize]) => return f32::from(level),
            Some(element) => at = elements[element as usize].parent,
            None => break,
        }
    }
    f32::from(FAR)
}

/// What the names of an element say of it by themselves.
struct Called {
    /// Which of [`TELLING_TAGS`] it is.
    tags: u16,
    described: bool,
    article: bool,
    /// Whether it may hold the text of a page; a single paragraph may not.
    container: bool,
    /// See [`signature`].
    signature: u64,
    /// The least and the most that its names say.
    says: (f32, f32),
}

impl Called {
    fn new(names: &Names, lexicon: &Lexicon) -> Self {
        let tag = &*names.tag;
        let mut tags = 0;
        for (bit, (_, telling)) in TELLING_TAGS.iter().enumerate() {
            tags |= u16::from(telling.contains(&tag)) << bit;
        }
        Self {
            tags,
            described: names.microdata.split(' ').any(|token| matches!(token, "articlebody" | "description")),
            article: tag == "article",
            container: !matches!(tag, "p" | "li" | "td" | "blockquote" | "pre" | "dd" | "tr"),
            signature: signature(names),
            says: lexicon.element(names),
        }
    }
}

/// What elements side by side share if they are of one kind: tag and first class, or identifier where there is no class.
pub(super) fn signature(names: &Names) -> u64 {
    let class = names.tokens.split(' ').next().unwrap_or("");
    xxh3_64(names.tag.as_bytes()).rotate_left(17) ^ xxh3_64(class.as_bytes())
}

/// The signatures of an element and the two around it.
pub(super) fn path(element: u32, elements: &[Element], places: &[Place]) -> u64 {
    let mut path = 0u64;
    let mut at = Some(element);
    for _ in 0..3 {
        let Some(element) = at else { break };
        path = path.rotate_left(21) ^ places[element as usize].signature;
        at = elements[element as usize].parent;
    }
    path
}
