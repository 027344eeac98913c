//! How fast pages are read, labelled and split, beside what the parts cannot do without.
//!
//! `cargo bench --bench clean`; with `BACKSEARCH_BENCH_TEXT` and `BACKSEARCH_BENCH_HTML` naming folders, on their files
//! too. All benches use one thread. The HTML parser alone, which builds the tree and writes nothing, stands beside the
//! whole: the whole should take no more than twice its time.
//!
//! Plain text took 43 instructions a byte on prose (public-domain books, questions and answers), by callgrind
//! (`--toggle-collect` on what prepares the pages); it took 75 before the classes of all bytes were found once a page, and 45
//! before points, gates and counts were taken from these. Bytes compared as wide as the processor can, and lines that are
//! told by their first word before they are folded, took six of a hundred off. The learnt scorer, which one page of prose
//! in a hundred asks for, gave four back; a page of an article with menus, which does ask for it, takes twice
//! as long as without it, and the first such page reads the model (27 million instructions). Where the 43 went on prose: 16 to look at the page
//! once (5 to find the classes, 6 to look for some hundred phrases where words begin, 3 to sum the classes up for each
//! line), 10 for all rules (1.3 to search the page for what some rules need, 2 for search phrases set as sentences), 9 to cut
//! passages (2 for sentences, 5 to copy a passage and to judge it), 3 to decode and to find lines.
//!
//! What profiles have shown so far:
//!
//! - Lines are short. What is prepared for each (64 bytes filled up with spaces, a search for a text, a string of its own)
//!   costs more than the look at its bytes. Bits for the whole page, of which a line takes a range, cost less.
//! - A branch on data costs as much as ten instructions: whether a word begins as one of the phrases does is asked
//!   without one. A page that is looked at again and again takes a quarter less time than pages that come once,
//!   because the processor has learnt its branches; so pages are measured one after the other.
//! - Text with accents and curly quotes took twice the time of ASCII: one `é` sent a whole line, or the word around it, to
//!   the tables. Latin letters and the marks of English are now known by their bytes; all else still goes there, and takes
//!   three times as long. A line with two spaces between sentences was folded to find phrases in it; now only what stands
//!   before such spaces is.
//! - A search of the whole page for what a rule needs (its gate) costs less than a question to each line, but seven of them
//!   cost as much as the words of all lines. They begin with a capital or a mark, which are few: one look at those does.
//! - What else costs more than it looks: sentences where no rule needs them, folded copies of long lines, `str::contains`
//!   on short lines, iterators over characters, a hash of a word to ask a small set, a comparison of all lines with all,
//!   a vector for one range (twice a passage), a binary search for a line that is the next but one.
//! - What did not help: a search for three bytes at once instead of one after the other, and letters counted by an iterator
//!   over bytes, which became more instructions than what it was to spare.
//! - Walking a row of features down four hundred trees took a sixth of the time of a web page, nearly all of it for guesses of
//!   the processor about which way the row goes. Rows side by side in one tree took longer still. Every question put to
//!   sixteen rows at once, as `trees.rs` does, asks ten times as many and takes a third of the time. It helps only if the
//!   compiler sees that nothing it writes to is what it reads from: a question is copied before the rows answer it.
//! - What is said of the words of a page of plain text was looked up for every line that has them, four times over, and
//!   each feature of sixteen rows was compared one row after the other to find the largest. Each word looked up once and
//!   halves compared with halves take a quarter of the time off pages with menus (53 to 69 MB/s at 100 KB).
//! - `str::find` builds tables before it looks: a twelfth of the time of a web page, where `starts_with` had the answer.
//! - html5ever's tokenizer goes through tags character by character and makes a string of every attribute: a quarter of the
//!   time of a web page. Tags written as nearly all are, texts and references go to the tree builder without it, and names
//!   that elements share are looked at once (44 to 67 MB/s on 58 pages, `scraper` alone 107 in the same minutes).
//! - To tokenise scripts and to put them into the tree took a twentieth of the time of a web page. Maps with the standard
//!   hasher and names of classes, which most elements share with others, took a thirteenth of its instructions.
//! - The first pass is sure of so many blocks of a web page that the second, which leaves these alone, takes four tenths of the
//!   instructions it took (288 to 114 million on 57 pages).
//! - Questions of a forest that are sorted by their thresholds end at the first that no row is above: a fifth fewer.
//! - How the crate is cut for the compiler is worth little: `codegen-units = 1` for this crate alone takes one instruction
//!   of a hundred.

#![allow(clippy::expect_used, reason = "a bench that cannot go on has failed")]

#[path = "../tests/generated.rs"]
mod generated;

use std::path::Path;
use std::{env, fs};

use backsearch::boilerplate::Knowledge;
use backsearch::ingest::prepare;
use backsearch::record::Record;
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    // What is made once, however many pages are looked at, is no part of what is measured.
    divan::black_box(prepare(&Record::plain(&generated::text_page(0, 5000)), Knowledge::default()));
    divan::main();
}

/// Bytes of generated pages: from a short page to a book on one.
const SIZES: [usize; 4] = [10_000, 100_000, 1_000_000, 10_000_000];

/// Prepares the pages one after the other.
fn clean(bencher: Bencher<'_, '_>, records: &[Record]) {
    let bytes: usize = records.iter().map(|record| record.bytes.len()).sum();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        for record in records {
            divan::black_box(prepare(divan::black_box(record), Knowledge::default()));
        }
    });
}

/// The files of the folder that an environment variable names, and of the folders in it; none where it is not set.
fn files(variable: &str) -> Vec<String> {
    fn walk(folder: &Path, found: &mut Vec<String>) {
        let mut paths: Vec<_> = fs::read_dir(folder)
            .expect("the folder can be read")
            .flatten()
            .map(|entry| entry.path())
            .collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.push(
                    String::from_utf8_lossy(&fs::read(path).expect("the file can be read")).into_owned(),
                );
            }
        }
    }
    let mut found = Vec::new();
    if let Some(folder) = env::var_os(variable) {
        walk(Path::new(&folder), &mut found);
    }
    found
}

mod text {
    use backsearch::record::Record;
    use divan::Bencher;

    use super::{SIZES, clean, files, generated};

    /// A folder of pages of some kilobytes.
    #[divan::bench]
    fn folder(bencher: Bencher<'_, '_>) {
        let records: Vec<Record> =
            (0..200).map(|seed| Record::plain(&generated::text_page(seed, 5000))).collect();
        clean(bencher, &records);
    }

    #[divan::bench(args = SIZES)]
    fn page(bencher: Bencher<'_, '_>, bytes: usize) {
        clean(bencher, &[Record::plain(&generated::text_page(1, bytes))]);
    }

    /// A page of nothing but names and what is said of them: as fast a byte at any length.
    #[divan::bench(args = SIZES)]
    fn authors(bencher: Bencher<'_, '_>, bytes: usize) {
        clean(bencher, &[Record::plain(&generated::authors_page(bytes))]);
    }

    #[divan::bench(sample_count = 5, sample_size = 1)]
    fn given(bencher: Bencher<'_, '_>) {
        let records: Vec<Record> =
            files("BACKSEARCH_BENCH_TEXT").iter().map(|text| Record::plain(text)).collect();
        clean(bencher, &records);
    }
}

mod html {
    use backsearch::record::Record;
    use divan::Bencher;
    use divan::counter::BytesCount;

    use super::{SIZES, clean, files, generated};

    #[divan::bench(args = SIZES)]
    fn page(bencher: Bencher<'_, '_>, bytes: usize) {
        clean(bencher, &[Record::html(&generated::html_page(1, bytes))]);
    }

    #[divan::bench(args = SIZES)]
    fn page_parser_alone(bencher: Bencher<'_, '_>, bytes: usize) {
        parse(bencher, &[generated::html_page(1, bytes)]);
    }

    #[divan::bench(sample_count = 5, sample_size = 1)]
    fn given(bencher: Bencher<'_, '_>) {
        let records: Vec<Record> =
            files("BACKSEARCH_BENCH_HTML").iter().map(|page| Record::html(page)).collect();
        clean(bencher, &records);
    }

    #[divan::bench(sample_count = 5, sample_size = 1)]
    fn given_parser_alone(bencher: Bencher<'_, '_>) {
        parse(bencher, &files("BACKSEARCH_BENCH_HTML"));
    }

    fn parse(bencher: Bencher<'_, '_>, pages: &[String]) {
        let bytes: usize = pages.iter().map(String::len).sum();
        bencher.counter(BytesCount::new(bytes)).bench_local(|| {
            for page in pages {
                divan::black_box(scraper::Html::parse_document(divan::black_box(page)));
            }
        });
    }
}
