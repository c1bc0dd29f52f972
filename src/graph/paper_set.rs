//! The papers of authors, venues and organisations, as a filter of a selection.

use std::collections::HashSet;
use std::sync::Arc;

use super::papers::PaperIndex;
use super::{Node, Selection};
use crate::index::{IndexedNode, NodeTable};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, NodeRef, StoreError};

/// Papers of one graph, by their numbers in its index and by their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaperSet(Arc<PaperMembers>);

#[derive(Debug, Default, PartialEq, Eq)]
struct PaperMembers {
    /// Sorted.
    docs: Vec<IndexedNode>,
    ids: HashSet<String>,
}

impl PaperSet {
    /// The papers that have a tie to one node of every group. `None` without a group.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn of(store: &GraphStore, groups: &[Vec<NodeRef>]) -> Result<Option<Self>, StoreError> {
        let papers = PaperIndex::of(store)?;
        let mut all: Option<Vec<IndexedNode>> = None;
        for group in groups.iter().filter(|group| !group.is_empty()) {
            let mut docs = Vec::new();
            for node in group {
                docs.extend(papers.naming(&node.id)?);
            }
            docs.sort_unstable();
            docs.dedup();
            all = Some(match all {
                Some(all) => all.into_iter().filter(|doc| docs.binary_search(doc).is_ok()).collect(),
                None => docs,
            });
        }
        let Some(docs) = all else { return Ok(None) };
        let nodes = papers.index.nodes()?;
        let ids = docs.iter().map(|doc| nodes.id(*doc)).collect::<Result<_, _>>()?;
        Ok(Some(Self(Arc::new(PaperMembers { docs, ids }))))
    }

    fn has(&self, paper: IndexedNode) -> bool {
        self.0.docs.binary_search(&paper).is_ok()
    }

    pub(super) fn has_id(&self, id: &str) -> bool {
        self.0.ids.contains(id)
    }
}

impl Selection {
    /// Whether the selection leaves out papers, whatever their links are.
    pub(crate) fn limits_papers(&self) -> bool {
        self.has_dates() || self.papers.is_some()
    }

    /// Whether the selection contains a paper, by its number.
    pub(super) fn takes_paper(&self, nodes: &NodeTable, paper: IndexedNode) -> bool {
        self.papers.as_ref().is_none_or(|papers| papers.has(paper))
            && (!self.has_dates() || self.takes_date(nodes.date(paper)))
    }

    /// Whether the selection contains a node; every node that is not a paper is contained.
    pub(super) fn takes_if_paper(&self, node: &Node) -> bool {
        node.kind != NodeKind::Paper
            || (self.takes_date(node.date) && self.papers.as_ref().is_none_or(|papers| papers.has_id(&node.id)))
    }
}
