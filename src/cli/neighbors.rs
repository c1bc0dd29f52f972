use std::io::{self, BufWriter, IsTerminal, Write};

use crate::answer::Neighborhood;
use crate::export::dot::PictureCaption;
use crate::graph::{NeighborQuery, NodesAround, PartChoice};
use crate::index::ReadAmount;
use crate::ontology::NodeKind;
use crate::store::{GraphStore, NodeRef};
use crate::text::counted_as;
use clap::Args;

use super::failure::CommandFailure;
use super::format::{self, OutputFormat};
use super::listing::{self, printable};
use super::paint::TerminalPaint;
use super::selection::SelectionArgs;
use super::{CommandContext, node, table};

/// List what is tied to a node, the most relevant first
///
/// NAME is an id (dataset/coco), a name or alias in any capitalisation, the title or arXiv id of a paper, or the
/// address of a repository.
///
/// For a dataset, model, method and so on, the list begins with the papers that introduce it, evaluate on it or build
/// on it, each with its date and repository: first those that name it in the title, then the newest. Next come things
/// that papers often name together with it, ranked by the number of papers and by rarity. For a paper, the list has
/// what it introduces, evaluates on and so on, and the papers that share its rarest names.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct NeighborsArgs {
    /// Name, alias, id, title, arXiv id or address
    name: String,
    #[command(flatten)]
    selection: SelectionArgs,
    /// Number of steps from the node
    #[arg(short, long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=4))]
    depth: u8,
    /// Rows of each group; 0 for all [default: 10 in a table, else all]
    #[arg(short, long, value_name = "N")]
    limit: Option<usize>,
    /// Quote the sentence behind each row
    #[arg(short, long)]
    evidence: bool,
    /// Output format; svg is a picture drawn by GraphViz, dot is its source text
    #[arg(short, long, value_name = "FORMAT", value_parser = OutputFormat::among(&format::GRAPH), default_value_t = OutputFormat::Table)]
    format: OutputFormat,
}

const EXAMPLES: &str = "\
Examples:
  kg neighbors COCO
  kg neighbors \"llama 2\" --kind paper --relation builds-on --year 2024..
  kg neighbors FlashAttention --evidence --limit 3
  kg neighbors 2407.11062
  kg neighbors github.com/OpenGVLab/EfficientQAT
  kg neighbors COCO --depth 2 --kind dataset
  kg neighbors COCO --min-confidence 0.9
  kg neighbors COCO --format csv > coco.csv
  kg neighbors COCO --format dot | dot -Tsvg > coco.svg";

/// Default number of rows of a group in a table.
const ROWS: usize = 10;
/// Number of nodes in a picture.
const NODES: usize = 100;

impl NeighborsArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let limit = match self.limit {
            Some(0) => None,
            None if self.format == OutputFormat::Table => Some(ROWS),
            limit => limit,
        };
        let (selection, has_names) = self.selection.without_names()?;
        let mut wanted = NeighborQuery { selection, depth: self.depth, limit, evidence: self.evidence };
        let is_picture = matches!(self.format, OutputFormat::Dot | OutputFormat::Svg);
        let graph = context.open_index(if is_picture || has_names { ReadAmount::Much } else { wanted.reading() })?;
        wanted.selection = self.selection.selection(context, &graph)?;
        let center = node::find(context, &graph, &self.name)?;
        if is_picture {
            return self.picture(&graph, &center, context);
        }
        let found = Neighborhood::ask(&graph, &center, &wanted)?;
        let mut out = BufWriter::new(io::stdout().lock());
        match self.format {
            OutputFormat::Table => print(&mut out, &found, wanted.selection.is_narrow(), context)?,
            OutputFormat::Json => format::json(&mut out, &found)?,
            OutputFormat::Csv | OutputFormat::Tsv => format::rows(&mut out, &found.sheet(), self.format)?,
            OutputFormat::Dot | OutputFormat::Svg => {}
        }
        out.flush()?;
        if matches!(self.format, OutputFormat::Csv | OutputFormat::Tsv) {
            context.say_cut(found.extent(), "--limit 0 lists all");
        }
        if self.format != OutputFormat::Json {
            found.notes.iter().for_each(|note| context.say(&format!("note: {note}")));
        }
        Ok(())
    }

    fn picture(&self, graph: &GraphStore, center: &NodeRef, context: &CommandContext) -> Result<(), CommandFailure> {
        let selection = self.selection.selection(context, graph)?;
        let around = NodesAround::load(graph, center, self.depth, &selection)?;
        let max_nodes = match self.limit {
            Some(0) => None,
            limit => Some(limit.map_or(NODES, |limit| limit + 1)),
        };
        let indices: Vec<_> = around.graph.find(&center.id).into_iter().collect();
        let min_confidence = selection.min_confidence;
        let part = PartChoice { selection, min_degree: 1, max_nodes }.of(&around.graph, &indices);
        if part.left_out > 0 {
            let nodes = counted_as(part.left_out, "node is", "nodes are");
            context.say(&format!("note: {nodes} left out of the picture (--limit 0 draws all)"));
        }
        around.cuts.iter().for_each(|cut| context.say(&format!("note: {cut}")));
        if let Some(least) = min_confidence {
            context.say(&format!("note: links with a confidence below {least} are left out"));
        }
        let title = format!("{} and its neighbours", center.label);
        let caption = PictureCaption { title, left_out: part.left_out, centers: vec![center.id.clone()] };
        let picture = format::draw(&part.graph, &caption, self.format)?;
        Ok(io::stdout().lock().write_all(&picture)?)
    }
}

fn print(out: &mut dyn Write, found: &Neighborhood, is_narrowed: bool, context: &CommandContext) -> io::Result<()> {
    let width = usize::from(table::width());
    let paint = TerminalPaint(context.wants_color(io::stdout().is_terminal()));
    let node = &found.node.node;
    let name = printable(&node.name);
    let id = match node.kind {
        NodeKind::Repository | NodeKind::Page => node.kind.to_string(),
        _ => node.id.clone(),
    };
    writeln!(out, "{}  {}", paint.bold(name), paint.dim(id))?;
    if found.node.count.papers > 0 {
        writeln!(out, "{}", paint.dim(found.node.count))?;
    }
    if found.groups.is_empty() {
        let narrowed = if is_narrowed { " of the selected kinds, relations and years" } else { "" };
        writeln!(out, "\nno neighbours{narrowed}")?;
    }
    listing::print_all(out, node.kind, &found.groups.iter().collect::<Vec<_>>(), width, paint)
}
