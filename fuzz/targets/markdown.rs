//! Markdown of any bytes: read, labelled and cut.

#![no_main]

#[path = "../../tests/laws/stated.rs"]
#[allow(dead_code, reason = "each target checks the laws of its format")]
mod stated;

use backsearch::boilerplate::Knowledge;
use backsearch::ingest::prepare;
use backsearch::record::{Media, Record};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let record = Record { bytes: bytes.to_vec(), media: Media::Markdown, ..Record::default() };
    let prepared = prepare(&record, Knowledge::default());
    stated::labels_cover(&prepared);
    stated::kept_text_is_in_passages(&prepared);
    if prepared.document.encoding == "UTF-8" {
        stated::places_are_in_the_original(&prepared, bytes);
    }
});
