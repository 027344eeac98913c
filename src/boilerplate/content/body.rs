//! Paragraphs side by side: how much text stands in one container, and which container is the body of the page.

use super::features::{Features, float, part};
use crate::boilerplate::{Line, Page};

/// Elements that are part of running text: what holds the outermost of them is the container of the text.
const OF_TEXT: [&str; 22] = [
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "ul",
    "ol",
    "dd",
    "dt",
    "dl",
    "blockquote",
    "pre",
    "figure",
    "figcaption",
    "table",
    "tbody",
    "tr",
    "td",
    "th",
];

/// What stands in one container, and in no container within it.
#[derive(Debug, Clone, Copy, Default)]
struct Text {
    /// Bytes of full sentences outside links.
    good: f32,
    /// Blocks that have some.
    blocks: f32,
}

/// The containers of a page. An article is many paragraphs side by side; teasers, comments and asides are few, each in a
/// container of its own.
pub(super) struct Bodies {
    /// For each element, the container that its text belongs to.
    containers: Vec<u32>,
    texts: Vec<Text>,
    /// The container of the most text, and the lines from its first to its last.
    best: usize,
    lines: (usize, usize),
    /// For each element, levels up to one that holds the best container, and from there down to it.
    distances: Vec<(u8, u8)>,
    total: f32,
    second: f32,
    /// Containers with at least half as much text as the best.
    rivals: usize,
}

impl Bodies {
    /// Looks at all lines of a page with elements; `good` are the bytes of full sentences of each. Linear, but for a sort
    /// of the containers.
    pub(super) fn new(page: &Page<'_>, good: impl Iterator<Item = f32>) -> Self {
        let elements = &page.document.elements;
        let of_text: Vec<bool> =
            page.document.names.iter().map(|names| OF_TEXT.contains(&&*names.tag)).collect();
        let mut containers: Vec<u32> = Vec::with_capacity(elements.len());
        for (index, element) in (0u32..).zip(elements) {
            containers.push(match element.parent {
                Some(parent) if of_text[element.names as usize] => containers[parent as usize],
                _ => index,
            });
        }
        let mut texts = vec![Text::default(); elements.len().max(1)];
        for (line, good) in page.lines.iter().zip(good) {
            let text = &mut texts[container(&containers, line)];
            text.good += good;
            text.blocks += if good > 0.0 { 1.0 } else { 0.0 };
        }
        let mut best = 0;
        for (index, text) in texts.iter().enumerate() {
            if text.good > texts[best].good {
                best = index;
            }
        }
        let most = texts[best].good;
        let mut of_best = page.lines.iter().filter(|line| container(&containers, line) == best);
        let first = of_best.next().map_or(0, |line| line.index);
        let last = of_best.next_back().map_or(first, |line| line.index);
        let others = texts.iter().enumerate().filter(|(index, _)| *index != best);
        Self {
            best,
            lines: (first, last),
            distances: super::place::distances(elements, u32::try_from(best).ok()),
            total: texts.iter().map(|text| text.good).sum(),
            second: others.map(|(_, text)| text.good).fold(0.0, f32::max),
            rivals: texts.iter().filter(|text| most > 0.0 && text.good >= most / 2.0).count(),
            containers,
            texts,
        }
    }

    /// Puts what is known of a line's container beside the best.
    pub(super) fn put(&self, features: &mut Features, line: &Line<'_>) {
        let own = container(&self.containers, line);
        let (text, best) = (self.texts[own], self.texts[self.best]);
        let (first, last) = self.lines;
        let (up, down) = self.distances.get(own).copied().unwrap_or_default();
        let away = if line.index < first {
            float(line.index) - float(first)
        } else {
            float(line.index.saturating_sub(last))
        };
        features.put("text of its container", 0, part(text.good, self.total));
        features.put("text of its container beside the body's", 0, part(text.good, best.good));
        features.put("text of the body", 0, part(best.good, self.total));
        features.put("in the body", 0, if own == self.best { 1.0 } else { 0.0 });
        features.put("blocks from the body", 0, away);
        features.put("levels to the body", 0, f32::from(up));
        features.put("levels from there down", 2, f32::from(down));
        features.put("paragraphs of its container", 0, text.blocks);
        features.put("the second body beside the first", 0, part(self.second, best.good));
        features.put("length of the body", 0, best.good);
        features.put("bodies of the page", 0, float(self.rivals));
    }
}

/// The container of a line; lines outside of all elements belong to the root.
fn container(containers: &[u32], line: &Line<'_>) -> usize {
    line.block.element.map_or(0, |element| containers[element as usize] as usize)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{is, value};

    const PAGE: &str = "<div><article><p>The lawn is mown for the first time when the apple trees are in flower, not before.        </p><h2>Moss</h2><ul><li>Rake it out and open the soil with a fork, and let sand run into the holes.</ul></article>        <div><p>Ten tools that every gardener needs, and where one finds them at a price that can be paid.</p></div></div>";

    #[test]
    fn paragraphs_and_lists_side_by_side_are_the_body_and_a_teaser_is_not() {
        assert!(is(value(PAGE, "apple trees", "in the body", 0), 1.0));
        assert!(is(value(PAGE, "Rake it out", "in the body", 0), 1.0));
        assert!(is(value(PAGE, "Moss", "in the body", 0), 1.0));
        assert!(is(value(PAGE, "Ten tools", "in the body", 0), 0.0));
        assert!(is(value(PAGE, "Ten tools", "blocks from the body", 0), 1.0));
        assert!(is(value(PAGE, "Ten tools", "levels to the body", 0), 1.0));
        assert!(is(value(PAGE, "Rake it out", "paragraphs of its container", 0), 2.0));
        assert!(is(value(PAGE, "Moss", "bodies of the page", 0), 2.0));
    }

    #[test]
    fn text_outside_of_all_containers_belongs_to_the_root() {
        assert!(is(value("Nothing but a word", "word", "text of the body", 0), 0.0));
    }
}
