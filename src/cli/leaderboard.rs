use std::io::{self, BufWriter, IsTerminal, Write};

use crate::answer::{BoardIndex, BoardList, ListedBoards, board_sheet, listed_boards, result_sheet};
use crate::export::chart::{RecordChart, records};
use crate::graph::{
    Board, BoardFilter, BoardQuery, BoardRow, EmptyingFilter, FoundBoards as Found, MinConfidence, ResultSource,
    SURE_RESULT, Selection, WantedMetric, WantedTask, leaderboard,
};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, NodeRef};
use crate::text::{counted, shorten, wrap};
use crate::vocabulary::Kind;
use clap::Args;

use super::failure::CommandFailure;
use super::format::{self, ChartArgs, OutputFormat};
use super::listing::printable;
use super::paint::TerminalPaint;
use super::selection::PaperArgs;
use super::{CommandContext, node, table};

/// Compare the results that papers and sources state on a dataset
///
/// A board holds results that can be compared: those with one task, dataset, variant (split, languages, shots,
/// resolution, part of the dataset) and metric. Results without a stated variant have a board of their own. AP, AP50
/// and mask AP are three metrics; fractions and percentages are ordered together. For most metrics, the vocabulary says
/// whether high or low values lead.
///
/// Results come from sentences of abstracts, from tables of whole papers (with table, row and page), and from sources
/// that state them. They are not verified. Only the best of a paper's own systems is shown; systems of others that a
/// paper cites are marked. Without a dataset, the boards of the graph are listed with their best row, those with the
/// most papers first.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct LeaderboardArgs {
    /// Name, alias or id of the dataset; without one, all boards are listed
    dataset: Option<String>,
    /// Only results of this task, and those without a stated task on datasets that are made for it
    #[arg(long, value_name = "NAME")]
    task: Option<String>,
    /// Only results in this metric: a name, alias or id
    #[arg(short, long, value_name = "NAME")]
    metric: Option<String>,
    /// Only boards whose variant has these words; `none` for results without a variant
    #[arg(long, value_name = "WORDS")]
    variant: Option<String>,
    /// Only rows whose code is official and was alive at the last `kg check`
    #[arg(long)]
    runnable: bool,
    /// Only results that papers state for their own systems
    #[arg(long)]
    own: bool,
    /// The results that led at some time
    #[arg(long)]
    history: bool,
    /// Leave out results of tables with a lower confidence, 0 to 1. About half of the results from 0.7 on are right,
    /// and one in three of all results (ACCURACY.md) [default: 0.7]
    #[arg(long, value_name = "SHARE")]
    min_confidence: Option<MinConfidence>,
    #[command(flatten)]
    papers: PaperArgs,
    /// Rows of each board, or boards of the list; 0 for all
    #[arg(short, long, value_name = "N", default_value_t = 10)]
    limit: usize,
    #[command(flatten)]
    chart: ChartArgs,
}

/// Number of metrics, variants or years to list if a filter left nothing.
const CHOICES: usize = 6;

const EXAMPLES: &str = "\
Examples:
  kg leaderboard                            the boards of the graph
  kg leaderboard --task \"question answering\"
  kg leaderboard ImageNet
  kg leaderboard GSM8K --metric accuracy --since 2024 --own
  kg leaderboard \"WMT 2014\" --variant en-de --history
  kg leaderboard COCO --metric AP --format svg > records.svg";

impl LeaderboardArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let graph = context.open()?;
        let dataset = match &self.dataset {
            Some(name) => Some(dataset(context, &graph, name)?),
            None => None,
        };
        let metric = self.metric.as_deref().map(|words| WantedMetric::named(&graph, words)).transpose()?;
        let query = BoardQuery {
            dataset: dataset.clone(),
            task: self.task.as_deref().map(|words| WantedTask::named(&graph, words)).transpose()?,
            metric,
            variant: self.variant.clone(),
            own_only: self.own,
            runnable_only: self.runnable,
            selection: Selection { min_confidence: self.min_confidence, ..self.papers.selection(context, &graph)? },
            without_evidence: !self.prints_all_rows(),
            without_code: !self.prints_all_rows(),
        };
        let Some(dataset) = dataset else { return self.list(&graph, query, context) };
        let mut found = leaderboard(&graph, &query)?;
        if self.chart.format == OutputFormat::Table && !self.history {
            for row in found.boards.iter_mut().flat_map(|board| board.rows.iter_mut().take(self.limit())) {
                row.read_evidence(&graph)?;
                row.read_code(&graph)?;
            }
        }
        let mut out = BufWriter::new(io::stdout().lock());
        match self.chart.format {
            OutputFormat::Json => format::json(&mut out, &BoardList::of(Some(&dataset), &found))?,
            OutputFormat::Csv | OutputFormat::Tsv => {
                format::rows(&mut out, &result_sheet(&found.boards), self.chart.format)?;
            }
            OutputFormat::Svg => out.write_all(self.picture(&found)?.as_bytes())?,
            OutputFormat::Table | OutputFormat::Dot => {
                self.print(&mut out, &dataset, &found, context)?;
                self.note_less_sure(&mut out, found.less_sure, context)?;
            }
        }
        out.flush()?;
        match found.boards.is_empty() {
            true => Ok(()),
            false => self.chart.draw(|| self.picture(&found).unwrap_or_default()),
        }
    }

    /// Prints the boards of all datasets.
    fn list(&self, graph: &GraphStore, query: BoardQuery, context: &CommandContext) -> Result<(), CommandFailure> {
        let most = match self.chart.format {
            OutputFormat::Json | OutputFormat::Csv | OutputFormat::Tsv => usize::MAX,
            OutputFormat::Table | OutputFormat::Dot | OutputFormat::Svg => self.limit(),
        };
        let ListedBoards { boards, total, emptied_by, less_sure } = listed_boards(graph, &query, 0..most)?;
        let mut out = BufWriter::new(io::stdout().lock());
        match self.chart.format {
            OutputFormat::Json => format::json(&mut out, &BoardList::of_all(graph, &boards, less_sure)?)?,
            OutputFormat::Csv | OutputFormat::Tsv => {
                format::rows(&mut out, &board_sheet(&boards), self.chart.format)?;
            }
            OutputFormat::Svg => out.write_all(self.largest(graph, query.clone())?.as_bytes())?,
            OutputFormat::Table | OutputFormat::Dot if boards.is_empty() => {
                writeln!(out, "{}", self.nothing(emptied_by.as_ref(), less_sure))?;
                self.note_less_sure(&mut out, less_sure, context)?;
            }
            OutputFormat::Table | OutputFormat::Dot => {
                let paint = TerminalPaint(context.wants_color(io::stdout().is_terminal()));
                format::rows(&mut out, &board_sheet(&boards), OutputFormat::Table)?;
                more(&mut out, total, self.limit(), paint)?;
                self.note_less_sure(&mut out, less_sure, context)?;
            }
        }
        out.flush()?;
        match boards.is_empty() {
            true => Ok(()),
            false => self.chart.draw(|| self.largest(graph, query).unwrap_or_default()),
        }
    }

    /// A chart of the largest board of all datasets.
    fn largest(&self, graph: &GraphStore, query: BoardQuery) -> Result<String, CommandFailure> {
        let query = BoardQuery { without_evidence: true, without_code: true, ..query };
        let found = match query.is_all() {
            true => {
                let index = BoardIndex::open(graph)?;
                Found { boards: index.with_rows(graph, index.boards.first(), &query)?, ..Found::default() }
            }
            false => leaderboard(graph, &query)?,
        };
        self.picture(&found)
    }

    /// Whether every row is printed with its evidence and code. A table of rows has that of the rows up to `--limit`.
    fn prints_all_rows(&self) -> bool {
        match self.chart.format {
            OutputFormat::Json | OutputFormat::Csv | OutputFormat::Tsv => true,
            OutputFormat::Table => self.history,
            OutputFormat::Svg | OutputFormat::Dot => false,
        }
    }

    fn limit(&self) -> usize {
        if self.limit == 0 { usize::MAX } else { self.limit }
    }

    /// A chart of the largest leaderboard over time.
    fn picture(&self, found: &Found) -> Result<String, CommandFailure> {
        let board = found.boards.first().ok_or_else(|| {
            CommandFailure::new(self.nothing(found.emptied_by.as_ref(), found.less_sure)).help("a chart needs a board")
        })?;
        Ok(records(&RecordChart::of(board)))
    }

    /// Says how many results are not sure enough to be shown.
    fn note_less_sure(&self, out: &mut dyn Write, results: usize, context: &CommandContext) -> io::Result<()> {
        if results == 0 {
            return Ok(());
        }
        let paint = TerminalPaint(context.wants_color(io::stdout().is_terminal()));
        let least = self.min_confidence.unwrap_or(SURE_RESULT);
        let note = format!(
            "left out: {} with a confidence below {least} (--min-confidence 0 lists all)",
            counted(results, "result")
        );
        writeln!(out, "\n{}", paint.dim(note))
    }

    /// Why there is no board: which filter left nothing, and what it could ask for instead.
    fn nothing(&self, emptied_by: Option<&EmptyingFilter>, less_sure: usize) -> String {
        let Some(emptied) = emptied_by else {
            return match self.dataset.is_some() {
                _ if less_sure > 0 => "no result is sure enough".to_string(),
                true => "no paper and no source states a result on it".to_string(),
                false => "no paper and no source of the graph states a result".to_string(),
            };
        };
        let results = counted(emptied.results, "result");
        let wanted = |words: &Option<String>| printable(words.as_deref().unwrap_or_default()).clone();
        let why = match emptied.filter {
            BoardFilter::Task => format!("none is of the task “{}”", wanted(&self.task)),
            BoardFilter::Metric => format!("none is in the metric “{}”", wanted(&self.metric)),
            BoardFilter::Variant => format!("none has a variant “{}”", wanted(&self.variant)),
            BoardFilter::Own => "none is for the paper's own system (--own)".to_string(),
            BoardFilter::Date if self.papers.has_names() => "none is from a selected paper".to_string(),
            BoardFilter::Date => "none is from a paper of the selected time".to_string(),
            BoardFilter::Runnable => {
                "none has official code that was alive at the last `kg check` (--runnable)".to_string()
            }
        };
        let mut choices: Vec<String> =
            emptied.choices.iter().take(CHOICES).map(|choice| printable(choice).clone()).collect();
        if emptied.choices.len() > CHOICES {
            choices.push("…".to_string());
        }
        match choices.is_empty() {
            true => format!("of {results} {why}"),
            false => format!("of {results} {why}; there are: {}", choices.join(", ")),
        }
    }

    fn print(&self, out: &mut dyn Write, dataset: &NodeRef, found: &Found, context: &CommandContext) -> io::Result<()> {
        let paint = TerminalPaint(context.wants_color(io::stdout().is_terminal()));
        writeln!(out, "{}  {}", paint.bold(printable(&dataset.label)), paint.dim(&dataset.id))?;
        if found.boards.is_empty() {
            return writeln!(out, "\n{}", self.nothing(found.emptied_by.as_ref(), found.less_sure));
        }
        for board in &found.boards {
            writeln!(out, "\n{}", paint.bold(heading(board)))?;
            let shown: Vec<&BoardRow> = if self.history { board.history() } else { board.rows.iter().collect() };
            if shown.is_empty() {
                writeln!(out, "  no row has a date")?;
            }
            let values = shown.iter().take(self.limit()).map(|row| row.value.chars().count()).max().unwrap_or(0);
            for (rank, row) in (1..).zip(&shown).take(self.limit()) {
                let rank = if self.history { String::new() } else { format!("{rank:>3}") };
                print_row(out, &rank, row, values, paint)?;
            }
            more(out, shown.len(), self.limit(), paint)?;
        }
        Ok(())
    }
}

fn dataset(context: &CommandContext, graph: &GraphStore, name: &str) -> Result<NodeRef, CommandFailure> {
    let dataset = node::find(context, graph, name)?;
    if dataset.kind != NodeKind::Entity(Kind::Dataset) {
        return Err(CommandFailure::new(format!("{} is a {}, not a dataset", printable(&dataset.label), dataset.kind))
            .help("results are of datasets; `kg leaderboard` without a name lists those that have any"));
    }
    Ok(dataset)
}

fn more(out: &mut dyn Write, all: usize, limit: usize, paint: TerminalPaint) -> io::Result<()> {
    match all > limit {
        true => writeln!(out, "  {}", paint.dim(format!("… {} more (--limit 0 lists all)", all - limit))),
        false => Ok(()),
    }
}

/// `AP50 · object detection · val2017 (12 papers, higher is better)`
fn heading(board: &Board) -> String {
    let parts = [Some(board.metric.as_str()), board.task.as_deref(), Some(board.variant_words())];
    let parts: Vec<String> = parts.into_iter().flatten().map(printable).collect();
    let papers = counted(board.papers(), "paper");
    format!("{} ({papers}, {})", parts.join(" · "), board.direction())
}

fn print_row(out: &mut dyn Write, rank: &str, row: &BoardRow, values: usize, paint: TerminalPaint) -> io::Result<()> {
    let width = usize::from(table::width());
    let indent = rank.len() + values + 4;
    let date = row.paper.date.map_or_else(|| "undated".to_string(), |date| date.to_string());
    let title = printable(&row.paper.label);
    let system = row.system.as_deref().map(printable);
    let said = match (system, row.own) {
        // A title that begins with the system's name already names it.
        (Some(system), true) if title.to_lowercase().starts_with(&system.to_lowercase()) => title,
        (Some(system), true) => format!("{system}: {title}"),
        (Some(system), false) => format!("{system}, as cited by {title}"),
        (None, true) => title,
        (None, false) => format!("another's, as cited by {title}"),
    };
    let space = width.saturating_sub(indent + 12).max(20);
    writeln!(
        out,
        "{rank}  {}  {}  {}",
        paint.bold(format!("{:>values$}", printable(&row.value))),
        paint.dim(format!("{date:10}")),
        shorten(&said, space)
    )?;
    let lines = match &row.source {
        ResultSource::Sentence { text: Some(sentence), .. } => {
            wrap(&format!("“{}”", printable(sentence)), width.saturating_sub(indent).max(20), 3)
        }
        ResultSource::Sentence { text: None, .. } => Vec::new(),
        ResultSource::Table(_) | ResultSource::Stated(_) => vec![printable(&row.place())],
    };
    let code = row.code.as_ref().map(|code| format!("{} ({})", printable(&code.url), code.state()));
    let repeated = match (row.repeated, row.own) {
        (0, _) => None,
        (n, true) => Some(format!("{} of the paper", counted(n, "other figure"))),
        (n, false) => Some(format!("also in {}", counted(n, "other paper"))),
    };
    for line in lines.into_iter().chain(code).chain(repeated) {
        writeln!(out, "{:indent$}{}", "", paint.dim(line))?;
    }
    Ok(())
}
