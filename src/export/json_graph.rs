//! JSON Graph Format, version 2.

use std::io::Write;

use serde_json::{Value as Json, json};

use super::ExportError;
use super::columns::{EDGE, NODE, strongest_relation};
use super::cytoscape::values;
use super::each::listed;
use crate::graph::{ChosenPart, LeavingEdges};

/// Writes one node or edge per line.
pub(crate) fn write(out: &mut dyn Write, chosen: &ChosenPart<'_>, title: &str) -> Result<(), ExportError> {
    let about = json!({"generator": "papergraph", "base": chosen.store().base().as_str()});
    writeln!(out, "{{\"graph\": {{\"id\": \"papergraph\", \"type\": \"papers and what they name\",")?;
    writeln!(out, " \"label\": {}, \"directed\": true, \"metadata\": {about},\n \"nodes\": {{", Json::from(title))?;
    listed(out, chosen.entries(), |entry, texts| {
        let mut metadata = values(&NODE, entry);
        metadata.remove("label");
        let node = json!({"label": entry.node.label, "metadata": metadata});
        texts.push(format!("  {}: {node}", Json::from(entry.node.id.as_str())));
        Ok(())
    })?;
    writeln!(out, "\n }},\n \"edges\": [")?;
    listed(out, chosen.edges(), |LeavingEdges { from, edges, .. }, texts| {
        for edge in edges {
            let mut metadata = values(&EDGE, edge);
            metadata.remove("relation");
            let edge =
                json!({"source": from, "target": edge.to, "relation": strongest_relation(edge), "metadata": metadata});
            texts.push(format!("  {edge}"));
        }
        Ok(())
    })?;
    Ok(writeln!(out, "\n ]\n}}}}")?)
}
