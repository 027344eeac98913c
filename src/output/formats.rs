//! Formats for programs: JSON, JSON lines, Markdown, CSV, TREC run files, vimgrep.

use std::io::{self, Write};

use crate::search::{Hit, Response, TAG, wire};
use crate::source::name_of;

/// Smallest step between two scores of a run, so that they are strictly decreasing as printed.
const SCORE_STEP: f64 = 1e-6;

/// One JSON object for the whole answer.
///
/// # Errors
///
/// When the stream cannot be written.
pub fn json(out: &mut dyn Write, query: &str, response: &Response, pretty: bool) -> io::Result<()> {
    let answer = wire::answer(query, response);
    if pretty {
        serde_json::to_writer_pretty(&mut *out, &answer)?;
    } else {
        serde_json::to_writer(&mut *out, &answer)?;
    }
    writeln!(out)
}

/// One JSON object a hit.
///
/// # Errors
///
/// When the stream cannot be written.
pub fn jsonl(out: &mut dyn Write, response: &Response) -> io::Result<()> {
    for hit in &response.hits {
        serde_json::to_writer(&mut *out, &wire::hit(hit))?;
        writeln!(out)?;
    }
    Ok(())
}

/// One JSON object on one line for the answer to one query of many.
///
/// # Errors
///
/// When the stream cannot be written.
pub fn batch_json(out: &mut dyn Write, id: &str, query: &str, response: &Response) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &wire::answer(query, response).to_query(id))?;
    writeln!(out)
}

/// One JSON object a hit, with the query it belongs to.
///
/// # Errors
///
/// When the stream cannot be written.
pub fn batch_jsonl(out: &mut dyn Write, id: &str, response: &Response) -> io::Result<()> {
    for hit in &response.hits {
        serde_json::to_writer(&mut *out, &wire::hit(hit).of_query(id))?;
        writeln!(out)?;
    }
    Ok(())
}

/// Markdown: a quotation with its place.
///
/// # Errors
///
/// When the stream cannot be written.
pub fn markdown(out: &mut dyn Write, response: &Response) -> io::Result<()> {
    for hit in &response.hits {
        writeln!(out, "## {}. {}\n", hit.rank, hit.title.as_deref().unwrap_or(&hit.name))?;
        if let Some(heading) = &hit.heading {
            writeln!(out, "**{heading}**\n")?;
        }
        writeln!(out, "> {}\n", hit.text)?;
        writeln!(
            out,
            "`{}`{}\n",
            hit.cite(),
            quality(hit).map_or_else(String::new, |quality| format!(" (quality {quality})"))
        )?;
    }
    Ok(())
}

/// The quality of a hit as it is printed, where it is known.
pub(super) fn quality(hit: &Hit) -> Option<String> {
    hit.quality.map(|quality| format!("{quality:.2}"))
}

/// CSV with a header, as RFC 4180 has it.
///
/// # Errors
///
/// When the stream cannot be written.
pub fn csv(out: &mut dyn Write, response: &Response) -> io::Result<()> {
    write!(out, "rank,score,source,line,title,heading,text,quality\r\n")?;
    for hit in &response.hits {
        let fields = [
            hit.rank.to_string(),
            format!("{:.6}", hit.score),
            hit.name.clone(),
            hit.cite_line.to_string(),
            hit.title.clone().unwrap_or_default(),
            hit.heading.clone().unwrap_or_default(),
            hit.text.clone(),
            quality(hit).unwrap_or_default(),
        ];
        let quoted: Vec<String> = fields
            .iter()
            .map(|field| {
                if field.contains([',', '"', '\n', '\r']) {
                    format!("\"{}\"", field.replace('"', "\"\""))
                } else {
                    field.clone()
                }
            })
            .collect();
        write!(out, "{}\r\n", quoted.join(","))?;
    }
    Ok(())
}

/// `path:line:column:text`, as editors read it. The column is that of the passage's first byte, 1.
///
/// # Errors
///
/// When the stream cannot be written.
pub fn vimgrep(out: &mut dyn Write, response: &Response) -> io::Result<()> {
    for hit in &response.hits {
        writeln!(out, "{}:{}:1:{}", name_of(&hit.path), hit.cite_line, hit.text)?;
    }
    Ok(())
}

/// Lines of a TREC run: scores strictly decreasing.
///
/// # Errors
///
/// When the stream cannot be written.
pub fn trec(out: &mut dyn Write, query_id: &str, hits: &[Hit]) -> io::Result<()> {
    let mut last = f64::INFINITY;
    for (at, hit) in hits.iter().enumerate() {
        let score = ((hit.score * 1e6).round() / 1e6).min(last - SCORE_STEP);
        last = score;
        writeln!(out, "{} Q0 {} {} {score:.6} {TAG}", encode(query_id), encode(&hit.document), at + 1)?;
    }
    Ok(())
}

/// White space would end a column.
fn encode(id: &str) -> String {
    let mut encoded = String::with_capacity(id.len());
    for c in id.chars() {
        if c.is_whitespace() {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                encoded.push_str(&format!("%{byte:02X}"));
            }
        } else {
            encoded.push(c);
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_of_a_run_decrease_strictly() {
        let hits: Vec<Hit> = [1.0, 1.0, 0.5]
            .iter()
            .map(|score| Hit { score: *score, document: "a b".to_owned(), ..Hit::default() })
            .collect();
        let mut out = Vec::new();
        trec(&mut out, "q", &hits).expect("a vector can be written");
        let text = String::from_utf8(out).expect("it is text");
        assert_eq!(
            text,
            "q Q0 a%20b 1 1.000000 backsearch\nq Q0 a%20b 2 0.999999 backsearch\nq Q0 a%20b 3 0.500000 backsearch\n"
        );
    }
}
