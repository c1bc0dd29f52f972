//! Query plans: how oxigraph evaluates a query, with the rows and the time of each step.

use std::fmt;

use oxigraph::model::Dataset;
use oxigraph::sparql::{QueryExplanation, QueryResults, SparqlEvaluator};
use serde::Deserialize;

use super::answer::{EvaluationMessage, QueryLimits};
use super::graphs::MatchedGraphs;
use super::{Query, QueryError, evaluation, packed};
use crate::store::GraphStore;
use crate::text::counted;

/// A plan, in oxigraph's JSON.
#[derive(Debug)]
pub struct QueryPlan {
    pub json: String,
    /// Why the figures do not cover the whole evaluation.
    pub stopped: Option<QueryError>,
}

#[derive(Deserialize)]
struct ExplainedQuery {
    #[serde(rename = "planning duration in seconds")]
    planning: Option<f64>,
    plan: PlanStep,
}

#[derive(Deserialize)]
struct PlanStep {
    name: String,
    #[serde(rename = "number of results")]
    rows: Option<u64>,
    #[serde(rename = "duration in seconds")]
    seconds: Option<f64>,
    children: Vec<PlanStep>,
}

impl Query {
    /// Evaluates the query, discards its rows, and returns the plan. If the query reaches its limits, the plan has no
    /// figures.
    ///
    /// # Errors
    /// Evaluation errors before the first row.
    pub fn explain(self, graph: &GraphStore, limits: QueryLimits) -> Result<QueryPlan, QueryError> {
        let quads = graph.store()?.clone();
        let graphs = MatchedGraphs::of(&self, graph)?;
        let most = limits.rows.unwrap_or(usize::MAX);
        let limits = QueryLimits { rows: None, answer_bytes: None, ..limits };
        let mut rows = evaluation::start(limits, move |token, sender| {
            let reads_packed = packed::query_reads(&self.algebra, &quads);
            let mut prepared = SparqlEvaluator::new().with_cancellation_token(token).for_query(self.algebra);
            graphs.set(prepared.dataset_mut());
            // The plan does not depend on the data. With an empty dataset it is available at once, even for a query
            // that never ends.
            let nothing = Dataset::new();
            sender.tell(Ok(plan(&prepared.clone().on_queryable_dataset(&nothing).explain().1)))?;
            let (results, explanation) = match reads_packed {
                true => prepared.on_queryable_dataset(quads.dataset()).compute_statistics().explain(),
                false => prepared.on_store(quads.database()).compute_statistics().explain(),
            };
            let failed = match results {
                Err(error) => Some(error),
                Ok(QueryResults::Boolean(_)) => None,
                Ok(QueryResults::Solutions(rows)) => rows.take(most).find_map(Result::err),
                Ok(QueryResults::Graph(triples)) => triples.take(most).find_map(Result::err),
            };
            sender.tell(failed.map_or_else(|| Ok(plan(&explanation)), |error| Err(error.into())))
        })?;
        let mut next = || match rows.receive() {
            Ok(EvaluationMessage::Plan(json)) => Ok(json),
            Ok(_) => Err(QueryError::Interrupted),
            Err(error) => Err(error),
        };
        let without_figures = next()?;
        Ok(match next() {
            Ok(json) => QueryPlan { json, stopped: None },
            Err(error) => QueryPlan { json: without_figures, stopped: Some(error) },
        })
    }
}

fn plan(explanation: &QueryExplanation) -> EvaluationMessage {
    let mut json = Vec::new();
    let _ = explanation.write_in_json(&mut json);
    EvaluationMessage::Plan(String::from_utf8_lossy(&json).into_owned())
}

/// Prints the plan as a tree, one step on each line, the outermost first.
impl fmt::Display for QueryPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(explained) = serde_json::from_str::<ExplainedQuery>(&self.json) else {
            return writeln!(f, "{}", self.json);
        };
        let figures = self.stopped.is_none();
        if let Some(planning) = explained.planning.filter(|_| figures) {
            writeln!(f, "{:>10} {:>9}  planning", "", milliseconds(planning))?;
        }
        explained.plan.fmt(f, 0, figures)
    }
}

impl PlanStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>, depth: usize, figures: bool) -> fmt::Result {
        if figures {
            let rows = self.rows.map(|rows| counted(rows, "row")).unwrap_or_default();
            write!(f, "{rows:>10} {:>9}  ", self.seconds.map(milliseconds).unwrap_or_default())?;
        }
        writeln!(f, "{:indent$}{}", "", self.name, indent = depth * 2)?;
        self.children.iter().try_for_each(|child| child.fmt(f, depth + 1, figures))
    }
}

fn milliseconds(seconds: f64) -> String {
    format!("{:.1} ms", seconds * 1000.0)
}
