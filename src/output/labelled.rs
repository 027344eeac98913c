//! Documents with their labels: kept and dropped side by side, readable without colour.

use std::io;

use super::{DIM, PLACE, Screen, printable};
use crate::boilerplate::Labels;
use crate::document::Document;

/// Marks around a dropped range inside a kept line, the same with and without colour.
const OPEN: char = '⟦';
const CLOSE: char = '⟧';

/// Widest rule name in the gutter.
const GUTTER: usize = 22;

/// Writes the blocks of a document that touch the given lines (all of them if `None`), dropped ones with their rule.
///
/// # Errors
///
/// When the stream cannot be written.
pub fn write(
    screen: &mut Screen<'_>,
    document: &Document,
    labels: &Labels,
    lines: Option<(usize, usize)>,
    reasons: bool,
) -> io::Result<()> {
    for block in &document.blocks {
        let line = document.line_at(document.map.original_offset(block.span.start));
        if lines.is_some_and(|(first, last)| line < first || line > last) {
            continue;
        }
        let text = document.slice(block.span);
        let dropped: Vec<_> = labels.dropped().filter(|(span, _)| span.overlaps(&block.span)).collect();
        let whole = labels.drops_all(block.span);
        let rules: Vec<&str> = unique(dropped.iter().map(|(_, verdict)| verdict.rule));
        let gutter = format!("{line:>5} {:<GUTTER$}", rules.first().copied().unwrap_or(""));
        let mut shown = String::new();
        if whole {
            shown = one_line(text);
        } else {
            let mut at = block.span.start;
            for (span, _) in &dropped {
                let (start, end) = (span.start.max(block.span.start), span.end.min(block.span.end));
                shown.push_str(&one_line(document.text.get(at..start).unwrap_or("")));
                shown.push_str(&format!(
                    "{DIM}{OPEN}{}{CLOSE}{DIM:#}",
                    one_line(document.text.get(start..end).unwrap_or(""))
                ));
                at = end;
            }
            shown.push_str(&one_line(document.text.get(at..block.span.end).unwrap_or("")));
        }
        if block.gap && line > 1 {
            writeln!(screen.out)?;
        }
        if whole {
            writeln!(screen.out, "{DIM}{gutter} - {shown}{DIM:#}")?;
        } else {
            writeln!(screen.out, "{PLACE}{gutter}{PLACE:#}   {shown}")?;
        }
        if reasons {
            for rule in rules {
                let reason = dropped
                    .iter()
                    .find(|(_, verdict)| verdict.rule == rule)
                    .map_or("", |(_, verdict)| verdict.reason);
                writeln!(screen.out, "{DIM}{:>5} {:<GUTTER$}   ({rule}: {reason}){DIM:#}", "", "")?;
            }
        }
    }
    Ok(())
}

fn unique<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut unique: Vec<&str> = Vec::new();
    for name in names {
        if !unique.contains(&name) {
            unique.push(name);
        }
    }
    unique
}

/// Line ends inside a block as spaces.
fn one_line(text: &str) -> String {
    printable(&text.replace(['\n', '\r', '\t'], " ")).into_owned()
}
