use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use papergraph::export::dot::{Caption, to_dot};
use papergraph::export::graphviz::{GraphvizError, Image, render};
use papergraph::graph::{Around, Cutout, Graph, Part};

use super::failure::Failure;
use super::selection::SelectionArgs;
use super::{Context, node};

/// Write the graph, or the part around a node, in another program's format
///
/// dot is the language of GraphViz; svg and png are pictures that GraphViz draws, where it is installed. A picture of
/// too many nodes shows nothing: the most important ones are kept (near the node asked for, then of most ties), and
/// the number of the others is told.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Export {
    format: Format,
    /// Take what is around this node only: a name, alias, id, title, arXiv id or address
    #[arg(short, long, value_name = "NAME")]
    around: Option<String>,
    /// Steps to go from that node
    #[arg(short, long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=4))]
    depth: u8,
    #[command(flatten)]
    selection: SelectionArgs,
    /// Leave out nodes with fewer ties
    #[arg(long, value_name = "N", default_value_t = 1)]
    min_degree: usize,
    /// Keep this many nodes; 0 for all
    #[arg(long, value_name = "N", default_value_t = 100)]
    max_nodes: usize,
    /// Title of the picture
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Write to a file
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Dot,
    Svg,
    Png,
}

const EXAMPLES: &str = "\
Examples:
  kg export dot --around COCO | dot -Tsvg > coco.svg
  kg export svg --around \"Llama 2\" --depth 2 --max-nodes 60 -o llama.svg
  kg export png --kind dataset,task --since 2023 -o datasets.png
  kg export dot --relation introduces,builds-on --max-nodes 0 -o lineage.dot";

impl Export {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let graph = context.open()?;
        let cutout = Cutout {
            selection: self.selection.selection(),
            min_degree: self.min_degree,
            max_nodes: (self.max_nodes > 0).then_some(self.max_nodes),
        };
        let mut caption = Caption::default();
        let Part { graph: part, left_out } = match &self.around {
            Some(name) => {
                let middle = node::find(&graph, name)?;
                let around = Around::load(&graph, &middle, self.depth, &cutout.selection)?;
                around.cuts.iter().for_each(|cut| context.say(&format!("note: {cut}")));
                caption.title = format!("Around {}", middle.label);
                caption.middle = Some(middle.id.clone());
                cutout.of(&around.graph, around.graph.find(&middle.id))
            }
            None => {
                context.detail("loading the whole graph");
                caption.title = format!("The graph of {}", context.store.display());
                cutout.of(&Graph::load(&graph)?, None)
            }
        };
        if part.node_count() == 0 {
            return Err(Failure::new("no node of the graph is asked for by these options")
                .help("take fewer of --kind, --relation, --since, --until and --min-degree"));
        }
        if left_out > 0 {
            context.say(&format!(
                "note: the {} most important nodes are kept, {left_out} are left out (--max-nodes 0 keeps all)",
                part.node_count()
            ));
        }
        caption.left_out = left_out;
        if let Some(title) = self.title {
            caption.title = title;
        }
        let dot = to_dot(&part, &caption);
        let image = |image| render(&dot, image).map_err(|e: GraphvizError| Failure::new(e.to_string()).help(e.help()));
        let bytes = match self.format {
            Format::Dot => dot.into_bytes(),
            Format::Svg => image(Image::Svg)?,
            Format::Png => image(Image::Png)?,
        };
        match self.output {
            Some(path) => {
                fs::write(&path, bytes).map_err(|e| Failure::new(format!("cannot write {}: {e}", path.display())))
            }
            None => Ok(io::stdout().lock().write_all(&bytes)?),
        }
    }
}
