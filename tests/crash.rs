//! Crashes: whatever stops a run in the middle, what was committed is there, and the next run ends where a fresh one does.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use backsearch::index::{Index, Kind, Manifest, Storage, open};
use backsearch::ingest::{self, Event, Options};
use backsearch::search::{Embedded, Request, Search};
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, TerminatingWrite,
    WatchCallback, WatchHandle, WritePtr,
};

use crate::workspace::Workspace;

/// A generator of numbers that are the same in every run (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit.max(1)
    }
}

/// A page of two passages; pages of one folder share lines that become furniture when enough of them hold them.
fn page(number: u64, version: u64) -> String {
    format!(
        "Garden club of Milltown\n\nPage {number}\n\nThe lawn number {number} of this garden was mown {version} \
         times between May and October, as the gardener wrote down.\n\nHow is the hedge {number} cut?\n\nThe hedge of \
         the garden {number} is cut in summer, and version {version} of this text says so.\n\nMilltown garden club \
         members only\n"
    )
}

fn write_page(workspace: &Workspace, number: u64, version: u64) {
    let name = format!("pages/{}/{number}.txt", number % 3);
    workspace.write(&name, page(number, version));
}

/// A file of many records.
fn write_records(workspace: &Workspace, version: u64) {
    let mut lines = String::new();
    for number in 0..40 {
        let text = format!("The pond {number} of this garden was filled in the year {version}.");
        writeln!(lines, "{}", serde_json::json!({"_id": number, "title": "Ponds", "text": text}))
            .expect("text can be written");
    }
    workspace.write("pages/ponds.jsonl", lines);
}

/// What is wrong with the index as a reader sees it: counts that disagree mean half a commit.
fn inconsistency(index: &Index) -> Option<String> {
    let manifest = Manifest::read(index).expect("the manifest can be read");
    let promised: u64 = manifest.entries.values().map(|entry| entry.totals.passages).sum();
    let sources: u64 = manifest.entries.values().map(|entry| entry.totals.sources).sum();
    let mut kinds: HashMap<u64, u64> = HashMap::new();
    for segment in index.searcher.segment_readers() {
        let column = segment.fast_fields().u64("kind").expect("every document has a kind");
        for document in segment.doc_ids_alive() {
            *kinds.entry(column.first(document).expect("every document has a kind")).or_default() += 1;
        }
    }
    let stored = kinds.get(&(Kind::Passage as u64)).copied().unwrap_or(0);
    let entries = kinds.get(&(Kind::Source as u64)).copied().unwrap_or(0);
    let vocabularies = kinds.get(&(Kind::Vocabulary as u64)).copied().unwrap_or(0);
    let totals = index.state.totals;
    let whole = (stored, entries, sources) == (promised, manifest.entries.len() as u64, totals.sources)
        && (stored, vocabularies) == (totals.passages, totals.vocabularies);
    (!whole).then(|| {
        format!("{stored} passages and {entries} entries stored, {promised} promised, {totals:?}, {sources} sources")
    })
}

/// Everything an index holds, in a form that does not depend on how it was written.
fn content(dir: &Path) -> Vec<String> {
    let index = open(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    assert_eq!(inconsistency(&index), None, "{}", dir.display());
    assert!(index.state.complete, "{}", dir.display());
    let manifest = Manifest::read(&index).expect("the manifest can be read");
    let mut content = vec![format!("{:?}", index.state.totals)];
    for (key, entry) in &manifest.entries {
        let stats = index.source_stats(entry).expect("the statistics can be read");
        content.push(format!("{key} {:x} {:x} {stats:?}", entry.hash, entry.furniture));
    }
    let search = Embedded::new(index);
    for query in ["garden", "\"members only\"", "hedge"] {
        let request = Request { query: query.to_owned(), limit: 10_000, fold: false, ..Request::default() };
        let response = search.search(&request).expect("it can be searched");
        content.extend(
            response.hits.iter().map(|hit| format!("{query} {} {:.6} {}", hit.id, hit.score, hit.text)),
        );
    }
    content
}

/// Compares what two indexes hold, and shows where they differ.
fn assert_same(left: &[String], right: &[String], case: &str) {
    for (left, right) in left.iter().zip(right) {
        assert_eq!(left, right, "{case}");
    }
    assert_eq!(left.len(), right.len(), "{case}");
}

/// The number of the last commit that a folder holds; 0 without any.
fn last_commit(dir: &Path) -> u64 {
    let meta = fs::read(dir.join("meta.json")).unwrap_or_default();
    let meta: serde_json::Value = serde_json::from_slice(&meta).unwrap_or_default();
    meta["opstamp"].as_u64().unwrap_or(0)
}

/// Files that only a killed writer leaves.
fn litter(dir: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(dir).expect("the folder is there").flatten().map(|entry| entry.path());
    files
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".tmp")))
        .collect()
}

/// Begins a run and kills it after some time.
fn run_and_kill(workspace: &Workspace, arguments: &[&str], after: Duration) {
    let mut child =
        workspace.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    std::thread::sleep(after);
    child.kill().expect("it can be killed");
    child.wait().expect("it is gone");
}

/// Kills the program at random moments while the folder it indexes changes, and looks at the index after each kill.
fn kill_at_random(seed: u64, kills: usize) {
    let workspace = Workspace::new();
    let mut random = Random(seed);
    for number in 0..12 {
        write_page(&workspace, number, 0);
    }
    write_records(&workspace, 0);
    let index = workspace.path("index");
    let arguments = ["index", "--commit-every", "0", "--threads", "2", "-q", "pages"];
    let started = Instant::now();
    workspace.ok(&["index", "--index", "timed", "--commit-every", "0", "--threads", "2", "-q", "pages"]);
    let longest = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    let stop = AtomicBool::new(false);
    let seen = Mutex::new(0);
    std::thread::scope(|scope| {
        // A reader that never waits for the writer and never sees half a commit.
        let reader = scope.spawn(|| {
            let mut reads = 0;
            while !stop.load(Ordering::Relaxed) {
                let commit = last_commit(&index);
                if let Ok(open) = open(&index) {
                    assert_eq!(inconsistency(&open), None, "seed {seed}");
                    reads += 1;
                    let mut seen = seen.lock().expect("no thread has panicked");
                    *seen = commit.max(*seen);
                } else {
                    assert_eq!(*seen.lock().expect("no thread has panicked"), 0, "seed {seed}: unreadable");
                }
                std::thread::sleep(Duration::from_millis(3));
            }
            reads
        });
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for kill in 0..kills {
                let case = format!("seed {seed}, kill {kill}");
                for _ in 0..random.below(3) {
                    let number = random.below(30);
                    if random.below(4) == 0 {
                        let _ =
                            fs::remove_file(workspace.path(&format!("pages/{}/{number}.txt", number % 3)));
                    } else {
                        write_page(&workspace, number, random.below(1000));
                    }
                }
                // A file without any document is known, but no source.
                if random.below(3) == 0 {
                    workspace.write("pages/empty.txt", "");
                } else {
                    let _ = fs::remove_file(workspace.path("pages/empty.txt"));
                }
                match random.below(6) {
                    0 => write_records(&workspace, random.below(3000)),
                    1 => workspace.touch("pages/ponds.jsonl"),
                    2 => workspace.touch("pages/1/1.txt"),
                    _ => {}
                }
                run_and_kill(&workspace, &arguments, Duration::from_micros(random.below(longest)));
                let commit = last_commit(&index);
                assert!(commit >= *seen.lock().expect("the reader goes on"), "{case}: a commit is lost");
                match open(&index) {
                    Ok(open) => assert_eq!(inconsistency(&open), None, "{case}"),
                    Err(error) => assert_eq!(commit, 0, "{case}: {error}"),
                }
                if kill % 8 == 7 || kill + 1 == kills {
                    if commit > 0 {
                        let verified = workspace.run(&["verify"]);
                        assert_eq!(verified.code, 0, "{case}: {verified:?}");
                    }
                    let finished = workspace.run(&["index", "-q", "pages"]);
                    assert_eq!(finished.code, 0, "{case}: {finished:?}");
                    let _ = fs::remove_dir_all(workspace.path("fresh"));
                    workspace.ok(&["index", "--index", "fresh", "-q", "pages"]);
                    assert_same(&content(&index), &content(&workspace.path("fresh")), &case);
                    assert_eq!(litter(&index), Vec::<PathBuf>::new(), "{case}");
                }
            }
        }));
        stop.store(true, Ordering::Relaxed);
        let reads = reader.join();
        if let Err(panic) = result {
            std::panic::resume_unwind(panic);
        }
        assert!(reads.expect("the reader saw nothing wrong") > kills, "the reader has read all the time");
    });
}

/// Kills first runs at random moments: a folder that is read and labelled again before anything is committed is there whole or
/// not at all, and the next run ends where one that nobody kills does.
fn kill_first_runs(seed: u64, kills: usize) {
    let workspace = Workspace::new();
    let mut random = Random(seed);
    for number in 0..30 {
        write_page(&workspace, number, 0);
    }
    write_records(&workspace, 0);
    let started = Instant::now();
    workspace.ok(&["index", "--index", "fresh", "--threads", "2", "-q", "pages"]);
    let longest = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    let whole = content(&workspace.path("fresh"));
    let index = workspace.path("index");
    for kill in 0..kills {
        let case = format!("seed {seed}, first run {kill}");
        let after = Duration::from_micros(random.below(longest));
        run_and_kill(&workspace, &["index", "--threads", "2", "-q", "pages"], after);
        let commit = last_commit(&index);
        match open(&index) {
            Ok(open) if open.state.totals.passages > 0 => assert_same(&content(&index), &whole, &case),
            Ok(open) => assert_eq!(inconsistency(&open), None, "{case}"),
            Err(error) => assert_eq!(commit, 0, "{case}: {error}"),
        }
        let finished = workspace.run(&["index", "-q", "pages"]);
        assert_eq!(finished.code, 0, "{case}: {finished:?}");
        assert_same(&content(&index), &whole, &case);
        fs::remove_dir_all(&index).expect("it can be removed");
    }
}

/// A run goes on in an archive where an earlier one was killed: what was committed of it is not made again, and nothing is
/// there twice or missing.
#[test]
fn an_archive_is_gone_on_with_where_a_killed_run_left_it() {
    const RECORDS: u64 = 400;
    let workspace = Workspace::new();
    let mut lines = String::new();
    for number in 0..RECORDS {
        // Some lines are no records, and a number of records is not one of lines.
        if number % 7 == 0 {
            lines.push_str("{broken\n");
        }
        let text =
            format!("The pond {number} of this garden was filled.\n\nThe hedge {number} was cut in May.");
        writeln!(lines, "{}", serde_json::json!({"_id": number, "text": text})).expect("text can be written");
    }
    workspace.write("pages/ponds.jsonl", lines);
    workspace.write("pages/a.txt", page(1, 1));
    let pages = workspace.path("pages").to_string_lossy().into_owned();
    workspace.ok(&["index", "--index", "fresh", "-q", &pages]);
    let whole = content(&workspace.path("fresh"));
    let index = workspace.path("index");
    let mut child = workspace
        .command(&["index", "--commit-every", "0", "--threads", "2", "-q", &pages])
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let committed = |least: u64| {
        let begun = Instant::now();
        loop {
            let open = open(&index).ok().filter(|open| open.state.totals.passages >= least);
            if let Some(open) = open {
                return open.state;
            }
            assert!(begun.elapsed() < Duration::from_mins(1), "nothing was committed");
            std::thread::sleep(Duration::from_millis(1));
        }
    };
    committed(20);
    child.kill().expect("it can be killed");
    child.wait().expect("it is gone");
    let before = committed(20);
    assert!(!before.complete && before.totals.passages < RECORDS, "{before:?}");
    let verified = workspace.run(&["verify"]);
    assert!(verified.code == 0 && verified.stderr.contains("the index is not complete"), "{verified:?}");
    assert_eq!(workspace.run(&["query", "pond"]).code, 0);
    let mut made = 0;
    ingest::run(&index, &[], &Options::default(), &mut |event| {
        if let Event::Progress(progress) = event {
            made = progress.passages;
        }
    })
    .expect("nothing is in the way");
    assert_same(&content(&index), &whole, "gone on with");
    let total = open(&index).expect("it is there").state.totals.passages;
    assert_eq!(made + before.totals.passages, total);
}

/// Of an archive that has changed since, nothing of the old is left.
#[test]
fn an_archive_that_changed_after_a_killed_run_is_read_from_its_beginning() {
    let workspace = Workspace::new();
    write_records(&workspace, 1800);
    let index = workspace.path("index");
    let mut dir = None;
    let options = Options { commit_every: Duration::ZERO, threads: 1, ..Options::default() };
    let root = ingest::root_of(&workspace.path("pages"));
    // What stands on the disk while a run is under way is what a killed one leaves.
    ingest::run(&index, std::slice::from_ref(&root), &options, &mut |_| {
        let begun = open(&index).is_ok_and(|open| open.state.totals.passages > 5 && !open.state.complete);
        if begun && dir.is_none() {
            // A merge may take files away meanwhile, or bring new ones.
            let copy = workspace.path("left");
            let whole = copy_folder(&index, &copy).is_ok() && open(&copy).is_ok();
            if whole {
                dir = Some(copy);
            } else {
                fs::remove_dir_all(&copy).expect("what was copied can be removed");
            }
        }
    })
    .expect("nothing is in the way");
    let left = dir.expect("a part was committed");
    write_records(&workspace, 1900);
    for index in [&left, &workspace.path("fresh")] {
        ingest::run(index, std::slice::from_ref(&root), &options, &mut |_| ())
            .expect("nothing is in the way");
    }
    assert_same(&content(&left), &content(&workspace.path("fresh")), "changed");
}

#[test]
fn a_killed_run_loses_no_commit() {
    kill_at_random(1, 6);
    kill_first_runs(1, 4);
}

#[test]
#[ignore = "slow: .ci/run runs it"]
fn two_hundred_killed_runs_lose_no_commit() {
    std::thread::scope(|scope| {
        for seed in [2, 3] {
            scope.spawn(move || {
                kill_at_random(seed, 100);
                kill_first_runs(seed, 20);
            });
        }
    });
}

/// What happens at the chosen operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// It fails, and the next ones do not.
    Once,
    /// It and all later ones fail, as on a full disk.
    Always,
    /// The machine stops: nothing more is done, and of what was not synced any part may be lost.
    PowerLoss,
}

/// What the disk would forget if power were lost now.
#[derive(Debug)]
enum Unsynced {
    /// A new file; how much of it is there is not known before its end.
    Created {
        path: PathBuf,
        whole: bool,
    },
    /// A file renamed over another one, with what that one held.
    Replaced(PathBuf, Option<Vec<u8>>),
    Deleted(PathBuf, Vec<u8>),
}

/// The disk under a faulty directory.
#[derive(Debug)]
struct Disk {
    fault: Fault,
    /// The operation at which it happens, counted from 1.
    at: usize,
    operations: usize,
    unsynced: Vec<Unsynced>,
    /// Numbers of the commit that is safe, and of the last one that was begun.
    safe: u64,
    begun: u64,
}

impl Disk {
    fn step(&mut self) -> io::Result<()> {
        self.operations += 1;
        let fails = match self.fault {
            Fault::Once => self.operations == self.at,
            Fault::Always | Fault::PowerLoss => self.operations >= self.at,
        };
        if fails { Err(io::Error::from(io::ErrorKind::StorageFull)) } else { Ok(()) }
    }

    /// Fails if all operations do by now.
    fn stopped(&self) -> io::Result<()> {
        let stopped = self.fault != Fault::Once && self.operations >= self.at;
        if stopped { Err(io::Error::from(io::ErrorKind::StorageFull)) } else { Ok(()) }
    }

    /// Forgets a random part of what was not synced.
    fn lose(&mut self, random: &mut Random) {
        for unsynced in self.unsynced.drain(..).rev() {
            let forget = random.below(2) == 0;
            match unsynced {
                Unsynced::Created { path, .. } if forget => {
                    let _ = fs::remove_file(path);
                }
                Unsynced::Created { path, whole: false } => {
                    if let Ok(bytes) = fs::read(&path) {
                        let kept = usize::try_from(random.below(bytes.len() as u64)).unwrap_or(0);
                        fs::write(&path, &bytes[..kept]).expect("it can be written");
                    }
                }
                Unsynced::Replaced(path, Some(old)) if forget => {
                    fs::write(path, old).expect("it can be written");
                }
                Unsynced::Replaced(path, None) if forget => {
                    let _ = fs::remove_file(path);
                }
                Unsynced::Deleted(path, old) if forget => fs::write(path, old).expect("it can be written"),
                _ => {}
            }
        }
    }
}

/// The disk as it stands, whatever a writer that failed has left of it.
fn lock(disk: &Mutex<Disk>) -> MutexGuard<'_, Disk> {
    disk.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A directory on real files, one of whose operations fails.
#[derive(Debug, Clone)]
struct Faulty {
    files: MmapDirectory,
    dir: PathBuf,
    disk: Arc<Mutex<Disk>>,
}

impl Directory for Faulty {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.files.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        let mut disk = lock(&self.disk);
        disk.step()
            .map_err(|error| DeleteError::IoError { io_error: Arc::new(error), filepath: path.to_owned() })?;
        let old = fs::read(self.dir.join(path));
        self.files.delete(path)?;
        disk.unsynced.extend(old.ok().map(|old| Unsynced::Deleted(self.dir.join(path), old)));
        Ok(())
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.files.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let mut disk = lock(&self.disk);
        disk.step().map_err(|error| OpenWriteError::wrap_io_error(error, path.to_owned()))?;
        let file = self.files.open_write(path)?;
        let path = self.dir.join(path);
        disk.unsynced.push(Unsynced::Created { path: path.clone(), whole: false });
        Ok(io::BufWriter::new(Box::new(FaultyFile { file, path, disk: Arc::clone(&self.disk) })))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.files.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        let mut disk = lock(&self.disk);
        disk.step()?;
        let old = fs::read(self.dir.join(path)).ok();
        self.files.atomic_write(path, data)?;
        disk.unsynced.push(Unsynced::Replaced(self.dir.join(path), old));
        if path == Path::new("meta.json") {
            disk.begun = last_commit(&self.dir);
        }
        Ok(())
    }

    fn sync_directory(&self) -> io::Result<()> {
        let mut disk = lock(&self.disk);
        disk.step()?;
        self.files.sync_directory()?;
        disk.unsynced.retain(|unsynced| matches!(unsynced, Unsynced::Created { whole: false, .. }));
        disk.safe = disk.begun;
        Ok(())
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.files.acquire_lock(lock)
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.files.watch(callback)
    }
}

/// A file whose writes are operations of the disk.
struct FaultyFile {
    file: WritePtr,
    path: PathBuf,
    disk: Arc<Mutex<Disk>>,
}

impl Write for FaultyFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Writes are so many that they would hide the rest; a file that ends early stands for them.
        lock(&self.disk).stopped()?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl TerminatingWrite for FaultyFile {
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        lock(&self.disk).step()?;
        self.file.terminate_ref(token)?;
        for unsynced in &mut lock(&self.disk).unsynced {
            if let Unsynced::Created { path, whole } = unsynced
                && *path == self.path
            {
                *whole = true;
            }
        }
        Ok(())
    }
}

/// Runs the pipeline over a faulty directory and gives the disk as it was left.
fn run_with(
    workspace: &Workspace,
    index: &Path,
    commit_every: Duration,
    fault: Fault,
    at: usize,
) -> (bool, Disk) {
    let start = last_commit(index);
    let disk = Disk { fault, at, operations: 0, unsynced: Vec::new(), safe: start, begun: start };
    let disk = Arc::new(Mutex::new(disk));
    let (shared, dir) = (Arc::clone(&disk), index.to_path_buf());
    let options = Options {
        threads: 2,
        commit_every,
        storage: Storage::through(move |files| {
            Box::new(Faulty { files, dir: dir.clone(), disk: Arc::clone(&shared) })
        }),
        ..Options::default()
    };
    let root = ingest::root_of(&workspace.path("pages"));
    let done = ingest::run(index, &[root], &options, &mut |_| ()).is_ok();
    let disk = std::mem::replace(
        &mut *lock(&disk),
        Disk { fault, at, operations: 0, unsynced: Vec::new(), safe: 0, begun: 0 },
    );
    (done, disk)
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)?.flatten() {
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

/// Lets operations all over a run that commits so often fail one at a time, as many as `cases` for each fault: half of them in a
/// first build, the others in a refresh.
fn fail_at_operations(commit_every: Duration, cases: usize, seed: u64) {
    let workspace = Workspace::new();
    let mut random = Random(seed);
    for number in 0..9 {
        write_page(&workspace, number, 0);
    }
    let base = workspace.path("base");
    let root = ingest::root_of(&workspace.path("pages"));
    ingest::run(&base, &[root], &Options::default(), &mut |_| ()).expect("nothing fails");
    for number in 6..21 {
        write_page(&workspace, number, 1);
    }
    fs::remove_file(workspace.path("pages/0/3.txt")).expect("it is there");
    for number in [1, 2] {
        workspace.touch(&format!("pages/{number}/{number}.txt"));
    }
    let mut stopped = 0;
    for base in [None, Some(&base)] {
        let index_at = |name: &str| {
            let index = workspace.path(name);
            if let Some(base) = base {
                copy_folder(base, &index).expect("a folder can be copied");
            }
            index
        };
        let counted = index_at("counted");
        let (done, disk) = run_with(&workspace, &counted, commit_every, Fault::Once, usize::MAX);
        assert!(done);
        let wanted = content(&counted);
        fs::remove_dir_all(&counted).expect("it can be removed");
        let step = (2 * disk.operations / cases).max(1);
        for fault in [Fault::Once, Fault::Always, Fault::PowerLoss] {
            let first = 1 + usize::try_from(random.below(step as u64)).unwrap_or(0);
            for at in (first..disk.operations).step_by(step) {
                let case = format!(
                    "{fault:?} at operation {at} of {}, commits every {commit_every:?}, refresh: {}, seed {seed}",
                    disk.operations,
                    base.is_some()
                );
                let index = index_at("failed");
                stopped +=
                    usize::from(!fail_at(&workspace, &index, commit_every, fault, at, &mut random, &case));
                assert_same(&content(&index), &wanted, &case);
                fs::remove_dir_all(&index).expect("it can be removed");
            }
        }
    }
    // Some operations may fail without harm, such as the removal of a file that no commit refers to.
    assert!(stopped > 0, "no run was stopped");
}

/// Lets one operation of a run fail, looks at the index that is left, and completes it. Whether the run came to its end.
fn fail_at(
    workspace: &Workspace,
    index: &Path,
    commit_every: Duration,
    fault: Fault,
    at: usize,
    random: &mut Random,
    case: &str,
) -> bool {
    let (done, mut left) = run_with(workspace, index, commit_every, fault, at);
    if fault == Fault::PowerLoss {
        left.lose(random);
    }
    let commit = last_commit(index);
    assert!(
        (left.safe..=left.begun).contains(&commit),
        "{case}: commit {commit}, safe {}, begun {}",
        left.safe,
        left.begun
    );
    match open(index) {
        Ok(open) => assert_eq!(inconsistency(&open), None, "{case}"),
        Err(error) => assert_eq!(left.safe, 0, "{case}: {error}"),
    }
    let (named, pages) = (index.to_string_lossy(), workspace.path("pages"));
    let finished = workspace.run(&["index", "--index", &named, "-q", &pages.to_string_lossy()]);
    assert_eq!(finished.code, 0, "{case}: {finished:?}");
    done
}

#[test]
fn a_failing_disk_loses_no_commit() {
    fail_at_operations(Duration::ZERO, 3, 4);
    fail_at_operations(ingest::COMMIT_EVERY, 3, 4);
}

#[test]
#[ignore = "slow: .ci/run runs it"]
fn a_disk_that_fails_at_any_operation_loses_no_commit() {
    std::thread::scope(|scope| {
        for seed in [5, 6] {
            scope.spawn(move || {
                fail_at_operations(Duration::ZERO, 24, seed);
                // What is labelled again before anything is committed, and what a commit comes amidst of.
                fail_at_operations(ingest::COMMIT_EVERY, 12, seed);
                fail_at_operations(Duration::from_millis(20), 12, seed);
            });
        }
    });
}
