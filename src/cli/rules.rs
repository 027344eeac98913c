//! `backsearch rules`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;

use super::Context;
use super::learn::{self, Learn};
use super::text_file::TextFile;
use crate::boilerplate::{Example, OTHER_LABELS, RULES, UserRules};
use crate::error::Result;
use crate::output::{DIM, TITLE, printable};

/// It is kept in the index, and written again with every commit.
const FILE: TextFile = TextFile {
    name: "rules file",
    largest: 1,
    if_larger: "rules that say alike can be one regex",
    if_wrong: "nothing has been changed; `backsearch rules --help` shows how rules are written",
};

/// How rules are written, for `--help`.
const FORMAT: &str = r#"Rules of your own:
  A rules file has one rule a line. `index --rules FILE` and `clean --rules FILE` use it
  beside the rules that are built in.

    # What the site of the garden club repeats
    drop text "Report this page"
    drop regex "^Views: \d+$" in "news/**"
    drop part "\(photo: [^)]*\)"
    drop heading "Related posts"
    keep heading "Ingredients"

  text      a line that says just this; case, accents and white space do not count
  regex     a line in which the expression matches; (?i) before it if case does not count
  part      only what the expression matches, and not the rest of its line
  heading   a heading that says just this, and what stands under it up to the next of the
            same or a higher level
  in GLOB   only in these files: "*.html" in any folder, "news/**" below any folder of that
            name, "/news/**" below the root

  What one rule keeps no other rule drops, built in or not. Inside quotes, \" is a quote and
  \\ a backslash.
"#;

/// List the boilerplate rules: name, reason and an example, with what is dropped between ⟦ and ⟧.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  backsearch rules\n  backsearch rules --rules my.rules   # check a file of your own\n  backsearch rules learn pages/ > my.rules\n",
    after_long_help = FORMAT,
    args_conflicts_with_subcommands = true
)]
pub(super) struct Rules {
    #[command(subcommand)]
    command: Option<RulesCommand>,
    /// Write JSON
    #[arg(long)]
    json: bool,
    /// Check a file of rules of your own, and list them before the others
    #[arg(long = "rules", value_name = "FILE")]
    own: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum RulesCommand {
    /// Propose rules: lines that many files of a folder share and that no built-in rule drops
    Learn(Learn),
}

#[derive(Serialize)]
struct RuleLine {
    name: &'static str,
    version: u32,
    reason: &'static str,
    examples: Vec<&'static str>,
    counter_examples: Vec<&'static str>,
}

/// A rule of the user's file.
#[derive(Serialize)]
struct UserRuleLine<'a> {
    name: &'static str,
    file: &'a str,
    line: usize,
    action: String,
    subject: String,
    pattern: &'a str,
    source: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum AnyRule<'a> {
    User(UserRuleLine<'a>),
    BuiltIn(RuleLine),
}

pub(super) fn run(command: &Rules, context: &Context) -> Result<u8> {
    if let Some(RulesCommand::Learn(command)) = &command.command {
        return learn::run(command, context);
    }
    let user = command.own.as_deref().map(read_rules).transpose()?.unwrap_or_default();
    context.write(|screen| {
        if command.json {
            let rules: Vec<AnyRule<'_>> = user_rules(&user).chain(built_in()).collect();
            serde_json::to_writer_pretty(&mut *screen.out, &rules)?;
            return writeln!(screen.out);
        }
        for rule in &user.list {
            let text = rule.to_string();
            writeln!(screen.out, "{TITLE}{}{TITLE:#}", UserRules::NAME)?;
            writeln!(
                screen.out,
                "  line {} of {}\n  {DIM}{}{DIM:#}\n",
                rule.line,
                user.name,
                printable(&text)
            )?;
        }
        for (at, rule) in RULES.iter().enumerate() {
            if at > 0 {
                writeln!(screen.out)?;
            }
            writeln!(screen.out, "{TITLE}{}{TITLE:#}\n  {}", rule.name, rule.reason)?;
            let example = rule.examples.first().map_or("", |(_, page)| page);
            let example = example.split_whitespace().collect::<Vec<_>>().join(" ");
            let short: String = example.chars().take(160).collect();
            let more = if short.len() < example.len() { " …" } else { "" };
            writeln!(screen.out, "  {DIM}{short}{more}{DIM:#}")?;
        }
        for (name, reason) in OTHER_LABELS {
            writeln!(screen.out, "\n{TITLE}{name}{TITLE:#}\n  {reason}")?;
        }
        Ok(())
    })?;
    Ok(0)
}

fn built_in<'a>() -> impl Iterator<Item = AnyRule<'a>> {
    let others = OTHER_LABELS.into_iter().map(|(name, reason)| {
        AnyRule::BuiltIn(RuleLine {
            name,
            version: 1,
            reason,
            examples: Vec::new(),
            counter_examples: Vec::new(),
        })
    });
    let rules = RULES.iter().map(|rule| {
        AnyRule::BuiltIn(RuleLine {
            name: rule.name,
            version: rule.version,
            reason: rule.reason,
            examples: pages(rule.examples),
            counter_examples: pages(rule.counter_examples),
        })
    });
    rules.chain(others)
}

fn pages(examples: &[Example]) -> Vec<&'static str> {
    examples.iter().map(|(_, page)| *page).collect()
}

fn user_rules(user: &UserRules) -> impl Iterator<Item = AnyRule<'_>> {
    user.list.iter().map(|rule| {
        AnyRule::User(UserRuleLine {
            name: UserRules::NAME,
            file: &user.name,
            line: rule.line,
            action: rule.action.to_string(),
            subject: rule.subject.to_string(),
            pattern: &rule.pattern,
            source: rule.source.as_deref(),
        })
    })
}

/// Reads a file of rules; names each line that is none.
pub(super) fn read_rules(path: &Path) -> Result<UserRules> {
    FILE.read(path, UserRules::parse, |problem| {
        format!("{}: {}\n  {}", problem.line, problem.what, problem.mend)
    })
}
