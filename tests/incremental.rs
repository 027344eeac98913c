//! Runs one after the other: what changes is read again, and the result is that of a fresh index.

use std::fs;
use std::io::Write;
use std::time::Duration;

use backsearch::index::open;
use backsearch::ingest::{self, Event, Options};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::workspace::{Workspace, snapshot};

/// Everything an index answers: ids, texts, scores and places of all hits of some queries.
fn answers(workspace: &Workspace, index: &str) -> Vec<String> {
    ["pain", "back running", "garden", "\"lower back\"", "lawn -pain"]
        .iter()
        .map(|query| {
            let run = workspace
                .run(&["query", "--index", index, "--format", "jsonl", "--all", "-n", "1000", "--", query]);
            run.stdout
        })
        .collect()
}

/// Bytes that each rule has dropped.
fn dropped_by_rule(workspace: &Workspace, index: &str) -> serde_json::Value {
    let stats = workspace.ok(&["stats", "--json", "--index", index]);
    serde_json::from_str::<serde_json::Value>(&stats).expect("it is JSON")["dropped_by_rule"].clone()
}

#[test]
fn indexing_twice_changes_nothing_and_says_so() {
    let workspace = Workspace::with_corpus();
    workspace.ok(&["index", "corpus"]);
    let before = snapshot(&workspace.path("index"));
    let run = workspace.run(&["index"]);
    assert!(run.stderr.contains("nothing changed"), "{run:?}");
    let after = snapshot(&workspace.path("index"));
    let names = |files: &[(std::path::PathBuf, Vec<u8>)]| {
        files
            .iter()
            .filter(|(path, _)| !path.to_string_lossy().ends_with(".lock"))
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&before), names(&after));
}

#[test]
fn any_number_of_threads_gives_the_same_ranking() {
    let workspace = Workspace::with_corpus();
    for threads in ["1", "2", "7"] {
        workspace.ok(&["index", "--index", threads, "--threads", threads, "corpus", "-q"]);
    }
    let one = answers(&workspace, "1");
    assert!(one[0].lines().count() > 10);
    assert_eq!(one, answers(&workspace, "2"));
    assert_eq!(one, answers(&workspace, "7"));
}

#[test]
fn an_incremental_run_ends_where_a_fresh_one_does() {
    let workspace = Workspace::with_corpus();
    let page = |n: usize| {
        format!(
            "Garden club of Milltown\n\nPage {n}\n\nThe lawn number {n} of this garden is mown every week from May to October.\n\nMilltown garden club members only\n"
        )
    };
    let web_page = |n: usize| {
        format!(
            "<main><p>Walks of the Milltown garden club</p><h1>Walk {n}</h1><p>The lawn of garden number {n} is where the walk \
             begins in every week from May to October.</p></main>"
        )
    };
    let write = |pages: std::ops::Range<usize>| {
        for n in pages {
            workspace.write(&format!("pages/{n}.txt"), page(n));
            workspace.write(&format!("pages/{n}.html"), web_page(n));
        }
    };
    write(0..3);
    workspace.ok(&["index", "--index", "steps", "corpus", "-q"]);
    workspace.ok(&["index", "--index", "steps", "pages", "-q"]);
    // More pages make the lines that all of them share furniture, in those indexed before as well.
    write(3..7);
    workspace.ok(&["index", "--index", "steps", "-q"]);
    let furniture = workspace.query(&["--index", "steps", "--", "\"members only\""]);
    assert!(
        furniture["advice"]["relaxed"] == true || furniture["hits"] == serde_json::json!([]),
        "{furniture}"
    );
    fs::remove_file(workspace.path("corpus/001_83a03ad2d75644bf.txt")).expect("it is there");
    workspace.write(
        "corpus/003_4a7ade914e488c64.txt",
        "A new text about the lawn stands where the old one stood before.\n",
    );
    workspace.ok(&["index", "--index", "steps", "-q"]);
    workspace.ok(&["index", "--index", "fresh", "corpus", "pages", "-q"]);
    assert_eq!(answers(&workspace, "steps"), answers(&workspace, "fresh"));
    // So is what each rule has dropped.
    let dropped = |index: &str| dropped_by_rule(&workspace, index);
    assert!(dropped("fresh")["repeated-across-files"].as_u64() > Some(0), "{}", dropped("fresh"));
    assert_eq!(dropped("steps"), dropped("fresh"));
    // What a first run labels again goes where the rest went, unless that is committed already.
    workspace.ok(&["index", "--index", "committed", "--commit-every", "0", "corpus", "pages", "-q"]);
    assert_eq!(answers(&workspace, "committed"), answers(&workspace, "fresh"));
    let segments = |index: &str| {
        let stats = workspace.ok(&["stats", "--json", "--index", index]);
        serde_json::from_str::<serde_json::Value>(&stats).expect("it is JSON")["segments"].as_u64()
    };
    assert_eq!(segments("fresh"), Some(1));
    assert!(segments("committed") > Some(1));
    for index in ["fresh", "committed", "steps"] {
        assert_eq!(workspace.run(&["verify", "--index", index]).code, 0, "{index}");
    }
    // And back: with the pages gone, nothing of them is left.
    for file in (3..7).flat_map(|n| [format!("pages/{n}.txt"), format!("pages/{n}.html")]) {
        fs::remove_file(workspace.path(&file)).expect("it is there");
    }
    workspace.ok(&["index", "--index", "steps", "-q"]);
    workspace.ok(&["index", "--index", "again", "corpus", "pages", "-q"]);
    assert_eq!(answers(&workspace, "steps"), answers(&workspace, "again"));
}

#[test]
fn what_becomes_furniture_before_a_shared_line_that_stays_concerns_its_page() {
    let workspace = Workspace::new();
    let (menu, motto) = ("Milltown Garden Club home", "Walks of the Milltown garden club");
    let page = |n: usize, menu: &str, motto: &str| {
        format!(
            "<nav>{menu}</nav><main><p>{motto}</p><h1>Walk {n}</h1><p>The lawn of garden number {n} is where the walk begins in \
             every week from May to October.</p></main>"
        )
    };
    let dropped = |index: &str| dropped_by_rule(&workspace, index);
    for n in 0..3 {
        workspace.write(&format!("pages/{n}.html"), page(n, menu, motto));
    }
    workspace.write("pages/3.html", page(3, "", motto));
    workspace.ok(&["index", "--index", "steps", "pages", "-q"]);
    let before = dropped("steps");
    // The menu line comes to four pages, and the line behind it is at the edge of three more of them.
    workspace.write("pages/4.html", page(4, menu, ""));
    workspace.ok(&["index", "--index", "steps", "-q"]);
    workspace.ok(&["index", "--index", "fresh", "pages", "-q"]);
    assert_ne!(dropped("steps")["repeated-across-files"], before["repeated-across-files"]);
    assert_eq!(dropped("steps"), dropped("fresh"));
}

#[test]
fn a_root_that_is_named_twice_is_read_once() {
    let workspace = Workspace::with_corpus();
    workspace.ok(&["index", "--index", "once", "corpus", "-q"]);
    workspace.ok(&["index", "--index", "twice", "corpus", "./corpus/", "-q"]);
    assert_eq!(answers(&workspace, "once"), answers(&workspace, "twice"));
    workspace.ok(&["verify", "--index", "twice"]);
}

#[test]
fn a_missing_root_is_an_error_and_removes_nothing() {
    let workspace = Workspace::with_corpus();
    workspace.write("pages/a.txt", "The lawn of this garden is mown every week from May to October.\n");
    workspace.ok(&["index", "corpus", "pages", "-q"]);
    fs::rename(workspace.path("pages"), workspace.path("elsewhere")).expect("it can be moved");
    let run = workspace.run(&["index"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("pages"), "{run:?}");
    assert_eq!(workspace.query(&["lawn"])["hits"].as_array().map(Vec::len), Some(1));
    workspace.ok(&["index", "--forget", "pages", "-q"]);
    assert_eq!(workspace.run(&["query", "lawn"]).code, 1);
    workspace.ok(&["index", "-q"]);
}

#[test]
fn a_changed_file_is_marked_in_answers() {
    let workspace = Workspace::new();
    workspace.write("a.txt", "The lawn of this garden is mown every week from May to October.\n");
    workspace.ok(&["index", "a.txt", "-q"]);
    assert_eq!(workspace.query(&["lawn"])["hits"][0]["changed"], false);
    workspace.write("a.txt", "Something else.\n");
    assert_eq!(workspace.query(&["lawn"])["hits"][0]["changed"], true);
}

#[test]
fn of_a_file_that_was_only_touched_its_entry_alone_is_written() {
    let workspace = Workspace::new();
    let line =
        |number: usize| format!("{{\"_id\": \"{number}\", \"text\": \"The lawn {number} is mown.\"}}\n");
    workspace.write("pages/lawns.jsonl", (0..400).map(line).collect::<String>());
    workspace.write("pages/pond.html", "<p>The pond of this garden is filled in the first week of May.</p>");
    workspace.write("pages/picture.png", b"\x89PNG\r\n\x1a\n\0\0");
    workspace.ok(&["index", "pages", "-q"]);
    let stats = || -> serde_json::Value {
        let mut stats: serde_json::Value =
            serde_json::from_str(&workspace.ok(&["stats", "--json", "--sources"])).expect("it is JSON");
        for of_segments in ["segments", "index_bytes"] {
            stats[of_segments].take();
        }
        stats
    };
    let mut before = stats();
    for name in ["lawns.jsonl", "pond.html", "picture.png"] {
        workspace.touch(&format!("pages/{name}"));
    }
    assert_eq!(workspace.query(&["pond"])["hits"][0]["changed"], true);
    // However often it commits, what is there is found all the time.
    let run = workspace.run(&["index", "--commit-every", "0", "pages"]);
    assert!(run.stderr.contains("nothing changed: 2 sources, 401 passages"), "{run:?}");
    assert_eq!(workspace.query(&["pond"])["hits"][0]["changed"], false);
    let mut after = stats();
    // Nothing but the three entries was written anew.
    let deleted = after["deleted_documents"].take().as_u64().expect("it is a number");
    assert!(deleted <= 3, "{deleted}");
    before["deleted_documents"].take();
    assert_eq!(after, before);
    assert_eq!(workspace.run(&["verify"]).code, 0);
    // One that has changed is read again, whatever its size is.
    workspace.write("pages/pond.html", "<p>The pool of this garden is filled in the first week of May.</p>");
    assert!(workspace.run(&["index"]).stderr.contains("1 updated ("));
    assert_eq!(workspace.query(&["pool"])["hits"].as_array().map(Vec::len), Some(1));
    assert_eq!(workspace.query(&["pond"])["hits"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_root_is_the_same_however_it_is_spelled() {
    let workspace = Workspace::new();
    workspace.write("pages/lawn.txt", "The lawn is mown every week.\n");
    workspace.write("below/pages/pond.txt", "The pond is filled in May.\n");
    workspace.ok(&["index", "pages", "-q"]);
    let absolute = workspace.path("pages").display().to_string();
    for spelled in ["./pages", "below/../pages/", &absolute] {
        let run = workspace.run(&["index", spelled]);
        assert!(run.stderr.contains("nothing changed"), "{spelled}: {run:?}");
        assert_eq!(workspace.run(&["verify"]).code, 0, "{spelled}");
        let hit = workspace.query(&["lawn", "--source", "pages"])["hits"][0].clone();
        assert_eq!((&hit["path"], &hit["changed"]), (&"pages/lawn.txt".into(), &false.into()), "{hit}");
    }
    // What another folder calls the same is another root.
    let index = workspace.path("index").display().to_string();
    let elsewhere = |arguments: &[&str]| {
        let mut command = workspace.command(&[arguments, &["--index", &index]].concat());
        let output = command.current_dir(workspace.path("below")).output().expect("it runs");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    elsewhere(&["index", "pages", "-q"]);
    for (word, file) in [("lawn", "pages/lawn.txt"), ("pond", "below/pages/pond.txt")] {
        let hit = workspace.query(&[word])["hits"][0].clone();
        assert_eq!(hit["changed"], false, "{hit}");
        assert!(workspace.path(hit["path"].as_str().expect("it is a path")).ends_with(file), "{hit}");
    }
    assert_eq!(workspace.run(&["verify"]).code, 0);
    elsewhere(&["index", "--forget", "pages", "-q"]);
    assert_eq!(workspace.query(&["pond"])["hits"].as_array().map(Vec::len), Some(0));
    assert_eq!(workspace.query(&["lawn"])["hits"].as_array().map(Vec::len), Some(1));
}

#[test]
fn the_share_of_boilerplate_counts_what_files_repeat() {
    let workspace = Workspace::new();
    for place in ["barn", "mill", "pond", "wood", "lane"] {
        let text = format!(
            "The path to the {place} is dry in most weeks of the year.\n\nMembers meet at the Red Lion\n"
        );
        workspace.write(&format!("pages/{place}.txt"), text);
    }
    let share = |arguments: &[&str]| {
        let told = workspace.run(arguments).stderr;
        let share = told.split_once(" % boilerplate").expect("it is told").0;
        share.rsplit(' ').next().expect("a number").parse::<u32>().expect("a number")
    };
    let first = share(&["index", "pages"]);
    assert!(first > 20, "{first}");
    assert_eq!(share(&["index", "--rebuild", "pages"]), first);
}

#[test]
fn only_files_with_text_are_counted() {
    let workspace = Workspace::new();
    workspace.write("pages/lawn.txt", "The lawn is mown every week.\n");
    workspace.write("pages/picture.png", b"\x89PNG\r\n\x1a\n\0\0");
    workspace.write("pages/nothing.txt", "");
    workspace.ok(&["index", "pages", "-q"]);
    let stats = workspace.ok(&["stats", "--sources"]);
    assert!(stats.contains("1 source,") && !stats.contains("picture.png"), "{stats}");
    let told = workspace.run(&["index", "--dry-run", "--forget", "pages"]).stderr;
    assert!(told.contains("would forget pages: 1 source\n"), "{told}");
    fs::remove_file(workspace.path("pages/picture.png")).expect("it is there");
    assert!(workspace.run(&["index", "--dry-run"]).stderr.contains("nothing to do; 1 unchanged"));
    assert!(workspace.run(&["index"]).stderr.contains("nothing changed: 1 source, 1 passage"));
    // What begins to hold text is new.
    workspace.write("pages/nothing.txt", "The pond is filled in May.\n");
    assert!(workspace.run(&["index", "--dry-run"]).stderr.contains("1 added; 1 unchanged"));
    assert!(workspace.run(&["index"]).stderr.contains("1 added ("));
}

#[test]
fn a_dry_run_does_nothing() {
    let workspace = Workspace::with_corpus();
    let run = workspace.run(&["index", "--dry-run", "corpus"]);
    assert!(run.stderr.contains("5 added"), "{run:?}");
    assert!(!workspace.path("index").exists());
}

#[test]
fn a_dry_run_tells_what_was_touched_from_what_has_changed() {
    let workspace = Workspace::with_corpus();
    workspace.write("corpus/paper.pdf", "%PDF-1.7");
    workspace.ok(&["index", "corpus", "-q"]);
    for entry in fs::read_dir(workspace.path("corpus")).expect("it is there").flatten() {
        workspace.touch(&format!("corpus/{}", entry.file_name().to_string_lossy()));
    }
    let dry = |arguments: &[&str]| {
        workspace.run(&[&["index", "--dry-run"], arguments].concat()).stderr.trim().to_owned()
    };
    assert!(dry(&[]).ends_with("dry run: nothing to do; 5 unchanged"), "{}", dry(&[]));
    let file = workspace.path("corpus/001_83a03ad2d75644bf.txt");
    let changed = fs::read_to_string(&file).expect("it is there").replacen('a', "e", 1);
    fs::write(&file, changed).expect("it can be written");
    assert!(dry(&[]).ends_with("dry run: 1 updated; 4 unchanged"), "{}", dry(&[]));
    assert!(dry(&["--rebuild", "corpus"]).ends_with("5 updated; 0 unchanged"), "{}", dry(&["--rebuild"]));
    let run = workspace.run(&["index"]);
    assert!(run.stderr.contains("1 updated ("), "{run:?}");
}

#[test]
fn a_dry_run_says_what_the_run_says() {
    let workspace = Workspace::new();
    workspace.write("pages/lawn.txt", "The lawn is mown every week.\n");
    workspace.write("pages/paper.pdf", "%PDF-1.7");
    workspace.write("pages/nothing.txt", "");
    workspace
        .write("pages/lines.jsonl", "{\"text\": \"The hedge is cut.\"}\n{\"text\": \"The gate is open.\"}\n");
    for number in 0..8 {
        workspace.write(&format!("pages/path-{number}.txt"), "The path is swept in autumn.\n");
    }
    let run = |arguments: &[&str]| {
        let run = workspace.run(&[&["index", "--shard", "1/2", "pages"], arguments].concat());
        assert_eq!(run.code, 0, "{run:?}");
        run.stderr
    };
    let told = run(&["--dry-run"]);
    let (skipped, done) = told.trim().rsplit_once('\n').expect("something is skipped");
    let done = done.trim_start_matches("backsearch: ").trim_start_matches("dry run: ");
    let added = done.split_once(" added").expect("some are added").0;
    assert_ne!(added, "12", "{told}");
    let ran = run(&[]);
    assert!(ran.contains(&format!("{added} added (")), "{told}{ran}");
    assert_eq!(ran.matches("skipped").count(), skipped.matches("skipped").count(), "{told}{ran}");
    assert!(run(&["--dry-run"]).contains("nothing to do"));
}

#[test]
fn a_dry_run_takes_no_lock_and_writes_nothing() {
    let workspace = Workspace::with_corpus();
    workspace.ok(&["index", "corpus", "-q"]);
    fs::remove_file(workspace.path("corpus/001_83a03ad2d75644bf.txt")).expect("it is there");
    let index = workspace.path("index");
    let writer = workspace.hold();
    let before = snapshot(&index);
    for (arguments, told) in [
        (&["index", "--dry-run", "--wait", "0"][..], "1 removed; 4 unchanged"),
        (&["index", "--dry-run", "--wait", "0", "--forget", "corpus"], "would forget corpus: 5 sources"),
    ] {
        let run = workspace.run(arguments);
        assert!(run.code == 0 && run.stderr.contains(told), "{run:?}");
    }
    assert_eq!(snapshot(&index), before);
    writer.close(&mut |_| ()).expect("nothing was written");
}

#[test]
fn a_refresh_keeps_clean_text_as_it_is() {
    let workspace = Workspace::new();
    workspace.write("a.txt", "The lawn of this garden is mown every week.\n\nReport this page\n");
    workspace.ok(&["index", "--no-clean", "a.txt", "-q"]);
    let run = workspace.run(&["index"]);
    assert!(run.stderr.contains("nothing changed"), "{run:?}");
    assert_eq!(workspace.run(&["query", "\"report this page\""]).code, 0);
}

#[test]
fn an_index_is_cleaned_or_not_until_it_is_rebuilt() {
    let workspace = Workspace::new();
    workspace.write("a.txt", "The lawn of this garden is mown every week.\n\nReport this page\n");
    workspace.write("b.txt", "The pond of this garden is filled once a year.\n\nReport this page\n");
    let reports = || {
        workspace.run(&["query", "--all", "--format", "jsonl", "\"report this page\""]).stdout.lines().count()
    };
    let refused = |arguments: &[&str]| {
        let run = workspace.run(&[&["index"], arguments].concat());
        assert!(
            run.code == 2 && run.stderr.contains("backsearch index --rebuild --"),
            "{arguments:?}: {run:?}"
        );
    };
    workspace.ok(&["index", "--no-clean", "a.txt", "-q"]);
    // What is said of nothing is as it was, with other files as well.
    workspace.ok(&["index", "b.txt", "-q"]);
    assert_eq!(reports(), 2);
    refused(&["--clean"]);
    refused(&["--clean", "b.txt"]);
    workspace.ok(&["index", "--rebuild", "-q"]);
    assert_eq!(reports(), 2);
    workspace.ok(&["index", "--rebuild", "--clean", "-q"]);
    assert_eq!(reports(), 0);
    refused(&["--no-clean"]);
    refused(&["--no-clean", "a.txt"]);
    workspace.ok(&["index", "a.txt", "--clean", "-q"]);
    assert_eq!(reports(), 0);
    workspace.ok(&["index", "--rebuild", "--no-clean", "-q"]);
    assert_eq!(reports(), 2);
}

#[test]
fn what_a_rebuild_replaces_is_found_until_then() {
    let workspace = Workspace::with_corpus();
    for n in 0..30 {
        let name = ["aster", "birch", "cedar", "dahlia", "elder", "fern"][n % 6].repeat(n / 6 + 1);
        workspace.write(&format!("pages/{n}.txt"), format!("The lawn beside the {name} is mown in May.\n"));
    }
    let root = ingest::root_of(&workspace.path("pages"));
    workspace.ok(&["index", "--index", "old", "corpus", &root.name, "-q"]);
    workspace.ok(&["index", "--index", "fresh", &root.name, "-q"]);
    let old = workspace.path("old");
    let options = Options { rebuild: true, commit_every: Duration::ZERO, threads: 1, ..Options::default() };
    let mut seen = Vec::new();
    let report = ingest::run(&old, std::slice::from_ref(&root), &options, &mut |_| {
        seen.push(open(&old).expect("there is always a commit").state.totals.sources);
    })
    .expect("nothing fails");
    assert_eq!((report.added, report.updated, report.removed), (0, 30, 5));
    assert!(seen.len() > 10 && seen.iter().all(|sources| *sources >= 30), "{seen:?}");
    assert_eq!(answers(&workspace, "old"), answers(&workspace, "fresh"));
    assert_eq!(workspace.run(&["verify", "--index", "old"]).code, 0);
    // A damaged index is begun anew.
    let mut stores = fs::read_dir(&old).expect("it is there").flatten().map(|entry| entry.path());
    let store = stores.find(|path| path.extension().is_some_and(|extension| extension == "store"));
    fs::write(store.expect("texts are stored"), b"no texts").expect("it can be written");
    workspace.ok(&["index", "--index", "old", "--rebuild", &root.name, "-q"]);
    assert_eq!(answers(&workspace, "old"), answers(&workspace, "fresh"));
    assert_eq!(workspace.run(&["verify", "--index", "old"]).code, 0);
}

#[test]
fn files_that_break_off_are_read_once_and_named_each_time() {
    let workspace = Workspace::new();
    let record = |text: &str| {
        let length = text.len();
        format!(
            "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{text}\r\n\r\n"
        )
    };
    let archive = record("The heron stands in the pond.") + &record("The lawn is mown in May.");
    let gzip = |text: &[u8]| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(text).and_then(|()| packed.finish()).expect("a vector can be written")
    };
    let broken = |packed: Vec<u8>| packed[..packed.len() - 12].to_vec();
    workspace.write("pages/a.warc.gz", broken(gzip(archive.as_bytes())));
    workspace
        .write("pages/b.warc.zst", broken(zstd::encode_all(archive.as_bytes(), 1).expect("it is packed")));
    workspace.write("pages/c.warc", &archive[..archive.len() - 12]);
    workspace.write("pages/d.txt.gz", broken(gzip(b"The hedge is cut once a year.")));
    let first = workspace.run(&["index", "--no-clean", "pages"]);
    let again = workspace.run(&["index"]);
    assert!(again.stderr.contains("nothing changed"), "{again:?}");
    for run in [&first, &again] {
        assert_eq!(run.code, 0, "{run:?}");
        for name in ["a.warc.gz", "b.warc.zst", "c.warc", "d.txt.gz"] {
            assert_eq!(run.stderr.matches(&format!("pages/{name}: ")).count(), 1, "{name}: {run:?}");
        }
    }
    assert_eq!(workspace.query(&["heron"])["total"]["value"], 2);
    let verified = workspace.run(&["verify"]);
    assert!(
        verified.code == 0 && verified.stdout.contains("0 sources changed since indexed"),
        "{verified:?}"
    );
    // Once it is whole, it is read and named no more.
    workspace.write("pages/a.warc.gz", gzip(archive.as_bytes()));
    let whole = workspace.run(&["index"]);
    assert!(whole.stderr.contains("1 updated") && !whole.stderr.contains("a.warc.gz"), "{whole:?}");
}

#[test]
fn progress_is_told_within_a_file() {
    let workspace = Workspace::new();
    let line =
        |n: usize| format!("{{\"text\": \"The lawn {n} of this garden is mown every week from May on.\"}}\n");
    let lines: String = (0..20_000).map(line).collect();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
    encoder.write_all(lines.as_bytes()).expect("a vector can be written");
    workspace.write("pages/a.jsonl.gz", encoder.finish().expect("a vector can be written"));
    let size = fs::metadata(workspace.path("pages/a.jsonl.gz")).expect("it is there").len();
    let root = ingest::root_of(&workspace.path("pages"));
    let mut told = Vec::new();
    ingest::run(&workspace.path("index"), &[root], &Options::default(), &mut |event| {
        if let Event::Progress(progress) = event {
            told.push(progress);
        }
    })
    .expect("nothing is in the way");
    let within = told.iter().filter(|progress| progress.done == 0 && (1..size).contains(&progress.bytes));
    let steps: std::collections::BTreeSet<u64> = within.map(|progress| progress.bytes).collect();
    assert!(steps.len() > 3, "{steps:?} of {size}");
    assert!(told.iter().all(|progress| progress.total_bytes == size));
    assert_eq!(told.last().map(|progress| (progress.done, progress.bytes)), Some((1, size)));
}

#[test]
fn roots_are_refreshed_from_any_folder() {
    let workspace = Workspace::new();
    workspace.write("pages/a.txt", "The lawn of this garden is mown every week from May to October.\n");
    workspace.write("elsewhere/pages/a.txt", "Another text that is never asked for.\n");
    workspace.ok(&["index", "pages", "-q"]);
    workspace.write("pages/b.txt", "The pond of this garden is filled once a year, in May.\n");
    let run = workspace
        .command(&["index", "--strict", "--index", "../index"])
        .current_dir(workspace.path("elsewhere"))
        .output()
        .expect("it starts");
    assert!(run.status.success(), "{run:?}");
    assert_eq!(workspace.query(&["pond"])["hits"][0]["source"], "b.txt");
    assert_eq!(workspace.query(&["never asked"])["total"]["value"], 0);
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_utf8_are_read_shown_and_found_again() {
    use std::os::unix::ffi::OsStrExt;
    let workspace = Workspace::new();
    let bytes = |name: &[u8]| std::ffi::OsStr::from_bytes(name).to_owned();
    let folder = workspace.path("pages").join(bytes(b"caf\xe9"));
    fs::create_dir_all(&folder).expect("a folder can be made");
    let page =
        |what: &str| format!("The {what} of this garden is looked after every week from May to October.\n");
    fs::write(folder.join(bytes(b"\xff.txt")), page("lawn")).expect("it can be written");
    fs::write(workspace.path("pages").join("caf\\xE9.txt"), page("hedge")).expect("it can be written");
    let run = workspace.run(&["index", "--strict", "pages"]);
    assert!(run.code == 0 && run.stderr.contains("2 added"), "{run:?}");
    for (query, source) in [("lawn", "caf\\xE9/\\xFF.txt"), ("hedge", "caf\\x5CxE9.txt")] {
        let hit = &workspace.query(&[query])["hits"][0];
        assert_eq!((&hit["source"], &hit["changed"]), (&source.into(), &false.into()), "{hit}");
        assert_eq!(hit["path"], format!("pages/{source}"));
        assert!(workspace.ok(&["show", source]).contains(query));
        assert!(workspace.ok(&["show", &format!("pages/{source}:1")]).contains(query));
    }
    assert!(workspace.ok(&["verify"]).starts_with("2 passages in place, 0 sources changed"));
    assert!(workspace.run(&["index"]).stderr.contains("nothing changed"));
    fs::write(folder.join(bytes(b"\xff.txt")), page("pond")).expect("it can be written");
    assert!(workspace.run(&["index"]).stderr.contains("1 updated"));
    fs::remove_file(folder.join(bytes(b"\xff.txt"))).expect("it is there");
    assert!(workspace.run(&["index"]).stderr.contains("1 removed"));
    // A root whose own name is none.
    fs::write(folder.join("b.txt"), page("bench")).expect("it can be written");
    let run = workspace
        .command(&["index", "--strict"])
        .arg(std::path::Path::new("pages").join(bytes(b"caf\xe9")))
        .output();
    assert!(run.expect("it starts").status.success());
    assert!(workspace.run(&["index", "--strict"]).stderr.contains("1 added"));
    assert_eq!(workspace.query(&["--all", "bench"])["hits"].as_array().map(Vec::len), Some(2));
    assert!(workspace.ok(&["clean", "pages"]).contains("bench"));
}
