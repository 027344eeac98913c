//! Rules that a user writes into a file, one a line: what they say, and what they do to a page.
//!
//! ```text
//! # Furniture of the Milltown site
//! drop text "Report this page"
//! drop regex "^Views: \d+$" in "news/**"
//! drop part "\(photo: [^)]*\)"
//! drop heading "Related posts"
//! keep heading "Ingredients"
//! ```
//!
//! Reading a file and applying its rules are pure. An expression is matched in time linear in the text, and a file can
//! name nothing but lines, expressions, headings and globs, so nothing in it is ever executed.

mod syntax;

use std::collections::HashMap;

use globset::GlobMatcher;
use regex::Regex;
use xxhash_rust::xxh3::xxh3_64;

use super::labels::Labels;
use super::line::{Line, fold_line};
use super::page::Page;
use crate::analysis::one_spaced;
use crate::document::BlockKind;
use crate::record::Media;
use crate::span::{Span, TextSpan};

pub use self::syntax::quoted;

/// Longest heading of plain text, in words, as passages have it.
const LONGEST_HEADING: usize = 20;

/// What a rule of the user does with what it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Keeps it, whatever any other rule says.
    Keep,
    /// Drops it.
    Drop,
}

/// What a rule of the user looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Lines that say just this; case, accents and white space do not count.
    Text,
    /// Lines in which the expression matches.
    Regex,
    /// Only what the expression matches; the rest of its line is left to other rules.
    Part,
    /// A heading that says just this, and what stands under it up to the next of the same or a higher level.
    Heading,
}

/// One rule of the user.
#[derive(Debug, Clone)]
pub struct UserRule {
    /// The line of the file it stands in, from 1.
    pub line: usize,
    /// What it does.
    pub action: Action,
    /// What it looks for.
    pub subject: Subject,
    /// The text or expression as it was written, without quotes.
    pub pattern: String,
    /// The glob of the sources it is for, if it is not for all.
    pub source: Option<String>,
    /// Hash of what it does and looks for; neither its place in the file nor its glob changes what it finds in a source.
    hash: u64,
    glob: Option<GlobMatcher>,
    regex: Option<Regex>,
}

/// The rules of one file.
#[derive(Debug, Clone, Default)]
pub struct UserRules {
    /// The name of the file, as reasons give it.
    pub name: String,
    /// The file itself, as it was read.
    pub text: String,
    /// Its rules, in order.
    pub list: Vec<UserRule>,
    /// Rules by the folded line or heading that they look for.
    texts: HashMap<String, Vec<usize>>,
    /// Rules that look for an expression.
    expressions: Vec<usize>,
}

/// What is wrong with a line of a rules file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}

impl UserRules {
    /// The rule that labels name where one of the user's dropped something.
    pub const NAME: &'static str = "rules-file";

    /// Reads the text of a rules file. Total: what is wrong with it is returned, line by line.
    ///
    /// # Errors
    ///
    /// The problems of all lines that are no rule, if there are any.
    pub fn parse(name: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let mut rules = Self { name: name.to_owned(), text: text.to_owned(), ..Self::default() };
        let mut problems = Vec::new();
        for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            match UserRule::parse(index + 1, line) {
                Ok(Some(rule)) => rules.add(rule),
                Ok(None) => {}
                Err((what, mend)) => problems.push(Problem { line: index + 1, what, mend }),
            }
        }
        if problems.is_empty() { Ok(rules) } else { Err(problems) }
    }

    fn add(&mut self, rule: UserRule) {
        let number = self.list.len();
        match rule.subject {
            Subject::Text | Subject::Heading => {
                self.texts.entry(fold_line(&rule.pattern)).or_default().push(number);
            }
            Subject::Regex | Subject::Part => self.expressions.push(number),
        }
        self.list.push(rule);
    }

    /// A number that differs where other rules are in force for a source: `base` if there are none.
    #[must_use]
    pub fn fingerprint(&self, base: u64, source: &str) -> u64 {
        let mut bytes = base.to_le_bytes().to_vec();
        for rule in self.list.iter().filter(|rule| rule.concerns(source)) {
            bytes.extend_from_slice(&rule.hash.to_le_bytes());
        }
        if bytes.len() == size_of::<u64>() { base } else { xxh3_64(&bytes) }
    }

    /// Decides on everything that the rules find; what they keep comes first, then their drops in the order of the file.
    pub(super) fn apply(&self, page: &Page<'_>, source: &str, labels: &mut Labels) {
        let concerned: Vec<bool> = self.list.iter().map(|rule| rule.concerns(source)).collect();
        let mut found: Vec<(Action, usize, TextSpan)> = Vec::new();
        for line in &page.lines {
            let named = self.texts.get(line.folded()).map(Vec::as_slice).unwrap_or_default();
            for &number in named.iter().chain(&self.expressions).filter(|number| concerned[**number]) {
                let rule = &self.list[number];
                rule.find(page, line, &mut |span| found.push((rule.action, number, span)));
            }
        }
        found.sort_by_key(|(action, number, span)| (*action, *number, span.start));
        for (action, number, span) in found {
            match action {
                Action::Keep => labels.keep(span),
                Action::Drop => labels.drop(span, Self::NAME, self.reason(number)),
            }
        }
    }

    fn reason(&self, number: usize) -> String {
        let rule = &self.list[number];
        format!("line {} of {}: {} {}", rule.line, self.name, rule.action, rule.subject)
    }
}

impl UserRule {
    /// Whether this rule is for a source, given by the path of its file.
    fn concerns(&self, source: &str) -> bool {
        self.glob.as_ref().is_none_or(|glob| glob.is_match(source.trim_start_matches('/')))
    }

    /// Hands over what it finds at a line that has its text, or that an expression is to be looked for in.
    fn find(&self, page: &Page<'_>, line: &Line<'_>, found: &mut dyn FnMut(TextSpan)) {
        match (self.subject, &self.regex) {
            (Subject::Text, _) => found(line.span),
            (Subject::Heading, _) => {
                if let Some(span) = section(page, line) {
                    found(span);
                }
            }
            (Subject::Regex, Some(regex)) => {
                if regex.is_match(&one_spaced(line.text)) {
                    found(line.span);
                }
            }
            (Subject::Part, Some(regex)) => {
                for part in regex.find_iter(line.text).filter(|part| !part.is_empty()) {
                    found(line.span_of(part.range()));
                }
            }
            (Subject::Regex | Subject::Part, None) => {}
        }
    }
}

/// The heading that `line` is and what stands under it; `None` if it is no heading. Plain text has no levels: there a
/// section ends where a line that looks like a heading stands over one that does not, so that a list of titles does not
/// end at its first.
fn section(page: &Page<'_>, line: &Line<'_>) -> Option<TextSpan> {
    let plain = page.document.media == Media::Plain;
    let level = match line.block.kind {
        BlockKind::Heading(level) => level,
        _ if plain => 1,
        _ => return None,
    };
    let ends = |at: &usize| match page.lines[*at].block.kind {
        BlockKind::Heading(other) => other <= level,
        _ => {
            plain
                && looks_like_heading(&page.lines[*at])
                && page.lines.get(at + 1).is_some_and(|under| !looks_like_heading(under))
        }
    };
    let end = (line.index + 1..page.lines.len()).find(ends).unwrap_or(page.lines.len());
    Some(Span::new(line.span.start, page.lines[end - 1].span.end))
}

/// Whether a line of plain text is short and stands apart, as headings do.
fn looks_like_heading(line: &Line<'_>) -> bool {
    let short = line.words <= LONGEST_HEADING && (!line.terminal || line.is_question());
    short && line.block.gap && !line.is_item()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boilerplate::{Knowledge, label};
    use crate::document::parse;
    use crate::record::Record;

    /// What the rules, and nothing else, drop of a page given with its expected drops between `⟦` and `⟧`.
    fn check(rules: &str, record: fn(&str) -> Record, marked: &str) {
        let rules = UserRules::parse("my.rules", rules).expect("the rules can be read");
        let document = parse(&record(&marked.replace(['⟦', '⟧'], "")));
        let mut labels = Labels::new(&document);
        rules.apply(&Page::new(&document), "news/a.txt", &mut labels);
        let mut shown = document.text.clone();
        for (span, verdict) in labels.dropped().collect::<Vec<_>>().into_iter().rev() {
            assert_eq!(verdict.rule, UserRules::NAME);
            shown.insert(span.end, '⟧');
            shown.insert(span.start, '⟦');
        }
        // In HTML the expectation is the text without the tags.
        let marked = if document.media == Media::Html {
            crate::document::visible_text(marked)
        } else {
            marked.to_owned()
        };
        let fold = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(fold(&shown), fold(&marked));
    }

    #[test]
    fn text_is_a_whole_line_without_case_accents_and_spaces() {
        check(
            "drop text \"senden  sie uns café\"",
            Record::plain,
            "⟦• Senden Sie uns CAFE⟧\n\nSenden Sie uns Café und mehr.",
        );
    }

    #[test]
    fn a_regex_drops_its_line_and_a_part_only_itself() {
        check("drop regex \"^Views: \\d+$\"", Record::plain, "⟦Views: 12⟧\n\nViews: 12 or so");
        check("drop regex \"Vues\"", Record::plain, "⟦Les Vues : 12⟧\n\nvues");
        check("drop part \"\\(foto: [^)]*\\)|x*\"", Record::plain, "Der Rasen ⟦(foto: A. Lee)⟧ wächst.");
    }

    #[test]
    fn a_heading_goes_with_what_stands_under_it() {
        check(
            "drop heading \"Ähnliche Beiträge\"",
            Record::html,
            "<h2>Rasen</h2><p>Der Rasen.</p><h2>⟦Ähnliche Beiträge</h2><p>Eins</p><h3>Mehr</h3><p>Zwei⟧</p><h2>Schluss</h2><p>Ende.</p>",
        );
        check(
            "drop heading \"Related posts\"",
            Record::plain,
            "The lawn\n\nIt grows.\n\n⟦Related posts\n\nMowing in May\n\nMoss and sand⟧\n\nThe hedge\n\nIt is cut in June.",
        );
        check("drop heading \"The lawn\"", Record::html, "<p>The lawn</p><p>It grows.</p>");
    }

    #[test]
    fn what_is_kept_beats_every_drop() {
        check("drop regex \"lawn\"\nkeep part \"lawn \\d\"", Record::plain, "⟦The ⟧lawn 7⟦ of it⟧");
        let rules = UserRules::parse("my.rules", "keep text \"report this page\"").expect("it can be read");
        let document = parse(&Record::plain("The lawn is mown.\n\nReport this page\n"));
        let dropped =
            |rules| label(&document, "", Knowledge { rules, ..Knowledge::default() }).dropped().count();
        assert_eq!((dropped(None), dropped(Some(&rules))), (1, 0));
    }

    #[test]
    fn a_glob_names_the_sources_that_a_rule_is_for() {
        for (glob, source, concerned) in [
            ("news/**", "news/a.txt", true),
            ("news/**", "old/news/b/a.txt", true),
            ("/news/**", "old/news/a.txt", false),
            ("/news/*", "news/a.txt", true),
            ("news/*", "news/b/a.txt", false),
            ("*.txt", "news/a.txt", true),
            ("*.html", "news/a.txt", false),
        ] {
            let rule = UserRule::parse(1, &format!("drop text \"x\" in \"{glob}\""));
            let rule = rule.expect("it can be read").expect("it is a rule");
            assert_eq!(rule.concerns(source), concerned, "{glob} {source}");
        }
    }

    #[test]
    fn only_rules_in_force_for_a_source_change_its_fingerprint() {
        let of = |text: &str, source: &str| {
            UserRules::parse("", text).expect("it can be read").fingerprint(7, source)
        };
        assert_eq!(of("# nothing\n", "a"), 7);
        assert_eq!(of("drop text \"x\" in \"*.html\"", "a.txt"), 7);
        assert_ne!(of("drop text \"x\" in \"*.html\"", "a.html"), 7);
        assert_eq!(of("drop text \"x\"", "a"), of("# why\ndrop text \"x\" # so", "a"));
        assert_ne!(of("drop text \"x\"", "a"), of("keep text \"x\"", "a"));
    }
}
