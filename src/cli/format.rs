//! The output formats, with the same names in every command. Each command accepts those that make sense for it.

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::answer::Sheet;
use crate::export::ExportError;
use crate::export::csv::{RowFormat, write_sheet};
use crate::export::dot::{PictureCaption, to_dot};
use crate::export::graphviz::{ImageFormat, render};
use crate::export::output::write_file;
use crate::export::svg::with_title;
use crate::graph::GraphView;
use crate::schema::Versioned;
use crate::text::parse_word;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;

use super::failure::CommandFailure;
use super::table;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OutputFormat {
    /// A table for people.
    Table,
    Json,
    Csv,
    Tsv,
    /// The GraphViz language.
    Dot,
    /// A picture.
    Svg,
}

impl OutputFormat {
    pub(super) const ALL: [Self; 6] = [Self::Table, Self::Json, Self::Csv, Self::Tsv, Self::Dot, Self::Svg];

    fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Dot => "dot",
            Self::Svg => "svg",
        }
    }

    /// A parser for the argument of a command that accepts these formats.
    pub(super) fn among(formats: &[Self]) -> impl TypedValueParser<Value = Self> {
        PossibleValuesParser::new(formats.iter().map(|format| format.as_str())).try_map(|name| name.parse::<Self>())
    }
}

/// For answers that do not fit into rows.
pub(super) const PLAIN: [OutputFormat; 2] = [OutputFormat::Table, OutputFormat::Json];
/// The formats of most commands: rows for people and for programs.
pub(super) const ROWS: [OutputFormat; 4] =
    [OutputFormat::Table, OutputFormat::Json, OutputFormat::Csv, OutputFormat::Tsv];
/// Rows and a chart.
pub(super) const CHART: [OutputFormat; 5] =
    [OutputFormat::Table, OutputFormat::Json, OutputFormat::Csv, OutputFormat::Tsv, OutputFormat::Svg];
/// Rows and a drawing of nodes and edges.
pub(super) const GRAPH: [OutputFormat; 6] = OutputFormat::ALL;

impl FromStr for OutputFormat {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        parse_word(s, "a format", &Self::ALL, Self::as_str)
    }
}

impl fmt::Display for OutputFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The format of rows that can also be drawn as a chart.
#[derive(Args)]
pub(super) struct ChartArgs {
    #[arg(short, long, value_name = "FORMAT", value_parser = OutputFormat::among(&CHART), default_value_t = OutputFormat::Table)]
    pub format: OutputFormat,
    /// Also draw a chart into a file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

impl ChartArgs {
    /// Writes the chart that was requested in addition to the rows.
    pub(super) fn draw(&self, chart: impl FnOnce() -> String) -> Result<(), CommandFailure> {
        self.svg.as_ref().map_or(Ok(()), |path| write_picture(path, chart().as_bytes()))
    }
}

/// Writes rows: with separators if the format has them, else as a table that fits the terminal.
pub(super) fn rows(out: &mut dyn Write, sheet: &Sheet, format: OutputFormat) -> io::Result<()> {
    match format {
        OutputFormat::Csv => write_sheet(out, sheet, RowFormat::Csv),
        OutputFormat::Tsv => write_sheet(out, sheet, RowFormat::Tsv),
        _ => table::print(out, &sheet.heading, &sheet.rows, table::width()),
    }
}

/// Writes an answer, an object, as JSON with the version of its shape.
pub(super) fn json(out: &mut dyn Write, answer: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Versioned::new(answer))?;
    writeln!(out)
}

/// Draws a graph, either as GraphViz source or rendered by GraphViz.
pub(super) fn draw(
    graph: &GraphView,
    caption: &PictureCaption,
    format: OutputFormat,
) -> Result<Vec<u8>, CommandFailure> {
    match format {
        OutputFormat::Svg => svg(graph, caption),
        _ => Ok(to_dot(graph, caption).into_bytes()),
    }
}

/// Renders a graph with GraphViz, with a title and description for people who cannot see it.
pub(super) fn svg(graph: &GraphView, caption: &PictureCaption) -> Result<Vec<u8>, CommandFailure> {
    let svg = String::from_utf8_lossy(&image(graph, caption, ImageFormat::Svg)?).into_owned();
    Ok(with_title(&svg, &caption.title, &caption.description(graph)).into_bytes())
}

/// Renders a graph with GraphViz.
pub(super) fn image(
    graph: &GraphView,
    caption: &PictureCaption,
    image: ImageFormat,
) -> Result<Vec<u8>, CommandFailure> {
    render(&to_dot(graph, caption), image).map_err(|e| CommandFailure::new(e.to_string()).help(e.help()))
}

/// Writes a picture to a file.
pub(super) fn write_picture(path: &Path, picture: &[u8]) -> Result<(), CommandFailure> {
    write_file(path, |out| Ok(out.write_all(picture)?)).map_err(|error| match error {
        ExportError::At { .. } => CommandFailure::new(error.to_string()).help("name another place with --svg"),
        error => error.into(),
    })
}
