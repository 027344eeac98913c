//! Inputs: from files, folders and standard input to a stream of records.

mod beginning;
mod changes;
mod files;
mod hashing;
mod jsonl;
mod members;
mod name;
mod shard;
mod skipped;
mod sniff;
mod walk;
mod warc;

use std::cell::Cell;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use beginning::{BEGINNING, Beginning};
pub use changes::Changes;
pub use files::{FileEntry, Files, PackedFiles};
use hashing::Hashing;
pub use hashing::content_hash;
pub(crate) use hashing::hash_of;
use members::{BrokenMember, Codec, Members};
pub use name::{name_of, path_of};
pub use shard::Shard;
pub use skipped::{Damage, Skipped, SkippedInputs, SkippedParts};
pub use sniff::Format;
pub(crate) use walk::modified;
pub use walk::{Base, Listing, list, list_those};

use crate::error::{Error, Kind, Result};
use crate::record::{Media, Origin, Record};

/// Version of reading; part of the index fingerprint, as every layer's is whose change alters what is indexed.
pub const VERSION: u32 = 2;

/// Largest document that is read unless the user says otherwise, in bytes.
pub const MAX_DOCUMENT: u64 = 64 << 20;

/// The name that stands for standard input.
pub const STDIN: &str = "-";

/// How inputs are read.
#[derive(Debug, Clone, Copy)]
pub struct ReadOptions {
    /// The format, where the user names it; otherwise each file's content says.
    pub format: Option<Format>,
    /// Documents larger than this many bytes (decompressed) are skipped.
    pub max_document: u64,
    /// Only this part of the input.
    pub shard: Option<Shard>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { format: None, max_document: MAX_DOCUMENT, shard: None }
    }
}

/// What reading one file gave besides its records.
#[derive(Debug, Default)]
pub struct FileReport {
    /// Hash of the bytes on disk; 0 where it was not read to its end.
    pub hash: u64,
    /// Bytes on disk.
    pub size: u64,
    /// What was skipped.
    pub skipped: SkippedParts,
    /// Whether a record was left out for its size, so that another limit makes other records.
    pub limited: bool,
    /// Whether it is one document of another shard, so that no more than its beginning was read.
    pub elsewhere: bool,
}

/// Reads one file and hands its records to `emit`, in order. `emit` returns whether to go on.
///
/// The file may be compressed; archives are streamed, so memory is bounded by the largest record.
///
/// # Errors
///
/// When the file cannot be opened, or the operating system cannot read on; records before the failure have been handed
/// over. That its bytes are not what they should be is no error, but stands in the report.
pub fn read(
    origin: &Origin,
    options: ReadOptions,
    mut emit: impl FnMut(Record) -> bool,
) -> Result<FileReport> {
    read_watched(origin, options, &mut |_| (), &mut emit)
}

/// The same; `pass` is told of bytes of the file, as they are on disk, when they have been read.
///
/// # Errors
///
/// As [`read`].
pub fn read_watched(
    origin: &Origin,
    options: ReadOptions,
    pass: &mut dyn FnMut(u64),
    emit: &mut dyn FnMut(Record) -> bool,
) -> Result<FileReport> {
    let path = &origin.path;
    if path.as_os_str() == STDIN {
        return read_counted(std::io::stdin().lock(), 0, origin, options, pass, emit);
    }
    let file = File::open(path).map_err(|error| Error::io("cannot read", path, &error))?;
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    read_counted(file, size, origin, options, pass, emit)
}

/// Reads records from anything that gives bytes, such as standard input.
///
/// # Errors
///
/// When reading fails.
pub fn read_stream(
    input: &mut dyn Read,
    origin: &Origin,
    options: ReadOptions,
    mut emit: impl FnMut(Record) -> bool,
) -> Result<FileReport> {
    read_counted(input, 0, origin, options, &mut |_| (), &mut emit)
}

/// Reads records and reports what passed by.
fn read_counted(
    input: impl Read,
    size_hint: u64,
    origin: &Origin,
    options: ReadOptions,
    pass: &mut dyn FnMut(u64),
    emit: &mut dyn FnMut(Record) -> bool,
) -> Result<FileReport> {
    let mut counted = Hashing::new(input, pass);
    let mut report = FileReport::default();
    let (mut records, mut wanted) = (0u64, true);
    let mut in_shard = |record: Record| {
        records += 1;
        wanted = options.shard.is_some_and(|shard| !shard.holds(&record.origin.source)) || emit(record);
        wanted
    };
    let result = read_from(&mut counted, size_hint, origin, options, &mut report, &mut in_shard);
    if report.elsewhere {
        // Its size and time are all that tells whether it changed, and all that has to.
        report.hash = content_hash(origin.source.as_bytes());
        return result.map(|()| report).map_err(|error| Error::io("cannot read", &origin.path, &error));
    }
    if !wanted {
        return Ok(report);
    }
    // What follows the last record counts for the hash all the same.
    let drained = std::io::copy(&mut counted, &mut std::io::sink());
    report.hash = counted.hash();
    report.size = counted.read;
    match result.and(drained.map(|_| ())) {
        Err(error) if counted.failed => return Err(Error::io("cannot read", &origin.path, &error)),
        // Its bytes were read, and are not what they should be.
        Err(error) => {
            let place = (records > 0).then(|| "the rest".to_owned());
            report.skipped.push(Skipped::Damaged(Damage { place, reason: error.to_string() }));
        }
        Ok(()) => {}
    }
    Ok(report)
}

fn read_from(
    input: &mut dyn Read,
    size_hint: u64,
    origin: &Origin,
    options: ReadOptions,
    report: &mut FileReport,
    emit: &mut dyn FnMut(Record) -> bool,
) -> std::io::Result<()> {
    let Beginning { bytes: head, is_all } = Beginning::read(input, size_hint)?;
    let mut head = head.as_slice();
    if let Some(codec) = Codec::of(head) {
        let members = Members::new(head.chain(input), codec)?;
        let member = members.offset();
        let mut reader = BufReader::with_capacity(BEGINNING, members);
        return read_plain(&mut reader, &member, 0, origin, options, report, emit);
    }
    let member = Cell::default();
    if is_all {
        return read_plain(&mut head, &member, size_hint, origin, options, report, emit);
    }
    let mut reader = BufReader::with_capacity(BEGINNING, head.chain(input));
    read_plain(&mut reader, &member, size_hint, origin, options, report, emit)
}

/// Fills the buffer as far as one read goes and returns what is in it.
fn fill(reader: &mut (impl BufRead + ?Sized)) -> std::io::Result<Vec<u8>> {
    loop {
        match reader.fill_buf() {
            Ok(buffer) => return Ok(buffer.to_vec()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Reads what is not compressed any more; `member` tells where the part of the file begins that it is read from.
fn read_plain(
    reader: &mut dyn BufRead,
    member: &Cell<u64>,
    size_hint: u64,
    origin: &Origin,
    options: ReadOptions,
    report: &mut FileReport,
    emit: &mut dyn FnMut(Record) -> bool,
) -> std::io::Result<()> {
    let skipped = &mut report.skipped;
    // An archive may begin with a broken member; that it is one the next member tells.
    let mut broken: Vec<BrokenMember> = Vec::new();
    let head = loop {
        match fill(reader) {
            Ok(head) => break head,
            Err(error) => broken.push(error.downcast()?),
        }
    };
    let head = head.as_slice();
    if head.is_empty() && broken.is_empty() {
        skipped.push(Skipped::Empty);
        return Ok(());
    }
    let format = match options.format {
        Some(format) => format,
        None => match sniff::format(head, &origin.source) {
            Ok(format) => format,
            Err(kind) => {
                // All shards see the file; one of them names it.
                report.elsewhere = options.shard.is_some_and(|shard| !shard.holds(&origin.source));
                if !report.elsewhere {
                    skipped.push(Skipped::Unsupported(kind));
                }
                return Ok(());
            }
        },
    };
    match format {
        Format::Jsonl => {
            skipped.extend(broken.iter().map(BrokenMember::skipped));
            let mut lines = jsonl::Lines::default();
            let result = read_archive(reader, member, skipped, emit, |reader, skipped, emit| {
                lines.read(reader, origin, options, skipped, emit)
            });
            report.limited = lines.limited;
            skipped.extend(lines.repeated());
            result
        }
        Format::Warc => {
            skipped.extend(broken.iter().map(BrokenMember::skipped));
            let mut archive = warc::Archive::default();
            let result = read_archive(reader, member, skipped, emit, |reader, skipped, emit| {
                archive.read(reader, origin, options, skipped, emit)
            });
            report.limited = archive.limited;
            result
        }
        Format::Text | Format::Html | Format::Markdown => {
            // One document ends where its file is broken.
            if let Some(broken) = broken.into_iter().next() {
                return Err(broken.into());
            }
            if options.shard.is_some_and(|shard| !shard.holds(&origin.source)) {
                report.elsewhere = true;
                return Ok(());
            }
            if size_hint > options.max_document {
                skipped.push(Skipped::TooLarge { limit: options.max_document });
                return Ok(());
            }
            let mut bytes = Vec::with_capacity(usize::try_from(size_hint).unwrap_or(0));
            reader.take(options.max_document + 1).read_to_end(&mut bytes)?;
            if bytes.len() as u64 > options.max_document {
                skipped.push(Skipped::TooLarge { limit: options.max_document });
                return Ok(());
            }
            if bytes.iter().all(u8::is_ascii_whitespace) {
                skipped.push(Skipped::Empty);
            }
            emit(Record { origin: origin.clone(), media: format.media(), bytes, ..Record::default() });
            Ok(())
        }
    }
}

/// Reads an archive, going on behind members that are broken. Of such a member the last record is left out even if
/// there was an end to it: a member has one record, as a rule, and the checksum behind it is what tells that it is wrong.
fn read_archive(
    reader: &mut dyn BufRead,
    member: &Cell<u64>,
    skipped: &mut SkippedParts,
    emit: &mut dyn FnMut(Record) -> bool,
    mut read: impl FnMut(
        &mut dyn BufRead,
        &mut SkippedParts,
        &mut dyn FnMut(Record) -> bool,
    ) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut wanted = true;
    loop {
        let mut last: Option<(u64, Record)> = None;
        let result = read(reader, skipped, &mut |record| {
            if let Some((_, whole)) = last.replace((member.get(), record)) {
                wanted = emit(whole);
            }
            wanted
        });
        let result = result.map_err(std::io::Error::downcast::<BrokenMember>);
        let doubtful =
            |offset| matches!(&result, Err(Ok(broken)) if broken.garbled && broken.offset == offset);
        if let Some((offset, record)) = last
            && wanted
            && !doubtful(offset)
        {
            wanted = emit(record);
        }
        match result {
            Ok(()) => return Ok(()),
            Err(Ok(broken)) => skipped.push(broken.skipped()),
            Err(Err(error)) => return Err(error),
        }
        if !wanted {
            return Ok(());
        }
    }
}

impl BrokenMember {
    /// The record that it costs.
    fn skipped(&self) -> Skipped {
        Skipped::damaged(self.place(), self.to_string())
    }
}

impl From<BrokenMember> for std::io::Error {
    fn from(broken: BrokenMember) -> Self {
        Self::new(std::io::ErrorKind::InvalidData, broken)
    }
}

impl Format {
    /// The media type of a file of this format that is one document.
    const fn media(self) -> Media {
        match self {
            Self::Html => Media::Html,
            Self::Markdown => Media::Markdown,
            Self::Text | Self::Jsonl | Self::Warc => Media::Plain,
        }
    }
}

/// Reads the record a source name stands for: the file at `path`, or the record `id` inside it.
///
/// # Errors
///
/// When the file cannot be read or holds no such record.
pub fn read_record(origin: &Origin, id: Option<&str>, options: ReadOptions) -> Result<Record> {
    let mut found = None;
    let report = read(origin, options, |record| {
        let matches = id.is_none() || record.id.as_deref() == id;
        if matches {
            found = Some(record);
        }
        !matches
    })?;
    found.ok_or_else(|| {
        let error = Error::new(Kind::Data, "no document to read in").at(&origin.path);
        let damage = report.skipped.damages().next().map(|damage| damage.reason.as_str());
        damage.into_iter().fold(error, Error::because)
    })
}

/// Where a file named by itself comes from.
#[must_use]
pub fn origin_of_file(path: &Path) -> Origin {
    let name = path.file_name().map_or_else(String::new, |name| name_of(Path::new(name)));
    Origin { root: name_of(path), source: name, path: path.to_path_buf() }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// Gives a byte at a time.
    struct Trickle<'a>(&'a [u8]);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let most = buffer.len().min(1);
            self.0.read(&mut buffer[..most])
        }
    }

    #[test]
    fn what_a_pipe_gives_in_pieces_is_what_it_gives_at_once() {
        let lines = b"{\"_id\": \"1\", \"text\": \"The lawn.\"}\n{\"text\": \"The hedge.\"}\n";
        let gzip = {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(lines).expect("a vector can be written");
            encoder.finish().expect("a vector can be written")
        };
        for bytes in [&lines[..], &gzip] {
            let mut texts = Vec::new();
            read_stream(&mut Trickle(bytes), &Origin::default(), ReadOptions::default(), |record| {
                texts.push(record.bytes);
                true
            })
            .expect("a slice can be read");
            assert_eq!(texts, [&b"The lawn."[..], b"The hedge."]);
        }
    }

    fn check(bytes: &[u8], name: &str) -> (Vec<Record>, FileReport) {
        let origin = Origin { root: "root".to_owned(), source: name.to_owned(), path: name.into() };
        let mut records = Vec::new();
        let report = read_stream(&mut &bytes[..], &origin, ReadOptions::default(), |record| {
            records.push(record);
            true
        });
        (records, report.expect("a slice can be read"))
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).expect("a vector can be written");
        encoder.finish().expect("a vector can be written")
    }

    #[test]
    fn compression_is_found_by_content() {
        let twice = [gzip(b"one "), gzip(b"two")].concat();
        assert_eq!(check(&twice, "a.txt").0[0].bytes, b"one two");
        let packed = zstd::encode_all(&b"zstandard"[..], 1).expect("a vector can be written");
        assert_eq!(check(&packed, "a.txt").0[0].bytes, b"zstandard");
    }

    #[test]
    fn lines_of_json_are_documents() {
        let (records, report) = check(
            b"{\"_id\": \"7\", \"title\": \"T\", \"text\": \"x\"}\n{broken\n{\"id\": 8, \"text\": \"y\"}\n",
            "a.jsonl",
        );
        let sources: Vec<&str> = records.iter().map(|record| record.origin.source.as_str()).collect();
        assert_eq!(sources, ["a.jsonl#7", "a.jsonl#8"]);
        assert_eq!(records[0].title.as_deref(), Some("T"));
        assert!(matches!(report.skipped.named(), [Skipped::Damaged(_)]));
    }

    #[test]
    fn archives_are_read_record_by_record() {
        let page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n<p>caf\xe9";
        let mut archive = format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://x.org/a\r\nWARC-Record-ID: <urn:1>\r\nContent-Length: {}\r\n\r\n",
            page.len()
        )
        .into_bytes();
        archive.extend_from_slice(page);
        archive.extend_from_slice(b"\r\n\r\nWARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: http://x.org/b\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello\r\n\r\n");
        let (records, report) = check(&gzip(&archive), "a.warc.gz");
        assert_eq!(records.len(), 2);
        assert_eq!(records[0].media, Media::Html);
        assert_eq!(records[0].encoding.as_deref(), Some("iso-8859-1"));
        assert_eq!(records[0].bytes, b"<p>caf\xe9");
        assert_eq!(records[1].url.as_deref(), Some("http://x.org/b"));
        assert!(report.skipped.named().is_empty());
    }

    fn conversion(number: usize) -> Vec<u8> {
        let text = format!("Record {number}: the lawn is mown, the pond is filled, the hedge is cut.");
        let length = text.len();
        format!("WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{text}\r\n\r\n")
            .into_bytes()
    }

    #[test]
    fn a_broken_member_of_an_archive_costs_its_record() {
        let members: Vec<Vec<u8>> = (0..4).map(|number| gzip(&conversion(number))).collect();
        let bytes = |records: Vec<Record>| {
            records
                .iter()
                .map(|record| String::from_utf8_lossy(&record.bytes).into_owned())
                .collect::<Vec<_>>()
        };
        let whole = bytes(check(&members.concat(), "a.warc.gz").0);
        assert_eq!(whole.len(), 4);
        for (wrong, offset) in [(0, 0), (1, members[0].len())] {
            let others: Vec<String> = whole
                .iter()
                .enumerate()
                .filter(|(at, _)| *at != wrong)
                .map(|(_, text)| text.clone())
                .collect();
            // No checksum covers the time and the system; by the first text of a file its format is told.
            let end = members[wrong].len();
            let first = if wrong == 0 { (2..3).chain(end - 8..end) } else { (0..3).chain(10..end) };
            for at in first {
                let mut members = members.clone();
                members[wrong][at] ^= 0x15;
                let (records, report) = check(&members.concat(), "a.warc.gz");
                assert_eq!(bytes(records), others, "byte {at} of member {wrong}");
                let named = |skipped: &Skipped| matches!(skipped, Skipped::Damaged(Damage { place: Some(place), .. }) if *place == format!("the gzip member at byte {offset}"));
                assert!(
                    report.skipped.named().iter().any(named),
                    "byte {at} of member {wrong}: {:?}",
                    report.skipped
                );
            }
        }
        let mut frames: Vec<Vec<u8>> = (0..4)
            .map(|number| zstd::encode_all(&conversion(number)[..], 1).expect("a vector can be written"))
            .collect();
        let second = frames[0].len();
        // The first block of a frame stands behind its magic number, its flags and the size of its text.
        frames[1][6] |= 6;
        let (records, report) = check(&frames.concat(), "a.warc.zst");
        assert_eq!(bytes(records), [&whole[..1], &whole[2..]].concat());
        let place = format!("the zstd frame at byte {second}");
        assert!(
            matches!(report.skipped.named(), [Skipped::Damaged(Damage { place: Some(named), .. })] if *named == place),
            "{:?}",
            report.skipped
        );
        let lines = [
            gzip(b"{\"text\": \"one\"}\n"),
            b"\x1f\x8b\x08 no member".to_vec(),
            gzip(b"{\"text\": \"two\"}\n"),
        ];
        assert_eq!(bytes(check(&lines.concat(), "a.jsonl.gz").0), ["one", "two"]);
    }

    #[test]
    fn what_is_no_text_is_named() {
        for (bytes, kind) in [
            (&b"%PDF-1.4"[..], "PDF"),
            (b"PK\x03\x04", "ZIP"),
            (b"\x89PNG\r\n", "PNG"),
            (b"a\0b\0\0", "binary"),
        ] {
            let (records, report) = check(bytes, "file");
            assert!(records.is_empty());
            assert!(
                matches!(report.skipped.named(), [Skipped::Unsupported(found)] if found.starts_with(kind)),
                "{kind}"
            );
        }
        assert!(matches!(check(b"", "x").1.skipped.named(), [Skipped::Empty]));
    }
}
