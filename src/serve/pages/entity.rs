//! The page of an entity, a repository or a page on the web: the answer to `kg show`, with links.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use maud::{Markup, html};

use super::node::{self, FactList, plain};
use super::{badge, boards, clean, counted, for_both_widths, link, outside, page_with, papers, picture, thousands};
use crate::answer::{CheckFacts, NeighborGroup, NodeDetails, OtherFacts, RelatedNode, SimilarNodes, papers_relation};
use crate::checks::utc_day;
use crate::export::chart::{ColumnChart, TimeColumn, columns_on_page};
use crate::graph::{MinConfidence, Selection, Tie, paper_count};
use crate::ontology::{Base, NodeKind, skos};
use crate::serve::address;
use crate::serve::parameters;
use crate::serve::problem::HttpProblem;
use crate::serve::reload::ServedGeneration;
use crate::store::{GraphStore, NodeRef, StoreError};
use crate::vocabulary::Kind;

/// Number of aliases shown before the rest is folded away.
const ALIASES: usize = 8;
/// Number of similar nodes in the list.
const SIMILAR: usize = 8;
/// Number of papers above which the page of an entity links to its similar nodes. The list itself would take long.
const SIMILAR_UP_TO: usize = 2000;
/// Number of levels of broader terms.
const LEVELS: usize = 6;
/// Number of narrower terms shown before the rest is folded away.
const NARROWER: usize = 12;
/// Maximum number of years in a chart.
const YEARS: u16 = 60;

pub(crate) fn page(
    served: &ServedGeneration,
    node: &NodeRef,
    found: &NodeDetails,
    facts: &OtherFacts,
    least: Option<MinConfidence>,
) -> Result<Markup, HttpProblem> {
    let store = &served.graph;
    let base = store.base();
    let groups: Vec<&NeighborGroup> = found.groups.iter().filter(|group| !group.is_fact()).collect();
    let together: Vec<&NeighborGroup> = groups.iter().copied().filter(|group| group.is_named_together()).collect();
    // For a task, the benchmarks come first.
    let is_benchmark =
        |group: &NeighborGroup| node.kind == NodeKind::Entity(Kind::Task) && group.relation == Some(Tie::ForTask);
    let (first, rest): (Vec<&NeighborGroup>, Vec<&NeighborGroup>) =
        groups.iter().copied().filter(|group| !group.is_named_together()).partition(|group| is_benchmark(group));
    let above = broader_terms(store, node)?;
    let list = fact_list(store, found, facts)?;
    let names = [vec![found.name.clone()], facts.aliases.clone()].concat();
    let index = served.boards()?;
    let boards = match node.kind {
        NodeKind::Entity(Kind::Model | Kind::Method) => {
            boards::standings(index, &index.of_system(store, &names)?, "Ranks on leaderboards", base)
        }
        NodeKind::Entity(Kind::Task) => html! {
            (boards::of_entity(index, node, &names, base))
            (boards::on_datasets_of(index, served.dataset_tasks()?, node, base))
        },
        _ => boards::of_entity(index, node, &names, base),
    };
    let path = address::path(base, node.iri.as_str()).unwrap_or_default();
    Ok(page_with(
        &found.name,
        &node::head(&path, true),
        &html! {
            article {
                p.path { (badge(found.kind)) " " code { (found.id) } }
                (broader_path(&above, base))
                h1 { (clean(&found.name)) }
                (node::fact_rows(&list))
                @if matches!(node.kind, NodeKind::Entity(_)) { (node::confidences(base, node, least)) }
                (boards)
                @if let Some(check) = &facts.check { (history(check)) }
                @for group in &first { (node::section(group, node, base, least)) }
                (years(facts, served.years()?, &found.name))
                (picture::section(base, node, &found.groups, least))
                (tree(store, node, &above, facts)?)
                @for group in &rest { (node::section(group, node, base, least)) }
                @if rest.iter().filter(|group| group.kind == NodeKind::Paper).count() > 1 {
                    p.more { a.button href=(papers::papers_address(&node.id, least)) {
                        "All " (counted(facts.count.papers as u64, "paper", "papers")) " in one list"
                    } " " span.note { "by year, relation and code" } }
                }
                (similar(store, node, facts.count.papers)?)
                @if !together.is_empty() { (node::named_together(&together, node, base, least)) }
                @for note in &found.notes { p.note { (note) } }
                (node::formats(base, node))
            }
        },
    ))
}

fn fact_list(store: &GraphStore, found: &NodeDetails, other: &OtherFacts) -> Result<FactList, HttpProblem> {
    let base = store.base();
    let mut facts: FactList = Vec::new();
    let mut fact = |name, value: Markup| facts.push((name, value));
    let nodes = |nodes: &[RelatedNode]| {
        html! { @for (i, node) in nodes.iter().enumerate() { @if i > 0 { ", " } (link(base, &node.id, &node.name)) } }
    };
    if !other.aliases.is_empty() {
        let (first, rest) = other.aliases.split_at(other.aliases.len().min(ALIASES));
        fact(
            "also called",
            html! {
                (clean(&first.join(", ")))
                @if !rest.is_empty() { details.rest { summary { (rest.len()) " more" } (clean(&rest.join(", "))) } }
            },
        );
    }
    if let Some(year) = other.year {
        fact("since", plain(&year.to_string()));
    }
    if matches!(found.kind, NodeKind::Repository | NodeKind::Page) {
        checked(other.check.as_ref()).into_iter().for_each(|(name, value)| fact(name, value));
    }
    for url in other.homepage.iter().chain(&found.urls) {
        fact(if other.homepage.as_ref() == Some(url) { "homepage" } else { "address" }, outside(url, url));
    }
    if let Some(source) = &other.introduced_in {
        let paper = store.resolve(source)?.into_iter().find(|node| node.kind == NodeKind::Paper);
        fact(
            "introduced in",
            html! {
                @match &paper { Some(paper) => { (link(base, &paper.id, &paper.label)) ", " } None => "" }
                (outside(source, source.trim_start_matches("https://")))
            },
        );
    }
    if let Some(same) = &other.same_as {
        fact("same as", outside(same, same));
    }
    for (name, value) in &other.facts {
        fact(name, plain(value));
    }
    if !other.tasks.is_empty() {
        fact("made for", nodes(&other.tasks));
    }
    fact(papers_relation(found.kind), plain(&other.papers_in_words));
    Ok(facts)
}

/// The result of the checks of a repository or page, and its age.
fn checked(check: Option<&CheckFacts>) -> FactList {
    let Some(CheckFacts { latest, dead, facts_at, .. }) = check else {
        return vec![("last check", html! { span.note { "not checked yet" } })];
    };
    let mut facts: FactList = vec![(
        "last check",
        html! {
            (node::verdict_words(latest.verdict, *dead)) " on " (utc_day(latest.checked_at))
            @if let Some(reason) = &latest.reason { ": " (clean(reason)) }
        },
    )];
    if let Some(alive) = latest.last_alive {
        facts.push(("last alive", plain(&utc_day(alive).to_string())));
    }
    if let Some(lost) = &latest.lost {
        facts.push((
            "missing",
            plain(&format!("in {} since {}", counted(u64::from(lost.times), "check", "checks"), utc_day(lost.since))),
        ));
    }
    if let Some(to) = &latest.moved_to {
        facts.push(("moved to", outside(to, to)));
    }
    let reported = &latest.facts;
    if let Some(stars) = reported.stars {
        facts.push(("stars", plain(&thousands(stars))));
    }
    if let Some(licence) = &reported.licence {
        facts.push(("licence", plain(licence)));
    }
    if let Some(push) = reported.last_push {
        facts.push(("last push", plain(&utc_day(push).to_string())));
    }
    if let Some(archived) = reported.archived {
        facts.push(("archived", plain(if archived { "yes" } else { "no" })));
    }
    if let Some(size) = reported.size_kb {
        facts.push(("size", plain(&format!("{} kB", thousands(size)))));
    }
    if !reported.topics.is_empty() {
        facts.push(("topics", plain(&reported.topics.join(", "))));
    }
    if let Some(at) = facts_at.filter(|_| !reported.is_empty()) {
        facts.push(("facts as of", plain(&utc_day(at).to_string())));
    }
    facts
}

/// Every check, the latest first.
fn history(check: &CheckFacts) -> Markup {
    const SHOWN: usize = 50;
    let checks = &check.history;
    html! {
        @if !checks.is_empty() {
            section aria-labelledby="checks" {
                h2 #checks { "History of checks " span.count { "(" (checks.len()) ")" } }
                div.scroll tabindex="0" role="region" aria-label="History of checks" { table {
                    thead { tr {
                        th scope="col" { "Date" } th scope="col" { "Result" } th scope="col" { "HTTP status" } th scope="col" { "Explanation" }
                    } }
                    tbody { @for past in checks.iter().take(SHOWN) { tr {
                        td.day { (utc_day(past.checked_at)) }
                        td { (node::verdict_words(past.verdict, false)) }
                        td { @if let Some(status) = past.status { (status) } }
                        td {
                            (clean(past.reason.as_deref().unwrap_or_default()))
                            @if let Some(url) = &past.final_url { @if past.reason.is_some() { "; " } "leads to " (outside(url, url)) }
                        }
                    } } }
                } }
                @if checks.len() > SHOWN { p.note { (thousands((checks.len() - SHOWN) as u64)) " earlier checks are in the JSON of this page." } }
            }
        }
    }
}

/// The broader terms above a node, the narrowest first. If a term has several, the first in the order of their
/// addresses is taken.
fn broader_terms(store: &GraphStore, node: &NodeRef) -> Result<Vec<NodeRef>, StoreError> {
    let mut above: Vec<NodeRef> = Vec::new();
    let mut here = node.iri.clone();
    while above.len() < LEVELS {
        let mut parents = store.objects(&here, skos::BROADER)?;
        parents.sort();
        let Some(parent) = parents.into_iter().next() else { break };
        let Some(parent) = store.node(&parent)?.filter(|parent| !above.contains(parent) && parent.iri != node.iri)
        else {
            break;
        };
        here = parent.iri.clone();
        above.push(parent);
    }
    Ok(above)
}

fn broader_path(above: &[NodeRef], base: &Base) -> Markup {
    html! {
        @if !above.is_empty() {
            nav.path aria-label="Broader terms" { @for parent in above.iter().rev() { (link(base, &parent.id, &parent.label)) " › " } }
        }
    }
}

/// The broader terms above the node and the narrower terms below it, those with the most papers first.
fn tree(store: &GraphStore, node: &NodeRef, above: &[NodeRef], facts: &OtherFacts) -> Result<Markup, HttpProblem> {
    if above.is_empty() && facts.narrower.is_empty() {
        return Ok(html! {});
    }
    let base = store.base();
    let mut narrower = Vec::new();
    for term in &facts.narrower {
        narrower.push((paper_count(store, &term.id)?.papers, term));
    }
    narrower.sort_by_key(|(papers, term)| (Reverse(*papers), term.name.to_lowercase()));
    let counted_name = |papers: usize, id: &str, name: &str| {
        html! { (link(base, id, name)) @if papers > 0 { " " span.note { (counted(papers as u64, "paper", "papers")) } } }
    };
    let below = |terms: &[(usize, &RelatedNode)]| {
        html! { ul { @for (papers, term) in terms { li { (counted_name(*papers, &term.id, &term.name)) } } } }
    };
    let (shown, rest) = narrower.split_at(narrower.len().min(NARROWER));
    let mut nested = html! {
        li {
            b { (clean(&node.label)) }
            @if !shown.is_empty() { (below(shown)) }
            @if !rest.is_empty() { details.rest { summary { (rest.len()) " more" } (below(rest)) } }
        }
    };
    for parent in above {
        let papers = paper_count(store, &parent.id)?.papers;
        nested = html! { li { (counted_name(papers, &parent.id, &parent.label)) ul { (nested) } } };
    }
    let others: Vec<&RelatedNode> =
        facts.broader.iter().filter(|term| above.iter().all(|parent| parent.id != term.id)).collect();
    Ok(html! {
        section aria-labelledby="tree" {
            h2 #tree { "Broader and narrower" }
            ul.tree { (nested) }
            @if !others.is_empty() {
                p { "Also part of " @for (i, term) in others.iter().enumerate() { @if i > 0 { ", " } (link(base, &term.id, &term.name)) } "." }
            }
        }
    })
}

/// A column for each year, and a table of the same counts with shares.
fn years(facts: &OtherFacts, all: &BTreeMap<u16, usize>, name: &str) -> Markup {
    let (Some(first), Some(last)) =
        (facts.by_year.keys().next(), all.keys().next_back().max(facts.by_year.keys().next_back()))
    else {
        return html! {};
    };
    let first = (*first).max(last.saturating_sub(YEARS - 1));
    let years: Vec<(u16, usize, Option<f64>)> = (first..=*last)
        .map(|year| {
            let n = facts.by_year.get(&year).copied().unwrap_or_default();
            let share = all.get(&year).filter(|all| **all > 0).map(|all| n as f64 / *all as f64);
            (year, n, share)
        })
        .collect();
    let share_words = |share: Option<f64>| share.map_or_else(|| "no papers".to_string(), percent);
    if years.len() == 1 {
        return html! {};
    }
    let columns = years.iter().map(|(year, n, share)| TimeColumn {
        step: year.to_string(),
        value: *n as f64,
        value_text: format!(
            "{year}: {}, {}",
            counted(*n as u64, "paper", "papers"),
            match share {
                Some(share) => format!("{} of the papers of the year", percent(*share)),
                None => "the graph has no paper of this year".to_string(),
            }
        ),
    });
    let chart =
        ColumnChart { title: format!("Papers about {name} by year"), note: String::new(), columns: columns.collect() };
    let dated: usize = facts.by_year.values().sum();
    let undated = facts.count.papers.saturating_sub(dated);
    html! {
        section aria-labelledby="years" {
            h2 #years { "Papers by year" }
            figure.chart {
                (for_both_widths(|frame| columns_on_page(&chart, frame)))
            }
            details { summary { "Numbers and shares" }
                table.years {
                    thead { tr { th scope="col" { "Year" } th.number scope="col" { "Papers" } th.number scope="col" { "Share of the year" } } }
                    tbody { @for (year, n, share) in years.iter().rev() { tr {
                        th scope="row" { (year) } td.number { (thousands(*n as u64)) } td.number { (share_words(*share)) }
                    } } }
                }
            }
            @if undated > 0 { p.note { (counted(undated as u64, "paper has", "papers have")) " no date." } }
        }
    }
}

/// `4.1 %`; a small share is not rounded to zero.
pub(crate) fn percent(share: f64) -> String {
    match share * 100.0 {
        0.0 => "0 %".to_string(),
        percent if percent < 0.1 => "< 0.1 %".to_string(),
        percent => format!("{percent:.1} %"),
    }
}

fn similar(store: &GraphStore, node: &NodeRef, papers: usize) -> Result<Markup, HttpProblem> {
    if !matches!(node.kind, NodeKind::Entity(_)) || papers == 0 {
        return Ok(html! {});
    }
    let all = parameters::address("/similar", &[("to", &node.id)]);
    let found = match papers > SIMILAR_UP_TO {
        true => None,
        false => SimilarNodes::ask(store, node, None, &Selection::default(), SIMILAR)?,
    };
    let base: &Base = store.base();
    let similar = found.map(|found| found.similar).unwrap_or_default();
    Ok(html! {
        @if papers > SIMILAR_UP_TO || !similar.is_empty() {
            section aria-labelledby="similar" {
                h2 #similar { "Similar " (node.kind.plural()) }
                p {
                    @for (i, one) in similar.iter().enumerate() {
                        @if i > 0 { ", " } (link(base, &one.node.id, &one.node.name))
                    }
                    @if !similar.is_empty() { " · " }
                    a href=(all) { "why, and more" }
                }
            }
        }
    })
}
