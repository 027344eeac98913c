//! Hits as a person reads them.

use std::io::{self, Write};
use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use super::formats;
use super::{DIM, MATCH, PLACE, Screen, TITLE, printable};
use crate::analysis::sentences;
use crate::search::{Explanation, Hit, Response};

/// How much of a hit is shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct HitOptions {
    /// Only where the hit is, one line each.
    pub cite_only: bool,
    /// The quality of each hit, too.
    pub quality: bool,
}

/// Writes all hits of a response.
///
/// # Errors
///
/// When the stream cannot be written.
pub fn write(screen: &mut Screen<'_>, response: &Response, options: HitOptions) -> io::Result<()> {
    for (at, hit) in response.hits.iter().enumerate() {
        if options.cite_only {
            writeln!(screen.out, "{}", cite(hit))?;
            continue;
        }
        if at > 0 {
            writeln!(screen.out)?;
        }
        write_hit(screen, hit, options)?;
    }
    Ok(())
}

/// The place of a hit, with a link to the very text where its page has an address.
#[must_use]
pub fn cite(hit: &Hit) -> String {
    match &hit.url {
        Some(url) => format!("{} {}", hit.cite(), text_fragment(url, &hit.text)),
        None => hit.cite(),
    }
}

/// A link that makes a browser show a text on a page (`#:~:text=first,last`).
#[must_use]
pub fn text_fragment(url: &str, text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let encode = |words: &[&str]| {
        let mut encoded = String::new();
        for byte in words.join(" ").bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'~') {
                encoded.push(char::from(byte));
            } else {
                encoded.push_str(&format!("%{byte:02X}"));
            }
        }
        encoded
    };
    let base = url.split('#').next().unwrap_or(url);
    if words.len() <= 12 {
        return format!("{base}#:~:text={}", encode(&words));
    }
    format!("{base}#:~:text={},{}", encode(&words[..5]), encode(&words[words.len() - 5..]))
}

fn write_hit(screen: &mut Screen<'_>, hit: &Hit, options: HitOptions) -> io::Result<()> {
    let number = format!("{}.", hit.rank);
    let indent = " ".repeat(number.len() + 1);
    let title = printable(hit.title.as_deref().unwrap_or(&hit.name));
    let column = screen.width.map(|width| width.saturating_sub(indent.len()));
    let mut first = true;
    for line in wrap(&title, column) {
        let lead = if first { format!("{DIM}{number}{DIM:#} ") } else { indent.clone() };
        writeln!(screen.out, "{lead}{TITLE}{line}{TITLE:#}")?;
        first = false;
    }
    if let Some(heading) = &hit.heading {
        for line in wrap(&printable(heading), column) {
            writeln!(screen.out, "{indent}{line}")?;
        }
    }
    let changed = if hit.changed { format!(" {DIM}(changed since indexed){DIM:#}") } else { String::new() };
    let quality = formats::quality(hit).filter(|_| options.quality);
    let quality = quality.map_or_else(String::new, |quality| format!(" {DIM}quality {quality}{DIM:#}"));
    writeln!(screen.out, "{indent}{PLACE}{}{PLACE:#}{quality}{changed}", printable(&hit.cite()))?;
    if screen.width.is_some() {
        let window = window(&hit.text, hit.best_sentence);
        let shown = printable(hit.text.get(window.clone()).unwrap_or(&hit.text)).into_owned();
        let cut = |cut: bool| if cut { format!("{DIM}…{DIM:#}") } else { String::new() };
        let lines = wrap_at(&shown, column);
        for (number, (line, offset)) in lines.iter().enumerate() {
            let before = cut(number == 0 && window.start > 0);
            let after = cut(number + 1 == lines.len() && window.end < hit.text.len());
            let line = marked(line, window.start + offset, &hit.highlights);
            writeln!(screen.out, "{indent}{before}{line}{after}")?;
        }
    } else {
        writeln!(screen.out, "{indent}{}", hit.text)?;
    }
    match hit.also_in.as_slice() {
        [] => {}
        [copy] => writeln!(screen.out, "{indent}{DIM}also in {}:{}{DIM:#}", copy.name, copy.lines.0)?,
        copies => {
            let places: Vec<String> =
                copies.iter().take(3).map(|copy| format!("{}:{}", copy.name, copy.lines.0)).collect();
            let more = if copies.len() > 3 { ", …" } else { "" };
            writeln!(
                screen.out,
                "{indent}{DIM}also in {} places: {}{more}{DIM:#}",
                copies.len(),
                places.join(", ")
            )?;
        }
    }
    if let Some(tree) = &hit.explanation {
        write_explanation(screen.out, tree, indent.len())?;
    }
    Ok(())
}

/// Bytes of a passage that are shown on a terminal: half a dozen lines.
const WINDOW: usize = 600;

/// The part of a long passage that is shown: its best sentence, and as many whole sentences around it as fit, in turn
/// after and before it. All of a passage that fits.
fn window(text: &str, best: (usize, usize)) -> Range<usize> {
    if text.len() <= WINDOW {
        return 0..text.len();
    }
    let sentences = sentences(text);
    let held = sentences.iter().position(|sentence| sentence.contains(&best.0)).unwrap_or(0);
    let Some(best) = sentences.get(held) else { return 0..text.len() };
    let (mut start, mut end) = (best.start, best.end);
    let (mut before, mut after) = (held.checked_sub(1), held + 1);
    loop {
        let next = sentences.get(after).filter(|next| next.end - start <= WINDOW);
        if let Some(next) = next {
            end = next.end;
            after += 1;
        }
        let last = before.and_then(|at| sentences.get(at)).filter(|last| end - last.start <= WINDOW);
        if let Some(last) = last {
            start = last.start;
            before = before.and_then(|at| at.checked_sub(1));
        }
        if next.is_none() && last.is_none() {
            return start..start + text[start..end].trim_end().len();
        }
    }
}

fn write_explanation(out: &mut dyn Write, tree: &Explanation, indent: usize) -> io::Result<()> {
    writeln!(out, "{}{DIM}{:8.4} {}{DIM:#}", " ".repeat(indent), tree.value, tree.name)?;
    for part in tree.parts.iter().filter(|part| part.value != 0.0) {
        write_explanation(out, part, indent + 2)?;
    }
    Ok(())
}

/// A line with its matching words set off. `offset` is where the line begins in the whole text.
fn marked(line: &str, offset: usize, highlights: &[(usize, usize)]) -> String {
    let mut marked = String::new();
    let mut at = 0;
    for &(start, end) in highlights {
        if end <= offset || start >= offset + line.len() {
            continue;
        }
        let (from, to) = (start.saturating_sub(offset).max(at), (end - offset).min(line.len()));
        let (Some(before), Some(word)) = (line.get(at..from), line.get(from..to)) else { continue };
        marked.push_str(before);
        marked.push_str(&format!("{MATCH}{word}{MATCH:#}"));
        at = to;
    }
    marked.push_str(line.get(at..).unwrap_or(""));
    marked
}

/// A text cut into lines of at most `width` columns.
fn wrap(text: &str, width: Option<usize>) -> Vec<&str> {
    wrap_at(text, width).into_iter().map(|(line, _)| line).collect()
}

/// The same with the byte at which each line begins.
fn wrap_at(text: &str, width: Option<usize>) -> Vec<(&str, usize)> {
    let Some(width) = width else { return vec![(text, 0)] };
    let mut lines = Vec::new();
    let mut start = 0;
    let mut columns = 0;
    let mut at = 0;
    for word in text.split_inclusive(' ') {
        let wide = word.trim_end().width();
        if columns > 0 && columns + wide > width {
            lines.push((text[start..at].trim_end(), start));
            start = at;
            columns = 0;
        }
        columns += word.width();
        at += word.len();
        // A word that is wider than the column (an address, text without spaces) is cut between characters.
        while columns > width {
            let mut cut = start;
            let mut used = 0;
            for c in text[start..at].chars() {
                let own = unicode_width::UnicodeWidthChar::width(c).unwrap_or(0);
                if used + own > width {
                    break;
                }
                used += own;
                cut += c.len_utf8();
            }
            if cut == start || text[cut..at].trim().is_empty() {
                break;
            }
            lines.push((&text[start..cut], start));
            start = cut;
            columns = text[start..at].width();
        }
    }
    if start < text.len() || lines.is_empty() {
        lines.push((text[start..].trim_end(), start));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_wrapped_at_words_and_wide_characters_count_twice() {
        assert_eq!(wrap("one two three", Some(7)), ["one two", "three"]);
        assert_eq!(wrap("背中が痛い時の体操", Some(6)), ["背中が", "痛い時", "の体操"]);
        assert_eq!(wrap("", Some(5)), [""]);
        assert_eq!(wrap("no limit at all", None), ["no limit at all"]);
    }

    #[test]
    fn a_link_leads_to_the_text() {
        assert_eq!(text_fragment("http://x.org/a#b", "two words"), "http://x.org/a#:~:text=two%20words");
    }

    #[test]
    fn of_a_long_passage_the_best_sentences_are_shown() {
        let sentence =
            |number: usize| format!("This is sentence number {number} of a passage that goes on. ");
        let text: String = (10..40).map(sentence).collect();
        let best = text.find("number 30").unwrap_or(0);
        let window = window(&text, (best, best + 9));
        let shown = &text[window];
        assert!(shown.len() <= WINDOW && shown.len() > WINDOW / 2, "{}", shown.len());
        assert!(shown.starts_with("This is") && shown.ends_with("goes on."), "{shown}");
        assert!(shown.contains("number 30") && shown.contains("number 28") && shown.contains("number 32"));
        assert_eq!(super::window("Short. Text.", (0, 6)), 0..12);
    }
}
