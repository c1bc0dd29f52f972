//! What the graph is about: its communities as topics.

use serde::Serialize;

use super::{Extent, NodeName};
use crate::graph::{Network, TopicWish, topics};
use crate::store::{GraphStore, StoreError};

/// The topics of a graph.
#[derive(Debug, Clone, Serialize)]
pub struct TopicList {
    /// How much more edges lie within communities than chance would put there, at most 1.
    pub modularity: f64,
    /// Communities in all, those too small for a topic among them.
    pub communities: usize,
    /// Topics; `topics` may have only the first of them.
    pub total: usize,
    /// The one with the most papers first.
    pub topics: Vec<TopicSummary>,
    /// The community of each node, by its number in the network.
    #[serde(skip)]
    pub community_of: Vec<u32>,
}

/// A topic and what it is about.
#[derive(Debug, Clone, Serialize)]
pub struct TopicSummary {
    /// From 1.
    pub topic: usize,
    pub nodes: usize,
    pub papers: usize,
    /// The years of the first and the last dated paper.
    pub years: Option<(u16, u16)>,
    /// The most telling nodes, the best first.
    pub telling: Vec<TellingNode>,
}

/// A node that a topic is about.
#[derive(Debug, Clone, Serialize)]
pub struct TellingNode {
    #[serde(flatten)]
    pub node: NodeName,
    /// Papers of the topic that name it.
    pub papers: usize,
    /// How many times as often the papers of the topic name it as all papers do, to three digits.
    pub lift: f64,
}

impl TopicList {
    /// Finds the first `limit` topics.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub fn ask(store: &GraphStore, network: &Network, wish: &TopicWish, limit: usize) -> Result<Self, StoreError> {
        let found = topics(store, network, wish)?;
        let total = found.topics.len();
        let topics = found.topics.into_iter().take(limit).map(|topic| TopicSummary {
            topic: topic.number,
            nodes: topic.nodes,
            papers: topic.papers,
            years: topic.years,
            telling: topic
                .telling
                .into_iter()
                .map(|telling| TellingNode {
                    node: NodeName { id: telling.id, kind: telling.kind, name: telling.label },
                    papers: telling.papers,
                    lift: (telling.lift * 1000.0).round() / 1000.0,
                })
                .collect(),
        });
        Ok(Self {
            topics: topics.collect(),
            total,
            modularity: found.communities.modularity,
            communities: found.communities.count,
            community_of: found.communities.of,
        })
    }

    pub fn extent(&self) -> Extent {
        Extent { total: self.total, listed: self.topics.len() }
    }
}
