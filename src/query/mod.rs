//! SPARQL over the graph: known prefixes, parameters bound as terms, a time limit, and the named queries of
//! `queries/*.rq`.

mod at_most;
mod dataset;
mod error;
mod head;
mod named;
mod output;
mod substitute;

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use oxigraph::model::Triple;
use oxigraph::sparql::{
    CancellationToken, QueryEvaluationError, QueryResults, QuerySolution, SparqlEvaluator, Variable,
};
use spargebra::SparqlParser;

pub use at_most::AtMost;
pub use dataset::Form;
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

    /// Starts the evaluation, on a thread of its own; rows come as they are found.
    ///
    /// The thread is why a time limit holds: oxigraph looks at its cancellation token when it reads from the store,
    /// and a cross product, once read, multiplies in memory for hours without doing so. Such a thread is left behind
    /// until it ends by itself or with the process.
    ///
    /// # Errors
    /// What evaluation finds wrong before the first row.
    pub fn run(self, graph: &GraphStore, limits: Limits) -> Result<Answer, QueryError> {
        let (sender, receiver) = sync_channel(IN_FLIGHT);
        let token = CancellationToken::new();
        let evaluator = SparqlEvaluator::new().with_cancellation_token(token.clone());
        let store = graph.store().clone();
        let evaluation = std::thread::spawn(move || {
            let results = evaluator.for_query(self.algebra).on_store(&store).execute();
            let _ = send(results, &sender);
        });
        let rows = Rows {
            receiver: Some(receiver),
            evaluation: Some(evaluation),
            token,
            deadline: limits.timeout.and_then(|timeout| Some((Instant::now().checked_add(timeout)?, timeout))),
            left: limits.rows.unwrap_or(usize::MAX),
        };
        match rows.receive()? {
            Message::Boolean(value) => Ok(Answer::Boolean(value)),
            Message::Variables(variables) => Ok(Answer::Solutions(Solutions { variables, rows })),
            _ => Ok(Answer::Graph(Triples { rows })),
        }
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
    variables: Vec<Variable>,
    rows: Rows,
}

impl Solutions {
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }
}

impl Iterator for Solutions {
    type Item = Result<QuerySolution, QueryError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.rows.next_message()? {
            Ok(Message::Row(row)) => Some(Ok(row)),
            Ok(_) => None,
            Err(e) => Some(Err(e)),
        }
    }
}

/// The triples of a CONSTRUCT or DESCRIBE.
pub struct Triples {
    rows: Rows,
}

impl Iterator for Triples {
    type Item = Result<Triple, QueryError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.rows.next_message()? {
            Ok(Message::Triple(triple)) => Some(Ok(triple)),
            Ok(_) => None,
            Err(e) => Some(Err(e)),
        }
    }
}

/// Rows that wait to be taken; more would only take memory.
const IN_FLIGHT: usize = 1024;

/// What the evaluating thread tells. The first message says which form the result has, the last is `End`.
enum Message {
    Boolean(bool),
    Variables(Vec<Variable>),
    Graph,
    Row(QuerySolution),
    Triple(Triple),
    End,
}

type Told = Result<Message, QueryEvaluationError>;

/// `None` as soon as nobody listens any more.
fn send(results: Result<QueryResults<'_>, QueryEvaluationError>, to: &SyncSender<Told>) -> Option<()> {
    match results {
        Err(e) => return to.send(Err(e)).ok(),
        Ok(QueryResults::Boolean(value)) => to.send(Ok(Message::Boolean(value))).ok()?,
        Ok(QueryResults::Solutions(rows)) => {
            to.send(Ok(Message::Variables(rows.variables().to_vec()))).ok()?;
            for row in rows {
                to.send(row.map(Message::Row)).ok()?;
            }
        }
        Ok(QueryResults::Graph(triples)) => {
            to.send(Ok(Message::Graph)).ok()?;
            for triple in triples {
                to.send(triple.map(Message::Triple)).ok()?;
            }
        }
    }
    to.send(Ok(Message::End)).ok()
}

/// The listening end of an evaluation; dropping it tells the evaluation to stop.
struct Rows {
    /// Taken when nobody listens any more.
    receiver: Option<Receiver<Told>>,
    evaluation: Option<JoinHandle<()>>,
    token: CancellationToken,
    deadline: Option<(Instant, Duration)>,
    left: usize,
}

impl Rows {
    fn next_message(&mut self) -> Option<Result<Message, QueryError>> {
        self.left = self.left.checked_sub(1)?;
        let message = self.receive();
        if !matches!(message, Ok(Message::Row(_) | Message::Triple(_))) {
            self.left = 0;
        }
        Some(message)
    }

    fn receive(&self) -> Result<Message, QueryError> {
        let Some(receiver) = &self.receiver else { return Err(QueryError::Interrupted) };
        let told = match self.deadline {
            None => receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some((deadline, _)) => receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())),
        };
        match (told, self.deadline) {
            (Ok(told), _) => told.map_err(QueryError::Evaluation),
            (Err(RecvTimeoutError::Timeout), Some((_, after))) => {
                self.token.cancel();
                Err(QueryError::TimedOut { after })
            }
            // The evaluation ended without its last word: what came before is not the whole answer.
            (Err(_), _) => Err(QueryError::Interrupted),
        }
    }
}

impl Drop for Rows {
    /// Stops the evaluation and waits until it has let go of the store: a process that ends while a thread of it still
    /// closes RocksDB is aborted. An evaluation that cannot be stopped is left behind after a moment.
    fn drop(&mut self) {
        self.token.cancel();
        self.receiver = None;
        let Some(evaluation) = self.evaluation.take() else { return };
        let began = Instant::now();
        while !evaluation.is_finished() && began.elapsed() < LET_GO {
            std::thread::sleep(Duration::from_millis(1));
        }
        if evaluation.is_finished() {
            // A panic of the evaluation was told as an interrupted answer.
            let _ = evaluation.join();
        }
    }
}

/// How long an evaluation that nobody listens to may take to end.
const LET_GO: Duration = Duration::from_millis(500);

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
