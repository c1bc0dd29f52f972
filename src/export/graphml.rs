//! GraphML, for yEd, Gephi, igraph and networkx.

use std::io::Write;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::columns::{ColumnType, EDGE, ExportColumn, NODE};
use super::each::each;
use super::{ExportError, xml};
use crate::graph::{ChosenPart, LeavingEdges, NodeEntry};

/// Writes the nodes, then the edges, in two passes. Nothing is kept in memory.
///
/// Ids are those of `kg`. (The schema asks for name tokens without slashes, but readers accept any text, and writers
/// write it.) A list is one text with `; ` between the items.
pub(crate) fn write(out: &mut dyn Write, chosen: &ChosenPart<'_>) -> Result<(), ExportError> {
    let mut writer = Writer::new_with_indent(out, b' ', 1);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let root = BytesStart::new("graphml").with_attributes([
        ("xmlns", "http://graphml.graphdrawing.org/xmlns"),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        (
            "xsi:schemaLocation",
            "http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd",
        ),
    ]);
    writer.write_event(Event::Start(root))?;
    keys(&mut writer, "node", &NODE)?;
    keys(&mut writer, "edge", &EDGE)?;
    let graph = BytesStart::new("graph").with_attributes([("id", "papergraph"), ("edgedefault", "directed")]);
    writer.write_event(Event::Start(graph))?;
    each(chosen.entries(), nodes, |text| Ok(writer.get_mut().write_all(&text)?))?;
    each(chosen.edges(), edges, |text| Ok(writer.get_mut().write_all(&text)?))?;
    writer.write_event(Event::End(BytesEnd::new("graph")))?;
    writer.write_event(Event::End(BytesEnd::new("graphml")))?;
    Ok(writeln!(writer.get_mut())?)
}

fn nodes(entries: &[NodeEntry]) -> Result<Vec<u8>, ExportError> {
    xml::inside(&["graphml", "graph"], |writer| {
        for entry in entries {
            let node = BytesStart::new("node").with_attributes([("id", entry.node.id.as_str())]);
            writer.write_event(Event::Start(node))?;
            data(writer, "node", &NODE, entry)?;
            writer.write_event(Event::End(BytesEnd::new("node")))?;
        }
        Ok(())
    })
}

fn edges(leaving: &[LeavingEdges]) -> Result<Vec<u8>, ExportError> {
    xml::inside(&["graphml", "graph"], |writer| {
        for LeavingEdges { from, edges, .. } in leaving {
            for edge in edges {
                let ends = [("source", from.as_str()), ("target", edge.to.as_str())];
                writer.write_event(Event::Start(BytesStart::new("edge").with_attributes(ends)))?;
                data(writer, "edge", &EDGE, edge)?;
                writer.write_event(Event::End(BytesEnd::new("edge")))?;
            }
        }
        Ok(())
    })
}

/// Programs look for `label` of nodes and `weight` of edges by name, so columns keep their names. The ids of the keys
/// say whether a column belongs to nodes or edges.
fn keys<T>(writer: &mut Writer<&mut dyn Write>, of: &str, columns: &[ExportColumn<T>]) -> Result<(), ExportError> {
    for column in columns {
        let kind = match column.kind {
            ColumnType::Text | ColumnType::List => "string",
            ColumnType::Integer => "long",
            ColumnType::Real => "double",
            ColumnType::Flag => "boolean",
        };
        let id = format!("{of}_{}", column.name);
        let key = [("id", id.as_str()), ("for", of), ("attr.name", column.name), ("attr.type", kind)];
        writer.write_event(Event::Empty(BytesStart::new("key").with_attributes(key)))?;
    }
    Ok(())
}

fn data<T>(writer: &mut Writer<Vec<u8>>, of: &str, columns: &[ExportColumn<T>], row: &T) -> Result<(), ExportError> {
    for column in columns {
        if let Some(value) = (column.get)(row) {
            let key = format!("{of}_{}", column.name);
            writer.write_event(Event::Start(BytesStart::new("data").with_attributes([("key", key.as_str())])))?;
            writer.write_event(Event::Text(BytesText::new(&xml::valid(&value.flat()))))?;
            writer.write_event(Event::End(BytesEnd::new("data")))?;
        }
    }
    Ok(())
}
