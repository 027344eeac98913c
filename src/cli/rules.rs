//! `backsearch rules`.

use clap::Args;
use serde::Serialize;

use super::Context;
use crate::boilerplate::RULES;
use crate::error::Result;
use crate::output::{DIM, TITLE};

/// List the boilerplate rules: name, reason and an example, with what is dropped between ⟦ and ⟧.
#[derive(Debug, Args)]
pub(super) struct Rules {
    /// Write JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct RuleLine {
    name: &'static str,
    version: u32,
    reason: &'static str,
    examples: &'static [&'static str],
    counter_examples: &'static [&'static str],
}

pub(super) fn run(command: &Rules, context: &Context) -> Result<u8> {
    context.write(|screen| {
        if command.json {
            let rules: Vec<RuleLine> = RULES
                .iter()
                .map(|rule| RuleLine {
                    name: rule.name,
                    version: rule.version,
                    reason: rule.reason,
                    examples: rule.examples,
                    counter_examples: rule.counter_examples,
                })
                .collect();
            serde_json::to_writer_pretty(&mut *screen.out, &rules)?;
            return writeln!(screen.out);
        }
        for (at, rule) in RULES.iter().enumerate() {
            if at > 0 {
                writeln!(screen.out)?;
            }
            writeln!(screen.out, "{TITLE}{}{TITLE:#}\n  {}", rule.name, rule.reason)?;
            let example = rule.examples.first().copied().unwrap_or("");
            let example = example.split_whitespace().collect::<Vec<_>>().join(" ");
            let short: String = example.chars().take(160).collect();
            let more = if short.len() < example.len() { " …" } else { "" };
            writeln!(screen.out, "  {DIM}{short}{more}{DIM:#}")?;
        }
        Ok(())
    })?;
    Ok(0)
}
