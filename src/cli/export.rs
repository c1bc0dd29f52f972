use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::export::dot::{PictureCaption, to_dot};
use crate::export::graphviz::ImageFormat;
use crate::export::output::{OutputFolder, write_file};
use crate::export::{
    ExportError, bibtex, csl_json, csv, cytoscape, gexf, graphml, json_graph, markdown, obsidian, rdf, ris, rocrate,
};
use crate::graph::{ChosenPart, ConstructedGraph, PartChoice, WalkLimits};
use crate::ontology::NodeKind;
use crate::query::{Query, QueryAnswer, QueryLimits};
use crate::store::GraphStore;
use crate::text::counted_as;
use clap::{Args, ValueEnum};
use oxigraph::io::RdfFormat;

use super::failure::CommandFailure;
use super::format::{image, svg};
use super::selection::SelectionArgs;
use super::{CommandContext, node};

/// Write the graph, or a part of it, in another program's format
///
/// The same options choose the part in every format: the neighbourhood of some nodes (--around, --depth), nodes of some
/// kinds, relations and years, papers with live code (--live-only), or the result of a CONSTRUCT query (--query).
///
/// Pictures: dot is the language of GraphViz; svg and png need GraphViz. A picture with too many nodes shows nothing:
/// the most important ones are kept (nearest to the chosen nodes, then with the most ties), and kg prints the number of
/// the others.
///
/// Graphs: graphml and gexf (Gephi, networkx, yEd), cytoscape, json-graph, csv (a folder with nodes.csv and edges.csv,
/// ready for Neo4j's importer), parquet (a folder with nodes, edges and mentions).
///
/// RDF: turtle, ntriples and rdfxml hold the data; trig, nquads and jsonld hold the named graphs too, with the ontology
/// and the metadata of builds and checks, unless only a part is chosen.
///
/// Papers: bibtex, csl-json, ris (all three for Zotero and other reference managers), markdown (a reading list),
/// obsidian (a folder of linked notes), rocrate (a folder, an RO-Crate).
///
/// A file or folder is written completely or not at all.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ExportArgs {
    format: ExportFormat,
    /// Only the neighbourhood of this node: a name, alias, id, title, arXiv id or address; may be given several times
    #[arg(short, long, value_name = "NAME")]
    around: Vec<String>,
    /// Number of steps from these nodes
    #[arg(short, long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=4))]
    depth: u8,
    /// The result of this CONSTRUCT query: a file, or `-`. Its nodes are chosen, and its triples between nodes become
    /// edges
    #[arg(long, value_name = "FILE", conflicts_with = "around")]
    query: Option<PathBuf>,
    #[command(flatten)]
    selection: SelectionArgs,
    /// Leave out nodes with fewer ties [default: 1 in a picture, else 0]
    #[arg(long, value_name = "N")]
    min_degree: Option<usize>,
    /// Keep this many of the most important nodes; 0 for all [default: 100 in a picture, else 0]
    #[arg(long, value_name = "N")]
    max_nodes: Option<usize>,
    /// Title of the picture, list or collection
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Write to a file, or to a folder for formats that are folders [default: standard output]
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Replace an existing folder
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExportFormat {
    Dot,
    Svg,
    Png,
    Graphml,
    Gexf,
    Cytoscape,
    JsonGraph,
    Csv,
    #[cfg(feature = "parquet")]
    Parquet,
    Rocrate,
    Bibtex,
    CslJson,
    Ris,
    Markdown,
    Obsidian,
    Turtle,
    Ntriples,
    Rdfxml,
    Trig,
    Nquads,
    Jsonld,
}

const EXAMPLES: &str = "\
Examples:
  kg export dot --around COCO | dot -Tsvg > coco.svg
  kg export svg --around \"Llama 2\" --around LoRA --max-nodes 60 -o llama.svg
  kg export png --kind dataset,task --since 2023 -o datasets.png
  kg export gexf --min-degree 2 -o field.gexf
  kg export csv -o neo4j
  kg export bibtex --around FlashAttention --live-only > attention.bib
  kg export csl-json -o papers.json
  kg export markdown --around \"object detection\" --since 2020 -o reading.md
  kg export turtle -o graph.ttl
  kg export nquads | gzip > graph.nq.gz
  kg export graphml --query lineage.rq -o lineage.graphml";

/// Default number of nodes in a picture.
const PICTURE: usize = 100;
/// Time limit of a query.
const TIMEOUT: Duration = Duration::from_mins(10);

impl ExportArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        self.format.check(self.output.as_deref())?;
        let graph = context.open()?;
        if let Some(format) = self.format.rdf().filter(|_| self.is_everything()) {
            return self.write_to(&mut |out| rdf::write_all(out, &graph, format));
        }
        let chosen = self.choose(&graph, context)?;
        let asked_for = match self.format.papers_only() {
            true => chosen.dated(NodeKind::Paper).next().is_some(),
            false => !chosen.is_empty(),
        };
        if !asked_for {
            let what = if self.format.papers_only() { "paper" } else { "node" };
            return Err(CommandFailure::new(format!("these options select no {what} of the graph"))
                .help("use fewer of --kind, --relation, --since, --until, --author, --organization, --venue, --live-only, --min-confidence and --min-degree"));
        }
        chosen.notes.iter().for_each(|note| context.say(&format!("note: {note}")));
        if chosen.left_out > 0 {
            context.say(&format!(
                "note: the {} kept, {} left out (--max-nodes 0 keeps all)",
                counted_as(chosen.len(), "most important node is", "most important nodes are"),
                counted_as(chosen.left_out, "is", "are")
            ));
        }
        self.write(&chosen)
    }

    fn choose<'g>(&self, graph: &'g GraphStore, context: &CommandContext) -> Result<ChosenPart<'g>, CommandFailure> {
        let max_nodes = self.max_nodes.unwrap_or(if self.format.is_picture() { PICTURE } else { 0 });
        let cutout = PartChoice {
            selection: self.selection.selection(context, graph)?,
            min_degree: self.min_degree.unwrap_or(usize::from(self.format.is_picture())),
            max_nodes: (max_nodes > 0).then_some(max_nodes),
        };
        if let Some(file) = &self.query {
            return constructed(graph, file, &cutout);
        }
        if self.around.is_empty() {
            context.detail("choosing from the whole graph");
            return Ok(ChosenPart::whole(graph, &cutout)?);
        }
        let centers = self.around.iter().map(|name| node::find(context, graph, name)).collect::<Result<Vec<_>, _>>()?;
        let reach = if self.format.is_picture() { WalkLimits::NEAR } else { WalkLimits::ALL };
        Ok(ChosenPart::around(graph, centers, self.depth, &cutout, reach)?)
    }

    fn title(&self, chosen: &ChosenPart<'_>) -> String {
        if let Some(title) = &self.title {
            return title.clone();
        }
        let names: Vec<&str> = chosen.centers.iter().map(|node| node.label.as_str()).collect();
        match names.as_slice() {
            [] => self.selection.title(),
            [one] => format!("Around {one}"),
            [first @ .., last] => format!("Around {} and {last}", first.join(", ")),
        }
    }

    fn write(&self, chosen: &ChosenPart<'_>) -> Result<(), CommandFailure> {
        let title = self.title(chosen);
        if self.format.is_folder() {
            let place = self.output.as_deref().unwrap_or(Path::new("."));
            let folder = OutputFolder::create(place, self.force)?;
            match self.format {
                ExportFormat::Csv => csv::write_tables(&folder, chosen)?,
                #[cfg(feature = "parquet")]
                ExportFormat::Parquet => crate::export::parquet::write(&folder, chosen)?,
                ExportFormat::Rocrate => {
                    let about = rocrate::CrateMetadata {
                        title: &title,
                        published: &today(),
                        is_whole_graph: self.is_everything(),
                    };
                    rocrate::write(&folder, chosen, &about)?;
                }
                _ => obsidian::write(&folder, chosen)?,
            }
            return Ok(folder.finish()?);
        }
        // The picture is drawn before the file is created, because GraphViz may be missing.
        let picture = if self.format.is_picture() { self.picture(chosen, &title)? } else { Vec::new() };
        self.write_to(&mut |out| match self.format {
            ExportFormat::Graphml => graphml::write(out, chosen),
            ExportFormat::Gexf => gexf::write(out, chosen),
            ExportFormat::Cytoscape => cytoscape::write(out, chosen, &title),
            ExportFormat::JsonGraph => json_graph::write(out, chosen, &title),
            ExportFormat::Bibtex => bibtex::write(out, chosen),
            ExportFormat::CslJson => csl_json::write(out, chosen),
            ExportFormat::Ris => ris::write(out, chosen),
            ExportFormat::Markdown => markdown::write(out, chosen, &title),
            format => match format.rdf() {
                Some(format) => rdf::write_chosen(out, chosen, format),
                None => Ok(out.write_all(&picture)?),
            },
        })
    }

    /// Writes to the requested file, or to standard output.
    fn write_to(&self, write: &mut dyn FnMut(&mut dyn Write) -> Result<(), ExportError>) -> Result<(), CommandFailure> {
        match &self.output {
            Some(path) if path.as_os_str() != "-" => Ok(write_file(path, write)?),
            _ => {
                let mut out = BufWriter::new(io::stdout().lock());
                write(&mut out)?;
                Ok(out.flush()?)
            }
        }
    }

    /// Whether the options ask for the whole graph and nothing else.
    fn is_everything(&self) -> bool {
        self.around.is_empty()
            && self.query.is_none()
            && self.selection.is_everything()
            && self.min_degree.unwrap_or_default() == 0
            && self.max_nodes.unwrap_or_default() == 0
    }

    fn picture(&self, chosen: &ChosenPart<'_>, title: &str) -> Result<Vec<u8>, CommandFailure> {
        let graph = chosen.graph()?;
        let caption = PictureCaption {
            title: title.to_string(),
            left_out: chosen.left_out,
            centers: chosen.centers.iter().map(|node| node.id.clone()).collect(),
        };
        match self.format {
            ExportFormat::Svg => svg(&graph, &caption),
            ExportFormat::Png => image(&graph, &caption, ImageFormat::Png),
            _ => Ok(to_dot(&graph, &caption).into_bytes()),
        }
    }
}

impl ExportFormat {
    fn is_picture(self) -> bool {
        matches!(self, Self::Dot | Self::Svg | Self::Png)
    }

    fn is_folder(self) -> bool {
        #[cfg(feature = "parquet")]
        if matches!(self, Self::Parquet) {
            return true;
        }
        matches!(self, Self::Csv | Self::Rocrate | Self::Obsidian)
    }

    fn rdf(self) -> Option<RdfFormat> {
        let name = self.to_possible_value()?;
        rdf::FORMATS.into_iter().find(|(format, _)| *format == name.get_name()).map(|(_, format)| format)
    }

    fn papers_only(self) -> bool {
        matches!(self, Self::Bibtex | Self::CslJson | Self::Ris | Self::Markdown | Self::Rocrate)
    }

    /// Checks that the output can hold this format.
    fn check(self, output: Option<&Path>) -> Result<(), CommandFailure> {
        let stdout = output.is_none_or(|path| path.as_os_str() == "-");
        if self.is_folder() && stdout {
            return Err(CommandFailure::usage("this format is a folder of files").help("say where with --output DIR"));
        }
        if self == Self::Png && stdout && io::stdout().is_terminal() {
            return Err(
                CommandFailure::usage("a terminal cannot show a PNG").help("write it to a file with --output FILE")
            );
        }
        Ok(())
    }
}

/// The part of the graph that a CONSTRUCT query selects.
fn constructed<'g>(graph: &'g GraphStore, file: &Path, cutout: &PartChoice) -> Result<ChosenPart<'g>, CommandFailure> {
    let text = match file.as_os_str() == "-" {
        true => io::read_to_string(io::stdin()),
        false => std::fs::read_to_string(file),
    };
    let text = text.map_err(|e| CommandFailure::new(format!("cannot read {}: {e}", file.display())))?;
    let query = Query::parse(&text, graph.base())?.bind(&[], graph)?;
    let QueryAnswer::Graph(triples) =
        query.run(graph, QueryLimits { timeout: Some(TIMEOUT), ..QueryLimits::default() })?
    else {
        return Err(CommandFailure::new(format!("{} is not a CONSTRUCT query: it gives no triples", file.display()))
            .help("write CONSTRUCT { … } WHERE { … }; the triples between nodes of the graph are exported"));
    };
    let mut found = ConstructedGraph::default();
    for triple in triples {
        found.add(graph, &cutout.selection, &triple?)?;
    }
    let mut chosen = ChosenPart::drawn(graph, cutout.of(&found.graph, &[]));
    chosen.min_confidence = cutout.selection.min_confidence;
    chosen.notes.extend(found.unknown.into_iter().map(|(predicate, n)| {
        format!(
            "{predicate} is not a relation of the graph; its {} written as `related`",
            counted_as(n, "edge is", "edges are")
        )
    }));
    Ok(chosen)
}

fn today() -> String {
    jiff::Timestamp::now().to_string().chars().take(10).collect()
}

impl From<ExportError> for CommandFailure {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Write(error) => error.into(),
            ExportError::Store(error) => error.into(),
            error => {
                let failure = Self::new(error.to_string());
                match error.help() {
                    Some(help) => failure.help(help),
                    None => failure,
                }
            }
        }
    }
}
