//! Leaderboards: all boards of the graph, the boards of a node, and one board with its chart and rows.

mod list;
mod of_node;
mod one;
mod parameters;
mod rows;

use maud::{Markup, html};

use super::{clean, link};
use crate::answer::BoardSummary;
use crate::graph::{BoardRow, MinConfidence};
use crate::ontology::{Base, NodeKind};
use crate::serve::parameters::{MIN_CONFIDENCE, address};
use crate::store::{GraphStore, NodeRef, StoreError};
use crate::vocabulary::Kind;

pub(crate) use list::list;
pub(crate) use of_node::{of_entity, on_datasets_of, standings};
pub(crate) use one::one;

/// Number of lines of a group; the others are found by search.
const LINES: usize = 12;
/// Number of boards to which a line of the list links.
const METRICS: usize = 6;
/// The parameter value for a field that is not stated.
const NONE: &str = "none";

/// The address of a board.
pub(crate) fn board_address(board: &BoardSummary) -> String {
    let dataset = match &board.facts.dataset.id {
        Some(id) => id.strip_prefix("dataset/").unwrap_or(id),
        None => &board.facts.dataset.name,
    };
    let task = board.facts.task.as_deref().unwrap_or(NONE);
    let variant = board.facts.variant.as_deref().unwrap_or(NONE);
    address(
        "/leaderboard",
        &[("dataset", dataset), ("task", task), ("metric", &board.facts.metric), ("variant", variant)],
    )
}

/// The address of a board of results from this confidence on; of the usual confidence if `None`.
fn address_with(board: &BoardSummary, least: Option<MinConfidence>) -> String {
    let address = board_address(board);
    match least {
        Some(least) => format!("{address}&{MIN_CONFIDENCE}={least}"),
        None => address,
    }
}

/// `F1`, `F1 (English)`: links to the largest boards of a line.
fn board_links(boards: &[&BoardSummary]) -> Markup {
    html! {
        @for (i, board) in boards.iter().take(METRICS).enumerate() {
            @if i > 0 { ", " }
            a href=(board_address(board)) { (clean(&board.facts.metric)) @if let Some(variant) = &board.facts.variant { " (" (clean(variant)) ")" } }
        }
        @if boards.len() > METRICS {
            @if let Some(board) = boards.first() { ", " a href=(board_address(board)) { (boards.len() - METRICS) " more" } }
        }
    }
}

fn best(board: &BoardSummary, base: &Base) -> Markup {
    html! {
        b { (clean(&board.best.value)) } " " (clean(&board.facts.metric)) " "
        span.note title=(clean(&board.best.paper.label)) { (by(&board.best, base)) }
    }
}

/// Whose result it is, with a link to the paper that says it.
pub(crate) fn by(row: &BoardRow, base: &Base) -> Markup {
    let paper = &row.paper;
    html! {
        "by "
        @if row.own { (link(base, &paper.id, row.system.as_deref().unwrap_or(&paper.label))) }
        @else { (clean(row.system.as_deref().unwrap_or("another system"))) ", cited by " (link(base, &paper.id, &paper.label)) }
    }
}

fn named_node(store: &GraphStore, name: &str, kind: Kind) -> Result<Option<NodeRef>, StoreError> {
    Ok(store.resolve(name)?.into_iter().find(|node| node.kind == NodeKind::Entity(kind)))
}
