//! Copyright, cookies, terms, disclosures and theme credits.

use crate::boilerplate::{Check, Gate, Line, Page, PromptKind, Rule, prompts};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "legal-notice",
    version: 2,
    reason: "it is a copyright, cookie, terms or disclosure notice",
    examples: &[
        ("en", "⟦Copyright © 2026 Handy Home Tips. All Rights Reserved.⟧"),
        ("en", "⟦This website uses cookies to improve your experience.⟧"),
        ("fr", "⟦Tous droits réservés⟧"),
        ("en", "The lawn is green. ⟦This website uses cookies to improve your experience.⟧ Moss is not."),
        ("en", "⟦Terms of use⟧\n\nHome\n\nThe lawn is green.\n⟦We use cookies to remember your settings.⟧"),
        (
            "en",
            "Privacy policy\n\n1. What we keep\nWe keep your name.\n2. Cookies\nWe use cookies to remember your settings.\n⟦© 2026 Handy Home Tips. All rights reserved.⟧",
        ),
    ],
    counter_examples: &[
        ("en", "She baked cookies to improve the mood."),
        ("en", "Copyright law protects works of art for seventy years."),
        ("fr", "Le droit d'auteur protège les œuvres pendant soixante-dix ans."),
        (
            "en",
            "Privacy policy\n\n1. What we keep\nWe keep your name.\n2. Cookies\nWe use cookies to remember your settings.",
        ),
        (
            "de",
            "Datenschutzerklärung\n\nCookies\nDiese Website verwendet Cookies. Sie können sie in Ihrem Browser ablehnen.",
        ),
    ],
    check: Check::Within(Gate::holds(&["Copyright"]).or_prompt(), check),
};

/// Lines at the beginning of a page among which the title of a legal text is looked for.
const TITLE: usize = 3;

/// Folded beginnings of words by which legal texts are named.
const NAMES: &[&str] = &[
    "terms",
    "privacy",
    "cookie",
    "legal",
    "disclaimer",
    "imprint",
    "datenschutz",
    "nutzungsbedingungen",
    "geschaftsbedingungen",
    "agb",
    "impressum",
    "confidentialite",
    "conditions",
    "mentions",
    "privacidad",
    "terminos",
    "condiciones",
    "aviso",
    "termos",
    "privacidade",
    "informativa",
    "termini",
    "condizioni",
    "privacybeleid",
    "voorwaarden",
    "polityka",
    "regulamin",
    "конфиденциальности",
    "политика",
    "利用規約",
    "プライバシーポリシー",
    "隐私",
    "隱私",
    "服务条款",
    "개인정보",
];

/// Most words of a heading.
const HEADING: usize = 8;

fn check(page: &Page<'_>, line: &Line<'_>, found: &mut Vec<TextSpan>) {
    if !line.is_prompted() {
        return;
    }
    let before = found.len();
    prompts::find(line, PromptKind::Legal, found);
    if found.len() > before && begins_legal_text(page).is_some_and(|title| title <= line.index) {
        // Who holds the copyright is no part of the text.
        let claims = |span: &TextSpan| page.document.slice(*span).contains(['©', '®']);
        let kept = found.split_off(before);
        found.extend(kept.into_iter().filter(claims));
    }
}

/// The line that names a page after what other pages only link to: its terms or its privacy policy follow.
fn begins_legal_text(page: &Page<'_>) -> Option<usize> {
    let named = |line: &Line<'_>| {
        line.folded().split(' ').any(|word| NAMES.iter().any(|name| word.starts_with(name)))
    };
    let names = |line: &&Line<'_>| line.whole_prompts.contains(PromptKind::Legal) && named(line);
    let title = page.lines.iter().take(TITLE).find(names)?;
    // The first line below it, or the one below a heading that begins the text, is a sentence.
    let mut below = page.lines[title.index + 1..].iter();
    let first = below.next()?;
    let sentence = |line: &Line<'_>| line.terminal && line.words > 2;
    let heading = (first.words <= HEADING && !first.terminal).then(|| below.next()).flatten();
    let begins = sentence(first) && !first.is_prompted()
        || heading.is_some_and(sentence) && (first.digits || first.whole_prompts.is_empty());
    begins.then_some(title.index)
}
