//! Windows that open over a page when something is clicked: terms, rules of a forum, settings of cookies, forms.

use super::inside_called;
use crate::boilerplate::page::Page;

/// Why the text of a window is dropped.
pub(super) const REASON: &str = "it is in a window that opens over the page";

/// Classes and roles of windows: those of Bootstrap and its like, and of ARIA. Identifiers do not count: a page about windows has
/// sections that are called so.
const WINDOWS: &[&str] = &[
    "modal",
    "modal-window",
    "modal-dialog",
    "modal-content",
    "modal-body",
    "popup",
    "pop-up",
    "dialog",
    "alertdialog",
];

/// Elements that may be windows. A paragraph of the class `dialog` is what somebody says.
const CONTAINERS: &[&str] = &["div", "section", "aside", "dialog", "form"];

/// For each line, whether it is in a window.
pub(super) fn over(page: &Page<'_>) -> Vec<bool> {
    inside_called(page, |names| {
        CONTAINERS.contains(&&*names.tag)
            && names.classes.split_whitespace().any(|class| WINDOWS.contains(&class))
    })
}
