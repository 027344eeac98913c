//! Questions: whether a text asks one, and what would answer it.

use crate::analysis::fold;

/// Folded words with which questions begin. Some of them (`in`, `has`) begin other texts as well and are left out.
const ASKING: &[&str] = &[
    "how", "what", "whom", "whose", "was", "were", "did", "could", "why", "when", "where", "who", "which",
    "can", "should", "does", "do", "is", "are", "will",
];

/// Words after `how` that ask for a number.
const MEASURED: &[&str] = &[
    "many", "much", "few", "old", "long", "tall", "big", "large", "far", "high", "often", "fast", "deep",
    "wide", "heavy",
];

/// Nouns after `what` that ask for a number.
const COUNTED: &[&str] =
    &["percent", "percentage", "number", "size", "age", "rate", "proportion", "fraction"];

/// Nouns after `what` that ask for a time.
const DATED: &[&str] = &["year", "date", "day", "month"];

/// Telling words up to which a question asks for a fact, which one place answers. Longer ones describe a subject. Of 6 to
/// 12 words, 8 is the best on the development collections, by .001 nDCG@10 and more.
const SHORT: usize = 8;

/// Telling words of a query that only names a thing. On the development collections 2 are as good, 5 worse by .001
/// nDCG@10.
const NAME: usize = 3;

/// What a question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// How much of something.
    Number,
    /// When.
    Time,
    /// Anything else.
    Statement,
    /// What a thing is that is only named: not asked, but what a few words by themselves are likely to want.
    Definition,
}

impl Asked {
    /// Whether it is asked, and not only likely to be wanted.
    #[must_use]
    pub fn is_question(self) -> bool {
        self != Self::Definition
    }
}

/// A text that asks something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// What for.
    pub asked: Asked,
}

impl Question {
    /// The question that `text` asks, if it has a question mark at its end or begins as questions do.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let folded = fold(text);
        let words: Vec<&str> =
            crate::analysis::words(&folded).into_iter().map(|range| &folded[range]).collect();
        let marked = text.trim_end().ends_with(['?', '？', '؟']);
        let begins = words.len() > 2 && words.first().is_some_and(|word| ASKING.contains(word));
        (marked || begins).then(|| Self { asked: asked(&words) })
    }
}

/// What one place can answer of a query, of which `words` tell what it is about: a short question, or a thing by its name.
/// `None` for what takes a whole text. `question` is what the query asks, if it does.
#[must_use]
pub fn sought(question: Option<Question>, words: usize) -> Option<Asked> {
    match question {
        Some(question) => (words <= SHORT).then_some(question.asked),
        None => (words <= NAME).then_some(Asked::Definition),
    }
}

fn asked(words: &[&str]) -> Asked {
    let follows = |first: &str, second: &[&str]| {
        words.windows(2).any(|pair| pair[0] == first && second.contains(&pair[1]))
    };
    let pair = |first: &str, second: &str| follows(first, &[second]);
    // "In what year", "since when".
    if words.iter().take(2).any(|word| *word == "when") || follows("what", DATED) || follows("which", DATED) {
        return Asked::Time;
    }
    if follows("how", MEASURED)
        || follows("what", COUNTED)
        || pair("number", "of")
        || pair("percentage", "of")
    {
        return Asked::Number;
    }
    Asked::Statement
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_answers_short_questions_and_names() {
        assert_eq!(sought(Question::of("what is sciatica?"), 1), Some(Asked::Statement));
        assert_eq!(sought(Question::of("sciatica"), 1), Some(Asked::Definition));
        assert_eq!(sought(Question::of("effects of running on the spine of mice"), 4), None);
        assert_eq!(sought(Question::of("what a long question?"), 9), None);
    }

    #[test]
    fn what_a_question_asks_for() {
        let asked = |text| Question::of(text).map(|question| question.asked);
        assert_eq!(asked("how many ribs has a man"), Some(Asked::Number));
        assert_eq!(asked("What percentage of runners is hurt?"), Some(Asked::Number));
        assert_eq!(asked("When was aspirin found"), Some(Asked::Time));
        assert_eq!(asked("in what year did she run?"), Some(Asked::Time));
        assert_eq!(asked("what is sciatica"), Some(Asked::Statement));
        assert_eq!(asked("¿Qué es la ciática?"), Some(Asked::Statement));
        assert_eq!(asked("back pain after running"), None);
        assert_eq!(asked("what hurts"), None, "two words are as likely a title");
    }
}
