//! `backsearch completions` and `backsearch man`: generated from the same definitions as the help.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, Context};
use crate::error::Result;

/// Print completions for a shell.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

/// Print the manual page.
#[derive(Debug, Args)]
pub(super) struct Man {}

pub(super) fn completions(command: &Completions, context: &Context) -> Result<u8> {
    let mut text = Vec::new();
    clap_complete::generate(command.shell, &mut Cli::command(), "backsearch", &mut text);
    context.write(|screen| screen.out.write_all(&text))?;
    Ok(0)
}

pub(super) fn man(context: &Context) -> Result<u8> {
    let page = clap_mangen::Man::new(Cli::command());
    context.write(|screen| page.render(&mut screen.out))?;
    Ok(0)
}
