//! Queries in one process on one index: both stages of backsearch beside bare Tantivy's best ten, with ten texts fetched.
//!
//! `latency DIR QUERIES ROUNDS` prints the p50 and p99 of each in milliseconds of the thread's own time, over the queries
//! (one a line), of which each counts with the least of its rounds. Bare Tantivy asks for the same stems in one field.

use std::time::Duration;
use std::{env, fs};

use backsearch::analysis::{Analyzer, Stemming};
use backsearch::index;
use backsearch::search::{Embedded, Request, Search};
use cpu_time::ThreadTime;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{TantivyDocument, Term};

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [dir, queries, rounds] = arguments.as_slice() else { panic!("latency DIR QUERIES ROUNDS") };
    let queries = fs::read_to_string(queries).expect("the queries can be read");
    let queries: Vec<&str> = queries.lines().collect();
    let search = Embedded::new(index::open(dir.as_ref()).expect("the index can be opened"));
    let mut least = vec![(Duration::MAX, Duration::MAX); queries.len()];
    for _ in 0..rounds.parse::<usize>().expect("a number of rounds") {
        for (query, least) in queries.iter().zip(&mut least) {
            least.0 = least.0.min(timed(|| both_stages(&search, query)));
            least.1 = least.1.min(timed(|| bare(&search, query)));
        }
    }
    let mut ours: Vec<Duration> = least.iter().map(|pair| pair.0).collect();
    let mut bare: Vec<Duration> = least.iter().map(|pair| pair.1).collect();
    if env::var_os("SHOW_SLOW").is_some() {
        let mut by_time: Vec<_> = least.iter().zip(&queries).collect();
        by_time.sort_by_key(|(pair, _)| std::cmp::Reverse(pair.0));
        for (pair, query) in by_time.iter().take(12) {
            eprintln!("{:?} {:?} {query}", pair.0, pair.1);
        }
    }
    ours.sort();
    bare.sort();
    let at =
        |times: &[Duration], percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1000.0;
    println!("{:.3} {:.3} {:.3} {:.3}", at(&ours, 50), at(&ours, 99), at(&bare, 50), at(&bare, 99));
}

/// Time of this thread's own work: others may have the processor meanwhile.
fn timed(work: impl FnOnce() -> usize) -> Duration {
    let before = ThreadTime::now();
    std::hint::black_box(work());
    before.elapsed()
}

fn both_stages(search: &Embedded, query: &str) -> usize {
    let request = Request { query: query.to_owned(), ..Request::default() };
    search.search(&request).expect("it can be searched").hits.len()
}

fn bare(search: &Embedded, query: &str) -> usize {
    let index = search.index();
    let terms = Analyzer::default().terms(query, Stemming::ENGLISH);
    let parts: Vec<Box<dyn Query>> = terms
        .iter()
        .map(|term| -> Box<dyn Query> {
            let term = Term::from_field_text(index.fields.body, &term.text);
            Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
        })
        .collect();
    let collector = TopDocs::with_limit(10).order_by_score();
    let found = index.searcher.search(&BooleanQuery::union(parts), &collector).expect("it can be searched");
    found
        .iter()
        .map(|(_, address)| {
            let document: TantivyDocument = index.searcher.doc(*address).expect("a text can be read");
            document.field_values().count()
        })
        .sum()
}
