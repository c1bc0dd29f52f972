//! What is like a node.

use serde::Serialize;

use super::{Extent, NodeName};
use crate::graph::{Selection, similar};
use crate::ontology::NodeKind;
use crate::paper::PartialDate;
use crate::store::{GraphStore, NodeRef, StoreError};

/// The nodes that have the neighbours of another.
#[derive(Debug, Clone, Serialize)]
pub struct SimilarNodes {
    pub node: NodeName,
    /// How many nodes of the kind share a neighbour with it.
    pub candidates: usize,
    /// How many of them were measured: those with the greatest weight in common.
    pub measured: usize,
    /// The most similar first.
    pub similar: Vec<SimilarNode>,
}

/// A node that has neighbours of another.
#[derive(Debug, Clone, Serialize)]
pub struct SimilarNode {
    #[serde(flatten)]
    pub node: NodeName,
    /// When it was published, if it is a paper.
    pub date: Option<PartialDate>,
    /// The cosine of the weighted lists of neighbours, 0 to 1, to four digits.
    pub score: f64,
    /// Neighbours that both have.
    pub shared: usize,
    /// The most telling of them.
    pub because: Vec<SharedNeighbor>,
}

/// A neighbour that two nodes share.
#[derive(Debug, Clone, Serialize)]
pub struct SharedNeighbor {
    pub id: String,
    pub name: String,
    /// Of a name: the papers about it. Of a paper: the things it names.
    pub ties: usize,
}

impl SimilarNodes {
    /// Finds what is like `node`, of `kind` or of its own kind. `None` if the two cannot be compared.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub fn ask(
        store: &GraphStore,
        node: &NodeRef,
        kind: Option<NodeKind>,
        selection: &Selection,
        limit: usize,
    ) -> Result<Option<Self>, StoreError> {
        let Some(found) = similar(store, node, kind, selection, limit)? else { return Ok(None) };
        let similar = found.similar.into_iter().map(|one| SimilarNode {
            node: NodeName { id: one.node.id, kind: one.node.kind, name: one.node.label },
            date: one.node.date,
            score: (one.score * 10_000.0).round() / 10_000.0,
            shared: one.shared,
            because: one
                .because
                .into_iter()
                .map(|because| SharedNeighbor { id: because.id, name: because.label, ties: because.ties })
                .collect(),
        });
        Ok(Some(Self {
            node: node.into(),
            candidates: found.candidates,
            measured: found.measured,
            similar: similar.collect(),
        }))
    }

    pub fn extent(&self) -> Extent {
        Extent { total: self.candidates, listed: self.similar.len() }
    }
}
