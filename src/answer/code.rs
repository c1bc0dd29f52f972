//! Papers that link to code, and whether it is still there.

use serde::Serialize;

use super::{ComparedRepository, LinkCheck, Sheet};
use crate::graph::{CodeWish, ListedPaper, PaperOrder, PaperWish, list_papers};
use crate::liveness::Verdict;
use crate::paper::PartialDate;
use crate::store::{GraphStore, StoreError};

/// The papers that link to a repository, the newest first.
#[derive(Debug, Clone, Serialize)]
pub struct CodeList {
    pub papers: Vec<CodePaper>,
}

/// A paper that links to code.
#[derive(Debug, Clone, Serialize)]
pub struct CodePaper {
    pub id: String,
    pub title: String,
    pub date: Option<PartialDate>,
    pub state: CodeState,
    pub repositories: Vec<ComparedRepository>,
}

/// The state of a paper's code, by the best of its repositories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeState {
    There,
    /// There is a repository without code in it.
    Empty,
    /// The checks got no clear answer.
    Unclear,
    /// Missing at the latest check, but not in enough checks.
    InDoubt,
    /// Missing in several checks, days apart.
    Gone,
    /// No repository of the paper was checked.
    Unchecked,
}

impl CodeState {
    /// From the worst news to the best.
    pub const ALL: [Self; 6] = [Self::Gone, Self::InDoubt, Self::Empty, Self::Unclear, Self::There, Self::Unchecked];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::There => "there",
            Self::Empty => "empty",
            Self::Unclear => "unclear",
            Self::InDoubt => "in-doubt",
            Self::Gone => "gone",
            Self::Unchecked => "unchecked",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::There => "still there",
            Self::Empty => "no code in it",
            Self::Unclear => "no clear answer",
            Self::InDoubt => "missing at the last check",
            Self::Gone => "gone",
            Self::Unchecked => "not checked yet",
        }
    }

    fn of(check: Option<LinkCheck>) -> Self {
        match check {
            None => Self::Unchecked,
            Some(LinkCheck { dead: true, .. }) => Self::Gone,
            Some(LinkCheck { verdict: Verdict::Empty | Verdict::ReadmeOnly, .. }) => Self::Empty,
            Some(LinkCheck { verdict, .. }) if verdict.is_there() => Self::There,
            Some(LinkCheck { verdict: Verdict::Gone | Verdict::PrivateOrGone, .. }) => Self::InDoubt,
            Some(_) => Self::Unclear,
        }
    }
}

impl CodeList {
    /// Reads every paper that links to a repository.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub fn ask(store: &GraphStore) -> Result<Self, StoreError> {
        let wish = PaperWish {
            code: Some(CodeWish::Linked),
            order: PaperOrder::Newest,
            limit: usize::MAX,
            ..PaperWish::default()
        };
        let found = list_papers(store, None, &wish)?;
        Ok(Self { papers: found.rows.into_iter().map(CodePaper::from).collect() })
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
        // What was not checked says nothing beside what was.
        let rank = |state: &CodeState| (*state == CodeState::Unchecked, *state);
        let states = repositories.iter().map(|repository| CodeState::of(repository.check));
        let state = states.min_by_key(rank).unwrap_or(CodeState::Unchecked);
        Self { id: paper.node.id, title: paper.node.label, date: paper.node.date, state, repositories }
    }
}
