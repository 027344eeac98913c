//! A folder of its own for each test, and the program run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use backsearch::index::{Storage, Writer, WriterOptions};

/// The program's folder of sources, where `corpus/` is.
pub fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A temporary folder in which the program runs; it goes away with the value.
pub struct Workspace {
    dir: tempfile::TempDir,
}

/// What a run printed, and its exit code.
#[derive(Debug)]
pub struct Run {
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

impl Workspace {
    /// An empty folder.
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a temporary folder can be made") }
    }

    /// A folder with a copy of the sample corpus in `corpus/`.
    pub fn with_corpus() -> Self {
        let workspace = Self::new();
        fs::create_dir(workspace.path("corpus")).expect("a folder can be made");
        for entry in fs::read_dir(project().join("corpus")).expect("the corpus is there").flatten() {
            if entry.path().is_file() {
                fs::copy(entry.path(), workspace.path("corpus").join(entry.file_name()))
                    .expect("a file can be copied");
            }
        }
        workspace
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).expect("a folder can be made");
        }
        fs::write(path, content).expect("a file can be written");
    }

    /// Gives a file another time, if it is there.
    pub fn touch(&self, name: &str) {
        let later = SystemTime::now() + Duration::from_secs(5);
        if let Ok(file) = fs::File::options().append(true).open(self.path(name)) {
            file.set_modified(later).expect("the owner can do that");
        }
    }

    /// Opens the index here for writing, so that no other process can.
    pub fn hold(&self) -> Writer {
        let options = WriterOptions {
            threads: 1,
            heap: 15_000_000,
            wait: Duration::ZERO,
            replace: false,
            clean: true,
            storage: Storage::default(),
        };
        Writer::open(&self.path("index"), &options, &mut |_| ()).expect("nobody else writes it")
    }

    /// Runs the program here, with no terminal and no variables that change its answers.
    pub fn run(&self, arguments: &[&str]) -> Run {
        let output = self.command(arguments).output().expect("the program can be started");
        Run::of(&output)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_backsearch"));
        command
            .args(arguments)
            .current_dir(self.dir.path())
            .env_remove("BACKSEARCH_INDEX")
            .env_remove("NO_COLOR");
        command
    }

    /// Runs it and expects success; gives standard output.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let run = self.run(arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {run:?}");
        run.stdout
    }

    /// The JSON answer to a query, whatever the exit code.
    pub fn query(&self, arguments: &[&str]) -> serde_json::Value {
        let mut all = vec!["query", "--json"];
        all.extend(arguments);
        let run = self.run(&all);
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {run:?}"))
    }
}

impl Run {
    fn of(output: &Output) -> Self {
        Self {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code().unwrap_or(-1),
        }
    }
}

/// Cites of the hits of an answer.
pub fn cites(answer: &serde_json::Value) -> Vec<String> {
    let hits = answer["hits"].as_array().expect("hits is a list");
    hits.iter().map(|hit| hit["cite"].as_str().expect("cite is text").to_owned()).collect()
}

/// All files under a folder with their contents, for comparing two states of it.
pub fn snapshot(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<(PathBuf, Vec<u8>)> = fs::read_dir(dir)
        .expect("the folder is there")
        .flatten()
        .filter(|entry| entry.path().is_file())
        .map(|entry| (entry.path(), fs::read(entry.path()).expect("the file can be read")))
        .collect();
    files.sort();
    files
}
