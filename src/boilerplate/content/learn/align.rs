//! Which words of a page are in its known content: the longest common subsequence of the two texts' words.

use std::collections::HashMap;

/// Largest table of the alignment, in 64-bit words (half a gigabyte); beyond it a page is left out.
const LARGEST: usize = 1 << 26;

/// Words by which texts are compared: runs of letters, digits and underscores, in lower case.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// For each of `page`'s words, whether a longest common subsequence with `gold` holds it; `None` where the texts are too
/// long to align. `O(page × gold / 64)`, by the bit-parallel algorithm of Hyyrö ("Bit-parallel LCS-length computation
/// revisited", 2004) with its rows kept for the way back.
pub(super) fn aligned(page: &[String], gold: &[String]) -> Option<Vec<bool>> {
    let width = page.len().div_ceil(64);
    if width.checked_mul(gold.len())? > LARGEST {
        return None;
    }
    let mut places: HashMap<&str, Vec<u64>> = HashMap::new();
    for word in gold {
        places.entry(word).or_default();
    }
    for (at, word) in page.iter().enumerate() {
        if let Some(mask) = places.get_mut(word.as_str()) {
            mask.resize(width, 0);
            mask[at / 64] |= 1 << (at % 64);
        }
    }
    let mut rows: Vec<u64> = Vec::with_capacity(width * gold.len());
    let mut row = vec![u64::MAX; width];
    for word in gold {
        let mask = places.get(word.as_str()).filter(|mask| !mask.is_empty());
        let mut carry = false;
        for (at, cell) in row.iter_mut().enumerate() {
            let matches = *cell & mask.map_or(0, |mask| mask[at]);
            let (sum, over) = cell.overflowing_add(matches);
            let (sum, again) = sum.overflowing_add(u64::from(carry));
            carry = over || again;
            *cell = sum | (*cell & !matches);
        }
        rows.extend_from_slice(&row);
    }
    let grew = |gold: usize, page: usize| rows[gold * width + page / 64] & (1 << (page % 64)) == 0;
    let mut found = vec![false; page.len()];
    let (mut at, mut of) = (page.len(), gold.len());
    while at > 0 && of > 0 {
        if !grew(of - 1, at - 1) {
            at -= 1;
            continue;
        }
        of -= 1;
        if of == 0 || !grew(of - 1, at - 1) {
            at -= 1;
            found[at] = true;
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(page: &str, gold: &str) -> String {
        let page: Vec<String> = words(page).collect();
        let gold: Vec<String> = words(gold).collect();
        let found = aligned(&page, &gold).unwrap_or_default();
        page.iter()
            .zip(found)
            .filter(|(_, found)| *found)
            .map(|(word, _)| word.clone())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn a_longest_common_subsequence_is_found() {
        assert_eq!(found("Home News The cat sat. Share it", "The cat sat"), "the cat sat");
        assert_eq!(found("a b c a b c", "c a b"), "c a b");
        assert_eq!(found("x", ""), "");
        let long = (0..500).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
        assert_eq!(found(&format!("menu {long} foot"), &long), long);
    }
}
