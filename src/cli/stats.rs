use std::io::{self, Write};

use crate::answer::GraphSummary;
use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use super::CommandContext;
use super::failure::CommandFailure;
use super::format::{self, OutputFormat};

/// Count what the graph holds
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct StatsArgs {
    #[arg(short, long, value_name = "FORMAT", value_parser = OutputFormat::among(&format::ROWS), default_value_t = OutputFormat::Table)]
    format: OutputFormat,
}

const EXAMPLES: &str = "\
Examples:
  kg stats
  kg stats --format csv
  kg stats --format json | jq .nodes.dataset";

impl StatsArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let graph = context.open()?;
        let found = GraphSummary::ask(&graph)?;
        let mut out = io::stdout().lock();
        match self.format {
            OutputFormat::Json => {
                let store = context.store.display().to_string();
                format::json(&mut out, &StatsOfStore { store, graph: &found })?;
            }
            _ => {
                let mut sheet = found.sheet();
                if let (OutputFormat::Table, Some(name)) = (self.format, sheet.heading.first_mut()) {
                    name.clear();
                }
                format::rows(&mut out, &sheet, self.format)?;
                if self.format != OutputFormat::Table {
                    return Ok(());
                }
                writeln!(out)?;
                if let Some((from, to)) = found.years {
                    writeln!(out, "papers of {from} to {to}")?;
                }
                writeln!(out, "{} on disk at {}", bytes(found.bytes), context.store.display())?;
            }
        }
        Ok(())
    }
}

/// The counts of a graph, and the path of its store.
#[derive(Serialize, JsonSchema)]
pub(super) struct StatsOfStore<'g> {
    /// Path of the store.
    store: String,
    #[serde(flatten)]
    graph: &'g GraphSummary,
}

/// `3.4 MB`
fn bytes(n: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    let mut value = n as f64 / 1000.0;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}
