#!/usr/bin/env python3
"""Speed and memory of indexing and querying, beside peers that do the same on the same machine in the same run.

    benches/end_to_end.py [--text FOLDER] [--html FOLDER] [--only NAME,...] [--scale SHARE] [--runs N] [--work FOLDER]

Builds the project and the peers, makes what is to be read, and prints one table. Everything is a ratio of medians of
runs that take turns, so that a busy machine slows both alike; CPU is user and system time of the process. The project is
built as it is for everybody, peers as Cargo builds by itself. Without
`--text`, text is generated; with it, larger corpora are made of the sentences of its files, so that words are as frequent
as in real text. Queries are only worth timing with it: generated pages repeat their sentences, so that most passages
that hold a word have the same score. `--scale 0.1` makes everything a tenth as large, for a quick look; the targets are for 1.

SQLite comes with Python; Xapian and ripgrep, which `benches/install-peers` installs, and find are asked where they are
there and named as missing where not. Linux only: peak memory is read from /proc. `--only growth` needs no peer but the maker of corpora.

What profiles have shown so far:

- A run with nothing to do spent two thirds of its time on looking up the key of each source by itself, which unpacks a
  block of the dictionary every time, on asking of each file whether it is an index, on taking paths apart, and on
  copying what is known of a file for a comparison. In the order of the dictionary, for folders alone, by the bytes of
  the root and by going through two sorted lists, 100,000 files take a third of the time that they took.
- One query in a process of its own: a third of the time are page faults, half of them on files of the index, of which
  each segment has seven, so that one segment instead of six answers a quarter faster. Of the rest most goes to unpacking
  the twenty stored texts that are looked at. A word that no passage holds is looked for in the whole dictionary, which then costs more than all else together.
  Each further segment costs up to a tenth; blocks of 18 KiB instead of 32 take off a tenth. To merge all segments of a first build
  would take half as long as the build. A field that no document of a segment has cost half a millisecond, more than all passages
  that were read: Tantivy makes an empty dictionary then, and a megabyte of tables for it, so that all fields are written. To tell clap
  of the options of the command that is run, and of no other's, takes a tenth off a query; so did together: texts read in the order
  in which they are stored, candidates that are small enough to be sorted, words folded text by text.
- Queries in one process: Tantivy's pruned search of three fields took half of the time, and again where the scores of
  the last were the same, since it then was asked for twice as many; going through whole postings for the frequency of a
  word wherever anything was deleted, an eighth; stemming the texts that are looked at, a third. MaxScore over blocks of
  postings takes less for the best hundred than Tantivy for the best ten.
- Indexing: Tantivy's threads took half of the time, most of it to look up each term of each text where no cache has it, and
  the rest to take apart again what other threads had put together for them. Terms are numbered where words are looked up
  for their stems anyway; the numbers of a segment are written down one after another, and sorted when it is full. The threads
  that label do that for themselves, through Tantivy's own writers: half of the CPU time, and two fifths of the wall time.
- Of what is left, a fifth is the writing of segments, a fifth the look-up of words (one miss of the cache each), a twelfth
  LZ4, a sixth reading and labelling. zstd took twice as long as LZ4: a third of that was the making of a context for each
  block, which asks the processor what it can, and a virtual machine answers that slowly.
- A queue that is too short costs more than it saves: the reader waited for the thread that only counts what has been read,
  a quarter of the wall time.
- A process of one query: 50,000 pointers that are put right, each on a page that has to be copied first, took .6 ms of 5. A
  program at a fixed address has none.
- Memory that one thread takes and another gives back makes both wait for its lock. A tenth of the time of indexing went
  there and to lists of words that grew anew for every text; what one text was taken apart in serves for the next now. An
  allocator without such locks (mimalloc) gains no more than that, and takes 90 MB more.
- Standard output: what takes colours away writes a piece for every line, forty system calls for ten hits; it stands
  between two buffers now. To ask how many processors there are took a query a tenth of a millisecond.
- Memory of a run grew by a kilobyte for each file: the manifest, the lines that files share with their counts, and the list
  of what is to be read. The first two are read from columns of the index now, and the third is packed (twenty bytes a
  file). What was left were merges, which take some thirty bytes for each of their documents, ran four at a time, and leave
  what they took to the threads that they ran in: one at a time, and none of more documents than a small part of the writer's
  memory allows until the last segment is made. A million little pieces that are let go of are of use to nobody else, so that a listing is packed, too.
- Once segments were made by the threads that label, memory crept up again, by a quarter from 100 MB to 2 GB. What is taken for
  a moment to write a segment stayed with the thread that took it: Tantivy's writer of columns has nine arenas of a megabyte
  each, which are cleared, and so touched, where they had been used before; entries that did not fit into what the last batch
  had moved to twice as much. Columns are packed until then, and entries are reserved once. Threads of their own for each
  segment were half of a cure: Tantivy starts a thread with every commit, which was given the memory of the last writer, 24 MB,
  and kept it. One thread for two builders writes their segments now and stays: what it takes for a moment is taken once, and 2 GB
  take at most a tenth more than 100 MB, not a quarter. Only where nothing was written before the end, all write at once: that takes a fifth
  off the wall time of 90 MB, of which half was the writing of two segments one after the other.
- A message for every small file wakes the thread that hears it: told of by the hundred, files cost a third of the system calls, and
  a twentieth of the CPU time. So does the beginning of a file that is read piece by piece: what is known to be small is read at once.
- What the system keeps of a file in memory stands there in pieces as large as they were written. Mapped ones of 8 KiB, as Tantivy writes
  them, cost one query a twentieth more than ones of 128 KiB.
- A folder of web pages was parsed twice, once to count what they share and once with that known. Now a page is looked at
  again only if a shared line stays for no other reason, which takes 40 % off indexing and a third off cleaning.
- Of the index, the stored texts are more than half: what is kept beside a text of 60 words takes 80 bytes compressed.
"""

import argparse
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
RELEASE = PROJECT / "target/release"
TOKENS = re.compile(r"[a-z]{3,}")


class Run:
    """What a process took: seconds of CPU and of wall time, and its peak memory in MB."""

    def __init__(self, command, quiet=True, watch=False):
        out = subprocess.DEVNULL if quiet else None
        started = time.perf_counter()
        process = subprocess.Popen([str(part) for part in command], stdout=out, stderr=out)
        self.anonymous = 0.0
        while watch:
            try:
                status = Path(f"/proc/{process.pid}/status").read_text()
            except OSError:
                break
            found = re.search(r"RssAnon:\s+(\d+) kB", status)
            if not found or os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG):
                break
            self.anonymous = max(self.anonymous, int(found[1]) / 1024)
            time.sleep(0.01)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.wall = time.perf_counter() - started
        self.cpu = usage.ru_utime + usage.ru_stime
        self.peak = usage.ru_maxrss / 1024
        if process.returncode not in (0, 1):
            sys.exit(f"{' '.join(map(str, command))} failed with {process.returncode}")


def median(runs, what="cpu"):
    return statistics.median(getattr(run, what) for run in runs)


def in_turn(times, *commands):
    """Runs the commands one after the other, several times, after a first round that warms the caches."""
    runs = [[] for _ in commands]
    for number in range(times + 1):
        for command, own in zip(commands, runs):
            done = command() if callable(command) else Run(command)
            if number > 0:
                own.append(done)
    return runs


class Table:
    """Rows as they are found; printed as they come and once more, as a table, at the end."""

    def __init__(self):
        self.rows = []

    def add(self, what, ours, peer, ratio, target, met):
        row = (*what.split(" | "), ours, peer, ratio, target, "met" if met else "missed")
        self.rows.append(row)
        print("  " + " | ".join(row), file=sys.stderr, flush=True)

    def at_least(self, what, ours, peer, ratio, target):
        self.add(what, ours, peer, f"{ratio:.2f}", f"≥ {target}", ratio >= target)

    def at_most(self, what, ours, peer, ratio, target):
        self.add(what, ours, peer, f"{ratio:.2f}", f"≤ {target}", ratio <= target)

    def missing(self, what, peer):
        self.add(f"{what} | {peer}", "-", "not installed", "-", "-", False)

    def print(self):
        print("| what | peer | backsearch | the peer | ratio | target | |\n|---|---|---|---|---|---|---|")
        for row in self.rows:
            print("| " + " | ".join(row) + " |")


class Bench:
    def __init__(self, options):
        self.options = options
        self.work = Path(options.work or tempfile.mkdtemp(prefix="backsearch-bench-"))
        self.work.mkdir(parents=True, exist_ok=True)
        self.table = Table()
        self.threads = str(os.cpu_count())
        self.ours = RELEASE / "backsearch"

    def peer(self, name):
        return RELEASE / name

    def scaled(self, megabytes):
        return max(1, round(megabytes * self.options.scale))

    def corpus(self, megabytes):
        """A folder of so many megabytes of plain text."""
        megabytes = self.scaled(megabytes)
        dir = self.work / f"text-{megabytes}"
        if not dir.exists():
            text = self.options.text
            arguments = ["shuffled", dir, megabytes, text] if text else ["text", dir, megabytes]
            subprocess.run([self.peer("corpus"), *map(str, arguments)], check=True)
        return dir

    def index(self, folder, dir, *options, watch=False):
        shutil.rmtree(dir, ignore_errors=True)
        return Run([self.ours, "index", folder, "--index", dir, "-q", *options], watch=watch)

    def indexed(self, folder):
        dir = self.work / f"index-{folder.name}"
        if not dir.exists():
            self.index(folder, dir)
        return dir

    def passages(self, folder):
        """The passages of a folder, one a line: what bare peers index ready-made."""
        lines = self.work / f"passages-{folder.name}"
        if not lines.exists():
            command = [self.ours, "clean", "--format", "jsonl", "-q", folder]
            clean = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE)
            with open(lines, "w") as out:
                for line in clean.stdout:
                    out.write(json.loads(line)["text"].replace("\n", " ") + "\n")
            clean.wait()
        return lines

    def bare(self, lines):
        dir = self.work / f"bare-{lines.name}"
        if not dir.exists():
            Run([self.peer("bare-index"), lines, dir, self.threads, 100])
        return dir

    def queries(self, lines, count=300):
        """Mixed queries from the text: one to five words that stand together or anywhere in a passage, and questions."""
        chance = random.Random(1)
        texts = []
        with open(lines) as all_lines:
            for number, line in enumerate(all_lines):
                if number % 97 == 0:
                    texts.append(line)
        queries = []
        while len(queries) < count:
            words = TOKENS.findall(chance.choice(texts).lower())
            long = [word for word in words if len(word) > 4]
            if len(words) < 20 or len(long) < 6:
                continue
            length = len(queries) % 5 + 1
            kind = len(queries) % 3
            at = chance.randrange(len(words) - 6)
            if kind == 0:
                queries.append(" ".join(words[at : at + length]))
            elif kind == 1:
                queries.append(" ".join(chance.sample(long, length)))
            else:
                start = chance.choice(["how do", "what is the", "why does", "when did the"])
                queries.append(f"{start} {' '.join(chance.sample(long, min(length, 3)))}?")
        return queries

    # What is measured, one by one.

    def indexing(self):
        """The whole pipeline beside engines that index its passages ready-made."""
        folder = self.options.text or self.corpus(90)
        folder = Path(folder)
        lines = self.passages(folder)
        kept = lines.stat().st_size / 1e6
        built, bare = self.work / "index-timed", self.work / "bare-timed"
        fts = self.work / "fts.db"

        def ours():
            return self.index(folder, built)

        def tantivy():
            shutil.rmtree(bare, ignore_errors=True)
            return Run([self.peer("bare-index"), lines, bare, self.threads, 75])

        def sqlite():
            fts.unlink(missing_ok=True)
            return Run([sys.executable, "-c", SQLITE, lines, fts])

        runs = in_turn(self.options.runs, ours, tantivy, sqlite)
        cpu = [median(own) for own in runs]
        wall = [median(own, "wall") for own in runs]
        speed = [f"{kept / seconds:.1f} MB of passages a CPU second" for seconds in cpu]
        self.table.at_least(
            f"indexing {kept:.0f} MB: read, clean, split, index | bare tantivy indexes the passages", speed[0], speed[1], cpu[1] / cpu[0], 1.25
        )
        speed = [f"{kept / seconds:.1f} MB a second" for seconds in wall]
        self.table.at_least("the same, wall time | SQLite FTS5 porter", speed[0], speed[2], wall[2] / wall[0], 1.4)
        if subprocess.run(["/usr/bin/python3", "-c", "import xapian"], capture_output=True).returncode == 0:
            once = Run(["/usr/bin/python3", "-c", XAPIAN, lines, self.work / "xapian"])
            mine, theirs = (f"{kept / seconds:.1f} MB a CPU second" for seconds in (cpu[0], once.cpu))
            self.table.at_least("the same, CPU | Xapian, one run", mine, theirs, once.cpu / cpu[0], 1.25)
            shutil.rmtree(self.work / "xapian", ignore_errors=True)
        else:
            self.table.missing("indexing", "Xapian")
        size = sum(file.stat().st_size for file in built.iterdir()) / 1e6
        peer = sum(file.stat().st_size for file in bare.iterdir()) / 1e6
        self.table.at_most("size of the index over kept text | bare tantivy", f"{size:.0f} MB", f"{peer:.0f} MB ({peer / kept:.2f})", size / kept, 1.35)

    def one_off(self):
        """A process that answers one query."""
        for folder in (self.corpus(44), Path(self.options.text or self.corpus(90))):
            self.start_up(self.indexed(folder), self.passages(folder), 1.5)
        ripgrep = shutil.which("rg")
        if not ripgrep:
            return self.table.missing("one query", "ripgrep")
        for megabytes in (10, 90):
            folder = self.corpus(megabytes)
            index = self.indexed(folder)
            queries = self.queries(self.passages(folder), 30)
            ours, theirs = in_turn(
                1,
                lambda: many([self.ours, "query", "--index", index, "--"], queries),
                lambda: many([ripgrep, "-c", "-i", "-F"], [query.split(" ")[-1].strip("?") for query in queries], folder),
            )
            self.faster(f"one query, {megabytes} MB of files | rg -c of one word", ours, theirs)

    def faster(self, what, ours, theirs):
        a, b = median(ours), median(theirs)
        self.table.at_most(what, f"{a * 1000:.1f} ms of CPU", f"{b * 1000:.1f} ms", a / b, 1)

    def count_passages(self, index):
        """How many passages an index has."""
        return json.loads(subprocess.check_output([self.ours, "stats", "--json", "--index", index]))["passages"]

    def start_up(self, index, lines, target):
        queries = self.queries(lines, 100)
        bare = self.bare(lines)
        ours, theirs = in_turn(
            3,
            lambda: many([self.ours, "query", "--index", index, "--"], queries),
            lambda: many([self.peer("bare-query"), bare], queries),
        )
        a, b = median(ours), median(theirs)
        what = f"one query, {self.count_passages(index):,} passages | bare tantivy opens, searches, fetches ten"
        self.table.at_most(what, f"{a * 1000:.2f} ms of CPU", f"{b * 1000:.2f} ms", a / b, target)

    def latency(self):
        """Both stages in one process on a million passages, and one process for a query on them."""
        folder = self.corpus(440)
        index, lines = self.indexed(folder), self.passages(folder)
        queries = self.work / "queries"
        queries.write_text("\n".join(self.queries(lines)))
        passages = self.count_passages(index)
        command = [self.peer("latency"), index, queries, "5"]
        found = [float(number) for number in subprocess.check_output(command, text=True).split()]
        for name, ours, bare, target in (("p50", *found[0::2], 1), ("p99", *found[1::2], 5)):
            above = ours - bare
            row = (f"query in process, {name}, {passages:,} passages | bare tantivy, ten texts", f"{ours:.2f} ms", f"{bare:.2f} ms")
            self.table.add(*row, f"{above:+.2f} ms", f"≤ +{target} ms", above <= target)
        runs = in_turn(3, lambda: many([self.ours, "query", "--index", index, "--"], self.queries(lines, 100)))
        took = median(runs[0]) * 1000
        self.table.add(f"one query, {passages:,} passages | none", f"{took:.1f} ms of CPU", "-", "-", "< 10 ms", took < 10)

    def unchanged(self):
        """A run with nothing to do, beside find."""
        folder = self.work / "small"
        if not folder.exists():
            subprocess.run([self.peer("corpus"), "text", folder, str(self.scaled(115)), "300"], check=True)
        files = sum(len(names) for _, _, names in os.walk(folder))
        index = self.indexed(folder)
        ours, find = in_turn(
            self.options.runs,
            [self.ours, "index", "--index", index],
            ["find", folder, "-type", "f", "-printf", "%s %T@\\n"],
        )
        for what in ("cpu", "wall"):
            a, b = median(ours, what), median(find, what)
            self.table.at_most(f"{files:,} files unchanged, {what} | find -printf", f"{a * 1000:.0f} ms", f"{b * 1000:.0f} ms", a / b, 2)

    def pages(self):
        """A folder of web pages, and its size in MB."""
        folder = Path(self.options.html or self.work / "html")
        if not folder.exists():
            subprocess.run([self.peer("corpus"), "html", folder, str(self.scaled(60)), "60000"], check=True)
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
        return folder, size

    def html(self):
        """Indexing web pages beside a parser that writes nothing."""
        folder, size = self.pages()
        ours, parser = in_turn(
            self.options.runs,
            lambda: self.index(folder, self.work / "index-html"),
            [self.peer("parse-html"), folder],
        )
        a, b = median(ours), median(parser)
        self.table.at_least(f"indexing {size:.0f} MB of HTML | scraper parses it", f"{size / a:.1f} MB a CPU second", f"{size / b:.1f}", b / a, 0.5)

    def extract(self):
        """Main content of web pages beside a parser that writes nothing and another extractor."""
        folder, size = self.pages()
        ours, parser, peer = in_turn(
            self.options.runs,
            [self.ours, "clean", "--threads", "1", folder],
            [self.peer("parse-html"), folder],
            [self.peer("extract-html"), folder],
        )
        a, b, c = median(ours), median(parser), median(peer)
        speed = f"{size / a:.1f} MB a CPU second"
        self.table.at_least(f"content of {size:.0f} MB of HTML | scraper parses it", speed, f"{size / b:.1f}", b / a, 0.5)
        self.table.at_least(f"content of {size:.0f} MB of HTML | rs-trafilatura", speed, f"{size / c:.1f}", c / a, 3)

    def memory(self):
        """Peak memory as the input grows."""
        first = None
        for megabytes in (100, 500, 2000):
            folder = self.corpus(megabytes)
            dir = self.work / "index-memory"
            run = self.index(folder, dir, watch=True)
            first = first or run.anonymous
            within = abs(run.anonymous / first - 1) <= 0.2 and run.anonymous <= 180
            self.table.add(f"peak anonymous memory, {megabytes} MB | 100 MB", f"{run.anonymous:.0f} MB", f"{first:.0f} MB", f"{run.anonymous / first:.2f}", "1 ± 0.2, 150 MB ± 20 %", within)
            shutil.rmtree(dir)
            if megabytes > 1000:
                shutil.rmtree(folder)

    def page(self):
        """Peak memory of cleaning one web page as the page grows: a small multiple of its size."""
        folder = self.work / "pages"
        pages = []
        for megabytes in (1, 4, 16):
            dir = folder / str(megabytes)
            if not dir.exists():
                subprocess.run([self.peer("corpus"), "html", dir, "1", str(megabytes * 1_000_000)], check=True)
            pages.append(next(dir.rglob("*.html")))
        runs = [Run([self.ours, "clean", "-q", page], watch=True) for page in pages]
        grown = (pages[-1].stat().st_size - pages[0].stat().st_size) / 1e6
        multiple = (runs[-1].anonymous - runs[0].anonymous) / grown
        sizes = ", ".join(f"{page.stat().st_size / 1e6:.1f}" for page in pages)
        peaks = ", ".join(f"{run.anonymous:.0f}" for run in runs)
        self.table.at_most(f"peak memory of one page of {sizes} MB, in its size | none", f"{peaks} MB", "-", multiple, 16)

    def growth(self):
        """Peak memory of cleaning a folder into another, and of indexing it, as the folder grows."""
        out = self.work / "growth"
        for command, sizes in ((["clean", "-q", "--out", out], (100, 500)), (["index", "-q", "--index", out], (10, 90))):
            small, large = (self.watched(command, out, megabytes) for megabytes in sizes)
            name = f"{command[0]}: peak resident memory, {sizes[1]} MB of files | {sizes[0]} MB of files"
            if command[0] == "clean":
                self.table.at_most(name, f"{large.peak:.0f} MB", f"{small.peak:.0f} MB", large.peak / small.peak, 1.25)
                continue
            # The writer of an index takes what it may use where there is as much to write; files of the index that are
            # mapped are resident, too.
            own = large.anonymous
            row = (name, f"{large.peak:.0f} MB, {own:.0f} MB of it anonymous", f"{small.peak:.0f} MB, {small.anonymous:.0f} MB")
            self.table.add(*row, f"{own / small.anonymous:.2f}", "150 MB + 20 %", own <= 180)

    def watched(self, command, out, megabytes):
        run = Run([self.ours, *command, self.corpus(megabytes)], watch=True)
        shutil.rmtree(out)
        return run


class Mean:
    """The mean over many short processes."""

    def __init__(self, runs):
        self.cpu = statistics.mean(run.cpu for run in runs)
        self.wall = statistics.mean(run.wall for run in runs)


def many(command, queries, *after):
    return Mean([Run([*command, query, *after]) for query in queries])


SQLITE = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[2])
database.execute("pragma synchronous = normal")
database.execute("create virtual table passages using fts5(text, tokenize = porter)")
with open(sys.argv[1]) as lines, database:
    database.executemany("insert into passages values (?)", ((line.rstrip(),) for line in lines))
"""

XAPIAN = """
import sys, xapian
database = xapian.WritableDatabase(sys.argv[2], xapian.DB_CREATE_OR_OVERWRITE)
terms = xapian.TermGenerator()
terms.set_stemmer(xapian.Stem("en"))
for line in open(sys.argv[1]):
    document = xapian.Document()
    document.set_data(line.rstrip())
    terms.set_document(document)
    terms.index_text(line)
    database.add_document(document)
database.commit()
"""

PARTS = ("indexing", "one_off", "latency", "unchanged", "html", "extract", "page", "memory", "growth")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=lambda path: str(Path(path).resolve()), help="real plain text")
    parser.add_argument("--html", help="real web pages")
    parser.add_argument("--only", help=f"some of {', '.join(PARTS)}")
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--work", help="where corpora and indexes are kept for the next time")
    parser.add_argument("--built", action="store_true", help="take the programs as they were built before")
    options = parser.parse_args()
    if not options.built:
        build = ["cargo", "build", "--release", "--quiet"]
        subprocess.run(build, cwd=PROJECT, check=True)
        peers = ["--manifest-path", "benches/peers/Cargo.toml", "--target-dir", "target"]
        subprocess.run([*build, *peers], cwd=PROJECT, check=True)
    bench = Bench(options)
    try:
        for part in (options.only or ",".join(PARTS)).split(","):
            print(part, file=sys.stderr, flush=True)
            getattr(bench, part)()
    finally:
        bench.table.print()
        if not options.work:
            shutil.rmtree(bench.work)


main()
