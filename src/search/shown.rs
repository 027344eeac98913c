//! What an answer shows of a passage that was found: its marks, its line, whether its file has changed since.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::answer::found;
use super::collapse::Kept;
use super::highlight::Matcher;
use super::{Copy, Hit, Request};
use crate::analysis::{fold, units};
use crate::index::{AsIndexed, Index, StoredPassage};
use crate::source::{STDIN, path_of};

/// The hit of a passage at a rank. `placed` says whether its evidence tells all places at which words of the query stand.
pub fn hit_of(
    index: &Index,
    kept: Kept,
    rank: usize,
    matcher: &mut Matcher,
    placed: bool,
    request: &Request,
    looked_at: &mut LookedAt,
) -> Hit {
    let places = placed.then(|| places_in_text(&kept));
    let Kept { passage, explanation, copies, .. } = kept;
    let file = index.file_of(&passage);
    let changed = looked_at.has_changed(index, &passage, &file, request.look_closely);
    let name = index.name_of(&passage);
    let marked = matcher.mark(&passage.text, passage.language.as_deref(), places.as_deref());
    let first = marked
        .ranges
        .iter()
        .find(|range| marked.best_sentence.contains(&range.start))
        .map_or(marked.best_sentence.start, |range| range.start);
    let line =
        passage.line_starts.iter().take_while(|(_, at)| *at <= first).last().map_or(1, |(line, _)| *line);
    let mut hit = Hit {
        rank,
        score: explanation.value,
        id: passage.id(),
        lines: passage.lines(),
        document: passage.record.unwrap_or_else(|| name.clone()),
        name,
        root: passage.root,
        source: passage.source,
        path: path_of(&passage.path),
        file,
        title: passage.title,
        heading: passage.heading,
        text: passage.text,
        spans: passage.spans,
        best_sentence: (marked.best_sentence.start, marked.best_sentence.end),
        highlights: marked.ranges.into_iter().map(|range| (range.start, range.end)).collect(),
        quality: Some(passage.quality),
        changed,
        also_in: copies.into_iter().map(|copy| copy_of(index, copy)).collect(),
        cite_line: line,
        language: passage.language,
        url: passage.url,
        explanation: request.explain.then_some(explanation),
    };
    // From another folder than that of the first run, the path that was named leads nowhere.
    if hit.path != hit.file && !hit.path.exists() {
        hit.path.clone_from(&hit.file);
    }
    leave_out_heading(&mut hit);
    hit
}

/// What is shown of a passage that another stands for.
fn copy_of(index: &Index, passage: StoredPassage) -> Copy {
    let (name, lines) = (index.name_of(&passage), passage.lines());
    Copy { name, root: passage.root, source: passage.source, spans: passage.spans, lines }
}

/// The places among the words of a passage's text, without its heading, at which words of the query stand.
fn places_in_text(kept: &Kept) -> Vec<usize> {
    let heading = kept.passage.heading.as_deref().map_or(0, |heading| units(heading).len());
    let found = found(kept.evidence.terms.iter().map(|term| &*term.positions));
    found.into_iter().filter_map(|(place, _)| place.checked_sub(heading)).collect()
}

/// The files of an answer that were looked at, and whether they have changed: several passages may be of one.
#[derive(Default)]
pub struct LookedAt(HashMap<PathBuf, bool>);

impl LookedAt {
    /// Whether the file of a passage does not hold what it held when it was indexed.
    fn has_changed(&mut self, index: &Index, passage: &StoredPassage, file: &Path, closely: bool) -> bool {
        // What came from standard input is nowhere to be compared with.
        if passage.root == STDIN {
            return false;
        }
        if let Some(known) = self.0.get(file) {
            return *known;
        }
        let was = AsIndexed { size: passage.size, modified: passage.modified };
        let entry = || index.entry_of(passage);
        let hash = || entry().map_or(0, |entry| entry.hash);
        // Of a file that has only been touched since, the manifest alone knows the time.
        let was_touched = || entry().is_some_and(|entry| entry.as_indexed().is_of(file, false, hash));
        let changed = !was.is_of(file, closely, hash) && (closely || !was_touched());
        self.0.insert(file.to_path_buf(), changed);
        changed
    }
}

/// Leaves out a heading that repeats the title.
fn leave_out_heading(hit: &mut Hit) {
    if let (Some(title), Some(heading)) = (&hit.title, &hit.heading)
        && fold(title) == fold(heading)
    {
        hit.heading = None;
    }
}
