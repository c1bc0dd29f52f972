//! The most important nodes of the graph, by four measures of importance.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::betweenness::betweenness;
use super::network::{Adjacency, Network, Number};
use super::pagerank::pagerank;
use crate::ontology::NodeKind;
use crate::store::{GraphStore, StoreError};

/// What importance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Papers that name it; of a paper, what it names.
    Degree,
    /// How much of the credit that papers give comes to it, see [`pagerank`].
    Pagerank,
    /// How many shortest ways lead through it, see [`betweenness`].
    Betweenness,
    /// How much more often it is named than in the year before, see [`Growth`].
    Growth,
}

/// What is to be ranked, and how.
#[derive(Debug, Clone)]
pub struct Wish {
    /// All if empty.
    pub kinds: Vec<NodeKind>,
    pub by: By,
    /// Nodes that betweenness searches from; `None` leaves it to the size of the graph.
    pub samples: Option<usize>,
    pub seed: u64,
    /// All if `None`.
    pub limit: Option<usize>,
}

/// The nodes in the order of their importance.
#[derive(Debug, Clone)]
pub struct Ranking {
    pub rows: Vec<Ranked>,
    /// Nodes of the kinds asked for.
    pub total: usize,
    /// Set if betweenness was estimated: nodes that were searched from.
    pub sampled: Option<usize>,
    /// Set if growth was asked for.
    pub growth: Option<Growth>,
}

#[derive(Debug, Clone)]
pub struct Ranked {
    pub kind: NodeKind,
    pub id: String,
    pub label: String,
    pub score: f64,
    /// Half the width of the 95 % interval around the score; 0 where it is exact.
    pub error: f64,
    /// Papers that name it; of a paper, the things it names.
    pub degree: usize,
    /// Papers that name it, of each year with a paper of the graph.
    pub by_year: Vec<(u16, usize)>,
}

/// The years that growth compares: the last one that has papers and the one before that has.
///
/// The score of a node is (n + 3) / (m + 3): n papers of the last year name it, and m would if it had kept the share of
/// papers that it had the year before. The 3 keeps what is rare from seeming to explode: from no paper to one is 1.33.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Growth {
    pub before: u16,
    pub now: u16,
    /// Papers of the graph in these years.
    pub papers_before: usize,
    pub papers_now: usize,
}

const DAMPED: f64 = 3.0;

impl Growth {
    fn score(self, before: usize, now: usize) -> f64 {
        let expected = before as f64 * self.papers_now as f64 / self.papers_before.max(1) as f64;
        (now as f64 + DAMPED) / (expected + DAMPED)
    }
}

/// Ranks the nodes of a network. `None` if growth is asked for and fewer than two years have papers.
pub fn rank(store: &GraphStore, network: &Network, wish: &Wish) -> Result<Option<Ranking>, StoreError> {
    let around = network.undirected();
    let years = papers_by_year(network);
    let growth = match wish.by {
        By::Growth => match last_two(&years) {
            None => return Ok(None),
            growth => growth,
        },
        _ => None,
    };
    let mut sampled = None;
    let (scores, errors) = match wish.by {
        By::Pagerank => (pagerank(network), Vec::new()),
        By::Betweenness => {
            let found = betweenness(&around, wish.samples, wish.seed);
            sampled = (!found.exact).then_some(found.sources);
            (found.value, found.error)
        }
        By::Degree | By::Growth => (Vec::new(), Vec::new()),
    };
    let score = |node: Number| match growth {
        Some(growth) => {
            let counts = by_year(network, &around, node);
            let of = |year: u16| counts.get(&year).copied().unwrap_or_default();
            growth.score(of(growth.before), of(growth.now))
        }
        None => scores.get(node as usize).copied().unwrap_or_else(|| degree(network, &around, node) as f64),
    };
    let mut order: Vec<(f64, Number)> = network
        .of_kind(None)
        .filter(|node| wish.kinds.is_empty() || wish.kinds.contains(&network.kind(*node)))
        .map(|node| (score(node), node))
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let total = order.len();
    order.truncate(wish.limit.unwrap_or(total));
    let row = |(score, node): (f64, Number)| -> Result<Ranked, StoreError> {
        let id = network.id(node).to_string();
        let counts = by_year(network, &around, node);
        Ok(Ranked {
            kind: network.kind(node),
            label: store.node(&store.base().node(&id))?.map_or_else(|| id.clone(), |node| node.label),
            score,
            error: errors.get(node as usize).copied().unwrap_or_default(),
            degree: degree(network, &around, node),
            by_year: years.keys().map(|year| (*year, counts.get(year).copied().unwrap_or_default())).collect(),
            id,
        })
    };
    let rows = order.into_par_iter().map(row).collect::<Result<Vec<_>, _>>()?;
    Ok(Some(Ranking { rows, total, sampled, growth }))
}

/// Papers that name a node; of a paper, everything it is tied to.
fn degree(network: &Network, around: &Adjacency, node: Number) -> usize {
    match network.kind(node) {
        NodeKind::Paper => around.degree(node),
        _ => around.of(node).iter().filter(|other| network.kind(**other) == NodeKind::Paper).count(),
    }
}

fn by_year(network: &Network, around: &Adjacency, node: Number) -> BTreeMap<u16, usize> {
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

fn last_two(years: &BTreeMap<u16, usize>) -> Option<Growth> {
    let mut last = years.iter().rev();
    let ((now, papers_now), (before, papers_before)) = (last.next()?, last.next()?);
    Some(Growth { before: *before, now: *now, papers_before: *papers_before, papers_now: *papers_now })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_measured_against_the_share_of_the_year_before() {
        let growth = Growth { before: 2023, now: 2024, papers_before: 100, papers_now: 200 };
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
}
