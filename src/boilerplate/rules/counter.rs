//! Counters: views, shares, downloads, pagers and lone numbers.

use crate::boilerplate::affixes::Beginnings;
use crate::boilerplate::{Check, Gate, Line, Rule};

pub(super) static RULE: Rule = Rule {
    name: "counter",
    version: 3,
    reason: "it counts views, shares, pages or nothing named at all",
    examples: &[
        ("en", "⟦• Views: 7⟧"),
        ("en", "⟦0⟧\n\nText."),
        ("en", "⟦1,234 views⟧"),
        ("en", "⟦Post Views: 31⟧"),
        ("en", "⟦4.5 out of 5 stars⟧\n\n⟦1,203 ratings⟧"),
        ("zh", "⟦浏览次数:312⟧"),
        ("fr", "⟦Vues : 12⟧"),
    ],
    counter_examples: &[
        ("en", "Views differ: 7 of 10 say no."),
        ("en", "7 eggs"),
        ("en", "Bread and butter\n\n$7\n\nText."),
        ("en", "Stephen King: 1408"),
        ("fr", "12 vues du jardin"),
        ("fr", "Pain et beurre\n\n3 €\n\nTexte."),
    ],
    check: Check::Line(Gate::words(5), check),
};

/// Folded nouns that are counted.
static COUNTED: Beginnings<67> = Beginnings::new([
    "view",
    "views",
    "share",
    "shares",
    "like",
    "likes",
    "download",
    "downloads",
    "read",
    "reads",
    "visits",
    "visitors",
    "hits",
    "votes",
    "vote",
    "followers",
    "subscribers",
    "tweets",
    "pins",
    "favorites",
    "aufrufe",
    "vues",
    "vue",
    "partages",
    "vistas",
    "visitas",
    "visualizzazioni",
    "visualizacoes",
    "condivisioni",
    "weergaven",
    "wyswietlen",
    "odslon",
    "visningar",
    "visninger",
    "просмотров",
    "просмотры",
    "goruntuleme",
    "dilihat",
    "kali",
    "dibaca",
    "pv",
    "閲覧",
    "阅读",
    "浏览",
    "次",
    "조회",
    "مشاهدة",
    "min",
    "minute",
    "minutes",
    "mins",
    "post",
    "posts",
    "rating",
    "ratings",
    "beitrage",
    "mensajes",
    "mensagens",
    "messages",
    "сообщений",
    "сообщения",
    "pageviews",
    "بازدید",
    "القراءات",
    "قراءة",
    "ดู",
    "προβολες",
]);

fn check(line: &Line<'_>) -> bool {
    if line.text.len() > 60 {
        return false;
    }
    let folded = line.folded();
    // No Latin letter folds to a digit, and a word without digits counts as a number only if it is "k" or "m".
    if line.latin && !line.digits && !folded.split(|c: char| !c.is_alphanumeric()).any(is_thousands) {
        return false;
    }
    if unspaced(folded) || folded.ends_with(" out of 5 stars") {
        return true;
    }
    let (mut numbers, mut nouns, mut others) = (0, 0, 0);
    crate::analysis::for_each_word(folded, |range| {
        let word = &folded[range];
        if word
            .trim_end_matches(['k', 'm'])
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b'.'))
        {
            numbers += 1;
        } else if COUNTED.contains(word) {
            nouns += 1;
        } else {
            others += 1;
        }
    });
    let lone = numbers == 1
        && nouns == 0
        && others == 0
        && !line.terminal
        && !line.is_price()
        && folded.len() <= 4
        && line.block.span.len() <= 8;
    lone || numbers == 1 && nouns >= 1 && (others == 0 || others == 1 && folded.contains(" read"))
}

/// How counters begin in scripts that write no spaces between words.
static UNSPACED: Beginnings<12> = Beginnings::new([
    "浏览", "瀏覽", "阅读", "閱讀", "点击", "點擊", "人氣", "人气", "点赞", "閲覧", "조회", "热度",
]);

/// Whether a line is such a beginning with a number behind it.
fn unspaced(folded: &str) -> bool {
    let Some(noun) = UNSPACED.find(folded) else { return false };
    let rest = folded[noun.len()..].trim_start_matches(['次', '数', '數', '量', '수', ':', '：', '(', ' ']);
    let number = rest.trim_end_matches(['次', '回', ')', ' ', '회']);
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b',')
}

/// Whether a word says no more than "thousands" or "millions".
fn is_thousands(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| matches!(byte, b'k' | b'm'))
}
