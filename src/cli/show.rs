//! `backsearch show`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Context;
use super::query::CHANGED;
use crate::boilerplate::Knowledge;
use crate::error::{Error, Kind, Result};
use crate::index::{Found, Manifest, Root, look, open};
use crate::ingest::{Prepared, prepare, prepare_unlabelled, repetition_of};
use crate::output::labelled;
use crate::record::{Origin, Record};
use crate::source::{self, Format, ReadOptions, name_of, path_of};

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
    let place = find(name, context)?;
    let options = ReadOptions { format: place.format, ..ReadOptions::default() };
    let record = source::read_record(&place.origin, place.id.as_deref(), options)?;
    let prepared = place.prepare(&record, context)?;
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

/// A file, and the record inside it if the name says one.
struct Place {
    origin: Origin,
    id: Option<String>,
    /// The key under which the index knows the file, if it does.
    key: Option<String>,
    /// The format that it was read as, if the user said so.
    format: Option<Format>,
}

impl Place {
    /// The record labelled as the index has it: by its rules, and by what the other files of the folder hold.
    fn prepare(&self, record: &Record, context: &Context) -> Result<Prepared> {
        let Some(key) = &self.key else { return Ok(prepare(record, Knowledge::default())) };
        let index = open(&context.index_dir())?;
        if index.sources()?.get(key)?.is_some_and(|source| !source.entry().is_of(&self.origin.path)) {
            context.say(&format!("note: {} {}", self.origin.source, context.hint(CHANGED)));
        }
        if !index.state.clean {
            return Ok(prepare_unlabelled(record));
        }
        let rules = index.state.user_rules(&index.dir)?;
        let repetition = repetition_of(&index, key)?;
        Ok(prepare(
            record,
            Knowledge { repetition: Some(&repetition), rules: Some(&rules), ..Knowledge::default() },
        ))
    }
}

/// What a name stands for: a path, or a source of the index; and the record inside it, if it names one.
fn find(name: &str, context: &Context) -> Result<Place> {
    if Path::new(name).is_file() {
        return Ok(place_of_file(Path::new(name), None, context));
    }
    // Both the name of a file and that of a record may hold a `#`.
    let parts: Vec<(&str, &str)> =
        name.match_indices('#').map(|(at, _)| (&name[..at], &name[at + 1..])).collect();
    if let Some((file, id)) = parts.iter().find(|(file, _)| Path::new(file).is_file()) {
        return Ok(place_of_file(Path::new(file), Some((*id).to_owned()), context));
    }
    // What is shown of a name that is no UTF-8 leads to its file.
    if path_of(name).is_file() {
        return Ok(place_of_file(&path_of(name), None, context));
    }
    let dir = context.index_dir();
    if look(&dir)? == Found::Index {
        let index = open(&dir)?;
        let manifest = Manifest::read(&index)?;
        let mut matches: Vec<(PathBuf, &str, &str, Option<&str>)> = Vec::new();
        for key in manifest.entries.keys() {
            let Some((root, source)) = key.split_once('\u{1f}') else { continue };
            let known = index.state.roots.iter().find(|known| known.path == root);
            let below_root = |name: &str| {
                let rest = known.and_then(|known| name.strip_prefix(known.name.as_str()));
                rest.and_then(|rest| rest.strip_prefix('/')) == Some(source)
            };
            let named =
                |name: &str| source == name || source.rsplit('/').next() == Some(name) || below_root(name);
            let id = parts.iter().find(|(file, _)| named(file)).map(|(_, id)| *id);
            if named(name) || id.is_some() {
                let id = id.filter(|_| !named(name));
                let path =
                    known.map_or_else(|| path_of(root).join(path_of(source)), |known| known.file(source));
                matches.push((path, source, key, id));
            }
        }
        matches.sort();
        if let [(path, source, key, id)] = matches.as_slice() {
            let origin = Origin { source: (*source).to_owned(), ..source::origin_of_file(path) };
            let root = index.state.roots.iter().find(|root| root.key(source) == **key);
            let format = root.and_then(Root::format);
            return Ok(Place { origin, id: id.map(str::to_owned), key: Some((*key).to_owned()), format });
        }
        if matches.len() > 1 {
            let paths: Vec<String> =
                matches.iter().take(3).map(|(path, ..)| path.display().to_string()).collect();
            return Err(Error::new(Kind::User, format!("several sources are called {name}"))
                .hint(format!("name one by its path: {}", paths.join(", "))));
        }
    }
    Err(Error::new(Kind::User, format!("no file and no source of the index is called {name}"))
        .hint("`backsearch stats --sources` lists the sources"))
}

/// A file named by its path, which the index may know or not.
fn place_of_file(path: &Path, id: Option<String>, context: &Context) -> Place {
    let mut place = Place { origin: source::origin_of_file(path), id, key: None, format: None };
    let (Ok(index), Ok(absolute)) = (open(&context.index_dir()), std::fs::canonicalize(path)) else {
        return place;
    };
    let Ok(sources) = index.sources() else { return place };
    for root in &index.state.roots {
        let Ok(below) = absolute.strip_prefix(root.location()) else { continue };
        let below = name_of(below).replace(std::path::MAIN_SEPARATOR, "/");
        let source = if below.is_empty() { place.origin.source.clone() } else { below };
        let key = root.key(&source);
        if sources.get(&key).is_ok_and(|source| source.is_some()) {
            place.origin.source = source;
            place.key = Some(key);
            place.format = root.format();
            return place;
        }
    }
    let name = name_of(path);
    let is_source = |root: &&Root| sources.get(&root.key(&name)).is_ok_and(|source| source.is_some());
    if let Some(root) = index.state.roots.iter().find(is_source) {
        context.say(&format!("note: the index knows another {name}: {}", root.file(&name).display()));
    }
    place
}
