//! Web archives: WARC responses and resources, and the conversions of WET files.

use std::io::{BufRead, Read};

use super::{ReadOptions, Skipped};
use crate::record::{Media, Origin, Record};

/// Longest header of a record or of an HTTP response, in bytes.
const LONGEST_HEADER: u64 = 1 << 20;

/// Reads record after record, counting them. A damaged record costs that record: reading goes on at the next line that
/// begins one.
pub(super) fn read(
    reader: &mut dyn BufRead,
    origin: &Origin,
    options: ReadOptions,
    number: &mut usize,
    skipped: &mut Vec<Skipped>,
    emit: &mut dyn FnMut(Record) -> bool,
) -> std::io::Result<()> {
    loop {
        let Some(header) = next_header(reader)? else { return Ok(()) };
        *number += 1;
        let number = *number;
        let bad = |reason: &str| Skipped::damaged(format!("record {number}"), reason);
        let Some(length) = header.get("content-length").and_then(|length| length.trim().parse::<u64>().ok())
        else {
            skipped.push(bad("no Content-Length"));
            continue;
        };
        let kind = header.get("warc-type").unwrap_or("").to_ascii_lowercase();
        let wanted = matches!(kind.as_str(), "response" | "resource" | "conversion");
        if !wanted || length > options.max_document {
            if wanted {
                skipped.push(bad("larger than the limit for documents"));
            }
            std::io::copy(&mut reader.take(length), &mut std::io::sink())?;
            continue;
        }
        let mut body = Vec::new();
        reader.take(length).read_to_end(&mut body)?;
        if (body.len() as u64) < length {
            skipped.push(bad("the archive ends in the middle of it"));
            return Ok(());
        }
        match record(&header, body, &kind, origin, number, options.max_document) {
            Ok(Some(record)) => {
                if !emit(record) {
                    return Ok(());
                }
            }
            Ok(None) => {}
            Err(reason) => skipped.push(bad(&reason)),
        }
    }
}

/// Header fields with their names in lower case.
struct Header(Vec<(String, String)>);

impl Header {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    fn parse(text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text);
        let fields = text.lines().filter_map(|line| line.split_once(':'));
        Self(
            fields.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned())).collect(),
        )
    }
}

/// Skips to the next `WARC/` line and reads the fields after it.
fn next_header(reader: &mut dyn BufRead) -> std::io::Result<Option<Header>> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.take(LONGEST_HEADER).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if line.starts_with(b"WARC/") {
            break;
        }
    }
    let mut header = Vec::new();
    loop {
        line.clear();
        let read = reader.take(LONGEST_HEADER).read_until(b'\n', &mut line)?;
        if read == 0 || line.trim_ascii().is_empty() || header.len() as u64 > LONGEST_HEADER {
            return Ok(Some(Header::parse(&header)));
        }
        header.extend_from_slice(&line);
    }
}

/// Makes a record of a WARC record's body; `None` where it is no page (a redirect, a picture).
fn record(
    header: &Header,
    body: Vec<u8>,
    kind: &str,
    origin: &Origin,
    number: usize,
    limit: u64,
) -> Result<Option<Record>, String> {
    let url = header.get("warc-target-uri").map(|url| url.trim_matches(['<', '>']).to_owned());
    let id = header.get("warc-record-id").map_or_else(
        || number.to_string(),
        |id| id.trim_matches(['<', '>']).trim_start_matches("urn:uuid:").to_owned(),
    );
    let http = kind == "response"
        || header.get("content-type").is_some_and(|kind| kind.starts_with("application/http"));
    let (content_type, body) = if http {
        let Some(end) = memchr::memmem::find(&body, b"\r\n\r\n")
            .map(|at| at + 4)
            .or_else(|| memchr::memmem::find(&body, b"\n\n").map(|at| at + 2))
        else {
            return Err("its HTTP header has no end".to_owned());
        };
        let fields = Header::parse(&body[..end]);
        let mut content = body[end..].to_vec();
        if fields.get("transfer-encoding").is_some_and(|encoding| encoding.eq_ignore_ascii_case("chunked")) {
            // Many crawlers store the body unchunked but keep the field.
            content = dechunk(&content).unwrap_or(content);
        }
        if fields.get("content-encoding").is_some_and(|encoding| encoding.contains("gzip"))
            && content.starts_with(&[0x1f, 0x8b])
        {
            let mut plain = Vec::new();
            flate2::read::MultiGzDecoder::new(content.as_slice())
                .take(limit)
                .read_to_end(&mut plain)
                .map_err(|error| format!("its content cannot be decompressed: {error}"))?;
            content = plain;
        }
        (fields.get("content-type").unwrap_or("text/html").to_owned(), content)
    } else {
        (header.get("content-type").unwrap_or("text/plain").to_owned(), body)
    };
    let mime = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    let media = match mime.as_str() {
        "text/html" | "application/xhtml+xml" => Media::Html,
        "text/markdown" => Media::Markdown,
        mime if mime.starts_with("text/") => Media::Plain,
        _ => return Ok(None),
    };
    let encoding = content_type.to_ascii_lowercase().split(';').find_map(|part| {
        part.trim().strip_prefix("charset=").map(|label| label.trim_matches(['"', '\'', ' ']).to_owned())
    });
    if body.trim_ascii().is_empty() {
        return Ok(None);
    }
    let source = format!("{}#{id}", origin.source);
    Ok(Some(Record {
        origin: Origin { source, ..origin.clone() },
        media,
        encoding,
        id: Some(id),
        url,
        date: header.get("warc-date").map(str::to_owned),
        bytes: body,
        title: None,
    }))
}

/// Takes HTTP's chunked coding off; `None` if the bytes are not in it.
fn dechunk(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::with_capacity(bytes.len());
    loop {
        let end = memchr::memchr(b'\n', bytes)?;
        let size = std::str::from_utf8(&bytes[..end]).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        bytes = &bytes[end + 1..];
        if size == 0 {
            return Some(plain);
        }
        plain.extend_from_slice(bytes.get(..size)?);
        bytes = bytes.get(size..)?.trim_ascii_start();
    }
}
