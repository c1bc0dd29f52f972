//! Leaderboards of comparable results: a board for each task, dataset, variant and metric.
//!
//! A board has the results that papers state for their own systems (in sentences and tables), the results in tables of
//! sources, and the results that papers state for systems of others, which are marked. For each system in a paper, the
//! best figure is kept. A result without a stated variant is on a board of its own, never next to one that states it.

mod file;
mod metric;
mod read;
mod row;

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, HashMap, HashSet};

use super::papers::PaperIndex;
use super::{MinConfidence, SURE_RESULT, Selection, Tie};
use crate::ontology::{NodeKind, name_key};
use crate::paper::PartialDate;
use crate::store::{GraphStore, NodeRef, StoreError};
use crate::vocabulary::Kind;
pub use file::BoardStanding;
pub(crate) use file::{BoardFile, ListedBoard};
use read::{BoardStatement, ResultReader};
pub(crate) use row::{BoardRow, ResultCode, ResultSource};

/// The requested results; everything by default.
#[derive(Debug, Clone, Default)]
pub(crate) struct BoardQuery {
    /// The dataset; all datasets if `None`.
    pub dataset: Option<NodeRef>,
    pub task: Option<WantedTask>,
    pub metric: Option<WantedMetric>,
    /// Words that the variant has; `none` for results without a variant.
    pub variant: Option<String>,
    /// Only results that papers and sources state for the papers' own systems.
    pub own_only: bool,
    /// Only rows whose code is official and was alive at the last check.
    pub runnable_only: bool,
    /// Which papers. Its least confidence is that of results, [`SURE_RESULT`] if `None`.
    pub selection: Selection,
    /// Leaves out the sentences and sources of rows, which take longer to read than everything else.
    /// [`BoardRow::read_evidence`] reads them for one row.
    pub without_evidence: bool,
    /// Leaves out the code of rows. [`BoardRow::read_code`] reads that of one row.
    pub without_code: bool,
}

impl BoardQuery {
    /// Whether it asks for every result.
    pub(crate) fn is_all(&self) -> bool {
        self.dataset.is_none()
            && self.task.is_none()
            && self.metric.is_none()
            && self.variant.is_none()
            && !self.own_only
            && !self.runnable_only
            && !self.selection.is_narrow()
    }

    /// The lowest confidence of a result on a board.
    fn min_confidence(&self) -> MinConfidence {
        self.selection.min_confidence.unwrap_or(SURE_RESULT)
    }
}

/// A requested metric.
#[derive(Debug, Clone, Default)]
pub(crate) struct WantedMetric {
    /// As the user writes it: `AP50`.
    pub words: String,
    /// The metrics of the graph that have it as a name.
    pub nodes: Vec<NodeRef>,
}

/// A requested task.
#[derive(Debug, Clone, Default)]
pub(crate) struct WantedTask {
    /// Keys of its names.
    keys: Vec<String>,
    /// The ids of the datasets that are made for it. Most papers state a result on them without the task.
    datasets: HashSet<String>,
}

/// Boards, the largest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct FoundBoards {
    pub boards: Vec<Board>,
    /// The filter that left no results, if there is one.
    pub emptied_by: Option<EmptyingFilter>,
    /// Number of results that are not sure enough.
    pub less_sure: usize,
}

/// A filter of a [`BoardQuery`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BoardFilter {
    Task,
    Metric,
    Variant,
    Own,
    Date,
    Runnable,
}

/// A filter that left no results.
#[derive(Debug, Clone)]
pub(crate) struct EmptyingFilter {
    pub filter: BoardFilter,
    /// Number of results before the filter.
    pub results: usize,
    /// Values that the filter could have had, the most frequent first: tasks, metrics, variants, years.
    pub choices: Vec<String>,
}

/// Results that can be compared with each other.
#[derive(Debug, Clone)]
pub struct Board {
    pub dataset: String,
    /// The id of the dataset, where it is a node.
    pub dataset_id: Option<String>,
    /// `None` if no result states it.
    pub task: Option<String>,
    /// What distinguishes the results from others on the dataset; `None` if not stated.
    pub variant: Option<String>,
    pub metric: String,
    pub metric_id: Option<String>,
    /// Whether a smaller value is better; `None` if neither the vocabulary nor the name says.
    pub lower_is_better: Option<bool>,
    /// The best result first.
    pub rows: Vec<BoardRow>,
}

/// The key of a board: task, dataset, variant and metric, folded.
type BoardKey = (String, String, Option<String>, String);

/// Makes the requested boards.
pub(crate) fn leaderboard(store: &GraphStore, query: &BoardQuery) -> Result<FoundBoards, StoreError> {
    let wanted = query.dataset.as_ref().map(|dataset| dataset.id.as_str());
    // The file has the results of the default confidence.
    let file = BoardFile::read(store).filter(|_| query.min_confidence() == SURE_RESULT);
    let (mut statements, less_sure) = match file {
        Some(file) => file.statements_on(store, wanted)?,
        None => {
            let found = ResultReader::new(store).statements(wanted, query.min_confidence())?;
            (found.sure, found.less_sure.values().sum())
        }
    };
    for filter in [BoardFilter::Task, BoardFilter::Metric, BoardFilter::Variant] {
        let results = statements.len();
        let choices = choices(filter, &statements);
        filter.apply(query, &mut statements);
        if statements.is_empty() && results > 0 {
            let emptied_by = Some(EmptyingFilter { filter, results, choices });
            return Ok(FoundBoards { boards: Vec::new(), emptied_by, less_sure });
        }
    }
    let emptied_by = emptied_by_rows(query, &statements);
    let mut boards = Vec::new();
    for statements in grouped(statements) {
        let board = filled(store, unfilled(store, &statements)?, statements, query)?;
        boards.extend((!board.rows.is_empty()).then_some(board));
    }
    boards.sort_by_cached_key(board_order);
    let emptied_by = emptied_by.filter(|_| boards.is_empty());
    Ok(FoundBoards { boards, emptied_by, less_sure })
}

/// Sorts results into the groups that are boards.
fn grouped(statements: Vec<BoardStatement>) -> Vec<Vec<BoardStatement>> {
    let mut groups: BTreeMap<BoardKey, Vec<BoardStatement>> = BTreeMap::new();
    for statement in statements {
        groups.entry(key(&statement)).or_default().push(statement);
    }
    add_to_stated_tasks(&mut groups);
    groups.into_values().collect()
}

/// Sort key of boards: those with the most papers come first.
pub(crate) fn board_order(board: &Board) -> impl Ord + use<> {
    let name = [Some(&board.dataset), board.variant.as_ref(), Some(&board.metric), board.task.as_ref()];
    (Reverse(board.papers()), Reverse(board.rows.len()), name.map(|part| part.cloned()))
}

/// The filter of a board's rows that leaves none of these, if there is one.
fn emptied_by_rows(query: &BoardQuery, statements: &[BoardStatement]) -> Option<EmptyingFilter> {
    let own = |statement: &&BoardStatement| statement.result.own || !query.own_only;
    let results = statements.iter().filter(own).count();
    let filter = if results == 0 {
        BoardFilter::Own
    } else if !statements.iter().filter(own).any(|statement| query.selection.takes_if_paper(&statement.paper.node)) {
        BoardFilter::Date
    } else {
        BoardFilter::Runnable
    };
    let results = if filter == BoardFilter::Own { statements.len() } else { results };
    (results > 0).then(|| EmptyingFilter { filter, results, choices: choices(filter, statements) })
}

impl BoardFilter {
    fn apply(self, query: &BoardQuery, statements: &mut Vec<BoardStatement>) {
        match self {
            Self::Task => {
                let Some(task) = &query.task else { return };
                statements.retain(|statement| task.is(statement));
            }
            Self::Metric => {
                let Some(metric) = &query.metric else { return };
                // `ROUGE` is plain ROUGE if some result has it, else all kinds of ROUGE.
                let is_exact = |statement: &BoardStatement| metric.is(statement);
                match statements.iter().any(is_exact) {
                    true => statements.retain(is_exact),
                    false => statements.retain(|statement| metric.is_family_of(statement)),
                }
            }
            Self::Variant => {
                let Some(wanted) = &query.variant else { return };
                statements.retain(|statement| match &statement.result.variant {
                    None => wanted == "none",
                    Some(variant) => name_key(variant).contains(&name_key(wanted)),
                });
            }
            // These filters apply to a board's rows.
            Self::Own | Self::Date | Self::Runnable => {}
        }
    }
}

/// Values that a filter could have.
fn choices(filter: BoardFilter, statements: &[BoardStatement]) -> Vec<String> {
    let choice = |statement: &BoardStatement| match filter {
        BoardFilter::Task => statement.result.task.clone(),
        BoardFilter::Metric => Some(statement.result.metric.clone()),
        BoardFilter::Variant => Some(statement.result.variant.clone().unwrap_or_else(|| "none".to_string())),
        BoardFilter::Date => statement.paper.node.date.map(|date| date.year().to_string()),
        BoardFilter::Own | BoardFilter::Runnable => None,
    };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    statements.iter().filter_map(choice).for_each(|choice| *counts.entry(choice).or_default() += 1);
    let mut all: Vec<(String, usize)> = counts.into_iter().collect();
    all.sort_by_key(|(_, times)| Reverse(*times));
    all.into_iter().map(|(choice, _)| choice).collect()
}

impl WantedTask {
    /// The task of a graph that these words mean.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn named(graph: &GraphStore, words: &str) -> Result<Self, StoreError> {
        let mut wanted = Self { keys: vec![name_key(words)], datasets: HashSet::new() };
        let papers = PaperIndex::of(graph)?;
        for node in graph.resolve(words)?.iter().filter(|node| node.kind == NodeKind::Entity(Kind::Task)) {
            wanted.keys.push(name_key(&node.label));
            for dataset in papers.subjects(Tie::ForTask, &node.id)? {
                wanted.datasets.extend(graph.node_at(dataset)?.map(|dataset| dataset.id));
            }
        }
        Ok(wanted)
    }

    fn is(&self, statement: &BoardStatement) -> bool {
        match &statement.result.task {
            Some(task) => self.keys.contains(&name_key(task)),
            None => statement.dataset.as_ref().is_some_and(|dataset| self.datasets.contains(&dataset.id)),
        }
    }
}

impl WantedMetric {
    /// The metric of a graph that these words mean.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn named(graph: &GraphStore, words: &str) -> Result<Self, StoreError> {
        let mut nodes = graph.resolve(words)?;
        nodes.retain(|node| node.kind == NodeKind::Entity(Kind::Metric));
        Ok(Self { words: words.to_string(), nodes })
    }

    fn is(&self, statement: &BoardStatement) -> bool {
        let label = statement.metric_label();
        let same_words = metric::metric_key(label, &self.words) == metric::metric_key(label, &statement.result.metric);
        name_key(&self.words) == name_key(&statement.result.metric) || self.is_family_of(statement) && same_words
    }

    fn is_family_of(&self, statement: &BoardStatement) -> bool {
        statement.metric.as_ref().is_some_and(|node| self.nodes.iter().any(|wanted| wanted.id == node.id))
    }
}

fn key(statement: &BoardStatement) -> BoardKey {
    let result = &statement.result;
    let dataset = statement.dataset.as_ref().map_or_else(|| name_key(&result.dataset), |node| node.id.clone());
    let metric = metric::metric_key(statement.metric_label(), &result.metric);
    let task = result.task.as_deref().map(name_key).unwrap_or_default();
    (task, dataset, result.variant.as_deref().map(name_key), metric)
}

/// Results without a task join those with the same dataset, variant and metric, if these agree on a task.
fn add_to_stated_tasks<T>(groups: &mut BTreeMap<BoardKey, Vec<T>>) {
    let (without, stated): (Vec<BoardKey>, Vec<BoardKey>) = groups.keys().cloned().partition(|key| key.0.is_empty());
    // `None` if the task differs.
    let mut tasks: HashMap<_, Option<String>> = HashMap::new();
    for (task, dataset, variant, metric) in stated {
        tasks.entry((dataset, variant, metric)).and_modify(|one| *one = None).or_insert(Some(task));
    }
    for key in without {
        let (_, dataset, variant, metric) = key.clone();
        if let Some(Some(task)) = tasks.get(&(dataset, variant, metric)) {
            let moved = groups.remove(&key).unwrap_or_default();
            groups.entry((task.clone(), key.1, key.2, key.3)).or_default().extend(moved);
        }
    }
}

/// The board of these results, without its rows.
fn unfilled(store: &GraphStore, statements: &[BoardStatement]) -> Result<Board, StoreError> {
    let first_of = |part: fn(&BoardStatement) -> Option<String>| statements.iter().find_map(part);
    let dataset = statements.iter().find_map(|statement| statement.dataset.as_ref());
    let metric_node = statements.iter().find_map(|statement| statement.metric.as_ref());
    let metric = most_frequent(statements.iter().map(|statement| statement.result.metric.as_str()));
    let lower_is_better = match metric_node {
        Some(node) => read::lower_is_better(store, node)?,
        None => None,
    };
    Ok(Board {
        dataset: match dataset {
            Some(node) => node.label.clone(),
            None => most_frequent(statements.iter().map(|statement| statement.result.dataset.as_str())),
        },
        dataset_id: dataset.map(|node| node.id.clone()),
        task: first_of(|statement| statement.result.task.clone()),
        variant: first_of(|statement| statement.result.variant.clone()),
        lower_is_better: lower_is_better.or_else(|| lower_by_name(&metric)),
        metric: metric::shown_name(metric_node.map(|node| node.label.as_str()), &metric),
        metric_id: metric_node.map(|node| node.id.clone()),
        rows: Vec::new(),
    })
}

/// A board with those of these results that the query asks for.
fn filled(
    store: &GraphStore,
    mut board: Board,
    statements: Vec<BoardStatement>,
    query: &BoardQuery,
) -> Result<Board, StoreError> {
    board.rows = statements.into_iter().map(BoardStatement::into_row).collect();
    // All rows of the board decide whether it is one of percentages, whichever are asked for.
    row::bring_to_percent(&mut board.rows);
    board.rows.retain(|row| (row.own || !query.own_only) && query.selection.takes_if_paper(&row.paper));
    board.rows.sort_by(|a, b| order(a, b, board.lower_is_better == Some(true)));
    keep_best(&mut board.rows);
    if query.runnable_only || !query.without_code {
        for row in &mut board.rows {
            row.read_code(store)?;
        }
    }
    if query.runnable_only {
        board.rows.retain(|row| row.own && row.code.as_ref().is_some_and(ResultCode::is_runnable));
    }
    if !query.without_evidence {
        for row in &mut board.rows {
            row.read_evidence(store)?;
        }
    }
    Ok(board)
}

/// The best result first; among equals a paper's own first, then the oldest, which had the value first.
fn order(a: &BoardRow, b: &BoardRow, lower: bool) -> Ordering {
    let rank = |row: &BoardRow| row.number.map_or(f64::NEG_INFINITY, |n| if lower { -n } else { n });
    let known = |date: Option<PartialDate>| (date.is_none(), date);
    rank(b)
        .total_cmp(&rank(a))
        .then(b.own.cmp(&a.own))
        .then_with(|| known(a.paper.date).cmp(&known(b.paper.date)))
        .then_with(|| a.paper.id.cmp(&b.paper.id))
        .then_with(|| a.system.cmp(&b.system))
}

/// From sorted rows: the best of a paper's own, the best that a paper states for a system of others, and each figure of
/// these once, with the number of papers that repeat it. A result of a paper's own system is not a repetition of what
/// others state.
fn keep_best(rows: &mut Vec<BoardRow>) {
    let mut own: HashMap<String, usize> = HashMap::new();
    let mut cited: HashMap<(String, String), usize> = HashMap::new();
    let mut cited_by: HashMap<(String, String), usize> = HashMap::new();
    let mut kept: Vec<BoardRow> = Vec::new();
    for row in std::mem::take(rows) {
        let system = row.system.as_deref().map(name_key).unwrap_or_default();
        let same = match row.own {
            true => own.get(&row.paper.id),
            // A paper that prints several runs of another's system states its best.
            false if !system.is_empty() => cited
                .get(&(system.clone(), row.figure()))
                .or_else(|| cited_by.get(&(system.clone(), row.paper.id.clone()))),
            false => cited.get(&(system.clone(), row.figure())),
        };
        if let Some(at) = same {
            // For a system of others: how many papers repeat the figure, not how often one paper prints it.
            kept[*at].repeated += usize::from(row.own || row.paper.id != kept[*at].paper.id);
            continue;
        }
        match row.own {
            true => own.insert(row.paper.id.clone(), kept.len()),
            false => {
                cited_by.entry((system.clone(), row.paper.id.clone())).or_insert(kept.len());
                cited.insert((system, row.figure()), kept.len())
            }
        };
        kept.push(row);
    }
    *rows = kept;
}

fn most_frequent<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    names.for_each(|name| *counts.entry(name).or_default() += 1);
    counts.into_iter().max_by_key(|(_, times)| *times).map(|(name, _)| name.to_string()).unwrap_or_default()
}

/// The direction that the name of a metric shows, if the vocabulary does not know the metric.
fn lower_by_name(metric: &str) -> Option<bool> {
    const LOWER: [&str; 8] = ["error", "perplexity", "loss", "distance", "latency", "rmse", "mae", "time"];
    let lower = metric.to_lowercase();
    LOWER.iter().any(|word| lower.contains(word)).then_some(true)
}

impl Board {
    /// Number of papers that have a row.
    pub fn papers(&self) -> usize {
        let mut papers: Vec<&str> = self.rows.iter().map(|row| row.paper.id.as_str()).collect();
        papers.sort_unstable();
        papers.dedup();
        papers.len()
    }

    /// `English, 5-shot`, or a text that it is not stated.
    pub fn variant_words(&self) -> &str {
        self.variant.as_deref().unwrap_or("variant not stated")
    }

    /// In words, which values lead: `higher is better`.
    pub fn direction(&self) -> &'static str {
        match self.lower_is_better {
            Some(true) => "lower is better",
            Some(false) => "higher is better",
            None => "highest first",
        }
    }

    /// The results that led at some time: the dated rows that were better than all before them, the oldest first. Among
    /// rows of one day the best counts.
    pub fn history(&self) -> Vec<&BoardRow> {
        let lower = self.lower_is_better == Some(true);
        let mut dated: Vec<&BoardRow> =
            self.rows.iter().filter(|row| row.number.is_some() && row.since().is_some()).collect();
        dated.sort_by(|a, b| a.since().cmp(&b.since()).then_with(|| order(a, b, lower)));
        let mut best = f64::NEG_INFINITY;
        dated.retain(|row| {
            let rank = row.number.map_or(f64::NEG_INFINITY, |n| if lower { -n } else { n });
            let leads = rank > best;
            best = best.max(rank);
            leads
        });
        dated
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Node;
    use crate::ontology::NodeKind;

    fn row(paper: &str, date: &str, system: &str, value: &str, own: bool) -> BoardRow {
        let node =
            Node { date: date.parse().ok(), ..Node::new(NodeKind::Paper, format!("paper/{paper}"), String::new()) };
        BoardRow { system: Some(system.to_string()), own, ..BoardRow::new(node, value.to_string()) }
    }

    fn shown(rows: &[BoardRow]) -> Vec<String> {
        rows.iter().map(|row| format!("{} {}", row.system.clone().unwrap_or_default(), row.value)).collect()
    }

    #[test]
    fn the_best_of_a_paper_is_kept_and_a_cited_figure_is_there_once() {
        let mut rows = vec![
            row("a", "2020", "A", "81.0", true),
            row("a", "2020", "A small", "79.0", true),
            row("b", "2021", "B", "85.0", true),
            row("b", "2021", "Old", "70.0", false),
            row("c", "2022", "old", "70.0", false),
            row("b", "2021", "Old", "69.5", false),
        ];
        rows.sort_by(|a, b| order(a, b, false));
        keep_best(&mut rows);
        assert_eq!(shown(&rows), ["B 85.0", "A 81.0", "Old 70.0"]);
        assert_eq!(rows[2].repeated, 1);
        rows.sort_by(|a, b| order(a, b, true));
        assert_eq!(shown(&rows), ["Old 70.0", "A 81.0", "B 85.0"]);
    }

    #[test]
    fn results_without_a_task_join_the_only_task_of_the_same_measure() {
        let key = |task: &str, dataset: &str| (task.to_string(), dataset.to_string(), None, "accuracy".to_string());
        let mut groups = BTreeMap::from([
            (key("", "one"), vec![1]),
            (key("parsing", "one"), vec![2]),
            (key("", "two"), vec![3]),
            (key("parsing", "two"), vec![4]),
            (key("tagging", "two"), vec![5]),
            (key("", "none"), vec![6]),
        ]);
        add_to_stated_tasks(&mut groups);
        let joined = BTreeMap::from([
            (key("parsing", "one"), vec![2, 1]),
            (key("", "two"), vec![3]),
            (key("parsing", "two"), vec![4]),
            (key("tagging", "two"), vec![5]),
            (key("", "none"), vec![6]),
        ]);
        assert_eq!(groups, joined);
    }

    #[test]
    fn history_has_those_who_took_the_lead() {
        let rows = vec![
            row("c", "2022", "C", "90.0", true),
            row("b", "2021", "B", "80.0", true),
            row("a", "2020", "A", "85.0", true),
            row("x", "", "X", "99.0", true),
        ];
        let board = Board {
            dataset: "D".into(),
            dataset_id: None,
            task: None,
            variant: None,
            metric: "accuracy".into(),
            metric_id: None,
            lower_is_better: Some(false),
            rows,
        };
        let history: Vec<String> = board.history().iter().map(|row| row.value.clone()).collect();
        assert_eq!(history, ["85.0", "90.0"]);
    }
}
