//! Questions: the passage that answers comes first, and one page does not take the whole list.

use crate::workspace::Workspace;

fn hits(workspace: &Workspace, query: &str) -> Vec<String> {
    let answer = workspace.query(&["--", query]);
    let hits = answer["hits"].as_array().expect("hits is a list");
    hits.iter().map(|hit| hit["source"].as_str().expect("a hit has a source").to_owned()).collect()
}

#[test]
fn a_statement_about_the_subject_comes_before_mentions_of_it() {
    let workspace = Workspace::new();
    workspace.write(
        "pages/clinic.txt",
        "Sciatica, sciatica, sciatica: our clinic sees sciatica every day and writes about sciatica.\n",
    );
    workspace.write(
        "pages/guide.txt",
        "People ask us about pain in the leg. Sciatica is pain along the nerve that runs down the leg.\n",
    );
    workspace.ok(&["index", "pages", "-q"]);
    assert_eq!(hits(&workspace, "what is sciatica").first().map(String::as_str), Some("guide.txt"));
}

#[test]
fn a_definition_comes_before_mentions_where_a_thing_is_only_named() {
    let workspace = Workspace::new();
    workspace
        .write("pages/news.txt", "The runner with sciatica came in last on Sunday, as the papers had it.\n");
    workspace
        .write("pages/guide.txt", "Sciatica is pain along the nerve that runs down the leg to the foot.\n");
    workspace.ok(&["index", "pages", "-q"]);
    assert_eq!(hits(&workspace, "sciatica").first().map(String::as_str), Some("guide.txt"));
}

#[test]
fn a_number_answers_who_asks_how_many() {
    let workspace = Workspace::new();
    workspace.write("pages/a.txt", "Nobody ever counted the ribs of a man in the old days of the art.\n");
    workspace.write("pages/b.txt", "The chest of a grown man has 24 ribs, and that of a woman as many.\n");
    workspace.ok(&["index", "pages", "-q"]);
    assert_eq!(hits(&workspace, "how many ribs has a man?").first().map(String::as_str), Some("b.txt"));
}

#[test]
fn the_score_of_a_question_adds_up() {
    let workspace = Workspace::with_corpus();
    workspace.ok(&["index", "corpus", "-q"]);
    for by in ["passage", "document"] {
        let answer = workspace.query(&["--explain", "--by", by, "--", "what is facet syndrome"]);
        let hits = answer["hits"].as_array().expect("hits is a list");
        assert!(!hits.is_empty());
        for hit in hits {
            let tree = &hit["explanation"];
            let parts = tree["parts"].as_array().expect("a score has parts");
            let sum: f64 = parts.iter().filter_map(|part| part["value"].as_f64()).sum();
            let value = tree["value"].as_f64().expect("a score is a number");
            assert!((value - sum).abs() < 1e-9, "{by}: {tree}");
        }
    }
}
