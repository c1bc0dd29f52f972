use std::io::{self, Write};

use clap::Args;

use super::failure::Failure;
use super::format::TableOrJson as Format;
use super::{Context, table};

/// Count what the graph holds
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Stats {
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Format::Table)]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  kg stats
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
            Format::Table => {
                let mut rows: Vec<Vec<String>> =
                    counts.nodes.iter().map(|(kind, n)| vec![kind.plural().to_string(), n.to_string()]).collect();
                rows.push(vec!["mentions".to_string(), counts.mentions.to_string()]);
                rows.push(vec!["triples".to_string(), counts.triples.to_string()]);
                table::print(&mut out, &["".to_string(), "count".to_string()], &rows, table::width())?;
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
