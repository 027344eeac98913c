//! What surrounds a line of plain text: the headings above it, the furniture that rules have found before and after it, and
//! the lines of its shape that come as regularly as it does.

use super::words::Words;
use crate::boilerplate::content::features::{Features, float, part};
use crate::boilerplate::labels::Labels;
use crate::boilerplate::{Line, Page};

/// What stands for the number of lines to something that the page does not have.
const FAR: f32 = 99.0;

/// Rules that find one kind of furniture. What kind it is tells what is to be expected below it: after a comment form come
/// comments or the end of the page, after a legal notice hardly anything.
struct Kind {
    rules: &'static [&'static str],
    since: &'static str,
    until: &'static str,
}

const KINDS: [Kind; 7] = [
    Kind {
        rules: &["comment-head", "comment-prompt", "comment-writer", "reply-residue", "forum-profile"],
        since: "lines since furniture of comments",
        until: "lines until furniture of comments",
    },
    Kind {
        rules: &[
            "caption-run",
            "link-residue",
            "pin-caption",
            "query-list",
            "related-list",
            "related-queries",
            "search-terms",
            "teaser-run",
        ],
        since: "lines since links to other pages",
        until: "lines until links to other pages",
    },
    Kind {
        rules: &["below-copyright", "contact-line", "legal-notice"],
        since: "lines since a legal notice",
        until: "lines until a legal notice",
    },
    Kind { rules: &["share-row"], since: "lines since share buttons", until: "lines until share buttons" },
    Kind {
        rules: &["breadcrumb", "menu-line", "menu-run", "menu-word", "site-header"],
        since: "lines since a menu",
        until: "lines until a menu",
    },
    Kind {
        rules: &["author-bio", "byline", "counter", "credit-line", "credit-tail"],
        since: "lines since a byline",
        until: "lines until a byline",
    },
    Kind {
        rules: &["advert", "newsletter-prompt", "search-prompt"],
        since: "lines since an offer",
        until: "lines until an offer",
    },
];

/// For each line of a page, the number of lines to the last marked one before it, and to the next after it.
pub(super) struct Distances {
    pub(super) since: Vec<f32>,
    pub(super) until: Vec<f32>,
}

impl Distances {
    /// Those to the lines of which `is_marked` says so, of so many lines. Linear.
    pub(super) fn of(count: usize, is_marked: impl Fn(usize) -> bool) -> Self {
        let distances = |order: &mut dyn Iterator<Item = usize>| {
            let (mut distances, mut last) = (vec![FAR; count], FAR);
            for at in order {
                distances[at] = last;
                last = if is_marked(at) { 1.0 } else { (last + 1.0).min(FAR) };
            }
            distances
        };
        Self { since: distances(&mut (0..count)), until: distances(&mut (0..count).rev()) }
    }
}

/// How far the lines of a page are from the furniture of each kind that rules have found.
pub(super) struct Furniture([Distances; KINDS.len()]);

impl Furniture {
    pub(super) fn of(page: &Page<'_>, labels: &Labels) -> Self {
        let kinds: Vec<Option<usize>> = page.lines.iter().map(|line| kind(line, labels)).collect();
        let of_kind = |kind: usize| Distances::of(kinds.len(), |line| kinds[line] == Some(kind));
        Self(std::array::from_fn(of_kind))
    }

    pub(super) fn put(&self, features: &mut Features, line: usize) {
        for (kind, distances) in KINDS.iter().zip(&self.0) {
            features.put(kind.since, 0, distances.since[line]);
            features.put(kind.until, 0, distances.until[line]);
        }
    }
}

/// What kind of furniture a line is, if rules have dropped all of it and the first of them finds one of the kinds.
fn kind(line: &Line<'_>, labels: &Labels) -> Option<usize> {
    if !labels.drops_all(line.span) {
        return None;
    }
    let (_, verdict) = labels.dropped_in(line.span).next()?;
    KINDS.iter().position(|kind| kind.rules.contains(&verdict.rule))
}

/// Log odds that the words of a line have as a heading, from which on it says something of what stands below it.
const TELLING: f32 = 1.0;

/// A heading: what it says of the text below it, and the lines since it.
type Above = (f32, f32);

/// What the lines of a page say as headings.
pub(super) struct Headings {
    says: Vec<f32>,
    /// For each line, the last line above it that heads furniture, and the last that heads content.
    above: Vec<[Above; 2]>,
}

impl Headings {
    pub(super) fn of(page: &Page<'_>, words: &Words) -> Self {
        let says: Vec<f32> = page.lines.iter().map(|line| words.as_heading(line)).collect();
        let mut last = [(0.0, FAR); 2];
        let above = says.iter().map(|says| {
            let above = last;
            last = last.map(|(says, lines): Above| (says, (lines + 1.0).min(FAR)));
            if says.abs() >= TELLING {
                last[usize::from(*says > 0.0)] = (*says, 1.0);
            }
            above
        });
        let above = above.collect();
        Self { says, above }
    }

    pub(super) fn put(&self, features: &mut Features, line: usize) {
        let [worst, best] = self.above[line];
        features.put("heading above, worst", 0, worst.0);
        features.put("lines since the worst heading", 0, worst.1);
        features.put("heading above, best", 0, best.0);
        features.put("lines since the best heading", 0, best.1);
        features.put("its words as a heading", 0, self.says[line]);
        features.put("its words as a heading", -1, line.checked_sub(1).map_or(0.0, |line| self.says[line]));
    }
}

/// Longest period that is looked for, in lines: a picture's caption, a headline, a teaser, an author and a date are five.
const LONGEST_PERIOD: usize = 5;

/// Periods before and after a line that are looked at.
const PERIODS: usize = 4;

/// Lines before and after a line among which those of its shape are counted.
const NEAR: usize = 15;

/// The shapes of the lines of a page.
pub(super) struct Shapes(Vec<u8>);

impl Shapes {
    pub(super) fn of(page: &Page<'_>) -> Self {
        Self(page.lines.iter().map(shape).collect())
    }

    /// Puts how regularly lines of the shape of this one come.
    pub(super) fn put(&self, features: &mut Features, line: usize) {
        let (lines, period) = self.rhythm(line);
        features.put("lines of its rhythm", 0, float(lines));
        features.put("period of its rhythm", 0, float(period));
        let near = &self.0[line.saturating_sub(NEAR)..self.0.len().min(line + NEAR + 1)];
        let alike = memchr::memchr_iter(self.0[line], near).count();
        features.put("lines of its shape near", 0, part(float(alike), float(near.len())));
    }

    /// How many lines before and after a line have its shape without a break, each so many lines from the next: the most
    /// of them, and their distance, which is 0 where there are none.
    fn rhythm(&self, line: usize) -> (usize, usize) {
        let shape = self.0[line];
        let mut best = (0, 0);
        for period in 1..=LONGEST_PERIOD {
            let before = (1..=PERIODS).map(|number| line.checked_sub(number * period));
            let after = (1..=PERIODS).map(|number| Some(line + number * period));
            let has_shape = |at: &Option<usize>| at.and_then(|at| self.0.get(at)) == Some(&shape);
            let alike = before.take_while(has_shape).count() + after.take_while(has_shape).count();
            if alike > best.0 {
                best = (alike, period);
            }
        }
        best
    }
}

/// Words up to which lines are of one length, the first of [`LENGTHS`] that a line does not exceed.
const LENGTHS: [usize; 6] = [1, 3, 7, 14, 25, 50];

/// What one line has in common with others that are made of the same template: its rough length, and whether it is a
/// sentence, ends one, has a fifth of digits, and is capitalised.
fn shape(line: &Line<'_>) -> u8 {
    let length = LENGTHS.iter().take_while(|most| line.words > **most).count();
    let digits = line.text.bytes().filter(u8::is_ascii_digit).count();
    let is = [
        line.is_good(),
        line.terminal,
        !line.is_good() && 5 * digits > line.text.len(),
        5 * line.capitals > 3 * line.words,
    ];
    // Seven lengths and four bits fit in seven bits.
    is.iter().fold(u8::try_from(length).unwrap_or(u8::MAX), |shape, is| shape << 1 | u8::from(*is))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boilerplate::content::NameKind;
    use crate::boilerplate::content::lexicon::Lexicon;
    use crate::boilerplate::{Page, RULES};
    use crate::document::{Document, parse};
    use crate::record::Record;

    fn document(lines: &[&str]) -> Document {
        parse(&Record::plain(&lines.join("\n")))
    }

    #[test]
    fn each_rule_that_tells_a_kind_is_one() {
        let named: Vec<&str> = KINDS.iter().flat_map(|kind| kind.rules).copied().collect();
        for name in &named {
            assert!(RULES.iter().any(|rule| rule.name == *name), "{name}");
            assert_eq!(named.iter().filter(|other| *other == name).count(), 1, "{name}");
        }
    }

    #[test]
    fn distances_go_by_the_kind_of_furniture() {
        let document = document(&["Moss", "Leave a reply", "Slugs", "Rain", "All rights reserved", "Soil"]);
        let page = Page::new(&document);
        let mut labels = Labels::new(&document);
        labels.drop(page.lines[1].span, "comment-prompt", "");
        labels.drop(page.lines[4].span, "legal-notice", "");
        let furniture = Furniture::of(&page, &labels);
        let of =
            |rule: &str| KINDS.iter().position(|kind| kind.rules.contains(&rule)).expect("a rule of a kind");
        let (comments, legal) = (of("comment-prompt"), of("legal-notice"));
        assert_eq!(furniture.0[comments].since, [FAR, FAR, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(furniture.0[comments].until, [1.0, FAR, FAR, FAR, FAR, FAR]);
        assert_eq!(furniture.0[legal].until, [4.0, 3.0, 2.0, 1.0, FAR, FAR]);
    }

    #[test]
    fn a_heading_speaks_for_the_lines_below_it() {
        let mut lexicon = Lexicon::default();
        lexicon.set(NameKind::Heading, "related", Some(-2.0));
        lexicon.set(NameKind::Heading, "method", Some(1.5));
        lexicon.set(NameKind::Heading, "slugs", Some(-0.5));
        let document = document(&["Related", "Slugs", "Method", "Rain"]);
        let page = Page::new(&document);
        let headings = Headings::of(&page, &Words::of(&page, &lexicon));
        let [worst, best] = headings.above[3];
        assert_eq!((worst, best), ((-2.0, 3.0), (1.5, 1.0)));
        assert_eq!(headings.above[0], [(0.0, FAR); 2]);
        assert_eq!(headings.says, [-2.0, -0.5, 1.5, 0.0]);
    }

    #[test]
    fn lines_of_a_template_have_a_rhythm() {
        let card = ["Ten slugs that eat your lettuce", "5 May 2011"];
        let lines: Vec<&str> = card.into_iter().cycle().take(10).chain(["It rained."]).collect();
        let document = document(&lines);
        let shapes = Shapes::of(&Page::new(&document));
        assert_eq!(shapes.rhythm(4), (4, 2));
        assert_eq!(shapes.rhythm(0), (4, 2));
        assert_eq!(shapes.rhythm(10), (0, 0));
    }
}
