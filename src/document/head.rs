//! What an HTML page says of itself: title, author, date, address, from its head, its JSON-LD and its first headline.

use scraper::node::Element as Tag;

use super::Meta;

/// What the head of the page, and its first `<h1>`, say about it.
#[derive(Default)]
pub(super) struct Head {
    meta: Meta,
    og_title: Option<String>,
    title: String,
    in_title: bool,
    h1: String,
    in_h1: bool,
    json_ld: String,
    in_json_ld: bool,
}

impl Head {
    pub(super) fn open(&mut self, tag: &Tag, itemtype: Option<&str>) {
        if let Some(kind) = itemtype {
            self.item_type(kind);
        }
        match tag.name() {
            "html" => self.meta.language = tag.attr("lang").and_then(clean),
            "title" => self.in_title = self.title.is_empty(),
            "h1" => self.in_h1 = self.h1.trim().is_empty(),
            "script" => {
                self.in_json_ld = tag.attr("type").is_some_and(is_json_ld);
            }
            "link" if tag.attr("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical")) => {
                self.meta.url = tag.attr("href").and_then(clean);
            }
            "meta" => self.meta_tag(tag),
            _ => {}
        }
    }

    /// Notes the microdata type of an element anywhere on the page.
    fn item_type(&mut self, kind: &str) {
        let kind = kind.rsplit(['/', '#']).next().unwrap_or(kind);
        add_type(&mut self.meta, kind);
    }

    fn meta_tag(&mut self, tag: &Tag) {
        let Some(content) = tag.attr("content").and_then(clean) else { return };
        let name =
            tag.attr("property").or_else(|| tag.attr("name")).or_else(|| tag.attr("itemprop")).unwrap_or("");
        match name.to_ascii_lowercase().as_str() {
            "og:title" => self.og_title = Some(content),
            "og:type" => self.meta.kind = Some(content.to_lowercase()),
            "og:url" if self.meta.url.is_none() => self.meta.url = Some(content),
            "author" | "article:author" | "dc.creator" | "parsely-author"
                if self.meta.author.is_none() && !content.starts_with("http") =>
            {
                self.meta.author = Some(content);
            }
            "description" | "og:description" | "twitter:description" => describe(&mut self.meta, &content),
            "article:published_time"
            | "datepublished"
            | "date"
            | "dc.date"
            | "pubdate"
            | "parsely-pub-date"
                if self.meta.date.is_none() =>
            {
                self.meta.date = iso_date(&content);
            }
            _ => {}
        }
    }

    pub(super) fn close(&mut self, tag: &Tag) {
        match tag.name() {
            "title" => self.in_title = false,
            "h1" => self.in_h1 = false,
            "script" => self.in_json_ld = false,
            _ => {}
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        if self.in_title {
            self.title.push_str(text);
        }
        if self.in_h1 {
            self.h1.push_str(text);
        }
        if self.in_json_ld {
            self.json_ld.push_str(text);
            self.json_ld.push('\n');
        }
    }

    pub(super) fn finish(self) -> Meta {
        let Self { mut meta, og_title, title, h1, json_ld, .. } = self;
        for line in serde_json::Deserializer::from_str(&json_ld)
            .into_iter::<serde_json::Value>()
            .map_while(Result::ok)
        {
            read_json_ld(&line, &mut meta);
        }
        let title = og_title.or_else(|| clean(&title));
        let h1 = clean(&h1);
        meta.title = match (title, h1) {
            // The page's own headline is its title without the site's name, where the one holds the other.
            (Some(title), Some(h1)) if title.contains(&h1) && h1.chars().count() >= 8 => Some(h1),
            (Some(title), _) => Some(without_site_tail(&title)),
            (None, h1) => h1,
        };
        meta
    }
}

/// Whether a script of this type tells of the page.
pub(super) fn is_json_ld(kind: &str) -> bool {
    kind.eq_ignore_ascii_case("application/ld+json")
}

/// Takes headline facts from one JSON-LD value, looking into `@graph` and lists one level deep.
fn read_json_ld(value: &serde_json::Value, meta: &mut Meta) {
    let nodes: Vec<&serde_json::Value> = match value {
        serde_json::Value::Array(list) => list.iter().collect(),
        serde_json::Value::Object(object) => match object.get("@graph") {
            Some(serde_json::Value::Array(list)) => list.iter().collect(),
            _ => vec![value],
        },
        _ => Vec::new(),
    };
    for node in nodes {
        let kinds = node.get("@type");
        let kinds = kinds
            .and_then(serde_json::Value::as_array)
            .map_or(kinds.into_iter().collect(), |list| list.iter().collect::<Vec<_>>());
        for kind in kinds.into_iter().filter_map(serde_json::Value::as_str) {
            add_type(meta, kind);
        }
        let body = ["articleBody", "text", "reviewBody"].into_iter().find_map(|key| node.get(key)?.as_str());
        if let Some(body) = body
            && meta.body.is_none()
        {
            let end = (0..=LONGEST_BODY.min(body.len())).rev().find(|end| body.is_char_boundary(*end));
            meta.body = body.get(..end.unwrap_or(0)).map(str::to_owned);
        }
        if let Some(text) = node.get("description").and_then(serde_json::Value::as_str) {
            describe(meta, text);
        }
        if meta.date.is_none() {
            meta.date = node.get("datePublished").and_then(serde_json::Value::as_str).and_then(iso_date);
        }
        if meta.author.is_none() {
            let author = node.get("author");
            let author = author.and_then(|author| author.get(0)).or(author);
            let name = author.and_then(|author| author.get("name").or(Some(author)));
            meta.author = name.and_then(serde_json::Value::as_str).and_then(clean);
        }
    }
}

/// Bytes of a stated body that are kept.
const LONGEST_BODY: usize = 64 << 10;

/// Bytes of the descriptions that are kept; of 1,094 pages two say more, and half of them no more than 160.
const LONGEST_DESCRIPTION: usize = 8 << 10;

/// Adds a description, unless another one holds it.
fn describe(meta: &mut Meta, text: &str) {
    let description = meta.description.get_or_insert_default();
    if description.len() + text.len() < LONGEST_DESCRIPTION && !description.contains(text) {
        description.push_str(text);
        description.push('\n');
    }
}

/// Types of a page that are noted.
const MOST_TYPES: usize = 32;

fn add_type(meta: &mut Meta, kind: &str) {
    let kind = kind.to_ascii_lowercase();
    if meta.types.len() < MOST_TYPES && kind.len() < 64 && !meta.types.contains(&kind) {
        meta.types.push(kind);
    }
}

/// White space folded; `None` where nothing is left.
fn clean(text: &str) -> Option<String> {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!folded.is_empty()).then_some(folded)
}

/// The date at the start of an ISO 8601 value.
pub(super) fn iso_date(value: &str) -> Option<String> {
    let date = value.get(..10)?;
    let digits = |range: std::ops::Range<usize>| date.as_bytes()[range].iter().all(u8::is_ascii_digit);
    let shaped = digits(0..4)
        && digits(5..7)
        && digits(8..10)
        && date.as_bytes()[4] == b'-'
        && date.as_bytes()[7] == b'-';
    shaped.then(|| date.to_owned())
}

/// A title without the site's name after the last ` | `, ` - `, ` – `, ` — ` or ` » `, if what is left is the longer part.
fn without_site_tail(title: &str) -> String {
    let cut = [" | ", " - ", " – ", " — ", " » ", " · ", " :: "]
        .iter()
        .filter_map(|separator| title.rfind(separator))
        .max();
    match cut {
        Some(at) if title[..at].chars().count() * 2 > title.chars().count() => title[..at].trim().to_owned(),
        _ => title.to_owned(),
    }
}
