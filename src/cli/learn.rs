//! `backsearch rules learn`.

use std::io;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::Context;
use super::index::name_skipped;
use crate::boilerplate::{SOURCES, quoted};
use crate::error::Result;
use crate::ingest::{self, Learned};
use crate::output::{Screen, counted};
use crate::source::ReadOptions;

/// Propose rules: lines that many files of a folder share and that no built-in rule drops.
///
/// Nothing is accepted by this: what it prints is a rules file for you to read, change and pass on with --rules.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  backsearch rules learn pages/ > my.rules\n  backsearch rules learn --min-sources 10 pages/ archive/\n"
)]
pub(super) struct Learn {
    /// Files and folders
    #[arg(value_name = "DIR", required = true)]
    paths: Vec<PathBuf>,
    /// Fewest files of one folder that must hold a line
    #[arg(long, value_name = "N", default_value_t = SOURCES, value_parser = clap::value_parser!(u32).range(2..))]
    min_sources: u32,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    schema_version: u32,
    min_sources: u32,
    known: usize,
    proposals: Vec<ProposalLine<'a>>,
}

#[derive(Serialize)]
struct ProposalLine<'a> {
    text: &'a str,
    rule: String,
    sources: u32,
    places: Vec<PlaceLine<'a>>,
}

#[derive(Serialize)]
struct PlaceLine<'a> {
    folder: &'a str,
    sources: u32,
    example: &'a str,
}

pub(super) fn run(command: &Learn, context: &Context) -> Result<u8> {
    let roots: Vec<_> = command.paths.iter().map(|path| ingest::root_of(path)).collect();
    let learned = ingest::learn(&roots, command.min_sources, ReadOptions::default())?;
    name_skipped(&learned.skipped, context);
    context.write(|screen| {
        if command.json {
            serde_json::to_writer_pretty(&mut *screen.out, &answer(&learned, command.min_sources))?;
            return writeln!(screen.out);
        }
        write_rules(screen, &learned, command.min_sources)
    })?;
    context.say(&format!(
        "{} proposed; {} as frequent left out, which the built-in rules drop already",
        counted(learned.proposals.len() as u64, "line"),
        counted(learned.known as u64, "line")
    ));
    Ok(0)
}

fn answer(learned: &Learned, min_sources: u32) -> Answer<'_> {
    let proposals = learned.proposals.iter().map(|proposal| ProposalLine {
        text: &proposal.text,
        rule: format!("drop text {}", quoted(&proposal.text)),
        sources: proposal.sources,
        places: proposal
            .places
            .iter()
            .map(|place| PlaceLine { folder: &place.folder, sources: place.sources, example: &place.example })
            .collect(),
    });
    Answer {
        schema_version: crate::search::wire::SCHEMA_VERSION,
        min_sources,
        known: learned.known,
        proposals: proposals.collect(),
    }
}

fn write_rules(screen: &mut Screen<'_>, learned: &Learned, min_sources: u32) -> io::Result<()> {
    writeln!(
        screen.out,
        "# Lines that {min_sources} or more files of a folder share and no built-in rule drops."
    )?;
    writeln!(screen.out, "# Take out what is content, and pass the file on with --rules.")?;
    for proposal in &learned.proposals {
        writeln!(screen.out)?;
        for place in &proposal.places {
            let count = counted(u64::from(place.sources), "source");
            // A line end in the name of a file must not begin a rule.
            let (folder, example) = (one_line(&place.folder), one_line(&place.example));
            let of = if folder.is_empty() { String::new() } else { format!(" of {folder}") };
            writeln!(screen.out, "# {count}{of}, such as {example}")?;
        }
        writeln!(screen.out, "drop text {}", quoted(&proposal.text))?;
    }
    Ok(())
}

fn one_line(path: &str) -> String {
    path.replace(char::is_control, "?")
}
