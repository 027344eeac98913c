//! What is said of the author under the article.

use std::collections::HashSet;

use crate::boilerplate::affixes::Beginnings;
use crate::boilerplate::{Check, Line, Page, PromptKind, Rule, prompts};
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
static SAYS: Beginnings<14> = Beginnings::new([
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
]);

fn check(page: &Page<'_>, found: &mut Vec<TextSpan>) {
    let names = Names::of(page);
    for line in &page.lines {
        if line.whole_prompts.contains(PromptKind::Bio) || heads_bio(line) {
            found.push(line.span);
            // The one paragraph below it.
            if let Some(next) = page.lines.get(line.index + 1).filter(|next| next.words >= 8) {
                found.push(next.span);
            }
            continue;
        }
        let late = line.index * 2 >= page.lines.len();
        if late && line.words >= 6 && names.say_something(line) {
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
fn heads_bio(line: &Line<'_>) -> bool {
    // Most lines end in another letter or a mark, which folding leaves as it is.
    let last = line.text.trim_end_matches([':', ' ']).bytes().last();
    if last.is_some_and(|byte| byte.is_ascii() && !byte.eq_ignore_ascii_case(&b'r')) {
        return false;
    }
    let line = line.uncased().trim_end_matches([':', ' ']);
    let ends_as = |end: &str| {
        let from = line.len().checked_sub(end.len());
        from.is_some_and(|from| line.as_bytes()[from..].eq_ignore_ascii_case(end.as_bytes()))
    };
    line.len() < 80 && (ends_as("about author") || ends_as("about the author"))
}

/// Folded names in "by …" lines.
#[derive(Default)]
struct Names {
    list: HashSet<String>,
    /// First bytes of the names.
    initials: HashSet<u8>,
    /// Length of the longest in bytes.
    longest: usize,
}

impl Names {
    fn of(page: &Page<'_>) -> Self {
        let mut names = Self::default();
        for line in page.lines.iter().filter(|line| line.words <= 8 && !line.terminal) {
            for beginning in BY.all(line.folded()) {
                let name = line.folded()[beginning.len()..].split_whitespace().take(3).collect::<Vec<_>>();
                if name.first().is_some_and(|first| first.chars().count() >= 3) {
                    names.add(name.join(" "));
                    // The bio may use the first name alone.
                    names.add(name[0].to_owned());
                }
            }
        }
        names
    }

    fn add(&mut self, name: String) {
        self.initials.extend(name.bytes().next());
        self.longest = self.longest.max(name.len());
        self.list.insert(name);
    }

    /// Whether a line says something of one of them: begins with a name and a verb. However many names there are, only
    /// the beginnings before a verb are looked up.
    fn say_something(&self, line: &Line<'_>) -> bool {
        if self.list.is_empty() {
            return false;
        }
        if !line.first().is_some_and(|first| self.initials.contains(&first)) {
            return false;
        }
        let folded = line.folded();
        // A space or so stands between the two.
        let places = folded.char_indices().map(|(at, _)| at).take_while(|at| *at <= 2 * self.longest);
        let mut beginnings = places.filter(|at| SAYS.find(&folded[*at..]).is_some());
        beginnings.any(|at| self.list.contains(folded[..at].trim_end()))
    }
}

/// How lines begin that name the author.
static BY: Beginnings<9> =
    Beginnings::new(["by ", "written by ", "posted by ", "von ", "par ", "por ", "di ", "door ", "przez "]);
