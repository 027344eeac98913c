//! The second look at each block: its features, and what the first pass made of the blocks around it: of those in its
//! elements, or where there is no markup, of those that no blank line parts from it and of those that are sentences as it is,
//! or none.

use std::ops::Range;

use super::features::{Features, float};
use super::place::sum_up;
use crate::boilerplate::Line;
use crate::boilerplate::page::Page;

/// Levels of elements whose mean likelihood is looked at.
const LEVELS: usize = 4;

/// All features of the first pass, followed by those of its likelihoods, for the lines that are wanted: a row takes more than a
/// kilobyte. Linear in the page.
#[must_use]
pub fn features(
    page: &Page<'_>,
    first: &Features,
    likelihoods: &[f32],
    is_wanted: impl Fn(usize) -> bool,
) -> Features {
    let elements = &page.document.elements;
    let lines = &page.lines;
    let mut revised = Features::of((0..lines.len()).filter(|line| is_wanted(*line)).count());
    if likelihoods.len() != lines.len() || lines.is_empty() {
        return revised;
    }
    // A block weighs as many words as it has, and one where it has none.
    let weights: Vec<f32> = lines.iter().map(|line| float(line.words.max(1))).collect();
    let mut inside = vec![(0.0f32, 0.0f32); elements.len()];
    for ((line, likelihood), weight) in lines.iter().zip(likelihoods).zip(&weights) {
        if let Some(element) = line.block.element {
            inside[element as usize].0 += likelihood * weight;
            inside[element as usize].1 += weight;
        }
    }
    sum_up(elements, &mut inside, |outer, inner| *outer = (outer.0 + inner.0, outer.1 + inner.1));
    let mut content = vec![0.0];
    let mut words = vec![0.0];
    for (likelihood, weight) in likelihoods.iter().zip(&weights) {
        content.push(content[content.len() - 1] + likelihood * weight);
        words.push(words[words.len() - 1] + weight);
    }
    let count = lines.len();
    let mean = |from: usize, to: usize| {
        let (from, to) = (from.min(count), to.min(count));
        ratio(content[to] - content[from], words[to] - words[from])
    };
    let sure = lines.iter().zip(likelihoods).filter(|(_, likelihood)| **likelihood > 0.5);
    let first_sure = sure.clone().map(|(line, _)| line.index).next();
    let last_sure = sure.map(|(line, _)| line.index).next_back();
    let (sections, runs) = if elements.is_empty() {
        let alike = |a: &Line<'_>, b: &Line<'_>| a.is_good() == b.is_good();
        (stretches(lines, |_, next| !next.block.gap), stretches(lines, alike))
    } else {
        (Vec::new(), Vec::new())
    };
    let mut heading = -1.0;
    for (index, line) in lines.iter().enumerate() {
        let own = likelihoods[index];
        if is_wanted(index) {
            revised.put_row(first.names(), first.row(index));
            revised.put("first pass", 0, own);
            if elements.is_empty() {
                for (at, stretches) in [(0i8, &sections), (1, &runs)] {
                    let here = &stretches[index];
                    let rest = ratio(
                        content[here.end] - content[here.start] - own * weights[index],
                        words[here.end] - words[here.start] - weights[index],
                    );
                    revised.put("first pass in the rest of its section", at, rest);
                    let before = here.start.checked_sub(1).map_or(-1.0, |before| likelihoods[before]);
                    revised.put("first pass before its section", at, before);
                    let after = likelihoods.get(here.end).copied().unwrap_or(-1.0);
                    revised.put("first pass after its section", at, after);
                    revised.put("lines of its section", at, float(here.len()));
                }
            } else {
                let mut around = line.block.element;
                for level in 0..LEVELS {
                    let at = i8::try_from(level).unwrap_or(i8::MAX);
                    let here = around.map(|element| inside[element as usize]);
                    revised.put(
                        "first pass in element",
                        at,
                        here.map_or(-1.0, |(content, weight)| ratio(content, weight)),
                    );
                    let rest = here.map_or(-1.0, |(content, weight)| {
                        ratio(content - own * weights[index], weight - weights[index])
                    });
                    revised.put("first pass in the rest of element", at, rest);
                    around = around.and_then(|element| elements[element as usize].parent);
                }
            }
            for at in [-3i8, -2, -1, 1, 2, 3] {
                let other =
                    index.checked_add_signed(isize::from(at)).and_then(|other| likelihoods.get(other));
                revised.put("first pass of neighbour", at, other.copied().unwrap_or(-1.0));
            }
            revised.put("first pass near", -5, mean(index.saturating_sub(5), index));
            revised.put("first pass near", 5, mean(index + 1, index + 6));
            revised.put("first pass near", -20, mean(index.saturating_sub(20), index));
            revised.put("first pass near", 20, mean(index + 1, index + 21));
            revised.put("first pass of the page", 0, mean(0, count));
            revised.put("content before", 0, ratio(content[index], content[count]));
            revised.put("content of the page", 0, content[count]);
            revised.put("first pass of its heading", 0, heading);
            revised.put(
                "blocks after the first likely",
                0,
                first_sure.map_or(-999.0, |first| float(index) - float(first)),
            );
            revised.put(
                "blocks before the last likely",
                0,
                last_sure.map_or(-999.0, |last| float(last) - float(index)),
            );
            revised.end_row();
        }
        if matches!(line.block.kind, crate::document::BlockKind::Heading(_)) {
            heading = own;
        }
    }
    revised
}

/// For each line, the stretch of lines around it of which each goes on with the next.
fn stretches(lines: &[Line<'_>], goes_on: impl Fn(&Line<'_>, &Line<'_>) -> bool) -> Vec<Range<usize>> {
    let ranges = lines.chunk_by(goes_on).flat_map(|stretch| {
        let start = stretch[0].index;
        std::iter::repeat_n(start..start + stretch.len(), stretch.len())
    });
    ranges.collect()
}

fn ratio(part: f32, whole: f32) -> f32 {
    if whole > 1e-3 { part / whole } else { -1.0 }
}
