//! Rules of the user's own: files, what they do to an index and to cleaning, and how they are proposed.

use std::fs;

use crate::workspace::Workspace;

fn page(what: &str) -> String {
    format!(
        "The {what}\n\nThe {what} of this garden is mown every week from May to October.\n\nMembers of the lodge enter here\n\nReport this page\n"
    )
}

/// Two pages of one folder and one of another, all with a line that no built-in rule knows.
fn pages() -> Workspace {
    let workspace = Workspace::new();
    workspace.write("pages/news/lawn.txt", page("lawn"));
    workspace.write("pages/news/meadow.txt", page("meadow"));
    workspace.write("pages/hedge.txt", page("hedge"));
    workspace
}

fn finds(workspace: &Workspace, phrase: &str) -> usize {
    let answer = workspace.query(&["--all", "--", &format!("\"{phrase}\"")]);
    answer["hits"].as_array().map_or(0, |hits| {
        hits.iter().filter(|hit| hit["text"].as_str().is_some_and(|text| text.contains(phrase))).count()
    })
}

#[test]
fn an_index_keeps_to_its_rules() {
    let workspace = pages();
    workspace.ok(&["index", "pages", "-q"]);
    assert_eq!((finds(&workspace, "Members of the lodge"), finds(&workspace, "Report this page")), (3, 0));
    workspace.write(
        "my.rules",
        "# the site\ndrop text \"members of the lodge enter here\" in \"news/**\"\nkeep text \"Report this page\" in \"hedge.txt\"\n",
    );
    let run = workspace.run(&["index", "--rules", "my.rules"]);
    assert!(run.code == 0 && run.stderr.contains("3 updated"), "{run:?}");
    let rules_are_in_force =
        || (finds(&workspace, "Members of the lodge"), finds(&workspace, "Report this page")) == (1, 1);
    assert!(rules_are_in_force());
    // Without the file, and for pages that come later.
    fs::remove_file(workspace.path("my.rules")).expect("it is there");
    let run = workspace.run(&["index"]);
    assert!(run.stderr.contains("nothing changed"), "{run:?}");
    workspace.write("pages/news/bed.txt", page("bed"));
    workspace.ok(&["index", "-q"]);
    workspace.ok(&["index", "--rebuild", "-q"]);
    assert!(rules_are_in_force());
    // Named as a source or by its path, a page is shown with the labels that the index has.
    for place in ["news/bed.txt", "pages/news/bed.txt"] {
        let shown = workspace.ok(&["show", place]);
        assert!(shown.contains("rules-file"), "{shown}");
    }
    assert!(workspace.ok(&["stats"]).contains("rules-file"));
    assert_eq!(workspace.run(&["verify"]).code, 0);
    let run = workspace.run(&["index", "--no-rules"]);
    assert!(run.stderr.contains("4 updated"), "{run:?}");
    assert_eq!((finds(&workspace, "Members of the lodge"), finds(&workspace, "Report this page")), (4, 0));
}

#[test]
fn only_pages_that_changed_rules_concern_are_read_again() {
    let workspace = pages();
    workspace.write("my.rules", "drop text \"members of the lodge enter here\" in \"news/**\"\n");
    workspace.ok(&["index", "--rules", "my.rules", "pages", "-q"]);
    let updated = |rules: &str| {
        workspace.write("my.rules", rules);
        let run = workspace.run(&["index", "--rules", "my.rules"]);
        assert_eq!(run.code, 0, "{run:?}");
        run.stderr
    };
    let comment = updated("# why\n\ndrop text \"members of the lodge enter here\" in \"news/**\"\n");
    assert!(comment.contains("nothing changed"), "{comment}");
    let one = updated("drop text \"members of the lodge enter here\" in \"lawn.txt\"\n");
    assert!(one.contains("1 updated"), "{one}");
}

#[test]
fn other_rules_reach_every_root() {
    let workspace = pages();
    workspace.write("more/pond.txt", "The pond\n\nMembers of the lodge enter here\n\nThe pond of this garden is never mown in any month.\n");
    workspace.ok(&["index", "pages", "more", "-q"]);
    workspace.write("my.rules", "drop text \"Members of the lodge enter here\"\n");
    workspace.ok(&["index", "more", "--rules", "my.rules", "-q"]);
    assert_eq!(finds(&workspace, "Members of the lodge"), 0);
}

#[test]
fn cleaning_names_the_line_of_the_rule() {
    let workspace = pages();
    workspace
        .write("my.rules", "keep regex \"^Report\"\n# lodge\ndrop part \"of the lodge \" in \"lawn.txt\"\n");
    let clean = |arguments: &[&str]| {
        workspace.ok(&[&["clean", "--rules", "my.rules"], arguments, &["pages/news/lawn.txt"]].concat())
    };
    assert!(clean(&[]).ends_with("Members enter here\n\nReport this page\n"));
    assert!(clean(&["--explain"]).contains("(rules-file: line 3 of my.rules: drop part)"));
    let spans = clean(&["--format", "spans"]);
    let dropped: Vec<serde_json::Value> = spans
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("each line is JSON"))
        .filter(|span| span["keep"] == false)
        .collect();
    assert_eq!(dropped.len(), 1, "{spans}");
    assert_eq!(dropped[0]["rule"], "rules-file");
    assert_eq!(dropped[0]["reason"], "line 3 of my.rules: drop part");
    workspace.ok(&["clean", "--rules", "my.rules", "--out", "out", "pages"]);
    let written = fs::read_to_string(workspace.path("out/news/lawn.txt")).expect("it is written");
    assert!(written.contains("Members enter here"), "{written}");
}

#[test]
fn a_mistake_in_a_rules_file_changes_nothing() {
    let workspace = pages();
    workspace.ok(&["index", "pages", "-q"]);
    let before = crate::workspace::snapshot(&workspace.path("index"));
    workspace.write("bad.rules", "drop text \"x\"\ndrop regex \"a(b\"\nhide text \"y\"\n");
    for command in [
        &["index", "--rules", "bad.rules"][..],
        &["clean", "--rules", "bad.rules", "pages"],
        &["rules", "--rules", "bad.rules"],
    ] {
        let run = workspace.run(command);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
        for said in
            ["bad.rules:2: ", "character 2", "unclosed group", "bad.rules:3: ", "\"hide\"", "drop or keep"]
        {
            assert!(run.stderr.contains(said), "{said}: {run:?}");
        }
    }
    assert_eq!(crate::workspace::snapshot(&workspace.path("index")), before);
    fs::write(workspace.path("latin.rules"), b"# one\ndrop text \"caf\xe9\"\n").expect("it can be written");
    let run = workspace.run(&["rules", "--rules", "latin.rules"]);
    assert!(run.code == 2 && run.stderr.contains("line 2 is not UTF-8"), "{run:?}");
    assert_eq!(workspace.run(&["index", "--rules", "nowhere.rules"]).code, 2);
    assert_eq!(workspace.run(&["index", "--rules", "bad.rules", "--no-clean"]).code, 2);
}

#[test]
fn rules_are_never_taken_from_the_searched_folder() {
    let workspace = pages();
    for name in ["rules", ".backsearch", "my.rules", ".rules"] {
        workspace.write(&format!("pages/{name}"), "drop text \"Members of the lodge enter here\"\n");
    }
    workspace.ok(&["index", "pages", "-q"]);
    assert!(finds(&workspace, "of this garden") == 3 && finds(&workspace, "Members of the lodge") >= 3);
}

#[test]
fn a_rules_file_is_listed_before_the_built_in_rules() {
    let workspace = Workspace::new();
    workspace.write("my.rules", "\ndrop regex \"^a\\.b$\" in \"x/**\"\n");
    let listed = workspace.ok(&["rules", "--rules", "my.rules"]);
    assert!(listed.starts_with(
        "rules-file\n  line 2 of my.rules\n  drop regex \"^a\\.b$\" in \"x/**\"\n\nrepeated-title\n"
    ));
    let json = workspace.ok(&["rules", "--json", "--rules", "my.rules"]);
    let rules: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!(rules[0]["pattern"], "^a\\.b$");
    assert_eq!(rules[0]["line"], 2);
    assert_eq!(rules[1]["name"], "repeated-title");
    assert!(workspace.ok(&["rules", "--help"]).contains("keep heading"));
}

/// Pages of a folder that share a line which no built-in rule knows, and one which it does.
fn shared(count: usize) -> Workspace {
    let workspace = Workspace::new();
    for n in 0..count {
        let page = |place: &str| {
            format!(
                "Lodge \"Zum Löwen\" of {place}\\\n\nThe lawn number {n} of this garden is mown every week from May to October.\n\nMembers of the LODGE enter here\n\nReport this page\n"
            )
        };
        workspace.write(&format!("pages/a/{n}.txt"), page("A"));
        workspace.write(&format!("pages/b/{n}.txt"), page("B"));
    }
    workspace.write(
        "pages/b/more.txt",
        "Members of the lodge enter here\n\nA garden is a place to rest and to work for everybody here.\n",
    );
    workspace
}

#[test]
fn frequent_lines_are_proposed_with_counts_and_examples() {
    let workspace = shared(4);
    let run = workspace.run(&["rules", "learn", "pages"]);
    assert_eq!(run.code, 0, "{run:?}");
    let rules: Vec<&str> = run.stdout.lines().skip(2).collect();
    assert_eq!(
        rules,
        [
            "",
            "# 4 sources of pages/a, such as pages/a/3.txt",
            "# 5 sources of pages/b, such as pages/b/3.txt",
            "drop text \"Members of the LODGE enter here\"",
            "",
            "# 4 sources of pages/a, such as pages/a/3.txt",
            "drop text \"Lodge \\\"Zum Löwen\\\" of A\\\\\"",
            "",
            "# 4 sources of pages/b, such as pages/b/3.txt",
            "drop text \"Lodge \\\"Zum Löwen\\\" of B\\\\\"",
        ]
    );
    assert!(run.stderr.contains("3 lines proposed; 2 lines as frequent left out"), "{run:?}");
    assert!(!workspace.path("index").exists(), "nothing is accepted");
    assert_eq!(workspace.ok(&["rules", "learn", "pages"]), run.stdout);
    // What is proposed is a rules file, and its rules find the lines.
    workspace.write("my.rules", &run.stdout);
    let cleaned = workspace.ok(&["clean", "--rules", "my.rules", "pages/a/0.txt"]);
    assert_eq!(cleaned, "The lawn number 0 of this garden is mown every week from May to October.\n");
    let json = workspace.ok(&["rules", "learn", "--json", "pages"]);
    let answer: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!((&answer["min_sources"], &answer["known"]), (&4.into(), &2.into()));
    assert_eq!(answer["proposals"][0]["sources"], 9);
    assert_eq!(answer["proposals"][0]["places"][1]["folder"], "pages/b");
}

#[test]
fn fewer_sources_than_asked_for_are_no_proposal() {
    let workspace = shared(3);
    let proposed = |arguments: &[&str]| {
        let all = workspace.ok(&[&["rules", "learn", "pages"], arguments].concat());
        all.lines().filter(|line| line.starts_with("drop")).count()
    };
    // Four in pages/b alone.
    assert_eq!(
        (proposed(&[]), proposed(&["--min-sources", "3"]), proposed(&["--min-sources", "5"])),
        (1, 3, 0)
    );
    assert_eq!(workspace.run(&["rules", "learn", "--min-sources", "1", "pages"]).code, 2);
    assert_eq!(workspace.run(&["rules", "learn", "nowhere"]).code, 2);
}

#[test]
fn a_page_is_shown_with_the_furniture_of_its_folder() {
    let workspace = shared(4);
    workspace.ok(&["index", "pages", "-q"]);
    assert!(workspace.ok(&["show", "pages/a/0.txt"]).contains("repeated-across-file"));
    workspace.ok(&["index", "--rebuild", "--no-clean", "-q"]);
    assert!(!workspace.ok(&["show", "pages/a/0.txt"]).contains(" - "), "nothing is dropped");
}
