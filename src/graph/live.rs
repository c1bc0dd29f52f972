//! What "live" means wherever it is asked for.
//!
//! A repository or page is dead when the checks call it so, which they do after more than one failure; what was never
//! checked is not known to be dead and stays. A paper is live if it links to a repository that is not dead.

use oxigraph::model::NamedNode;

use super::{Node, Selection};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, StoreError};

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
                    if !store.verdict(&repository)?.1 {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            NodeKind::Repository | NodeKind::Page => Ok(!store.verdict(iri)?.1),
            NodeKind::Entity(_) => Ok(true),
        }
    }
}
