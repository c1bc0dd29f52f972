//! Papers side by side: what they share and where they differ.

use std::collections::BTreeMap;

use super::papers::PaperIndex;
use super::{Node, NodeAbout, NodeEntry, PaperAbout, Tie};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, NodeRef, StoreError};

/// Several papers, and everything that any of them names.
#[derive(Debug, Clone)]
pub(crate) struct ComparedNodes {
    pub papers: Vec<ComparedNode>,
    /// What most of the papers name comes first; then by kind, then the rarest.
    pub rows: Vec<ComparisonRow>,
}

/// One of the compared papers.
#[derive(Debug, Clone)]
pub struct ComparedNode {
    pub node: Node,
    pub about: Option<PaperAbout>,
    /// Each with the result of its latest check.
    pub repositories: Vec<Node>,
}

/// Something that one of the papers names.
#[derive(Debug, Clone)]
pub(crate) struct ComparisonRow {
    pub node: NodeRef,
    /// Number of papers in the whole graph that name it.
    pub papers: usize,
    /// The strongest tie of each compared paper, in the order of the papers.
    pub ties: Vec<Option<Tie>>,
}

impl ComparisonRow {
    /// Number of compared papers that name it.
    pub(crate) fn shared(&self) -> usize {
        self.ties.iter().flatten().count()
    }
}

/// Number of ties read for one paper; no paper has more.
const TIES: usize = 10_000;

/// Compares papers by what they name.
pub(crate) fn compare(store: &GraphStore, papers: &[NodeRef]) -> Result<ComparedNodes, StoreError> {
    let mut compared = Vec::new();
    let mut named: BTreeMap<NodeRef, Vec<Option<Tie>>> = BTreeMap::new();
    for (place, paper) in papers.iter().enumerate() {
        let mut repositories = Vec::new();
        let edges = NodeEntry::read(store, &paper.id)?.map(|entry| entry.edges).unwrap_or_default();
        for edge in edges.into_iter().take(TIES) {
            let Some(node) = store.node(&store.base().node(&edge.to))? else { continue };
            match node.kind {
                NodeKind::Entity(_) => {
                    let ties = named.entry(node).or_insert_with(|| vec![None; papers.len()]);
                    if let Some(tie) = ties.get_mut(place) {
                        *tie = edge.ties.strongest(&[]);
                    }
                }
                NodeKind::Repository => repositories.push(Node::of(store, node)?),
                NodeKind::Paper
                | NodeKind::Page
                | NodeKind::Work
                | NodeKind::Author
                | NodeKind::Venue
                | NodeKind::Organization => {}
            }
        }
        repositories.sort_by(|a, b| a.id.cmp(&b.id));
        let about = NodeAbout::load(store, paper)?.paper;
        compared.push(ComparedNode { node: Node::of(store, paper.clone())?, about, repositories });
    }
    let counts = PaperIndex::of(store)?;
    let mut rows = Vec::with_capacity(named.len());
    for (node, ties) in named {
        rows.push(ComparisonRow { papers: counts.degree(&node.id)?, node, ties });
    }
    rows.sort_by(|a, b| {
        (b.shared(), a.node.kind, a.papers, &a.node.id).cmp(&(a.shared(), b.node.kind, b.papers, &b.node.id))
    });
    Ok(ComparedNodes { papers: compared, rows })
}
