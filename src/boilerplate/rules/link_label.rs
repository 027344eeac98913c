//! Labels of links that stand in running text without their link: "Read more about", "More:", "For more …, see".

use std::ops::Range;

use crate::boilerplate::affixes::Endings;
use crate::boilerplate::{Check, Gate, Line, Page, Rule};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "link-label",
    version: 1,
    reason: "it introduced a link that is no longer there",
    examples: &[
        ("en", "It is important to know when. ⟦Read more about⟧ Lower pain often comes on quickly."),
        ("en", "They found no correlation. ⟦More:⟧ While those results are comforting, there are others."),
        (
            "en",
            "It improves by rest. ⟦For more in-depth information, see Sports-health. com.⟧ A more problematic form is this.",
        ),
        ("en", "The growth of cities drives the economies and connecting⟦Read More⟧ areas around them."),
        ("de", "Es ist gut, den Rasen zu kennen. ⟦Mehr:⟧ Der Rasen wächst im Mai am schnellsten von allen."),
    ],
    counter_examples: &[
        ("en", "You can read more about Lower Saxony in the atlas."),
        ("en", "The rule is simple. More: the better."),
        ("en", "For more information, see the table on the next page, which lists all of them."),
        ("de", "Die Regel ist einfach. Mehr: das ist immer besser als weniger, sagt er."),
    ],
    check: Check::Within(Gate::holds(&[":", READ, CONTINUE, FOR_MORE]), check),
};

/// Labels that stand between a sentence's end and a capital, or between a sentence's end and the end of the line. Of two
/// that begin alike, the longer comes first.
const LABELS: &[&str] = &["Read more about", "Read More About", "Read more", "Read More", "Continue reading"];

/// More of them, which a colon follows. Of two that end alike, the longer comes first.
static BEFORE_COLON: Endings<27> = Endings::new([
    "Read more",
    "Read More",
    "More",
    "MORE",
    "Related",
    "RELATED",
    "Read also",
    "Also read",
    "See also",
    "Learn more",
    "Watch",
    "WATCH",
    "Weiterlesen",
    "Mehr",
    "Lire aussi ",
    "À lire aussi ",
    "Leer más",
    "Lea también",
    "Leggi anche",
    "Leia também",
    "Lees ook",
    "Czytaj też",
    "Zobacz też",
    "Läs också",
    "Læs også",
    "Читайте также",
    "Baca juga",
]);

/// How the labels begin that do not end in a colon.
const READ: &str = "Read ";
const CONTINUE: &str = "Continue reading";

/// How a sentence begins that points to a site.
const FOR_MORE: &str = "For more ";

/// The labels that stand in a line, as ranges of its text.
fn labels(page: &Page<'_>, line: &Line<'_>) -> Vec<Range<usize>> {
    let (text, mut places) = (line.text, Vec::new());
    for colon in memchr::memchr_iter(b':', text.as_bytes()) {
        let label = BEFORE_COLON.find(&text[..colon]);
        places.extend(label.map(|label| colon - label.len()..colon + 1));
    }
    if page.line_holds(line, READ) || page.line_holds(line, CONTINUE) {
        for label in LABELS {
            places.extend(text.match_indices(label).map(|(at, _)| at..at + label.len()));
        }
    }
    places
}

fn check(page: &Page<'_>, line: &Line<'_>, found: &mut Vec<TextSpan>) {
    if line.words < 8 {
        return;
    }
    for range in labels(page, line) {
        let label = &line.text[range.clone()];
        let (before, after) = (line.text[..range.start].trim_end(), &line.text[range.end..]);
        let opens = before.is_empty() || crate::analysis::ends_sentence(before);
        let next = after.trim_start().chars().next();
        let closes = after.starts_with(char::is_whitespace)
            && next.is_some_and(|c| c.is_uppercase() || matches!(c, '"' | '“'))
            || after.trim().is_empty();
        // Glued to the word before it, with no space, a label in capitals cannot be part of the sentence.
        let glued = label.ends_with("More")
            && line.text[..range.start].ends_with(char::is_lowercase)
            && after.starts_with([' ', '.']);
        if opens && closes || glued {
            found.push(line.span_of(range));
        }
    }
    if page.line_holds(line, FOR_MORE) {
        for range in line.sentences() {
            see_site(line, range, found);
        }
    }
}

/// "For more information, see Sports-health. com." and its kin: a pointer whose whole object is the name of a site.
fn see_site(line: &Line<'_>, range: &Range<usize>, found: &mut Vec<TextSpan>) {
    let sentence = &line.text[range.clone()];
    let Some(start) = sentence.find(FOR_MORE) else { return };
    if start > 0 {
        return;
    }
    let rest = &line.text[range.start..];
    let Some(see) = rest.find(", see ").filter(|&see| see < 60) else { return };
    let object = &rest[see + 6..];
    let Some(end) = object.find(". com").map(|at| at + 5).or_else(|| object.find(".com").map(|at| at + 4))
    else {
        return;
    };
    if object[..end].split_whitespace().count() > 3 {
        return;
    }
    let dot = usize::from(object[end..].starts_with('.'));
    found.push(line.span_of(range.start..range.start + see + 6 + end + dot));
}
