//! Learning: the lines that many sources of a folder share, proposed as rules for a user to accept.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::counts::group_of;
use crate::boilerplate::{Knowledge, Page, candidates, label_page};
use crate::document::parse;
use crate::error::{Error, Result};
use crate::index::Root;
use crate::record::{Origin, Record};
use crate::source::{self, ReadOptions, Skipped, SkippedInputs};

/// A line that is proposed for dropping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What it says, white space folded.
    pub text: String,
    /// How many sources hold it, in all folders where it is frequent enough.
    pub sources: u32,
    /// Those folders, by path.
    pub places: Vec<Place>,
}

/// A folder whose sources share a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The folder.
    pub folder: String,
    /// How many of its sources hold the line.
    pub sources: u32,
    /// The path of one of them.
    pub example: String,
}

/// What was learned from the sources.
#[derive(Debug, Default)]
pub struct Learned {
    /// Lines to drop, the most frequent first, then by text.
    pub proposals: Vec<Proposal>,
    /// How many lines are as frequent but dropped wherever they stand, without any rule of the user.
    pub known: usize,
    /// Inputs that gave nothing, with their path.
    pub skipped: SkippedInputs,
}

/// A line that has been found in enough sources of a folder.
struct Frequent {
    text: String,
    folded: String,
    place: Place,
}

/// Counts the lines that an index would count, and proposes those that `least` or more sources of one folder share.
/// Writes nothing.
///
/// Memory grows with the number of different lines, some 40 bytes for each; a text is kept only of those that are proposed.
///
/// # Errors
///
/// When an input is not there or is neither a file nor a folder.
pub fn learn(inputs: &[Root], least: u32, options: ReadOptions) -> Result<Learned> {
    let mut learner = Learner { least, ..Learner::default() };
    for root in inputs {
        let listing = source::list(&root.location(), &root.name)?;
        for error in &listing.errors {
            let error = Error::new(error.kind(), error.to_string());
            learner.skipped.push(PathBuf::from(&root.name), Skipped::Unreadable(error));
        }
        for entry in listing.files.iter() {
            learner.read(root, &listing.base.origin(&entry), options);
        }
    }
    Ok(learner.propose())
}

#[derive(Default)]
struct Learner {
    least: u32,
    /// How many sources hold a line, by folder and hash.
    counts: HashMap<(u64, u64), u32>,
    frequent: BTreeMap<(u64, u64), Frequent>,
    /// Lines that no rule drops in at least one source, by folder and hash.
    kept: HashSet<(u64, u64)>,
    skipped: SkippedInputs,
}

impl Learner {
    /// Counts the lines of one file; all records in it are one source, as they are in an index.
    fn read(&mut self, root: &Root, origin: &Origin, options: ReadOptions) {
        let key = root.key(&origin.source);
        let group = group_of(&key);
        let mut lines: HashMap<u64, (String, String)> = HashMap::new();
        let read = source::read(origin, options, |record| {
            self.look_at(&record, group, &mut lines);
            true
        });
        match read {
            Ok(report) => self.skipped.add(&origin.path, report.skipped),
            Err(error) => self.skipped.push(origin.path.clone(), Skipped::Unreadable(error)),
        }
        let mut hashes: Vec<u64> = lines.keys().copied().collect();
        hashes.sort_unstable();
        for hash in hashes {
            let count = self.counts.entry((group, hash)).or_default();
            *count += 1;
            if *count == self.least
                && let Some((text, folded)) = lines.remove(&hash)
            {
                let folder = origin.path.parent().unwrap_or(Path::new("")).display().to_string();
                let example = origin.path.display().to_string();
                let place = Place { folder, sources: self.least, example };
                self.frequent.insert((group, hash), Frequent { text, folded, place });
            }
        }
    }

    fn look_at(&mut self, record: &Record, group: u64, lines: &mut HashMap<u64, (String, String)>) {
        let document = parse(record);
        let page = Page::new(&document);
        let labels = label_page(&page, record.file_source(), Knowledge::default());
        for (hash, line) in candidates(&page) {
            if !labels.drops_all(line.span) {
                self.kept.insert((group, hash));
            }
            lines.entry(hash).or_insert_with(|| {
                (line.text.split_whitespace().collect::<Vec<_>>().join(" "), line.folded().to_owned())
            });
        }
    }

    fn propose(self) -> Learned {
        let mut learned = Learned { skipped: self.skipped, ..Learned::default() };
        let mut by_text: BTreeMap<String, Proposal> = BTreeMap::new();
        for ((group, hash), frequent) in self.frequent {
            let Frequent { text, folded, place } = frequent;
            if !self.kept.contains(&(group, hash)) {
                learned.known += 1;
                continue;
            }
            // A control character has no place in a file that a person writes.
            if text.contains(char::is_control) {
                continue;
            }
            let place =
                Place { sources: self.counts.get(&(group, hash)).copied().unwrap_or_default(), ..place };
            let new = || Proposal { text: text.clone(), sources: 0, places: Vec::new() };
            let proposal = by_text.entry(folded).or_insert_with(new);
            // Folders come in the order of their hashes; the first spelling in the order of the alphabet stands for all.
            if text < proposal.text {
                proposal.text.clone_from(&text);
            }
            proposal.sources += place.sources;
            proposal.places.push(place);
        }
        learned.proposals = by_text.into_values().collect();
        for proposal in &mut learned.proposals {
            proposal.places.sort_by(|a, b| a.folder.cmp(&b.folder));
        }
        learned.proposals.sort_by(|a, b| b.sources.cmp(&a.sources).then_with(|| a.text.cmp(&b.text)));
        learned
    }
}
