//! White space as it is read: single spaces between words.

use std::borrow::Cow;

/// The text with white space as single spaces, and none at its ends. Linear; text that is so already is not copied.
#[must_use]
pub fn one_spaced(text: &str) -> Cow<'_, str> {
    if is_one_spaced(text) {
        return Cow::Borrowed(text);
    }
    let mut spaced = String::with_capacity(text.len());
    let mut push = |part: &str| {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(part);
    };
    // Most lines of a text need nothing done to them.
    for line in text.split('\n').map(str::trim) {
        if is_one_spaced(line) && !line.is_empty() {
            push(line);
        } else {
            line.split_whitespace().for_each(&mut push);
        }
    }
    Cow::Owned(spaced)
}

/// Whether a text is ASCII with single spaces between its words and no other white space. Other texts may be so spaced
/// and not be recognised.
#[must_use]
pub fn is_one_spaced(text: &str) -> bool {
    let bytes = text.as_bytes();
    // No branch in the loop, so that it looks at many bytes at once.
    let mut odd = false;
    for (&byte, &next) in bytes.iter().zip(bytes.get(1..).unwrap_or_default()) {
        odd |= !(b' '..=b'~').contains(&byte) | ((byte == b' ') & (next == b' '));
    }
    !odd && !text.starts_with(' ') && bytes.last().is_none_or(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_folded_as_words_are_joined() {
        for text in [
            "",
            " ",
            "a",
            "a b",
            "a  b",
            " a",
            "a ",
            "a\nb c\n\n d\t e\r\n",
            "é\u{a0}f\ng h",
            "\u{b}a\u{c}b\u{7f} c\u{85}d",
        ] {
            let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(one_spaced(text), joined, "{text:?}");
            assert!(!is_one_spaced(text) || text == joined, "{text:?}");
        }
    }
}
