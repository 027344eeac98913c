//! Menus, footers and category lists: runs of short lines before or after the text.

use crate::boilerplate::{Check, Labels, Line, Page, Rule};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "menu-run",
    version: 5,
    reason: "it stands in a run of short lines outside the text, as menus and footers do",
    examples: &[
        (
            "en",
            "Home\n⟦Garden Tools⟧\n⟦Lawn Care⟧\nContact\n\nThe garden\n\nA garden is a place to rest and to work for everybody here.",
        ),
        (
            "de",
            "Startseite\n⟦Rasenpflege⟧\nKontakt\nDer Garten im Mai\nDer Garten ist ein Ort, an dem jeder von uns ruhen und arbeiten kann.\n\nStartseite\n⟦Rasenpflege⟧\n⟦Werkzeuge⟧\nImpressum",
        ),
        (
            "pl",
            "⟦• Rośliny (36)⟧\n⟦• Ogród (31)⟧\n⟦• Narzędzia (13)⟧\n⟦• Podróże (4)⟧\n\nOgród jest miejscem, w którym każdy z nas odpoczywa i pracuje.",
        ),
    ],
    counter_examples: &[
        (
            "en",
            "The race was run in the rain, and most of the runners came home late.\n\nAnna Berg (42)\nTom Field (39)\nLucy Hart (31)\nIan Ross (12)",
        ),
        (
            "ja",
            "ぶりは一口大に切り、塩をふって十分ほどおいてから、水気をよくふき取ります。\n\nしょうゆ 大さじ3\n砂糖 大さじ2\n酒 大さじ1\n作り方",
        ),
        (
            "en",
            "Home\nMenu\nContact\nAbout\nBread and butter\n$7.00\nSpring soup\n$4.50\nRoast beets\n$9.00\nApple pie\n$5.00",
        ),
        (
            "en",
            "Our survival kit is really very simple, and it fits in a small bag.\n\n• bottled water\n• baby carrier\n• snack bars\n• camera",
        ),
        (
            "en",
            "Home\nContact\nThe lawn in May\nPosted on May 3, 2015 by Ann\nWeather and words\nThe lawn is mown for the first time when the apple trees are in flower.",
        ),
        (
            "en",
            "The makers covered by this report are listed below by their size:\n\nAnalog Devices\n\nMolex\n\nTE Connectivity\n\nQuora\n\nDigilent",
        ),
    ],
    check: Check::Revise(check),
};

/// Fewest lines of a run; fewer short lines can be a title with its subtitle and its author.
const SHORTEST_RUN: usize = 3;

/// Fewest items of a list that opens a page as its menu.
const OPENING_ITEMS: usize = 4;

/// Fewest lines of a run above a headline that is a menu if some of it is.
const LONG_RUN: usize = 8;

/// Longest line of a menu in words.
const LONGEST_ITEM: usize = 8;

fn check(page: &Page<'_>, labels: &Labels, found: &mut Vec<TextSpan>) {
    for run in page.runs(|line| line.words <= LONGEST_ITEM && (!line.terminal || line.is_item())) {
        let outside = run.end <= page.first_good || run.start >= page.end_good;
        let mut lines = &page.lines[run];
        // What introduces a list with a colon owns the list.
        let introduced = lines
            .first()
            .and_then(|first| first.index.checked_sub(1))
            .is_some_and(|before| page.lines[before].text.ends_with(':'));
        if lines.len() < SHORTEST_RUN || introduced || !outside {
            continue;
        }
        let in_head = lines.iter().any(|line| line.index < page.first_good);
        // Things with their prices are a list of what there is, and no menu goes on in it.
        if in_head
            && let Some(first) = lines.iter().position(Line::is_price)
            && page.lists_prices()
        {
            lines = &lines[..first.saturating_sub(1)];
        }
        if in_head {
            // The title and what stands between it and the text close the head of a page.
            let end = lines
                .iter()
                .rposition(|line| !labels.drops_all(line.span))
                .map_or(lines.len(), |last| last + 1);
            lines = &lines[..end];
            // With nothing but furniture between it and the text, no blank line need set it apart.
            let above = lines.last().is_some_and(|last| {
                page.lines[last.index + 1..page.first_good].iter().all(|line| labels.drops_all(line.span))
            });
            let keep = lines
                .iter()
                .rev()
                .enumerate()
                .take_while(|(at, line)| {
                    (line.block.gap || *at == 0 && above) && !line.is_item() && line.words >= 2
                })
                .count();
            let is_all = keep == lines.len();
            lines = &lines[..lines.len() - if is_all { keep } else { keep.min(2) }];
        }
        if !in_head {
            // What stands between the text and the first furniture may still be text.
            let first =
                lines.iter().position(|line| labels.drops_all(line.span) || ends_in_count(line)).unwrap_or(0);
            lines = &lines[first..];
        }
        // A list that opens the page, before any text, is its menu.
        let opening = lines.iter().take_while(|line| line.is_item() || labels.drops_all(line.span)).count();
        let opens = in_head
            && lines.first().is_some_and(|first| first.index <= 2)
            && lines[..opening].iter().filter(|line| line.is_item()).count() >= OPENING_ITEMS;
        let opening = if opens { opening } else { 0 };
        found.extend(
            lines[..opening].iter().filter(|line| !labels.drops_all(line.span)).map(|line| line.span),
        );
        // What stands above its author or date is the title.
        let title = |line: &Line<'_>| {
            in_head
                && line.words >= 2
                && !line.is_item()
                && page.lines.get(line.index + 1).is_some_and(|next| {
                    let mut verdicts = labels.dropped_in(next.span);
                    verdicts.any(|(_, verdict)| verdict.rule == super::byline::RULE.name)
                })
        };
        let furniture = lines.iter().filter(|line| labels.drops_all(line.span)).count();
        // Below the text, names with their ages or places are results; among furniture they are categories.
        let counted = if in_head || furniture > 0 {
            lines.iter().filter(|line| ends_in_count(line)).count()
        } else {
            0
        };
        let share = furniture + counted;
        // Of a long run that ends at the headline, fewer lines tell what the others are.
        let ends_at = |headline: usize| lines.last().is_some_and(|last| last.index <= headline);
        let is_long = in_head && lines.len() >= LONG_RUN && page.headline().is_some_and(ends_at);
        let enough = if is_long { 8 } else { 4 };
        if share * enough >= lines.len() && lines.len() - furniture < 80 && share > 0 {
            let stays =
                |line: &&Line<'_>| labels.drops_all(line.span) || title(line) || page.is_headline(line);
            found.extend(lines.iter().filter(|line| !stays(line)).map(|line| line.span));
        }
    }
}

/// "Omega watch (30)", "Podróże64": a category with the number of its pages.
fn ends_in_count(line: &Line<'_>) -> bool {
    let text = line.text.trim_end();
    let bare = text.strip_suffix(')').unwrap_or(text);
    let digits = bare.bytes().rev().take_while(u8::is_ascii_digit).count();
    let before = bare[..bare.len() - digits].chars().next_back();
    (1..=4).contains(&digits)
        && if text.ends_with(')') {
            before == Some('(')
        } else {
            before.is_some_and(|c| c.is_lowercase() || c.is_uppercase())
        }
}
