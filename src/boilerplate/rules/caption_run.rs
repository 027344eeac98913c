//! Runs of captions: titles of pictures from an image search, set one under the other.

use crate::analysis::is_unspaced;
use crate::boilerplate::line::breaks_off;
use crate::boilerplate::{Check, Line, Page, Rule};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "caption-run",
    version: 3,
    reason: "it stands in a run of picture captions or titles of other pages",
    examples: &[(
        "en",
        "The garden is a place to rest and to work for everybody who lives here.\n\n⟦Best Garden Tools 2021 – Garden World …⟧\n\n⟦Garden Tools For Sale | Tools.com⟧\n\n\
         ⟦10 Garden Ideas For Small Yards⟧\n\n⟦Pin by Ann on Garden Tools⟧\n\n⟦Cheap Garden Tools And Ideas⟧",
    )],
    counter_examples: &[
        (
            "ja",
            "7月2日 ランチ\n\n今日の献立\n\n焼き魚(鯖・大根おろし)\n\n酢の物(きゅうり・わかめ)\n\n焼き茄子(茄子・しょうが)\n\nこのあたりには、この日に焼き鯖を食べる習わしがあるそうです。皆さんはお召し上がりになりましたか?",
        ),
        (
            "en",
            "These makers are covered by the report on all the markets of the world:\n\nAnalog Devices Inc.\n\nMolex\n\nTE Connectivity\n\nQuora\n\nDigilent",
        ),
        (
            "en",
            "What is to be handed in, and when, stands in the table that follows here.\n\n| Milestone 1: Garden Proposal | 10% | April 4 | On Paper |\n| Milestone 2: Progress Report | 15% | April 11 | On Paper |\n| Milestone 3: Garden Presentation | 15% | April 18 | On Paper |\n| Milestone 4: Final Garden | 25% | April 22 | On Paper |",
        ),
        (
            "en",
            "1. Sweep the garden every day.\n2. Oil the tools.\n3. Sharpen the tools.\n4. Store the tools.",
        ),
    ],
    check: Check::Page(check),
};

/// Fewest lines of a run.
const SHORTEST_RUN: usize = 4;

/// What a caption weighs, by its form; a run is dropped when its lines reach one point each on average.
fn weight(page: &Page<'_>, line: &Line<'_>) -> f32 {
    let mut weight: f32 = 0.0;
    let text = line.text.trim_end();
    if breaks_off(text) {
        weight += 1.5;
    }
    let parts = |byte: &u8| matches!(byte, b'|' | b'-' | b'/') || !byte.is_ascii();
    let site_tail = text.as_bytes().iter().any(parts)
        && [" – ", " | ", " - ", " — ", " • ", "/"].iter().any(|separator| {
            text.rfind(separator).is_some_and(|at| {
                let tail = &text[at + separator.len()..];
                (1..=4).contains(&tail.split_whitespace().count())
                    && tail.chars().next().is_some_and(|c| c.is_uppercase() || c == '…')
            })
        });
    if site_tail {
        weight += 0.8;
    }
    if line.folded().starts_with("pin on ")
        || line.folded().starts_with("pin by ")
        || text.contains(".com")
        || text.contains("from www.")
    {
        weight += 2.0;
    }
    // Where no spaces part words, what is taken for one is often a syllable that half of all lines have.
    let shared = line
        .content_words()
        .filter(|word| !is_unspaced(word))
        .filter(|word| page.title_words().contains(word))
        .count();
    weight += match shared {
        0 => 0.0,
        1 => 0.6,
        _ => 1.0,
    };
    if line.words >= 5 && line.is_capitalised() {
        weight += 0.3;
    }
    weight
}

fn looks_like_caption(line: &Line<'_>) -> bool {
    let cut = breaks_off(line.text);
    (1..=22).contains(&line.words)
        && (cut || !line.terminal || (line.is_question() && line.is_capitalised()))
        && !line.is_item()
        && !line.is_row()
        && !line.text.ends_with([':', ',', ';'])
        && (line.is_capitalised() || cut || !line.starts_lower() && line.block.gap)
}

fn check(page: &Page<'_>, found: &mut Vec<TextSpan>) {
    let title = page.titles().first().copied();
    for run in page.runs(looks_like_caption) {
        // The page's own title may stand above its captions.
        let start = run.start + usize::from(title == Some(run.start) && run.start == 0);
        let lines = &page.lines[start..run.end];
        if lines.len() < SHORTEST_RUN || page.end_good == 0 {
            continue;
        }
        let long = lines.iter().filter(|line| line.words >= 4).count();
        #[expect(clippy::cast_precision_loss, reason = "runs are far shorter than 2^23 lines")]
        let mean = lines.iter().map(|line| weight(page, line)).sum::<f32>() / lines.len() as f32;
        if mean >= 1.0 && long * 2 >= lines.len() {
            found.extend(lines.iter().map(|line| line.span));
        }
    }
}
