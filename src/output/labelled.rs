//! Documents with their labels: kept and dropped side by side, readable without colour.

use std::io;

use super::{DIM, PLACE, Screen, printable};
use crate::boilerplate::{Labels, Verdict};
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
        let mut verdicts: Vec<&Verdict> = Vec::new();
        for (_, verdict) in &dropped {
            if !verdicts.contains(verdict) {
                verdicts.push(verdict);
            }
        }
        let gutter = format!("{line:>5} {:<GUTTER$}", verdicts.first().map_or("", |verdict| verdict.rule));
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
            for Verdict { rule, reason } in verdicts {
                let reason = printable(reason);
                writeln!(screen.out, "{DIM}{:>5} {:<GUTTER$}   ({rule}: {reason}){DIM:#}", "", "")?;
            }
        }
    }
    Ok(())
}

/// Line ends inside a block as spaces.
fn one_line(text: &str) -> String {
    printable(&text.replace(['\n', '\r', '\t'], " ")).into_owned()
}
