//! The format of a file, by its first bytes first and by its name second.

/// A format of an input file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Plain text.
    Text,
    /// A web page.
    Html,
    /// Markdown.
    Markdown,
    /// One JSON document a line.
    Jsonl,
    /// A web archive (WARC or WET).
    Warc,
}

/// Beginnings of files that are no text, with the name of their kind.
const MAGIC: &[(&[u8], &str)] = &[
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "ZIP or Office file"),
    (b"PK\x05\x06", "ZIP or Office file"),
    (b"\xd0\xcf\x11\xe0", "Office file"),
    (b"\x89PNG", "PNG picture"),
    (b"\xff\xd8\xff", "JPEG picture"),
    (b"GIF8", "GIF picture"),
    (b"RIFF", "RIFF media"),
    (b"\x00\x00\x01\x00", "icon"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
    (b"ID3", "MP3 audio"),
    (b"OggS", "Ogg media"),
    (b"7z\xbc\xaf", "7-Zip archive"),
    (b"Rar!", "RAR archive"),
    (b"BZh", "bzip2 archive"),
    (b"\xfd7zXZ", "xz archive"),
    (b"SQLite format 3", "SQLite database"),
    (b"wOF", "font"),
    (b"\x00\x01\x00\x00", "font"),
];

/// Folded beginnings of web pages; the patterns of the WHATWG sniffing standard, without those that other text shares.
const HTML: &[&str] = &[
    "<!doctype html",
    "<html",
    "<head",
    "<body",
    "<title",
    "<script",
    "<style",
    "<div",
    "<h1",
    "<table",
    "<iframe",
    "<meta",
    "<link",
    "<p>",
    "<br",
    "<a ",
    "<ul",
    "<main",
    "<article",
    "<section",
];

/// A line of more bytes is hardly the beginning of a JSON document that is written over several lines.
const LONG_LINE: usize = 4096;

/// How far into a file a NUL byte makes it binary, in bytes.
const TEXT_CHECK: usize = 8192;

/// The format of a file that begins with `head`, or the name of its kind if it is none that is supported.
pub(super) fn format(head: &[u8], name: &str) -> Result<Format, &'static str> {
    if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(kind);
    }
    // What a record holds may be binary.
    if head.starts_with(b"WARC/") {
        return Ok(Format::Warc);
    }
    let name = name.to_ascii_lowercase();
    let name = name.trim_end_matches(".gz").trim_end_matches(".zst");
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    let utf16 = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    // A line that is wrong costs that line, be it the first or one with a NUL in it.
    if !utf16 && ends(&[".jsonl", ".ndjson"]) {
        return Ok(Format::Jsonl);
    }
    if !utf16 && memchr::memchr(0, &head[..head.len().min(TEXT_CHECK)]).is_some() {
        return Err("binary file");
    }
    let start = String::from_utf8_lossy(&head[..head.len().min(512)]);
    let start = start.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).to_ascii_lowercase();
    if start.starts_with('{') && (ends(&[".jl"]) || has_json_line(head)) {
        return Ok(Format::Jsonl);
    }
    let commented = start.starts_with("<!--") || start.starts_with("<?xml");
    if HTML.iter().any(|tag| start.starts_with(tag)) || commented && start.contains("<html") {
        return Ok(Format::Html);
    }
    if ends(&[".html", ".htm", ".xhtml", ".shtml"]) {
        return Ok(Format::Html);
    }
    if ends(&[".md", ".markdown", ".mkd"]) {
        return Ok(Format::Markdown);
    }
    Ok(Format::Text)
}

/// Whether a line is a JSON document with a text in it, or may be one whose end is not there yet.
fn has_json_line(head: &[u8]) -> bool {
    let mut lines = head.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).peekable();
    while let Some(line) = lines.next() {
        match serde_json::from_slice::<serde_json::Value>(line) {
            Ok(value) if value.get("text").is_some() => return true,
            Err(error) if error.is_eof() && lines.peek().is_none() && line.len() > LONG_LINE => {
                return memchr::memmem::find(line, br#""text":"#).is_some();
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_record_of_an_archive_holds_makes_it_no_binary_file() {
        assert_eq!(format(b"WARC/1.0\r\n\r\n\x1f\x8b\0", "crawl"), Ok(Format::Warc));
        assert_eq!(format(b"a\0b", "crawl.warc"), Err("binary file"));
    }

    #[test]
    fn json_lines_are_told_by_any_of_them_and_by_their_name() {
        let document = br#"{"text": "The lawn is green."}"#;
        let long = [&br#"{"text": ""#[..], &b"lawn ".repeat(20_000)].concat();
        let heads = [&[b"{broken\n", &document[..]].concat()[..], &[b"\n", &document[..]].concat(), &long];
        for head in heads {
            assert_eq!(format(head, "export.json"), Ok(Format::Jsonl));
        }
        assert_eq!(format(b"{\n  \"text\": \"pretty\"\n}", "export.json"), Ok(Format::Text));
        for head in [&b"garbage"[..], b"{\"text\": \"a\"}\n\0\n"] {
            assert_eq!(format(head, "export.jsonl.gz"), Ok(Format::Jsonl));
        }
    }
}
