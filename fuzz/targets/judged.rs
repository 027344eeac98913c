//! Judged queries, judgments, runs and pages with known content: each file is read or is an error.

#![no_main]

use std::fs;
use std::sync::LazyLock;

use backsearch::eval::{measure, read_collection, read_pages, read_queries, read_run};
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

thread_local! {
    static DIR: LazyLock<TempDir> = LazyLock::new(|| {
        let dir = tempfile::tempdir().expect("a temporary folder can be made");
        let page = dir.path().join("html");
        for folder in ["qrels", "html", "gold"] {
            fs::create_dir(dir.path().join(folder)).expect("a folder can be made");
        }
        fs::write(page.join("a.html"), "<p>A page.").expect("a file can be written");
        fs::write(dir.path().join("gold/a.txt"), "A page.").expect("a file can be written");
        fs::write(dir.path().join("corpus.jsonl"), "").expect("a file can be written");
        dir
    });
}

fuzz_target!(|bytes: &[u8]| {
    DIR.with(|dir| {
        let dir = dir.path();
        let write = |name: &str| {
            fs::write(dir.join(name), bytes).expect("a file can be written");
            dir.join(name)
        };
        let _ = read_pages(write("meta.json").parent().expect("it is in a folder"));
        let queries = read_queries(&write("queries.jsonl"));
        write("qrels/dev.tsv");
        // A file that is no list of queries may still be one of judgments.
        if queries.is_err() {
            fs::write(dir.join("queries.jsonl"), r#"{"_id": "1", "text": "a"}"#).expect("it can be written");
        }
        let collection = read_collection(dir);
        let run = read_run(&write("run.trec"));
        if let (Ok(collection), Ok(run)) = (collection, run) {
            for (query, judgments) in &collection.judgments {
                let ranking = run.get(query).cloned().unwrap_or_default();
                let found = measure(&ranking, judgments);
                for value in
                    [found.ndcg_10, found.average_precision, found.reciprocal_rank_10, found.recall_100]
                {
                    assert!((0.0..=1.0 + 1e-9).contains(&value), "{found:?}");
                }
            }
        }
    });
});
