//! How often nodes are named over time.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

use super::Selection;
use super::papers::PaperIndex;
use crate::index::{IndexedNode, NodeTable};
use crate::ontology::NodeKind;
use crate::paper::PartialDate;
use crate::store::{GraphStore, NodeRef, StoreError};

/// The length of the periods in which papers are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeStep {
    Year,
    Month,
}

/// A year or a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    pub year: u16,
    pub month: Option<u8>,
}

impl Period {
    /// The period of a date; `None` if the date is not precise enough.
    pub fn of(date: PartialDate, step: TimeStep) -> Option<Self> {
        match step {
            TimeStep::Year => Some(Self { year: date.year(), month: None }),
            TimeStep::Month => date.month().map(|month| Self { year: date.year(), month: Some(month) }),
        }
    }

    fn next(self) -> Self {
        match self.month {
            None => Self { year: self.year + 1, month: None },
            Some(12) => Self { year: self.year + 1, month: Some(1) },
            Some(month) => Self { year: self.year, month: Some(month + 1) },
        }
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Period {
    fn schema_name() -> Cow<'static, str> {
        "Period".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        crate::schema::text(r"^\d{4}(-\d{2})?$", "A year or a month: 2024 or 2024-07.")
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.month {
            None => write!(f, "{}", self.year),
            Some(month) => write!(f, "{}-{month:02}", self.year),
        }
    }
}

/// The counts of one node.
#[derive(Debug, Clone)]
pub(crate) struct Trend {
    pub node: NodeRef,
    /// Number of papers that name it, by period.
    pub papers: Vec<usize>,
    /// Number of papers that name it and fit into no period.
    pub undated: usize,
}

/// The counts of several nodes, over the same periods.
#[derive(Debug, Clone)]
pub(crate) struct Trends {
    /// Periods without gaps, from the first paper of the graph (or of the selected period) to the last.
    pub periods: Vec<Period>,
    /// Number of all papers in the graph, by period.
    pub papers: Vec<usize>,
    /// Number of papers in the graph that fit into no period.
    pub undated: usize,
    pub trends: Vec<Trend>,
}

impl Trends {
    /// The share of all papers of a period that name the node, 0 to 1; `None` if the period has no papers.
    pub(crate) fn share(&self, trend: &Trend, period: usize) -> Option<f64> {
        let all = *self.papers.get(period)?;
        (all > 0).then(|| trend.papers.get(period).copied().unwrap_or_default() as f64 / all as f64)
    }
}

/// Counts the papers that name each of `nodes`.
pub(crate) fn trends(
    store: &GraphStore,
    nodes: &[NodeRef],
    step: TimeStep,
    selection: &Selection,
) -> Result<Trends, StoreError> {
    let papers = PaperIndex::of(store)?;
    let all_nodes = papers.index.nodes()?;
    let everything = papers.index.docs().filter(|doc| all_nodes.kind(*doc) == Some(NodeKind::Paper));
    let (all, undated) = counted(all_nodes, everything, step, selection);
    let mut periods: Vec<Period> = Vec::new();
    if let (Some((first, _)), Some((last, _))) = (all.first_key_value(), all.last_key_value()) {
        periods.extend(std::iter::successors(Some(*first), |period| Some(period.next())).take_while(|p| p <= last));
    }
    let in_order = |counts: &BTreeMap<Period, usize>| -> Vec<usize> {
        periods.iter().map(|period| counts.get(period).copied().unwrap_or_default()).collect()
    };
    let mut trends = Vec::new();
    for node in nodes {
        let (counts, undated) = counted(all_nodes, papers.naming(&node.id)?.into_iter(), step, selection);
        trends.push(Trend { node: node.clone(), papers: in_order(&counts), undated });
    }
    Ok(Trends { papers: in_order(&all), periods, undated, trends })
}

fn counted(
    nodes: &NodeTable,
    docs: impl Iterator<Item = IndexedNode>,
    step: TimeStep,
    selection: &Selection,
) -> (BTreeMap<Period, usize>, usize) {
    let mut counts: BTreeMap<Period, usize> = BTreeMap::new();
    let mut undated = 0;
    // Papers without a date are counted apart, whatever the period.
    let of_set = Selection { since: None, until: None, ..selection.clone() };
    for doc in docs {
        let date = nodes.date(doc);
        if !of_set.takes_paper(nodes, doc) || (date.is_some() && !selection.takes_date(date)) {
            continue;
        }
        match date.and_then(|date| Period::of(date, step)) {
            Some(period) => *counts.entry(period).or_default() += 1,
            None => undated += 1,
        }
    }
    (counts, undated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_needs_a_month_and_december_is_followed_by_january() {
        let period = |date: &str, step| Period::of(date.parse().unwrap(), step);
        assert_eq!(period("2024", TimeStep::Month), None);
        assert_eq!(period("2024-07-10", TimeStep::Year).unwrap().to_string(), "2024");
        assert_eq!(period("2024-12", TimeStep::Month).unwrap().next().to_string(), "2025-01");
    }
}
