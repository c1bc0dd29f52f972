use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, IsTerminal, Write};

use crate::answer::{
    CheckFacts, NeighborGroup, NodeDetails, NodeFacts, OtherFacts, PaperFacts, RelatedNode, papers_relation,
};
use crate::checks::utc_day;
use crate::graph::{NeighborQuery, Selection};
use crate::ontology::NodeKind;
use crate::paper::Paper;
use crate::text::{counted, display_width, wrap};
use clap::Args;

use super::failure::CommandFailure;
use super::format::{self, OutputFormat};
use super::listing::{self, printable};
use super::paint::TerminalPaint;
use super::{CommandContext, node, table};

/// Show everything about one node, with sentences as evidence
///
/// NAME is an id (dataset/coco), a name or alias in any capitalisation, the title or arXiv id of a paper, or the
/// address of a repository.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ShowArgs {
    /// Name, alias, id, title, arXiv id or address
    name: String,
    /// Rows of each group; 0 for all [default: 5 in a table, else all]
    #[arg(short, long, value_name = "N")]
    limit: Option<usize>,
    #[arg(short, long, value_name = "FORMAT", value_parser = OutputFormat::among(&format::PLAIN), default_value_t = OutputFormat::Table)]
    format: OutputFormat,
}

const EXAMPLES: &str = "\
Examples:
  kg show FlashAttention
  kg show dataset/coco --limit 0
  kg show 2407.11062
  kg show \"EfficientQAT: Efficient Quantization-Aware Training for Large Language Models\"
  kg show COCO --format json | jq .by_year";

/// Default number of rows of a group.
const ROWS: usize = 5;
/// Width of prose in columns; longer lines are hard to read.
const PROSE: usize = 100;
/// Maximum number of earlier checks that are listed.
const CHECKS: usize = 12;
/// Number of other names listed.
const ALIASES: usize = 24;

impl ShowArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let graph = context.open()?;
        let node = node::find(context, &graph, &self.name)?;
        let limit = match self.limit {
            Some(0) => None,
            None if self.format == OutputFormat::Table => Some(ROWS),
            limit => limit,
        };
        let wanted = NeighborQuery { selection: Selection::default(), depth: 1, limit, evidence: true };
        let found = NodeDetails::ask(&graph, &node, &wanted)?;
        let mut out = BufWriter::new(io::stdout().lock());
        match self.format {
            OutputFormat::Json => format::json(&mut out, &found)?,
            _ => {
                let width = usize::from(table::width()).min(PROSE);
                let paint = TerminalPaint(context.wants_color(io::stdout().is_terminal()));
                ShowPage { out: &mut out, width, paint }.print(&found)?;
            }
        }
        out.flush()?;
        if self.format != OutputFormat::Json {
            found.notes.iter().for_each(|note| context.say(&format!("note: {note}")));
        }
        Ok(())
    }
}

struct ShowPage<'o> {
    out: &'o mut dyn Write,
    width: usize,
    paint: TerminalPaint,
}

/// Width of the names of facts, including the gap after them.
const FACT: usize = 14;

impl ShowPage<'_> {
    fn print(&mut self, found: &NodeDetails) -> io::Result<()> {
        for line in wrap(&printable(&found.name), self.width, 4) {
            writeln!(self.out, "{}", self.paint.bold(line))?;
        }
        writeln!(self.out, "{}", self.paint.dim(format!("{}, {}", found.kind, found.id)))?;
        match &found.facts {
            NodeFacts::Paper(paper) => self.paper(found, paper)?,
            NodeFacts::Other(other) => self.other(found, other)?,
        }
        let groups: Vec<&NeighborGroup> = found.groups.iter().filter(|group| !group.is_fact()).collect();
        listing::print_all(self.out, found.kind, &groups, self.width, self.paint)
    }

    fn other(&mut self, found: &NodeDetails, facts: &OtherFacts) -> io::Result<()> {
        let mut aliases = facts.aliases.clone();
        if aliases.len() > ALIASES {
            let more = aliases.len() - ALIASES;
            aliases.truncate(ALIASES);
            aliases.push(format!("{more} more"));
        }
        writeln!(self.out)?;
        self.fact("also called", &aliases.join(", "))?;
        let year = if found.kind == NodeKind::Work { "year" } else { "since" };
        self.fact(year, &facts.year.map(|year| year.to_string()).unwrap_or_default())?;
        self.fact("homepage", facts.homepage.as_deref().unwrap_or_default())?;
        for url in &found.urls {
            self.fact("address", url)?;
        }
        if let Some(check) = &facts.check {
            self.check(check)?;
        }
        self.fact("introduced in", facts.introduced_in.as_deref().unwrap_or_default())?;
        self.fact("same as", facts.same_as.as_deref().unwrap_or_default())?;
        for (name, value) in &facts.facts {
            self.fact(name, value)?;
        }
        self.fact("made for", &names(&facts.tasks))?;
        self.fact("broader", &names(&facts.broader))?;
        self.fact("narrower", &names(&facts.narrower))?;
        self.fact(papers_relation(found.kind), &facts.papers_in_words)?;
        self.years(&facts.by_year)
    }

    /// The verdict, its certainty, and what the host reported.
    fn check(&mut self, check: &CheckFacts) -> io::Result<()> {
        let latest = &check.latest;
        let name = self.paint.dim("last check");
        let word = self.paint.verdict(latest.verdict, check.dead);
        let status = latest.status.map(|status| format!(", HTTP {status}")).unwrap_or_default();
        writeln!(
            self.out,
            "{name}{:gap$}{word}, {}{status}",
            "",
            utc_day(latest.checked_at),
            gap = FACT - "last check".len()
        )?;
        self.fact("", latest.reason.as_deref().unwrap_or_default())?;
        if let Some(lost) = latest.lost {
            let checks = counted(lost.times, "check");
            self.fact("missing", &format!("since {}, in {checks}", utc_day(lost.since)))?;
        }
        if !latest.verdict.is_there() {
            let seen = latest.last_alive.map_or("never".to_string(), |alive| utc_day(alive).to_string());
            self.fact("seen alive", &seen)?;
        }
        self.fact("moved to", latest.moved_to.as_deref().unwrap_or_default())?;
        let facts = &latest.facts;
        let mut said = Vec::new();
        said.extend(facts.stars.map(|stars| counted(stars, "star")));
        said.extend(facts.licence.clone());
        said.extend(facts.last_push.map(|pushed| format!("last push {}", utc_day(pushed))));
        said.extend(check.facts_at.filter(|_| !said.is_empty()).map(|at| format!("as of {}", utc_day(at))));
        self.fact("repository", &said.join(", "))?;
        self.fact("topics", &facts.topics.join(", "))?;
        // The latest check is above.
        let earlier: Vec<String> = check
            .history
            .iter()
            .skip(1)
            .take(CHECKS)
            .map(|past| format!("{} on {}", past.verdict, utc_day(past.checked_at)))
            .collect();
        self.fact("before that", &earlier.join(", "))
    }

    /// A bar for each year, all on the same scale.
    fn years(&mut self, years: &BTreeMap<u16, usize>) -> io::Result<()> {
        let most = years.values().copied().max().unwrap_or_default();
        if years.len() < 2 {
            return Ok(());
        }
        writeln!(self.out)?;
        let longest = self.width.saturating_sub(FACT + 8).min(40);
        for (year, n) in years {
            let eighths = (n * longest * 8).div_ceil(most.max(1));
            let part = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"].get(eighths % 8).copied().unwrap_or_default();
            writeln!(self.out, "{:>12}  {}{part} {n}", year, "█".repeat(eighths / 8))?;
        }
        Ok(())
    }

    fn paper(&mut self, found: &NodeDetails, paper: &PaperFacts) -> io::Result<()> {
        let record = &paper.paper;
        writeln!(self.out)?;
        self.fact("published", &published(record))?;
        for url in &found.urls {
            self.fact("address", url)?;
        }
        match (&record.authors, record.author_count) {
            (Some(authors), _) => self.fact("authors", &authors.join(", "))?,
            (None, Some(count)) => self.fact("authors", &count.to_string())?,
            (None, None) => {}
        }
        self.fact("venue", record.venue.as_deref().unwrap_or_default())?;
        self.fact("organisation", record.organization.as_deref().unwrap_or_default())?;
        self.fact("comments", &record.comments.map(|n| n.to_string()).unwrap_or_default())?;
        let joined = |texts: &BTreeSet<String>| texts.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        self.fact("cited as", &joined(&record.library.citation_keys))?;
        self.fact("tags", &joined(&record.library.tags))?;
        self.fact("collections", &joined(&record.library.collections))?;
        for note in &record.library.notes {
            self.fact("note", note)?;
        }
        for source in &record.sources {
            // With several sources, it matters which one states what.
            let states = match record.sources.len() {
                1 => String::new(),
                _ => format!(": {}", source.states.join(", ")),
            };
            self.fact("read from", &format!("{source} ({}){states}", source.format))?;
        }
        for contradiction in &record.contradictions {
            self.fact("disputed", &contradiction.to_string())?;
        }
        self.fact("code", paper.about.code_words())?;
        let devices: Vec<String> = paper.about.devices.iter().map(ToString::to_string).collect();
        self.fact("hardware", &devices.join(", "))?;
        if !record.abstract_text.trim().is_empty() {
            writeln!(self.out)?;
            for line in wrap(&printable(&record.abstract_text), self.width, usize::MAX) {
                writeln!(self.out, "{line}")?;
            }
        }
        let claims = &paper.about.results;
        if !claims.is_empty() {
            writeln!(self.out, "\n{} ({})", self.paint.bold("Claims of the abstract"), claims.len())?;
            for claim in claims {
                writeln!(self.out, "  {}", printable(&claim.to_string()))?;
            }
        }
        Ok(())
    }

    /// Prints a named value, wrapped beside its name; prints nothing if there is no value.
    fn fact(&mut self, name: &str, value: &str) -> io::Result<()> {
        if value.is_empty() {
            return Ok(());
        }
        let space = self.width.saturating_sub(FACT).max(20);
        for (i, line) in wrap(&printable(value), space, 12).iter().enumerate() {
            let name = if i == 0 { name } else { "" };
            let gap = " ".repeat(FACT.saturating_sub(display_width(name)));
            writeln!(self.out, "{}{gap}{line}", self.paint.dim(name))?;
        }
        Ok(())
    }
}

/// `2024-07 (from the arXiv id)`
fn published(paper: &Paper) -> String {
    let inferred = paper.date_source.map(|source| format!(" ({})", source.words())).unwrap_or_default();
    paper.published.map(|date| format!("{date}{inferred}")).unwrap_or_default()
}

fn names(nodes: &[RelatedNode]) -> String {
    nodes.iter().map(|node| node.name.as_str()).collect::<Vec<_>>().join(", ")
}
