//! The topics of a graph: its communities.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Extent, NodeName, Sheet};
use crate::disk::FileKind;
use crate::graph::{CharacteristicNode, Network, TopicQuery, Topics, topics};
use crate::store::{GraphStore, KeptAnswer, StoreError};
use crate::text::{counted, counted_as};

const FILE: KeptAnswer<'_> = KeptAnswer { name: "communities", kind: FileKind { magic: b"kg-comm\n", version: 3 } };
/// Number of topics that are kept.
const KEPT: usize = 40;
/// Smallest number of papers of a topic, unless another is asked for.
pub(crate) const MIN_PAPERS: usize = 3;

/// The topics of a graph.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TopicList {
    /// The modularity: by how much the share of edges within communities exceeds that expected by chance; at most 1.
    pub modularity: f64,
    /// Number of communities, including those that are too small for a topic.
    pub communities: usize,
    /// Number of topics; `topics` may have only the first of them.
    pub total: usize,
    /// The topic with the most papers first.
    pub topics: Vec<TopicSummary>,
    /// The community of each node, by the node's number in the network.
    #[serde(skip)]
    pub community_of: Vec<u32>,
}

/// A topic and its most characteristic nodes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TopicSummary {
    /// The topic's number, from 1.
    pub topic: usize,
    /// Number of nodes in it.
    pub nodes: usize,
    /// Number of papers in it.
    pub papers: usize,
    /// The years of the first and the last dated paper.
    pub years: Option<(u16, u16)>,
    /// The most characteristic nodes, the best first.
    pub telling: Vec<TellingNode>,
}

/// A node that characterises a topic.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TellingNode {
    /// Kind, id and name of the node.
    #[serde(flatten)]
    pub node: NodeName,
    /// Number of papers of the topic that name it.
    pub papers: usize,
    /// The ratio of how often the topic's papers name it to how often all papers do, to three digits.
    pub lift: f64,
}

impl TopicList {
    /// The rows of `--format csv`.
    pub fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::new(["topic", "papers", "nodes", "kind", "id", "name", "papers_of_topic", "lift"]);
        for topic in &self.topics {
            for telling in &topic.telling {
                sheet.row([
                    topic.topic.to_string(),
                    topic.papers.to_string(),
                    topic.nodes.to_string(),
                    telling.node.kind.to_string(),
                    telling.node.id.clone(),
                    telling.node.name.clone(),
                    telling.papers.to_string(),
                    format!("{:.4}", telling.lift),
                ]);
            }
        }
        sheet
    }

    /// The first topics by the defaults of `kg communities`, without the community of each node. Finding them takes
    /// seconds, so they are kept.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn kept(store: &GraphStore) -> Result<Self, StoreError> {
        let kept = store.kept(FILE, || {
            let query = TopicQuery {
                resolution: 1.0,
                seed: 1,
                min_papers: MIN_PAPERS,
                kinds: Vec::new(),
                telling: 8,
                limit: KEPT,
            };
            topics(store, &Network::load(store)?, &query)
        })?;
        Ok(Self::of(kept))
    }

    /// Finds the topics.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn ask(store: &GraphStore, network: &Network, wish: &TopicQuery) -> Result<Self, StoreError> {
        Ok(Self::of(topics(store, network, wish)?))
    }

    fn of(found: Topics) -> Self {
        let node = |node: CharacteristicNode| TellingNode {
            node: NodeName { id: node.id, kind: node.kind, name: node.label },
            papers: node.papers,
            lift: (node.lift * 1000.0).round() / 1000.0,
        };
        let topics = found.topics.into_iter().map(|topic| TopicSummary {
            topic: topic.number,
            nodes: topic.nodes,
            papers: topic.papers,
            years: topic.years,
            telling: topic.telling.into_iter().map(node).collect(),
        });
        Self {
            topics: topics.collect(),
            total: found.total,
            modularity: found.communities.modularity,
            communities: found.communities.count,
            community_of: found.communities.community_of,
        }
    }

    /// `23 communities, 18 of them with 3 papers or more`: the topics are the larger communities.
    pub(crate) fn counts(&self, min_papers: usize) -> String {
        let all = counted_as(self.communities, "community", "communities");
        match self.total == self.communities {
            true => all,
            false => format!("{all}, {} of them with {} or more", self.total, counted(min_papers, "paper")),
        }
    }

    /// How many rows the answer has in all, and how many are listed.
    pub fn extent(&self) -> Extent {
        Extent { total: self.total, listed: self.topics.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_say_how_many_communities_are_no_topics() {
        let list = |communities, total| TopicList {
            modularity: 0.5,
            communities,
            total,
            topics: Vec::new(),
            community_of: Vec::new(),
        };
        assert_eq!(list(23, 18).counts(3), "23 communities, 18 of them with 3 papers or more");
        assert_eq!(list(1, 1).counts(3), "1 community");
    }
}
