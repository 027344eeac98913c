//! Measures of a stored run, beside those that `trec_eval` 9 computes of it (by its Python binding, `pytrec_eval`).
//!
//! `trec_eval/run.txt` ranks made-up documents for five of six judged queries, with no ties; `measures.tsv` has what
//! `trec_eval` prints, and nothing for the query that the run leaves out.

use std::fs;

use crate::workspace::{Workspace, project};

#[test]
fn measures_agree_with_trec_eval_to_four_places() {
    let stored = project().join("tests/trec_eval");
    let read = |name: &str| fs::read_to_string(stored.join(name)).expect("the example is there");
    let (judgments, measures) = (read("qrels.tsv"), read("measures.tsv"));
    let workspace = Workspace::new();
    let queries: Vec<&str> = measures.lines().skip(1).filter_map(|line| line.split('\t').next()).collect();
    let as_json = |query: &&str| format!("{{\"_id\": \"{query}\", \"text\": \"any\"}}\n");
    workspace.write("judged/queries.jsonl", queries.iter().map(as_json).collect::<String>());
    workspace.write("judged/corpus.jsonl", "{\"_id\": \"d0\", \"text\": \"any\"}\n");
    workspace.write("judged/qrels/test.tsv", judgments);
    workspace.write("run.txt", read("run.txt"));
    let printed = workspace.ok(&["eval", "judged", "--run", "run.txt", "--per-query"]);
    for line in measures.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let own = printed.lines().find(|own| own.split('\t').nth(1) == Some(columns[0]));
        let own = own.unwrap_or_else(|| panic!("{} is missing in {printed}", columns[0]));
        let own: Vec<f64> = own
            .split_whitespace()
            .skip(2)
            .map(|figure| figure.parse().expect("a measure is a number"))
            .collect();
        assert_eq!(own.len(), 4, "{printed}");
        for (own, expected) in own.iter().zip(&columns[1..]) {
            let expected: f64 = expected.parse().expect("a measure is a number");
            assert!((own - expected).abs() <= 0.000_051, "{line}: {printed}");
        }
        assert!(!printed.contains("-0.0"), "nothing is not less than nothing: {printed}");
    }
}
