//! `index --watch` keeps up with a folder, whatever editors and people do to it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::workspace::Workspace;

/// How long a change may take to be found before the test fails.
const PATIENCE: Duration = Duration::from_mins(1);

/// A program that watches; it ends with the value.
struct Watching<'a> {
    workspace: &'a Workspace,
    child: Child,
    said: Arc<Mutex<Vec<String>>>,
}

impl<'a> Watching<'a> {
    fn start(workspace: &'a Workspace, inputs: &[&str]) -> Self {
        let mut arguments = vec!["index", "--watch"];
        arguments.extend(inputs);
        let mut child = workspace.command(&arguments).stderr(Stdio::piped()).spawn().expect("it starts");
        let stderr = BufReader::new(child.stderr.take().expect("it has an error stream"));
        let said = Arc::new(Mutex::new(Vec::new()));
        let lines = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                lines.lock().expect("no thread has panicked").push(line);
            }
        });
        let watching = Self { workspace, child, said };
        watching.wait("it watches", || watching.said().iter().any(|line| line.starts_with("watching ")));
        watching
    }

    fn said(&self) -> Vec<String> {
        self.said.lock().expect("no thread has panicked").clone()
    }

    fn wait(&self, what: &str, done: impl Fn() -> bool) {
        let started = Instant::now();
        while !done() {
            assert!(started.elapsed() < PATIENCE, "{what}: {:?}", self.said());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until a query is answered by so many hits.
    fn finds(&self, query: &str, hits: usize) {
        let count = || self.workspace.query(&["--all", query])["hits"].as_array().map(Vec::len);
        self.wait(&format!("{hits} hits for {query}"), || count() == Some(hits));
    }
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(word: &str) -> String {
    format!("The {word} of this garden is looked after every week from May to October.\n")
}

#[test]
fn changes_of_files_and_folders_are_found() {
    let workspace = Workspace::new();
    workspace.write("pages/a.txt", text("lawn"));
    workspace.write("note.txt", text("fence"));
    let watching = Watching::start(&workspace, &["pages", "note.txt"]);
    watching.finds("lawn", 1);
    // A new file, in a new folder too.
    workspace.write("pages/b.txt", text("hedge"));
    workspace.write("pages/deep/er/c.txt", text("pond"));
    watching.finds("hedge", 1);
    watching.finds("pond", 1);
    // Editors write another file and rename it over the old one, more than once.
    for word in ["gate", "path"] {
        for name in ["pages/a.txt", "note.txt"] {
            workspace.write("saved.swp", text(word));
            fs::rename(workspace.path("saved.swp"), workspace.path(name)).expect("it can be renamed");
        }
        watching.finds(word, 2);
    }
    watching.finds("lawn", 0);
    fs::remove_file(workspace.path("pages/b.txt")).expect("it is there");
    watching.finds("hedge", 0);
    // Each refresh is told in a line.
    watching.wait("it says so", || watching.said().iter().any(|line| line.starts_with("1 removed")));
}

#[test]
fn a_folder_that_is_removed_and_comes_back_is_watched_again() {
    let workspace = Workspace::new();
    workspace.write("all/pages/a.txt", text("lawn"));
    let watching = Watching::start(&workspace, &["all/pages"]);
    watching.finds("lawn", 1);
    for (word, gone) in [("hedge", "all/pages"), ("pond", "all")] {
        fs::rename(workspace.path(gone), workspace.path(&format!("old-{word}"))).expect("it can be renamed");
        // Missing is no reason to forget.
        watching.wait("it says that the folder is missing", || {
            watching.said().last().is_some_and(|line| line.contains("stays in the index"))
        });
        workspace.write("all/pages/b.txt", text(word));
        watching.finds(word, 1);
        workspace.write("all/pages/c.txt", text(&format!("{word} and terrace")));
        watching.finds("terrace", 1);
    }
}

#[test]
fn standard_input_cannot_be_watched() {
    let run = Workspace::new().run(&["index", "--watch", "-"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("standard input cannot be watched"), "{}", run.stderr);
}

#[test]
fn an_index_that_was_removed_is_made_again() {
    let workspace = Workspace::new();
    workspace.write("pages/a.txt", text("lawn"));
    let watching = Watching::start(&workspace, &["pages"]);
    watching.finds("lawn", 1);
    fs::remove_dir_all(workspace.path("index")).expect("it is there");
    workspace.write("pages/b.txt", text("hedge"));
    watching.wait("it is made again", || workspace.run(&["query", "hedge"]).code == 0);
    watching.finds("lawn", 1);
}
