//! Names of picture files left where the picture was.

use crate::boilerplate::{Check, Line, Rule};

pub(super) static RULE: Rule = Rule {
    name: "file-name",
    version: 1,
    reason: "it is the name of a picture file",
    examples: &["⟦IMG_3464⟧\n⟦photo-of-garden.jpg⟧", "⟦DSC00123⟧"],
    counter_examples: &["Send the file to me as photo.jpg or in another form.", "README", "COVID19"],
    check: Check::Line(check),
};

fn check(line: &Line<'_>) -> bool {
    if line.text.split_whitespace().count() > 2 {
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
