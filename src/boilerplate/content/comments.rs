//! What readers say under a page: content where the page is a forum, and not elsewhere.

use super::page_type::PageType;
use crate::boilerplate::page::Page;

/// Why a comment is dropped.
pub(super) const REASON: &str = "it is a comment of a reader, and the page is no forum";

/// Classes and identifiers of the elements that hold comments: those of `WordPress` and its themes, Drupal, Disqus and
/// Facebook.
const HOLDERS: &[&str] = &[
    "comment",
    "comments",
    "comment-area",
    "comments-area",
    "comment-body",
    "comment-content",
    "comment-container",
    "comments-container",
    "comment-list",
    "comments-list",
    "commentlist",
    "comment-section",
    "comments-section",
    "comment-wrapper",
    "comments-wrapper",
    "disqus_thread",
    "fb-comments",
    "respond",
];

/// Words that must be left of a page without its comments: where nothing is left, they are what the page is about.
const ENOUGH: usize = 50;

/// For each line, whether it is a comment that does not belong to the content; `kept` says which lines are content so far.
///
/// On sites not learnt from, this takes F1 of news and blogs from .9600 to .9604, of seven types of pages from .8884 to
/// .8885, and of the regression set from .9432 to .9442; few pages have comments in their source.
pub(super) fn of_readers(page: &Page<'_>, kind: Option<PageType>, kept: impl Fn(usize) -> bool) -> Vec<bool> {
    if kind.is_none_or(|kind| kind == PageType::Forum) {
        return vec![false; page.lines.len()];
    }
    let elements = &page.document.elements;
    let mut holds: Vec<bool> = Vec::with_capacity(elements.len());
    let named: Vec<bool> = page
        .document
        .names
        .iter()
        .map(|names| names.tokens.split(' ').any(|token| HOLDERS.contains(&token)))
        .collect();
    for element in elements {
        holds.push(
            named[element.names as usize] || element.parent.is_some_and(|parent| holds[parent as usize]),
        );
    }
    let mut comments: Vec<bool> = page
        .lines
        .iter()
        .map(|line| line.block.element.is_some_and(|element| holds[element as usize]))
        .collect();
    let left = page.lines.iter().filter(|line| !comments[line.index] && kept(line.index));
    if left.map(|line| line.words).sum::<usize>() < ENOUGH {
        comments.fill(false);
    }
    comments
}
