//! Pages with known main content: a folder with `html/`, `gold/` and `meta.json`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::boilerplate::content::PageType;
use crate::boilerplate::content::learn::{Example, Gold};
use crate::document;
use crate::error::{Error, Kind, Result};
use crate::record::Record;

#[derive(Deserialize)]
struct MetaFile {
    #[serde(default)]
    metric: String,
    pages: BTreeMap<String, PageMeta>,
}

#[derive(Deserialize)]
struct PageMeta {
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    domain: Option<String>,
    /// One of the types of pages, or what the collection calls it.
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    with: Vec<String>,
    #[serde(default)]
    without: Vec<String>,
}

/// Reads the pages of a folder, by name: `html/NAME.html` with the text of its content in `gold/NAME.txt`, or, where
/// `meta.json` says that the metric is `snippets`, with those that it gives.
///
/// # Errors
///
/// When `meta.json` is missing or no such file, or a page cannot be read.
pub fn read_pages(dir: &Path) -> Result<Vec<(String, Example)>> {
    let path = dir.join("meta.json");
    let text = fs::read_to_string(&path).map_err(|cause| {
        Error::new(Kind::User, "no pages with known content in")
            .at(dir)
            .because(cause)
            .hint("such a folder has meta.json, html/ and gold/")
    })?;
    let meta: MetaFile = serde_json::from_str(&text)
        .map_err(|cause| Error::new(Kind::Data, "cannot read the list of pages").at(&path).because(cause))?;
    let snippets = meta.metric == "snippets";
    let mut pages = Vec::new();
    for (name, meta) in meta.pages {
        let page = dir.join("html").join(format!("{name}.html"));
        let bytes = fs::read(&page)
            .map_err(|cause| Error::new(Kind::Data, "cannot read a page").at(&page).because(cause))?;
        let gold = if snippets {
            Gold::Snippets { with: meta.with, without: meta.without }
        } else {
            let path = dir.join("gold").join(format!("{name}.txt"));
            let text = fs::read_to_string(&path);
            Gold::Text(text.map_err(|cause| {
                Error::new(Kind::Data, "cannot read the content of a page").at(&path).because(cause)
            })?)
        };
        let record = Record { bytes, ..Record::html("") };
        let site = meta.domain.or_else(|| meta.url.as_deref().and_then(host)).unwrap_or_else(|| name.clone());
        let document = document::parse(&record);
        let page_type = meta.kind.as_deref().and_then(PageType::named);
        pages.push((name, Example { site: registered(&site), document, gold, page_type }));
    }
    Ok(pages)
}

fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    let host = rest.split(['/', '?', '#', ':']).next()?;
    (!host.is_empty()).then(|| host.to_lowercase())
}

/// The part of a host's name that was registered, as far as its shape tells: the last two labels, or three where the
/// second is one of those under which countries register names.
fn registered(host: &str) -> String {
    let labels: Vec<&str> = host.split('.').collect();
    let second = labels.len().checked_sub(2).map_or("", |at| labels[at]);
    let keep = if matches!(second, "co" | "com" | "org" | "net" | "gov" | "ac" | "edu" | "or" | "ne") {
        3
    } else {
        2
    };
    labels[labels.len().saturating_sub(keep)..].join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_one_site_are_one() {
        assert_eq!(
            host("https://blog.example.co.uk/a?b").as_deref().map(registered).as_deref(),
            Some("example.co.uk")
        );
        assert_eq!(registered("www.example.com"), "example.com");
        assert_eq!(registered("example.com"), "example.com");
    }
}
