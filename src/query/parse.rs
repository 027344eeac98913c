//! The lenient parser: words, "phrases"~2, +must, -not, OR, field:words, prefix*, fuzzy~1, (groups).

use super::{Clause, Field, Occur, Query, What};
use crate::analysis::{is_unspaced, typed_words};

/// Deepest nesting of groups; parentheses beyond it are taken as marks.
const DEEPEST: usize = 16;

/// Parses any text. Never fails; linear.
#[must_use]
pub fn parse(text: &str) -> Query {
    let question = text.trim_end().ends_with(['?', '？']);
    let mut parser = Parser { length: text.len(), rest: text, notes: Vec::new(), depth: 0, question };
    let mut clauses = parser.clauses();
    while !parser.rest.is_empty() {
        // A closing parenthesis that nothing opened.
        parser.rest = &parser.rest[1..];
        clauses.extend(parser.clauses());
    }
    Query { clauses, notes: parser.notes, any_part: false }
}

/// Joins a clause to the one before it by OR. Words need no more than to stand beside each other; what is required by
/// itself becomes one of several of which any will do.
fn either(clauses: &mut Vec<Clause>, next: Clause) {
    let joins = |last: &mut Clause| {
        last.occur == Occur::Should
            && next.occur == Occur::Should
            && (last.what.is_required() || next.what.is_required())
    };
    let Some(mut last) = clauses.pop_if(joins) else {
        clauses.push(next);
        return;
    };
    if let What::Either(all) = &mut last.what {
        all.push(next);
        clauses.push(last);
    } else {
        clauses.push(Clause { occur: Occur::Should, at: last.at, what: What::Either(vec![last, next]) });
    }
}

struct Parser<'a> {
    /// Length of the whole query in bytes.
    length: usize,
    /// What is not read yet: the end of the query.
    rest: &'a str,
    notes: Vec<String>,
    depth: usize,
    /// Whether the text ends as a question does. Who asks a question writes no operators: a dash before a word is a dash.
    question: bool,
}

impl<'a> Parser<'a> {
    /// Clauses up to the end or to a closing parenthesis, which is left.
    fn clauses(&mut self) -> Vec<Clause> {
        let mut clauses: Vec<Clause> = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.is_empty() || self.rest.starts_with(')') {
                return clauses;
            }
            // Words are joined by OR anyway; AND makes both neighbours required.
            if let Some(rest) = self.operator("OR").or_else(|| self.operator("||")) {
                self.rest = rest;
                if let Some(next) = self.clause() {
                    either(&mut clauses, next);
                }
                continue;
            }
            if let Some(rest) = self.operator("AND").or_else(|| self.operator("&&")) {
                self.rest = rest;
                if let Some(last) = clauses.last_mut().filter(|last| last.occur == Occur::Should) {
                    last.occur = Occur::Must;
                }
                let before = clauses.len();
                clauses.extend(self.clause());
                if let Some(added) = clauses.get_mut(before).filter(|added| added.occur == Occur::Should) {
                    added.occur = Occur::Must;
                }
                continue;
            }
            if let Some(rest) = self.operator("NOT") {
                self.rest = rest;
                clauses.extend(self.clause().map(|clause| Clause { occur: Occur::MustNot, ..clause }));
                continue;
            }
            clauses.extend(self.clause());
        }
    }

    /// The text after an operator, if it stands here as a word of its own between others.
    fn operator(&self, name: &str) -> Option<&'a str> {
        self.rest
            .strip_prefix(name)
            .filter(|rest| rest.starts_with(char::is_whitespace) && !rest.trim().is_empty())
    }

    fn clause(&mut self) -> Option<Clause> {
        self.rest = self.rest.trim_start();
        let occur = match self.rest.chars().next()? {
            '+' => Occur::Must,
            '-' | '−' if !self.question => Occur::MustNot,
            _ => Occur::Should,
        };
        if occur != Occur::Should {
            let sign = self.rest.chars().next().map_or(1, char::len_utf8);
            self.rest = &self.rest[sign..];
            if self.rest.is_empty() || self.rest.starts_with(char::is_whitespace) {
                // A sign by itself is a dash.
                return None;
            }
        }
        let field = self.field();
        let (at, what) = self.what(field)?;
        Some(Clause { occur, what, at })
    }

    /// The byte of the query at which a text that ends where `rest` ends begins.
    const fn place(&self, rest: &str) -> usize {
        self.length - rest.len()
    }

    /// A field's name and colon, if one stands here and something follows it.
    fn field(&mut self) -> Option<Field> {
        let colon = self.rest.find(|c: char| !c.is_ascii_alphabetic())?;
        let after = self.rest[colon..].strip_prefix(':')?;
        let field = Field::named(&self.rest[..colon])?;
        if after.is_empty() || after.starts_with(char::is_whitespace) {
            return None;
        }
        self.rest = after;
        Some(field)
    }

    fn what(&mut self, field: Option<Field>) -> Option<(usize, What)> {
        let at = self.place(self.rest);
        if let Some(inner) = self.rest.strip_prefix('(') {
            if self.depth < DEEPEST {
                self.depth += 1;
                self.rest = inner;
                let clauses = self.clauses();
                self.depth -= 1;
                match self.rest.strip_prefix(')') {
                    Some(rest) => self.rest = rest,
                    None => self.note("a parenthesis is not closed"),
                }
                return (!clauses.is_empty()).then_some((at, What::Group(clauses)));
            }
            self.rest = inner;
            return None;
        }
        if let Some(inner) = self.rest.strip_prefix(['"', '“', '”', '„', '«']) {
            return self.phrase(field, inner);
        }
        let end = self
            .rest
            .find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | '“' | '”'))
            .unwrap_or(self.rest.len());
        let token = &self.rest[..end];
        self.rest = &self.rest[end..];
        Self::token(field, token, at)
    }

    fn phrase(&mut self, field: Option<Field>, inner: &'a str) -> Option<(usize, What)> {
        let Some(end) = inner.find(['"', '”', '“', '»']) else {
            self.note("a quotation mark is not closed, so its words are looked for one by one");
            self.rest = inner;
            return None;
        };
        let at = self.place(inner) + end - inner[..end].trim_start().len();
        let text = inner[..end].trim();
        let close = inner[end..].chars().next().map_or(1, char::len_utf8);
        self.rest = &inner[end + close..];
        let slop = self.number_after('~').unwrap_or(0);
        match typed_words(text).as_slice() {
            [] => None,
            // What stands together in a script without spaces is a phrase by itself.
            [word] if !is_unspaced(&text[word.clone()]) => {
                let (start, word) = only_word(text);
                Some((at + start, What::Word(field, word)))
            }
            _ => Some((at, What::Phrase { field, text: text.to_owned(), slop })),
        }
    }

    /// A number right after a mark, as in `~2`.
    fn number_after(&mut self, mark: char) -> Option<u32> {
        let rest = self.rest.strip_prefix(mark)?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number = rest[..digits].parse().ok()?;
        self.rest = &rest[digits..];
        Some(number)
    }

    fn token(field: Option<Field>, token: &str, at: usize) -> Option<(usize, What)> {
        if field == Some(Field::Date) {
            let (from, to) = token.split_once("..").unwrap_or((token, token));
            return Some((at, What::Dates(from.to_owned(), to.to_owned())));
        }
        if let Some(field) =
            field.filter(|field| matches!(field, Field::Source | Field::Site | Field::Language))
        {
            return Some((at, What::Word(Some(field), token.to_owned())));
        }
        if let Some(stem) = token.strip_suffix('*')
            && is_one_spaced_word(stem)
        {
            let (start, word) = only_word(stem);
            return Some((at + start, What::Prefix(field, word)));
        }
        if let Some((word, edits)) = token.rsplit_once('~')
            && is_one_spaced_word(word)
            && matches!(edits, "" | "1" | "2")
        {
            let (start, word) = only_word(word);
            return Some((at + start, What::Fuzzy(word, if edits == "1" { 1 } else { 2 })));
        }
        match typed_words(token).as_slice() {
            [] => None,
            [_] => {
                let (start, word) = only_word(token);
                Some((at + start, What::Word(field, word)))
            }
            // "3.5-inch" and "https://x" hold several words; they are wanted together.
            words => Some((
                at,
                What::Group(
                    words
                        .iter()
                        .map(|range| Clause {
                            occur: Occur::Should,
                            at: at + range.start,
                            what: What::Word(field, token[range.clone()].to_owned()),
                        })
                        .collect(),
                ),
            )),
        }
    }

    fn note(&mut self, note: &str) {
        self.notes.push(note.to_owned());
    }
}

/// Whether a text is one word that others can begin with or be like. What a script without spaces writes is looked for
/// wherever it stands anyway.
fn is_one_spaced_word(text: &str) -> bool {
    matches!(typed_words(text).as_slice(), [word] if !is_unspaced(&text[word.clone()]))
}

/// The word of a text that holds just one, without the marks around it, and where it begins: a question mark is no part
/// of its last word.
fn only_word(text: &str) -> (usize, String) {
    typed_words(text)
        .into_iter()
        .next()
        .map_or_else(|| (0, text.to_owned()), |range| (range.start, text[range].to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> What {
        What::Word(None, text.to_owned())
    }

    fn check(text: &str, expected: &[(Occur, What)]) {
        let found: Vec<(Occur, What)> =
            parse(text).clauses.into_iter().map(|clause| (clause.occur, clause.what)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn the_language() {
        use Occur::{Must, MustNot, Should};
        let phrase = |text: &str, slop| What::Phrase { field: None, text: text.to_owned(), slop };
        check("back pain", &[(Should, word("back")), (Should, word("pain"))]);
        check(
            "what, \"pain?\" pain?",
            &[(Should, word("what")), (Should, word("pain")), (Should, word("pain"))],
        );
        check("is -run pain?", &[(Should, word("is")), (Should, word("run")), (Should, word("pain"))]);
        check("\"back pain\"~2 -run", &[(Should, phrase("back pain", 2)), (MustNot, word("run"))]);
        check("+back AND pain", &[(Must, word("back")), (Must, word("pain"))]);
        check(
            "title:back run* siatica~1",
            &[
                (Should, What::Word(Some(Field::Title), "back".to_owned())),
                (Should, What::Prefix(None, "run".to_owned())),
                (Should, What::Fuzzy("siatica".to_owned(), 1)),
            ],
        );
        check(
            "(a OR b)",
            &[(
                Should,
                What::Group(vec![
                    Clause { occur: Should, what: word("a"), at: 1 },
                    Clause { occur: Should, what: word("b"), at: 6 },
                ]),
            )],
        );
        let at = |at, what| Clause { occur: Should, what, at };
        check(
            "a OR \"b c\" OR d e",
            &[
                (Should, What::Either(vec![at(0, word("a")), at(6, phrase("b c", 0)), at(14, word("d"))])),
                (Should, word("e")),
            ],
        );
        check("a OR b OR +\"c d\"", &[(Should, word("a")), (Should, word("b")), (Must, phrase("c d", 0))]);
        check("\"c d\" OR", &[(Should, phrase("c d", 0)), (Should, word("OR"))]);
        check("date:2020..2021-06", &[(Should, What::Dates("2020".to_owned(), "2021-06".to_owned()))]);
    }

    #[test]
    fn whatever_does_not_parse_is_words() {
        use Occur::Should;
        check("\"unbalanced quote", &[(Should, word("unbalanced")), (Should, word("quote"))]);
        check(
            "a:b",
            &[(
                Should,
                What::Group(vec![
                    Clause { occur: Should, what: word("a"), at: 0 },
                    Clause { occur: Should, what: word("b"), at: 2 },
                ]),
            )],
        );
        check("\"\" () - + * ~ : 😀", &[]);
        check(") back (", &[(Should, word("back"))]);
        assert_eq!(parse("\"open").notes.len(), 1);
    }

    #[test]
    fn every_word_knows_where_it_stands() {
        let text = "„the  lower back” -(run) +title:( a \"one\" ) (Ünder, way?) a:b x* y~ source:a/b";
        let placed: Vec<(usize, String)> = parse(text)
            .placed_words()
            .into_iter()
            .map(|(range, word)| {
                assert_eq!(text[range.clone()], word);
                (range.start, word)
            })
            .collect();
        let words: Vec<&str> = placed.iter().map(|(_, word)| word.as_str()).collect();
        assert_eq!(words, ["the", "lower", "back", "a", "one", "Ünder", "way", "a", "b"]);
        assert!(placed.is_sorted());
    }
}
