//! Leaderboards: all boards of the graph, and one board with its chart and rows.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use maud::{Markup, html};

use super::data::{self, DataFormat, PageReply};
use super::selection::AskedPapers;
use super::{
    clean, counted, file_name, for_both_widths, link, page as whole_page, pager, put_together, raw, thousands,
};
use crate::answer::{BoardIndex, BoardList, BoardSummary, DatasetTasks, board_sheet, result_sheet};
use crate::export::chart::{RecordChart, records_on_page};
use crate::graph::{
    Board, BoardQuery, BoardRow, BoardStanding, FoundBoards, MinConfidence, ResultCode, ResultSource, SURE_RESULT,
    Selection, leaderboard,
};
use crate::ontology::{Base, NodeKind, name_key};
use crate::serve::ServerApp;
use crate::serve::parameters::{MIN_CONFIDENCE, Parameters, address};
use crate::serve::problem::HttpProblem;
use crate::store::{GraphStore, NodeRef, StoreError};
use crate::text::fold_name;
use crate::vocabulary::Kind;

/// Number of groups on one page of the list.
const GROUPS: usize = 25;
/// Number of lines of a group; the others are found by search.
const LINES: usize = 12;
/// Number of boards to which a line of the list links.
const METRICS: usize = 6;
/// Number of rows on one page of a board.
const ROWS: usize = 100;
/// Number of columns for other metrics, next to that of the board.
const BESIDE: usize = 3;
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

/// All boards, by task or by dataset.
pub(crate) async fn list(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let (parts, _) = request.into_parts();
    let face = DataFormat::of(&parts)?;
    let parameters = Parameters::parse(parts.uri.query().unwrap_or_default())?;
    let words = parameters.filled("q")?.unwrap_or_default().to_string();
    let by_dataset = parameters.filled("by")? == Some("dataset");
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
type BoardLines<'b> = Vec<(String, Vec<&'b BoardSummary>)>;

/// A group of boards while it is made.
#[derive(Default)]
struct BoardGroup<'b> {
    /// The task or dataset; `None` for boards whose task is not known.
    name: Option<String>,
    /// The position of each line.
    places: HashMap<&'b str, usize>,
    lines: BoardLines<'b>,
}

/// Groups with the most papers come first; boards without a task come last. A board that states no task is in the groups
/// of the tasks that its dataset is made for. `only`: the one group that was asked for.
fn groups<'b>(
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
            let BoardGroup { places, lines, .. } =
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

fn named_node(store: &GraphStore, name: &str, kind: Kind) -> Result<Option<NodeRef>, StoreError> {
    Ok(store.resolve(name)?.into_iter().find(|node| node.kind == NodeKind::Entity(kind)))
}

/// A line for each of the first datasets (or tasks), with its boards and the best result of the largest board.
///
/// `marks_unstated`: a line whose boards state no task says so.
fn table(lines: &BoardLines<'_>, most: usize, base: &Base, first: &str, of: &str, marks_unstated: bool) -> Markup {
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
                    td.number data-label="PaperIndex" { (thousands(boards.iter().map(|board| board.facts.papers).max().unwrap_or_default() as u64)) }
                } } }
            }
        }
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

/// The parameters in the address of a board.
#[derive(Clone)]
struct BoardParameters {
    dataset: String,
    task: Option<String>,
    metric: Option<String>,
    variant: Option<String>,
    own: bool,
    runnable: bool,
    /// The lowest confidence of results, if it is not the usual one.
    min_confidence: Option<MinConfidence>,
    papers: AskedPapers,
    sort: RowOrder,
    page: usize,
}

/// The order of the rows of a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowOrder {
    Rank,
    System,
    Date,
    Paper,
    Code,
}

impl RowOrder {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Rank, "rank"),
        (Self::System, "system"),
        (Self::Date, "date"),
        (Self::Paper, "paper"),
        (Self::Code, "code"),
    ];

    fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(sort, _)| *sort == self).map_or("rank", |(_, name)| name)
    }
}

impl BoardParameters {
    fn of(parameters: &Parameters) -> Result<Option<Self>, HttpProblem> {
        let Some(dataset) = parameters.filled("dataset")? else { return Ok(None) };
        let text = |name| Ok::<_, HttpProblem>(parameters.filled(name)?.map(str::to_string));
        let sort = parameters.filled("sort")?.unwrap_or("rank");
        Ok(Some(Self {
            dataset: dataset.to_string(),
            task: text("task")?,
            metric: text("metric")?,
            variant: text("variant")?,
            own: parameters.filled("own")?.is_some(),
            runnable: parameters.filled("runnable")?.is_some(),
            min_confidence: parameters.min_confidence()?.filter(|least| *least != SURE_RESULT),
            papers: AskedPapers::of(parameters)?,
            sort: RowOrder::ALL.into_iter().find(|(_, name)| *name == sort).map_or(RowOrder::Rank, |(sort, _)| sort),
            page: parameters.number("page")?,
        }))
    }

    /// Whether this is the board, or one of the boards, in the address.
    fn is(&self, task: Option<&str>, metric: &str, variant: Option<&str>) -> bool {
        let same = |wanted: &Option<String>, is: Option<&str>| match (wanted.as_deref(), is) {
            (None, _) | (Some(NONE), None) => true,
            (Some(wanted), Some(is)) => name_key(wanted) == name_key(is),
            (Some(_), None) => false,
        };
        same(&self.task, task) && same(&self.variant, variant) && same(&self.metric, Some(metric))
    }

    /// Which rows to show.
    fn query(&self, store: &GraphStore) -> Result<BoardQuery, HttpProblem> {
        Ok(BoardQuery {
            own_only: self.own,
            runnable_only: self.runnable,
            selection: Selection { min_confidence: self.min_confidence, ..self.papers.selection(store)? },
            ..BoardQuery::default()
        })
    }

    fn is_filtered(&self) -> bool {
        self.own || self.runnable || !self.papers.is_all()
    }

    /// The address of this board in another order or on another page.
    fn address(&self, path: &str, sort: RowOrder, page: usize) -> String {
        let (papers, page) = (self.papers.pairs(), page.to_string());
        let least = self.min_confidence.map(|least| least.to_string());
        let mut pairs = vec![("dataset", self.dataset.as_str())];
        let named = [("task", &self.task), ("metric", &self.metric), ("variant", &self.variant)];
        pairs.extend(named.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?))));
        pairs.extend(self.own.then_some(("own", "1")));
        pairs.extend(self.runnable.then_some(("runnable", "1")));
        pairs.extend(least.as_deref().map(|least| (MIN_CONFIDENCE, least)));
        pairs.extend(papers.iter().map(|(name, value)| (*name, value.as_str())));
        pairs.extend((sort != RowOrder::Rank).then(|| ("sort", sort.as_str())));
        pairs.extend((page != "1").then_some(("page", page.as_str())));
        address(path, &pairs)
    }
}

/// One board.
pub(crate) async fn one(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let (parts, _) = request.into_parts();
    let face = DataFormat::of(&parts)?;
    let parameters = Parameters::parse(parts.uri.query().unwrap_or_default())?;
    let wish = BoardParameters::of(&parameters)?.ok_or_else(|| {
        HttpProblem::bad_request("which board? write ?dataset=NAME").help("/leaderboards lists all boards")
    })?;
    let served = app.live.get();
    put_together(&app, move || {
        let store = &served.graph;
        let node = dataset(store, &wish.dataset)?;
        let index = served.boards()?;
        let dataset = match (node, wish.min_confidence) {
            (node, None) => DatasetBoards::listed(store, index, &wish.dataset, node)?,
            (Some(node), Some(least)) => DatasetBoards::made(store, node, least)?,
            (None, Some(_)) => {
                let problem = HttpProblem::bad_request(format!("`{}` is not a node of the graph", wish.dataset));
                return Err(problem.help("its boards have the usual least confidence only"));
            }
        };
        let is_asked = |board: &&BoardSummary| {
            wish.is(board.facts.task.as_deref(), &board.facts.metric, board.facts.variant.as_deref())
        };
        if face != DataFormat::Page {
            let asked: Vec<&BoardSummary> = dataset.boards.iter().map(AsRef::as_ref).filter(is_asked).collect();
            let boards = dataset.with_rows(store, &asked, &wish.query(store)?)?;
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
            let mut problem = HttpProblem::not_found(format!("there is no such board on `{}`", wish.dataset));
            problem.near = store.nearest(&wish.dataset, 6)?;
            return Err(problem.help("/leaderboards lists all boards"));
        };
        Ok(PageReply::Page(board_page(store, &wish, board, &dataset, served.dataset_tasks()?)?))
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
    wish: &BoardParameters,
    summary: &BoardSummary,
    dataset: &DatasetBoards<'_>,
    tasks: &DatasetTasks,
) -> Result<Markup, HttpProblem> {
    let base = store.base();
    let without_code = wish.sort != RowOrder::Code;
    let query = BoardQuery { without_evidence: true, without_code, ..wish.query(store)? };
    let boards = dataset.with_rows(store, &[summary], &query)?;
    let is_beside = |other: &&BoardSummary| {
        (&other.facts.task, &other.facts.variant) == (&summary.facts.task, &summary.facts.variant)
            && other.facts.metric != summary.facts.metric
    };
    let on_dataset: Vec<&BoardSummary> = dataset.boards.iter().map(AsRef::as_ref).collect();
    let beside: Vec<&BoardSummary> = on_dataset.iter().copied().filter(is_beside).take(BESIDE).collect();
    let beside = dataset.with_rows(store, &beside, &query)?;
    let all_results = BoardParameters { min_confidence: MinConfidence::of(0.0), ..wish.clone() };
    let table = match boards.first() {
        Some(board) => Some((board, rows(store, board, &beside, wish)?)),
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
            (others(summary, &on_dataset, wish.min_confidence))
            (filters(wish))
            @match table {
                Some((board, rows)) => { (chart(board)) (rows) }
                None => p.told { "No result of this board passes these filters. " a href=(board_address(summary)) { "All results" } }
            }
            p.note {
                "Results come from sentences, from tables of whole papers, and from sources that state them. They are not "
                "verified. Only the best of a paper’s own systems is shown; systems of others that a paper cites are marked."
                @if dataset.less_sure > 0 {
                    " On this dataset " (counted(dataset.less_sure as u64, "result is", "results are"))
                    " left out, with a confidence below " (wish.min_confidence.unwrap_or(SURE_RESULT)) ". "
                    a href=(all_results.address("/leaderboard", wish.sort, 1)) { "With all results" }
                }
            }
            p.note { "On the command line: " code { "kg leaderboard " (clean(&quoted(&summary.facts.dataset.name))) " --metric " (clean(&quoted(&summary.facts.metric))) } }
            (data::links("/leaderboard", data::query_of(&wish.address("/leaderboard", RowOrder::Rank, 1)), &data::ROWS))
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

fn filters(wish: &BoardParameters) -> Markup {
    let hidden = [("task", &wish.task), ("metric", &wish.metric), ("variant", &wish.variant)];
    let said = |least: Option<MinConfidence>| least.map(|least| least.to_string()).unwrap_or_default();
    html! {
        form.filter method="get" action="/leaderboard" aria-label="Filters" {
            input type="hidden" name="dataset" value=(wish.dataset);
            @for (name, value) in hidden { @if let Some(value) = value { input type="hidden" name=(name) value=(value); } }
            div.checks {
                label { input type="checkbox" name="own" value="1" checked[wish.own]; " only the papers’ own systems" }
                label { input type="checkbox" name="runnable" value="1" checked[wish.runnable]; " only with official code that was alive at the last check" }
            }
            div.field.medium {
                label for="least" { "Min. confidence" }
                input #least name=(MIN_CONFIDENCE) value=(said(wish.min_confidence)) placeholder=(SURE_RESULT) size="5" inputmode="decimal";
            }
            (wish.papers.fields())
            button type="submit" { "Filter" }
        }
    }
}

/// The records over time, once for a wide and once for a narrow screen.
fn chart(board: &Board) -> Markup {
    let records = RecordChart::of(board);
    let dated = records.points.len();
    html! {
        @if dated > 1 {
            figure.chart {
                (for_both_widths(|frame| records_on_page(&records, frame)))
                figcaption.note {
                    "The line joins results that were better than all before them."
                    @if dated < board.rows.len() {
                        " " (counted((board.rows.len() - dated) as u64, "result without a date or number is", "results without a date or number are"))
                        " only in the table."
                    }
                }
            }
        } @else {
            p.note { "There is no chart: fewer than two results have a date and a number." }
        }
    }
}

fn rows(store: &GraphStore, board: &Board, beside: &[Board], wish: &BoardParameters) -> Result<Markup, StoreError> {
    let base = store.base();
    let records: Vec<*const BoardRow> = board.history().into_iter().map(std::ptr::from_ref).collect();
    let is_record = |row: &BoardRow| records.len() > 1 && records.contains(&std::ptr::from_ref(row));
    // A metric without a value in any row of the board needs no column.
    let beside: Vec<(&str, HashMap<SystemOfPaper, &str>)> = beside
        .iter()
        .map(|other| (other.metric.as_str(), values(other)))
        .filter(|(_, values)| board.rows.iter().any(|row| values.contains_key(&of_paper(row))))
        .collect();
    let mut ranked: Vec<(usize, &BoardRow)> = (1..).zip(&board.rows).collect();
    match wish.sort {
        RowOrder::Rank => {}
        RowOrder::System => {
            ranked.sort_by_cached_key(|(_, row)| (row.system.is_none(), row.system.as_deref().map(name_key)));
        }
        RowOrder::Date => ranked.sort_by_key(|(_, row)| (row.since().is_none(), Reverse(row.since()))),
        RowOrder::Paper => ranked.sort_by_cached_key(|(_, row)| row.paper.label.to_lowercase()),
        RowOrder::Code => ranked
            .sort_by_key(|(_, row)| Reverse(row.code.as_ref().map(|c| (c.is_runnable(), c.is_official, !c.is_dead)))),
    }
    let pages = ranked.len().div_ceil(ROWS).max(1);
    let number = wish.page.min(pages);
    let mut shown = Vec::new();
    for (rank, row) in ranked.into_iter().skip((number - 1) * ROWS).take(ROWS) {
        let is_record = is_record(row);
        let mut row = row.clone();
        row.read_evidence(store)?;
        row.read_code(store)?;
        shown.push((rank, row, is_record));
    }
    let column = |sort: RowOrder, name: &str| {
        let order = match (wish.sort == sort, sort) {
            (false, _) => None,
            (true, RowOrder::Date | RowOrder::Code) => Some("descending"),
            (true, _) => Some("ascending"),
        };
        html! { th scope="col" aria-sort=[order] { a href=(wish.address("/leaderboard", sort, 1)) { (name) } } }
    };
    Ok(html! {
        p.count {
            (counted(board.rows.len() as u64, "result", "results"))
            @if wish.is_filtered() { " after the filters" }
            ", by " (wish.sort.as_str()) "."
        }
        div.scroll tabindex="0" role="region" aria-label="Results" {
            table.results.stacked.sortable[pages == 1] {
                thead { tr {
                    (column(RowOrder::Rank, "Rank")) (column(RowOrder::System, "System"))
                    th.number scope="col" { (clean(&board.metric)) }
                    @for (metric, _) in &beside { th.number scope="col" { (clean(metric)) } }
                    (column(RowOrder::Date, "Date")) (column(RowOrder::Paper, "Paper")) (column(RowOrder::Code, "Code"))
                    th scope="col" { "Read in" }
                } }
                tbody { @for (rank, row, is_record) in &shown { tr.record[*is_record] {
                    td.number data-label="Rank" { (rank) }
                    td.name data-label="System" { (system(row)) @if *is_record { " " span.mark-record title="better than all before it" { "record" } } }
                    td.number data-label=(clean(&board.metric)) { b { (clean(&row.value)) } @if let Some(deviation) = &row.deviation { span.note { " ± " (clean(deviation)) } } }
                    @for (metric, values) in &beside { td.number data-label=(clean(metric)) { @if let Some(value) = values.get(&of_paper(row)) { (clean(value)) } } }
                    td.day data-label="Date" { @match row.since() { Some(date) => (date), None => span.note { "undated" } } }
                    td.title { span.clamp title=(clean(&row.paper.label)) { (link(base, &row.paper.id, &row.paper.label)) } }
                    td.code data-label="Code" { @match &row.code { Some(code) => (code_cell(code, base)), None => span.note { "none" } } }
                    td.place data-label="Read in" { (place(row)) }
                } } }
            }
        }
        (pager(pages, number, |n| wish.address("/leaderboard", wish.sort, n)))
    })
}

/// The system and paper of a row: a paper's own system, or another's by its name.
type SystemOfPaper = (String, Option<String>);

fn of_paper(row: &BoardRow) -> SystemOfPaper {
    match row.own {
        true => (row.paper.id.clone(), None),
        false => (String::new(), Some(row.system.as_deref().map(name_key).unwrap_or_default())),
    }
}

fn values(board: &Board) -> HashMap<SystemOfPaper, &str> {
    let mut values = HashMap::new();
    for row in &board.rows {
        values.entry(of_paper(row)).or_insert(row.value.as_str());
    }
    values
}

fn system(row: &BoardRow) -> Markup {
    html! {
        @match &row.system { Some(system) => (clean(system)), None => span.note { "not named" } }
        @if !row.own { " " span.note { "as cited" } }
        @if row.repeated > 0 {
            " " span.note {
                @if row.own { "and " (counted(row.repeated as u64, "lower result", "lower results")) }
                @else { "also in " (counted(row.repeated as u64, "other paper", "other papers")) }
            }
        }
    }
}

fn code_cell(code: &ResultCode, base: &Base) -> Markup {
    let short = code.url.split_once('/').map_or(code.url.as_str(), |(_, path)| path);
    let id = format!("repository/{}", code.url).to_lowercase();
    html! {
        span title=(clean(&code.url)) { (link(base, &id, short)) } " "
        span.verdict.dead[code.is_dead].live[code.is_runnable()] { (code.state()) }
    }
}

fn place(row: &BoardRow) -> Markup {
    html! {
        @match &row.source {
            ResultSource::Sentence { field, text: Some(text) } => {
                details.place { summary { (clean(field)) } blockquote { "“" (clean(text)) "”" } }
            }
            ResultSource::Sentence { field, text: None } => (clean(field)),
            ResultSource::Table(place) => (clean(place)),
            ResultSource::Stated(sources) => {
                "stated by " @for (i, source) in sources.iter().enumerate() { @if i > 0 { ", " } (clean(file_name(source))) }
            }
        }
        @if let Some(confidence) = row.confidence { " " span.note { (format!("{:.0} % sure", confidence * 100.0)) } }
    }
}
