//! Judged collections on disk: BEIR folders and TREC judgments.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Error, Kind, Result};

/// A query with its identifier.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub struct JudgedQuery {
    /// Identifier.
    #[serde(rename = "_id", alias = "id")]
    pub id: String,
    /// Text.
    pub text: String,
}

/// A collection: where its documents are, its queries, and the judgments by query.
#[derive(Debug, Clone)]
pub struct Collection {
    /// File of documents.
    pub corpus: PathBuf,
    /// Queries that have judgments, in the order of their file.
    pub queries: Vec<JudgedQuery>,
    /// Gain of each judged document, by query.
    pub judgments: BTreeMap<String, HashMap<String, i32>>,
}

/// Reads a BEIR folder: `corpus.jsonl`, `queries.jsonl`, `qrels/*.tsv` (or a TREC file of four columns).
///
/// # Errors
///
/// When a part is missing or a line cannot be read.
pub fn read_collection(dir: &Path) -> Result<Collection> {
    let corpus = dir.join("corpus.jsonl");
    if !corpus.is_file() {
        return Err(Error::new(Kind::User, "no judged collection in")
            .at(dir)
            .because("corpus.jsonl is missing")
            .hint("a collection has corpus.jsonl, queries.jsonl and qrels/*.tsv"));
    }
    let mut judgments: BTreeMap<String, HashMap<String, i32>> = BTreeMap::new();
    let folder = dir.join("qrels");
    let entries = std::fs::read_dir(&folder).map_err(|error| Error::io("cannot read", &folder, &error))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    for file in files {
        let text = std::fs::read_to_string(&file).map_err(|error| Error::io("cannot read", &file, &error))?;
        for (number, line) in text.lines().enumerate() {
            match judgment(line) {
                Some((query, document, gain)) => {
                    judgments.entry(query).or_default().insert(document, gain);
                }
                // The first line of BEIR's files names the columns.
                None if number == 0 || line.trim().is_empty() => {}
                None => {
                    return Err(
                        Error::new(Kind::Data, format!("cannot read line {} of", number + 1)).at(&file)
                    );
                }
            }
        }
    }
    let queries = read_queries(&dir.join("queries.jsonl"))?;
    let queries = queries.into_iter().filter(|query| judgments.contains_key(&query.id)).collect();
    Ok(Collection { corpus, queries, judgments })
}

/// Three columns of BEIR or four of TREC.
fn judgment(line: &str) -> Option<(String, String, i32)> {
    let columns: Vec<&str> = line.split_whitespace().collect();
    let ([query, document, gain] | [query, _, document, gain]) = columns.as_slice() else { return None };
    Some(((*query).to_owned(), (*document).to_owned(), gain.parse().ok()?))
}

/// Reads `queries.jsonl`.
///
/// # Errors
///
/// When the file or one of its lines cannot be read.
pub fn read_queries(path: &Path) -> Result<Vec<JudgedQuery>> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io("cannot read", path, &error))?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            serde_json::from_str(line).map_err(|error| {
                Error::new(Kind::Data, format!("cannot read line {} of", number + 1)).at(path).because(error)
            })
        })
        .collect()
}
