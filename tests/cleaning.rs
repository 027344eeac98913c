//! Cleaning of the sample articles: what goes and what stays.

use std::fs;

use backsearch::boilerplate::{Knowledge, label};
use backsearch::document::parse;
use backsearch::record::Record;

use crate::workspace::{Workspace, project};

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

#[test]
fn what_the_files_of_a_folder_share_goes_in_whatever_order_they_come() {
    let workspace = Workspace::new();
    let text = |n: usize| {
        let place = ["harbour", "market", "station", "castle", "bridge"][n];
        format!(
            "Milltown Ramblers\n\nAround the {place}\n\nThe walk to the {place} takes two hours, and the path is dry in most weeks of the year.\n\nIngredients of a good day\n\nTake bread and cheese with you, because there is no shop before the old {place} at the end.\n\nMilltown Ramblers\n"
        )
    };
    let (kept, gone) = ("Ingredients of a good day", "Milltown Ramblers");
    for n in 0..3 {
        workspace.write(&format!("few/{n}.txt"), text(n));
    }
    for n in 0..5 {
        workspace.write(&format!("many/{n}.txt"), text(n));
    }
    let few = workspace.ok(&["clean", "few"]);
    assert!(few.contains(gone), "three files are too few to tell: {few}");
    let many = workspace.ok(&["clean", "many"]);
    assert!(many.contains(kept) && !many.contains(gone), "{many}");

    let forwards = ["clean", "--format", "spans", "many/0.txt", "many/1.txt", "many/2.txt", "many/3.txt"];
    let mut backwards = forwards;
    backwards[3..].reverse();
    let sorted = |arguments: &[&str]| {
        let mut lines: Vec<String> = workspace.ok(arguments).lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&forwards), sorted(&backwards));
    assert!(workspace.ok(&forwards).contains("repeated-across-files"));

    // A file is one however it is written.
    assert!(workspace.ok(&["clean", "few//0.txt", "few/./1.txt", "few"]).contains(gone));

    // A file by itself, or a part of a folder, says nothing of the others.
    assert!(workspace.ok(&["clean", "many/0.txt"]).contains(gone));
    assert!(workspace.ok(&["clean", "--shard", "1/1", "many"]).contains(gone));
    // The result of each file is the same wherever it is written.
    workspace.ok(&["clean", "--out", "out", "many"]);
    let one = std::fs::read_to_string(workspace.path("out/0.txt")).expect("it was written");
    assert!(one.contains(kept) && !one.contains(gone), "{one}");
}

#[test]
fn what_web_pages_of_a_folder_share_goes_although_each_by_itself_shows_it() {
    let workspace = Workspace::new();
    let page = |n: usize, head: &str| {
        let place = ["harbour", "market", "station", "castle", "bridge", "mill"][n];
        format!(
            "<title>Around the {place}</title><main><p>{head}</p><h1>Around the {place}</h1><p>The walk to the {place} takes \
             two hours, and the path is dry in most weeks of the year.</p><p>Take bread and cheese with you, because there \
             is no shop before the old {place} at the end.</p></main>"
        )
    };
    let (head, own) = ("Walks of the Milltown Ramblers", "A walk for tired legs");
    for n in 0..5 {
        workspace.write(&format!("walks/{n}.html"), page(n, head));
    }
    workspace.write("walks/5.html", page(5, own));
    let alone = workspace.ok(&["clean", "walks/0.html"]);
    assert!(alone.contains(head), "{alone}");
    let kept = workspace.ok(&["clean", "walks"]);
    assert!(!kept.contains(head) && kept.contains(own), "{kept}");
    assert_eq!(kept.matches("takes two hours").count(), 6, "{kept}");
    assert_eq!(kept.matches("==> ").count(), 6, "{kept}");
    workspace.ok(&["clean", "--out", "out", "walks"]);
    for (file, text) in [("0", head), ("5", own)] {
        let written =
            std::fs::read_to_string(workspace.path(&format!("out/{file}.txt"))).expect("it was written");
        assert_eq!(written.contains(text), file == "5", "{written}");
        assert_eq!(written == workspace.ok(&["clean", &format!("walks/{file}.html")]), file == "5");
    }
    // What is dropped, and by which rule, is the same whether a page is read once or twice.
    let spans = workspace.ok(&["clean", "--format", "spans", "walks"]);
    assert_eq!(spans.matches("repeated-across-files").count(), 5, "{spans}");
    let explained = workspace.ok(&["clean", "--explain", "walks"]);
    assert_eq!(explained.matches("(repeated-across-files: ").count(), 5, "{explained}");
}

#[test]
fn a_page_without_content_is_named_once() {
    let workspace = Workspace::new();
    let menu = "<nav><ul><li><a href=/>Home</a><li><a href=/a>Garden</a><li><a href=/b>Tools</a></ul></nav>";
    for n in 0..5 {
        workspace.write(&format!("menus/{n}.html"), menu);
    }
    let run = workspace.run(&["clean", "menus"]);
    assert_eq!(run.stderr.matches("has no main content").count(), 5, "{run:?}");
}

#[test]
fn what_cannot_be_had_together_is_refused() {
    let workspace = Workspace::with_corpus();
    for [one, other] in [
        ["--stats", "--out=cleaned"],
        ["--stats", "--format=jsonl"],
        ["--stats", "--explain"],
        ["--explain", "--format=spans"],
    ] {
        let run = workspace.run(&["clean", one, other, "corpus"]);
        let other = other.split('=').next().unwrap_or(other);
        assert!(run.code == 2 && run.stderr.contains("cannot be used with"), "{run:?}");
        assert!(run.stderr.contains(one) && run.stderr.contains(other), "{run:?}");
    }
}
