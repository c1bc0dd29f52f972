use std::io::{self, BufWriter, Write};

use clap::{Args, ValueEnum};
use papergraph::graph;
use papergraph::ontology::NodeKind;
use serde_json::json;

use super::failure::Failure;
use super::{Context, table};

/// Find nodes by a part of their name or title, typing errors forgiven
///
/// All words of TEXT must be found in one name, alias or title: whole, as the beginning of a word, or misspelt. Names
/// said in full come first, then those that more papers name.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Search {
    /// Words of a name or title
    #[arg(required = true, value_name = "TEXT")]
    text: Vec<String>,
    /// Kinds to look for
    #[arg(short, long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<NodeKind>,
    /// Rows to print
    #[arg(short, long, value_name = "N", default_value_t = 20)]
    limit: usize,
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
  kg search flashatention
  kg search diffusion transformer --kind paper
  kg search imagenet --kind dataset --format json";

impl Search {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let store = context.open()?;
        let text = self.text.join(" ");
        let (hits, total) = graph::search(&store, &text, &self.kind, self.limit.max(1))?;
        let mut out = BufWriter::new(io::stdout().lock());
        match self.format {
            Format::Json => {
                let hits: Vec<_> = hits
                    .iter()
                    .map(|hit| {
                        json!({
                            "id": hit.node.id, "kind": hit.node.kind.as_str(), "name": hit.node.label,
                            "alias": hit.alias, "papers": hit.papers, "score": (hit.score * 1000.0).round() / 1000.0,
                        })
                    })
                    .collect();
                writeln!(out, "{:#}", json!({"total": total, "hits": hits}))?;
            }
            Format::Table if hits.is_empty() => {
                return Err(Failure::new(format!("no name or title holds the words `{text}`"))
                    .help("fewer words find more; `kg query --list` has other questions"));
            }
            Format::Table => {
                let heading = ["id", "name", "papers"].map(str::to_string);
                let rows: Vec<Vec<String>> = hits
                    .iter()
                    .map(|hit| {
                        let alias = hit.alias.as_ref().map(|alias| format!(" ({alias})")).unwrap_or_default();
                        let papers =
                            if hit.node.kind == NodeKind::Paper { String::new() } else { hit.papers.to_string() };
                        vec![hit.node.id.clone(), format!("{}{alias}", hit.node.label), papers]
                    })
                    .collect();
                table::print(&mut out, &heading, &rows, table::width())?;
                if total > hits.len() {
                    writeln!(out, "… {} more (--limit N)", total - hits.len())?;
                }
            }
        }
        Ok(out.flush()?)
    }
}
