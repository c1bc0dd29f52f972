//! The most important nodes of the graph, by one of four measures.

use std::collections::BTreeMap;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::betweenness::betweenness;
use super::network::{Network, NodeAdjacency, NodeNumber};
use super::pagerank::pagerank;
use super::papers::{PaperCount, PaperIndex};
use crate::ontology::{NodeKind, is_edition};
use crate::store::{GraphStore, StoreError};

/// A measure of importance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RankMeasure {
    /// The number of papers that name it; for a paper, the number of things it names.
    Degree,
    /// The share of the credit from papers that reaches it, see [`pagerank`].
    Pagerank,
    /// The share of shortest paths that pass through it, see [`betweenness`].
    Betweenness,
    /// How much more often it is named than in the year before, see [`GrowthYears`].
    Growth,
}

impl RankMeasure {
    /// The name in output and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Degree => "degree",
            Self::Pagerank => "pagerank",
            Self::Betweenness => "betweenness",
            Self::Growth => "growth",
        }
    }
}

/// What to rank, and how.
#[derive(Debug, Clone)]
pub(crate) struct RankQuery {
    /// Kinds to rank; all if empty.
    pub kinds: Vec<NodeKind>,
    pub by: RankMeasure,
    /// Number of nodes that betweenness searches from; if `None`, the size of the graph decides.
    pub samples: Option<usize>,
    pub seed: u64,
    /// Number of nodes to list; all if `None`.
    pub limit: Option<usize>,
}

/// The nodes in order of importance.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Ranking {
    pub rows: Vec<RankedNumber>,
    /// Total number of nodes of the selected kinds.
    pub total: usize,
    /// Number of nodes searched from, if betweenness was estimated.
    pub sampled: Option<usize>,
    /// The years compared, if the measure is growth.
    pub growth: Option<GrowthYears>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RankedNumber {
    pub kind: NodeKind,
    pub id: String,
    pub label: String,
    pub score: f64,
    /// Half the width of the 95 % confidence interval of the score; 0 if the score is exact.
    pub error: f64,
    /// Number of papers about the node; for a paper, the number of nodes it is tied to.
    pub degree: usize,
    /// How many papers are about the node, and how many name it in their text; zero for a paper.
    pub count: PaperCount,
    /// Number of papers that name it, for each year in which the graph has a paper.
    pub by_year: Vec<(u16, usize)>,
}

/// The two years that growth compares: the last two that have a tenth or more of the papers of the year with the most;
/// if there are not two such years, the last two with papers. In a year with a handful of papers nothing grows.
///
/// The score of a node is (n + 3) / (m + 3): n papers of the last year name it, and m would have if its share of
/// papers were that of the year before. The 3 keeps rare nodes from seeming to explode: from no paper to one is
/// 1.33.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GrowthYears {
    pub before: u16,
    pub now: u16,
    /// Number of papers in the graph in each of the two years.
    pub papers_before: usize,
    pub papers_now: usize,
}

const DAMPED: f64 = 3.0;

impl GrowthYears {
    fn score(self, before: usize, now: usize) -> f64 {
        let expected = before as f64 * self.papers_now as f64 / self.papers_before.max(1) as f64;
        (now as f64 + DAMPED) / (expected + DAMPED)
    }
}

/// Ranks the nodes of a network. `None` if the measure is growth and fewer than two years have papers.
pub(crate) fn rank(store: &GraphStore, network: &Network, wish: &RankQuery) -> Result<Option<Ranking>, StoreError> {
    let around = network.undirected();
    let years = papers_by_year(network);
    let growth = match wish.by {
        RankMeasure::Growth => match last_two(&years) {
            None => return Ok(None),
            growth => growth,
        },
        _ => None,
    };
    let mut sampled = None;
    let (scores, errors) = match wish.by {
        RankMeasure::Pagerank => (pagerank(network), Vec::new()),
        RankMeasure::Betweenness => {
            let found = betweenness(&around, wish.samples, wish.seed);
            sampled = (!found.exact).then_some(found.sources);
            (found.value, found.error)
        }
        RankMeasure::Degree | RankMeasure::Growth => (Vec::new(), Vec::new()),
    };
    let score = |node: NodeNumber| match growth {
        Some(growth) => {
            let counts = by_year(network, &around, node);
            let of = |year: u16| counts.get(&year).copied().unwrap_or_default();
            growth.score(of(growth.before), of(growth.now))
        }
        None => scores.get(node as usize).copied().unwrap_or_else(|| degree(network, &around, node) as f64),
    };
    let mut order: Vec<(f64, NodeNumber)> = network
        .of_kind(None)
        .filter(|node| {
            let kind = network.kind(*node);
            // A venue of one year has no other year to compare with.
            let is_compared = growth.is_none() || kind != NodeKind::Venue || !is_edition(network.id(*node));
            is_compared && if wish.kinds.is_empty() { !kind.is_quiet() } else { wish.kinds.contains(&kind) }
        })
        .map(|node| (score(node), node))
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let total = order.len();
    order.truncate(wish.limit.unwrap_or(total));
    let papers = PaperIndex::of(store)?;
    let row = |(score, node): (f64, NodeNumber)| -> Result<RankedNumber, StoreError> {
        let id = network.id(node).to_string();
        let counts = by_year(network, &around, node);
        Ok(RankedNumber {
            kind: network.kind(node),
            label: store.node(&store.base().node(&id))?.map_or_else(|| id.clone(), |node| node.label),
            score,
            error: errors.get(node as usize).copied().unwrap_or_default(),
            degree: degree(network, &around, node),
            count: papers.count(&id)?,
            by_year: years.keys().map(|year| (*year, counts.get(year).copied().unwrap_or_default())).collect(),
            id,
        })
    };
    let rows = order.into_par_iter().map(row).collect::<Result<Vec<_>, _>>()?;
    Ok(Some(Ranking { rows, total, sampled, growth }))
}

/// Number of papers that name a node; for a paper, of all nodes that it is tied to.
fn degree(network: &Network, around: &NodeAdjacency, node: NodeNumber) -> usize {
    match network.kind(node) {
        NodeKind::Paper => around.degree(node),
        _ => around.of(node).iter().filter(|other| network.kind(**other) == NodeKind::Paper).count(),
    }
}

fn by_year(network: &Network, around: &NodeAdjacency, node: NodeNumber) -> BTreeMap<u16, usize> {
    let mut counts = BTreeMap::new();
    if network.kind(node) != NodeKind::Paper {
        for year in around.of(node).iter().filter_map(|other| network.year(*other)) {
            *counts.entry(year).or_default() += 1;
        }
    }
    counts
}

fn papers_by_year(network: &Network) -> BTreeMap<u16, usize> {
    let mut years = BTreeMap::new();
    for year in network.of_kind(Some(NodeKind::Paper)).filter_map(|paper| network.year(paper)) {
        *years.entry(year).or_default() += 1;
    }
    years
}

fn last_two(years: &BTreeMap<u16, usize>) -> Option<GrowthYears> {
    let most = years.values().copied().max()?;
    let two = |least: usize| {
        let mut last = years.iter().rev().filter(|(_, papers)| **papers >= least);
        let ((now, papers_now), (before, papers_before)) = (last.next()?, last.next()?);
        Some(GrowthYears { before: *before, now: *now, papers_before: *papers_before, papers_now: *papers_now })
    };
    two(most.div_ceil(10)).or_else(|| two(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_measured_against_the_share_of_the_year_before() {
        let growth = GrowthYears { before: 2023, now: 2024, papers_before: 100, papers_now: 200 };
        assert_eq!(growth.score(10, 20), 1.0, "twice the papers of twice as many is no growth");
        assert_eq!(growth.score(0, 0), 1.0);
        assert!((growth.score(0, 1) - 4.0 / 3.0).abs() < 1e-12);
        assert!(growth.score(10, 60) > growth.score(1, 6), "what is rare does not explode");
    }

    #[test]
    fn the_last_two_years_with_papers_are_compared() {
        let years = BTreeMap::from([(2019, 5), (2021, 7), (2024, 2)]);
        let growth = last_two(&years).unwrap();
        assert_eq!((growth.before, growth.now, growth.papers_before), (2021, 2024, 7));
        assert_eq!(last_two(&BTreeMap::from([(2024, 9)])), None);
    }

    #[test]
    fn a_year_with_a_handful_of_papers_is_not_compared() {
        let years = BTreeMap::from([(2019, 300), (2020, 20), (2021, 1000), (2022, 400), (2025, 26), (2026, 8)]);
        let growth = last_two(&years).unwrap();
        assert_eq!((growth.before, growth.now), (2021, 2022));
        // Only one year has many papers.
        let growth = last_two(&BTreeMap::from([(2019, 300), (2020, 20), (2021, 3)])).unwrap();
        assert_eq!((growth.before, growth.now), (2020, 2021));
    }
}
