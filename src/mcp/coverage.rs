use schemars::JsonSchema;
use serde::Serialize;

use crate::ontology::NodeKind;
use crate::store::{GraphStore, StoreError};

/// What the graph covers. Nothing outside of it is known here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct GraphCoverage {
    /// Number of papers.
    pub papers: u64,
    /// Year of the earliest dated paper.
    pub first_year: Option<u16>,
    /// Year of the latest dated paper.
    pub last_year: Option<u16>,
    /// The first files that the papers were read from.
    pub sources: Vec<String>,
    /// Number of further files.
    pub more_sources: usize,
    /// When the graph was last built, as an RFC 3339 time.
    pub built: Option<String>,
    /// The address in front of an id: the base and `dataset/coco` are the IRI of COCO.
    pub base: String,
}

/// Number of sources that are listed.
const SOURCES: usize = 4;

impl GraphCoverage {
    /// # Errors
    /// If the graph cannot be read.
    pub(super) fn of(graph: &GraphStore) -> Result<Self, StoreError> {
        let counts = graph.counts()?;
        let papers = counts.nodes.iter().find(|(kind, _)| *kind == NodeKind::Paper).map_or(0, |(_, n)| *n);
        let sources = graph.inputs()?;
        Ok(Self {
            papers,
            first_year: counts.years.map(|(first, _)| first),
            last_year: counts.years.map(|(_, last)| last),
            sources: sources.iter().take(SOURCES).cloned().collect(),
            more_sources: sources.len().saturating_sub(SOURCES),
            built: graph.built_at()?,
            base: graph.base().as_str().to_string(),
        })
    }
}
