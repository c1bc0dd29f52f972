//! Results in machine-readable formats.

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use oxigraph::io::{RdfFormat, RdfSerializer};
use oxigraph::model::Triple;
use oxigraph::sparql::results::{QueryResultsFormat, QueryResultsSerializer};
use oxigraph::sparql::{QuerySolution, Variable};

use super::QueryError;
use crate::ontology::Base;
use crate::text::parse_word;

/// Output format of results. Tables are for people, and are drawn by the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResultFormat {
    Table,
    Json,
    Csv,
    Tsv,
    Xml,
    Turtle,
    Ntriples,
}

impl ResultFormat {
    pub(crate) const ALL: [Self; 7] =
        [Self::Table, Self::Json, Self::Csv, Self::Tsv, Self::Xml, Self::Turtle, Self::Ntriples];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Xml => "xml",
            Self::Turtle => "turtle",
            Self::Ntriples => "ntriples",
        }
    }

    /// The format for rows; `None` for triple formats and for tables.
    pub(crate) fn of_rows(self) -> Option<QueryResultsFormat> {
        match self {
            Self::Json => Some(QueryResultsFormat::Json),
            Self::Csv => Some(QueryResultsFormat::Csv),
            Self::Tsv => Some(QueryResultsFormat::Tsv),
            Self::Xml => Some(QueryResultsFormat::Xml),
            Self::Table | Self::Turtle | Self::Ntriples => None,
        }
    }

    /// The format for triples; `None` for row formats and for tables.
    pub(crate) fn of_triples(self) -> Option<RdfFormat> {
        match self {
            Self::Turtle => Some(RdfFormat::Turtle),
            Self::Ntriples => Some(RdfFormat::NTriples),
            _ => None,
        }
    }
}

impl fmt::Display for ResultFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ResultFormat {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        parse_word(s, "a format", &Self::ALL, Self::as_str)
    }
}

/// Why writing results stopped.
#[derive(Debug)]
pub(crate) enum OutputError {
    Query(QueryError),
    /// The reader has gone away, or the disk is full.
    Write(io::Error),
}

impl From<io::Error> for OutputError {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

impl From<QueryError> for OutputError {
    fn from(error: QueryError) -> Self {
        Self::Query(error)
    }
}

pub(crate) fn write_boolean(out: &mut dyn Write, value: bool, format: QueryResultsFormat) -> Result<(), OutputError> {
    QueryResultsSerializer::from_format(format).serialize_boolean_to_writer(&mut *out, value)?;
    if matches!(format, QueryResultsFormat::Csv | QueryResultsFormat::Tsv | QueryResultsFormat::Json) {
        writeln!(out)?;
    }
    Ok(())
}

pub(crate) fn write_solutions(
    out: &mut dyn Write,
    variables: Vec<Variable>,
    rows: impl Iterator<Item = Result<QuerySolution, QueryError>>,
    format: QueryResultsFormat,
) -> Result<(), OutputError> {
    let mut writer = QueryResultsSerializer::from_format(format).serialize_solutions_to_writer(&mut *out, variables)?;
    for row in rows {
        writer.serialize(&row?)?;
    }
    writer.finish()?;
    if format == QueryResultsFormat::Json {
        writeln!(out)?;
    }
    Ok(())
}

/// Writes triples. Turtle uses the prefixes of the graph.
pub(crate) fn write_triples(
    out: &mut dyn Write,
    triples: impl Iterator<Item = Result<Triple, QueryError>>,
    format: RdfFormat,
    base: &Base,
) -> Result<(), OutputError> {
    let mut serializer = RdfSerializer::from_format(format);
    for (prefix, iri) in base.prefixes() {
        serializer = match serializer.clone().with_prefix(prefix, iri) {
            Ok(with) => with,
            Err(_) => serializer,
        };
    }
    let mut writer = serializer.for_writer(&mut *out);
    for triple in triples {
        writer.serialize_triple(&triple?)?;
    }
    writer.finish()?;
    Ok(())
}
