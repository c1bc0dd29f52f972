//! The works that papers cite most and that the graph does not have.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Evidence, Extent, NodeName, Sheet};
use crate::graph::{self, MissingWork, MostCited, Node};
use crate::store::{GraphStore, StoreError};

/// Works that the graph does not have; those cited by the most papers come first.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MissingWorks {
    /// Number of works that papers cite and that the graph does not have.
    pub total: usize,
    /// The works, the most cited first.
    pub works: Vec<CitedWork>,
}

/// A work that papers cite and that the graph does not have.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CitedWork {
    /// `work/…`
    pub id: String,
    /// Title of the paper.
    pub title: String,
    /// The first author, as a reference writes it.
    pub author: Option<String>,
    /// Year of publication, if it is known.
    pub year: Option<u16>,
    /// DOI, if it is known.
    pub doi: Option<String>,
    /// Web address, if it is known.
    pub url: Option<String>,
    /// Number of papers that cite it.
    pub cited_by: usize,
    /// The newest of the papers that cite it.
    pub papers: Vec<NodeName>,
    /// A sentence that refers to it.
    pub evidence: Option<CitingSentence>,
}

/// A sentence that refers to a work.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CitingSentence {
    /// The citing paper.
    pub paper: NodeName,
    /// The sentence that refers to it.
    #[serde(flatten)]
    pub evidence: Evidence,
}

impl MissingWorks {
    /// The works that at least `least` papers cite, at most `limit` of them.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn ask(store: &GraphStore, limit: usize, least: usize) -> Result<Self, StoreError> {
        Self::of(store, MostCited::find(store, limit)?, least)
    }

    /// The works of the page, each cited by at least one paper.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn kept(store: &GraphStore) -> Result<Self, StoreError> {
        Self::of(store, MostCited::kept(store)?, 1)
    }

    fn of(store: &GraphStore, most: MostCited, least: usize) -> Result<Self, StoreError> {
        let total = most.total;
        let works = graph::missing_works(store, most, least)?;
        Ok(Self { total, works: works.into_iter().map(CitedWork::from).collect() })
    }

    /// The rows of `--format csv`.
    pub fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::new([
            "cited_by",
            "id",
            "title",
            "author",
            "year",
            "doi",
            "url",
            "papers",
            "sentence",
            "sentence_in",
        ]);
        for work in &self.works {
            let papers: Vec<&str> = work.papers.iter().map(|paper| paper.id.as_str()).collect();
            let sentence = work.evidence.as_ref();
            sheet.row([
                work.cited_by.to_string(),
                work.id.clone(),
                work.title.clone(),
                work.author.clone().unwrap_or_default(),
                work.year.map(|year| year.to_string()).unwrap_or_default(),
                work.doi.clone().unwrap_or_default(),
                work.url.clone().unwrap_or_default(),
                papers.join("; "),
                sentence.map(|sentence| sentence.evidence.quote.marked("**", "**")).unwrap_or_default(),
                sentence.map(|sentence| sentence.paper.id.clone()).unwrap_or_default(),
            ]);
        }
        sheet
    }

    /// How many rows the answer has in all, and how many are listed.
    pub fn extent(&self) -> Extent {
        Extent { total: self.total, listed: self.works.len() }
    }
}

impl From<MissingWork> for CitedWork {
    fn from(work: MissingWork) -> Self {
        let name = |node: Node| NodeName { id: node.id, kind: node.kind, name: node.label };
        Self {
            id: work.node.id,
            title: work.node.label,
            author: work.author,
            year: work.year,
            doi: work.doi,
            url: work.node.url,
            cited_by: work.citing,
            papers: work.papers.into_iter().map(name).collect(),
            evidence: work
                .quote
                .map(|(paper, quote)| CitingSentence { paper: name(paper), evidence: Evidence::from(quote) }),
        }
    }
}
