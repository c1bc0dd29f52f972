//! What formats for readers say of a paper: the paper itself, its code, and what it names.

use super::ExportError;
use super::each::each;
use crate::graph::{Chosen, Entry, Node, Ties};
use crate::liveness::Verdict;
use crate::ontology::NodeKind;
use crate::paper::Paper;
use crate::store::StoreError;
use crate::vocabulary::Kind;

/// A paper with what hangs on it, whatever kinds of nodes were asked for besides.
pub(super) struct Reading {
    pub entry: Entry,
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
    let mut papers = chosen.dated(NodeKind::Paper).collect::<Result<Vec<_>, _>>()?;
    papers.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(papers.into_iter().map(|(id, _)| id).collect())
}

/// Reads papers on all cores, makes something of each, and hands it over in order.
pub(super) fn each_reading<R: Send>(
    chosen: &Chosen<'_>,
    ids: &[String],
    render: impl Fn(Reading) -> Result<R, ExportError> + Sync,
    mut take: impl FnMut(R) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    let read = |ids: &[&String]| {
        let readings = ids.iter().filter_map(|id| Reading::load(chosen, id).transpose());
        readings.map(|reading| render(reading?)).collect::<Result<Vec<R>, _>>()
    };
    each(ids.iter().map(Ok), read, |rendered| rendered.into_iter().try_for_each(&mut take))
}

impl Reading {
    pub fn load(chosen: &Chosen<'_>, id: &str) -> Result<Option<Self>, StoreError> {
        let store = chosen.store();
        let Some(entry) = Entry::read(store, id)? else { return Ok(None) };
        let mut reading = Self { repositories: Vec::new(), datasets: Vec::new(), entry };
        for edge in &reading.entry.edges {
            let list = match store.base().kind(store.base().node(&edge.to).as_str()) {
                Some(NodeKind::Repository) => &mut reading.repositories,
                Some(NodeKind::Entity(Kind::Dataset)) => &mut reading.datasets,
                _ => continue,
            };
            if let Some(entry) = Entry::without_edges(store, &edge.to)? {
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

/// What the graph says of a paper itself: authors, venue, abstract and so on.
pub(super) fn facts(chosen: &Chosen<'_>, id: &str) -> Result<Option<Paper>, StoreError> {
    Ok(id.parse().ok().map(|id| chosen.store().paper_facts(&id)).transpose()?.flatten())
}

/// What is to be said of a repository besides its address; nothing if it was found as it should be.
pub(super) fn remark(node: &Node) -> Option<&'static str> {
    node.verdict.filter(|verdict| *verdict != Verdict::Alive).map(Verdict::as_str)
}
