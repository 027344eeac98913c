//! Windows that open over a page when something is clicked: terms, rules of a forum, settings of cookies, forms.

use super::{has_token, inside};
use crate::boilerplate::page::Page;

/// Why the text of a window is dropped.
pub(super) const REASON: &str = "it is in a window that opens over the page";

/// Classes and roles of windows: those of Bootstrap and its like, and of ARIA.
const WINDOWS: &[&str] = &[
    "modal",
    "modal-window",
    "modal-dialog",
    "modal-content",
    "modal-body",
    "popup",
    "pop-up",
    "lightbox",
    "dialog",
    "alertdialog",
];

/// For each line, whether it is in a window.
pub(super) fn over(page: &Page<'_>) -> Vec<bool> {
    inside(page, |names| has_token(names, WINDOWS))
}
