//! Contact blocks: lines that are a telephone number, an e-mail address or a web address.

use crate::boilerplate::affixes::Beginnings;
use crate::boilerplate::{Check, Gate, Line, Rule};

pub(super) static RULE: Rule = Rule {
    name: "contact-line",
    version: 1,
    reason: "it is an address, a telephone number or a link by itself",
    examples: &[
        ("zxx", "⟦https://www.example.org/shop⟧"),
        ("en", "⟦US: +1(631)313-2122⟧"),
        ("zxx", "⟦819 849-7716 info@example.com⟧"),
        ("ja", "⟦【TEL】 03-5809-2727(代表)⟧\n\n⟦〒101-0032⟧"),
        ("de", "⟦Telefon: 030 1234567-89⟧\n\nDer Rasen ist grün."),
    ],
    counter_examples: &[
        ("en", "Call 555-0100 for an appointment with the doctor."),
        ("zxx", "2019 2020 2021"),
        ("zxx", "1 000 000"),
        ("en", "He worked at example.com"),
        ("de", "Rufen Sie 555-0100 an, wenn der Rasen brennt."),
    ],
    check: Check::Line(Gate::words(14), check),
};

/// Folded labels of such lines.
static LABELS: Beginnings<26> = Beginnings::new([
    "tel",
    "tel.",
    "phone",
    "phone:",
    "telephone",
    "fax",
    "fax:",
    "email",
    "e-mail",
    "mail",
    "us",
    "uk",
    "call",
    "mobile",
    "telefon",
    "telefono",
    "telefone",
    "телефон",
    "тел",
    "web",
    "website",
    "url",
    "contact",
    "toll",
    "free",
    "whatsapp",
]);

fn check(line: &Line<'_>) -> bool {
    if line.text.len() > 200 {
        return false;
    }
    if line.text.starts_with('〒') {
        return true;
    }
    // Most lines begin with a word, and with none that a label may be.
    if line.first_word().is_some_and(|word| !LABELS.has(word.as_bytes()[0].to_ascii_lowercase())) {
        return false;
    }
    let mut contacts = 0;
    let mut digits = 0;
    for word in line.folded().split(|c: char| c.is_whitespace() || matches!(c, '【' | '】' | '|')) {
        let bare = word.trim_matches(|c: char| matches!(c, '(' | ')' | ',' | '[' | ']' | ':' | '.'));
        if bare.is_empty() {
            continue;
        }
        // Most lines begin with a word.
        if bare.bytes().all(|byte| byte.is_ascii_lowercase()) {
            if LABELS.contains(bare) {
                continue;
            }
            return false;
        }
        let numeric = bare.chars().filter(char::is_ascii_digit).count();
        if is_url(bare) || is_mail(bare) {
            contacts += 1;
        } else if is_number(bare) || numeric >= 9 && bare.contains('-') {
            digits += numeric;
        } else if !LABELS.contains(bare) {
            return false;
        }
    }
    if contacts > 0 {
        return true;
    }
    let separated = line.text.contains('-') || line.text.contains('+') || line.text.contains('(');
    (8..=24).contains(&digits) && separated && crate::boilerplate::dates::find(line.text).is_none()
}

/// Digits with nothing but the marks of telephone numbers between them.
fn is_number(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'(' | b')' | b'.' | b'/'))
}

fn is_url(word: &str) -> bool {
    word.starts_with("http://") || word.starts_with("https://") || word.starts_with("www.")
}

fn is_mail(word: &str) -> bool {
    word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}
