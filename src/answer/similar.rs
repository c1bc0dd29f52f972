//! Nodes that are similar to a node.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Extent, NodeName, Sheet};
use crate::graph::{Selection, similar};
use crate::ontology::NodeKind;
use crate::paper::PartialDate;
use crate::store::{GraphStore, NodeRef, StoreError};

/// The nodes that share neighbours with another node.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SimilarNodes {
    /// Kind, id and name of the node.
    pub node: NodeName,
    /// Number of nodes of the kind that share a neighbour with it.
    pub candidates: usize,
    /// Number of candidates that were measured: those with the greatest shared weight.
    pub measured: usize,
    /// The most similar first.
    pub similar: Vec<SimilarNode>,
}

/// A node that shares neighbours with another.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SimilarNode {
    /// Kind, id and name of the node.
    #[serde(flatten)]
    pub node: NodeName,
    /// The publication date, if it is a paper.
    pub date: Option<PartialDate>,
    /// The cosine similarity of the weighted neighbours, 0 to 1, to four digits.
    pub score: f64,
    /// Number of shared neighbours.
    pub shared: usize,
    /// The most informative shared neighbours.
    pub because: Vec<SharedNeighbor>,
}

/// A neighbour that two nodes share.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SharedNeighbor {
    /// Id of its node: `dataset/coco`.
    pub id: String,
    /// Name that is shown.
    pub name: String,
    /// For a name: the number of papers about it. For a paper: the number of entities that it names.
    pub ties: usize,
}

impl SimilarNodes {
    /// The rows of `--format csv`.
    pub fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::new(["score", "kind", "id", "name", "date", "shared", "because"]);
        for similar in &self.similar {
            let because: Vec<&str> = similar.because.iter().map(|because| because.name.as_str()).collect();
            sheet.row([
                format!("{:.4}", similar.score),
                similar.node.kind.to_string(),
                similar.node.id.clone(),
                similar.node.name.clone(),
                similar.date.map(|date| date.to_string()).unwrap_or_default(),
                similar.shared.to_string(),
                because.join("; "),
            ]);
        }
        sheet
    }

    /// Finds nodes that are similar to `node`, of `kind` or of its own kind.
    /// `None` if the two kinds cannot be compared.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn ask(
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

    /// How many rows the answer has in all, and how many are listed.
    pub fn extent(&self) -> Extent {
        Extent { total: self.candidates, listed: self.similar.len() }
    }
}
