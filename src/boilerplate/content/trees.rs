//! Gradient boosted trees: how they are written down, and what they make of a row of features.

/// A forest of regression trees whose values sum up to the log odds of content.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Forest {
    /// Log odds before any tree.
    pub base: f32,
    nodes: Vec<Node>,
    /// Index of each tree's root.
    roots: Vec<u32>,
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
        Self { base, nodes: Vec::new(), roots: Vec::new() }
    }

    /// Adds a tree.
    pub fn push(&mut self, tree: &Tree) {
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

    fn leaf(&self, root: u32, row: &[f32]) -> f32 {
        let mut at = root as usize;
        loop {
            let node = &self.nodes[at];
            if node.feature == LEAF {
                return node.value;
            }
            at = self.child(at, row);
        }
    }

    /// Where a row goes from a node that asks a feature.
    fn child(&self, at: usize, row: &[f32]) -> usize {
        let node = &self.nodes[at];
        // A feature that the row does not have, in a forest of another version, counts as nothing.
        let feature = row.get(usize::from(node.feature)).copied().unwrap_or(0.0);
        if feature <= node.value { at + 1 } else { node.right as usize }
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
                let next = self.child(at, row);
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
    fn what_is_written_is_read_again() {
        let written = forest().write();
        assert_eq!(Forest::parse(&written, 2), Some(forest()));
        assert_eq!(Forest::parse(&written, 1), None);
        assert_eq!(Forest::parse("0\n1<2 =1", 2), None);
    }
}
