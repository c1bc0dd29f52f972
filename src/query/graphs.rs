//! Which graphs a query is asked of.

use oxigraph::model::{GraphName, NamedNode};
use oxigraph::sparql::QueryDatasetSpecification;

use super::{Query, QueryError};
use crate::store::GraphStore;

/// Where the patterns of a query look, in and out of GRAPH.
pub(super) enum Graphs {
    /// In the graphs that FROM and FROM NAMED name, else in the data, or in any named graph.
    AsWritten,
    /// In the data and in what the user has added to it.
    WithUser(GraphName),
    Chosen {
        default: Vec<NamedNode>,
        named: Vec<NamedNode>,
    },
}

impl Graphs {
    pub fn of(query: &Query, graph: &GraphStore) -> Result<Self, QueryError> {
        Ok(match &query.graphs {
            Some((default, named)) => Self::Chosen { default: default.clone(), named: named.clone() },
            // Looking in two graphs costs twice the reads, so it is done only if there is something in the second.
            None if query.algebra.dataset().is_none() && graph.has_user_statements()? => {
                Self::WithUser(graph.ontology().user_graph())
            }
            None => Self::AsWritten,
        })
    }

    pub fn set(self, dataset: &mut QueryDatasetSpecification) {
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
