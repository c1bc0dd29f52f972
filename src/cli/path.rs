use std::io::{self, BufWriter, IsTerminal, Write};

use clap::{Args, ValueEnum};
use papergraph::graph::{Path as Way, paths};
use papergraph::ontology::NodeKind;
use papergraph::text::shorten;
use serde_json::json;

use super::failure::Failure;
use super::listing::printable;
use super::paint::Paint;
use super::{Context, node, table};

/// Show how two nodes hang together
///
/// The shortest ways from A to B, each step with its relation in words. Of two that are equally long the one with the
/// stronger relations and the rarer nodes between comes first: sharing "accuracy" says little.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Path {
    /// Name, alias, id, title, arXiv id or address of one end
    from: String,
    /// Of the other end
    to: String,
    /// Ways to show
    #[arg(short, long, value_name = "N", default_value_t = 3)]
    limit: usize,
    /// Steps that a way may have
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u8).range(1..=8))]
    max_steps: u8,
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

const EXAMPLES: &str = "\
Examples:
  kg path COCO \"Llama 2\"
  kg path FlashAttention \"NVIDIA H100\" --limit 1
  kg path 2407.11062 2205.14135 --format json";

impl Path {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let graph = context.open()?;
        let (a, b) = (node::find(&graph, &self.from)?, node::find(&graph, &self.to)?);
        let ways = paths(&graph, &a, &b, self.max_steps, self.limit.max(1))?;
        let mut out = BufWriter::new(io::stdout().lock());
        match self.format {
            Format::Json => {
                let ways: Vec<_> = ways.iter().map(as_json).collect();
                writeln!(out, "{:#}", json!({"from": a.id, "to": b.id, "paths": ways}))?;
            }
            Format::Table if ways.is_empty() => {
                return Err(Failure::new(format!(
                    "there is no way of at most {} steps from {} to {}",
                    self.max_steps,
                    printable(&a.label),
                    printable(&b.label)
                ))
                .help("allow more with --max-steps"));
            }
            Format::Table => {
                let paint = Paint(context.wants_color(io::stdout().is_terminal()));
                for (i, way) in ways.iter().enumerate() {
                    if i > 0 {
                        writeln!(out)?;
                    }
                    print(&mut out, way, paint)?;
                }
            }
        }
        Ok(out.flush()?)
    }
}

fn print(out: &mut dyn Write, way: &Way, paint: Paint) -> io::Result<()> {
    let width = usize::from(table::width());
    let name = |label: &str, space: usize| paint.bold(shorten(&printable(label), space));
    writeln!(out, "{}", name(&way.start.label, width))?;
    for step in &way.steps {
        let words = if step.incoming { step.tie.words_back() } else { step.tie.words() };
        let date = match (step.node.kind, step.node.date) {
            (NodeKind::Paper, Some(date)) => format!(" ({})", date.year()),
            _ => String::new(),
        };
        let space = width.saturating_sub(words.len() + date.len() + 3);
        writeln!(out, "  {} {}{date}", paint.dim(words), name(&step.node.label, space))?;
    }
    Ok(())
}

fn as_json(way: &Way) -> serde_json::Value {
    let steps = way.steps.iter().map(|step| {
        json!({
            "relation": step.tie.as_str(),
            "direction": if step.incoming { "in" } else { "out" },
            "id": step.node.id,
            "name": step.node.label,
        })
    });
    json!({"length": way.steps.len(), "steps": steps.collect::<Vec<_>>()})
}
