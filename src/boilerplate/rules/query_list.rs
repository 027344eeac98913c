//! Lists of search queries under a page: lower-case lines that ask about its topic.

use crate::boilerplate::{Check, Line, Page, Rule};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "query-list",
    version: 1,
    reason: "it stands in a list of search queries under the text",
    examples: &[
        (
            "en",
            "why is the lawn brown\n\nA lawn turns brown when it has had no water for many weeks in summer.\n\n⟦why is the lawn yellow⟧\n⟦how long does a lawn live⟧\n⟦can hail damage a lawn⟧",
        ),
        (
            "de",
            "warum ist der rasen braun\n\nEin Rasen wird braun, wenn er im Sommer viele Wochen lang kein Wasser bekommt.\n\n⟦warum ist der rasen gelb⟧\n⟦wie lange lebt ein rasen⟧\n⟦was schadet dem rasen⟧",
        ),
    ],
    counter_examples: &[
        (
            "en",
            "A lawn turns brown when it has had no water for many weeks in summer.\n\n- water it daily\n- mow it weekly\n- feed it in spring",
        ),
        ("en", "the lawn is brown\nthe sky is blue\nthe sun goes down"),
        (
            "de",
            "Ein Rasen wird braun, wenn er im Sommer viele Wochen lang kein Wasser bekommt.\n\n- täglich gießen und düngen\n- wöchentlich mähen und harken\n- im Frühjahr düngen und lüften",
        ),
    ],
    check: Check::Page(check),
};

/// Fewest lines of a list.
const SHORTEST_LIST: usize = 3;

fn check(page: &Page<'_>, found: &mut Vec<TextSpan>) {
    for run in page.runs(|line| {
        (3..=12).contains(&line.words)
            && !line.terminal
            && !line.is_item()
            && line.starts_lower()
            && !line.text.contains(',')
    }) {
        let lines = &page.lines[run];
        if lines.len() < SHORTEST_LIST || page.end_good == 0 || lines[0].index < page.end_good {
            continue;
        }
        let topical = lines
            .iter()
            .filter(|line| line.content_words().any(|word| page.title_words().contains(word)) || asks(line))
            .count();
        if topical * 3 >= lines.len() * 2 {
            found.extend(lines.iter().map(|line| line.span));
        }
    }
}

/// Folded words with which questions and queries begin.
pub(super) const ASKING: &[&str] = &[
    "why",
    "how",
    "what",
    "when",
    "where",
    "which",
    "who",
    "can",
    "should",
    "does",
    "do",
    "is",
    "are",
    "will",
    "best",
    "warum",
    "wie",
    "was",
    "wann",
    "wo",
    "comment",
    "pourquoi",
    "quel",
    "quelle",
    "como",
    "por",
    "que",
    "cuando",
    "come",
    "perche",
    "hoe",
    "waarom",
    "wat",
    "jak",
    "dlaczego",
    "co",
    "hur",
    "hvordan",
    "как",
    "почему",
    "что",
    "nasil",
    "neden",
    "bagaimana",
    "mengapa",
    "apa",
    "cara",
];

fn asks(line: &Line<'_>) -> bool {
    line.folded().split_whitespace().next().is_some_and(|first| ASKING.contains(&first))
}
