//! What a first reading made of files, kept until it is known whether lines that they share with others would change it.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

use tempfile::SpooledTempFile;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::boilerplate::CountedLine;
use crate::ingest::SharedLines;
use crate::record::Origin;

/// Bytes that stay in memory before they are written to the disk.
const IN_MEMORY: usize = 1 << 20;

/// Drafts of files in a temporary file. One that cannot be kept is none, and its file is read again.
pub(super) struct Drafts {
    kept: Mutex<Kept>,
}

struct Kept {
    file: SpooledTempFile,
    len: u64,
    places: HashMap<u64, Place>,
}

/// Where a draft stands: the lines that decide on it, what is to be told of it, and the draft itself.
#[derive(Clone, Copy)]
struct Place {
    start: u64,
    lines: u64,
    notes: u64,
    text: u64,
}

/// What a first reading made of a file.
#[derive(Default)]
pub(super) struct Draft {
    /// What is to be told of it, a line each.
    pub(super) notes: Vec<u8>,
    /// What is to be written.
    pub(super) text: Vec<u8>,
}

impl Drafts {
    pub(super) fn new() -> Self {
        let kept = Kept { file: SpooledTempFile::new(IN_MEMORY), len: 0, places: HashMap::new() };
        Self { kept: Mutex::new(kept) }
    }

    /// Keeps the draft of a file with these lines.
    pub(super) fn keep(&self, origin: &Origin, lines: &[CountedLine], draft: &Draft) {
        let lines: Vec<u8> = lines
            .iter()
            .filter(|line| line.decides())
            .flat_map(|line| line.to_bits().to_le_bytes())
            .collect();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let start = kept.len;
        let place = Place {
            start,
            lines: lines.len() as u64,
            notes: draft.notes.len() as u64,
            text: draft.text.len() as u64,
        };
        let parts = [&lines, &draft.notes, &draft.text];
        let write = |file: &mut SpooledTempFile| -> io::Result<()> {
            file.seek(SeekFrom::Start(start))?;
            parts.into_iter().try_for_each(|part| file.write_all(part))
        };
        if write(&mut kept.file).is_ok() {
            kept.len += place.lines + place.notes + place.text;
            kept.places.insert(key(origin), place);
        }
    }

    /// The draft of a file, if there is one and what files share would not change it.
    pub(super) fn get(&self, origin: &Origin, shared: &SharedLines) -> Option<Draft> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let place = *kept.places.get(&key(origin))?;
        kept.file.seek(SeekFrom::Start(place.start)).ok()?;
        let mut take = |len: u64| -> Option<Vec<u8>> {
            let mut bytes = vec![0; usize::try_from(len).ok()?];
            kept.file.read_exact(&mut bytes).ok()?;
            Some(bytes)
        };
        let lines = take(place.lines)?;
        let (lines, _) = lines.as_chunks();
        let mut lines = lines.iter().map(|line| CountedLine::from_bits(u64::from_le_bytes(*line)));
        if shared.of(&origin.path).is_some_and(|shared| lines.any(|line| shared.contains(line.hash()))) {
            return None;
        }
        Some(Draft { notes: take(place.notes)?, text: take(place.text)? })
    }
}

/// A file may be named in two ways, each of which is shown as it was named.
fn key(origin: &Origin) -> u64 {
    let path = xxh3_64_with_seed(origin.path.as_os_str().as_encoded_bytes(), 0);
    xxh3_64_with_seed(origin.source.as_bytes(), path)
}
