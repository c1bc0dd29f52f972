use std::fmt;

use serde::{Deserialize, Serialize};

use super::SourceLocation;

/// Two sources that state different values for one field of a paper.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
pub struct Contradiction {
    /// Name of the field in the record.
    pub field: String,
    /// The value that is kept.
    pub kept: String,
    /// The value of the other source.
    pub dropped: String,
    /// File and line of the dropped value.
    pub file: String,
    /// Line number from 1.
    pub line: u64,
}

impl Contradiction {
    /// Whether the dropped value comes from this record.
    pub fn is_from(&self, origin: &SourceLocation) -> bool {
        (&self.file, self.line) == (&origin.file, origin.line)
    }
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} is `{}` here; kept `{}`", self.file, self.line, self.field, self.dropped, self.kept)
    }
}
