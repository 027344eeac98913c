//! An HTML tree whose text knows where it stands in the source.
//!
//! html5ever reports no byte positions, but its tokenizer hands over texts, tags and comments in the order of the source and
//! nothing else. The source is fed to it in small pieces, cut so that every tag and comment ends where a piece does. So the
//! next text always begins where the last one, or the last tag, has ended. The tree builder may drop texts, split them,
//! and hold them back inside of tables; what it has been given is kept until it shows which of that reaches the tree. The
//! source has neither carriage returns nor zeros.
//!
//! Where the tokenizer is between two tokens, texts, references and tags that are written plainly go to the tree builder
//! without it: that is most of a page, and the tokenizer takes longer for it than the tree does.

mod place;
mod sink;

use std::cell::{Cell, RefCell};

use ego_tree::NodeId;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, TreeSink};
use html5ever::{LocalName, TokenizerResult, local_name};
use rustc_hash::FxHashMap;
use scraper::{Html, HtmlTreeSink};

use super::head::is_json_ld;
use super::tags::end_tag;
use super::{reference, tag_token};
use place::Place;
use sink::{Given, LocatingSink};

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

impl Piece {
    /// The piece of a part of its text; what a character reference stands for has no parts.
    fn part(self, start: usize, end: usize) -> Option<Self> {
        if (start, end) == (0, self.text) {
            return Some(self);
        }
        let stands = self.text == self.source_len;
        stands.then(|| Self { text: end - start, source: self.source + start, source_len: end - start })
    }
}

/// A parsed page and, for each text node, the pieces that its text is made of.
pub(super) struct LocatedHtml {
    pub html: Html,
    pub pieces: Pieces,
}

/// The pieces of each text node.
pub(super) type Pieces = FxHashMap<NodeId, TextPieces>;

/// The pieces of one text, in order. Most texts are one piece, which takes no memory of its own.
#[derive(Debug)]
pub(super) struct TextPieces {
    first: Piece,
    more: Vec<Piece>,
}

impl TextPieces {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Piece> {
        std::iter::once(&self.first).chain(&self.more)
    }
}

/// Parses a page, as a browser with or without `scripting` does: with it, what stands in `<noscript>` is no markup. Total; linear in its size but for what html5ever itself does with misnested tags.
pub(super) fn parse(source: &str, scripting: bool) -> LocatedHtml {
    parse_with(source, scripting, true)
}

/// Parses a page; with `shortcuts`, what needs no tokenizer goes without it. Without them it is what a test holds the shortcuts
/// against.
fn parse_with(source: &str, scripting: bool, shortcuts: bool) -> LocatedHtml {
    let sink = LocatingSink {
        inner: HtmlTreeSink::new(Html::new_document()),
        pieces: RefCell::new(Pieces::default()),
        given: RefCell::new(Given::default()),
    };
    let opts = TreeBuilderOpts { scripting_enabled: scripting, ..TreeBuilderOpts::default() };
    let located = LocatedTokens {
        source,
        builder: TreeBuilder::new(sink, opts),
        place: Cell::new(Place::default()),
        depth: Cell::new(0),
        unclosed: Cell::new(0),
        raw: Cell::new(None),
        between: Cell::new(true),
        raw_text: RefCell::new(None),
    };
    let tokenizer = Tokenizer::new(located, TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() });
    // Tendrils count in 32 bits; a larger page is read up to there.
    let limit = source.floor_char_boundary(source.len().min(u32::MAX as usize - 1));
    let whole = StrTendril::from_slice(&source[..limit]);
    let input = BufferQueue::default();
    let feed = |text: StrTendril, end: usize| {
        tokenizer.sink.goes_on_to(end);
        input.push_back(text);
        // A script that is done waits for whoever runs it.
        while let TokenizerResult::Script(_) = tokenizer.feed(&input) {}
    };
    let mut start = 0;
    let mut in_cdata = false;
    while start < limit {
        if shortcuts && let Some(end) = tokenizer.sink.take_short(&whole, start) {
            start = end;
            continue;
        }
        let between = tokenizer.sink.between.replace(false);
        let rest = &source[start..limit];
        let is_tag = between || tokenizer.sink.ends_raw_text(rest);
        let (text, end) = if is_tag && let Some((tag, len)) = tag_token::bare(rest) {
            (StrTendril::from(tag), start + len)
        } else {
            let end = piece_end(&source.as_bytes()[..limit], start);
            (part(&whole, start, end), end)
        };
        in_cdata |= between && tokenizer.sink.begins_cdata(rest);
        feed(text, end);
        if in_cdata && source[start..end].ends_with("]]>") {
            in_cdata = false;
            tokenizer.sink.between.set(true);
        }
        start = end;
        if let Some(raw) = tokenizer.sink.raw.take() {
            let content = &source.as_bytes()[start..limit];
            let end = end_tag(content, raw.name.as_bytes()).map_or(limit, |len| start + len);
            tokenizer.sink.pass_over(true);
            // Nothing of a script is ever shown, and of a page it can be the most: the tree goes without. What follows
            // the beginning of a comment in it may not end where it seems to.
            if raw.tells || memchr::memmem::find(&source.as_bytes()[start..end], b"<!--").is_some() {
                feed(part(&whole, start, end), end);
            } else {
                tokenizer.sink.goes_on_to(end);
            }
            tokenizer.sink.pass_over(false);
            start = end;
        }
    }
    tokenizer.end();
    let (html, pieces) = tokenizer.sink.builder.sink.finish();
    LocatedHtml { html, pieces }
}

/// A part of a text. Both offsets fit in 32 bits, since those of the text do.
fn part(text: &StrTendril, start: usize, end: usize) -> StrTendril {
    text.subtendril(u32::try_from(start).unwrap_or(0), u32::try_from(end - start).unwrap_or(0))
}

/// Where the piece that begins at `start` ends: every `<` and `&` begins one, every `>` and every character reference
/// ends one.
fn piece_end(bytes: &[u8], start: usize) -> usize {
    let rest = &bytes[start + 1..];
    if bytes[start] == b'&' {
        let name = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'#').count();
        return start + 1 + name + usize::from(rest.get(name) == Some(&b';'));
    }
    if bytes[start] == b'>' {
        return start + 1;
    }
    match memchr::memchr3(b'<', b'&', b'>', rest) {
        Some(offset) => start + 1 + offset + usize::from(rest[offset] == b'>'),
        None => bytes.len(),
    }
}

/// Deepest nesting of elements; tags beyond it are left out and their text goes to the element around them, as in
/// browsers (Blink's limit is the same). html5ever looks through all open elements for many a tag, so that the time for
/// a page of nothing but opening tags would grow with the square of its length.
const DEEPEST: usize = 512;

/// Most elements written as `<div/>`, which HTML does not know: browsers nest what follows in them until an element around
/// them ends. Those beyond are left out for the same reason; a page of ten thousand takes a fraction of a second.
const MOST_UNCLOSED: usize = 10_000;

/// Lines are not counted.
const NO_LINE: u64 = 1;

/// Whether what begins with `<` is more than that character: a tag, a comment or what is taken for one.
fn may_begin_markup(rest: &str) -> bool {
    rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
}

/// The tree builder, given each text with its place.
struct LocatedTokens<'a> {
    source: &'a str,
    builder: TreeBuilder<NodeId, LocatingSink>,
    place: Cell<Place>,
    /// How deep the elements are nested, as far as tags alone tell.
    depth: Cell<usize>,
    /// Elements that were begun by tags which look as if they ended them, too.
    unclosed: Cell<usize>,
    /// The script or style element that has just begun and that its content follows.
    raw: Cell<Option<Raw>>,
    /// Whether the tokenizer is between two tokens and in the state in which markup is read.
    between: Cell<bool>,
    /// The name of the element whose content the tokenizer reads as no markup, up to the end tag of this name.
    raw_text: RefCell<Option<LocalName>>,
}

/// An element whose content is no markup and never shown.
#[derive(Debug, Clone, Copy)]
struct Raw {
    name: &'static str,
    /// Whether it tells of the page, as JSON-LD does.
    tells: bool,
}

impl Raw {
    /// What begins with a tag, if its name is one of these.
    fn of(tag: &Tag) -> Option<Self> {
        let name = match tag.name {
            local_name!("script") => "script",
            local_name!("style") => "style",
            local_name!("noscript") => "noscript",
            local_name!("iframe") => "iframe",
            _ => return None,
        };
        let tells = tag
            .attrs
            .iter()
            .any(|attribute| attribute.name.local == local_name!("type") && is_json_ld(&attribute.value));
        Some(Self { name, tells })
    }
}

impl LocatedTokens<'_> {
    /// Hands what begins at `start` to the tree builder without the tokenizer, and returns where that ends; `None` where the
    /// tokenizer is to read it.
    fn take_short(&self, source: &StrTendril, start: usize) -> Option<usize> {
        if !self.between.get() {
            return None;
        }
        let rest = &source[start..];
        if rest.starts_with("</>") {
            let end = start + 3;
            self.goes_on_to(end);
            self.claim();
            return Some(end);
        }
        if rest.starts_with('<') && may_begin_markup(rest) {
            let (tag, len) = tag_token::read(rest, |from, to| part(source, start + from, start + to))?;
            let end = start + len;
            self.goes_on_to(end);
            let result = self.process_token(Token::TagToken(tag), NO_LINE);
            // Whatever changes how the tokenizer reads on would have to go through it.
            debug_assert!(matches!(
                result,
                TokenSinkResult::Continue | TokenSinkResult::EncodingIndicator(_)
            ));
            return Some(end);
        }
        let reference = if rest.starts_with('&') { reference::read(rest) } else { None };
        let (text, len) = if let Some((text, len)) = reference {
            // Of a few, what they stand for is as long as they are, and would be taken for text that stands there as it is.
            if text.len() == len {
                return None;
            }
            (StrTendril::from(text), len)
        } else {
            // The tree builder may leave out the first line feed, and the rest could not be told from what begins with it.
            let len = if rest.starts_with("\n\n") {
                1
            } else {
                let next = memchr::memchr2(b'<', b'&', &rest.as_bytes()[1..]);
                next.map_or(rest.len(), |next| next + 1)
            };
            (part(source, start, start + len), len)
        };
        let end = start + len;
        self.goes_on_to(end);
        self.claim();
        let piece = Piece { text: text.len(), source: start, source_len: len };
        let result = self.text(text, Some(piece));
        debug_assert!(matches!(result, TokenSinkResult::Continue));
        Some(end)
    }

    /// Whether `rest` begins with the end tag of an element whose content is no markup.
    fn ends_raw_text(&self, rest: &str) -> bool {
        let raw_text = self.raw_text.borrow();
        let Some(name) = raw_text.as_deref() else { return false };
        let Some(inner) = rest.strip_prefix("</") else { return false };
        inner.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name))
            && inner.as_bytes().get(name.len()).is_some_and(|byte| tag_token::ends_name(*byte))
    }

    /// Whether `rest`, which is read as markup, begins a section of text in which nothing is markup, as SVG and mathematics have them.
    fn begins_cdata(&self, rest: &str) -> bool {
        rest.starts_with("<![CDATA[")
            && self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }

    /// Hands a text to the tree builder.
    fn text(&self, text: StrTendril, piece: Option<Piece>) -> TokenSinkResult<NodeId> {
        let given = &self.builder.sink.given;
        given.borrow_mut().begin(text.clone(), piece);
        let result = self.builder.process_token(Token::CharacterTokens(text), NO_LINE);
        given.borrow_mut().at_hand = false;
        result
    }

    /// Says that all of the piece that was fed last has been told by tokens.
    fn claim(&self) {
        let place = self.place.get();
        self.place.set(Place { claimed: place.end, second: None, ..place });
    }

    /// Says that the piece which is fed next ends at `end`.
    fn goes_on_to(&self, end: usize) {
        self.place.set(Place { end, ..self.place.get() });
    }

    /// Begins or ends what is fed without being located.
    fn pass_over(&self, passes: bool) {
        let place = self.place.get();
        self.place.set(Place { claimed: place.end, passes, ..place });
    }

    /// Counts a tag and says whether it may go to the tree builder.
    fn admits(&self, tag: &Tag) -> bool {
        let depth = self.depth.get();
        // Elements that end by themselves, and void ones, do not nest however many there are.
        if ends_by_itself(&tag.name) {
            return true;
        }
        if tag.self_closing && tag.kind == TagKind::StartTag {
            // In SVG and MathML such a tag does end its element.
            let foreign = self.builder.adjusted_current_node_present_but_not_in_html_namespace();
            self.unclosed.set(self.unclosed.get() + usize::from(!foreign));
            return self.unclosed.get() <= MOST_UNCLOSED;
        }
        if tag.kind == TagKind::EndTag {
            self.depth.set(depth.saturating_sub(1));
            return depth <= DEEPEST;
        }
        self.depth.set(depth + 1);
        depth < DEEPEST
    }
}

impl TokenSink for LocatedTokens<'_> {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        let given = &self.builder.sink.given;
        match token {
            Token::CharacterTokens(text) => {
                let mut place = self.place.get();
                let piece = if place.passes { None } else { place.locate(self.source, &text) };
                self.place.set(place);
                self.text(text, piece)
            }
            Token::ParseError(_) => TokenSinkResult::Continue,
            Token::TagToken(ref tag) => {
                self.claim();
                self.between.set(true);
                if !self.admits(tag) {
                    return TokenSinkResult::Continue;
                }
                let raw = Raw::of(tag);
                let name = tag.name.clone();
                let result = self.builder.process_token(token, line);
                given.borrow_mut().texts.clear();
                let is_raw = matches!(result, TokenSinkResult::RawData(_) | TokenSinkResult::Plaintext);
                self.between.set(!is_raw);
                self.raw_text.replace(is_raw.then_some(name));
                // Inside of SVG, what stands in these is markup.
                self.raw.set(raw.filter(|_| matches!(result, TokenSinkResult::RawData(_))));
                result
            }
            _ => {
                self.claim();
                self.between.set(true);
                // A document type does not end the text of a table.
                let ends_text = !matches!(token, Token::DoctypeToken(_));
                let result = self.builder.process_token(token, line);
                if ends_text {
                    given.borrow_mut().texts.clear();
                }
                result
            }
        }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Whether elements of this name are void, or end where the next one begins.
fn ends_by_itself(name: &LocalName) -> bool {
    matches!(
        &**name,
        "script"
            | "style"
            | "textarea"
            | "title"
            | "noscript"
            | "iframe"
            | "xmp"
            | "p"
            | "li"
            | "dt"
            | "dd"
            | "tr"
            | "td"
            | "th"
            | "tbody"
            | "thead"
            | "tfoot"
            | "option"
            | "optgroup"
            | "br"
            | "img"
            | "hr"
            | "input"
            | "meta"
            | "link"
            | "area"
            | "base"
            | "col"
            | "embed"
            | "source"
            | "track"
            | "wbr"
            | "param"
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use scraper::Node;

    use super::super::attributes::is_read;
    use super::*;

    /// A tree with all that is read of it, written out, each text with its pieces.
    fn told(page: &LocatedHtml) -> String {
        let mut told = String::new();
        for node in page.html.tree.nodes() {
            let depth = node.ancestors().count();
            match node.value() {
                Node::Element(tag) => {
                    let read = tag.attrs().filter(|(name, _)| is_read(tag.name(), name));
                    told.push_str(&format!("{depth} <{} {:?}>\n", tag.name(), read.collect::<Vec<_>>()));
                }
                Node::Text(text) => {
                    told.push_str(&format!(
                        "{depth} {:?} {:?}\n",
                        &**text,
                        page.pieces.get(&node.id()).map(|pieces| pieces.iter().collect::<Vec<_>>())
                    ));
                }
                other => told.push_str(&format!("{depth} {other:?}\n")),
            }
        }
        told
    }

    /// Pieces of tags, whole ones, and what stands around them.
    fn soup() -> impl Strategy<Value = String> {
        let names = "(p|div|a|b|i|font|table|tr|td|select|option|svg|math|title|style|script|noscript|textarea|pre|template|\
                     button|input|body|html|li|x-y|foreignObject|annotation-xml|frameset|plaintext)";
        let value = "( ?= ?(\"[a-c&<>; ]{0,4}\"|'[gt&=;]{1,5}'|'[a-c\"&]{0,4}'|[a-c/=&]{0,3}))?";
        let attributes = format!("( (class|ID|href|type|color|data-x){value}){{0,3}}");
        let matching = |pattern: &str| prop::string::string_regex(pattern).expect("the pattern can be read");
        let rest = [
            "&amp;",
            "&nbsp",
            "&#65;",
            "&#x3c;",
            "&#128;",
            "&#xD800;",
            "&#x10FFFE;",
            "&#0;",
            "&NotEqualTilde;",
            "&lt;",
            "&acE;",
            "&no;",
            "<!-- a -->",
            "<!doctype html>",
            "<![CDATA[",
            "]]>",
            "<svg><![CDATA[",
            "é",
        ];
        let piece = prop_oneof![
            4 => matching(&format!("</?{names}>")),
            4 => matching(&format!("<{names}{attributes} ?/?>")),
            3 => matching("[a-z \n]{0,9}"),
            1 => matching("[<>&;/='\"!-]{1,3}"),
            1 => prop::sample::select(rest.to_vec()).prop_map(str::to_owned),
        ];
        prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    #[test]
    fn an_end_tag_without_a_name_is_nothing() {
        let page = parse("a</>&lt;</>b", true);
        let pieces: Vec<&Piece> = page.pieces.values().flat_map(TextPieces::iter).collect();
        let places: Vec<(usize, usize)> =
            pieces.iter().map(|piece| (piece.source, piece.source_len)).collect();
        assert_eq!(places, [(0, 1), (4, 4), (11, 1)]);
    }

    #[test]
    fn a_tag_of_countless_attributes_takes_no_time() {
        let attributes = (0..50_000).map(|number| format!(" a{number}=1")).collect::<Vec<_>>().concat();
        for begin in [
            "<b",
            "<div",
            "<b x='&lt;'",
            "</p",
            "&amp<b \"",
            "&NotEqualTilde;<i /",
            "<p>x < y<b a='b'c",
            "</><b",
            "<title>x</title",
            "<script>x</script",
            "<textarea>x</TEXTAREA",
            "<svg><![CDATA[x]]><b",
            "<svg><![CDATA[&amp;<]]]><b",
            "<math><mi><![CDATA[]]></mi",
        ] {
            let page = parse(&format!("{begin}{attributes}>text"), true);
            let texts = page.html.root_element().text().collect::<String>();
            assert!(texts.ends_with("text"), "{begin}");
            let most = page
                .html
                .tree
                .nodes()
                .filter_map(|node| node.value().as_element())
                .map(|tag| tag.attrs.len());
            assert!(most.max() <= Some(100), "{begin}");
        }
    }

    #[test]
    fn text_that_a_table_holds_back_keeps_its_place() {
        let page = parse("<table>a<!doctype html>b<tr>", true);
        let pieces: Vec<&Piece> = page.pieces.values().flat_map(TextPieces::iter).collect();
        assert_eq!(pieces.iter().map(|piece| piece.source_len).sum::<usize>(), 2, "{pieces:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn what_goes_without_the_tokenizer_makes_the_same_tree(source in soup(), scripting: bool) {
            // A `<` behind this, which the tokenizer hands over nothing for, cannot be told from its own.
            prop_assume!(!source.contains("</>"));
            let with = parse_with(&source, scripting, true);
            let without = parse_with(&source, scripting, false);
            prop_assert_eq!(told(&with), told(&without), "{}", source);
        }
    }
}
