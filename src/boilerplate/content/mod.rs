//! The main content of a marked-up page: a learnt scorer over its blocks, and the choice that it leads to.

mod aside;
mod body;
mod card;
mod features;
pub mod learn;
mod lexicon;
mod page_type;
mod place;
mod plain;
mod revise;
mod topic;
mod trees;

use std::collections::HashSet;
use std::sync::LazyLock;

use super::RULES;
use super::labels::Labels;
use super::page::Page;

pub use plain::PlainModel;
pub(super) use plain::{LIKE_FURNITURE, apply as apply_to_plain, may_have_furniture};

pub use features::{Features, Name};
pub use lexicon::{Lexicon, NameKind};
pub use page_type::{PageType, PageTypes};
pub use trees::{Forest, Tree};

/// What was learnt from pages with known content: what names say, and two forests, jusText's two passes: the first sees
/// each block in its place, the second also what the first made of the blocks around it.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// What tags, classes and words say.
    pub lexicon: Lexicon,
    /// The first pass.
    pub first: Forest,
    /// The second pass.
    pub second: Forest,
    /// What tells the type of a page.
    pub types: PageTypes,
}

/// The data of the model that backsearch is built with, as `backsearch train` writes it: what names say, the forest of
/// the first pass, that of the second, and those of the types of pages.
const DATA: [&str; 4] = [
    include_str!("names.tsv"),
    include_str!("first.trees"),
    include_str!("second.trees"),
    include_str!("types.trees"),
];

static BUILT_IN: LazyLock<Model> = LazyLock::new(|| {
    let [names, first, second, types] = DATA;
    Model {
        lexicon: Lexicon::parse(names),
        first: read_forest(first),
        second: read_forest(second),
        types: PageTypes::parse(types).unwrap_or_default(),
    }
});

/// A forest that backsearch is built with. A test proves that all of them can be read.
fn read_forest(data: &str) -> Forest {
    Forest::parse(data, usize::from(u16::MAX)).unwrap_or_default()
}

/// Version of what is made of the likelihoods of a page, and of what stands aside from its content.
const CHOICE: u64 = 1;

/// Changes with what backsearch is built with that was learnt, and with the choice that it leads to.
pub(super) fn version() -> u64 {
    let hash = |seed, data: &&str| xxhash_rust::xxh3::xxh3_64_with_seed(data.as_bytes(), seed);
    DATA.iter().chain(&plain::DATA).fold(CHOICE, hash)
}

impl Model {
    /// The model that backsearch is built with.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// For each line of a page with elements, how likely it is content, from 0 to 1. Empty for other pages.
    #[must_use]
    pub fn likelihoods(&self, page: &Page<'_>, evidence: &Evidence) -> Vec<f32> {
        self.look(page, evidence, false).1
    }

    /// What the second pass sees of each line that it looks at, or of `all`, and what the passes make of every line.
    fn look(&self, page: &Page<'_>, evidence: &Evidence, all: bool) -> (Features, Vec<f32>) {
        let features = features::features(page, evidence, &self.lexicon);
        let first: Vec<f32> = self.first.scores(&features.all()).into_iter().map(likelihood).collect();
        let revised = revise::features(page, &features, &first, |line| all || is_doubtful(first[line]));
        let doubtful: Vec<usize> = (0..first.len()).filter(|line| is_doubtful(first[*line])).collect();
        let mut likelihoods = first;
        for (line, score) in doubtful.iter().zip(self.second.scores(&revised.of_blocks(&doubtful))) {
            likelihoods[*line] = likelihood(score);
        }
        (revised, likelihoods)
    }
}

/// The likelihood, or that of the contrary, below which the first pass is sure of a block and the second does not look at it.
/// At .02, nine of 1,094 pages read otherwise for it, on sites not learnt from, and F1 differs in no set by .0001; at .05 it looks
/// at four blocks of ten, and cross-validated F1 is what [`learn::settings`] says.
const SURE: f32 = 0.05;

/// Whether the second pass looks at a block of which the first made this.
fn is_doubtful(first: f32) -> bool {
    (SURE..=1.0 - SURE).contains(&first)
}

/// Features that a reason names.
const TOLD: usize = 3;

/// Tells which features spoke most against a line, in both passes.
struct Reasons<'a> {
    passes: [&'a Forest; 2],
    seen: &'a Features,
    means: [Vec<f32>; 2],
}

impl<'a> Reasons<'a> {
    fn new(passes: [&'a Forest; 2], seen: &'a Features) -> Self {
        Self { passes, seen, means: passes.map(Forest::means) }
    }

    /// The reason why a line does not belong to the content, with the strongest features first.
    fn of(&self, line: usize, reason: &str) -> String {
        let row = self.seen.row(line);
        let mut added = vec![0.0; row.len()];
        // The second pass sees what the first sees, in the same columns, and more.
        for (pass, means) in self.passes.iter().zip(&self.means) {
            pass.attribute(row, means, &mut added);
        }
        let mut by_name: std::collections::BTreeMap<&str, f32> = std::collections::BTreeMap::new();
        for (name, added) in self.seen.names().iter().zip(added) {
            *by_name.entry(name.what).or_default() += added;
        }
        let mut told: Vec<(&str, f32)> = by_name.into_iter().filter(|(_, added)| *added < 0.0).collect();
        told.sort_by(|a, b| a.1.total_cmp(&b.1));
        let told: Vec<&str> = told.into_iter().take(TOLD).map(|(name, _)| name).collect();
        format!("{reason}; most of all: {}", told.join(", "))
    }
}

/// Log odds as a probability.
fn likelihood(log_odds: f32) -> f32 {
    1.0 / (1.0 + (-log_odds).exp())
}

pub(super) const OUTSIDE_CONTENT: (&str, &str) =
    ("outside-main-content", "its place, links and class names are those of what stands around the content");

/// What the rules of plain text make of a page, before anything is known of its main content.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// By the rules that look at one line at a time.
    pub context_free: Labels,
    /// By all of them.
    pub all: Labels,
}

impl Evidence {
    /// Applies the rules to a page.
    #[must_use]
    pub fn of(page: &Page<'_>) -> Self {
        let mut context_free = Labels::new(page.document);
        for rule in RULES.iter().filter(|rule| rule.is_context_free()) {
            rule.apply(page, &mut context_free);
        }
        let mut all = context_free.clone();
        for rule in RULES.iter().filter(|rule| !rule.is_context_free()) {
            rule.apply(page, &mut all);
        }
        Self { context_free, all }
    }
}

/// Labels a marked-up page: what its text says, by the rules of plain text, and what does not belong to the main content.
///
/// Rules that look at one line have their say. Those that tell furniture by its neighbours were made for text without
/// markup: here their findings are evidence, and only what they find inside a block that stays is dropped. On pages
/// that are lists of things, every second line looks like a menu.
/// With `reasons`, each label names the features that told most.
pub(super) fn apply(page: &Page<'_>, labels: &mut Labels, model: &Model, reasons: bool) {
    let evidence = Evidence::of(page);
    let (seen, likelihoods) = model.look(page, &evidence, reasons);
    let reasons = reasons.then(|| Reasons::new([&model.first, &model.second], &seen));
    let kind = model.types.of(page);
    let cut = Cut::of(kind).at(page, &likelihoods);
    let lines = page.lines.iter().zip(&likelihoods);
    let content: Vec<bool> = lines
        .map(|(line, likelihood)| *likelihood >= cut && !evidence.context_free.drops_all(line.span))
        .collect();
    let aside = aside::reasons(page, kind, |line| content[line]);
    let mut kept: HashSet<&str> = HashSet::new();
    for (span, verdict) in evidence.context_free.dropped() {
        labels.drop(span, verdict.rule, verdict.reason.clone());
    }
    for (at, (line, likelihood)) in page.lines.iter().zip(&likelihoods).enumerate() {
        if *likelihood < cut {
            match &reasons {
                Some(reasons) => {
                    labels.drop(line.span, OUTSIDE_CONTENT.0, reasons.of(at, OUTSIDE_CONTENT.1));
                }
                None => labels.drop(line.span, OUTSIDE_CONTENT.0, OUTSIDE_CONTENT.1),
            }
        } else if let Some(reason) = aside[at] {
            labels.drop(line.span, OUTSIDE_CONTENT.0, reason);
        } else if line.words >= COPY && !kept.insert(line.text) {
            labels.drop(
                line.span,
                OUTSIDE_CONTENT.0,
                "the page shows the same text before, and once is enough",
            );
        } else if !evidence.all.drops_all(line.span) {
            for (span, verdict) in evidence.all.dropped_in(line.span) {
                labels.drop(span, verdict.rule, verdict.reason.clone());
            }
        }
    }
}

/// Words from which a block that is told twice is a copy, made for screens of another size or for the next round of a
/// slide show. Shorter ones are repeated on purpose too, as in tables and recipes: on sites not learnt from, seven types
/// of page gain 0.0013 of F1 from 40 words on and 0.0019 from 30 on, but news and blogs lose 0.0004 and 0.0010.
const COPY: usize = 40;

/// How the likelihood is chosen from which blocks are kept.
#[derive(Debug, Clone, Copy)]
struct Cut {
    /// It never falls below this, whatever the page.
    least: f32,
    /// Nor does it rise above this.
    most: f32,
    /// How many times as much as precision recall counts (van Rijsbergen's β).
    recall: f64,
}

/// For most pages, F1 counts.
const CUT: Cut = Cut { least: 0.15, most: 0.5, recall: 1.0 };

/// An article is one text, and what is doubtful is mostly what stands around it. On sites not learnt from, this takes F1 of
/// news and blogs from .9548 to .9600, of seven types of pages from .8887 to .8884, and of the regression set from .9422 to
/// .9432; a recall of .65 takes them to .9615, .8876 and .9400. For the other types it costs .004.
const ARTICLE_CUT: Cut = Cut { least: 0.15, most: 0.65, recall: 0.75 };

impl Cut {
    fn of(kind: Option<PageType>) -> Self {
        if kind == Some(PageType::Article) { ARTICLE_CUT } else { CUT }
    }

    /// The likelihood from which blocks of a page are kept: the one that promises the best F of words for this page.
    ///
    /// If the likelihoods are right, keeping the most likely blocks down to one of them finds the sum of their likelihoods
    /// of the words that are content. On a page whose content is certain the best cut is near ½; where all is doubtful it
    /// is lower, because leaving out everything is worse than keeping half (Lewis, "Evaluating and optimizing autonomous
    /// text classification systems", SIGIR 1995).
    fn at(self, page: &Page<'_>, likelihoods: &[f32]) -> f32 {
        let mut blocks: Vec<(f32, f64)> = likelihoods
            .iter()
            .zip(&page.lines)
            .map(|(likelihood, line)| (*likelihood, words(line.words)))
            .collect();
        blocks.sort_by(|a, b| b.0.total_cmp(&a.0));
        let content: f64 = blocks.iter().map(|(likelihood, words)| f64::from(*likelihood) * words).sum();
        let missed = self.recall * self.recall * content;
        let (mut found, mut kept) = (0.0, 0.0);
        let mut best = (0.0, self.most);
        for (likelihood, words) in blocks {
            found += f64::from(likelihood) * words;
            kept += words;
            let promised = found / (kept + missed);
            if promised > best.0 {
                best = (promised, likelihood);
            }
        }
        best.1.clamp(self.least, self.most)
    }
}

#[expect(clippy::cast_precision_loss, reason = "words of one line are far below 2^52")]
fn words(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn is(value: f32, wanted: f32) -> bool {
        (value - wanted).abs() < 1e-6
    }

    /// The value of a feature of the first block that holds a text.
    pub(super) fn value(html: &str, text: &str, what: &str, at: i8) -> f32 {
        let document = parse(&Record::html(html));
        let page = Page::new(&document);
        let features = features::features(&page, &Evidence::of(&page), &Model::built_in().lexicon);
        let block = page.lines.iter().position(|line| line.text.contains(text)).expect("the text is there");
        let column = features.names().iter().position(|name| name.what == what && name.at == at);
        features.row(block)[column.expect("the feature is there")]
    }
    use crate::boilerplate::{Knowledge, label};
    use crate::document::parse;
    use crate::record::Record;

    pub(super) fn page(article: &str) -> String {
        format!(
            "<html><head><title>The lawn in May</title></head><body><nav class=menu><ul><li><a href=/>Home</a><li><a \
             href=/a>Garden</a><li><a href=/b>Tools</a><li><a href=/c>Contact</a></ul></nav><main>{article}</main><aside \
             class=sidebar><h3>Popular posts</h3><ul><li><a href=/d>Ten tools that every gardener needs</a><li><a \
             href=/e>How to keep slugs away</a></ul></aside><footer><p>© 2020 Milltown Garden Club. All rights \
             reserved.</p></footer></body></html>"
        )
    }

    fn kept(html: &str) -> String {
        let document = parse(&Record::html(html));
        let labels = label(&document, "", Knowledge::default());
        let kept = document.blocks.iter().flat_map(|block| labels.kept_in(block.span));
        kept.map(|span| document.slice(span)).collect::<Vec<_>>().join("|")
    }

    pub(super) const ARTICLE: &str = "<article class=post><h1>The lawn in May</h1><div class=entry-content><p>The lawn is mown for the \
         first time when the apple trees are in flower, and never shorter than the width of a hand, because short grass \
         dries out in the sun.</p><p>Moss tells of shade and wet feet. Rake it out, open the soil with a fork, and let sand \
         run into the holes.</p><h2>Feeding it</h2><p>Compost from last year is spread thinly after the second cut, when rain \
         is near. What lies on the blades is brushed in.</p></div></article>";

    #[test]
    fn the_built_in_model_can_be_read_and_asks_only_for_features_that_there_are() {
        let document = parse(&Record::html(&page(ARTICLE)));
        let page = Page::new(&document);
        let model = Model::built_in();
        let features = features::features(&page, &Evidence::of(&page), &model.lexicon);
        let revised = revise::features(&page, &features, &vec![0.5; features.rows()], |_| true);
        assert_eq!(Forest::parse(DATA[1], features.names().len()).as_ref(), Some(&model.first));
        assert_eq!(Forest::parse(DATA[2], revised.names().len()).as_ref(), Some(&model.second));
        assert_eq!(model.lexicon.write(), DATA[0]);
        assert_eq!(PageTypes::parse(DATA[3]).as_ref(), Some(&model.types));
        assert_eq!(model.types.of(&page), Some(PageType::Article));
    }

    #[test]
    fn the_article_stays_and_what_stands_around_it_goes() {
        let kept = kept(&page(ARTICLE));
        for part in ["The lawn is mown", "Rake it out", "Feeding it", "Compost from last year"] {
            assert!(kept.contains(part), "{part} is missing: {kept}");
        }
        for part in ["Tools", "Popular posts", "slugs", "rights"] {
            assert!(!kept.contains(part), "{part} is kept: {kept}");
        }
    }

    #[test]
    fn a_long_text_that_the_page_shows_twice_is_kept_once_and_a_short_one_twice() {
        let short = "<p>Short grass dries out in the sun.</p>";
        let twice =
            ARTICLE.replace("</div></article>", &format!("{short}{COPIED}{short}{COPIED}</div></article>"));
        let kept = kept(&page(&twice));
        assert_eq!(kept.matches("Moss and slugs").count(), 1, "{kept}");
        assert_eq!(kept.matches("Short grass").count(), 2, "{kept}");
    }

    const COPIED: &str = "<p>Moss and slugs come with the rain of autumn, and both of them go when the lawn is raked in \
         time, the soil is opened with a fork, sand runs into the holes and the sun comes back in spring, when the first of \
         the apple trees are in flower.</p>";

    #[test]
    fn a_reason_names_what_told_most_and_the_parts_add_up() {
        let document = parse(&Record::html(&page(ARTICLE)));
        let page = Page::new(&document);
        let model = Model::built_in();
        let (seen, _) = model.look(&page, &Evidence::of(&page), true);
        for row in 0..seen.rows() {
            let mut added = vec![0.0; seen.row(row).len()];
            let means = model.second.means();
            model.second.attribute(seen.row(row), &means, &mut added);
            let roots: f32 = model.second.score(seen.row(row)) - added.iter().sum::<f32>();
            // What no question is asked about is the same for every row.
            let mut none = vec![0.0; seen.row(0).len()];
            model.second.attribute(seen.row(0), &means, &mut none);
            assert!((roots - (model.second.score(seen.row(0)) - none.iter().sum::<f32>())).abs() < 1e-2);
        }
        let labels = label(&document, "", Knowledge { reasons: true, ..Knowledge::default() });
        let slugs = labels.dropped().find(|(span, _)| document.slice(*span).contains("slugs"));
        let (_, verdict) = slugs.expect("a popular post is dropped");
        assert!(verdict.reason.contains("most of all: "), "{}", verdict.reason);
    }

    #[test]
    fn the_cut_is_lower_where_all_is_doubtful() {
        let document =
            parse(&Record::html("<p>one two three four</p><p>five six seven eight</p><p>nine ten</p>"));
        let page = Page::new(&document);
        assert!((CUT.at(&page, &[0.9, 0.9, 0.1]) - CUT.most).abs() < 1e-6);
        assert!((CUT.at(&page, &[0.3, 0.28, 0.02]) - 0.28).abs() < 1e-6);
        // What is less likely than the rest is left out of an article sooner.
        assert!((CUT.at(&page, &[0.9, 0.4, 0.02]) - 0.4).abs() < 1e-6);
        assert!((ARTICLE_CUT.at(&page, &[0.9, 0.4, 0.02]) - ARTICLE_CUT.most).abs() < 1e-6);
    }

    #[test]
    fn what_the_user_keeps_stays_whatever_the_model_says() {
        let rules = crate::boilerplate::UserRules::parse("my.rules", "keep text \"How to keep slugs away\"");
        let rules = rules.expect("the rules can be read");
        let document = parse(&Record::html(&page(ARTICLE)));
        let labels = label(&document, "", Knowledge { rules: Some(&rules), ..Knowledge::default() });
        let kept = document.blocks.iter().filter(|block| !labels.drops_all(block.span));
        assert!(kept.map(|block| document.slice(block.span)).any(|text| text == "How to keep slugs away"));
    }
}
