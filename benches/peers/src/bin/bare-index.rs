//! Bare Tantivy: indexes ready-made passages, one a line, with its own English analysis, positions and stored text.
//!
//! `bare-index LINES DIR THREADS MEGABYTES`, the last being the heap of all threads together.

use std::env;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};

use backsearch_peers::{ENGLISH, english};
use tantivy::schema::{IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{Index, TantivyDocument};

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [lines, dir, threads, heap] = arguments.as_slice() else {
        panic!("bare-index LINES DIR THREADS MEGABYTES")
    };
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(ENGLISH)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let text =
        schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing).set_stored());
    fs::create_dir_all(dir).expect("a folder can be made");
    let index = Index::create_in_dir(dir, schema.build()).expect("an index can be made");
    index.tokenizers().register(ENGLISH, english());
    let threads = threads.parse().expect("a number of threads");
    let heap = heap.parse::<usize>().expect("a number of megabytes") << 20;
    let mut writer = index.writer_with_num_threads(threads, heap).expect("it can be written");
    let mut reader = BufReader::with_capacity(1 << 20, File::open(lines).expect("the lines can be read"));
    let mut line = String::new();
    while reader.read_line(&mut line).expect("the lines can be read") > 0 {
        let mut document = TantivyDocument::new();
        document.add_text(text, line.trim_end());
        writer.add_document(document).expect("a document can be added");
        line.clear();
    }
    writer.commit().expect("it can be committed");
    writer.wait_merging_threads().expect("segments can be merged");
}
