use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{BoardSummary, ListedBoards, NodeName, listed_boards};
use crate::graph::{
    BoardQuery, BoardRow, EmptyingFilter, ResultSource, Selection, WantedMetric, WantedTask, leaderboard,
};
use crate::mcp::arguments::least_confidence;
use crate::mcp::failure::ToolFailure;
use crate::mcp::node;
use crate::mcp::tool::{Tool, ToolFindings, ToolRequest, share};
use crate::ontology::NodeKind;
use crate::paper::PartialDate;
use crate::store::GraphStore;
use crate::text::{counted, counted_as};
use crate::vocabulary::Kind;

pub(super) struct LeaderboardTool;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LeaderboardArguments {
    /// Name, alias or id of a dataset. Without one, the first row of each board of the graph is listed.
    dataset: Option<String>,
    /// Only results of this task, and those without a stated task on datasets that are made for it: a name or id.
    task: Option<String>,
    /// Only results in this metric: a name, alias or id.
    metric: Option<String>,
    /// Only boards whose variant (split, language, shots, part of the dataset) has these words; none for results
    /// without a variant.
    variant: Option<String>,
    /// Only what papers say of their own systems.
    #[serde(default)]
    own: bool,
    /// Only rows whose code is official and was alive at the last check.
    #[serde(default)]
    runnable: bool,
    /// Only who took the lead when, the oldest first.
    #[serde(default)]
    history: bool,
    /// Leaves out results of tables with a lower confidence, 0 to 1; 0.7 by default. About half of the results from 0.7
    /// on are right, and one in three of all results.
    min_confidence: Option<f32>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct LeaderboardHead {
    dataset: Option<NodeName>,
    /// Number of boards. Results of different boards cannot be compared.
    boards: usize,
    /// What the emptying filter could have asked for, if nothing is left: tasks, metrics, variants or years.
    choices: Vec<String>,
}

/// One result.
#[derive(Serialize, JsonSchema)]
pub(super) struct BoardResultRow {
    /// The number of the board, from 1. Rows of one board can be compared.
    board: usize,
    /// Its place on the board, from 1.
    rank: usize,
    dataset: String,
    dataset_id: Option<String>,
    task: Option<String>,
    /// Null if it is not stated.
    variant: Option<String>,
    metric: String,
    metric_id: Option<String>,
    /// higher or lower; null if it is not known which is better.
    better: Option<&'static str>,
    /// As written.
    value: String,
    /// The figure; a percentage where the board has percentages.
    number: Option<f64>,
    system: Option<String>,
    /// Whether the paper says it of its own system; if false, it cites another's.
    own: bool,
    /// Id of the paper that says it.
    paper: String,
    title: String,
    date: Option<PartialDate>,
    /// The sentence that says it.
    evidence: Option<String>,
    /// Where it is said: abstract, `Table 2, row 5`, or the file and line of a source.
    place: String,
    /// How sure it is that a table says it, 0 to 1.
    confidence: Option<f64>,
    /// The paper's code and its state: `https://… (official, alive)`.
    code: Option<String>,
}

/// Number of choices to list if nothing is left.
const CHOICES: usize = 12;

impl Tool for LeaderboardTool {
    const NAME: &'static str = "leaderboard";
    const TITLE: &'static str = "Compare results on a dataset";
    const CHOOSES_PAPERS: bool = true;
    const DESCRIPTION: &'static str = "\
The results that papers and their sources state on a dataset, in boards of one task, variant and metric, the best first, each \
with the sentence, or the table and row, that says it, and the state of the paper's code. The results are not verified: quote \
the evidence. With runnable only what has working official code; with history the results that led at some time. Without a dataset, the \
boards that the graph has, or with task those of a task.";
    type Input = LeaderboardArguments;
    type Head = LeaderboardHead;
    type Row = BoardResultRow;

    fn answer(
        asked: &ToolRequest<'_>,
        input: LeaderboardArguments,
    ) -> Result<ToolFindings<LeaderboardHead, BoardResultRow>, ToolFailure> {
        let graph = asked.graph;
        let mut notes = Vec::new();
        let dataset = match &input.dataset {
            Some(name) => Some(node::find_of_kind(graph, name, NodeKind::Entity(Kind::Dataset), &mut notes)?),
            None => None,
        };
        let metric = input.metric.as_deref().map(|words| WantedMetric::named(graph, words)).transpose()?;
        let query = BoardQuery {
            dataset: dataset.clone(),
            task: input.task.as_deref().map(|words| WantedTask::named(graph, words)).transpose()?,
            metric,
            variant: input.variant,
            own_only: input.own,
            runnable_only: input.runnable,
            selection: Selection {
                min_confidence: least_confidence(input.min_confidence)?,
                ..asked.papers.selection(graph, &mut notes)?
            },
            without_evidence: true,
            without_code: true,
        };
        let FoundRows { boards, total, rows, emptied_by, less_sure } = match &dataset {
            Some(_) => of_dataset(asked, &query, input.history)?,
            None => first_rows(asked, &query)?,
        };
        if less_sure > 0 {
            notes.push(counted_as(
                less_sure,
                "result with a confidence below `min_confidence` is left out",
                "results with a confidence below `min_confidence` are left out",
            ));
        }
        let mut choices = Vec::new();
        if boards == 0 {
            notes.push(match &emptied_by {
                None => "no paper and no source of this graph states such a result".to_string(),
                // Some filters have no choices, and no result may state a task.
                Some(emptied) if emptied.choices.is_empty() => {
                    format!("the filters leave none of {}", counted(emptied.results, "result"))
                }
                Some(emptied) => {
                    format!("the filters leave none of {}; see `choices`", counted(emptied.results, "result"))
                }
            });
            choices.extend(emptied_by.into_iter().flat_map(|emptied| emptied.choices).take(CHOICES));
        }
        let head = LeaderboardHead { dataset: dataset.as_ref().map(NodeName::from), boards, choices };
        Ok(ToolFindings { head, rows, total: Some(total), notes })
    }
}

/// The rows that were found.
struct FoundRows {
    /// Number of boards.
    boards: usize,
    /// Number of rows in all.
    total: usize,
    /// The wanted rows.
    rows: Vec<BoardResultRow>,
    /// The filter that left no row, if there is one.
    emptied_by: Option<EmptyingFilter>,
    /// Number of results that are not sure enough.
    less_sure: usize,
}

/// The rows of the boards of a dataset.
fn of_dataset(asked: &ToolRequest<'_>, query: &BoardQuery, history: bool) -> Result<FoundRows, ToolFailure> {
    let found = leaderboard(asked.graph, query)?;
    let summaries: Vec<BoardSummary> = found.boards.iter().filter_map(BoardSummary::of).collect();
    let mut all: Vec<(usize, usize, &BoardSummary, &BoardRow)> = Vec::new();
    for (number, (summary, board)) in (1..).zip(summaries.iter().zip(&found.boards)) {
        let rows: Vec<&BoardRow> = if history { board.history() } else { board.rows.iter().collect() };
        all.extend((1..).zip(rows).map(|(rank, row)| (number, rank, summary, row)));
    }
    let total = all.len();
    let mut rows = Vec::new();
    for (number, rank, board, row) in asked.window(all) {
        rows.push(shown(asked.graph, number, rank, board, row.clone())?);
    }
    let (emptied_by, less_sure) = (found.emptied_by, found.less_sure);
    Ok(FoundRows { boards: summaries.len(), total, rows, emptied_by, less_sure })
}

/// The first row of each board of the graph.
fn first_rows(asked: &ToolRequest<'_>, query: &BoardQuery) -> Result<FoundRows, ToolFailure> {
    let found = listed_boards(asked.graph, query, asked.offset..asked.end())?;
    let ListedBoards { boards, total, emptied_by, less_sure } = found;
    let mut rows = Vec::new();
    for (number, board) in (asked.offset + 1..).zip(&boards) {
        rows.push(shown(asked.graph, number, 1, board, board.best.clone())?);
    }
    Ok(FoundRows { boards: total, total, rows, emptied_by, less_sure })
}

fn shown(
    graph: &GraphStore,
    number: usize,
    rank: usize,
    board: &BoardSummary,
    mut row: BoardRow,
) -> Result<BoardResultRow, ToolFailure> {
    row.read_evidence(graph)?;
    row.read_code(graph)?;
    let (evidence, place) = match &row.source {
        ResultSource::Sentence { field, text } => (text.clone(), field.clone()),
        ResultSource::Table(place) => (None, place.clone()),
        ResultSource::Stated(sources) => (None, sources.join("; ")),
    };
    let facts = &board.facts;
    Ok(BoardResultRow {
        board: number,
        rank,
        dataset: facts.dataset.name.clone(),
        dataset_id: facts.dataset.id.clone(),
        task: facts.task.clone(),
        variant: facts.variant.clone(),
        metric: facts.metric.clone(),
        metric_id: facts.metric_id.clone(),
        better: facts.better,
        value: row.value.clone(),
        number: row.number,
        system: row.system.clone(),
        own: row.own,
        paper: row.paper.id.clone(),
        title: row.paper.label.clone(),
        date: row.paper.date,
        evidence,
        place,
        confidence: row.confidence.map(share),
        code: row.code.as_ref().map(|code| format!("{} ({})", code.url, code.state())),
    })
}
