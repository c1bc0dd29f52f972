//! The whole graph as arrays of numbers, for analyses of all of it.
//!
//! Nodes are numbered in the order of their ids, so the same graph gives the same numbers, whatever the order in which
//! it was built. Edges point where credit flows: from a paper to what it names, from a name to the paper that
//! introduces it, from the narrower to the broader, from a dataset or model to its task. The weight of an edge is that
//! of its strongest tie ([`Tie::weight`]). A million papers with nine million edges take about 300 MB.

use rayon::prelude::*;

use super::Tie;
use crate::index::{Index, IndexError, IndexedNode};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, StoreError};

/// A node by its number in a [`Network`].
pub(crate) type NodeNumber = u32;

/// An edge of a [`Network`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NetworkEdge {
    pub from: NodeNumber,
    pub to: NodeNumber,
    pub weight: f32,
}

/// The whole graph.
#[derive(Debug, Clone, Default)]
pub struct Network {
    ids: PackedIds,
    kinds: Vec<NodeKind>,
    /// Dates of papers as numbers that sort (20240710); 0 if unknown.
    days: Vec<u32>,
    /// Sorted by `from`, then `to`, without duplicates.
    edges: Vec<NetworkEdge>,
}

/// Many short texts stored in one string.
#[derive(Debug, Clone, Default)]
pub(super) struct PackedIds {
    text: String,
    ends: Vec<usize>,
}

impl PackedIds {
    /// The ids of all nodes, sorted, and the index document of each.
    pub(super) fn sorted(index: &Index) -> Result<(Self, Vec<IndexedNode>), IndexError> {
        let (mut unsorted, mut of) = (Self::default(), Vec::new());
        let nodes = index.nodes()?;
        index.each_id(|id, doc| {
            if nodes.kind(doc).is_some() {
                unsorted.push(id);
                of.push(doc);
            }
        })?;
        let mut order: Vec<usize> = (0..of.len()).collect();
        order.par_sort_unstable_by_key(|at| unsorted.get(*at));
        let (mut ids, mut docs) = (Self::default(), Vec::with_capacity(of.len()));
        for at in order {
            if let (Some(id), Some(doc)) = (unsorted.get(at), of.get(at)) {
                ids.push(id);
                docs.push(*doc);
            }
        }
        Ok((ids, docs))
    }

    pub(super) fn push(&mut self, id: &str) {
        self.text.push_str(id);
        self.ends.push(self.text.len());
    }

    pub(super) fn get(&self, at: usize) -> Option<&str> {
        let start = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start..*self.ends.get(at)?)
    }

    /// The position of a text. The texts must be sorted.
    pub(super) fn find(&self, id: &str) -> Option<usize> {
        let (mut from, mut to) = (0, self.ends.len());
        while from < to {
            let middle = from + (to - from) / 2;
            match self.get(middle)?.cmp(id) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
            }
        }
        None
    }
}

impl Network {
    /// Reads the graph from its search index, on all cores, without quiet nodes (see [`NodeKind::is_quiet`]).
    pub fn load(store: &GraphStore) -> Result<Self, StoreError> {
        Self::load_kinds(store, |kind| !kind.is_quiet())
    }

    /// As [`Network::load`], with the nodes of the `wanted` kinds.
    pub fn load_kinds(store: &GraphStore, wanted: impl Fn(NodeKind) -> bool) -> Result<Self, StoreError> {
        let index = store.index()?;
        let (ids, docs) = PackedIds::sorted(index)?;
        let mut network = Self::default();
        let mut numbers: Vec<Option<NodeNumber>> = vec![None; index.end() as usize];
        let nodes = index.nodes()?;
        for (at, doc) in docs.into_iter().enumerate() {
            let Some(kind) = nodes.kind(doc).filter(|kind| wanted(*kind)) else { continue };
            network.ids.push(ids.get(at).unwrap_or_default());
            if let Some(number) = numbers.get_mut(doc as usize) {
                *number = Some(network.kinds.len() as NodeNumber);
            }
            network.kinds.push(kind);
            network.days.push(nodes.day(doc).try_into().unwrap_or_default());
        }
        let (predicates, ties) = index.all_ties()?;
        let ties_of: Vec<Option<Tie>> =
            predicates.iter().map(|predicate| Tie::of_index(store.ontology(), predicate)).collect();
        let number = |doc: IndexedNode| numbers.get(doc as usize).copied().flatten();
        let edges: Vec<NetworkEdge> = ties
            .par_iter()
            .filter_map(|(subject, predicate, object)| {
                let tie = ties_of.get(*predicate as usize).copied().flatten()?;
                let (subject, object) = (number(*subject)?, number(*object)?);
                let (from, to) = if tie == Tie::Introduces { (object, subject) } else { (subject, object) };
                (from != to).then_some(NetworkEdge { from, to, weight: tie.weight() as f32 })
            })
            .collect();
        drop(ties);
        network.edges = distinct(edges);
        Ok(network)
    }

    /// A network of plain numbers, for testing algorithms.
    #[cfg(test)]
    pub fn of(nodes: usize, edges: Vec<NetworkEdge>) -> Self {
        let mut network = Self { edges: distinct(edges), ..Self::default() };
        for i in 0..nodes {
            network.ids.push(&format!("paper/{i}"));
            network.kinds.push(NodeKind::Paper);
            network.days.push(0);
        }
        network
    }

    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    pub fn edges(&self) -> &[NetworkEdge] {
        &self.edges
    }

    pub fn id(&self, node: NodeNumber) -> &str {
        self.ids.get(node as usize).unwrap_or_default()
    }

    pub fn kind(&self, node: NodeNumber) -> NodeKind {
        self.kinds.get(node as usize).copied().unwrap_or(NodeKind::Page)
    }

    /// The year in a paper's date.
    pub fn year(&self, node: NodeNumber) -> Option<u16> {
        let year = u16::try_from(self.days.get(node as usize)? / 10_000).ok()?;
        (year > 0).then_some(year)
    }

    /// The numbers of all nodes of a kind, or of all nodes.
    pub fn of_kind(&self, kind: Option<NodeKind>) -> impl Iterator<Item = NodeNumber> + '_ {
        let of = move |(_, k): &(usize, &NodeKind)| kind.is_none_or(|kind| kind == **k);
        self.kinds.iter().enumerate().filter(of).map(|(i, _)| i as NodeNumber)
    }

    /// The graph without directions. Each neighbour occurs once; an edge in both directions gets the greater
    /// weight.
    pub fn undirected(&self) -> NodeAdjacency {
        let both: Vec<NetworkEdge> =
            self.edges.iter().flat_map(|edge| [*edge, NetworkEdge { from: edge.to, to: edge.from, ..*edge }]).collect();
        NodeAdjacency::new(self.len(), &distinct(both))
    }

    /// For each node, the nodes whose edges lead to it.
    pub fn incoming(&self) -> NodeAdjacency {
        let turned: Vec<NetworkEdge> =
            self.edges.iter().map(|edge| NetworkEdge { from: edge.to, to: edge.from, ..*edge }).collect();
        NodeAdjacency::new(self.len(), &distinct(turned))
    }

    /// Size of the arrays in bytes.
    pub fn bytes(&self) -> usize {
        self.ids.text.len() + self.len() * (8 + 2 + 4) + self.edges.len() * size_of::<NetworkEdge>()
    }
}

/// Sorts the edges and keeps each pair once, with its greatest weight.
fn distinct(mut edges: Vec<NetworkEdge>) -> Vec<NetworkEdge> {
    edges.par_sort_unstable_by(|a, b| (a.from, a.to).cmp(&(b.from, b.to)).then(b.weight.total_cmp(&a.weight)));
    edges.dedup_by_key(|edge| (edge.from, edge.to));
    edges
}

/// The neighbours of every node, one after the other (compressed sparse rows).
#[derive(Debug, Clone, Default)]
pub struct NodeAdjacency {
    starts: Vec<usize>,
    targets: Vec<NodeNumber>,
    weights: Vec<f32>,
}

impl NodeAdjacency {
    /// From edges that are sorted by their start.
    fn new(nodes: usize, edges: &[NetworkEdge]) -> Self {
        let mut starts = vec![0; nodes + 1];
        for edge in edges {
            if let Some(count) = starts.get_mut(edge.from as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let (targets, weights) = edges.iter().map(|edge| (edge.to, edge.weight)).unzip();
        Self { starts, targets, weights }
    }

    pub fn nodes(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Total number of entries: twice the number of edges if both directions are included.
    pub fn entries(&self) -> usize {
        self.targets.len()
    }

    pub fn of(&self, node: NodeNumber) -> &[NodeNumber] {
        self.range(node).and_then(|range| self.targets.get(range)).unwrap_or_default()
    }

    /// Neighbours with the weights of the edges to them.
    pub fn weighted(&self, node: NodeNumber) -> impl Iterator<Item = (NodeNumber, f32)> + '_ {
        let weights = self.range(node).and_then(|range| self.weights.get(range)).unwrap_or_default();
        self.of(node).iter().copied().zip(weights.iter().copied())
    }

    pub fn degree(&self, node: NodeNumber) -> usize {
        self.of(node).len()
    }

    fn range(&self, node: NodeNumber) -> Option<std::ops::Range<usize>> {
        Some(*self.starts.get(node as usize)?..*self.starts.get(node as usize + 1)?)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Any small network.
    pub(crate) fn networks() -> impl Strategy<Value = Network> {
        (2..24_usize).prop_flat_map(|nodes| {
            let edge = (0..nodes as u32, 0..nodes as u32, prop::sample::select(vec![0.25_f32, 0.5, 0.75, 1.0]));
            prop::collection::vec(edge, 0..60).prop_map(move |edges| {
                let edges = edges.into_iter().filter(|(from, to, _)| from != to);
                Network::of(nodes, edges.map(|(from, to, weight)| NetworkEdge { from, to, weight }).collect())
            })
        })
    }

    #[test]
    fn an_edge_in_both_directions_is_one() {
        let edge = |from, to, weight| NetworkEdge { from, to, weight };
        let network = Network::of(3, vec![edge(0, 1, 0.25), edge(1, 0, 1.0), edge(1, 2, 0.5), edge(1, 2, 0.25)]);
        assert_eq!(network.edges().len(), 3);
        let both = network.undirected();
        assert_eq!((both.of(1), both.degree(2), both.entries()), (&[0, 2][..], 1, 4));
        assert_eq!(both.weighted(0).collect::<Vec<_>>(), [(1, 1.0)]);
        assert_eq!(network.incoming().of(2), [1]);
        assert_eq!(network.id(2), "paper/2");
    }

    proptest! {
        #[test]
        fn neighbours_are_mutual(network in networks()) {
            let both = network.undirected();
            for node in network.of_kind(None) {
                for other in both.of(node) {
                    prop_assert!(both.of(*other).contains(&node));
                }
            }
        }
    }
}
