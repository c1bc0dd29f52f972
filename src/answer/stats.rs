//! What a graph holds.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::ontology::NodeKind;
use crate::store::{GraphStore, StoreError};

/// Counts of nodes and triples of a graph.
#[derive(Debug, Clone, Serialize)]
pub struct GraphSummary {
    /// The IRI that the ids of nodes stand behind.
    pub base: String,
    /// Rises by one with every build or change.
    pub generation: u64,
    /// Nodes of each kind, by its name.
    pub nodes: BTreeMap<&'static str, u64>,
    /// Places in papers that name something.
    pub mentions: u64,
    /// Triples of the data, without the ontology and the notes on the build.
    pub triples: u64,
    /// The years of the first and the last dated paper.
    pub years: Option<(u16, u16)>,
    /// Bytes on disk.
    pub bytes: u64,
}

impl GraphSummary {
    /// Reads the counts that builds and changes keep.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub fn ask(store: &GraphStore) -> Result<Self, StoreError> {
        let counts = store.counts()?;
        Ok(Self {
            base: store.base().as_str().to_string(),
            generation: store.generation(),
            nodes: counts.nodes.iter().map(|(kind, n)| (kind.as_str(), *n)).collect(),
            mentions: counts.mentions,
            triples: counts.triples,
            years: counts.years,
            bytes: counts.bytes,
        })
    }

    /// Nodes of a kind.
    pub fn of(&self, kind: NodeKind) -> u64 {
        self.nodes.get(kind.as_str()).copied().unwrap_or_default()
    }
}
