//! The generated pages are what they say: the same for a seed, text kept and furniture dropped.

use std::time::{Duration, Instant};

use backsearch::boilerplate::Knowledge;
use backsearch::ingest::prepare;
use backsearch::record::Record;

use crate::generated::{authors_page, html_page, text_page};

#[test]
fn a_seed_makes_one_page() {
    assert_eq!(text_page(7, 5000), text_page(7, 5000));
    assert_ne!(text_page(7, 5000), text_page(8, 5000));
    assert_eq!(html_page(7, 5000), html_page(7, 5000));
    assert!((5000..9000).contains(&text_page(1, 5000).len()));
}

#[test]
fn text_is_kept_and_furniture_dropped() {
    for seed in 0..20 {
        let text = text_page(seed, 6000);
        let prepared = prepare(&Record::plain(&text), Knowledge::default());
        let dropped: usize = prepared.labels.dropped().map(|(span, _)| span.len()).sum();
        assert!(dropped > 60 && dropped * 4 < text.len(), "{dropped} of {} bytes:\n{text}", text.len());
        let kept: Vec<&str> = prepared.passages.list.iter().map(|passage| passage.text.as_str()).collect();
        assert!(kept.iter().all(|passage| !passage.contains("Report this page")), "{kept:?}");
    }
}

/// The shortest of some times that preparing a page takes.
fn time_of(page: &str) -> Duration {
    let record = Record::plain(page);
    let times = (0..4).map(|_| {
        let started = Instant::now();
        let prepared = prepare(&record, Knowledge::default());
        assert!(!prepared.passages.list.is_empty());
        started.elapsed()
    });
    times.min().unwrap_or_default()
}

#[test]
fn a_page_takes_time_by_its_length() {
    // Sixteen times the bytes take about sixteen times as long; what compares every line with every other would take 256
    // times. Between the two lies what a busy machine adds.
    for (short, long) in
        [(text_page(1, 100_000), text_page(1, 1_600_000)), (authors_page(100_000), authors_page(1_600_000))]
    {
        let (short, long) = (time_of(&short), time_of(&long));
        assert!(long < short * 64, "{short:?} and {long:?}");
    }
}
