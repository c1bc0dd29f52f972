use std::io::{self, BufWriter, IsTerminal, Write};

use crate::answer::{Direction, NodePath, ShortestPaths};
use crate::export::dot::PictureCaption;
use crate::graph::{GraphView, Node};
use crate::ontology::NodeKind;
use crate::text::{counted, shorten};
use clap::Args;

use super::failure::CommandFailure;
use super::format::{self, OutputFormat};
use super::listing::printable;
use super::paint::TerminalPaint;
use super::{CommandContext, node, table};

/// Show the shortest paths between two nodes
///
/// The shortest paths from A to B and the next longer ones, each step with its relation in words. Among paths of equal
/// length, those with stronger relations and rarer nodes come first: sharing "accuracy" says little. kg follows at most
/// a thousand neighbours of a node, and says where it left some out.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct PathArgs {
    /// Name, alias, id, title, arXiv id or address of one end
    from: String,
    /// Name, alias, id, title, arXiv id or address of the other end
    to: String,
    /// Paths to show, at least 1
    #[arg(short, long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    limit: u16,
    /// Maximum number of steps of a path
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u8).range(1..=8))]
    max_steps: u8,
    #[arg(short, long, value_name = "FORMAT", value_parser = OutputFormat::among(&format::GRAPH), default_value_t = OutputFormat::Table)]
    format: OutputFormat,
}

const EXAMPLES: &str = "\
Examples:
  kg path COCO \"Llama 2\"
  kg path FlashAttention \"NVIDIA H100\" --limit 1
  kg path COCO ImageNet --limit 5 --format svg > coco-imagenet.svg
  kg path 2407.11062 2205.14135 --format json";

impl PathArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let graph = context.open()?;
        let (a, b) = (node::find(context, &graph, &self.from)?, node::find(context, &graph, &self.to)?);
        let found = ShortestPaths::ask(&graph, &a, &b, self.max_steps, usize::from(self.limit))?;
        let mut out = BufWriter::new(io::stdout().lock());
        match self.format {
            OutputFormat::Json => {
                format::json(&mut out, &found)?;
                return Ok(out.flush()?);
            }
            OutputFormat::Csv | OutputFormat::Tsv => format::rows(&mut out, &found.sheet(), self.format)?,
            _ if found.paths.is_empty() => {
                return Err(CommandFailure::new(format!(
                    "there is no path of at most {} from {} to {}",
                    counted(self.max_steps, "step"),
                    printable(&a.label),
                    printable(&b.label)
                ))
                .help("allow more with --max-steps"));
            }
            OutputFormat::Dot | OutputFormat::Svg => {
                let title = format!("Paths between {} and {}", a.label, b.label);
                let caption =
                    PictureCaption { title, centers: vec![a.id.clone(), b.id.clone()], ..PictureCaption::default() };
                out.write_all(&picture(&found, caption, self.format)?)?;
            }
            OutputFormat::Table => {
                let paint = TerminalPaint(context.wants_color(io::stdout().is_terminal()));
                for (i, way) in found.paths.iter().enumerate() {
                    if i > 0 {
                        writeln!(out)?;
                    }
                    print(&mut out, way, paint)?;
                }
            }
        }
        out.flush()?;
        found.notes.iter().for_each(|note| context.say(&format!("note: {note}")));
        Ok(())
    }
}

/// All paths in one drawing.
fn picture(found: &ShortestPaths, caption: PictureCaption, format: OutputFormat) -> Result<Vec<u8>, CommandFailure> {
    let mut graph = GraphView::default();
    for way in &found.paths {
        let mut here = graph.add_node(way.start.clone());
        for (at, step) in way.steps.iter().enumerate() {
            let there = graph.add_node(Node { distance: (at + 1).min(255) as u8, ..step.node.clone() });
            let (subject, object) = if step.direction == Direction::In { (there, here) } else { (here, there) };
            graph.tie(subject, object, step.relation);
            here = there;
        }
    }
    format::draw(&graph, &caption, format)
}

fn print(out: &mut dyn Write, way: &NodePath, paint: TerminalPaint) -> io::Result<()> {
    let width = usize::from(table::width());
    let name = |label: &str, space: usize| paint.bold(shorten(&printable(label), space));
    writeln!(out, "{}", name(&way.start.label, width))?;
    for step in &way.steps {
        let words = if step.direction == Direction::In { step.relation.words_back() } else { step.relation.words() };
        let date = match (step.node.kind, step.node.date) {
            (NodeKind::Paper, Some(date)) => format!(" ({})", date.year()),
            _ => String::new(),
        };
        let space = width.saturating_sub(words.len() + date.len() + 3);
        writeln!(out, "  {} {}{date}", paint.dim(words), name(&step.node.label, space))?;
    }
    Ok(())
}
