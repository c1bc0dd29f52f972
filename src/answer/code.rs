//! Papers that link to code, and whether it is still there.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{ComparedRepository, LinkCheck, Sheet};
use crate::graph::{CodeState, LinkedPaper, ListedPaper, PaperRegister, Tie, code_rows};
use crate::index::IndexedNode;
use crate::paper::PartialDate;
use crate::store::{GraphStore, StoreError};

/// The papers that link to a repository, the newest first.
#[derive(Debug, Clone, Serialize)]
pub struct CodeList {
    /// The papers, the newest first.
    pub papers: Vec<CodePaper>,
}

/// A paper that links to code.
#[derive(Debug, Clone, Serialize)]
pub struct CodePaper {
    /// Id of its node: `paper/arxiv-2001.00001`.
    pub id: String,
    /// Title of the paper.
    pub title: String,
    /// Publication date, as exact as it is known.
    pub date: Option<PartialDate>,
    /// State of the paper's code.
    pub state: CodeState,
    /// Code repositories of the paper, with their last check.
    pub repositories: Vec<ComparedRepository>,
}

/// Number of papers by the year of the paper and the state of its code. A paper without a date has no year.
#[derive(Debug, Clone, Default)]
pub(crate) struct CodeCounts {
    by_year: BTreeMap<Option<u16>, BTreeMap<CodeState, usize>>,
}

impl CodeCounts {
    /// Counts the papers that link to code.
    pub(crate) fn of(papers: &PaperRegister) -> Self {
        let mut counts = Self::default();
        for paper in papers.with_code() {
            *counts.by_year.entry(paper.year).or_default().entry(paper.state).or_default() += 1;
        }
        counts
    }

    /// The years with such papers, in order; papers without a date come first.
    pub(crate) fn years(&self) -> impl DoubleEndedIterator<Item = Option<u16>> + '_ {
        self.by_year.keys().copied()
    }

    /// Number of papers of a year whose code is in this state.
    pub(crate) fn of_year(&self, year: Option<u16>, state: CodeState) -> usize {
        self.by_year.get(&year).and_then(|states| states.get(&state)).copied().unwrap_or_default()
    }

    /// Number of papers of a year that link to code.
    pub(crate) fn linked_in(&self, year: Option<u16>) -> usize {
        self.by_year.get(&year).map_or(0, |states| states.values().sum())
    }

    /// Number of papers whose code is in this state.
    pub(crate) fn in_state(&self, state: CodeState) -> usize {
        self.by_year.values().filter_map(|states| states.get(&state)).sum()
    }

    /// Number of papers that link to code.
    pub(crate) fn linked(&self) -> usize {
        self.by_year.values().flat_map(BTreeMap::values).sum()
    }
}

impl CodeList {
    /// Reads these papers.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub fn of<'p>(store: &GraphStore, papers: impl Iterator<Item = &'p LinkedPaper>) -> Result<Self, StoreError> {
        let papers: Vec<(IndexedNode, Option<Tie>)> = papers.map(|linked| (linked.paper, None)).collect();
        Ok(Self { papers: code_rows(store, &papers)?.into_iter().map(CodePaper::from).collect() })
    }

    /// A row for each paper.
    pub fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::new(["id", "title", "date", "state", "repositories"]);
        for paper in &self.papers {
            let names: Vec<&str> = paper.repositories.iter().map(|repository| repository.name.as_str()).collect();
            sheet.row([
                paper.id.clone(),
                paper.title.clone(),
                paper.date.map(|date| date.to_string()).unwrap_or_default(),
                paper.state.as_str().to_string(),
                names.join("; "),
            ]);
        }
        sheet
    }
}

impl From<ListedPaper> for CodePaper {
    fn from(paper: ListedPaper) -> Self {
        let repositories: Vec<ComparedRepository> = paper
            .repositories
            .iter()
            .map(|node| ComparedRepository {
                name: node.label.clone(),
                verdict: node.verdict,
                check: LinkCheck::of(node),
            })
            .collect();
        let state = CodeState::of_paper(&paper.repositories);
        Self { id: paper.node.id, title: paper.node.label, date: paper.node.date, state, repositories }
    }
}
