//! Text without markup: which of its lines belong to the content, by a learnt scorer.
//!
//! What pages without tags have of menus, lists of other articles and the like are runs of short lines, and sentences that
//! stand among them. Rules know them by what they say; the scorer knows them by their shape, their words, their neighbours
//! and their place on the page. It was learnt from web pages with known content, of which nothing but the text was left.

mod facts;
mod features;
mod surroundings;
mod words;

use std::sync::LazyLock;

pub(super) use features::features;

use super::lexicon::Lexicon;
use super::{Cut, Forest, Reasons, likelihood, read_forest, revise};
use crate::boilerplate::labels::Labels;
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
pub(super) const DATA: [&str; 2] =
    [include_str!("../plain-first.trees"), include_str!("../plain-second.trees")];

/// Read apart from the model of marked-up pages: most runs need one of them, or none.
static BUILT_IN: LazyLock<PlainModel> = LazyLock::new(|| {
    let ([first, second], [names, ..]) = (DATA.map(read_forest), super::DATA);
    PlainModel { lexicon: Lexicon::parse(names), first, second }
});

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
            && !is_comment(page, labels, line)
            && !facts::states_fact(page, line)
    });
    let doubtful: Vec<usize> = doubtful.map(|line| line.index).collect();
    if doubtful.is_empty() {
        return;
    }
    // They are in order. Reasons are told by the rows of lines.
    let is_wanted = |line: usize| reasons || doubtful.binary_search(&line).is_ok();
    let revised = revise::features(page, &features, &likelihoods, is_wanted);
    for (line, score) in doubtful.iter().zip(second.scores(&revised.of_blocks(&doubtful))) {
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

/// Whether a line is a sentence right below the head of a comment, or below the date that follows it: what readers say is
/// content, and the pages that the scorer was learnt from are of articles without it.
fn is_comment(page: &Page<'_>, labels: &Labels, line: &Line<'_>) -> bool {
    let rule_above = |lines: usize| {
        let above = page.lines.get(line.index.checked_sub(lines)?)?;
        labels.dropped_in(above.span).next().map(|(_, verdict)| verdict.rule)
    };
    let is_head = |rule| matches!(rule, Some("comment-head" | "comment-writer"));
    line.is_good() && (is_head(rule_above(1)) || rule_above(1) == Some("byline") && is_head(rule_above(2)))
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

/// Lines below a title among which is the first sentence of the text: a byline that no rule knows, or a subtitle, may stand
/// between the two. For headings within the text, which would keep a menu's last line above each sentence as well, F1 of the
/// text of 1,094 web pages goes down by .005 to .008.
const TITLED: usize = 2;

/// Whether a sentence stands right below a line, but for what rules have dropped (a byline, a row of share buttons). Titles
/// and headings look like words of menus, and are told from them by what they head.
fn heads_sentence(page: &Page<'_>, labels: &Labels, line: &Line<'_>) -> bool {
    let reach = if line.index < page.first_good { TITLED } else { 1 };
    let below = page.lines[line.index + 1..].iter().filter(|below| !labels.drops_all(below.span));
    below.take(reach).any(Line::is_good)
}

/// Whether a page of plain text may have something around its content: a rule found some of it, and there are lines
/// enough in a row that are no sentences. Most pages of prose are told so before anything is read or counted.
pub(in crate::boilerplate) fn may_have_furniture(page: &Page<'_>, labels: &Labels) -> bool {
    page.document.media == Media::Plain
        && page.lines.len() <= MOST
        && labels.dropped().next().is_some()
        && page.runs(|line| !line.is_good()).iter().any(|run| run.len() >= FEWEST)
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

    const CLAIM: &str =
        "My own lawn has had moss for years, and the fork that you speak of has helped it a lot.";

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
        let revised = revise::features(&page, &seen, &vec![0.5; seen.rows()], |_| true);
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
        let byline_between = PAGE.replace(MENU, &format!("{MENU}\nCourier desk\n{text}"));
        assert!(!like_furniture(&byline_between).contains(&MENU.to_owned()));
    }

    #[test]
    fn what_readers_say_and_what_a_recipe_takes_stay() {
        let opinion = "Thank you.";
        let document = parse(&Record::plain(&format!(
            "{opinion}\nAnna Moos says:\n5 May 2011\n{CLAIM}\n{CLAIM}\n{opinion}"
        )));
        let page = Page::new(&document);
        let mut labels = Labels::new(&document);
        labels.drop(page.lines[1].span, "comment-head", "");
        labels.drop(page.lines[2].span, "byline", "");
        let comments: Vec<bool> = page.lines.iter().map(|line| is_comment(&page, &labels, line)).collect();
        assert_eq!(comments, [false, false, false, true, false, false]);

        let with = |line: &str| like_furniture(&PAGE.replace(MENU, line)).contains(&line.to_owned());
        assert!(with("Drive time 20"));
        assert!(!with("Cook time 20"));
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
