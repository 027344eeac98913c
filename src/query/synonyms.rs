//! Synonyms: a file in Solr's format, and what it makes of a query.
//!
//! ```text
//! # words that mean the same
//! heart attack, myocardial infarction
//! # what stands on the left is looked for as what stands on the right
//! tv => television, television set
//! ```
//!
//! A backslash takes the meaning from a comma, an arrow or another backslash. Words are compared folded, as they were
//! typed and not by their stems, so that a line says no more than it says.

use std::collections::HashMap;

use super::{Clause, Occur, Query, What};
use crate::analysis::{fold, typed_words};

/// The synonyms of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Synonyms {
    /// By folded words with single spaces between them.
    entries: HashMap<String, Entry>,
    /// Most words of an entry.
    longest: usize,
}

/// What stands for some words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Entry {
    others: Vec<String>,
    /// Whether the words themselves are looked for as well.
    kept: bool,
}

/// What is wrong with a line of a file of synonyms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: &'static str,
}

impl Synonyms {
    /// Reads a file of synonyms. Total: what is wrong with it is returned, line by line. Linear, but for lines of many
    /// equivalents, each of which stands for all others.
    ///
    /// # Errors
    ///
    /// The problems of all lines that cannot be read, if there are any.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let mut synonyms = Self::default();
        let mut problems = Vec::new();
        for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            if let Err(what) = synonyms.add(line.trim()) {
                problems.push(Problem { line: number, what });
            }
        }
        if problems.is_empty() { Ok(synonyms) } else { Err(problems) }
    }

    /// Adds what a line says.
    fn add(&mut self, line: &str) -> Result<(), &'static str> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let mut sides = split(line)?.into_iter();
        let (Some(left), right, None) = (sides.next(), sides.next(), sides.next()) else {
            return Err("there is more than one arrow");
        };
        let (left, right) = (phrases(&left)?, right.map(|right| phrases(&right)).transpose()?);
        for phrase in &left {
            let key = key(phrase);
            self.longest = self.longest.max(key.split(' ').count());
            let entry = self.entries.entry(key.clone()).or_default();
            // What stands for itself on the right of an arrow is kept, as Solr has it.
            for other in right.as_ref().unwrap_or(&left) {
                if self::key(other) == key {
                    entry.kept = true;
                } else if !entry.others.contains(other) {
                    entry.others.push(other.clone());
                }
            }
        }
        Ok(())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Puts synonyms beside the words of a query that have any, and in place of those that a line replaces; the longest
    /// line that fits goes first. What is excluded, bound to a field or in quotation marks stays as it was typed, and a
    /// required word stands for itself alone in lines of several words.
    pub fn apply(&self, query: &mut Query) {
        if !self.is_empty() {
            self.apply_to(&mut query.clauses);
        }
    }

    fn apply_to(&self, clauses: &mut Vec<Clause>) {
        let mut rest = std::mem::take(clauses).into_iter().peekable();
        let mut pending: Vec<Pending> = Vec::new();
        while let Some(clause) = rest.next() {
            match clause.what {
                What::Word(None, word) if clause.occur != Occur::MustNot => {
                    pending.push(Pending { occur: clause.occur, word, at: clause.at });
                }
                What::Group(mut inner) => {
                    self.replace(&mut pending, clauses);
                    if clause.occur != Occur::MustNot {
                        self.apply_to(&mut inner);
                    }
                    clauses.push(Clause { occur: clause.occur, what: What::Group(inner), at: clause.at });
                }
                What::Either(inner) if clause.occur != Occur::MustNot => {
                    self.replace(&mut pending, clauses);
                    let with_synonyms = |clause: Clause| {
                        let at = clause.at;
                        let mut own = vec![clause];
                        self.apply_to(&mut own);
                        Clause::of(own, at)
                    };
                    let inner = inner.into_iter().map(with_synonyms).collect();
                    clauses.push(Clause { occur: clause.occur, what: What::Either(inner), at: clause.at });
                }
                what => {
                    self.replace(&mut pending, clauses);
                    clauses.push(Clause { occur: clause.occur, what, at: clause.at });
                }
            }
            if rest.peek().is_none() {
                self.replace(&mut pending, clauses);
            }
        }
    }

    /// Moves words that follow one another to the clauses, with their synonyms.
    fn replace(&self, words: &mut Vec<Pending>, clauses: &mut Vec<Clause>) {
        let mut rest = words.as_slice();
        while let [first, others @ ..] = rest {
            let required = others.iter().position(|other| other.occur == Occur::Must).unwrap_or(others.len());
            let most = if first.occur == Occur::Must { 1 } else { 1 + required };
            let found = (1..=most.min(self.longest)).rev().find_map(|count| {
                let typed: Vec<&str> = rest[..count].iter().map(|pending| pending.word.as_str()).collect();
                let typed = typed.join(" ");
                self.entries.get(&key(&typed)).map(|entry| (count, typed, entry))
            });
            let Some((count, typed, entry)) = found else {
                clauses.push(first.clause());
                rest = others;
                continue;
            };
            if entry.kept && count > 1 {
                clauses.extend(rest[..count].iter().map(Pending::clause));
            }
            let what = What::Synonyms { typed, kept: entry.kept, others: entry.others.clone() };
            clauses.push(Clause { occur: first.occur, what, at: first.at });
            rest = &rest[count..];
        }
        words.clear();
    }
}

/// A word that may be one of several that stand in the file.
struct Pending {
    occur: Occur,
    word: String,
    at: usize,
}

impl Pending {
    fn clause(&self) -> Clause {
        Clause { occur: self.occur, what: What::Word(None, self.word.clone()), at: self.at }
    }
}

/// Folded words with single spaces between them.
fn key(phrase: &str) -> String {
    let words: Vec<String> = typed_words(phrase).into_iter().map(|range| fold(&phrase[range])).collect();
    words.join(" ")
}

/// The sides of a line, each as its entries with the backslashes taken out.
fn split(line: &str) -> Result<Vec<Vec<String>>, &'static str> {
    let mut sides = vec![vec![String::new()]];
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let Some(side) = sides.last_mut() else { break };
        match c {
            '\\' => match (rest.next(), side.last_mut()) {
                (Some(literal), Some(entry)) => entry.push(literal),
                _ => return Err("it ends with a backslash"),
            },
            ',' => side.push(String::new()),
            '=' if rest.peek() == Some(&'>') => {
                rest.next();
                sides.push(vec![String::new()]);
            }
            _ => side.last_mut().into_iter().for_each(|entry| entry.push(c)),
        }
    }
    Ok(sides)
}

/// The entries of one side, each of which must have a word.
fn phrases(entries: &[String]) -> Result<Vec<String>, &'static str> {
    let phrases: Vec<String> = entries.iter().map(|entry| entry.trim().to_owned()).collect();
    if phrases.iter().any(String::is_empty) {
        return Err("there is nothing before or after a comma or an arrow");
    }
    if phrases.iter().any(|phrase| typed_words(phrase).is_empty()) {
        return Err("one of its entries has no letter or digit");
    }
    Ok(phrases)
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn applied(synonyms: &str, query: &str) -> Vec<String> {
        let mut query = parse(query);
        Synonyms::parse(synonyms).expect("the lines can be read").apply(&mut query);
        show(&query.clauses)
    }

    fn show(clauses: &[Clause]) -> Vec<String> {
        clauses
            .iter()
            .map(|clause| match &clause.what {
                What::Word(_, word) => word.clone(),
                What::Synonyms { typed, kept, others } => {
                    format!("{typed}{}{}", if *kept { " = " } else { " > " }, others.join(" | "))
                }
                What::Group(inner) => format!("({})", show(inner).join(" ")),
                other => format!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn equivalents_stand_beside_and_arrows_replace() {
        let synonyms = "# a comment\nSciatica, ischialgia\n\ntv => television, TV set\ncar => car, auto\n";
        assert_eq!(applied(synonyms, "sciatica pain"), ["sciatica = ischialgia", "pain"]);
        assert_eq!(applied(synonyms, "Ischialgía"), ["Ischialgía = Sciatica"]);
        assert_eq!(applied(synonyms, "tv"), ["tv > television | TV set"]);
        assert_eq!(applied(synonyms, "television"), ["television"]);
        assert_eq!(applied(synonyms, "(car)"), ["(car = auto)"]);
    }

    #[test]
    fn entries_of_several_words() {
        let synonyms = "heart attack, myocardial infarction\nheart, cardiac\nnew york city => nyc";
        assert_eq!(
            applied(synonyms, "a heart attack"),
            ["a", "heart", "attack", "heart attack = myocardial infarction"]
        );
        assert_eq!(applied(synonyms, "heart rate"), ["heart = cardiac", "rate"]);
        assert_eq!(applied(synonyms, "in new york city"), ["in", "new york city > nyc"]);
        assert_eq!(applied(synonyms, "+heart attack"), ["heart = cardiac", "attack"]);
        assert_eq!(applied(synonyms, "new york"), ["new", "york"]);
    }

    #[test]
    fn what_is_meant_literally_stays() {
        let synonyms = "heart, cardiac";
        assert_eq!(applied(synonyms, "-heart title:heart"), ["heart", "heart"]);
        assert!(applied(synonyms, "\"heart rate\"")[0].starts_with("Phrase"));
    }

    #[test]
    fn a_backslash_takes_the_meaning_away() {
        assert_eq!(applied("a\\,b, x", "x"), ["x = a,b"]);
        assert_eq!(applied("a\\=>b, x", "x"), ["x = a=>b"]);
        assert_eq!(applied("back\\\\slash, x", "x"), ["x = back\\slash"]);
    }

    #[test]
    fn lines_that_cannot_be_read_are_named() {
        let problems =
            Synonyms::parse("a, b\n\na => b => c\na,,b\n=> x\na, -\nend\\").expect_err("five are wrong");
        let lines: Vec<usize> = problems.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [3, 4, 5, 6, 7]);
    }
}
