//! Queries of any text, put to a small index by way of parsing, planning and ranking: none is an error, and what is
//! marked in an answer stands in it.

#![no_main]

use std::sync::LazyLock;

use backsearch::ingest::{self, Options};
use backsearch::search::{By, Embedded, Request, Search};
use backsearch::{index, query};
use libfuzzer_sys::fuzz_target;

const PAGES: &[(&str, &str)] = &[
    (
        "mowing.txt",
        "How to Mow\n\nHow do I mow a lawn?\n\nCut the grass when it is dry, in the morning, with a sharp blade.",
    ),
    ("running.md", "# Running\n\nRunning hurts the lower back: sciatica, facet syndrome, charley horse.\n"),
    (
        "école.html",
        "<title>École</title><p>Die Straße führt zum Café. Ünïcödé in 2 words, x'y and 背中の痛み.",
    ),
];

thread_local! {
    static SEARCH: LazyLock<Embedded> = LazyLock::new(|| {
        let dir = tempfile::tempdir().expect("a temporary folder can be made");
        let (pages, built) = (dir.path().join("pages"), dir.path().join("index"));
        std::fs::create_dir(&pages).expect("a folder can be made");
        for (name, text) in PAGES {
            std::fs::write(pages.join(name), text).expect("a file can be written");
        }
        let options = Options { threads: 1, ..Options::default() };
        ingest::run(&built, &[ingest::root_of(&pages)], &options, &mut |_| ()).expect("it can be indexed");
        // Its files are mapped, so that they may go.
        Embedded::new(index::open(&built).expect("it can be opened"))
    });
}

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let parsed = query::parse(&text);
    assert!(parsed.clauses.len() <= text.len());
    for by in [By::Passage, By::Document] {
        let request = Request { query: text.to_string(), limit: 2, by, explain: true, ..Request::default() };
        let response = SEARCH.with(|search| search.search(&request)).expect("no text is an error");
        assert!(response.hits.len() <= 2 && response.hits.len() <= response.total.value);
        for hit in &response.hits {
            assert!(hit.score.is_finite());
            let mut end = 0;
            for (from, to) in &hit.highlights {
                assert!(end <= *from && from < to && hit.text.get(*from..*to).is_some());
                end = *to;
            }
        }
    }
});
