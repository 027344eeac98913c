//! How answers look: for a person at a terminal, and for programs.

pub mod cleaned;
pub mod formats;
pub mod hits;
pub mod labelled;

use std::borrow::Cow;
use std::io::{IsTerminal, Write};

use anstyle::{AnsiColor, Style};

/// Widest column of text; longer lines are hard to read.
const WIDEST: usize = 96;

/// Narrowest column of text that is still wrapped.
const NARROWEST: usize = 24;

/// Style of titles.
pub const TITLE: Style = Style::new().bold();
/// Style of places.
pub const PLACE: Style = AnsiColor::Cyan.on_default();
/// Style of matching words.
pub const MATCH: Style = AnsiColor::Yellow.on_default().bold();
/// Style of what matters less.
pub const DIM: Style = Style::new().dimmed();

/// Where and how output is written.
pub struct Screen<'a> {
    /// The stream.
    pub out: &'a mut dyn Write,
    /// Columns for text, or `None` when the stream is no terminal: text is then not wrapped and not marked.
    pub width: Option<usize>,
}

/// Columns of the terminal that standard output is, if it is one.
#[must_use]
pub fn terminal_width() -> Option<usize> {
    if !std::io::stdout().is_terminal() {
        return None;
    }
    let columns = terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0));
    Some(columns.clamp(NARROWEST, WIDEST))
}

/// A text without the control characters that would make a terminal do something: each byte of one becomes `?`, so that
/// every offset stays as it is.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    let controls = |c: char| c.is_control() && c != '\n' && c != '\t';
    if !text.contains(controls) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars().flat_map(|c| if controls(c) { vec!['?'; c.len_utf8()] } else { vec![c] }).collect(),
    )
}

/// A count with its noun, and thousands parted.
#[must_use]
pub fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(count))
}

/// A number with thousands parted.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Bytes as a person reads them.
#[must_use]
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if count < 1000 {
        return format!("{count} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "one digit after the point is shown")]
    let mut size = count as f64 / 1000.0;
    let mut unit = 0;
    while size >= 999.95 && unit + 1 < UNITS.len() {
        size /= 1000.0;
        unit += 1;
    }
    format!("{size:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_do_not_reach_a_terminal() {
        assert_eq!(printable("a\x1b[2Jb\u{9b}c\n"), "a?[2Jb??c\n");
        assert!(matches!(printable("plain"), Cow::Borrowed(_)));
    }

    #[test]
    fn numbers_for_people() {
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(counted(1, "passage"), "1 passage");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(20_700), "20.7 KB");
        assert_eq!(bytes(999_960), "1.0 MB");
    }
}
