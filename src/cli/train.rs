//! `backsearch train`: the content model of marked-up pages, from pages with known content.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use rayon::ThreadPoolBuilder;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::Context;
use crate::boilerplate::content::learn::{Example, learn, part, settings, text_of};
use crate::boilerplate::content::{Model, PlainModel};
use crate::boilerplate::{Knowledge, Page, label_page};
use crate::document::Document;
use crate::error::{Error, Kind, Result};
use crate::eval::read_pages;
use crate::output::cleaned::write_text;

/// Learn the content model of marked-up pages.
///
/// Each folder holds html/NAME.html, gold/NAME.txt (or snippets in meta.json) and meta.json. Writes names.tsv
/// and the forests, NAME.trees.
#[derive(Debug, Args)]
pub(super) struct Train {
    /// Folders of pages with known content
    #[arg(value_name = "DIR", required = true)]
    dirs: Vec<PathBuf>,
    /// Where the model is written
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Instead of a model, write what cleaning keeps of each page, and under text/ of its text without the markup, when
    /// learnt from the pages of other sites, in this many parts
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(2..))]
    folds: Option<u8>,
}

pub(super) fn run(command: &Train, context: &Context) -> Result<u8> {
    let threads = ThreadPoolBuilder::new().num_threads(context.threads()).build();
    let threads = threads.map_err(|cause| Error::new(Kind::System, "cannot start threads").because(cause))?;
    let mut pages: Vec<(PathBuf, Example)> = Vec::new();
    for dir in &command.dirs {
        let name = dir.file_name().map_or_else(|| dir.clone(), PathBuf::from);
        let of_dir = read_pages(dir)?;
        context.say(&format!("{}: {} pages", dir.display(), of_dir.len()));
        pages.extend(of_dir.into_iter().map(|(id, example)| (name.join(format!("{id}.txt")), example)));
    }
    let Some(folds) = command.folds.map(usize::from) else {
        let examples: Vec<&Example> = pages.iter().map(|(_, example)| example).collect();
        let (model, plain) = threads.install(|| learn(&examples, &settings()));
        return write_model(&command.out, &model, &plain).map(|()| 0);
    };
    let of_fold = |fold: usize| -> Result<(usize, usize)> {
        let (held_out, rest): (Vec<_>, Vec<_>) =
            pages.iter().enumerate().partition(|(_, (_, example))| part(&example.site, folds) == fold);
        let rest: Vec<&Example> = rest.into_iter().map(|(_, (_, example))| example).collect();
        let (model, plain) = learn(&rest, &settings());
        let learnt = Knowledge { model: Some(&model), plain_model: Some(&plain), ..Knowledge::default() };
        let (mut typed, mut right) = (0, 0);
        for (number, (name, example)) in held_out {
            write_kept(&command.out.join(name), &example.document, learnt)?;
            write_kept(&command.out.join("text").join(name), &text_of(number, &example.document), learnt)?;
            let page = Page::new(&example.document);
            if example.page_type.is_some() {
                typed += 1;
                right += usize::from(model.types.of(&page) == example.page_type);
            }
        }
        Ok((typed, right))
    };
    // Much of the learning keeps one processor busy and no more, so that the parts are learnt side by side.
    let of_folds = || (0..folds).into_par_iter().map(of_fold).collect::<Result<Vec<_>>>();
    let of_folds = threads.install(of_folds)?;
    let typed: usize = of_folds.iter().map(|(typed, _)| typed).sum();
    let right: usize = of_folds.iter().map(|(_, right)| right).sum();
    context.write(|screen| writeln!(screen.out, "type told of {right} in {typed} pages"))?;
    Ok(0)
}

/// Writes what cleaning keeps of a page by what was learnt.
fn write_kept(path: &Path, document: &Document, learnt: Knowledge<'_>) -> Result<()> {
    let labels = label_page(&Page::new(document), "", learnt);
    let mut text = Vec::new();
    let written = write_text(&mut text, document, &labels, false)
        .and_then(|()| path.parent().map_or(Ok(()), fs::create_dir_all))
        .and_then(|()| fs::write(path, text));
    written.map_err(|cause| Error::io("cannot write", path, &cause))
}

fn write_model(dir: &Path, model: &Model, plain: &PlainModel) -> Result<()> {
    let write = |name: &str, text: String| {
        let path = dir.join(name);
        fs::create_dir_all(dir)
            .and_then(|()| fs::write(&path, text))
            .map_err(|cause| Error::io("cannot write", &path, &cause))
    };
    write("names.tsv", model.lexicon.write())?;
    write("first.trees", model.first.write())?;
    write("second.trees", model.second.write())?;
    write("types.trees", model.types.write())?;
    write("plain-first.trees", plain.first.write())?;
    write("plain-second.trees", plain.second.write())
}
