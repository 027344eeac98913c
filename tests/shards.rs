//! Shards: the parts of an input make the whole, and each is written once.

use std::fs;
use std::time::{Duration, SystemTime};

use crate::workspace::Workspace;

fn workspace() -> Workspace {
    let workspace = Workspace::new();
    for number in 0..12 {
        workspace.write(
            &format!("pages/{number}.html"),
            format!("<html lang=en><title>Page {number}</title><p>The lawn number {number} of this garden is mown every week."),
        );
    }
    let record = |number| {
        let text = format!("The pond number {number} is filled once a year.");
        format!("{{\"_id\": \"{number}\", \"text\": \"{text}\"}}\n")
    };
    let records: Vec<String> = (0..30).map(record).collect();
    workspace.write("pages/ponds.jsonl", records.concat());
    workspace
}

fn lines(workspace: &Workspace, name: &str) -> Vec<String> {
    let text = fs::read_to_string(workspace.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    text.lines().map(str::to_owned).collect()
}

#[test]
fn parts_make_the_whole() {
    let workspace = workspace();
    let whole = workspace.ok(&["clean", "--format", "jsonl", "pages"]);
    let mut whole: Vec<String> = whole.lines().map(str::to_owned).collect();
    assert_eq!(whole.len(), 42);
    let first: serde_json::Value = serde_json::from_str(&whole[0]).expect("each line is JSON");
    assert_eq!(first["source"], "0.html");
    assert_eq!(first["title"], "Page 0");
    assert_eq!(first["lang"], "en");
    assert_eq!(first["lines"], serde_json::json!({"first": 1, "last": 1}));
    assert!(first["spans"][0]["end"].is_u64() && first["id"].is_string() && first["quality"].is_number());
    let mut parts = Vec::new();
    for number in 1..=3 {
        let shard = format!("{number}/3");
        workspace.ok(&["clean", "--format", "jsonl", "--shard", &shard, "--out", "parts", "pages"]);
        let part = lines(&workspace, &format!("parts/part-0000{number}-of-00003.jsonl"));
        let printed = workspace.ok(&["clean", "--format", "jsonl", "--shard", &shard, "pages"]);
        assert_eq!(part, printed.lines().collect::<Vec<_>>());
        assert!(part.iter().any(|line| line.contains("ponds.jsonl#")), "an archive splits by its records");
        assert!(part.len() < 30, "{number}: {}", part.len());
        parts.extend(part);
    }
    whole.sort();
    parts.sort();
    assert_eq!(parts, whole);
    let names = fs::read_dir(workspace.path("parts")).expect("it is there").count();
    assert_eq!(names, 3 + 1, "beside what they are parts of, nothing is left");
}

#[test]
fn a_part_that_is_there_is_not_made_again() {
    let workspace = workspace();
    let part = ["clean", "--format", "jsonl", "--shard", "1/1", "--out", "parts", "pages"];
    workspace.ok(&part);
    workspace.write("parts/part-00001-of-00001.jsonl", "as it was\n");
    let run = workspace.run(&part);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run:?}");
    assert!(run.stderr.contains("part-00001-of-00001.jsonl is there"), "{run:?}");
    assert_eq!(lines(&workspace, "parts/part-00001-of-00001.jsonl"), ["as it was"]);
    let text = workspace.run(&["clean", "--shard", "1/1", "--out", "parts", "pages"]);
    assert_eq!(text.code, 2, "{text:?}");
    let wrong = workspace.run(&["clean", "--shard", "0/4", "pages"]);
    assert!(wrong.code == 2 && wrong.stderr.contains("3/16"), "{wrong:?}");
}

#[test]
fn parts_of_something_else_are_refused() {
    let workspace = workspace();
    workspace.write("my.rules", "drop text \"Report this page\"\n");
    workspace.write("more/a.txt", "The heron stands in the pond.\n");
    let part = |number: &str, rest: &[&str]| {
        workspace.run(&[&["clean", "--shard", number, "--out", "parts"], rest].concat())
    };
    assert_eq!(part("1/2", &["--format", "jsonl", "pages"]).code, 0);
    let others: [&[&str]; 3] = [
        &["--format", "jsonl", "more"],
        &["--format", "spans", "pages"],
        &["--format", "jsonl", "--rules", "my.rules", "pages"],
    ];
    for number in ["1/2", "2/2"] {
        for other in others {
            let run = part(number, other);
            assert!(run.code == 2 && run.stderr.contains("other inputs, options or rules"), "{run:?}");
        }
    }
    assert!(!workspace.path("parts/part-00002-of-00002.jsonl").exists());
    assert_eq!(part("2/2", &["--format", "jsonl", "pages"]).code, 0);
    // A whole of another number of parts is another one, and what has no parts any more can be asked for anew.
    assert_eq!(part("1/3", others[2]).code, 0);
    for number in [1, 2] {
        fs::remove_file(workspace.path(&format!("parts/part-0000{number}-of-00002.jsonl")))
            .expect("it is there");
    }
    assert_eq!(part("1/2", others[0]).code, 0);
}

#[cfg(unix)]
#[test]
fn a_part_that_lacks_an_input_is_not_made() {
    use std::os::unix::fs::PermissionsExt;
    let workspace = workspace();
    let part = ["clean", "--format", "jsonl", "--shard", "1/1", "--out", "parts", "pages"];
    let locked = workspace.path("pages/3.html");
    let mode = |mode| fs::set_permissions(&locked, fs::Permissions::from_mode(mode)).expect("the owner can");
    mode(0o000);
    // The superuser reads everything; there is nothing to see then.
    if fs::read(&locked).is_err() {
        let run = workspace.run(&part);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.contains("the part is not made") && run.stderr.contains("3.html"), "{run:?}");
        assert!(!workspace.path("parts/part-00001-of-00001.jsonl").exists());
    }
    mode(0o644);
    workspace.ok(&part);
    assert_eq!(lines(&workspace, "parts/part-00001-of-00001.jsonl").len(), 42);
}

#[test]
fn what_killed_runs_left_of_a_part_goes() {
    let workspace = workspace();
    let left = |rest: &str| {
        let path = workspace.path(&format!("parts/.part-00001-of-00002.jsonl.{rest}"));
        workspace.write(&path.to_string_lossy(), "unfinished");
        path
    };
    let (old, new) = (left("elsewhere.1.1"), left("elsewhere.1.2"));
    let file = fs::File::options().write(true).open(&old).expect("it is there");
    file.set_modified(SystemTime::now() - Duration::from_hours(25)).expect("its time can be set");
    let host = gethostname::gethostname().to_string_lossy().replace(['/', '.'], "-");
    let gone = left(&format!("{host}.4294967295.1"));
    let running = left(&format!("{host}.{}.1", std::process::id()));
    workspace.ok(&["clean", "--format", "jsonl", "--shard", "1/2", "--out", "parts", "pages"]);
    let there = [&old, &new, &gone, &running].map(|path| path.exists());
    // Only where the operating system lists its processes is it known which are gone.
    assert_eq!(there, [false, true, !std::path::Path::new("/proc/self").exists(), true]);
}

#[test]
fn an_index_of_a_shard_stays_one() {
    let workspace = workspace();
    let count = |index: &str| -> (u64, u64) {
        let stats = workspace.ok(&["stats", "--json", "--index", index]);
        let stats: serde_json::Value = serde_json::from_str(&stats).expect("it is JSON");
        (stats["passages"].as_u64().unwrap_or(0), stats["sources"].as_u64().unwrap_or(0))
    };
    workspace.ok(&["index", "--index", "one", "--shard", "1/2", "pages", "-q"]);
    workspace.ok(&["index", "--index", "two", "--shard", "2/2", "pages", "-q"]);
    let (one, two) = (count("one"), count("two"));
    assert!(one.0 > 5 && two.0 > 5 && one.0 + two.0 == 42, "{one:?} {two:?}");
    let refreshed = workspace.run(&["index", "--index", "one"]);
    assert!(refreshed.stderr.contains("nothing changed"), "{refreshed:?}");
    assert_eq!(count("one"), one);
    assert_eq!(workspace.run(&["verify", "--index", "one"]).code, 0);
    // Said anew without a shard, the whole is indexed.
    workspace.ok(&["index", "--index", "one", "pages", "-q"]);
    assert_eq!(count("one").0, 42);
}
