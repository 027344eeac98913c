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
    // Without a digit, there are seven cells of three characters, of which a Latin one has no more than three bytes.
    if line.latin && !line.digits && line.text.len() > 7 * 3 * 3 + 6 {
        return false;
    }
    // Most other lines are told by their first cell.
    let (mut cells, mut days, mut names) = (0, true, true);
    let mut before = None;
    for cell in line.text.split_whitespace() {
        cells += 1;
        if days {
            let number = cell.starts_with(|c: char| c.is_ascii_digit() || c == '+');
            let day: Option<u32> = if number { cell.parse().ok() } else { None };
            let day = day.filter(|day| (1..=31).contains(day));
            // Day numbers follow one another.
            days = day.is_some() && before.is_none_or(|before| day == Some(before + 1));
            before = day;
        }
        names = names
            && cell.chars().nth(3).is_none()
            && cell.chars().next().is_some_and(|c| c.is_alphabetic() && !c.is_lowercase());
        if cells > 8 || !days && !names {
            return false;
        }
    }
    days && cells >= 3 || names && cells == 7
}
