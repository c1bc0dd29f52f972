//! The number of papers about nodes over time.

use schemars::JsonSchema;
use serde::Serialize;

use super::{NodeName, Sheet};
use crate::graph::{Period, Selection, TimeStep, trends};
use crate::store::{GraphStore, NodeRef, StoreError};

/// Papers about several nodes over time, side by side.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TrendLines {
    /// Years or months without gaps, from the first to the last with a paper.
    pub periods: Vec<Period>,
    /// Number of papers of the graph in each period.
    pub papers: Vec<usize>,
    /// Number of papers of the graph whose date is too imprecise for a period.
    pub undated: usize,
    /// One line for each node.
    pub trends: Vec<TrendLine>,
}

/// Papers about one node over time.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TrendLine {
    /// Kind, id and name of the node.
    #[serde(flatten)]
    pub node: NodeName,
    /// Number of papers about it in each period.
    pub papers: Vec<usize>,
    /// The share of all papers of the period, 0 to 1; `None` if the period has no papers.
    pub shares: Vec<Option<f64>>,
    /// Number of papers about it whose date is too imprecise for a period.
    pub undated: usize,
}

impl TrendLines {
    /// Counts the papers about each of these nodes.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn ask(
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
        Ok(Self { trends, periods: found.periods, papers: found.papers, undated: found.undated })
    }

    /// The rows of `--format csv`: a row for each period, two columns for each node.
    pub fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::new(["period", "papers"]);
        for trend in &self.trends {
            sheet.heading.extend([trend.node.name.clone(), format!("{} share", trend.node.name)]);
        }
        for (at, period) in self.periods.iter().enumerate() {
            let mut row = vec![period.to_string(), self.papers.get(at).copied().unwrap_or_default().to_string()];
            for trend in &self.trends {
                row.push(trend.papers.get(at).copied().unwrap_or_default().to_string());
                let share = trend.shares.get(at).copied().flatten();
                row.push(share.map(|share| format!("{share:.6}")).unwrap_or_default());
            }
            sheet.rows.push(row);
        }
        sheet
    }
}
