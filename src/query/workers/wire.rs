//! Protocol between a server and its workers. A task is a line of JSON. An answer is a sequence of postcard frames,
//! each after its length (four bytes, little-endian).

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::time::Duration;

use oxigraph::model::{BlankNode, Literal, NamedNode, NamedOrBlankNode, Term, Triple, Variable};
use serde::{Deserialize, Serialize};

use super::super::answer::EvaluationMessage;
use super::super::{QueryAnswer, QueryError};
use crate::store::StoreError;

/// A query or update for a worker.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct QueryTask {
    /// Whether the text is an update.
    pub(super) update: bool,
    pub(super) text: String,
    pub(super) parameters: Vec<(String, String)>,
    pub(super) default_graphs: Vec<String>,
    pub(super) named_graphs: Vec<String>,
    /// Time after which a worker that has lost its server ends by itself.
    pub(super) timeout: Option<Duration>,
    pub(super) rows: Option<usize>,
}

impl QueryTask {
    /// A query without parameters.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// An update of the graph. The answer is whether anything was changed.
    pub fn update(text: impl Into<String>) -> Self {
        Self { update: true, ..Self::new(text) }
    }

    /// Values of declared parameters, as for [`super::super::Query::bind`].
    #[must_use]
    pub fn parameters(mut self, parameters: Vec<(String, String)>) -> Self {
        self.parameters = parameters;
        self
    }

    /// Graphs that replace those named by the query, as for [`super::super::Query::over`].
    #[must_use]
    pub fn over(mut self, default: &[NamedNode], named: &[NamedNode]) -> Self {
        let texts = |nodes: &[NamedNode]| nodes.iter().map(|node| node.as_str().to_string()).collect();
        self.default_graphs = texts(default);
        self.named_graphs = texts(named);
        self
    }
}

#[derive(Serialize, Deserialize)]
pub(super) enum WireFrame {
    Boolean(bool),
    Variables(Vec<String>),
    Graph,
    Row(Vec<Option<WireTerm>>),
    Triple(WireTerm, String, WireTerm),
    End,
    Failed(WorkerRefusal),
}

#[derive(Serialize, Deserialize)]
pub(super) enum WireTerm {
    Iri(String),
    Blank(String),
    Text(String),
    Tagged(String, String),
    Typed(String, String),
}

/// An error after which the worker goes on.
#[derive(Serialize, Deserialize)]
pub(super) enum WorkerRefusal {
    Syntax {
        line: usize,
        column: usize,
        source_line: String,
        expected: String,
    },
    TooDeep,
    TooLong {
        bytes: usize,
        most: usize,
    },
    /// Another process is writing to the graph.
    Locked {
        path: PathBuf,
    },
    /// An error that the task did not cause.
    Broken {
        message: String,
    },
    Other {
        message: String,
        help: Option<String>,
    },
}

impl WireFrame {
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let bytes = postcard::to_allocvec(self).map_err(io::Error::other)?;
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        out.write_all(&length.to_le_bytes())?;
        out.write_all(&bytes)
    }

    /// Reads the next frame, and returns it with its length. `allow` is called with the length before the bytes are
    /// read.
    pub(super) fn read<E: From<io::Error>>(
        input: &mut impl Read,
        buffer: &mut Vec<u8>,
        allow: impl FnOnce(usize) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut length = [0; 4];
        input.read_exact(&mut length)?;
        let length = u32::from_le_bytes(length) as usize;
        allow(length)?;
        buffer.clear();
        input.take(length as u64).read_to_end(buffer)?;
        postcard::from_bytes(buffer).map_err(|e| io::Error::other(e).into())
    }

    /// Whether this frame completes the answer.
    pub(super) fn is_last(&self) -> bool {
        matches!(self, Self::Boolean(_) | Self::End | Self::Failed(_))
    }

    /// Converts the frame into a message for the receiver.
    pub(super) fn message(self, variables: &mut Vec<Variable>) -> Result<EvaluationMessage, QueryError> {
        Ok(match self {
            Self::Boolean(value) => EvaluationMessage::Boolean(value),
            Self::Variables(names) => {
                *variables = names.into_iter().map(Variable::new_unchecked).collect();
                EvaluationMessage::Variables(variables.clone())
            }
            Self::Graph => EvaluationMessage::Graph,
            Self::Row(values) => {
                let values: Vec<Option<Term>> = values.into_iter().map(|value| value.map(Term::from)).collect();
                EvaluationMessage::Row((variables.clone(), values).into())
            }
            Self::Triple(subject, predicate, object) => {
                let subject: NamedOrBlankNode = match subject.into() {
                    Term::NamedNode(node) => node.into(),
                    Term::BlankNode(node) => node.into(),
                    Term::Literal(_) => return Err(QueryError::Interrupted),
                };
                EvaluationMessage::Triple(Triple::new(subject, NamedNode::new_unchecked(predicate), Term::from(object)))
            }
            Self::End => EvaluationMessage::End,
            Self::Failed(refusal) => return Err(refusal.into()),
        })
    }
}

/// Writes an answer frame by frame. If an error occurs, it is the last frame.
pub(super) fn write_answer(answer: Result<QueryAnswer, QueryError>, out: &mut impl Write) -> io::Result<()> {
    let written = match answer {
        Err(e) => Err(e),
        Ok(QueryAnswer::Boolean(value)) => {
            WireFrame::Boolean(value).write(out)?;
            return out.flush();
        }
        Ok(QueryAnswer::Solutions(mut rows)) => {
            WireFrame::Variables(rows.variables().iter().map(|v| v.as_str().to_string()).collect()).write(out)?;
            rows.try_for_each(|row| {
                let values = row?.values().iter().map(|value| value.clone().map(WireTerm::from)).collect();
                Ok(WireFrame::Row(values).write(out)?)
            })
        }
        Ok(QueryAnswer::Graph(mut triples)) => {
            WireFrame::Graph.write(out)?;
            triples.try_for_each(|triple| {
                let Triple { subject, predicate, object } = triple?;
                let predicate = predicate.into_string();
                Ok(WireFrame::Triple(Term::from(subject).into(), predicate, object.into()).write(out)?)
            })
        }
    };
    match written {
        Ok(()) => WireFrame::End.write(out)?,
        Err(QueryError::Lost(error)) => return Err(error),
        Err(error) => WireFrame::Failed(error.into()).write(out)?,
    }
    out.flush()
}

impl From<Term> for WireTerm {
    fn from(term: Term) -> Self {
        match term {
            Term::NamedNode(node) => Self::Iri(node.into_string()),
            Term::BlankNode(node) => Self::Blank(node.into_string()),
            Term::Literal(literal) => match literal.destruct() {
                (value, None, None) => Self::Text(value),
                (value, _, Some(language)) => Self::Tagged(value, language),
                (value, Some(datatype), None) => Self::Typed(value, datatype.into_string()),
            },
        }
    }
}

impl From<WireTerm> for Term {
    fn from(value: WireTerm) -> Self {
        match value {
            WireTerm::Iri(iri) => NamedNode::new_unchecked(iri).into(),
            WireTerm::Blank(label) => BlankNode::new_unchecked(label).into(),
            WireTerm::Text(value) => Literal::new_simple_literal(value).into(),
            WireTerm::Tagged(value, language) => Literal::new_language_tagged_literal_unchecked(value, language).into(),
            WireTerm::Typed(value, datatype) => {
                Literal::new_typed_literal(value, NamedNode::new_unchecked(datatype)).into()
            }
        }
    }
}

impl From<QueryError> for WorkerRefusal {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Syntax { line, column, source_line, expected } => {
                Self::Syntax { line, column, source_line, expected }
            }
            QueryError::TooDeep => Self::TooDeep,
            QueryError::TooLong { bytes, most } => Self::TooLong { bytes, most },
            QueryError::Store(StoreError::Locked { path }) => Self::Locked { path },
            error @ (QueryError::Store(_) | QueryError::Interrupted) => Self::Broken { message: error.to_string() },
            other => Self::Other { message: other.to_string(), help: other.help() },
        }
    }
}

impl From<WorkerRefusal> for QueryError {
    fn from(refusal: WorkerRefusal) -> Self {
        match refusal {
            WorkerRefusal::Syntax { line, column, source_line, expected } => {
                Self::Syntax { line, column, source_line, expected }
            }
            WorkerRefusal::TooDeep => Self::TooDeep,
            WorkerRefusal::TooLong { bytes, most } => Self::TooLong { bytes, most },
            WorkerRefusal::Locked { path } => Self::Store(StoreError::Locked { path }),
            WorkerRefusal::Broken { message } => Self::Lost(io::Error::other(message)),
            WorkerRefusal::Other { message, help } => Self::Refused { message, help },
        }
    }
}
