//! What checks found about the code of a paper.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::papers::PaperIndex;
use super::{Node, NodeEntry};
use crate::liveness::Verdict;
use crate::paper::PartialDate;
use crate::store::{GraphStore, StoreError};

/// The state of a paper's code, by the best of its repositories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeState {
    There,
    /// There is a repository, without code in it.
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
    /// From the worst state to the best.
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

    /// The state of one repository.
    pub(super) fn of(repository: &Node) -> Self {
        match repository.verdict {
            None => Self::Unchecked,
            Some(_) if repository.dead => Self::Gone,
            Some(Verdict::Empty | Verdict::ReadmeOnly) => Self::Empty,
            Some(verdict) if verdict.is_there() => Self::There,
            Some(Verdict::Gone | Verdict::PrivateOrGone) => Self::InDoubt,
            Some(_) => Self::Unclear,
        }
    }

    /// The better of two states; a repository that was not checked says nothing next to one that was.
    pub(super) fn better(self, other: Self) -> Self {
        let rank = |state: Self| (state == Self::Unchecked, state);
        if rank(other) < rank(self) { other } else { self }
    }

    /// The state of a paper with these repositories.
    pub fn of_paper(repositories: &[Node]) -> Self {
        repositories.iter().map(Self::of).fold(Self::Unchecked, Self::better)
    }
}

/// What the graph says of a paper's code.
#[derive(Debug, Clone)]
pub(crate) struct PaperCode {
    /// Title of the paper.
    pub title: String,
    pub date: Option<PartialDate>,
    /// What its text says: `link`, `claimed`, `promised` or `none`.
    pub statement: String,
    /// What is there comes first, and what is dead last.
    pub repositories: Vec<Node>,
}

impl PaperCode {
    /// Reads it from the search index, by the id of the paper. `None` if there is no such paper.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn read(store: &GraphStore, id: &str) -> Result<Option<Self>, StoreError> {
        let Some(doc) = store.index()?.find(id)? else { return Ok(None) };
        let Some(NodeEntry { node, code, .. }) = NodeEntry::shown(store, doc)? else { return Ok(None) };
        let mut repositories = Vec::new();
        for repository in PaperIndex::of(store)?.repositories(doc)? {
            repositories.extend(Node::at(store, repository)?);
        }
        repositories.sort_by_key(|node| (Reverse(node.is_live()), node.dead, node.id.clone()));
        let says = code.unwrap_or_else(|| "none".to_string());
        Ok(Some(Self { title: node.label, date: node.date, statement: says, repositories }))
    }
}
