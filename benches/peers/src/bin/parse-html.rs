//! `scraper` by itself: reads every page of a folder, builds its tree, and writes nothing.

use std::path::Path;
use std::{env, fs, hint};

fn main() {
    let folder = env::args().nth(1).expect("a folder of pages");
    parse(Path::new(&folder));
}

fn parse(folder: &Path) {
    for entry in fs::read_dir(folder).expect("the folder can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            parse(&path);
        } else {
            let bytes = fs::read(&path).expect("the page can be read");
            hint::black_box(scraper::Html::parse_document(&String::from_utf8_lossy(&bytes)));
        }
    }
}
