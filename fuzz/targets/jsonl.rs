//! JSON lines: every line is a document or is named as none, and the reading never fails.

#![no_main]

#[path = "../../tests/laws/stated.rs"]
#[allow(dead_code, reason = "each target checks the laws of its format")]
mod stated;

use backsearch::boilerplate::Knowledge;
use backsearch::ingest::prepare;
use backsearch::record::Origin;
use backsearch::source::{Format, ReadOptions, read_stream};
use libfuzzer_sys::fuzz_target;

/// Longest document in bytes: small, so that some are longer.
const LIMIT: u64 = 512;

fuzz_target!(|bytes: &[u8]| {
    let origin = Origin { root: String::new(), source: "a.jsonl".to_owned(), path: "a.jsonl".into() };
    let options = ReadOptions { format: Some(Format::Jsonl), max_document: LIMIT, ..ReadOptions::default() };
    let mut records = 0;
    let report = read_stream(&mut &*bytes, &origin, options, |record| {
        records += 1;
        assert!(record.bytes.len() as u64 <= LIMIT);
        assert!(record.id.is_some() && record.file_source() == "a.jsonl", "{:?}", record.origin);
        let prepared = prepare(&record, Knowledge::default());
        stated::labels_cover(&prepared);
        stated::kept_text_is_in_passages(&prepared);
        stated::places_are_in_the_original(&prepared, &record.bytes);
        true
    });
    // Bytes that are compressed are unfolded first, and may break off there.
    let Ok(report) = report else {
        assert!(bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]));
        return;
    };
    if !bytes.starts_with(&[0x1f, 0x8b]) && !bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let lines = records + usize::try_from(report.skipped.damaged()).unwrap_or(usize::MAX);
        assert!(lines <= bytes.split(|byte| *byte == b'\n').count());
        assert_eq!(report.size, bytes.len() as u64);
    }
});
