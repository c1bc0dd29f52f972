use std::io::{self, BufWriter, IsTerminal, Write};

use clap::Args;
use papergraph::export::dot::Caption;
use papergraph::graph::{Graph, Likeness, Node, Tie, similar};
use papergraph::index::Reading;
use papergraph::ontology::NodeKind;
use papergraph::store::{GraphStore, NodeRef};
use papergraph::text::shorten;
use serde_json::json;

use super::failure::Failure;
use super::format::{self, Format, Sheet};
use super::listing::printable;
use super::paint::Paint;
use super::selection::TimeArgs;
use super::{Context, node, table};

/// Find what is like a node: what has its neighbours
///
/// Papers are compared by what they name, everything else by the papers that name it. What is shared counts by how rare
/// it is: two papers that share COCO have little in common, two that share a dataset of three papers have much. The
/// score is the cosine of the two weighted lists: 1 for the same neighbours, 0 for none in common. What counted most is
/// told beside each.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Similar {
    /// Name, alias, id, title, arXiv id or address
    name: String,
    /// Kind of what is to be found, if not that of NAME
    #[arg(short, long, value_name = "KIND")]
    kind: Option<NodeKind>,
    #[command(flatten)]
    time: TimeArgs,
    /// Rows to print
    #[arg(short, long, value_name = "N", default_value_t = 15)]
    limit: usize,
    #[arg(short, long, value_name = "FORMAT", value_parser = Format::among(&format::GRAPH), default_value_t = Format::Table)]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  kg similar COCO
  kg similar 2407.11062 --limit 5
  kg similar LoRA --kind model --since 2024
  kg similar FlashAttention --format svg > like-flashattention.svg";

impl Similar {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let graph = context.open_index(Reading::Much)?;
        let middle = node::find(&graph, &self.name)?;
        let selection = self.time.selection();
        let found = similar(&graph, &middle, self.kind, &selection, self.limit.max(1))?
            .ok_or_else(|| Failure::usage("papers are compared with papers only; leave --kind out"))?;
        let mut out = BufWriter::new(io::stdout().lock());
        match self.format {
            Format::Table => print(&mut out, &middle, &found, context)?,
            Format::Json => writeln!(out, "{:#}", as_json(&middle, &found))?,
            Format::Csv | Format::Tsv => rows(&found).print(&mut out, self.format)?,
            Format::Dot | Format::Svg => out.write_all(&picture(&graph, &middle, &found, self.format)?)?,
        }
        out.flush()?;
        Ok(())
    }
}

fn print(out: &mut dyn Write, middle: &NodeRef, found: &Likeness, context: &Context) -> io::Result<()> {
    let paint = Paint(context.wants_color(io::stdout().is_terminal()));
    let width = usize::from(table::width());
    writeln!(out, "{}  {}", paint.bold(shorten(&printable(&middle.label), width)), paint.dim(&middle.id))?;
    if found.similar.is_empty() {
        return writeln!(out, "\nnothing shares a neighbour with it");
    }
    for similar in &found.similar {
        let date = similar.node.date.map(|date| format!("{date}  ")).unwrap_or_default();
        let name = shorten(&printable(&similar.node.label), width.saturating_sub(8 + date.len()));
        writeln!(out, "\n  {:.2}  {}{}", similar.score, paint.dim(date), paint.bold(name))?;
        let thing = if middle.kind == NodeKind::Paper { "name" } else { "paper" };
        let shared = match similar.shared {
            1 => format!("1 {thing} in common:"),
            n => format!("{n} {thing}s in common, the most telling:"),
        };
        writeln!(out, "        {}", paint.dim(shared))?;
        for because in &similar.because {
            let said = match (middle.kind, because.ties) {
                (NodeKind::Paper, 1) => " (1 paper)".to_string(),
                (NodeKind::Paper, n) => format!(" ({n} papers)"),
                _ => String::new(),
            };
            let label = shorten(&printable(&because.label), width.saturating_sub(8 + said.len()));
            writeln!(out, "        {label}{}", paint.dim(said))?;
        }
    }
    Ok(())
}

fn as_json(middle: &NodeRef, found: &Likeness) -> serde_json::Value {
    let similar = found.similar.iter().map(|similar| {
        let because = similar.because.iter().map(|b| json!({"id": b.id, "name": b.label, "ties": b.ties}));
        json!({
            "id": similar.node.id, "kind": similar.node.kind.as_str(), "name": similar.node.label,
            "date": similar.node.date, "score": rounded(similar.score), "shared": similar.shared,
            "because": because.collect::<Vec<_>>(),
        })
    });
    json!({
        "node": {"id": middle.id, "kind": middle.kind.as_str(), "name": middle.label},
        "candidates": found.candidates,
        "similar": similar.collect::<Vec<_>>(),
    })
}

fn rows(found: &Likeness) -> Sheet {
    let mut sheet = Sheet::new(["score", "kind", "id", "name", "date", "shared", "because"]);
    for similar in &found.similar {
        let because: Vec<&str> = similar.because.iter().map(|because| because.label.as_str()).collect();
        sheet.row([
            format!("{:.4}", similar.score),
            similar.node.kind.to_string(),
            similar.node.id.clone(),
            similar.node.label.clone(),
            similar.node.date.map(|date| date.to_string()).unwrap_or_default(),
            similar.shared.to_string(),
            because.join("; "),
        ]);
    }
    sheet
}

/// The node, what is like it, and what they share.
fn picture(store: &GraphStore, middle: &NodeRef, found: &Likeness, format: Format) -> Result<Vec<u8>, Failure> {
    let mut graph = Graph::default();
    let center = graph.add_node(Node::new(middle.kind, middle.id.clone(), middle.label.clone()));
    for similar in &found.similar {
        let other = graph.add_node(Node { distance: 2, ..similar.node.clone() });
        for because in &similar.because {
            let Some(shared) = store.node(&store.base().node(&because.id))? else { continue };
            let shared = graph.add_node(Node { distance: 1, ..Node::new(shared.kind, shared.id, shared.label) });
            for end in [center, other] {
                // Papers are the subjects of all ties.
                if middle.kind == NodeKind::Paper {
                    graph.tie(end, shared, Tie::Mentions);
                } else {
                    graph.tie(shared, end, Tie::Mentions);
                }
            }
        }
    }
    let title = format!("What is like {}", middle.label);
    format::draw(&graph, &Caption { title, middle: vec![middle.id.clone()], ..Caption::default() }, format)
}

fn rounded(score: f64) -> f64 {
    (score * 10_000.0).round() / 10_000.0
}
