//! What can be said of a query before it is evaluated, and over which graphs it is.

use oxigraph::model::NamedNode;
use spargebra::algebra::QueryDataset;

use super::Query;

/// What the result of a query is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// ASK
    Boolean,
    /// SELECT
    Rows,
    /// CONSTRUCT and DESCRIBE
    Triples,
}

impl Query {
    pub fn form(&self) -> Form {
        match self.algebra {
            spargebra::Query::Ask { .. } => Form::Boolean,
            spargebra::Query::Select { .. } => Form::Rows,
            spargebra::Query::Construct { .. } | spargebra::Query::Describe { .. } => Form::Triples,
        }
    }

    /// Asks these graphs, whatever FROM and FROM NAMED say: the union of `default` is the default graph, `named` are
    /// the named ones.
    #[must_use]
    pub fn over(mut self, default: Vec<NamedNode>, named: Vec<NamedNode>) -> Self {
        let over = Some(QueryDataset { default, named: Some(named) });
        match &mut self.algebra {
            spargebra::Query::Select { dataset, .. }
            | spargebra::Query::Construct { dataset, .. }
            | spargebra::Query::Describe { dataset, .. }
            | spargebra::Query::Ask { dataset, .. } => *dataset = over,
        }
        self
    }
}
