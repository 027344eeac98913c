//! Rules files: every line is a rule or is named as none, and whatever the rules drop, no law is broken.

#![no_main]

#[path = "../../tests/laws/stated.rs"]
#[allow(dead_code, reason = "each target checks the laws of its format")]
mod stated;

use backsearch::boilerplate::{Knowledge, UserRules};
use backsearch::ingest::prepare;
use backsearch::record::{Media, Record};
use backsearch::source::Shard;
use libfuzzer_sys::fuzz_target;

const PAGE: &str = "Mowing a Lawn\n\nHome | About\n\nHow do I mow?\n\nCut the grass when it is dry. The blade is sharp, \
    so take care.\n\nReport this page\n\nRelated posts\n\nA rake (photo: A. Smith) is of use.\n";

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(shard) = text.parse::<Shard>() {
        assert_eq!(shard.to_string().parse::<Shard>(), Ok(shard));
    }
    match UserRules::parse("my.rules", text) {
        Err(problems) => {
            assert!(!problems.is_empty());
            assert!(problems.iter().all(|problem| (1..=text.lines().count()).contains(&problem.line)));
        }
        Ok(rules) => {
            let knowledge = Knowledge { rules: Some(&rules), ..Knowledge::default() };
            for media in [Media::Plain, Media::Markdown, Media::Html] {
                let prepared = prepare(&Record { media, ..Record::plain(PAGE) }, knowledge);
                stated::labels_cover(&prepared);
                if media != Media::Html {
                    stated::kept_text_is_in_passages(&prepared);
                }
            }
        }
    }
});
