use std::io::{self, Write};

use clap::Args;

use super::Context;
use super::failure::Failure;
use super::format::{self, Format, Sheet};

/// Count what the graph holds
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Stats {
    #[arg(short, long, value_name = "FORMAT", value_parser = Format::among(&format::ROWS), default_value_t = Format::Table)]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  kg stats
  kg stats --format csv
  kg stats --format json | jq .nodes.dataset";

impl Stats {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let graph = context.open()?;
        let counts = graph.counts()?;
        let mut out = io::stdout().lock();
        match self.format {
            Format::Json => {
                let nodes: serde_json::Map<String, serde_json::Value> =
                    counts.nodes.iter().map(|(kind, n)| (kind.as_str().to_string(), (*n).into())).collect();
                let json = serde_json::json!({
                    "store": context.store.display().to_string(),
                    "base": graph.base().as_str(),
                    "generation": graph.generation(),
                    "nodes": nodes,
                    "mentions": counts.mentions,
                    "triples": counts.triples,
                    "years": counts.years.map(|(from, to)| [from, to]),
                    "bytes": counts.bytes,
                });
                writeln!(out, "{json:#}")?;
            }
            _ => {
                let name = if self.format == Format::Table { "" } else { "what" };
                let mut sheet = Sheet::new([name, "count"]);
                for (kind, n) in &counts.nodes {
                    sheet.row([kind.plural().to_string(), n.to_string()]);
                }
                sheet.row(["mentions".to_string(), counts.mentions.to_string()]);
                sheet.row(["triples".to_string(), counts.triples.to_string()]);
                sheet.print(&mut out, self.format)?;
                if self.format != Format::Table {
                    return Ok(());
                }
                writeln!(out)?;
                if let Some((from, to)) = counts.years {
                    writeln!(out, "papers of {from} to {to}")?;
                }
                writeln!(out, "{} on disk at {}", bytes(counts.bytes), context.store.display())?;
            }
        }
        Ok(())
    }
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
