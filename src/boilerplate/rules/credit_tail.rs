//! Credits behind a caption or a paragraph: "… at the lake (Photo: dpa)".

use crate::boilerplate::{Check, Gate, Line, Page, Rule};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "credit-tail",
    version: 1,
    reason: "it credits the photographer or the agency of a picture, behind its caption",
    examples: &[
        ("en", "The lawn behind the old house in May.⟦(Photo: Amy K. Dragoo)⟧"),
        ("en", "The lawn behind the old house ⟦| Credit: Getty Images⟧"),
        ("en", "The lawn behind the old house. ⟦Photo by Amy K. Dragoo⟧"),
        ("pt", "O gramado atrás da casa em maio ⟦— Foto: TVCA⟧"),
        ("de", "Der Rasen hinter dem Haus im Mai. ⟦Foto: Jens Bauer/dpa⟧"),
    ],
    counter_examples: &[
        ("en", "He wrote under each picture the words Photo: the lawn in May."),
        ("en", "What matters in a camera (Photo: good light, sharp lens, and a hand that does not shake)."),
        ("en", "What the app can do: Photo: Crop"),
        ("en", "He could not pay for the house. Credit: Money lent."),
        ("de", "Auf dem dritten Bild: Moos"),
        ("de", "Wer ein Foto: Ausschnitt – sucht, findet es hier im Garten."),
    ],
    check: Check::Within(Gate::holds(&[":", PHOTO]), check),
};

/// Words for a picture or a credit, before a colon.
const LABELS: [&str; 16] = [
    "Photo",
    "Photos",
    "Foto",
    "Fotos",
    "Bild",
    "Bildquelle",
    "Image",
    "Imagen",
    "Immagine",
    "Picture",
    "Crédit",
    "Crédits",
    "Credit",
    "Credits",
    "Beeld",
    "Kuva",
];

/// How credits without a colon begin, and how they go on.
const PHOTO: &str = "Photo ";
const OF_PHOTO: [&str; 3] = ["by ", "credit ", "courtesy "];

/// Marks that part a caption from its credit.
const SEPARATORS: [char; 7] = ['—', '–', '-', '|', '•', '·', '/'];

/// Longest credit, in words behind its marker.
const LONGEST: usize = 6;

/// Fewest words of what stands before it: a credit by itself is a line of its own.
const FEWEST: usize = 3;

fn check(page: &Page<'_>, line: &Line<'_>, found: &mut Vec<TextSpan>) {
    if !line.is_unmarked() {
        return;
    }
    let text = line.text.trim_end();
    // The search of the page has told already which lines hold the word.
    let unlabelled = || if page.line_holds(line, PHOTO) { unlabelled(text) } else { None };
    let Some((at, credit)) = labelled(text).or_else(unlabelled) else { return };
    let Some(start) = start(text, text[..at].trim_end(), at) else { return };
    let named = credit.trim_start_matches([' ', '\u{a0}']);
    let words = named.split_whitespace().count();
    let is_name =
        named.starts_with(|c: char| c.is_uppercase() || c == '@' || c.is_alphabetic() && !c.is_ascii());
    let is_agency =
        words == 1 && named.trim_end_matches([')', '.']).bytes().all(|byte| byte.is_ascii_lowercase());
    if (is_name || is_agency)
        && (1..=LONGEST).contains(&words)
        && text[..start].split_whitespace().count() >= FEWEST
    {
        found.push(line.span_of(start..text.len()));
    }
}

/// Where the last label of a text begins that a colon ends, and what stands behind the colon.
fn labelled(text: &str) -> Option<(usize, &str)> {
    let (before, credit) = text.rsplit_once(':')?;
    let before = before.trim_end();
    let at = before.char_indices().rev().take_while(|(_, c)| c.is_alphabetic()).last()?.0;
    LABELS.contains(&&before[at..]).then_some((at, credit))
}

/// The same of a credit without a colon: "Photo by Amy K. Dragoo".
fn unlabelled(text: &str) -> Option<(usize, &str)> {
    let at = text.rfind(PHOTO)?;
    let rest = &text[at + PHOTO.len()..];
    OF_PHOTO.iter().find_map(|word| rest.strip_prefix(word)).map(|credit| (at, credit))
}

/// Where a credit begins whose marker stands at `at` behind `before`: with what parts it from the caption; `None` where
/// nothing does.
fn start(text: &str, before: &str, at: usize) -> Option<usize> {
    let last = before.chars().next_back()?;
    let open = before.len() - last.len_utf8();
    match last {
        '(' | '[' => text.trim_end_matches('.').ends_with([')', ']']).then_some(open),
        // A hyphen within a word parts nothing.
        _ if SEPARATORS.contains(&last) => before[..open].ends_with([' ', '\u{a0}']).then_some(open),
        // What ends as a sentence does is one.
        '.' | '!' | '?' | '…' | '"' | '”' | '»' => (!text.ends_with('.')).then_some(at),
        _ => None,
    }
}
