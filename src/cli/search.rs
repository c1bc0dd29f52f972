use std::io::{self, BufWriter, Write};

use clap::Args;
use papergraph::graph::{self, Hit};
use papergraph::index::Reading;
use papergraph::ontology::NodeKind;
use papergraph::text::shorten;
use serde_json::json;

use super::failure::Failure;
use super::format::{self, Format, Sheet};
use super::listing::printable;
use super::{Context, table};

/// Find names, typing errors forgiven, and papers by the words of their title and abstract
///
/// A name is found if it or an alias has all words of TEXT: whole, as the beginning of a word, or misspelt. Names said in
/// full come first, then those that more papers name. A paper is found if title and abstract together have all words;
/// rare words count more than common ones, and the title more than the abstract.
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
    #[arg(short, long, value_name = "FORMAT", value_parser = Format::among(&format::ROWS), default_value_t = Format::Table)]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  kg search flashatention
  kg search diffusion transformer
  kg search low-rank adaptation of quantized models --kind paper
  kg search imagenet --kind dataset --format json";

impl Search {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let store = context.open_index(Reading::Much)?;
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
            Format::Csv | Format::Tsv => rows(&hits).print(&mut out, self.format)?,
            _ if hits.is_empty() => {
                return Err(Failure::new(format!("no name, title or abstract holds the words `{text}`"))
                    .help("fewer words find more; `kg query --list` has other questions"));
            }
            _ => {
                let (papers, names): (Vec<Hit>, Vec<Hit>) =
                    hits.into_iter().partition(|hit| hit.node.kind == NodeKind::Paper);
                print_names(&mut out, &names)?;
                if !names.is_empty() && !papers.is_empty() {
                    writeln!(out)?;
                }
                print_papers(&mut out, &papers)?;
                let shown = names.len() + papers.len();
                if total > shown {
                    writeln!(out, "… {} more (--limit N, --kind KIND)", total - shown)?;
                }
            }
        }
        Ok(out.flush()?)
    }
}

fn print_names(out: &mut dyn Write, hits: &[Hit]) -> io::Result<()> {
    if hits.is_empty() {
        return Ok(());
    }
    let mut sheet = Sheet::new(["name", "papers", "id"]);
    for hit in hits {
        let alias = hit.alias.as_ref().map(|alias| format!(" ({alias})")).unwrap_or_default();
        sheet.row([format!("{}{alias}", hit.node.label), hit.papers.to_string(), hit.node.id.clone()]);
    }
    sheet.print(out, Format::Table)
}

fn print_papers(out: &mut dyn Write, hits: &[Hit]) -> io::Result<()> {
    if hits.is_empty() {
        return Ok(());
    }
    let width = usize::from(table::width());
    let ids = hits.iter().map(|hit| hit.node.id.chars().count()).max().unwrap_or_default().min(40);
    writeln!(out, "{:ids$}  TITLE", "PAPER")?;
    for hit in hits {
        let title = shorten(&printable(&hit.node.label), width.saturating_sub(ids + 2).max(20));
        writeln!(out, "{:ids$}  {title}", printable(&hit.node.id))?;
    }
    Ok(())
}

fn rows(hits: &[Hit]) -> Sheet {
    let mut sheet = Sheet::new(["kind", "id", "name", "alias", "papers", "score"]);
    for hit in hits {
        sheet.row([
            hit.node.kind.to_string(),
            hit.node.id.clone(),
            hit.node.label.clone(),
            hit.alias.clone().unwrap_or_default(),
            hit.papers.to_string(),
            format!("{:.3}", hit.score),
        ]);
    }
    sheet
}
