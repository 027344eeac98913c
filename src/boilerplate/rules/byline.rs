//! Bylines and date lines: who wrote the page and when.

use crate::boilerplate::{Check, Line, Rule, dates};

pub(super) static RULE: Rule = Rule {
    name: "byline",
    version: 1,
    reason: "it names the author, the date or the category of the page",
    examples: &[
        "⟦Posted on Maret 30, 2015 by Admin⟧\n\nText.",
        "⟦Von Moritz Bachmann publiziert am 30. Juli 2018⟧",
        "⟦By staff⟧\n\n⟦12:23pm Thursday 12th September 2013 in Dragons⟧",
        "⟦Redakcja - 2 stycznia 2024⟧",
    ],
    counter_examples: &[
        "By noon the storm had passed over the village.",
        "The war ended on 8 May 1945 with the surrender of the army.",
        "2008-07-09: packaged version 0.5 because the old one was stuck",
        "5 Things to Do in June",
    ],
    check: Check::Line(check),
};

/// Folded words that begin a byline.
const BEGINNINGS: &[&str] = &[
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
    "publie le ",
    "publie par ",
    "ecrit par ",
    "por ",
    "publicado por ",
    "publicado el ",
    "publicado em ",
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
];

/// Longest byline in words.
const LONGEST: usize = 14;

/// Most words beside a date that a date line may have: a name, a place, a category.
const MOST_OTHER: usize = 5;

fn check(line: &Line<'_>) -> bool {
    if line.words > LONGEST || line.is_question() || line.text.len() > 200 {
        return false;
    }
    // "By 2030 …" and "Von hier …" are sentences; a byline does not end as one, unless with an abbreviation.
    let named = BEGINNINGS.iter().any(|beginning| line.folded.starts_with(beginning));
    if let Some(date) = dates::find(line.text) {
        return !line.terminal && (date.lower == 0 && date.other <= MOST_OTHER || named && date.lower <= 1);
    }
    let after = line.text.split_whitespace().nth(1).unwrap_or("");
    named
        && !line.terminal
        && line.words <= 8
        && (after.chars().next().is_some_and(|c| c.is_uppercase() || c.is_numeric() || !c.is_ascii())
            && line.capitals + 2 >= line.words
            || matches!(after, "staff" | "admin" | "editor"))
}
