//! Repetition across files: lines that several sources of one folder or site share are furniture of their template.

use std::collections::HashSet;
use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use super::labels::Labels;
use super::line::Line;
use super::page::Page;

/// Sources of one folder or site that must hold a line before it counts as furniture. An absolute count, never a
/// share: what is true of a line must not change because unrelated files were added.
pub const SOURCES: u32 = 4;

/// Lines longer than this many bytes are never furniture by repetition alone: a copied article is a copy, not a menu.
const LONGEST_LINE: usize = 200;

/// The name of the label, and its reason.
pub(super) const SHARED: (&str, &str) =
    ("repeated-across-files", "several files of this folder or site hold the very same line");

/// A line of a source that repetition counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountedLine(u64);

impl CountedLine {
    const DECIDES: u64 = 1;

    /// A line by its hash, and whether its source would be labelled otherwise if it were furniture.
    #[must_use]
    pub const fn new(hash: u64, decides: bool) -> Self {
        Self(hash & !Self::DECIDES | decides as u64)
    }

    /// The same as a number.
    #[must_use]
    pub const fn to_bits(self) -> u64 {
        self.0
    }

    /// What [`CountedLine::to_bits`] gave.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The hash under which the line is counted; the lowest bit is not part of it.
    #[must_use]
    pub const fn hash(self) -> u64 {
        self.0 & !Self::DECIDES
    }

    /// Whether its source would be labelled otherwise if the line were furniture.
    #[must_use]
    pub const fn decides(self) -> bool {
        self.0 & Self::DECIDES != 0
    }

    /// Sorts lines, and leaves each of them once; it decides if it does so anywhere.
    pub fn sort_and_dedup(lines: &mut Vec<Self>) {
        lines.sort_unstable_by(|a, b| b.cmp(a));
        lines.dedup_by_key(|line| line.hash());
        lines.reverse();
    }
}

/// Hashes of the lines that are furniture of the folder or site a document belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repetition {
    furniture: HashSet<u64>,
}

impl Repetition {
    /// Adds the line of a hash to the furniture.
    pub fn add(&mut self, hash: u64) {
        self.furniture.insert(hash);
    }

    /// Whether a line of this hash is furniture.
    #[must_use]
    pub fn contains(&self, hash: u64) -> bool {
        self.furniture.contains(&hash)
    }

    pub(super) fn apply(&self, page: &Page<'_>, labels: &mut Labels) {
        if self.furniture.is_empty() {
            return;
        }
        let mut shared = vec![false; page.lines.len()];
        for (_, line) in candidates(page).filter(|(hash, _)| self.furniture.contains(hash)) {
            shared[line.index] = true;
        }
        let [above, below] = borders(page, &shared);
        for line in page.lines[above].iter().chain(&page.lines[below]).filter(|line| shared[line.index]) {
            labels.drop(line.span, SHARED.0, SHARED.1);
        }
    }
}

/// The lines that stand around a page, above and below it, of which all are `shared` or furniture phrases. A template stands
/// around its pages: what is shared within one, as "Ingredients" is or a refrain, is content.
fn borders(page: &Page<'_>, shared: &[bool]) -> [Range<usize>; 2] {
    let borders = |line: &&Line<'_>| shared[line.index] || line.is_prompted();
    let above = page.lines.iter().take_while(borders).count();
    let below = page.lines[above..].iter().rev().take_while(borders).count();
    [0..above, page.lines.len() - below..page.lines.len()]
}

/// The lines of a labelled page that repetition counts, in order.
#[must_use]
pub fn counted_lines(page: &Page<'_>, labels: &Labels) -> Vec<CountedLine> {
    let candidates: Vec<(u64, &Line<'_>)> = candidates(page).collect();
    if page.document.elements.is_empty() {
        // The rules of plain text look at what is dropped around a line, so that any may decide on labels.
        return candidates.into_iter().map(|(hash, _)| CountedLine::new(hash, true)).collect();
    }
    // A page with elements is labelled by them and by its main content as if nothing was repeated. No more is dropped for
    // repetition than its borders, if all that may be shared is, so that only these decide, and only where some of them
    // stays: what is shared before it leads there.
    let mut shared = vec![false; page.lines.len()];
    for (_, line) in &candidates {
        shared[line.index] = true;
    }
    let stays = |(_, line): &(u64, &Line<'_>)| {
        let others = labels.dropped_in(line.span).filter(|(_, verdict)| verdict.rule != SHARED.0);
        others.map(|(span, _)| span.len()).sum::<usize>() < line.span.len()
    };
    let deciding = borders(page, &shared).map(|border| {
        let within = |(_, line): &&(u64, &Line<'_>)| border.contains(&line.index);
        if candidates.iter().filter(within).any(stays) { border } else { 0..0 }
    });
    let decides = |line: &Line<'_>| deciding.iter().any(|border| border.contains(&line.index));
    candidates.iter().map(|(hash, line)| CountedLine::new(*hash, decides(line))).collect()
}

/// The lines of a page that can be furniture by repetition, with the hash under which each is counted: short lines
/// without an end mark outside the text. What stands between good lines is content, however many pages say it too.
pub fn candidates<'p, 'a>(page: &'p Page<'a>) -> impl Iterator<Item = (u64, &'p Line<'a>)> {
    let lines = page.lines.iter().filter(|line| is_candidate(page, line));
    lines.filter_map(|line| Some((line_hash(line.folded())?, line)))
}

/// Most words of a line that repetition can condemn.
const MOST_WORDS: usize = 15;

fn is_candidate(page: &Page<'_>, line: &Line<'_>) -> bool {
    let outside = line.index < page.first_good || line.index >= page.end_good;
    outside && line.words <= MOST_WORDS && !line.terminal
}

/// The hash under which a folded line is counted, or `None` for a line that repetition says nothing about.
fn line_hash(folded: &str) -> Option<u64> {
    let letters = folded.chars().filter(|c| c.is_alphabetic()).take(4).count();
    (letters >= 4 && folded.len() <= LONGEST_LINE)
        .then(|| CountedLine::new(xxh3_64(folded.as_bytes()), false).hash())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::parse;
    use crate::record::Record;

    #[test]
    fn what_is_shared_around_a_page_is_furniture_and_what_is_shared_within_it_is_content() {
        let document = parse(&Record::plain(
            "Milltown Cooks\nHome\nOmelette\nIngredients\n2 eggs\nBeat the eggs well and fry them in butter until they are golden.\nMilltown Cooks\nSee you on Tuesdays",
        ));
        let page = Page::new(&document);
        let shared = ["milltown cooks", "ingredients", "see you on tuesdays"];
        let furniture = shared.iter().filter_map(|line| line_hash(line)).collect();
        let repetition = Repetition { furniture };
        let mut labels = Labels::new(&document);
        repetition.apply(&page, &mut labels);
        let dropped: Vec<&str> = labels.dropped().map(|(span, _)| document.slice(span)).collect();
        assert_eq!(dropped, ["Milltown Cooks", "Milltown Cooks", "See you on Tuesdays"]);
    }

    #[test]
    fn a_line_that_is_dropped_anyway_decides_on_no_page_with_elements() {
        let html = "<nav>Milltown Cooks</nav><p>Beat the eggs well and fry them in butter until they are golden.</p>\
                    <p>See you on Tuesdays</p>";
        for (record, expected) in [
            (Record::html(html), [false, true]),
            (
                Record::plain(
                    "Milltown Cooks\nBeat the eggs well and fry them in butter until they are golden.\nSee you on Tuesdays",
                ),
                [true, true],
            ),
        ] {
            let document = parse(&record);
            let page = Page::new(&document);
            let mut labels = Labels::new(&document);
            labels.drop(page.lines[0].span, "menu", "a menu");
            labels.drop(page.lines[2].span, SHARED.0, SHARED.1);
            let counted = counted_lines(&page, &labels);
            assert_eq!(counted.iter().map(|line| line.decides()).collect::<Vec<_>>(), expected);
            let hash = |line: usize| line_hash(page.lines[line].folded()).expect("it is counted");
            assert_eq!(counted.iter().map(|line| line.hash()).collect::<Vec<_>>(), [hash(0), hash(2)]);
        }
    }

    #[test]
    fn a_line_that_stands_twice_counts_once_and_decides_if_it_does_so_once() {
        let line = |hash, decides| CountedLine::new(hash, decides);
        let mut lines = vec![line(6, false), line(4, true), line(6, true), line(2, false), line(6, false)];
        CountedLine::sort_and_dedup(&mut lines);
        assert_eq!(lines, [line(2, false), line(4, true), line(6, true)]);
        assert_eq!(CountedLine::from_bits(line(7, false).to_bits()).hash(), 6);
    }
}
