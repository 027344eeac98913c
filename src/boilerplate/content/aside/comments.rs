//! What readers say under a page: content where the page is a forum, and not elsewhere. Documentation may have sections about
//! comments, which are called as those of readers are.

use super::inside_called;
use crate::boilerplate::content::page_type::PageType;
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

/// For each line, whether it is a comment that does not belong to the content.
///
/// On sites not learnt from, this takes F1 of news and blogs from .9600 to .9604, of seven types of pages from .8884 to
/// .8885, and of the regression set from .9432 to .9442; few pages have comments in their source.
pub(super) fn of_readers(page: &Page<'_>, kind: Option<PageType>) -> Vec<bool> {
    if kind.is_none_or(|kind| matches!(kind, PageType::Forum | PageType::Documentation)) {
        return vec![false; page.lines.len()];
    }
    inside_called(page, |names| names.tokens.split_whitespace().any(|token| HOLDERS.contains(&token)))
}
