//! The file of synonyms that `backsearch query` is given.

use std::path::Path;

use super::text_file::TextFile;
use crate::error::Result;
use crate::query::Synonyms;

/// It is read for every query.
const FILE: TextFile = TextFile {
    name: "synonyms file",
    largest: 16,
    if_larger: "leave out what no query holds",
    if_wrong: "lines are as in `heart attack, myocardial infarction` or `tv => television`",
};

/// Reads a file of synonyms; names each line that cannot be read.
pub(super) fn read_synonyms(path: &Path) -> Result<Synonyms> {
    FILE.read(path, |_, text| Synonyms::parse(text), |problem| format!("{}: {}", problem.line, problem.what))
}
