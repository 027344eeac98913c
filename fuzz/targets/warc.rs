//! Web archives, as they are, in one gzip member, in a member for each record, and broken off: a damaged record costs
//! that record, and the pages of the others can be prepared.

#![no_main]

#[path = "../../tests/laws/stated.rs"]
#[allow(dead_code, reason = "each target checks the laws of its format")]
mod stated;

use std::io::Write;

use backsearch::boilerplate::Knowledge;
use backsearch::ingest::prepare;
use backsearch::record::{Origin, Record};
use backsearch::source::{Format, ReadOptions, read_stream};
use flate2::Compression;
use flate2::write::GzEncoder;
use libfuzzer_sys::fuzz_target;

/// Longest document in bytes: small, so that a compressed body can unfold to more.
const LIMIT: u64 = 16 << 10;

fuzz_target!(|bytes: &[u8]| {
    let plain = records(bytes);
    for record in &plain {
        assert!(record.bytes.len() as u64 <= LIMIT);
        stated::labels_cover(&prepare(record, Knowledge::default()));
    }
    if bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return;
    }
    let same = |packed: &[u8]| {
        let found = records(packed);
        assert_eq!(found.len(), plain.len());
        assert!(found.iter().zip(&plain).all(|(one, two)| one.bytes == two.bytes && one.url == two.url));
    };
    same(&gzip(bytes));
    // A member for each record, as crawlers write them.
    let mut members = Vec::new();
    let mut rest = bytes;
    while let Some(next) = rest.windows(6).skip(1).position(|window| window == b"\nWARC/") {
        let (record, other) = rest.split_at(next + 2);
        members.extend(gzip(record));
        rest = other;
    }
    members.extend(gzip(rest));
    same(&members);
    // Broken off, it gives the first of its records and no other.
    let cut = records(&members[..members.len() - members.len() / 5]);
    assert!(cut.len() <= plain.len());
    assert!(cut.iter().zip(&plain).all(|(one, two)| one.bytes == two.bytes));
});

fn records(bytes: &[u8]) -> Vec<Record> {
    let origin = Origin { root: String::new(), source: "a.warc".to_owned(), path: "a.warc".into() };
    let options = ReadOptions { format: Some(Format::Warc), max_document: LIMIT, ..ReadOptions::default() };
    let mut found = Vec::new();
    // That the file breaks off is an error; what came before it has been handed over.
    let _ = read_stream(&mut &*bytes, &origin, options, |record| {
        found.push(record);
        true
    });
    found
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("a vector can be written");
    encoder.finish().expect("a vector can be written")
}
