//! Folding: case, accents, width and typographic apostrophes, so that a word is found however it is written.

use unicode_normalization::UnicodeNormalization;

/// The folded form of `word`.
#[must_use]
pub fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    fold_into(word, &mut folded);
    folded
}

/// Writes the folded form of `word` to `folded`, which is cleared first. Idempotent; linear.
pub fn fold_into(word: &str, folded: &mut String) {
    folded.clear();
    if word.is_ascii() {
        folded.push_str(word);
        folded.make_ascii_lowercase();
        return;
    }
    if fold_plain(word, folded) {
        return;
    }
    // Recomposed at the end, because decomposition takes Hangul syllables apart, and taken twice, because lower-casing
    // one letter can leave a mark behind that only then can be stripped (İ).
    let lower = word.to_lowercase();
    folded.extend(lower.nfkd().filter(|&c| !is_accent(c)).map(plain_letter).nfc());
    let again = folded.to_lowercase();
    if again != *folded {
        *folded = again.nfkd().filter(|&c| !is_accent(c)).map(plain_letter).nfc().collect();
    }
}

/// Folds a text that is ASCII but for the quotes and dashes of English, which neither compose with anything nor come
/// apart; false, and nothing folded, where it is not. Linear.
pub fn fold_plain(text: &str, folded: &mut String) -> bool {
    folded.clear();
    let bytes = text.as_bytes();
    let mut from = 0;
    for at in memchr::memchr_iter(MARK, bytes) {
        if !bytes[from..at].is_ascii() {
            break;
        }
        folded.push_str(&text[from..at]);
        match bytes.get(at + 1..at + 3) {
            Some([0x80, 0x98 | 0x99]) => folded.push('\''),
            Some([0x80, 0x93 | 0x94 | 0x9c | 0x9d]) => folded.push_str(&text[at..at + 3]),
            _ => break,
        }
        from = at + 3;
    }
    if !bytes[from..].is_ascii() {
        folded.clear();
        return false;
    }
    folded.push_str(&text[from..]);
    folded.make_ascii_lowercase();
    true
}

/// First byte of the quotes `‘`, `’`, `“`, `”` and the dashes `–`, `—`.
const MARK: u8 = 0xe2;

/// Marks that readers leave out when they type: Latin, Greek and Cyrillic accents, Hebrew points, Arabic vowel signs
/// and the tatweel. Vowel signs of the Indic scripts are letters of their own and stay.
const fn is_accent(c: char) -> bool {
    matches!(
        c,
        '\u{0300}'..='\u{036F}' | '\u{0591}'..='\u{05C7}' | '\u{0610}'..='\u{061A}' | '\u{0640}' | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{00AD}'
    )
}

/// Letters that Unicode does not decompose but that are typed without their stroke, and apostrophes.
const fn plain_letter(c: char) -> char {
    match c {
        'ø' => 'o',
        'ł' => 'l',
        'đ' => 'd',
        'ħ' => 'h',
        'ı' => 'i',
        '’' | '‘' | 'ʼ' => '\'',
        'ς' => 'σ',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_width_go() {
        for (word, folded) in [
            ("Café", "cafe"),
            ("İstanbul", "istanbul"),
            ("can’t", "can't"),
            ("Ｆｕｌｌ", "full"),
            ("Łódź", "lodz"),
            ("한국어", "한국어"),
            ("हिन्दी", "हिन्दी"),
            ("مُحَمَّد", "محمد"),
        ] {
            assert_eq!(fold(word), folded);
            assert_eq!(fold(folded), folded, "folding twice changes nothing");
        }
    }
}
