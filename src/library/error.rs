use crate::pipeline::BuildError;
use crate::query::QueryError;
use crate::source::ReadProblem;
use crate::store::StoreError;

/// What kind of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument has a value that it cannot have.
    Argument,
    /// The graph is missing, damaged, locked, or on a full disk.
    Graph,
    /// An input or a vocabulary file cannot be read.
    Input,
    /// No node of the graph has the name.
    NotFound,
    /// Several nodes have an equal claim to the name.
    AmbiguousName,
    /// A query is not SPARQL, or reached a limit.
    Query,
}

/// Why a build or a question failed, with advice.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    message: String,
    help: Option<String>,
    suggestions: Vec<String>,
    /// Whether the search index failed, which can be rebuilt.
    pub(super) is_of_index: bool,
}

impl Error {
    pub(super) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), help: None, suggestions: Vec::new(), is_of_index: false }
    }

    pub(super) fn argument(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Argument, message)
    }

    pub(super) fn with_help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    pub(super) fn with_suggestions(self, ids: impl IntoIterator<Item = String>) -> Self {
        Self { suggestions: ids.into_iter().collect(), ..self }
    }

    /// What kind of thing went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What the caller can do about it.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Ids of nodes that the caller may have meant, the best first.
    pub fn suggestions(&self) -> &[String] {
        &self.suggestions
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        let is_of_index = matches!(error, StoreError::Index(_));
        Self { is_of_index, ..Self::new(ErrorKind::Graph, error.to_string()).with_help(error.help()) }
    }
}

impl From<QueryError> for Error {
    fn from(error: QueryError) -> Self {
        Self { help: error.help(), ..Self::new(ErrorKind::Query, error.to_string()) }
    }
}

impl From<ReadProblem> for Error {
    fn from(problem: ReadProblem) -> Self {
        Self::new(ErrorKind::Input, problem.to_string())
    }
}

impl From<BuildError> for Error {
    fn from(error: BuildError) -> Self {
        match error {
            BuildError::Store(error) => error.into(),
            BuildError::ReadProblem(problem) => {
                Self::from(problem).with_help("correct the input, or build without strict")
            }
            BuildError::NothingRead(_) => Self::new(ErrorKind::Input, error.to_string())
                .with_help("`kg build --help` lists the formats that can be read"),
            error => Self::new(ErrorKind::Graph, error.to_string()).with_help("`kg doctor` says what is damaged"),
        }
    }
}
