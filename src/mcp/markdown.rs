//! Nodes as Markdown, for hosts that show or attach them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::coverage::GraphCoverage;
use super::failure::ToolFailure;
use super::resources::ROOT;
use crate::answer::{NeighborRow, NodeDetails, NodeFacts};
use crate::export::markdown::inline;
use crate::graph::{NeighborQuery, Selection};
use crate::store::{GraphStore, NodeRef};
use crate::text::counted;

/// Number of rows of each group of neighbours.
const ROWS: usize = 10;
/// Number of other names that are listed.
const ALIASES: usize = 24;

pub(super) fn coverage(coverage: &GraphCoverage) -> String {
    format!("# What this graph covers\n\n{}\n", covered(coverage))
}

/// `228 papers from 2009 to 2024, read from papers.jsonl, built on 2026-…`
fn covered(coverage: &GraphCoverage) -> String {
    let papers = usize::try_from(coverage.papers).unwrap_or(usize::MAX);
    let mut said = counted(papers, "paper");
    if let (Some(first), Some(last)) = (coverage.first_year, coverage.last_year) {
        let _ = if first == last { write!(said, " of {first}") } else { write!(said, " from {first} to {last}") };
    }
    if !coverage.sources.is_empty() {
        let more = match coverage.more_sources {
            0 => String::new(),
            n => format!(" and {}", counted(n, "other file")),
        };
        let sources: Vec<String> = coverage.sources.iter().map(|source| inline(source)).collect();
        let _ = write!(said, ", read from {}{more}", sources.join(", "));
    }
    if let Some(built) = &coverage.built {
        let _ = write!(said, ", built {built}");
    }
    said + ". What is not in these papers is not known here."
}

/// A node with its facts and the first of its neighbours, in at most about `most` characters.
///
/// # Errors
/// If the graph cannot be read.
pub(super) fn node(
    graph: &GraphStore,
    node: &NodeRef,
    covers: &GraphCoverage,
    most: usize,
) -> Result<String, ToolFailure> {
    let wanted = NeighborQuery { selection: Selection::default(), depth: 1, limit: Some(ROWS), evidence: true };
    let found = NodeDetails::ask(graph, node, &wanted)?;
    let mut out = format!("# {}\n\n{} `{}`, <{}>\n", inline(&found.name), found.kind, found.id, found.iri);
    facts(&mut out, &found);
    let mut left_out = Vec::new();
    for group in &found.groups {
        let mut text = format!("\n## {} ({})\n\n", inline(&group.heading), group.total);
        group.rows.iter().for_each(|row| line(&mut text, row));
        if group.total > group.rows.len() {
            let _ = writeln!(text, "- and {} more: the tool `neighbors` lists them", group.total - group.rows.len());
        }
        if out.chars().count() + text.chars().count() > most {
            left_out.push(inline(&group.heading));
        } else {
            out.push_str(&text);
        }
    }
    if !left_out.is_empty() {
        let _ = writeln!(out, "\nLeft out here, listed by the tool `neighbors`: {}.", left_out.join(", "));
    }
    for note in &found.notes {
        let _ = writeln!(out, "\nNote: {}", inline(note));
    }
    let _ = writeln!(out, "\n---\n\nThis graph covers {}", covered(covers));
    Ok(out)
}

fn facts(out: &mut String, found: &NodeDetails) {
    let mut fact = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(out, "\n**{name}**: {}", inline(value));
        }
    };
    fact("Addresses", &found.urls.join(", "));
    match &found.facts {
        NodeFacts::Paper(facts) => {
            let paper = &facts.paper;
            fact("Published", &paper.published.map(|date| date.to_string()).unwrap_or_default());
            fact("Authors", &paper.authors.iter().flatten().cloned().collect::<Vec<_>>().join(", "));
            fact("Venue", paper.venue.as_deref().unwrap_or_default());
            let joined =
                |texts: &BTreeSet<String>, gap: &str| texts.iter().map(String::as_str).collect::<Vec<_>>().join(gap);
            fact("Tags", &joined(&paper.library.tags, ", "));
            fact("Collections", &joined(&paper.library.collections, ", "));
            fact("Notes", &joined(&paper.library.notes, " · "));
            fact("Code", &facts.code);
            fact("Abstract", &paper.abstract_text);
            let claims: Vec<String> = facts.about.results.iter().map(ToString::to_string).collect();
            fact("Claimed results", &claims.join("; "));
            let devices: Vec<String> = facts.about.devices.iter().map(ToString::to_string).collect();
            fact("Hardware", &devices.join("; "));
            let sources: Vec<String> = paper.sources.iter().map(ToString::to_string).collect();
            fact("Read from", &sources.join(", "));
        }
        NodeFacts::Other(facts) => {
            let mut aliases = facts.aliases.clone();
            if aliases.len() > ALIASES {
                let more = aliases.len() - ALIASES;
                aliases.truncate(ALIASES);
                aliases.push(format!("and {more} more"));
            }
            fact("Also called", &aliases.join(", "));
            fact("Since", &facts.year.map(|year| year.to_string()).unwrap_or_default());
            fact("Homepage", facts.homepage.as_deref().unwrap_or_default());
            fact("Introduced in", facts.introduced_in.as_deref().unwrap_or_default());
            if let Some(check) = &facts.check {
                let dead = if check.dead { ", dead" } else { "" };
                fact("Last check", &format!("{}{dead}, {}", check.latest.verdict, check.latest.checked_at));
            }
            facts.facts.iter().for_each(|(name, value)| fact(name, value));
            fact("Papers", &facts.papers_in_words);
        }
    }
}

/// `- 2023-04-05 [Segment Anything](papergraph:///paper/arxiv-2304.02643): “… COCO …”`
fn line(out: &mut String, row: &NeighborRow) {
    let date = row.date().map(|date| format!("{date} ")).unwrap_or_default();
    let _ = write!(out, "- {date}[{}](<{ROOT}{}>)", inline(&row.name), row.id.replace(['<', '>'], ""));
    if let Some(evidence) = &row.evidence {
        let _ = write!(out, ": “{}”", inline(&evidence.sentence));
    }
    for (name, check) in row.repositories() {
        let state = match check {
            Some(check) if check.dead => "dead".to_string(),
            Some(check) => check.verdict.to_string(),
            None => "not checked".to_string(),
        };
        let _ = write!(out, " · code {} ({state})", inline(name));
    }
    out.push('\n');
}
