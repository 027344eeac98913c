//! How likely a word is typed for another: the channel of the noisy-channel model (Kernighan, Church and Gale 1990).

use crate::query::keys_beside;

/// Chances of the kinds of mistake, of all mistakes in a word. Omission is the commonest, and doubling the chief cause of
/// insertions (Pollock and Zamora 1983); more than half of all substitutions are by keys that lie beside the right one
/// (Grudin 1983).
const OMISSION: f64 = 0.30;
const DOUBLING: f64 = 0.14;
const INSERTION_BESIDE: f64 = 0.11;
const SUBSTITUTION_BESIDE: f64 = 0.20;
const TRANSPOSITION: f64 = 0.13;
/// The word as it sounds, by whatever letters.
const SOUND: f64 = 0.12;
/// Letters for others, or between others, that nothing connects with them.
const OTHER: f64 = 0.04;

/// A space too many or too few.
const SPACE: f64 = 0.04;

/// Letters that may be typed for one, if nothing is known of how they came there.
const LETTERS: f64 = 25.0;

/// Keys beside one, on average.
const KEYS_BESIDE: f64 = 4.5;

/// Spellings that sound like one, on average.
const SOUNDS_ALIKE: f64 = 4.0;

/// How much rarer a mistake in the first letter is than in another: of all words with a mistake from 1 to 15 % have it
/// there (Kukich 1992), where of words of seven letters one in seven would.
const FIRST_LETTER: f64 = 0.35;

/// Natural logarithm of the chance that someone who means `meant` and makes a mistake types `typed`: the likeliest way
/// there by single mistakes, or by the sound of the word. `O(letters²)`.
#[must_use]
pub fn log_likelihood(typed: &str, meant: &str) -> f64 {
    let (typed, meant): (Vec<char>, Vec<char>) = (typed.chars().collect(), meant.chars().collect());
    let by_fingers = likeliest_edits(&typed, &meant);
    if sound(&typed) == sound(&meant) {
        by_fingers.max((SOUND / SOUNDS_ALIKE).ln() - places(&meant))
    } else {
        by_fingers
    }
}

/// Natural logarithm of the chance that someone who makes a mistake runs two words together, or tears one apart, just so.
#[must_use]
pub fn log_misspaced(word: &str) -> f64 {
    SPACE.ln() - places(&word.chars().collect::<Vec<_>>())
}

/// Whether two words sound alike.
#[must_use]
pub fn sounds_like(one: &str, other: &str) -> bool {
    let of = |word: &str| sound(&word.chars().collect::<Vec<_>>());
    of(one) == of(other)
}

/// The first letter of a word, and those that words which sound like it may begin with.
#[must_use]
pub fn first_letters(word: &str) -> Vec<char> {
    let Some(first) = word.chars().next() else { return Vec::new() };
    let alike: &[char] = match first {
        'f' => &['p'],
        'k' => &['c', 'q'],
        'c' => &['k', 's'],
        's' => &['c', 'z'],
        'z' => &['s'],
        'e' => &['a', 'i', 'o'],
        'i' => &['e', 'y'],
        'o' => &['a'],
        'a' => &['e'],
        _ => &[],
    };
    std::iter::once(first).chain(alike.iter().copied()).collect()
}

/// Logarithm of the number of places where a mistake can happen.
fn places(meant: &[char]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "words are short")]
    let places = meant.len().max(1) as f64;
    places.ln()
}

/// The optimal string alignment with chances in the place of edits.
fn likeliest_edits(typed: &[char], meant: &[char]) -> f64 {
    let places = places(meant);
    let chance =
        |chance: f64, at: usize| (if at == 0 { chance * FIRST_LETTER } else { chance }).ln() - places;
    let mut rows: Vec<Vec<f64>> = Vec::with_capacity(meant.len() + 1);
    for i in 0..=meant.len() {
        let mut row = vec![f64::NEG_INFINITY; typed.len() + 1];
        for j in 0..=typed.len() {
            let mut best = if i == 0 && j == 0 { 0.0 } else { f64::NEG_INFINITY };
            if i > 0 {
                best = best.max(rows[i - 1][j] + chance(OMISSION, i - 1));
            }
            if j > 0 {
                best = best.max(row[j - 1] + chance(insertion(typed, j - 1), j - 1));
            }
            if i > 0 && j > 0 {
                let (right, wrong) = (meant[i - 1], typed[j - 1]);
                let here = if right == wrong { 0.0 } else { chance(substitution(right, wrong), i - 1) };
                best = best.max(rows[i - 1][j - 1] + here);
            }
            if i > 1 && j > 1 && meant[i - 1] == typed[j - 2] && meant[i - 2] == typed[j - 1] {
                best = best.max(rows[i - 2][j - 2] + chance(TRANSPOSITION, i - 2));
            }
            row[j] = best;
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().unwrap_or(f64::NEG_INFINITY)
}

/// The chance that the letter at `at` slipped in.
fn insertion(typed: &[char], at: usize) -> f64 {
    let around = [at.checked_sub(1), at.checked_add(1)].map(|at| at.and_then(|at| typed.get(at)).copied());
    let letter = typed[at];
    if around.contains(&Some(letter)) {
        DOUBLING
    } else if around.iter().flatten().any(|other| keys_beside(*other).contains(&letter)) {
        // Either neighbour can have brought it.
        INSERTION_BESIDE / (2.0 * KEYS_BESIDE)
    } else {
        OTHER / LETTERS
    }
}

/// The chance that one letter gives way to another.
fn substitution(right: char, wrong: char) -> f64 {
    if keys_beside(right).contains(&wrong) { SUBSTITUTION_BESIDE / KEYS_BESIDE } else { OTHER / LETTERS }
}

/// A key that words share which sound alike to one who writes by ear: vowels are one, consonants those that are spelt in
/// their place, doubled letters single, and silent letters none. Of other scripts, the letters themselves.
fn sound(word: &[char]) -> Vec<char> {
    let mut key: Vec<char> = Vec::with_capacity(word.len());
    for (at, letter) in word.iter().enumerate() {
        let next = word.get(at + 1).copied().unwrap_or(' ');
        let before = at.checked_sub(1).map_or(' ', |at| word[at]);
        let sound = match letter {
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' => 'a',
            'p' if next == 'h' => 'f',
            'c' if matches!(next, 'e' | 'i' | 'y') => 's',
            't' | 's' if next == 'i' && matches!(word.get(at + 2), Some('o' | 'a')) => 's',
            'c' | 'q' => 'k',
            'z' => 's',
            // After a consonant, as in "rhyme", "chord" and "photo".
            'h' if matches!(before, 'p' | 'c' | 'r' | 'g' | 'k' | 't') => continue,
            'g' if next == 'h' => continue,
            'x' => {
                key.push('k');
                's'
            }
            other => *other,
        };
        if key.last() != Some(&sound) {
            key.push(sound);
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commoner_mistakes_are_likelier() {
        let of = log_likelihood;
        assert!(of("recieve", "receive") > of("recxive", "receive"), "letters that changed places");
        assert!(of("sciatuca", "sciatica") > of("sciatbca", "sciatica"), "a key beside the right one");
        assert!(of("scciatica", "sciatica") > of("sciativca", "sciatica"), "a letter typed twice");
        assert!(
            of("sciatca", "sciatica") > of("ciatica", "sciatica"),
            "a letter left out, but not the first"
        );
        assert!(of("fosfate", "phosphate") > of("fosfame", "phosphate"), "as it sounds");
        assert!(of("sciatica", "sciatica") > of("siatica", "sciatica"), "no mistake");
        assert!(of("siatica", "sciatica") > of("siatca", "sciatica"), "one mistake and two");
    }

    #[test]
    fn words_that_sound_alike() {
        for (one, other) in [
            ("recieve", "receive"),
            ("fone", "phone"),
            ("existance", "existence"),
            ("ocurence", "occurrence"),
            ("rythm", "rhythm"),
            ("definately", "definitely"),
            ("tonsilitis", "tonsillitis"),
            ("skedule", "schedule"),
        ] {
            assert!(sounds_like(one, other), "{one} {other}");
        }
        assert!(!sounds_like("pain", "pan d"));
        assert!(!sounds_like("form", "from"));
        assert!(!sounds_like("боль", "соль"));
    }
}
