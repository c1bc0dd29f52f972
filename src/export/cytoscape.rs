//! Cytoscape's JSON (`.cyjs`), which the desktop program, Cytoscape.js and networkx read.

use std::io::Write;

use serde_json::{Map, Value as Json, json};

use super::ExportError;
use super::columns::{Column, EDGE, NODE, relation};
use crate::graph::Chosen;

/// Writes an element a line. A node's `name` is what the desktop program shows.
pub fn write(out: &mut dyn Write, chosen: &Chosen<'_>, title: &str) -> Result<(), ExportError> {
    let data = json!({"name": title, "shared_name": title});
    writeln!(out, "{{\"format_version\": \"1.0\", \"generated_by\": \"papergraph\",")?;
    writeln!(out, " \"target_cytoscapejs_version\": \"~3.0\", \"directed\": true, \"multigraph\": false,")?;
    writeln!(out, " \"data\": {data},\n \"elements\": {{\n  \"nodes\": [")?;
    let mut first = true;
    for entry in chosen.entries() {
        let entry = entry?;
        let mut data = values(&NODE, &entry);
        data.insert("id".into(), entry.node.id.clone().into());
        // networkx reads the node itself from here.
        data.insert("value".into(), entry.node.id.clone().into());
        data.insert("name".into(), entry.node.label.clone().into());
        element(out, data, &mut first)?;
    }
    writeln!(out, "\n  ],\n  \"edges\": [")?;
    let mut first = true;
    let mut number = 0_u64;
    for entry in chosen.entries() {
        let entry = entry?;
        for edge in &entry.edges {
            let mut data = values(&EDGE, edge);
            data.insert("id".into(), format!("edge-{number}").into());
            data.insert("source".into(), entry.node.id.clone().into());
            data.insert("target".into(), edge.to.clone().into());
            data.insert("interaction".into(), relation(edge).into());
            element(out, data, &mut first)?;
            number += 1;
        }
    }
    Ok(writeln!(out, "\n  ]\n }}\n}}")?)
}

fn element(out: &mut dyn Write, data: Map<String, Json>, first: &mut bool) -> Result<(), ExportError> {
    let comma = if std::mem::take(first) { "" } else { ",\n" };
    Ok(write!(out, "{comma}   {}", json!({"data": data}))?)
}

/// The columns of a row that are known.
pub(super) fn values<T>(columns: &[Column<T>], row: &T) -> Map<String, Json> {
    columns.iter().filter_map(|column| Some((column.name.to_string(), (column.get)(row)?.json()))).collect()
}
