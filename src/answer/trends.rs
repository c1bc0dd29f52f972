//! How often nodes are named over time.

use serde::Serialize;

use super::NodeName;
use crate::graph::{Period, Selection, TimeStep, trends};
use crate::store::{GraphStore, NodeRef, StoreError};

/// Papers about several nodes over time, side by side.
#[derive(Debug, Clone, Serialize)]
pub struct TrendLines {
    /// Years or months without gaps, from the first with a paper to the last.
    pub periods: Vec<Period>,
    /// All papers of the graph, in each period.
    pub papers: Vec<usize>,
    /// Papers of the graph whose date is not known well enough for a period.
    pub undated: usize,
    pub trends: Vec<TrendLine>,
}

/// Papers about one node over time.
#[derive(Debug, Clone, Serialize)]
pub struct TrendLine {
    #[serde(flatten)]
    pub node: NodeName,
    /// Papers about it, in each period.
    pub papers: Vec<usize>,
    /// Which part of all papers of the period these are, 0 to 1; `None` where there is no paper.
    pub shares: Vec<Option<f64>>,
    /// Papers about it whose date is not known well enough for a period.
    pub undated: usize,
}

impl TrendLines {
    /// Counts the papers about each of these nodes.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub fn ask(
        store: &GraphStore,
        nodes: &[NodeRef],
        step: TimeStep,
        selection: &Selection,
    ) -> Result<Self, StoreError> {
        let found = trends(store, nodes, step, selection)?;
        let lines = found.trends.iter().map(|trend| TrendLine {
            node: (&trend.node).into(),
            papers: trend.papers.clone(),
            shares: (0..found.periods.len()).map(|period| found.share(trend, period)).collect(),
            undated: trend.undated,
        });
        let trends = lines.collect();
        Ok(Self { trends, periods: found.periods, papers: found.all, undated: found.undated })
    }
}
