//! `scraper` by itself: reads every page of a folder, builds its tree, and writes nothing.

use std::path::Path;
use std::{env, hint};

use backsearch_peers::each_page;

fn main() {
    let folder = env::args().nth(1).expect("a folder of pages");
    each_page(Path::new(&folder), &|page| {
        hint::black_box(scraper::Html::parse_document(page));
    });
}
