//! `backsearch compact`.

use std::time::Duration;

use clap::Args;

use super::Context;
use super::index::{seconds, waiting};
use super::progress::{Progress, note};
use crate::error::Result;
use crate::index::{Storage, Writer, WriterOptions, open, size_of};
use crate::ingest::DEFAULT_MEMORY;
use crate::output::{bytes, counted};

/// Merge the segments of the index and remove files that no commit refers to.
///
/// Answers stay the same; the index gets smaller and a little faster. Merging needs as much free space as the index has.
#[derive(Debug, Args)]
pub(super) struct Compact {
    /// How long to wait while another process writes the index
    #[arg(long, value_parser = seconds, default_value = "600", value_name = "SECONDS")]
    wait: Duration,
}

pub(super) fn run(command: &Compact, context: &Context) -> Result<u8> {
    let dir = context.index_dir();
    let before = open(&dir)?;
    let (size, segments) = (size_of(&dir)?, before.searcher.segment_readers().len());
    let options = WriterOptions {
        threads: 1,
        heap: usize::try_from(DEFAULT_MEMORY / 2).unwrap_or(usize::MAX),
        wait: command.wait,
        replace: false,
        clean: before.state.clean,
        storage: Storage::default(),
    };
    // Files that are open cannot be removed everywhere.
    drop(before);
    let mut writer = Writer::open(&dir, &options, &mut |owner| note(&waiting(owner)))?;
    let progress = Progress::begin(context, 0, 0, "segment");
    let mut watch = |written| progress.merging(written);
    writer.compact(&mut watch)?;
    writer.close(&mut watch)?;
    let after = open(&dir)?;
    context.say(&format!(
        "{} in {} became {} in {}",
        bytes(size),
        counted(segments as u64, "segment"),
        bytes(size_of(&dir)?),
        counted(after.searcher.segment_readers().len() as u64, "segment"),
    ));
    Ok(0)
}
