//! Plain text: every line that is not blank is a block.

use super::charset::Decoded;
use super::{Block, BlockKind, Document};
use crate::span::Span;

/// Bytes of a short line: text that is wrapped has longer ones.
const LINE_BYTES: usize = 50;

/// Cuts the text into lines. Linear.
pub(super) fn parse(decoded: Decoded) -> Document {
    let Decoded { text, map, encoding, notes } = decoded;
    // To count the lines takes longer than to make room for so many; what is not used of a large text's is not touched.
    let lines = text.len() / LINE_BYTES + 1;
    let (mut blocks, mut line_ends) = (Vec::with_capacity(lines), Vec::with_capacity(lines));
    let mut start = 0;
    let mut gap = true;
    for end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        line_ends.push(map.original_offset(end));
        let line = &text[start..end];
        let (mut from, mut trimmed) = (start, line);
        if !matches!(line.as_bytes(), [b'!'..=b'~', .., b'!'..=b'~']) {
            // A byte order mark in the middle of a file is as good as white space.
            trimmed = line.trim_start_matches(is_blank);
            from = end - trimmed.len();
            trimmed = trimmed.trim_end_matches(is_blank);
        }
        if trimmed.is_empty() {
            gap = true;
        } else {
            blocks.push(Block {
                span: Span::new(from, from + trimmed.len()),
                kind: kind_of(trimmed),
                gap,
                unparted: false,
                linked: 0,
                element: None,
            });
            gap = false;
        }
        start = end + 1;
    }
    // No line ends where the text does.
    line_ends.pop();
    Document { text, map, blocks, encoding, notes, line_ends, ..Document::default() }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}'
}

/// What the line's own marks say that it is; context decides the rest.
fn kind_of(line: &str) -> BlockKind {
    if list_marker(line).is_some() { BlockKind::Item } else { BlockKind::Paragraph }
}

/// Length in bytes of a list marker (`•`, `- `, `1. `, `(a) `) with the white space after it.
fn list_marker(line: &str) -> Option<usize> {
    let first = line.chars().next()?;
    let marker = match first {
        '•' | '‣' | '◦' | '▪' | '●' | '■' | '·' | '*' | '-' | '+' | '–' => first.len_utf8(),
        '0'..='9' => {
            let digits = line.bytes().take_while(u8::is_ascii_digit).count();
            let closed = line[digits..].starts_with(['.', ')']);
            if digits > 3 || !closed {
                return None;
            }
            digits + 1
        }
        _ => return None,
    };
    let rest = &line[marker..];
    let spaces = rest.len() - rest.trim_start().len();
    (spaces > 0 && spaces < rest.len()).then_some(marker + spaces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::parse as parse_record;
    use crate::record::Record;

    #[test]
    fn lines_are_blocks_and_blank_lines_are_gaps() {
        let document = parse_record(&Record::plain("\u{feff}Title\r\n\r\n  • one\n1. two\nlast"));
        let blocks: Vec<(&str, bool, BlockKind)> =
            document.blocks.iter().map(|block| (document.slice(block.span), block.gap, block.kind)).collect();
        assert_eq!(
            blocks,
            [
                ("Title", true, BlockKind::Paragraph),
                ("• one", true, BlockKind::Item),
                ("1. two", false, BlockKind::Item),
                ("last", false, BlockKind::Paragraph),
            ]
        );
    }

    #[test]
    fn markers() {
        assert_eq!(list_marker("1. Do"), Some(3));
        assert_eq!(list_marker("2014 was"), None);
        assert_eq!(list_marker("-- sign"), None);
        assert_eq!(list_marker("-"), None);
    }
}
