//! Misspelt queries, made from a seed: what people's fingers and ears do to one word of a query.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::analysis::{fold, words};
use crate::query::{is_stop_word, keys_beside};

/// Shortest word that is misspelt, in characters.
const SHORTEST: usize = 4;

/// Of a hundred slips, how many touch the first letter where they need not: Kukich's survey ("Techniques for
/// automatically correcting words in text", 1992) names studies that found from 1 to 15 %.
const FIRST_LETTER: u64 = 5;

/// What happens to a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slip {
    /// A letter is left out.
    Omission,
    /// A letter is typed twice.
    Doubling,
    /// A letter is typed with the one whose key lies beside it.
    Insertion,
    /// A letter gives way to one whose key lies beside it.
    Substitution,
    /// Two letters change places.
    Transposition,
    /// The word is written as it sounds.
    Sound,
}

/// Of a hundred misspellings, how many are of each kind. Four fifths of all have one mistake (Damerau 1964), in edited
/// text 90 to 95 %; there omission is the commonest, and doubling the chief cause of insertions (Pollock and Zamora,
/// "Collection and characterization of spelling errors in scientific and scholarly text", 1983). Theirs are slips of the
/// finger; one in eight here is one of the ear, as those that Yannakoudakis and Fawthrop collected (1983).
const SHARES: [(Slip, u64); 6] = [
    (Slip::Omission, 30),
    (Slip::Doubling, 14),
    (Slip::Insertion, 11),
    (Slip::Substitution, 20),
    (Slip::Transposition, 13),
    (Slip::Sound, 12),
];

/// Spellings that sound alike, either of which is written for the other.
const SOUNDS: &[(&str, &str)] = &[
    ("ie", "ei"),
    ("ph", "f"),
    ("ence", "ance"),
    ("ent", "ant"),
    ("ible", "able"),
    ("tion", "sion"),
    ("ise", "ize"),
    ("er", "or"),
    ("er", "ar"),
    ("ce", "se"),
    ("ci", "si"),
    ("ca", "ka"),
    ("co", "ko"),
    ("ch", "k"),
    ("sc", "s"),
    ("y", "i"),
    ("rh", "r"),
    ("xc", "x"),
    ("ea", "ee"),
    ("ll", "l"),
    ("ss", "s"),
    ("mm", "m"),
    ("nn", "n"),
    ("rr", "r"),
    ("tt", "t"),
    ("cc", "c"),
    ("pp", "p"),
];

/// The query with one mistake in one of its telling words, and where that word stood; `None` if no word has four letters
/// or more and nothing else. The same for the same text and seed.
#[must_use]
pub fn misspell(text: &str, seed: u64) -> Option<(String, Range<usize>)> {
    let mut dice = Dice { text, seed, thrown: 0 };
    let telling: Vec<Range<usize>> = words(text)
        .into_iter()
        .filter(|range| {
            let word = &text[range.clone()];
            word.chars().count() >= SHORTEST
                && word.chars().all(char::is_alphabetic)
                && !is_stop_word(&fold(word))
        })
        .collect();
    if telling.is_empty() {
        return None;
    }
    let range = telling[dice.below(telling.len())].clone();
    let word: Vec<char> = text[range.clone()].chars().collect();
    // A word that a slip cannot happen to, or that it leaves as it was, gets another.
    for _ in 0..64 {
        if let Some(wrong) = slip(&word, &mut dice).filter(|wrong| *wrong != word) {
            let wrong: String = wrong.into_iter().collect();
            return Some(([&text[..range.start], &wrong, &text[range.end..]].concat(), range));
        }
    }
    None
}

/// The word with one slip, if the kind that is drawn can happen to it.
fn slip(word: &[char], dice: &mut Dice<'_>) -> Option<Vec<char>> {
    let mut drawn = dice.below(100) as u64;
    let kind = SHARES.iter().find_map(|(kind, share)| {
        if drawn < *share {
            return Some(*kind);
        }
        drawn -= share;
        None
    })?;
    let mut wrong = word.to_vec();
    let first = usize::from((dice.below(100) as u64) >= FIRST_LETTER);
    let at = first + dice.below(word.len() - first);
    match kind {
        Slip::Omission => {
            wrong.remove(at);
        }
        Slip::Doubling => wrong.insert(at, word[at]),
        Slip::Insertion => wrong.insert(at + dice.below(2), dice.key_beside(word[at])?),
        Slip::Substitution => wrong[at] = dice.key_beside(word[at])?,
        Slip::Transposition => {
            let next = wrong.get(at + 1)?.to_owned();
            wrong[at + 1] = word[at];
            wrong[at] = next;
        }
        Slip::Sound => return as_it_sounds(word, dice),
    }
    Some(wrong)
}

/// The word with one spelling put for another that sounds the same.
fn as_it_sounds(word: &[char], dice: &mut Dice<'_>) -> Option<Vec<char>> {
    let text: String = word.iter().collect();
    let mut ways: Vec<(usize, &str, &str)> = Vec::new();
    for (one, other) in SOUNDS {
        for (from, to) in [(one, other), (other, one)] {
            // A letter doubled where the word begins sounds like nothing that is written, and what is doubled already
            // is not doubled again.
            let doubles = to.len() == 2 && to.starts_with(from) && to.ends_with(from);
            ways.extend(text.match_indices(from).map(|(at, _)| at).filter_map(|at| {
                let beside = text[..at].ends_with(from) || text[at + from.len()..].starts_with(from);
                (!doubles || at > 0 && !beside).then_some((at, *from, *to))
            }));
        }
    }
    if ways.is_empty() {
        return None;
    }
    let (at, from, to) = ways[dice.below(ways.len())];
    Some([&text[..at], to, &text[at + from.len()..]].concat().chars().collect())
}

/// A stream of random numbers: hashes of the text by the seed and how often it was asked.
struct Dice<'a> {
    text: &'a str,
    seed: u64,
    thrown: u64,
}

impl Dice<'_> {
    /// A number below `count`, which is not 0.
    fn below(&mut self, count: usize) -> usize {
        self.thrown += 1;
        let seed = self.seed ^ self.thrown.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let drawn = xxh3_64_with_seed(self.text.as_bytes(), seed) % (count.max(1) as u64);
        usize::try_from(drawn).unwrap_or(0)
    }

    /// A letter whose key lies beside that of `letter`, in the same case.
    fn key_beside(&mut self, letter: char) -> Option<char> {
        let beside = keys_beside(letter.to_ascii_lowercase());
        if beside.is_empty() {
            return None;
        }
        let key = beside[self.below(beside.len())];
        Some(if letter.is_uppercase() { key.to_ascii_uppercase() } else { key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUERY: &str = "Why does the sciatica of a 45-year-old occur after phosphate exercise? (Naïve боль)";

    #[test]
    fn one_telling_word_changes_and_the_rest_stays() {
        for seed in 0..500 {
            let (wrong, range) = misspell(QUERY, seed).expect("it has telling words");
            assert_eq!(
                misspell(QUERY, seed),
                Some((wrong.clone(), range.clone())),
                "the same for the same seed"
            );
            let (before, after) = (&QUERY[..range.start], &QUERY[range.end..]);
            let typed =
                wrong.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).expect("the rest stays");
            let meant = &QUERY[range];
            assert_ne!(typed, meant);
            assert!(
                ["sciatica", "year", "occur", "phosphate", "exercise", "Naïve", "боль"].contains(&meant),
                "{meant}"
            );
            assert!(typed.chars().count().abs_diff(meant.chars().count()) <= 1, "{typed} for {meant}");
        }
    }

    #[test]
    fn mistakes_come_in_their_shares() {
        let (mut shorter, mut longer, mut swapped, mut first) = (0, 0, 0, 0);
        for seed in 0..2000 {
            let (wrong, range) = misspell("sciatica phosphate exercise", seed).expect("it has telling words");
            let meant = &"sciatica phosphate exercise"[range.clone()];
            let typed = &wrong[range.start..wrong.len() - ("sciatica phosphate exercise".len() - range.end)];
            shorter += usize::from(typed.len() < meant.len());
            longer += usize::from(typed.len() > meant.len());
            let sorted = |word: &str| {
                let mut letters: Vec<char> = word.chars().collect();
                letters.sort_unstable();
                letters
            };
            swapped += usize::from(sorted(typed) == sorted(meant));
            first += usize::from(typed.chars().next() != meant.chars().next());
        }
        // Omissions and a part of the misspellings by sound; doublings and insertions; transpositions; few first letters.
        assert!((560..=760).contains(&shorter), "{shorter}");
        assert!((440..=680).contains(&longer), "{longer}");
        assert!((200..=320).contains(&swapped), "{swapped}");
        assert!((10..=160).contains(&first), "{first}");
    }

    #[test]
    fn without_a_telling_word_of_four_letters_there_is_no_mistake() {
        for text in ["", "what about the", "12345 b12x", "sun dog", "背中", "😀 ?!"] {
            assert_eq!(misspell(text, 1), None, "{text}");
        }
    }
}
