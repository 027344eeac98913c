//! Gradient boosting: trees that each mend what the ones before got wrong, over histograms of binned features.
//!
//! Trees grow by the leaf with the largest gain, split by second-order gain over at most [`BINS`] bins a feature, as in
//! `LightGBM` (Ke et al., NIPS 2017). Same input, same forest: rows are bagged by a hash, sums have a fixed order.

use std::ops::Range;

use rayon::iter::{
    IndexedParallelIterator, IntoParallelIterator, IntoParallelRefMutIterator, ParallelIterator,
};
use rayon::slice::ParallelSlice;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::boilerplate::content::trees::{Forest, Tree};

/// Most bins of a feature.
const BINS: usize = 64;

/// Settings of the boosting.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Forests that are learnt one by one, each on draws of its own; their mean is steadier than any of them (Breiman,
    /// "Bagging predictors", 1996).
    pub members: usize,
    /// Number of trees of each.
    pub trees: usize,
    /// Leaves of a tree.
    pub leaves: usize,
    /// What part of its best value each leaf adds.
    pub rate: f32,
    /// Share of the features that each tree sees.
    pub features: f32,
    /// Share of the groups (pages) that each tree sees.
    pub groups: f32,
    /// Added to the second derivatives of a leaf: pulls its value to 0.
    pub ridge: f64,
    /// Fewest rows of a leaf.
    pub rows: usize,
    /// Smallest sum of second derivatives of a leaf.
    pub hessian: f64,
}

/// Rows to learn from.
pub struct Rows<'a> {
    /// Feature values, row after row.
    pub values: &'a [f32],
    /// Features of a row.
    pub width: usize,
    /// What is to be predicted for each row, from 0 to 1.
    pub targets: &'a [f32],
    /// What each row weighs; their mean is about 1.
    pub weights: &'a [f32],
    /// The page that each row is of.
    pub groups: &'a [u32],
}

/// Rows in bins, column after column.
struct Binned {
    columns: Vec<Vec<u8>>,
    cuts: Vec<Vec<f32>>,
}

impl Binned {
    fn new(rows: &Rows<'_>) -> Self {
        let of_feature = |feature: usize| {
            let column: Vec<f32> = rows.values.iter().skip(feature).step_by(rows.width).copied().collect();
            let cuts = cuts(&column);
            let bins = column.iter().map(|value| bin(&cuts, *value)).collect();
            (bins, cuts)
        };
        let (columns, cuts) = (0..rows.width).into_par_iter().map(of_feature).unzip();
        Self { columns, cuts }
    }
}

/// The bin of a value: the first whose cut is not below it.
fn bin(cuts: &[f32], value: f32) -> u8 {
    // There are at most `BINS - 1` cuts.
    u8::try_from(cuts.partition_point(|cut| *cut < value)).unwrap_or(u8::MAX)
}

/// At most `BINS - 1` cuts, at quantiles, with four significant digits.
fn cuts(column: &[f32]) -> Vec<f32> {
    let mut sorted = column.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let mut distinct = sorted.clone();
    distinct.dedup();
    let mut cuts: Vec<f32> = if distinct.len() <= BINS {
        distinct.windows(2).map(|pair| short(f32::midpoint(pair[0], pair[1]))).collect()
    } else {
        (1..BINS).map(|part| short(sorted[sorted.len() * part / BINS])).collect()
    };
    cuts.dedup();
    cuts
}

/// A value with four significant digits: thresholds are data that people read.
fn short(value: f32) -> f32 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

/// Sums of first and second derivatives, and the number of rows, for each bin.
type Histogram = [(f64, f64, u32); BINS];

/// A leaf that may be split further.
struct Leaf {
    rows: Range<usize>,
    histograms: Vec<Histogram>,
    gradient: f64,
    hessian: f64,
    best: Option<Split>,
    /// Place of the leaf in the tree that grows.
    node: usize,
}

#[derive(Clone, Copy)]
struct Split {
    gain: f64,
    feature: usize,
    bin: usize,
}

/// A node of the tree that grows.
enum Growing {
    Leaf(f32),
    Split { feature: usize, bin: usize, left: usize, right: usize },
}

/// Learns a forest that predicts the targets, by log loss: the mean of all members. Works in the thread pool that it is called
/// in; how many threads that has does not matter to the forest.
#[must_use]
pub fn boost(rows: &Rows<'_>, settings: &Settings) -> Forest {
    let binned = Binned::new(rows);
    let count = rows.targets.len();
    let (mut content, mut weight) = (0.0f64, 0.0f64);
    for (target, w) in rows.targets.iter().zip(rows.weights) {
        content += f64::from(target * w);
        weight += f64::from(*w);
    }
    let share = (content / weight.max(1e-9)).clamp(0.001, 0.999);
    #[expect(clippy::cast_possible_truncation, reason = "log odds of a share in [0.001, 0.999]")]
    let base = short((share / (1.0 - share)).ln() as f32);
    let mut forest = Forest::new(base);
    let mut scores = vec![base; count];
    for tree in 0..settings.members * settings.trees {
        if tree % settings.trees == 0 {
            scores.fill(base);
        }
        let seed = tree as u64;
        let chance = |key: u32, salt: u64| chance(u64::from(key), seed ^ salt);
        let columns: Vec<usize> = (0..rows.width)
            .filter(|column| chance(u32::try_from(*column).unwrap_or(0), 0xF0) < settings.features)
            .collect();
        let derivatives: Vec<(f32, f32)> = (0..count)
            .into_par_iter()
            .map(|row| {
                let p = 1.0 / (1.0 + (-scores[row]).exp());
                let weight = rows.weights[row];
                ((p - rows.targets[row]) * weight, (p * (1.0 - p) * weight).max(1e-6))
            })
            .collect();
        let mut order: Vec<u32> = (0..u32::try_from(count).unwrap_or(u32::MAX))
            .filter(|row| chance(rows.groups[*row as usize], 0xBA) < settings.groups)
            .collect();
        let grown = grow(&binned, &columns, &derivatives, &mut order, settings);
        scores.par_iter_mut().enumerate().for_each(|(row, score)| *score += predict(&grown, &binned, row));
        forest.push(&tree_of(&grown, &binned, 0, settings.members));
    }
    forest
}

/// A number in [0, 1) that depends on nothing but its arguments.
#[expect(clippy::cast_precision_loss, reason = "24 bits of a hash fit an f32 exactly")]
fn chance(key: u64, seed: u64) -> f32 {
    (xxh3_64_with_seed(&key.to_le_bytes(), seed) >> 40) as f32 / (1u64 << 24) as f32
}

fn grow(
    binned: &Binned,
    columns: &[usize],
    derivatives: &[(f32, f32)],
    order: &mut [u32],
    settings: &Settings,
) -> Vec<Growing> {
    let all = 0..order.len();
    let histograms = histograms(binned, columns, derivatives, order);
    let mut leaves = vec![leaf(all, histograms, 0, settings)];
    let mut nodes = vec![Growing::Leaf(value(&leaves[0], settings))];
    while leaves.len() < settings.leaves {
        let best = leaves
            .iter()
            .enumerate()
            .filter_map(|(index, leaf)| leaf.best.map(|split| (index, split)))
            .max_by(|a, b| a.1.gain.total_cmp(&b.1.gain).then(b.0.cmp(&a.0)));
        let Some((index, split)) = best else { break };
        let parent = leaves.swap_remove(index);
        let column = &binned.columns[columns[split.feature]];
        let (left, right): (Vec<u32>, Vec<u32>) = order[parent.rows.clone()]
            .iter()
            .partition(|row| usize::from(column[**row as usize]) <= split.bin);
        let middle = parent.rows.start + left.len();
        order[parent.rows.start..middle].copy_from_slice(&left);
        order[middle..parent.rows.end].copy_from_slice(&right);
        // The larger child's histograms are what the smaller one's leave of their parent's.
        let small_is_left = left.len() <= right.len();
        let small = if small_is_left { &left } else { &right };
        let small = self::histograms(binned, columns, derivatives, small);
        let large = without(parent.histograms, &small);
        let (left_histograms, right_histograms) = if small_is_left { (small, large) } else { (large, small) };
        let left = leaf(parent.rows.start..middle, left_histograms, nodes.len(), settings);
        let right = leaf(middle..parent.rows.end, right_histograms, nodes.len() + 1, settings);
        nodes[parent.node] = Growing::Split {
            feature: columns[split.feature],
            bin: split.bin,
            left: nodes.len(),
            right: nodes.len() + 1,
        };
        nodes.push(Growing::Leaf(value(&left, settings)));
        nodes.push(Growing::Leaf(value(&right, settings)));
        leaves.push(left);
        leaves.push(right);
    }
    nodes
}

/// Columns whose histograms are made together. Rows that follow one another often fall into the same bin of a column, and each
/// sum waits for the one before; those of other columns do not.
const TOGETHER: usize = 4;

/// The histograms of some rows, in the order of `columns`.
fn histograms(
    binned: &Binned,
    columns: &[usize],
    derivatives: &[(f32, f32)],
    rows: &[u32],
) -> Vec<Histogram> {
    let near: Vec<(f32, f32)> = rows.iter().map(|row| derivatives[*row as usize]).collect();
    let of_chunk = |chunk: &[usize]| {
        // The last chunk is filled up with its first column, whose sums are left out then.
        let columns: [&[u8]; TOGETHER] =
            std::array::from_fn(|at| &*binned.columns[*chunk.get(at).unwrap_or(&chunk[0])]);
        let mut histograms = [[(0.0, 0.0, 0); BINS]; TOGETHER];
        for (row, (gradient, hessian)) in rows.iter().zip(&near) {
            for (column, histogram) in columns.iter().zip(&mut histograms) {
                let bin = &mut histogram[usize::from(column[*row as usize]) % BINS];
                bin.0 += f64::from(*gradient);
                bin.1 += f64::from(*hessian);
                bin.2 += 1;
            }
        }
        histograms.into_iter().take(chunk.len())
    };
    columns.par_chunks(TOGETHER).flat_map_iter(of_chunk).collect()
}

fn without(mut whole: Vec<Histogram>, part: &[Histogram]) -> Vec<Histogram> {
    for (whole, part) in whole.iter_mut().zip(part) {
        for (bin, part) in whole.iter_mut().zip(part) {
            bin.0 -= part.0;
            bin.1 -= part.1;
            bin.2 -= part.2;
        }
    }
    whole
}

fn leaf(rows: Range<usize>, histograms: Vec<Histogram>, node: usize, settings: &Settings) -> Leaf {
    let (gradient, hessian) = histograms.first().map_or((0.0, 0.0), |histogram| {
        histogram.iter().fold((0.0, 0.0), |sum, bin| (sum.0 + bin.0, sum.1 + bin.1))
    });
    let mut leaf = Leaf { rows, histograms, gradient, hessian, best: None, node };
    leaf.best = best_split(&leaf, settings);
    leaf
}

fn best_split(leaf: &Leaf, settings: &Settings) -> Option<Split> {
    let worth = |gradient: f64, hessian: f64| gradient * gradient / (hessian + settings.ridge);
    let whole = worth(leaf.gradient, leaf.hessian);
    let mut best: Option<Split> = None;
    for (feature, histogram) in leaf.histograms.iter().enumerate() {
        let (mut gradient, mut hessian, mut rows) = (0.0, 0.0, 0usize);
        for (bin, sums) in histogram.iter().enumerate() {
            gradient += sums.0;
            hessian += sums.1;
            rows += sums.2 as usize;
            let rest = leaf.hessian - hessian;
            if rows < settings.rows || hessian < settings.hessian {
                continue;
            }
            if leaf.rows.len() - rows < settings.rows || rest < settings.hessian {
                break;
            }
            let gain = worth(gradient, hessian) + worth(leaf.gradient - gradient, rest) - whole;
            if gain > 1e-6 && best.is_none_or(|best| gain > best.gain) {
                best = Some(Split { gain, feature, bin });
            }
        }
    }
    best
}

fn value(leaf: &Leaf, settings: &Settings) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "a step of the log odds, a few units at most")]
    let step = (-leaf.gradient / (leaf.hessian + settings.ridge)) as f32;
    short(step * settings.rate)
}

fn predict(nodes: &[Growing], binned: &Binned, row: usize) -> f32 {
    let mut at = 0;
    loop {
        match &nodes[at] {
            Growing::Leaf(value) => return *value,
            Growing::Split { feature, bin, left, right } => {
                at = if usize::from(binned.columns[*feature][row]) <= *bin { *left } else { *right };
            }
        }
    }
}

/// The tree that has grown, as one of so many members.
fn tree_of(nodes: &[Growing], binned: &Binned, at: usize, members: usize) -> Tree {
    match &nodes[at] {
        #[expect(clippy::cast_precision_loss, reason = "members are few")]
        Growing::Leaf(value) => Tree::Leaf(short(value / members as f32)),
        Growing::Split { feature, bin, left, right } => Tree::Split {
            feature: u16::try_from(*feature).unwrap_or(u16::MAX - 1),
            // A split at the last bin parts nothing, so there is a cut for every bin that is split at.
            threshold: binned.cuts[*feature].get(*bin).copied().unwrap_or(f32::INFINITY),
            left: Box::new(tree_of(nodes, binned, *left, members)),
            right: Box::new(tree_of(nodes, binned, *right, members)),
        },
    }
}

#[cfg(test)]
mod tests {
    use rayon::ThreadPoolBuilder;

    use super::*;

    #[test]
    fn a_forest_learns_what_one_tree_cannot() {
        // Content is where exactly one of two features is high: no single split tells anything.
        let mut values = Vec::new();
        let mut targets = Vec::new();
        for row in 0..800u64 {
            let (a, b) = (chance(row, 1), chance(row, 2));
            values.extend([a, b]);
            targets.push(if (a > 0.5) == (b > 0.5) { 0.0 } else { 1.0 });
        }
        let groups: Vec<u32> = (0..800).collect();
        let settings = Settings {
            members: 2,
            trees: 60,
            leaves: 6,
            rate: 0.2,
            features: 1.1,
            groups: 0.8,
            ridge: 1.0,
            rows: 5,
            hessian: 0.1,
        };
        let rows =
            Rows { values: &values, width: 2, targets: &targets, weights: &[1.0; 800], groups: &groups };
        let with_threads = |count| {
            let threads = ThreadPoolBuilder::new().num_threads(count).build();
            threads.expect("threads can be started").install(|| boost(&rows, &settings))
        };
        let forest = with_threads(2);
        let right = (0..800)
            .filter(|row| (forest.score(&values[row * 2..row * 2 + 2]) > 0.0) == (targets[*row] > 0.5));
        assert!(right.count() > 740);
        assert_eq!(forest, with_threads(1));
    }
}
