//! Folding: case, accents, width and typographic apostrophes, so that a word is found however it is written.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use super::word::ascii_len;

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
    if !fold_plain(word, folded) {
        fold_by_tables(word, folded);
    }
}

/// Folds a word of any characters.
fn fold_by_tables(word: &str, folded: &mut String) {
    // Recomposed at the end, because decomposition takes Hangul syllables apart, and taken twice, because lower-casing
    // one letter can leave a mark behind that only then can be stripped (İ).
    let lower = word.to_lowercase();
    folded.extend(decomposed(&lower).flat_map(plain_letters).nfc());
    let again = folded.to_lowercase();
    if again != *folded {
        *folded = decomposed(&again).flat_map(plain_letters).nfc().collect();
    }
}

/// The letters of a text without accents, taken apart. What stands in words and for several words (U+FDFA) or for a mark
/// on a space (U+037A, U+309B) loses its spaces: a word stays one, whatever it folds to.
fn decomposed(text: &str) -> impl Iterator<Item = char> {
    let parts = |c: char| {
        let in_words = c.is_alphabetic() || matches!(c, '\u{309b}' | '\u{309c}');
        std::iter::once(c).nfkd().filter(move |&part| part != ' ' || !in_words)
    };
    text.chars().flat_map(parts).nfkd().filter(|&c| !is_accent(c))
}

/// Writes `word` in lower case to `lower`, which is cleared first, with its accents, as stemmers expect it: composed,
/// and with plain apostrophes. `turkic` says that the small letter of `I` is `ı`. Linear.
pub(super) fn lower_into(word: &str, turkic: bool, lower: &mut String) {
    lower.clear();
    let small = |c: char| match c {
        'I' if turkic => 'ı',
        'İ' if turkic => 'i',
        '’' | '‘' | 'ʼ' => '\'',
        _ => c,
    };
    if word.is_ascii() {
        lower.extend(word.chars().map(|c| small(c).to_ascii_lowercase()));
    } else {
        // The small sigma at the end of a word has a form of its own, which only whole words tell.
        let word: String = word.nfc().map(small).collect();
        lower.push_str(&word.to_lowercase());
    }
}

/// Folds a text of ASCII, of the quotes and dashes of English, and of Latin letters that fold to ASCII: none of them
/// composes with another. False, and nothing folded, where anything else stands in it. Linear.
pub fn fold_plain(text: &str, folded: &mut String) -> bool {
    folded.clear();
    let mut rest = text;
    loop {
        let (ascii, other) = rest.split_at(ascii_len(rest.as_bytes()));
        folded.push_str(ascii);
        match *other.as_bytes() {
            [] => break,
            [0xe2, 0x80, 0x98 | 0x99, ..] => {
                folded.push('\'');
                rest = &other[3..];
            }
            [0xe2, 0x80, 0x93 | 0x94 | 0x9c | 0x9d, ..] => {
                folded.push_str(&other[..3]);
                rest = &other[3..];
            }
            [first @ 0xc3..=0xc5, second, ..] => {
                let place = usize::from(first - 0xc3) << 6 | usize::from(second & 0x3f);
                let Some(letter) = LATIN.get(place).filter(|letter| !letter.is_empty()) else {
                    folded.clear();
                    return false;
                };
                folded.push_str(letter);
                rest = &other[2..];
            }
            _ => {
                folded.clear();
                return false;
            }
        }
    }
    folded.make_ascii_lowercase();
    true
}

/// What the characters from U+00C0 to U+017F fold to, where that is ASCII, or nothing: most words that are not ASCII
/// have but one or two of them.
static LATIN: LazyLock<Vec<String>> = LazyLock::new(|| {
    let fold = |c: char| {
        let mut folded = String::new();
        fold_by_tables(c.encode_utf8(&mut [0; 4]), &mut folded);
        if folded.is_ascii() { folded } else { String::new() }
    };
    ('\u{c0}'..='\u{17f}').map(fold).collect()
});

/// Marks that readers leave out when they type: Latin, Greek and Cyrillic accents, Hebrew points, Arabic vowel signs
/// and the tatweel. Vowel signs of the Indic scripts are letters of their own and stay.
const fn is_accent(c: char) -> bool {
    matches!(
        c,
        '\u{0300}'..='\u{036F}' | '\u{0591}'..='\u{05C7}' | '\u{0610}'..='\u{061A}' | '\u{0640}' | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{00AD}'
    )
}

/// Letters that Unicode does not decompose but that are typed otherwise: with a stroke or without, as a ligature or as
/// two letters, in the Arabic of one country or of another; and apostrophes.
fn plain_letters(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'þ' => ('t', Some('h')),
        'ø' => ('o', None),
        'ł' => ('l', None),
        'đ' | 'ð' => ('d', None),
        'ħ' => ('h', None),
        'ı' => ('i', None),
        '’' | '‘' | 'ʼ' => ('\'', None),
        'ς' => ('σ', None),
        'ى' | 'ی' => ('ي', None),
        'ک' => ('ك', None),
        'ة' => ('ه', None),
        _ => (c, None),
    };
    std::iter::once(first).chain(second)
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
            ("مكتبة", "مكتبه"),
            ("Straße", "strasse"),
            ("Œuvre", "oeuvre"),
            ("\u{fdfb}", "جلجلاله"),
            ("カ\u{309b}", "ガ"),
            ("a\u{a0}b", "a b"),
        ] {
            assert_eq!(fold(word), folded);
            assert_eq!(fold(folded), folded, "folding twice changes nothing");
        }
    }

    proptest::proptest! {
        #[test]
        fn latin_letters_fold_as_the_tables_fold_them(word in "[a-cI’–Ā-ſÀ-ÿ]{0,8}") {
            let mut tables = String::new();
            fold_by_tables(&word, &mut tables);
            proptest::prop_assert_eq!(fold(&word), tables);
        }
    }

    #[test]
    fn small_letters_keep_their_accents() {
        let lower = |word: &str, turkic| {
            let mut lower = String::new();
            lower_into(word, turkic, &mut lower);
            lower
        };
        assert_eq!(lower("L’É", false), "l'é");
        assert_eq!(lower("Cafe\u{301}", false), "café");
        assert_eq!(lower("ΠΌΝΟΣ", false), "πόνος");
        assert_eq!(lower("IŞIK", true), "ışık");
        assert_eq!(lower("IRMAK İL", true), "ırmak il");
        assert_eq!(lower("IRMAK", false), "irmak");
    }
}
