//! The content of reading formats for one paper: the paper itself, its code, and what it names.

use super::ExportError;
use super::each::each;
use crate::graph::{ChosenPart, Node, NodeEntry, Ties};
use crate::liveness::Verdict;
use crate::ontology::NodeKind;
use crate::paper::Paper;
use crate::store::StoreError;
use crate::vocabulary::Kind;

/// A paper with everything that is tied to it, even nodes of kinds that were not selected.
pub(super) struct PaperReading {
    pub entry: NodeEntry,
    pub repositories: Vec<TiedNode>,
    pub datasets: Vec<TiedNode>,
}

/// A node that a paper is tied to.
pub(super) struct TiedNode {
    pub entry: NodeEntry,
    pub ties: Ties,
}

/// The state of code that was never checked.
pub(super) const NOT_CHECKED: &str = "not checked";

/// Papers of a chosen part from the newest to the oldest, those without a date last.
/// Their ids and dates are kept in memory.
pub(super) fn papers_by_date(chosen: &ChosenPart<'_>) -> Result<Vec<String>, StoreError> {
    let mut papers = chosen.dated(NodeKind::Paper).collect::<Result<Vec<_>, _>>()?;
    papers.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(papers.into_iter().map(|(id, _)| id).collect())
}

/// Reads papers on all cores, converts each, and passes the results on in order.
pub(super) fn each_reading<R: Send>(
    chosen: &ChosenPart<'_>,
    ids: &[String],
    render: impl Fn(PaperReading) -> Result<R, ExportError> + Sync,
    mut take: impl FnMut(R) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    let read = |ids: &[&String]| {
        let readings = ids.iter().filter_map(|id| PaperReading::load(chosen, id).transpose());
        readings.map(|reading| render(reading?)).collect::<Result<Vec<R>, _>>()
    };
    each(ids.iter().map(Ok), read, |rendered| rendered.into_iter().try_for_each(&mut take))
}

impl PaperReading {
    pub(super) fn load(chosen: &ChosenPart<'_>, id: &str) -> Result<Option<Self>, StoreError> {
        let store = chosen.store();
        let Some(entry) = chosen.read(id)? else { return Ok(None) };
        let mut reading = Self { repositories: Vec::new(), datasets: Vec::new(), entry };
        for edge in &reading.entry.edges {
            let list = match store.base().kind(store.base().node(&edge.to).as_str()) {
                Some(NodeKind::Repository) => &mut reading.repositories,
                Some(NodeKind::Entity(Kind::Dataset)) => &mut reading.datasets,
                _ => continue,
            };
            if let Some(entry) = NodeEntry::without_edges(store, &edge.to)? {
                list.push(TiedNode { entry, ties: edge.ties });
            }
        }
        // Entities that the paper works with come before those that it only mentions.
        reading.datasets.sort_by_cached_key(|d| (d.ties.strongest(&[]), d.entry.node.label.to_lowercase()));
        Ok(Some(reading))
    }

    /// The addresses of the paper's code, each with the outcome of the latest check.
    pub(super) fn code(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.repositories.iter().filter_map(|repository| {
            let node = &repository.entry.node;
            let state = if node.dead { "dead" } else { node.verdict.map_or(NOT_CHECKED, Verdict::as_str) };
            Some((node.url.as_deref()?, state))
        })
    }

    /// The statement on code of a paper without a link to code: `claimed` or `promised`.
    pub(super) fn promise(&self) -> Option<&str> {
        self.entry
            .code
            .as_deref()
            .filter(|code| self.repositories.is_empty() && matches!(*code, "claimed" | "promised"))
    }
}

/// The paper's own data in the graph: authors, venue, abstract and so on.
pub(super) fn paper_facts(chosen: &ChosenPart<'_>, id: &str) -> Result<Option<Paper>, StoreError> {
    Ok(id.parse().ok().map(|id| chosen.store().paper_facts(&id)).transpose()?.flatten())
}

/// A remark on the state of a repository; `None` if it was found as expected.
pub(super) fn code_remark(node: &Node) -> Option<&'static str> {
    node.verdict.filter(|verdict| *verdict != Verdict::Alive).map(Verdict::as_str)
}
