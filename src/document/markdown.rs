//! Markdown: `CommonMark` blocks, by `pulldown-cmark`, which gives the byte range of every piece of text.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::charset::Decoded;
use super::{Block, BlockKind, Document};
use crate::span::{Span, SpanMap};

/// Parses Markdown with tables and front matter. Total; linear.
pub(super) fn parse(decoded: Decoded) -> Document {
    let Decoded { text: source, map, encoding, notes } = decoded;
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_FOOTNOTES;
    let mut writer = Writer::new(&source);
    for (event, range) in Parser::new_ext(&source, options).into_offset_iter() {
        writer.event(&event, range);
    }
    writer.flush();
    let document = Document {
        text: writer.out,
        map: writer.map.then(&map),
        blocks: writer.blocks,
        encoding,
        notes,
        ..Document::default()
    };
    document.with_lines(&source, &map)
}

struct Writer<'a> {
    source: &'a str,
    out: String,
    map: SpanMap,
    blocks: Vec<Block>,
    /// Kinds of the blocks that are open, innermost last.
    open: Vec<BlockKind>,
    start: usize,
    links: usize,
    linked: usize,
    metadata: bool,
}

impl<'a> Writer<'a> {
    fn new(source: &'a str) -> Self {
        Self {
            source,
            out: String::new(),
            map: SpanMap::default(),
            blocks: Vec::new(),
            open: Vec::new(),
            start: 0,
            links: 0,
            linked: 0,
            metadata: false,
        }
    }

    fn event(&mut self, event: &Event<'_>, range: std::ops::Range<usize>) {
        match event {
            Event::Start(tag) => self.start_tag(tag),
            Event::End(tag) => self.end_tag(*tag),
            Event::Text(text) | Event::Code(text) if !self.metadata => self.text(text, range),
            Event::SoftBreak | Event::HardBreak => self.white_space('\n'),
            _ => {}
        }
    }

    fn start_tag(&mut self, tag: &Tag<'_>) {
        let kind = match tag {
            Tag::Heading { level, .. } => BlockKind::Heading(level_number(*level)),
            Tag::Item | Tag::DefinitionListTitle | Tag::DefinitionListDefinition => BlockKind::Item,
            Tag::BlockQuote(_) => BlockKind::Quote,
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => BlockKind::Code,
            Tag::TableRow | Tag::TableHead => BlockKind::Row,
            Tag::Paragraph => self.open.last().copied().unwrap_or_default(),
            Tag::MetadataBlock(_) => {
                self.metadata = true;
                return;
            }
            Tag::Link { .. } => {
                self.links += 1;
                return;
            }
            Tag::TableCell => {
                self.white_space('\t');
                return;
            }
            _ => return,
        };
        self.flush();
        self.open.push(kind);
    }

    fn end_tag(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Link => self.links = self.links.saturating_sub(1),
            TagEnd::MetadataBlock(_) => self.metadata = false,
            TagEnd::Heading(_)
            | TagEnd::Item
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::BlockQuote(_)
            | TagEnd::CodeBlock
            | TagEnd::TableRow
            | TagEnd::TableHead
            | TagEnd::Paragraph => {
                self.flush();
                self.open.pop();
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str, range: std::ops::Range<usize>) {
        let raw = &self.source[range.clone()];
        // Code spans keep their backticks in the range; an entity is one unit.
        if let Some(at) = raw.find(text) {
            self.map.push_bytes(range.start + at, text.len());
        } else {
            self.map.push_unit(range.start, text.len(), raw.len());
        }
        self.out.push_str(text);
        if self.links > 0 {
            self.linked += text.trim().len();
        }
    }

    fn white_space(&mut self, c: char) {
        if self.out.len() > self.start {
            self.out.push(c);
            self.map.push_nothing(c.len_utf8());
        }
    }

    fn flush(&mut self) {
        let written = &self.out[self.start..];
        let trimmed = written.trim();
        if !trimmed.is_empty() {
            let from = self.start + (written.len() - written.trim_start().len());
            let span = Span::new(from, from + trimmed.len());
            self.blocks.push(Block {
                span,
                kind: self.open.last().copied().unwrap_or_default(),
                gap: true,
                unparted: false,
                linked: self.linked.min(span.len()),
                element: None,
            });
        }
        self.linked = 0;
        self.white_space('\n');
        self.start = self.out.len();
    }
}

const fn level_number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::parse as parse_record;
    use crate::record::{Media, Record};

    #[test]
    fn blocks_of_a_page() {
        let source = "---\na: b\n---\n# Head *line*\n\nText `code` &amp; [link](u)\nmore.\n\n- one\n- two\n\n> quoted\n";
        let document = parse_record(&Record { media: Media::Markdown, ..Record::plain(source) });
        let blocks: Vec<(&str, BlockKind)> =
            document.blocks.iter().map(|block| (document.slice(block.span), block.kind)).collect();
        assert_eq!(
            blocks,
            [
                ("Head line", BlockKind::Heading(1)),
                ("Text code & link\nmore.", BlockKind::Paragraph),
                ("one", BlockKind::Item),
                ("two", BlockKind::Item),
                ("quoted", BlockKind::Quote),
            ]
        );
        assert_eq!(document.line_at(document.map.original_offset(document.blocks[2].span.start)), 9);
    }
}
