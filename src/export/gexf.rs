//! GEXF 1.3, the format of Gephi, with colours by kind, sizes by degree, and dates for Gephi's timeline.

use std::io::Write;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::columns::{ColumnType, EDGE, ExportColumn, NODE, strongest_relation};
use super::dot::rgb;
use super::each::{each, numbered};
use super::{ExportError, one_line, xml};
use crate::graph::{ChosenPart, LeavingEdges, NodeEntry};
use crate::paper::PartialDate;

/// Writes the nodes, then the edges. The degree of each node, which sets its size, is kept in memory.
///
/// A paper and its edges begin (`start`) on the first day that its date may mean; the date as known is an attribute.
/// Other nodes have no start.
pub(crate) fn write(out: &mut dyn Write, chosen: &ChosenPart<'_>) -> Result<(), ExportError> {
    let degrees = chosen.degrees();
    let mut writer = Writer::new_with_indent(out, b' ', 1);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let root = [
        ("xmlns", "http://gexf.net/1.3"),
        ("xmlns:viz", "http://gexf.net/1.3/viz"),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ("xsi:schemaLocation", "http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd"),
        ("version", "1.3"),
    ];
    start(&mut writer, "gexf", &root)?;
    start(&mut writer, "meta", &[])?;
    for (name, text) in [("creator", "papergraph"), ("description", "papers and what they name")] {
        start(&mut writer, name, &[])?;
        writer.write_event(Event::Text(BytesText::new(text)))?;
        end(&mut writer, name)?;
    }
    end(&mut writer, "meta")?;
    let graph = [("defaultedgetype", "directed"), ("mode", "dynamic"), ("timeformat", "date")];
    start(&mut writer, "graph", &graph)?;
    attributes(&mut writer, "node", &NODE)?;
    attributes(&mut writer, "edge", &EDGE)?;
    start(&mut writer, "nodes", &[])?;
    let nodes = |entries: &[NodeEntry]| {
        xml::inside(&["gexf", "graph", "nodes"], |writer| {
            entries.iter().try_for_each(|entry| node(writer, entry, degrees.of(&entry.node.id)))
        })
    };
    each(chosen.entries(), nodes, |text| Ok(writer.get_mut().write_all(&text)?))?;
    end(&mut writer, "nodes")?;
    start(&mut writer, "edges", &[])?;
    let write_edges = |leaving: &[(usize, LeavingEdges)]| {
        xml::inside(&["gexf", "graph", "edges"], |writer| {
            leaving.iter().try_for_each(|(first, leaving)| edges(writer, leaving, *first))
        })
    };
    each(numbered(chosen.edges()), write_edges, |text| Ok(writer.get_mut().write_all(&text)?))?;
    end(&mut writer, "edges")?;
    end(&mut writer, "graph")?;
    end(&mut writer, "gexf")?;
    Ok(writeln!(writer.get_mut())?)
}

fn node(writer: &mut Writer<Vec<u8>>, entry: &NodeEntry, degree: usize) -> Result<(), ExportError> {
    let label = label(&entry.node.label);
    let day = entry.node.date.map(first_day);
    let mut about = vec![("id", entry.node.id.as_str()), ("label", label.as_str())];
    about.extend(day.as_deref().map(|day| ("start", day)));
    start(writer, "node", &about)?;
    values(writer, &NODE, entry)?;
    let [r, g, b] = rgb(entry.node.kind).map(|part| part.to_string());
    empty(writer, "viz:color", &[("r", &r), ("g", &g), ("b", &b), ("a", "1.0")])?;
    // The eye compares areas: four times the ties give twice the width.
    let size = format!("{:.1}", (4.0 + 4.0 * (degree as f64).sqrt()).min(100.0));
    empty(writer, "viz:size", &[("value", &size)])?;
    end(writer, "node")
}

fn edges(writer: &mut Writer<Vec<u8>>, leaving: &LeavingEdges, first: usize) -> Result<(), ExportError> {
    let day = leaving.date.map(first_day);
    for (i, edge) in leaving.edges.iter().enumerate() {
        let (number, weight) = ((first + i).to_string(), edge.weight.to_string());
        let mut about = vec![
            ("id", number.as_str()),
            ("source", leaving.from.as_str()),
            ("target", edge.to.as_str()),
            ("kind", strongest_relation(edge)),
            ("weight", weight.as_str()),
        ];
        about.extend(day.as_deref().map(|day| ("start", day)));
        start(writer, "edge", &about)?;
        values(writer, &EDGE, edge)?;
        end(writer, "edge")?;
    }
    Ok(())
}

/// The weight of an edge is a built-in attribute of the format.
fn declared<T>(columns: &[ExportColumn<T>]) -> impl Iterator<Item = (usize, &ExportColumn<T>)> {
    columns.iter().enumerate().filter(|(_, column)| !matches!(column.name, "label" | "weight"))
}

fn attributes<T, W: Write>(
    writer: &mut Writer<W>,
    class: &str,
    columns: &[ExportColumn<T>],
) -> Result<(), ExportError> {
    start(writer, "attributes", &[("class", class), ("mode", "static")])?;
    for (id, column) in declared(columns) {
        let kind = match column.kind {
            ColumnType::Text | ColumnType::List => "string",
            ColumnType::Integer => "long",
            ColumnType::Real => "double",
            ColumnType::Flag => "boolean",
        };
        empty(writer, "attribute", &[("id", &id.to_string()), ("title", column.name), ("type", kind)])?;
    }
    end(writer, "attributes")
}

fn values<T, W: Write>(writer: &mut Writer<W>, columns: &[ExportColumn<T>], row: &T) -> Result<(), ExportError> {
    start(writer, "attvalues", &[])?;
    for (id, column) in declared(columns) {
        if let Some(value) = (column.get)(row) {
            let value = label(&value.flat());
            empty(writer, "attvalue", &[("for", &id.to_string()), ("value", &value)])?;
        }
    }
    end(writer, "attvalues")
}

/// A label for people in an attribute, where XML keeps no line breaks.
fn label(text: &str) -> String {
    one_line(&xml::valid(text))
}

fn first_day(date: PartialDate) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month().unwrap_or(1), date.day().unwrap_or(1))
}

fn start<W: Write>(writer: &mut Writer<W>, name: &str, attributes: &[(&str, &str)]) -> Result<(), ExportError> {
    let element = BytesStart::new(name).with_attributes(attributes.iter().copied());
    Ok(writer.write_event(Event::Start(element))?)
}

fn empty<W: Write>(writer: &mut Writer<W>, name: &str, attributes: &[(&str, &str)]) -> Result<(), ExportError> {
    let element = BytesStart::new(name).with_attributes(attributes.iter().copied());
    Ok(writer.write_event(Event::Empty(element))?)
}

fn end<W: Write>(writer: &mut Writer<W>, name: &str) -> Result<(), ExportError> {
    Ok(writer.write_event(Event::End(BytesEnd::new(name)))?)
}
