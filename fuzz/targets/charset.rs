//! Text in any charset, named or not: every word leads back to bytes of the original, in order.
//!
//! The first byte chooses the charset that the container names, and the format.

#![no_main]

use backsearch::analysis::words;
use backsearch::document::parse;
use backsearch::record::{Media, Record};
use backsearch::span::Span;
use libfuzzer_sys::fuzz_target;

const LABELS: &[Option<&str>] = &[
    None,
    Some("utf-8"),
    Some("windows-1252"),
    Some("koi8-r"),
    Some("shift_jis"),
    Some("euc-jp"),
    Some("iso-2022-jp"),
    Some("gb18030"),
    Some("big5"),
    Some("euc-kr"),
    Some("utf-16le"),
    Some("utf-16be"),
    Some("replacement"),
    Some("x-user-defined"),
    Some("no charset"),
];

fuzz_target!(|input: &[u8]| {
    let [choice, bytes @ ..] = input else { return };
    let choice = usize::from(*choice);
    let record = Record {
        bytes: bytes.to_vec(),
        encoding: LABELS[choice % LABELS.len()].map(str::to_owned),
        media: if choice >= 128 { Media::Html } else { Media::Plain },
        ..Record::default()
    };
    let document = parse(&record);
    let mut end = 0;
    for word in words(&document.text) {
        let spans = document.map.to_original(Span::new(word.start, word.end));
        for span in spans {
            assert!(span.start < span.end && span.end <= bytes.len());
            // What stands on a page may be moved by its parser.
            if record.media == Media::Plain {
                assert!(end <= span.end);
                end = span.end;
            }
            let (first, last) = document.lines_of(span);
            assert!(1 <= first && first <= last);
        }
    }
});
