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

/// Labels what the page's markup alone condemns. Does nothing on formats without elements.
pub(super) fn apply(page: &Page<'_>, labels: &mut Labels) {
    let elements = &page.document.elements;
    if elements.is_empty() || page.lines.is_empty() {
        return;
    }
    let furniture = furniture(elements);
    for line in &page.lines {
        let inside = line.block.element.is_some_and(|element| furniture[element as usize]);
        let verdict = if inside {
            FURNITURE_ELEMENT
        } else if is_link_block(line) {
            LINK_BLOCK
        } else {
            continue;
        };
        labels.drop(line.span, verdict.0, verdict.1);
    }
    if let Some(content) = main_content(page, labels) {
        for line in page
            .lines
            .iter()
            .filter(|line| !line.block.element.is_some_and(|element| content[element as usize]))
        {
            labels.drop(line.span, OUTSIDE_CONTENT.0, OUTSIDE_CONTENT.1);
        }
    }
}

/// For each element, whether it or one around it is furniture by its tag or its tokens.
fn furniture(elements: &[Element]) -> Vec<bool> {
    let mut marked: Vec<bool> = Vec::with_capacity(elements.len());
    for element in elements {
        let outer = element.parent.is_some_and(|parent| marked[parent as usize]);
        marked.push(outer || is_furniture(element, elements));
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

/// For each element, whether it belongs to the main content; `None` where the page has no element that stands out.
///
/// Every kept block votes for the elements around it with its length in characters, less what is linked; the vote
/// halves with each step outwards, as in Readability's scoring. The content is then the smallest element around the
/// winner that holds most of all the kept text.
fn main_content(page: &Page<'_>, labels: &Labels) -> Option<Vec<bool>> {
    let elements = &page.document.elements;
    let mut mass = vec![0usize; elements.len()];
    let mut total = 0;
    for line in &page.lines {
        let Some(element) = line.block.element else { continue };
        if labels.drops_all(line.span) || !line.is_good() {
            continue;
        }
        let text = line.text.len() - line.block.linked;
        mass[element as usize] += text;
        total += text;
    }
    if total == 0 {
        return None;
    }
    // Children come after their parents, so one pass from the end sums up subtrees.
    for index in (0..elements.len()).rev() {
        if let Some(parent) = elements[index].parent {
            mass[parent as usize] += mass[index];
        }
    }
    // The deepest element that still holds nearly all of the good text.
    let mut content = 0;
    for index in 0..elements.len() {
        let inside = elements[index].parent.is_none_or(|parent| parent as usize == content) || index == 0;
        if inside && mass[index] * 10 >= total * 8 {
            content = index;
        }
    }
    let mut inside = vec![false; elements.len()];
    for index in 0..elements.len() {
        inside[index] =
            index == content || elements[index].parent.is_some_and(|parent| inside[parent as usize]);
    }
    Some(inside)
}
