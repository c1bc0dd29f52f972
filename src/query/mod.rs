//! SPARQL over the graph: known prefixes, parameters bound as terms, a time limit, and the named queries of
//! `queries/*.rq`.

mod error;
mod head;
mod named;
mod output;
mod substitute;

use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use oxigraph::model::Triple;
use oxigraph::sparql::{
    CancellationToken, QueryEvaluationError, QueryResults, QuerySolution, QuerySolutionIter, QueryTripleIter,
    SparqlEvaluator, Variable,
};
use spargebra::SparqlParser;

pub use error::QueryError;
pub use head::{Head, Parameter, ParameterKind};
pub use named::{NamedQuery, named_queries, named_query};
pub use output::{Format, OutputError, write_boolean, write_solutions, write_triples};

use crate::ontology::Base;
use crate::store::GraphStore;

/// Bounds on what one query may take.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    pub timeout: Option<Duration>,
    /// Rows or triples that are returned at most.
    pub rows: Option<usize>,
}

/// A parsed query with what its head declares.
#[derive(Debug, Clone)]
pub struct Query {
    pub head: Head,
    algebra: spargebra::Query,
}

impl Query {
    /// Parses a query in which the prefixes of `base` are known without a declaration; it may declare them anew.
    ///
    /// # Errors
    /// The place in the text that is not SPARQL, or a parameter's declaration that cannot be read.
    pub fn parse(text: &str, base: &Base) -> Result<Self, QueryError> {
        let head = Head::parse(text)?;
        let mut parser = SparqlParser::new();
        for (prefix, iri) in base.prefixes() {
            parser = match parser.clone().with_prefix(prefix, iri) {
                Ok(with) => with,
                Err(_) => parser,
            };
        }
        let algebra = parser.parse_query(text).map_err(|e| syntax_error(text, &e.to_string()))?;
        Ok(Self { head, algebra })
    }

    /// Gives the parameters their values. A name is looked up in the graph; the value becomes a term of the parsed
    /// query, never part of its text.
    ///
    /// # Errors
    /// As [`Head::bind`], and if the query has the parameter where no value can stand.
    pub fn bind(mut self, values: &[(String, String)], graph: &GraphStore) -> Result<Self, QueryError> {
        for (variable, term) in self.head.bind(values, graph)? {
            substitute::substitute(&mut self.algebra, &variable, &term)
                .map_err(|place| QueryError::Misplaced { name: variable.as_str().to_string(), place })?;
        }
        Ok(self)
    }

    /// Starts the evaluation; rows come as they are found.
    ///
    /// # Errors
    /// What evaluation finds wrong before the first row.
    pub fn run(self, graph: &GraphStore, limits: Limits) -> Result<Answer, QueryError> {
        let token = CancellationToken::new();
        let watch = Watch::start(limits.timeout, token.clone());
        let results = SparqlEvaluator::new()
            .with_cancellation_token(token)
            .for_query(self.algebra)
            .on_store(graph.store())
            .execute()
            .map_err(|e| watch.error(e))?;
        let left = limits.rows.unwrap_or(usize::MAX);
        Ok(match results {
            QueryResults::Boolean(value) => Answer::Boolean(value),
            QueryResults::Solutions(rows) => Answer::Solutions(Solutions { rows, watch, left }),
            QueryResults::Graph(triples) => Answer::Graph(Triples { triples, watch, left }),
        })
    }
}

/// The result of a query, by its form.
pub enum Answer {
    Boolean(bool),
    Solutions(Solutions),
    Graph(Triples),
}

/// The rows of a SELECT.
pub struct Solutions {
    rows: QuerySolutionIter<'static>,
    watch: Watch,
    left: usize,
}

impl Solutions {
    pub fn variables(&self) -> &[Variable] {
        self.rows.variables()
    }
}

impl Iterator for Solutions {
    type Item = Result<QuerySolution, QueryError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        self.rows.next().map(|row| row.map_err(|e| self.watch.error(e)))
    }
}

/// The triples of a CONSTRUCT or DESCRIBE.
pub struct Triples {
    triples: QueryTripleIter<'static>,
    watch: Watch,
    left: usize,
}

impl Iterator for Triples {
    type Item = Result<Triple, QueryError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        self.triples.next().map(|triple| triple.map_err(|e| self.watch.error(e)))
    }
}

/// Cancels an evaluation when its time is over; dropping it ends the waiting thread.
struct Watch {
    timeout: Option<Duration>,
    _alive: Option<Sender<()>>,
}

impl Watch {
    fn start(timeout: Option<Duration>, token: CancellationToken) -> Self {
        let alive = timeout.map(|timeout| {
            let (alive, ended) = channel::<()>();
            std::thread::spawn(move || {
                if ended.recv_timeout(timeout) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                    token.cancel();
                }
            });
            alive
        });
        Self { timeout, _alive: alive }
    }

    fn error(&self, error: QueryEvaluationError) -> QueryError {
        match (error, self.timeout) {
            (QueryEvaluationError::Cancelled, Some(after)) => QueryError::TimedOut { after },
            (error, _) => QueryError::Evaluation(error),
        }
    }
}

/// The parser reports `error at 3:7: expected …`; whatever else it may say is told at the beginning of the text.
fn syntax_error(text: &str, message: &str) -> QueryError {
    let parsed = message.strip_prefix("error at ").and_then(|rest| {
        let (place, expected) = rest.split_once(": ")?;
        let (line, column) = place.split_once(':')?;
        Some((line.parse::<usize>().ok()?.max(1), column.parse::<usize>().ok()?.max(1), expected))
    });
    let (line, column, expected) = parsed.unwrap_or((1, 1, message));
    QueryError::Syntax {
        line,
        column,
        source_line: text.lines().nth(line - 1).unwrap_or_default().to_string(),
        expected: shorten(expected),
    }
}

/// The parser's list of everything that could have stood there helps no one when it is long.
fn shorten(expected: &str) -> String {
    const SHOWN: usize = 6;
    let Some(list) = expected.strip_prefix("expected one of ") else { return expected.to_string() };
    let parts: Vec<&str> = list.split(", ").collect();
    if parts.len() <= SHOWN {
        return expected.to_string();
    }
    format!("expected one of {} or {} others", parts[..SHOWN].join(", "), parts.len() - SHOWN)
}

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
