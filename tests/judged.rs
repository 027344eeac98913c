//! Judged queries over the sample articles.

use std::collections::HashMap;
use std::fs;

use backsearch::eval::measure;
use serde::Deserialize;

use crate::workspace::{Workspace, project};

#[derive(Deserialize)]
struct Judged {
    #[serde(rename = "_id")]
    id: String,
    text: String,
    kind: String,
}

#[test]
fn the_judged_queries_are_answered() {
    let judged = project().join("corpus/judged");
    let queries: Vec<Judged> = fs::read_to_string(judged.join("queries.jsonl"))
        .expect("the queries are there")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a query is a JSON object"))
        .collect();
    assert!(queries.len() >= 60);
    let mut places: HashMap<String, HashMap<String, i32>> = HashMap::new();
    for line in fs::read_to_string(judged.join("qrels.tsv")).expect("the judgments are there").lines().skip(1)
    {
        let columns: Vec<&str> = line.split('\t').collect();
        let gain = columns[2].parse().expect("a judgment is a number");
        places.entry(columns[0].to_owned()).or_default().insert(columns[1].to_owned(), gain);
    }
    let workspace = Workspace::with_corpus();
    workspace.ok(&["index", "corpus", "-q"]);
    let mut scores = Vec::new();
    let mut report = String::new();
    for query in &queries {
        let answer = workspace.query(&["--", &query.text]);
        let hits = answer["hits"].as_array().expect("hits is a list");
        if query.kind == "nothing" {
            let relaxed = answer["advice"]["relaxed"] == true;
            assert!(hits.is_empty() || relaxed, "{}: {} finds {}", query.id, query.text, hits[0]["text"]);
            let words: Vec<String> =
                query.text.to_lowercase().replace('"', "").split_whitespace().map(str::to_owned).collect();
            for hit in hits {
                let text = hit["text"].as_str().unwrap_or("").to_lowercase();
                assert!(!text.contains(&words.join(" ")), "{} finds the junk itself: {text}", query.id);
            }
            continue;
        }
        // A passage answers a judged place if the place lies in it.
        let mut judgments = places[&query.id].clone();
        let mut ranking = Vec::new();
        for (at, hit) in hits.iter().enumerate() {
            let (first, last) =
                (hit["lines"]["first"].as_u64().unwrap_or(0), hit["lines"]["last"].as_u64().unwrap_or(0));
            let source = hit["source"].as_str().unwrap_or("");
            let held = judgments.keys().find(|place| {
                place.rsplit_once(':').is_some_and(|(own, line)| {
                    own == source && line.parse::<u64>().is_ok_and(|line| (first..=last).contains(&line))
                }) && !ranking.iter().any(|(name, _): &(String, f64)| name == *place)
            });
            let name = held.cloned().unwrap_or_else(|| format!("other-{at}"));
            ranking.push((name, -(at as f64)));
        }
        judgments.retain(|_, gain| *gain > 0);
        let score = measure(&ranking, &judgments).ndcg_10;
        if score < 0.99 {
            report.push_str(&format!("{score:.2} {} {}\n", query.id, query.text));
        }
        scores.push(score);
    }
    let mean = scores.iter().sum::<f64>() / scores.len() as f64;
    assert!(mean >= 0.95, "nDCG@10 is {mean:.4}; below 0.99:\n{report}");
}
