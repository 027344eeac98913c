//! The outside of the program: commands, streams, formats and exit codes.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use crate::workspace::{Workspace, cites};

#[test]
fn the_first_query_builds_the_index_and_answers() {
    let workspace = Workspace::with_corpus();
    let run = workspace.run(&["query", "facet syndrome"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("000_f7cba6914278755a.txt:4"), "{run:?}");
    assert!(run.stdout.contains("To control Facet Syndrome we need to obtain a softer jamming."));
    assert!(run.stderr.contains("indexed corpus: 5 sources"));
    assert!(!run.stdout.contains('\x1b'), "piped output is plain");
    let answer = workspace.query(&["sciatica"]);
    assert_eq!(cites(&answer)[..2], ["002_66e0a7dedaf78940.txt:51", "004_7bcb17e0c6a78277.txt:4"]);
}

#[test]
fn a_misspelt_word_is_answered_with_the_right_one() {
    let workspace = Workspace::with_corpus();
    workspace.ok(&["index", "-q"]);
    let answer = workspace.query(&["siatica"]);
    assert_eq!(answer["advice"]["did_you_mean"], "sciatica");
    assert_eq!(cites(&answer)[0], "002_66e0a7dedaf78940.txt:51");
}

#[test]
fn exit_codes() {
    let workspace = Workspace::with_corpus();
    workspace.ok(&["index", "-q"]);
    assert_eq!(workspace.run(&["query", "pain"]).code, 0);
    let none = workspace.run(&["query", "posting komentar"]);
    assert_eq!((none.code, none.stdout.as_str()), (1, ""));
    assert_eq!(workspace.run(&["query", "--nonsense"]).code, 2);
    assert_eq!(workspace.run(&["query", "--index", "nowhere", "pain"]).code, 2);
    assert_eq!(workspace.run(&["index", "nowhere"]).code, 2);
    let json = workspace.run(&["query", "--json", "posting komentar"]);
    assert_eq!(json.code, 1);
    let answer: serde_json::Value =
        serde_json::from_str(&json.stdout).expect("an answer without hits is JSON too");
    assert_eq!(answer["hits"], serde_json::json!([]));
}

#[test]
fn no_text_is_a_syntax_error() {
    let workspace = Workspace::with_corpus();
    workspace.ok(&["index", "-q"]);
    for text in [
        "https://x",
        "\"unbalanced",
        "a:b",
        "\"\"",
        "😀",
        "(",
        ")",
        "+",
        "*",
        "~",
        "^",
        "back AND",
        "OR",
        "-",
        "title:",
        "--help me",
    ] {
        let run = workspace.run(&["query", "--", text]);
        assert!(matches!(run.code, 0 | 1), "{text}: {run:?}");
    }
    let flag = workspace.run(&["query", "--back"]);
    assert!(flag.stderr.contains("-- --back"), "{}", flag.stderr);
}

#[test]
fn negation_phrases_fields_and_prefixes() {
    let workspace = Workspace::with_corpus();
    workspace.ok(&["index", "-q"]);
    let all = workspace.query(&["-n", "100", "--", "disc"]);
    let without = workspace.query(&["-n", "100", "--", "disc -herniated"]);
    assert!(cites(&without).len() < cites(&all).len());
    let phrase = workspace.query(&["\"charley horse\""]);
    assert!(phrase["hits"].as_array().is_some_and(|hits| {
        !hits.is_empty()
            && hits.iter().all(|hit| hit["text"].as_str().is_some_and(|text| text.contains("charley horse")))
    }));
    assert!(cites(&workspace.query(&["radiculo*"]))[0].starts_with("004"));
    assert!(cites(&workspace.query(&["title:spasms"])).iter().all(|cite| cite.starts_with("000")));
    assert!(
        cites(&workspace.query(&["--source", "003*", "pain"])).iter().all(|cite| cite.starts_with("003"))
    );
    assert!(cites(&workspace.query(&["siatica~1"]))[0].starts_with("002"));
}

#[test]
fn copies_fold_into_one_hit() {
    let workspace = Workspace::with_corpus();
    workspace.ok(&["index", "-q"]);
    let folded = workspace.query(&["bending or lifting the wrong way"]);
    let hit = &folded["hits"][0];
    assert_eq!(hit["source"], "002_66e0a7dedaf78940.txt");
    assert_eq!(hit["also_in"].as_array().map(Vec::len), Some(1), "{hit}");
    let all = workspace.query(&["--all", "bending or lifting the wrong way"]);
    assert!(
        all["hits"]
            .as_array()
            .is_some_and(|hits| hits.iter().all(|hit| hit["also_in"] == serde_json::json!([])))
    );
}

#[test]
fn an_answer_has_every_field_of_its_form() {
    let workspace = Workspace::with_corpus();
    workspace.ok(&["index", "-q"]);
    let answer = workspace.query(&["sciatica"]);
    for field in ["schema_version", "query", "total", "took_ms", "advice", "hits"] {
        assert!(answer.get(field).is_some(), "{field}");
    }
    let hit = &answer["hits"][0];
    for field in [
        "rank",
        "score",
        "id",
        "root",
        "source",
        "path",
        "title",
        "heading",
        "text",
        "spans",
        "lines",
        "highlights",
        "quality",
        "changed",
        "also_in",
        "cite",
    ] {
        assert!(hit.get(field).is_some(), "{field}");
    }
    assert_eq!(hit["path"], "corpus/002_66e0a7dedaf78940.txt");
    assert_eq!(hit["heading"], "Can running or jogging cause lower back pain?");
    let text = hit["text"].as_str().expect("text is text");
    let (start, end) = (hit["highlights"][0]["start"].as_u64(), hit["highlights"][0]["end"].as_u64());
    let range =
        usize::try_from(start.unwrap_or(0)).unwrap_or(0)..usize::try_from(end.unwrap_or(0)).unwrap_or(0);
    assert_eq!(&text[range], "sciatica");
    let file = fs::read(workspace.path("corpus/002_66e0a7dedaf78940.txt")).expect("the article is there");
    let span = &hit["spans"][0];
    let (start, end) = (span["start"].as_u64().unwrap_or(0), span["end"].as_u64().unwrap_or(0));
    assert_eq!(
        &file[usize::try_from(start).unwrap_or(0)..usize::try_from(end).unwrap_or(0)],
        text.as_bytes()
    );
}

#[test]
fn every_format_can_be_read() {
    let workspace = Workspace::with_corpus();
    workspace.ok(&["index", "-q"]);
    let jsonl = workspace.ok(&["query", "--format", "jsonl", "pain"]);
    assert_eq!(jsonl.lines().count(), 10);
    for line in jsonl.lines() {
        let _: serde_json::Value = serde_json::from_str(line).expect("each line is JSON");
    }
    let csv = workspace.ok(&["query", "--format", "csv", "pain"]);
    assert!(csv.starts_with("rank,score,source,line,title,heading,text,quality\r\n"));
    assert!(csv.lines().skip(1).any(|hit| hit.rsplit_once(",0.").is_some()), "{csv}");
    let text = workspace.ok(&["query", "--min-quality", "0.9", "sciatica"]);
    assert!(text.contains("002_66e0a7dedaf78940.txt:51 quality 1.00"), "{text}");
    assert!(!workspace.ok(&["query", "sciatica"]).contains(" quality "));
    let vimgrep = workspace.ok(&["query", "--format", "vimgrep", "sciatica"]);
    assert!(vimgrep.starts_with("corpus/002_66e0a7dedaf78940.txt:51:1:People"));
    assert!(workspace.ok(&["query", "--format", "markdown", "sciatica"]).contains("> People who"));
    assert_eq!(
        workspace.ok(&["query", "--cite", "sciatica"]).lines().next(),
        Some("002_66e0a7dedaf78940.txt:51")
    );
}

#[test]
fn help_explains_itself() {
    let workspace = Workspace::new();
    for flag in ["--help", "-h"] {
        assert_eq!(workspace.ok(&["rules", "help", flag]), workspace.ok(&["rules", "help"]));
        assert_eq!(workspace.ok(&["help", flag]), workspace.ok(&["help"]));
    }
    let (long, short) = (workspace.ok(&["query", "--help"]), workspace.ok(&["query", "-h"]));
    assert!(
        long.contains("a OR b  a AND b  NOT a") && long.contains("Words are found whatever their accents")
    );
    assert!(short.contains("\nFind passages\n") && !short.contains("NOT a"), "{short}");
    assert!(workspace.ok(&["completions", "bash"]).contains("--leave-one-out"));
}

#[test]
fn a_batch_makes_a_run_file() {
    let workspace = Workspace::new();
    workspace.write("docs.jsonl", "{\"_id\": \"a 1\", \"title\": \"Cats\", \"text\": \"The cat sleeps.\"}\n{\"_id\": \"b\", \"text\": \"A dog and a cat.\"}\n");
    workspace.write(
        "queries.jsonl",
        "{\"_id\": \"q1\", \"text\": \"cat\"}\n{\"_id\": \"q2\", \"text\": \"zebra\"}\n",
    );
    workspace.ok(&["index", "--no-clean", "docs.jsonl", "-q"]);
    let run = workspace.ok(&[
        "query",
        "--batch",
        "queries.jsonl",
        "--format",
        "trec",
        "--by",
        "document",
        "-n",
        "1000",
    ]);
    let lines: Vec<Vec<&str>> = run.lines().map(|line| line.split(' ').collect()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((lines[0][0], lines[0][1], lines[0][2], lines[0][3]), ("q1", "Q0", "a%201", "1"));
    assert!(lines[0][4].parse::<f64>().ok() > lines[1][4].parse::<f64>().ok());
    // Whole documents are found by phrases and exclusions, too.
    let whole =
        |query: &str| workspace.query(&["--by", "document", "--", query])["hits"].as_array().map(Vec::len);
    assert_eq!(whole("\"dog and\" cat"), Some(1));
    assert_eq!(whole("cat -dog"), Some(1));
}

#[test]
fn spans_of_clean_cover_the_file() {
    let workspace = Workspace::with_corpus();
    for entry in fs::read_dir(workspace.path("corpus")).expect("the corpus is there").flatten() {
        let path = entry.path();
        let out = workspace.ok(&["clean", "--format", "spans", path.to_str().expect("a plain path")]);
        let mut end = 0;
        for line in out.lines() {
            let span: serde_json::Value = serde_json::from_str(line).expect("each line is JSON");
            assert_eq!(span["start"], end, "{line}");
            assert_eq!(span["keep"] == true, span.get("rule").is_none(), "{line}");
            end = span["end"].as_u64().expect("an end is a number");
        }
        assert_eq!(end, fs::metadata(&path).expect("the file is there").len());
    }
}

#[test]
fn a_page_of_nothing_but_menus_has_no_main_content() {
    let workspace = Workspace::new();
    workspace.write(
        "menu.html",
        "<title>Shop</title><nav class=menu><ul><li><a href=/>Home</a><li><a href=/a>Garden</a><li><a href=/b>Tools</a>\
         </ul></nav><footer><p>© 2020 Milltown. All rights reserved.</p><a href=/p>Privacy policy</a></footer>",
    );
    let run = workspace.run(&["clean", "menu.html"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert!(run.stderr.contains("menu.html has no main content"), "{}", run.stderr);
}

#[test]
fn clean_reads_standard_input_and_writes_folders() {
    let workspace = Workspace::with_corpus();
    let mut child = workspace
        .command(&["clean", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    child
        .stdin
        .take()
        .expect("it has an input")
        .write_all(b"Good text stands here.\n\nReport this page\n")
        .expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "Good text stands here.\n");
    workspace.write("in/a.b.html", "<p>One good sentence stands here.</p>");
    workspace.write("in/sub/c.txt", "Another good sentence stands here.\n");
    workspace.ok(&["clean", "--out", "out", "in"]);
    assert_eq!(
        fs::read_to_string(workspace.path("out/a.b.txt")).ok().as_deref(),
        Some("One good sentence stands here.\n")
    );
    assert!(workspace.path("out/sub/c.txt").is_file());
    workspace.write("in/a.b.txt", "x");
    let collision = workspace.run(&["clean", "--out", "out", "in"]);
    assert_eq!(collision.code, 2);
    assert!(collision.stderr.contains("a.b.txt"), "{collision:?}");
}

#[test]
fn explain_and_show_name_the_rule() {
    let workspace = Workspace::with_corpus();
    workspace.ok(&["index", "-q"]);
    let explained = workspace.ok(&["clean", "--explain", "corpus/001_83a03ad2d75644bf.txt"]);
    assert!(
        explained.contains("report-page-footer")
            && explained.contains("⟦lower back pain after running treatment ⟧"),
        "{explained}"
    );
    let shown = workspace.ok(&["show", "002_66e0a7dedaf78940.txt:51"]);
    assert!(
        shown.contains("People who have an underlying") && !shown.contains("Do a thorough warm-up"),
        "{shown}"
    );
    assert_eq!(workspace.run(&["show", "002_66e0a7dedaf78940.txt:5100"]).code, 2);
    assert!(workspace.ok(&["rules"]).contains("pin-caption"));
    assert!(workspace.ok(&["stats"]).contains("5 sources"));
    let stats: serde_json::Value =
        serde_json::from_str(&workspace.ok(&["stats", "--json"])).expect("statistics are JSON");
    assert_eq!(stats["sources"], 5);
    assert!(workspace.ok(&["verify"]).contains("0 problems"));
}

#[test]
fn generated_pages_name_every_command() {
    let workspace = Workspace::new();
    let man = workspace.ok(&["man"]);
    for command in ["index", "query", "clean", "show", "stats", "rules"] {
        assert!(man.contains(command), "{command}");
    }
    assert!(workspace.ok(&["completions", "bash"]).contains("backsearch"));
}

#[test]
fn runs_are_measured_and_compared() {
    let workspace = Workspace::new();
    workspace.write(
        "c/corpus.jsonl",
        "{\"_id\":\"a\",\"text\":\"moss\"}\n{\"_id\":\"b\",\"text\":\"sand\"}\n{\"_id\":\"x\",\"text\":\"lawn\"}\n",
    );
    workspace
        .write("c/queries.jsonl", "{\"_id\":\"1\",\"text\":\"moss\"}\n{\"_id\":\"2\",\"text\":\"sand\"}\n");
    workspace.write("c/qrels/test.tsv", "query-id\tcorpus-id\tscore\n1\ta\t2\n1\tb\t1\n2\tb\t1\n");
    workspace.write("one.trec", "1 Q0 a 1 3.0 t\n1 Q0 x 2 2.0 t\n1 Q0 b 3 1.0 t\n2 Q0 b 1 1.0 t\n");
    workspace.write("two.trec", "1 Q0 x 1 3.0 t\n1 Q0 a 2 2.0 t\n");
    let arguments = ["eval", "c", "--run", "one.trec", "--run", "two.trec", "--json"];
    let answer: serde_json::Value =
        serde_json::from_str(&workspace.ok(&arguments)).expect("eval --json prints JSON");
    let number = |run: usize, name: &str| answer[run][name].as_f64().expect("a number");
    // By trec_eval: ndcg_cut_10 0.9502 and 1, map 0.8333 and 1; then 0.4796 and 0, 0.25 and 0.
    assert!((number(0, "ndcg_10") - 0.9751).abs() < 5e-5, "{answer}");
    assert!((number(0, "map") - 0.9167).abs() < 5e-5, "{answer}");
    assert!((number(1, "ndcg_10") - 0.2398).abs() < 5e-5, "{answer}");
    assert!((number(1, "map") - 0.1250).abs() < 5e-5, "{answer}");
    assert!((number(1, "map_difference") + 0.7917).abs() < 5e-5, "{answer}");
    assert!((0.4..=0.6).contains(&number(1, "map_p")), "two of four ways to draw the signs: {answer}");
    workspace.write("bad.trec", "1 Q0 a 1\n");
    let bad = workspace.run(&["eval", "c", "--run", "bad.trec"]);
    assert!(bad.code == 2 && bad.stderr.contains("line 1 of the run"), "{bad:?}");
}

#[test]
fn files_of_the_same_path_under_two_roots_are_told_apart() {
    let workspace = Workspace::new();
    for root in ["one", "two"] {
        let page = format!("The lawn of garden {root} is mown every week from May to October.\n");
        workspace.write(&format!("{root}/sub/a.txt"), &page);
        workspace.write(&format!("{root}/only-{root}.txt"), page.replace("lawn", "hedge"));
    }
    workspace.write("c.jsonl", "{\"_id\": 7, \"text\": \"The lawn of the file is mown.\"}\n");
    workspace.write("three/c.jsonl", "{\"_id\": 7, \"text\": \"The lawn of the folder is mown.\"}\n");
    workspace.ok(&["index", "one", "two", "c.jsonl", "three", "-q"]);
    let cited = |arguments: &[&str]| {
        let run = workspace.run(&[&["query", "--cite", "--all"], arguments].concat());
        let mut lines: Vec<String> = run.stdout.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let all = ["c.jsonl#7:1", "one/sub/a.txt:1", "three/c.jsonl#7:1", "two/sub/a.txt:1"];
    assert_eq!(cited(&["lawn"]), all);
    assert_eq!(cited(&["hedge"]), ["only-one.txt:1", "only-two.txt:1"]);
    for glob in ["one/sub/a.txt", "one", "one/", "one/**", "one/*/*.txt"] {
        assert_eq!(cited(&["--source", glob, "lawn"]), ["one/sub/a.txt:1"], "{glob}");
        assert_eq!(cited(&[&format!("lawn source:{glob}")]), ["one/sub/a.txt:1"], "{glob}");
    }
    assert_eq!(cited(&["source:one"]), ["one/sub/a.txt:1", "only-one.txt:1"]);
    assert_eq!(cited(&["--source", "sub/a.txt", "lawn"]), ["one/sub/a.txt:1", "two/sub/a.txt:1"]);
    assert_eq!(cited(&["--source", "three/*", "lawn"]), ["three/c.jsonl#7:1"]);
    assert_eq!(cited(&["--source", "c.jsonl#7", "lawn"]), ["c.jsonl#7:1", "three/c.jsonl#7:1"]);
    for place in ["one/sub/a.txt:1", "three/c.jsonl#7:1"] {
        assert!(workspace.ok(&["show", place]).contains("lawn"), "{place}");
    }
    let hit = &workspace.query(&["--source", "two", "lawn"])["hits"][0];
    assert_eq!((&hit["root"], &hit["source"]), (&"two".into(), &"sub/a.txt".into()));
    assert!(workspace.ok(&["stats", "--sources"]).contains("sub/a.txt in two"));
    // With one of them gone, the name of the other is its own again.
    workspace.ok(&["index", "--forget", "two", "-q"]);
    assert_eq!(cited(&["--source", "sub/*", "lawn"]), ["sub/a.txt:1"]);
}

#[test]
fn a_pattern_finds_and_excludes_only_words_that_fit_it() {
    let workspace = Workspace::new();
    workspace.write("pages/run.txt", "They run to the airport every morning, as they have done for years.\n");
    workspace.write("pages/running.txt", "Running along the river keeps the knees of most people sound.\n");
    workspace.write("pages/happy.txt", "A happy river flows past the airport and the garden of the house.\n");
    workspace.ok(&["index", "-q", "pages"]);
    let found = |query: &str| {
        let mut found = cites(&workspace.query(&["--no-relax", "--no-correct", "--", query]));
        found.sort();
        found.join(" ")
    };
    assert_eq!(found("running*"), "running.txt:1");
    assert_eq!(found("runing~1"), "running.txt:1");
    assert_eq!(found("run*"), "run.txt:1 running.txt:1");
    assert_eq!(found("happi*"), "");
    assert_eq!(found("garden*"), "happy.txt:1");
    assert_eq!(found("year*"), "run.txt:1");
    assert_eq!(found("happ*"), "happy.txt:1");
    assert_eq!(found("airport -running*"), "happy.txt:1 run.txt:1");
    assert_eq!(found("airport -runing~1"), "happy.txt:1 run.txt:1");
    assert_eq!(found("+running* airport"), "running.txt:1");
    assert_eq!(found("river -runn*"), "happy.txt:1");
}

#[test]
fn a_date_without_beginning_and_end_limits_nothing() {
    let workspace = Workspace::with_corpus();
    workspace.ok(&["index", "-q"]);
    let all = workspace.query(&["--no-relax", "-n", "1000", "back"]);
    let limited = workspace.query(&["--no-relax", "-n", "1000", "back date:.."]);
    assert_eq!(cites(&limited).len(), cites(&all).len());
    assert!(!cites(&workspace.query(&["date:.."])).is_empty());
}

#[test]
fn in_one_long_record_words_are_as_frequent_as_their_passages_are_many() {
    let workspace = Workspace::new();
    let mut book = String::new();
    for number in 0..40 {
        book.push_str(&format!(
            "Chapter {number}. The house of the miller stood by the cycle path number {number}.\n\n"
        ));
        book.push_str(&format!(
            "A callow{number:02}rare word came up, and cab{number:02}wren too, which nobody knew.\n\n"
        ));
    }
    workspace.write("pages/book.txt", book);
    workspace.ok(&["index", "-q", "pages"]);
    let answer = workspace.query(&["hause"]);
    assert_eq!(answer["advice"]["did_you_mean"], "house");
    let total = |query: &str| workspace.query(&["--no-relax", query])["total"]["value"].as_u64();
    assert!(total("cycle") > Some(9));
    assert!(total("c*") >= total("cycle"));
}
