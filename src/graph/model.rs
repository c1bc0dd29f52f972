use std::collections::HashMap;

use oxigraph::model::NamedNode;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use super::{NodeEntry, Tie, Ties};
use crate::index::IndexedNode;
use crate::liveness::Verdict;
use crate::ontology::NodeKind;
use crate::paper::PartialDate;
use crate::store::{GraphStore, NodeRef, StoreError};

/// A node of the view.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub kind: NodeKind,
    /// `dataset/coco`
    pub id: String,
    /// Name, title or address.
    pub label: String,
    /// Publication date of a paper, if known.
    pub date: Option<PartialDate>,
    /// The result of the latest check of a repository or page; `None` if it was never checked.
    pub verdict: Option<Verdict>,
    /// Whether the link is considered dead: missing in several checks, days apart.
    pub dead: bool,
    /// An http or https address to open in a browser.
    pub url: Option<String>,
    /// Steps from the centre; 0 if there is no centre.
    pub distance: u8,
}

impl Node {
    /// Reads what a list shows of a node. `None` if the graph says nothing about it.
    pub(super) fn read(store: &GraphStore, iri: &NamedNode) -> Result<Option<Self>, StoreError> {
        let Some(id) = store.base().id(iri.as_str()) else { return Ok(None) };
        Ok(NodeEntry::without_edges(store, id)?.map(|entry| entry.node))
    }

    /// As [`Node::read`], for a node of the search index.
    pub(super) fn at(store: &GraphStore, doc: IndexedNode) -> Result<Option<Self>, StoreError> {
        Ok(NodeEntry::shown(store, doc)?.map(|entry| entry.node))
    }

    pub(super) fn of(store: &GraphStore, node: NodeRef) -> Result<Self, StoreError> {
        Ok(Self::read(store, &node.iri)?.unwrap_or_else(|| Self::new(node.kind, node.id, node.label)))
    }

    /// A node with nothing but a name.
    pub fn new(kind: NodeKind, id: impl Into<String>, label: impl Into<String>) -> Self {
        let (id, label) = (id.into(), label.into());
        Self { kind, id, label, date: None, verdict: None, dead: false, url: None, distance: 0 }
    }

    /// Whether the code or page is reachable, by the latest check. `None` for other kinds of nodes, and for links
    /// that were never checked.
    pub fn is_live(&self) -> Option<bool> {
        self.verdict.map(Verdict::is_live)
    }
}

/// An edge of the view, from the subject to the object of its triples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ViewEdge {
    pub ties: Ties,
    /// Weight of the strongest tie, see [`Tie::weight`]; for [`Tie::Related`], the number of shared papers.
    pub weight: f64,
}

/// A point at which the view is incomplete, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ViewCut {
    /// Name of the node whose neighbours were not all included.
    pub name: String,
    pub taken: usize,
    /// Total number of neighbours; `None` if they were not all counted.
    pub total: Option<usize>,
}

impl std::fmt::Display for ViewCut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.total {
            Some(of) => write!(f, "{} has {of} neighbours; {} of them were followed", self.name, self.taken),
            None => write!(f, "{} has more than {} neighbours; only these were followed", self.name, self.taken),
        }
    }
}

/// Nodes and the ties between them. Two nodes have at most one edge in each direction; it holds all their ties.
///
/// petgraph is only the container here, for the small graphs that are drawn or exported: it gives each node and edge an
/// index that stays valid, and the edges of a node in both directions. Its algorithms are not used: a path must not
/// load the graph, so `path` reads neighbours on demand; PageRank, betweenness and communities of the whole graph run
/// on the arrays of [`super::Network`], which take a fraction of the memory.
#[derive(Debug, Clone, Default)]
pub struct GraphView {
    inner: DiGraph<Node, ViewEdge>,
    by_id: HashMap<String, NodeIndex>,
}

impl GraphView {
    /// The container, for walking over its nodes and edges.
    pub fn petgraph(&self) -> &DiGraph<Node, ViewEdge> {
        &self.inner
    }

    pub fn find(&self, id: &str) -> Option<NodeIndex> {
        self.by_id.get(id).copied()
    }

    pub fn node(&self, index: NodeIndex) -> Option<&Node> {
        self.inner.node_weight(index)
    }

    pub fn nodes(&self) -> impl Iterator<Item = (NodeIndex, &Node)> {
        self.inner.node_indices().filter_map(|index| self.node(index).map(|node| (index, node)))
    }

    /// Every edge: subject, object, link.
    pub fn links(&self) -> impl Iterator<Item = (NodeIndex, NodeIndex, &ViewEdge)> {
        self.inner.edge_references().map(|edge| (edge.source(), edge.target(), edge.weight()))
    }

    pub fn node_count(&self) -> usize {
        self.inner.node_count()
    }

    pub fn link_count(&self) -> usize {
        self.inner.edge_count()
    }

    /// Number of edges of a node, in both directions.
    pub fn degree(&self, index: NodeIndex) -> usize {
        self.inner.neighbors_undirected(index).count()
    }

    /// Adds a node, or finds the existing one with the same id.
    pub fn add_node(&mut self, node: Node) -> NodeIndex {
        if let Some(&index) = self.by_id.get(&node.id) {
            return index;
        }
        let id = node.id.clone();
        let index = self.inner.add_node(node);
        self.by_id.insert(id, index);
        index
    }

    /// Lowers the distance of a node from the centre, if `distance` is smaller.
    pub(super) fn come_nearer(&mut self, index: NodeIndex, distance: u8) {
        if let Some(node) = self.inner.node_weight_mut(index) {
            node.distance = node.distance.min(distance);
        }
    }

    /// Ties two nodes. A tie that already exists is not added twice.
    pub fn tie(&mut self, from: NodeIndex, to: NodeIndex, tie: Tie) {
        match self.inner.find_edge(from, to).and_then(|edge| self.inner.edge_weight_mut(edge)) {
            Some(link) => {
                link.ties.insert(tie);
                link.weight = link.weight.max(tie.weight());
            }
            None => {
                self.inner.add_edge(from, to, ViewEdge { ties: [tie].into_iter().collect(), weight: tie.weight() });
            }
        }
    }

    /// Ties two nodes by what they share: [`Tie::Related`], with the number of shared papers as weight.
    pub fn relate(&mut self, a: NodeIndex, b: NodeIndex, papers: u32) {
        self.tie(a, b, Tie::Related);
        if let Some(link) = self.inner.find_edge(a, b).and_then(|edge| self.inner.edge_weight_mut(edge)) {
            link.weight = link.weight.max(f64::from(papers));
        }
    }

    /// The subgraph of these nodes, in the order of `keep`, with the ties among them that are in `wanted` (all ties
    /// if `wanted` is empty).
    #[must_use]
    pub fn part(&self, keep: &[NodeIndex], wanted: &[Tie]) -> Self {
        let mut part = Self::default();
        let mut new = HashMap::with_capacity(keep.len());
        for &index in keep {
            if let Some(node) = self.node(index) {
                new.insert(index, part.add_node(node.clone()));
            }
        }
        for &index in keep {
            for edge in self.inner.edges(index) {
                let (Some(&from), Some(&to)) = (new.get(&edge.source()), new.get(&edge.target())) else { continue };
                for tie in edge.weight().ties.iter().filter(|tie| wanted.is_empty() || wanted.contains(tie)) {
                    part.tie(from, to, tie);
                }
                if edge.weight().ties.contains(Tie::Related)
                    && let Some(link) = part.inner.find_edge(from, to).and_then(|e| part.inner.edge_weight_mut(e))
                {
                    link.weight = edge.weight().weight;
                }
            }
        }
        part
    }
}
