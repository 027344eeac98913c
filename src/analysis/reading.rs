//! Ranges of a text as they are read, with single spaces, and how much of them is letters: by the classes of their bytes.

use std::ops::Range;

use super::classes::Classes;

/// How much of a text is letters, in characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Letters {
    /// Letters and white space.
    pub letters: usize,
    /// All characters.
    pub all: usize,
}

impl Classes {
    /// Appends a range of the text with white space as single spaces, none at its ends, and one between it and what it is
    /// appended to. Gives how much of what was appended is letters, where the classes tell it: where all is Latin, and no
    /// white space but line ends had to be folded.
    pub fn push_one_spaced(&self, text: &str, range: &Range<usize>, spaced: &mut String) -> Option<Letters> {
        // Most ranges are a line or sentences of one, or lines that are wrapped, and need nothing else done to them.
        let (odd, letters) = self.letters(range);
        if !odd {
            let part = &text[range.clone()];
            let part = part.strip_prefix(' ').unwrap_or(part);
            let part = part.strip_suffix(' ').unwrap_or(part);
            let joined = push_part(part, spaced);
            return letters.map(|whole| whole.with_spaces(joined).without_spaces(range.len() - part.len()));
        }
        if let Some(ends) = self.push_wrapped(text, range, spaced) {
            // The end of a line has been counted, and not for a letter.
            return letters.map(|whole| Letters { letters: whole.letters + ends, ..whole });
        }
        let mut whole = Some(Letters::default());
        let mut start = range.start;
        while start < range.end {
            let line = &text[start..range.end];
            let line = &line[..memchr::memchr(b'\n', line.as_bytes()).unwrap_or(line.len())];
            let trimmed = line.trim_start();
            let from = start + line.len() - trimmed.len();
            let trimmed = trimmed.trim_end();
            start += line.len() + 1;
            let (odd, letters) = self.letters(&(from..from + trimmed.len()));
            if odd {
                whole = None;
                trimmed.split_whitespace().for_each(|word| _ = push_part(word, spaced));
            } else {
                let joined = push_part(trimmed, spaced);
                whole = whole.zip(letters).map(|(whole, line)| whole.and(line).with_spaces(joined));
            }
        }
        whole
    }

    /// Appends a range of which all white space is single spaces and single line ends between words, to nothing; gives how
    /// many line ends they are. Appends nothing of any other range.
    fn push_wrapped(&self, text: &str, range: &Range<usize>, spaced: &mut String) -> Option<usize> {
        let bytes = &text.as_bytes()[..range.end];
        let stands = |at: usize| bytes.get(at).is_some_and(|byte| *byte > b' ');
        let ends = self.places(range, |piece| piece.odd_spaces);
        if !spaced.is_empty() || !stands(range.start) || !stands(range.end - 1) {
            return None;
        }
        let (mut start, mut count) = (range.start, 0);
        for end in ends {
            if bytes[end] != b'\n' || !stands(end - 1) || !stands(end + 1) {
                spaced.clear();
                return None;
            }
            spaced.push_str(&text[start..end]);
            spaced.push(' ');
            start = end + 1;
            count += 1;
        }
        spaced.push_str(&text[start..range.end]);
        Some(count)
    }

    /// Whether a range has odd spaces, and how much of it is letters, where it is all Latin.
    fn letters(&self, range: &Range<usize>) -> (bool, Option<Letters>) {
        let (mut odd, mut unknown, mut ascii, mut latin, mut beyond_ascii) = (0, 0, 0, 0, 0);
        self.each_in(range, |piece, mask| {
            odd |= piece.odd_spaces & mask;
            ascii += ((piece.letters & !piece.beyond_ascii | piece.spaces) & mask).count_ones() as usize;
            let beyond = piece.beyond_ascii & mask;
            if beyond != 0 {
                unknown |= piece.unknown & mask;
                latin += (piece.letters & beyond).count_ones() as usize;
                beyond_ascii += beyond.count_ones() as usize;
            }
        });
        // A Latin letter beyond ASCII has two bytes, a typographic mark three.
        let marks = (beyond_ascii - latin) / 3;
        let letters = Letters { letters: ascii + latin / 2, all: range.len() - latin / 2 - 2 * marks };
        (odd != 0, (unknown == 0).then_some(letters))
    }
}

impl Letters {
    const fn and(self, other: Self) -> Self {
        Self { letters: self.letters + other.letters, all: self.all + other.all }
    }

    const fn with_spaces(self, spaces: usize) -> Self {
        Self { letters: self.letters + spaces, all: self.all + spaces }
    }

    const fn without_spaces(self, spaces: usize) -> Self {
        Self { letters: self.letters - spaces, all: self.all - spaces }
    }
}

/// Appends a part of a text, after a space where something stands before it; gives the number of spaces.
fn push_part(part: &str, spaced: &mut String) -> usize {
    if part.is_empty() {
        return 0;
    }
    let joined = usize::from(!spaced.is_empty());
    if joined == 1 {
        spaced.push(' ');
    }
    spaced.push_str(part);
    joined
}
