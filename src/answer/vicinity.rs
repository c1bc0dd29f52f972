//! A node and its nearest neighbours, for a picture.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{NeighborGroup, NeighborRow, Neighborhood, NodeName, Sheet};
use crate::graph::{MinConfidence, NeighborQuery, Selection, Tie, ties_among};
use crate::ontology::NodeKind;
use crate::paper::PartialDate;
use crate::store::{GraphStore, NodeRef, StoreError};

/// A node, its most relevant neighbours, and the relations between all of these.
#[derive(Debug, Clone, Serialize)]
pub struct Vicinity {
    /// The node at the centre.
    pub node: NodeName,
    /// The neighbours: from each group of neighbours the first ones.
    pub neighbors: Vec<VicinityNode>,
    /// The relations, in a fixed order.
    pub edges: Vec<VicinityEdge>,
    /// Number of neighbours that are not listed.
    pub left_out: usize,
}

/// A neighbour in a picture.
#[derive(Debug, Clone, Serialize)]
pub struct VicinityNode {
    /// Kind, id and name of the neighbour.
    #[serde(flatten)]
    pub node: NodeName,
    /// Publication date of a paper.
    pub date: Option<PartialDate>,
    /// Number of papers about it; 0 for a paper.
    pub papers: usize,
    /// Whether it is a dead link.
    pub dead: bool,
}

/// A relation between two nodes of a picture.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct VicinityEdge {
    /// The subject.
    pub from: String,
    /// The tie between the two.
    pub relation: Tie,
    /// The object.
    pub to: String,
}

impl Vicinity {
    /// Takes neighbours from the groups in turn: `each` papers and `each` other nodes.
    pub(crate) fn of(node: &NodeRef, groups: &[NeighborGroup], each: usize) -> Self {
        let total: usize = groups.iter().map(|group| group.total).sum();
        let mut seen = BTreeSet::from([node.id.as_str()]);
        let (mut neighbors, mut edges) = (Vec::new(), Vec::new());
        for papers in [true, false] {
            let groups: Vec<&NeighborGroup> =
                groups.iter().filter(|group| (group.kind == NodeKind::Paper) == papers).collect();
            let longest = groups.iter().map(|group| group.rows.len()).max().unwrap_or_default();
            let in_turn =
                (0..longest).flat_map(|at| groups.iter().filter_map(move |group| Some((*group, group.rows.get(at)?))));
            let mut taken: Vec<(&NeighborGroup, &NeighborRow)> = Vec::new();
            for (group, row) in in_turn {
                if taken.len() < each && seen.insert(row.id.as_str()) {
                    taken.push((group, row));
                }
            }
            // Neighbours with the same relation to the node are next to each other.
            taken.sort_by_key(|(group, _)| (group.relation, group.kind));
            for (group, row) in taken {
                neighbors.push(VicinityNode::of(group.kind, row));
                let relation = group.relation.unwrap_or(Tie::Related);
                let incoming = group.direction == Some(super::Direction::In);
                let (from, to) = if incoming { (&row.id, &node.id) } else { (&node.id, &row.id) };
                edges.push(VicinityEdge { from: from.clone(), relation, to: to.clone() });
            }
        }
        let left_out = total.saturating_sub(neighbors.len());
        Self { node: node.into(), neighbors, edges, left_out }
    }

    /// As [`Vicinity::of`], including the relations among the neighbours.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn ask(
        store: &GraphStore,
        node: &NodeRef,
        each: usize,
        min_confidence: Option<MinConfidence>,
    ) -> Result<Self, StoreError> {
        // The number of rows of a group that the index has ready for a node with many papers.
        let selection = Selection { min_confidence, ..Selection::default() };
        let wanted = NeighborQuery { selection, depth: 1, limit: Some(each.min(ROWS)), evidence: false };
        let mut found = Self::of(node, &Neighborhood::ask(store, node, &wanted)?.groups, each);
        let ids: Vec<&str> = found.neighbors.iter().map(|neighbor| neighbor.node.id.as_str()).collect();
        let among = ties_among(store, &ids, min_confidence)?;
        found.edges.extend(among.into_iter().map(|(from, relation, to)| VicinityEdge { from, relation, to }));
        Ok(found)
    }

    /// A row for each relation.
    pub fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::new(["from", "relation", "to"]);
        for edge in &self.edges {
            sheet.row([edge.from.clone(), edge.relation.as_str().to_string(), edge.to.clone()]);
        }
        sheet
    }

    /// The relation between the node and a neighbour.
    pub fn edge_to(&self, neighbor: &str) -> Option<&VicinityEdge> {
        let ends = [neighbor, self.node.id.as_str()];
        self.edges.iter().find(|edge| ends == [edge.from.as_str(), &edge.to] || ends == [edge.to.as_str(), &edge.from])
    }
}

/// Maximum number of rows that are read of one group.
const ROWS: usize = 12;

impl VicinityNode {
    fn of(kind: NodeKind, row: &NeighborRow) -> Self {
        Self {
            node: NodeName { id: row.id.clone(), kind, name: row.name.clone() },
            date: row.date(),
            papers: row.papers(),
            dead: row.check().is_some_and(|check| check.dead),
        }
    }
}
