//! An HTML tree whose text knows where it stands in the source.
//!
//! html5ever reports no byte positions. This module feeds it the source in small pieces, cut before and after every byte
//! that can start or end something other than plain text, and watches what text comes out while a piece goes in. Text
//! reaches the tree in source order even where the tree moves it, so a cursor over the same bytes is enough to say where
//! each piece of a text node came from; entities and line ends, whose text differs from their bytes, are pieces of their own.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use ego_tree::NodeId;
use html5ever::data::NAMED_ENTITIES;
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeBuilderOpts, TreeSink};
use html5ever::{Attribute, ParseOpts, QualName, local_name, ns};
use scraper::{Html, HtmlTreeSink};

use super::tags::{TagName, end_tag};

/// A stretch of a text node's text and the bytes of the source it was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    /// Length of the text in bytes.
    pub text: usize,
    /// Offset in the source.
    pub source: usize,
    /// Length in the source; the same as `text` where the text stands in the source as it is.
    pub source_len: usize,
}

/// A parsed page and, for each text node, the pieces that its text is made of.
pub(super) struct LocatedHtml {
    pub html: Html,
    pub pieces: Pieces,
}

/// The pieces of each text node.
pub(super) type Pieces = HashMap<NodeId, Vec<Piece>, BuildHasherDefault<NodeHasher>>;

/// Hashes the number of a node: numbers are given one after the other, by the parser and not by the page.
#[derive(Default)]
pub(super) struct NodeHasher(u64);

impl Hasher for NodeHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_usize(usize::from(byte));
        }
    }

    fn write_usize(&mut self, number: usize) {
        // Fibonacci hashing (Knuth, "The Art of Computer Programming", volume 3, 6.4).
        self.0 = (self.0.rotate_left(8) ^ number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Parses a page, as a browser with or without `scripting` does: with it, what stands in `<noscript>` is no markup. Total; linear in its size but for what html5ever itself does with misnested tags.
pub(super) fn parse(source: &str, scripting: bool) -> LocatedHtml {
    let sink = LocatingSink {
        inner: HtmlTreeSink::new(Html::new_document()),
        source,
        cursor: RefCell::new(Cursor::default()),
        pieces: RefCell::new(Pieces::default()),
        raw: Cell::new(None),
    };
    let opts = ParseOpts {
        tree_builder: TreeBuilderOpts { scripting_enabled: scripting, ..TreeBuilderOpts::default() },
        ..ParseOpts::default()
    };
    let mut parser = html5ever::parse_document(sink, opts);
    // Tendrils count in 32 bits; a larger page is read up to there.
    let limit = source.floor_char_boundary(source.len().min(u32::MAX as usize - 1));
    let whole = StrTendril::from_slice(&source[..limit]);
    let mut start = 0;
    let mut nesting = Nesting::default();
    let simple = memchr::memchr2(b'\r', 0, source.as_bytes()).is_none();
    while start < limit {
        let end = piece_end(&source.as_bytes()[..limit], start, simple);
        if !nesting.admits(&source[start..end]) {
            start = end;
            continue;
        }
        let sink = &parser.tokenizer.sink.sink;
        sink.cursor.borrow_mut().enter(source, start, end);
        parser.process(part(&whole, start, end));
        start = end;
        // Nothing of a script is ever shown: it goes in as one piece that is not located.
        let sink = &parser.tokenizer.sink.sink;
        if let Some(name) = sink.raw.take() {
            let content = &source.as_bytes()[start..limit];
            let end = end_tag(content, name).map_or(limit, |len| start + len);
            sink.cursor.borrow_mut().pass(end);
            parser.process(part(&whole, start, end));
            parser.tokenizer.sink.sink.cursor.borrow_mut().passes = false;
            start = end;
        }
    }
    let finished = parser.finish();
    LocatedHtml { html: finished.0, pieces: finished.1 }
}

/// A part of a text. Both offsets fit in 32 bits, since those of the text do.
fn part(text: &StrTendril, start: usize, end: usize) -> StrTendril {
    text.subtendril(u32::try_from(start).unwrap_or(0), u32::try_from(end - start).unwrap_or(0))
}

/// Deepest nesting of elements; tags beyond it are left out and their text goes to the element around them, as in
/// browsers (Blink's limit is the same). html5ever looks through all open elements for many a tag, so that the time for
/// a page of nothing but opening tags would grow with the square of its length.
const DEEPEST: usize = 512;

/// Most elements written as `<div/>`, which HTML does not know: browsers nest what follows in them until an element around
/// them ends. Those beyond are left out for the same reason; a page of ten thousand takes a fraction of a second.
const MOST_UNCLOSED: usize = 10_000;

/// How deep the elements are nested, as far as tags alone tell.
#[derive(Default)]
struct Nesting {
    depth: usize,
    /// Elements begun by tags that look as if they ended them, too.
    unclosed: usize,
    /// The element whose content is text up to its end tag.
    raw: Option<TagName>,
}

impl Nesting {
    /// Counts the tag at the start of a piece and says whether it may go to the parser.
    fn admits(&mut self, piece: &str) -> bool {
        let Some(rest) = piece.strip_prefix('<') else { return true };
        let (closes, rest) = match rest.strip_prefix('/') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let name = TagName::read(rest);
        if let Some(raw) = &self.raw {
            if closes && raw.as_bytes() == name.as_bytes() {
                self.raw = None;
            }
            return true;
        }
        match name.as_bytes() {
            b"script" | b"style" | b"textarea" | b"title" | b"noscript" | b"iframe" | b"xmp" => {
                if !closes {
                    self.raw = Some(name);
                }
                true
            }
            // Elements that end by themselves, and void ones, do not nest however many there are.
            b"" | b"p" | b"li" | b"dt" | b"dd" | b"tr" | b"td" | b"th" | b"tbody" | b"thead" | b"tfoot"
            | b"option" | b"optgroup" | b"br" | b"img" | b"hr" | b"input" | b"meta" | b"link" | b"area"
            | b"base" | b"col" | b"embed" | b"source" | b"track" | b"wbr" | b"param" => true,
            _ if closes => {
                let admitted = self.depth <= DEEPEST;
                self.depth = self.depth.saturating_sub(1);
                admitted
            }
            _ if piece.ends_with("/>") => {
                self.unclosed += 1;
                self.unclosed <= MOST_UNCLOSED
            }
            _ => {
                self.depth += 1;
                self.depth <= DEEPEST
            }
        }
    }
}

/// Where the piece that begins at `start` ends: every `<`, `&` and carriage return begins one, every `>` and `;` ends one.
///
/// A `simple` page has no carriage returns and no zeros, which begin pieces too.
fn piece_end(bytes: &[u8], start: usize, simple: bool) -> usize {
    match bytes[start] {
        b'\r' => return start + if bytes.get(start + 1) == Some(&b'\n') { 2 } else { 1 },
        0 => return start + 1,
        _ => {}
    }
    // A tag ends with '>', an entity with ';'.
    let end = match bytes[start] {
        b'<' => b'>',
        b'&' => b';',
        _ => b'<',
    };
    let rest = &bytes[start + 1..];
    let found = if simple {
        memchr::memchr3(b'<', b'&', end, rest)
    } else {
        rest.iter().position(|byte| matches!(byte, b'<' | b'&' | b'\r' | 0) || *byte == end)
    };
    let Some(offset) = found else { return bytes.len() };
    let at = start + 1 + offset;
    if bytes[at] == end && end != b'<' { at + 1 } else { at }
}

/// Where in the source the parser is.
#[derive(Debug, Default)]
struct Cursor {
    /// End of the piece being fed.
    end: usize,
    /// First byte of it that no text has been found for yet.
    claimed: usize,
    /// Whether `claimed` is inside of a tag: a piece also begins at a carriage return or an `&` of its attributes.
    in_tag: bool,
    /// Whether the piece being fed ends inside of a tag.
    ends_in_tag: bool,
    /// Earlier pieces that no text came from; the tree builder may hold text back (inside tables), and the tokenizer an
    /// unfinished entity.
    waiting: Vec<(usize, usize)>,
    /// Whether the piece being fed is the content of a script or style sheet, whose place does not matter.
    passes: bool,
    /// The second character of the reference that was found last, and its place; the tokenizer hands over one after the
    /// other.
    second: Option<(char, Piece)>,
}

/// Most pieces that wait; text held back longer than this has no place, and is then not part of any passage.
const MAX_WAITING: usize = 4096;

impl Cursor {
    fn enter(&mut self, source: &str, start: usize, end: usize) {
        let piece = &source[start..end];
        let is_tag = begins_tag(piece);
        self.in_tag = self.ends_in_tag && !is_tag;
        self.ends_in_tag = (self.in_tag || is_tag) && memchr::memchr(b'>', piece.as_bytes()).is_none();
        if self.claimed < self.end && self.waiting.len() < MAX_WAITING {
            self.waiting.push((self.claimed, self.end));
        }
        self.claimed = start;
        self.end = end;
    }

    /// Goes on to `end` without looking for a place of the text that comes out.
    fn pass(&mut self, end: usize) {
        (self.claimed, self.end, self.passes) = (end, end, true);
        (self.in_tag, self.ends_in_tag) = (false, false);
    }

    /// Finds the source of `text`, which has just reached the tree.
    fn locate(&mut self, source: &str, text: &str) -> Option<Piece> {
        if let Some((second, piece)) = self.second.take()
            && text.chars().eq([second])
        {
            return Some(Piece { text: text.len(), ..piece });
        }
        let found = self.locate_first(source, text);
        self.second = found.and_then(|piece| {
            let raw = &source[piece.source..piece.source + piece.source_len];
            Some((second_of(raw)?, piece))
        });
        found
    }

    fn locate_first(&mut self, source: &str, text: &str) -> Option<Piece> {
        // Whether a '<' is text shows only with the byte after it, which is in the next piece.
        if text.starts_with('<')
            && let Some(at) = self.waiting.iter().position(|&(start, end)| is_literal(&source[start..end]))
        {
            let (start, end) = self.waiting[at];
            if source[start..end].starts_with(text) {
                self.waiting.drain(..=at);
                if start + text.len() < end {
                    self.waiting.insert(0, (start + text.len(), end));
                }
                return Some(Piece { text: text.len(), source: start, source_len: text.len() });
            }
        }
        // A piece cut inside an attribute (at its '&') holds the end of the tag before the text.
        let rest = &source[self.claimed..self.end];
        if (self.in_tag || !rest.starts_with(text))
            && let Some(tag_end) = ends_of_tag(rest).find(|end| rest[*end..].starts_with(text))
        {
            self.claimed += tag_end;
            self.in_tag = false;
        }
        let rest = &source[self.claimed..self.end];
        if !self.in_tag && rest.starts_with(text) && entity_len(rest).is_none() {
            let piece = Piece { text: text.len(), source: self.claimed, source_len: text.len() };
            self.claimed += text.len();
            if !rest.starts_with('<') {
                self.waiting.clear();
            }
            return Some(piece);
        }
        if let Some(at) = self.waiting.iter().position(|&(start, end)| stands_for(&source[start..end], text))
        {
            let (start, end) = self.waiting[at];
            let raw = &source[start..end];
            let piece = if let Some(source_len) = entity_len(raw) {
                Piece { text: text.len(), source: start, source_len }
            } else if raw.starts_with(text) {
                Piece { text: text.len(), source: start, source_len: text.len() }
            } else {
                Piece { text: text.len(), source: start, source_len: end - start }
            };
            self.waiting.drain(..=at);
            if start + piece.source_len < end {
                self.waiting.insert(0, (start + piece.source_len, end));
            }
            return Some(piece);
        }
        if rest.starts_with(['&', '\r', '\0']) {
            let source_len = entity_len(rest).unwrap_or(rest.len());
            let piece = Piece { text: text.len(), source: self.claimed, source_len };
            self.claimed += source_len;
            return Some(piece);
        }
        None
    }
}

/// Whether a piece begins with a tag.
fn begins_tag(piece: &str) -> bool {
    let Some(rest) = piece.strip_prefix('<') else { return false };
    rest.strip_prefix('/').unwrap_or(rest).starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Whether a piece begins with a `<` that begins no markup.
fn is_literal(piece: &str) -> bool {
    piece.strip_prefix('<').is_some_and(|rest| {
        !rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
    })
}

/// The places after each `>` of a piece.
fn ends_of_tag(piece: &str) -> impl Iterator<Item = usize> + '_ {
    memchr::memchr_iter(b'>', piece.as_bytes()).map(|at| at + 1)
}

/// Whether the raw bytes of a waiting piece can have become `text`.
fn stands_for(raw: &str, text: &str) -> bool {
    if raw.starts_with('<') {
        return false;
    }
    raw.starts_with(text) || (raw.starts_with(['&', '\r']) && text.chars().count() <= 2)
}

/// Length in bytes of the character reference at the start of `raw`, if it is one: with its semicolon, or by the longest
/// name that the standard also accepts without.
fn entity_len(raw: &str) -> Option<usize> {
    let name = raw.strip_prefix('&')?;
    if let Some(number) = name.strip_prefix('#') {
        let (mark, digits) = match number.strip_prefix(['x', 'X']) {
            Some(hex) => (3, hex.bytes().take_while(u8::is_ascii_hexdigit).count()),
            None => (2, number.bytes().take_while(u8::is_ascii_digit).count()),
        };
        let end = mark + digits;
        return (digits > 0).then(|| end + usize::from(raw[end..].starts_with(';')));
    }
    let letters = name.bytes().take_while(u8::is_ascii_alphanumeric).take(LONGEST_ENTITY).count();
    let longest = letters + usize::from(name[letters..].starts_with(';'));
    let is_name = |len: &usize| NAMED_ENTITIES.get(&name[..*len]).is_some_and(|&(first, _)| first != 0);
    (1..=longest).rev().find(is_name).map(|len| len + 1)
}

/// The second character of what a reference stands for, if it stands for two.
fn second_of(reference: &str) -> Option<char> {
    let &(_, second) = NAMED_ENTITIES.get(reference.strip_prefix('&')?)?;
    char::from_u32(second).filter(|second| *second != '\0')
}

/// Length in bytes of the longest name of a character (`CounterClockwiseContourIntegral`), without its semicolon.
const LONGEST_ENTITY: usize = 32;

/// `scraper`'s sink, with a note of where every text came from.
struct LocatingSink<'a> {
    inner: HtmlTreeSink,
    source: &'a str,
    cursor: RefCell<Cursor>,
    pieces: RefCell<Pieces>,
    /// The name of the script or style element that the parser has just made and that its content follows.
    raw: Cell<Option<&'static str>>,
}

impl LocatingSink<'_> {
    fn note(&self, node: Option<NodeId>, piece: Option<Piece>, text_len: usize) {
        let Some(node) = node else { return };
        // Text without a place still takes room in its node: a piece of no source bytes.
        let piece = piece.unwrap_or(Piece { text: text_len, source: 0, source_len: 0 });
        let mut pieces = self.pieces.borrow_mut();
        let list = pieces.entry(node).or_default();
        match list.last_mut() {
            // The second character of a reference.
            Some(last)
                if piece.source_len > 0
                    && (last.source, last.source_len) == (piece.source, piece.source_len) =>
            {
                last.text += piece.text;
            }
            Some(last)
                if last.text == last.source_len
                    && piece.text == piece.source_len
                    && last.source + last.source_len == piece.source =>
            {
                last.text += piece.text;
                last.source_len += piece.source_len;
            }
            _ => list.push(piece),
        }
    }
}

impl TreeSink for LocatingSink<'_> {
    type Output = (Html, Pieces);
    type Handle = NodeId;
    type ElemName<'a>
        = Ref<'a, QualName>
    where
        Self: 'a;

    fn finish(self) -> Self::Output {
        (self.inner.finish(), self.pieces.into_inner())
    }

    // Errors are what these pages are made of; nothing is kept of them.
    fn parse_error(&self, _: Cow<'static, str>) {}

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.inner.set_quirks_mode(mode);
    }

    fn get_document(&self) -> NodeId {
        self.inner.get_document()
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        x == y
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        self.inner.elem_name(target)
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> NodeId {
        // What stands in an element of these names is no markup, but for those inside of SVG.
        if name.ns == ns!(html) {
            self.raw.set(match name.local {
                local_name!("script") => Some("script"),
                local_name!("style") => Some("style"),
                _ => None,
            });
        }
        self.inner.create_element(name, attrs, flags)
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        self.inner.create_comment(text)
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> NodeId {
        self.inner.create_pi(target, data)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        let NodeOrText::AppendText(text) = child else {
            self.inner.append(parent, child);
            return;
        };
        if self.cursor.borrow().passes {
            self.inner.append(parent, NodeOrText::AppendText(text));
            return;
        }
        let piece = self.cursor.borrow_mut().locate(self.source, &text);
        let len = text.len();
        self.inner.append(parent, NodeOrText::AppendText(text));
        let html = self.inner.0.borrow();
        let node = html.tree.get(*parent).and_then(|parent| parent.last_child()).map(|node| node.id());
        self.note(node, piece, len);
    }

    fn append_based_on_parent_node(&self, element: &NodeId, previous: &NodeId, child: NodeOrText<NodeId>) {
        let has_parent = self.inner.0.borrow().tree.get(*element).is_some_and(|node| node.parent().is_some());
        if has_parent {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        let NodeOrText::AppendText(text) = child else {
            self.inner.append_before_sibling(sibling, child);
            return;
        };
        let piece = self.cursor.borrow_mut().locate(self.source, &text);
        let len = text.len();
        self.inner.append_before_sibling(sibling, NodeOrText::AppendText(text));
        let html = self.inner.0.borrow();
        let node = html.tree.get(*sibling).and_then(|sibling| sibling.prev_sibling()).map(|node| node.id());
        self.note(node, piece, len);
    }

    fn append_doctype_to_document(&self, name: StrTendril, public_id: StrTendril, system_id: StrTendril) {
        self.inner.append_doctype_to_document(name, public_id, system_id);
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.inner.remove_from_parent(target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        self.inner.reparent_children(node, new_parent);
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attrs: Vec<Attribute>) {
        self.inner.add_attrs_if_missing(target, attrs);
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        self.inner.get_template_contents(target)
    }

    fn mark_script_already_started(&self, _: &NodeId) {}
}
