//! Where the result of each input goes that is written to a file of its own.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::inputs::{Input, Inputs, is_stdin};
use crate::error::{Error, Kind, Result};
use crate::source;

/// Where the result of an input goes: relative folders are kept, the extension is that of the format.
pub(super) fn target(dir: &Path, input: &Input, extension: &str) -> PathBuf {
    let named = Path::new(&input.origin.source);
    let relative = if is_stdin(&input.origin) {
        PathBuf::from("stdin.txt")
    } else if input.named {
        // A single file that was named goes right into the folder.
        named.file_name().map_or_else(|| named.to_owned(), PathBuf::from)
    } else {
        // No path may lead out of the folder.
        named.components().filter(|part| matches!(part, std::path::Component::Normal(_))).collect()
    };
    let name = relative.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let stem = name.trim_end_matches(".gz").trim_end_matches(".zst");
    let stem =
        stem.rsplit_once('.').map_or(stem, |(stem, _)| if stem.is_empty() { name.as_str() } else { stem });
    dir.join(relative.with_file_name(format!("{stem}.{extension}")))
}

/// Makes sure that no two inputs are written to one file, and none over an input.
pub(super) fn check(inputs: &Inputs, dir: &Path, extension: &str) -> Result<()> {
    let targets = || inputs.iter().map(|input| target(dir, &input, extension));
    let hash = |target: &PathBuf| source::content_hash(target.as_os_str().as_encoded_bytes());
    let mut hashes: Vec<u64> = targets().map(|target| hash(&target)).collect();
    hashes.sort_unstable();
    let suspects: HashSet<u64> =
        hashes.chunk_by(|a, b| a == b).filter(|run| run.len() > 1).map(|run| run[0]).collect();
    let mut seen: HashSet<PathBuf> = HashSet::new();
    let twice = targets().filter(|target| suspects.contains(&hash(target)));
    if !suspects.is_empty()
        && let Some(target) = twice.into_iter().find(|target| !seen.insert(target.clone()))
    {
        return Err(Error::new(Kind::User, "two inputs would be written to")
            .at(&target)
            .hint("clean them into different folders"));
    }
    match inputs.first_among(targets()) {
        Some(target) => Err(Error::new(Kind::User, "the result would overwrite the input")
            .at(&target)
            .hint("name another folder with --out")),
        None => Ok(()),
    }
}
