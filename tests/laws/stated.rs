//! The laws of the pure core, as assertions: properties and fuzz targets check the same ones.

use backsearch::document::{Document, visible_text};
use backsearch::ingest::Prepared;

/// White space folded, as passages have it.
pub fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Labels cover the text: their ranges follow one another without gap or overlap.
pub fn labels_cover(prepared: &Prepared) {
    let mut end = 0;
    for label in prepared.labels.ranges() {
        assert_eq!(label.span.start, end);
        assert!(label.span.end > label.span.start);
        end = label.span.end;
    }
    assert_eq!(end, prepared.document.text.len());
}

/// Every kept word lies in exactly one passage, or in the title, or in a heading of a passage.
pub fn kept_text_is_in_passages(prepared: &Prepared) {
    let document: &Document = &prepared.document;
    let mut covered = vec![0u8; document.text.len()];
    for passage in &prepared.passages.list {
        for span in &passage.text_spans {
            for byte in &mut covered[span.range()] {
                *byte += 1;
            }
        }
    }
    let apart: String = prepared
        .passages
        .list
        .iter()
        .filter_map(|passage| passage.heading.as_deref())
        .chain(prepared.passages.title.as_deref())
        .collect::<Vec<_>>()
        .join("\n");
    for block in &document.blocks {
        for span in prepared.labels.kept_in(block.span) {
            let inside: Vec<u8> = covered[span.range()].to_vec();
            assert!(inside.iter().all(|count| *count <= 1), "a byte lies in two passages");
            if inside.contains(&0) {
                let missing = folded(document.slice(span));
                let bare: String = missing.chars().filter(|c| c.is_alphanumeric()).collect();
                assert!(
                    bare.is_empty() || inside.contains(&1) || apart.contains(&missing),
                    "lost: {missing:?}"
                );
            }
        }
    }
}

/// Spans of passages are ranges of the original, in order, and their lines are counted from 1.
pub fn places_are_in_the_original(prepared: &Prepared, bytes: &[u8]) {
    for passage in &prepared.passages.list {
        for span in &passage.spans {
            assert!(span.start < span.end && span.end <= bytes.len());
        }
        assert!(passage.spans.windows(2).all(|pair| pair[0].end <= pair[1].start), "{:?}", passage.spans);
        let lines = bytes.split(|byte| *byte == b'\n').count();
        assert!(1 <= passage.lines.0 && passage.lines.0 <= passage.lines.1 && passage.lines.1 <= lines);
    }
}

/// The bytes of plain text at the spans of a passage are its text.
pub fn plain_spans_slice_back(prepared: &Prepared, bytes: &[u8]) {
    for passage in &prepared.passages.list {
        let joined: String =
            passage.spans.iter().map(|span| String::from_utf8_lossy(&bytes[span.range()])).collect();
        assert_eq!(folded(&joined), passage.text);
    }
}

/// The bytes of a page at the spans of a passage, with entities decoded and tags left out, are its text. Each span is read
/// by itself: a `<` at the end of one begins no tag with what comes after something that was left out.
pub fn page_spans_read_as_their_text(prepared: &Prepared, bytes: &[u8]) {
    for passage in &prepared.passages.list {
        let raw: Vec<_> =
            passage.spans.iter().map(|span| String::from_utf8_lossy(&bytes[span.range()])).collect();
        let read: String = raw.iter().map(|raw| visible_text(raw)).collect();
        assert_eq!(folded(&read), passage.text, "{raw:?}");
    }
}
