//! Bytes to text in whatever charset they are in, as browsers find it, with a map back to the bytes.

use encoding_rs::{Encoding, UTF_8};

use super::Note;
use crate::record::{Media, Record};
use crate::span::SpanMap;

/// How far into an HTML page a `<meta charset>` counts, in bytes; the WHATWG prescan has the same limit.
const PRESCAN_BYTES: usize = 1024;

/// Text with its map to the original bytes.
pub(super) struct Decoded {
    pub text: String,
    pub map: SpanMap,
    pub encoding: &'static str,
    pub notes: Vec<Note>,
}

/// Decodes the record: byte order mark, then what the container said, then what the page says, then what the bytes
/// look like. Bytes that cannot be decoded become U+FFFD and are counted.
pub(super) fn decode(record: &Record) -> Decoded {
    let bytes = record.bytes.as_slice();
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode_as(encoding, bytes, mark);
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && memchr::memchr(0x1b, bytes).is_none()
    {
        return Decoded {
            text: text.to_owned(),
            map: SpanMap::identity(0, bytes.len()),
            encoding: UTF_8.name(),
            notes: Vec::new(),
        };
    }
    let named =
        record.encoding.as_deref().and_then(|label| Encoding::for_label(label.as_bytes())).or_else(|| {
            (record.media == Media::Html)
                .then(|| meta_charset(&bytes[..bytes.len().min(PRESCAN_BYTES)]))
                .flatten()
        });
    let encoding = named.filter(|encoding| *encoding != UTF_8).unwrap_or_else(|| sniff(bytes));
    decode_as(encoding, bytes, 0)
}

/// The charset that the first `<meta>` with one names. UTF-16 there cannot be true, since the tag itself was readable.
fn meta_charset(head: &[u8]) -> Option<&'static Encoding> {
    let lower = head.to_ascii_lowercase();
    let mut rest = lower.as_slice();
    while let Some(at) = memchr::memmem::find(rest, b"<meta") {
        rest = &rest[at + 5..];
        let tag = &rest[..memchr::memchr(b'>', rest).unwrap_or(rest.len())];
        let Some(at) = memchr::memmem::find(tag, b"charset") else { continue };
        let value = tag[at + 7..].trim_ascii_start();
        let Some(value) = value.strip_prefix(b"=") else { continue };
        let value = value.trim_ascii_start();
        let value = value.strip_prefix(b"\"").or_else(|| value.strip_prefix(b"'")).unwrap_or(value);
        let end = value
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\'' | b';' | b'/') || byte.is_ascii_whitespace())
            .unwrap_or(value.len());
        if let Some(encoding) = Encoding::for_label(&value[..end]) {
            return Some(encoding.output_encoding());
        }
    }
    None
}

/// The charset of bytes that no one named and that are not valid UTF-8.
///
/// A page that is UTF-8 but for a few bytes (a cut in the middle of a character, a pasted quotation mark) is still UTF-8:
/// text in another charset hardly ever forms valid multi-byte sequences by chance.
fn sniff(bytes: &[u8]) -> &'static Encoding {
    let (mut valid, mut invalid) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().bytes().filter(|byte| *byte >= 0xc0).count();
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    if invalid == 0 || valid > 2 * invalid {
        return UTF_8;
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(None, chardetng::Utf8Detection::Allow)
}

/// Decodes byte by byte where the charset asks for it, so that the map is exact, and in whole runs where it is ASCII.
fn decode_as(encoding: &'static Encoding, bytes: &[u8], mark: usize) -> Decoded {
    if encoding == UTF_8 {
        return decode_utf8(bytes, mark);
    }
    let mut text = String::with_capacity(bytes.len());
    let mut map = SpanMap::default();
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut places = 0;
    let mut buffer = [0u8; 64];
    // Bytes fed that have not come out as text yet start here.
    let mut pending = mark;
    let mut at = mark;
    while at < bytes.len() {
        if pending == at && encoding.is_ascii_compatible() {
            let run = bytes[at..].iter().take_while(|byte| byte.is_ascii()).count();
            if run > 0 {
                text.push_str(std::str::from_utf8(&bytes[at..at + run]).unwrap_or(""));
                map.push_bytes(at, run);
                at += run;
                pending = at;
                continue;
            }
        }
        let last = at + 1 == bytes.len();
        let (_, _, written, replaced) = decoder.decode_to_utf8(&bytes[at..=at], &mut buffer, last);
        at += 1;
        if written > 0 {
            text.push_str(std::str::from_utf8(&buffer[..written]).unwrap_or(""));
            map.push_unit(pending, written, at - pending);
            pending = at;
            places += usize::from(replaced);
        }
    }
    Decoded { text, map, encoding: encoding.name(), notes: undecodable(places) }
}

fn decode_utf8(bytes: &[u8], mark: usize) -> Decoded {
    let mut text = String::with_capacity(bytes.len());
    let mut map = SpanMap::default();
    let mut at = mark;
    let mut places = 0;
    for chunk in bytes[mark..].utf8_chunks() {
        text.push_str(chunk.valid());
        map.push_bytes(at, chunk.valid().len());
        at += chunk.valid().len();
        let invalid = chunk.invalid().len();
        if invalid > 0 {
            text.push(char::REPLACEMENT_CHARACTER);
            map.push_unit(at, char::REPLACEMENT_CHARACTER.len_utf8(), invalid);
            at += invalid;
            places += 1;
        }
    }
    Decoded { text, map, encoding: UTF_8.name(), notes: undecodable(places) }
}

fn undecodable(places: usize) -> Vec<Note> {
    if places == 0 { Vec::new() } else { vec![Note::Undecodable { places }] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], media: Media, text: &str, encoding: &str) -> Decoded {
        let decoded = decode(&Record { bytes: bytes.to_vec(), media, ..Record::default() });
        assert_eq!((decoded.text.as_str(), decoded.encoding), (text, encoding));
        decoded
    }

    #[test]
    fn charsets_are_found_as_browsers_find_them() {
        check("naïve".as_bytes(), Media::Plain, "naïve", "UTF-8");
        check(b"\xef\xbb\xbfbom", Media::Plain, "bom", "UTF-8");
        check(b"\xff\xfeh\0i\0\n\0", Media::Plain, "hi\n", "UTF-16LE");
        check(
            b"<meta charset=iso-8859-2><p>\xb3",
            Media::Html,
            "<meta charset=iso-8859-2><p>ł",
            "ISO-8859-2",
        );
        check(
            b"<meta charset='shift_jis'>\x83\x65\x83\x58",
            Media::Html,
            "<meta charset='shift_jis'>テス",
            "Shift_JIS",
        );
    }

    #[test]
    fn a_few_bad_bytes_do_not_change_the_charset() {
        let decoded = check(
            b"caf\xc3\xa9 \xe2\x80\x99 na\xc3\xafve \xff end",
            Media::Plain,
            "café ’ naïve \u{fffd} end",
            "UTF-8",
        );
        assert_eq!(decoded.notes, [Note::Undecodable { places: 1 }]);
    }

    #[test]
    fn the_map_leads_back_to_the_bytes() {
        let decoded = check(
            b"<meta charset=windows-1252>\x93hi\x94",
            Media::Html,
            "<meta charset=windows-1252>“hi”",
            "windows-1252",
        );
        let start = decoded.text.find("hi").unwrap_or_default();
        assert_eq!(
            decoded.map.to_original(crate::span::Span::new(start, start + 2)),
            [crate::span::Span::new(28, 30)]
        );
    }
}
