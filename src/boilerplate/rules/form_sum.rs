//! Sums that a form asks to tell people from robots: "six + 16 =".

use crate::boilerplate::{Check, Gate, Line, Rule};

pub(super) static RULE: Rule = Rule {
    name: "form-sum",
    version: 1,
    reason: "it is the sum by which a form tells people from robots",
    examples: &[
        ("zxx", "The lawn is green.\n\n⟦six + 16 =⟧"),
        ("zxx", "⟦4 × = 28⟧\n\n⟦9 − 3 = ?⟧\n\nThe lawn is green."),
    ],
    counter_examples: &[
        ("zxx", "6 + 16 = 22"),
        ("zxx", "a + b ="),
        ("zxx", "2 + 2 = 4, as everyone knows."),
        ("zxx", "fee = 30"),
    ],
    check: Check::Line(Gate::holds(&["="]), check),
};

/// Largest number of such a sum.
const LARGEST: u32 = 100;

/// A part of a sum.
#[derive(PartialEq, Eq)]
enum Part {
    Number,
    Word,
    Operator,
    Equals,
    Blank,
}

/// A sum with a number in digits and one place to fill in.
fn check(line: &Line<'_>) -> bool {
    if line.text.len() > 40 {
        return false;
    }
    let parts: Option<Vec<Part>> = line.text.split_whitespace().map(part).collect();
    let Some(parts) = parts.filter(|parts| (3..=6).contains(&parts.len())) else { return false };
    let count = |kind: &Part| parts.iter().filter(|part| *part == kind).count();
    let terms = count(&Part::Number) + count(&Part::Word);
    // Three terms and nothing to fill in is a sum that is done.
    terms == 2 && count(&Part::Number) >= 1 && count(&Part::Operator) == 1 && count(&Part::Equals) == 1
}

fn part(text: &str) -> Option<Part> {
    match text {
        "+" | "-" | "−" | "–" | "*" | "×" | "x" => Some(Part::Operator),
        "=" => Some(Part::Equals),
        "?" | "*?" | "__" => Some(Part::Blank),
        _ if text.parse::<u32>().is_ok_and(|number| number <= LARGEST) => Some(Part::Number),
        // Numbers are written out in some of these forms: three letters or more in every language that has them.
        _ if text.chars().count() >= 3 && text.chars().all(char::is_alphabetic) => Some(Part::Word),
        _ => None,
    }
}
