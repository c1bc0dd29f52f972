use std::io::{self, BufWriter, IsTerminal, Write};

use crate::answer::{NodeName, SimilarNodes};
use crate::export::dot::PictureCaption;
use crate::graph::{GraphView, Node, Tie};
use crate::index::ReadAmount;
use crate::ontology::NodeKind;
use crate::store::GraphStore;
use crate::text::{counted, shorten};
use clap::Args;

use super::failure::CommandFailure;
use super::format::{self, OutputFormat};
use super::listing::printable;
use super::paint::TerminalPaint;
use super::selection::PaperArgs;
use super::{CommandContext, node, table};

/// Find nodes that are similar to a node: those with the same neighbours
///
/// Papers are compared by what they name and cite, everything else by the papers that name it. Each shared neighbour
/// counts by its rarity: two papers that share COCO have little in common, two that share a dataset of three papers
/// have much. The score is the cosine of the two weighted lists: 1 for the same neighbours, 0 for none in common. The
/// neighbours that counted most are listed.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct SimilarArgs {
    /// Name, alias, id, title, arXiv id or address
    name: String,
    /// Kind of the nodes to find, if different from that of NAME
    #[arg(short, long, value_name = "KIND")]
    kind: Option<NodeKind>,
    #[command(flatten)]
    papers: PaperArgs,
    /// Rows to print; 0 for all
    #[arg(short, long, value_name = "N", default_value_t = 15)]
    limit: usize,
    #[arg(short, long, value_name = "FORMAT", value_parser = OutputFormat::among(&format::GRAPH), default_value_t = OutputFormat::Table)]
    format: OutputFormat,
}

const EXAMPLES: &str = "\
Examples:
  kg similar COCO
  kg similar 2407.11062 --limit 5
  kg similar LoRA --kind model --since 2024
  kg similar FlashAttention --format svg > like-flashattention.svg";

impl SimilarArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let graph = context.open_index(ReadAmount::Much)?;
        let center = node::find(context, &graph, &self.name)?;
        let selection = self.papers.selection(context, &graph)?;
        let limit = if self.limit == 0 { usize::MAX } else { self.limit };
        let found = SimilarNodes::ask(&graph, &center, self.kind, &selection, limit)?
            .ok_or_else(|| CommandFailure::usage("papers are compared with papers only; leave --kind out"))?;
        let kind = self.kind.unwrap_or(center.kind);
        let mut out = BufWriter::new(io::stdout().lock());
        match self.format {
            OutputFormat::Table => print(&mut out, &found, kind, selection.limits_papers(), context)?,
            OutputFormat::Json => format::json(&mut out, &found)?,
            OutputFormat::Csv | OutputFormat::Tsv => format::rows(&mut out, &found.sheet(), self.format)?,
            OutputFormat::Dot | OutputFormat::Svg => out.write_all(&picture(&graph, &found, self.format)?)?,
        }
        out.flush()?;
        let more = match found.measured {
            all if all == found.candidates => "--limit 0 lists all".to_string(),
            some => format!("--limit 0 lists the {some} with most in common; only these are measured"),
        };
        context.say_cut(found.extent(), &more);
        Ok(())
    }
}

fn print(
    out: &mut dyn Write,
    found: &SimilarNodes,
    kind: NodeKind,
    in_time: bool,
    context: &CommandContext,
) -> io::Result<()> {
    let paint = TerminalPaint(context.wants_color(io::stdout().is_terminal()));
    let width = usize::from(table::width());
    writeln!(out, "{}  {}", paint.bold(shorten(&printable(&found.node.name), width)), paint.dim(&found.node.id))?;
    if found.similar.is_empty() {
        let when = if in_time { " in the selected time" } else { "" };
        return writeln!(out, "\nno {kind} shares a neighbour with it{when}");
    }
    for similar in &found.similar {
        let date = similar.date.map(|date| format!("{date}  ")).unwrap_or_default();
        let name = shorten(&printable(&similar.node.name), width.saturating_sub(8 + date.len()));
        writeln!(out, "\n  {:.2}  {}{}", similar.score, paint.dim(date), paint.bold(name))?;
        let thing = if found.node.kind == NodeKind::Paper { "neighbour" } else { "paper" };
        let shared = match similar.shared {
            1 => format!("1 {thing} in common:"),
            n => format!("{} in common, the most informative:", counted(n, thing)),
        };
        writeln!(out, "        {}", paint.dim(shared))?;
        for because in &similar.because {
            let said = match (found.node.kind, because.ties) {
                (NodeKind::Paper, n) => format!(" ({})", counted(n, "paper")),
                _ => String::new(),
            };
            let label = shorten(&printable(&because.name), width.saturating_sub(8 + said.len()));
            writeln!(out, "        {label}{}", paint.dim(said))?;
        }
    }
    Ok(())
}

/// A picture of the node, the similar nodes, and what they share.
fn picture(store: &GraphStore, found: &SimilarNodes, format: OutputFormat) -> Result<Vec<u8>, CommandFailure> {
    let center = &found.node;
    let mut graph = GraphView::default();
    let drawn = graph.add_node(named(center));
    for similar in &found.similar {
        let other = graph.add_node(Node { distance: 2, date: similar.date, ..named(&similar.node) });
        for because in &similar.because {
            let Some(shared) = store.node(&store.base().node(&because.id))? else { continue };
            let shared = graph.add_node(Node { distance: 1, ..Node::new(shared.kind, shared.id, shared.label) });
            for end in [drawn, other] {
                // A tie points from the paper to what it names.
                if center.kind == NodeKind::Paper {
                    graph.tie(end, shared, Tie::Mentions);
                } else {
                    graph.tie(shared, end, Tie::Mentions);
                }
            }
        }
    }
    let title = format!("Nodes similar to {}", center.name);
    format::draw(
        &graph,
        &PictureCaption { title, centers: vec![center.id.clone()], ..PictureCaption::default() },
        format,
    )
}

fn named(node: &NodeName) -> Node {
    Node::new(node.kind, node.id.clone(), node.name.clone())
}
