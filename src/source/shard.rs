//! Shards: a fixed part of any input, the same on every machine.

use std::fmt;
use std::str::FromStr;

use xxhash_rust::xxh3::xxh3_64;

/// One of `count` parts of an input, counted from 1.
///
/// A source belongs to the part that the hash of its path relative to its root says, and a record inside a file to that
/// of `FILE#ID`; so the parts of an input never overlap, and one large archive splits as a folder does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    number: u32,
    count: u32,
}

impl Shard {
    /// Whether a source is in this part.
    #[must_use]
    pub fn holds(self, source: &str) -> bool {
        xxh3_64(source.as_bytes()) % u64::from(self.count) == u64::from(self.number - 1)
    }

    /// The name of the file that holds what comes of this part.
    #[must_use]
    pub fn file_name(self, extension: &str) -> String {
        format!("part-{:05}-of-{:05}.{extension}", self.number, self.count)
    }

    /// The name of the file, beside those of the parts, that says what they are parts of.
    #[must_use]
    pub fn whole_name(self) -> String {
        format!(".parts-of-{:05}.json", self.count)
    }

    /// Whether a file is one of as many parts.
    #[must_use]
    pub fn is_beside(self, name: &str) -> bool {
        name.starts_with("part-") && name.contains(&format!("-of-{:05}.", self.count))
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.count)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(number, count)| {
            Some(Self { number: number.trim().parse().ok()?, count: count.trim().parse().ok()? })
        });
        parts
            .filter(|shard| (1..=shard.count).contains(&shard.number))
            .ok_or_else(|| "a shard is written as 3/16: the third of sixteen, from 1/16 to 16/16".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_is_in_one_shard_and_shards_are_alike() {
        let shards: Vec<Shard> =
            (1..=4).map(|number| format!("{number}/4").parse().expect("it is a shard")).collect();
        let mut sizes = [0; 4];
        for number in 0..4000 {
            let source = format!("folder/{number}.html");
            let own: Vec<usize> = (0..4).filter(|shard| shards[*shard].holds(&source)).collect();
            assert_eq!(own.len(), 1);
            sizes[own[0]] += 1;
        }
        assert!(sizes.iter().all(|size| (900..1100).contains(size)), "{sizes:?}");
    }

    #[test]
    fn what_is_no_shard_is_refused() {
        for text in ["", "3", "0/4", "5/4", "1/0", "-1/4", "a/b"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
        assert_eq!(
            "3/16".parse::<Shard>().expect("it is a shard").file_name("jsonl"),
            "part-00003-of-00016.jsonl"
        );
    }
}
