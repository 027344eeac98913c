//! The rules, in the order in which they run: the first to label a byte is the one that names it.

mod advert;
mod author_bio;
mod answer_counter;
mod breadcrumb;
mod byline;
mod calendar_grid;
mod caption_run;
mod comment_head;
mod comment_prompt;
mod contact_line;
mod counter;
mod credit_line;
mod file_name;
mod furniture_gap;
mod keyword_sentence;
mod legal_notice;
mod link_label;
mod link_pointer;
mod link_residue;
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
    &counter::RULE,
    &byline::RULE,
    &author_bio::RULE,
    &comment_head::RULE,
    &credit_line::RULE,
    &contact_line::RULE,
    &search_terms::RULE,
    &breadcrumb::RULE,
    &menu_word::RULE,
    &keyword_sentence::RULE,
    &stuffed_phrase::RULE,
    &related_queries::RULE,
    &query_list::RULE,
    &caption_run::RULE,
    &related_list::RULE,
    &menu_run::RULE,
    &site_header::RULE,
    &furniture_gap::RULE,
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::fmt::Write;

    use super::*;
    use crate::boilerplate::{Labels, Page};
    use crate::document::parse;
    use crate::record::Record;
    use crate::span::normalize;

    /// What `rule` drops of a page given with its expected drops between `⟦` and `⟧`.
    fn check(rule: &Rule, marked: &str, failures: &mut String) {
        let text = marked.replace(['⟦', '⟧'], "");
        let document = parse(&Record::plain(&text));
        let page = Page::new(&document);
        let mut labels = Labels::new(&document);
        // A rule of the revise pass works on what the rules before it found.
        if matches!(rule.check, super::super::Check::Revise(_)) {
            for other in RULES.iter().take_while(|other| other.name != rule.name) {
                other.apply(&page, &mut labels);
            }
        }
        let mut shown = text.clone();
        let found =
            rule.find(&page, &labels).into_iter().filter(|span| labels.dropped_bytes(*span) == 0).collect();
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
            for example in rule.examples {
                assert!(example.contains('⟦'), "{} marks nothing", rule.name);
                check(rule, example, &mut failures);
            }
            for counter_example in rule.counter_examples {
                assert!(!counter_example.contains('⟦'), "{} spares nothing", rule.name);
                check(rule, counter_example, &mut failures);
            }
        }
        assert!(failures.is_empty(), "{failures}");
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
