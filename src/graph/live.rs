//! What "live" means wherever it is asked for.
//!
//! A repository or page is dead when the checks call it so, which they do after more than one failure; what was never
//! checked is not known to be dead and stays. A paper is live if it links to a repository that is not dead.

use oxigraph::model::NamedNode;

use super::{Check, Entry, Graph, Node, Selection};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, StoreError};
use std::collections::BTreeMap;

impl Check {
    /// What the latest check of a repository or page found.
    pub fn of(store: &GraphStore, node: &NamedNode) -> Result<Self, StoreError> {
        Ok(Entry::read(store, node)?.map(|entry| entry.check).unwrap_or_default())
    }
}

/// What checks found of the repositories and pages of a graph, by id; those that were never checked are not in it.
pub fn checks(store: &GraphStore, graph: &Graph) -> Result<BTreeMap<String, Check>, StoreError> {
    let mut found = BTreeMap::new();
    for (_, node) in graph.nodes() {
        if matches!(node.kind, NodeKind::Repository | NodeKind::Page) {
            let check = Check::of(store, &store.base().node(&node.id))?;
            if check != Check::default() {
                found.insert(node.id.clone(), check);
            }
        }
    }
    Ok(found)
}

impl Selection {
    /// Whether a node is of the time asked for, and live where that is asked for. Kinds don't count here: what is not
    /// shown may still be walked through.
    pub fn admits(&self, store: &GraphStore, node: &Node) -> Result<bool, StoreError> {
        match node.kind {
            NodeKind::Paper if !self.takes_date(node.date) => Ok(false),
            _ => self.takes_live(store, node.kind, &store.base().node(&node.id)),
        }
    }

    pub(super) fn takes_live(&self, store: &GraphStore, kind: NodeKind, iri: &NamedNode) -> Result<bool, StoreError> {
        if !self.live_only {
            return Ok(true);
        }
        match kind {
            NodeKind::Paper => {
                for repository in store.objects(iri, store.ontology().kg.has_repository.as_ref())? {
                    if !Check::of(store, &repository)?.dead {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            NodeKind::Repository | NodeKind::Page => Ok(!Check::of(store, iri)?.dead),
            NodeKind::Entity(_) => Ok(true),
        }
    }
}
