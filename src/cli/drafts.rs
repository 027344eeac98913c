//! What a first reading made of files, kept until it is known whether lines that they share with others would change it.

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use tempfile::SpooledTempFile;

use crate::boilerplate::CountedLine;
use crate::ingest::SharedLines;

/// Most bytes that all drafts take: where temporary files are kept in memory, they are no gift.
const MOST: u64 = 256 << 20;

/// Bytes of each temporary file that stay in memory before they are written to the disk.
const IN_MEMORY: usize = 1 << 20;

/// Drafts of files, in temporary files. One that cannot be kept is none, and its file is read again.
pub(super) struct Drafts {
    kept: Mutex<Kept>,
}

struct Kept {
    /// For the number of each file, where its draft ends and how long its parts are, or zeros.
    places: SpooledTempFile,
    /// For each draft, the lines that decide on it, what is to be told of it, and its text.
    drafts: SpooledTempFile,
    len: u64,
    /// Whether any more are kept.
    open: bool,
}

/// Numbers that say where a draft is.
const NUMBERS: usize = 4;

/// Bytes of a number.
const BYTES: usize = size_of::<u64>();

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
        Self { kept: Mutex::new(Kept::nothing(true)) }
    }

    /// Whether any more are kept.
    pub(super) fn are_kept(&self) -> bool {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).open
    }

    /// Gives back the room of all drafts and keeps no more; says whether there was any.
    pub(super) fn forget(&self) -> bool {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let were_kept = kept.len > 0 || !kept.open;
        *kept = Kept::nothing(false);
        were_kept
    }

    /// Keeps the draft of the file of a number, which has these lines.
    pub(super) fn keep(&self, number: usize, lines: &[CountedLine], draft: &Draft) {
        let deciding = lines.iter().filter(|line| line.decides());
        let lines: Vec<u8> = deciding.flat_map(|line| line.to_bits().to_le_bytes()).collect();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.open {
            // A draft that is not written whole has no place, and there is no room for more.
            let written = kept.write(number, [&lines, &draft.notes, &draft.text]);
            kept.open = written.is_ok() && kept.len < MOST;
        }
    }

    /// The draft of the file of a number at a path, if there is one and what files share would not change it.
    pub(super) fn get(&self, number: usize, path: &Path, shared: &SharedLines) -> Option<Draft> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let [lines, notes, text] = kept.read(number)?;
        let (lines, _) = lines.as_chunks();
        let mut lines = lines.iter().map(|line| CountedLine::from_bits(u64::from_le_bytes(*line)));
        let changes = shared.of(path).is_some_and(|shared| lines.any(|line| shared.contains(line.hash())));
        (!changes).then_some(Draft { notes, text })
    }
}

impl Kept {
    fn nothing(open: bool) -> Self {
        let file = || SpooledTempFile::new(IN_MEMORY);
        Self { places: file(), drafts: file(), len: 0, open }
    }

    fn write(&mut self, number: usize, parts: [&[u8]; 3]) -> std::io::Result<()> {
        self.drafts.seek(SeekFrom::Start(self.len))?;
        parts.iter().try_for_each(|part| self.drafts.write_all(part))?;
        let [lines, notes, text] = parts.map(|part| part.len() as u64);
        let end = self.len + lines + notes + text + 1;
        self.places.seek(SeekFrom::Start((number * NUMBERS * BYTES) as u64))?;
        let place = [end, lines, notes, text].map(u64::to_le_bytes);
        self.places.write_all(place.as_flattened())?;
        self.len = end;
        Ok(())
    }

    fn read(&mut self, number: usize) -> Option<[Vec<u8>; 3]> {
        self.places.seek(SeekFrom::Start((number * NUMBERS * BYTES) as u64)).ok()?;
        let mut place = [[0; BYTES]; NUMBERS];
        self.places.read_exact(place.as_flattened_mut()).ok()?;
        let [end, lines, notes, text] = place.map(u64::from_le_bytes);
        // No draft ends at nothing, since there is a byte behind each.
        let start = end.checked_sub(lines + notes + text + 1)?;
        self.drafts.seek(SeekFrom::Start(start)).ok()?;
        let mut take = |len: u64| {
            let mut bytes = vec![0; usize::try_from(len).ok()?];
            self.drafts.read_exact(&mut bytes).ok()?;
            Some(bytes)
        };
        Some([take(lines)?, take(notes)?, take(text)?])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_gets_its_own_draft_back_and_others_have_none() {
        let drafts = Drafts::new();
        let draft = |text: &str| Draft { notes: b"note".to_vec(), text: text.repeat(IN_MEMORY / 4).into() };
        let line = CountedLine::new(8, true);
        for (number, text) in [(3, "abc"), (0, ""), (5, "de"), (1000, "fgh")] {
            drafts.keep(number, &[line], &draft(text));
        }
        let get = |number| drafts.get(number, Path::new("a/b"), &SharedLines::default());
        for (number, text) in [(0, ""), (3, "abc"), (5, "de"), (1000, "fgh")] {
            let found = get(number).expect("it was kept");
            assert_eq!((found.notes, found.text), (b"note".to_vec(), draft(text).text));
        }
        assert!([1, 2, 4, 999, 1001].into_iter().all(|number| get(number).is_none()));
        assert!(drafts.are_kept() && drafts.forget() && !drafts.are_kept());
        drafts.keep(3, &[line], &draft("abc"));
        assert!(get(3).is_none() && get(0).is_none());
    }
}
