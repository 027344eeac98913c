//! Pages of plain text to learn from: web pages with known content, of which nothing but the text is left.

use super::{Example, Gold, Lexicons, Names, PARTS, Sample, Settings, Table, part, snippets, targets};
use crate::boilerplate::Page;
use crate::boilerplate::content::{Evidence, Forest, Lexicon, likelihood, plain, revise};
use crate::document::{Block, BlockKind, Document, parse};
use crate::record::Record;

/// A page of plain text with what is known of its lines.
struct Text<'a> {
    site: &'a str,
    document: Document,
    targets: Vec<Option<f32>>,
    weights: Vec<f32>,
}

/// Forests that each pass is the mean of.
const MEMBERS: usize = 1;

/// The forests of the two passes over plain text, by web pages and the samples of the same.
pub(super) fn learn(examples: &[&Example], samples: &[&Sample<'_>], settings: &Settings) -> [Forest; 2] {
    let settings = Settings { members: MEMBERS, ..*settings };
    let texts: Vec<Text<'_>> =
        examples.iter().enumerate().flat_map(|(number, example)| texts(number, example)).collect();
    let all: Vec<&Text<'_>> = texts.iter().collect();
    // As with marked-up pages, the second pass must see the first one's likelihoods as they are on pages it was not
    // learnt from.
    let mut held_out: Vec<Vec<f32>> = vec![Vec::new(); texts.len()];
    for held in 0..PARTS {
        let of_rest = |site: &str| part(site, PARTS) != held;
        let rest: Vec<&Text<'_>> = all.iter().copied().filter(|text| of_rest(text.site)).collect();
        let known: Vec<&Sample<'_>> = samples.iter().copied().filter(|sample| of_rest(sample.site)).collect();
        let names = Names::of(&known);
        let lexicon = names.lexicon(None);
        let forest = first_pass(&rest, &names, &settings);
        for (text, likelihoods) in texts.iter().zip(&mut held_out).filter(|(text, _)| !of_rest(text.site)) {
            let page = Page::new(&text.document);
            let scores = forest.scores(&features(&page, &lexicon).all());
            *likelihoods = scores.into_iter().map(likelihood).collect();
        }
    }
    let names = Names::of(samples);
    let first = first_pass(&all, &names, &settings);
    let mut lexicons = Lexicons::new(&names);
    let mut table = Table::default();
    for (text, likelihoods) in texts.iter().zip(&held_out) {
        let page = Page::new(&text.document);
        let seen = features(&page, lexicons.without(text.site));
        table.push_rows(&text.targets, &text.weights, &revise::features(&page, &seen, likelihoods));
    }
    [first, table.boost(&settings)]
}

fn first_pass(texts: &[&Text<'_>], names: &Names, settings: &Settings) -> Forest {
    let mut lexicons = Lexicons::new(names);
    let mut table = Table::default();
    for text in texts {
        let page = Page::new(&text.document);
        table.push_rows(&text.targets, &text.weights, &features(&page, lexicons.without(text.site)));
    }
    table.boost(settings)
}

fn features(page: &Page<'_>, lexicon: &Lexicon) -> crate::boilerplate::content::Features {
    plain::features(page, &Evidence::of(page).all, lexicon)
}

/// The pages of plain text that a web page makes: its text, and its content with nothing around it.
fn texts(number: usize, example: &Example) -> Vec<Text<'_>> {
    // A page that is saved as text has blank lines between its parts, or none.
    let gaps = number.is_multiple_of(2);
    let blocks = &example.document.blocks;
    let lines: Vec<&str> = blocks.iter().map(|block| example.document.slice(block.span)).collect();
    let whole = document(&lines, |at| gaps && blocks[at].gap);
    let known = {
        let page = Page::new(&whole);
        match &example.gold {
            Gold::Text(gold) => targets(&page, gold),
            Gold::Snippets { with, without } => Some(snippets(&page, with, without)),
        }
    };
    let mut texts = Vec::new();
    if let Some((mut targets, weights)) = known {
        leave_open(&mut targets, blocks);
        texts.push(Text { site: &example.site, document: whole, targets, weights });
    }
    if let Gold::Text(gold) = &example.gold {
        let lines: Vec<&str> = gold.lines().collect();
        let content = document(&lines, |_| gaps);
        let words: Vec<usize> = Page::new(&content).lines.iter().map(|line| line.words).collect();
        let all: usize = words.iter().sum();
        #[expect(clippy::cast_precision_loss, reason = "numbers of words; a share may be rounded")]
        let weights = words.iter().map(|words| *words as f32 / (all + 100) as f32).collect();
        texts.push(Text {
            site: &example.site,
            document: content,
            targets: vec![Some(1.0); words.len()],
            weights,
        });
    }
    texts
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
