//! Gates: which lines a rule looks at, found for all rules in one search of the page.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::line::Line;
use super::page::Page;
use super::rule::Check;
use super::rules::RULES;
use crate::analysis::bits;

/// Which lines a rule looks at. Most lines are spared the look.
#[derive(Debug, Clone, Copy)]
pub struct Gate {
    /// Most words of the line.
    pub words: usize,
    /// Texts of which one stands in every line in which the rule can find something; none where there is no such text.
    pub holds: &'static [&'static str],
    /// Whether a furniture phrase lets a line pass that holds none of them.
    pub prompt: bool,
}

impl Gate {
    /// Every line passes.
    pub const OPEN: Self = Self { words: usize::MAX, holds: &[], prompt: false };

    /// Lines of at most so many words pass.
    #[must_use]
    pub const fn words(words: usize) -> Self {
        Self { words, ..Self::OPEN }
    }

    /// Lines that hold one of some texts pass.
    #[must_use]
    pub const fn holds(holds: &'static [&'static str]) -> Self {
        Self { holds, ..Self::OPEN }
    }

    /// Lines that hold a furniture phrase pass, too.
    #[must_use]
    pub const fn or_prompt(self) -> Self {
        Self { prompt: true, ..self }
    }

    /// Calls `look` with every line of a page that passes, in order. Linear in the page, which is searched as a whole.
    pub fn for_each<'p, 'a>(&self, page: &'p Page<'a>, mut look: impl FnMut(&'p Line<'a>)) {
        if self.holds.is_empty() {
            page.lines.iter().filter(|line| line.words <= self.words).for_each(look);
            return;
        }
        let mut passing: Vec<usize> = if self.prompt { page.prompted.clone() } else { Vec::new() };
        for text in self.holds {
            match number_of(text) {
                Some(number) => passing.extend(&page.holding()[number]),
                None => page.lines_holding(&Finder::new(text), &mut passing),
            }
        }
        passing.sort_unstable();
        passing.dedup();
        for line in passing.iter().map(|&index| &page.lines[index]).filter(|line| line.words <= self.words) {
            look(line);
        }
    }
}

/// The texts of the gates of all rules.
struct Texts {
    list: Vec<&'static str>,
    /// For each byte, the numbers of the texts that begin with it, as bits.
    by_first: [u64; 256],
    /// The first bytes of texts that do not begin with a capital.
    marks: Vec<u8>,
}

static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    let gates = RULES.iter().filter_map(|rule| match &rule.check {
        Check::Line(gate, _) | Check::Within(gate, _) => Some(gate),
        _ => None,
    });
    let mut list: Vec<&str> = gates.flat_map(|gate| gate.holds).copied().collect();
    list.sort_unstable();
    list.dedup();
    // What is more, each rule looks for by itself.
    list.truncate(u64::BITS as usize);
    let mut by_first = [0; 256];
    for (number, first) in list.iter().enumerate().filter_map(|(at, text)| Some((at, text.bytes().next()?))) {
        by_first[usize::from(first)] |= 1 << number;
    }
    let mut marks: Vec<u8> = list.iter().filter_map(|text| text.bytes().next()).collect();
    marks.retain(|first| !first.is_ascii_uppercase());
    marks.dedup();
    Texts { list, by_first, marks }
});

/// The number of a text of some gate among all of them.
pub(super) fn number_of(text: &str) -> Option<usize> {
    TEXTS.list.binary_search(&text).ok()
}

/// For the text of each gate, the lines of a page that hold it, in order. A capital is rare and so is a mark, so that the
/// page is searched for how the texts begin. Linear.
pub(super) fn holding(page: &Page<'_>) -> Vec<Vec<usize>> {
    let texts = &*TEXTS;
    let mut found = vec![Vec::new(); texts.list.len()];
    let mut line = 0;
    for (index, piece) in page.classes.pieces().iter().enumerate() {
        for place in bits::places(piece.upper) {
            texts.look(page, index * bits::BYTES + place, &mut line, &mut found);
        }
    }
    for marks in texts.marks.chunks(3) {
        // Three are looked for in the time of one.
        let [first, second, third] = [0, 1, 2].map(|at| *marks.get(at).unwrap_or(&marks[0]));
        let mut line = 0;
        for at in memchr::memchr3_iter(first, second, third, page.document.text.as_bytes()) {
            texts.look(page, at, &mut line, &mut found);
        }
    }
    found
}

impl Texts {
    /// Notes the texts that stand at `at`, which no line before `line` reaches.
    #[inline]
    fn look(&self, page: &Page<'_>, at: usize, line: &mut usize, found: &mut [Vec<usize>]) {
        let rest = &page.document.text.as_bytes()[at..];
        for number in bits::places(self.by_first[usize::from(rest[0])]) {
            if !rest.starts_with(self.list[number].as_bytes()) {
                continue;
            }
            while page.lines.get(*line).is_some_and(|line| line.span.end <= at) {
                *line += 1;
            }
            let stands = page.lines.get(*line).is_some_and(|line| line.span.start <= at);
            if stands && found[number].last() != Some(line) {
                found[number].push(*line);
            }
        }
    }
}
