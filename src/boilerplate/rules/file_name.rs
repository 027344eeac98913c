//! Names of picture files left where the picture was.

use crate::boilerplate::{Check, Line, Rule};

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
    check: Check::Line(check),
};

fn check(line: &Line<'_>) -> bool {
    if line.text.split_whitespace().nth(2).is_some() {
        return false;
    }
    let picture = [".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".bmp"]
        .iter()
        .any(|ending| line.folded.ends_with(ending));
    let camera = ["img_", "img-", "dsc_", "dscn", "dscf", "dsc0", "image00", "screenshot_", "pict0"]
        .iter()
        .any(|beginning| line.folded.starts_with(beginning))
        && line.folded.bytes().any(|byte| byte.is_ascii_digit());
    picture || camera
}
