//! Every node of the graph, numbered in the order of ids, with the ties between them, as lists of numbers from the
//! search index. A million papers and what they name take about 200 MB.

use super::network::PackedIds;
use super::{Edge, MinConfidence, NodeEntry, NodeNumber, Tie, Ties};
use crate::index::{Index, IndexedNode, LessSureNodes, NodeTable, TiesBySegment};
use crate::ontology::NodeKind;
use crate::paper::PartialDate;
use crate::store::{GraphStore, StoreError};

pub(super) struct NodeRegister<'s> {
    store: &'s GraphStore,
    index: &'s Index,
    nodes: &'s NodeTable,
    ids: PackedIds,
    docs: Vec<IndexedNode>,
    kinds: Vec<NodeKind>,
    ties: TiesBySegment<Option<(Tie, NodeNumber)>>,
    /// Links that are less sure are left out.
    min_confidence: Option<MinConfidence>,
}

impl<'s> NodeRegister<'s> {
    pub(crate) fn load(store: &'s GraphStore, min_confidence: Option<MinConfidence>) -> Result<Self, StoreError> {
        let index = store.index()?;
        let (ids, docs) = PackedIds::sorted(index)?;
        let nodes = index.nodes()?;
        let kinds = docs.iter().map(|doc| nodes.kind(*doc).unwrap_or(NodeKind::Page)).collect();
        let mut register =
            Self { store, index, nodes, ids, docs, kinds, ties: TiesBySegment::default(), min_confidence };
        let mut names: Vec<(String, Option<Tie>)> = Vec::new();
        register.ties = index.each_tie(|predicate, id| {
            let at = names.iter().position(|(name, _)| name == predicate).unwrap_or_else(|| {
                names.push((predicate.to_string(), Tie::of_index(store.ontology(), predicate)));
                names.len() - 1
            });
            let (_, tie) = names.get(at)?;
            Some(((*tie)?, register.find(id)?))
        })?;
        Ok(register)
    }

    pub(super) fn len(&self) -> usize {
        self.docs.len()
    }

    pub(super) fn numbers(&self) -> impl Iterator<Item = NodeNumber> + use<> {
        0..self.docs.len() as NodeNumber
    }

    pub(super) fn id(&self, node: NodeNumber) -> &str {
        self.ids.get(node as usize).unwrap_or_default()
    }

    pub(super) fn find(&self, id: &str) -> Option<NodeNumber> {
        self.ids.find(id).map(|at| at as NodeNumber)
    }

    pub(super) fn kind(&self, node: NodeNumber) -> NodeKind {
        self.kinds.get(node as usize).copied().unwrap_or(NodeKind::Page)
    }

    pub(super) fn doc(&self, node: NodeNumber) -> IndexedNode {
        self.docs.get(node as usize).copied().unwrap_or_default()
    }

    /// The publication date of a paper.
    pub(super) fn date(&self, node: NodeNumber) -> Option<PartialDate> {
        self.nodes.date(self.doc(node))
    }

    /// The nodes to which the links of this node are not sure enough.
    pub(crate) fn less_sure(&self, node: NodeNumber) -> LessSureNodes {
        let least = self.min_confidence.filter(|_| self.kind(node) == NodeKind::Paper);
        least.map_or_else(LessSureNodes::default, |least| self.index.less_sure_of(self.doc(node), least.percent()))
    }

    /// The nodes that a node's ties lead to, in the order of their numbers, each once.
    pub(crate) fn edges(&self, node: NodeNumber) -> Vec<(NodeNumber, Ties)> {
        let mut edges = self.all_edges(node);
        let less_sure = self.less_sure(node);
        if !less_sure.is_empty() {
            edges.retain(|(to, _)| !less_sure.has_id(self.id(*to)));
        }
        edges
    }

    /// As [`NodeRegister::edges`], with those that are not sure enough.
    pub(crate) fn all_edges(&self, node: NodeNumber) -> Vec<(NodeNumber, Ties)> {
        let mut ties: Vec<(NodeNumber, Tie)> = self
            .index
            .ties_of(self.doc(node), &self.ties)
            .filter_map(|tie| tie.map(|(tie, to)| (to, tie)))
            .filter(|(to, _)| *to != node)
            .collect();
        ties.sort_unstable();
        let mut edges: Vec<(NodeNumber, Ties)> = Vec::with_capacity(ties.len());
        for (to, tie) in ties {
            match edges.last_mut() {
                Some((last, ties)) if *last == to => ties.insert(tie),
                _ => edges.push((to, [tie].into_iter().collect())),
            }
        }
        edges
    }

    /// The entry of a node, with the given edges.
    pub(super) fn entry(
        &self,
        node: NodeNumber,
        edges: Vec<(NodeNumber, Ties)>,
    ) -> Result<Option<NodeEntry>, StoreError> {
        let entry = NodeEntry::shown(self.store, self.doc(node))?;
        Ok(entry.map(|entry| NodeEntry { edges: self.named(edges), ..entry }))
    }

    pub(super) fn named(&self, edges: Vec<(NodeNumber, Ties)>) -> Vec<Edge> {
        edges.into_iter().map(|(to, ties)| Edge::new(self.id(to).to_string(), ties)).collect()
    }
}
