//! Terms as the index takes them: whoever has the text makes them, once for all fields that they go to, and writes them one
//! after another; Tantivy's threads only part them again.

use std::fmt::Write;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// What stands behind each term; no term holds a space.
const END: char = ' ';

/// What stands before a term that has its place with the one before. No word holds a control character.
pub(super) const BESIDE: char = '\u{2}';

/// What stands before the number of times that a term comes again.
const AGAIN: char = '\u{3}';

/// Terms, one after another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written(String);

impl Written {
    /// What a field of the index takes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Adds a term at the next place.
    #[inline]
    pub(super) fn push(&mut self, term: &str) {
        self.0.push_str(term);
        self.0.push(END);
    }

    /// Adds what `write` appends as a term at the next place.
    #[inline]
    pub(super) fn push_with<T>(&mut self, write: impl FnOnce(&mut String) -> T) -> T {
        let result = write(&mut self.0);
        self.0.push(END);
        result
    }

    /// Adds a term at the place of the last.
    pub(super) fn push_beside(&mut self, term: &str) {
        self.0.push(BESIDE);
        self.push(term);
    }

    /// Adds the last term so many times more, each at the next place.
    pub(super) fn repeat(&mut self, times: u32) {
        if times > 0 {
            // Writing to a string cannot fail.
            let _ = write!(self.0, "{AGAIN}{times}{END}");
        }
    }

    /// Adds other terms behind these.
    pub fn append(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }

    /// Removes all terms.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

/// Parts terms that are [`Written`], as Tantivy's tokenizers part a text.
#[derive(Debug, Clone, Default)]
pub struct Parting(Token);

impl Tokenizer for Parting {
    type TokenStream<'a> = Parted<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Parted<'a> {
        // The place before the first.
        self.0.position = usize::MAX;
        Parted { rest: text, again: 0, token: &mut self.0 }
    }
}

/// The terms of one field, one by one.
pub struct Parted<'a> {
    rest: &'a str,
    /// How many times the current term comes again.
    again: u32,
    token: &'a mut Token,
}

impl TokenStream for Parted<'_> {
    #[inline]
    fn advance(&mut self) -> bool {
        while self.again == 0 {
            if self.rest.is_empty() {
                return false;
            }
            let end = memchr::memchr(END as u8, self.rest.as_bytes());
            let (term, rest) = end.map_or((self.rest, ""), |end| (&self.rest[..end], &self.rest[end + 1..]));
            self.rest = rest;
            if let Some(times) = term.strip_prefix(AGAIN) {
                self.again = times.parse().unwrap_or(0);
                continue;
            }
            self.token.text.clear();
            if let Some(term) = term.strip_prefix(BESIDE) {
                self.token.text.push_str(term);
            } else {
                self.token.text.push_str(term);
                self.token.position = self.token.position.wrapping_add(1);
            }
            return true;
        }
        self.again -= 1;
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_come_at_their_places_as_often_as_they_were_written() {
        let mut written = Written::default();
        written.push("back");
        written.repeat(2);
        written.push("préf");
        written.push_beside("pref");
        let mut other = Written::default();
        other.push("pain");
        other.repeat(0);
        written.append(&other);
        let mut found = Vec::new();
        let mut parting = Parting::default();
        for _ in 0..2 {
            found.clear();
            let mut stream = parting.token_stream(written.as_str());
            while stream.advance() {
                found.push((stream.token().text.clone(), stream.token().position));
            }
        }
        let expected = [("back", 0), ("back", 1), ("back", 2), ("préf", 3), ("pref", 3), ("pain", 4)];
        assert_eq!(found, expected.map(|(term, at)| (term.to_owned(), at)));
    }
}
