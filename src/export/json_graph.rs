//! JSON Graph Format, version 2.

use std::io::Write;

use serde_json::{Value as Json, json};

use super::ExportError;
use super::columns::{EDGE, NODE, relation};
use super::cytoscape::values;
use crate::graph::Chosen;

/// Writes a node or edge a line.
pub fn write(out: &mut dyn Write, chosen: &Chosen<'_>, title: &str) -> Result<(), ExportError> {
    let about = json!({"generator": "papergraph", "base": chosen.store().base().as_str()});
    writeln!(out, "{{\"graph\": {{\"id\": \"papergraph\", \"type\": \"papers and what they name\",")?;
    writeln!(out, " \"label\": {}, \"directed\": true, \"metadata\": {about},\n \"nodes\": {{", Json::from(title))?;
    let mut comma = "";
    for entry in chosen.entries() {
        let entry = entry?;
        let mut metadata = values(&NODE, &entry);
        metadata.remove("label");
        let node = json!({"label": entry.node.label, "metadata": metadata});
        write!(out, "{comma}  {}: {node}", Json::from(entry.node.id.as_str()))?;
        comma = ",\n";
    }
    writeln!(out, "\n }},\n \"edges\": [")?;
    let mut comma = "";
    for entry in chosen.entries() {
        let entry = entry?;
        for edge in &entry.edges {
            let mut metadata = values(&EDGE, edge);
            metadata.remove("relation");
            let edge = json!({
                "source": entry.node.id, "target": edge.to, "relation": relation(edge), "metadata": metadata,
            });
            write!(out, "{comma}  {edge}")?;
            comma = ",\n";
        }
    }
    Ok(writeln!(out, "\n ]\n}}}}")?)
}
