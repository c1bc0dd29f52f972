//! Nodes that are more than one step away from the centre.

use std::collections::BTreeMap;

use oxigraph::model::NamedNode;

use super::{Neighbor, NeighborSearch, NeighborsByTie, THROUGH, name};
use crate::graph::tie::capitalized;
use crate::graph::{GraphView, weight_of_sharing};
use crate::ontology::NodeKind;
use crate::store::StoreError;

/// A row with its score.
type RankedRow = (f64, NamedNode, Neighbor);

impl NeighborSearch<'_> {
    /// Neighbours more than one step away.
    pub(super) fn farther(&self, graph: &GraphView) -> Result<Vec<NeighborsByTie>, StoreError> {
        let mut by_step: BTreeMap<(u8, NodeKind), Vec<RankedRow>> = BTreeMap::new();
        for (index, node) in graph.nodes() {
            if node.distance < 2 || !self.query.selection.takes_node(node) {
                continue;
            }
            let mut before: Vec<(f64, &str)> = Vec::new();
            for other in graph.petgraph().neighbors_undirected(index) {
                let Some(step) = graph.node(other).filter(|step| step.distance + 1 == node.distance) else { continue };
                let edges = [(index, other), (other, index)];
                let weight = edges.iter().filter_map(|(a, b)| {
                    graph.petgraph().find_edge(*a, *b).and_then(|edge| graph.petgraph().edge_weight(edge))
                });
                let weight: f64 = weight.map(|link| link.weight).sum();
                before.push((weight * weight_of_sharing(graph.degree(other)), &step.label));
            }
            before.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
            before.dedup_by(|a, b| a.1 == b.1);
            let mut row = self.row(node.clone(), 0, false);
            row.shared = before.len();
            row.through = before.iter().take(THROUGH).map(|(_, label)| (*label).to_string()).collect();
            let score: f64 = before.iter().map(|(weight, _)| weight).sum();
            let iri = self.store.base().node(&node.id);
            by_step.entry((node.distance, node.kind)).or_default().push((score, iri, row));
        }
        let mut groups = Vec::new();
        for ((distance, kind), mut rows) in by_step {
            rows.sort_by(|a, b| {
                b.0.total_cmp(&a.0).then(b.2.node.date.cmp(&a.2.node.date)).then_with(|| name(&a.2, &b.2))
            });
            let total = rows.len();
            let heading = format!("{} {distance} steps away", capitalized(kind.plural()));
            let rows = rows.into_iter().map(|(_, iri, row)| (iri, row)).collect();
            let group = NeighborsByTie { heading, tie: None, incoming: false, kind, distance, total, rows: Vec::new() };
            groups.push(self.filled(group, rows, self.query.limit)?);
        }
        Ok(groups)
    }
}
