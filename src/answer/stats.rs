//! Counts of a graph.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{CodeCounts, Sheet};
use crate::graph::{CodeState, PaperRegister};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, StoreError};

/// Counts of nodes and triples of a graph.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct GraphSummary {
    /// The base IRI, in front of the ids of nodes.
    pub base: String,
    /// The number of the generation. It rises by one with every build or change.
    pub generation: u64,
    /// Number of nodes by the name of their kind.
    pub nodes: BTreeMap<&'static str, u64>,
    /// Number of mentions in papers.
    pub mentions: u64,
    /// Number of triples of the data, without the ontology and the metadata of the build.
    pub triples: u64,
    /// The years of the first and the last dated paper.
    pub years: Option<(u16, u16)>,
    /// Size on disk, in bytes.
    pub bytes: u64,
}

/// The papers of each year, from the first year to the last.
#[derive(Debug, Clone, Default)]
pub(crate) struct PapersByYear {
    pub years: BTreeMap<u16, YearOfPapers>,
    /// Number of papers without a date.
    pub undated: usize,
}

/// Number of papers of one year.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct YearOfPapers {
    pub papers: usize,
    /// Number of papers that link to code.
    pub with_code: usize,
    /// Number of papers whose code is gone.
    pub gone: usize,
}

impl PapersByYear {
    pub(crate) fn of(papers: &PaperRegister) -> Self {
        let (dated, code) = (papers.by_year(), CodeCounts::of(papers));
        let undated = papers.newest().len().saturating_sub(dated.values().sum());
        let (Some((first, _)), Some((last, _))) = (dated.first_key_value(), dated.last_key_value()) else {
            return Self { years: BTreeMap::new(), undated };
        };
        let years = (*first..=*last).map(|year| {
            let counts = YearOfPapers {
                papers: dated.get(&year).copied().unwrap_or_default(),
                with_code: code.linked_in(Some(year)),
                gone: code.of_year(Some(year), CodeState::Gone),
            };
            (year, counts)
        });
        Self { years: years.collect(), undated }
    }
}

impl GraphSummary {
    /// Reads the counts that builds and changes store.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn ask(store: &GraphStore) -> Result<Self, StoreError> {
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

    /// A row for each kind of node, then for mentions and triples.
    pub fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::new(["what", "count"]);
        for kind in NodeKind::ALL {
            sheet.row([kind.plural().to_string(), self.of(kind).to_string()]);
        }
        sheet.row(["mentions".to_string(), self.mentions.to_string()]);
        sheet.row(["triples".to_string(), self.triples.to_string()]);
        sheet
    }

    /// Number of nodes of a kind.
    pub(crate) fn of(&self, kind: NodeKind) -> u64 {
        self.nodes.get(kind.as_str()).copied().unwrap_or_default()
    }
}
