//! Text without markup: which of its lines belong to the content, by a learnt scorer.
//!
//! What pages without tags have of menus, lists of other articles and the like are runs of short lines, and sentences that
//! stand among them. Rules know them by what they say; the scorer knows them by their shape, their words, their neighbours
//! and their place on the page. It was learnt from web pages with known content, of which nothing but the text was left.

use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::features::{Features, each_word, flag, float, part};
use super::lexicon::{Lexicon, Sums};
use super::{Cut, Forest, Reasons, likelihood, read_forest, revise};
use crate::boilerplate::labels::Labels;
use crate::boilerplate::line::{breaks_off, is_content_word};
use crate::boilerplate::{Line, Page};
use crate::record::Media;
use crate::span::TextSpan;

/// What was learnt of text without markup: the two passes, as those of marked-up pages are.
#[derive(Debug, Clone, Default)]
pub struct PlainModel {
    /// What the words of short lines say.
    pub lexicon: Lexicon,
    /// The first pass.
    pub first: Forest,
    /// The second pass.
    pub second: Forest,
}

/// The forests of the two passes, as `backsearch train` writes them.
pub(super) const DATA: [&str; 2] = [include_str!("plain-first.trees"), include_str!("plain-second.trees")];

/// Read apart from the model of marked-up pages: most runs need one of them, or none.
static BUILT_IN: LazyLock<PlainModel> = LazyLock::new(|| {
    let ([first, second], [names, ..]) = (DATA.map(read_forest), super::DATA);
    PlainModel { lexicon: Lexicon::parse(names), first, second }
});

/// Lines before and after a line that are looked at one by one.
const NEAR: [i8; 8] = [-4, -3, -2, -1, 1, 2, 3, 4];

/// Words up to which a line's words are looked up in the lexicon.
const SHORT: usize = 12;

/// Marks that part the words of menus.
const SEPARATORS: [char; 12] = ['|', '»', '›', '©', '•', '·', '/', '→', '«', '┃', '｜', '>'];

/// What stands for the number of lines to something that the page does not have.
const FAR: f32 = 99.0;

/// Fewest lines in a row that are no sentences, of a page that the scorer looks at. On 65 labelled pages, all that it finds
/// is on pages with runs of seven or more.
const FEWEST: usize = 4;

/// Most lines of such a page; each takes half a kilobyte while it is looked at. Longer texts are no web pages.
const MOST: usize = 10_000;

/// The cut of a page: the likelihood below which a line that is no sentence is no content. Content counts twice as much as
/// what stands around it. Of 1,094 web pages without their markup, cross-validated over sites, F1 of the three sets was
/// .844, .809 and .848 with .15 for every page and no sentence dropped, and .871, .831 and .872 with sentences below .3
/// dropped. On 20 English pages that were labelled for this, F1 goes from .939 to .949 by both, on 20 of other
/// languages from .805 to .820, with two lines of their content less.
const CUT: Cut = Cut { least: 0.15, most: 0.4, recall: 2.0 };

/// The least and the greatest cut of sentences, which say more of what they are by themselves.
const SENTENCES: (f32, f32) = (0.2, 0.3);

/// The same of a line that stands below the beginning of the text and of whose neighbours most are furniture: a list of
/// links has the same verdict for all. F1 of the 45 labelled pages goes from .9833 to .9842 by it, that of 26 others from
/// .9528 to .9536; 22 of spam lose nothing. At .6 it is the same.
const CUT_AMONG: f32 = 0.4;

/// Lines before and after a line that are its neighbours.
const AROUND: usize = 4;

/// Neighbours that are most of them. With five, three lines of the content of the 48 other pages go.
const MOST_AROUND: usize = 6;

/// The likelihood from which the first pass is sure enough that the second does not look at a line.
const SURE: f32 = 0.6;

/// The name of what the scorer labels, and its reason.
pub(in crate::boilerplate) const LIKE_FURNITURE: (&str, &str) =
    ("like-furniture", "its shape, words, neighbours and place are those of what stands around the content");

/// Labels the lines of a page of plain text that no rule has dropped and that are like what stands around the content of
/// web pages. Pages on which no rule finds anything, and those of sentences alone, are left as they
/// are. Near linear in the page.
///
/// With `reasons`, each label names the features that told most. Without a `model`, the built-in one is asked.
pub(in crate::boilerplate) fn apply(
    page: &Page<'_>,
    labels: &mut Labels,
    model: Option<&PlainModel>,
    reasons: bool,
) {
    let PlainModel { lexicon, first, second } = model.unwrap_or_else(|| &BUILT_IN);
    let features = features(page, labels, lexicon);
    let mut likelihoods: Vec<f32> = first.scores(&features.all()).into_iter().map(likelihood).collect();
    let doubtful = page.lines.iter().filter(|line| {
        likelihoods[line.index] < SURE
            && !labels.drops_all(line.span)
            && (line.is_good() || !heads_sentence(page, labels, line))
            && !page.is_headline(line)
    });
    let doubtful: Vec<usize> = doubtful.map(|line| line.index).collect();
    if doubtful.is_empty() {
        return;
    }
    let revised = revise::features(page, &features, &likelihoods);
    let rows: Vec<&[f32]> = doubtful.iter().map(|line| revised.row(*line)).collect();
    for (line, score) in doubtful.iter().zip(second.scores(&rows)) {
        likelihoods[*line] = likelihood(score);
    }
    let dropped = unlikely(page, labels, doubtful, &likelihoods);
    if reasons {
        let reasons = Reasons::new([first, second], &revised);
        for line in dropped {
            labels.drop(page.lines[line].span, LIKE_FURNITURE.0, reasons.of(line, LIKE_FURNITURE.1));
        }
    } else {
        let spans: Vec<TextSpan> = dropped.into_iter().map(|line| page.lines[line].span).collect();
        labels.drop_all(&spans, LIKE_FURNITURE.0, LIKE_FURNITURE.1);
    }
}

/// Those of some lines that are not likely enough to be content where they stand.
fn unlikely(page: &Page<'_>, labels: &Labels, lines: Vec<usize>, likelihoods: &[f32]) -> Vec<usize> {
    let mut gone: Vec<bool> = page.lines.iter().map(|line| labels.drops_all(line.span)).collect();
    let left: Vec<f32> =
        likelihoods.iter().zip(&gone).map(|(likely, gone)| if *gone { 0.0 } else { *likely }).collect();
    let of_page = CUT.at(page, &left);
    for line in lines.iter().filter(|line| likelihoods[**line] < of_page) {
        gone[*line] = true;
    }
    // Above the text, its title stands among furniture too.
    let is_among = |line: usize| {
        let around = line.saturating_sub(AROUND)..gone.len().min(line + AROUND + 1);
        (page.first_good..page.lines.len()).contains(&line)
            && gone[around].iter().filter(|gone| **gone).count() >= MOST_AROUND
    };
    let cut = |line: usize| {
        if page.lines[line].is_good() {
            of_page.clamp(SENTENCES.0, SENTENCES.1)
        } else if is_among(line) {
            CUT_AMONG
        } else {
            of_page
        }
    };
    lines.into_iter().filter(|line| likelihoods[*line] < cut(*line)).collect()
}

/// Whether a sentence is the next thing that stands below a line, but for what rules have dropped: a byline, a row of
/// share buttons. Titles and headings look like words of menus, and are told from them by what they head.
fn heads_sentence(page: &Page<'_>, labels: &Labels, line: &Line<'_>) -> bool {
    let mut below = page.lines[line.index + 1..].iter().filter(|below| !labels.drops_all(below.span));
    below.next().is_some_and(Line::is_good)
}

/// Whether a page of plain text may have something around its content: a rule found some of it, and there are lines
/// enough in a row that are no sentences. Most pages of prose are told so before anything is read or counted.
pub(in crate::boilerplate) fn may_have_furniture(page: &Page<'_>, labels: &Labels) -> bool {
    page.document.media == Media::Plain
        && page.lines.len() <= MOST
        && labels.dropped().next().is_some()
        && page.runs(|line| !line.is_good()).iter().any(|run| run.len() >= FEWEST)
}

/// What is said of a line without its context.
struct Own {
    words: f32,
    good: bool,
    terminal: f32,
    capitals: f32,
    dropped: f32,
    digits: f32,
    marks: f32,
    item: f32,
    gap: bool,
    lexicon: Sums,
}

impl Own {
    fn of(line: &Line<'_>, labels: &Labels, lexicon: &Lexicon) -> Self {
        // What a sentence is made of tells nothing of the lines around it, and to look takes as long as all else.
        let short = if line.is_good() { "" } else { line.text };
        let count = |is: fn(&u8) -> bool| float(short.bytes().filter(is).count());
        let mut words = Sums::default();
        if line.words <= SHORT {
            each_word(line, |word| words.see(lexicon.word(word)));
        }
        Self {
            words: float(line.words),
            good: line.is_good(),
            terminal: flag(line.terminal),
            capitals: part(float(line.capitals), float(line.words)),
            dropped: part(float(labels.dropped_bytes(line.span)), float(line.text.len())),
            digits: part(count(u8::is_ascii_digit), float(line.text.len())),
            marks: part(count(u8::is_ascii_punctuation), float(line.text.len())),
            item: flag(line.is_item()),
            gap: line.block.gap,
            lexicon: words,
        }
    }
}

/// Features of all lines of a page, of which `labels` are what the rules found. Linear in the page.
#[must_use]
pub(super) fn features(page: &Page<'_>, labels: &Labels, lexicon: &Lexicon) -> Features {
    let lines = &page.lines;
    let own: Vec<Own> = lines.iter().map(|line| Own::of(line, labels, lexicon)).collect();
    let count = lines.len();
    let whole = Whole::of(page, &own);
    let runs = runs(page);
    let topic = Topic::of(page);
    let titles = page.titles();
    let mut f = Features::of(count);
    for (index, line) in lines.iter().enumerate() {
        let me = &own[index];
        let end = line.text.trim_end();
        let short = if me.good { "" } else { end };
        f.put("words", 0, me.words);
        f.put("length", 0, float(line.text.len()));
        f.put("bytes a word", 0, part(float(line.text.len()), me.words));
        f.put("full sentence", 0, flag(me.good));
        f.put("capitalised words", 0, me.capitals);
        f.put("begins in a small letter", 0, flag(line.starts_lower()));
        f.put("ends a sentence", 0, me.terminal);
        f.put("ends with ?", 0, flag(line.is_question()));
        f.put("ends with :", 0, flag(end.ends_with([':', '：'])));
        f.put("ends with ,", 0, flag(end.ends_with([',', ';', '-', '–'])));
        f.put("ends with …", 0, flag(breaks_off(end)));
        f.put("digits", 0, me.digits);
        f.put("marks", 0, me.marks);
        f.put("separators", 0, float(short.matches(SEPARATORS).count()));
        let beyond_ascii = short.bytes().filter(|byte| !byte.is_ascii()).count();
        f.put("beyond ASCII", 0, part(float(beyond_ascii), float(short.len())));
        f.put("commas", 0, part(float(short.matches(',').count()), me.words));
        f.put("item of a list", 0, me.item);
        f.put(
            "small words",
            0,
            part(float(short.split(' ').filter(|word| word.len() <= 3).count()), me.words),
        );
        f.put("text rules", 0, me.dropped);
        f.put("furniture phrase", 0, flag(!line.whole_prompts.is_empty()));
        f.put("furniture phrase inside", 0, flag(line.holds_phrase));
        f.put("its words, worst", 0, me.lexicon.worst);
        f.put("its words, best", 0, me.lexicon.best);
        f.put("its words", 0, me.lexicon.sum);
        f.put("may be the title", 0, flag(titles.contains(&index)));
        topic.put(&mut f, page, line);

        for at in NEAR {
            let other = index.checked_add_signed(isize::from(at)).and_then(|other| own.get(other));
            f.put("words of neighbour", at, other.map_or(-1.0, |other| other.words));
            f.put("neighbour is a sentence", at, other.map_or(-1.0, |other| flag(other.good)));
            f.put("neighbour ends a sentence", at, other.map_or(-1.0, |other| other.terminal));
            f.put("capitalised words of neighbour", at, other.map_or(-1.0, |other| other.capitals));
            f.put("text rules on neighbour", at, other.map_or(-1.0, |other| other.dropped));
            if at.abs() <= 2 {
                f.put("words of neighbour say", at, other.map_or(0.0, |other| other.lexicon.sum));
                f.put("neighbour is an item", at, other.map_or(-1.0, |other| other.item));
                f.put("digits of neighbour", at, other.map_or(-1.0, |other| other.digits));
            }
        }
        f.put("blank line before", 0, flag(me.gap));
        f.put("blank line after", 0, flag(own.get(index + 1).is_none_or(|next| next.gap)));
        f.put("blank lines of the page", 0, whole.gaps);

        for (at, from, to) in [
            (-5i8, index.saturating_sub(5), index),
            (5, index + 1, index + 6),
            (-15, index.saturating_sub(15), index),
            (15, index + 1, index + 16),
            (-50, index.saturating_sub(50), index),
            (50, index + 1, index + 51),
        ] {
            let (from, to) = (from.min(count), to.min(count));
            let lines = float(to - from);
            let sum = |of: &[f32]| of[to] - of[from];
            f.put("words a line near", at, part(sum(&whole.words), lines));
            f.put("text in sentences near", at, part(sum(&whole.good), sum(&whole.bytes)));
            f.put("text rules near", at, part(sum(&whole.dropped), lines));
            f.put("words near say", at, part(sum(&whole.says), lines));
        }

        let run = &runs[index];
        let run_lines = float(run.end - run.start);
        let sum = |of: &[f32]| of[run.end] - of[run.start];
        f.put("lines of its run", 0, run_lines);
        f.put("place in its run", 0, float(index - run.start));
        f.put("place from the end of its run", 0, float(run.end - index));
        f.put("words a line of its run", 0, part(sum(&whole.words), run_lines));
        f.put("capitalised words in its run", 0, part(sum(&whole.capitals), run_lines));
        f.put("text rules on its run", 0, part(sum(&whole.dropped), run_lines));
        f.put("words of its run say", 0, part(sum(&whole.says), run_lines));
        f.put("sentences in its run", 0, part(sum(&whole.terminal), run_lines));
        f.put("run begins the page", 0, flag(run.start == 0));
        f.put("run ends the page", 0, flag(run.end == count));
        let before = run.start.checked_sub(1).map_or(-1.0, |before| own[before].words);
        f.put("words before its run", 0, before);
        f.put("words after its run", 0, own.get(run.end).map_or(-1.0, |after| after.words));

        f.put("lines since the rules dropped one", 0, whole.since_dropped[index]);
        f.put("lines until the rules drop one", 0, whole.until_dropped[index]);
        f.put("place on the page", 0, part(float(index), float(count)));
        f.put("lines before", 0, float(index));
        f.put("lines after", 0, float(count - index));
        f.put("text before", 0, part(whole.bytes[index], whole.bytes[count]));
        f.put("text in sentences before", 0, part(whole.good[index], whole.good[count]));
        f.put("lines before the first sentence", 0, float(page.first_good) - float(index));
        f.put("lines after the last sentence", 0, float(index) - float(page.end_good));
        f.put("lines after the longest", 0, float(index) - float(whole.longest));
        let same = if me.good { None } else { whole.same.get(&hash(line.folded())) };
        f.put("same text on the page", 0, float(same.map_or(1, |same| *same as usize)));
        f.put("text in sentences of the page", 0, whole.good[count]);
        f.put("share in sentences of the page", 0, part(whole.good[count], whole.bytes[count]));
        f.put("lines of the page", 0, float(count));
        f.put("words a line of the page", 0, part(whole.words[count], float(count)));
        f.put("text rules on the page", 0, part(whole.dropped[count], float(count)));
        f.put("words of the page say", 0, part(whole.says[count], float(count)));
        f.end_row();
    }
    f
}

/// The run of lines that are no sentences around each line; a sentence is a run of its own.
fn runs(page: &Page<'_>) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = (0..page.lines.len()).map(|line| line..line + 1).collect();
    for run in page.runs(|line| !line.is_good()) {
        runs[run.clone()].fill(run);
    }
    runs
}

/// The page as a whole: sums over the lines before each line, and over all of them.
struct Whole {
    words: Vec<f32>,
    bytes: Vec<f32>,
    good: Vec<f32>,
    dropped: Vec<f32>,
    capitals: Vec<f32>,
    terminal: Vec<f32>,
    says: Vec<f32>,
    gaps: f32,
    longest: usize,
    since_dropped: Vec<f32>,
    until_dropped: Vec<f32>,
    /// How often each text of a short line stands on the page.
    same: FxHashMap<u64, u32>,
}

impl Whole {
    fn of(page: &Page<'_>, own: &[Own]) -> Self {
        let sums = |of: &dyn Fn(usize) -> f32| {
            let mut sum = 0.0;
            let mut sums = vec![0.0];
            sums.extend((0..own.len()).map(|at| {
                sum += of(at);
                sum
            }));
            sums
        };
        let bytes = |at: usize| float(page.lines[at].text.len());
        let distances = |order: &mut dyn Iterator<Item = usize>| {
            let (mut distances, mut last) = (vec![FAR; own.len()], FAR);
            for at in order {
                distances[at] = last;
                last = if own[at].dropped > 0.5 { 1.0 } else { (last + 1.0).min(FAR) };
            }
            distances
        };
        let mut same = FxHashMap::default();
        for line in page.lines.iter().filter(|line| !line.is_good()) {
            *same.entry(hash(line.folded())).or_default() += 1;
        }
        let longest = page.lines.iter().max_by_key(|line| (line.text.len(), std::cmp::Reverse(line.index)));
        Self {
            words: sums(&|at| own[at].words),
            bytes: sums(&bytes),
            good: sums(&|at| if own[at].good { bytes(at) } else { 0.0 }),
            dropped: sums(&|at| own[at].dropped),
            capitals: sums(&|at| own[at].capitals),
            terminal: sums(&|at| own[at].terminal),
            says: sums(&|at| own[at].lexicon.sum.clamp(-3.0, 3.0)),
            gaps: part(float(own.iter().filter(|own| own.gap).count()), float(own.len())),
            longest: longest.map_or(0, |line| line.index),
            since_dropped: distances(&mut (0..own.len())),
            until_dropped: distances(&mut (0..own.len()).rev()),
            same,
        }
    }
}

/// How many of the sentences of a page have each of its words.
struct Topic(FxHashMap<u64, u32>);

impl Topic {
    fn of(page: &Page<'_>) -> Self {
        let mut words: FxHashMap<u64, (u32, u32)> = FxHashMap::default();
        for line in &page.lines {
            let own = u32::try_from(line.index + 1).unwrap_or(0);
            each_long_word(line, |word| {
                let (times, last) = words.entry(hash(word)).or_default();
                if line.is_good() && *last != own {
                    *times += 1;
                    *last = own;
                }
            });
        }
        Self(words.into_iter().map(|(word, (times, _))| (word, times)).collect())
    }

    /// Puts which part of the words of a line the other sentences of the page have, and its title.
    fn put(&self, features: &mut Features, page: &Page<'_>, line: &Line<'_>) {
        let (mut all, mut met, mut often, mut titled) = (0, 0, 0, 0);
        let own = u32::from(line.is_good());
        each_long_word(line, |word| {
            let times = self.0.get(&hash(word)).copied().unwrap_or(0) - own;
            all += 1;
            met += usize::from(times > 0);
            often += usize::from(times > 2);
            titled += usize::from(page.title_words().contains(word));
        });
        features.put("long words", 0, float(all));
        features.put("words met in sentences", 0, part(float(met), float(all)));
        features.put("words met often in sentences", 0, part(float(often), float(all)));
        features.put("words of the title", 0, part(float(titled), float(all)));
    }
}

/// Calls `see` with each folded word of a line that carries meaning.
fn each_long_word(line: &Line<'_>, mut see: impl FnMut(&str)) {
    each_word(line, |word| {
        if is_content_word(word) {
            see(word);
        }
    });
}

fn hash(text: &str) -> u64 {
    xxh3_64(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boilerplate::{Knowledge, UserRules, label};
    use crate::document::parse;
    use crate::record::Record;

    const PAGE: &str = "The lawn in May | Milltown Courier\nRegister\nLog in\nCourier home\nE-edition\n\
        Front page | Local | Sport | Opinion | Obituaries\nRegional\nCulture\nWeather\nVacancies\nMotoring\n\
        Property\nPlanning notices\nThe lawn in May\nBy Mary Jones\nPublished: 5 May 2011\n\
        The lawn is mown for the first time when the apple trees are in flower, and never shorter than a hand.\n\
        Moss tells of shade and wet feet, and whoever wants to be rid of it opens the soil with a fork.\n\
        Compost from last year is spread thinly after the second cut, when rain is near and the wind is low.\n\
        Share\nTweet\nLeave a Reply\nYour name\nYour email\nMost read\n\
        Plant fair draws many visitors to Milltown\nTen tools that every gardener needs\n\
        Council votes on new benches\nTraffic checks over holiday\nEditor's picks\nGalleries\nPuzzles\nDating\n\
        Announcements\nFamily notices\nOrder a subscription\nFind a business\nJobs\nAbout the Courier\n\
        Sister titles\nHillbury Echo\nRiverside Post\n";

    const GERMAN: &str = "Der Rasen im Mai - Mühlstädter Bote\nAnmelden\nAbo\nE-Paper\n\
        Startseite | Lokales | Sport | Meinung | Traueranzeigen\nRegionales\nKultur\nWetter\nStellenmarkt\nAuto\n\
        Immobilien\nDer Rasen im Mai\nVon Maria Schmidt\nVeröffentlicht am 5. Mai 2011\n\
        Der Rasen wird zum ersten Mal gemäht, wenn die Apfelbäume blühen, und niemals kürzer als eine Hand breit ist.\n\
        Moos erzählt von Schatten und nassen Füßen, und wer es los sein will, öffnet den Boden mit einer Gabel.\n\
        Kompost vom letzten Jahr wird nach dem zweiten Schnitt dünn verteilt, wenn Regen kommt und der Wind schweigt.\n\
        Teilen\nSchreibe einen Kommentar\nName\nE-Mail\nMeistgelesen\n\
        Pflanzenmarkt lockt viele Besucher nach Mühlstadt\nZehn Geräte, die jeder Gärtner braucht\n\
        Rat stimmt über Bänke ab\nBildergalerien\nRätsel\nPartnersuche\nFamilienanzeigen\nAbo bestellen\n\
        Branchenbuch\nJobs\nÜber den Boten\nHügelburger Echo\nUferpost\n";

    /// A word of the menu of the page.
    const MENU: &str = "Motoring";

    fn labelled(text: &str, knowledge: Knowledge<'_>) -> Vec<(String, Option<String>)> {
        let document = parse(&Record::plain(text));
        let labels = label(&document, "", knowledge);
        let verdict = |span| {
            let mut dropped = labels.dropped_in(span).filter(|(part, _)| part.len() == span.len());
            dropped.next().map(|(_, verdict)| format!("{}: {}", verdict.rule, verdict.reason))
        };
        document
            .blocks
            .iter()
            .map(|block| (document.slice(block.span).to_owned(), verdict(block.span)))
            .collect()
    }

    fn like_furniture(text: &str) -> Vec<String> {
        let lines = labelled(text, Knowledge::default()).into_iter();
        let found = lines
            .filter(|(_, verdict)| verdict.as_ref().is_some_and(|why| why.starts_with(LIKE_FURNITURE.0)));
        found.map(|(line, _)| line).collect()
    }

    #[test]
    fn the_built_in_forests_can_be_read_and_ask_only_for_features_that_there_are() {
        let document = parse(&Record::plain(PAGE));
        let page = Page::new(&document);
        let seen = features(&page, &Labels::new(&document), &BUILT_IN.lexicon);
        let revised = revise::features(&page, &seen, &vec![0.5; seen.rows()]);
        assert_eq!(Forest::parse(DATA[0], seen.names().len()).as_ref(), Some(&BUILT_IN.first));
        assert_eq!(Forest::parse(DATA[1], revised.names().len()).as_ref(), Some(&BUILT_IN.second));
    }

    #[test]
    fn what_stands_around_an_article_goes_though_no_rule_knows_it() {
        for (page, line, content) in
            [(PAGE, MENU, ["lawn", "Moss"]), (GERMAN, "Regionales", ["Rasen", "Moos"])]
        {
            let found = like_furniture(page);
            assert!(found.iter().any(|found| found == line), "{found:?}");
            assert!(!found.iter().any(|line| content.iter().any(|word| line.contains(word))), "{found:?}");
        }
    }

    #[test]
    fn lists_and_verse_stay_where_no_rule_finds_anything() {
        let recipe = "Bread\nFlour\nWater\nSalt\nYeast\nHoney\nMix all of it and let it rest for a night before it is baked.\n";
        assert_eq!(like_furniture(recipe), Vec::<String>::new());
        assert_eq!(like_furniture(&"Moss and slugs\nRain and rain\nGrass\n".repeat(9)), Vec::<String>::new());
    }

    #[test]
    fn what_heads_a_sentence_stays() {
        let text = "It was founded in the year of the great rain, and nobody knows who put the first spade into the earth.";
        let headed = PAGE.replace(MENU, &format!("{MENU}\n{text}"));
        assert!(like_furniture(PAGE).contains(&MENU.to_owned()));
        assert!(!like_furniture(&headed).contains(&MENU.to_owned()));
    }

    #[test]
    fn reasons_are_given_where_they_are_asked_for_and_the_user_is_obeyed() {
        let verdict = |knowledge: Knowledge<'_>| {
            labelled(PAGE, knowledge)
                .into_iter()
                .find(|(line, _)| line == MENU)
                .and_then(|(_, verdict)| verdict)
        };
        let why = verdict(Knowledge { reasons: true, ..Knowledge::default() });
        assert!(why.is_some_and(|why| why.starts_with(LIKE_FURNITURE.0) && why.contains("; most of all: ")));
        let rules =
            UserRules::parse("my.rules", &format!("keep text \"{MENU}\"")).expect("the rules can be read");
        assert_eq!(verdict(Knowledge { rules: Some(&rules), ..Knowledge::default() }), None);
    }
}
