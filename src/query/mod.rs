//! SPARQL over the graph: known prefixes, parameters bound as terms, limits, and the named queries of `queries/*.rq`.

mod alternatives;
mod answer;
mod at_most;
mod error;
mod evaluation;
mod explain;
mod graphs;
mod head;
mod list;
mod memory;
mod named;
mod nesting;
mod output;
mod packed;
mod substitute;
mod syntax;
mod update;
mod walk;
mod workers;

use oxigraph::model::NamedNode;
use oxigraph::sparql::SparqlEvaluator;
use spargebra::SparqlParser;

pub use answer::{QueryAnswer, QueryLimits, Solutions, Triples};
pub(crate) use at_most::RowLimit;
pub use error::QueryError;
pub(crate) use explain::QueryPlan;
pub use head::{BoundParameters, Parameter, ParameterKind, QueryHead};
pub(crate) use list::QueryList;
pub use named::{NamedQuery, named_queries, named_query};
pub(crate) use output::{OutputError, ResultFormat, write_boolean, write_solutions, write_triples};
pub(crate) use update::UserUpdate;
pub(crate) use workers::work;
pub use workers::{EvaluationWorkers, QueryTask};

use graphs::MatchedGraphs;

use crate::ontology::Base;
use crate::store::GraphStore;

/// A parsed query with the declarations of its head.
#[derive(Debug, Clone)]
pub struct Query {
    /// Parameters and description of the query.
    pub head: QueryHead,
    algebra: spargebra::Query,
    /// Graphs that replace those named by the query.
    graphs: Option<(Vec<NamedNode>, Vec<NamedNode>)>,
    notes: Vec<String>,
}

impl Query {
    /// Parses a query. The prefixes of `base` are known without a declaration; the query may redefine them.
    ///
    /// # Errors
    /// The position of a syntax error, or a malformed parameter declaration.
    pub fn parse(text: &str, base: &Base) -> Result<Self, QueryError> {
        let head = QueryHead::parse(text)?;
        let parsed = syntax::parse(text, base, SparqlParser::parse_query);
        let mut algebra =
            parsed.map_err(|error| if is_update(text, base, &error) { QueryError::NotAQuery } else { error })?;
        alternatives::rewrite(&mut algebra);
        Ok(Self { head, algebra, graphs: None, notes: Vec::new() })
    }

    /// Gives the parameters their values. A name is looked up in the graph. The value becomes a term of the parsed
    /// query, and is never part of its text.
    ///
    /// # Errors
    /// As [`QueryHead::bind`], and if the query has the parameter in a position where no value is allowed.
    pub fn bind(mut self, values: &[(String, String)], graph: &GraphStore) -> Result<Self, QueryError> {
        let BoundParameters { terms, notes } = self.head.bind(values, graph)?;
        self.notes = notes;
        for (variable, term) in terms {
            substitute::substitute(&mut self.algebra, &variable, &term)
                .map_err(|place| QueryError::Misplaced { name: variable.as_str().to_string(), place })?;
        }
        Ok(self)
    }

    /// Messages for the user about how the parameters were read.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Replaces the graphs that the query names, unless both lists are empty: `default` forms the default graph, and
    /// GRAPH can reach those in `named`.
    #[must_use]
    pub fn over(mut self, default: Vec<NamedNode>, named: Vec<NamedNode>) -> Self {
        if !default.is_empty() || !named.is_empty() {
            self.graphs = Some((default, named));
        }
        self
    }

    /// Starts the evaluation in this process. Rows arrive as they are found. The answer ends when it reaches a limit,
    /// but its thread may go on while it does not read from the store (`evaluation.rs` says why). In a process that
    /// must live on, use [`EvaluationWorkers`].
    ///
    /// # Errors
    /// Evaluation errors before the first row.
    pub fn run(self, graph: &GraphStore, limits: QueryLimits) -> Result<QueryAnswer, QueryError> {
        let quads = graph.store()?.clone();
        let graphs = MatchedGraphs::of(&self, graph)?;
        evaluation::start(limits, move |token, sender| {
            let reads_packed = packed::query_reads(&self.algebra, &quads);
            let mut prepared = SparqlEvaluator::new().with_cancellation_token(token).for_query(self.algebra);
            graphs.set(prepared.dataset_mut());
            match reads_packed {
                true => sender.results(prepared.on_queryable_dataset(quads.dataset()).execute()),
                false => sender.results(prepared.on_store(quads.database()).execute()),
            }
        })?
        .answer()
    }
}

/// Whether a text that is not a query is an update.
fn is_update(text: &str, base: &Base, error: &QueryError) -> bool {
    matches!(error, QueryError::Syntax { .. })
        && syntax::parse(text, base, SparqlParser::parse_update).is_ok_and(|update| !update.operations.is_empty())
}

/// Stack size of the threads that parse and evaluate, in bytes: enough for everything that [`nesting::check`] accepts.
/// It is address space; memory is taken only as it is used.
const STACK: usize = 256 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Query::parse(text, &Base::default()).unwrap_err().to_string()
    }

    #[test]
    fn prefixes_are_known_and_do_not_move_the_place_of_an_error() {
        assert!(Query::parse("SELECT ?p WHERE { ?p kg:usesDataset dataset:coco }", &Base::default()).is_ok());
        assert!(Query::parse("PREFIX kg: <urn:x> SELECT ?p WHERE { ?p kg:a schema:b }", &Base::default()).is_ok());
        let text = error("SELECT ?p\nWHERE { ?p kg:usesDataset }");
        assert!(text.contains("line 2, column 27"), "{text}");
        assert!(text.contains("2 | WHERE { ?p kg:usesDataset }\n  |                           ^"), "{text}");
    }

    #[test]
    fn the_caret_follows_tabs_and_wide_text() {
        let text = error("SELECT ?p\n\t{ \"é\" }}");
        assert!(text.contains("  | \t"), "{text}");
    }

    #[test]
    fn an_update_is_not_a_query() {
        assert!(error("INSERT DATA { dataset:coco rdfs:comment \"x\" }").contains("is an update"));
        assert!(error("INSERT DATA { dataset:coco }").contains("not SPARQL"));
    }

    #[test]
    fn an_empty_query_is_an_error() {
        assert!(error("").contains("line 1, column 1"));
        assert!(error("# nothing\n").contains("not SPARQL"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_parses_or_is_an_error(text in "(?s).{0,60}") {
            if let Err(error) = Query::parse(&text, &Base::default()) {
                let _ = error.to_string();
            }
        }
    }
}
