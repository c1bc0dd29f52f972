use std::io::{self, BufWriter, IsTerminal, Write};

use crate::answer::{ComparedName, ComparedPaper, PaperComparison, Sheet};
use crate::export::dot::PictureCaption;
use crate::graph::{GraphView, Node};
use crate::ontology::NodeKind;
use crate::store::NodeRef;
use crate::text::{shorten, wrap};
use clap::Args;

use super::failure::CommandFailure;
use super::format::{self, OutputFormat};
use super::listing::printable;
use super::paint::TerminalPaint;
use super::{CommandContext, node, table};

/// Put papers side by side: what they share, and where they differ
///
/// Names that more of the papers share come first; among these, rare names come before common ones. A cell has the
/// paper's relation to the thing; it is empty if the paper does not name it.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CompareArgs {
    /// Titles, arXiv ids or ids of two papers or more
    #[arg(required = true, num_args = 2.., value_name = "PAPER")]
    papers: Vec<String>,
    /// Show only what two of the papers share
    #[arg(long)]
    shared: bool,
    #[arg(short, long, value_name = "FORMAT", value_parser = OutputFormat::among(&format::GRAPH), default_value_t = OutputFormat::Table)]
    format: OutputFormat,
}

const EXAMPLES: &str = "\
Examples:
  kg compare 2407.11062 2310.08659
  kg compare 2407.11062 2310.08659 2305.14314 --shared
  kg compare 2407.11062 2310.08659 --format svg > side-by-side.svg";

impl CompareArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let graph = context.open()?;
        let mut papers: Vec<NodeRef> = Vec::new();
        for name in &self.papers {
            let paper = node::find(context, &graph, name)?;
            if paper.kind != NodeKind::Paper {
                return Err(CommandFailure::new(format!(
                    "{} is a {}, not a paper",
                    printable(&paper.label),
                    paper.kind
                ))
                .help("`kg similar` and `kg trends` compare datasets, models and methods"));
            }
            if papers.contains(&paper) {
                return Err(CommandFailure::usage(format!("{} is given twice", printable(&paper.label))));
            }
            papers.push(paper);
        }
        let mut found = PaperComparison::ask(&graph, &papers)?;
        if self.shared {
            found.rows.retain(|row| row.shared > 1);
        }
        let mut out = BufWriter::new(io::stdout().lock());
        match self.format {
            OutputFormat::Table => print(&mut out, &found, context)?,
            OutputFormat::Json => format::json(&mut out, &found)?,
            OutputFormat::Csv | OutputFormat::Tsv => format::rows(&mut out, &found.sheet(), self.format)?,
            OutputFormat::Dot | OutputFormat::Svg => out.write_all(&picture(&found, self.format)?)?,
        }
        Ok(out.flush()?)
    }
}

/// Tables call the papers A, B, C …
fn letter(place: usize) -> String {
    char::from_u32('A' as u32 + place as u32)
        .filter(char::is_ascii_uppercase)
        .map_or_else(|| (place + 1).to_string(), String::from)
}

fn print(out: &mut dyn Write, found: &PaperComparison, context: &CommandContext) -> io::Result<()> {
    let paint = TerminalPaint(context.wants_color(io::stdout().is_terminal()));
    let width = usize::from(table::width());
    for (place, paper) in found.papers.iter().enumerate() {
        for (i, line) in wrap(&printable(&paper.title), width.saturating_sub(3), 2).iter().enumerate() {
            let letter = if i == 0 { letter(place) } else { " ".to_string() };
            writeln!(out, "{}", paint.bold(format!("{letter}  {line}")))?;
        }
        for fact in facts(paper) {
            writeln!(out, "   {}", paint.dim(shorten(&printable(&fact), width.saturating_sub(3))))?;
        }
    }
    let all = found.papers.len();
    let groups: [(&str, Vec<&ComparedName>); 3] = [
        ("In all of them", found.rows.iter().filter(|row| row.shared == all).collect()),
        ("In some of them", found.rows.iter().filter(|row| row.shared > 1 && row.shared < all).collect()),
        ("In one of them", found.rows.iter().filter(|row| row.shared == 1).collect()),
    ];
    for (heading, rows) in groups {
        if rows.is_empty() {
            if heading == "In all of them" {
                writeln!(out, "\n{}", paint.bold("Nothing is in all of them"))?;
            }
            continue;
        }
        writeln!(out, "\n{} ({})\n", paint.bold(heading), rows.len())?;
        let letters = (0..all).map(letter);
        let mut sheet = Sheet {
            heading: ["name".to_string(), "kind".to_string()].into_iter().chain(letters).collect(),
            rows: Vec::new(),
        };
        for row in rows {
            let cells = row.relations.iter().map(|tie| tie.map_or("", |tie| tie.words()).to_string());
            let name = [shorten(&row.node.name, 32), row.node.kind.to_string()];
            sheet.rows.push(name.into_iter().chain(cells).collect());
        }
        format::rows(out, &sheet, OutputFormat::Table)?;
    }
    Ok(())
}

/// The facts about a paper, one line each.
fn facts(paper: &ComparedPaper) -> Vec<String> {
    let mut facts = Vec::new();
    let mut first: Vec<String> = vec![paper.date.map_or_else(|| "undated".to_string(), |date| date.to_string())];
    first.extend(paper.organization.clone());
    if let Some(code) = paper.code.as_ref().filter(|code| *code != "none" && paper.repositories.is_empty()) {
        first.push(format!("code {code}"));
    }
    facts.push(first.join(", "));
    for repository in &paper.repositories {
        let verdict = repository.verdict.map(|verdict| format!(" ({verdict})")).unwrap_or_default();
        facts.push(format!("https://{}{verdict}", repository.name));
    }
    for device in &paper.hardware {
        let count = device.count.as_ref().map(|count| format!("{count} × ")).unwrap_or_default();
        facts.push(format!("runs on {count}{}", device.name));
    }
    for claim in &paper.claims {
        let dataset = claim.dataset.as_ref().map(|dataset| format!(" on {dataset}")).unwrap_or_default();
        facts.push(format!("claims {} {}{dataset}", claim.metric, claim.value));
    }
    facts
}

/// Number of nodes in a picture; shared ones come first.
const NODES: usize = 60;

fn picture(found: &PaperComparison, format: OutputFormat) -> Result<Vec<u8>, CommandFailure> {
    let mut graph = GraphView::default();
    let papers: Vec<_> = found.papers.iter().map(|paper| graph.add_node(paper.node.clone())).collect();
    for row in found.rows.iter().take(NODES) {
        let node = graph
            .add_node(Node { distance: 1, ..Node::new(row.node.kind, row.node.id.clone(), row.node.name.clone()) });
        for (paper, tie) in papers.iter().zip(&row.relations) {
            if let Some(tie) = tie {
                graph.tie(*paper, node, *tie);
            }
        }
    }
    let caption = PictureCaption {
        title: "What the papers share, and where they differ".to_string(),
        left_out: found.rows.len().saturating_sub(NODES),
        centers: found.papers.iter().map(|paper| paper.id.clone()).collect(),
    };
    format::draw(&graph, &caption, format)
}
