//! The main content of a marked-up page: which blocks belong to it, from tags, classes, links and text length.

use super::labels::Labels;
use super::page::{Line, Page};
use crate::document::{BlockKind, Element};

const FURNITURE_ELEMENT: (&str, &str) =
    ("furniture-element", "it stands in a navigation, header, footer, form or sidebar element");
const LINK_BLOCK: (&str, &str) = ("link-block", "nearly all of its text is links");
const OUTSIDE_CONTENT: (&str, &str) =
    ("outside-main-content", "it stands outside the element that holds the main content");

/// Class, id and role tokens of elements that hold no content. Whole tokens only: "widget" inside
/// "widget-free-article" says nothing.
const FURNITURE_TOKENS: &[&str] = &[
    "nav",
    "navbar",
    "navigation",
    "menu",
    "breadcrumb",
    "breadcrumbs",
    "footer",
    "site-footer",
    "page-footer",
    "sidebar",
    "site-header",
    "masthead",
    "banner",
    "complementary",
    "contentinfo",
    "search",
    "social",
    "share",
    "sharing",
    "social-share",
    "share-buttons",
    "sharedaddy",
    "related",
    "related-posts",
    "relatedposts",
    "jp-relatedposts",
    "related-articles",
    "recommended",
    "newsletter",
    "subscribe",
    "signup",
    "cookie",
    "cookies",
    "cookie-notice",
    "cookie-banner",
    "popup",
    "modal",
    "advert",
    "advertisement",
    "ads",
    "ad",
    "sponsor",
    "sponsored",
    "promo",
    "pagination",
    "pager",
    "tags",
    "tag-list",
    "tagcloud",
    "byline",
    "author-bio",
    "author-box",
    "widget",
    "widgets",
    "toolbar",
    "skip-link",
    "screen-reader-text",
    "visually-hidden",
    "sr-only",
    "noprint",
    "print-only",
    "post-navigation",
    "nav-links",
    "comment-respond",
    "respond",
    "dropdown",
    "dropdown-menu",
    "copyright",
    "login",
    "cart",
    "outbrain",
    "taboola",
    "disqus_thread",
    "meta",
    "entry-meta",
    "post-meta",
];

/// Class, id and microdata tokens of elements that hold the body of an article.
const CONTENT_TOKENS: &[&str] = &[
    "articlebody",
    "article-body",
    "article__body",
    "article-content",
    "article__content",
    "article-text",
    "articletext",
    "article_body",
    "article_content",
    "article-body-content",
    "entry-content",
    "post-content",
    "post-body",
    "postbody",
    "post__content",
    "post_content",
    "story-body",
    "storybody",
    "story-content",
    "story__content",
    "story-text",
    "single-content",
    "blog-content",
    "blog-post-content",
    "post-text",
    "entry-body",
    "entrytext",
    "content-body",
    "body-content",
    "news-content",
    "news-text",
    "news_body",
    "page-content",
    "td-post-content",
    "article-main",
    "c-entry-content",
    "rich-text",
    "mw-parser-output",
    "markdown-body",
];

/// Share of the page's good text above which an element is no furniture, whatever its class says: a page whose whole
/// body is called "widget" has a body all the same.
const MOST_FURNITURE: f64 = 0.4;

/// Share of an element's good text that a part of it must hold for the part to be the content.
const LION_SHARE: f64 = 0.85;

/// Share of the page's good text that an element which names itself content must hold to be believed.
const BELIEVED: f64 = 0.35;

/// Share of a page's text below which its good text does not decide: the page is a list of things.
const LISTING: f64 = 0.4;

/// Bytes below which the content of a page is doubted, if it is also a small share of the page's text; the limits are
/// those at which trafilatura tries again.
const LITTLE_TEXT: usize = 3000;

/// The share of the page's text that goes with it.
const LITTLE_SHARE: f64 = 0.2;

/// Labels what the page's markup alone condemns. Does nothing on formats without elements.
pub(super) fn apply(page: &Page<'_>, labels: &mut Labels) {
    let elements = &page.document.elements;
    if elements.is_empty() || page.lines.is_empty() {
        return;
    }
    let good =
        masses(page, elements, |line| if line.is_good() { line.text.len() - line.block.linked } else { 0 });
    let furniture = furniture(elements, &good);
    for line in
        page.lines.iter().filter(|line| line.block.element.is_some_and(|element| furniture[element as usize]))
    {
        labels.drop(line.span, FURNITURE_ELEMENT.0, FURNITURE_ELEMENT.1);
    }
    let content = main_content(page, labels);
    for line in &page.lines {
        let inside = line.block.element.is_some_and(|element| content.inside[element as usize]);
        // In a list of things, their linked names are what the page is about.
        let named = content.listing && line.words >= LISTED_WORDS;
        if is_link_block(line) && !(inside && named) {
            labels.drop(line.span, LINK_BLOCK.0, LINK_BLOCK.1);
        } else if !inside {
            labels.drop(line.span, OUTSIDE_CONTENT.0, OUTSIDE_CONTENT.1);
        }
    }
}

/// The main content of a page.
struct Content {
    /// For each element, whether it belongs to it.
    inside: Vec<bool>,
    /// Whether the page is a list of things rather than a text.
    listing: bool,
}

/// Fewest words of a linked name of a thing.
const LISTED_WORDS: usize = 2;

/// For each element, the sum over the lines inside it of what `weigh` gives them. Linear.
fn masses(page: &Page<'_>, elements: &[Element], weigh: impl Fn(&Line<'_>) -> usize) -> Vec<usize> {
    let mut masses = vec![0usize; elements.len()];
    for line in &page.lines {
        if let Some(element) = line.block.element {
            masses[element as usize] += weigh(line);
        }
    }
    // Children come after their parents, so one pass from the end sums up subtrees.
    for index in (0..elements.len()).rev() {
        if let Some(parent) = elements[index].parent {
            masses[parent as usize] += masses[index];
        }
    }
    masses
}

/// Whether `part` is at least this share of `whole`.
fn is_share(part: usize, whole: usize, share: f64) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "lengths of text are far below 2^52")]
    let (part, whole) = (part as f64, whole as f64);
    part >= whole * share
}

/// Class and id tokens of what readers wrote under a page. On a page that has a text of its own they are not the content,
/// however long they are.
const COMMENT_TOKENS: &[&str] = &[
    "comments",
    "comment",
    "comment-list",
    "commentlist",
    "comments-area",
    "comments-section",
    "comment-body",
    "comment-content",
    "disqus_thread",
    "disqus",
    "fb-comments",
    "livefyre",
    "reader-comments",
    "user-comments",
    "respond",
    "comments-wrapper",
    "commentarea",
];

/// Bytes of good text outside the comments from which a page has a text of its own.
const OWN_TEXT: usize = 250;

/// For each element, whether it or one around it is furniture by its tag or its tokens.
fn furniture(elements: &[Element], good: &[usize]) -> Vec<bool> {
    let total = good.first().copied().unwrap_or(0);
    let is_comments = |element: &Element| {
        !matches!(&*element.tag, "body" | "html" | "main")
            && element.tokens.split_whitespace().any(|token| COMMENT_TOKENS.contains(&token))
    };
    let mut commented: Vec<bool> = Vec::with_capacity(elements.len());
    let mut in_comments = 0;
    for (index, element) in elements.iter().enumerate() {
        let outer = element.parent.is_some_and(|parent| commented[parent as usize]);
        let own = !outer && is_comments(element);
        in_comments += if own { good[index] } else { 0 };
        commented.push(outer || own);
    }
    let has_own_text = total.saturating_sub(in_comments) >= OWN_TEXT;
    let mut marked: Vec<bool> = Vec::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        let outer = element.parent.is_some_and(|parent| marked[parent as usize]);
        let holds_much = total > 0 && is_share(good[index], total, MOST_FURNITURE);
        marked.push(
            outer || has_own_text && commented[index] || !holds_much && is_furniture(element, elements),
        );
    }
    marked
}

fn is_furniture(element: &Element, elements: &[Element]) -> bool {
    if matches!(&*element.tag, "body" | "html" | "main" | "article") {
        return false;
    }
    let in_article =
        || ancestors(element, elements).any(|outer| &*outer.tag == "article" || &*outer.tag == "main");
    match &*element.tag {
        "nav" | "aside" | "dialog" | "menu" | "footer" => true,
        "header" => !in_article(),
        _ => element.tokens.split_whitespace().any(|token| FURNITURE_TOKENS.contains(&token)),
    }
}

fn ancestors<'a>(element: &'a Element, elements: &'a [Element]) -> impl Iterator<Item = &'a Element> {
    std::iter::successors(element.parent, |parent| elements[*parent as usize].parent)
        .take(64)
        .map(|parent| &elements[parent as usize])
}

/// Whether most of a block's text is links, and it is no sentence with a link in it.
fn is_link_block(line: &Line<'_>) -> bool {
    let heading = matches!(line.block.kind, BlockKind::Heading(_));
    line.block.linked * 10 > line.text.len() * 8 && !heading && !(line.words >= 12 && line.terminal)
}

/// For each element, whether it belongs to the main content.
///
/// Good text decides where there is enough of it: from the root downwards, the content is in whichever part holds the
/// lion's share, until no part does. Elements that call themselves the body of an article are believed if they hold
/// enough of it. On pages of many short texts (lists of goods, of links with a word to each) all text counts.
fn main_content(page: &Page<'_>, labels: &Labels) -> Content {
    let elements = &page.document.elements;
    let kept = |line: &Line<'_>| !labels.drops_all(line.span) && !is_link_block(line);
    let text = |line: &Line<'_>| line.text.len() - line.block.linked;
    let good = masses(page, elements, |line| if kept(line) && line.is_good() { text(line) } else { 0 });
    let all = masses(page, elements, |line| if kept(line) { text(line) } else { 0 });
    let listing = !is_share(good[0], all[0], LISTING);
    let mass = if listing { &all } else { &good };
    let named = if listing { None } else { named_content(elements, mass) };
    let mut content = named.unwrap_or_else(|| lions_share(elements, mass));
    // A little text out of much is a sign of a wrong choice: the second one is laxer.
    if all[content] < LITTLE_TEXT && !is_share(all[content], all[0], LITTLE_SHARE) {
        content = lions_share(elements, &all);
    }
    let mut inside = vec![false; elements.len()];
    for index in 0..elements.len() {
        inside[index] =
            index == content || elements[index].parent.is_some_and(|parent| inside[parent as usize]);
    }
    Content { inside, listing }
}

/// The element that names itself the content and holds the most of it, if that is enough; the innermost of equals.
fn named_content(elements: &[Element], mass: &[usize]) -> Option<usize> {
    let named = |element: &Element| {
        &*element.tag == "article"
            || element.microdata.split_whitespace().any(|token| token == "articlebody")
            || element.tokens.split_whitespace().any(|token| CONTENT_TOKENS.contains(&token))
    };
    let best = (0..elements.len())
        .filter(|index| named(&elements[*index]))
        .max_by_key(|index| (mass[*index], *index))?;
    is_share(mass[best], mass[0].max(1), BELIEVED).then_some(best)
}

/// From the root downwards into the part that holds the lion's share, until no part does.
fn lions_share(elements: &[Element], mass: &[usize]) -> usize {
    let mut content = 0;
    for index in 1..elements.len() {
        let child = elements[index].parent.is_some_and(|parent| parent as usize == content);
        // A single paragraph is no container.
        let container =
            !matches!(&*elements[index].tag, "p" | "li" | "td" | "blockquote" | "pre" | "dd" | "tr");
        if child && container && mass[index] > 0 && is_share(mass[index], mass[content], LION_SHARE) {
            content = index;
        }
    }
    content
}
