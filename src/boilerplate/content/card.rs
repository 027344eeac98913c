//! Teasers of other pages: the links and pictures that tell a card, and a row of cards, from text of this page.

use rustc_hash::FxHashMap;

use super::features::{Features, flag, part};
use super::place::{Mass, Place, sum_up};
use crate::boilerplate::{Line, Page};
use crate::document::{BlockKind, Element};

/// Levels of elements around a block that are looked at one by one.
const LEVELS: usize = 4;

/// Levels among which the largest row of cards is looked for.
const ROW_LEVELS: usize = 6;

/// What one element and everything in it link to and show.
#[derive(Debug, Clone, Copy)]
struct Card {
    links: f32,
    images: f32,
    linked_headings: f32,
    /// The least and the greatest hash of a link's target.
    targets: (u32, u32),
}

impl Card {
    /// A card's picture, headline and "more" all lead to the same page.
    fn has_one_target(&self) -> bool {
        self.links > 0.0 && self.targets.0 == self.targets.1
    }
}

/// Elements of one kind inside the same parent, summed up; those without text do not count.
#[derive(Debug, Clone, Copy, Default)]
struct Row {
    cards: f32,
    linked: f32,
    with_images: f32,
    with_linked_headings: f32,
    with_one_target: f32,
    bytes: f32,
    good: f32,
}

/// The cards of a page, and the rows they stand in.
pub(super) struct Cards {
    by_element: Vec<Card>,
    /// By parent and signature.
    rows: FxHashMap<(Option<u32>, u64), Row>,
    /// Bytes of full sentences of the page.
    good: f32,
}

impl Cards {
    /// Looks at all elements of a page; `masses` are those of its elements. Linear.
    pub(super) fn new(page: &Page<'_>, places: &[Place], masses: &[Mass]) -> Self {
        let elements = &page.document.elements;
        let mut cards: Vec<Card> = elements
            .iter()
            .map(|element| Card {
                links: f32::from(element.links),
                images: f32::from(element.images),
                linked_headings: 0.0,
                targets: element.targets,
            })
            .collect();
        for line in &page.lines {
            let Some(element) = line.block.element else { continue };
            let heading = matches!(line.block.kind, BlockKind::Heading(_));
            let linked = flag(heading && 2 * line.block.linked > line.text.len());
            cards[element as usize].linked_headings += linked;
        }
        sum_up(elements, &mut cards, |outer, inner| {
            outer.links += inner.links;
            outer.images += inner.images;
            outer.linked_headings += inner.linked_headings;
            outer.targets = (outer.targets.0.min(inner.targets.0), outer.targets.1.max(inner.targets.1));
        });
        let mut rows: FxHashMap<(Option<u32>, u64), Row> = FxHashMap::default();
        let all = elements.iter().zip(places).zip(&cards).zip(masses);
        for (((element, place), card), mass) in all.filter(|(_, mass)| mass.bytes > 0.0) {
            let row = rows.entry((element.parent, place.signature)).or_default();
            row.cards += 1.0;
            row.linked += flag(card.links > 0.0);
            row.with_images += flag(card.images > 0.0);
            row.with_linked_headings += flag(card.linked_headings > 0.0);
            row.with_one_target += flag(card.has_one_target());
            row.bytes += mass.bytes;
            row.good += mass.good;
        }
        Self { by_element: cards, rows, good: masses.first().map_or(0.0, |root| root.good) }
    }

    /// Puts what is known of the elements around a line, and of the largest row that one of them stands in.
    pub(super) fn put(
        &self,
        features: &mut Features,
        line: &Line<'_>,
        elements: &[Element],
        places: &[Place],
    ) {
        let mut around = line.block.element;
        let mut largest = Row::default();
        for level in 0..ROW_LEVELS {
            let here = around.map(|element| element as usize);
            let row = here.and_then(|at| self.rows.get(&(elements[at].parent, places[at].signature)));
            if let Some(row) = row.filter(|row| row.cards > largest.cards) {
                largest = *row;
            }
            if level < LEVELS {
                let at = i8::try_from(level).unwrap_or(i8::MAX);
                let card = here.map(|element| self.by_element[element]);
                features.put("links in element", at, card.map_or(0.0, |card| card.links));
                features.put("images in element", at, card.map_or(0.0, |card| card.images));
                features.put("linked headings in element", at, card.map_or(0.0, |card| card.linked_headings));
                features.put(
                    "all its links lead to one place",
                    at,
                    flag(card.is_some_and(|card| card.has_one_target())),
                );
            }
            around = around.and_then(|element| elements[element as usize].parent);
        }
        features.put("siblings with text", 0, largest.cards);
        features.put("siblings with links", 0, part(largest.linked, largest.cards));
        features.put("siblings with images", 0, part(largest.with_images, largest.cards));
        features.put("siblings with linked headings", 0, part(largest.with_linked_headings, largest.cards));
        features.put("siblings with one link target", 0, part(largest.with_one_target, largest.cards));
        features.put("length of siblings", 0, part(largest.bytes, largest.cards));
        features.put("siblings' share of good text", 0, part(largest.good, self.good));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{is, value};

    const PAGE: &str = "<main><p>See <a href=/b>this page</a> and <a href=/c>that</a>.</p></main><ul>        <li class=x><a href=/d><img src=d.png></a><h3><a href='/d#more'>Ten tools</a></h3><p>Every gardener needs them.</p></li>        <li class=x><a href=/e><img src=e.png></a><h3><a href=/e/>Keep slugs away</a></h3><p>Beer is no good.</p></li>        <li class=x><p>A card <a href=javascript:go()>without</a> links</p></li></ul>";

    #[test]
    fn a_card_leads_to_one_place_by_picture_and_headline() {
        assert!(is(value(PAGE, "Every gardener", "all its links lead to one place", 1), 1.0));
        assert!(is(value(PAGE, "Every gardener", "links in element", 1), 2.0));
        assert!(is(value(PAGE, "Every gardener", "images in element", 1), 1.0));
        assert!(is(value(PAGE, "See this page", "all its links lead to one place", 0), 0.0));
        assert!(is(value(PAGE, "without", "links in element", 1), 0.0));
    }

    #[test]
    fn a_row_of_cards_is_summed_up() {
        assert!(is(value(PAGE, "Beer", "siblings with text", 0), 3.0));
        for what in ["siblings with links", "siblings with linked headings", "siblings with one link target"]
        {
            assert!(is(value(PAGE, "Beer", what, 0), 2.0 / 3.0), "{what}");
        }
    }
}
