//! Makes a folder of files of any size: generated dirty pages, or sentences of real text in another order.
//!
//! `corpus text|html DIR MEGABYTES [BYTES]` writes pages in the manner of the sample articles, each of about so many bytes
//! (6000). `corpus shuffled DIR MEGABYTES FOLDER` writes articles whose sentences are drawn from all files of a folder, so
//! that words are as frequent as they are in real text however large the corpus is. The same arguments make the same files.

#[path = "../../../../tests/generated.rs"]
#[allow(dead_code, reason = "tests and other benches use the rest of it")]
mod generated;

use std::path::{Path, PathBuf};
use std::{env, fs};

use backsearch::analysis::sentences;

/// Files of one folder.
const FILES: usize = 1000;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [kind, dir, megabytes, rest @ ..] = arguments.as_slice() else {
        panic!("corpus text|html DIR MEGABYTES [BYTES], or corpus shuffled DIR MEGABYTES FOLDER")
    };
    let bytes: usize = megabytes.parse::<usize>().expect("a number of megabytes") * 1_000_000;
    let mut corpus = Corpus { dir: PathBuf::from(dir), files: 0, left: bytes };
    if kind == "shuffled" {
        shuffled(&mut corpus, Path::new(rest.first().expect("a folder of text")));
        return;
    }
    let size: usize = rest.first().map_or(6000, |size| size.parse().expect("a number of bytes"));
    let (make, ending): (fn(u64, usize) -> String, &str) =
        if kind == "html" { (generated::html_page, "html") } else { (generated::text_page, "txt") };
    for seed in 0.. {
        // From half the size to one and a half.
        let size = size / 2 + usize::try_from(seed * 7919 % 1000).expect("it is below 1000") * size / 1000;
        if !corpus.write(&make(seed, size), ending) {
            return;
        }
    }
}

/// A folder that is being filled.
struct Corpus {
    dir: PathBuf,
    files: usize,
    left: usize,
}

impl Corpus {
    /// Writes a file and says whether there is room for another.
    fn write(&mut self, text: &str, ending: &str) -> bool {
        let folder = self.dir.join(format!("{:04}", self.files / FILES));
        if self.files.is_multiple_of(FILES) {
            fs::create_dir_all(&folder).expect("a folder can be made");
        }
        fs::write(folder.join(format!("{:07}.{ending}", self.files)), text).expect("a file can be written");
        self.files += 1;
        self.left = self.left.saturating_sub(text.len());
        self.left > 0
    }
}

/// A stream of random numbers: a multiplicative congruential generator with constants of L'Ecuyer (1999).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_181_783_497_276_652_981).wrapping_add(1);
        usize::try_from(self.0 >> 33).expect("31 bits") % end
    }
}

fn shuffled(corpus: &mut Corpus, folder: &Path) {
    let mut texts = Vec::new();
    read_into(folder, &mut texts);
    let all: Vec<&str> = texts
        .iter()
        .flat_map(|text| text.lines())
        .flat_map(|line| sentences(line).into_iter().map(move |range| line[range].trim()))
        .filter(|sentence| sentence.len() > 30)
        .collect();
    let mut random = Random(1);
    loop {
        let title: Vec<&str> = all[random.below(all.len())].split(' ').take(5).collect();
        let mut text = title.join(" ") + "\n\n";
        for _ in 0..4 + random.below(8) {
            for _ in 0..3 + random.below(6) {
                text.push_str(all[random.below(all.len())]);
                text.push(' ');
            }
            text.push_str("\n\n");
        }
        if !corpus.write(&text, "txt") {
            return;
        }
    }
}

fn read_into(folder: &Path, texts: &mut Vec<String>) {
    let entries = fs::read_dir(folder).expect("the folder can be read").flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            read_into(&path, texts);
        } else if let Ok(text) = fs::read_to_string(&path) {
            texts.push(text);
        }
    }
}
