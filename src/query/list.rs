//! The shipped queries as data, for programs.

use serde::Serialize;

use super::named::{NamedQuery, named_queries};
use super::{Parameter, QueryError};
use crate::answer::Sheet;

/// The shipped queries, as data.
#[derive(Serialize)]
pub(crate) struct QueryList {
    queries: Vec<ListedQuery>,
}

/// A shipped query.
#[derive(Serialize)]
struct ListedQuery {
    /// Its answer is at `/queries/NAME`.
    name: &'static str,
    topic: Option<String>,
    summary: String,
    parameters: Vec<ListedParameter>,
}

/// A parameter of a shipped query.
#[derive(Serialize)]
struct ListedParameter {
    name: String,
    /// A kind of node, `entity`, `node`, `number` or `text`.
    kind: String,
    description: String,
    required: bool,
    default: Option<String>,
}

impl QueryList {
    /// # Errors
    /// Only if a shipped file has a bad parameter declaration, which a test rules out.
    pub(crate) fn read() -> Result<Self, QueryError> {
        let parameter = |parameter: Parameter| ListedParameter {
            required: parameter.is_required(),
            kind: parameter.kind.to_string(),
            name: parameter.name,
            description: parameter.description,
            default: parameter.default,
        };
        let query = |NamedQuery { name, head, .. }| ListedQuery {
            name,
            topic: head.topic,
            summary: head.summary,
            parameters: head.parameters.into_iter().map(parameter).collect(),
        };
        Ok(Self { queries: named_queries()?.into_iter().map(query).collect() })
    }

    /// A row for each query.
    pub(crate) fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::new(["name", "topic", "summary", "parameters"]);
        for query in &self.queries {
            let names: Vec<&str> = query.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
            sheet.row([
                query.name.to_string(),
                query.topic.clone().unwrap_or_default(),
                query.summary.clone(),
                names.join(" "),
            ]);
        }
        sheet
    }
}
