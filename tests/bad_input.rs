//! Bad input: a clear message that names the file and the next step, and nothing lost that was there before.

use std::fs;

use crate::workspace::Workspace;

/// A workspace with an index of the sample corpus.
fn indexed() -> Workspace {
    let workspace = Workspace::with_corpus();
    workspace.ok(&["index", "corpus", "-q"]);
    workspace
}

fn still_answers(workspace: &Workspace) {
    assert_eq!(workspace.run(&["query", "sciatica"]).code, 0);
}

#[test]
fn files_that_hold_nothing_to_index_are_named() {
    let workspace = indexed();
    workspace.write("more/empty.txt", "");
    workspace.write("more/blank.txt", " \n\n");
    workspace.write("more/binary.dat", b"\x00\x01\x02\x03");
    workspace.write("more/paper.pdf", b"%PDF-1.7 ...");
    workspace.write("more/broken.txt", b"A sentence with a broken byte \xff in the middle of its words.\n");
    let run = workspace.run(&["index", "more"]);
    assert_eq!(run.code, 0, "{run:?}");
    for name in ["empty.txt", "blank.txt", "binary", "PDF"] {
        assert!(run.stderr.contains(name), "{name}: {run:?}");
    }
    assert_eq!(workspace.query(&["broken byte middle"])["hits"][0]["source"], "broken.txt");
    still_answers(&workspace);
}

#[test]
fn a_missing_path_is_named() {
    let workspace = indexed();
    let run = workspace.run(&["index", "nowhere/at-all"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("nowhere/at-all") && run.stderr.contains("no such file"), "{run:?}");
    still_answers(&workspace);
}

#[test]
fn fifty_megabytes_on_one_line_are_read() {
    let workspace = indexed();
    let mut line =
        "The quick brown fox jumps over the lazy dog and runs away again. ".repeat(50_000_000 / 65);
    line.push_str("xylophone");
    workspace.write("big/line.txt", &line);
    let run = workspace.run(&["index", "big"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(workspace.query(&["xylophone"])["hits"].as_array().map(Vec::len), Some(1));
}

#[test]
fn an_index_of_another_version_names_the_command_to_run() {
    let workspace = indexed();
    let meta = workspace.path("index/meta.json");
    let text = fs::read_to_string(&meta).expect("the index has one");
    let format = |number: u32| format!("\\\"format\\\":{number}");
    assert!(text.contains(&format(backsearch::index::FORMAT)));
    let other = text.replace(&format(backsearch::index::FORMAT), &format(99));
    // What another version packs otherwise, this one may not even be built to open.
    let packed_otherwise = other.replace("lz4", "zstd");
    assert!(packed_otherwise != other);
    for meta_of_another in [other, packed_otherwise] {
        fs::write(&meta, meta_of_another).expect("it can be written");
        for command in [&["query", "sciatica"][..], &["stats"], &["index"]] {
            let run = workspace.run(command);
            assert_eq!(run.code, 2, "{run:?}");
            assert!(
                run.stderr.contains("another version") && run.stderr.contains("backsearch index --rebuild"),
                "{run:?}"
            );
        }
    }
    workspace.ok(&["index", "--rebuild", "corpus", "-q"]);
    still_answers(&workspace);
}

#[test]
fn a_folder_that_is_something_else_is_left_alone() {
    let workspace = Workspace::with_corpus();
    workspace.write("mine/letter.txt", "Dear reader");
    for command in [
        &["index", "--index", "mine", "corpus"][..],
        &["index", "--rebuild", "--index", "mine", "corpus"],
        &["query", "--index", "mine", "x"],
    ] {
        let run = workspace.run(command);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.contains("mine"), "{run:?}");
    }
    assert_eq!(fs::read_to_string(workspace.path("mine/letter.txt")).ok().as_deref(), Some("Dear reader"));
    assert_eq!(fs::read_dir(workspace.path("mine")).expect("it is there").count(), 1);
}

#[test]
fn a_damaged_index_says_so() {
    let workspace = indexed();
    fs::write(workspace.path("index/meta.json"), "{").expect("it can be written");
    let run = workspace.run(&["query", "sciatica"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("index") && run.stderr.contains("--rebuild"), "{run:?}");
    workspace.ok(&["index", "--rebuild", "corpus", "-q"]);
    still_answers(&workspace);
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_named_and_strict_makes_it_an_error() {
    use std::os::unix::fs::PermissionsExt;
    let workspace = indexed();
    workspace.write("more/locked.txt", "secret");
    workspace.write("more/open.txt", "The lawn of this garden is mown every week from May to October.\n");
    let locked = workspace.path("more/locked.txt");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).expect("the owner can do that");
    if fs::read(&locked).is_ok() {
        // The superuser reads everything; there is nothing to see then.
        return;
    }
    let run = workspace.run(&["index", "more"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("locked.txt") && run.stderr.contains("permission denied"), "{run:?}");
    assert_eq!(workspace.run(&["index", "--strict"]).code, 2);
    still_answers(&workspace);
}

#[cfg(unix)]
#[test]
fn an_index_folder_that_cannot_be_written_to_is_named_at_once() {
    use std::os::unix::fs::PermissionsExt;
    let workspace = indexed();
    workspace.write("more/a.txt", "The lawn of this garden is mown every week from May to October.\n");
    for lock in [true, false] {
        let index = workspace.path("index");
        if !lock {
            fs::remove_file(index.join(".tantivy-writer.lock")).expect("it is there");
        }
        let mode =
            |mode| fs::set_permissions(&index, fs::Permissions::from_mode(mode)).expect("the owner can");
        mode(0o555);
        // The superuser writes everywhere; there is nothing to see then.
        let writable = fs::write(index.join(".tmp"), "").is_ok();
        let run = workspace.run(&["index", "--wait", "30", "more"]);
        mode(0o755);
        if !writable {
            assert_eq!(run.code, 2, "{run:?}");
            assert!(
                run.stderr.contains("cannot write to the index folder index: permission denied"),
                "{run:?}"
            );
        }
    }
    still_answers(&workspace);
}

#[test]
fn strict_is_as_strict_on_files_that_have_not_changed() {
    let workspace = Workspace::new();
    workspace.write("pages/a.jsonl", "{\"text\": \"The heron stands in the pond.\"}\n{broken\n7\n");
    workspace.write("pages/b.txt", "The lawn of this garden is mown every week from May to October.\n");
    for arguments in [&["index", "--strict", "pages"][..], &["index", "--strict"]] {
        let run = workspace.run(arguments);
        assert!(run.code == 2 && run.stderr.contains("skipped line 2 of pages/a.jsonl"), "{run:?}");
        let third = "skipped line 3 of pages/a.jsonl: invalid type: integer `7`, expected an object with a text at column 1";
        assert!(run.stderr.contains(third), "{run:?}");
    }
    assert_eq!(workspace.run(&["index"]).code, 0);
    workspace.write("pages/a.jsonl", "{\"text\": \"The heron stands in the pond.\"}\n");
    assert_eq!(workspace.run(&["index", "--strict"]).code, 0);
}

#[test]
fn what_was_too_large_is_read_when_the_limit_is_raised() {
    let workspace = Workspace::new();
    let long = "The heron stands in the pond. ".repeat(100);
    let record = |text: &str| {
        format!(
            "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{text}\r\n\r\n",
            text.len()
        )
    };
    workspace
        .write("pages/a.jsonl", format!("{{\"text\": \"{long}\"}}\n{{\"text\": \"The lawn is mown.\"}}\n"));
    workspace.write("pages/b.warc", [record(&long), record("The lawn is dry.")].concat());
    workspace.write("pages/c.txt", long);
    let herons = || workspace.query(&["--all", "heron"])["total"]["value"].as_u64();
    let run = workspace.run(&["index", "--max-document", "1K", "pages"]);
    assert_eq!(run.stderr.matches("raise --max-document to read it").count(), 3, "{run:?}");
    assert_eq!(herons(), Some(0));
    // Under the same limit, archives are not read again.
    let run = workspace.run(&["index", "--max-document", "1K"]);
    assert!(run.stderr.contains("nothing changed"), "{run:?}");
    assert_eq!(run.stderr.matches("raise --max-document to read it").count(), 3, "{run:?}");
    let run = workspace.run(&["index"]);
    assert!(run.stderr.contains("1 added, 2 updated ("), "{run:?}");
    assert!(herons() >= Some(3), "{:?}", herons());
    assert!(workspace.run(&["index"]).stderr.contains("nothing changed"));
}

#[test]
fn of_many_bad_records_the_first_are_named_and_all_are_counted() {
    let workspace = Workspace::new();
    workspace.write("pages/a.jsonl", format!("{{\"text\": \"The heron.\"}}\n{}", "{broken\n".repeat(5000)));
    let run = workspace.run(&["index", "--strict", "pages"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("4,980 more; -v names the first thousand"), "{run:?}");
    let run = workspace.run(&["index", "-v", "--rebuild", "pages"]);
    assert_eq!((run.code, run.stderr.matches("skipped line ").count()), (0, 1000));
    assert!(run.stderr.contains("backsearch: 4,000 more\n"), "{run:?}");
    let run = workspace.run(&["clean", "pages/a.jsonl"]);
    assert!(run.stderr.contains("4,000 more of pages/a.jsonl"), "{run:?}");
}

#[test]
fn hostile_pages_are_read() {
    let workspace = Workspace::new();
    workspace.write(
        "pages/deep.html",
        format!("{}<p>The bottom of the well is reached.", "<div><b>".repeat(3000)),
    );
    workspace.write(
        "pages/attributes.html",
        format!("<p {}>A sentence with many attributes stands here.", "a=b ".repeat(20_000)),
    );
    workspace.write("pages/open.html", "<p>A page <a href='x <b>that <!-- never <script> ends");
    workspace.write(
        "pages/table.html",
        "<table><tr><td>A cell &amp; <table>text moved <tr><td>Another cell stands in the row here.",
    );
    let run = workspace.run(&["index", "pages"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(workspace.query(&["bottom well"])["hits"][0]["source"], "deep.html");
    assert!(workspace.ok(&["verify"]).contains("0 problems"));
}

#[test]
fn an_identifier_may_hold_a_number_sign() {
    let workspace = Workspace::new();
    workspace.write("pages/a.jsonl", "{\"_id\": \"b#c\", \"text\": \"The heron stands in the pond.\"}\n");
    workspace.ok(&["index", "pages", "-q"]);
    let answer = workspace.query(&["heron"]);
    assert_eq!(answer["hits"][0]["source"], "a.jsonl#b#c");
    assert_eq!(answer["hits"][0]["changed"], false, "{answer}");
    assert!(workspace.ok(&["show", "a.jsonl#b#c"]).contains("heron"));
    assert!(workspace.ok(&["show", "pages/a.jsonl#b#c"]).contains("heron"));
}
