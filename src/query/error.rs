use std::fmt;
use std::io;
use std::time::Duration;

use oxigraph::sparql::QueryEvaluationError;

use super::head::{Parameter, ParameterKind};
use crate::store::{NodeRef, StoreError};

/// Errors of a query, described in the user's terms.
#[derive(Debug)]
#[non_exhaustive]
pub enum QueryError {
    /// The text is not SPARQL.
    Syntax {
        /// Line number from 1.
        line: usize,
        /// Column from 1, in code points.
        column: usize,
        /// The line itself.
        source_line: String,
        /// What the parser expected.
        expected: String,
    },
    /// No shipped query has this name.
    UnknownQuery {
        /// Name of the parameter or query.
        name: String,
        /// The most similar name, if there is one.
        near: Option<String>,
    },
    /// A malformed `# param` line.
    Declaration {
        /// Line number from 1.
        line: usize,
        /// The line itself.
        text: String,
    },
    /// A value for a parameter that the query does not declare.
    UnknownParameter {
        /// Name of the parameter or query.
        name: String,
        /// The parameters that it declares.
        known: Vec<String>,
    },
    /// Two values for one parameter.
    RepeatedParameter {
        /// Name of the parameter or query.
        name: String,
    },
    /// No value for a required parameter.
    MissingParameter {
        /// The parameter.
        parameter: Parameter,
    },
    /// A value that must be a whole number.
    NotANumber {
        /// Name of the parameter or query.
        name: String,
        /// The value that was given.
        value: String,
    },
    /// No node of the kind has the name.
    NoSuchNode {
        /// The kind that the parameter takes.
        kind: ParameterKind,
        /// The value that was given.
        value: String,
        /// Nodes with similar names.
        near: Vec<NodeRef>,
    },
    /// Several nodes have the name.
    Ambiguous {
        /// Name of the parameter or query.
        name: String,
        /// The value that was given.
        value: String,
        /// The nodes that have it.
        nodes: Vec<NodeRef>,
    },
    /// The query has the parameter in a position where no value is allowed.
    Misplaced {
        /// Name of the parameter or query.
        name: String,
        /// The position, in words.
        place: &'static str,
    },
    /// Nested brackets, or a chain of operators, that are too deep to be parsed.
    TooDeep,
    /// The text is longer than is allowed.
    TooLong {
        /// Length of the text in bytes.
        bytes: usize,
        /// The largest number that is allowed.
        most: usize,
    },
    /// The evaluation reached its time limit.
    TimedOut {
        /// The time limit.
        after: Duration,
    },
    /// The result has more rows than are allowed.
    TooMany {
        /// The largest number that is allowed.
        most: usize,
    },
    /// The evaluation took more than this many bytes of memory.
    OutOfMemory {
        /// The limit in bytes.
        limit: u64,
    },
    /// The answer is larger than this many bytes.
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The evaluation was interrupted by a fault in the program.
    Interrupted,
    /// The evaluation failed.
    Evaluation(QueryEvaluationError),
    /// An update would change a graph other than the user's.
    OtherGraph {
        /// IRI of the other graph.
        graph: String,
    },
    /// An update would read from the network.
    Load {
        /// Address that it would read.
        source: String,
    },
    /// An update failed halfway. None of its changes are kept.
    Update(String),
    /// The graph cannot be read.
    Store(StoreError),
    /// An error message from a worker.
    Refused {
        /// The message.
        message: String,
        /// What to do about it.
        help: Option<String>,
    },
    /// A thread or worker process could not be started.
    Worker(io::Error),
    /// The connection between a worker and its server was lost.
    Lost(io::Error),
}

impl QueryError {
    /// What the user can do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::UnknownQuery { near: Some(near), .. } => {
                Some(format!("did you mean `{near}`? `kg query --list` shows all"))
            }
            Self::UnknownQuery { .. } => {
                Some("`kg query --list` shows the names; a query's text goes behind -e".to_string())
            }
            Self::Declaration { .. } => {
                Some("write `# param NAME: TYPE what it means`, then `= DEFAULT`, `, optional` or nothing".to_string())
            }
            Self::UnknownParameter { known, .. } if known.is_empty() => {
                Some("this query takes no parameters; declare one in its head: `# param NAME: TYPE`".to_string())
            }
            Self::UnknownParameter { known, .. } => Some(format!("it takes {}", known.join(", "))),
            Self::MissingParameter { parameter } => Some(format!("add `{parameter}`: {}", parameter.description)),
            Self::NoSuchNode { near, .. } => match &near[..] {
                [] => Some("`kg search` finds names by a part of them".to_string()),
                near => Some(format!("did you mean {}?", list(near))),
            },
            Self::Ambiguous { name, nodes, .. } => Some(format!(
                "write one of {}",
                nodes.iter().map(|n| format!("{name}={}", n.id)).collect::<Vec<_>>().join(", ")
            )),
            Self::TooDeep => Some("write a long list of alternatives as VALUES, which may be as long as you like".into()),
            Self::TooLong { .. } => Some("ask in several queries".to_string()),
            Self::TimedOut { .. } => Some(
                "ask for less, or give it longer: a LIMIT does not help a query that sorts, and patterns without a \
                 variable in common multiply"
                    .into(),
            ),
            Self::OutOfMemory { .. } => Some(
                "ask for less: patterns without a variable in common multiply, and DISTINCT, GROUP BY and ORDER BY hold \
                 all their rows"
                    .into(),
            ),
            Self::TooLarge { .. } => Some("add a LIMIT, or ask for fewer columns".to_string()),
            Self::Refused { help, .. } => help.clone(),
            Self::Evaluation(QueryEvaluationError::UnsupportedService(_)) => {
                Some("queries do not reach out to the network; remove SERVICE".to_string())
            }
            Self::OtherGraph { .. } => Some(
                "leave out GRAPH: your statements go into a graph of their own, which queries see with the data. The \
                 other graphs are made by builds and checks"
                    .into(),
            ),
            Self::Load { .. } => {
                Some("fetch the file yourself, and put its statements behind INSERT DATA".to_string())
            }
            Self::Store(error) => Some(error.help()),
            _ => None,
        }
    }
}

fn list(nodes: &[NodeRef]) -> String {
    nodes.iter().map(|n| format!("{} ({})", n.label, n.id)).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { line, column, source_line, expected } => {
                let margin = " ".repeat(line.to_string().len());
                // Tabs are kept, so that the caret is below its character in any terminal.
                let lead: String =
                    source_line.chars().take(column - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
                write!(
                    f,
                    "the query is not SPARQL at line {line}, column {column}\n{margin} |\n{line} | {source_line}\n\
                     {margin} | {lead}^ {expected}"
                )
            }
            Self::UnknownQuery { name, .. } => write!(f, "`{name}` is neither a file nor the name of a query"),
            Self::Declaration { line, text } => write!(f, "line {line}: `{text}` declares no parameter"),
            Self::UnknownParameter { name, .. } => write!(f, "the query has no parameter `{name}`"),
            Self::RepeatedParameter { name } => write!(f, "parameter `{name}` is given twice"),
            Self::MissingParameter { parameter } => write!(f, "the query needs parameter `{}`", parameter.name),
            Self::NotANumber { name, value } => write!(f, "`{name}` must be a whole number, not `{value}`"),
            Self::NoSuchNode { kind, value, .. } => write!(f, "the graph has no {kind} called `{value}`"),
            Self::Ambiguous { value, nodes, .. } => {
                write!(f, "`{value}` can mean {} things: {}", nodes.len(), list(nodes))
            }
            Self::Misplaced { name, place } => {
                write!(
                    f,
                    "parameter `{name}` is used {place}, where this value is not allowed; use another variable there"
                )
            }
            Self::TooDeep => write!(f, "the query is nested too deeply"),
            Self::TooLong { bytes, most } => write!(f, "the query has {bytes} bytes, and the most is {most}"),
            Self::OutOfMemory { limit } => {
                write!(f, "the query was stopped: it needs more than {} MB of memory", limit.div_ceil(1 << 20))
            }
            Self::TooLarge { limit } => {
                write!(f, "the query was stopped: its answer has more than {} MB", limit.div_ceil(1 << 20))
            }
            Self::Refused { message, .. } => f.write_str(message),
            Self::Worker(error) => write!(f, "the query cannot be evaluated: {error}"),
            Self::Lost(error) => write!(f, "the process that answers the query was lost: {error}"),
            Self::TimedOut { after } => write!(f, "the query was stopped after {:.1} s", after.as_secs_f32()),
            Self::TooMany { most } => write!(f, "the result has more than {most} rows"),
            Self::Interrupted => write!(f, "the evaluation of the query was interrupted"),
            Self::Evaluation(error) => write!(f, "the query failed: {error}"),
            Self::OtherGraph { graph } => {
                write!(f, "the update would change {graph}, and only your own graph can be changed")
            }
            Self::Load { source } => write!(f, "LOAD {source}: updates do not reach out to the network"),
            Self::Update(message) => write!(f, "the update failed: {message}"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for QueryError {}

impl From<QueryEvaluationError> for QueryError {
    fn from(error: QueryEvaluationError) -> Self {
        Self::Evaluation(error)
    }
}

/// In code with this error type, all reading and writing is between processes.
impl From<io::Error> for QueryError {
    fn from(error: io::Error) -> Self {
        Self::Lost(error)
    }
}

impl From<StoreError> for QueryError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
