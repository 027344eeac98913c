//! The command line: what the user typed, and one file for each command.

mod clean;
mod compact;
mod drafts;
mod eval;
mod generate;
mod hint;
mod index;
mod inputs;
mod late;
mod learn;
mod leave_one_out;
mod part;
mod progress;
mod query;
mod rules;
mod show;
mod stats;
mod synonyms;
mod targets;
mod text_file;
mod train;
mod typos;
mod verify;

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use clap::builder::TypedValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

use self::late::Late;
use self::progress::note;
use crate::error::{Error, Kind, Result};
use crate::output::{Screen, terminal_width};

/// Search folders of dirty web text.
///
/// backsearch reads scraped pages and other text, labels the boilerplate (menus, ads, captions, keyword stuffing),
/// splits the rest into passages and finds the right one, with the exact place it came from.
#[derive(Debug, Parser)]
#[command(
    name = "backsearch",
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    before_help = "Examples:\n  backsearch index saved-pages/\n  backsearch query \"facet syndrome\"\n  backsearch clean --explain page.html\n"
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: Global,
}

/// Options that every command takes.
#[derive(Debug, Args)]
struct Global {
    /// Folder of the index
    #[arg(long, global = true, value_name = "DIR", env = VARIABLE, value_parser = clap::builder::OsStringValueParser::new().map(PathBuf::from))]
    index: Option<PathBuf>,
    /// Say less: errors only
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Say more
    #[arg(short, long, global = true)]
    verbose: bool,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    color: Color,
    /// Threads to use (as many as there are processors)
    #[arg(long, global = true, value_name = "N")]
    threads: Option<usize>,
}

/// The variable of the environment that names the index where the command line does not.
const VARIABLE: &str = "BACKSEARCH_INDEX";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the index agree with files and folders
    Index(Late<index::Index>),
    /// Find passages
    Query(Late<query::Query>),
    /// Print what cleaning keeps
    Clean(Late<clean::Clean>),
    /// Show the original text around a place, boilerplate labelled
    Show(Late<show::Show>),
    /// Measure the ranking on judged queries
    Eval(Late<eval::Eval>),
    /// Say what is in the index
    Stats(Late<stats::Stats>),
    /// Check that the index is sound and every passage is where it says
    Verify(Late<verify::Verify>),
    /// Merge the segments of the index and remove files it does not need
    Compact(Late<compact::Compact>),
    /// List the boilerplate rules, check rules of your own, propose new ones
    Rules(rules::Rules),
    /// Learn the content model of marked-up pages
    #[command(hide = true)]
    Train(Late<train::Train>),
    /// Print completions for a shell
    Completions(Late<generate::Completions>),
    /// Print the manual page
    Man(Late<generate::Man>),
}

/// What commands share: options, and the streams they write to.
struct Context {
    index: Option<PathBuf>,
    quiet: bool,
    verbose: bool,
    /// As many as were asked for; see [`Context::threads`].
    threads: Option<usize>,
    color: ColorChoice,
}

impl Context {
    /// The index folder: named, or the default.
    fn index_dir(&self) -> PathBuf {
        self.index.clone().unwrap_or_else(|| PathBuf::from(crate::index::DEFAULT_DIR))
    }

    /// Threads to work with: as many as were asked for, or as the machine has. To find that out takes a tenth of a
    /// millisecond, which queries have better use for.
    fn threads(&self) -> usize {
        self.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1)
    }

    /// Says something beside the data.
    fn say(&self, text: &str) {
        if !self.quiet {
            note(text);
        }
    }

    /// A text that tells to run commands, which are for the index that this command is for.
    fn hint(&self, text: &str) -> String {
        hint::for_index(text, self.index.as_deref())
    }

    /// Calls `write` with standard output, and flushes it once.
    fn write(&self, write: impl FnOnce(&mut Screen<'_>) -> io::Result<()>) -> Result<()> {
        let mut out = stdout(self.color);
        write(&mut Screen { out: &mut out, width: terminal_width() }).and_then(|()| out.flush()).map_err(
            |error| match error.kind() {
                io::ErrorKind::BrokenPipe => Error::new(Kind::System, CLOSED),
                _ => Error::new(Kind::System, "cannot write to standard output").because(error),
            },
        )
    }
}

/// Standard output with the colours that it can show. What takes them away looks at many bytes at once, and writes a piece
/// for every line and mark: it stands between two buffers, but where somebody waits for a line.
fn stdout(color: ColorChoice) -> impl Write {
    let stdout = io::stdout();
    let choice = if color == ColorChoice::Auto { AutoStream::choice(&stdout) } else { color };
    let buffered = |stream| BufWriter::with_capacity(BUFFER, stream);
    if stdout.is_terminal() {
        return buffered(Box::new(AutoStream::new(stdout, choice)) as Box<dyn Write>);
    }
    let pieces: Box<dyn Write> = Box::new(BufWriter::with_capacity(BUFFER, stdout));
    buffered(Box::new(AutoStream::new(pieces, choice)))
}

/// Bytes of output that are written at once.
const BUFFER: usize = 64 << 10;

/// What marks the error of a closed pipe, which ends the program quietly.
const CLOSED: &str = "standard output is closed";

/// Exit code of a search without hits.
const NOTHING_FOUND: u8 = 1;
/// Exit code of an error.
const FAILED: u8 = 2;

/// Shows how to look for text that begins with a dash.
fn explain_dashes(error: &clap::Error) {
    let Some(clap::error::ContextValue::String(flag)) = error.get(clap::error::ContextKind::InvalidArg)
    else {
        return;
    };
    let typed =
        std::env::args().find(|argument| argument.starts_with(flag.as_str())).unwrap_or_else(|| flag.clone());
    note(&format!(
        "  to look for text that begins with a dash, put it after --, as in: backsearch query -- {typed}"
    ));
}

/// The flag in `help --help`, which clap takes for the name of a command; `help` alone shows what is wanted.
fn help_of_help(error: &clap::Error) -> Option<&'static str> {
    match error.get(clap::error::ContextKind::InvalidSubcommand) {
        Some(clap::error::ContextValue::String(name)) => {
            ["--help", "-h"].into_iter().find(|flag| flag == name)
        }
        _ => None,
    }
}

/// Runs the program and returns its exit code.
#[must_use]
pub fn run() -> ExitCode {
    let parsed = Cli::try_parse().or_else(|error| {
        let Some(flag) = help_of_help(&error) else { return Err(error) };
        Cli::try_parse_from(std::env::args_os().filter(|argument| argument.as_os_str() != flag))
    });
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are what was asked for; anything else is an error.
            let code = if error.use_stderr() { ExitCode::from(FAILED) } else { ExitCode::SUCCESS };
            let _ = error.print();
            if error.kind() == clap::error::ErrorKind::UnknownArgument {
                explain_dashes(&error);
            }
            return code;
        }
    };
    let color = match cli.global.color {
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
        Color::Auto => ColorChoice::Auto,
    };
    let context = Context {
        // An empty variable is as good as none.
        index: cli.global.index.filter(|path| !path.as_os_str().is_empty()),
        quiet: cli.global.quiet,
        verbose: cli.global.verbose,
        threads: cli.global.threads,
        color,
    };
    // The libraries below are not proven to survive every damage on disk; whatever they do, the user gets an answer.
    std::panic::set_hook(Box::new(|_| {}));
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| dispatch(&cli.command, &context)));
    let result = result.unwrap_or_else(|panic| Err(unexpected(panic.as_ref())));
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) if error.to_string() == CLOSED => ExitCode::SUCCESS,
        Err(error) => {
            note(&format!("backsearch: {error}"));
            if let Some(hint) = error.hint_text() {
                note(&format!("  {}", context.hint(hint)));
            }
            ExitCode::from(FAILED)
        }
    }
}

/// What to say of something that should not have happened.
fn unexpected(panic: &(dyn std::any::Any + Send)) -> Error {
    let text =
        panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    Error::new(Kind::Index, "something went wrong that should not have")
        .because(text.unwrap_or("no reason given"))
        .hint("`backsearch verify` tells whether the index is damaged")
}

fn dispatch(command: &Command, context: &Context) -> Result<u8> {
    match command {
        Command::Index(Late(command)) => index::run(command, context),
        Command::Query(Late(command)) => query::run(command, context),
        Command::Clean(Late(command)) => clean::run(command, context),
        Command::Show(Late(command)) => show::run(command, context),
        Command::Eval(Late(command)) => eval::run(command, context),
        Command::Train(Late(command)) => train::run(command, context),
        Command::Stats(Late(command)) => stats::run(command, context),
        Command::Verify(Late(command)) => verify::run(command, context),
        Command::Compact(Late(command)) => compact::run(command, context),
        Command::Rules(command) => rules::run(command, context),
        Command::Completions(Late(command)) => generate::completions(command, context),
        Command::Man(_) => generate::man(context),
    }
}
