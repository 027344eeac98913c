//! Lists of beginnings and endings that a line is compared with: most lines fail by one byte.

/// A set of bytes.
struct Bytes([u64; 4]);

impl Bytes {
    /// The first byte of each text, or the last.
    const fn of(list: &[&str], last: bool) -> Self {
        let mut set = [0; 4];
        let mut at = 0;
        while at < list.len() {
            let bytes = list[at].as_bytes();
            // A list with an empty text in it does not compile.
            let byte = bytes[if last { bytes.len() - 1 } else { 0 }] as usize;
            set[byte / 64] |= 1 << (byte % 64);
            at += 1;
        }
        Self(set)
    }

    fn contain(&self, byte: Option<&u8>) -> bool {
        byte.is_some_and(|byte| self.0[usize::from(byte / 64)] >> (byte % 64) & 1 == 1)
    }
}

/// Texts that a line may begin with.
pub(super) struct Beginnings {
    list: &'static [&'static str],
    firsts: Bytes,
}

impl Beginnings {
    pub(super) const fn new(list: &'static [&'static str]) -> Self {
        Self { list, firsts: Bytes::of(list, false) }
    }

    /// The first of the list that `text` begins with.
    pub(super) fn find(&self, text: &str) -> Option<&'static str> {
        self.all(text).next()
    }

    /// All of the list that `text` begins with.
    pub(super) fn all(&self, text: &str) -> impl Iterator<Item = &'static str> {
        let list = if self.firsts.contain(text.as_bytes().first()) { self.list } else { &[] };
        list.iter().copied().filter(move |beginning| text.starts_with(beginning))
    }
}

/// Texts that a line may end with.
pub(super) struct Endings {
    list: &'static [&'static str],
    lasts: Bytes,
}

impl Endings {
    pub(super) const fn new(list: &'static [&'static str]) -> Self {
        Self { list, lasts: Bytes::of(list, true) }
    }

    /// The first of the list that `text` ends with.
    pub(super) fn find(&self, text: &str) -> Option<&'static str> {
        if !self.lasts.contain(text.as_bytes().last()) {
            return None;
        }
        self.list.iter().copied().find(|ending| text.ends_with(ending))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_the_list_is_found() {
        static BEGINNINGS: Beginnings = Beginnings::new(&["by ", "écrit ", "by the "]);
        static ENDINGS: Endings = Endings::new(&["Reply", "削除"]);
        assert_eq!(BEGINNINGS.find("by the sea"), Some("by "));
        assert_eq!(BEGINNINGS.find("écrit par"), Some("écrit "));
        assert_eq!(BEGINNINGS.find("bye"), None);
        assert_eq!(BEGINNINGS.find(""), None);
        assert_eq!(ENDINGS.find("返信削除"), Some("削除"));
        assert_eq!(ENDINGS.find("No reply"), None);
    }
}
