//! Communities of the graph as topics: what their papers are about.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::communities::{Communities, communities};
use super::network::Network;
use crate::ontology::NodeKind;
use crate::store::{GraphStore, StoreError};

/// A community and what it is about.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Topic {
    /// Position from 1, by number of papers, the largest first.
    pub number: usize,
    /// Number among the communities.
    pub community: u32,
    pub nodes: usize,
    pub papers: usize,
    /// The years of the first and the last dated paper.
    pub years: Option<(u16, u16)>,
    /// The most characteristic nodes first.
    pub telling: Vec<CharacteristicNode>,
}

/// A node that is characteristic of a topic.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CharacteristicNode {
    pub kind: NodeKind,
    pub id: String,
    pub label: String,
    /// Number of papers of the topic that name it.
    pub papers: usize,
    /// Ratio of the share of the topic's papers that name it to the share of all papers.
    pub lift: f64,
}

/// The topics with the most papers, and the communities that all topics come from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Topics {
    pub topics: Vec<Topic>,
    /// Number of all topics.
    pub total: usize,
    pub communities: Communities,
}

/// Which topics to list.
#[derive(Debug, Clone)]
pub(crate) struct TopicQuery {
    pub resolution: f64,
    pub seed: u64,
    /// Smallest number of papers of a listed community.
    pub min_papers: usize,
    /// Kinds of the characteristic nodes; datasets, models, methods, tasks and software if empty.
    pub kinds: Vec<NodeKind>,
    /// Number of characteristic nodes of each topic.
    pub telling: usize,
    /// Largest number of topics.
    pub limit: usize,
}

/// Finds the communities and what they are about.
///
/// The most characteristic nodes have the greatest n · ln(lift): many papers of the topic name them, and much more
/// often than papers in general. Lift alone would favour what one paper names; the number of papers alone would
/// favour what all topics share.
pub(crate) fn topics(store: &GraphStore, network: &Network, wish: &TopicQuery) -> Result<Topics, StoreError> {
    let around = network.undirected();
    let found = communities(&around, wish.resolution, wish.seed);
    let of = |node: u32| found.community_of.get(node as usize).copied().unwrap_or_default();
    let mut all: Vec<Topic> = (0..found.count)
        .map(|i| Topic { number: 0, community: i as u32, nodes: 0, papers: 0, years: None, telling: Vec::new() })
        .collect();
    let mut papers = 0;
    for node in network.of_kind(None) {
        let Some(topic) = all.get_mut(of(node) as usize) else { continue };
        topic.nodes += 1;
        if network.kind(node) == NodeKind::Paper {
            papers += 1;
            topic.papers += 1;
            if let Some(year) = network.year(node) {
                let (first, last) = topic.years.unwrap_or((year, year));
                topic.years = Some((first.min(year), last.max(year)));
            }
        }
    }
    let mut named: HashMap<u32, Vec<(f64, u32, usize, f64)>> = HashMap::new();
    for node in network.of_kind(None).filter(|node| is_characteristic(network.kind(*node), &wish.kinds)) {
        let mut counts: HashMap<u32, usize> = HashMap::new();
        let mut everywhere = 0_usize;
        for &paper in around.of(node).iter().filter(|other| network.kind(**other) == NodeKind::Paper) {
            everywhere += 1;
            *counts.entry(of(paper)).or_default() += 1;
        }
        for (community, here) in counts {
            let size = all.get(community as usize).map_or(0, |topic| topic.papers);
            if size < wish.min_papers || here < 2 && size > 2 {
                continue;
            }
            let lift = (here as f64 / size.max(1) as f64) / (everywhere as f64 / f64::from(papers.max(1)));
            if lift > 1.0 || found.count == 1 {
                named.entry(community).or_default().push((here as f64 * lift.ln(), node, here, lift));
            }
        }
    }
    all.retain(|topic| topic.papers >= wish.min_papers.max(1));
    all.sort_by(|a, b| b.papers.cmp(&a.papers).then(b.nodes.cmp(&a.nodes)).then(a.community.cmp(&b.community)));
    let total = all.len();
    all.truncate(wish.limit);
    for (i, topic) in all.iter_mut().enumerate() {
        topic.number = i + 1;
        let mut telling = named.remove(&topic.community).unwrap_or_default();
        telling.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.2.cmp(&a.2)).then(a.1.cmp(&b.1)));
        for (_, node, papers, lift) in telling.into_iter().take(wish.telling) {
            let (kind, id) = (network.kind(node), network.id(node).to_string());
            let label = store.node(&store.base().node(&id))?.map_or_else(|| id.clone(), |node| node.label);
            topic.telling.push(CharacteristicNode { kind, id, label, papers, lift });
        }
    }
    Ok(Topics { topics: all, total, communities: found })
}

fn is_characteristic(kind: NodeKind, wanted: &[NodeKind]) -> bool {
    use crate::vocabulary::Kind;
    match kind {
        NodeKind::Paper | NodeKind::Repository | NodeKind::Page => false,
        // Metrics and hardware characterise no topic: they are common to all topics.
        NodeKind::Entity(Kind::Metric | Kind::Hardware) if wanted.is_empty() => false,
        kind => wanted.is_empty() || wanted.contains(&kind),
    }
}
