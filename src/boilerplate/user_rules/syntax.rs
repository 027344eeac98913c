//! The grammar of a rules file: from a line to a rule, and back.

use std::fmt;

use globset::{GlobBuilder, GlobMatcher};
use regex::{Regex, RegexBuilder};
use xxhash_rust::xxh3::xxh3_64;

use super::{Action, Subject, UserRule};

/// Largest compiled form of one expression, in bytes: `\w{1000}` is refused instead of taking all memory.
const LARGEST_REGEX: usize = 1 << 20;

/// What is wrong with a line, and how to mend it.
type Fault = (String, String);

fn fault(what: impl Into<String>, mend: impl Into<String>) -> Fault {
    (what.into(), mend.into())
}

impl UserRule {
    /// Reads one line; `None` for a blank one and a comment.
    pub(super) fn parse(number: usize, line: &str) -> Result<Option<Self>, Fault> {
        let mut rest = line.trim();
        if rest.is_empty() || rest.starts_with('#') {
            return Ok(None);
        }
        let action = match word(&mut rest) {
            "drop" => Action::Drop,
            "keep" => Action::Keep,
            other => {
                return Err(fault(
                    format!("a rule does not begin with {other:?}"),
                    "begin with drop or keep, as in: drop text \"Report this page\"",
                ));
            }
        };
        let subject = match word(&mut rest) {
            "text" => Subject::Text,
            "regex" => Subject::Regex,
            "part" => Subject::Part,
            "heading" => Subject::Heading,
            other => {
                return Err(fault(
                    format!("{action} is followed by {other:?}"),
                    format!("write {action} text, {action} regex, {action} part or {action} heading"),
                ));
            }
        };
        let expression = matches!(subject, Subject::Regex | Subject::Part);
        let pattern = string(&mut rest, expression)?;
        let regex = if expression { Some(compile(&pattern)?) } else { None };
        if pattern.trim().is_empty() {
            return Err(fault("there is nothing between the quotes", "write the text that a line must have"));
        }
        let mut source = None;
        if !rest.is_empty() && !rest.starts_with('#') {
            let next = word(&mut rest);
            if next != "in" {
                return Err(fault(
                    format!("{next:?} stands after the rule"),
                    "end the line there, or name sources with: in \"news/**\"",
                ));
            }
            source = Some(string(&mut rest, false)?);
            if !rest.is_empty() && !rest.starts_with('#') {
                return Err(fault(
                    format!("{rest:?} stands after the rule"),
                    "end the line there; a comment begins with #",
                ));
            }
        }
        let glob = source.as_deref().map(glob).transpose()?;
        let hash = xxh3_64(format!("{action} {subject} {pattern}").as_bytes());
        Ok(Some(Self { line: number, action, subject, pattern, source, hash, glob, regex }))
    }
}

/// Takes the next word off `rest`, with the white space after it.
fn word<'a>(rest: &mut &'a str) -> &'a str {
    let end = rest.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    *rest = after.trim_start();
    word
}

/// Takes a quoted text off `rest`. `\"` stands for a quote and `\\` for a backslash; any other backslash is itself. In an
/// expression `\\` stays as it is: there it means a backslash anyway.
fn string(rest: &mut &str, expression: bool) -> Result<String, Fault> {
    let Some(quoted) = rest.strip_prefix('"') else {
        return Err(fault(
            if rest.is_empty() {
                "the text is missing".to_owned()
            } else {
                format!("{rest:?} has no quotes")
            },
            "put it in double quotes, as in: drop text \"Report this page\"",
        ));
    };
    let mut text = String::new();
    let mut chars = quoted.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match (c, chars.peek().map(|(_, next)| *next)) {
            ('"', _) => {
                *rest = quoted[at + 1..].trim_start();
                return Ok(text);
            }
            ('\\', Some('"')) => {
                text.push('"');
                chars.next();
            }
            ('\\', Some('\\')) => {
                text.push_str(if expression { "\\\\" } else { "\\" });
                chars.next();
            }
            _ => text.push(c),
        }
    }
    Err(fault("the closing quote is missing", "end the text with \"; a quote inside it is written \\\""))
}

/// A text in quotes, as a rules file has it.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn compile(pattern: &str) -> Result<Regex, Fault> {
    // The parser is asked first, because it alone tells the place of a mistake.
    if let Err(error) = regex_syntax::Parser::new().parse(pattern) {
        let (column, what) = match &error {
            regex_syntax::Error::Parse(error) => (error.span().start.column, error.kind().to_string()),
            regex_syntax::Error::Translate(error) => (error.span().start.column, error.kind().to_string()),
            other => (1, other.to_string()),
        };
        let shown: String = pattern.chars().skip(column - 1).take(12).collect();
        let place = if shown.is_empty() { "its end".to_owned() } else { format!("\"{shown}\"") };
        return Err(fault(
            format!("the expression is wrong at character {column}, at {place}: {what}"),
            "mend it there; a mark that stands for itself takes a backslash, as in \\( \\[ \\* \\?",
        ));
    }
    // What looks like one line may hold line ends in a web page.
    RegexBuilder::new(pattern).size_limit(LARGEST_REGEX).dot_matches_new_line(true).build().map_err(|_| {
        fault("the expression is too large", "make it shorter; large counts such as {1000} make it grow")
    })
}

/// Without a `/` a glob names files in any folder. With one it names paths below any folder, and below the root alone if
/// it begins with `/`.
fn glob(pattern: &str) -> Result<GlobMatcher, Fault> {
    let whole = pattern.strip_prefix('/').map_or_else(|| format!("**/{pattern}"), str::to_owned);
    match GlobBuilder::new(&whole).literal_separator(true).build() {
        Ok(glob) if !pattern.is_empty() => Ok(glob.compile_matcher()),
        Ok(_) => Err(fault("the glob is empty", "name sources, as in \"news/**\" or \"*.html\"")),
        Err(error) => Err(fault(
            format!("the glob {pattern:?} is wrong: {}", error.kind()),
            "* stands for anything but /, ** for any folders, as in \"news/**\" or \"*.html\"",
        )),
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keep => "keep",
            Self::Drop => "drop",
        })
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Regex => "regex",
            Self::Part => "part",
            Self::Heading => "heading",
        })
    }
}

impl fmt::Display for UserRule {
    /// As a line of a rules file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let expression = matches!(self.subject, Subject::Regex | Subject::Part);
        let pattern = if expression {
            format!("\"{}\"", self.pattern.replace('"', "\\\""))
        } else {
            quoted(&self.pattern)
        };
        write!(f, "{} {} {pattern}", self.action, self.subject)?;
        self.source.as_ref().map_or(Ok(()), |source| write!(f, " in {}", quoted(source)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boilerplate::UserRules;

    #[test]
    fn what_is_wrong_with_a_line_is_said_with_how_to_mend_it() {
        for (line, what, mend) in [
            ("dorp text \"x\"", "\"dorp\"", "drop or keep"),
            ("drop line \"x\"", "\"line\"", "drop text, drop regex"),
            ("drop text", "missing", "double quotes"),
            ("drop text x", "no quotes", "double quotes"),
            ("drop text \"x", "closing quote", "end the text"),
            ("drop text \" \"", "nothing between", "write the text"),
            ("drop text \"x\" on \"y\"", "\"on\"", "in \"news/**\""),
            ("drop text \"x\" in \"y\" z", "\"z\"", "end the line"),
            ("drop text \"x\" in \"a[\"", "the glob", "**"),
            ("drop regex \"ab(c\"", "character 3, at \"(c\": unclosed group", "backslash"),
            ("drop regex \"x[a\"", "character 2", "backslash"),
            ("drop regex \"\\p{Nope}\"", "character 1", "backslash"),
            ("drop part \"\\w{5000}\"", "too large", "shorter"),
        ] {
            let text = format!("# rules\n\n{line}\n");
            let problems = UserRules::parse("my.rules", &text).expect_err(line);
            let [problem] = problems.as_slice() else { panic!("{problems:?}") };
            assert_eq!(problem.line, 3, "{line}");
            assert!(problem.what.contains(what), "{line}: {}", problem.what);
            assert!(problem.mend.contains(mend), "{line}: {}", problem.mend);
        }
    }

    #[test]
    fn a_rule_is_written_as_it_is_read() {
        for line in [
            "drop text \"a \\\"b\\\" \\\\c\" in \"x/**\"",
            "keep regex \"^\\d+ \\\"\\\\\"",
            "drop heading \"Ä # b\"",
        ] {
            let rule = UserRule::parse(1, &format!("  {line} # why")).expect(line).expect("it is a rule");
            assert_eq!(rule.to_string(), line);
        }
        assert!(
            UserRules::parse("", "\u{feff}# one\r\n\r\ndrop text \"x\"\r\n")
                .is_ok_and(|rules| rules.list.len() == 1)
        );
    }
}
