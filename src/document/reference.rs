//! Character references (`&amp;`, `&#38;`) in the source of a page: how long they are, and what they stand for.

use html5ever::data::NAMED_ENTITIES;

/// Length in bytes of the longest name of a character (`CounterClockwiseContourIntegral`), without its semicolon.
const LONGEST_ENTITY: usize = 32;

/// Length in bytes of the character reference at the start of `raw`, if it is one: with its semicolon, or by the longest
/// name that the standard also accepts without.
pub(super) fn reference_len(raw: &str) -> Option<usize> {
    let name = raw.strip_prefix('&')?;
    if let Some(number) = name.strip_prefix('#') {
        let (mark, digits) = match number.strip_prefix(['x', 'X']) {
            Some(hex) => (3, hex.bytes().take_while(u8::is_ascii_hexdigit).count()),
            None => (2, number.bytes().take_while(u8::is_ascii_digit).count()),
        };
        let end = mark + digits;
        return (digits > 0).then(|| end + usize::from(raw[end..].starts_with(';')));
    }
    let letters = name.bytes().take_while(u8::is_ascii_alphanumeric).take(LONGEST_ENTITY).count();
    let longest = letters + usize::from(name[letters..].starts_with(';'));
    let is_name = |len: &usize| NAMED_ENTITIES.get(&name[..*len]).is_some_and(|&(first, _)| first != 0);
    (1..=longest).rev().find(is_name).map(|len| len + 1)
}

/// The character that the reference at the start of `rest` stands for, and its length in bytes, if it ends with a semicolon
/// and stands for one character, which is none that the standard replaces by another.
pub(super) fn character_of(rest: &str) -> Option<(char, usize)> {
    let len = reference_len(rest)?;
    let name = rest[1..len].strip_suffix(';')?;
    let character = if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        char::from_u32(code.ok()?).filter(|c| !c.is_control())?
    } else {
        let &(first, second) = NAMED_ENTITIES.get(&rest[1..len])?;
        char::from_u32(first).filter(|_| second == 0)?
    };
    Some((character, len))
}

/// The second character of what a reference stands for, if it stands for two.
pub(super) fn second_of(reference: &str) -> Option<char> {
    let &(_, second) = NAMED_ENTITIES.get(reference.strip_prefix('&')?)?;
    char::from_u32(second).filter(|second| *second != '\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_as_long_as_the_standard_has_them() {
        for (text, expected) in [
            ("&amp; b", Some(5)),
            ("&ampb", Some(4)),
            ("&notit;", Some(4)),
            ("&#65;", Some(5)),
            ("&#x41 b", Some(5)),
            ("&#;", None),
            ("&nothing;", Some(4)),
            ("& b", None),
        ] {
            assert_eq!(reference_len(text), expected, "{text}");
        }
    }

    #[test]
    fn only_what_stands_for_one_character_as_it_is_needs_no_tokenizer() {
        assert_eq!(character_of("&eacute;t&eacute;"), Some(('é', 8)));
        assert_eq!(character_of("&#x20AC;"), Some(('€', 8)));
        for text in ["&eacute", "&#128;", "&#0;", "&#xD800;", "&NotEqualTilde;", "&no;", "&#10;"] {
            assert_eq!(character_of(text), None, "{text}");
        }
        assert_eq!(second_of("&NotEqualTilde;"), Some('\u{338}'));
        assert_eq!(second_of("&amp;"), None);
    }
}
