//! Run files: rankings in TREC's six columns.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::error::{Error, Kind, Result};

/// The ranking of each query: documents with their scores. Ranks are not read, as in `trec_eval`: scores decide.
pub type Run = BTreeMap<String, Vec<(String, f64)>>;

/// Reads a run file: `query Q0 document rank score tag` a line.
///
/// # Errors
///
/// When it cannot be read, or names the first line that has another form.
pub fn read_run(path: &Path) -> Result<Run> {
    let text = fs::read_to_string(path).map_err(|cause| Error::io("cannot read the run", path, &cause))?;
    let mut run = Run::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let (Some(query), Some(document), Some(score)) = (columns.first(), columns.get(2), columns.get(4))
        else {
            return Err(wrong(path, number, "it has fewer than five columns"));
        };
        let score = score.parse::<f64>().ok().filter(|score| !score.is_nan());
        let score = score.ok_or_else(|| wrong(path, number, "its fifth column is no score"))?;
        run.entry((*query).to_owned()).or_default().push(((*document).to_owned(), score));
    }
    Ok(run)
}

fn wrong(path: &Path, number: usize, what: &str) -> Error {
    Error::new(Kind::Data, format!("line {number} of the run is wrong: {what}"))
        .at(path)
        .hint("a run has six columns a line: query Q0 document rank score tag")
}
