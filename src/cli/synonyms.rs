//! The file of synonyms that `backsearch query` is given.

use std::io::Read;
use std::path::Path;

use super::note;
use crate::error::{Error, Kind, Result};
use crate::output::{counted, printable};
use crate::query::Synonyms;

/// Largest file of synonyms that is read, in bytes: it is read for every query.
const LARGEST_FILE: u64 = 16 << 20;

/// Most mistakes of a file that are named.
const MOST_NAMED: usize = 20;

/// Reads a file of synonyms; names each line that cannot be read.
pub(super) fn read_synonyms(path: &Path) -> Result<Synonyms> {
    let failed = |error: std::io::Error| Error::io("cannot read the synonyms file", path, &error);
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(failed)?;
    let unusable =
        |cause: String| Error::new(Kind::User, "cannot use the synonyms file").at(path).because(cause);
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(unusable("it is larger than 16 MB".to_owned()).hint("leave out what no query holds"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        unusable(format!("line {line} is not UTF-8")).hint("save it as UTF-8 text")
    })?;
    let name = path.to_string_lossy();
    Synonyms::parse(&text).map_err(|problems| {
        for problem in problems.iter().take(MOST_NAMED) {
            note(&printable(&format!("{name}:{}: {}", problem.line, problem.what)));
        }
        unusable(counted(problems.len() as u64, "line") + " of it cannot be read")
            .hint("lines are as in `heart attack, myocardial infarction` or `tv => television`")
    })
}
