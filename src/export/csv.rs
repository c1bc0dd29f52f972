//! Rows of values, for spreadsheets, data frames and Neo4j's importer.

use std::borrow::Cow;
use std::io::{self, Write};

use super::ExportError;
use super::columns::{ColumnType, ColumnValue, EDGE, ExportColumn, NODE, strongest_relation};
use super::each::each;
use super::output::OutputFolder;
use crate::answer::Sheet;
use crate::graph::{ChosenPart, NodeEntry};
use crate::ontology::NodeKind;

/// The formats of rows. Every table that the program writes goes through [`RowWriter`], except the results of queries,
/// which the SPARQL library writes by the same rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowFormat {
    /// RFC 4180: comma, quotation marks where needed, CR and LF at the end of a row.
    Csv,
    /// Tab, no quotation marks, LF at the end of a row. Tabs and line breaks in a field become spaces.
    Tsv,
}

/// Writes rows. A text that a spreadsheet would run as a formula gets a `'` in front (CSV injection: titles of papers
/// are not trusted), see [`harmless`].
pub(crate) struct RowWriter<W: Write> {
    writer: csv::Writer<W>,
    format: RowFormat,
}

impl<W: Write> RowWriter<W> {
    pub(crate) fn new(out: W, format: RowFormat) -> Self {
        let mut builder = csv::WriterBuilder::new();
        match format {
            RowFormat::Csv => builder.terminator(csv::Terminator::CRLF),
            RowFormat::Tsv => {
                builder.delimiter(b'\t').quote_style(csv::QuoteStyle::Never).terminator(csv::Terminator::Any(b'\n'))
            }
        };
        Self { writer: builder.flexible(true).from_writer(out), format }
    }

    pub(crate) fn row<S: AsRef<str>>(&mut self, fields: impl IntoIterator<Item = S>) -> io::Result<()> {
        for field in fields {
            let field = field.as_ref();
            let line;
            let text = match self.format {
                RowFormat::Tsv if field.contains(['\t', '\n', '\r']) => {
                    line = field.replace(['\t', '\n', '\r'], " ");
                    line.as_str()
                }
                _ => field,
            };
            self.writer.write_field(harmless(text).as_bytes()).map_err(io::Error::from)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(io::Error::from)
    }

    /// Writes the rows that are still in memory.
    pub(crate) fn end(mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// Writes all rows of an answer, with their heading.
pub(crate) fn write_sheet(out: impl Write, sheet: &Sheet, format: RowFormat) -> io::Result<()> {
    let mut rows = RowWriter::new(out, format);
    std::iter::once(&sheet.heading).chain(&sheet.rows).try_for_each(|row| rows.row(row))?;
    rows.end()
}

/// Puts a `'` in front of a text if a spreadsheet would read it as a formula (OWASP's list, with the full-width
/// characters), unless it is a number. A text that already begins with such a `'` gets one more. So to restore the
/// original, remove one `'` from every text that matches `^'+[=+\-@\t\r\n＝＋－＠]`.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    let formula = text
        .trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    if formula && text.parse::<f64>().is_err() { format!("'{text}").into() } else { text.into() }
}

/// Writes `nodes.csv` and `edges.csv` in one walk, with the headers of `neo4j-admin database import`.
///
/// A record is one line: line breaks in names become spaces, so that readers need no special option. List items are
/// separated by `;`, Neo4j's default; a `;` inside an item becomes a `,`. Names are [`harmless`]. Ids are written
/// unchanged, because they begin with their kind.
pub(crate) fn write_tables(folder: &OutputFolder, chosen: &ChosenPart<'_>) -> Result<(), ExportError> {
    let mut nodes = rows_to(folder.file("nodes.csv")?);
    let mut edges = rows_to(folder.file("edges.csv")?);
    nodes.write_record(["id:ID", ":LABEL"].map(str::to_string).into_iter().chain(NODE.iter().map(header)))?;
    edges.write_record(
        [":START_ID", ":END_ID", ":TYPE"].map(str::to_string).into_iter().chain(EDGE.iter().map(header)),
    )?;
    let (mut nodes, mut edges) = (written(nodes)?, written(edges)?);
    each(chosen.entries(), rows, |(of_nodes, of_edges)| {
        nodes.write_all(&of_nodes)?;
        Ok(edges.write_all(&of_edges)?)
    })?;
    nodes.flush()?;
    Ok(edges.flush()?)
}

/// The rows of some nodes and of their edges.
fn rows(entries: &[NodeEntry]) -> Result<(Vec<u8>, Vec<u8>), ExportError> {
    let mut nodes = rows_to(Vec::new());
    let mut edges = rows_to(Vec::new());
    for entry in entries {
        nodes.write_field(&entry.node.id)?;
        nodes.write_field(class(entry.node.kind))?;
        fields(&mut nodes, &NODE, entry)?;
        for edge in &entry.edges {
            edges.write_field(&entry.node.id)?;
            edges.write_field(&edge.to)?;
            edges.write_field(strongest_relation(edge).to_uppercase().replace('-', "_"))?;
            fields(&mut edges, &EDGE, edge)?;
        }
    }
    Ok((written(nodes)?, written(edges)?))
}

fn rows_to<W: Write>(out: W) -> csv::Writer<W> {
    RowWriter::new(out, RowFormat::Csv).writer
}

/// Flushes all rows and returns the underlying writer.
fn written<W: Write>(writer: csv::Writer<W>) -> Result<W, ExportError> {
    writer.into_inner().map_err(|error| ExportError::Write(error.into_error()))
}

fn header<T>(column: &ExportColumn<T>) -> String {
    let kind = match column.kind {
        ColumnType::Text => "",
        ColumnType::Integer => ":long",
        ColumnType::Real => ":double",
        ColumnType::Flag => ":boolean",
        ColumnType::List => ":string[]",
    };
    format!("{}{kind}", column.name)
}

/// The kind of a node in Neo4j's naming style.
fn class(kind: NodeKind) -> String {
    let name = kind.as_str();
    name.chars().take(1).flat_map(char::to_uppercase).chain(name.chars().skip(1)).collect()
}

fn fields<T, W: Write>(writer: &mut csv::Writer<W>, columns: &[ExportColumn<T>], row: &T) -> Result<(), ExportError> {
    for column in columns {
        match (column.get)(row) {
            None => writer.write_field("")?,
            Some(ColumnValue::Text(text)) => writer.write_field(harmless(&line(&text)).as_bytes())?,
            Some(ColumnValue::List(list)) => {
                let list: Vec<String> = list.iter().map(|text| line(text).replace(';', ",")).collect();
                writer.write_field(harmless(&list.join(";")).as_bytes())?;
            }
            Some(value) => writer.write_field(value.flat().as_bytes())?,
        }
    }
    Ok(writer.write_record(None::<&[u8]>)?)
}

/// Replaces line breaks and control characters by spaces. Everything else stays, even direction marks: this is data.
fn line(text: &str) -> Cow<'_, str> {
    if text.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        text.replace(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'), " ").into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nasty_texts_stay_one_field_and_no_formula() {
        let written = |format, rows: &[&[&str]]| {
            let mut out = Vec::new();
            let mut writer = RowWriter::new(&mut out, format);
            rows.iter().for_each(|row| writer.row(row.iter()).unwrap());
            writer.end().unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            written(RowFormat::Csv, &[&["a, \"b\"\nc", "=HYPERLINK(\"x\")"], &["-1.5", "", "é"]]),
            "\"a, \"\"b\"\"\nc\",\"'=HYPERLINK(\"\"x\"\")\"\r\n-1.5,,é\r\n"
        );
        assert_eq!(written(RowFormat::Tsv, &[&["a\tb\nc", "\"q\""], &["", "x"]]), "a b c\t\"q\"\n\tx\n");
    }

    proptest::proptest! {
        #[test]
        fn what_is_made_harmless_can_be_had_back(text in "'{0,2}[=+@\tx-]?.{0,8}") {
            let written = harmless(&text);
            let formula = regex::Regex::new(r"^'+[=+\-@\t\r\n＝＋－＠]").unwrap();
            let back = if formula.is_match(&written) { &written[1..] } else { &written };
            proptest::prop_assert_eq!(back, text.as_str());
        }
    }
}
