//! Boards: which results can be compared, and how papers and systems rank on them.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::Sheet;
use crate::graph::{Board, BoardQuery, BoardRow, GroupedResults, Leaderboard, ResultCode, ResultSource, board_order};
use crate::ontology::name_key;
use crate::paper::PartialDate;
use crate::store::{GraphStore, NodeRef, StoreError};

/// The boards of a dataset, or of the graph.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BoardList {
    /// The dataset that was asked for.
    pub dataset: Option<BoardDataset>,
    /// The board with the most papers first.
    pub boards: Vec<BoardAnswer>,
}

/// The dataset of a board.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct BoardDataset {
    /// `None` if the graph has only its name.
    pub id: Option<String>,
    /// Name of the dataset.
    pub name: String,
}

/// A board.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BoardAnswer {
    /// The dataset of the board.
    pub dataset: BoardDataset,
    /// Name of the task, if it is known.
    pub task: Option<String>,
    /// Split, shots, resolution and so on, if they are stated.
    pub variant: Option<String>,
    /// Name of the metric.
    pub metric: String,
    /// Id of the metric's node, if it is an entity.
    pub metric_id: Option<String>,
    /// `higher` or `lower`; `None` if neither the vocabulary nor the name says.
    pub better: Option<&'static str>,
    /// Number of papers that have a row.
    pub papers: usize,
    /// The best first.
    pub rows: Vec<ResultAnswer>,
    /// The dated rows that were better than all before them, the oldest first.
    pub history: Vec<ResultAnswer>,
}

/// A row of a board.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ResultAnswer {
    /// As written: `69.48`, `81.2%`.
    pub value: String,
    /// The value as a number; as a percentage where the board has percentages.
    pub number: Option<f64>,
    /// The deviation as it is written, if there is one.
    pub deviation: Option<String>,
    /// Name of the system, if it is stated.
    pub system: Option<String>,
    /// Whether it is the paper's own system.
    pub own: bool,
    /// Id of the paper that says it.
    pub paper: String,
    /// Title of the paper.
    pub title: String,
    /// Publication date, as exact as it is known.
    pub date: Option<PartialDate>,
    /// `Table 2, row 5`, `abstract`, `file:line`
    pub place: String,
    /// The sentence that says it.
    pub evidence: Option<String>,
    /// The sources that state it, as `file:line`.
    pub stated_by: Vec<String>,
    /// How sure it is that a table says it, 0 to 1.
    pub confidence: Option<f32>,
    /// Number of further rows that were merged into it.
    pub repeated: usize,
    /// The code of the paper, if it links to any.
    pub code: Option<CodeAnswer>,
}

/// The code of a row's paper.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CodeAnswer {
    /// Web address.
    pub url: String,
    /// Whether the paper itself or a source says that it is the authors'.
    pub official: bool,
    /// Whether several checks found it missing.
    pub dead: bool,
    /// What the latest check found; `None` if there was none.
    pub verdict: Option<String>,
    /// Whether it is official and was alive at the latest check.
    pub runnable: bool,
}

impl BoardList {
    pub(crate) fn of(dataset: Option<&NodeRef>, found: &Leaderboard) -> Self {
        let dataset = dataset.map(|dataset| BoardDataset { id: Some(dataset.id.clone()), name: dataset.label.clone() });
        Self { dataset, boards: found.boards.iter().map(BoardAnswer::from).collect() }
    }
}

impl From<&Board> for BoardAnswer {
    fn from(board: &Board) -> Self {
        Self {
            dataset: dataset_of(board),
            task: board.task.clone(),
            variant: board.variant.clone(),
            metric: board.metric.clone(),
            metric_id: board.metric_id.clone(),
            better: better(board),
            papers: board.papers(),
            rows: board.rows.iter().map(ResultAnswer::from).collect(),
            history: board.history().into_iter().map(ResultAnswer::from).collect(),
        }
    }
}

fn dataset_of(board: &Board) -> BoardDataset {
    BoardDataset { id: board.dataset_id.clone(), name: board.dataset.clone() }
}

fn better(board: &Board) -> Option<&'static str> {
    board.lower_is_better.map(|lower| if lower { "lower" } else { "higher" })
}

impl From<&BoardRow> for ResultAnswer {
    fn from(row: &BoardRow) -> Self {
        Self {
            value: row.value.clone(),
            number: row.number,
            deviation: row.deviation.clone(),
            system: row.system.clone(),
            own: row.own,
            paper: row.paper.id.clone(),
            title: row.paper.label.clone(),
            date: row.paper.date,
            place: row.place(),
            evidence: row.sentence().map(str::to_string),
            stated_by: match &row.source {
                ResultSource::Stated(sources) => sources.clone(),
                ResultSource::Sentence { .. } | ResultSource::Table(_) => Vec::new(),
            },
            confidence: row.confidence,
            repeated: row.repeated,
            code: row.code.as_ref().map(CodeAnswer::from),
        }
    }
}

impl From<&ResultCode> for CodeAnswer {
    fn from(code: &ResultCode) -> Self {
        Self {
            url: code.url.clone(),
            official: code.is_official,
            dead: code.is_dead,
            verdict: code.verdict.map(|verdict| verdict.to_string()),
            runnable: code.is_runnable(),
        }
    }
}

/// One row for each board.
pub fn board_sheet(boards: &[Board]) -> Sheet {
    let mut sheet = Sheet::new(["dataset", "task", "variant", "metric", "papers", "best", "system", "date"]);
    for board in boards {
        let best = board.rows.first();
        sheet.row([
            board.dataset.clone(),
            board.task.clone().unwrap_or_default(),
            board.variant.clone().unwrap_or_default(),
            board.metric.clone(),
            board.papers().to_string(),
            best.map(|row| row.value.clone()).unwrap_or_default(),
            best.and_then(|row| row.system.clone()).unwrap_or_default(),
            best.and_then(|row| row.paper.date).map(|date| date.to_string()).unwrap_or_default(),
        ]);
    }
    sheet
}

/// One row for each result of these boards.
pub fn result_sheet(boards: &[Board]) -> Sheet {
    let mut sheet = Sheet::new([
        "task",
        "variant",
        "metric",
        "better",
        "rank",
        "value",
        "deviation",
        "system",
        "own",
        "paper",
        "title",
        "date",
        "said_in",
        "evidence",
        "code",
        "code_state",
        "confidence",
    ]);
    for board in boards {
        for (rank, row) in (1..).zip(&board.rows) {
            sheet.row([
                board.task.clone().unwrap_or_default(),
                board.variant.clone().unwrap_or_default(),
                board.metric.clone(),
                better(board).unwrap_or_default().to_string(),
                usize::to_string(&rank),
                row.value.clone(),
                row.deviation.clone().unwrap_or_default(),
                row.system.clone().unwrap_or_default(),
                row.own.to_string(),
                row.paper.id.clone(),
                row.paper.label.clone(),
                row.paper.date.map(|date| date.to_string()).unwrap_or_default(),
                row.place(),
                row.sentence().unwrap_or_default().to_string(),
                row.code.as_ref().map(|code| code.url.clone()).unwrap_or_default(),
                row.code.as_ref().map(ResultCode::state).unwrap_or_default(),
                row.confidence.map(|confidence| confidence.to_string()).unwrap_or_default(),
            ]);
        }
    }
    sheet
}

/// All boards of a graph without their rows, and how papers and systems rank on them. Made once for a generation.
#[derive(Debug, Clone, Default)]
pub struct BoardIndex {
    /// The board with the most papers first.
    pub boards: Vec<BoardSummary>,
    /// The results behind the boards.
    results: GroupedResults,
    /// The ranks of the own systems of a paper, by its id.
    of_paper: HashMap<String, Vec<Standing>>,
    /// The ranks of a system, by the key of its name.
    of_system: HashMap<String, Vec<Standing>>,
}

/// A board without its rows.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BoardSummary {
    /// The dataset of the board.
    pub dataset: BoardDataset,
    /// Name of the task, if it is known.
    pub task: Option<String>,
    /// Split, shots, resolution and so on, if they are stated.
    pub variant: Option<String>,
    /// Name of the metric.
    pub metric: String,
    /// Id of the metric's node, if it is an entity.
    pub metric_id: Option<String>,
    /// `higher` or `lower`; `None` if neither the vocabulary nor the name says.
    pub better: Option<&'static str>,
    /// Number of papers that have a row.
    pub papers: usize,
    /// Number of rows.
    pub results: usize,
    /// The leading result, if the direction of the metric is known.
    pub best: Option<BestResult>,
    /// Its group of results.
    #[serde(skip)]
    group: usize,
}

/// The first row of a board.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BestResult {
    /// The value as it is written: `47.3`.
    pub value: String,
    /// Name of the system, if it is stated.
    pub system: Option<String>,
    /// Whether it is the paper's own system.
    pub own: bool,
    /// Id of the paper.
    pub paper: String,
    /// Title of the paper.
    pub title: String,
    /// Publication date, as exact as it is known.
    pub date: Option<PartialDate>,
}

/// The rank of a paper or system on a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Position of the board in [`BoardIndex::boards`].
    pub board: usize,
    /// From 1.
    pub rank: usize,
    /// The value as it is written: `47.3`.
    pub value: String,
    /// Name of the system, if it is stated.
    pub system: Option<String>,
    /// Id of the paper that says it.
    pub paper: String,
}

impl BoardIndex {
    /// Reads all results of the graph.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn ask(store: &GraphStore) -> Result<Self, StoreError> {
        let results = GroupedResults::read(store)?;
        let query = BoardQuery { without_evidence: true, ..BoardQuery::default() };
        let mut found = Vec::new();
        for group in results.numbers() {
            let board = results.board(store, group, &query)?;
            let summary = BoardSummary::of(&board, group);
            found.extend(summary.best.is_some().then_some((summary, board)));
        }
        found.sort_by_cached_key(|(_, board)| board_order(board));
        let mut index = Self { results, ..Self::default() };
        for (at, (summary, board)) in found.into_iter().enumerate() {
            index.boards.push(summary);
            for (rank, row) in (1..).zip(&board.rows) {
                let standing = Standing {
                    board: at,
                    rank,
                    value: row.value.clone(),
                    system: row.system.clone(),
                    paper: row.paper.id.clone(),
                };
                if let Some(system) = &row.system {
                    index.of_system.entry(name_key(system)).or_default().push(standing.clone());
                }
                if row.own {
                    index.of_paper.entry(row.paper.id.clone()).or_default().push(standing);
                }
            }
        }
        Ok(index)
    }

    /// Boards with the rows that the query asks for, those with the most papers first. Boards without such rows are left
    /// out. Only these boards are made.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn with_rows<'i>(
        &'i self,
        store: &GraphStore,
        boards: impl IntoIterator<Item = &'i BoardSummary>,
        query: &BoardQuery,
    ) -> Result<Vec<Board>, StoreError> {
        let mut found = Vec::new();
        for summary in boards {
            let board = self.results.board(store, summary.group, query)?;
            found.extend((!board.rows.is_empty()).then_some(board));
        }
        found.sort_by_cached_key(board_order);
        Ok(found)
    }

    /// The boards on a dataset, by its id.
    pub fn on_dataset<'i>(&'i self, id: &'i str) -> impl Iterator<Item = &'i BoardSummary> {
        self.boards.iter().filter(move |board| board.dataset.id.as_deref() == Some(id))
    }

    /// The boards in a metric, by its id.
    pub fn in_metric<'i>(&'i self, id: &'i str) -> impl Iterator<Item = &'i BoardSummary> {
        self.boards.iter().filter(move |board| board.metric_id.as_deref() == Some(id))
    }

    /// The boards of a task, by any of its names.
    pub fn of_task(&self, names: &[String]) -> Vec<&BoardSummary> {
        let keys: Vec<String> = names.iter().map(|name| name_key(name)).collect();
        let is_of = |board: &&BoardSummary| board.task.as_ref().is_some_and(|task| keys.contains(&name_key(task)));
        self.boards.iter().filter(is_of).collect()
    }

    /// The ranks of a paper's own systems, the largest board first.
    pub fn of_paper(&self, id: &str) -> &[Standing] {
        self.of_paper.get(id).map_or(&[], Vec::as_slice)
    }

    /// The best rank on each board of a system with one of these names, the largest board first.
    pub fn of_system(&self, names: &[String]) -> Vec<&Standing> {
        let mut keys: Vec<String> = names.iter().map(|name| name_key(name)).collect();
        keys.sort();
        keys.dedup();
        let mut found: Vec<&Standing> = keys.iter().filter_map(|key| self.of_system.get(key)).flatten().collect();
        found.sort_by_key(|standing| (standing.board, standing.rank));
        found.dedup_by_key(|standing| standing.board);
        found
    }

    /// The board of a rank.
    pub fn board(&self, standing: &Standing) -> Option<&BoardSummary> {
        self.boards.get(standing.board)
    }
}

impl BoardSummary {
    fn of(board: &Board, group: usize) -> Self {
        Self {
            group,
            dataset: dataset_of(board),
            task: board.task.clone(),
            variant: board.variant.clone(),
            metric: board.metric.clone(),
            metric_id: board.metric_id.clone(),
            better: better(board),
            papers: board.papers(),
            results: board.rows.len(),
            best: board.rows.first().map(|row| BestResult {
                value: row.value.clone(),
                system: row.system.clone(),
                own: row.own,
                paper: row.paper.id.clone(),
                title: row.paper.label.clone(),
                date: row.paper.date,
            }),
        }
    }
}
