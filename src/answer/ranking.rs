//! The most important nodes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Extent, NodeName, PaperCount, Sheet};
use crate::disk::FileKind;
use crate::graph::{GrowthYears, Network, RankMeasure, RankQuery, RankedNumber, Ranking, rank};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, KeptAnswer, StoreError};
use crate::vocabulary::Kind;

/// The nodes of a graph, ordered by importance.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct NodeRanking {
    /// The measure of importance.
    pub by: RankMeasure,
    /// Number of nodes of the requested kinds; `rows` may have only the first of them.
    pub total: usize,
    /// Number of nodes from which betweenness was estimated; `None` if the values are exact.
    pub sampled: Option<usize>,
    /// The years that growth compares, if growth was asked for.
    pub growth: Option<GrowthYears>,
    /// The nodes, the most important first.
    pub rows: Vec<RankedNode>,
}

/// A node with its importance.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RankedNode {
    /// Kind, id and name of the node.
    #[serde(flatten)]
    pub node: NodeName,
    /// Value of the measure.
    pub score: f64,
    /// Half the width of the 95 % interval around the score; 0 if the score is exact.
    pub error: f64,
    /// Number of papers about it; for a paper, the number of nodes tied to it.
    pub ties: usize,
    /// How many papers are about it, and how many name it in their text; zero for a paper.
    #[serde(flatten)]
    pub count: PaperCount,
    /// Number of papers about it in each year in which the graph has papers.
    pub by_year: BTreeMap<u16, usize>,
}

const FILE: KeptAnswer<'_> = KeptAnswer { name: "growth", kind: FileKind { magic: b"kg-grow\n", version: 4 } };
/// The kinds whose growth is kept.
const GROWING: [Kind; 5] = [Kind::Task, Kind::Dataset, Kind::Model, Kind::Method, Kind::Software];
/// Number of nodes of a kind that are kept.
const KEPT: usize = 50;

impl NodeRanking {
    /// Terms that grow, by kind; empty if the papers are of fewer than two years. Finding them takes seconds, so they
    /// are kept.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn growth_of_kinds(store: &GraphStore) -> Result<Vec<(Kind, Self)>, StoreError> {
        let kept: Vec<(Kind, Ranking)> = store.kept(FILE, || {
            let network = Network::load(store)?;
            let mut rankings = Vec::new();
            for kind in GROWING {
                let query = RankQuery {
                    kinds: vec![NodeKind::Entity(kind)],
                    by: RankMeasure::Growth,
                    samples: None,
                    seed: 1,
                    limit: Some(KEPT),
                };
                rankings.extend(rank(store, &network, &query)?.map(|ranking| (kind, ranking)));
            }
            Ok(rankings)
        })?;
        Ok(kept.into_iter().map(|(kind, ranking)| (kind, Self::of(RankMeasure::Growth, ranking))).collect())
    }

    /// The rows of `--format csv`.
    pub fn sheet(&self) -> Sheet {
        let mut sheet =
            Sheet::new(["rank", "kind", "id", "name", self.by.as_str(), "error", "ties", "by_year", "in_text"]);
        for (i, row) in self.rows.iter().enumerate() {
            let years: Vec<String> =
                row.by_year.iter().filter(|(_, n)| **n > 0).map(|(year, n)| format!("{year}:{n}")).collect();
            sheet.row([
                (i + 1).to_string(),
                row.node.kind.to_string(),
                row.node.id.clone(),
                row.node.name.clone(),
                row.score.to_string(),
                row.error.to_string(),
                row.ties.to_string(),
                years.join(" "),
                row.count.in_text.to_string(),
            ]);
        }
        sheet
    }

    /// Ranks the nodes. `None` if growth is asked for and fewer than two years have papers.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn ask(store: &GraphStore, network: &Network, wish: &RankQuery) -> Result<Option<Self>, StoreError> {
        Ok(rank(store, network, wish)?.map(|ranking| Self::of(wish.by, ranking)))
    }

    fn of(by: RankMeasure, ranking: Ranking) -> Self {
        Self {
            by,
            total: ranking.total,
            sampled: ranking.sampled,
            growth: ranking.growth,
            rows: ranking.rows.into_iter().map(RankedNode::from).collect(),
        }
    }

    /// How many rows the answer has in all, and how many are listed.
    pub fn extent(&self) -> Extent {
        Extent { total: self.total, listed: self.rows.len() }
    }
}

impl From<RankedNumber> for RankedNode {
    fn from(row: RankedNumber) -> Self {
        Self {
            node: NodeName { id: row.id, kind: row.kind, name: row.label },
            score: row.score,
            error: row.error,
            ties: row.degree,
            count: row.count,
            by_year: row.by_year.into_iter().collect(),
        }
    }
}
