//! Text files that people write for backsearch, with one entry a line: rules, synonyms.

use std::io::Read;
use std::path::Path;

use super::progress::note;
use crate::error::{Error, Kind, Result};
use crate::output::{counted, printable};

/// Most mistakes of a file that are named.
const MOST_NAMED: usize = 20;

/// A kind of such files.
pub(super) struct TextFile {
    /// What it is called: "rules file".
    pub(super) name: &'static str,
    /// Largest one that is read, in megabytes.
    pub(super) largest: u64,
    /// What to do with a larger one.
    pub(super) if_larger: &'static str,
    /// What to know where lines cannot be read.
    pub(super) if_wrong: &'static str,
}

impl TextFile {
    /// Reads a file by `parse`, which is given its name and its text; names each line that cannot be read, as `describe`
    /// has it (the line's number, a colon, and what is wrong).
    pub(super) fn read<T, P>(
        &self,
        path: &Path,
        parse: impl FnOnce(&str, &str) -> std::result::Result<T, Vec<P>>,
        describe: impl Fn(&P) -> String,
    ) -> Result<T> {
        let Self { name: what, largest, .. } = self;
        let failed = |error: std::io::Error| Error::io(&format!("cannot read the {what}"), path, &error);
        let unusable =
            |cause: String| Error::new(Kind::User, format!("cannot use the {what}")).at(path).because(cause);
        let file = std::fs::File::open(path).map_err(failed)?;
        let mut bytes = Vec::new();
        let most = largest << 20;
        file.take(most + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > most {
            return Err(unusable(format!("it is larger than {largest} MB")).hint(self.if_larger));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = memchr::memchr_iter(b'\n', before).count() + 1;
            unusable(format!("line {line} is not UTF-8")).hint("save it as UTF-8 text")
        })?;
        let name = path.to_string_lossy();
        parse(&name, &text).map_err(|problems| {
            for problem in problems.iter().take(MOST_NAMED) {
                note(&printable(&format!("{name}:{}", describe(problem))));
            }
            unusable(counted(problems.len() as u64, "line") + " of it cannot be read").hint(self.if_wrong)
        })
    }
}
