//! What is said of the author under the article.

use crate::boilerplate::{Check, Page, PromptKind, Rule, prompts};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "author-bio",
    version: 1,
    reason: "it says who wrote the page, not what the page is about",
    examples: &[
        (
            "en",
            "A garden is a place to rest and to work for everybody here.\n\n⟦Ann Lee is a freelance writer in Leeds.⟧",
        ),
        (
            "de",
            "Ein Garten ist ein Ort, an dem jeder von uns ruhen und arbeiten kann.\n\n⟦Über den Autor⟧\n⟦Jan Kuhn hat viele Jahre in den Gärten der Stadt gearbeitet und schreibt darüber.⟧",
        ),
        (
            "en",
            "by Ann Lee\n\nA garden is a place to rest and to work for everybody here.\n\n⟦Ann Lee is a native of Leeds and now lives in the north with two cats.⟧",
        ),
    ],
    counter_examples: &[
        (
            "en",
            "Ann Lee is a native of Leeds and now lives in the north with two cats.\n\nShe plants a garden in every town she comes to, whatever the weather.",
        ),
        ("en", "He became a staff writer of the king in the year of the great fire."),
        (
            "de",
            "Der Autor des Buches hat viele Jahre in den Gärten der Stadt gearbeitet und schreibt darüber.",
        ),
    ],
    check: Check::Page(check),
};

/// Folded verbs that follow the author's name in such a line.
const SAYS: &[&str] = &[
    "is a ",
    "is an ",
    "is the ",
    "has ",
    "lives ",
    "writes ",
    "was ",
    "works ",
    "ist ",
    "est ",
    "es ",
    "schreibt ",
    "lebt ",
    "vive ",
];

fn check(page: &Page<'_>, found: &mut Vec<TextSpan>) {
    let names = bylines(page);
    for line in &page.lines {
        if line.whole_prompts.contains(PromptKind::Bio) || heads_bio(&line.folded) {
            found.push(line.span);
            // The one paragraph below it.
            if let Some(next) = page.lines.get(line.index + 1).filter(|next| next.words >= 8) {
                found.push(next.span);
            }
            continue;
        }
        let late = line.index * 2 >= page.lines.len();
        let named = names.iter().any(|name| {
            line.folded
                .strip_prefix(name.as_str())
                .is_some_and(|rest| SAYS.iter().any(|verb| rest.trim_start().starts_with(verb)))
        });
        if late && named && line.words >= 6 {
            found.push(line.span);
        } else if late && line.inner_prompts {
            let mut own = Vec::new();
            prompts::find(line, PromptKind::Bio, &mut own);
            // What follows "… is an award-winning writer." is more of the same.
            if own.first().is_some_and(|first| first.start == line.span.start) {
                own = vec![line.span];
            }
            found.extend(own);
        }
    }
}

/// "Terry Littrell - About Author:"
fn heads_bio(folded: &str) -> bool {
    let folded = folded.trim_end_matches([':', ' ']);
    folded.len() < 80 && (folded.ends_with("about author") || folded.ends_with("about the author"))
}

/// Folded names in "by …" lines.
fn bylines(page: &Page<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for line in page.lines.iter().filter(|line| line.words <= 8 && !line.terminal) {
        for beginning in
            ["by ", "written by ", "posted by ", "von ", "par ", "por ", "di ", "door ", "przez "]
        {
            if let Some(name) = line.folded.strip_prefix(beginning) {
                let name: Vec<&str> = name.split_whitespace().take(3).collect();
                if (1..=3).contains(&name.len()) && name[0].chars().count() >= 3 {
                    names.push(name.join(" "));
                    // The bio may use the first name alone.
                    names.push(name[0].to_owned());
                }
            }
        }
    }
    names
}
