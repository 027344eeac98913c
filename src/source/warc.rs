//! Web archives: WARC responses and resources, and the conversions of WET files.

use std::io::{BufRead, Read};

use super::{ReadOptions, Skipped, SkippedParts};
use crate::record::{Media, Origin, Record};

/// Longest header of a record or of an HTTP response, in bytes.
const LONGEST_HEADER: u64 = 1 << 20;

/// What is known of the records of a file so far.
#[derive(Default)]
pub(super) struct Archive {
    number: usize,
    /// Whether a record was left out for its size.
    pub(super) limited: bool,
}

impl Archive {
    /// Reads record after record. A damaged record costs that record: reading goes on at the next line that begins one.
    pub(super) fn read(
        &mut self,
        reader: &mut dyn BufRead,
        origin: &Origin,
        options: ReadOptions,
        skipped: &mut SkippedParts,
        emit: &mut dyn FnMut(Record) -> bool,
    ) -> std::io::Result<()> {
        loop {
            let Some(header) = next_header(reader)? else { return Ok(()) };
            self.number += 1;
            let number = self.number;
            let bad = |reason: &str| Skipped::damaged(format!("record {number}"), reason);
            let Some(length) =
                header.get("content-length").and_then(|length| length.trim().parse::<u64>().ok())
            else {
                skipped.push(bad("no Content-Length"));
                continue;
            };
            let kind = header.get("warc-type").unwrap_or("").to_ascii_lowercase();
            let wanted = matches!(kind.as_str(), "response" | "resource" | "conversion");
            if !wanted || length > options.max_document {
                if wanted {
                    skipped.push(Skipped::over(options.max_document, format!("record {number}")));
                    self.limited = true;
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

/// Whether the status line of an HTTP response says that what follows is what was asked for, and not the page of an error
/// or of a redirect; a header without such a line is taken for one that says so.
fn is_success(header: &[u8]) -> bool {
    let line = header.split(|byte| *byte == b'\n').next().unwrap_or(header);
    let status = line.strip_prefix(b"HTTP/").and_then(|rest| rest.split(|byte| *byte == b' ').nth(1));
    status.is_none_or(|status| status.starts_with(b"2"))
}

/// The content of a response with its content coding taken off. Many crawlers store it decoded and keep the field.
fn decompressed(content: Vec<u8>, encoding: &str, limit: u64) -> Result<Vec<u8>, String> {
    let mut plain = Vec::new();
    let read = if encoding.contains("gzip") && content.starts_with(&[0x1f, 0x8b]) {
        flate2::read::MultiGzDecoder::new(content.as_slice()).take(limit).read_to_end(&mut plain)
    } else if encoding.contains("zstd") && content.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        zstd::stream::read::Decoder::new(content.as_slice())
            .and_then(|decoder| decoder.take(limit).read_to_end(&mut plain))
    } else if encoding.contains("deflate") && content.first().is_some_and(|first| first & 0x0f == 8) {
        flate2::read::ZlibDecoder::new(content.as_slice()).take(limit).read_to_end(&mut plain)
    } else if encoding == "br" && std::str::from_utf8(&content).is_err() {
        return Err("its content is compressed in a way that is not supported: br".to_owned());
    } else {
        return Ok(content);
    };
    read.map_err(|error| format!("its content cannot be decompressed: {error}"))?;
    Ok(plain)
}

/// Makes a record of a WARC record's body; `None` where it is no page (an error, a redirect, a picture).
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
        if !is_success(&body[..end]) {
            return Ok(None);
        }
        let fields = Header::parse(&body[..end]);
        let mut content = body[end..].to_vec();
        if fields.get("transfer-encoding").is_some_and(|encoding| encoding.eq_ignore_ascii_case("chunked")) {
            // Many crawlers store the body unchunked but keep the field.
            content = dechunk(&content).unwrap_or(content);
        }
        if let Some(encoding) = fields.get("content-encoding") {
            content = decompressed(content, &encoding.to_ascii_lowercase(), limit)?;
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// What is read of one response.
    fn read_response(head: &str, content: &[u8]) -> (Vec<String>, SkippedParts) {
        let http = [head.as_bytes(), b"\r\n\r\n", content].concat();
        let header = format!("WARC/1.0\r\nWARC-Type: response\r\nContent-Length: {}\r\n\r\n", http.len());
        let archive = [header.as_bytes(), &http, b"\r\n\r\n"].concat();
        let (mut texts, mut skipped, mut records) = (Vec::new(), SkippedParts::default(), Archive::default());
        let mut emit = |record: Record| {
            texts.push(String::from_utf8_lossy(&record.bytes).into_owned());
            true
        };
        let options = ReadOptions::default();
        records
            .read(&mut archive.as_slice(), &Origin::default(), options, &mut skipped, &mut emit)
            .expect("a slice can be read");
        (texts, skipped)
    }

    #[test]
    fn the_page_of_an_error_or_of_a_redirect_is_none() {
        for (status, count) in
            [("200 OK", 1), ("404 Not Found", 0), ("301 Moved Permanently", 0), ("500 Oh", 0)]
        {
            let (texts, skipped) = read_response(&format!("HTTP/1.1 {status}\r\nServer: x"), b"<p>The lawn.");
            assert_eq!((texts.len(), skipped.named().len()), (count, 0), "{status}");
        }
        assert_eq!(read_response("Server: x", b"<p>The lawn.").0.len(), 1);
    }

    #[test]
    fn content_codings_are_taken_off_and_unknown_ones_named() {
        let text = b"<p>The lawn is green in May.";
        let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        deflated.write_all(text).expect("a vector can be written");
        let deflated = deflated.finish().expect("a vector can be written");
        let zstd = zstd::stream::encode_all(&text[..], 3).expect("a vector can be written");
        for (coding, content) in [("deflate", &deflated[..]), ("zstd", &zstd), ("br", text), ("gzip", text)] {
            let (texts, _) =
                read_response(&format!("HTTP/1.1 200 OK\r\nContent-Encoding: {coding}"), content);
            assert_eq!(texts, [String::from_utf8_lossy(text)], "{coding}");
        }
        let (texts, skipped) =
            read_response("HTTP/1.1 200 OK\r\nContent-Encoding: br", b"\x1b\x1c\0\xf8\xff\xfe");
        assert!(texts.is_empty());
        assert!(matches!(skipped.named(), [Skipped::Damaged(damage)] if damage.reason.ends_with("br")));
    }
}
