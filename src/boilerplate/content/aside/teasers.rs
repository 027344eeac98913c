//! Teasers of other pages beside an article: rows of cards that break off or are hardly more than a link.

use rustc_hash::FxHashMap;

use super::inside;
use crate::boilerplate::content::page_type::PageType;
use crate::boilerplate::content::place::{signature, sum_up};
use crate::boilerplate::line::breaks_off;
use crate::boilerplate::page::Page;
use crate::document::BlockKind;

/// Why a teaser is dropped.
pub(super) const REASON: &str = "it stands in a row of teasers of other pages, and the page is an article";

/// Fewest cards of a row.
const FEWEST: usize = 3;

/// Words that a teaser has fewer of, on the average of its row, where its text breaks off: parts of a story may end so, too, but
/// they are longer.
const BROKEN_OFF_WORDS: usize = 120;

/// Words that a text which breaks off has at least; "Read more …" is none.
const FEWEST_BROKEN_OFF: usize = 8;

/// The same as [`BROKEN_OFF_WORDS`] where a card is a linked heading and little else.
const LINKED_WORDS: usize = 40;

/// What one element and everything in it hold.
#[derive(Debug, Clone, Copy, Default)]
struct Card {
    bytes: usize,
    linked: usize,
    words: usize,
    kept_words: usize,
    links: usize,
    has_linked_heading: bool,
    breaks_off: bool,
}

impl Card {
    fn add(&mut self, other: &Self) {
        self.bytes += other.bytes;
        self.linked += other.linked;
        self.words += other.words;
        self.kept_words += other.kept_words;
        self.links += other.links;
        self.has_linked_heading |= other.has_linked_heading;
        self.breaks_off |= other.breaks_off;
    }
}

/// Elements of one kind inside the same parent that hold text.
#[derive(Debug, Clone, Copy, Default)]
struct Row {
    cards: usize,
    words: usize,
    bytes: usize,
    linked: usize,
    broken_off: usize,
    with_linked_headings: usize,
}

impl Row {
    fn add(&mut self, card: &Card) {
        self.cards += 1;
        self.words += card.words;
        self.bytes += card.bytes;
        self.linked += card.linked;
        self.broken_off += usize::from(card.breaks_off && card.links > 0);
        // Links within the page, such as those that open an answer, are not counted.
        self.with_linked_headings += usize::from(card.has_linked_heading && card.links > 0);
    }

    /// Half of its cards at least lead elsewhere and have a text that breaks off.
    fn breaks_off(&self) -> bool {
        self.cards >= FEWEST
            && 2 * self.broken_off >= self.cards
            && self.words < BROKEN_OFF_WORDS * self.cards
    }

    /// Four of five cards have a heading that leads elsewhere, and half of what the row says is links.
    fn is_linked(&self) -> bool {
        self.cards >= FEWEST
            && 5 * self.with_linked_headings >= 4 * self.cards
            && self.words < LINKED_WORDS * self.cards
            && 2 * self.linked >= self.bytes
    }
}

/// For each line of an article, whether it is in a row of teasers that break off, and whether in one of linked headings; `kept`
/// says which lines are content so far.
pub(super) fn of_other_pages(
    page: &Page<'_>,
    kind: Option<PageType>,
    kept: impl Fn(usize) -> bool,
) -> [Vec<bool>; 2] {
    let elements = &page.document.elements;
    if kind != Some(PageType::Article) {
        return [vec![false; page.lines.len()], vec![false; page.lines.len()]];
    }
    let mut cards: Vec<Card> = elements
        .iter()
        .map(|element| Card { links: usize::from(element.links), ..Card::default() })
        .collect();
    for line in &page.lines {
        let Some(element) = line.block.element else { continue };
        let heading = matches!(line.block.kind, BlockKind::Heading(_));
        cards[element as usize].add(&Card {
            bytes: line.text.len(),
            linked: line.block.linked,
            words: line.words,
            kept_words: if kept(line.index) { line.words } else { 0 },
            links: 0,
            has_linked_heading: heading && 2 * line.block.linked > line.text.len(),
            breaks_off: line.words >= FEWEST_BROKEN_OFF
                && 2 * line.block.linked <= line.text.len()
                && breaks_off(line.text.trim_end()),
        });
    }
    sum_up(elements, &mut cards, Card::add);
    let signatures: Vec<u64> = page.document.names.iter().map(signature).collect();
    // Headings and paragraphs side by side are a text.
    let of_text: Vec<bool> = page
        .document
        .names
        .iter()
        .map(|names| matches!(&*names.tag, "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "p"))
        .collect();
    let row_of = |index: usize| (elements[index].parent, signatures[elements[index].names as usize]);
    let mut rows: FxHashMap<(Option<u32>, u64), Row> = FxHashMap::default();
    for (index, card) in cards.iter().enumerate().filter(|(_, card)| card.words > 0) {
        rows.entry(row_of(index)).or_default().add(card);
    }
    let content: usize = page.lines.iter().filter(|line| kept(line.index)).map(|line| line.words).sum();
    // The article itself may look like the teasers below it.
    let row = |index: usize| {
        let is_card = cards[index].words > 0 && 2 * cards[index].kept_words <= content;
        rows.get(&row_of(index)).filter(|_| is_card)
    };
    [
        inside(page, |index| row(index).is_some_and(Row::breaks_off)),
        inside(page, |index| {
            row(index).is_some_and(Row::is_linked) && !of_text[elements[index].names as usize]
        }),
    ]
}
