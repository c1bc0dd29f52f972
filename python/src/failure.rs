use std::any::Any;
use std::panic::{self, AssertUnwindSafe};

use papergraph::query::QueryError;
use papergraph::{ErrorKind, source};
use pyo3::prelude::*;

/// The exceptions of `papergraph/_errors.py`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PythonException {
    Error,
    ArgumentError,
    GraphError,
    InputError,
    NotFoundError,
    AmbiguousNameError,
    QueryError,
}

/// Why a call has no answer. It becomes an exception.
#[derive(Debug)]
pub struct PythonFailure {
    exception: PythonException,
    message: String,
    help: Option<String>,
    /// Ids of nodes that the caller may have meant.
    suggestions: Vec<String>,
}

impl PythonFailure {
    pub fn new(exception: PythonException, message: impl Into<String>) -> Self {
        Self { exception, message: message.into(), help: None, suggestions: Vec::new() }
    }

    pub fn argument(message: impl Into<String>) -> Self {
        Self::new(PythonException::ArgumentError, message)
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    fn of_panic(payload: &(dyn Any + Send)) -> Self {
        let said = payload.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or_default();
        Self::new(PythonException::Error, format!("an error inside papergraph: {said}")).help(
            "`kg doctor` says whether the graph is damaged; otherwise this is a fault of papergraph, please report it",
        )
    }
}

/// Runs `work` without the interpreter's lock, so that other Python threads continue. A panic becomes an exception.
pub(crate) fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> Result<T, PythonFailure> + Send) -> PyResult<T> {
    let done = py.detach(|| panic::catch_unwind(AssertUnwindSafe(work)));
    let failure = match done {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(failure)) => failure,
        Err(payload) => PythonFailure::of_panic(&*payload),
    };
    Err(exception(py, failure).unwrap_or_else(|error| error))
}

fn exception(py: Python<'_>, failure: PythonFailure) -> PyResult<PyErr> {
    let class = py.import("papergraph._errors")?.getattr(format!("{:?}", failure.exception))?;
    Ok(PyErr::from_value(class.call1((failure.message, failure.help, failure.suggestions))?))
}

impl From<papergraph::Error> for PythonFailure {
    fn from(error: papergraph::Error) -> Self {
        let exception = match error.kind() {
            ErrorKind::Argument => PythonException::ArgumentError,
            ErrorKind::Graph => PythonException::GraphError,
            ErrorKind::Input => PythonException::InputError,
            ErrorKind::NotFound => PythonException::NotFoundError,
            ErrorKind::AmbiguousName => PythonException::AmbiguousNameError,
            ErrorKind::Query => PythonException::QueryError,
            _ => PythonException::Error,
        };
        Self {
            exception,
            message: error.to_string(),
            help: error.help().map(str::to_string),
            suggestions: error.suggestions().to_vec(),
        }
    }
}

impl From<QueryError> for PythonFailure {
    fn from(error: QueryError) -> Self {
        papergraph::Error::from(error).into()
    }
}

impl From<source::ReadProblem> for PythonFailure {
    fn from(problem: source::ReadProblem) -> Self {
        papergraph::Error::from(problem).into()
    }
}
