//! Names of picture files left where the picture was.

use crate::boilerplate::{Check, Gate, Line, Rule};

pub(super) static RULE: Rule = Rule {
    name: "file-name",
    version: 1,
    reason: "it is the name of a picture file",
    examples: &[
        ("zxx", "⟦IMG_3464⟧\n⟦photo-of-garden.jpg⟧"),
        ("zxx", "⟦DSC00123⟧"),
        ("en", "⟦IMG_3464⟧\n\nThe lawn is green."),
    ],
    counter_examples: &[
        ("en", "Send the file to me as photo.jpg or in another form."),
        ("zxx", "README"),
        ("zxx", "COVID19"),
    ],
    check: Check::Line(Gate::OPEN, check),
};

/// Endings of the names of pictures.
const PICTURES: &[&str] = &[".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".bmp"];

/// Beginnings of the names that cameras and telephones give to pictures, before a number.
const CAMERAS: &[&str] = &["img_", "img-", "dsc_", "dscn", "dscf", "dsc0", "image00", "screenshot_", "pict0"];

/// Whether a picture's name can end in a byte, or in a character that it is the last byte of.
fn may_end(last: u8) -> bool {
    !last.is_ascii() || b"gfp".contains(&last.to_ascii_lowercase())
}

fn check(line: &Line<'_>) -> bool {
    let (first, last) = (line.first(), line.text.bytes().last());
    if !first.is_some_and(|first| b"idsp".contains(&first)) && !last.is_some_and(may_end) {
        return false;
    }
    if line.text.split_whitespace().nth(2).is_some() {
        return false;
    }
    let uncased = line.uncased();
    let ends_as = |ending: &&str| {
        let end = uncased.len().checked_sub(ending.len()).map(|at| &uncased.as_bytes()[at..]);
        end.is_some_and(|end| end.eq_ignore_ascii_case(ending.as_bytes()))
    };
    let begins_as = |beginning: &&str| {
        let begin = uncased.as_bytes().get(..beginning.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(beginning.as_bytes()))
    };
    let camera = || uncased.bytes().any(|byte| byte.is_ascii_digit());
    PICTURES.iter().any(ends_as) || CAMERAS.iter().any(begins_as) && camera()
}
