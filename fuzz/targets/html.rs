//! Web pages of any bytes: read, labelled and cut, with every law checked, that of the spans above all.

#![no_main]

#[path = "../../tests/laws/stated.rs"]
#[allow(dead_code, reason = "each target checks the laws of its format")]
mod stated;

use backsearch::boilerplate::Knowledge;
use backsearch::ingest::prepare;
use backsearch::record::{Media, Record};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let record = Record { bytes: bytes.to_vec(), media: Media::Html, ..Record::default() };
    let prepared = prepare(&record, Knowledge::default());
    stated::labels_cover(&prepared);
    if prepared.document.encoding == "UTF-8" {
        stated::places_are_in_the_original(&prepared, bytes);
        stated::page_spans_read_as_their_text(&prepared, bytes);
    }
});
