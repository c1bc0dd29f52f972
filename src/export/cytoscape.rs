//! Cytoscape's JSON (`.cyjs`), for the desktop program, Cytoscape.js and networkx.

use std::io::Write;

use serde_json::{Map, Value as Json, json};

use super::ExportError;
use super::columns::{EDGE, ExportColumn, NODE, strongest_relation};
use super::each::{listed, numbered};
use crate::graph::{ChosenPart, LeavingEdges};

/// Writes one element per line. The desktop program shows a node's `name`.
pub(crate) fn write(out: &mut dyn Write, chosen: &ChosenPart<'_>, title: &str) -> Result<(), ExportError> {
    let data = json!({"name": title, "shared_name": title});
    writeln!(out, "{{\"format_version\": \"1.0\", \"generated_by\": \"papergraph\",")?;
    writeln!(out, " \"target_cytoscapejs_version\": \"~3.0\", \"directed\": true, \"multigraph\": false,")?;
    writeln!(out, " \"data\": {data},\n \"elements\": {{\n  \"nodes\": [")?;
    listed(out, chosen.entries(), |entry, texts| {
        let mut data = values(&NODE, entry);
        data.insert("id".into(), entry.node.id.clone().into());
        // networkx reads the node's id from this field.
        data.insert("value".into(), entry.node.id.clone().into());
        data.insert("name".into(), entry.node.label.clone().into());
        texts.push(element(data));
        Ok(())
    })?;
    writeln!(out, "\n  ],\n  \"edges\": [")?;
    listed(out, numbered(chosen.edges()), |(first, LeavingEdges { from, edges, .. }), texts| {
        for (i, edge) in edges.iter().enumerate() {
            let mut data = values(&EDGE, edge);
            data.insert("id".into(), format!("edge-{}", first + i).into());
            data.insert("source".into(), from.clone().into());
            data.insert("target".into(), edge.to.clone().into());
            data.insert("interaction".into(), strongest_relation(edge).into());
            texts.push(element(data));
        }
        Ok(())
    })?;
    Ok(writeln!(out, "\n  ]\n }}\n}}")?)
}

fn element(data: Map<String, Json>) -> String {
    format!("   {}", json!({"data": data}))
}

/// The columns of a row that have a value.
pub(super) fn values<T>(columns: &[ExportColumn<T>], row: &T) -> Map<String, Json> {
    columns.iter().filter_map(|column| Some((column.name.to_string(), (column.get)(row)?.json()))).collect()
}
