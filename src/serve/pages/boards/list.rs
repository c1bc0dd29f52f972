//! All boards, by task or by dataset.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use maud::{Markup, html};

use super::super::data::{self, DataFormat, PageReply};
use super::super::{clean, counted, link, page as whole_page, pager, put_together, raw, thousands};
use super::{LINES, NONE, best, board_links, named_node};
use crate::answer::{BoardList, BoardSummary, DatasetTasks, board_sheet};
use crate::ontology::{Base, name_key};
use crate::serve::ServerApp;
use crate::serve::parameters::{Parameters, address};
use crate::serve::problem::HttpProblem;
use crate::store::{GraphStore, StoreError};
use crate::text::fold_name;
use crate::vocabulary::Kind;

/// Number of groups on one page of the list.
const GROUPS: usize = 25;

/// All boards, by task or by dataset.
pub(crate) async fn list(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let (parts, _) = request.into_parts();
    let face = DataFormat::of(&parts)?;
    let parameters = Parameters::parse(parts.uri.query().unwrap_or_default())?;
    let words = parameters.filled("q")?.unwrap_or_default().to_string();
    let by_dataset = parameters.choice("by", &[false, true].map(|by| (by, by_name(by))))?.unwrap_or_default();
    let only = parameters.filled("group")?.map(str::to_string);
    let number = parameters.number("page")?;
    let served = app.live.get();
    put_together(&app, move || {
        let store = &served.graph;
        let (index, tasks) = (served.boards()?, served.dataset_tasks()?);
        let boards: Vec<&BoardSummary> = index
            .boards
            .iter()
            .filter(|board| has_words(&words, board, tasks))
            .filter(|board| only.as_deref().is_none_or(|group| is_of_group(board, by_dataset, group, tasks)))
            .collect();
        match face {
            DataFormat::Csv => return PageReply::csv(&board_sheet(boards)),
            DataFormat::Page => {}
            _ => return PageReply::json(&BoardList::of_all(store, boards, index.less_sure())?),
        }
        let groups = groups(&boards, by_dataset, only.as_deref(), tasks);
        let pages = groups.len().div_ceil(GROUPS).max(1);
        let number = number.min(pages);
        let asked = |page: Option<usize>| {
            let page = page.map(|page| page.to_string());
            let mut pairs = Vec::new();
            pairs.extend((!words.is_empty()).then_some(("q", words.as_str())));
            pairs.push(("by", by_name(by_dataset)));
            pairs.extend(only.as_deref().map(|group| ("group", group)));
            pairs.extend(page.as_deref().map(|page| ("page", page)));
            address("/leaderboards", &pairs)
        };
        // A group that was asked for is shown whole.
        let most = if only.is_some() { usize::MAX } else { LINES };
        let shown = groups.iter().skip((number - 1) * GROUPS).take(GROUPS);
        let mut sections = Vec::new();
        for (name, lines) in shown {
            sections.push(group(store, name, lines, by_dataset, most)?);
        }
        Ok(PageReply::Page(whole_page("Leaderboards", "", &html! {
            h1 { "Leaderboards" }
            p.lead {
                "Results that papers and sources state, on one board where they can be compared: the same task, dataset, "
                "variant and metric. They are not verified; each row says where it was read."
            }
            form.filter method="get" action="/leaderboards" role="search" aria-label="Leaderboards" {
                div.field {
                    label for="board-words" { "Task, dataset or metric" }
                    input #board-words type="search" name="q" value=(raw(&words)) autocomplete="off" spellcheck="false";
                }
                div.field {
                    label for="board-by" { "Grouped by" }
                    select #board-by name="by" {
                        option value="task" selected[!by_dataset] { "task" }
                        option value="dataset" selected[by_dataset] { "dataset" }
                    }
                }
                button type="submit" { "Show" }
            }
            p.count {
                (counted(boards.len() as u64, "board", "boards"))
                @if !words.is_empty() { " with these words" }
                ", those with the most papers first."
            }
            @if boards.is_empty() {
                @if index.boards.is_empty() { p { "No paper and no source of this graph states a result." } }
                @else { p { "No board has these words. " a href="/leaderboards" { "All boards" } } }
            }
            @for section in &sections { (section) }
            @if only.is_some() { p.more { a href=(address("/leaderboards", &[("by", by_name(by_dataset))])) { "All boards" } } }
            (pager(pages, number, |n| asked(Some(n))))
            (data::links("/leaderboards", data::query_of(&asked(None)), &data::ROWS))
        })))
    })
    .await
}

fn has_words(words: &str, board: &BoardSummary, tasks: &DatasetTasks) -> bool {
    if words.is_empty() {
        return true;
    }
    let parts = [
        Some(&board.facts.dataset.name),
        board.facts.task.as_ref(),
        board.facts.variant.as_ref(),
        Some(&board.facts.metric),
    ];
    let of_dataset = tasks.instead_of(board).iter().map(|task| &task.label);
    let text: Vec<&str> = parts.into_iter().flatten().chain(of_dataset).map(String::as_str).collect();
    let text = fold_name(&text.join(" "));
    fold_name(words).split_whitespace().all(|word| text.contains(word))
}

fn by_name(by_dataset: bool) -> &'static str {
    if by_dataset { "dataset" } else { "task" }
}

/// Whether a board is on the dataset, or of the task, of this name; `none` is for boards whose task is not known.
fn is_of_group(board: &BoardSummary, by_dataset: bool, name: &str, tasks: &DatasetTasks) -> bool {
    let is_named = |other: &str| name_key(other) == name_key(name);
    match (by_dataset, &board.facts.task, tasks.instead_of(board)) {
        (true, ..) => is_named(&board.facts.dataset.name),
        (false, Some(task), _) => is_named(task),
        (false, None, []) => name == NONE,
        (false, None, tasks) => tasks.iter().any(|task| is_named(&task.label)),
    }
}

/// The boards of one group, by what each line of it is about: the dataset within a task, or the task on a dataset.
pub(super) type BoardLines<'b> = Vec<(String, Vec<&'b BoardSummary>)>;

/// A group of boards while it is made.
#[derive(Default)]
struct BoardGroup<'b> {
    /// The task or dataset; `None` for boards whose task is not known.
    name: Option<String>,
    /// The position of each line.
    positions: HashMap<&'b str, usize>,
    lines: BoardLines<'b>,
}

/// Groups with the most papers come first; boards without a task come last. A board that states no task is in the groups
/// of the tasks that its dataset is made for. `only`: the one group that was asked for.
pub(super) fn groups<'b>(
    boards: &[&'b BoardSummary],
    by_dataset: bool,
    only: Option<&str>,
    tasks: &DatasetTasks,
) -> Vec<(Option<String>, BoardLines<'b>)> {
    // By the key of the name, because papers write the names of tasks in several ways.
    let mut groups: BTreeMap<Option<String>, BoardGroup<'b>> = BTreeMap::new();
    for board in boards {
        let dataset = &board.facts.dataset.name;
        let (names, line): (Vec<Option<&String>>, _) = match (by_dataset, tasks.instead_of(board)) {
            (true, _) => (vec![Some(dataset)], board.facts.task.as_deref().unwrap_or("task not stated")),
            (false, []) => (vec![board.facts.task.as_ref()], dataset.as_str()),
            (false, tasks) => (tasks.iter().map(|task| Some(&task.label)).collect(), dataset.as_str()),
        };
        for name in names {
            let key = name.map(|name| name_key(name));
            if only.is_some_and(|only| key.as_deref().unwrap_or(NONE) != name_key(only)) {
                continue;
            }
            let BoardGroup { positions: places, lines, .. } =
                groups.entry(key).or_insert_with(|| BoardGroup { name: name.cloned(), ..BoardGroup::default() });
            let place = *places.entry(line).or_insert(lines.len());
            if place == lines.len() {
                lines.push((line.to_string(), Vec::new()));
            }
            lines[place].1.push(board);
        }
    }
    let mut groups: Vec<_> = groups.into_values().map(|group| (group.name, group.lines)).collect();
    let papers = |lines: &BoardLines<'_>| {
        lines.iter().flat_map(|(_, boards)| boards).map(|board| board.facts.papers).sum::<usize>()
    };
    groups.sort_by_cached_key(|(name, lines)| (name.is_none(), Reverse(papers(lines)), name.clone()));
    groups
}

fn group(
    store: &GraphStore,
    name: &Option<String>,
    lines: &BoardLines<'_>,
    by_dataset: bool,
    most: usize,
) -> Result<Markup, StoreError> {
    let base = store.base();
    let kind = if by_dataset { Kind::Dataset } else { Kind::Task };
    let node = match name {
        Some(name) => named_node(store, name, kind)?,
        None => None,
    };
    let title = name.as_deref().unwrap_or("Task not stated");
    let is_stated = |(_, boards): &(String, Vec<&BoardSummary>)| boards.iter().any(|board| board.facts.task.is_some());
    let of_task = !by_dataset && name.is_some();
    let (is_all_unstated, is_mixed) = (of_task && !lines.iter().any(is_stated), of_task && lines.iter().any(is_stated));
    let (other, others) = if by_dataset { ("task", "tasks") } else { ("dataset", "datasets") };
    Ok(html! {
        section {
            h2.capital { @match &node { Some(node) => (link(base, &node.id, title)), None => (clean(title)) } }
            @if is_all_unstated { p.note { "The papers do not state this task; the datasets are made for it." } }
            (table(lines, most, base, if by_dataset { "Task" } else { "Dataset" }, title, is_mixed))
            @if lines.len() > most {
                p.more { a href=(address("/leaderboards", &[("by", by_name(by_dataset)), ("group", name.as_deref().unwrap_or(NONE))])) {
                    "All " (counted(lines.len() as u64, other, others))
                } }
            }
        }
    })
}

/// A line for each of the first datasets (or tasks), with its boards and the best result of the largest board.
///
/// `marks_unstated`: a line whose boards state no task says so.
pub(super) fn table(
    lines: &BoardLines<'_>,
    most: usize,
    base: &Base,
    first: &str,
    of: &str,
    marks_unstated: bool,
) -> Markup {
    let is_unstated =
        |boards: &[&BoardSummary]| marks_unstated && boards.iter().all(|board| board.facts.task.is_none());
    html! {
        div.scroll tabindex="0" role="region" aria-label={ "Boards of " (clean(of)) } {
            table.boards.stacked {
                thead { tr {
                    th scope="col" { (first) } th scope="col" { "Boards" } th scope="col" { "Best of the largest" }
                    th.number scope="col" { "Papers" }
                } }
                tbody { @for (name, boards) in lines.iter().take(most) { tr {
                    th scope="row" { @match boards.first().and_then(|board| board.facts.dataset.id.as_deref()).filter(|_| first == "Dataset") {
                        Some(id) => (link(base, id, name)),
                        None => (clean(name)),
                    } @if is_unstated(boards) { br; span.note { "task not stated" } } }
                    td data-label="Boards" { (board_links(boards)) }
                    td data-label="Best" { @if let Some(board) = boards.first() { (best(board, base)) } }
                    td.number data-label="Papers" { (thousands(boards.iter().map(|board| board.facts.papers).max().unwrap_or_default() as u64)) }
                } } }
            }
        }
    }
}
