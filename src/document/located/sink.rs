//! The tree of a page as `scraper` builds it, with a note of where every text came from.

use std::borrow::Cow;
use std::cell::{Ref, RefCell};
use std::collections::VecDeque;
use std::collections::hash_map::Entry;

use ego_tree::NodeId;
use html5ever::tendril::StrTendril;
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, QualName};
use scraper::{Html, HtmlTreeSink};

use super::{Piece, Pieces, TextPieces, part};

/// Texts that the tree builder has been given since the last tag and that it has not put into the tree.
#[derive(Default)]
pub(super) struct Given {
    pub(super) texts: VecDeque<(StrTendril, Option<Piece>)>,
    /// Whether it is at work on the last of them; else on the first, which it held back until a tag came.
    pub(super) at_hand: bool,
}

impl Given {
    pub(super) fn begin(&mut self, text: StrTendril, piece: Option<Piece>) {
        self.texts.push_back((text, piece));
        self.at_hand = true;
    }

    /// The place of a text that has just reached the tree: of all, or of a part, of what was given.
    fn take(&mut self, text: &str) -> Option<Piece> {
        loop {
            let (given, piece) = if self.at_hand { self.texts.pop_back() } else { self.texts.pop_front() }?;
            // Nearly always it is the whole of it.
            let at = if given.starts_with(text) { Some(0) } else { given.find(text) };
            let Some(at) = at else {
                if self.at_hand {
                    return None;
                }
                continue;
            };
            let end = at + text.len();
            if end < given.len() {
                let rest =
                    (part(&given, end, given.len()), piece.and_then(|piece| piece.part(end, given.len())));
                if self.at_hand {
                    self.texts.push_back(rest);
                } else {
                    self.texts.push_front(rest);
                }
            }
            return piece.and_then(|piece| piece.part(at, end));
        }
    }
}

/// `scraper`'s sink, with a note of where every text came from.
pub(super) struct LocatingSink {
    pub(super) inner: HtmlTreeSink,
    pub(super) pieces: RefCell<Pieces>,
    pub(super) given: RefCell<Given>,
}

impl LocatingSink {
    fn note(&self, node: Option<NodeId>, piece: Option<Piece>, text_len: usize) {
        let Some(node) = node else { return };
        // Text without a place still takes room in its node: a piece of no source bytes.
        let piece = piece.unwrap_or(Piece { text: text_len, source: 0, source_len: 0 });
        let mut pieces = self.pieces.borrow_mut();
        let list = match pieces.entry(node) {
            Entry::Vacant(vacant) => {
                vacant.insert(TextPieces { first: piece, more: Vec::new() });
                return;
            }
            Entry::Occupied(occupied) => occupied.into_mut(),
        };
        let last = list.more.last_mut().unwrap_or(&mut list.first);
        let second = (last.source, last.source_len) == (piece.source, piece.source_len);
        let stand = last.text == last.source_len && piece.text == piece.source_len;
        if piece.source_len > 0 && second {
            // The second character of a reference.
            last.text += piece.text;
        } else if stand && last.source + last.source_len == piece.source {
            last.text += piece.text;
            last.source_len += piece.source_len;
        } else {
            list.more.push(piece);
        }
    }
}

impl TreeSink for LocatingSink {
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
        let piece = self.given.borrow_mut().take(&text);
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
        let piece = self.given.borrow_mut().take(&text);
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
