//! One board, with the other boards of its dataset and its filters.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use maud::{Markup, html};

use super::super::data::{self, DataFormat, PageReply};
use super::super::{clean, counted, link, page as whole_page, put_together};
use super::parameters::{BoardParameters, RowOrder};
use super::rows::{chart, rows};
use super::{address_with, board_address, board_links, named_node};
use crate::answer::{BoardIndex, BoardList, BoardSummary, DatasetTasks, result_sheet};
use crate::graph::{Board, BoardQuery, FoundBoards, MinConfidence, SURE_RESULT, Selection, leaderboard};
use crate::ontology::name_key;
use crate::serve::ServerApp;
use crate::serve::parameters::{MIN_CONFIDENCE, Parameters, address};
use crate::serve::problem::HttpProblem;
use crate::store::{GraphStore, NodeRef, StoreError};
use crate::vocabulary::Kind;

/// Number of columns for other metrics, next to that of the board.
const BESIDE: usize = 3;

/// One board.
pub(crate) async fn one(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let (parts, _) = request.into_parts();
    let face = DataFormat::of(&parts)?;
    let parameters = Parameters::parse(parts.uri.query().unwrap_or_default())?;
    let asked = BoardParameters::of(&parameters)?.ok_or_else(|| {
        HttpProblem::bad_request("which board? write ?dataset=NAME").help("/leaderboards lists all boards")
    })?;
    let served = app.live.get();
    put_together(&app, move || {
        let store = &served.graph;
        let node = dataset(store, &asked.dataset)?;
        let index = served.boards()?;
        let dataset = match (node, asked.min_confidence) {
            (node, None) => DatasetBoards::listed(store, index, &asked.dataset, node)?,
            (Some(node), Some(least)) => DatasetBoards::made(store, node, least)?,
            (None, Some(_)) => {
                let problem = HttpProblem::bad_request(format!("`{}` is not a node of the graph", asked.dataset));
                return Err(problem.help("its boards have the usual least confidence only"));
            }
        };
        let is_asked = |board: &&BoardSummary| {
            asked.is(board.facts.task.as_deref(), &board.facts.metric, board.facts.variant.as_deref())
        };
        if face != DataFormat::Page {
            let summaries: Vec<&BoardSummary> = dataset.boards.iter().map(AsRef::as_ref).filter(is_asked).collect();
            let boards = dataset.with_rows(store, &summaries, &asked.query(store)?)?;
            let less_sure = dataset.less_sure;
            return match face {
                DataFormat::Csv => PageReply::csv(&result_sheet(&boards)),
                _ => PageReply::json(&BoardList::of(
                    dataset.node.as_ref(),
                    &FoundBoards { boards, less_sure, emptied_by: None },
                )),
            };
        }
        let Some(board) = dataset.boards.iter().map(AsRef::as_ref).find(is_asked) else {
            let mut problem = HttpProblem::not_found(format!("there is no such board on `{}`", asked.dataset));
            problem.suggestions = store.nearest(&asked.dataset, 6)?;
            return Err(problem.help("/leaderboards lists all boards"));
        };
        Ok(PageReply::Page(board_page(store, &asked, board, &dataset, served.dataset_tasks()?)?))
    })
    .await
}

fn dataset(store: &GraphStore, name: &str) -> Result<Option<NodeRef>, StoreError> {
    let id = format!("dataset/{}", name.strip_prefix("dataset/").unwrap_or(name));
    match store.node(&store.base().node(&id))? {
        Some(node) => Ok(Some(node)),
        None => named_node(store, name, Kind::Dataset),
    }
}

/// The boards on a dataset.
struct DatasetBoards<'b> {
    /// The dataset, where it is a node.
    node: Option<NodeRef>,
    /// All boards on it.
    boards: Vec<Cow<'b, BoardSummary>>,
    /// The list that has them. `None` if they were made for this request, with another least confidence.
    index: Option<&'b BoardIndex>,
    /// Number of results on it that are not sure enough for a board.
    less_sure: usize,
}

impl<'b> DatasetBoards<'b> {
    /// Those of the list, which has the results of the usual confidence.
    fn listed(
        store: &GraphStore,
        index: &'b BoardIndex,
        name: &str,
        node: Option<NodeRef>,
    ) -> Result<Self, StoreError> {
        let (boards, less_sure) = match &node {
            Some(node) => {
                let boards = index.boards.iter().filter(|board| board.facts.dataset.id.as_ref() == Some(&node.id));
                (boards.map(Cow::Borrowed).collect(), index.less_sure_on(store, &node.id)?)
            }
            None => {
                let key = name_key(name);
                let boards = index.boards.iter().filter(|board| name_key(&board.facts.dataset.name) == key);
                (boards.map(Cow::Borrowed).collect(), 0)
            }
        };
        Ok(Self { node, boards, index: Some(index), less_sure })
    }

    /// Those with the results of another least confidence.
    fn made(store: &GraphStore, node: NodeRef, least: MinConfidence) -> Result<Self, StoreError> {
        let query = BoardQuery {
            dataset: Some(node.clone()),
            selection: Selection { min_confidence: Some(least), ..Selection::default() },
            without_evidence: true,
            without_code: true,
            ..BoardQuery::default()
        };
        let found = leaderboard(store, &query)?;
        let boards = found.boards.iter().filter_map(BoardSummary::of).map(Cow::Owned).collect();
        Ok(Self { node: Some(node), boards, index: None, less_sure: found.less_sure })
    }

    /// These boards with the rows that the query asks for. Boards without such rows are left out.
    fn with_rows(
        &self,
        store: &GraphStore,
        asked: &[&BoardSummary],
        query: &BoardQuery,
    ) -> Result<Vec<Board>, StoreError> {
        if let Some(index) = self.index {
            return index.with_rows(store, asked.iter().copied(), query);
        }
        let query = BoardQuery { dataset: self.node.clone(), ..query.clone() };
        let mut boards = leaderboard(store, &query)?.boards;
        let is = |board: &Board, asked: &BoardSummary| {
            (&board.task, &board.variant, &board.metric)
                == (&asked.facts.task, &asked.facts.variant, &asked.facts.metric)
        };
        boards.retain(|board| asked.iter().any(|asked| is(board, asked)));
        Ok(boards)
    }
}

fn board_page(
    store: &GraphStore,
    asked: &BoardParameters,
    summary: &BoardSummary,
    dataset: &DatasetBoards<'_>,
    tasks: &DatasetTasks,
) -> Result<Markup, HttpProblem> {
    let base = store.base();
    let without_code = asked.sort != RowOrder::Code;
    let query = BoardQuery { without_evidence: true, without_code, ..asked.query(store)? };
    let boards = dataset.with_rows(store, &[summary], &query)?;
    let is_beside = |other: &&BoardSummary| {
        (&other.facts.task, &other.facts.variant) == (&summary.facts.task, &summary.facts.variant)
            && other.facts.metric != summary.facts.metric
    };
    let on_dataset: Vec<&BoardSummary> = dataset.boards.iter().map(AsRef::as_ref).collect();
    let beside: Vec<&BoardSummary> = on_dataset.iter().copied().filter(is_beside).take(BESIDE).collect();
    let beside = dataset.with_rows(store, &beside, &query)?;
    let all_results = BoardParameters { min_confidence: MinConfidence::of(0.0), ..asked.clone() };
    let table = match boards.first() {
        Some(board) => Some((board, rows(store, board, &beside, asked)?)),
        None => None,
    };
    let task = summary.facts.task.as_deref();
    let of_dataset = tasks.instead_of(summary);
    let title = format!("{} on {}", summary.facts.metric, summary.facts.dataset.name);
    Ok(whole_page(
        &title,
        "",
        &html! {
            p.path { a href="/leaderboards" { "Leaderboards" } @if let Some(task) = task {
                " › " a href=(address("/leaderboards", &[("by", "task"), ("group", task)])) { (clean(task)) }
            } @else if let Some(task) = of_dataset.first() {
                " › " a href=(address("/leaderboards", &[("by", "task"), ("group", &task.label)])) { (clean(&task.label)) }
            } }
            h1 {
                (clean(&summary.facts.metric)) " on "
                @match &dataset.node { Some(node) => (link(base, &node.id, &node.label)), None => (clean(&summary.facts.dataset.name)) }
            }
            p.lead {
                @if let Some(task) = task { span.capital { (clean(task)) } } @else {
                    "Task not stated"
                    @if !of_dataset.is_empty() {
                        ", but the dataset is made for " @for (i, task) in of_dataset.iter().enumerate() { @if i > 0 { " and " } (link(base, &task.id, &task.label)) }
                    }
                }
                " · " (clean(summary.facts.variant.as_deref().unwrap_or("variant not stated")))
                " · " (counted(summary.facts.papers as u64, "paper", "papers"))
                @if let Some(board) = boards.first() { ", " (board.direction()) }
            }
            (others(summary, &on_dataset, asked.min_confidence))
            (filters(asked))
            @match table {
                Some((board, rows)) => { (chart(board)) (rows) }
                None => p.notice { "No result of this board passes these filters. " a href=(board_address(summary)) { "All results" } }
            }
            p.note {
                "Results come from sentences, from tables of whole papers, and from sources that state them. They are not "
                "verified. Only the best of a paper’s own systems is shown; systems of others that a paper cites are marked."
                @if dataset.less_sure > 0 {
                    " On this dataset " (counted(dataset.less_sure as u64, "result is", "results are"))
                    " left out, with a confidence below " (asked.min_confidence.unwrap_or(SURE_RESULT)) ". "
                    a href=(all_results.address("/leaderboard", asked.sort, 1)) { "With all results" }
                }
            }
            p.note { "On the command line: " code { "kg leaderboard " (clean(&quoted(&summary.facts.dataset.name))) " --metric " (clean(&quoted(&summary.facts.metric))) } }
            (data::links("/leaderboard", data::query_of(&asked.address("/leaderboard", RowOrder::Rank, 1)), &data::ROWS))
        },
    ))
}

/// A name quoted for a shell.
fn quoted(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_./@".contains(c));
    if plain { name.to_string() } else { format!("'{}'", name.replace('\'', "'\\''")) }
}

/// A variant and its boards.
type OfVariant<'b> = (Option<&'b str>, Vec<&'b BoardSummary>);

/// Number of variants shown before the rest is folded away.
const VARIANTS: usize = 4;

/// The other boards of the dataset: first metrics and variants of the task in a grid, then the other tasks.
///
/// `least`: the least confidence of results, if it is not the usual one.
fn others(current: &BoardSummary, boards: &[&BoardSummary], least: Option<MinConfidence>) -> Markup {
    if boards.len() < 2 {
        return html! {};
    }
    let (same, other): (Vec<&BoardSummary>, Vec<&BoardSummary>) =
        boards.iter().partition(|board| board.facts.task == current.facts.task);
    let mut variants: Vec<OfVariant<'_>> = Vec::new();
    for board in same {
        let variant = board.facts.variant.as_deref();
        match variants.iter_mut().find(|(known, _)| *known == variant) {
            Some((_, boards)) => boards.push(board),
            None => variants.push((variant, vec![board])),
        }
    }
    let has_variants = variants.iter().any(|(variant, _)| variant.is_some());
    let is_current = |board: &BoardSummary| {
        board.facts.variant == current.facts.variant && board.facts.metric == current.facts.metric
    };
    let (shown, folded): (Vec<_>, Vec<_>) = variants
        .iter()
        .enumerate()
        .partition(|(at, (_, boards))| *at < VARIANTS || boards.iter().any(|board| is_current(board)));
    let lines = |variants: &[(usize, &OfVariant<'_>)]| {
        html! {
            dl.facts { @for (_, (variant, boards)) in variants {
                // The line above the metrics has said that no variant is stated.
                dt { @if has_variants { (clean(variant.unwrap_or("variant not stated"))) } @else { "Metric" } }
                dd { @for board in boards {
                    a.choice href=(address_with(board, least)) aria-current=[is_current(board).then_some("page")] {
                        (clean(&board.facts.metric)) " " span.count { (board.facts.papers) }
                    } " "
                } }
            } }
        }
    };
    html! {
        nav.boards aria-label="Metrics and variants" {
            (lines(&shown))
            @if !folded.is_empty() { details.rest { summary { (counted(folded.len() as u64, "more variant", "more variants")) } (lines(&folded)) } }
            @if !other.is_empty() {
                details { summary { "Other tasks on this dataset (" (counted(other.len() as u64, "board", "boards")) ")" }
                    ul.plain { @for board in &other { li {
                        (clean(board.facts.task.as_deref().unwrap_or("task not stated"))) ": " (board_links(&[board]))
                    } } }
                }
            }
        }
    }
}

fn filters(asked: &BoardParameters) -> Markup {
    let hidden = [("task", &asked.task), ("metric", &asked.metric), ("variant", &asked.variant)];
    let said = |least: Option<MinConfidence>| least.map(|least| least.to_string()).unwrap_or_default();
    html! {
        form.filter method="get" action="/leaderboard" aria-label="Filters" {
            input type="hidden" name="dataset" value=(asked.dataset);
            @for (name, value) in hidden { @if let Some(value) = value { input type="hidden" name=(name) value=(value); } }
            div.checks {
                label { input type="checkbox" name="own" value="1" checked[asked.own]; " only the papers’ own systems" }
                label { input type="checkbox" name="runnable" value="1" checked[asked.runnable]; " only with official code that was alive at the last check" }
            }
            div.field.medium {
                label for="least" { "Min. confidence" }
                input #least name=(MIN_CONFIDENCE) value=(said(asked.min_confidence)) placeholder=(SURE_RESULT) size="5" inputmode="decimal";
            }
            (asked.papers.fields())
            button type="submit" { "Filter" }
        }
    }
}
