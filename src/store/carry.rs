//! Copies data from the previous graph into one that is rebuilt.

use std::collections::HashSet;

use oxigraph::model::{NamedNode, Quad, Term, Triple};
use oxigraph::store::StorageError;

use super::generation::{BATCH, GenerationWriter, in_default_graph};
use super::quads::Quads;
use super::{StoreError, open_read_only, read};
use crate::ontology::Ontology;

/// Copies check outcomes for the nodes of the new graph: the latest outcome on each node, and the history. `false` if
/// the previous graph cannot be read, or only in part; the journal of checks then has what is needed.
pub(super) fn checks(writer: &mut GenerationWriter) -> Result<bool, StoreError> {
    let Some(generation) = writer.current().map(|current| current.generation) else {
        // There was no graph, or the pointer to it is lost. Links may still have been checked.
        return Ok(!writer.layout.has_journal());
    };
    if !writer.begins_empty() {
        return Ok(true);
    }
    let Ok(before) = open_read_only(&writer.layout, generation) else { return Ok(false) };
    writer.write_if(1)?;
    let ontology = writer.ontology.clone();
    let before = Quads::new(before, &ontology);
    let verdicts = read::in_default(&before, None, Some(ontology.kg.verdict.as_ref()), None);
    let mut described = HashSet::new();
    for quad in verdicts {
        let Ok(node) = quad.map(|quad| read::named(quad.subject)) else { return Ok(false) };
        let Some(node) = node.filter(|node| writer.has(node)) else { continue };
        let Ok(found) = findings(&before, &ontology, &node) else { return Ok(false) };
        let mut facts = found.facts;
        for (address, description) in found.addresses {
            // Two nodes can have moved to the same address.
            if !writer.has(&address) && described.insert(address) {
                facts.extend(description);
            }
        }
        writer.insert(facts.into_iter().map(in_default_graph));
        writer.insert(found.history);
        writer.write_if(BATCH)?;
    }
    writer.write_if(1)?;
    Ok(true)
}

/// Check outcomes of one node.
struct NodeFindings {
    facts: Vec<Triple>,
    history: Vec<Quad>,
    /// Addresses that it moved to, with the statements about them.
    addresses: Vec<(NamedNode, Vec<Triple>)>,
}

fn findings(store: &Quads, ontology: &Ontology, node: &NamedNode) -> Result<NodeFindings, StorageError> {
    let mut facts = read::description(store, node)?;
    facts.retain(|triple| ontology.is_checked_fact(triple.predicate.as_ref()));
    let mut addresses = Vec::new();
    for triple in &facts {
        if let (true, Term::NamedNode(address)) = (triple.predicate == ontology.kg.moved_to, &triple.object) {
            addresses.push((address.clone(), read::description(store, address)?));
        }
    }
    Ok(NodeFindings { facts, history: read::history(store, ontology, node)?, addresses })
}
