//! Keeping an index: who writes it, whether it is sound, repairing and compacting it.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;
use std::time::Duration;

use crate::workspace::Workspace;

const LAWN: &str = "The lawn of this garden is mown every week from May to October.\n";

#[test]
fn a_second_writer_says_who_holds_the_lock() {
    let workspace = Workspace::new();
    workspace.write("pages/a.txt", LAWN);
    workspace.ok(&["index", "pages", "-q"]);
    let writer = workspace.hold();
    let run = workspace.run(&["index", "--wait", "0", "pages"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains(&format!("process {} on ", std::process::id())), "{run:?}");
    assert!(run.stderr.contains(" since 20") && run.stderr.contains(" UTC"), "{run:?}");
    // Readers never wait.
    assert_eq!(workspace.query(&["lawn"])["hits"].as_array().map(Vec::len), Some(1));
    writer.close(&mut |_| ()).expect("nothing is being merged");
    // One that waits says for whom, and goes on when the other is done.
    let repair = ["verify", "--repair"];
    for arguments in [&["index", "pages"][..], &["compact"], &repair, &["index", "--forget", "pages"]] {
        if arguments == repair {
            write_with_time_of(&workspace, "pages/a.txt", &LAWN.replace("garden", "meadow"));
        }
        let writer = workspace.hold();
        let mut command = workspace.command(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut waiting = command.spawn().expect("it starts");
        let mut told = String::new();
        let mut stderr = BufReader::new(waiting.stderr.take().expect("it is piped"));
        let waits = format!("waiting: process {} on ", std::process::id());
        // It ends if the program does, which it must not while the index is held.
        while !told.contains(&waits) {
            assert_ne!(stderr.read_line(&mut told).expect("it can be read"), 0, "{arguments:?}: {told}");
        }
        assert!(waiting.try_wait().expect("it can be asked").is_none(), "{arguments:?}");
        writer.close(&mut |_| ()).expect("nothing is being merged");
        stderr.read_to_string(&mut told).expect("it can be read");
        assert!(waiting.wait().expect("it ends").success(), "{arguments:?}: {told}");
    }
}

#[test]
fn commands_that_are_told_are_for_the_index_that_was_named() {
    let workspace = Workspace::new();
    workspace.write("other index/meta.json", "{");
    workspace.write("other index/.managed.json", "[]");
    let run = workspace.run(&["query", "--index", "other index", "lawn"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("`backsearch index --rebuild --index 'other index'`"), "{run:?}");
    let run = workspace.command(&["query", "lawn"]).env("BACKSEARCH_INDEX", "other index").output();
    let stderr = String::from_utf8_lossy(&run.expect("it runs").stderr).into_owned();
    assert!(stderr.contains("`backsearch index --rebuild`"), "{stderr}");
}

#[test]
fn the_lock_of_a_dead_writer_is_taken_over() {
    let workspace = Workspace::new();
    for number in 0..200 {
        workspace.write(&format!("pages/{number}.txt"), format!("{LAWN}\nPage {number}.\n"));
    }
    let mut child = workspace
        .command(&["index", "--commit-every", "0", "-q", "pages"])
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let lock = workspace.path("index/.tantivy-writer.lock");
    for _ in 0..500 {
        if fs::read(&lock).is_ok_and(|owner| !owner.is_empty()) {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it is gone");
    let owner = fs::read_to_string(&lock).expect("the lock's file is left");
    assert!(owner.contains(&format!("\"pid\":{}", child.id())), "{owner}");
    workspace.ok(&["index", "--wait", "0", "-q", "pages"]);
}

#[test]
fn what_is_wrong_is_found_and_repaired() {
    let workspace = Workspace::new();
    workspace.write("pages/a.txt", LAWN);
    workspace.write("pages/b.txt", "The hedge of this garden is cut once a year, in late summer.\n");
    workspace.ok(&["index", "pages", "-q"]);
    assert_eq!(workspace.run(&["verify"]).code, 0);
    // A change that neither size nor time tells.
    write_with_time_of(&workspace, "pages/a.txt", &LAWN.replace("lawn", "pond"));
    assert!(workspace.run(&["index"]).stderr.contains("nothing changed"));
    let found = workspace.run(&["verify", "--json"]);
    assert_eq!(found.code, 1, "{found:?}");
    let findings: serde_json::Value = serde_json::from_str(&found.stdout).expect("it is JSON");
    assert_eq!(findings["sound"], false);
    assert_eq!(findings["problems"][0]["source"], "a.txt");
    assert_eq!(findings["in_place"], 1);
    let repaired = workspace.run(&["verify", "--repair"]);
    assert_eq!(repaired.code, 0, "{repaired:?}");
    assert!(repaired.stdout.contains("1 source read again"), "{repaired:?}");
    assert_eq!(workspace.query(&["pond"])["hits"].as_array().map(Vec::len), Some(1));
    let sound: serde_json::Value =
        serde_json::from_str(&workspace.ok(&["verify", "--json"])).expect("it is JSON");
    assert_eq!((&sound["sound"], &sound["in_place"]), (&true.into(), &2.into()));
    // A source that has changed in the open is stale, which is no problem of the index.
    workspace.write("pages/b.txt", "Something else.\n");
    let stale = workspace.run(&["verify"]);
    assert_eq!(stale.code, 0, "{stale:?}");
    assert!(stale.stderr.contains("changed since indexed") && stale.stderr.contains("b.txt"), "{stale:?}");
}

#[test]
fn a_damaged_file_is_named_and_the_index_made_again_if_its_sources_are_there() {
    let workspace = Workspace::new();
    workspace.write("pages/a.txt", LAWN);
    workspace.ok(&["index", "pages", "-q"]);
    let stores = fs::read_dir(workspace.path("index")).expect("it is there").flatten();
    let store = stores
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "store"))
        .expect("texts are stored");
    let mut bytes = fs::read(&store).expect("it can be read");
    bytes[0] ^= 0xff;
    fs::write(&store, &bytes).expect("it can be written");
    let found = workspace.run(&["verify"]);
    assert_eq!(found.code, 1, "{found:?}");
    assert!(found.stdout.contains(".store is damaged"), "{found:?}");
    fs::remove_file(&store).expect("it is there");
    assert_eq!(workspace.run(&["verify"]).code, 1);
    fs::rename(workspace.path("pages"), workspace.path("elsewhere")).expect("it can be moved");
    let refused = workspace.run(&["verify", "--repair"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("pages cannot be read again"), "{refused:?}");
    fs::rename(workspace.path("elsewhere"), workspace.path("pages")).expect("it can be moved");
    // What it was made of is remembered.
    assert_eq!(workspace.run(&["verify", "--repair"]).code, 0);
    assert_eq!(workspace.run(&["verify"]).code, 0);
    assert!(workspace.ok(&["stats"]).contains("1 source"));
}

/// Writes a file that keeps the time of the one before.
fn write_with_time_of(workspace: &Workspace, name: &str, text: &str) {
    let path = workspace.path(name);
    let modified = fs::metadata(&path).and_then(|metadata| metadata.modified()).expect("it is there");
    workspace.write(name, text);
    let file = fs::File::options().write(true).open(&path).expect("it is there");
    file.set_modified(modified).expect("its time can be set");
}

#[test]
fn content_tells_what_size_and_time_do_not() {
    let texts =
        [("a.txt", LAWN), ("b.md", "# Garten\n\nDas *Gras* ist grün im Mai und braun im Dezember.\n")];
    let workspace = Workspace::new();
    for (name, text) in texts {
        workspace.write(&format!("pages/{name}"), text);
    }
    workspace.ok(&["index", "pages", "-q"]);
    let ways: [&[&str]; 3] =
        [&["query", "lawn", "--cite"], &["query", "lawn", "--format", "vimgrep"], &["show", "pages/a.txt:1"]];
    let told = |way: &&[&str]| workspace.run(way).stderr.contains("a.txt has changed since");
    // The same, written again.
    std::thread::sleep(std::time::Duration::from_millis(20));
    workspace.write("pages/a.txt", LAWN);
    assert!(!ways.iter().any(told));
    // Who reads the text in the answer is sent nowhere, so that size and time will do.
    assert_eq!(workspace.query(&["lawn"])["hits"][0]["changed"], true);
    let verified = workspace.run(&["verify"]);
    assert!(verified.code == 0 && verified.stdout.contains("0 sources changed"), "{verified:?}");
    // Something else of the same size and time.
    for (name, text) in texts {
        let name = format!("pages/{name}");
        write_with_time_of(&workspace, &name, &text.replace("Mai", "Eis").replace("lawn", "pond"));
    }
    workspace.ok(&["index", "-q"]);
    workspace.write("pages/a.txt", LAWN);
    workspace.ok(&["index", "-q"]);
    write_with_time_of(&workspace, "pages/a.txt", &LAWN.replace("lawn", "pond"));
    assert!(ways.iter().all(told));
    let found: serde_json::Value =
        serde_json::from_str(&workspace.run(&["verify", "--json"]).stdout).expect("it is JSON");
    let wrong: Vec<&str> = found["problems"]
        .as_array()
        .expect("it is one")
        .iter()
        .filter_map(|own| own["source"].as_str())
        .collect();
    assert_eq!(wrong, ["a.txt", "b.md"]);
    assert_eq!(workspace.run(&["verify", "--repair"]).code, 0);
    assert_eq!(workspace.query(&["pond"])["hits"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_source_whose_text_is_gone_is_gone() {
    let workspace = Workspace::new();
    workspace.write("pages/a.txt", LAWN);
    workspace.write("pages/b.txt", LAWN);
    workspace.ok(&["index", "pages", "-q"]);
    workspace.write("pages/b.txt", "");
    for arguments in [&["index", "--dry-run"][..], &["index"]] {
        let run = workspace.run(arguments);
        assert!(run.stderr.contains("1 removed"), "{arguments:?} {run:?}");
    }
    assert!(workspace.run(&["index"]).stderr.contains("nothing changed: 1 source"));
}

#[test]
fn an_index_without_tantivys_list_of_its_files_stays() {
    let workspace = Workspace::new();
    workspace.write("pages/a.txt", LAWN);
    workspace.ok(&["index", "pages", "-q"]);
    let list = workspace.path("index/.managed.json");
    fs::write(&list, "[]").expect("it can be written");
    workspace.ok(&["index", "-q"]);
    assert_eq!(workspace.run(&["verify"]).code, 0);
    fs::remove_file(&list).expect("it is there");
    workspace.write("pages/b.txt", "The hedge of this garden is cut once a year, in late summer.\n");
    workspace.ok(&["index", "-q"]);
    assert_eq!(workspace.run(&["verify"]).code, 0);
    assert_eq!(workspace.query(&["lawn"])["hits"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_reader_does_not_wait_for_a_writer_that_was_stopped_while_it_removed_files() {
    let workspace = Workspace::new();
    workspace.write("pages/a.txt", LAWN);
    workspace.ok(&["index", "pages", "-q"]);
    let lock = fs::File::options().write(true).open(workspace.path("index/.tantivy-meta.lock"));
    let lock = lock.expect("it is there");
    lock.lock().expect("nobody has it");
    assert_eq!(workspace.query(&["lawn"])["hits"].as_array().map(Vec::len), Some(1));
    drop(lock);
}

#[test]
fn another_file_of_the_name_of_a_source_is_shown_with_a_note() {
    let workspace = Workspace::new();
    workspace.write("pages/a.txt", LAWN);
    workspace.write("a.txt", "Nothing of this is indexed.\n");
    workspace.ok(&["index", "pages", "-q"]);
    let shown = workspace.run(&["show", "a.txt:1"]);
    assert!(
        shown.stderr.contains("the index knows another a.txt") && shown.stdout.contains("Nothing"),
        "{shown:?}"
    );
    assert!(!workspace.run(&["show", "pages/a.txt:1"]).stderr.contains("another"));
}

#[test]
fn who_is_sent_to_a_place_that_has_changed_since_is_told() {
    let workspace = Workspace::new();
    workspace.write("pages/a.txt", LAWN);
    workspace.ok(&["index", "pages", "-q"]);
    let told = |arguments: &[&str]| workspace.run(arguments).stderr.contains("a.txt has changed since");
    let ways: [&[&str]; 3] =
        [&["query", "lawn", "--cite"], &["query", "lawn", "--format", "vimgrep"], &["show", "pages/a.txt:1"]];
    assert!(ways.iter().all(|way| !told(way)));
    workspace.write("pages/a.txt", format!("A new line.\n\n{LAWN}"));
    for way in ways {
        assert!(told(way), "{way:?}");
    }
}

#[test]
fn an_index_that_forgot_what_it_was_made_of_is_made_again_of_what_is_named() {
    let workspace = Workspace::with_corpus();
    workspace.write("pages/a.txt", LAWN);
    for break_it in [
        &|meta: &std::path::Path| fs::write(meta, "").expect("it can be written") as _,
        &|meta: &std::path::Path| fs::remove_file(meta).expect("it is there"),
    ] as [&dyn Fn(&std::path::Path); 2]
    {
        workspace.ok(&["index", "pages", "-q"]);
        break_it(&workspace.path("index/meta.json"));
        for command in [&["query", "lawn"][..], &["verify"], &["index"]] {
            let run = workspace.run(command);
            assert!(run.code == 2 && run.stderr.contains("`backsearch index --rebuild"), "{run:?}");
        }
        // The folder that is indexed when nothing is named is not what was asked for.
        let run = workspace.run(&["index", "--rebuild"]);
        assert!(run.code == 2 && run.stderr.contains("`backsearch index --rebuild PATH`"), "{run:?}");
        workspace.ok(&["index", "--rebuild", "pages", "-q"]);
        assert_eq!(workspace.query(&["lawn"])["total"]["value"], 1);
        assert_eq!(workspace.run(&["verify"]).code, 0);
    }
}

#[test]
fn text_of_two_bytes_a_letter_is_where_it_says() {
    let workspace = Workspace::new();
    let text = LAWN.encode_utf16().flat_map(u16::to_le_bytes);
    workspace.write("pages/a.txt", [0xff, 0xfe].into_iter().chain(text).collect::<Vec<u8>>());
    workspace.ok(&["index", "pages", "-q"]);
    assert_eq!(workspace.query(&["lawn"])["total"]["value"], 1);
    let verified = workspace.run(&["verify"]);
    assert!(verified.code == 0 && verified.stdout.starts_with("1 passage in place"), "{verified:?}");
}

#[test]
fn compacting_leaves_one_segment_and_nothing_else() {
    let workspace = Workspace::new();
    for number in 0..5 {
        workspace.write(&format!("pages/{number}.txt"), LAWN.replace("lawn", &format!("lawn {number}")));
        workspace.ok(&["index", "pages", "-q"]);
    }
    fs::remove_file(workspace.path("pages/3.txt")).expect("it is there");
    workspace.ok(&["index", "-q"]);
    workspace.write("index/.tmpAb12", "left by a killed writer");
    workspace.write("index/0123456789abcdef0123456789abcdef.store", "named by no commit");
    let answer = |workspace: &Workspace| workspace.query(&["--all", "lawn"])["hits"].clone();
    let before = answer(&workspace);
    assert_eq!(before.as_array().map(Vec::len), Some(4));
    let run = workspace.run(&["compact"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("in 1 segment"), "{run:?}");
    assert_eq!(answer(&workspace), before);
    let stats: serde_json::Value =
        serde_json::from_str(&workspace.ok(&["stats", "--json"])).expect("it is JSON");
    assert_eq!((&stats["segments"], &stats["deleted_documents"]), (&1.into(), &0.into()));
    assert_eq!(stats["read_bytes"], 4 * (LAWN.len() + 2));
    let names: Vec<String> = fs::read_dir(workspace.path("index"))
        .expect("it is there")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert!(
        !names.iter().any(|name| name.starts_with(".tmp") || name.starts_with("0123456789")),
        "{names:?}"
    );
    let stems: std::collections::BTreeSet<&str> =
        names.iter().filter(|name| name.len() > 32).filter_map(|name| name.split('.').next()).collect();
    assert_eq!(stems.len(), 1, "{names:?}");
    assert_eq!(workspace.run(&["verify"]).code, 0);
    let again = workspace.run(&["compact"]);
    assert_eq!(again.code, 0, "{again:?}");
}

#[test]
fn what_is_left_of_a_segment_that_is_mostly_deleted_is_written_anew() {
    let workspace = Workspace::new();
    let write = |number: u32, of: &str| {
        workspace
            .write(&format!("pages/{number}.txt"), LAWN.replace("lawn", &format!("lawn {number} of {of}")));
    };
    for number in 0..8 {
        write(number, "May");
    }
    workspace.ok(&["index", "pages", "-q"]);
    let deleted = |workspace: &Workspace| {
        let stats = workspace.ok(&["stats", "--json"]);
        let stats: serde_json::Value = serde_json::from_str(&stats).expect("it is JSON");
        stats["deleted_documents"].as_u64()
    };
    for number in 0..3 {
        write(number, "June");
    }
    workspace.ok(&["index", "-q"]);
    assert!(deleted(&workspace) > Some(0), "most of the segment is still there");
    for number in 3..6 {
        write(number, "June");
    }
    workspace.ok(&["index", "-q"]);
    assert_eq!(deleted(&workspace), Some(0));
    assert_eq!(workspace.query(&["--all", "lawn"])["hits"].as_array().map(Vec::len), Some(8));
}

#[test]
fn an_answer_of_a_batch_names_its_query() {
    let workspace = Workspace::new();
    workspace.write("pages/a.txt", LAWN);
    workspace.write(
        "queries.jsonl",
        "{\"_id\": \"q1\", \"text\": \"lawn\"}\n{\"_id\": \"q2\", \"text\": \"zebra\"}\n",
    );
    workspace.ok(&["index", "pages", "-q"]);
    let ids = |format: &str| -> Vec<serde_json::Value> {
        let out = workspace.ok(&["query", "--batch", "queries.jsonl", "--format", format]);
        out.lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("each line is JSON"))
            .map(|line| line["query_id"].clone())
            .collect()
    };
    assert_eq!(ids("json"), ["q1", "q2"]);
    assert_eq!(ids("jsonl"), ["q1"]);
}

#[test]
fn repeated_identifiers_are_named_once() {
    let workspace = Workspace::new();
    let line = |id: &str| format!("{{\"_id\": \"{id}\", \"text\": \"The lawn is mown by {id}.\"}}\n");
    workspace.write("a.jsonl", [line("x"), line("y"), line("x"), line("x")].concat());
    let run = workspace.run(&["index", "a.jsonl"]);
    assert_eq!(run.code, 0, "{run:?}");
    let told = "2 lines with an identifier that was there before, such as x";
    assert_eq!(run.stderr.matches(told).count(), 1, "{run:?}");
    // Each of the lines stands where it says.
    let sound = workspace.run(&["verify"]);
    assert!(sound.code == 0 && sound.stdout.starts_with("4 passages in place"), "{sound:?}");
}

#[test]
fn containers_give_the_dates_that_documents_lack() {
    let workspace = Workspace::new();
    workspace.write("a.jsonl", "{\"_id\": \"1\", \"text\": \"The lawn is mown.\", \"date\": \"2020-05-01T10:00:00Z\"}\n{\"_id\": \"2\", \"text\": \"The lawn is dry.\", \"date\": 7}\n");
    workspace.write(
        "b.warc",
        "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Date: 2021-07-02T00:00:00Z\r\nContent-Type: text/plain\r\nContent-Length: 25\r\n\r\nThe lawn is green in May.\r\n\r\n",
    );
    workspace.ok(&["index", "--no-clean", "a.jsonl", "b.warc", "-q"]);
    let dated = |dates: &str| workspace.query(&["--date", dates, "lawn"])["hits"].as_array().map(Vec::len);
    assert_eq!(dated("2020-05-01"), Some(1));
    assert_eq!(dated("2021..2022"), Some(1));
    assert_eq!(dated("2000..2030"), Some(2));
}

#[test]
fn every_record_of_an_archive_counts() {
    let workspace = Workspace::new();
    let line = |host: &str, text: &str| format!("{{\"url\": \"https://{host}/x\", \"text\": \"{text}\"}}\n");
    let german = "Der Rasen in diesem Garten wird von Mai bis Oktober jede Woche einmal gemäht, und die Hecke wird im späten Sommer geschnitten, wenn die Vögel nicht mehr darin brüten. Der Teich ist nicht tief, aber er friert auch im Winter nicht bis auf den Grund, sodass die Fische darin bleiben können.";
    let lines = [line("one.org", LAWN.trim()), line("two.org", german), line("www.two.org", german)];
    workspace.write("pages/a.jsonl", lines.concat());
    workspace.write("pages/b.txt", LAWN);
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<h1>Lawn</h1><p>The lawn is mown in May.";
    let record = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://two.org/\r\nContent-Length: {}\r\n\r\n{page}\r\n\r\n",
        page.len()
    );
    workspace.write("pages/c.warc", record.repeat(2));
    workspace.ok(&["index", "pages", "-q"]);
    let stats: serde_json::Value =
        serde_json::from_str(&workspace.ok(&["stats", "--json"])).expect("it is JSON");
    assert_eq!(stats["sites"], serde_json::json!({"one.org": 1, "two.org": 4}), "{stats}");
    assert_eq!(stats["languages"]["de"], 2, "{stats}");
    assert_eq!(stats["formats"], serde_json::json!({"text": 4, "html": 2}), "{stats}");
    let types: u64 =
        stats["page_types"].as_object().into_iter().flatten().filter_map(|(_, n)| n.as_u64()).sum();
    assert_eq!(types, 2, "{stats}");
    assert_eq!(stats["sources"], 3);
}

#[test]
fn a_root_is_read_as_the_format_that_it_was_indexed_with() {
    let workspace = Workspace::new();
    // By itself, this is a web page.
    let page = "<p>The lawn of this garden is mown every week, and the <b>pond</b> is filled in May.\n";
    workspace.write("pages/a.txt", page);
    workspace.ok(&["index", "--format", "text", "pages", "-q"]);
    let text = || workspace.query(&["lawn"])["hits"][0]["text"].to_string();
    assert!(text().contains("<b>"), "{}", text());
    let verified = workspace.run(&["verify"]);
    assert!(verified.code == 0 && verified.stdout.starts_with("1 passage in place"), "{verified:?}");
    for name in ["a.txt", "pages/a.txt"] {
        assert!(workspace.ok(&["show", name]).contains("<b>pond</b>"), "{name}");
    }
    assert!(workspace.run(&["index"]).stderr.contains("nothing changed"));
    // Another format makes other passages of a file that has not changed.
    workspace.ok(&["index", "--format", "html", "pages", "-q"]);
    assert!(!text().contains("<b>"), "{}", text());
}

#[test]
fn standard_input_is_never_said_to_have_changed() {
    let workspace = Workspace::new();
    workspace.write("piped.txt", LAWN);
    let piped = fs::File::open(workspace.path("piped.txt")).expect("it was written");
    let output = workspace.command(&["index", "-"]).stdin(piped).output().expect("it runs");
    assert!(output.status.success(), "{output:?}");
    let answer = workspace.query(&["lawn"]);
    assert_eq!(answer["hits"].as_array().map(Vec::len), Some(1));
    assert_ne!(answer["hits"][0]["changed"], true, "{answer}");
    assert!(!workspace.ok(&["query", "lawn"]).contains("changed since"));
    let verified = workspace.ok(&["verify"]);
    assert!(verified.contains("1 passage of standard input not to be seen again, 0 sources"), "{verified}");
}
