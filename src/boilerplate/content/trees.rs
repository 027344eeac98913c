//! Gradient boosted trees: how they are written down, and what they make of a row of features.

use std::sync::OnceLock;

use fearless_simd::{Level, dispatch};

/// A forest of regression trees whose values sum up to the log odds of content.
#[derive(Debug, Clone, Default)]
pub struct Forest {
    /// Log odds before any tree.
    pub base: f32,
    nodes: Vec<Node>,
    /// Index of each tree's root.
    roots: Vec<u32>,
    /// The same trees by what they ask; `None` where a tree has too many leaves for that.
    tests: OnceLock<Option<Tests>>,
}

impl PartialEq for Forest {
    fn eq(&self, other: &Self) -> bool {
        (self.base, &self.nodes, &self.roots) == (other.base, &other.nodes, &other.roots)
    }
}

/// A node of a tree.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Node {
    /// The feature that it asks, or [`LEAF`].
    feature: u16,
    /// The row goes left where its feature is at most this; in a leaf, the leaf's value.
    value: f32,
    /// Index of the right child; the left one follows its parent.
    right: u32,
}

const LEAF: u16 = u16::MAX;

/// A tree while it grows.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    /// What rows that end here add to the log odds.
    Leaf(f32),
    /// Asks a feature: at most the threshold goes left.
    Split {
        /// Column of the feature.
        feature: u16,
        /// The threshold.
        threshold: f32,
        /// For rows at or below it.
        left: Box<Tree>,
        /// For rows above it.
        right: Box<Tree>,
    },
}

impl Forest {
    /// A forest without trees.
    #[must_use]
    pub const fn new(base: f32) -> Self {
        Self { base, nodes: Vec::new(), roots: Vec::new(), tests: OnceLock::new() }
    }

    /// Adds a tree.
    pub fn push(&mut self, tree: &Tree) {
        self.tests = OnceLock::new();
        self.roots.push(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        // In preorder: the left child follows its parent, the right one is noted once the left is written.
        let mut pending = vec![(tree, None::<usize>)];
        while let Some((tree, parent)) = pending.pop() {
            let here = self.nodes.len();
            if let Some(parent) = parent {
                self.nodes[parent].right = u32::try_from(here).unwrap_or(u32::MAX);
            }
            match tree {
                Tree::Leaf(value) => self.nodes.push(Node { feature: LEAF, value: *value, right: 0 }),
                Tree::Split { feature, threshold, left, right } => {
                    self.nodes.push(Node { feature: *feature, value: *threshold, right: 0 });
                    pending.push((right, Some(here)));
                    pending.push((left, None));
                }
            }
        }
    }

    /// The log odds of a row. `O(trees × depth)`.
    #[must_use]
    pub fn score(&self, row: &[f32]) -> f32 {
        self.base + self.roots.iter().map(|root| self.leaf(*root, row)).sum::<f32>()
    }

    /// The log odds of each row, as [`Forest::score`] gives them, in less time.
    #[must_use]
    pub fn scores(&self, rows: &[&[f32]]) -> Vec<f32> {
        let Some(tests) = self.tests.get_or_init(|| Tests::of(self)) else {
            return rows.iter().map(|row| self.score(row)).collect();
        };
        let mut scores = Vec::with_capacity(rows.len());
        for rows in rows.chunks(LANES) {
            scores.extend(tests.sums(rows).iter().take(rows.len()).map(|sum| self.base + sum));
        }
        scores
    }

    fn leaf(&self, root: u32, row: &[f32]) -> f32 {
        let mut at = root as usize;
        while self.nodes[at].feature != LEAF {
            at = self.next(at, row);
        }
        self.nodes[at].value
    }

    /// Where a row goes from a node: from one that asks a feature to a child, from a leaf nowhere.
    fn next(&self, at: usize, row: &[f32]) -> usize {
        let node = &self.nodes[at];
        // A feature that the row does not have, in a forest of another version, counts as nothing.
        let feature = row.get(usize::from(node.feature)).copied().unwrap_or(0.0);
        let child = if feature <= node.value { at + 1 } else { node.right as usize };
        if node.feature == LEAF { at } else { child }
    }

    /// What each feature of a row adds to its log odds, in `added`, which has one entry a feature.
    ///
    /// Each question on the way from the root to a leaf moves what is to be expected, the mean of the leaves below, and
    /// the feature that is asked is given the difference (Saabas 2014). `O(trees × depth)`; `means` are those of
    /// [`Forest::means`].
    pub fn attribute(&self, row: &[f32], means: &[f32], added: &mut [f32]) {
        for root in &self.roots {
            let mut at = *root as usize;
            while self.nodes[at].feature != LEAF {
                let next = self.next(at, row);
                if let Some(added) = added.get_mut(usize::from(self.nodes[at].feature)) {
                    *added += means[next] - means[at];
                }
                at = next;
            }
        }
    }

    /// For each node the mean of the leaves below it, each split counted half and half. Linear in the forest.
    #[must_use]
    pub fn means(&self) -> Vec<f32> {
        let mut means = vec![0.0; self.nodes.len()];
        // Children stand behind their parents.
        for at in (0..self.nodes.len()).rev() {
            let node = &self.nodes[at];
            means[at] = match node.feature {
                LEAF => node.value,
                _ => f32::midpoint(means[at + 1], means[node.right as usize]),
            };
        }
        means
    }

    /// Writes the forest: the base, then a line a tree, its nodes in preorder: `feature<threshold` or `=value`.
    #[must_use]
    pub fn write(&self) -> String {
        let mut out = format!("{}\n", self.base);
        for (tree, root) in self.roots.iter().enumerate() {
            let end = self.roots.get(tree + 1).map_or(self.nodes.len(), |next| *next as usize);
            let nodes: Vec<String> = self.nodes[*root as usize..end]
                .iter()
                .map(|node| match node.feature {
                    LEAF => format!("={}", node.value),
                    feature => format!("{feature}<{}", node.value),
                })
                .collect();
            out.push_str(&nodes.join(" "));
            out.push('\n');
        }
        out
    }

    /// Reads what [`Forest::write`] wrote; `None` where a node is missing, odd, or asks a feature of `width` or more.
    #[must_use]
    pub fn parse(data: &str, width: usize) -> Option<Self> {
        let mut lines = data.lines();
        let mut forest = Self::new(lines.next()?.parse().ok()?);
        for line in lines {
            let mut nodes = line.split(' ');
            forest.push(&read_tree(&mut nodes, width, 0)?);
            if nodes.next().is_some() {
                return None;
            }
        }
        Some(forest)
    }
}

/// The questions of a forest by the feature that they ask about, so that many rows answer all of them side by side.
///
/// To walk down trees is slow because which way a row goes can hardly be foreseen. Here each question that a row answers
/// with "right" takes the leaves on its left away; the first leaf that is left of a tree is the one that the row comes to
/// (`QuickScorer`: Lucchese et al., SIGIR 2015). All rows answer a question, which needs no branch and which the compiler
/// turns into instructions for several rows at once; questions that no row answers with "right" are passed over.
#[derive(Debug, Clone)]
struct Tests {
    /// The features that are asked about, each with where its questions end.
    features: Vec<(u16, usize)>,
    /// The questions about each feature, by rising thresholds.
    list: Vec<Test>,
    /// Values of the leaves of all trees, from left to right.
    leaves: Vec<f32>,
    /// Index of each tree's first leaf.
    firsts: Vec<usize>,
}

/// One question.
#[derive(Debug, Clone, Copy)]
struct Test {
    threshold: f32,
    tree: u32,
    /// The leaves that remain for a row above the threshold.
    right: u32,
}

/// Rows that answer side by side.
const LANES: usize = 16;

/// Most leaves of a tree whose leaves are bits.
const MOST_LEAVES: usize = 32;

impl Tests {
    /// `None` if a tree has too many leaves. Linear in the forest, but for sorting.
    fn of(forest: &Forest) -> Option<Self> {
        // How many leaves stand before each node: those of a subtree stand in a row, since nodes are in preorder.
        let mut before = Vec::with_capacity(forest.nodes.len() + 1);
        let mut leaves = Vec::new();
        for node in &forest.nodes {
            before.push(leaves.len());
            if node.feature == LEAF {
                leaves.push(node.value);
            }
        }
        before.push(leaves.len());
        let mut firsts = Vec::with_capacity(forest.roots.len());
        let mut asked: Vec<(u16, Test)> = Vec::new();
        for (tree, root) in (0u32..).zip(&forest.roots) {
            let start = *root as usize;
            let end = forest.roots.get(tree as usize + 1).map_or(forest.nodes.len(), |next| *next as usize);
            let first = before[start];
            if before[end] - first > MOST_LEAVES {
                return None;
            }
            firsts.push(first);
            for at in start..end {
                let node = &forest.nodes[at];
                if node.feature != LEAF {
                    let (from, to) = (before[at] - first, before[node.right as usize] - first);
                    let left = (from..to).fold(0u32, |bits, leaf| bits | 1 << leaf);
                    asked.push((node.feature, Test { threshold: node.value, tree, right: !left }));
                }
            }
        }
        asked.sort_by(|(feature, test), other| {
            feature.cmp(&other.0).then(test.threshold.total_cmp(&other.1.threshold))
        });
        let mut features: Vec<(u16, usize)> = Vec::new();
        for (number, (feature, _)) in asked.iter().enumerate() {
            match features.last_mut() {
                Some(last) if last.0 == *feature => last.1 = number + 1,
                _ => features.push((*feature, number + 1)),
            }
        }
        Some(Self { features, list: asked.into_iter().map(|(_, test)| test).collect(), leaves, firsts })
    }

    /// For each of at most [`LANES`] rows the sum of the leaves that it comes to.
    fn sums(&self, rows: &[&[f32]]) -> [f32; LANES] {
        // Compiled for each kind of processor, as wide as its registers are.
        dispatch!(Level::new(), _simd => self.sums_of(rows))
    }

    #[inline(always)]
    fn sums_of(&self, rows: &[&[f32]]) -> [f32; LANES] {
        let mut open = vec![[u32::MAX; LANES]; self.firsts.len()];
        let mut start = 0;
        for (feature, end) in &self.features {
            // Lanes without a row are above no threshold.
            let mut values = [f32::NEG_INFINITY; LANES];
            for (value, row) in values.iter_mut().zip(rows) {
                // A feature that the row does not have, in a forest of another version, counts as nothing.
                *value = row.get(usize::from(*feature)).copied().unwrap_or(0.0);
            }
            let largest = largest(values);
            for &Test { threshold, tree, right } in &self.list[start..*end] {
                // Thresholds rise: no row is above one of those to come.
                if largest <= threshold {
                    break;
                }
                let kept = values.map(|value| right | u32::from(value <= threshold).wrapping_neg());
                for (open, kept) in open[tree as usize].iter_mut().zip(kept) {
                    *open &= kept;
                }
            }
            start = *end;
        }
        let mut sums = [0.0; LANES];
        for (open, first) in open.iter().zip(&self.firsts) {
            for (sum, open) in sums.iter_mut().zip(open) {
                *sum += self.leaves[first + open.trailing_zeros() as usize];
            }
        }
        sums
    }
}

/// The largest of the values of all lanes. What is no number is at or below nothing, and so counts as the largest.
#[inline(always)]
fn largest(values: [f32; LANES]) -> f32 {
    let mut values = values.map(|value| if value.is_nan() { f32::INFINITY } else { value });
    // Half against half takes a quarter of the steps that one after the other takes.
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            let other = values[lane + half];
            values[lane] = if other > values[lane] { other } else { values[lane] };
        }
        half /= 2;
    }
    values[0]
}

/// Deepest tree that is read.
const MAX_DEPTH: usize = 64;

fn read_tree<'a>(nodes: &mut impl Iterator<Item = &'a str>, width: usize, depth: usize) -> Option<Tree> {
    let node = nodes.next()?;
    if depth > MAX_DEPTH {
        return None;
    }
    if let Some(value) = node.strip_prefix('=') {
        return Some(Tree::Leaf(value.parse().ok()?));
    }
    let (feature, threshold) = node.split_once('<')?;
    let feature: u16 = feature.parse().ok().filter(|feature| usize::from(*feature) < width)?;
    let threshold = threshold.parse().ok()?;
    let left = Box::new(read_tree(nodes, width, depth + 1)?);
    let right = Box::new(read_tree(nodes, width, depth + 1)?);
    Some(Tree::Split { feature, threshold, left, right })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forest() -> Forest {
        let leaf = |value| Box::new(Tree::Leaf(value));
        let mut forest = Forest::new(-0.5);
        forest.push(&Tree::Split {
            feature: 1,
            threshold: 2.5,
            left: Box::new(Tree::Split { feature: 0, threshold: 0.0, left: leaf(1.0), right: leaf(2.0) }),
            right: leaf(4.0),
        });
        forest.push(&Tree::Leaf(0.25));
        forest
    }

    #[test]
    fn rows_go_left_up_to_the_threshold() {
        let forest = forest();
        assert!((forest.score(&[0.0, 2.5]) - 0.75).abs() < 1e-6);
        assert!((forest.score(&[0.1, 2.5]) - 1.75).abs() < 1e-6);
        assert!((forest.score(&[0.0, 2.6]) - 3.75).abs() < 1e-6);
    }

    #[test]
    fn rows_side_by_side_come_to_where_each_comes_alone() {
        let mut forest = forest();
        let rows: Vec<[f32; 2]> = (0..20u8).map(|row| [f32::from(row % 2), f32::from(row % 5)]).collect();
        let rows: Vec<&[f32]> = rows.iter().map(<[f32; 2]>::as_slice).collect();
        assert_eq!(forest.scores(&rows), rows.iter().map(|row| forest.score(row)).collect::<Vec<_>>());
        let nothing: &[f32] = &[f32::NAN, f32::NAN];
        assert_eq!(forest.scores(&[nothing]), [forest.score(nothing)]);
        // A tree of more leaves than there are bits.
        let mut tree = Tree::Leaf(0.0);
        for threshold in 0..40u8 {
            let (left, right) = (Box::new(Tree::Leaf(f32::from(threshold))), Box::new(tree));
            tree = Tree::Split { feature: 0, threshold: f32::from(threshold) / 20.0, left, right };
        }
        forest.push(&tree);
        assert_eq!(forest.scores(&rows), rows.iter().map(|row| forest.score(row)).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_written_is_read_again() {
        let written = forest().write();
        assert_eq!(Forest::parse(&written, 2), Some(forest()));
        assert_eq!(Forest::parse(&written, 1), None);
        assert_eq!(Forest::parse("0\n1<2 =1", 2), None);
    }
}
