use std::fmt;

use crate::query::QueryError;
use crate::store::StoreError;
use crate::text::beginning;

/// Why a call has no answer, and what the caller can try instead.
#[derive(Debug)]
pub(super) struct ToolFailure {
    message: String,
    help: Option<String>,
    /// Whether the search index failed, which can be repaired.
    pub of_index: bool,
}

impl ToolFailure {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, of_index: false }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Marks that a damaged search index may be the cause.
    pub(super) fn index(self) -> Self {
        Self { of_index: true, ..self }
    }
}

/// Length at which a message is cut, in code points.
const LONGEST: usize = 2_000;

/// `nothing is called `coc`; did you mean dataset/coco (COCO, 29 papers)?`
impl fmt::Display for ToolFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A message can quote what the caller sent.
        f.write_str(&beginning(&self.message, LONGEST))?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, "\nwhat to do: {}", beginning(help, LONGEST)))
    }
}

impl From<StoreError> for ToolFailure {
    fn from(error: StoreError) -> Self {
        let of_index = matches!(error, StoreError::Index(_));
        Self { of_index, ..Self::new(error.to_string()).help(error.help()) }
    }
}

impl From<QueryError> for ToolFailure {
    fn from(error: QueryError) -> Self {
        let failure = Self::new(error.to_string());
        match error.help() {
            Some(help) => failure.help(help),
            None => failure,
        }
    }
}
