//! Misspelt queries: what they are taken for, and what is left alone.

use crate::workspace::{Workspace, cites};

/// Pages about gardens and backs, indexed as they are.
fn garden() -> Workspace {
    let workspace = Workspace::new();
    let pages = [
        "The headache came with chronic back pain, and sciatica followed after a long day in the garden.",
        "A gardener with sciatica should not lift pots. Back pain is a reason to rest the spine.",
        "Phosphate feeds the roots of tomatoes. The garden needs rain, and gardeners need patience.",
        "Боль в спине проходит после отдыха. Садовник отдыхает.",
        "Run along the river in the morning. The river path is dry.",
        "Sciatica is a pain of the nerve that runs from the spine down the leg.",
    ];
    for (number, page) in pages.iter().enumerate() {
        workspace.write(&format!("pages/{number}.txt"), format!("{page}\n"));
    }
    workspace.ok(&["index", "--no-clean", "pages", "-q"]);
    workspace
}

fn taken_for(workspace: &Workspace, query: &str) -> serde_json::Value {
    workspace.query(&["--", query])["advice"]["did_you_mean"].clone()
}

#[test]
fn a_misspelt_word_is_replaced_where_it_stands_and_nothing_else_changes() {
    let garden = garden();
    for (typed, meant) in [
        ("siatica", "sciatica"),
        ("Siatica", "Sciatica"),
        ("SIATICA", "SCIATICA"),
        ("sciaitca", "sciatica"),
        ("scciatica nerve", "sciatica nerve"),
        ("fosphate", "phosphate"),
        ("gardner", "gardener"),
        ("\"bakc pain\" -siatica +siatica", "\"back pain\" -siatica +sciatica"),
        ("source:siatica* siatica", "source:siatica* sciatica"),
        ("(siatica OR rivver) lang:en", "(sciatica OR river) lang:en"),
        ("siatica-siatica siatica", "sciatica-sciatica sciatica"),
        ("  siatica,  bakc?", "  sciatica,  back?"),
        ("садовнк", "садовник"),
    ] {
        let taken = taken_for(&garden, typed);
        assert_eq!(taken, meant, "{typed}");
    }
}

#[test]
fn words_run_together_are_taken_apart_and_torn_ones_joined() {
    let garden = garden();
    assert_eq!(taken_for(&garden, "chronic backpain"), "chronic back pain");
    assert_eq!(taken_for(&garden, "+backpain"), "+back +pain");
    assert_eq!(taken_for(&garden, "\"chronic backpain\""), "\"chronic back pain\"");
    assert_eq!(taken_for(&garden, "scia tica nerve"), "sciatica nerve");
    assert_eq!(cites(&garden.query(&["--", "\"chronic backpain\""])), ["0.txt:1"]);
}

#[test]
fn what_is_not_misspelt_is_left_alone() {
    let garden = garden();
    for query in [
        // Words of the index, words whose stem is, short words, numbers and codes, other scripts, syntax.
        "sciatica back pain",
        "gardening runs running rained",
        "sky",
        "12345 b12x rain2",
        "背中の痛み",
        "siatica*",
        "siatica~1",
        "-siatica",
        "site:siatica",
        // No word is near these.
        "zebra",
        "blockchain",
    ] {
        assert_eq!(taken_for(&garden, query), serde_json::Value::Null, "{query}");
    }
}

#[test]
fn spelling_is_left_alone_on_request() {
    let garden = garden();
    let answer = garden.query(&["--no-correct", "siatica"]);
    assert_eq!(answer["advice"]["did_you_mean"], serde_json::Value::Null);
    assert!(cites(&answer).is_empty());
    assert_eq!(garden.run(&["query", "--no-correct", "siatica"]).code, 1);
}

#[test]
fn what_misspelling_costs_is_measured_the_same_for_the_same_seed() {
    let workspace = Workspace::new();
    let words =
        ["sciatica", "phosphate", "tomatoes", "gardener", "orchard", "blossom", "umbrella", "kitchen"];
    let (mut corpus, mut queries, mut judgments) = (String::new(), String::new(), String::new());
    for (number, word) in words.iter().enumerate() {
        corpus.push_str(&format!("{{\"_id\":\"d{number}\",\"text\":\"All there is to say of {word}.\"}}\n"));
        queries.push_str(&format!("{{\"_id\":\"q{number}\",\"text\":\"{word}\"}}\n"));
        judgments.push_str(&format!("q{number}\td{number}\t1\n"));
    }
    workspace.write("c/corpus.jsonl", corpus);
    workspace.write("c/queries.jsonl", queries);
    workspace.write("c/qrels/test.tsv", judgments);
    let measure = || {
        let out = workspace.ok(&["eval", "--typos", "7", "--json", "c"]);
        serde_json::from_str::<serde_json::Value>(&out).expect("it is JSON")
    };
    let figures = measure();
    let number = |name: &str| figures[0][name].as_f64().expect("a number");
    assert!((number("as_typed") - 1.0).abs() < 1e-9, "{figures}");
    assert!((number("as_typed_corrected") - 1.0).abs() < 1e-9, "{figures}");
    assert!(number("misspelt") < 0.5, "{figures}");
    assert!(number("misspelt_corrected") > 0.8, "{figures}");
    assert!(number("loss_remaining") < 1.0 / 3.0, "{figures}");
    assert_eq!(figures, measure(), "the same seed makes the same mistakes");
}
