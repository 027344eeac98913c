//! What forums tell of a member beside each post: "Joined: 04 Aug 2006", "Posts: 86", "Location: London".

use crate::boilerplate::affixes::Beginnings;
use crate::boilerplate::{Check, Line, Page, Rule};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "forum-profile",
    version: 1,
    reason: "it tells of the member who wrote what follows",
    examples: &[
        (
            "en",
            "Which bulb is right?\n\n⟦Joined: 04 Aug 2006⟧\n⟦Posts: 86⟧\n⟦Location: Milltown⟧\n\nThe lamp by the gate went out again last night, and nobody knows which bulb fits it.",
        ),
        (
            "de",
            "Welche Birne passt?\n\n⟦Registriert: 04.08.2006⟧\n⟦Beiträge: 86⟧\n⟦Wohnort: Mühlstadt⟧\n\nDie Lampe am Tor ist gestern wieder ausgegangen, und niemand weiß, welche Birne passt.",
        ),
    ],
    counter_examples: &[
        (
            "en",
            "Marcus Field\nAge: 31\nJoined: 12 July 2019\nLocation: Milltown\n\nHe has played in goal since he was a boy, and never missed a match in three years.",
        ),
        (
            "en",
            "Gardener wanted\n\nLocation: Milltown\nMessages: to the office\n\nThe park needs somebody who mows the lawn and looks after the roses in summer.",
        ),
        (
            "de",
            "Gärtner gesucht\n\nWohnort: Mühlstadt\nAlter: egal\n\nDer Park braucht jemanden, der den Rasen mäht und im Sommer nach den Rosen sieht.",
        ),
    ],
    check: Check::Page(check),
};

/// Folded labels of how much somebody wrote, which only forums tell: a number stands behind them.
const WROTE: [&str; 19] = [
    "join date:",
    "posts:",
    "messages:",
    "threads:",
    "reputation:",
    "karma:",
    "beitrage:",
    "messages :",
    "mensajes:",
    "messaggi:",
    "berichten:",
    "posty:",
    "mensagens:",
    "сообщения:",
    "сообщении:",
    "inlagg:",
    "prispevky:",
    "mesajlar:",
    "hozzaszolasok:",
];

/// Folded labels of what is told beside that.
const TOLD: [&str; 45] = [
    "joined:",
    "registered:",
    "member since:",
    "registriert:",
    "registriert seit:",
    "dabei seit:",
    "inscription:",
    "inscription :",
    "inscrit le:",
    "registrado:",
    "fecha de ingreso:",
    "iscritto il:",
    "iscritto:",
    "lid geworden op:",
    "geregistreerd:",
    "rejestracja:",
    "dolaczyl:",
    "registado:",
    "registrado em:",
    "зарегистрирован:",
    "регистрация:",
    "blev medlem:",
    "registrovan:",
    "kayit:",
    "csatlakozott:",
    "location:",
    "from:",
    "age:",
    "gender:",
    "likes:",
    "thanks:",
    "wohnort:",
    "localisation:",
    "ubicacion:",
    "localita:",
    "locatie:",
    "woonplaats:",
    "lokalizacja:",
    "skad:",
    "localizacao:",
    "откуда:",
    "ort:",
    "bydliste:",
    "konum:",
    "tartozkodasi hely:",
];

static MUCH: Beginnings<19> = Beginnings::new(WROTE);
static BESIDE: Beginnings<45> = Beginnings::new(TOLD);

/// Most words of such a line.
const LONGEST: usize = 7;

fn check(page: &Page<'_>, found: &mut Vec<TextSpan>) {
    let labelled = |line: &Line<'_>| {
        line.is_unmarked() && line.words <= LONGEST && line.text.contains(':') && !line.terminal
    };
    let has_digit = |line: &Line<'_>| line.text.bytes().any(|byte| byte.is_ascii_digit());
    let wrote = |line: &Line<'_>| labelled(line) && has_digit(line) && MUCH.find(line.folded()).is_some();
    let is_told = |line: &Line<'_>| wrote(line) || labelled(line) && BESIDE.find(line.folded()).is_some();
    for run in page.runs(is_told) {
        let lines = &page.lines[run];
        if lines.len() >= 2 && lines.iter().any(wrote) {
            found.extend(lines.iter().map(|line| line.span));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boilerplate::line::fold_line;

    #[test]
    fn labels_are_folded_as_lines_are() {
        for label in WROTE.iter().chain(&TOLD) {
            assert_eq!(fold_line(label), *label);
        }
    }
}
