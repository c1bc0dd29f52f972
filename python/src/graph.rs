//! Questions to a graph.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use papergraph::query::QueryAnswer;
use papergraph::question::{LeaderboardQuery, NeighborQuery, NodeKind, PartialDate, QueryLimits, Selection};
use papergraph::{Noted, Versioned};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use serde::Serialize;

use crate::failure::{PythonException, PythonFailure, detached};
use crate::table::Table;

/// A graph in a folder. It is opened at the first question; a build that ends later is seen by the next question.
#[pyclass(frozen, module = "papergraph._core")]
pub struct Graph {
    graph: papergraph::Graph,
}

/// An answer as JSON, and notes on how the names in the question were read.
type NotedJson = (String, Vec<String>);

#[pymethods]
impl Graph {
    #[new]
    fn new(path: PathBuf, program: Option<PathBuf>) -> Self {
        let graph = papergraph::Graph::in_folder(path);
        Self {
            graph: match program {
                Some(program) => graph.with_program(program),
                None => graph,
            },
        }
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
    ) -> PyResult<NotedJson> {
        detached(py, || {
            let selection = Selection {
                kinds: all(&kind)?,
                ties: all(&relation)?,
                live_only,
                ..between(since.as_deref(), until.as_deref())?
            };
            printed(self.graph.neighbors(name, &NeighborQuery { selection, depth, limit, evidence })?)
        })
    }

    fn show(&self, py: Python<'_>, name: &str, limit: Option<usize>) -> PyResult<NotedJson> {
        detached(py, || printed(self.graph.show(name, limit)?))
    }

    fn search(&self, py: Python<'_>, words: &str, kind: Vec<String>, limit: Option<usize>) -> PyResult<NotedJson> {
        detached(py, || {
            let kinds: Vec<NodeKind> = all(&kind)?;
            let value = self.graph.search(words, &kinds, limit.unwrap_or(usize::MAX))?;
            printed(Noted { value, notes: Vec::new() })
        })
    }

    #[allow(clippy::too_many_arguments, reason = "one for each option of the question")]
    fn leaderboard(
        &self,
        py: Python<'_>,
        dataset: Option<String>,
        task: Option<String>,
        metric: Option<String>,
        variant: Option<String>,
        own: bool,
        runnable: bool,
        since: Option<String>,
        until: Option<String>,
    ) -> PyResult<NotedJson> {
        detached(py, || {
            let selection = between(since.as_deref(), until.as_deref())?;
            let query =
                LeaderboardQuery { dataset, task, metric, variant, own_only: own, runnable_only: runnable, selection };
            printed(self.graph.leaderboard(&query)?)
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
        let answer = detached(py, || {
            let timeout = match timeout.map(Duration::try_from_secs_f64).transpose() {
                Ok(timeout) => timeout.filter(|timeout| !timeout.is_zero()),
                Err(error) => return Err(PythonFailure::argument(format!("timeout is no number of seconds: {error}"))),
            };
            let memory = Some(memory_mb.saturating_mul(1 << 20));
            let limits = QueryLimits { timeout, rows: limit, memory, answer_bytes: None };
            let answer = self.graph.query(&query, &parameters, limits)?;
            let base = if short { Some(self.graph.base()?) } else { None };
            match answer {
                QueryAnswer::Boolean(value) => Ok(QueryValue::Boolean(value)),
                QueryAnswer::Solutions(rows) => Ok(QueryValue::Rows(Table::of_solutions(rows, base.as_ref())?)),
                QueryAnswer::Graph(triples) => Ok(QueryValue::Rows(Table::of_triples(triples, base.as_ref())?)),
            }
        })?;
        match answer {
            QueryValue::Boolean(value) => value.into_py_any(py),
            QueryValue::Rows(table) => table.into_py_any(py),
        }
    }
}

enum QueryValue {
    Boolean(bool),
    Rows(Table),
}

fn printed<T: Serialize>(answer: Noted<T>) -> Result<NotedJson, PythonFailure> {
    let json = serde_json::to_string(&Versioned::new(answer.value));
    Ok((json.map_err(|error| PythonFailure::new(PythonException::Error, error.to_string()))?, answer.notes))
}

fn all<T: FromStr<Err = String>>(words: &[String]) -> Result<Vec<T>, PythonFailure> {
    words.iter().map(|word| word.parse().map_err(|error: String| PythonFailure::argument(error))).collect()
}

fn between(since: Option<&str>, until: Option<&str>) -> Result<Selection, PythonFailure> {
    Selection::between(date(since)?, date(until)?).map_err(PythonFailure::argument)
}

fn date(text: Option<&str>) -> Result<Option<PartialDate>, PythonFailure> {
    text.map(|text| text.parse().map_err(|error: String| PythonFailure::argument(error))).transpose()
}
