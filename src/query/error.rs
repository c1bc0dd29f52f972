use std::io;
use std::time::Duration;

use oxigraph::sparql::QueryEvaluationError;

use super::head::{Parameter, ParameterKind};
use crate::store::{NodeRef, StoreError};

/// Errors of a query, described in the user's terms.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The text is not SPARQL.
    #[error("{}", at_place(*.line, *.column, .source_line, .expected))]
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
    /// The text is an update, and a query is wanted.
    #[error("this is an update, and queries change nothing")]
    NotAQuery,
    /// No shipped query has this name.
    #[error("`{name}` is neither a file nor the name of a query")]
    UnknownQuery {
        /// Name of the parameter or query.
        name: String,
        /// The most similar name, if there is one.
        near: Option<String>,
    },
    /// A malformed `# param` line.
    #[error("line {line}: `{text}` declares no parameter")]
    Declaration {
        /// Line number from 1.
        line: usize,
        /// The line itself.
        text: String,
    },
    /// A value for a parameter that the query does not declare.
    #[error("the query has no parameter `{name}`")]
    UnknownParameter {
        /// Name of the parameter or query.
        name: String,
        /// The parameters that it declares.
        known: Vec<String>,
    },
    /// Two values for one parameter.
    #[error("parameter `{name}` is given twice")]
    RepeatedParameter {
        /// Name of the parameter or query.
        name: String,
    },
    /// No value for a required parameter.
    #[error("the query needs parameter `{}`", .parameter.name)]
    MissingParameter {
        /// The parameter.
        parameter: Parameter,
    },
    /// A value that must be a whole number.
    #[error("`{name}` must be a whole number, not `{value}`")]
    NotANumber {
        /// Name of the parameter or query.
        name: String,
        /// The value that was given.
        value: String,
    },
    /// No node of the kind has the name.
    #[error("the graph has no {kind} called `{value}`")]
    NoSuchNode {
        /// The kind that the parameter takes.
        kind: ParameterKind,
        /// The value that was given.
        value: String,
        /// Nodes with similar names.
        near: Vec<NodeRef>,
    },
    /// Several nodes have the name.
    #[error("`{value}` can mean {} things: {}", .nodes.len(), list(.nodes))]
    Ambiguous {
        /// Name of the parameter or query.
        name: String,
        /// The value that was given.
        value: String,
        /// The nodes that have it.
        nodes: Vec<NodeRef>,
    },
    /// The query has the parameter in a position where no value is allowed.
    #[error("parameter `{name}` is used {place}, where this value is not allowed; use another variable there")]
    Misplaced {
        /// Name of the parameter or query.
        name: String,
        /// The position, in words.
        place: &'static str,
    },
    /// Nested brackets, or a chain of operators, that are too deep to be parsed.
    #[error("the query is nested too deeply")]
    TooDeep,
    /// The text is longer than is allowed.
    #[error("the query has {bytes} bytes, and the most is {most}")]
    TooLong {
        /// Length of the text in bytes.
        bytes: usize,
        /// The largest number that is allowed.
        most: usize,
    },
    /// The evaluation reached its time limit.
    #[error("the query was stopped after {:.1} s", .after.as_secs_f32())]
    TimedOut {
        /// The time limit.
        after: Duration,
    },
    /// The result has more rows than are allowed.
    #[error("the result has more than {most} rows")]
    TooMany {
        /// The largest number that is allowed.
        most: usize,
    },
    /// The evaluation took more than this many bytes of memory.
    #[error("the query was stopped: it needs more than {} MB of memory", .limit.div_ceil(1 << 20))]
    OutOfMemory {
        /// The limit in bytes.
        limit: u64,
    },
    /// The answer is larger than this many bytes.
    #[error("the query was stopped: its answer has more than {} MB", .limit.div_ceil(1 << 20))]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The evaluation was interrupted by a fault in the program.
    #[error("the evaluation of the query was interrupted")]
    Interrupted,
    /// The evaluation failed.
    #[error("the query failed: {0}")]
    Evaluation(#[from] QueryEvaluationError),
    /// An update would change a graph other than the user's.
    #[error("the update would change {graph}, and only your own graph can be changed")]
    OtherGraph {
        /// IRI of the other graph.
        graph: String,
    },
    /// An update would read from the network.
    #[error("LOAD {address}: updates do not use the network")]
    Load {
        /// Address that it would read.
        address: String,
    },
    /// An update failed halfway. None of its changes are kept.
    #[error("the update failed: {0}")]
    Update(String),
    /// The graph cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An error message from a worker.
    #[error("{message}")]
    Refused {
        /// The message.
        message: String,
        /// What to do about it.
        help: Option<String>,
    },
    /// A thread or worker process could not be started.
    #[error("the query cannot be evaluated: {0}")]
    Worker(io::Error),
    /// The connection between a worker and its server was lost. In code with this error type, all reading and writing
    /// is between processes.
    #[error("the process that answers the query was lost: {0}")]
    Lost(#[from] io::Error),
}

impl QueryError {
    /// What the user can do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NotAQuery => Some("`kg update` makes changes".to_string()),
            Self::UnknownQuery { near: Some(near), .. } => {
                Some(format!("did you mean `{near}`? `kg query --list` shows all"))
            }
            Self::UnknownQuery { .. } => {
                Some("`kg query --list` shows the names; put the text of a query after -e".to_string())
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
                "ask for less, or raise the time limit: a LIMIT does not help a query that sorts, and patterns without a \
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
                Some("queries do not use the network; remove SERVICE".to_string())
            }
            Self::OtherGraph { .. } => Some(
                "leave out GRAPH: your statements go into a graph of their own, which queries see with the data. The \
                 other graphs are made by builds and checks"
                    .into(),
            ),
            Self::Load { .. } => {
                Some("fetch the file yourself, and put its statements into INSERT DATA".to_string())
            }
            Self::Store(error) => Some(error.help()),
            _ => None,
        }
    }
}

/// The message of a syntax error, with the line and a mark below the place.
fn at_place(line: usize, column: usize, source_line: &str, expected: &str) -> String {
    let margin = " ".repeat(line.to_string().len());
    // Tabs are kept, so that the caret is below its character in any terminal.
    let lead: String = source_line.chars().take(column - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    format!(
        "the query is not SPARQL at line {line}, column {column}\n{margin} |\n{line} | {source_line}\n\
         {margin} | {lead}^ {expected}"
    )
}

fn list(nodes: &[NodeRef]) -> String {
    nodes.iter().map(|n| format!("{} ({})", n.label, n.id)).collect::<Vec<_>>().join(", ")
}
