//! The boards of a node, and its ranks on boards, for the page of the node.

use maud::{Markup, html};

use super::super::{clean, counted, link, thousands};
use super::list::{BoardLines, groups, table};
use super::{LINES, board_links};
use crate::answer::{BoardIndex, BoardSummary, DatasetTasks};
use crate::graph::BoardStanding;
use crate::ontology::{Base, NodeKind};
use crate::serve::parameters::address;
use crate::store::NodeRef;
use crate::vocabulary::Kind;

/// The boards of an entity, for its own page: those of a dataset, a task or a metric.
pub(crate) fn of_entity(index: &BoardIndex, node: &NodeRef, names: &[String], base: &Base) -> Markup {
    let (boards, by_dataset): (Vec<&BoardSummary>, bool) = match node.kind {
        NodeKind::Entity(Kind::Dataset) => (index.on_dataset(&node.id).collect(), true),
        NodeKind::Entity(Kind::Task) => (index.of_task(names), false),
        NodeKind::Entity(Kind::Metric) => (index.in_metric(&node.id).collect(), false),
        _ => (Vec::new(), false),
    };
    if boards.is_empty() {
        return html! {};
    }
    let mut lines: BoardLines<'_> = Vec::new();
    for board in &boards {
        let line = match by_dataset {
            true => board.facts.task.clone().unwrap_or_else(|| "task not stated".to_string()),
            false => board.facts.dataset.name.clone(),
        };
        match lines.iter_mut().find(|(name, _)| *name == line) {
            Some((_, boards)) => boards.push(board),
            None => lines.push((line, vec![board])),
        }
    }
    html! {
        section aria-labelledby="boards" {
            h2 #boards { "Leaderboards " span.count { "(" (thousands(boards.len() as u64)) ")" } }
            (table(&lines, LINES, base, if by_dataset { "Task" } else { "Dataset" }, &node.label, false))
            @if lines.len() > LINES {
                p.more { a href=(address("/leaderboards", &[("q", &node.label), ("by", "dataset")])) { "All boards" } }
            }
        }
    }
}

/// The boards on datasets that are made for a task, where the boards state no task; for the page of the task.
pub(crate) fn on_datasets_of(index: &BoardIndex, tasks: &DatasetTasks, node: &NodeRef, base: &Base) -> Markup {
    let is_of = |board: &&BoardSummary| tasks.instead_of(board).iter().any(|task| task.id == node.id);
    let boards: Vec<&BoardSummary> = index.boards.iter().filter(is_of).collect();
    let groups = groups(&boards, false, Some(&node.label), tasks);
    html! {
        @for (_, lines) in &groups {
            section aria-labelledby="dataset-boards" {
                h2 #dataset-boards { "Leaderboards on datasets made for " (clean(&node.label)) " " span.count { "(" (thousands(boards.len() as u64)) ")" } }
                p.note { "The papers do not state the task of these results; the datasets are made for it." }
                (table(lines, LINES, base, "Dataset", &format!("datasets made for {}", node.label), false))
                @if lines.len() > LINES {
                    p.more { a href=(address("/leaderboards", &[("by", "task"), ("group", &node.label)])) { "All " (counted(lines.len() as u64, "dataset", "datasets")) } }
                }
            }
        }
    }
}

/// The ranks of a paper's own systems, or of a system, for their own pages.
pub(crate) fn standings(index: &BoardIndex, standings: &[BoardStanding], heading: &str, base: &Base) -> Markup {
    const SHOWN: usize = 20;
    let shown = || standings.iter().take(SHOWN).filter_map(|standing| Some((standing, index.board(standing)?)));
    // A column that no row fills is left out.
    let has_task = shown().any(|(_, board)| board.facts.task.is_some());
    let has_system = shown().any(|(standing, _)| standing.system.is_some());
    html! {
        @if !standings.is_empty() {
            section aria-labelledby="standings" {
                h2 #standings { (heading) " " span.count { "(" (thousands(standings.len() as u64)) ")" } }
                div.scroll tabindex="0" role="region" aria-label=(heading) {
                    table.boards.stacked {
                        thead { tr {
                            th scope="col" { "Dataset" } @if has_task { th scope="col" { "Task" } } th scope="col" { "Board" }
                            @if has_system { th scope="col" { "System" } }
                            th.number scope="col" { "Value" } th.number scope="col" { "Rank" }
                        } }
                        tbody { @for (standing, board) in shown() { tr {
                            th scope="row" { @match &board.facts.dataset.id { Some(id) => (link(base, id, &board.facts.dataset.name)), None => (clean(&board.facts.dataset.name)) } }
                            @if has_task { td data-label="Task" { (clean(board.facts.task.as_deref().unwrap_or_default())) } }
                            td data-label="Board" { (board_links(&[board])) }
                            @if has_system { td data-label="System" { (clean(standing.system.as_deref().unwrap_or_default())) } }
                            td.number data-label="Value" { (clean(&standing.value)) }
                            td.number data-label="Rank" { (thousands(standing.rank as u64)) " of " (thousands(board.facts.results as u64)) }
                        } } }
                    }
                }
                @if standings.len() > SHOWN { p.note { (thousands((standings.len() - SHOWN) as u64)) " more are on the boards of other metrics and variants." } }
            }
        }
    }
}
