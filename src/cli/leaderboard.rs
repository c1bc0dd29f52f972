use std::io::{self, BufWriter, IsTerminal, Write};

use clap::Args;
use papergraph::graph::{Board, Leaderboard as Found, Standing, leaderboard};
use papergraph::ontology::NodeKind;
use papergraph::store::NodeRef;
use papergraph::text::{shorten, wrap};
use papergraph::vocabulary::Kind;
use serde_json::json;

use super::failure::Failure;
use super::format::{self, Format, Sheet};
use super::listing::printable;
use super::paint::Paint;
use super::selection::TimeArgs;
use super::{Context, node, table};

/// List the results on a dataset: what abstracts claim, and what sources state
///
/// Claims are read out of sentences, and nobody has checked them: the setting, the split and the size of the model may
/// differ from row to row. Each stands with its sentence and date. Results that a source states in a table stand apart.
/// The best value comes first; whether that is the highest or the lowest, the vocabulary says for most metrics.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Leaderboard {
    /// Name, alias or id of the dataset
    dataset: String,
    /// Results in this metric only: a name, alias or id
    #[arg(short, long, value_name = "NAME")]
    metric: Option<String>,
    #[command(flatten)]
    time: TimeArgs,
    /// Rows of each metric; 0 for all
    #[arg(short, long, value_name = "N", default_value_t = 10)]
    limit: usize,
    #[arg(short, long, value_name = "FORMAT", value_parser = Format::among(&format::ROWS), default_value_t = Format::Table)]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  kg leaderboard ImageNet
  kg leaderboard GSM8K --metric accuracy --since 2024
  kg leaderboard COCO --format csv";

impl Leaderboard {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let graph = context.open()?;
        let dataset = node::find(&graph, &self.dataset)?;
        if dataset.kind != NodeKind::Entity(Kind::Dataset) {
            return Err(Failure::new(format!("{} is a {}, not a dataset", printable(&dataset.label), dataset.kind))
                .help("results are of datasets; `kg neighbors` lists the datasets of a paper, task or model"));
        }
        let metric = match &self.metric {
            Some(name) => {
                let mut nodes = graph.resolve(name)?;
                nodes.retain(|node| node.kind == NodeKind::Entity(Kind::Metric));
                Some(nodes.first().map_or_else(|| name.clone(), |node| node.id.clone()))
            }
            None => None,
        };
        let found = leaderboard(&graph, &dataset, metric.as_deref(), &self.time.selection())?;
        let limit = if self.limit == 0 { usize::MAX } else { self.limit };
        let mut out = BufWriter::new(io::stdout().lock());
        match self.format {
            Format::Json => writeln!(out, "{:#}", as_json(&dataset, &found))?,
            Format::Csv | Format::Tsv => rows(&found).print(&mut out, self.format)?,
            _ => print(&mut out, &dataset, &found, limit, context)?,
        }
        Ok(out.flush()?)
    }
}

fn print(out: &mut dyn Write, dataset: &NodeRef, found: &Found, limit: usize, context: &Context) -> io::Result<()> {
    let paint = Paint(context.wants_color(io::stdout().is_terminal()));
    writeln!(out, "{}  {}", paint.bold(printable(&dataset.label)), paint.dim(&dataset.id))?;
    if found.boards.is_empty() {
        return writeln!(out, "\nno abstract claims a result on it, and no source states one");
    }
    for board in &found.boards {
        for (list, what) in [(&board.claims, "claims of abstracts"), (&board.declared, "stated by sources")] {
            if list.is_empty() {
                continue;
            }
            let heading = format!("{} ({}{})", printable(&board.metric), what, direction(board));
            writeln!(out, "\n{}", paint.bold(heading))?;
            let values = list.iter().take(limit).map(|standing| standing.value.chars().count()).max().unwrap_or(0);
            for standing in list.iter().take(limit) {
                print_one(out, standing, values, paint)?;
            }
            if list.len() > limit {
                writeln!(out, "  {}", paint.dim(format!("… {} more (--limit 0 lists all)", list.len() - limit)))?;
            }
        }
    }
    Ok(())
}

fn direction(board: &Board) -> &'static str {
    match board.lower_is_better {
        Some(true) => ", lower is better",
        Some(false) => ", higher is better",
        None => ", highest first",
    }
}

fn print_one(out: &mut dyn Write, standing: &Standing, values: usize, paint: Paint) -> io::Result<()> {
    let width = usize::from(table::width());
    let indent = values + 4;
    let date = standing.paper.date.map_or_else(|| "undated".to_string(), |date| date.to_string());
    let system = standing.system.as_ref().map(|system| format!("{}: ", printable(system))).unwrap_or_default();
    let said = format!("{system}{}", printable(&standing.paper.label));
    let space = width.saturating_sub(indent + 12).max(20);
    writeln!(
        out,
        "  {}  {}  {}",
        paint.bold(format!("{:>values$}", printable(&standing.value))),
        paint.dim(format!("{date:10}")),
        shorten(&said, space)
    )?;
    if let Some(sentence) = &standing.evidence {
        for line in wrap(&format!("“{}”", printable(sentence)), width.saturating_sub(indent).max(20), 3) {
            writeln!(out, "{:indent$}{}", "", paint.dim(line))?;
        }
    }
    if !standing.stated_by.is_empty() {
        writeln!(out, "{:indent$}{}", "", paint.dim(printable(&standing.stated_by.join(", "))))?;
    }
    Ok(())
}

/// Each result with whether it is declared.
fn standings(board: &Board) -> impl Iterator<Item = (&Standing, bool)> {
    board.claims.iter().map(|claim| (claim, false)).chain(board.declared.iter().map(|stated| (stated, true)))
}

fn rows(found: &Found) -> Sheet {
    let mut sheet =
        Sheet::new(["metric", "better", "stated_by", "value", "system", "paper", "title", "date", "evidence"]);
    for board in &found.boards {
        for (standing, declared) in standings(board) {
            sheet.row([
                board.metric.clone(),
                board.lower_is_better.map_or("", |lower| if lower { "lower" } else { "higher" }).to_string(),
                if declared { standing.stated_by.join("; ") } else { "abstract".to_string() },
                standing.value.clone(),
                standing.system.clone().unwrap_or_default(),
                standing.paper.id.clone(),
                standing.paper.label.clone(),
                standing.paper.date.map(|date| date.to_string()).unwrap_or_default(),
                standing.evidence.clone().unwrap_or_default(),
            ]);
        }
    }
    sheet
}

fn as_json(dataset: &NodeRef, found: &Found) -> serde_json::Value {
    let one = |standing: &Standing| {
        json!({
            "value": standing.value, "number": standing.number, "system": standing.system,
            "paper": standing.paper.id, "title": standing.paper.label, "date": standing.paper.date,
            "evidence": standing.evidence, "stated_by": standing.stated_by,
        })
    };
    let boards = found.boards.iter().map(|board| {
        json!({
            "metric": board.metric,
            "id": board.node.as_ref().map(|node| node.id.clone()),
            "better": board.lower_is_better.map(|lower| if lower { "lower" } else { "higher" }),
            "claims": board.claims.iter().map(one).collect::<Vec<_>>(),
            "declared": board.declared.iter().map(one).collect::<Vec<_>>(),
        })
    });
    json!({"dataset": {"id": dataset.id, "name": dataset.label}, "boards": boards.collect::<Vec<_>>()})
}
