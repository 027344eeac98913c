//! HTML: the tree flattened to blocks of visible text, with the elements that hold them.

use std::collections::HashMap;

use ego_tree::NodeId;
use ego_tree::iter::Edge;
use scraper::Node;
use scraper::node::Element as Tag;

use super::charset::Decoded;
use super::located::{self, LocatedHtml, Piece};
use super::{Block, BlockKind, Document, Element, Meta};
use crate::span::{Span, SpanMap};

/// Parses a page into blocks. Total; no recursion, so that depth of nesting cannot overflow the stack.
pub(super) fn parse(decoded: Decoded) -> Document {
    let Decoded { text: source, map, encoding, notes } = decoded;
    let page = located::parse(&source, true);
    let plain;
    let mut flattener = flatten(&source, &page, true);
    // A page that shows nothing without its scripts may carry its text for readers who do not run them.
    if flattener.out.len() < BARE_PAGE && memchr::memmem::find(source.as_bytes(), b"<noscript").is_some() {
        plain = located::parse(&source, false);
        let other = flatten(&source, &plain, false);
        if other.out.len() > 2 * flattener.out.len() {
            flattener = other;
        }
    }
    let meta = flattener.head.finish();
    let opaque = opaque_ranges(&source, &flattener.map, &map);
    let document = Document {
        opaque,
        text: flattener.out,
        map: flattener.map.then(&map),
        blocks: flattener.blocks,
        elements: flattener.elements,
        meta,
        encoding,
        notes,
        ..Document::default()
    };
    document.with_lines(&source, &map)
}

/// Bytes of visible text below which a page is taken to need its scripts.
const BARE_PAGE: usize = 1500;

/// Walks over the tree of a page.
fn flatten<'a>(source: &'a str, page: &'a LocatedHtml, scripting: bool) -> Flattener<'a> {
    let mut flattener = Flattener::new(source, &page.pieces, scripting);
    for edge in page.html.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(tag) => flattener.open(tag),
                Node::Text(text) => flattener.text(node.id(), text),
                _ => {}
            },
            Edge::Close(node) => {
                if let Node::Element(tag) = node.value() {
                    flattener.close(tag);
                }
            }
        }
    }
    flattener.flush();
    flattener
}

/// The visible text of a fragment of HTML, as the spans of a passage are promised to give it: entities decoded, block
/// tags as white space, inline tags as nothing.
#[must_use]
pub fn visible_text(fragment: &str) -> String {
    let mut text = String::with_capacity(fragment.len());
    let mut rest = fragment;
    while let Some(at) = memchr::memchr2(b'<', b'&', rest.as_bytes()) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(name) = tag_name(rest) {
            if breaks_text(&name) {
                text.push(' ');
            }
            rest = &rest[memchr::memchr(b'>', rest.as_bytes()).map_or(rest.len(), |end| end + 1)..];
            continue;
        }
        let next = memchr::memchr2(b'<', b'&', &rest.as_bytes()[1..]).map_or(rest.len(), |next| next + 1);
        let parsed = scraper::Html::parse_fragment(&rest[..next]);
        for piece in parsed.root_element().text() {
            text.push_str(piece);
        }
        rest = &rest[next..];
    }
    text.push_str(rest);
    text
}

/// Whether a tag counts as white space in text.
fn breaks_text(tag: &str) -> bool {
    tag == "br" || is_block(tag)
}

/// A tag, comment or text between two texts of the source.
enum Markup {
    /// A tag that reads as white space.
    Break,
    /// A tag that reads as nothing, or white space.
    Clear,
    /// A comment, a script or the like, which must be left out of a passage.
    Opaque,
    /// Text; where a passage does not hold it, it is hidden or dropped.
    Text,
}

/// Reads the markup at the start of `rest` and its length in bytes.
fn next_markup(rest: &str) -> (Markup, usize) {
    let spaces = rest.len() - rest.trim_ascii_start().len();
    if spaces > 0 {
        return (Markup::Clear, spaces);
    }
    if rest.starts_with("<!--") {
        return (Markup::Opaque, rest.find("-->").map_or(rest.len(), |end| end + 3));
    }
    let Some(name) = tag_name(rest) else {
        let end = memchr::memchr(b'<', &rest.as_bytes()[1..]).map_or(rest.len(), |end| end + 1);
        return (Markup::Text, end);
    };
    let end = memchr::memchr(b'>', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
    if is_raw(&name) && !rest.starts_with("</") {
        let close = format!("</{name}");
        let inner = rest[end..].to_ascii_lowercase().find(&close).map_or(rest.len(), |at| end + at);
        let close_end =
            memchr::memchr(b'>', &rest.as_bytes()[inner..]).map_or(rest.len(), |at| inner + at + 1);
        return (Markup::Opaque, close_end);
    }
    // A quoted '>' would end the tag too early for anyone who reads the bytes.
    let quotes = rest[..end].bytes().filter(|byte| *byte == b'"').count();
    if quotes % 2 == 1 {
        return (Markup::Opaque, end);
    }
    (if breaks_text(&name) { Markup::Break } else { Markup::Clear }, end)
}

/// The lower-case name of the tag at the start of `rest`, if a tag starts there.
fn tag_name(rest: &str) -> Option<String> {
    let inner = rest.strip_prefix('<')?;
    let inner = inner.strip_prefix('/').unwrap_or(inner);
    let name: String = inner.chars().take_while(char::is_ascii_alphanumeric).collect();
    (!name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit())).then(|| name.to_ascii_lowercase())
}

/// Elements whose content is not markup, or is never shown.
fn is_raw(name: &str) -> bool {
    matches!(
        name,
        "script" | "style" | "noscript" | "template" | "textarea" | "iframe" | "svg" | "select" | "title"
    )
}

/// Most bytes of tags that are read in search of one that reads as white space.
const LONGEST_TAIL: usize = 4096;

/// The first tag from `at` on that reads as white space, if no text stands before it.
fn breaking_tag(source: &str, at: usize) -> Option<std::ops::Range<usize>> {
    let mut start = at;
    while start < source.len() && start - at < LONGEST_TAIL {
        let (markup, len) = next_markup(&source[start..]);
        match markup {
            Markup::Break => return Some(start..start + len),
            Markup::Clear | Markup::Opaque => start += len,
            Markup::Text => return None,
        }
    }
    None
}

/// The original ranges between texts that a passage must leave out.
fn opaque_ranges(source: &str, map: &SpanMap, outer: &SpanMap) -> Vec<crate::span::OriginalSpan> {
    let mut ranges = Vec::new();
    for gap in map.gaps() {
        let Some(mut rest) = source.get(gap.range()) else { continue };
        while !rest.is_empty() {
            let (markup, len) = next_markup(rest);
            let start = gap.end - rest.len();
            if matches!(markup, Markup::Opaque | Markup::Text) {
                // The gap is a range of the decoded page, which is the text of the outer map.
                ranges.extend(outer.to_original(Span::new(start, start + len)));
            }
            rest = &rest[len..];
        }
    }
    crate::span::normalize(ranges)
}

/// Elements that begin a block of their own.
fn is_block(tag: &str) -> bool {
    matches!(
        tag,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

/// Elements whose text no reader sees as text of the page.
fn is_invisible(tag: &Tag) -> bool {
    matches!(
        tag.name(),
        "script"
            | "style"
            | "template"
            | "svg"
            | "math"
            | "iframe"
            | "frame"
            | "object"
            | "embed"
            | "applet"
            | "canvas"
            | "audio"
            | "video"
            | "select"
            | "datalist"
            | "textarea"
            | "input"
            | "map"
            | "head"
    ) || tag.attr("hidden").is_some_and(|value| value != "until-found")
        || tag.attr("style").is_some_and(hides)
}

/// Whether an inline style takes the element off the page.
fn hides(style: &str) -> bool {
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    style.contains("display:none") || style.contains("visibility:hidden")
}

/// Turns the walk over the tree into text, blocks and elements.
struct Flattener<'a> {
    /// Whether `<noscript>` is hidden, as it is where scripts run.
    scripting: bool,
    source: &'a str,
    pieces: &'a HashMap<NodeId, Vec<Piece>>,
    out: String,
    map: SpanMap,
    blocks: Vec<Block>,
    elements: Vec<Element>,
    /// Block elements that are open, as indices into `elements`.
    open: Vec<u32>,
    /// Depth of invisible elements that are open.
    invisible: usize,
    /// Depth of links that are open.
    links: usize,
    preformatted: usize,
    /// Start in `out` of the block being written.
    start: usize,
    linked: usize,
    /// Line breaks in a row since the last text.
    breaks: usize,
    gap: bool,
    head: Head,
}

impl<'a> Flattener<'a> {
    fn new(source: &'a str, pieces: &'a HashMap<NodeId, Vec<Piece>>, scripting: bool) -> Self {
        Self {
            scripting,
            source,
            pieces,
            out: String::new(),
            map: SpanMap::default(),
            blocks: Vec::new(),
            elements: Vec::new(),
            open: Vec::new(),
            invisible: 0,
            links: 0,
            preformatted: 0,
            start: 0,
            linked: 0,
            breaks: 0,
            gap: true,
            head: Head::default(),
        }
    }

    fn open(&mut self, tag: &Tag) {
        self.head.open(tag);
        if self.invisible > 0 || is_invisible(tag) || self.scripting && tag.name() == "noscript" {
            self.invisible += 1;
            return;
        }
        match tag.name() {
            "br" => self.line_break(),
            "a" => self.links += 1,
            "img" | "hr" | "wbr" => {}
            name if is_block(name) => {
                if name == "td" || name == "th" {
                    self.cell_break();
                } else {
                    self.flush();
                }
                self.preformatted += usize::from(name == "pre");
                let parent = self.open.last().copied();
                // More elements than fit in 32 bits do not fit in a page that html5ever reads.
                let index = u32::try_from(self.elements.len()).unwrap_or(u32::MAX);
                self.elements.push(element(tag, parent));
                self.open.push(index);
            }
            _ => {}
        }
    }

    fn close(&mut self, tag: &Tag) {
        self.head.close(tag);
        if self.invisible > 0 {
            self.invisible -= 1;
            return;
        }
        match tag.name() {
            "a" => self.links = self.links.saturating_sub(1),
            name if is_block(name) => {
                if name == "td" || name == "th" {
                    // The next cell of the row goes on in the same block.
                } else {
                    self.flush();
                }
                self.preformatted = self.preformatted.saturating_sub(usize::from(name == "pre"));
                self.open.pop();
            }
            _ => {}
        }
    }

    fn text(&mut self, node: NodeId, text: &str) {
        self.head.text(text);
        if self.invisible > 0 {
            return;
        }
        let Some(pieces) = self.pieces.get(&node) else { return };
        let mut at = 0;
        for piece in pieces {
            let Some(part) = text.get(at..at + piece.text) else { break };
            at += piece.text;
            // Text that was found nowhere in the source cannot be traced, so it is no part of the document.
            if piece.source_len == 0 || piece.source + piece.source_len > self.source.len() {
                continue;
            }
            if self.out.len() == self.start && part.trim().is_empty() {
                continue;
            }
            self.part_at_stray_tag(piece.source);
            self.out.push_str(part);
            if piece.text == piece.source_len {
                self.map.push_bytes(piece.source, piece.text);
            } else {
                self.map.push_unit(piece.source, piece.text, piece.source_len);
            }
            if !part.trim().is_empty() {
                self.breaks = 0;
                if self.links > 0 {
                    self.linked += part.trim().len();
                }
            }
        }
    }

    /// A single `<br>` is white space; two in a row are how many pages write a paragraph.
    fn line_break(&mut self) {
        self.breaks += 1;
        if self.breaks >= 2 && self.preformatted == 0 {
            self.flush();
        } else if self.out.len() > self.start {
            self.push_white_space('\n');
        }
    }

    fn cell_break(&mut self) {
        if self.out.len() > self.start {
            self.push_white_space('\t');
        }
    }

    /// Writes white space that stands for the tag after the text: its bytes are that tag's, so that the bytes of a
    /// passage part its words where its text does.
    fn push_white_space(&mut self, c: char) {
        self.out.push(c);
        match breaking_tag(self.source, self.map.original_end()) {
            Some(tag) => self.map.push_unit(tag.start, c.len_utf8(), tag.len()),
            None => self.map.push_nothing(c.len_utf8()),
        }
    }

    /// A block tag that the tree ignores (an end tag without its beginning) still reads as white space in the bytes.
    fn part_at_stray_tag(&mut self, next: usize) {
        let end = self.map.original_end();
        if self.out.len() > self.start
            && end < next
            && !self.out.ends_with(char::is_whitespace)
            && breaking_tag(self.source, end).is_some_and(|tag| tag.end <= next)
        {
            self.push_white_space(' ');
        }
    }

    /// Ends the block being written, if it holds anything.
    fn flush(&mut self) {
        self.breaks = 0;
        let written = &self.out[self.start..];
        let trimmed = written.trim();
        if trimmed.is_empty() {
            self.gap = true;
            if !written.is_empty() {
                self.push_white_space('\n');
                self.start = self.out.len();
            }
            return;
        }
        let from = self.start + (written.len() - written.trim_start().len());
        let span = Span::new(from, from + trimmed.len());
        let element = self.open.last().copied();
        self.blocks.push(Block {
            span,
            kind: self.kind(),
            gap: self.gap,
            linked: self.linked.min(span.len()),
            element,
        });
        self.linked = 0;
        self.gap = true;
        self.push_white_space('\n');
        self.start = self.out.len();
    }

    /// What the innermost telling element around the current block makes of it.
    fn kind(&self) -> BlockKind {
        for &index in self.open.iter().rev().take(6) {
            match &*self.elements[index as usize].tag {
                "h1" => return BlockKind::Heading(1),
                "h2" => return BlockKind::Heading(2),
                "h3" => return BlockKind::Heading(3),
                "h4" => return BlockKind::Heading(4),
                "h5" => return BlockKind::Heading(5),
                "h6" => return BlockKind::Heading(6),
                "li" | "dd" | "dt" => return BlockKind::Item,
                "pre" => return BlockKind::Code,
                "tr" | "td" | "th" => return BlockKind::Row,
                "figcaption" | "caption" => return BlockKind::Caption,
                "blockquote" => return BlockKind::Quote,
                "article" | "section" | "main" | "body" => return BlockKind::Paragraph,
                _ => {}
            }
        }
        BlockKind::Paragraph
    }
}

fn element(tag: &Tag, parent: Option<u32>) -> Element {
    let lower = |names: &[&str]| {
        let values: Vec<String> =
            names.iter().filter_map(|name| tag.attr(name)).map(str::to_lowercase).collect();
        values.join(" ").into_boxed_str()
    };
    Element {
        parent,
        tag: tag.name().into(),
        tokens: lower(&["class", "id", "role"]),
        microdata: lower(&["itemprop", "itemtype"]),
    }
}

/// What the head of the page, and its first `<h1>`, say about it.
#[derive(Default)]
struct Head {
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
    fn open(&mut self, tag: &Tag) {
        match tag.name() {
            "html" => self.meta.language = tag.attr("lang").and_then(clean),
            "title" => self.in_title = self.title.is_empty(),
            "h1" => self.in_h1 = self.h1.trim().is_empty(),
            "script" => {
                self.in_json_ld =
                    tag.attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("application/ld+json"));
            }
            "link" if tag.attr("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical")) => {
                self.meta.url = tag.attr("href").and_then(clean);
            }
            "meta" => self.meta_tag(tag),
            _ => {}
        }
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

    fn close(&mut self, tag: &Tag) {
        match tag.name() {
            "title" => self.in_title = false,
            "h1" => self.in_h1 = false,
            "script" => self.in_json_ld = false,
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
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

    fn finish(self) -> Meta {
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

/// White space folded; `None` where nothing is left.
fn clean(text: &str) -> Option<String> {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!folded.is_empty()).then_some(folded)
}

/// The date at the start of an ISO 8601 value.
fn iso_date(value: &str) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::parse as parse_record;
    use crate::record::Record;

    fn fold(text: &str) -> String {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The law of HTML spans: what stands in the source at a block's spans reads as the block's text.
    fn check(source: &str, expected: &[&str]) -> Document {
        let document = parse_record(&Record::html(source));
        let blocks: Vec<String> =
            document.blocks.iter().map(|block| fold(document.slice(block.span))).collect();
        assert_eq!(blocks, expected, "{source}");
        for block in &document.blocks {
            let spans = document.join_over_tags(document.map.to_original(block.span));
            let raw: String = spans.iter().map(|span| &source[span.range()]).collect();
            assert_eq!(fold(&visible_text(&raw)), fold(document.slice(block.span)), "{raw}");
        }
        document
    }

    #[test]
    fn blocks_of_a_page() {
        check(
            "<title>T</title><body><h1>Head &amp; tail</h1><p>One <b>bold</b>&nbsp;word.<p>Two<br>lines<script>no()</script>",
            &["Head & tail", "One bold word.", "Two lines"],
        );
    }

    #[test]
    fn entities_of_every_form_keep_their_place() {
        check(
            "<p>a &lt b &copy; c &#8217; d &amp e &notit; f & g &bogus; <i>h</i> < i",
            &["a < b © c ’ d & e ¬it; f & g &bogus; h < i"],
        );
    }

    #[test]
    fn text_moved_out_of_a_table_keeps_its_place() {
        check(
            "<table>moved &amp; text<tr><td>cell<td>two</table>after\r\nend",
            &["moved & text", "cell two", "after end"],
        );
    }

    #[test]
    fn invisible_parts_are_not_text() {
        check(
            "<p>seen<div hidden>no</div><div style='display: none'>no</div><noscript><p>no</noscript><!-- no --><p>seen too",
            &["seen", "seen too"],
        );
    }

    #[test]
    fn facts_from_the_head() {
        let document = check(
            "<html lang=en><head><title>A headline of note | Site</title><meta property='article:published_time' content='2020-01-02T03:04'>\
             <script type='application/ld+json'>{\"author\": {\"name\": \"Ann\"}}</script></head><body><h1>A headline of note</h1>",
            &["A headline of note"],
        );
        assert_eq!(document.meta.title.as_deref(), Some("A headline of note"));
        assert_eq!(document.meta.date.as_deref(), Some("2020-01-02"));
        assert_eq!(document.meta.author.as_deref(), Some("Ann"));
    }

    #[test]
    fn marks_inside_attributes_do_not_lose_the_text_after_the_tag() {
        check(
            "<p style='color: red; margin: 0'>one</p><p><a href='?a=1&b=2' title='x > y'>two</a> three</p>",
            &["one", "two three"],
        );
    }

    #[test]
    fn deep_nesting_is_read() {
        let source = format!("{}deep{}", "<div>".repeat(10_000), "</div>".repeat(10_000));
        check(&source, &["deep"]);
    }
}
