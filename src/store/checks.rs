//! What the checks of repositories and pages found.

use oxigraph::model::{NamedNode, Term};

use super::{GraphStore, NodeRef, StoreError, read};
use crate::liveness::{Outcome, Verdict};
use crate::ontology::{NodeKind, rdf};

impl NodeRef {
    /// The address of a repository or page; `None` for other nodes.
    pub fn address(&self) -> Option<String> {
        match self.kind {
            NodeKind::Repository => Some(format!("https://{}", self.label)),
            NodeKind::Page => Some(self.label.clone()),
            _ => None,
        }
    }
}

impl GraphStore {
    /// Every repository and page, one by one.
    pub fn places(&self) -> impl Iterator<Item = Result<NamedNode, StoreError>> + '_ {
        let kg = &self.ontology.kg;
        [&kg.repository_class, &kg.page_class].into_iter().flat_map(move |class| {
            let class = Term::from(class.clone());
            read::in_default(&self.store, None, Some(rdf::TYPE), Some(&class)).filter_map(|quad| match self.ok(quad) {
                Ok(quad) => read::named(quad.subject).map(Ok),
                Err(e) => Some(Err(e)),
            })
        })
    }

    /// What is known of a repository or page from its checks; `None` if it was never checked.
    pub fn checked(&self, node: &NodeRef) -> Result<Option<Outcome>, StoreError> {
        let Some(url) = node.address() else { return Ok(None) };
        Ok(self.ontology.checked(&node.id, &url, &self.ok(read::description(&self.store, &node.iri))?))
    }

    /// What the latest check of a repository or page found, and whether it is called dead.
    pub fn verdict(&self, node: &NamedNode) -> Result<(Option<Verdict>, bool), StoreError> {
        let kg = &self.ontology.kg;
        let verdict = self.literal(node, kg.verdict.as_ref())?.and_then(|verdict| verdict.parse().ok());
        let dead = verdict.is_some() && self.literal(node, kg.dead.as_ref())?.as_deref() == Some("true");
        Ok((verdict, dead))
    }
}
