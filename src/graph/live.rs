//! What "live" means, in one place.
//!
//! A repository or page is dead if its checks say so, after more than one failure. A link that was never checked is
//! not known to be dead and is kept. A paper is live if it links to a repository that is not dead.

use oxigraph::model::NamedNode;

use super::{Node, Selection};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, StoreError};

impl Selection {
    /// Whether a node lies in the selected period and, if required, is live. Kinds are ignored here: a walk may
    /// pass through nodes that are not shown.
    pub fn admits(&self, store: &GraphStore, node: &Node) -> Result<bool, StoreError> {
        match node.kind {
            NodeKind::Paper if !self.takes_if_paper(node) => Ok(false),
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
                    if !store.verdict(&repository)?.1 {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            NodeKind::Repository | NodeKind::Page => Ok(!store.verdict(iri)?.1),
            NodeKind::Entity(_) | NodeKind::Work | NodeKind::Author | NodeKind::Venue | NodeKind::Organization => {
                Ok(true)
            }
        }
    }
}
