//! Web archives: WARC responses and resources, and the conversions of WET files.

use std::io::{BufRead, Read};

use super::{MAX_DOCUMENT, ReadOptions, Skipped, SkippedParts};
use crate::record::{Media, Origin, Record};

/// Longest header of a record or of an HTTP response, in bytes.
const LONGEST_HEADER: u64 = 1 << 20;

/// What is known of the records of a file so far.
#[derive(Default)]
pub(super) struct Archive {
    number: usize,
    /// Whether a record was left out for its size.
    pub(super) limited: bool,
    /// Whether the last record is a page that was read to where it says that it ends.
    read_to_end: bool,
    again: Again,
}

/// What a record took for its own that says it is longer than it is: other records, to be read again.
#[derive(Default)]
struct Again {
    bytes: Vec<u8>,
    at: usize,
}

/// An archive, before which stands what is read again.
struct Rest<'a> {
    again: &'a mut Again,
    archive: &'a mut dyn BufRead,
}

/// The body of a record.
enum Body {
    Whole(Vec<u8>),
    /// It is larger than the limit.
    TooLarge,
    /// The archive ends before it does.
    Cut,
    /// It says that it is longer than it is.
    Overlong,
}

/// Why nothing came of a record.
enum Bad {
    Damaged(String),
    TooLarge,
    /// It is no page of text, and what it is instead.
    NoPage(&'static str),
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
        // Behind a member that is broken, anything may follow.
        self.read_to_end = false;
        loop {
            let mut rest = Rest { again: &mut self.again, archive: reader };
            let Some((header, between)) = next_header(&mut rest)? else { return Ok(()) };
            if between && self.read_to_end {
                let place = format!("record {}", self.number);
                skipped.push(Skipped::damaged(place, "it is longer than its Content-Length says"));
            }
            self.read_to_end = false;
            self.number += 1;
            let number = self.number;
            let bad = |reason: &str| Skipped::damaged(format!("record {number}"), reason);
            let over = || Skipped::over(options.max_document, format!("record {number}"));
            let Some(length) =
                header.get("content-length").and_then(|length| length.trim().parse::<u64>().ok())
            else {
                skipped.push(bad("no Content-Length"));
                continue;
            };
            let kind = header.get("warc-type").unwrap_or("").to_ascii_lowercase();
            let wanted = matches!(kind.as_str(), "response" | "resource" | "conversion");
            // Nobody wants to see a large one of those that are no pages.
            let limit = options.max_document.min(if wanted { u64::MAX } else { MAX_DOCUMENT });
            let body = match rest.body(length, limit)? {
                Body::Whole(body) => body,
                Body::TooLarge => {
                    if wanted {
                        skipped.push(over());
                        self.limited = true;
                    }
                    continue;
                }
                Body::Cut => {
                    skipped.push(bad("the archive ends in the middle of it"));
                    return Ok(());
                }
                Body::Overlong => {
                    skipped.push(bad("it is shorter than its Content-Length says"));
                    continue;
                }
            };
            if !wanted {
                if kind == "revisit" {
                    skipped.pass_over("revisits of pages that stand elsewhere");
                }
                continue;
            }
            self.read_to_end = true;
            match record(&header, body, &kind, origin, number, options.max_document) {
                Ok(record) => {
                    if !emit(record) {
                        return Ok(());
                    }
                }
                Err(Bad::NoPage(kind)) => skipped.pass_over(kind),
                Err(Bad::Damaged(reason)) => skipped.push(bad(&reason)),
                Err(Bad::TooLarge) => {
                    skipped.push(over());
                    self.limited = true;
                }
            }
        }
    }
}

impl Rest<'_> {
    /// Reads the body of a record that says it has so many bytes. Where another record begins within it, and none behind it,
    /// that one is read next. No byte is read more than twice.
    fn body(&mut self, length: u64, limit: u64) -> std::io::Result<Body> {
        // What has been read before belongs to records that begin within it.
        if let Some(end) = beginning_of_record(self.again.rest(), length) {
            self.again.at += end;
            return Ok(Body::Overlong);
        }
        if length > limit {
            return self.skip(length);
        }
        let mut body = Vec::new();
        self.take(length).read_to_end(&mut body)?;
        let whole = body.len() as u64 == length;
        let mut passed = Vec::new();
        match beginning_of_record(&body, length) {
            Some(end) if !whole || !self.is_at_record(&mut passed)? => {
                // What was to be read again has been read, since no record begins in it.
                let bytes = [body.split_off(end), passed].concat();
                *self.again = Again { bytes, at: 0 };
                Ok(Body::Overlong)
            }
            _ if whole => Ok(Body::Whole(body)),
            _ => Ok(Body::Cut),
        }
    }

    /// Skips a body that is too large, line by line, to where another record seems to begin. It may be one that it holds, or
    /// one behind it.
    fn skip(&mut self, length: u64) -> std::io::Result<Body> {
        let (mut left, mut line) = (length, Vec::new());
        // Whether the line is empty that was read last, and whether it was read to its end.
        let (mut is_empty, mut is_whole) = (false, false);
        while left > 0 {
            line.clear();
            let read = self.take(left.min(LONGEST_HEADER)).read_until(b'\n', &mut line)? as u64;
            if read == 0 {
                return Ok(Body::TooLarge);
            }
            if is_empty && line.starts_with(VERSION) {
                if self.again.rest().is_empty() {
                    *self.again = Again { bytes: line, at: 0 };
                } else {
                    self.again.at -= line.len();
                }
                return Ok(Body::TooLarge);
            }
            is_empty = is_whole && matches!(&*line, b"\n" | b"\r\n");
            is_whole = line.ends_with(b"\n");
            left -= read;
        }
        Ok(Body::TooLarge)
    }

    /// Whether a record ends here: another begins, or the archive ends. White space before that is passed, and where no record
    /// begins, what looked like the beginning of one.
    fn is_at_record(&mut self, passed: &mut Vec<u8>) -> std::io::Result<bool> {
        // What has been seen of the first line of a record: of a buffer, no more than its last bytes may be left.
        let mut begun = 0;
        loop {
            let ahead = self.fill_buf()?;
            if ahead.is_empty() {
                return Ok(begun == 0);
            }
            let rest = if begun == 0 { ahead.trim_ascii_start() } else { ahead };
            let expected = &VERSION[begun..];
            let seen = expected.len().min(rest.len());
            if rest[..seen] != expected[..seen] {
                return Ok(false);
            }
            if seen == expected.len() {
                if begun > 0 {
                    // It was passed, and nothing is left that was to be read again before.
                    *self.again = Again { bytes: VERSION[..begun].to_vec(), at: 0 };
                }
                return Ok(true);
            }
            begun += seen;
            passed.extend_from_slice(ahead);
            let ahead = ahead.len();
            self.consume(ahead);
        }
    }
}

impl Again {
    fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }
}

impl Read for Rest<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Rest<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.again.rest().is_empty() { self.archive.fill_buf() } else { Ok(self.again.rest()) }
    }

    fn consume(&mut self, amount: usize) {
        if self.again.rest().is_empty() {
            self.archive.consume(amount);
            return;
        }
        self.again.at = (self.again.at + amount).min(self.again.bytes.len());
        if self.again.rest().is_empty() {
            *self.again = Again::default();
        }
    }
}

/// How the first line of a record begins.
const VERSION: &[u8] = b"WARC/1.";

/// Where in the first `length` bytes another record begins, behind a blank line.
fn beginning_of_record(bytes: &[u8], length: u64) -> Option<usize> {
    let bytes = &bytes[..bytes.len().min(usize::try_from(length).unwrap_or(usize::MAX))];
    memchr::memmem::find_iter(bytes, VERSION)
        .find(|at| bytes[..*at].ends_with(b"\n\r\n") || bytes[..*at].ends_with(b"\n\n"))
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

/// Skips to the next `WARC/` line and reads the fields after it; says besides whether anything but blank lines was skipped.
fn next_header(reader: &mut Rest<'_>) -> std::io::Result<Option<(Header, bool)>> {
    let (mut line, mut between) = (Vec::new(), false);
    loop {
        line.clear();
        if reader.take(LONGEST_HEADER).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if line.starts_with(b"WARC/") {
            break;
        }
        between |= !line.trim_ascii().is_empty();
    }
    let mut header = Vec::new();
    loop {
        line.clear();
        let read = reader.take(LONGEST_HEADER).read_until(b'\n', &mut line)?;
        if read == 0 || line.trim_ascii().is_empty() || header.len() as u64 > LONGEST_HEADER {
            return Ok(Some((Header::parse(&header), between)));
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
fn decompressed(content: Vec<u8>, encoding: &str, limit: u64) -> Result<Vec<u8>, Bad> {
    let mut plain = Vec::new();
    let most = limit.saturating_add(1);
    let read = if encoding.contains("gzip") && content.starts_with(&[0x1f, 0x8b]) {
        flate2::read::MultiGzDecoder::new(content.as_slice()).take(most).read_to_end(&mut plain)
    } else if encoding.contains("zstd") && content.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        zstd::stream::read::Decoder::new(content.as_slice())
            .and_then(|decoder| decoder.take(most).read_to_end(&mut plain))
    } else if encoding.contains("deflate") && content.first().is_some_and(|first| first & 0x0f == 8) {
        flate2::read::ZlibDecoder::new(content.as_slice()).take(most).read_to_end(&mut plain)
    } else if encoding == "br" && std::str::from_utf8(&content).is_err() {
        return Err(Bad::Damaged("its content is compressed in a way that is not supported: br".to_owned()));
    } else {
        return Ok(content);
    };
    read.map_err(|error| Bad::Damaged(format!("its content cannot be decompressed: {error}")))?;
    if plain.len() as u64 > limit { Err(Bad::TooLarge) } else { Ok(plain) }
}

/// Makes a record of a WARC record's body.
fn record(
    header: &Header,
    body: Vec<u8>,
    kind: &str,
    origin: &Origin,
    number: usize,
    limit: u64,
) -> Result<Record, Bad> {
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
            return Err(Bad::Damaged("its HTTP header has no end".to_owned()));
        };
        if !is_success(&body[..end]) {
            return Err(Bad::NoPage("errors and redirects"));
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
        _ => return Err(Bad::NoPage("pictures and other files without a text")),
    };
    let encoding = content_type.to_ascii_lowercase().split(';').find_map(|part| {
        part.trim().strip_prefix("charset=").map(|label| label.trim_matches(['"', '\'', ' ']).to_owned())
    });
    if body.trim_ascii().is_empty() {
        return Err(Bad::NoPage("empty pages"));
    }
    let source = format!("{}#{id}", origin.source);
    Ok(Record {
        origin: Origin { source, ..origin.clone() },
        media,
        encoding,
        id: Some(id),
        url,
        date: header.get("warc-date").map(str::to_owned),
        bytes: body,
        title: None,
    })
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
            assert_eq!(skipped.passed_over().values().sum::<u64>(), 1 - count as u64, "{status}");
        }
        assert_eq!(read_response("Server: x", b"<p>The lawn.").0.len(), 1);
    }

    /// The identifiers of the pages of an archive, and what is said of the records that are none.
    fn read_all(archive: &[u8]) -> (Vec<String>, Vec<String>) {
        read_within(archive, 10_000)
    }

    fn read_within(archive: &[u8], max_document: u64) -> (Vec<String>, Vec<String>) {
        read_buffered(archive, max_document, 100)
    }

    fn read_buffered(archive: &[u8], max_document: u64, capacity: usize) -> (Vec<String>, Vec<String>) {
        let (mut ids, mut skipped, mut records) = (Vec::new(), SkippedParts::default(), Archive::default());
        let mut emit = |record: Record| {
            ids.extend(record.id);
            true
        };
        let options = ReadOptions { max_document, ..ReadOptions::default() };
        let mut archive = std::io::BufReader::with_capacity(capacity, archive);
        records
            .read(&mut archive, &Origin::default(), options, &mut skipped, &mut emit)
            .expect("a slice can be read");
        let said = skipped
            .damages()
            .map(|damage| format!("{}: {}", damage.place.as_deref().unwrap_or(""), damage.reason));
        (ids, said.collect())
    }

    fn conversion(id: usize, length: u64, body: &str) -> String {
        format!(
            "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: {id}\r\nContent-Length: {length}\r\n\r\n{body}\r\n\r\n"
        )
    }

    #[test]
    fn a_record_of_a_wrong_length_costs_that_record() {
        let text = "The lawn is green in May.\n";
        let right = |id| conversion(id, text.len() as u64, text);
        for (length, says) in [
            (text.len() as u64 + 150, "it is shorter than its Content-Length says"),
            (9_999, "it is shorter than its Content-Length says"),
            (1 << 40, "larger than 10000 bytes; raise --max-document to read it"),
        ] {
            let wrong = conversion(2, length, text);
            let archive = [right(1), wrong.clone(), wrong, right(4), right(5)].concat();
            let (ids, said) = read_all(archive.as_bytes());
            assert_eq!(ids, ["1", "4", "5"], "{length}");
            assert_eq!(said, [format!("record 2: {says}"), format!("record 3: {says}")], "{length}");
        }
        let (ids, said) = read_all([right(1), conversion(2, 9, text), right(3)].concat().as_bytes());
        assert_eq!(ids, ["1", "2", "3"]);
        assert_eq!(said, ["record 2: it is longer than its Content-Length says"]);
    }

    #[test]
    fn a_record_may_hold_records() {
        let inner = conversion(7, 4, "lawn");
        let archive =
            [conversion(1, inner.len() as u64 + 4, &format!("\r\n\r\n{inner}")), conversion(2, 4, "lawn")]
                .concat();
        assert_eq!(read_all(archive.as_bytes()), (vec!["1".to_owned(), "2".to_owned()], vec![]));
    }

    #[test]
    fn records_are_the_same_however_an_archive_is_buffered() {
        let inner = conversion(7, 4, "lawn");
        let body = format!("\r\n\r\n{}", inner.trim_end());
        let behind = |behind: &str| {
            let outer = conversion(1, body.len() as u64, &body);
            format!("{}{behind}", outer.trim_ascii_end())
        };
        for (archive, ids) in [
            (
                behind(
                    "\r\n \r\nWARC/1.0\r\nWARC-Record-ID: 2\r\nWARC-Type: conversion\r\nContent-Length: 2\r\n\r\nno",
                ),
                &["1", "2"][..],
            ),
            (behind("\r\n \r\n"), &["1"]),
            // What says how long the outer one is lies: no record begins there.
            (behind("\r\n\r\nWARC-Record-ID"), &["7"]),
            (behind("\r\n\r\nWARC"), &["7"]),
        ] {
            for capacity in 1..archive.len() {
                assert_eq!(
                    read_buffered(archive.as_bytes(), 10_000, capacity).0,
                    ids,
                    "{capacity}: {archive}"
                );
            }
        }
    }

    #[test]
    fn lengths_that_are_all_wrong_are_read_in_linear_time() {
        let liar = conversion(1, 1_000_000, "lawn");
        for between in ["\n\n", "\n", " \n", "\n \n", ""] {
            for length in ["9", "900000", "99999999999"] {
                let record = format!("WARC/1.0\nWARC-Type: resource\nContent-Length: {length}\n\n{between}");
                let archive = liar.clone() + &record.repeat(100_000);
                let (ids, said) = read_within(archive.as_bytes(), 1 << 20);
                assert!(ids.len() <= 100_000 && !said.is_empty(), "{between:?} {length}");
            }
        }
    }

    #[test]
    fn a_page_that_its_coding_hides_is_as_large_as_it_is() {
        let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        deflated.write_all(&b"lawn ".repeat(10_000)).expect("a vector can be written");
        let deflated = deflated.finish().expect("a vector can be written");
        let head = b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n";
        let http = [&head[..], &deflated].concat();
        let header = format!("WARC/1.0\r\nWARC-Type: response\r\nContent-Length: {}\r\n\r\n", http.len());
        let (ids, said) = read_all(&[header.as_bytes(), &http, b"\r\n\r\n"].concat());
        assert!(ids.is_empty() && said[0].contains("larger than 10000 bytes"), "{said:?}");
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
