//! The Rust port of trafilatura by itself: extracts the main content of every page of a folder, and writes nothing.

use std::path::Path;
use std::{env, fs, hint};

fn main() {
    let folder = env::args().nth(1).expect("a folder of pages");
    extract(Path::new(&folder));
}

fn extract(folder: &Path) {
    for entry in fs::read_dir(folder).expect("the folder can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            extract(&path);
        } else {
            let bytes = fs::read(&path).expect("the page can be read");
            // A page that it finds nothing in is no error of the comparison.
            let _ = hint::black_box(rs_trafilatura::extract(&String::from_utf8_lossy(&bytes)));
        }
    }
}
