//! Calendars: rows of weekday letters and day numbers.

use crate::boilerplate::{Check, Gate, Line, Rule};

pub(super) static RULE: Rule = Rule {
    name: "calendar-grid",
    version: 1,
    reason: "it is a row of a calendar",
    examples: &[
        ("zxx", "⟦M\t\tT\t\tW\t\tT\t\tF\t\tS\t\tS⟧\n⟦1\t\t2\t\t3\t\t4\t\t5\t\t6\t\t7⟧\n⟦29\t\t30\t\t31⟧"),
        ("de", "⟦Mo Di Mi Do Fr Sa So⟧\n\nDer Rasen ist grün."),
    ],
    counter_examples: &[("zxx", "3 5 8 13 21 34"), ("zxx", "I a m"), ("zxx", "12 15 18")],
    // Eight cells of days, or seven of up to three letters and marks, are no more words than that.
    check: Check::Line(Gate::words(16), check),
};

fn check(line: &Line<'_>) -> bool {
    let is_day = |cell: &str| cell.parse().ok().filter(|day| (1..=31).contains(day));
    let first = line.text.split_whitespace().next().unwrap_or("");
    if is_day(first).is_none() && first.chars().nth(3).is_some() {
        return false;
    }
    let cells: Vec<&str> = line.text.split_whitespace().take(9).collect();
    if !(2..=8).contains(&cells.len()) {
        return false;
    }
    let days: Option<Vec<u32>> = cells.iter().map(|cell| is_day(cell)).collect();
    if let Some(days) = days {
        // Day numbers follow one another.
        return days.len() >= 3 && days.windows(2).all(|pair| pair[1] == pair[0] + 1);
    }
    cells.len() == 7
        && cells
            .iter()
            .all(|cell| cell.chars().count() <= 3 && cell.chars().next().is_some_and(char::is_alphabetic))
        && cells.iter().all(|cell| cell.chars().next().is_some_and(|c| c.is_uppercase() || !c.is_lowercase()))
}
