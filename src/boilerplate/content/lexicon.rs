//! What names say: tags, classes, microdata, and the words of short lines and headings, each with the log odds of content.

use rustc_hash::FxHashMap;

use crate::document::Names;

/// Which names are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameKind {
    /// A whole class, id or role.
    Whole,
    /// A part of one: `entry` in `entry-content`.
    Part,
    /// A tag.
    Tag,
    /// An `itemprop` or `itemtype`.
    Microdata,
    /// A word of a short line.
    Word,
    /// A word of the heading above a block.
    Heading,
}

impl NameKind {
    /// All of them, with the letter that stands for each in the data file.
    pub(super) const ALL: [(Self, char); 6] = [
        (Self::Whole, 'w'),
        (Self::Part, 'p'),
        (Self::Tag, 't'),
        (Self::Microdata, 'm'),
        (Self::Word, 'l'),
        (Self::Heading, 'h'),
    ];
}

/// Log odds of content by name; a name that is not in it says nothing.
#[derive(Debug, Clone, Default)]
pub struct Lexicon {
    names: [FxHashMap<Box<str>, f32>; 6],
}

impl Lexicon {
    /// Reads the data: a line a name, `kind<TAB>name<TAB>hundredths`. Lines of another shape are passed over.
    #[must_use]
    pub fn parse(data: &str) -> Self {
        let mut lexicon = Self::default();
        for line in data.lines() {
            let mut fields = line.split('\t');
            let (Some(letter), Some(name), Some(value)) = (fields.next(), fields.next(), fields.next())
            else {
                continue;
            };
            let kind = NameKind::ALL.iter().find(|(_, mark)| letter.starts_with(*mark));
            if let (Some((kind, _)), Ok(value)) = (kind, value.parse::<i16>()) {
                lexicon.set(*kind, name, Some(f32::from(value) / 100.0));
            }
        }
        lexicon
    }

    /// Writes what [`Lexicon::parse`] reads, sorted.
    #[must_use]
    pub fn write(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        for (kind, letter) in NameKind::ALL {
            let mut names: Vec<(&str, f32)> =
                self.names[kind as usize].iter().map(|(name, value)| (&**name, *value)).collect();
            names.sort_by(|a, b| a.0.cmp(b.0));
            lines.extend(
                names.iter().map(|(name, value)| format!("{letter}\t{name}\t{:.0}\n", value * 100.0)),
            );
        }
        lines.concat()
    }

    /// Gives a name a value, or takes it away.
    pub(super) fn set(&mut self, kind: NameKind, name: &str, value: Option<f32>) {
        let names = &mut self.names[kind as usize];
        match value {
            Some(value) => {
                names.insert(name.into(), value);
            }
            None => {
                names.remove(name);
            }
        }
    }

    fn get(&self, kind: NameKind, name: &str) -> Option<f32> {
        self.names[kind as usize].get(name).copied()
    }

    /// What a word of a short line says of it.
    pub(super) fn word(&self, word: &str) -> Option<f32> {
        self.get(NameKind::Word, word)
    }

    /// The least and the most that a name of an element says; nothing says 0.
    pub(super) fn element(&self, names: &Names) -> (f32, f32) {
        let (mut worst, mut best) = (0.0f32, 0.0f32);
        each_name(names, |kind, name| {
            if let Some(value) = self.get(kind, name) {
                worst = worst.min(value);
                best = best.max(value);
            }
        });
        (worst, best)
    }

    /// What a word of a heading says of what stands under it.
    pub(super) fn heading_word(&self, word: &str) -> Option<f32> {
        self.get(NameKind::Heading, word)
    }
}

/// Calls `see` with every name of an element: its tag, its whole classes, ids and roles and their parts, its microdata.
pub(super) fn each_name<'a>(names: &'a Names, mut see: impl FnMut(NameKind, &'a str)) {
    see(NameKind::Tag, &names.tag);
    for token in names.tokens.split_ascii_whitespace() {
        see(NameKind::Whole, token);
        for part in token.split(|c: char| !c.is_ascii_lowercase()).filter(|part| part.len() > 1) {
            see(NameKind::Part, part);
        }
    }
    for name in names.microdata.split_ascii_whitespace().filter(|name| name.len() < 40) {
        see(NameKind::Microdata, name);
    }
}

/// What a row of names says together: the worst, the best, their sum, and the nearest.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sums {
    /// The lowest log odds, at most 0.
    pub worst: f32,
    /// The highest, at least 0.
    pub best: f32,
    /// Sum over the elements of the worst and the best of each.
    pub sum: f32,
    /// The worst and best of the nearest elements, innermost first.
    near: [(f32, f32); 3],
    /// Levels up to the worst and to the best.
    levels: (u8, u8),
}

impl Sums {
    /// Takes one more name into account.
    pub(super) fn see(&mut self, value: Option<f32>) {
        let Some(value) = value else { return };
        self.worst = self.worst.min(value);
        self.best = self.best.max(value);
        self.sum += value;
    }

    /// The sums inside of an element whose names say at worst and at best so much, and which stands in what `self` was
    /// summed over.
    pub(super) fn inside(self, (worst, best): (f32, f32)) -> Self {
        let levels = (
            if worst < self.worst { 0 } else { self.levels.0.saturating_add(1) },
            if best > self.best { 0 } else { self.levels.1.saturating_add(1) },
        );
        Self {
            worst: self.worst.min(worst),
            best: self.best.max(best),
            sum: self.sum + worst + best,
            near: [(worst, best), self.near[0], self.near[1]],
            levels,
        }
    }

    /// Features, each with what it says.
    pub(super) fn values(&self) -> [(&'static str, f32); 10] {
        let [own, parent, grandparent] = self.near;
        let worst = own.0.min(parent.0);
        let best = own.1.max(parent.1);
        [
            ("class names around, worst", self.worst),
            ("class names around, best", self.best),
            ("class names around", self.sum),
            ("class names near, worst", worst),
            ("class names near, best", best),
            ("own class names", own.0 + own.1),
            ("levels to the worst class name", f32::from(self.levels.0)),
            ("levels to the best class name", f32::from(self.levels.1)),
            ("class names of the section, worst", worst.min(grandparent.0)),
            ("class names of the section, best", best.max(grandparent.1)),
        ]
    }
}
