//! What is said of the author under the article.

use std::borrow::Cow;

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

/// Most words of a name.
const NAME_WORDS: usize = 3;

/// Folded names in "by …" lines.
struct Names<'a> {
    /// In order, each once.
    list: Vec<Cow<'a, str>>,
    /// Which bytes names begin with.
    initials: [bool; 256],
    /// Length of the longest in bytes.
    longest: usize,
}

impl<'a> Names<'a> {
    fn of(page: &'a Page<'_>) -> Self {
        let mut list: Vec<Cow<'_, str>> = Vec::new();
        for line in page.lines.iter().filter(|line| line.words <= 8 && !line.terminal) {
            for beginning in BY.all(line.folded()) {
                let name = name(line, &line.folded()[beginning.len()..]);
                let first = name.find(' ').unwrap_or(name.len());
                if name[..first].chars().count() < 3 {
                    continue;
                }
                // The bio may use the first name alone.
                list.push(match &name {
                    Cow::Borrowed(name) => Cow::Borrowed(&name[..first]),
                    Cow::Owned(name) => Cow::Owned(name[..first].to_owned()),
                });
                list.push(name);
            }
        }
        list.sort_unstable();
        list.dedup();
        let mut initials = [false; 256];
        for first in list.iter().filter_map(|name| name.bytes().next()) {
            initials[usize::from(first)] = true;
        }
        let longest = list.iter().map(|name| name.len()).max().unwrap_or(0);
        Self { list, initials, longest }
    }

    fn contain(&self, name: &str) -> bool {
        self.list.binary_search_by(|known| known.as_ref().cmp(name)).is_ok()
    }

    /// Whether a line says something of one of them: begins with a name and a verb. However many names there are, only
    /// the beginnings before a verb are looked up.
    fn say_something(&self, line: &Line<'_>) -> bool {
        if self.list.is_empty() {
            return false;
        }
        if !line.first().is_some_and(|first| self.initials[usize::from(first)]) {
            return false;
        }
        let folded = line.folded();
        // A space or so stands between the two. Each of the verbs begins with a letter of ASCII, and so with a character.
        let places =
            folded.bytes().enumerate().take(2 * self.longest + 1).filter(|(_, first)| SAYS.has(*first));
        let mut beginnings = places.map(|(at, _)| at).filter(|at| SAYS.find(&folded[*at..]).is_some());
        beginnings.any(|at| self.contain(folded[..at].trim_end()))
    }
}

/// The first words of what follows "by" in a folded line.
fn name<'a>(line: &Line<'_>, rest: &'a str) -> Cow<'a, str> {
    if !line.latin {
        return Cow::Owned(rest.split_whitespace().take(NAME_WORDS).collect::<Vec<_>>().join(" "));
    }
    // Latin letters do not fold to nothing, so that single spaces stay between words.
    let rest = rest.trim();
    let end = memchr::memchr_iter(b' ', rest.as_bytes()).nth(NAME_WORDS - 1);
    Cow::Borrowed(&rest[..end.unwrap_or(rest.len())])
}

/// How lines begin that name the author.
static BY: Beginnings<9> =
    Beginnings::new(["by ", "written by ", "posted by ", "von ", "par ", "por ", "di ", "door ", "przez "]);
