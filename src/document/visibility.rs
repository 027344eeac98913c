//! Which elements of a page its readers see.

use scraper::node::Element as Tag;

use super::attributes::Attributes;
use super::tags::is_block;

/// Elements whose text no reader sees as text of the page.
pub(super) fn is_invisible(tag: &Tag, attributes: &Attributes<'_>) -> bool {
    matches!(
        tag.name(),
        "script"
            | "style"
            | "template"
            | "svg"
            | "math"
            | "iframe"
            | "frame"
            | "object"
            | "embed"
            | "applet"
            | "canvas"
            | "audio"
            | "video"
            | "select"
            | "datalist"
            | "textarea"
            | "input"
            | "map"
            | "head"
            | "title"
            | "noembed"
            | "noframes"
            // Tags are text in these, long out of use, so that their bytes could not be read as their text.
            | "xmp"
            | "plaintext"
    ) || is_hidden(attributes) && !waits(tag, attributes)
}

/// Whether an element is off the page, at least until something shows it.
fn is_hidden(attributes: &Attributes<'_>) -> bool {
    attributes.hidden.is_some_and(|value| value != "until-found") || attributes.style.is_some_and(hides)
}

/// Whether an inline style takes the element off the page.
fn hides(style: &str) -> bool {
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    style.contains("display:none") || style.contains("visibility:hidden")
}

/// Whether a hidden element is one that readers get to see: the inside of a tab or an accordion, which a click shows, or a
/// part that the page brings later than the rest and shows by itself, as React does.
///
/// On the pages with known content that `backsearch train` is given, two thirds of the words in such elements are
/// content, and of the words in all other hidden ones four in a hundred.
fn waits(tag: &Tag, attributes: &Attributes<'_>) -> bool {
    if !is_block(tag.name().as_bytes()) {
        return false;
    }
    let streamed = attributes.id.and_then(|id| id.strip_prefix("S:"));
    let is_number = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    if streamed.is_some_and(is_number) {
        return true;
    }
    let words = || {
        let names = [attributes.class, attributes.id, attributes.role];
        names.into_iter().flatten().flat_map(|name| name.split(|c: char| !c.is_ascii_alphabetic()))
    };
    let any = |known: &[&str]| words().any(|word| known.iter().any(|known| word.eq_ignore_ascii_case(known)));
    any(&OPENED) && !any(&OVERLAYS)
}

/// Words by which tabs, accordions and the like are named.
const OPENED: [&str; 17] = [
    "accordion",
    "answer",
    "collapse",
    "collapsed",
    "collapsible",
    "details",
    "expand",
    "expanded",
    "expander",
    "faq",
    "pane",
    "panel",
    "region",
    "tab",
    "tabpanel",
    "tabs",
    "toggle",
];

/// Words by which menus and windows over the page are named.
const OVERLAYS: [&str; 12] = [
    "cart", "cookie", "dialog", "drawer", "dropdown", "footer", "header", "menu", "modal", "nav", "popup",
    "search",
];
