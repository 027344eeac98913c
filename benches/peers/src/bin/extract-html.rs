//! The Rust port of trafilatura by itself: extracts the main content of every page of a folder, and writes nothing.

use std::path::Path;
use std::{env, hint};

use backsearch_peers::each_page;

fn main() {
    let folder = env::args().nth(1).expect("a folder of pages");
    each_page(Path::new(&folder), &|page| {
        // A page that it finds nothing in is no error of the comparison.
        let _ = hint::black_box(rs_trafilatura::extract(page));
    });
}
