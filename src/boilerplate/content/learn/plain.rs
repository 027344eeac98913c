//! Pages of plain text to learn from: web pages with known content, of which nothing but the text is left.

use std::collections::BTreeMap;

use super::{Example, Gold, Known, SPARE_WORDS, Sample, Settings, known, passes};
use crate::boilerplate::Page;
use crate::boilerplate::content::{Evidence, Forest, plain};
use crate::document::{Block, BlockKind, Document, parse};
use crate::record::Record;

/// A page of plain text that a web page makes.
struct Text<'a> {
    example: &'a Example,
    document: Document,
    /// Whether it is the content with nothing around it.
    bare: bool,
}

/// Forests that each pass is the mean of. With two, which take twice the time, log loss of the lines of 1,094 pages,
/// cross-validated over sites, is .353 instead of .359, and F1 of the three sets .876, .834 and .874 instead of .877, .834
/// and .872.
const MEMBERS: usize = 1;

/// One in so many pages is learnt from once more with nothing known of its words, as it would be in a language that few of
/// the pages are in: the scorer must not lean on words alone. Log loss of the lines of 1,094 pages whose words say nothing,
/// cross-validated over sites, goes from .422 to .383 by it, and that of the same pages in their own words from .374 to .368.
/// Of marked-up pages, where classes and tags would be unknown too, F1 of the three sets moves by .0001, -.0011 and .0057
/// with one page in three, and by -.0059, .0032 and .0028 with one in five, which is as much as it moves for no reason.
const UNKNOWN: usize = 3;

/// The forests of the two passes over plain text, by web pages and the samples of the same.
pub(super) fn learn(examples: &[&Example], named: &[Sample<'_>], settings: &Settings) -> [Forest; 2] {
    let settings = Settings { members: MEMBERS, ..*settings };
    let texts: Vec<Text<'_>> =
        examples.iter().enumerate().flat_map(|(number, example)| texts(number, example)).collect();
    let copies = texts.iter().step_by(UNKNOWN).filter_map(sample);
    let copies = copies.map(|copy| Sample { speaks: false, ..copy });
    let samples: Vec<Sample<'_>> = texts.iter().filter_map(sample).chain(copies).collect();
    let see =
        |page: &Page<'_>, evidence: &Evidence, lexicon: &_| plain::features(page, &evidence.all, lexicon);
    passes(&samples, named, see, [&settings, &settings])
}

/// The pages of plain text that a web page makes: its text, and its content with nothing around it.
fn texts(number: usize, example: &Example) -> Vec<Text<'_>> {
    let gaps = has_gaps(number);
    let mut texts = vec![Text { example, document: text_of(number, &example.document), bare: false }];
    if let Gold::Text(gold) = &example.gold {
        let lines: Vec<&str> = gold.lines().collect();
        texts.push(Text { example, document: document(&lines, |_| gaps), bare: true });
    }
    texts
}

/// A page that is saved as text has blank lines between its parts, or none.
const fn has_gaps(number: usize) -> bool {
    number.is_multiple_of(2)
}

/// The text of a web page without its markup, a block a line. Where the `number` of the page is even, there are blank lines
/// between its parts.
#[must_use]
pub fn text_of(number: usize, page: &Document) -> Document {
    let lines: Vec<&str> = page.blocks.iter().map(|block| page.slice(block.span)).collect();
    document(&lines, |at| has_gaps(number) && page.blocks[at].gap)
}

/// A page of plain text ready to learn from. Names are learnt from the web pages.
fn sample<'a>(text: &'a Text<'_>) -> Option<Sample<'a>> {
    let page = Page::new(&text.document);
    let (mut targets, weights) = if text.bare { content(&page) } else { known(&page, &text.example.gold)? };
    if !text.bare {
        leave_open(&mut targets, &text.example.document.blocks);
    }
    let evidence = Evidence::of(&page);
    Some(Sample {
        site: &text.example.site,
        page,
        evidence,
        targets,
        weights,
        names: BTreeMap::new(),
        speaks: true,
    })
}

/// What is known of a page that is all content.
#[expect(clippy::cast_precision_loss, reason = "numbers of words; a share may be rounded")]
fn content(page: &Page<'_>) -> Known {
    let all: usize = page.lines.iter().map(|line| line.words).sum();
    let whole = all as f32 + SPARE_WORDS;
    page.lines.iter().map(|line| (Some(1.0), line.words as f32 / whole)).unzip()
}

/// Leaves open what the collections do not agree on: whether headlines and captions are content. To a reader they are.
fn leave_open(targets: &mut [Option<f32>], blocks: &[Block]) {
    if targets.len() == blocks.len() {
        for (block, target) in blocks.iter().zip(targets) {
            if matches!(block.kind, BlockKind::Heading(1) | BlockKind::Caption) {
                *target = None;
            }
        }
    }
}

/// Lines of text, each on a line of its own, after a blank one where `gap` says so.
fn document(lines: &[&str], gap: impl Fn(usize) -> bool) -> Document {
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        if gap(at) {
            text.push('\n');
        }
        text.extend(line.chars().map(|c| if c == '\n' { ' ' } else { c }));
        text.push('\n');
    }
    parse(&Record::plain(&text))
}
