//! Credits of photographs and texts.

use crate::boilerplate::affixes::Beginnings;
use crate::boilerplate::{Check, Gate, Line, Rule};

pub(super) static RULE: Rule = Rule {
    name: "credit-line",
    version: 3,
    reason: "it credits a photographer, an agency or a source",
    examples: &[
        ("en", "⟦Photo: Amy K. Dragoo⟧"),
        ("en", "⟦Royalty Free Photo⟧"),
        ("en", "⟦Amy K. Dragoo/AIMMEDIA⟧"),
        ("de", "⟦Bild: dpa⟧"),
        ("de", "⟦Symbolfoto: Jens Bauer/dpa⟧"),
        ("de", "⟦Foto: Jan Kuhn⟧\n\nDer Rasen ist grün."),
    ],
    counter_examples: &[
        ("en", "Photo: the picture shows the house in which he was born."),
        ("en", "Men/Women"),
        ("es", "(6) Thiago Moreno (ESP/BRA) MF 2013-"),
        ("de", "Das Weltbild: Wie Kopernikus den Himmel sah und was daraus wurde"),
        ("de", "Bilder sagen mehr als Worte."),
    ],
    check: Check::Line(Gate::words(9), check),
};

/// Folded beginnings of credits.
static BEGINNINGS: Beginnings<51> = Beginnings::new([
    "photo:",
    "photo credit",
    "photos:",
    "photograph:",
    "photo courtesy",
    "image:",
    "image credit",
    "image courtesy",
    "images:",
    "image source",
    "picture:",
    "credit:",
    "credits:",
    "courtesy of",
    "royalty free photo",
    "(photo by",
    "(photo:",
    "file photo",
    "bild:",
    "foto:",
    "fotos:",
    "bildquelle",
    "quelle:",
    "credit photo",
    "photo ©",
    "© photo",
    "crédit",
    "imagen:",
    "immagine:",
    "beeld:",
    "zdjecie:",
    "fot.",
    "фото:",
    "写真：",
    "写真:",
    "图片来源",
    "图：",
    "사진=",
    "image via",
    "via ",
    "צילום:",
    "anh:",
    "anp beeld",
    "lehtikuva",
    "text & foto:",
    "text und foto:",
    "text och foto:",
    "getty images",
    "(image:",
    "[cc by",
    "引用元",
]);

/// Folded words for a picture that other words are glued to: "Symbolfoto:", "Arkivbild:".
const PICTURES: &[&str] = &["foto", "fotos", "bild", "bilde", "billede", "photo", "kuva"];

/// Whether a line begins with such a word and a colon.
fn compound(folded: &str) -> bool {
    let label = folded.split_once(':').map(|(label, _)| label);
    label.is_some_and(|label| {
        !label.contains(' ') && label.len() <= 20 && PICTURES.iter().any(|picture| label.ends_with(picture))
    })
}

fn check(line: &Line<'_>) -> bool {
    if line.terminal && !line.folded().ends_with("inc.") {
        return false;
    }
    if BEGINNINGS.find(line.folded()).is_some() || compound(line.folded()) {
        return true;
    }
    // "Name Surname/AGENCY"
    line.text.split_once('/').is_some_and(|(name, agency)| {
        let names = name.split_whitespace().count();
        (2..=4).contains(&names)
            && line.capitals == line.words
            && agency.chars().filter(|c| c.is_alphabetic()).count() >= 2
            && agency.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase)
            && agency.split_whitespace().count() <= 3
            && !(line.is_unmarked() && agency.contains(|c: char| c.is_ascii_digit() || c == ')'))
    })
}
