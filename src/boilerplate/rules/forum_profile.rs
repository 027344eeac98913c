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
            "Gardener wanted\n\nLocation: Milltown\nMessages: to the office\n\nThe park needs somebody who mows the lawn and looks after the roses in summer.",
        ),
        (
            "de",
            "Gärtner gesucht\n\nWohnort: Mühlstadt\nAlter: egal\n\nDer Park braucht jemanden, der den Rasen mäht und im Sommer nach den Rosen sieht.",
        ),
    ],
    check: Check::Page(check),
};

/// Folded labels of the day on which somebody became a member, or of how much they wrote: a number stands behind them.
static COUNTED: Beginnings<43> = Beginnings::new([
    "joined:",
    "join date:",
    "registered:",
    "member since:",
    "posts:",
    "messages:",
    "threads:",
    "reputation:",
    "karma:",
    "registriert:",
    "registriert seit:",
    "dabei seit:",
    "beitrage:",
    "inscription:",
    "inscription :",
    "inscrit le:",
    "messages :",
    "registrado:",
    "fecha de ingreso:",
    "mensajes:",
    "iscritto il:",
    "iscritto:",
    "messaggi:",
    "lid geworden op:",
    "geregistreerd:",
    "berichten:",
    "rejestracja:",
    "dołaczyl:",
    "posty:",
    "registado:",
    "registrado em:",
    "mensagens:",
    "зарегистрирован:",
    "регистрация:",
    "сообщения:",
    "сообщений:",
    "blev medlem:",
    "inlagg:",
    "registrovan:",
    "prispevky:",
    "kayit:",
    "mesajlar:",
    "csatlakozott:",
]);

/// Folded labels of what else is told beside them.
static TOLD: Beginnings<20> = Beginnings::new([
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
]);

/// Most words of such a line.
const LONGEST: usize = 7;

fn check(page: &Page<'_>, found: &mut Vec<TextSpan>) {
    let labelled = |line: &Line<'_>| line.words <= LONGEST && line.text.contains(':') && !line.terminal;
    let is_counted = |line: &Line<'_>| {
        labelled(line)
            && line.text.bytes().any(|byte| byte.is_ascii_digit())
            && COUNTED.find(line.folded()).is_some()
    };
    let is_told = |line: &Line<'_>| is_counted(line) || labelled(line) && TOLD.find(line.folded()).is_some();
    for run in page.runs(is_told) {
        let lines = &page.lines[run];
        if lines.len() >= 2 && lines.iter().any(is_counted) {
            found.extend(lines.iter().map(|line| line.span));
        }
    }
}
