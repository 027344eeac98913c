//! Bare Tantivy: opens an index made by `bare-index`, takes the best ten for a query, fetches and prints their texts.

use std::env;
use std::io::{self, Write};

use backsearch_peers::{ENGLISH, english};
use tantivy::collector::TopDocs;
use tantivy::query::QueryParser;
use tantivy::schema::Value;
use tantivy::{Index, ReloadPolicy, TantivyDocument};

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [dir, query] = arguments.as_slice() else { panic!("bare-query DIR QUERY") };
    let index = Index::open_in_dir(dir).expect("the index can be opened");
    index.tokenizers().register(ENGLISH, english());
    let text = index.schema().get_field("text").expect("it has a text");
    let reader =
        index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().expect("it can be read");
    let searcher = tantivy::IndexReader::searcher(&reader);
    let (query, _) = QueryParser::for_index(&index, vec![text]).parse_query_lenient(query);
    let found =
        searcher.search(&query, &TopDocs::with_limit(10).order_by_score()).expect("it can be searched");
    let mut out = String::new();
    for (score, address) in found {
        let document: TantivyDocument = searcher.doc(address).expect("a text can be read");
        let text = document.get_first(text).and_then(|value| value.as_str()).unwrap_or_default();
        out.push_str(&format!("{score:.3} {text}\n"));
    }
    io::stdout().write_all(out.as_bytes()).expect("it can be printed");
}
