//! Files of any kind, compressed or not, whole or broken off: format and compression are found by the content, no document
//! is longer than the limit, and whatever comes out can be prepared.
//!
//! The first byte chooses the name of the file, the compression that is put around the rest, and whether it breaks off.

#![no_main]

#[path = "../../tests/laws/stated.rs"]
#[allow(dead_code, reason = "each target checks the laws of its format")]
mod stated;

use std::io::Write;

use backsearch::boilerplate::Knowledge;
use backsearch::ingest::prepare;
use backsearch::record::Origin;
use backsearch::source::{ReadOptions, read_stream};
use flate2::Compression;
use flate2::write::GzEncoder;
use libfuzzer_sys::fuzz_target;

const NAMES: &[&str] = &["page", "a.txt", "b.html", "c.md", "d.jsonl.gz", "e.warc.zst"];

/// Longest document in bytes: small, so that a few bytes can unfold to more.
const LIMIT: u64 = 16 << 10;

fuzz_target!(|input: &[u8]| {
    let [choice, bytes @ ..] = input else { return };
    let choice = usize::from(*choice);
    let name = NAMES[choice % NAMES.len()].to_owned();
    let mut file = match choice / NAMES.len() % 4 {
        0 => bytes.to_vec(),
        1 => gzip(bytes),
        // Two members, of which the second begins anywhere.
        2 => {
            let (one, two) = bytes.split_at(bytes.len() / 2);
            [gzip(one), gzip(two)].concat()
        }
        _ => zstd::encode_all(bytes, 1).expect("a vector can be written"),
    };
    if choice >= 128 {
        file.truncate(file.len() - file.len() / 8);
    }
    let origin = Origin { root: String::new(), source: name, path: "file".into() };
    let options = ReadOptions { max_document: LIMIT, ..ReadOptions::default() };
    // That a file breaks off is an error; what came before it has been handed over.
    let _ = read_stream(&mut file.as_slice(), &origin, options, |record| {
        assert!(record.bytes.len() as u64 <= LIMIT);
        stated::labels_cover(&prepare(&record, Knowledge::default()));
        true
    });
});

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("a vector can be written");
    encoder.finish().expect("a vector can be written")
}
