//! Lists of other pages under a heading that says so: "Related posts", "人気記事".

use crate::boilerplate::line::breaks_off;
use crate::boilerplate::{Check, Line, Page, PromptKind, Rule, prompts};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "related-list",
    version: 4,
    reason: "it lists related, recent or popular pages",
    examples: &[
        (
            "en",
            "A garden is a place to rest and to work for everybody here.\n\n⟦You may also like...⟧\n\n⟦Who will mow the lawn in 2020?⟧\n\n⟦25 worst lawns ever⟧",
        ),
        (
            "de",
            "Der Garten ist ein Ort, an dem jeder von uns ruhen und arbeiten kann.\n\n⟦Ähnliche Artikel⟧\n⟦Der Rasen im Winter⟧\n⟦Werkzeuge für den Garten⟧",
        ),
        (
            "en",
            "⟦Most Popular⟧\n⟦• This week⟧\n⟦• This year⟧\n\nWho will mow the lawn in 2020?\n\n5 May\n\nA garden is a place to rest and to work for everybody here.",
        ),
        (
            "en",
            "A garden is a place to rest and to work for everybody here.\n\n⟦Popular⟧\n\nBread and butter\n\n$7.00\n\nSpring soup\n\n$4.50",
        ),
    ],
    counter_examples: &[
        ("en", "News\n\nThe garden opened yesterday after years of work by many hands in the village."),
        ("en", "All gardens that are related have one thing in common, and it is the lawn."),
        ("de", "Alle Gärten, die ähnlich sind, haben eines gemeinsam, und das ist der Rasen."),
    ],
    check: Check::Page(check),
};

/// Longest title of another page, in words.
const LONGEST_TITLE: usize = 25;

/// Folded nouns that make a heading of "Related …".
const LISTED: &[&str] = &[
    "articles",
    "posts",
    "stories",
    "searches",
    "news",
    "topics",
    "products",
    "links",
    "videos",
    "content",
    "pages",
    "questions",
    "recipes",
];

fn is_heading(line: &Line<'_>) -> bool {
    let named = |rest: &str| LISTED.iter().any(|noun| rest.trim_end_matches([':', ' ']).ends_with(noun));
    line.whole_prompts.contains(PromptKind::Related)
        || line.words <= 5 && !line.terminal && line.folded().strip_prefix("related ").is_some_and(named)
}

fn check(page: &Page<'_>, found: &mut Vec<TextSpan>) {
    let mut index = 0;
    while index < page.lines.len() {
        let line = &page.lines[index];
        index += 1;
        if !is_heading(line) {
            if line.inner_prompts {
                prompts::find(line, PromptKind::Related, found);
            }
            continue;
        }
        // A heading right above a good line may be the text's own ("News"); below the text it is not.
        let next_good = page.lines.get(index).is_some_and(Line::is_good);
        if next_good && line.index < page.end_good && line.words == 1 {
            continue;
        }
        found.push(line.span);
        let (first, mut bullets) = (index, 0);
        while let Some(item) = page.lines.get(index) {
            let title = item.words <= LONGEST_TITLE && (!item.is_good() || breaks_off(item.text));
            // Inside the text only what cannot be a paragraph or its heading goes with the list.
            let before_text =
                item.index < page.end_good && page.lines.get(index + 1).is_some_and(Line::is_good);
            // No title of a page ends as what introduces a list or as a line of code does.
            let goes_on = item.words > 0
                && item.index < page.end_good
                && item.text.trim_end().ends_with([':', ';', ',', '{', '}']);
            // The comments of readers begin with a prompt of their own.
            let ends = item.whole_prompts.contains(PromptKind::Comment) || page.is_headline(item);
            // What has its price below it is for sale here.
            let ends = ends || page.lines.get(index + 1).is_some_and(Line::is_price);
            // A list with bullets ends where a line without one is set apart.
            let ends = ends
                || item.index < page.end_good
                    && item.block.gap
                    && item.is_unmarked()
                    && !item.is_item()
                    && bullets >= 2
                    && bullets == index - first;
            if !title || before_text || goes_on || ends {
                break;
            }
            found.push(item.span);
            bullets += usize::from(item.is_item());
            index += 1;
        }
    }
}
