use std::io::{self, BufWriter, IsTerminal, Write};

use clap::Args;
use papergraph::checks::day;
use papergraph::graph::{About, Checked, Group, Neighbors, PaperAbout, Selection, Tie, Wanted};
use papergraph::ontology::NodeKind;
use papergraph::store::NodeRef;
use papergraph::text::{display_width, wrap};
use serde_json::json;

use super::failure::Failure;
use super::format::{self, Format};
use super::listing::{self, printable};
use super::paint::Paint;
use super::{Context, node, table};

/// Show all about one node, with the sentences as evidence
///
/// NAME is an id (dataset/coco), a name or alias in any capitalisation, the title or arXiv id of a paper, or the
/// address of a repository.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Show {
    /// Name, alias, id, title, arXiv id or address
    name: String,
    /// Rows of each group; 0 for all [default: 5 in a table, else all]
    #[arg(short, long, value_name = "N")]
    limit: Option<usize>,
    #[arg(short, long, value_name = "FORMAT", value_parser = Format::among(&format::PLAIN), default_value_t = Format::Table)]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  kg show FlashAttention
  kg show dataset/coco --limit 0
  kg show 2407.11062
  kg show \"EfficientQAT: Efficient Quantization-Aware Training for Large Language Models\"
  kg show COCO --format json | jq .by_year";

/// Rows of a group, unless asked otherwise.
const ROWS: usize = 5;
/// Prose is hard to read in longer lines.
const PROSE: usize = 100;
/// Other names that are listed.
const ALIASES: usize = 24;

impl Show {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let graph = context.open()?;
        let node = node::find(&graph, &self.name)?;
        let about = About::load(&graph, &node)?;
        let limit = match self.limit {
            Some(0) => None,
            None if self.format == Format::Table => Some(ROWS),
            limit => limit,
        };
        let wanted = Wanted { selection: Selection::default(), depth: 1, limit, evidence: true };
        let neighbors = Neighbors::load(&graph, &node, &wanted)?;
        let mut out = BufWriter::new(io::stdout().lock());
        match self.format {
            Format::Json => writeln!(out, "{:#}", as_json(&about, &neighbors))?,
            _ => {
                let width = usize::from(table::width()).min(PROSE);
                let paint = Paint(context.wants_color(io::stdout().is_terminal()));
                Page { out: &mut out, width, paint }.print(&about, &neighbors)?;
            }
        }
        out.flush()?;
        if self.format != Format::Json {
            neighbors.cuts.iter().for_each(|cut| context.say(&format!("note: {cut}")));
        }
        Ok(())
    }
}

struct Page<'o> {
    out: &'o mut dyn Write,
    width: usize,
    paint: Paint,
}

/// Width of the names of facts and the gap behind them.
const FACT: usize = 14;

impl Page<'_> {
    fn print(&mut self, about: &About, neighbors: &Neighbors) -> io::Result<()> {
        for line in wrap(&printable(&about.node.label), self.width, 4) {
            writeln!(self.out, "{}", self.paint.bold(line))?;
        }
        writeln!(self.out, "{}", self.paint.dim(format!("{}, {}", about.node.kind, about.node.id)))?;
        match &about.paper {
            Some(paper) => self.paper(about, paper)?,
            None => self.entity(about)?,
        }
        // What is broader, and what a dataset is made for, stands among the facts.
        let fact = |tie: Option<Tie>, incoming: bool| match tie {
            Some(Tie::Broader) => true,
            Some(Tie::ForTask) => !incoming,
            _ => false,
        };
        let groups: Vec<&Group> = neighbors.groups.iter().filter(|group| !fact(group.tie, group.incoming)).collect();
        listing::print_all(self.out, &groups, self.width, self.paint)
    }

    fn entity(&mut self, about: &About) -> io::Result<()> {
        let mut aliases = about.aliases.clone();
        if aliases.len() > ALIASES {
            let more = aliases.len() - ALIASES;
            aliases.truncate(ALIASES);
            aliases.push(format!("{more} more"));
        }
        writeln!(self.out)?;
        self.fact("also called", &aliases.join(", "))?;
        self.fact("since", &about.year.map(|year| year.to_string()).unwrap_or_default())?;
        self.fact("homepage", about.homepage.as_deref().unwrap_or_default())?;
        for url in &about.urls {
            self.fact("address", url)?;
        }
        if let Some(checked) = &about.checked {
            self.checked(checked)?;
        }
        self.fact("introduced in", about.source.as_deref().unwrap_or_default())?;
        self.fact("same as", about.same_as.as_deref().unwrap_or_default())?;
        for (name, value) in &about.facts {
            self.fact(name, value)?;
        }
        self.fact("made for", &names(&about.tasks))?;
        self.fact("broader", &names(&about.broader))?;
        self.fact("narrower", &names(&about.narrower))?;
        let verb = if matches!(about.node.kind, NodeKind::Entity(_)) { "named by" } else { "linked by" };
        self.fact(verb, &about.papers_said())?;
        self.years(&about.by_year)
    }

    /// The verdict, how sure it is, and what the host told.
    fn checked(&mut self, checked: &Checked) -> io::Result<()> {
        let latest = &checked.latest;
        let name = self.paint.dim("last check");
        let word = self.paint.verdict(latest.verdict, checked.dead);
        let status = latest.status.map(|status| format!(", HTTP {status}")).unwrap_or_default();
        writeln!(
            self.out,
            "{name}{:gap$}{word}, {}{status}",
            "",
            day(latest.checked_at),
            gap = FACT - "last check".len()
        )?;
        self.fact("", latest.reason.as_deref().unwrap_or_default())?;
        if let Some(lost) = latest.lost {
            let times = if lost.times == 1 { "1 check".to_string() } else { format!("{} checks", lost.times) };
            self.fact("missing", &format!("since {}, in {times}", day(lost.since)))?;
        }
        if !latest.verdict.is_there() {
            let seen = latest.last_alive.map_or("never".to_string(), |alive| day(alive).to_string());
            self.fact("seen alive", &seen)?;
        }
        self.fact("moved to", latest.moved_to.as_deref().unwrap_or_default())?;
        let facts = &latest.facts;
        let mut said = Vec::new();
        said.extend(facts.stars.map(|stars| format!("{stars} stars")));
        said.extend(facts.licence.clone());
        said.extend(facts.last_push.map(|pushed| format!("last push {}", day(pushed))));
        self.fact("repository", &said.join(", "))?;
        self.fact("topics", &facts.topics.join(", "))
    }

    /// A bar for each year, to one scale.
    fn years(&mut self, years: &[(u16, usize)]) -> io::Result<()> {
        let most = years.iter().map(|(_, n)| *n).max().unwrap_or_default();
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

    fn paper(&mut self, about: &About, paper: &PaperAbout) -> io::Result<()> {
        let record = &paper.paper;
        writeln!(self.out)?;
        self.fact("published", &record.published.map(|date| date.to_string()).unwrap_or_default())?;
        for url in &about.urls {
            self.fact("address", url)?;
        }
        match (&record.authors, record.author_count) {
            (Some(authors), _) => self.fact("authors", &authors.join(", "))?,
            (None, Some(count)) => self.fact("authors", &count.to_string())?,
            (None, None) => {}
        }
        self.fact("organisation", record.organization.as_deref().unwrap_or_default())?;
        self.fact("comments", &record.comments.map(|n| n.to_string()).unwrap_or_default())?;
        for source in &record.sources {
            // Of several sources it matters which says what.
            let states = match record.sources.len() {
                1 => String::new(),
                _ => format!(": {}", source.states.join(", ")),
            };
            self.fact("read from", &format!("{source} ({}){states}", source.format))?;
        }
        for contradiction in &record.contradictions {
            self.fact("disputed", &contradiction.to_string())?;
        }
        self.fact("code", paper.code_words())?;
        let devices: Vec<String> = paper.devices.iter().map(ToString::to_string).collect();
        self.fact("hardware", &devices.join(", "))?;
        if !record.abstract_text.trim().is_empty() {
            writeln!(self.out)?;
            for line in wrap(&printable(&record.abstract_text), self.width, usize::MAX) {
                writeln!(self.out, "{line}")?;
            }
        }
        if !paper.results.is_empty() {
            writeln!(self.out, "\n{} ({})", self.paint.bold("Claims of the abstract"), paper.results.len())?;
            for claim in &paper.results {
                writeln!(self.out, "  {}", printable(&claim.to_string()))?;
            }
        }
        Ok(())
    }

    /// A named value, wrapped beside its name; nothing if there is no value.
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

fn names(nodes: &[NodeRef]) -> String {
    nodes.iter().map(|node| node.label.as_str()).collect::<Vec<_>>().join(", ")
}

fn as_json(about: &About, neighbors: &Neighbors) -> serde_json::Value {
    let refs = |nodes: &[NodeRef]| nodes.iter().map(|n| json!({"id": n.id, "name": n.label})).collect::<Vec<_>>();
    let mut value = json!({
        "id": about.node.id,
        "iri": about.node.iri.as_str(),
        "kind": about.node.kind.as_str(),
        "name": about.node.label,
        "groups": neighbors.groups.iter().map(listing::json).collect::<Vec<_>>(),
        "notes": neighbors.cuts.iter().map(ToString::to_string).collect::<Vec<_>>(),
    });
    match &about.paper {
        Some(paper) => {
            value["paper"] = json!(paper.paper);
            value["urls"] = json!(about.urls);
            value["code"] = json!(paper.code);
            let number = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<u64>().ok());
            value["hardware"] = paper
                .devices
                .iter()
                .map(|d| {
                    let said = json!({"name": d.name, "count": number(&d.count), "memory_gb": number(&d.memory_gb)});
                    listing::placed(said, d.place)
                })
                .collect();
            value["results"] = paper
                .results
                .iter()
                .map(|c| {
                    let said = json!({"system": c.system, "dataset": c.dataset, "metric": c.metric, "value": c.value});
                    listing::placed(said, c.place)
                })
                .collect();
        }
        None => {
            value["aliases"] = json!(about.aliases);
            value["year"] = json!(about.year);
            value["homepage"] = json!(about.homepage);
            value["urls"] = json!(about.urls);
            if let Some(checked) = &about.checked {
                value["check"] = json!(checked.latest);
                value["check"]["dead"] = json!(checked.dead);
            }
            value["introduced_in"] = json!(about.source);
            value["same_as"] = json!(about.same_as);
            value["facts"] = about.facts.iter().map(|(k, v)| ((*k).to_string(), json!(v))).collect();
            value["broader"] = json!(refs(&about.broader));
            value["narrower"] = json!(refs(&about.narrower));
            value["tasks"] = json!(refs(&about.tasks));
            value["papers"] = json!(about.papers);
            value["by_relation"] = about.by_tie.iter().map(|(t, n)| (t.as_str().to_string(), json!(n))).collect();
            value["by_year"] = about.by_year.iter().map(|(y, n)| (y.to_string(), json!(n))).collect();
        }
    }
    value
}
