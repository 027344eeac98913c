//! Lists of beginnings and endings that a line is compared with: only those that share its first or last byte.

/// Texts of which each belongs to one byte.
struct ByByte<const N: usize> {
    list: [&'static str; N],
    /// For each byte, one more than the place of its first text; 0 where there is none.
    first: [u8; 256],
    /// For each text, the same of the next text of its byte.
    next: [u8; N],
}

impl<const N: usize> ByByte<N> {
    /// Orders a list of at most 255 texts by their first bytes, or by their last; a list with an empty text, or a longer
    /// list, does not compile.
    const fn new(list: [&'static str; N], last: bool) -> Self {
        let (mut first, mut next) = ([0; 256], [0; N]);
        let mut at = N;
        while at > 0 {
            let bytes = list[at - 1].as_bytes();
            let byte = bytes[if last { bytes.len() - 1 } else { 0 }] as usize;
            next[at - 1] = first[byte];
            assert!(at < 256, "places are kept in eight bits");
            #[expect(clippy::cast_possible_truncation, reason = "it is less than 256")]
            let place = at as u8;
            first[byte] = place;
            at -= 1;
        }
        Self { list, first, next }
    }

    /// The texts of a byte, in the order of the list.
    fn of(&self, byte: Option<&u8>) -> impl Iterator<Item = &'static str> {
        let mut place = byte.map_or(0, |byte| self.first[usize::from(*byte)]);
        std::iter::from_fn(move || {
            let at = usize::from(place).checked_sub(1)?;
            place = self.next[at];
            Some(self.list[at])
        })
    }
}

/// Texts that a line may begin with.
pub(super) struct Beginnings<const N: usize>(ByByte<N>);

impl<const N: usize> Beginnings<N> {
    pub(super) const fn new(list: [&'static str; N]) -> Self {
        Self(ByByte::new(list, false))
    }

    /// All of the list that `text` begins with, in its order.
    pub(super) fn all(&self, text: &str) -> impl Iterator<Item = &'static str> {
        self.0.of(text.as_bytes().first()).filter(move |beginning| text.starts_with(beginning))
    }

    /// The first of the list that `text` begins with.
    pub(super) fn find(&self, text: &str) -> Option<&'static str> {
        self.all(text).next()
    }

    /// Whether one of the list begins with a byte.
    pub(super) fn has(&self, first: u8) -> bool {
        self.0.first[usize::from(first)] != 0
    }

    /// Length in bytes of the longest of the list.
    #[cfg(test)]
    pub(super) fn longest(&self) -> usize {
        self.0.list.iter().map(|text| text.len()).max().unwrap_or(0)
    }

    /// Whether `text` is one of the list.
    pub(super) fn contains(&self, text: &str) -> bool {
        self.0.of(text.as_bytes().first()).any(|known| known == text)
    }
}

/// Texts that a line may end with.
pub(super) struct Endings<const N: usize>(ByByte<N>);

impl<const N: usize> Endings<N> {
    pub(super) const fn new(list: [&'static str; N]) -> Self {
        Self(ByByte::new(list, true))
    }

    /// The first of the list that `text` ends with.
    pub(super) fn find(&self, text: &str) -> Option<&'static str> {
        self.0.of(text.as_bytes().last()).find(|ending| text.ends_with(ending))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_the_list_is_found() {
        static BEGINNINGS: Beginnings<4> = Beginnings::new(["by the ", "by ", "écrit ", "bye"]);
        static ENDINGS: Endings<2> = Endings::new(["Reply", "削除"]);
        assert_eq!(BEGINNINGS.find("by the sea"), Some("by the "));
        assert_eq!(BEGINNINGS.all("by the sea").collect::<Vec<_>>(), ["by the ", "by "]);
        assert_eq!(BEGINNINGS.find("écrit par"), Some("écrit "));
        assert_eq!(BEGINNINGS.find("bay"), None);
        assert_eq!(BEGINNINGS.find(""), None);
        assert!(BEGINNINGS.contains("bye") && !BEGINNINGS.contains("by"));
        assert_eq!(ENDINGS.find("返信削除"), Some("削除"));
        assert_eq!(ENDINGS.find("No reply"), None);
    }
}
