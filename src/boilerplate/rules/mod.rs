//! The rules, in the order in which they run: the first to label a byte is the one that names it.

mod advert;
mod author_bio;
mod answer_counter;
mod below_copyright;
mod breadcrumb;
mod byline;
mod calendar_grid;
mod caption_run;
mod comment_head;
mod comment_prompt;
mod comment_writer;
mod contact_line;
mod counter;
mod credit_line;
mod credit_tail;
mod file_name;
mod form_sum;
mod forum_profile;
mod furniture_gap;
mod keyword_sentence;
mod legal_notice;
mod link_label;
mod link_pointer;
mod link_residue;
mod menu_line;
mod menu_run;
mod menu_word;
mod newsletter_prompt;
mod pin_caption;
mod query_list;
mod related_list;
mod related_queries;
mod repeated_title;
mod reply_residue;
mod report_page_footer;
mod search_prompt;
mod search_terms;
mod share_row;
mod site_header;
mod stuffed_phrase;
mod teaser_run;
mod template_residue;

use super::Rule;

/// Every rule, in order. The last ones belong to the revise pass.
pub static RULES: &[&Rule] = &[
    &repeated_title::RULE,
    &pin_caption::RULE,
    &report_page_footer::RULE,
    &comment_prompt::RULE,
    &reply_residue::RULE,
    &search_prompt::RULE,
    &newsletter_prompt::RULE,
    &share_row::RULE,
    &legal_notice::RULE,
    &advert::RULE,
    &answer_counter::RULE,
    &link_residue::RULE,
    &link_label::RULE,
    &link_pointer::RULE,
    &template_residue::RULE,
    &file_name::RULE,
    &calendar_grid::RULE,
    &form_sum::RULE,
    &forum_profile::RULE,
    &counter::RULE,
    &byline::RULE,
    &author_bio::RULE,
    &comment_head::RULE,
    &comment_writer::RULE,
    &credit_line::RULE,
    &credit_tail::RULE,
    &contact_line::RULE,
    &search_terms::RULE,
    &breadcrumb::RULE,
    &menu_word::RULE,
    &menu_line::RULE,
    &keyword_sentence::RULE,
    &stuffed_phrase::RULE,
    &related_queries::RULE,
    &query_list::RULE,
    &caption_run::RULE,
    &related_list::RULE,
    &teaser_run::RULE,
    &menu_run::RULE,
    &site_header::RULE,
    &below_copyright::RULE,
    &furniture_gap::RULE,
];

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};
    use std::fmt::Write;

    use super::*;
    use crate::boilerplate::prompts;
    use crate::boilerplate::{Check, Example, Gate, Labels, Line, Page};
    use crate::document::parse;
    use crate::record::Record;
    use crate::span::{Span, TextSpan, normalize};

    /// Rules that go by form, place or number alone and know no word of any language.
    const WITHOUT_WORDS: &[&str] = &[
        "repeated-title",
        "link-pointer",
        "template-residue",
        "file-name",
        "calendar-grid",
        "form-sum",
        "breadcrumb",
        "keyword-sentence",
        "stuffed-phrase",
        "caption-run",
        "menu-run",
        "site-header",
        "teaser-run",
        "below-copyright",
        "furniture-gap",
    ];

    /// How a page is looked at: by a rule, or by what a mutation has made of it.
    type Find<'a> = &'a dyn Fn(&Page<'_>, &Labels) -> Vec<TextSpan>;

    /// What is wrong with the examples of `rule` where `find` stands in its place.
    fn prove(rule: &Rule, find: Find<'_>) -> String {
        let mut failures = String::new();
        for (_, page) in rule.examples.iter().chain(rule.counter_examples) {
            check(rule, find, page, &mut failures);
        }
        failures
    }

    /// Compares what `find` drops of a page with what stands between `⟦` and `⟧` in it.
    fn check(rule: &Rule, find: Find<'_>, marked: &str, failures: &mut String) {
        let text = marked.replace(['⟦', '⟧'], "");
        let document = parse(&Record::plain(&text));
        let page = Page::new(&document);
        let mut labels = Labels::new(&document);
        // A rule of the revise pass works on what the rules before it found.
        if matches!(rule.check, Check::Revise(_)) {
            for other in RULES.iter().take_while(|other| other.name != rule.name) {
                other.apply(&page, &mut labels);
            }
        }
        let mut shown = text.clone();
        let found =
            find(&page, &labels).into_iter().filter(|span| labels.dropped_bytes(*span) == 0).collect();
        for span in normalize(found).iter().rev() {
            shown.insert(span.end, '⟧');
            shown.insert(span.start, '⟦');
        }
        let fold = |text: &str| {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            // Two ranges that only white space parts are as good as one.
            text.replace(" ⟧", "⟧").replace("⟦ ", "⟦").replace("⟧ ⟦", " ")
        };
        if fold(&shown) != fold(marked) {
            let _ =
                writeln!(failures, "{}\n   found: {}\nexpected: {}", rule.name, fold(&shown), fold(marked));
        }
    }

    #[test]
    fn every_rule_drops_its_examples_and_spares_their_neighbours() {
        let mut failures = String::new();
        for rule in RULES {
            assert!(
                !rule.examples.is_empty() && !rule.counter_examples.is_empty(),
                "{} needs examples",
                rule.name
            );
            assert!(rule.examples.iter().all(|(_, page)| page.contains('⟦')), "{} marks nothing", rule.name);
            let spares = rule.counter_examples.iter().all(|(_, page)| !page.contains('⟦'));
            assert!(spares, "{} spares nothing", rule.name);
            failures.push_str(&prove(rule, &|page, labels| rule.find(page, labels)));
        }
        assert!(failures.is_empty(), "{failures}");
    }

    /// Compares what each rule finds in a text with what it finds where no line is spared the look.
    fn check_gates(text: &str) {
        let document = parse(&Record::plain(text));
        let page = Page::new(&document);
        for rule in RULES {
            let mut looked = Vec::new();
            match rule.check {
                Check::Line(gate, check) => Gate { holds: &[], ..gate }.for_each(&page, |line| {
                    if check(line) {
                        looked.push(line.span);
                    }
                }),
                Check::Within(gate, check) => {
                    Gate { holds: &[], ..gate }.for_each(&page, |line| check(&page, line, &mut looked));
                }
                Check::Prompt(kind) => {
                    for line in &page.lines {
                        prompts::find(line, kind, &mut looked);
                    }
                }
                Check::Page(_) | Check::Revise(_) => continue,
            }
            assert_eq!(rule.find(&page, &Labels::new(&document)), looked, "{} in {text:?}", rule.name);
        }
    }

    #[test]
    fn a_gate_hides_nothing_of_the_examples() {
        let examples = RULES.iter().flat_map(|rule| rule.examples.iter().chain(rule.counter_examples));
        let pages: Vec<String> = examples.map(|(_, page)| page.replace(['⟦', '⟧'], "")).collect();
        for page in &pages {
            check_gates(page);
        }
        check_gates(&pages.join("\n"));
        check_gates(&pages.join(" "));
    }

    proptest::proptest! {
        #[test]
        fn a_gate_hides_nothing_of_what_rules_look_for(
            text in "(Ad |Discover now|Read more|Read More| about |Continue reading|For more |, see |a.com|: |http://|Mehr:|More:|6 |=|[+] |the lawn|Share this|\\. |\n){0,24}",
        ) {
            check_gates(&text);
        }
    }

    /// What the examples are worth: whatever a rule is changed into, one of them notices.
    #[test]
    fn a_rule_that_always_or_never_drops_fails_its_examples() {
        let mut survivors: Vec<String> = Vec::new();
        for rule in RULES {
            let mut mutate = |into: &str, find: Find<'_>| {
                if prove(rule, find).is_empty() {
                    survivors.push(format!("{} could be changed to {into}", rule.name));
                }
            };
            let lines = |page: &Page<'_>| page.lines.iter().map(|line| line.span).collect::<Vec<_>>();
            mutate("never", &|_, _| Vec::new());
            mutate("always: the page", &|page, _| vec![Span::new(0, page.document.text.len())]);
            mutate("always: each line", &|page, _| lines(page));
            let sentences = |page: &Page<'_>| {
                let of = |line: &Line<'_>| {
                    line.sentences().iter().cloned().map(|range| line.span_of(range)).collect::<Vec<_>>()
                };
                page.lines.iter().flat_map(of).collect::<Vec<_>>()
            };
            mutate("always: each sentence", &|page, _| sentences(page));
            // Being right about a page says nothing of its other lines, and of a line nothing of its other words.
            mutate("always: each line of a page in which it finds something", &|page, labels| {
                if rule.find(page, labels).is_empty() { Vec::new() } else { lines(page) }
            });
            if matches!(rule.check, Check::Within(..) | Check::Prompt(_)) {
                mutate("always: each line in which it finds something", &|page, labels| {
                    let found = rule.find(page, labels);
                    let holds = |line: &TextSpan| found.iter().any(|span| span.overlaps(line));
                    lines(page).into_iter().filter(holds).collect()
                });
            }
        }
        assert!(survivors.is_empty(), "no example fails:\n{}", survivors.join("\n"));
    }

    #[test]
    fn rules_that_know_words_are_proven_in_two_languages() {
        let languages = |examples: &[Example]| {
            examples
                .iter()
                .map(|(language, _)| *language)
                .filter(|code| *code != "zxx")
                .collect::<BTreeSet<_>>()
        };
        for rule in RULES {
            for example in rule.examples.iter().chain(rule.counter_examples) {
                let code = example.0;
                assert!(matches!(code.len(), 2 | 3) && code.is_ascii(), "{}: {code}", rule.name);
            }
            if !WITHOUT_WORDS.contains(&rule.name) {
                assert!(languages(rule.examples).len() >= 2, "{} has examples in one language", rule.name);
                let spared = languages(rule.counter_examples).len();
                assert!(spared >= 2, "{} has counter-examples in one language", rule.name);
            }
        }
        let named = |name: &&str| RULES.iter().any(|rule| rule.name == *name);
        assert!(WITHOUT_WORDS.iter().all(named), "a rule of the list is gone");
    }

    #[test]
    fn names_are_kebab_case_and_unique_and_reasons_are_sentences() {
        let mut names = HashSet::new();
        for rule in RULES {
            assert!(rule.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", rule.name);
            assert!(names.insert(rule.name), "{} stands twice", rule.name);
            assert!(rule.reason.len() > 20 && !rule.reason.ends_with('.'), "{}", rule.name);
        }
    }
}
