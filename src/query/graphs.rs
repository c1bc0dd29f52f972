//! Selects the graphs that a query reads.

use oxigraph::model::{GraphName, NamedNode};
use oxigraph::sparql::QueryDatasetSpecification;

use super::{Query, QueryError};
use crate::store::GraphStore;

/// Graphs in which the patterns of a query are matched, inside and outside GRAPH.
pub(super) enum MatchedGraphs {
    /// The graphs of FROM and FROM NAMED. Without these, the data, or any named graph inside GRAPH.
    AsWritten,
    /// The data and the user's own statements.
    WithUser(GraphName),
    Chosen {
        default: Vec<NamedNode>,
        named: Vec<NamedNode>,
    },
}

impl MatchedGraphs {
    pub(super) fn of(query: &Query, graph: &GraphStore) -> Result<Self, QueryError> {
        Ok(match &query.graphs {
            Some((default, named)) => Self::Chosen { default: default.clone(), named: named.clone() },
            // Reading two graphs costs twice as many reads, so it is done only if the user's graph has statements.
            None if query.algebra.dataset().is_none() && graph.has_user_statements()? => {
                Self::WithUser(graph.ontology().user_graph())
            }
            None => Self::AsWritten,
        })
    }

    pub(super) fn set(self, dataset: &mut QueryDatasetSpecification) {
        match self {
            Self::AsWritten => {}
            Self::WithUser(user) => dataset.set_default_graph(vec![GraphName::DefaultGraph, user]),
            Self::Chosen { default, named } => {
                dataset.set_default_graph(default.into_iter().map(GraphName::from).collect());
                dataset.set_available_named_graphs(named.into_iter().map(Into::into).collect());
            }
        }
    }
}
