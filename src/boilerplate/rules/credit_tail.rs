//! Credits behind a caption or a paragraph: "… at the lake (Photo: dpa)".

use crate::boilerplate::{Check, Gate, Line, Page, Rule};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "credit-tail",
    version: 1,
    reason: "it credits the photographer or the agency of a picture, behind its caption",
    examples: &[
        ("en", "The lawn behind the old house in May.⟦(Photo: Amy K. Dragoo)⟧"),
        ("en", "The lawn behind the old house ⟦| Image credit: Getty Images⟧"),
        ("pt", "O gramado atrás da casa em maio ⟦— Foto: TVCA⟧"),
        ("de", "Der Rasen hinter dem Haus im Mai. ⟦Foto: Jens Bauer/dpa⟧"),
    ],
    counter_examples: &[
        ("en", "He wrote under each picture the words Photo: the lawn in May."),
        ("en", "What matters in a camera (Photo: good light, sharp lens, and a hand that does not shake)."),
        ("en", "What the app can do: Photo: Crop"),
        ("de", "Auf dem dritten Bild: Moos"),
        ("de", "Wer ein Foto: Ausschnitt – sucht, findet es hier im Garten."),
    ],
    check: Check::Within(Gate::holds(MARKERS), check),
};

/// What a credit begins with. All begin with a capital, for which a page is searched once for all rules.
const MARKERS: &[&str] = &[
    "Photo:",
    "Photos:",
    "Photo by",
    "Photo credit",
    "Photo courtesy",
    "Foto:",
    "Fotos:",
    "Bild:",
    "Bildquelle:",
    "Image:",
    "Image credit",
    "Imagen:",
    "Immagine:",
    "Crédit :",
    "Crédits :",
    "Crédit photo",
    "Credit:",
    "Credits:",
    "Picture:",
    "Fot.",
    "Beeld:",
    "Kuva:",
];

/// Marks that part a caption from its credit.
const SEPARATORS: [char; 7] = ['—', '–', '-', '|', '•', '·', '/'];

/// Longest credit, in words behind its marker.
const LONGEST: usize = 6;

/// Fewest words of what stands before it: a credit by itself is a line of its own.
const FEWEST: usize = 3;

fn check(_: &Page<'_>, line: &Line<'_>, found: &mut Vec<TextSpan>) {
    if !line.is_unmarked() {
        return;
    }
    let text = line.text.trim_end();
    let begins = MARKERS.iter().filter_map(|marker| Some((text.rfind(marker)?, marker.len())));
    for (at, len) in begins {
        let (before, credit) = (text[..at].trim_end(), &text[at + len..]);
        let Some(start) = start(text, before, at) else { continue };
        let named = credit.trim_start_matches([' ', ':', '\u{a0}']);
        let is_name =
            named.starts_with(|c: char| c.is_uppercase() || c == '@' || c.is_alphabetic() && !c.is_ascii());
        let is_agency = named.bytes().take_while(u8::is_ascii_lowercase).count()
            == named.trim_end_matches([')', '.']).len();
        let words = named.split_whitespace().count();
        if (is_name || is_agency && words == 1)
            && (1..=LONGEST).contains(&words)
            && text[..start].split_whitespace().count() >= FEWEST
        {
            found.push(line.span_of(start..text.len()));
            return;
        }
    }
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
        '.' | '!' | '?' | '…' | '"' | '”' | '»' => Some(at),
        _ => None,
    }
}
