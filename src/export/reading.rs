//! What formats for readers say of a paper: the paper itself, its code, and what it names.

use crate::graph::{Chosen, Entry, Node, Ties};
use crate::liveness::Verdict;
use crate::ontology::NodeKind;
use crate::paper::{Paper, PartialDate};
use crate::store::StoreError;
use crate::vocabulary::Kind;

/// A paper with what hangs on it, whatever kinds of nodes were asked for besides.
pub(super) struct Reading {
    pub entry: Entry,
    pub paper: Paper,
    pub repositories: Vec<Named>,
    pub datasets: Vec<Named>,
}

/// A node that a paper is tied to.
pub(super) struct Named {
    pub entry: Entry,
    pub ties: Ties,
}

/// Papers of a chosen part from the newest to the oldest, those without a date last; in memory are their ids and dates.
pub(super) fn papers(chosen: &Chosen<'_>) -> Result<Vec<String>, StoreError> {
    let mut papers: Vec<(Option<PartialDate>, String)> = Vec::new();
    for entry in chosen.of_kind(NodeKind::Paper) {
        let entry = entry?;
        papers.push((entry.node.date, entry.node.id));
    }
    papers.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    Ok(papers.into_iter().map(|(_, id)| id).collect())
}

impl Reading {
    pub fn load(chosen: &Chosen<'_>, id: &str) -> Result<Option<Self>, StoreError> {
        let store = chosen.store();
        let Some(entry) = Entry::read(store, &store.base().node(id))? else { return Ok(None) };
        let Some(paper) = id.parse().ok().map(|id| store.paper(&id)).transpose()?.flatten() else { return Ok(None) };
        let mut reading = Self { paper, repositories: Vec::new(), datasets: Vec::new(), entry };
        for edge in &reading.entry.edges {
            let list = match store.base().kind(store.base().node(&edge.to).as_str()) {
                Some(NodeKind::Repository) => &mut reading.repositories,
                Some(NodeKind::Entity(Kind::Dataset)) => &mut reading.datasets,
                _ => continue,
            };
            if let Some(entry) = Entry::read(store, &store.base().node(&edge.to))? {
                list.push(Named { entry, ties: edge.ties });
            }
        }
        // What it does something with before what it names in passing.
        reading.datasets.sort_by_cached_key(|d| (d.ties.strongest(&[]), d.entry.node.label.to_lowercase()));
        Ok(Some(reading))
    }

    /// What to say of the paper's code where it links to none: `claimed` or `promised`.
    pub fn promise(&self) -> Option<&str> {
        self.entry
            .code
            .as_deref()
            .filter(|code| self.repositories.is_empty() && matches!(*code, "claimed" | "promised"))
    }
}

/// What is to be said of a repository besides its address; nothing if it was found as it should be.
pub(super) fn remark(node: &Node) -> Option<&'static str> {
    node.verdict.filter(|verdict| *verdict != Verdict::Alive).map(Verdict::as_str)
}
