//! Where in the source of a page the tokenizer is, and where the texts stand that it hands over.

use super::Piece;
use crate::document::reference::{reference_len, second_of};

/// Where in the source the tokenizer is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    /// End of the piece being fed.
    pub(super) end: usize,
    /// End of the last token.
    pub(super) claimed: usize,
    /// Whether what is fed is the content of a script or style sheet, whose place does not matter.
    pub(super) passes: bool,
    /// The second character of the reference that was found last, and its place; the tokenizer hands over one after the
    /// other.
    pub(super) second: Option<(char, Piece)>,
}

impl Place {
    /// Finds the source of `text`, the next that the tokenizer hands over.
    pub(super) fn locate(&mut self, source: &str, text: &str) -> Option<Piece> {
        if let Some((second, piece)) = self.second.take()
            && text.chars().eq([second])
        {
            return Some(Piece { text: text.len(), ..piece });
        }
        let mut rest = &source[self.claimed..];
        while let Some(len) = silent_len(rest).filter(|_| !rest.starts_with(text)) {
            self.claimed += len;
            rest = &rest[len..];
        }
        // Where references are not read, as in `<noscript>`, their letters come with the `&`.
        let reference = if rest.starts_with(text) && text != "&" { None } else { reference_len(rest) };
        let source_len = match reference {
            Some(len) => len,
            None if rest.starts_with(text) => text.len(),
            None => return None,
        };
        let piece = Piece { text: text.len(), source: self.claimed, source_len };
        self.claimed += source_len;
        self.second = reference.and_then(|_| second_of(&rest[..source_len])).map(|second| (second, piece));
        Some(piece)
    }
}

/// Length of the markup at the start of `rest`, if it is one that the tokenizer hands over nothing for.
fn silent_len(rest: &str) -> Option<usize> {
    ["</>", "<![CDATA[", "]]>"].iter().find(|markup| rest.starts_with(**markup)).map(|markup| markup.len())
}
