//! Questions to a graph.

use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use papergraph::answer::{BoardList, Neighborhood, NodeDetails, SearchResults};
use papergraph::graph::{BoardQuery, Selection, Wanted, WantedMetric, leaderboard};
use papergraph::ontology::NodeKind;
use papergraph::paper::PartialDate;
use papergraph::query::{Answer, Limits, Query, Task, Workers, named_query};
use papergraph::schema::Versioned;
use papergraph::store::{GraphFolder, GraphStore};
use papergraph::vocabulary::Kind;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use serde::Serialize;

use crate::failure::{Exception, Failure, detached};
use crate::node;
use crate::table::Table;

/// A graph in a folder. It is opened at the first question; a build that ends later is seen by the next question.
#[pyclass(frozen, module = "papergraph._core")]
pub struct Graph {
    folder: GraphFolder,
    /// Processes that evaluate queries, if the program `kg` is known.
    workers: Option<Workers>,
}

/// An answer as JSON, and notes on how the names in the question were read.
type Told = (String, Vec<String>);

/// Size of all terms in the answer to a query, in bytes, beyond which it is stopped.
const MOST_BYTES: u64 = 1 << 30;

#[pymethods]
impl Graph {
    #[new]
    fn new(path: PathBuf, program: Option<PathBuf>) -> Self {
        let workers = program.map(|program| Workers::of_program(program, &path));
        Self { folder: GraphFolder::new(path), workers }
    }

    #[allow(clippy::too_many_arguments, reason = "one for each option of the question")]
    fn neighbors(
        &self,
        py: Python<'_>,
        name: &str,
        depth: u8,
        kind: Vec<String>,
        relation: Vec<String>,
        since: Option<String>,
        until: Option<String>,
        live_only: bool,
        limit: Option<usize>,
        evidence: bool,
    ) -> PyResult<Told> {
        self.ask(py, |graph, notes| {
            if !(1..=4).contains(&depth) {
                return Err(Failure::argument(format!("depth is {depth}; it can be 1 to 4")));
            }
            let selection = Selection {
                kinds: all(&kind)?,
                ties: all(&relation)?,
                since: date(since.as_deref())?,
                until: date(until.as_deref())?,
                live_only,
                ..Selection::default()
            };
            let center = node::find(graph, name, None, notes)?;
            Ok(Neighborhood::ask(graph, &center, &Wanted { selection, depth, limit, evidence })?)
        })
    }

    fn show(&self, py: Python<'_>, name: &str, limit: Option<usize>) -> PyResult<Told> {
        self.ask(py, |graph, notes| {
            let node = node::find(graph, name, None, notes)?;
            let wanted = Wanted { selection: Selection::default(), depth: 1, limit, evidence: true };
            Ok(NodeDetails::ask(graph, &node, &wanted)?)
        })
    }

    fn search(&self, py: Python<'_>, words: &str, kind: Vec<String>, limit: Option<usize>) -> PyResult<Told> {
        self.ask(py, |graph, _| {
            let kinds: Vec<NodeKind> = all(&kind)?;
            Ok(SearchResults::ask(graph, words, &kinds, limit.unwrap_or(usize::MAX))?)
        })
    }

    #[allow(clippy::too_many_arguments, reason = "one for each option of the question")]
    fn leaderboard(
        &self,
        py: Python<'_>,
        dataset: Option<&str>,
        metric: Option<&str>,
        variant: Option<String>,
        own: bool,
        runnable: bool,
        since: Option<String>,
        until: Option<String>,
    ) -> PyResult<Told> {
        self.ask(py, |graph, notes| {
            let kind = Some(NodeKind::Entity(Kind::Dataset));
            let dataset = dataset.map(|name| node::find(graph, name, kind, notes)).transpose()?;
            let metric = metric.map(|words| WantedMetric::named(graph, words)).transpose()?;
            let selection =
                Selection { since: date(since.as_deref())?, until: date(until.as_deref())?, ..Selection::default() };
            let query = BoardQuery {
                dataset: dataset.clone(),
                metric,
                variant: variant.clone(),
                own_only: own,
                runnable_only: runnable,
                selection,
            };
            Ok(BoardList::of(dataset.as_ref(), &leaderboard(graph, &query)?))
        })
    }

    /// The rows of a SPARQL query, or the truth value of an ASK.
    #[allow(clippy::too_many_arguments, reason = "one for each option of the question")]
    fn query(
        &self,
        py: Python<'_>,
        query: String,
        parameters: Vec<(String, String)>,
        limit: Option<usize>,
        timeout: Option<f64>,
        memory_mb: u64,
        short: bool,
    ) -> PyResult<Py<PyAny>> {
        let answered = detached(py, || {
            let timeout = match timeout.map(Duration::try_from_secs_f64).transpose() {
                Ok(timeout) => timeout.filter(|timeout| !timeout.is_zero()),
                Err(error) => return Err(Failure::argument(format!("timeout is no number of seconds: {error}"))),
            };
            let memory = Some(memory_mb.saturating_mul(1 << 20));
            let limits = Limits { timeout, rows: limit, memory, answer: Some(MOST_BYTES) };
            let graph = self.folder.graph()?;
            let answer = self.run(&graph, &query, parameters, limits)?;
            let base = short.then(|| graph.base());
            match answer {
                Answer::Boolean(value) => Ok(Answered::Boolean(value)),
                Answer::Solutions(rows) => Ok(Answered::Rows(Table::of_solutions(rows, base)?)),
                Answer::Graph(triples) => Ok(Answered::Rows(Table::of_triples(triples, base)?)),
            }
        })?;
        match answered {
            Answered::Boolean(value) => value.into_py_any(py),
            Answered::Rows(table) => table.into_py_any(py),
        }
    }
}

enum Answered {
    Boolean(bool),
    Rows(Table),
}

impl Graph {
    /// Asks a question. If the search index turns out to be damaged, it is made again, and the question is asked again.
    fn ask<T: Serialize>(
        &self,
        py: Python<'_>,
        question: impl Fn(&GraphStore, &mut Vec<String>) -> Result<T, Failure> + Send + Sync,
    ) -> PyResult<Told> {
        let once = || -> Result<Told, Failure> {
            let mut notes = Vec::new();
            let answer = question(&*self.folder.graph()?, &mut notes)?;
            let json = serde_json::to_string(&Versioned::new(answer));
            Ok((json.map_err(|error| Failure::new(Exception::Error, error.to_string()))?, notes))
        };
        detached(py, || match panic::catch_unwind(AssertUnwindSafe(once)) {
            Ok(Err(failure)) if failure.is_of_index && self.folder.mend() => once(),
            Ok(told) => told,
            Err(_) if self.folder.mend() => once(),
            Err(payload) => panic::resume_unwind(payload),
        })
    }

    /// Starts a query: in a process of its own where the program is known, since that can be ended at any time.
    fn run(
        &self,
        graph: &GraphStore,
        query: &str,
        parameters: Vec<(String, String)>,
        limits: Limits,
    ) -> Result<Answer, Failure> {
        let is_name =
            !query.is_empty() && query.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        let text = if is_name { named_query(query)? } else { query };
        Ok(match &self.workers {
            Some(workers) => workers.run(Task::new(text).parameters(parameters), limits)?,
            None => Query::parse(text, graph.base())?.bind(&parameters, graph)?.run(graph, limits)?,
        })
    }
}

fn all<T: FromStr<Err = String>>(words: &[String]) -> Result<Vec<T>, Failure> {
    words.iter().map(|word| word.parse().map_err(|error: String| Failure::argument(error))).collect()
}

fn date(text: Option<&str>) -> Result<Option<PartialDate>, Failure> {
    text.map(|text| text.parse().map_err(|error: String| Failure::argument(error))).transpose()
}
