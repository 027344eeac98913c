//! Cleaning of the sample articles: what goes and what stays.

use std::fs;

use backsearch::boilerplate::{Knowledge, label};
use backsearch::document::parse;
use backsearch::record::Record;

use crate::workspace::project;

fn articles() -> Vec<(String, String)> {
    let mut articles: Vec<(String, String)> = fs::read_dir(project().join("corpus"))
        .expect("the corpus is there")
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "txt"))
        .map(|entry| {
            let text = fs::read_to_string(entry.path()).expect("an article is text");
            (entry.file_name().to_string_lossy().into_owned(), text)
        })
        .collect();
    articles.sort();
    assert_eq!(articles.len(), 5);
    articles
}

/// The kept text of each article, line by line.
pub fn kept_lines() -> Vec<String> {
    articles().iter().flat_map(|(_, text)| kept(text)).collect()
}

fn kept(text: &str) -> Vec<String> {
    let document = parse(&Record::plain(text));
    let labels = label(&document, "", Knowledge::default());
    document
        .blocks
        .iter()
        .map(|block| labels.kept_in(block.span).map(|span| document.slice(span)).collect::<String>())
        .filter(|line| !line.trim().is_empty())
        .collect()
}

#[test]
fn the_boilerplate_of_the_articles_is_gone() {
    let all = kept_lines().join("\n");
    for junk in [
        "Pin On",
        "Posting Komentar",
        "Ad Discover now",
        "Answer 1 of 5",
        "Blog Article",
        "Report this page",
        "your inbox",
        "press enter to search",
        "Back To Top",
        "see common running injuries",
        "you may look for related areas",
        "Read more about",
        "More:",
        "Views:",
        "Turkey Burner",
        "kidney hurt",
        "often lower back pain after running treatment get",
    ] {
        assert!(!all.contains(junk), "{junk} is still there");
    }
}

#[test]
fn the_content_of_the_articles_stays() {
    let all = kept_lines().join("\n");
    for content in [
        "To control Facet Syndrome we need to obtain a softer jamming.",
        "Muscle toning and strength training are also important, particularly with the core muscles of the back.",
        "your hamstrings and calves often get limited while you run",
        "Is running good for lower back pain?",
        "Nutritional Deficiencies: Insufficient intake",
        "(leg pain, weakness, or numbness)",
        "steady progression: a good rule of thumb",
        "How do you stop a hyperextended spine?",
    ] {
        assert!(all.contains(content), "{content} is gone");
    }
}

#[test]
fn no_article_loses_more_than_its_boilerplate() {
    // Bytes that may go, by hand labels of the articles, rounded up.
    for ((name, text), most) in articles().iter().zip([730, 640, 170, 760, 330]) {
        let kept: usize = kept(text).iter().map(String::len).sum();
        let lines: usize = text.lines().map(|line| line.trim().len()).sum();
        assert!(lines - kept <= most, "{name} loses {} bytes", lines - kept);
    }
}
