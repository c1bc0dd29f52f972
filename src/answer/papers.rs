//! Lists of papers.

use serde::Serialize;

use super::{ComparedRepository, Extent, LinkCheck, NodeName, Sheet};
use crate::graph::{ListedPaper, PaperListQuery, PaperRegister, Tie, list_papers};
use crate::paper::PartialDate;
use crate::store::{GraphStore, NodeRef, StoreError};

/// The papers about a node, or of the whole graph.
#[derive(Debug, Clone, Serialize)]
pub struct PaperList {
    /// `None` for a list of the whole graph.
    pub node: Option<NodeName>,
    /// Number of papers; `papers` has a part of them.
    pub total: usize,
    /// Number of papers before the first listed one.
    pub offset: usize,
    /// The papers, in the order of the answer.
    pub papers: Vec<ListedPaperAnswer>,
    /// Number of papers by their strongest relation to the node, before the filter of relations.
    #[serde(skip)]
    pub by_relation: Vec<(Tie, usize)>,
}

/// A paper of a list.
#[derive(Debug, Clone, Serialize)]
pub struct ListedPaperAnswer {
    /// Id of its node: `dataset/coco`.
    pub id: String,
    /// Title of the paper.
    pub title: String,
    /// Publication date, as exact as it is known.
    pub date: Option<PartialDate>,
    /// Venue as the source writes it.
    pub venue: Option<String>,
    /// The strongest relation to the node.
    pub relation: Option<Tie>,
    /// Code repositories of the paper, with their last check.
    pub repositories: Vec<ComparedRepository>,
    /// An address to read the paper at.
    pub url: Option<String>,
}

impl PaperList {
    /// Lists papers.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn ask(
        store: &GraphStore,
        register: &PaperRegister,
        node: Option<&NodeRef>,
        wish: &PaperListQuery,
    ) -> Result<Self, StoreError> {
        let found = list_papers(store, register, node, wish)?;
        Ok(Self {
            node: node.map(NodeName::from),
            total: found.total,
            offset: wish.offset,
            papers: found.rows.into_iter().map(ListedPaperAnswer::from).collect(),
            by_relation: found.by_tie,
        })
    }

    /// How many rows the answer has in all, and how many are listed.
    pub fn extent(&self) -> Extent {
        Extent { total: self.total, listed: self.papers.len() }
    }

    /// A row for each paper.
    pub fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::new(["id", "title", "date", "venue", "relation", "repositories", "verdicts", "url"]);
        for paper in &self.papers {
            let verdict = |repository: &ComparedRepository| {
                repository.verdict.map_or_else(|| "unchecked".to_string(), |verdict| verdict.to_string())
            };
            let joined = |texts: Vec<String>| texts.join("; ");
            sheet.row([
                paper.id.clone(),
                paper.title.clone(),
                paper.date.map(|date| date.to_string()).unwrap_or_default(),
                paper.venue.clone().unwrap_or_default(),
                paper.relation.map_or("", Tie::as_str).to_string(),
                joined(paper.repositories.iter().map(|repository| repository.name.clone()).collect()),
                joined(paper.repositories.iter().map(verdict).collect()),
                paper.url.clone().unwrap_or_default(),
            ]);
        }
        sheet
    }
}

impl From<ListedPaper> for ListedPaperAnswer {
    fn from(paper: ListedPaper) -> Self {
        let repositories = paper.repositories.iter().map(|node| ComparedRepository {
            name: node.label.clone(),
            verdict: node.verdict,
            check: LinkCheck::of(node),
        });
        Self {
            repositories: repositories.collect(),
            id: paper.node.id,
            title: paper.node.label,
            date: paper.node.date,
            venue: paper.venue,
            relation: paper.tie,
            url: paper.node.url,
        }
    }
}
