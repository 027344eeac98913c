//! A few bytes said over and over again, in each format: a page of 100 kB may take no more than five seconds
//! of the processor, which others may have meanwhile.
//!
//! The first byte chooses the format, the second how much of the rest stands once in front of what is repeated.

#![no_main]

#[path = "../../tests/laws/stated.rs"]
#[allow(dead_code, reason = "each target checks the laws of its format")]
mod stated;

use std::time::Duration;

use backsearch::boilerplate::Knowledge;
use backsearch::ingest::prepare;
use backsearch::record::{Media, Record};
use cpu_time::ThreadTime;
use libfuzzer_sys::fuzz_target;

/// Length of the page in bytes.
const LENGTH: usize = 100_000;

/// Far above what a page of this length takes with everything that is checked here, a few hundredths of a second, and
/// below what it takes where the time grows with the square of the length.
const LONGEST: Duration = Duration::from_secs(5);

fuzz_target!(|input: &[u8]| {
    let [format, once, text @ ..] = input else { return };
    let (once, again) = text.split_at(usize::from(*once).min(text.len()));
    if again.is_empty() {
        return;
    }
    let media = [Media::Plain, Media::Html, Media::Markdown][usize::from(*format) % 3];
    let bytes: Vec<u8> = once.iter().chain(again.iter().cycle()).copied().take(LENGTH).collect();
    let record = Record { bytes, media, ..Record::default() };
    let started = ThreadTime::now();
    let prepared = prepare(&record, Knowledge::default());
    let took = started.elapsed();
    assert!(took < LONGEST, "{took:?}");
    stated::labels_cover(&prepared);
});
