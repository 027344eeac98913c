//! The type of a marked-up page: one small forest for each type, over what the page holds as a whole.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::Forest;
use super::features::float;
use super::lexicon::{NameKind, each_name};
use crate::boilerplate::{Line, Page};
use crate::document::BlockKind;

/// What a page is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PageType {
    /// One text: news, a post, an essay.
    Article,
    /// People who answer each other.
    Forum,
    /// How something is used.
    Documentation,
    /// What somebody offers to do.
    Service,
    /// One thing that is for sale.
    Product,
    /// Many entries of one kind, each with a few words.
    Listing,
    /// Things that are for sale or to be chosen from, in a grid.
    Collection,
}

impl PageType {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Article,
        Self::Forum,
        Self::Documentation,
        Self::Service,
        Self::Product,
        Self::Listing,
        Self::Collection,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Forum => "forum",
            Self::Documentation => "documentation",
            Self::Service => "service",
            Self::Product => "product",
            Self::Listing => "listing",
            Self::Collection => "collection",
        }
    }

    /// The type of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Forests that tell the type of a page, in the order of [`PageType::ALL`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PageTypes {
    forests: Vec<Forest>,
}

impl PageTypes {
    /// What was learnt, in the order of [`PageType::ALL`].
    #[must_use]
    pub const fn new(forests: Vec<Forest>) -> Self {
        Self { forests }
    }

    /// The likeliest type of a page; `None` without elements, or where nothing was learnt. A page is asked for once, and
    /// keeps the answer.
    #[must_use]
    pub fn of(&self, page: &Page<'_>) -> Option<PageType> {
        *page.kind.get_or_init(|| self.tell(page))
    }

    fn tell(&self, page: &Page<'_>) -> Option<PageType> {
        if page.document.elements.is_empty() {
            return None;
        }
        let row = features(page);
        let mut best: Option<(f32, PageType)> = None;
        for (kind, forest) in PageType::ALL.into_iter().zip(&self.forests) {
            let odds = forest.score(&row);
            // The first of equals.
            if best.is_none_or(|(own, _)| odds > own) {
                best = Some((odds, kind));
            }
        }
        best.map(|(_, kind)| kind)
    }

    /// Writes the forests, one after the other with an empty line between them.
    #[must_use]
    pub fn write(&self) -> String {
        self.forests.iter().map(Forest::write).collect::<Vec<_>>().join("\n")
    }

    /// Reads what [`PageTypes::write`] wrote; `None` where a forest cannot be read.
    #[must_use]
    pub fn parse(data: &str) -> Option<Self> {
        data.split("\n\n").map(|forest| Forest::parse(forest, WIDTH)).collect::<Option<_>>().map(Self::new)
    }
}

/// schema.org types, in lower case, in groups that say the same of a page.
const SCHEMA: &[&[&str]] = &[
    &["article", "newsarticle", "blogposting", "reportagenewsarticle", "opinionnewsarticle"],
    &["techarticle", "apireference", "howto"],
    &["discussionforumposting", "qapage", "question", "answer", "comment"],
    &["product", "productgroup", "offer", "aggregateoffer"],
    &["collectionpage", "itemlist", "searchresultspage", "offercatalog"],
    &["service", "localbusiness", "professionalservice", "softwareapplication"],
    &["faqpage"],
    &["blog"],
];

/// Open Graph types.
const OPEN_GRAPH: &[&str] = &["article", "product", "website", "profile"];

/// Tags whose number tells.
const TAGS: &[&str] = &[
    "article",
    "section",
    "form",
    "button",
    "label",
    "select",
    "table",
    "pre",
    "code",
    "time",
    "figure",
    "main",
    "dl",
    "aside",
    "details",
    "nav",
    "blockquote",
];

/// Parts of classes and ids that tell how a page is made, each counted by the elements that bear it.
const PARTS: &[&str] = &[
    "post",
    "entry",
    "article",
    "author",
    "byline",
    "thread",
    "forum",
    "topic",
    "message",
    "reply",
    "comment",
    "answer",
    "question",
    "user",
    "avatar",
    "product",
    "price",
    "cart",
    "sku",
    "shop",
    "gallery",
    "variant",
    "rating",
    "review",
    "doc",
    "docs",
    "api",
    "toc",
    "sidebar",
    "markdown",
    "highlight",
    "listing",
    "list",
    "result",
    "results",
    "search",
    "grid",
    "card",
    "item",
    "tile",
    "category",
    "archive",
    "filter",
    "sort",
    "pagination",
    "page",
    "hero",
    "cta",
    "pricing",
    "testimonial",
    "feature",
    "features",
    "service",
    "services",
    "contact",
    "faq",
    "job",
    "event",
    "blog",
    "news",
];

/// Beginnings of short lines that tell what a page is for.
const CUES: &[&str] = &[
    "add to",
    "buy now",
    "in stock",
    "sku",
    "shipping",
    "reply",
    "quote",
    "joined",
    "posted",
    "last edited",
    "views",
    "contact",
    "get started",
    "get a",
    "book",
    "call",
    "learn more",
    "read more",
    "sign up",
    "sort by",
    "filter",
    "showing",
    "next",
    "previous",
    "on this page",
    "table of contents",
    "share",
    "by ",
    "related",
    "our ",
    "why ",
];

/// Most words of a line that begins with a cue.
const SHORT: usize = 5;

/// Features that are neither counts of names nor flags.
const GENERAL: usize = 28;

/// Number of features.
pub(super) const WIDTH: usize =
    GENERAL + SCHEMA.len() + OPEN_GRAPH.len() + TAGS.len() + PARTS.len() + CUES.len();

/// What a page holds as a whole. Linear in the page.
pub(super) fn features(page: &Page<'_>) -> Vec<f32> {
    let lines = &page.lines;
    let meta = &page.document.meta;
    let words: f32 = lines.iter().map(|line| float(line.words)).sum::<f32>().max(1.0);
    let bytes: f32 = lines.iter().map(|line| float(line.text.len())).sum::<f32>().max(1.0);
    let blocks = float(lines.len()).max(1.0);
    let of_kind = |wanted: fn(BlockKind) -> bool| {
        let held = lines.iter().filter(|line| wanted(line.block.kind));
        let (count, words) =
            held.fold((0.0, 0.0), |(count, words), line| (count + 1.0, words + float(line.words)));
        (count, words)
    };
    let (items, item_words) = of_kind(|kind| kind == BlockKind::Item);
    let (code, code_words) = of_kind(|kind| kind == BlockKind::Code);
    let (rows, row_words) = of_kind(|kind| kind == BlockKind::Row);
    let (quotes, _) = of_kind(|kind| kind == BlockKind::Quote);
    let (first, _) = of_kind(|kind| kind == BlockKind::Heading(1));
    let (second, _) = of_kind(|kind| kind == BlockKind::Heading(2));
    let (third, _) = of_kind(|kind| kind == BlockKind::Heading(3));
    let linked: f32 = lines.iter().map(|line| float(line.block.linked)).sum();
    let all_linked = float(lines.iter().filter(|line| line.block.linked * 2 > line.text.len()).count());
    let good: Vec<f32> = lines.iter().filter(|line| line.is_good()).map(|line| float(line.words)).collect();
    let long = good.iter().filter(|words| **words > 40.0).count();
    let marks = Marks::of(page);
    let depth = meta.url.as_deref().map_or(-1.0, |url| float(path_of(url).matches('/').count()));
    let path = meta.url.as_deref().map_or(-1.0, |url| float(path_of(url).len()));
    let dashes = meta.url.as_deref().map_or(-1.0, |url| float(path_of(url).matches('-').count()));
    let mut row = vec![
        words,
        blocks,
        words / blocks,
        linked / bytes,
        all_linked / blocks,
        items / blocks,
        item_words / words,
        code,
        code_words / words,
        rows,
        row_words / words,
        quotes,
        first,
        second,
        third,
        (first + second + third) / blocks,
        good.iter().sum::<f32>() / words,
        float(good.len()),
        float(long),
        good.iter().copied().fold(0.0, f32::max),
        float(marks.prices),
        float(marks.questions) / words,
        float(marks.digits) / bytes,
        float(marks.quotes) / words,
        float(meta.body.as_deref().map_or(0, str::len)),
        depth,
        path,
        dashes,
    ];
    let flag = |yes: bool| if yes { 1.0 } else { 0.0 };
    row.extend(SCHEMA.iter().map(|group| flag(meta.types.iter().any(|own| group.contains(&own.as_str())))));
    row.extend(OPEN_GRAPH.iter().map(|kind| flag(meta.kind.as_deref() == Some(kind))));
    let start = row.len();
    row.resize(start + TAGS.len() + PARTS.len(), 0.0);
    let mut bearers = vec![0.0; page.document.names.len()];
    for element in &page.document.elements {
        bearers[element.names as usize] += 1.0;
    }
    for (names, count) in page.document.names.iter().zip(bearers) {
        each_name(names, |kind, name| {
            let place = match kind {
                NameKind::Tag => PLACES[0].get(name),
                NameKind::Part => PLACES[1].get(name),
                _ => None,
            };
            if let Some(place) = place {
                row[start + place] += count;
            }
        });
    }
    let short: Vec<_> = lines.iter().filter(|line| line.words <= SHORT).map(Line::folded).collect();
    // The first byte tells most lines without a comparison.
    let begins =
        |line: &str, cue: &str| line.as_bytes().first() == cue.as_bytes().first() && line.starts_with(cue);
    row.extend(CUES.iter().map(|cue| float(short.iter().filter(|line| begins(line, cue)).count())));
    row
}

/// How often some characters stand in the lines of a page.
#[derive(Default)]
struct Marks {
    prices: usize,
    questions: usize,
    digits: usize,
    quotes: usize,
}

impl Marks {
    fn of(page: &Page<'_>) -> Self {
        let mut marks = Self::default();
        for line in &page.lines {
            for byte in line.text.bytes() {
                marks.prices += usize::from(byte == b'$');
                marks.questions += usize::from(byte == b'?');
                marks.digits += usize::from(byte.is_ascii_digit());
                marks.quotes += usize::from(byte == b'"');
            }
            if line.text.is_ascii() {
                continue;
            }
            for c in line.text.chars() {
                marks.prices += usize::from(matches!(c, '€' | '£' | '¥' | '₹'));
                marks.questions += usize::from(c == '？');
                marks.quotes += usize::from(matches!(c, '“' | '”'));
            }
        }
        marks
    }
}

/// Where the numbers of [`TAGS`] and [`PARTS`] stand in the features, counted from the first.
static PLACES: LazyLock<[FxHashMap<&str, usize>; 2]> = LazyLock::new(|| {
    let tags = TAGS.iter().enumerate().map(|(place, tag)| (*tag, place));
    let parts = PARTS.iter().enumerate().map(|(place, part)| (*part, TAGS.len() + place));
    [tags.collect(), parts.collect()]
});

/// The path of an address, without the host and what follows `?` or `#`.
fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find('/').map_or("", |at| &rest[at..]);
    path.split(['?', '#']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::parse;
    use crate::record::Record;

    #[test]
    fn names_stand_for_their_types() {
        for kind in PageType::ALL {
            assert_eq!(PageType::named(kind.name()), Some(kind));
        }
        assert_eq!(PageType::named("mixed"), None);
    }

    #[test]
    fn there_are_as_many_features_as_are_announced() {
        let document = parse(&Record::html("<p>One.</p>"));
        assert_eq!(features(&Page::new(&document)).len(), WIDTH);
        assert_eq!(path_of("https://x.org/a/b-c?d=/e"), "/a/b-c");
        assert_eq!(path_of("https://x.org"), "");
    }

    #[test]
    fn the_likeliest_type_is_told_and_what_is_written_is_read_again() {
        let types =
            PageTypes::new((0u8..7).map(|at| Forest::new(if at == 3 { 0.5 } else { -1.0 })).collect());
        let document = parse(&Record::html("<p>One.</p>"));
        assert_eq!(types.of(&Page::new(&document)), Some(PageType::Service));
        assert_eq!(PageTypes::parse(&types.write()), Some(types));
        let plain = parse(&Record::plain("One."));
        assert_eq!(PageTypes::default().of(&Page::new(&plain)), None);
    }
}
