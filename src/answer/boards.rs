//! Boards: which results can be compared, and how papers and systems rank on them.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use super::Sheet;
use crate::graph::{
    Board, BoardFile, BoardQuery, BoardRow, BoardStanding, EmptyingFilter, FoundBoards, ListedBoard, ResultCode,
    ResultSource, board_order, leaderboard,
};
use crate::index::ReadAmount;
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
    /// Number of results that are left out because their confidence is below `--min-confidence`.
    pub less_sure: usize,
}

/// The dataset of a board.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct BoardDataset {
    /// `None` if the graph has only its name.
    pub id: Option<String>,
    /// Name of the dataset.
    pub name: String,
}

/// What a board compares, and how many results it has.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BoardFacts {
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
    /// Number of rows of the board.
    pub results: usize,
}

/// A board.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BoardAnswer {
    /// What it compares, and how many results it has.
    #[serde(flatten)]
    pub facts: BoardFacts,
    /// The best first. In a list of the boards of all datasets, only the best, without its sentence and its sources.
    pub rows: Vec<ResultAnswer>,
    /// The dated rows that were better than all before them, the oldest first. Empty in a list of the boards of all
    /// datasets.
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
    /// Id of the paper that states it.
    pub paper: String,
    /// Title of the paper.
    pub title: String,
    /// Publication date, as exact as it is known.
    pub date: Option<PartialDate>,
    /// `Table 2, row 5`, `abstract`, `file:line`
    pub place: String,
    /// The sentence that states it.
    pub evidence: Option<String>,
    /// The sources that state it, as `file:line`.
    pub stated_by: Vec<String>,
    /// Confidence that a table states it, 0 to 1.
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
    /// Whether the paper or a source says that it is the authors' own.
    pub official: bool,
    /// Whether several checks found it missing.
    pub dead: bool,
    /// What the latest check found; `None` if there was none.
    pub verdict: Option<String>,
    /// Whether it is official and was alive at the latest check.
    pub runnable: bool,
}

impl BoardList {
    pub(crate) fn of(dataset: Option<&NodeRef>, found: &FoundBoards) -> Self {
        let dataset = dataset.map(|dataset| BoardDataset { id: Some(dataset.id.clone()), name: dataset.label.clone() });
        Self { dataset, boards: found.boards.iter().map(BoardAnswer::from).collect(), less_sure: found.less_sure }
    }

    /// The boards of all datasets, each with its best row.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn of_all<'b>(
        store: &GraphStore,
        boards: impl IntoIterator<Item = &'b BoardSummary>,
        less_sure: usize,
    ) -> Result<Self, StoreError> {
        let mut list = Self { dataset: None, boards: Vec::new(), less_sure };
        for board in boards {
            let mut best = board.best.clone();
            best.read_code(store)?;
            let (facts, rows) = (board.facts.clone(), vec![ResultAnswer::from(&best)]);
            list.boards.push(BoardAnswer { facts, rows, history: Vec::new() });
        }
        Ok(list)
    }
}

impl From<&Board> for BoardAnswer {
    fn from(board: &Board) -> Self {
        Self {
            facts: BoardFacts::from(board),
            rows: board.rows.iter().map(ResultAnswer::from).collect(),
            history: board.history().into_iter().map(ResultAnswer::from).collect(),
        }
    }
}

impl From<&Board> for BoardFacts {
    fn from(board: &Board) -> Self {
        Self {
            dataset: BoardDataset { id: board.dataset_id.clone(), name: board.dataset.clone() },
            task: board.task.clone(),
            variant: board.variant.clone(),
            metric: board.metric.clone(),
            metric_id: board.metric_id.clone(),
            better: better(board),
            papers: board.papers(),
            results: board.rows.len(),
        }
    }
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
pub fn board_sheet<'b>(boards: impl IntoIterator<Item = &'b BoardSummary>) -> Sheet {
    let mut sheet = Sheet::new(["dataset", "task", "variant", "metric", "papers", "best", "system", "date"]);
    for BoardSummary { facts, best, .. } in boards {
        sheet.row([
            facts.dataset.name.clone(),
            facts.task.clone().unwrap_or_default(),
            facts.variant.clone().unwrap_or_default(),
            facts.metric.clone(),
            facts.papers.to_string(),
            best.value.clone(),
            best.system.clone().unwrap_or_default(),
            best.paper.date.map(|date| date.to_string()).unwrap_or_default(),
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

/// All boards of a graph without their rows, and how papers and systems rank on them.
#[derive(Debug)]
pub struct BoardIndex {
    /// The board with the most papers first.
    pub boards: Vec<BoardSummary>,
    /// The results behind the boards.
    file: BoardFile,
}

/// The tasks that the datasets of boards are made for. Most papers state a result without its task.
#[derive(Debug)]
pub(crate) struct DatasetTasks(HashMap<String, Vec<NodeRef>>);

impl DatasetTasks {
    /// Reads the tasks of every dataset that has a board.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn of(store: &GraphStore, index: &BoardIndex) -> Result<Self, StoreError> {
        let mut tasks: HashMap<String, Vec<NodeRef>> = HashMap::new();
        for id in index.boards.iter().filter_map(|board| board.facts.dataset.id.as_ref()) {
            if tasks.contains_key(id) {
                continue;
            }
            let mut of_dataset = Vec::new();
            for task in store.objects(&store.base().node(id), store.ontology().kg.for_task.as_ref())? {
                of_dataset.extend(store.node(&task)?);
            }
            of_dataset.sort_by(|a, b| a.label.cmp(&b.label));
            tasks.insert(id.clone(), of_dataset);
        }
        Ok(Self(tasks))
    }

    /// The tasks of a board's dataset, if the board states none itself.
    pub(crate) fn instead_of(&self, board: &BoardSummary) -> &[NodeRef] {
        match (&board.facts.task, &board.facts.dataset.id) {
            (None, Some(id)) => self.0.get(id).map_or(&[], Vec::as_slice),
            _ => &[],
        }
    }
}

/// A board with only its first row.
#[derive(Debug, Clone)]
pub struct BoardSummary {
    /// What it compares, and how many results it has.
    pub facts: BoardFacts,
    /// The first row, without its sentence, sources and code.
    pub best: BoardRow,
    /// Its position in the file of boards.
    position: usize,
}

impl BoardIndex {
    /// Reads the list of boards. It is made first if the graph has none.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn open(store: &GraphStore) -> Result<Self, StoreError> {
        let file = BoardFile::open(store)?;
        Ok(Self { boards: summaries(&file, store, 0..file.len())?, file })
    }

    /// Boards with the rows that the query asks for, those with the most papers first. Boards without such rows are
    /// left out. Only these boards are made.
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
            found.extend(self.file.board(store, summary.position, query)?.filter(|board| !board.rows.is_empty()));
        }
        found.sort_by_cached_key(board_order);
        Ok(found)
    }

    /// Number of results that are not sure enough for a board.
    pub(crate) fn less_sure(&self) -> usize {
        self.file.less_sure()
    }

    /// Number of results on the dataset with this id that are not sure enough for a board.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn less_sure_on(&self, store: &GraphStore, id: &str) -> Result<usize, StoreError> {
        self.file.less_sure_on(store, id)
    }

    /// The boards on a dataset, by its id.
    pub fn on_dataset<'i>(&'i self, id: &'i str) -> impl Iterator<Item = &'i BoardSummary> {
        self.boards.iter().filter(move |board| board.facts.dataset.id.as_deref() == Some(id))
    }

    /// The boards in a metric, by its id.
    pub fn in_metric<'i>(&'i self, id: &'i str) -> impl Iterator<Item = &'i BoardSummary> {
        self.boards.iter().filter(move |board| board.facts.metric_id.as_deref() == Some(id))
    }

    /// The boards of a task, by any of its names.
    pub fn of_task(&self, names: &[String]) -> Vec<&BoardSummary> {
        let keys: Vec<String> = names.iter().map(|name| name_key(name)).collect();
        let is_of =
            |board: &&BoardSummary| board.facts.task.as_ref().is_some_and(|task| keys.contains(&name_key(task)));
        self.boards.iter().filter(is_of).collect()
    }

    /// The ranks of a paper's own systems, the largest board first.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn of_paper(&self, store: &GraphStore, id: &str) -> Result<Vec<BoardStanding>, StoreError> {
        self.file.of_paper(store, id)
    }

    /// The best rank on each board of a system with one of these names, the largest board first.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn of_system(&self, store: &GraphStore, names: &[String]) -> Result<Vec<BoardStanding>, StoreError> {
        let mut keys: Vec<String> = names.iter().map(|name| name_key(name)).collect();
        keys.sort();
        keys.dedup();
        let mut found = Vec::new();
        for key in keys {
            found.extend(self.file.of_system(store, &key)?);
        }
        found.sort_by_key(|standing| (standing.board, standing.rank));
        found.dedup_by_key(|standing| standing.board);
        Ok(found)
    }

    /// The board of a rank.
    pub fn board(&self, standing: &BoardStanding) -> Option<&BoardSummary> {
        self.boards.get(standing.board)
    }
}

/// Makes the list of boards of the graph at `path`, unless it has one.
///
/// # Errors
/// If the graph cannot be read.
pub(crate) fn make_boards(path: &Path) -> Result<(), StoreError> {
    BoardFile::open(&GraphStore::open_index(path, ReadAmount::Much)?).map(|_| ())
}

/// Boards of all datasets.
pub(crate) struct ListedBoards {
    /// Those that were asked for, each with its first row.
    pub boards: Vec<BoardSummary>,
    /// Number of boards in all.
    pub total: usize,
    /// The filter that left no board, if there is one.
    pub emptied_by: Option<EmptyingFilter>,
    /// Number of results that are not sure enough.
    pub less_sure: usize,
}

/// Boards of all datasets that the query asks for: those at these positions, the board with the most papers first.
///
/// # Errors
/// If the graph cannot be read.
pub(crate) fn listed_boards(
    store: &GraphStore,
    query: &BoardQuery,
    range: Range<usize>,
) -> Result<ListedBoards, StoreError> {
    if query.is_all() {
        let file = BoardFile::open(store)?;
        let boards = summaries(&file, store, range)?;
        return Ok(ListedBoards { boards, total: file.len(), emptied_by: None, less_sure: file.less_sure() });
    }
    let query = BoardQuery { without_evidence: true, without_code: true, ..query.clone() };
    let found = leaderboard(store, &query)?;
    let total = found.boards.len();
    let asked = found.boards.iter().skip(range.start).take(range.len());
    let boards = asked.filter_map(BoardSummary::of).collect();
    Ok(ListedBoards { boards, total, emptied_by: found.emptied_by, less_sure: found.less_sure })
}

/// The boards at these positions of the file's list.
fn summaries(file: &BoardFile, store: &GraphStore, range: Range<usize>) -> Result<Vec<BoardSummary>, StoreError> {
    let places = range.start..;
    Ok(places.zip(file.boards(store, range)?).map(|(place, board)| BoardSummary::listed(&board, place)).collect())
}

impl BoardSummary {
    /// A board that is in no file; `None` if it has no row.
    pub(crate) fn of(board: &Board) -> Option<Self> {
        Some(Self { facts: BoardFacts::from(board), best: board.rows.first()?.clone(), position: usize::MAX })
    }

    fn listed(board: &ListedBoard, position: usize) -> Self {
        // The file has no rows but the first, so it has their number.
        let ListedBoard { papers, rows: results, .. } = *board;
        let facts = BoardFacts { papers, results, ..BoardFacts::from(&board.unfilled()) };
        Self { facts, best: board.best(), position }
    }
}
