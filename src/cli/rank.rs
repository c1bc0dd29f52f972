use std::io::{self, BufWriter, Write};

use crate::answer::{NodeRanking, RankedNode, Sheet};
use crate::export::chart::{BarChart, ChartBar, bars};
use crate::graph::{Network, RankMeasure, RankQuery};
use crate::ontology::NodeKind;
use crate::text::{counted, shorten};
use clap::{Args, ValueEnum};

use super::CommandContext;
use super::failure::CommandFailure;
use super::format::{self, ChartArgs, OutputFormat};
use super::trends::sparkline;

/// List the most important nodes
///
/// degree, or papers: the number of papers that name it (for a paper: the number of things that it names). pagerank: credit flows
/// from a paper to what it names, from a name to the paper that introduces it, and from the narrower concept to the
/// broader; an explicit statement carries more than a bare mention. betweenness: the share of shortest paths that pass
/// through it; in a large graph an estimate, with its error. growth: the number of papers that name it in the last year
/// of the graph, divided by the number if it had kept its share of the year before.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct RankArgs {
    /// Kinds to rank: dataset, model, method, task, metric, hardware, software, unknown, paper, repository, page, work
    /// (cited, not in the graph), author, organization, venue; all but the last four if none
    #[arg(short, long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<NodeKind>,
    /// Measure of importance
    #[arg(long, value_name = "MEASURE", value_enum, default_value_t = RankBy::Degree)]
    by: RankBy,
    /// Rows to print; 0 for all
    #[arg(short, long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// Nodes from which betweenness searches; more are slower and more exact [default: all in a small graph, else 256]
    #[arg(long, value_name = "N")]
    samples: Option<usize>,
    /// Seed of the random choice of these nodes
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    chart: ChartArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RankBy {
    #[value(alias = "papers")]
    Degree,
    Pagerank,
    Betweenness,
    Growth,
}

const EXAMPLES: &str = "\
Examples:
  kg rank --kind dataset
  kg rank --kind paper --by pagerank --limit 10
  kg rank --kind author --by papers
  kg rank --kind organization --by growth
  kg rank --kind method,model --by growth --svg rising.svg
  kg rank --by betweenness --samples 1000 --format csv";

impl RankArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let graph = context.open()?;
        let network = load(context, &graph, &self.kind)?;
        context.progress("ranking");
        let wish = RankQuery {
            kinds: self.kind.clone(),
            by: self.measure(),
            samples: self.samples,
            seed: self.seed,
            limit: (self.limit > 0).then_some(self.limit),
        };
        let ranking = NodeRanking::ask(&graph, &network, &wish)?.ok_or_else(|| {
            CommandFailure::new("growth compares two years, but the graph has papers of fewer")
                .help("dates come with the papers; `kg build --as-of` gives a year to a listing that has none")
        })?;
        let mut out = BufWriter::new(io::stdout().lock());
        match self.chart.format {
            OutputFormat::Json => format::json(&mut out, &ranking)?,
            OutputFormat::Csv | OutputFormat::Tsv => format::rows(&mut out, &ranking.sheet(), self.chart.format)?,
            OutputFormat::Svg => out.write_all(self.chart(&ranking).as_bytes())?,
            OutputFormat::Table | OutputFormat::Dot if ranking.rows.is_empty() => {
                writeln!(out, "{}", self.why_empty())?;
            }
            OutputFormat::Table | OutputFormat::Dot => {
                format::rows(&mut out, &self.table(&ranking), OutputFormat::Table)?;
                let more = ranking.extent().left_out();
                if more > 0 {
                    writeln!(out, "… {more} more (--limit 0 lists all)")?;
                }
                for note in notes(&ranking) {
                    writeln!(out, "\n{note}")?;
                }
            }
        }
        out.flush()?;
        if self.chart.format != OutputFormat::Table {
            if ranking.rows.is_empty() {
                context.say_nothing_left(&self.why_empty());
            }
            context.say_cut(ranking.extent(), "--limit 0 lists all");
        }
        self.chart.draw(|| self.chart(&ranking))
    }

    fn why_empty(&self) -> String {
        let kinds: Vec<&str> = self.kind.iter().map(|kind| kind.plural()).collect();
        format!("the graph has no {}", if kinds.is_empty() { "nodes".to_string() } else { kinds.join(" or ") })
    }

    fn measure(&self) -> RankMeasure {
        match self.by {
            RankBy::Degree => RankMeasure::Degree,
            RankBy::Pagerank => RankMeasure::Pagerank,
            RankBy::Betweenness => RankMeasure::Betweenness,
            RankBy::Growth => RankMeasure::Growth,
        }
    }

    fn name(&self) -> &'static str {
        match self.by {
            RankBy::Degree => "degree",
            RankBy::Pagerank => "pagerank",
            RankBy::Betweenness => "betweenness",
            RankBy::Growth => "growth",
        }
    }

    /// The score in a form for people.
    fn said(&self, row: &RankedNode) -> String {
        let error = |digits: usize| match row.error {
            0.0 => String::new(),
            error => format!(" ± {error:.digits$}"),
        };
        match self.by {
            RankBy::Degree => row.ties.to_string(),
            RankBy::Pagerank => format!("{:.6}", row.score),
            RankBy::Betweenness => format!("{:.5}{}", row.score, error(5)),
            RankBy::Growth => format!("{:.1} ×", row.score),
        }
    }

    fn table(&self, ranking: &NodeRanking) -> Sheet {
        let span = ranking.rows.first().map(|row| (row.by_year.keys().next(), row.by_year.keys().next_back()));
        let years = match span {
            Some((Some(first), Some(last))) if first == last => first.to_string(),
            Some((Some(first), Some(last))) => format!("{first}–{last}"),
            _ => String::new(),
        };
        let several = self.kind.len() != 1;
        let mut heading = vec!["", "name"];
        if several {
            heading.push("kind");
        }
        if self.by != RankBy::Degree {
            heading.push(self.name());
        }
        heading.push(if self.kind == [NodeKind::Paper] { "names" } else { "papers" });
        let has_two_parts = ranking.rows.iter().any(|row| row.count.has_two_parts());
        if has_two_parts {
            heading.push("in text");
        }
        heading.push(&years);
        let mut sheet = Sheet { heading: heading.iter().map(ToString::to_string).collect(), rows: Vec::new() };
        for (i, row) in ranking.rows.iter().enumerate() {
            let mut line = vec![(i + 1).to_string(), shorten(&row.node.name, 48)];
            if several {
                line.push(row.node.kind.to_string());
            }
            if self.by != RankBy::Degree {
                line.push(self.said(row));
            }
            line.push(row.ties.to_string());
            if has_two_parts {
                line.push(row.count.in_text.to_string());
            }
            let counts: Vec<usize> = row.by_year.values().copied().collect();
            line.push(if let Some(growth) = ranking.growth {
                let of = |year: u16| row.by_year.get(&year).copied().unwrap_or_default();
                format!("{} → {}  {}", of(growth.before), of(growth.now), sparkline(&counts, 24))
            } else {
                sparkline(&counts, 24)
            });
            sheet.rows.push(line);
        }
        sheet
    }

    fn chart(&self, ranking: &NodeRanking) -> String {
        let kinds: Vec<&str> = self.kind.iter().map(|kind| kind.plural()).collect();
        let what = if kinds.is_empty() { "nodes".to_string() } else { kinds.join(", ") };
        let bar = |row: &RankedNode| ChartBar {
            name: row.node.name.clone(),
            value: row.score,
            error: row.error,
            value_text: self.said(row),
        };
        bars(&BarChart {
            title: match self.by {
                RankBy::Degree => format!("Most named {what}"),
                RankBy::Pagerank => format!("Most important {what}, by PageRank"),
                RankBy::Betweenness => format!("Most connecting {what}, by betweenness"),
                RankBy::Growth => format!("Fastest growing {what}"),
            },
            note: notes(ranking).join("; "),
            unit: match self.by {
                RankBy::Degree => "papers",
                RankBy::Pagerank => "PageRank",
                RankBy::Betweenness => "share of shortest paths",
                RankBy::Growth => "times the papers expected",
            }
            .to_string(),
            bars: ranking.rows.iter().map(bar).collect(),
        })
    }
}

fn notes(ranking: &NodeRanking) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(sources) = ranking.sampled {
        notes.push(format!(
            "estimated from {}; ± is the 95 % interval (--samples N for more)",
            counted(sources, "node")
        ));
    }
    if let Some(growth) = ranking.growth {
        notes.push(format!(
            "{} of {}, {} of {}; growth = (n + 3) / (expected + 3), see `kg rank --help`",
            counted(growth.papers_before, "paper"),
            growth.before,
            growth.papers_now,
            growth.now
        ));
    }
    notes
}

/// Loads the whole graph, with quiet nodes only of these kinds, and reports that it does so.
pub(super) fn load(
    context: &CommandContext,
    graph: &crate::store::GraphStore,
    kinds: &[NodeKind],
) -> Result<Network, CommandFailure> {
    context.progress("loading the whole graph");
    let network = Network::load_kinds(graph, |kind| !kind.is_quiet() || kinds.contains(&kind))?;
    context.detail(&format!(
        "{}, {}, {} MB in memory",
        counted(network.len(), "node"),
        counted(network.edges().len(), "edge"),
        network.bytes() / 1_000_000
    ));
    Ok(network)
}
