//! Passages: where kept text is cut into pieces that can be read, ranked and cited by themselves.

mod paragraph;
mod splitter;

use self::paragraph::Paragraphs;
use self::splitter::Splitter;
use crate::analysis::Classes;
use crate::boilerplate::{Labels, Measure, Page};
use crate::document::Document;
use crate::span::{Original, Spans, Text, TextSpan};

/// Version of the cutting; part of the index fingerprint.
pub const VERSION: u32 = 1;

/// A passage.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// The text as it is read: white space folded.
    pub text: String,
    /// The bytes of the original, in order. Joined, decoded and white space folded they give `text`.
    pub spans: Spans<Original>,
    /// The same ranges in the document's text.
    pub text_spans: Spans<Text>,
    /// 1-based lines of the original, first and last.
    pub lines: (usize, usize),
    /// The heading it stands under, white space folded.
    pub heading: Option<String>,
    /// How much it reads like text, from 0 to 1.
    pub quality: f32,
}

/// The passages of a document and its title.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Passages {
    /// The document's title.
    pub title: Option<String>,
    /// The passages in the order of the document.
    pub list: Vec<Passage>,
}

/// Cuts what the labels keep into passages.
///
/// Law: every kept byte that is not white space lies in exactly one passage, or in the title, or in the heading of a
/// passage. Linear.
#[must_use]
pub fn split(document: &Document, labels: &Labels) -> Passages {
    cut(&Source { document, labels, classes: Classes::of(&document.text), lines: Vec::new() })
}

/// The same for a page whose lines have been looked at already, and which nobody needs any more.
#[must_use]
pub fn split_page(page: Page<'_>, labels: &Labels) -> Passages {
    let (document, classes, lines) = page.into_measures();
    cut(&Source { document, labels, classes, lines })
}

/// What passages are cut from.
struct Source<'a> {
    document: &'a Document,
    labels: &'a Labels,
    /// The classes of the bytes of the document's text.
    classes: Classes,
    /// The lines of a page that has been looked at; else none.
    lines: Vec<Measure>,
}

fn cut(source: &Source<'_>) -> Passages {
    let paragraphs = Paragraphs::of(source);
    let title_at = paragraphs.title();
    let title = source.document.meta.title.clone().or_else(|| title_at.map(|at| paragraphs.read(at)));
    let mut splitter = Splitter::new(source, &paragraphs);
    for index in 0..paragraphs.list.len() {
        if Some(index) == title_at {
            if source.document.meta.title.is_none() && index + 1 < paragraphs.list.len() {
                splitter.pass_over(index);
                continue;
            }
        } else if paragraphs.is_heading(index) {
            splitter.begin_section(index);
            continue;
        }
        splitter.add(index);
    }
    Passages { title, list: splitter.finish() }
}

impl<'a> Source<'a> {
    fn slice(&self, span: TextSpan) -> &'a str {
        self.document.slice(span)
    }

    /// The number of words of a span.
    fn count_words(&self, span: TextSpan) -> usize {
        self.classes.count_words(&self.document.text, &span.range())
    }

    /// The line that a span of a block is as a whole.
    fn whole_line(&self, block: usize, span: TextSpan) -> Option<&Measure> {
        self.lines.get(block).filter(|_| self.document.blocks[block].span == span)
    }

    /// The text of spans as it is read: white space folded, and a space between two of them, because what parts two
    /// spans of one paragraph read as white space.
    fn read(&self, spans: &[TextSpan]) -> String {
        let mut text = String::new();
        for span in spans {
            self.classes.push_one_spaced(&self.document.text, &span.range(), &mut text);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::splitter::MOST_WORDS;
    use super::*;
    use crate::analysis::count_words;
    use crate::boilerplate::{Knowledge, label};
    use crate::document::parse;
    use crate::record::Record;

    fn check(text: &str, expected: &[(Option<&str>, &str)]) -> Passages {
        let document = parse(&Record::plain(text));
        let passages = split(&document, &label(&document, "", Knowledge::default()));
        let found: Vec<(Option<&str>, &str)> =
            passages.list.iter().map(|passage| (passage.heading.as_deref(), passage.text.as_str())).collect();
        assert_eq!(found, expected);
        for passage in &passages.list {
            let joined: String = passage.spans.iter().map(|span| &text[span.range()]).collect();
            assert_eq!(joined.split_whitespace().collect::<Vec<_>>().join(" "), passage.text);
        }
        passages
    }

    #[test]
    fn a_question_heads_its_answer() {
        let passages = check(
            "Garden questions\n\nWhen should I mow?\n\nMow it in May and then every week.\n\nMay I water at noon?\n\nDoes hail damage lawns?\n\nIt seldom does.",
            &[
                (Some("When should I mow?"), "Mow it in May and then every week."),
                (None, "May I water at noon?"),
                (Some("Does hail damage lawns?"), "It seldom does."),
            ],
        );
        assert_eq!(passages.title.as_deref(), Some("Garden questions"));
    }

    #[test]
    fn a_sentence_broken_over_two_lines_is_joined() {
        check(
            "It leads to other kinds of pain, such as\n(leg pain, weakness). Then it stops.",
            &[(None, "It leads to other kinds of pain, such as (leg pain, weakness). Then it stops.")],
        );
    }

    #[test]
    fn a_dropped_line_parts_passages() {
        check(
            "One good sentence stands here.\nPin On Garden Tools\nAnother good sentence stands here.",
            &[(None, "One good sentence stands here."), (None, "Another good sentence stands here.")],
        );
    }

    #[test]
    fn long_paragraphs_are_cut_at_sentences() {
        let sentence = "This sentence has exactly eight words in it. ";
        let document = parse(&Record::plain(&sentence.repeat(60)));
        let passages = split(&document, &label(&document, "", Knowledge::default()));
        assert!(passages.list.len() > 3);
        for passage in &passages.list {
            assert!((40..=MOST_WORDS).contains(&count_words(&passage.text)), "{}", passage.text);
            assert!(passage.text.ends_with('.'));
        }
    }
}
