//! Character references (`&amp;`, `&#38;`) in the source of a page: how long they are, and what they stand for.

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

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

/// What the reference at the start of `rest` stands for in text, and its length in bytes; `None` where there is none.
pub(super) fn read(rest: &str) -> Option<(String, usize)> {
    let len = reference_len(rest)?;
    let name = &rest[1..len];
    let Some(number) = name.strip_prefix('#') else {
        let &(first, _) = NAMED_ENTITIES.get(name)?;
        return Some((char::from_u32(first).into_iter().chain(second_of(&rest[..len])).collect(), len));
    };
    let number = number.strip_suffix(';').unwrap_or(number);
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    // There are digits and nothing else, so that what cannot be read is too large.
    let character = match code.unwrap_or(u32::MAX) {
        0 => None,
        // What stands there in Windows-1252, for pages that took it for Latin-1.
        code @ 0x80..=0x9F => C1_REPLACEMENTS[(code - 0x80) as usize].or(char::from_u32(code)),
        code => char::from_u32(code),
    };
    Some((character.unwrap_or(char::REPLACEMENT_CHARACTER).into(), len))
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
    fn references_stand_for_what_the_standard_says() {
        for (text, expected) in [
            ("&eacute;t&eacute;", "é"),
            ("&eacutet", "é"),
            ("&#x20AC;", "€"),
            ("&#128;", "€"),
            ("&#129;", "\u{81}"),
            ("&#0;", "\u{fffd}"),
            ("&#xD800;", "\u{fffd}"),
            ("&#99999999999;", "\u{fffd}"),
            ("&#65 b", "A"),
            ("&NotEqualTilde;", "≂\u{338}"),
        ] {
            assert_eq!(read(text).expect("it is a reference").0, expected, "{text}");
        }
        for text in ["&no;", "& b", "&#;", "&", "&#x;"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(second_of("&NotEqualTilde;"), Some('\u{338}'));
        assert_eq!(second_of("&amp;"), None);
    }
}
