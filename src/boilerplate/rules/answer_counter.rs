//! Counters of question-and-answer pages: "Answer 1 of 5."

use crate::analysis::each_number;
use crate::boilerplate::{Check, Gate, Line, Page, Rule};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "answer-counter",
    version: 2,
    reason: "it counts answers, pages or slides and says nothing itself",
    examples: &[
        ("en", "The muscles become sore. ⟦Answer 1 of 5.⟧ Avoid the common mistakes."),
        ("de", "⟦Seite 2 von 7⟧\n\nDer Text."),
        ("pl", "⟦1234Strona 1 z 4⟧"),
    ],
    counter_examples: &[
        ("en", "Answer 1 of 5 questions and win."),
        ("de", "Seite 2 von vielen ist leer."),
        ("en", "Page 3 of the book is torn"),
    ],
    check: Check::Within(Gate::OPEN, check),
};

/// Folded nouns that are counted.
const COUNTED: &[&str] = &[
    "answer",
    "page",
    "slide",
    "photo",
    "image",
    "question",
    "part",
    "step",
    "result",
    "post",
    "seite",
    "bild",
    "antwort",
    "foto",
    "pagina",
    "page",
    "reponse",
    "diapositive",
    "respuesta",
    "pagina",
    "imagen",
    "resposta",
    "risposta",
    "immagine",
    "afbeelding",
    "strona",
    "zdjecie",
    "sida",
    "side",
    "sivu",
    "strana",
    "oldal",
    "страница",
    "стр",
    "сторінка",
    "sayfa",
    "halaman",
    "trang",
];

/// Folded words between the two numbers.
const OF: &[&str] = &[
    "of", "von", "sur", "de", "di", "van", "z", "ze", "av", "af", "из", "з", "/", "dari", "na", "din", "tren",
];

/// Words of a counter: the noun, the number, "of" and the other number.
const WORDS: usize = 4;

fn check(page: &Page<'_>, line: &Line<'_>, found: &mut Vec<TextSpan>) {
    // What is neither ASCII nor Latin can fold to a digit.
    if !line.digits && (line.latin || line.text.is_ascii()) || !counts(page, line) {
        return;
    }
    for range in line.sentences() {
        let sentence = line.text[range.clone()].trim_end();
        // Folding can part a word in two where it is not ASCII.
        if sentence.is_ascii() && sentence.split_ascii_whitespace().take(WORDS + 1).count() != WORDS {
            continue;
        }
        let folded = crate::analysis::fold(sentence);
        let words: Vec<&str> =
            folded.split_whitespace().map(|word| word.trim_end_matches(['.', ':'])).collect();
        if let [noun, first, of, last] = words.as_slice()
            // The numbers of a pager's pages are often glued before its words.
            && COUNTED.contains(&noun.trim_start_matches(|c: char| c.is_ascii_digit()))
            && is_number(first)
            && OF.contains(of)
            && is_number(last)
        {
            found.push(line.span_of(range.start..range.start + sentence.len()));
        }
    }
}

/// Whether "1 of 5" stands in a line once it is folded, as far as the last byte before "of" and the first after it tell.
fn counts(page: &Page<'_>, line: &Line<'_>) -> bool {
    let counts_at = |uncased: &str, at: usize| {
        let between = uncased[..at].strip_suffix(' ').and_then(|before| before.rsplit_once(' '));
        between.is_some_and(|(first, of)| {
            let of = of.trim_end_matches(['.', ':']);
            first.trim_end_matches(['.', ':']).ends_with(|c: char| c.is_ascii_digit())
                && (!of.is_ascii() || OF.iter().any(|known| of.eq_ignore_ascii_case(known)))
        })
    };
    // No Latin letter folds to a digit.
    if line.latin {
        let mut digits = page.classes.places(&line.span.range(), |piece| piece.digits);
        return digits.any(|at| counts_at(line.text, at - line.span.start));
    }
    let (uncased, mut counts) = (line.uncased(), false);
    each_number(uncased, |at| counts |= counts_at(uncased, at));
    counts
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}
