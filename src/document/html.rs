//! HTML: the tree flattened to blocks of visible text, with the elements that hold them.

use std::borrow::Cow;

use ego_tree::NodeId;
use ego_tree::iter::Edge;
use rustc_hash::FxHashMap;
use scraper::Node;
use scraper::node::Element as Tag;

use super::attributes::Attributes;
use super::charset::Decoded;
use super::head::Head;
use super::located::{self, LocatedHtml, Pieces};
use super::tags::{Markup, Reading, is_block};
use super::visibility::is_invisible;
use super::{Block, BlockKind, Document, Element, Names};
use crate::span::{Span, SpanMap};

/// Parses a page into blocks. Total; no recursion, so that depth of nesting cannot overflow the stack.
pub(super) fn parse(decoded: Decoded) -> Document {
    let Decoded { text: decoded, map: bytes, encoding, notes } = decoded;
    let (source, map) = match preprocessed(&decoded) {
        Some((source, inner)) => (Cow::Owned(source), &inner.then(&bytes)),
        None => (Cow::Borrowed(decoded.as_str()), &bytes),
    };
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
    let document = Document {
        text: flattener.out,
        map: flattener.map.then(map),
        blocks: flattener.blocks,
        elements: flattener.elements,
        names: flattener.names,
        meta,
        encoding,
        notes,
        ..Document::default()
    };
    document.with_lines(&decoded, &bytes)
}

/// The page as a parser is to see it, with its map, where that is not the page as it stands: line ends are line feeds, as
/// the HTML standard's preprocessing of the input stream makes them, and there are no zeros, which are no text in HTML and
/// otherwise ignored in some places and replaced in others.
fn preprocessed(source: &str) -> Option<(String, SpanMap)> {
    memchr::memchr2(b'\r', 0, source.as_bytes())?;
    let mut text = String::with_capacity(source.len());
    let mut map = SpanMap::default();
    let mut start = 0;
    for at in memchr::memchr2_iter(b'\r', 0, source.as_bytes()).chain([source.len()]) {
        text.push_str(&source[start..at]);
        map.push_bytes(start, at - start);
        start = at + 1;
        match source.as_bytes().get(at) {
            Some(b'\r') => {}
            // It may stand inside of a tag.
            Some(_) => {
                map.push_textless(at, 1);
                continue;
            }
            None => break,
        }
        let breaks = usize::from(source[start..].starts_with('\n'));
        start += breaks;
        text.push('\n');
        map.push_unit(at, 1, 1 + breaks);
    }
    Some((text, map))
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

/// Turns the walk over the tree into text, blocks and elements.
struct Flattener<'a> {
    /// Whether `<noscript>` is hidden, as it is where scripts run.
    scripting: bool,
    source: &'a str,
    pieces: &'a Pieces,
    out: String,
    map: SpanMap,
    blocks: Vec<Block>,
    elements: Vec<Element>,
    names: Vec<Names>,
    /// Where the names that a tag gives an element stand among these.
    known: FxHashMap<[Option<&'a str>; 6], u32>,
    /// Block elements that are open, as indices into `elements`.
    open: Vec<u32>,
    /// Depth of invisible elements that are open.
    invisible: usize,
    /// Depth of links that are open.
    links: usize,
    preformatted: usize,
    /// Start in `out` of the block being written, as far as it has been written.
    start: usize,
    /// White space that the tree has after the text written so far; it is written once the next text tells what of the
    /// bytes between the two reads as white space.
    waiting: String,
    linked: usize,
    /// Line breaks in a row since the last text.
    breaks: usize,
    /// Whether nothing in the bytes parts the block being written from the last one, or it stands before that one.
    unparted: bool,
    head: Head,
}

impl<'a> Flattener<'a> {
    fn new(source: &'a str, pieces: &'a Pieces, scripting: bool) -> Self {
        Self {
            scripting,
            source,
            pieces,
            out: String::new(),
            map: SpanMap::default(),
            blocks: Vec::new(),
            elements: Vec::new(),
            names: Vec::new(),
            known: FxHashMap::default(),
            open: Vec::new(),
            invisible: 0,
            links: 0,
            preformatted: 0,
            start: 0,
            waiting: String::new(),
            linked: 0,
            breaks: 0,
            unparted: false,
            head: Head::default(),
        }
    }

    fn open(&mut self, tag: &'a Tag) {
        let attributes = Attributes::of(tag);
        self.head.open(tag, attributes.itemtype);
        if self.invisible > 0 || is_invisible(tag, &attributes) || self.scripting && tag.name() == "noscript"
        {
            self.invisible += 1;
            return;
        }
        match tag.name() {
            "br" => self.line_break(),
            "a" => {
                self.links += 1;
                self.link(tag);
            }
            "img" => {
                if let Some(&element) = self.open.last() {
                    let images = &mut self.elements[element as usize].images;
                    *images = images.saturating_add(1);
                }
            }
            "hr" | "wbr" => {}
            name if is_block(name.as_bytes()) => {
                if name == "td" || name == "th" {
                    self.cell_break();
                } else {
                    self.flush();
                }
                self.preformatted += usize::from(name == "pre");
                let parent = self.open.last().copied();
                // More elements than fit in 32 bits do not fit in a page that html5ever reads.
                let index = u32::try_from(self.elements.len()).unwrap_or(u32::MAX);
                let names = self.names_of(tag, &attributes);
                self.elements.push(Element { parent, names, targets: (u32::MAX, 0), ..Element::default() });
                self.open.push(index);
            }
            _ => {}
        }
    }

    /// Where the names of an element stand among those of the page.
    fn names_of(&mut self, tag: &'a Tag, attributes: &Attributes<'a>) -> u32 {
        let Attributes { class, id, role, itemprop, itemtype, .. } = *attributes;
        *self.known.entry([Some(tag.name()), class, id, role, itemprop, itemtype]).or_insert_with(|| {
            self.names.push(Names {
                tag: tag.name().into(),
                tokens: lower([class, id, role]),
                classes: lower([class, role, None]),
                microdata: lower([itemprop, itemtype, None]),
            });
            // There are no more than elements.
            u32::try_from(self.names.len() - 1).unwrap_or(u32::MAX)
        })
    }

    /// Counts a link that leads somewhere for the element that holds it.
    fn link(&mut self, tag: &Tag) {
        let Some(&element) = self.open.last() else { return };
        let Some(target) = tag.attr("href") else { return };
        let target = target.split('#').next().unwrap_or("").trim().trim_end_matches('/');
        if target.is_empty() || target.starts_with("javascript:") {
            return;
        }
        // Half of the bits are enough to tell the links of one page apart.
        let hash = (xxhash_rust::xxh3::xxh3_64(target.as_bytes()) >> 32) as u32;
        let element = &mut self.elements[element as usize];
        element.links = element.links.saturating_add(1);
        element.targets = (element.targets.0.min(hash), element.targets.1.max(hash));
    }

    fn close(&mut self, tag: &Tag) {
        self.head.close(tag);
        if self.invisible > 0 {
            self.invisible -= 1;
            return;
        }
        match tag.name() {
            "a" => self.links = self.links.saturating_sub(1),
            name if is_block(name.as_bytes()) => {
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
        for piece in pieces.iter() {
            let Some(part) = text.get(at..at + piece.text) else { break };
            at += piece.text;
            // Text that was found nowhere in the source cannot be traced, so it is no part of the document.
            if piece.source_len == 0 || piece.source + piece.source_len > self.source.len() {
                continue;
            }
            let words = part.trim();
            if self.out.len() == self.start && words.is_empty() {
                continue;
            }
            // Text that a table moved stands before what it is read after, and spans of a block must be in order.
            if self.out.len() > self.start && piece.source < self.map.original_end() {
                self.flush();
            }
            self.go_on_to(part, piece.source);
            self.out.push_str(part);
            if piece.text == piece.source_len {
                self.map.push_bytes(piece.source, piece.text);
            } else {
                self.map.push_unit(piece.source, piece.text, piece.source_len);
            }
            if !words.is_empty() {
                self.breaks = 0;
                if self.links > 0 {
                    self.linked += words.len();
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
            self.waiting.push('\n');
        }
    }

    fn cell_break(&mut self) {
        if self.out.len() > self.start {
            self.waiting.push('\t');
        }
    }

    /// Writes what stands between the text written so far and `part`, the next, which stands at `next`.
    ///
    /// The bytes of a passage part its words just where its text does: white space of the tree stands for the tag that reads
    /// as white space, and such a tag that the tree ignores (an end tag without its beginning) becomes white space. Misnested
    /// tags make the tree part what its bytes do not: there the block ends, and no passage goes over it.
    fn go_on_to(&mut self, part: &str, next: usize) {
        if self.out.is_empty() {
            return;
        }
        let mut begins = self.out.len() == self.start;
        let end = self.map.original_end();
        let waiting = std::mem::take(&mut self.waiting);
        let mut waiting = waiting.chars();
        for (reading, range) in Markup::between(self.source, end..next, self.scripting) {
            let parted = self.out.ends_with(char::is_whitespace);
            let space = match reading {
                Reading::LeftOut => continue,
                Reading::Nothing => None,
                Reading::Break => waiting.next().or_else(|| (!parted).then_some(' ')),
                Reading::Space => {
                    let space = waiting.next();
                    if space.is_none() && !parted && !part.starts_with(char::is_whitespace) {
                        continue;
                    }
                    space
                }
            };
            match space {
                Some(space) => {
                    self.out.push(space);
                    self.map.push_unit(range.start, space.len_utf8(), range.len());
                }
                None => self.map.push_textless(range.start, range.len()),
            }
        }
        let waiting = waiting.as_str();
        if !waiting.is_empty() {
            let parted = self.out.ends_with(char::is_whitespace) || part.starts_with(char::is_whitespace);
            let unparted = next < end || !parted;
            if unparted && !begins {
                self.flush();
                self.waiting.clear();
                begins = true;
            }
            // What comes later in a block does not part its beginning from the block before.
            self.unparted |= unparted;
            self.out.push_str(waiting);
            self.map.push_nothing(waiting.len());
        }
        if begins {
            self.start = self.out.len();
        }
    }

    /// Ends the block being written, if it holds anything.
    fn flush(&mut self) {
        self.breaks = 0;
        let written = &self.out[self.start..];
        let trimmed = written.trim();
        if trimmed.is_empty() {
            return;
        }
        let from = self.start + (written.len() - written.trim_start().len());
        let span = Span::new(from, from + trimmed.len());
        self.blocks.push(Block {
            span,
            kind: self.kind(),
            gap: true,
            unparted: std::mem::take(&mut self.unparted),
            linked: self.linked.min(span.len()),
            element: self.open.last().copied(),
        });
        self.linked = 0;
        self.waiting.push('\n');
        self.start = self.out.len();
    }

    /// What the innermost telling element around the current block makes of it.
    fn kind(&self) -> BlockKind {
        for &index in self.open.iter().rev().take(6) {
            match &*self.names[self.elements[index as usize].names as usize].tag {
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

/// The values that there are, in lower case, with a space between.
fn lower(values: [Option<&str>; 3]) -> Box<str> {
    let len: usize = values.iter().flatten().map(|value| value.len() + 1).sum();
    let mut joined = String::with_capacity(len.saturating_sub(1));
    for (index, value) in values.into_iter().flatten().enumerate() {
        if index > 0 {
            joined.push(' ');
        }
        if value.is_ascii() {
            joined.push_str(value);
        } else {
            joined.push_str(&value.to_lowercase());
        }
    }
    joined.make_ascii_lowercase();
    joined.into_boxed_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{parse as parse_record, visible_text};
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
            let spans = document.map.to_original(block.span);
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
    fn what_a_click_or_the_page_itself_shows_is_text_and_what_lies_over_the_page_is_not() {
        check(
            "<p>seen<div class='js-tab_content' style='display:none'>in a tab</div><div role=tabpanel hidden>in a panel</div>\
             <div hidden id=S:1f><p>sent later</div><div hidden id=S:word>no</div><div class='nav-panel' hidden>no</div>\
             <div class='modal collapse' hidden>no</div><p>and <span class=tab hidden>no</span>so on\
             <div class=answer hidden>yes<div hidden>but no</div></div>",
            &["seen", "in a tab", "in a panel", "sent later", "and so on", "yes"],
        );
    }

    #[test]
    fn facts_from_the_head() {
        let document = check(
            "<html lang=en><head><title>A headline of note | Site</title><meta property='article:published_time' content='2020-01-02T03:04'>\
             <meta name=description content='What it is about'><meta property=og:description content='is about'>\
             <script type='application/ld+json'>{\"author\": {\"name\": \"Ann\"}, \"description\": \"Notes\"}</script></head><body><h1>A headline of note</h1>",
            &["A headline of note"],
        );
        assert_eq!(document.meta.title.as_deref(), Some("A headline of note"));
        assert_eq!(document.meta.date.as_deref(), Some("2020-01-02"));
        assert_eq!(document.meta.author.as_deref(), Some("Ann"));
        // What another one holds is not noted again.
        assert_eq!(document.meta.description.as_deref(), Some("What it is about\nNotes\n"));
    }

    #[test]
    fn marks_inside_attributes_do_not_lose_the_text_after_the_tag() {
        check(
            "<p style='color: red; margin: 0'>one</p><p><a href='?a=1&b=2' title='x > y'>two</a> three</p>",
            &["one", "two three"],
        );
    }

    #[test]
    fn what_looks_like_tags_in_quotes_of_a_tag_is_no_part_of_the_text() {
        check("<p>one a<b c='x' d=\"e > <i > f < /p> <ba > \">two</b> three", &["one atwo three"]);
    }

    #[test]
    fn a_tag_ends_at_a_mark_that_is_not_in_quotes() {
        check("<p>one<b c='> '>and</b> two", &["oneand two"]);
        check("<p>one<b c='> <p> '>and</b> two", &["oneand two"]);
        // White space of a tag that only seems to end is none, nor hides it the tag that follows.
        let document = check("<p>one<img alt=\"> <p>\"></p><p>two", &["one", "two"]);
        assert!(!document.blocks[1].unparted);
    }

    #[test]
    fn what_the_tree_parts_and_the_bytes_do_not_is_parted_and_told() {
        for source in ["<div>one<svg><p></svg>two", "<div>one<svg><br></svg>two"] {
            let document = check(source, &["one", "two"]);
            assert!(document.blocks[1].unparted, "{source}");
        }
    }

    #[test]
    fn what_parts_the_end_of_a_block_does_not_part_its_beginning() {
        let document = check("<div>one<svg><br></svg>two<svg><br></svg> <p>three", &["one", "two", "three"]);
        let unparted: Vec<bool> = document.blocks.iter().map(|block| block.unparted).collect();
        assert_eq!(unparted, [false, true, false]);
    }

    #[test]
    fn text_that_stands_before_what_it_is_read_after_is_told() {
        let document =
            check("<table><tr><td>one</td>two<td>three</table>four", &["two", "one three", "four"]);
        let unparted: Vec<bool> = document.blocks.iter().map(|block| block.unparted).collect();
        assert_eq!(unparted, [false, true, false]);
    }

    #[test]
    fn bytes_of_zero_within_a_tag_do_not_end_it() {
        check("<p>one <b\0c='\0'\0>two</b> thr\0ee", &["one two three"]);
    }

    #[test]
    fn elements_that_only_look_closed_are_read_in_bounded_time() {
        // Nested, 300,000 of them would take minutes.
        let begun = std::time::Instant::now();
        let document = parse_record(&Record::html(&"<div/>x".repeat(300_000)));
        assert_eq!(document.text.matches('x').count(), 300_000);
        assert!(begun.elapsed().as_secs() < 60);
    }

    #[test]
    fn deep_nesting_is_read() {
        let source = format!("{}deep{}", "<div>".repeat(10_000), "</div>".repeat(10_000));
        check(&source, &["deep"]);
    }
}
