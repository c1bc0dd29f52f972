//! The quads of a graph as a dataset for SPARQL.
//!
//! oxigraph's own dataset reads only the database. It is faster, because it leaves the terms of a quad encoded until
//! they are needed; so it is used for every query that no packed part can match (`query/packed.rs`).

use oxigraph::model::{GraphName, GraphNameRef, NamedOrBlankNode, Term};
use oxigraph::store::StorageError;
use spareval::{ExpressionTerm, InternalQuad, QueryableDataset};

use super::quads::{FoundQuad, QuadItems, Quads};
use crate::ontology::SharedTerm;

/// The quads of a graph as a dataset for SPARQL.
pub(crate) struct QuadsDataset(Quads);

impl Quads {
    /// A dataset for one evaluation, during which no process writes.
    pub(crate) fn dataset(&self) -> QuadsDataset {
        QuadsDataset(self.at_rest())
    }
}

impl QueryableDataset<'static> for QuadsDataset {
    type InternalTerm = SharedTerm;
    type Error = StorageError;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&SharedTerm>,
        predicate: Option<&SharedTerm>,
        object: Option<&SharedTerm>,
        graph_name: Option<Option<&SharedTerm>>,
    ) -> impl Iterator<Item = Result<InternalQuad<SharedTerm>, StorageError>> + use<> {
        let found: QuadItems<FoundQuad> = match graph_name {
            Some(None) => self.0.find(subject, predicate, object, Some(GraphNameRef::DefaultGraph)),
            Some(Some(graph)) => match graph.term() {
                Term::NamedNode(graph) => self.0.find(subject, predicate, object, Some(graph.into())),
                Term::BlankNode(graph) => self.0.find(subject, predicate, object, Some(graph.into())),
                Term::Literal(_) => Box::new(std::iter::empty()),
            },
            // Any named graph, but not the default graph.
            None => {
                let (quads, pattern) = (self.0.clone(), [subject, predicate, object].map(Option::<&_>::cloned));
                Box::new(self.0.named_graphs().flat_map(move |graph| -> QuadItems<FoundQuad> {
                    let [subject, predicate, object] = pattern.each_ref().map(Option::as_ref);
                    match graph {
                        Ok(graph) => quads.find(subject, predicate, object, Some(graph.as_ref().into())),
                        Err(error) => Box::new(std::iter::once(Err(error))),
                    }
                }))
            }
        };
        found.map(|found| found.map(FoundQuad::internal))
    }

    fn internal_named_graphs(&self) -> impl Iterator<Item = Result<SharedTerm, StorageError>> + use<> {
        self.0.named_graphs().map(|graph| graph.map(|graph| SharedTerm::new(Term::from(graph))))
    }

    fn contains_internal_graph_name(&self, graph_name: &SharedTerm) -> Result<bool, StorageError> {
        match graph_name.term() {
            Term::NamedNode(graph) => self.0.database().contains_named_graph(graph),
            Term::BlankNode(graph) => self.0.database().contains_named_graph(graph),
            Term::Literal(_) => Ok(false),
        }
    }

    /// Brings values into the form in which the store returns them: equal values are equal terms.
    fn internalize_term(&self, term: Term) -> Result<SharedTerm, StorageError> {
        Ok(SharedTerm::new(match term {
            Term::Literal(_) => ExpressionTerm::from(term).into(),
            term => term,
        }))
    }

    fn externalize_term(&self, term: SharedTerm) -> Result<Term, StorageError> {
        Ok(term.into_term())
    }
}

impl FoundQuad {
    fn internal(self) -> InternalQuad<SharedTerm> {
        let node = |node: NamedOrBlankNode| SharedTerm::new(Term::from(node));
        match self {
            Self::Part(part) => {
                InternalQuad { subject: part.subject, predicate: part.predicate, object: part.object, graph_name: None }
            }
            Self::Stored(quad) => InternalQuad {
                subject: node(quad.subject),
                predicate: SharedTerm::new(quad.predicate),
                object: SharedTerm::new(quad.object),
                graph_name: match quad.graph_name {
                    GraphName::DefaultGraph => None,
                    GraphName::NamedNode(graph) => Some(SharedTerm::new(graph)),
                    GraphName::BlankNode(graph) => Some(SharedTerm::new(graph)),
                },
            },
        }
    }
}
