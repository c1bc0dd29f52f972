use std::io::{self, BufWriter, IsTerminal, Write};

use crate::answer::{Sheet, TrendLine, TrendLines};
use crate::export::chart::{ChartSeries, LineChart, lines};
use crate::graph::TimeStep;
use crate::text::{counted, shorten};
use clap::{Args, ValueEnum};

use super::failure::CommandFailure;
use super::format::{self, ChartArgs, OutputFormat};
use super::listing::printable;
use super::paint::TerminalPaint;
use super::selection::PaperArgs;
use super::{CommandContext, node, table};

/// Count papers that name something, or come from somewhere, over time
///
/// For each year or month: the number of papers that name it, and their share of all papers of the graph, so that a
/// growing graph does not look like a trend. Papers without a date (or, by month, with only a year) are in no row; kg
/// prints how many there are.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct TrendsArgs {
    /// Names, aliases or ids; each gets its own line
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
    /// The length of a step
    #[arg(long, value_name = "STEP", value_enum, default_value_t = TrendStep::Year)]
    by: TrendStep,
    #[command(flatten)]
    papers: PaperArgs,
    /// Draw shares of all papers instead of counts
    #[arg(long)]
    share: bool,
    #[command(flatten)]
    chart: ChartArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TrendStep {
    Year,
    Month,
}

const EXAMPLES: &str = "\
Examples:
  kg trends COCO ImageNet
  kg trends LoRA QLoRA DoRA --by month --since 2023
  kg trends FlashAttention --format csv
  kg trends DeepMind \"Meta AI\" --since 2020
  kg trends COCO --venue CVPR
  kg trends \"Llama 2\" \"Llama 3\" --share --svg llama.svg";

impl TrendsArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let graph = context.open()?;
        let mut nodes = Vec::new();
        for name in &self.names {
            nodes.push(node::find(context, &graph, name)?);
        }
        if let Some(paper) = nodes.iter().find(|node| node.kind == crate::ontology::NodeKind::Paper) {
            return Err(CommandFailure::new(format!("{} is a paper, which no papers name", printable(&paper.label)))
                .help("name a dataset, model, method, task, metric, device, software, repository, page, author, organisation or venue"));
        }
        let step = if self.by == TrendStep::Year { TimeStep::Year } else { TimeStep::Month };
        let selection = self.papers.selection(context, &graph)?;
        let found = TrendLines::ask(&graph, &nodes, step, &selection)?;
        let empty = match found.periods.is_empty() {
            true => Some(self.papers.why_empty(&graph)?),
            false => None,
        };
        let mut out = BufWriter::new(io::stdout().lock());
        match self.chart.format {
            OutputFormat::Json => format::json(&mut out, &found)?,
            OutputFormat::Csv | OutputFormat::Tsv => format::rows(&mut out, &found.sheet(), self.chart.format)?,
            OutputFormat::Svg => out.write_all(self.chart(&found).as_bytes())?,
            OutputFormat::Table | OutputFormat::Dot => print(&mut out, &found, empty.as_deref(), context)?,
        }
        out.flush()?;
        if let Some(why) = empty.filter(|_| self.chart.format != OutputFormat::Table) {
            context.say_nothing_left(&why);
        }
        self.chart.draw(|| self.chart(&found))
    }

    fn chart(&self, found: &TrendLines) -> String {
        let value = |trend: &TrendLine, at: usize| match self.share {
            true => share(trend, at).map(|share| share * 100.0),
            false => trend.papers.get(at).map(|n| *n as f64),
        };
        let series = found.trends.iter().map(|trend| ChartSeries {
            name: trend.node.name.clone(),
            values: (0..found.periods.len()).map(|at| value(trend, at)).collect(),
        });
        lines(&LineChart {
            title: format!("Papers that name {}", listed(found)),
            note: undated(found).unwrap_or_default(),
            unit: if self.share { "% of the papers of the graph" } else { "papers" }.to_string(),
            steps: found.periods.iter().map(ToString::to_string).collect(),
            series: series.collect(),
        })
    }
}

/// `COCO, ImageNet and GSM8K`
fn listed(found: &TrendLines) -> String {
    let names: Vec<&str> = found.trends.iter().map(|trend| trend.node.name.as_str()).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_string(),
        [first @ .., last] => shorten(&format!("{} and {last}", first.join(", ")), 60),
    }
}

fn undated(found: &TrendLines) -> Option<String> {
    let all: usize = found.papers.iter().sum();
    let part = if found.periods.iter().any(|period| period.month.is_some()) { "month" } else { "date" };
    let have = if found.undated == 1 { "has" } else { "have" };
    (found.undated > 0)
        .then(|| format!("{} of {} {have} no {part}", found.undated, counted((found.undated + all) as u64, "paper")))
}

fn print(out: &mut dyn Write, found: &TrendLines, empty: Option<&str>, context: &CommandContext) -> io::Result<()> {
    let paint = TerminalPaint(context.wants_color(io::stdout().is_terminal()));
    let width = usize::from(table::width());
    let names = found.trends.iter().map(|trend| crate::text::display_width(&trend.node.name)).max();
    let names = names.unwrap_or_default().min(30);
    for trend in &found.trends {
        let name = shorten(&printable(&trend.node.name), names);
        let gap = " ".repeat(names.saturating_sub(crate::text::display_width(&name)));
        let total: usize = trend.papers.iter().sum();
        let undated = if trend.undated > 0 { format!(", {} undated", trend.undated) } else { String::new() };
        let said = counted(total, "paper") + &undated;
        let line = sparkline(&trend.papers, width.saturating_sub(names + said.len() + 4).max(8));
        writeln!(out, "{}{gap}  {line}  {}", paint.bold(name), paint.dim(said))?;
    }
    if let Some(why) = empty {
        return writeln!(out, "\n{why}");
    }
    writeln!(out)?;
    format::rows(out, &rows(found), OutputFormat::Table)?;
    match undated(found) {
        Some(note) => writeln!(out, "\n{}", paint.dim(note)),
        None => Ok(()),
    }
}

/// The table for people; [`TrendLines::sheet`] is the one for programs.
fn rows(found: &TrendLines) -> Sheet {
    let mut heading = vec![String::new(), "papers".to_string()];
    for trend in &found.trends {
        heading.push(trend.node.name.clone());
        heading.push("share".to_string());
    }
    let mut sheet = Sheet { heading, rows: Vec::new() };
    for (at, period) in found.periods.iter().enumerate() {
        let mut row = vec![period.to_string(), found.papers.get(at).copied().unwrap_or_default().to_string()];
        for trend in &found.trends {
            row.push(trend.papers.get(at).copied().unwrap_or_default().to_string());
            row.push(share(trend, at).map(|share| format!("{:.1} %", share * 100.0)).unwrap_or_default());
        }
        sheet.rows.push(row);
    }
    sheet
}

/// The share of a period, 0 to 1.
fn share(trend: &TrendLine, period: usize) -> Option<f64> {
    trend.shares.get(period).copied().flatten()
}

/// Counts as a line of block characters. If there are more counts than columns, adjacent counts are added up.
pub(super) fn sparkline(counts: &[usize], width: usize) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let together = counts.len().div_ceil(width.max(1)).max(1);
    let sums: Vec<usize> = counts.chunks(together).map(|chunk| chunk.iter().sum()).collect();
    let most = sums.iter().copied().max().unwrap_or_default().max(1);
    sums.iter()
        .map(|sum| match sum {
            0 => ' ',
            sum => BLOCKS.get((sum * BLOCKS.len()).div_ceil(most).saturating_sub(1)).copied().unwrap_or('█'),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_shows_nothing_for_none_and_a_full_block_for_the_most() {
        assert_eq!(sparkline(&[0, 1, 4, 8], 10), " ▁▄█");
        assert_eq!(sparkline(&[1, 1, 2, 2], 2), "▄█");
        assert_eq!(sparkline(&[], 5), "");
    }
}
