//! Terms by number: each different one is kept once, and what holds it needs no more than four bytes for it.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

/// Numbers of terms, in the order in which they were first seen, from 1; 0 is no term's. Constant time for each term.
#[derive(Clone)]
pub struct Lexicon {
    /// The terms, one after another.
    text: String,
    /// For each number, where its term ends in `text`.
    ends: Vec<u32>,
    table: HashTable<u32>,
    hasher: RandomState,
}

impl Default for Lexicon {
    fn default() -> Self {
        Self { text: String::new(), ends: vec![0], table: HashTable::new(), hasher: RandomState::new() }
    }
}

impl Lexicon {
    /// The number of a term, a new one if it has none. Terms of more than 4 GiB together are not told apart; nobody who
    /// bounds the memory of a lexicon has as many.
    pub fn number(&mut self, term: &str) -> u32 {
        let hash = self.hasher.hash_one(term);
        let same = |number: &u32| slice(&self.text, &self.ends, *number) == term;
        if let Some(number) = self.table.find(hash, same) {
            return *number;
        }
        let number = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.text.push_str(term);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        let (text, ends, hasher) = (&self.text, &self.ends, &self.hasher);
        self.table.insert_unique(hash, number, |number| hasher.hash_one(slice(text, ends, *number)));
        number
    }

    /// The term of a number; nothing if no term has it.
    #[must_use]
    pub fn term(&self, number: u32) -> &str {
        slice(&self.text, &self.ends, number)
    }

    /// How many terms there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len() - 1
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What it takes, in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.text.len() + self.ends.len() * size_of::<u32>() + self.table.allocation_size()
    }

    /// Forgets all terms.
    pub fn clear(&mut self) {
        self.text.clear();
        self.ends.truncate(1);
        self.table.clear();
    }

    /// The numbers of all terms, in the order of their bytes. Sorts; O(n log n).
    #[must_use]
    pub fn in_order(&self) -> Vec<u32> {
        let mut numbers: Vec<(u64, u32)> =
            (1_u32..).take(self.len()).map(|number| (first_bytes(self.term(number)), number)).collect();
        // Most terms differ in their first eight bytes, which are compared without looking the terms up.
        numbers.sort_unstable_by(|(first, a), (second, b)| {
            first.cmp(second).then_with(|| self.term(*a).cmp(self.term(*b)))
        });
        numbers.into_iter().map(|(_, number)| number).collect()
    }
}

/// The term of a number among those that end at `ends` of `text`.
fn slice<'a>(text: &'a str, ends: &[u32], number: u32) -> &'a str {
    let at = number as usize;
    let end = ends.get(at).copied().unwrap_or_default();
    let start = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or_default();
    text.get(start as usize..end as usize).unwrap_or_default()
}

/// The first eight bytes of a term as a number that compares as they do.
fn first_bytes(term: &str) -> u64 {
    let mut first = [0; 8];
    let len = term.len().min(8);
    first[..len].copy_from_slice(&term.as_bytes()[..len]);
    u64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_term_has_one_number_and_the_order_is_that_of_bytes(
            terms in proptest::collection::vec("[a-c\u{0}é]{0,10}", 0..60),
        ) {
            let mut lexicon = Lexicon::default();
            let numbers: Vec<u32> = terms.iter().map(|term| lexicon.number(term)).collect();
            for (term, number) in terms.iter().zip(&numbers) {
                prop_assert_eq!(lexicon.number(term), *number);
                prop_assert_eq!(lexicon.term(*number), term);
            }
            let found: Vec<String> =
                lexicon.in_order().into_iter().map(|number| lexicon.term(number).to_owned()).collect();
            let mut expected = terms.clone();
            expected.sort_unstable();
            expected.dedup();
            prop_assert_eq!(found, expected);
            lexicon.clear();
            prop_assert!(lexicon.is_empty() && lexicon.term(1).is_empty());
        }
    }
}
