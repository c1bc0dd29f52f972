use std::io::{self, BufWriter, IsTerminal, Write};

use crate::answer::{CitedWork, MissingWorks};
use crate::index::ReadAmount;
use crate::text::{shorten, wrap};
use clap::Args;

use super::failure::CommandFailure;
use super::format::{self, OutputFormat};
use super::listing::{print_quote, printable};
use super::paint::TerminalPaint;
use super::{CommandContext, table};

/// List the works that your papers cite most and that the graph does not have
///
/// Each work comes with the number of papers that cite it, the newest of them, and, if a full text has one, a sentence
/// that refers to it. A work is known only from references; it becomes a paper of the graph when a source with that
/// paper is built.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct MissingArgs {
    /// Rows to print; 0 for all
    #[arg(short, long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// Leave out works that fewer papers cite
    #[arg(long, value_name = "N", default_value_t = 1)]
    min_papers: usize,
    #[arg(short, long, value_name = "FORMAT", value_parser = OutputFormat::among(&format::ROWS), default_value_t = OutputFormat::Table)]
    format: OutputFormat,
}

const EXAMPLES: &str = "\
Examples:
  kg missing
  kg missing --min-papers 5 --limit 0 --format csv > to-read.csv
  kg show \"work/adamamethodforstochasticoptimization\"";

impl MissingArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let graph = context.open_index(ReadAmount::Much)?;
        let limit = if self.limit == 0 { usize::MAX } else { self.limit };
        let found = MissingWorks::ask(&graph, limit, self.min_papers)?;
        let mut out = BufWriter::new(io::stdout().lock());
        match self.format {
            OutputFormat::Json => format::json(&mut out, &found)?,
            OutputFormat::Csv | OutputFormat::Tsv => format::rows(&mut out, &found.sheet(), self.format)?,
            _ => print(&mut out, &found, context)?,
        }
        out.flush()?;
        if found.works.is_empty() && self.format != OutputFormat::Json {
            context.say_nothing_left(match found.total {
                0 => "no source of the graph has references to works that the graph lacks",
                _ => "no work is cited by that many papers (--min-papers)",
            });
        }
        context.say_cut(found.extent(), "--limit 0 lists all, --min-papers leaves out works that few papers cite");
        Ok(())
    }
}

/// Width of the number of papers, including the gap after it, in columns.
const COUNT: usize = 8;

fn print(out: &mut dyn Write, found: &MissingWorks, context: &CommandContext) -> io::Result<()> {
    let paint = TerminalPaint(context.wants_color(io::stdout().is_terminal()));
    let width = usize::from(table::width());
    let space = width.saturating_sub(COUNT).max(20);
    for work in &found.works {
        for (i, line) in wrap(&printable(&work.title), space, 2).iter().enumerate() {
            let count = if i == 0 { work.cited_by.to_string() } else { String::new() };
            writeln!(out, "{count:>5}   {}", paint.bold(line))?;
        }
        let about = facts(work);
        if !about.is_empty() {
            writeln!(out, "{:COUNT$}{}", "", paint.dim(shorten(&printable(&about), space)))?;
        }
        let papers: Vec<String> = work.papers.iter().map(|paper| shorten(&printable(&paper.name), 50)).collect();
        let more = work.cited_by.saturating_sub(papers.len());
        let more = if more > 0 { format!("; {more} more") } else { String::new() };
        for line in wrap(&format!("cited by {}{more}", papers.join("; ")), space, 3) {
            writeln!(out, "{:COUNT$}{}", "", paint.dim(line))?;
        }
        if let Some(sentence) = &work.evidence {
            print_quote(out, &sentence.evidence.quote, COUNT, width, paint)?;
        }
    }
    Ok(())
}

/// `Kingma, 2014, doi:10.1000/182`
fn facts(work: &CitedWork) -> String {
    let year = work.year.map(|year| year.to_string());
    let doi = work.doi.as_ref().map(|doi| format!("doi:{doi}"));
    let parts = [work.author.clone(), year, doi.or_else(|| work.url.clone())];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
