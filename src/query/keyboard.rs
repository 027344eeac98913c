//! Which keys of a keyboard lie beside each other: the commonest slip of a finger.

/// The rows of letters of a QWERTY keyboard, each with where it begins, in halves of a key. Other Latin layouts move few
/// of them.
const ROWS: [(usize, &str); 3] = [(0, "qwertyuiop"), (1, "asdfghjkl"), (2, "zxcvbnm")];

/// The letters whose keys touch that of `letter` (lower case), from left to right and top to bottom; none for what is
/// on no key.
#[must_use]
pub fn keys_beside(letter: char) -> Vec<char> {
    let Some((row, column)) = place(letter) else { return Vec::new() };
    let mut beside = Vec::new();
    for (other, (start, letters)) in ROWS.iter().enumerate() {
        for (at, own) in letters.chars().enumerate() {
            // Keys of one row are two halves apart, those of the next row one.
            let apart = (start + 2 * at).abs_diff(column);
            let touches = if other == row { apart == 2 } else { other.abs_diff(row) == 1 && apart <= 1 };
            if touches {
                beside.push(own);
            }
        }
    }
    beside
}

/// The row of a letter and the left edge of its key in halves of a key.
fn place(letter: char) -> Option<(usize, usize)> {
    ROWS.iter()
        .enumerate()
        .find_map(|(row, (start, letters))| letters.find(letter).map(|at| (row, start + 2 * at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_touch_in_a_row_and_across_rows() {
        let beside = |letter| keys_beside(letter).into_iter().collect::<String>();
        assert_eq!(beside('g'), "tyfhvb");
        assert_eq!(beside('q'), "wa");
        assert_eq!(beside('m'), "jkn");
        assert_eq!(beside('ж'), "");
    }

    #[test]
    fn whoever_lies_beside_a_key_has_it_beside() {
        for (letter, other) in ('a'..='z').flat_map(|a| ('a'..='z').map(move |b| (a, b))) {
            assert_eq!(keys_beside(letter).contains(&other), keys_beside(other).contains(&letter));
        }
    }
}
