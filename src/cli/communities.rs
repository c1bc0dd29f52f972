use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use crate::answer::{MIN_PAPERS, Sheet, TopicList, TopicSummary};
use crate::export::chart::{BarChart, ChartBar, bars};
use crate::graph::{Network, TopicQuery};
use crate::ontology::NodeKind;
use crate::text::{counted, wrap};
use clap::Args;

use super::failure::CommandFailure;
use super::format::{self, OutputFormat};
use super::listing::printable;
use super::paint::TerminalPaint;
use super::{CommandContext, rank, table};

/// Find the topics of the graph: groups with more ties among themselves than expected by chance
///
/// The Leiden algorithm finds communities; it maximises modularity. Each topic is described by its most characteristic
/// nodes: those that many of its papers name, and name more often than all papers do (the factor is the lift). The same
/// graph and seed give the same topics.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CommunitiesArgs {
    /// Topics to print; 0 for all
    #[arg(short, long, value_name = "N", default_value_t = 15)]
    limit: usize,
    /// Kinds of nodes that describe a topic [default: dataset, model, method, task, software]
    #[arg(short, long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<NodeKind>,
    /// Nodes that describe each topic
    #[arg(long, value_name = "N", default_value_t = 8)]
    telling: usize,
    /// More than 1 for more and smaller topics, less for fewer and larger ones
    #[arg(long, value_name = "NUMBER", default_value_t = 1.0, value_parser = positive)]
    resolution: f64,
    /// Leave out topics with fewer papers
    #[arg(long, value_name = "N", default_value_t = MIN_PAPERS)]
    min_papers: usize,
    /// Seed of the order in which the algorithm visits nodes
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Rows are topics; with --members, they are nodes with the topic of each
    #[arg(short, long, value_name = "FORMAT", value_parser = OutputFormat::among(&format::CHART), default_value_t = OutputFormat::Table)]
    format: OutputFormat,
    /// List every node with its topic, as rows for programs
    #[arg(long)]
    members: bool,
    /// Also draw a chart into a file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  kg communities
  kg communities --kind task,method --limit 8
  kg communities --resolution 2 --format json
  kg communities --members --format csv > topic-of-each-node.csv";

/// The message if no topic is left.
const NONE: &str = "no topic has that many papers; --min-papers 1 shows all";

fn positive(text: &str) -> Result<f64, String> {
    text.parse::<f64>().ok().filter(|n| n.is_finite() && *n > 0.0).ok_or_else(|| "give a number above 0".to_string())
}

impl CommunitiesArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let graph = context.open()?;
        let network = rank::load(context, &graph, &[])?;
        context.progress("finding communities");
        let wish = TopicQuery {
            resolution: self.resolution,
            seed: self.seed,
            min_papers: self.min_papers,
            kinds: self.kind.clone(),
            telling: self.telling.max(1),
            limit: if self.limit == 0 { usize::MAX } else { self.limit },
        };
        let found = TopicList::ask(&graph, &network, &wish)?;
        let mut out = BufWriter::new(io::stdout().lock());
        if self.members {
            let format = if self.format == OutputFormat::Table { OutputFormat::Csv } else { self.format };
            format::rows(&mut out, &members(&network, &found), format)?;
            return Ok(out.flush()?);
        }
        match self.format {
            OutputFormat::Json => format::json(&mut out, &found)?,
            OutputFormat::Csv | OutputFormat::Tsv => format::rows(&mut out, &found.sheet(), self.format)?,
            OutputFormat::Svg => out.write_all(chart(&found).as_bytes())?,
            OutputFormat::Table | OutputFormat::Dot => print(&mut out, &found, self.min_papers, context)?,
        }
        out.flush()?;
        if self.format != OutputFormat::Table {
            if found.total == 0 {
                context.say_nothing_left(NONE);
            }
            context.say_cut(found.extent(), "--limit 0 lists all topics");
        }
        match self.svg.as_ref() {
            Some(path) => format::write_picture(path, chart(&found).as_bytes()),
            None => Ok(()),
        }
    }
}

fn print(out: &mut dyn Write, found: &TopicList, min_papers: usize, context: &CommandContext) -> io::Result<()> {
    let paint = TerminalPaint(context.wants_color(io::stdout().is_terminal()));
    let width = usize::from(table::width());
    for topic in &found.topics {
        let years = years(topic).map(|years| format!(", {years}")).unwrap_or_default();
        let head = format!("{:>3}  {}{years}", topic.topic, counted(topic.papers, "paper"));
        writeln!(out, "{}", paint.bold(head))?;
        let telling = topic.telling.iter().map(|telling| {
            let lift =
                if telling.lift >= 10.0 { format!("{:.0}", telling.lift) } else { format!("{:.1}", telling.lift) };
            format!("{} ({}, {lift}×)", printable(&telling.node.name), telling.papers)
        });
        let telling = telling.collect::<Vec<_>>().join(", ");
        let telling = if telling.is_empty() { "no node is characteristic of it".to_string() } else { telling };
        for line in wrap(&telling, width.saturating_sub(5).max(20), 6) {
            writeln!(out, "     {line}")?;
        }
    }
    if found.total == 0 {
        writeln!(out, "{NONE}")?;
    }
    let more = found.extent().left_out();
    if more > 0 {
        writeln!(out, "… {more} more (--limit 0 lists all)")?;
    }
    let note = format!(
        "{}; modularity {:.3}; in brackets the papers of the topic and the lift",
        found.counts(min_papers),
        found.modularity
    );
    writeln!(out, "\n{}", paint.dim(note))
}

fn years(topic: &TopicSummary) -> Option<String> {
    topic.years.map(|(first, last)| if first == last { first.to_string() } else { format!("{first}–{last}") })
}

/// Every node with its community, numbered by size.
fn members(network: &Network, found: &TopicList) -> Sheet {
    let mut sheet = Sheet::new(["community", "kind", "id"]);
    for node in network.of_kind(None) {
        let community = found.community_of.get(node as usize).copied().unwrap_or_default();
        sheet.row([community.to_string(), network.kind(node).to_string(), network.id(node).to_string()]);
    }
    sheet
}

fn chart(found: &TopicList) -> String {
    let bar = |topic: &TopicSummary| {
        let names: Vec<&str> = topic.telling.iter().take(3).map(|telling| telling.node.name.as_str()).collect();
        ChartBar {
            name: if names.is_empty() { format!("topic {}", topic.topic) } else { names.join(", ") },
            value: topic.papers as f64,
            error: 0.0,
            value_text: [Some(topic.papers.to_string()), years(topic)]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(", "),
        }
    };
    bars(&BarChart {
        title: "Topics".to_string(),
        note: format!("communities of the graph, modularity {:.3}", found.modularity),
        unit: "papers".to_string(),
        bars: found.topics.iter().map(bar).collect(),
    })
}
