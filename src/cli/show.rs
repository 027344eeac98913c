//! `backsearch show`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Context;
use crate::boilerplate::Repetition;
use crate::error::{Error, Kind, Result};
use crate::index::{Found, Manifest, look, open};
use crate::ingest::prepare;
use crate::output::labelled;
use crate::record::Origin;
use crate::source::{self, ReadOptions};

/// Show the original text around a place, boilerplate labelled.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  backsearch show 002_66e0a7dedaf78940.txt:51\n  backsearch show pages/article.html\n"
)]
pub(super) struct Show {
    /// A source as hits name it, or a path, with the line if one is of interest
    #[arg(value_name = "SOURCE[:LINE]")]
    place: String,
    /// Lines to show before and after the place
    #[arg(short = 'C', long, default_value_t = 5, value_name = "N")]
    context: usize,
}

pub(super) fn run(command: &Show, context: &Context) -> Result<u8> {
    let (name, line) = match command.place.rsplit_once(':') {
        Some((name, line)) if !name.is_empty() => match line.parse::<usize>() {
            Ok(line) => (name, Some(line)),
            Err(_) => (command.place.as_str(), None),
        },
        _ => (command.place.as_str(), None),
    };
    let (origin, id) = find(name, context)?;
    let record = source::read_record(&origin, id.as_deref(), ReadOptions::default())?;
    let prepared = prepare(&record, &Repetition::none());
    let lines = line.map(|line| (line.saturating_sub(command.context), line + command.context));
    let last = prepared.document.blocks.last().map_or(0, |block| {
        prepared.document.line_at(prepared.document.map.original_offset(block.span.start))
    });
    if let Some(line) = line
        && line > last
    {
        return Err(Error::new(Kind::User, format!("{name} has no line {line}"))
            .hint(format!("its last line is {last}")));
    }
    context.write(|screen| {
        let prepared = &prepared;
        labelled::write(screen, &prepared.document, &prepared.labels, lines, false)
    })?;
    Ok(0)
}

/// The file that a name stands for: a path, or a source of the index; and the record inside it, if it names one.
fn find(name: &str, context: &Context) -> Result<(Origin, Option<String>)> {
    if Path::new(name).is_file() {
        return Ok((source::origin_of_file(Path::new(name)), None));
    }
    let (file, id) = match name.rsplit_once('#') {
        Some((file, id)) => (file, Some(id.to_owned())),
        None => (name, None),
    };
    if id.is_some() && Path::new(file).is_file() {
        return Ok((source::origin_of_file(Path::new(file)), id));
    }
    let dir = context.index_dir();
    if look(&dir)? == Found::Index {
        let index = open(&dir)?;
        let manifest = Manifest::read(&index)?;
        let mut matches: Vec<PathBuf> = Vec::new();
        for key in manifest.entries.keys() {
            let Some((root, source)) = key.split_once('\u{1f}') else { continue };
            let named = |name: &str| source == name || source.rsplit('/').next() == Some(name);
            if named(name) || named(file) {
                let root = Path::new(root);
                matches.push(if root.is_dir() { root.join(source) } else { root.to_path_buf() });
            }
        }
        matches.sort();
        if let [path] = matches.as_slice() {
            let whole = path.to_string_lossy().ends_with(name);
            return Ok((source::origin_of_file(path), id.filter(|_| !whole)));
        }
        if matches.len() > 1 {
            let paths: Vec<String> = matches.iter().take(3).map(|path| path.display().to_string()).collect();
            return Err(Error::new(Kind::User, format!("several sources are called {name}"))
                .hint(format!("name one by its path: {}", paths.join(", "))));
        }
    }
    Err(Error::new(Kind::User, format!("no file and no source of the index is called {name}"))
        .hint("`backsearch stats --sources` lists the sources"))
}
