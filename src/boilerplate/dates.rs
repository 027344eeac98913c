//! Dates in a line, in many languages: what bylines and comment heads are recognised by.

use super::affixes::Beginnings;
use crate::analysis::{fold_into, for_each_word};

/// Folded beginnings of month names; a word counts when it begins with one and is at most four letters longer, so that
/// cases and abbreviations ("stycznia", "Sept") are found without a full table. Source: the month names of CLDR.
static MONTHS: Beginnings<145> = Beginnings::new([
    "jan",
    "feb",
    "febr",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
    "marz",
    "mai",
    "okt",
    "dez",
    "janv",
    "fevr",
    "avr",
    "juin",
    "juil",
    "aout",
    "ene",
    "abr",
    "mayo",
    "ago",
    "dic",
    "gen",
    "mag",
    "giu",
    "lug",
    "set",
    "ott",
    "fev",
    "maio",
    "out",
    "mrt",
    "mei",
    "maa",
    "stycz",
    "lut",
    "kwie",
    "maj",
    "czerw",
    "lip",
    "sierp",
    "wrze",
    "pazdz",
    "listopad",
    "grud",
    "leden",
    "ledna",
    "unor",
    "brez",
    "dub",
    "kvet",
    "cerv",
    "srp",
    "zari",
    "rij",
    "prosin",
    "tammi",
    "helmi",
    "maalis",
    "huhti",
    "touko",
    "kesa",
    "heina",
    "elo",
    "syys",
    "loka",
    "marras",
    "joulu",
    "янв",
    "фев",
    "мар",
    "апр",
    "мая",
    "маи",
    "июн",
    "июл",
    "авг",
    "сен",
    "окт",
    "ноя",
    "дек",
    "січ",
    "лют",
    "берез",
    "квіт",
    "трав",
    "черв",
    "лип",
    "серп",
    "верес",
    "жовт",
    "листоп",
    "груд",
    "ocak",
    "subat",
    "mart",
    "nisan",
    "haziran",
    "temmuz",
    "agustos",
    "eylul",
    "ekim",
    "kasim",
    "aralik",
    "januar",
    "februar",
    "maret",
    "juni",
    "juli",
    "agustus",
    "oktober",
    "desember",
    "ιαν",
    "φεβ",
    "μαρ",
    "απρ",
    "μαι",
    "ιουν",
    "ιουλ",
    "αυγ",
    "σεπ",
    "οκτ",
    "νοε",
    "δεκ",
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "ابريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "اغسطس",
    "سبتمبر",
    "أكتوبر",
    "اكتوبر",
    "نوفمبر",
    "ديسمبر",
]);

/// Folded words that stand beside a date without saying anything: weekdays, times, and the verbs of bylines.
static BESIDE: Beginnings<151> = Beginnings::new([
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "tues",
    "wed",
    "thu",
    "thur",
    "thurs",
    "fri",
    "sat",
    "sun",
    "am",
    "pm",
    "at",
    "on",
    "in",
    "by",
    "the",
    "of",
    "ago",
    "posted",
    "published",
    "updated",
    "last",
    "modified",
    "written",
    "created",
    "added",
    "submitted",
    "date",
    "est",
    "edt",
    "pst",
    "pdt",
    "gmt",
    "utc",
    "ist",
    "cet",
    "bst",
    "et",
    "pt",
    "first",
    "and",
    "from",
    "reviewed",
    "edited",
    "um",
    "uhr",
    "von",
    "vom",
    "am",
    "den",
    "der",
    "publiziert",
    "veroffentlicht",
    "aktualisiert",
    "erstellt",
    "geschrieben",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "le",
    "par",
    "publie",
    "mis",
    "a",
    "jour",
    "ecrit",
    "modifie",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "de",
    "el",
    "por",
    "publicado",
    "actualizado",
    "escrito",
    "lunes",
    "martes",
    "miercoles",
    "jueves",
    "viernes",
    "sabado",
    "domingo",
    "em",
    "as",
    "do",
    "da",
    "atualizado",
    "postado",
    "di",
    "del",
    "il",
    "pubblicato",
    "scritto",
    "aggiornato",
    "alle",
    "op",
    "door",
    "geplaatst",
    "gepubliceerd",
    "przez",
    "dnia",
    "dodano",
    "opublikowano",
    "autor",
    "publicerad",
    "av",
    "den",
    "kl",
    "af",
    "pada",
    "oleh",
    "diposting",
    "ditulis",
    "г",
    "года",
    "в",
    "опубликовано",
    "автор",
    "добавлено",
    "год",
    "рік",
    "τις",
    "στις",
    "tarihinde",
    "tarafindan",
    "says",
    "said",
    "wrote",
    "comment",
    "comments",
    "views",
    "edit",
    "reply",
    "no",
]);

/// What a line says of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DateLine {
    /// Words that belong neither to the date nor to what stands beside dates.
    pub other: usize,
    /// Of these, words that begin with a lower-case letter and so are no names.
    pub lower: usize,
}

/// Looks for a full date (day, month and year, or a month and a year) in a line; `None` where there is none.
pub(super) fn find(text: &str) -> Option<DateLine> {
    let may_hold = text.chars().any(may_hold_digit);
    // Every date has a word that begins with a digit, or the marks of a date of numbers with other bytes around it.
    if !may_hold || text.is_ascii() && !begins_number(text) && !has_marks(text) { None } else { look(text) }
}

/// The same, word by word.
fn look(text: &str) -> Option<DateLine> {
    let (mut months, mut numbers, mut years, mut other, mut lower, mut ideographs) = (0, 0, 0, 0, 0, 0usize);
    let mut numeric = false;
    let mut folded = String::new();
    for_each_word(text, |range| {
        let word = &text[range.clone()];
        fold_into(word, &mut folded);
        let digits = folded.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            let is_year = digits == 4 && folded.len() == 4 && matches!(&folded[..2], "19" | "20");
            years += usize::from(is_year);
            numbers += usize::from(!is_year && digits <= 2);
            let suffix = &folded[digits..];
            if digits > 4 || suffix.len() > 2 && !suffix.starts_with(['.', ',']) {
                other += 1;
            }
            numeric |= is_numeric_date(&folded);
        } else if is_month(&folded) {
            months += 1;
        } else if !BESIDE.contains(&folded)
            && !matches!(folded.as_str(), "年" | "月" | "日" | "년" | "월" | "일")
        {
            // Where each character is a word by UAX #29, several make a name.
            if word.chars().next().is_some_and(|c| ('\u{3040}'..='\u{9FFF}').contains(&c))
                && word.chars().count() == 1
            {
                ideographs += 1;
                return;
            }
            other += 1;
            lower += usize::from(word.chars().next().is_some_and(char::is_lowercase));
        }
    });
    other += ideographs.div_ceil(3);
    let east_asian = years > 0 && (text.contains('年') || text.contains('년'));
    let dotted = has_numeric_date(text);
    let full = months > 0 && (years > 0 || numbers > 0) || east_asian || numeric || dotted;
    full.then_some(DateLine { other, lower })
}

/// Whether a text holds a time of the day, as "7:02", "08.15" and "21h10" are.
pub(super) fn has_clock(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    memchr::memchr3_iter(b':', b'.', b'h', bytes)
        .any(|at| at > 0 && digit(at - 1) && digit(at + 1) && digit(at + 2) && !digit(at + 3))
}

/// Whether a character is an ASCII digit, or of the few blocks that hold characters which fold to one (`１`, `²`, `㏠`).
const fn may_hold_digit(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_digit(),
        '\u{c0}'..='\u{206f}'
        | '\u{3040}'..='\u{318f}'
        | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}' => false,
        _ => true,
    }
}

fn is_month(folded: &str) -> bool {
    MONTHS.all(folded).any(|month| {
        folded.strip_prefix(month).is_some_and(|rest| {
            rest.chars().count() <= if month.chars().count() > 3 { 4 } else { 6 } && plausible(month, rest)
        })
    })
}

/// Three letters begin many words: what follows must be the rest of a month's name, not of another word.
fn plausible(month: &str, rest: &str) -> bool {
    const RESTS: &[&str] = &[
        "",
        "uary",
        "ruary",
        "ch",
        "il",
        "e",
        "y",
        "ust",
        "t",
        "tember",
        "ober",
        "ember",
        "uar",
        "ruar",
        "z",
        "i",
        "o",
        "vier",
        "rier",
        "s",
        "let",
        "tembre",
        "bre",
        "embre",
        "ero",
        "rero",
        "zo",
        "brile",
        "gio",
        "gno",
        "lio",
        "osto",
        "naio",
        "braio",
        "aio",
        "eiro",
        "ereiro",
        "co",
        "ho",
        "tembro",
        "ubro",
        "embro",
        "uari",
        "ruari",
        "aart",
        "ustus",
        "en",
        "nia",
        "ego",
        "ca",
        "rca",
        "ec",
        "a",
        "wca",
        "nik",
        "nika",
        "dnia",
        "ien",
        "ernika",
        "aря",
        "аря",
        "раля",
        "та",
        "та",
        "еля",
        "я",
        "уста",
        "тября",
        "ября",
        "абря",
        "арь",
        "раль",
        "ель",
        "ь",
        "тябрь",
        "ябрь",
        "абрь",
        "уст",
        "т",
        "tobra",
        "ies",
        "obre",
        "ieta",
        "iusz",
        "aret",
        "ret",
        "ubre",
        "il",
        "kuu",
        "kuuta",
        "enza",
        "na",
        "ence",
        "ce",
        "ten",
        "ic",
        "ices",
        "prosince",
        "listopadu",
        "u",
        "emberi",
        "ober",
    ];
    month.chars().count() > 3 || RESTS.contains(&rest)
}

/// `2014-09-17`, `17.09.2014`, `19/01/2018` as one token.
fn is_numeric_date(token: &str) -> bool {
    let mut parts = token.split(MARKS);
    let (Some(first), Some(second), Some(third), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (first.len() == 4 && second.len() <= 2 && third.len() <= 2
        || third.len() == 4 && first.len() <= 2 && second.len() <= 2)
        && [first, second, third].into_iter().all(is_number)
}

/// Marks between the numbers of a date.
const MARKS: [char; 3] = ['.', '-', '/'];

/// Whether as many marks stand in a text as in a date of nothing but numbers.
fn has_marks(text: &str) -> bool {
    memchr::memchr3_iter(b'.', b'-', b'/', text.as_bytes()).nth(1).is_some()
}

/// Whether a word of a text of ASCII begins with a digit.
fn begins_number(text: &str) -> bool {
    let mut before = b' ';
    text.bytes().any(|byte| {
        let begins = byte.is_ascii_digit() && !before.is_ascii_alphanumeric();
        before = byte;
        begins
    })
}

fn has_numeric_date(text: &str) -> bool {
    has_marks(text)
        && text
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '|' | '／'))
            .any(|token| is_numeric_date(token.trim_matches(|c: char| !c.is_ascii_digit())))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_is_not_looked_at_holds_no_date(text in "(May|x|1|12|2015|[.,/' -]|é|年){0,8}") {
            proptest::prop_assert_eq!(find(&text), look(&text));
        }
    }

    #[test]
    fn dates_of_several_languages() {
        for line in [
            "2 stycznia 2024",
            "30. Juli 2018",
            "Maret 30, 2015",
            "September 17, 2014 - 1:01 pm",
            "19/01/2018",
            "2013年04月09日",
            "12 мая 2020",
        ] {
            assert!(find(line).is_some_and(|date| date.other == 0), "{line}: {:?}", find(line));
        }
        for line in ["Marching on", "Clinching in November", "Version 2.0.1", "4 Useful Items", "market 2020"]
        {
            assert!(find(line).is_none_or(|date| date.lower > 0), "{line}: {:?}", find(line));
        }
    }
}
