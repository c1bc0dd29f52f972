//! How a query is evaluated: the plan that oxigraph makes of it, with what each step gave and took.

use std::fmt;

use oxigraph::sparql::{QueryResults, SparqlEvaluator};
use serde::Deserialize;

use super::answer::{Limits, Message};
use super::graphs::Graphs;
use super::{Query, QueryError, evaluation};
use crate::store::GraphStore;

/// A plan, as oxigraph tells it in JSON.
#[derive(Debug)]
pub struct Plan {
    pub json: String,
    /// Why the figures do not cover the whole evaluation.
    pub stopped: Option<QueryError>,
}

#[derive(Deserialize)]
struct Told {
    #[serde(rename = "planning duration in seconds")]
    planning: Option<f64>,
    plan: Step,
}

#[derive(Deserialize)]
struct Step {
    name: String,
    #[serde(rename = "number of results")]
    rows: Option<u64>,
    #[serde(rename = "duration in seconds")]
    seconds: Option<f64>,
    children: Vec<Step>,
}

impl Query {
    /// Evaluates the query, throws its rows away, and gives the plan. A query that reaches its limits has a plan
    /// without figures.
    ///
    /// # Errors
    /// What evaluation finds wrong before the first row.
    pub fn explain(self, graph: &GraphStore, limits: Limits) -> Result<Plan, QueryError> {
        let store = graph.store().clone();
        let graphs = Graphs::of(&self, graph)?;
        let most = limits.rows.unwrap_or(usize::MAX);
        let limits = Limits { rows: None, answer: None, ..limits };
        let mut rows = evaluation::start(limits, move |token, sender| {
            let mut prepared = SparqlEvaluator::new().with_cancellation_token(token).for_query(self.algebra);
            graphs.set(prepared.dataset_mut());
            let (results, plan) = prepared.on_store(&store).compute_statistics().explain();
            let json = || {
                let mut json = Vec::new();
                let _ = plan.write_in_json(&mut json);
                Message::Plan(String::from_utf8_lossy(&json).into_owned())
            };
            sender.tell(Ok(json()))?;
            let failed = match results {
                Err(error) => Some(error),
                Ok(QueryResults::Boolean(_)) => None,
                Ok(QueryResults::Solutions(rows)) => rows.take(most).find_map(Result::err),
                Ok(QueryResults::Graph(triples)) => triples.take(most).find_map(Result::err),
            };
            sender.tell(failed.map_or_else(|| Ok(json()), |error| Err(error.into())))
        })?;
        let mut plan = |stopped| match rows.receive() {
            Ok(Message::Plan(json)) => Ok(Plan { json, stopped }),
            Ok(_) => Err(QueryError::Interrupted),
            Err(error) => Err(error),
        };
        let begun = plan(None)?;
        plan(None).or_else(|error| Ok(Plan { stopped: Some(error), ..begun }))
    }
}

/// The plan as a tree, a step a line, the outermost first.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(told) = serde_json::from_str::<Told>(&self.json) else { return writeln!(f, "{}", self.json) };
        let figures = self.stopped.is_none();
        if let Some(planning) = told.planning.filter(|_| figures) {
            writeln!(f, "{:>10} {:>9}  planning", "", milliseconds(planning))?;
        }
        told.plan.fmt(f, 0, figures)
    }
}

impl Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>, depth: usize, figures: bool) -> fmt::Result {
        if figures {
            let rows = self.rows.map(|rows| format!("{rows} rows")).unwrap_or_default();
            write!(f, "{rows:>10} {:>9}  ", self.seconds.map(milliseconds).unwrap_or_default())?;
        }
        writeln!(f, "{:indent$}{}", "", self.name, indent = depth * 2)?;
        self.children.iter().try_for_each(|child| child.fmt(f, depth + 1, figures))
    }
}

fn milliseconds(seconds: f64) -> String {
    format!("{:.1} ms", seconds * 1000.0)
}
