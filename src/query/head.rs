//! The comment at the head of a query file: its summary and its parameters.
//!
//! ```text
//! # Papers that name a dataset, newest first.
//! # topic Datasets and results
//! # param dataset: dataset to look for, required
//! # param since: year of the earliest paper = 1900
//! # param task: task the papers address, optional
//! ```
//!
//! The first word after the colon is the type: a kind of node (`dataset` … `paper`, `repository`), `entity` or `node`
//! for any of several kinds, `year`, `number` or `text`. An optional parameter without a value remains a variable,
//! which matches anything.

use std::fmt;

use oxigraph::model::{Literal, Term, Variable};

use super::QueryError;
use crate::graph::{FoundNode, NameError, find_node_among};
use crate::ontology::NodeKind;
use crate::store::GraphStore;

/// Number of nodes that an error suggests.
const SUGGESTED: usize = 3;

/// The declarations of a query.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueryHead {
    /// The first line of the comment.
    pub summary: String,
    /// Heading under which the query is listed.
    pub topic: Option<String>,
    /// The declared parameters, in their order.
    pub parameters: Vec<Parameter>,
}

/// One declared parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Name of the parameter.
    pub name: String,
    /// The type of its values.
    pub kind: ParameterKind,
    /// Description, as in the file.
    pub description: String,
    /// The value if none is given.
    pub default: Option<String>,
    /// Whether it may be left out.
    pub optional: bool,
}

/// Type of a parameter's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    /// The name of a node of this kind.
    Node(NodeKind),
    /// A node of any kind that papers name.
    Entity,
    /// The name of any node.
    AnyNode,
    /// A whole number.
    Number,
    /// Any text.
    Text,
}

impl ParameterKind {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "entity" => Some(Self::Entity),
            "node" => Some(Self::AnyNode),
            "year" | "number" => Some(Self::Number),
            "text" => Some(Self::Text),
            _ => word.parse().ok().map(Self::Node),
        }
    }

    fn accepts(self, kind: NodeKind) -> bool {
        match self {
            Self::Node(wanted) => kind == wanted,
            Self::Entity => matches!(kind, NodeKind::Entity(_)),
            _ => true,
        }
    }
}

impl fmt::Display for ParameterKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(kind) => kind.fmt(f),
            Self::Entity => f.pad("entity"),
            Self::AnyNode => f.pad("node"),
            Self::Number => f.pad("number"),
            Self::Text => f.pad("text"),
        }
    }
}

impl Parameter {
    /// Whether a value must be given.
    pub fn is_required(&self) -> bool {
        self.default.is_none() && !self.optional
    }
}

/// Prints the parameter as `dataset=NAME`, `since=1900` or `[task=NAME]`.
impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.default {
            Some(default) => write!(f, "[{}={default}]", self.name),
            None => {
                let value = match self.kind {
                    ParameterKind::Number => "NUMBER",
                    ParameterKind::Text => "TEXT",
                    _ => "NAME",
                };
                if self.optional { write!(f, "[{}={value}]", self.name) } else { write!(f, "{}={value}", self.name) }
            }
        }
    }
}

impl QueryHead {
    /// Reads the comment lines before the query.
    ///
    /// # Errors
    /// A `# param` line of another form.
    pub fn parse(query: &str) -> Result<Self, QueryError> {
        let mut head = Self::default();
        for (i, line) in query.lines().enumerate() {
            let line = line.trim();
            let Some(comment) = line.strip_prefix('#') else {
                if line.is_empty() {
                    continue;
                }
                break;
            };
            let comment = comment.trim();
            if let Some(declaration) = comment.strip_prefix("param ") {
                let parameter = parameter(declaration)
                    .ok_or_else(|| QueryError::Declaration { line: i + 1, text: comment.to_string() })?;
                head.parameters.push(parameter);
            } else if let Some(topic) = comment.strip_prefix("topic ") {
                head.topic = Some(topic.trim().to_string());
            } else if head.summary.is_empty() {
                head.summary = comment.to_string();
            }
        }
        Ok(head)
    }

    /// The term for each parameter, from the user's values (`name`, `value`) and the defaults.
    ///
    /// # Errors
    /// A value without a declaration, a missing value, an invalid number, and a name that no node has or that several
    /// nodes match equally well.
    pub fn bind(&self, values: &[(String, String)], graph: &GraphStore) -> Result<BoundParameters, QueryError> {
        for (i, (name, _)) in values.iter().enumerate() {
            if !self.parameters.iter().any(|p| p.name == *name) {
                let known = self.parameters.iter().map(|p| p.name.clone()).collect();
                return Err(QueryError::UnknownParameter { name: name.clone(), known });
            }
            if values[..i].iter().any(|(earlier, _)| earlier == name) {
                return Err(QueryError::RepeatedParameter { name: name.clone() });
            }
        }
        let mut bound = BoundParameters::default();
        for parameter in &self.parameters {
            let given = values.iter().find(|(name, _)| *name == parameter.name).map(|(_, value)| value);
            let Some(value) = given.or(parameter.default.as_ref()) else {
                if parameter.optional {
                    continue;
                }
                return Err(QueryError::MissingParameter { parameter: parameter.clone() });
            };
            let term = parameter.term(value, graph, &mut bound.notes)?;
            bound.terms.push((Variable::new_unchecked(&parameter.name), term));
        }
        Ok(bound)
    }
}

/// Values of the parameters of a query.
#[derive(Debug, Clone, Default)]
pub struct BoundParameters {
    /// The value of each parameter.
    pub terms: Vec<(Variable, Term)>,
    /// Ambiguous names, with the node that was chosen for each.
    pub notes: Vec<String>,
}

impl Parameter {
    fn term(&self, value: &str, graph: &GraphStore, notes: &mut Vec<String>) -> Result<Term, QueryError> {
        match self.kind {
            ParameterKind::Number => match value.trim().parse::<i64>() {
                Ok(number) => Ok(Literal::from(number).into()),
                Err(_) => Err(QueryError::NotANumber { name: self.name.clone(), value: value.to_string() }),
            },
            ParameterKind::Text => Ok(Literal::from(value).into()),
            kind => match find_node_among(graph, value, Some(kind.to_string()), |other| kind.accepts(other)) {
                Ok(FoundNode { node, note }) => {
                    notes.extend(note.map(|note| format!("{}: {note}", self.name)));
                    Ok(node.iri.into())
                }
                Err(NameError::Unknown { suggestions: near, .. }) => {
                    let near = near.into_iter().take(SUGGESTED).map(|one| one.node).collect();
                    Err(QueryError::NoSuchNode { kind, value: value.to_string(), near })
                }
                Err(NameError::Ambiguous { candidates, .. }) => {
                    let nodes = candidates.into_iter().map(|one| one.node).collect();
                    Err(QueryError::Ambiguous { name: self.name.clone(), value: value.to_string(), nodes })
                }
                Err(NameError::Store(error)) => Err(error.into()),
            },
        }
    }
}

/// Parses a declaration, as in `dataset: dataset to look for, required`.
fn parameter(declaration: &str) -> Option<Parameter> {
    let (name, rest) = declaration.split_once(':')?;
    let name = name.trim();
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
        return None;
    }
    let (rest, default) = match rest.split_once('=') {
        Some((rest, default)) => (rest, Some(default.trim().to_string())),
        None => (rest, None),
    };
    let rest = rest.trim();
    let (rest, optional) = match rest.strip_suffix(", optional") {
        Some(rest) => (rest, true),
        None => (rest.strip_suffix(", required").unwrap_or(rest), false),
    };
    let kind = ParameterKind::parse(rest.split_whitespace().next()?.trim_end_matches(','))?;
    Some(Parameter { name: name.to_string(), kind, description: rest.to_string(), default, optional })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_query_declares_its_parameters() {
        let head = QueryHead::parse(
            "# Papers that name a dataset.\n# More about it.\n# param dataset: dataset name, required\n\
             # param since: year = 1900\n# param task: task they address, optional\n\nSELECT * {}\n# param x: text",
        )
        .unwrap();
        assert_eq!(head.summary, "Papers that name a dataset.");
        let shown: Vec<String> = head.parameters.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["dataset=NAME", "[since=1900]", "[task=NAME]"]);
        assert!(head.parameters[0].is_required() && !head.parameters[1].is_required());
    }

    #[test]
    fn a_declaration_that_says_no_type_is_an_error_with_its_line() {
        for bad in ["x", "x: zebra", ": text", "x y: text", "x:"] {
            let error = QueryHead::parse(&format!("# A query\n# param {bad}\nASK {{}}")).unwrap_err();
            assert!(matches!(error, QueryError::Declaration { line: 2, .. }), "{bad}");
        }
    }
}
