//! What the scorer of plain text sees of a line: its shape and words, its neighbours, its run, its place on the page.

use std::ops::Range;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::surroundings::{Distances, Furniture, Headings, Shapes};
use super::words::Words;
use crate::boilerplate::content::features::{Features, flag, float, part};
use crate::boilerplate::content::lexicon::{Lexicon, Sums};
use crate::boilerplate::labels::Labels;
use crate::boilerplate::line::breaks_off;
use crate::boilerplate::{Line, Page};

/// Lines before and after a line that are looked at one by one.
const NEAR: [i8; 8] = [-4, -3, -2, -1, 1, 2, 3, 4];

/// Marks that part the words of menus.
const SEPARATORS: [char; 12] = ['|', '»', '›', '©', '•', '·', '/', '→', '«', '┃', '｜', '>'];

/// What is said of a line without its context.
struct Own {
    words: f32,
    good: bool,
    terminal: f32,
    capitals: f32,
    dropped: f32,
    digits: f32,
    marks: f32,
    item: f32,
    gap: bool,
    lexicon: Sums,
}

impl Own {
    fn of(line: &Line<'_>, labels: &Labels, words: &Words) -> Self {
        // What a sentence is made of tells nothing of the lines around it, and to look takes as long as all else.
        let short = if line.is_good() { "" } else { line.text };
        let count = |is: fn(&u8) -> bool| float(short.bytes().filter(is).count());
        Self {
            words: float(line.words),
            good: line.is_good(),
            terminal: flag(line.terminal),
            capitals: part(float(line.capitals), float(line.words)),
            dropped: part(float(labels.dropped_bytes(line.span)), float(line.text.len())),
            digits: part(count(u8::is_ascii_digit), float(line.text.len())),
            marks: part(count(u8::is_ascii_punctuation), float(line.text.len())),
            item: flag(line.is_item()),
            gap: line.block.gap,
            lexicon: words.says(line),
        }
    }
}

/// Features of all lines of a page, of which `labels` are what the rules found. Linear in the page.
#[must_use]
pub(in crate::boilerplate::content) fn features(
    page: &Page<'_>,
    labels: &Labels,
    lexicon: &Lexicon,
) -> Features {
    let lines = &page.lines;
    let words = Words::of(page, lexicon);
    let own: Vec<Own> = lines.iter().map(|line| Own::of(line, labels, &words)).collect();
    let count = lines.len();
    let whole = Whole::of(page, &own);
    let runs = runs(page);
    let titles = page.titles();
    let furniture = Furniture::of(page, labels);
    let headings = Headings::of(page, &words);
    let shapes = Shapes::of(page);
    let mut f = Features::of(count);
    for (index, line) in lines.iter().enumerate() {
        let me = &own[index];
        let end = line.text.trim_end();
        let short = if me.good { "" } else { end };
        f.put("words", 0, me.words);
        f.put("length", 0, float(line.text.len()));
        f.put("bytes a word", 0, part(float(line.text.len()), me.words));
        f.put("full sentence", 0, flag(me.good));
        f.put("capitalised words", 0, me.capitals);
        f.put("begins in a small letter", 0, flag(line.starts_lower()));
        f.put("ends a sentence", 0, me.terminal);
        f.put("ends with ?", 0, flag(line.is_question()));
        f.put("ends with :", 0, flag(end.ends_with([':', '：'])));
        f.put("ends with ,", 0, flag(end.ends_with([',', ';', '-', '–'])));
        f.put("ends with …", 0, flag(breaks_off(end)));
        f.put("digits", 0, me.digits);
        f.put("marks", 0, me.marks);
        f.put("separators", 0, float(short.matches(SEPARATORS).count()));
        let beyond_ascii = short.bytes().filter(|byte| !byte.is_ascii()).count();
        f.put("beyond ASCII", 0, part(float(beyond_ascii), float(short.len())));
        f.put("commas", 0, part(float(short.matches(',').count()), me.words));
        f.put("item of a list", 0, me.item);
        f.put(
            "small words",
            0,
            part(float(short.split(' ').filter(|word| word.len() <= 3).count()), me.words),
        );
        f.put("text rules", 0, me.dropped);
        f.put("furniture phrase", 0, flag(!line.whole_prompts.is_empty()));
        f.put("furniture phrase inside", 0, flag(line.holds_phrase));
        f.put("its words, worst", 0, me.lexicon.worst);
        f.put("its words, best", 0, me.lexicon.best);
        f.put("its words", 0, me.lexicon.sum);
        f.put("may be the title", 0, flag(titles.contains(&index)));
        words.put(&mut f, line);

        for at in NEAR {
            let other = index.checked_add_signed(isize::from(at)).and_then(|other| own.get(other));
            f.put("words of neighbour", at, other.map_or(-1.0, |other| other.words));
            f.put("neighbour is a sentence", at, other.map_or(-1.0, |other| flag(other.good)));
            f.put("neighbour ends a sentence", at, other.map_or(-1.0, |other| other.terminal));
            f.put("capitalised words of neighbour", at, other.map_or(-1.0, |other| other.capitals));
            f.put("text rules on neighbour", at, other.map_or(-1.0, |other| other.dropped));
            if at.abs() <= 2 {
                f.put("words of neighbour say", at, other.map_or(0.0, |other| other.lexicon.sum));
                f.put("neighbour is an item", at, other.map_or(-1.0, |other| other.item));
                f.put("digits of neighbour", at, other.map_or(-1.0, |other| other.digits));
            }
        }
        f.put("blank line before", 0, flag(me.gap));
        f.put("blank line after", 0, flag(own.get(index + 1).is_none_or(|next| next.gap)));
        f.put("blank lines of the page", 0, whole.gaps);

        for (at, from, to) in [
            (-5i8, index.saturating_sub(5), index),
            (5, index + 1, index + 6),
            (-15, index.saturating_sub(15), index),
            (15, index + 1, index + 16),
            (-50, index.saturating_sub(50), index),
            (50, index + 1, index + 51),
        ] {
            let (from, to) = (from.min(count), to.min(count));
            let lines = float(to - from);
            let sum = |of: &[f32]| of[to] - of[from];
            f.put("words a line near", at, part(sum(&whole.words), lines));
            f.put("text in sentences near", at, part(sum(&whole.good), sum(&whole.bytes)));
            f.put("text rules near", at, part(sum(&whole.dropped), lines));
            f.put("words near say", at, part(sum(&whole.says), lines));
        }

        let run = &runs[index];
        let run_lines = float(run.end - run.start);
        let sum = |of: &[f32]| of[run.end] - of[run.start];
        f.put("lines of its run", 0, run_lines);
        f.put("place in its run", 0, float(index - run.start));
        f.put("place from the end of its run", 0, float(run.end - index));
        f.put("words a line of its run", 0, part(sum(&whole.words), run_lines));
        f.put("capitalised words in its run", 0, part(sum(&whole.capitals), run_lines));
        f.put("text rules on its run", 0, part(sum(&whole.dropped), run_lines));
        f.put("words of its run say", 0, part(sum(&whole.says), run_lines));
        f.put("sentences in its run", 0, part(sum(&whole.terminal), run_lines));
        f.put("run begins the page", 0, flag(run.start == 0));
        f.put("run ends the page", 0, flag(run.end == count));
        let before = run.start.checked_sub(1).map_or(-1.0, |before| own[before].words);
        f.put("words before its run", 0, before);
        f.put("words after its run", 0, own.get(run.end).map_or(-1.0, |after| after.words));

        headings.put(&mut f, index);
        furniture.put(&mut f, index);
        shapes.put(&mut f, index);
        f.put("lines since the rules dropped one", 0, whole.to_dropped.since[index]);
        f.put("lines until the rules drop one", 0, whole.to_dropped.until[index]);
        f.put("place on the page", 0, part(float(index), float(count)));
        f.put("lines before", 0, float(index));
        f.put("lines after", 0, float(count - index));
        f.put("text before", 0, part(whole.bytes[index], whole.bytes[count]));
        f.put("text in sentences before", 0, part(whole.good[index], whole.good[count]));
        f.put("lines before the first sentence", 0, float(page.first_good) - float(index));
        f.put("lines after the last sentence", 0, float(index) - float(page.end_good));
        f.put("lines after the longest", 0, float(index) - float(whole.longest));
        let same = if me.good { None } else { whole.same.get(&hash(line.folded())) };
        f.put("same text on the page", 0, float(same.map_or(1, |same| *same as usize)));
        f.put("text in sentences of the page", 0, whole.good[count]);
        f.put("share in sentences of the page", 0, part(whole.good[count], whole.bytes[count]));
        f.put("lines of the page", 0, float(count));
        f.put("words a line of the page", 0, part(whole.words[count], float(count)));
        f.put("text rules on the page", 0, part(whole.dropped[count], float(count)));
        f.put("words of the page say", 0, part(whole.says[count], float(count)));
        f.end_row();
    }
    f
}

/// The run of lines that are no sentences around each line; a sentence is a run of its own.
fn runs(page: &Page<'_>) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = (0..page.lines.len()).map(|line| line..line + 1).collect();
    for run in page.runs(|line| !line.is_good()) {
        runs[run.clone()].fill(run);
    }
    runs
}

/// The page as a whole: sums over the lines before each line, and over all of them.
struct Whole {
    words: Vec<f32>,
    bytes: Vec<f32>,
    good: Vec<f32>,
    dropped: Vec<f32>,
    capitals: Vec<f32>,
    terminal: Vec<f32>,
    says: Vec<f32>,
    gaps: f32,
    longest: usize,
    /// To the lines that rules have dropped, or most of them.
    to_dropped: Distances,
    /// How often each text of a short line stands on the page.
    same: FxHashMap<u64, u32>,
}

impl Whole {
    fn of(page: &Page<'_>, own: &[Own]) -> Self {
        let sums = |of: &dyn Fn(usize) -> f32| {
            let mut sum = 0.0;
            let mut sums = vec![0.0];
            sums.extend((0..own.len()).map(|at| {
                sum += of(at);
                sum
            }));
            sums
        };
        let bytes = |at: usize| float(page.lines[at].text.len());
        let mut same = FxHashMap::default();
        for line in page.lines.iter().filter(|line| !line.is_good()) {
            *same.entry(hash(line.folded())).or_default() += 1;
        }
        let longest = page.lines.iter().max_by_key(|line| (line.text.len(), std::cmp::Reverse(line.index)));
        Self {
            words: sums(&|at| own[at].words),
            bytes: sums(&bytes),
            good: sums(&|at| if own[at].good { bytes(at) } else { 0.0 }),
            dropped: sums(&|at| own[at].dropped),
            capitals: sums(&|at| own[at].capitals),
            terminal: sums(&|at| own[at].terminal),
            says: sums(&|at| own[at].lexicon.sum.clamp(-3.0, 3.0)),
            gaps: part(float(own.iter().filter(|own| own.gap).count()), float(own.len())),
            longest: longest.map_or(0, |line| line.index),
            to_dropped: Distances::of(own.len(), |line| own[line].dropped > 0.5),
            same,
        }
    }
}

fn hash(text: &str) -> u64 {
    xxh3_64(text.as_bytes())
}
