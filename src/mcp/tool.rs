//! Defines what a tool is, and assembles its answer.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::arguments::{PageArguments, PaperArguments, read_arguments, split_arguments, wrong_arguments};
use super::bounded::{ShortenedPart, fit_answer};
use super::coverage::GraphCoverage;
use super::cursor::CursorQuestion;
use super::failure::ToolFailure;
use super::schemas::{of_answer, of_arguments};
use crate::query::EvaluationWorkers;
use crate::schema::SCHEMA_VERSION;
use crate::store::GraphStore;
use crate::text::shorten;

/// A question that an agent can ask.
pub(super) trait Tool {
    /// Names never change: agents and their users have them in instructions.
    const NAME: &'static str;
    const TITLE: &'static str;
    /// For the model: what the tool answers, when to call it, and what comes next.
    const DESCRIPTION: &'static str;
    /// Whether it takes [`PaperArguments`].
    const CHOOSES_PAPERS: bool = false;
    /// Whether it evaluates queries in a worker.
    const USES_WORKER: bool = false;
    type Input: DeserializeOwned + JsonSchema;
    /// The part of the answer that is there once.
    type Head: Serialize + JsonSchema;
    type Row: Serialize + JsonSchema;

    /// # Errors
    /// If the question cannot be answered.
    fn answer(asked: &ToolRequest<'_>, input: Self::Input) -> Result<ToolFindings<Self::Head, Self::Row>, ToolFailure>;
}

/// The graph of a call, and which rows are wanted.
pub(super) struct ToolRequest<'a> {
    pub graph: &'a GraphStore,
    /// Number of rows that are skipped.
    pub offset: usize,
    /// Largest number of rows after that.
    pub limit: usize,
    /// Which papers count, for a tool that chooses papers.
    pub papers: PaperArguments,
    pub queries: &'a ToolQueries<'a>,
}

/// Where SPARQL queries of a call are evaluated.
pub(super) struct ToolQueries<'a> {
    pub workers: &'a EvaluationWorkers,
    pub timeout: Duration,
    /// Memory limit of such a query, in bytes.
    pub memory: u64,
    /// The query ends when the last owner of this is gone.
    pub asker: std::sync::Weak<()>,
}

impl ToolRequest<'_> {
    /// Number of rows to find, from the first on.
    pub(super) fn end(&self) -> usize {
        self.offset + self.limit
    }

    /// The requested part of all rows.
    pub(super) fn window<T>(&self, rows: impl IntoIterator<Item = T>) -> Vec<T> {
        rows.into_iter().skip(self.offset).take(self.limit).collect()
    }
}

/// What a tool found.
pub(super) struct ToolFindings<H, R> {
    pub head: H,
    /// The rows from [`ToolRequest::offset`] on.
    pub rows: Vec<R>,
    /// Number of rows in all; `None` if there are more, and they were not counted.
    pub total: Option<usize>,
    /// What a reader has to know: how a name was read, where a search stopped.
    pub notes: Vec<String>,
}

/// The answer of a tool.
#[derive(Serialize, JsonSchema)]
struct ToolAnswer<H, R> {
    // Every answer of every tool has these fields, and a model may read the schemas of all tools: the descriptions are short.
    schema_version: u32,
    /// What the graph covers. What is not in these papers is not known here.
    graph: GraphCoverage,
    #[serde(flatten)]
    head: H,
    /// The rows of this page.
    rows: Vec<R>,
    /// Number of rows before the first one here.
    offset: usize,
    /// Number of rows in all; null if not counted.
    total: Option<usize>,
    /// The cursor for the rows that follow; null at the end.
    next_cursor: Option<String>,
    /// Lists and texts of this answer that are shorter than in the graph. Ask with a larger max_characters for the rest.
    cut: Vec<ShortenedPart>,
    /// How a name was read, where a search stopped.
    notes: Vec<String>,
}

/// A tool without its types, for the list of all tools.
pub(super) struct ToolEntry {
    pub name: &'static str,
    pub title: &'static str,
    pub description: &'static str,
    pub uses_worker: bool,
    pub input_schema: fn() -> Map<String, Value>,
    pub output_schema: fn() -> Map<String, Value>,
    pub call: fn(&ToolCall<'_>, Map<String, Value>) -> Result<Value, ToolFailure>,
}

/// A confidence with four digits. As a double, a 32-bit number has many more: 0.9700000286102295.
pub(super) fn share(confidence: f32) -> f64 {
    (f64::from(confidence) * 10_000.0).round() / 10_000.0
}

/// What a call needs.
pub(super) struct ToolCall<'a> {
    pub graph: &'a GraphStore,
    pub coverage: GraphCoverage,
    pub queries: ToolQueries<'a>,
}

impl ToolEntry {
    pub(super) const fn of<T: Tool>() -> Self {
        Self {
            name: T::NAME,
            title: T::TITLE,
            description: T::DESCRIPTION,
            uses_worker: T::USES_WORKER,
            input_schema: input_schema::<T>,
            output_schema: of_answer::<ToolAnswer<T::Head, T::Row>>,
            call: call::<T>,
        }
    }
}

/// The tool's own arguments, then those that several tools share.
fn input_schema<T: Tool>() -> Map<String, Value> {
    let mut schema = of_arguments::<T::Input>();
    let properties = schema.entry("properties").or_insert_with(|| Value::Object(Map::new()));
    let papers = T::CHOOSES_PAPERS.then(of_arguments::<PaperArguments>);
    for mut shared in papers.into_iter().chain([of_arguments::<PageArguments>()]) {
        if let (Value::Object(own), Some(Value::Object(shared))) = (&mut *properties, shared.remove("properties")) {
            own.extend(shared);
        }
    }
    schema
}

/// The arguments of the tool alone. If one is unknown, the error lists all that the tool takes.
fn own_arguments<T: Tool>(arguments: Map<String, Value>) -> Result<T::Input, ToolFailure> {
    let names: Vec<String> = arguments.keys().cloned().collect();
    read_arguments(T::NAME, arguments).map_err(|failure| {
        let schema = input_schema::<T>();
        let Some(Value::Object(known)) = schema.get("properties") else { return failure };
        let Some(unknown) = names.iter().find(|name| !known.contains_key(*name)) else { return failure };
        let known: Vec<String> = known.keys().map(|name| format!("`{name}`")).collect();
        wrong_arguments(
            T::NAME,
            &format!("unknown field `{}`, expected one of {}", shorten(unknown, 60), known.join(", ")),
        )
    })
}

fn call<T: Tool>(call: &ToolCall<'_>, arguments: Map<String, Value>) -> Result<Value, ToolFailure> {
    let (page, mut own) = split_arguments(arguments)?;
    let question = CursorQuestion::new(call.graph, T::NAME, &own);
    let offset = question.offset(page.cursor.as_deref())?;
    let papers = match T::CHOOSES_PAPERS {
        true => PaperArguments::take(T::NAME, &mut own)?,
        false => PaperArguments::default(),
    };
    let asked = ToolRequest { graph: call.graph, offset, limit: page.limit, papers, queries: &call.queries };
    let ToolFindings { head, rows, total, notes } = T::answer(&asked, own_arguments::<T>(own)?)?;
    let rows = rows.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>().map_err(unwritable)?;
    let found = rows.len();
    let answer: ToolAnswer<T::Head, T::Row> = ToolAnswer {
        schema_version: SCHEMA_VERSION,
        graph: call.coverage.clone(),
        head,
        rows: Vec::new(),
        offset,
        total,
        next_cursor: None,
        cut: Vec::new(),
        notes,
    };
    let Value::Object(answer) = serde_json::to_value(&answer).map_err(unwritable)? else {
        return Err(ToolFailure::new("the answer is not an object"));
    };
    let fitted = fit_answer(answer, rows, page.characters);
    let mut answer = fitted.answer;
    let end = offset + fitted.rows;
    let is_more = fitted.rows < found || total.is_none_or(|total| end < total);
    if is_more && fitted.rows > 0 {
        answer.insert("next_cursor".to_string(), question.cursor(end).into());
    }
    Ok(Value::Object(answer))
}

fn unwritable(error: serde_json::Error) -> ToolFailure {
    ToolFailure::new(format!("the answer cannot be written: {error}"))
}
