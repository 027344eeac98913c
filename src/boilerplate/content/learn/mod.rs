//! Learns the content model from pages with known content.

mod align;
mod boost;
mod plain;

use std::collections::{BTreeMap, BTreeSet};

pub use boost::Settings;
pub use plain::text_of;

use super::features::{SHORT_LINE, each_word, features};
use super::lexicon::{Lexicon, NameKind, each_name};
use super::page_type::{self, PageType, PageTypes};
use super::place::sum_up;
use super::{Evidence, Features, Forest, Model, PlainModel, likelihood, revise};
use crate::boilerplate::page::Page;
use crate::document::{BlockKind, Document};
use boost::{Rows, boost};

/// What is known of a page's content.
#[derive(Debug, Clone)]
pub enum Gold {
    /// All of it.
    Text(String),
    /// Some texts that belong to it, and some that do not.
    Snippets {
        /// Texts of the content.
        with: Vec<String>,
        /// Texts of the page outside its content.
        without: Vec<String>,
    },
}

/// A page with known content.
#[derive(Debug, Clone)]
pub struct Example {
    /// The site it is of: pages of one site never stand on both sides of a validation.
    pub site: String,
    /// The page.
    pub document: Document,
    /// Its content.
    pub gold: Gold,
    /// Its type, if it is known.
    pub page_type: Option<PageType>,
}

/// A page ready to learn from.
struct Sample<'a> {
    site: &'a str,
    page: Page<'a>,
    evidence: Evidence,
    targets: Vec<Option<f32>>,
    weights: Vec<f32>,
    /// For each name, which shares of the page's content and of its other text bear it.
    names: BTreeMap<(NameKind, String), (f32, f32)>,
    /// Whether anything is to be known of its words.
    speaks: bool,
}

/// Fewest sites that a name must be seen on to say anything: a class of one site is not knowledge of the web.
const FEWEST_SITES: usize = 4;

/// Added to both sides of a name's odds, in pages: names seen on few pages say little.
const SMOOTHING: f32 = 0.5;

/// Smallest log odds of a name that is kept.
const LEAST_ODDS: f32 = 0.3;

/// Forests that the first pass is the mean of. Cross-validated F1 on the three sets is .9579, .8877 and .9434 with one, and .9551,
/// .8880 and .9426 with two, which take twice the time. These figures and those of [`settings`] are without what
/// [`super::aside`] tells.
const FIRST_MEMBERS: usize = 1;

/// Parts that the examples are split into, by site, to see what the first pass makes of pages it has not learnt from.
const PARTS: usize = 3;

/// The settings that the built-in model is learnt with. Cross-validated F1 on the three sets (news and blogs, seven types,
/// regression set) is .9630, .8870 and .9430, and was .9657, .8860 and .9431 before two rules of plain text were changed;
/// where the second pass learns only from the blocks that it will look at, it was .9636, .8842 and .9435. A single forest
/// differs by up to .008, .003 and .004 from one that has a leaf more a tree, or from one that a rule of plain text was
/// changed for, each time on other pages: nothing should be read into less. Cross-validated in ten parts instead of three, so
/// that it learns from a third more pages, it is .9623, .8867 and .9445: more pages of the same kinds would not help. What did
/// not, either (means of two forests drawn otherwise, beside .9627, .8891 and .9410): twice as many members, .9630, .8874 and
/// .9434; the likelihood of each type of page as a feature, .9646, .8870 and .9425; how many headings as high as the headline
/// stand between it and a block, .9633, .8881 and .9437.
#[must_use]
pub const fn settings() -> Settings {
    Settings {
        members: 2,
        trees: 200,
        leaves: 21,
        rate: 0.06,
        features: 0.4,
        groups: 0.7,
        ridge: 5.0,
        rows: 60,
        hessian: 0.5,
    }
}

/// Learns the model of marked-up pages, and that of plain text from the same pages without their markup. Deterministic:
/// the same examples give the same models.
#[must_use]
pub fn learn(examples: &[&Example], settings: &Settings) -> (Model, PlainModel) {
    let samples = samples(examples);
    let model = learn_from(examples, &samples, settings);
    let [first, second] = plain::learn(examples, &samples, settings);
    let plain = PlainModel { lexicon: model.lexicon.clone(), first, second };
    (model, plain)
}

fn samples<'a>(examples: &[&'a Example]) -> Vec<Sample<'a>> {
    examples.iter().filter_map(|example| Sample::new(example)).collect()
}

fn learn_from(examples: &[&Example], samples: &[Sample<'_>], settings: &Settings) -> Model {
    let first = Settings { members: FIRST_MEMBERS, ..*settings };
    let see = |page: &Page<'_>, evidence: &Evidence, lexicon: &Lexicon| features(page, evidence, lexicon);
    let [first, second] = passes(samples, samples, see, [&first, settings]);
    Model {
        lexicon: Names::of(&samples.iter().collect::<Vec<_>>()).lexicon(None),
        first,
        second,
        types: learn_types(examples, settings),
    }
}

/// What a pass sees of a page, given what is known of names.
type See = fn(&Page<'_>, &Evidence, &Lexicon) -> Features;

/// Learns two passes over some pages. What names say is learnt from `named`, pages of the same sites.
fn passes(
    samples: &[Sample<'_>],
    named: &[Sample<'_>],
    see: See,
    [first, second]: [&Settings; 2],
) -> [Forest; 2] {
    // The second pass must see the first one's likelihoods as they are on pages it was not learnt from.
    let mut held_out: Vec<Vec<f32>> = vec![Vec::new(); samples.len()];
    for held in 0..PARTS {
        let of_rest = |sample: &&Sample<'_>| part(sample.site, PARTS) != held;
        let rest: Vec<&Sample<'_>> = samples.iter().filter(of_rest).collect();
        let names = Names::of(&named.iter().filter(of_rest).collect::<Vec<_>>());
        let mut lexicons = Lexicons::new(&names);
        let forest = first_pass(&rest, &names, see, first);
        for (sample, likelihoods) in samples.iter().zip(&mut held_out).filter(|(sample, _)| !of_rest(sample))
        {
            let scores = forest.scores(&see(&sample.page, &sample.evidence, lexicons.of(sample)).all());
            *likelihoods = scores.into_iter().map(likelihood).collect();
        }
    }
    let names = Names::of(&named.iter().collect::<Vec<_>>());
    let first = first_pass(&samples.iter().collect::<Vec<_>>(), &names, see, first);
    let mut table = Table::default();
    let mut lexicons = Lexicons::new(&names);
    for (sample, likelihoods) in samples.iter().zip(&held_out) {
        let seen = see(&sample.page, &sample.evidence, lexicons.of(sample));
        table.push(sample, &revise::features(&sample.page, &seen, likelihoods, |_| true));
    }
    [first, table.boost(second)]
}

/// Learns to tell the types of pages. Pages are few, so the trees are small; on sites that they were not learnt from, 40
/// to 120 trees of 4 to 12 leaves are right equally often.
fn learn_types(examples: &[&Example], settings: &Settings) -> PageTypes {
    let mut kinds: Vec<PageType> = Vec::new();
    let mut values: Vec<f32> = Vec::new();
    for example in examples {
        if let Some(kind) = example.page_type.filter(|_| !example.document.elements.is_empty()) {
            kinds.push(kind);
            values.extend(page_type::features(&Page::new(&example.document)));
        }
    }
    if kinds.is_empty() {
        return PageTypes::default();
    }
    let settings = Settings {
        members: 1,
        trees: 60,
        leaves: 6,
        rate: 0.1,
        features: 0.5,
        rows: 6,
        hessian: 0.5,
        ..*settings
    };
    let weights = vec![1.0; kinds.len()];
    let groups: Vec<u32> = (0u32..).take(kinds.len()).collect();
    let forest = |wanted: PageType| -> Forest {
        let targets: Vec<f32> = kinds.iter().map(|kind| if *kind == wanted { 1.0 } else { 0.0 }).collect();
        let rows = Rows {
            values: &values,
            width: page_type::WIDTH,
            targets: &targets,
            weights: &weights,
            groups: &groups,
        };
        boost(&rows, &settings)
    };
    PageTypes::new(PageType::ALL.into_iter().map(forest).collect())
}

/// The part of `parts` that a site belongs to.
#[must_use]
pub fn part(site: &str, parts: usize) -> usize {
    let hash = xxhash_rust::xxh3::xxh3_64(site.as_bytes()) >> 32;
    usize::try_from(hash).unwrap_or(0) % parts.max(1)
}

fn first_pass(samples: &[&Sample<'_>], names: &Names, see: See, settings: &Settings) -> Forest {
    let mut lexicons = Lexicons::new(names);
    let mut table = Table::default();
    for sample in samples {
        table.push(sample, &see(&sample.page, &sample.evidence, lexicons.of(sample)));
    }
    table.boost(settings)
}

/// Rows of all pages.
#[derive(Default)]
struct Table {
    values: Vec<f32>,
    width: usize,
    targets: Vec<f32>,
    weights: Vec<f32>,
    groups: Vec<u32>,
    pages: u32,
}

impl Table {
    fn push(&mut self, sample: &Sample<'_>, features: &Features) {
        self.pages += 1;
        for row in 0..features.rows() {
            if let Some(target) = sample.targets[row]
                && sample.weights[row] > 0.0
            {
                self.width = features.row(row).len();
                self.values.extend_from_slice(features.row(row));
                self.targets.push(target);
                self.weights.push(sample.weights[row]);
                self.groups.push(self.pages);
            }
        }
    }

    fn boost(mut self, settings: &Settings) -> Forest {
        let total: f32 = self.weights.iter().sum();
        #[expect(clippy::cast_precision_loss, reason = "a number of rows; a weight may be rounded")]
        let mean = total / self.weights.len().max(1) as f32;
        for weight in &mut self.weights {
            *weight /= mean.max(1e-9);
        }
        boost(
            &Rows {
                values: &self.values,
                width: self.width.max(1),
                targets: &self.targets,
                weights: &self.weights,
                groups: &self.groups,
            },
            settings,
        )
    }
}

/// Words that every page's content is taken to have more than it has, so that short pages do not weigh too much.
const SPARE_WORDS: f32 = 100.0;

/// Most that one page weighs, where 1 is all words of its content: a page of ten times as much junk is not ten pages.
const HEAVIEST: f32 = 4.0;

impl<'a> Sample<'a> {
    fn new(example: &'a Example) -> Option<Self> {
        let page = Page::new(&example.document);
        let evidence = Evidence::of(&page);
        let (targets, weights) = known(&page, &example.gold)?;
        let names = names(&page, &targets);
        Some(Self { site: &example.site, page, evidence, targets, weights, names, speaks: true })
    }
}

/// For each block, what is known of it, and what it weighs.
type Known = (Vec<Option<f32>>, Vec<f32>);

/// What is known of the blocks of a page.
fn known(page: &Page<'_>, gold: &Gold) -> Option<Known> {
    match gold {
        Gold::Text(text) => targets(page, text),
        Gold::Snippets { with, without } => Some(snippets(page, with, without)),
    }
}

/// For each block, the share of its words that is content, and what that block weighs.
#[expect(clippy::cast_precision_loss, reason = "numbers of words; a share may be rounded")]
fn targets(page: &Page<'_>, gold: &str) -> Option<Known> {
    let gold: Vec<String> = align::words(gold).collect();
    let mut words = Vec::new();
    let mut ends = Vec::new();
    for line in &page.lines {
        words.extend(align::words(line.text));
        ends.push(words.len());
    }
    let found = align::aligned(&words, &gold)?;
    let content = found.iter().filter(|found| **found).count() as f32;
    let mut targets = Vec::new();
    let mut weights = Vec::new();
    let mut start = 0;
    for end in ends {
        let count = end - start;
        let hits = found[start..end].iter().filter(|found| **found).count();
        targets.push((count > 0).then(|| hits as f32 / count as f32));
        // A page without any content counts as one whose every word matters as much as content does elsewhere.
        let whole = if content > 0.0 { content + SPARE_WORDS } else { words.len() as f32 + SPARE_WORDS };
        weights.push(count as f32 / whole);
        start = end;
    }
    let total: f32 = weights.iter().sum();
    if total > HEAVIEST {
        for weight in &mut weights {
            *weight *= HEAVIEST / total;
        }
    }
    Some((targets, weights))
}

/// Targets of the blocks that hold a snippet; the others stay unknown.
#[expect(clippy::cast_precision_loss, reason = "a number of snippets")]
fn snippets(page: &Page<'_>, with: &[String], without: &[String]) -> Known {
    let fold = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let with: Vec<String> = with.iter().map(|text| fold(text)).filter(|text| !text.is_empty()).collect();
    let without: Vec<String> =
        without.iter().map(|text| fold(text)).filter(|text| !text.is_empty()).collect();
    let targets: Vec<Option<f32>> = page
        .lines
        .iter()
        .map(|line| {
            let text = fold(line.text);
            let holds = |snippets: &[String]| snippets.iter().any(|snippet| text.contains(&**snippet));
            if holds(&with) { Some(1.0) } else { holds(&without).then_some(0.0) }
        })
        .collect();
    let known = targets.iter().flatten().count().max(1) as f32;
    let weights = targets.iter().map(|target| if target.is_some() { 1.0 / known } else { 0.0 }).collect();
    (targets, weights)
}

/// For each name on a page, which shares of its content and of its other text bear it.
fn names(page: &Page<'_>, targets: &[Option<f32>]) -> BTreeMap<(NameKind, String), (f32, f32)> {
    let elements = &page.document.elements;
    let mut masses = vec![(0.0f32, 0.0f32); elements.len()];
    let mut whole = (0.0f32, 0.0f32);
    let mut own = Vec::with_capacity(page.lines.len());
    for (line, target) in page.lines.iter().zip(targets) {
        #[expect(clippy::cast_precision_loss, reason = "words of one line")]
        let words = line.words.max(1) as f32;
        let mass = target.map_or((0.0, 0.0), |target| (target * words, (1.0 - target) * words));
        own.push(mass);
        whole = (whole.0 + mass.0, whole.1 + mass.1);
        if let Some(element) = line.block.element {
            masses[element as usize].0 += mass.0;
            masses[element as usize].1 += mass.1;
        }
    }
    sum_up(elements, &mut masses, |outer, inner| *outer = (outer.0 + inner.0, outer.1 + inner.1));
    let mut names: BTreeMap<(NameKind, String), (f32, f32)> = BTreeMap::new();
    let mut add = |kind: NameKind, name: &str, mass: (f32, f32)| {
        let sum = names.entry((kind, name.to_owned())).or_default();
        sum.0 += mass.0 / whole.0.max(1.0);
        sum.1 += mass.1 / whole.1.max(1.0);
    };
    // A name counts once where an element inside another bears it too.
    let mut borne: Vec<BTreeSet<(NameKind, &str)>> = Vec::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        let mut here = element.parent.map_or_else(BTreeSet::new, |parent| borne[parent as usize].clone());
        each_name(page.document.names_of(element), |kind, name| {
            if here.insert((kind, name)) {
                add(kind, name, masses[index]);
            }
        });
        borne.push(here);
    }
    let mut heading: Vec<String> = Vec::new();
    for (line, mass) in page.lines.iter().zip(own) {
        for word in &heading {
            add(NameKind::Heading, word, mass);
        }
        let mut words = BTreeSet::new();
        each_word(line, |word| {
            words.insert(word.to_owned());
        });
        if line.words <= SHORT_LINE {
            for word in &words {
                add(NameKind::Word, word, mass);
            }
        }
        if matches!(line.block.kind, BlockKind::Heading(_)) {
            heading = words.into_iter().collect();
        }
    }
    names
}

/// Shares of content and of other text that bear a name, summed over pages, and the sites it was seen on.
#[derive(Default, Clone)]
struct Odds {
    content: f32,
    other: f32,
    sites: BTreeMap<String, (f32, f32)>,
}

/// The names of many pages.
struct Names {
    odds: BTreeMap<(NameKind, String), Odds>,
    by_site: BTreeMap<String, BTreeSet<(NameKind, String)>>,
}

impl Names {
    fn of(samples: &[&Sample<'_>]) -> Self {
        let mut names = Self { odds: BTreeMap::new(), by_site: BTreeMap::new() };
        for sample in samples {
            let of_site = names.by_site.entry(sample.site.to_owned()).or_default();
            for (name, mass) in &sample.names {
                let odds = names.odds.entry(name.clone()).or_default();
                odds.content += mass.0;
                odds.other += mass.1;
                let site = odds.sites.entry(sample.site.to_owned()).or_default();
                site.0 += mass.0;
                site.1 += mass.1;
                of_site.insert(name.clone());
            }
        }
        names.odds.retain(|_, odds| odds.sites.len() >= FEWEST_SITES);
        names
    }

    /// What a name says, leaving out a site.
    fn value(&self, name: &(NameKind, String), without: Option<&str>) -> Option<f32> {
        let odds = self.odds.get(name)?;
        let left_out = without.and_then(|site| odds.sites.get(site));
        let (content, other) = left_out.copied().unwrap_or_default();
        let sites = odds.sites.len() - usize::from(left_out.is_some());
        let value = ((odds.content - content).max(0.0) + SMOOTHING).ln()
            - ((odds.other - other).max(0.0) + SMOOTHING).ln();
        // Hundredths, as in the data file.
        let value = (value * 100.0).round() / 100.0;
        (sites >= FEWEST_SITES && value.abs() >= LEAST_ODDS).then_some(value)
    }

    fn lexicon(&self, without: Option<&str>) -> Lexicon {
        let mut lexicon = Lexicon::default();
        for name in self.odds.keys() {
            lexicon.set(name.0, &name.1, self.value(name, without));
        }
        lexicon
    }
}

/// Lexicons that leave out one site each: what a page's own site says of its names would be taken for knowledge.
struct Lexicons<'a> {
    names: &'a Names,
    whole: Lexicon,
    /// That of pages whose words say nothing.
    none: Lexicon,
    site: String,
}

impl<'a> Lexicons<'a> {
    fn new(names: &'a Names) -> Self {
        Self { names, whole: names.lexicon(None), none: Lexicon::default(), site: String::new() }
    }

    fn of(&mut self, sample: &Sample<'_>) -> &Lexicon {
        if !sample.speaks {
            return &self.none;
        }
        if self.site != sample.site {
            self.put(None);
            sample.site.clone_into(&mut self.site);
            self.put(Some(sample.site));
        }
        &self.whole
    }

    /// Sets the values of the current site's names to what they are without it, or back.
    fn put(&mut self, without: Option<&str>) {
        for name in self.names.by_site.get(&self.site).into_iter().flatten() {
            self.whole.set(name.0, &name.1, self.names.value(name, without));
        }
    }
}
