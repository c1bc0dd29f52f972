//! The output formats, with the same names in every command. Each command accepts those that make sense for it.

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use papergraph::export::csv::{Rows, Separated};
use papergraph::export::dot::{Caption, to_dot};
use papergraph::export::graphviz::{Image, render};
use papergraph::export::output::write_file;
use papergraph::export::svg::accessible;
use papergraph::graph::Graph;
use papergraph::schema::Versioned;
use serde::Serialize;

use super::failure::Failure;
use super::table;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
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

impl Format {
    pub const ALL: [Self; 6] = [Self::Table, Self::Json, Self::Csv, Self::Tsv, Self::Dot, Self::Svg];

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
    pub fn among(formats: &[Self]) -> impl TypedValueParser<Value = Self> {
        PossibleValuesParser::new(formats.iter().map(|format| format.as_str())).try_map(|name| name.parse::<Self>())
    }
}

/// For answers that rows alone cannot express.
pub const PLAIN: [Format; 2] = [Format::Table, Format::Json];
/// The formats of most commands: rows for people and for programs.
pub const ROWS: [Format; 4] = [Format::Table, Format::Json, Format::Csv, Format::Tsv];
/// Rows and a chart.
pub const CHART: [Format; 5] = [Format::Table, Format::Json, Format::Csv, Format::Tsv, Format::Svg];
/// Rows and a drawing of nodes and edges.
pub const GRAPH: [Format; 6] = Format::ALL;

impl FromStr for Format {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|format| format.as_str() == s).ok_or_else(|| format!("`{s}` is not a format"))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How rows that can be drawn as a chart are printed.
#[derive(Args)]
pub struct ChartArgs {
    #[arg(short, long, value_name = "FORMAT", value_parser = Format::among(&CHART), default_value_t = Format::Table)]
    pub format: Format,
    /// Draw a chart into a file, too
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

impl ChartArgs {
    /// Writes the chart that was requested in addition to the rows.
    pub fn draw(&self, chart: impl FnOnce() -> String) -> Result<(), Failure> {
        self.svg.as_ref().map_or(Ok(()), |path| write_picture(path, chart().as_bytes()))
    }
}

/// Rows with a heading.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    pub heading: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl From<papergraph::answer::Sheet> for Sheet {
    fn from(sheet: papergraph::answer::Sheet) -> Self {
        Self { heading: sheet.heading, rows: sheet.rows }
    }
}

impl Sheet {
    pub fn new<const N: usize>(heading: [&str; N]) -> Self {
        Self { heading: heading.map(str::to_string).into(), rows: Vec::new() }
    }

    pub fn row<const N: usize>(&mut self, row: [String; N]) {
        self.rows.push(row.into());
    }

    /// Writes the rows: with separators if the format has them, else as a table that fits the terminal.
    pub fn print(&self, out: &mut dyn Write, format: Format) -> io::Result<()> {
        match format {
            Format::Csv => self.separated(out, Separated::Csv),
            Format::Tsv => self.separated(out, Separated::Tsv),
            _ => table::print(out, &self.heading, &self.rows, table::width()),
        }
    }

    fn separated(&self, out: &mut dyn Write, format: Separated) -> io::Result<()> {
        let mut rows = Rows::new(out, format);
        std::iter::once(&self.heading).chain(&self.rows).try_for_each(|row| rows.row(row))?;
        rows.end()
    }
}

/// Writes an answer, an object, as JSON with the version of its shape.
pub fn json(out: &mut dyn Write, answer: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Versioned::new(answer))?;
    writeln!(out)
}

/// Draws a graph, either as GraphViz source or rendered by GraphViz.
pub fn draw(graph: &Graph, caption: &Caption, format: Format) -> Result<Vec<u8>, Failure> {
    match format {
        Format::Svg => svg(graph, caption),
        _ => Ok(to_dot(graph, caption).into_bytes()),
    }
}

/// Renders a graph with GraphViz, with a title and description for people who cannot see it.
pub fn svg(graph: &Graph, caption: &Caption) -> Result<Vec<u8>, Failure> {
    let svg = String::from_utf8_lossy(&image(graph, caption, Image::Svg)?).into_owned();
    Ok(accessible(&svg, &caption.title, &caption.description(graph)).into_bytes())
}

/// Renders a graph with GraphViz.
pub fn image(graph: &Graph, caption: &Caption, image: Image) -> Result<Vec<u8>, Failure> {
    render(&to_dot(graph, caption), image).map_err(|e| Failure::new(e.to_string()).help(e.help()))
}

/// Writes a picture to a file.
pub fn write_picture(path: &Path, picture: &[u8]) -> Result<(), Failure> {
    Ok(write_file(path, |out| Ok(out.write_all(picture)?))?)
}
