//! Bylines and date lines: who wrote the page and when.

use std::sync::LazyLock;

use crate::boilerplate::affixes::Beginnings;
use crate::boilerplate::phrases::Phrases;
use crate::boilerplate::{Check, Line, Page, Rule, ages, dates};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "byline",
    version: 5,
    reason: "it names the author, the date or the category of the page",
    examples: &[
        ("id", "⟦Posted on Maret 30, 2015 by Admin⟧\n\nText."),
        ("de", "⟦Von Moritz Bachmann publiziert am 30. Juli 2018⟧"),
        ("en", "⟦By staff⟧\n\n⟦12:23pm Thursday 12th September 2013 in Dragons⟧"),
        ("pl", "⟦Redakcja - 2 stycznia 2024⟧"),
        (
            "en",
            "⟦written by Regan⟧\n\n⟦Posted by abhi786⟧\n\n⟦Posted: a day ago⟧\n\n⟦Posted by kim at 7:02 PM⟧",
        ),
        ("en", "⟦Posted on May 3, 2015 by Ann.⟧\n\n⟦5 days ago⟧"),
        ("sv", "⟦Upplagd av Mona kl. 08:15⟧\n\nGräset är grönt."),
        ("fr", "⟦Publié par Philippe Papin à 12:55 a.m.⟧\n\n⟦• il y a 3 ans⟧"),
        ("fr", "⟦Posté par gilles33 à 7:02⟧\n\nLe gazon est vert."),
        ("en", "⟦in → Uncategorized⟧\n\nThe lawn is mown in May."),
        ("es", "⟦Archivado en: Sin categoría, jardín⟧\n\nEl césped se corta en mayo."),
        ("es", "⟦mayo 19, 2016 a las 9:48 pm⟧\n\nEl césped se corta en mayo."),
    ],
    counter_examples: &[
        ("en", "By noon the storm had passed over the village."),
        ("en", "The war ended on 8 May 1945 with the surrender of the army."),
        ("en", "2008-07-09: packaged version 0.5 because the old one was stuck"),
        ("en", "5 Things to Do in June"),
        ("en", "Ten years ago"),
        ("en", "Long ago, 3 days of rain"),
        ("en", "3 days and 2 hours"),
        ("de", "Eingestellt von der Polizei"),
        ("en", "ON Semiconductor\n\nTE Connectivity"),
        ("en", "2018-1-19 Update Breitling Watches Here"),
        ("en", "Three of the mosses on the list are still uncategorized."),
        ("en", "Uncategorized mosses of the northern uplands and what we know of them"),
        ("en", "## [1.1.0] - 2019-02-15\n\n* The lawn is mown faster."),
        ("en", "| Moss | 30% | April 28, 6pm |\n| Slugs | 25% | May 3, 2019 |"),
        ("de", "## Im Mai 2025\n\nDer Rasen wird gemäht."),
        ("de", "Von Mai bis Oktober wird der Rasen jede Woche gemäht."),
    ],
    check: Check::Page(check),
};

/// Folded words that begin a byline.
static BEGINNINGS: Beginnings<86> = Beginnings::new([
    "by ",
    "by: ",
    "written by ",
    "posted by ",
    "posted on ",
    "posted: ",
    "posted in ",
    "published by ",
    "published on ",
    "published: ",
    "author: ",
    "authors: ",
    "last updated",
    "updated on ",
    "updated: ",
    "reviewed by ",
    "medically reviewed by ",
    "edited by ",
    "photo by ",
    "photos by ",
    "submitted by ",
    "post id:",
    "contributed by ",
    "story by ",
    "about the author",
    "date: ",
    "on ",
    "von ",
    "veroffentlicht am ",
    "autor: ",
    "geschrieben von ",
    "par ",
    "poste par ",
    "poste le ",
    "publie le ",
    "publie par ",
    "ecrit par ",
    "por ",
    "publicado por ",
    "publicado el ",
    "publicado em ",
    "postado por ",
    "escrito por ",
    "di ",
    "pubblicato da ",
    "pubblicato il ",
    "scritto da ",
    "door ",
    "geplaatst door ",
    "geplaatst op ",
    "gepubliceerd op ",
    "przez ",
    "dodano: ",
    "autor ",
    "opublikowano ",
    "av ",
    "publicerad ",
    "skrevet av ",
    "af ",
    "oleh ",
    "diposting oleh ",
    "ditulis oleh ",
    "автор: ",
    "автор ",
    "опубликовано",
    "добавлено",
    "投稿者",
    "投稿日",
    "公開日",
    "更新日",
    "作者",
    "发布时间",
    "发表于",
    "发布于",
    "发布日期",
    "来源：",
    "来源:",
    "编辑：",
    "責任編輯",
    "责任编辑",
    "작성자",
    "입력 ",
    "등록 ",
    "كتب ",
    "بواسطة ",
    "نشر في ",
]);

/// Folded names of the category that blog software gives a page that was given none: the defaults of `WordPress` in the
/// languages where they are no common words.
const NO_CATEGORY: &[&str] = &[
    "uncategorized",
    "uncategorised",
    "sin categoria",
    "sin categorizar",
    "non classe",
    "senza categoria",
    "sem categoria",
    "geen categorie",
    "niet gecategoriseerd",
    "bez kategorii",
    "okategoriserad",
    "okategoriserade",
    "ukategorisert",
    "ukategoriseret",
    "luokittelematon",
    "nezarazene",
    "egyeb kategoria",
    "fara categorie",
    "без рубрики",
    "без категории",
    "tak berkategori",
    "未分类",
    "未分類",
    "미분류",
    "غير مصنف",
];

static CATEGORIES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(NO_CATEGORY.iter().map(|name| (*name).to_owned())));

/// Longest line, in words, in which the name of no category makes a byline.
const LONGEST_CATEGORY: usize = 6;

/// Longest byline in words.
const LONGEST: usize = 14;

/// Most words beside a date that a date line may have: a name, a place, a category.
const MOST_OTHER: usize = 5;

/// The same where no word of a byline stands beside the date.
const FEW_OTHER: usize = 2;

/// Longest line, in words, of which such a beginning alone makes a byline.
const LONGEST_POSTED: usize = 8;

/// Longest line, in words, that is nothing but an age.
const LONGEST_AGE: usize = 6;

/// Beginnings that make a byline even of a name in small letters.
static POSTED: Beginnings<12> = Beginnings::new([
    "posted by ",
    "publicado por ",
    "postado por ",
    "poste par ",
    "publie par ",
    "geplaatst door ",
    "published by ",
    "written by ",
    "submitted by ",
    "posted: ",
    "diposting oleh ",
    "ditulis oleh ",
]);

/// Beginnings that make a byline where a time of the day stands behind them: Blogger in many languages.
static CLOCKED: Beginnings<26> = Beginnings::new([
    "eingestellt von ",
    "gepostet von ",
    "verfasst von ",
    "pubblicato da ",
    "autor: ",
    "opublikowane przez ",
    "zamieszczone przez ",
    "vystavil ",
    "upplagd av ",
    "inlagd av ",
    "opslaet af ",
    "indsendt af ",
    "lagt inn av ",
    "lahettanyt ",
    "kirjoittanut ",
    "gonderen ",
    "nguoi ang: ",
    "nguoi dang: ",
    "مرسلة بواسطة ",
    "bejegyezte: ",
    "publicat de ",
    "αναρτηθηκε απο ",
    "प्रस्तुतकर्ता ",
    "เขียนโดย ",
    "mensagem por ",
    "objavio ",
]);

/// Folded lines that label the line below them.
const LABELS: &[&str] = &[
    "by",
    "author",
    "author:",
    "authors:",
    "written by",
    "written by:",
    "posted by",
    "publish date:",
    "published:",
    "posted on",
    "von",
    "autor:",
    "par",
    "por",
    "di",
    "door",
    "przez",
    "autor",
    "作者",
    "作者：",
    "автор:",
];

fn check(page: &Page<'_>, found: &mut Vec<TextSpan>) {
    for line in page.lines.iter().filter(|line| !line.is_row() && !line.is_hashed()) {
        let labelled = line.index > 0 && {
            let label = &page.lines[line.index - 1];
            line.words <= 6
                && !line.terminal
                && line.capitals * 3 >= line.words * 2
                && LABELS.contains(&label.folded())
        };
        // Above the text, "by" and one name are enough.
        let above = line.index < page.first_good
            && line.words == 2
            && line.capitals >= 1
            && line.folded().starts_with("by ");
        if labelled || above || is_byline(line) || names_no_category(line) {
            found.push(line.span);
        }
    }
}

/// Whether a short line holds the name of the category that stands for none.
fn names_no_category(line: &Line<'_>) -> bool {
    if line.words > LONGEST_CATEGORY || line.terminal {
        return false;
    }
    let apart = |at: Option<char>| at.is_none_or(|c| !c.is_alphanumeric());
    let folded = line.folded();
    CATEGORIES.find(folded, |number, at| {
        let (before, after) = (&folded[..at], &folded[at + NO_CATEGORY[number].len()..]);
        apart(before.chars().next_back()) && apart(after.chars().next())
    })
}

fn is_byline(line: &Line<'_>) -> bool {
    if line.words > LONGEST || line.is_question() || line.text.len() > 200 {
        return false;
    }
    // "Posted by kim at 7:02 PM" tells no date.
    let folded = line.folded();
    let terminal = line.terminal && !folded.ends_with(".m.");
    let posted = POSTED.find(folded).is_some() && (!terminal || folded.starts_with("posted "));
    if posted
        && (!terminal && (line.words <= LONGEST_POSTED || dates::has_clock(folded))
            || dates::find(line.text).is_some())
        || CLOCKED.find(folded).is_some() && dates::has_clock(folded)
        || folded.starts_with("posted on ") && dates::find(line.text).is_some()
        || line.words <= LONGEST_AGE && ages::is_age(folded)
    {
        return true;
    }
    let beginning = BEGINNINGS.find(line.folded());
    // No Latin letter folds to a digit.
    if (line.digits || !line.latin)
        && let Some(date) = dates::find(line.text)
    {
        let most =
            if beginning.is_some() || line.folded().contains(" posted ") || line.folded().contains(" by ") {
                MOST_OTHER
            } else {
                FEW_OTHER
            };
        // Spanish has a word of its own before the hour: "19 de mayo de 2016 a las 9:48".
        let of_hour = usize::from(line.is_unmarked() && line.folded().contains(" a las "));
        let lower = date.lower.saturating_sub(of_hour);
        return !line.terminal
            && date.other <= most + of_hour
            && (lower == 0 || lower == 1 && most == MOST_OTHER);
    }
    if line.terminal {
        return false;
    }
    if line.words <= 8 && line.folded().ends_with(" ago") && beginning.is_some() {
        return true;
    }
    // "By 2030 …" and "Von hier …" begin sentences; "ON Semiconductor" is a name.
    let Some(beginning) = beginning.filter(|beginning| *beginning != "on ") else { return false };
    let named: Vec<&str> = line.text.split_whitespace().skip(beginning.split_whitespace().count()).collect();
    let is_name = |word: &&str| word.chars().next().is_some_and(|c| c.is_uppercase() || !c.is_ascii());
    match named.as_slice() {
        [one] => {
            matches!(*one, "staff" | "admin" | "editor" | "Admin" | "Staff")
                || beginning.len() > 4 && is_name(one)
        }
        [_, _, ..] => {
            named.len() <= 6
                && named.iter().filter(|word| is_name(word)).count() + 1 >= named.len()
                && is_name(&named[0])
        }
        [] => false,
    }
}
