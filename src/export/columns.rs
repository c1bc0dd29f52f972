//! The columns of nodes and edges, with the same names in every format.

use std::borrow::Cow;

use crate::graph::{Edge, NodeEntry, Tie};

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ColumnType {
    Text,
    Integer,
    Real,
    Flag,
    /// A list of texts.
    List,
}

/// A value of a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ColumnValue<'e> {
    Text(Cow<'e, str>),
    Integer(i64),
    Real(f64),
    Flag(bool),
    List(Vec<&'e str>),
}

impl ColumnValue<'_> {
    /// The value as one text, for formats without lists or types.
    pub(super) fn flat(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Integer(number) => number.to_string().into(),
            Self::Real(number) => number.to_string().into(),
            Self::Flag(flag) => flag.to_string().into(),
            Self::List(list) => list.join("; ").into(),
        }
    }

    pub(super) fn json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) => text.as_ref().into(),
            Self::Integer(number) => (*number).into(),
            Self::Real(number) => (*number).into(),
            Self::Flag(flag) => (*flag).into(),
            Self::List(list) => list.clone().into(),
        }
    }
}

/// A column: its name, and how to read its value.
pub(super) struct ExportColumn<T> {
    pub name: &'static str,
    pub kind: ColumnType,
    /// `None` if the value is unknown.
    pub get: for<'e> fn(&'e T) -> Option<ColumnValue<'e>>,
}

fn text(text: &str) -> ColumnValue<'_> {
    ColumnValue::Text(text.into())
}

fn list<'e>(list: impl Iterator<Item = &'e str>) -> Option<ColumnValue<'e>> {
    let list: Vec<&str> = list.collect();
    (!list.is_empty()).then_some(ColumnValue::List(list))
}

/// The columns of a node, apart from its id.
pub(super) const NODE: [ExportColumn<NodeEntry>; 12] = [
    ExportColumn { name: "label", kind: ColumnType::Text, get: |e| Some(text(&e.node.label)) },
    ExportColumn { name: "kind", kind: ColumnType::Text, get: |e| Some(text(e.node.kind.as_str())) },
    ExportColumn {
        name: "date",
        kind: ColumnType::Text,
        get: |e| Some(ColumnValue::Text(e.node.date?.to_string().into())),
    },
    ExportColumn { name: "year", kind: ColumnType::Integer, get: |e| e.year.map(ColumnValue::Integer) },
    ExportColumn { name: "url", kind: ColumnType::Text, get: |e| e.node.url.as_deref().map(text) },
    ExportColumn { name: "aliases", kind: ColumnType::List, get: |e| list(e.aliases.iter().map(String::as_str)) },
    ExportColumn { name: "code", kind: ColumnType::Text, get: |e| e.code.as_deref().map(text) },
    ExportColumn { name: "organization", kind: ColumnType::Text, get: |e| e.organization.as_deref().map(text) },
    ExportColumn { name: "author_count", kind: ColumnType::Integer, get: |e| e.author_count.map(ColumnValue::Integer) },
    ExportColumn { name: "verdict", kind: ColumnType::Text, get: |e| e.node.verdict.map(|v| text(v.as_str())) },
    ExportColumn {
        name: "dead",
        kind: ColumnType::Flag,
        get: |e| e.node.verdict.map(|_| ColumnValue::Flag(e.node.dead)),
    },
    ExportColumn { name: "stars", kind: ColumnType::Integer, get: |e| e.stars.map(ColumnValue::Integer) },
];

/// The columns of an edge, apart from its ends.
pub(super) const EDGE: [ExportColumn<Edge>; 3] = [
    ExportColumn { name: "relation", kind: ColumnType::Text, get: |e| Some(text(strongest_relation(e))) },
    ExportColumn { name: "relations", kind: ColumnType::List, get: |e| list(e.ties.iter().map(Tie::as_str)) },
    ExportColumn { name: "weight", kind: ColumnType::Real, get: |e| Some(ColumnValue::Real(e.weight)) },
];

/// The strongest tie of an edge.
pub(super) fn strongest_relation(edge: &Edge) -> &'static str {
    edge.ties.strongest(&[]).map_or("", Tie::as_str)
}
