//! Queries that nothing matches as typed: each step by which they are loosened, and what the answer says.

use backsearch::index::open;
use backsearch::query::parse;
use backsearch::search::{Embedded, Request, Search};
use proptest::prelude::*;
use serde_json::Value;

use crate::workspace::{Workspace, cites};

fn pages() -> Workspace {
    let workspace = Workspace::new();
    let pages = [
        ("a.txt", "The old gardener mows the green lawn behind the house every Saturday morning."),
        ("b.txt", "Moss grows on stones where the sun never shines, says the neighbour."),
        ("c.txt", "A bridge over the river was closed. Nobody mows beside it."),
        ("d.txt", "Lanterns hung along the river for the festival, and the neighbour sang."),
    ];
    for (name, page) in pages {
        workspace.write(&format!("pages/{name}"), format!("{page}\n"));
    }
    workspace.write(
        "pages/e.html",
        "<title>Orchards in winter</title><article><p>Apples keep until spring when the cellar is cold and dark, \
         and nobody touches them before the frost has gone.</p></article>",
    );
    workspace.ok(&["index", "--no-clean", "pages", "-q"]);
    workspace
}

#[test]
fn what_only_limits_finds_all_that_keeps_the_limits() {
    let pages = pages();
    assert_eq!(cites(&pages.query(&["--", "source:a*"])), ["a.txt:1"]);
    assert_eq!(cites(&pages.query(&["--", "source:[ab].txt"])).len(), 2);
}

/// The places that a query finds, in the order of their names.
fn all_found(workspace: &Workspace, query: &str) -> String {
    let mut cites = cites(&workspace.query(&["--", query]));
    cites.sort();
    cites.join(" ")
}

#[test]
fn words_are_looked_for_within_limits() {
    let pages = pages();
    let found = |query: &str| all_found(&pages, query);
    assert_eq!(found("neighbour"), "b.txt:1 d.txt:1");
    assert_eq!(found("source:[bc].txt neighbour"), "b.txt:1");
    assert_eq!(found("source:[bc].txt -neighbour"), "c.txt:1");
    assert_eq!(found("source:[bc].txt neighbour river"), "b.txt:1 c.txt:1");
    assert_eq!(found("title:orchards apples"), found("apples"));
    assert_eq!(found("(source:a* lawn) (source:d* river)"), "a.txt:1 d.txt:1");
    let outside = pages.query(&["--", "source:a* river"]);
    assert_eq!(
        outside["advice"]["notes"],
        serde_json::json!(["2 passages match outside the limits (source)"])
    );
}

#[test]
fn of_what_or_joins_one_is_enough() {
    let pages = pages();
    let found = |query: &str| all_found(&pages, query);
    assert_eq!(found("source:a* OR source:d*"), "a.txt:1 d.txt:1");
    assert_eq!(found("source:a* OR source:d* river"), "d.txt:1");
    assert_eq!(found("\"green lawn\" OR lanterns"), "a.txt:1 d.txt:1");
    assert_eq!(found("lanterns OR \"green lawn\" OR title:orchards"), "a.txt:1 d.txt:1 e.html:1");
    assert_eq!(found("\"green lawn\" OR \"red lawn\""), "a.txt:1");
    assert_eq!(found("neighbour -(source:b* OR source:c*)"), "d.txt:1");
    assert_eq!(found("(\"green lawn\" OR \"old river\") AND gardener"), "a.txt:1");
}

/// The note of an answer that says how the query was loosened, and the sources of its hits.
fn loosened(workspace: &Workspace, arguments: &[&str]) -> (String, Vec<String>) {
    let answer = workspace.query(arguments);
    assert_eq!(answer["advice"]["relaxed"], true, "{arguments:?}: {answer}");
    let notes = answer["advice"]["notes"].as_array().cloned().unwrap_or_default();
    let note = notes
        .iter()
        .filter_map(Value::as_str)
        .find_map(|note| note.strip_prefix("nothing matches as typed; "))
        .unwrap_or_else(|| panic!("{arguments:?}: {answer}"));
    let mut sources: Vec<String> =
        cites(&answer).iter().map(|cite| cite.split(':').next().unwrap_or("").to_owned()).collect();
    sources.sort();
    (note.to_owned(), sources)
}

#[track_caller]
fn check(workspace: &Workspace, query: &str, note: &str, sources: &[&str]) {
    let (said, found) = loosened(workspace, &["--", query]);
    assert_eq!(
        (said.as_str(), found.iter().map(String::as_str).collect::<Vec<_>>()),
        (note, sources.to_vec())
    );
}

#[test]
fn a_query_that_matches_is_left_as_it_is() {
    let pages = pages();
    for query in ["\"green lawn\"", "+moss +stones", "title:orchards", "mows -bridge", "river zeppelin"] {
        let answer = pages.query(&["--", query]);
        assert_eq!(answer["advice"]["relaxed"], false, "{query}: {answer}");
        assert_eq!(answer["advice"]["notes"], serde_json::json!([]), "{query}");
        assert!(!cites(&answer).is_empty(), "{query}");
    }
}

#[test]
fn the_words_of_a_phrase_may_stand_further_apart_and_then_anywhere() {
    let pages = pages();
    check(
        &pages,
        "\"gardener the\"",
        "the words of \"gardener the\" may stand up to 2 places apart",
        &["a.txt"],
    );
    check(
        &pages,
        "\"mows behind the house\"",
        "the words of \"mows behind the house\" may stand up to 8 places apart",
        &["a.txt"],
    );
    check(
        &pages,
        "\"gardener Saturday\"",
        "the words of \"gardener Saturday\" may stand up to 8 places apart",
        &["a.txt"],
    );
    check(
        &pages,
        "\"morning old\"",
        "the words of \"morning old\" may stand anywhere in a passage",
        &["a.txt"],
    );
}

#[test]
fn words_of_titles_may_stand_anywhere() {
    let pages = pages();
    check(&pages, "title:moss", "title:moss was looked for everywhere", &["b.txt"]);
    check(&pages, "heading:\"green lawn\"", "heading:\"green lawn\" was looked for everywhere", &["a.txt"]);
}

#[test]
fn words_that_nothing_holds_stand_for_others() {
    let pages = pages();
    check(&pages, "+lanter +river", "lanter stands for words that begin so", &["d.txt"]);
    check(&pages, "+mxss", "mxss stands for words one edit away", &["b.txt"]);
    let answer = pages.query(&["--no-correct", "--", "lanter"]);
    assert_eq!(answer["hits"], serde_json::json!([]), "{answer}");
}

#[test]
fn required_words_are_given_up_one_by_one() {
    let pages = pages();
    check(&pages, "+moss +zeppelin", "zeppelin is not required", &["b.txt"]);
    check(&pages, "+lanterns +river +bridge", "lanterns is not required", &["c.txt"]);
}

#[test]
fn only_what_stands_in_the_way_is_loosened() {
    let pages = pages();
    check(&pages, "\"green lawn\" title:house", "title:house was looked for everywhere", &["a.txt"]);
}

#[test]
fn exclusions_and_limits_hold_and_the_answer_says_what_they_keep_out() {
    let pages = pages();
    let notes = |arguments: &[&str]| {
        let answer = pages.query(arguments);
        (cites(&answer), answer["advice"]["notes"].clone())
    };
    assert_eq!(
        notes(&["--", "moss -stones"]),
        (vec![], serde_json::json!(["1 passage matches but for what is excluded"]))
    );
    assert_eq!(
        notes(&["--source", "a.txt", "river"]),
        (vec![], serde_json::json!(["2 passages match outside the limits (source)"]))
    );
    assert_eq!(
        notes(&["--", "source:a.txt site:example.org river"]),
        (vec![], serde_json::json!(["2 passages match outside the limits (source, site)"]))
    );
    // Within the limits the query is loosened all the same.
    let (note, sources) = loosened(&pages, &["--source", "c.txt", "--", "+lanterns +river"]);
    assert_eq!((note.as_str(), sources), ("lanterns is not required", vec!["c.txt".to_owned()]));
    let (_, sources) = loosened(&pages, &["--", "\"river bridge mows\"~0 -lanterns"]);
    assert_eq!(sources, ["c.txt"]);
}

#[test]
fn nothing_is_loosened_on_request() {
    let pages = pages();
    let run = pages.run(&["query", "--no-relax", "\"morning old\""]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
}

/// Pieces of queries, whole and broken.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "moss",
            "mows",
            "river",
            "the",
            "lawn",
            "gardner",
            "rivver",
            "greenlawn",
            "lan terns",
            "zeppelin",
            "Fox's",
            "\"",
            "(",
            ")",
            "+",
            "-",
            "~2",
            "~",
            "*",
            ":",
            "title:",
            "heading:",
            "site:x",
            "source:a*",
            "source:{",
            "source:[",
            "date:2020..",
            " OR ",
            " AND ",
            " NOT ",
            "“",
            "”",
            "é",
            "背中",
            "12345",
            "ﬁsh",
            "İ",
        ])
        .prop_map(str::to_owned),
        Just(" ".to_owned()),
        "\\PC{0,6}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_typed_is_corrected_loosened_and_answered(
        texts in prop::collection::vec(prop::collection::vec(piece(), 0..9).prop_map(|pieces| pieces.concat()), 20),
    ) {
        static PAGES: std::sync::OnceLock<Workspace> = std::sync::OnceLock::new();
        let search = Embedded::new(open(&PAGES.get_or_init(pages).path("index")).expect("the index is there"));
        for text in texts {
            let response = search.search(&Request { query: text.clone(), ..Request::default() }).expect("no text is an error");
            if response.advice.relaxed {
                prop_assert!(!response.hits.is_empty(), "loosened for nothing: {text}");
            }
            let meant = response.advice.did_you_mean.unwrap_or(text);
            for (range, word) in parse(&meant).placed_words() {
                prop_assert_eq!(&meant[range], word.as_str());
            }
            let exact = search.search(&Request { query: meant.clone(), relax: false, correct: false, ..Request::default() });
            if exact.expect("no text is an error").total.value > 0 {
                prop_assert!(!response.advice.relaxed, "loosened for no reason: {meant}");
            }
        }
    }
}
