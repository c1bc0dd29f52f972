use std::collections::BTreeMap;

use oxigraph::model::{NamedNode, NamedOrBlankNode, Term, Triple};

use super::papers::less_sure_of;
use super::{GraphView, Node, Selection, Tie};
use crate::store::{GraphStore, StoreError};

/// A graph built from triples, such as the result of a CONSTRUCT query.
#[derive(Debug, Clone, Default)]
pub(crate) struct ConstructedGraph {
    pub graph: GraphView,
    /// For each predicate that is not a relation of the graph, the number of triples between nodes. They become
    /// [`Tie::Related`].
    pub unknown: BTreeMap<String, usize>,
}

impl ConstructedGraph {
    /// Adds a triple. A subject or object that is a node of the graph is chosen; between two nodes, the triple becomes
    /// an edge. This applies the dates, liveness and least confidence of the selection; `ChosenPart` applies
    /// its kinds and ties.
    pub(crate) fn add(&mut self, store: &GraphStore, selection: &Selection, triple: &Triple) -> Result<(), StoreError> {
        let NamedOrBlankNode::NamedNode(subject) = &triple.subject else { return Ok(()) };
        let object = match &triple.object {
            Term::NamedNode(object) => Some(object),
            _ => None,
        };
        let from = self.node(store, selection, subject)?;
        let to = object.map(|object| self.node(store, selection, object)).transpose()?.flatten();
        let (Some(from), Some(to)) = (from, to) else { return Ok(()) };
        if from == to {
            return Ok(());
        }
        let id = |index| self.graph.node(index).map_or("", |node| node.id.as_str());
        if selection.min_confidence.is_some() && less_sure_of(store, id(from), selection.min_confidence)?.has_id(id(to))
        {
            return Ok(());
        }
        let ontology = store.ontology();
        let tie = match Tie::of(ontology, &triple.predicate) {
            Some(tie) => tie,
            None if triple.predicate == ontology.kg.mentions => Tie::Mentions,
            None => {
                *self.unknown.entry(store.base().shorten(triple.predicate.as_str())).or_default() += 1;
                Tie::Related
            }
        };
        self.graph.tie(from, to, tie);
        Ok(())
    }

    fn node(
        &mut self,
        store: &GraphStore,
        selection: &Selection,
        iri: &NamedNode,
    ) -> Result<Option<petgraph::graph::NodeIndex>, StoreError> {
        let Some(id) = store.base().id(iri.as_str()) else { return Ok(None) };
        if let Some(index) = self.graph.find(id) {
            return Ok(Some(index));
        }
        match Node::read(store, iri)? {
            Some(node) if selection.admits(store, &node)? => Ok(Some(self.graph.add_node(node))),
            _ => Ok(None),
        }
    }
}
