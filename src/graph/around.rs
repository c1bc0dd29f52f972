//! The neighbourhood of a node, found by a breadth-first walk.

use std::collections::HashMap;

use petgraph::graph::NodeIndex;
use rayon::prelude::*;

use super::papers::PaperIndex;
use super::{GraphView, MinConfidence, Node, NodeEntry, PaperSet, Tie, Ties, ViewCut};
use crate::index::IndexedNode;
use crate::ontology::NodeKind;
use crate::paper::PartialDate;
use crate::store::{GraphStore, NodeRef, StoreError};

/// Which nodes and ties to include.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Kinds of nodes to include; all but the quiet ones if empty (see [`NodeKind::is_quiet`]).
    pub kinds: Vec<NodeKind>,
    /// Ties to include; all if empty.
    pub ties: Vec<Tie>,
    /// Leaves out papers before this date, and papers without a date.
    pub since: Option<PartialDate>,
    pub until: Option<PartialDate>,
    /// Leaves out all other papers.
    pub papers: Option<PaperSet>,
    /// Leaves out dead repositories and pages, and papers that link to no repository, or only to dead ones.
    pub live_only: bool,
    /// Leaves out links of papers to entities that are less sure.
    pub min_confidence: Option<MinConfidence>,
}

impl Selection {
    /// The papers of a period.
    ///
    /// # Errors
    /// If the period has no day, because it ends before it begins.
    pub fn between(since: Option<PartialDate>, until: Option<PartialDate>) -> Result<Self, String> {
        match (since, until) {
            (Some(since), Some(until)) if first_day(since) > last_day(until) => {
                Err(format!("{since} is after {until}, so no day is in the period"))
            }
            _ => Ok(Self { since, until, ..Self::default() }),
        }
    }

    pub(crate) fn has_dates(&self) -> bool {
        self.since.is_some() || self.until.is_some()
    }

    /// Whether the selection leaves anything out.
    pub(crate) fn is_narrow(&self) -> bool {
        self.limits_papers()
            || self.live_only
            || self.min_confidence.is_some()
            || !self.kinds.is_empty()
            || !self.ties.is_empty()
    }

    pub(crate) fn takes_kind(&self, kind: NodeKind) -> bool {
        if self.kinds.is_empty() { !kind.is_quiet() } else { self.kinds.contains(&kind) }
    }

    pub(crate) fn takes_tie(&self, tie: Tie) -> bool {
        self.ties.is_empty() || self.ties.contains(&tie)
    }

    /// Whether a paper of this date lies in the selected period. A date that is only a year covers that whole year:
    /// `2024` is since `2024-07`, and also until it.
    pub(crate) fn takes_date(&self, date: Option<PartialDate>) -> bool {
        if !self.has_dates() {
            return true;
        }
        let Some(date) = date else { return false };
        self.since.is_none_or(|since| last_day(date) >= first_day(since))
            && self.until.is_none_or(|until| first_day(date) <= last_day(until))
    }

    pub(crate) fn takes_node(&self, node: &Node) -> bool {
        self.takes_kind(node.kind) && self.takes_if_paper(node)
    }
}

fn first_day(date: PartialDate) -> (u16, u8, u8) {
    (date.year(), date.month().unwrap_or(1), date.day().unwrap_or(1))
}

fn last_day(date: PartialDate) -> (u16, u8, u8) {
    (date.year(), date.month().unwrap_or(12), date.day().unwrap_or(31))
}

/// The nodes and ties found around a node.
#[derive(Debug, Clone)]
pub(crate) struct NodesAround {
    /// Nodes by distance, the centre first.
    pub graph: GraphView,
    pub cuts: Vec<ViewCut>,
}

/// Limits of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalkLimits {
    /// Number of ties followed from the centre.
    pub from_center: usize,
    /// Number of ties followed from every other node. A limit is useful because a hub leads to everything, which says
    /// nothing.
    pub from_others: usize,
    /// Total number of nodes.
    pub nodes: usize,
}

impl WalkLimits {
    /// Enough for a list or a picture.
    pub const NEAR: Self = Self { from_center: 2000, from_others: 200, nodes: 10_000 };
    /// No limits.
    pub const ALL: Self = Self { from_center: usize::MAX, from_others: usize::MAX, nodes: usize::MAX };
}

impl NodesAround {
    /// Walks `depth` steps from `center` along the selected ties.
    ///
    /// The kinds of the selection decide which nodes are kept, not which nodes the walk passes through: datasets
    /// two steps from a dataset are reached through papers. Dates and ties limit the walk itself.
    pub(crate) fn load(
        store: &GraphStore,
        center: &NodeRef,
        depth: u8,
        selection: &Selection,
    ) -> Result<Self, StoreError> {
        Self::within(store, center, depth, selection, WalkLimits::NEAR)
    }

    /// As [`NodesAround::load`], with the limits in `reach`.
    pub(crate) fn within(
        store: &GraphStore,
        center: &NodeRef,
        depth: u8,
        selection: &Selection,
        reach: WalkLimits,
    ) -> Result<Self, StoreError> {
        let walk = TieWalk::new(store, selection, center.kind)?;
        let mut graph = GraphView::default();
        let mut cuts = Vec::new();
        let here = graph.add_node(Node::of(store, center.clone())?);
        let Some(doc) = walk.papers.index.find(&center.id)? else { return Ok(Self { graph, cuts }) };
        // The graph index of each node; `None` if the selection leaves the node out.
        let mut places: HashMap<IndexedNode, Option<NodeIndex>> = HashMap::from([(doc, Some(here))]);
        let mut frontier = vec![(doc, here)];
        for distance in 1..=depth {
            let mut next = Vec::new();
            for (from, here) in frontier {
                let Some(node) = graph.node(here).cloned() else { continue };
                let most = if distance == 1 { reach.from_center } else { reach.from_others };
                let (found, of) = walk.ends(from, &node.id, most)?;
                if of > found.len() {
                    cuts.push(ViewCut { name: node.label, taken: found.len(), total: Some(of) });
                }
                let mut new: Vec<IndexedNode> =
                    found.iter().map(|end| end.doc).filter(|doc| !places.contains_key(doc)).collect();
                new.sort_unstable();
                new.dedup();
                if graph.node_count() >= reach.nodes {
                    new.clear();
                }
                for (doc, node) in walk.read(&new)? {
                    match node {
                        None => drop(places.insert(doc, None)),
                        Some(_) if graph.node_count() >= reach.nodes => {}
                        Some(node) => {
                            let there = graph.add_node(Node { distance, ..node });
                            places.insert(doc, Some(there));
                            next.push((doc, there));
                        }
                    }
                }
                let place = |end: ReachedNodes| places.get(&end.doc).copied().flatten().map(|there| (there, end));
                let mut reached: Vec<(NodeIndex, ReachedNodes)> = found.into_iter().filter_map(place).collect();
                reached.sort_unstable_by_key(|(there, end)| (*there, end.incoming));
                for (there, ReachedNodes { ties, incoming, .. }) in reached {
                    let (subject, object) = if incoming { (there, here) } else { (here, there) };
                    ties.iter().for_each(|tie| graph.tie(subject, object, tie));
                }
            }
            frontier = next;
        }
        if graph.node_count() >= reach.nodes {
            cuts.push(ViewCut { name: center.label.clone(), taken: reach.nodes, total: None });
        }
        // Ties among the outermost nodes (such as a task and its dataset) belong to the picture too.
        let leaving: Result<Vec<_>, StoreError> = frontier.par_iter().map(|(doc, _)| walk.leaving(*doc)).collect();
        for ((_, here), ends) in frontier.iter().zip(leaving?) {
            for end in ends {
                if let Some(there) = places.get(&end.doc).copied().flatten() {
                    end.ties.iter().for_each(|tie| graph.tie(*here, there, tie));
                }
            }
        }
        Ok(Self { graph, cuts })
    }
}

/// The node at the other end of a tie, by its number.
#[derive(Debug, Clone, Copy)]
struct ReachedNodes {
    doc: IndexedNode,
    ties: Ties,
    incoming: bool,
}

/// A walk over the search index.
struct TieWalk<'a> {
    store: &'a GraphStore,
    papers: PaperIndex<'a>,
    selection: &'a Selection,
    /// The ties to follow.
    ties: Vec<Tie>,
}

impl<'a> TieWalk<'a> {
    fn new(store: &'a GraphStore, selection: &'a Selection, center: NodeKind) -> Result<Self, StoreError> {
        // What the papers about an entity cite says little about the entity.
        let cites = center == NodeKind::Paper || center == NodeKind::Work || selection.ties.contains(&Tie::Cites);
        let origins = center.is_origin()
            || selection.kinds.iter().any(|kind| kind.is_origin())
            || selection.ties.iter().any(|tie| tie.is_origin());
        let takes = |tie: &Tie| {
            selection.takes_tie(*tie)
                && match tie {
                    Tie::Cites => cites,
                    tie if tie.is_origin() => origins,
                    _ => true,
                }
        };
        let ties: Vec<Tie> = Tie::STORED.into_iter().filter(takes).collect();
        Ok(Self { store, papers: PaperIndex::sure(store, selection.min_confidence)?, selection, ties })
    }

    /// The nodes at the other ends of all ties, one entry per node and direction, and their total number. If there
    /// are too many, the strongest ties come first, then the newest papers.
    fn ends(&self, doc: IndexedNode, id: &str, most: usize) -> Result<(Vec<ReachedNodes>, usize), StoreError> {
        let nodes = self.papers.index.nodes()?;
        let mut found = self.leaving(doc)?;
        let reaching = self.papers.tied(id, &self.ties)?.into_iter().filter(|(subject, _)| *subject != doc);
        found.extend(reaching.map(|(doc, ties)| ReachedNodes { doc, ties, incoming: true }));
        if self.selection.limits_papers() {
            found.retain(|end| {
                nodes.kind(end.doc) != Some(NodeKind::Paper) || self.selection.takes_paper(nodes, end.doc)
            });
        }
        let of = found.len();
        if of > most {
            let rank = |end: &ReachedNodes| (end.ties.strongest(&[]), nodes.rank(end.doc));
            found.select_nth_unstable_by_key(most, rank);
            found.truncate(most);
        }
        Ok((found, of))
    }

    /// The nodes that the outgoing ties of a node lead to.
    fn leaving(&self, doc: IndexedNode) -> Result<Vec<ReachedNodes>, StoreError> {
        let mut found = Vec::new();
        for (id, ties) in self.papers.leaving(doc)? {
            let ties = ties.only(&self.ties);
            if ties.is_empty() {
                continue;
            }
            let other = self.papers.index.find(&id)?.filter(|other| *other != doc);
            found.extend(other.map(|doc| ReachedNodes { doc, ties, incoming: false }));
        }
        Ok(found)
    }

    /// Reads nodes on all cores, in the order of their ids. Nodes outside the selection are `None`.
    fn read(&self, docs: &[IndexedNode]) -> Result<Vec<(IndexedNode, Option<Node>)>, StoreError> {
        let nodes = self.papers.index.nodes()?;
        let read = |doc: &IndexedNode| {
            let id = nodes.id(*doc)?;
            let node = match NodeEntry::shown(self.store, *doc)? {
                Some(entry) if self.selection.admits(self.store, &entry.node)? => Some(entry.node),
                _ => None,
            };
            Ok((id, *doc, node))
        };
        let mut read: Vec<(String, IndexedNode, Option<Node>)> =
            docs.par_iter().map(read).collect::<Result<_, StoreError>>()?;
        read.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        Ok(read.into_iter().map(|(_, doc, node)| (doc, node)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_known_in_part_counts_as_all_it_may_be() {
        let date = |s: &str| Some(s.parse::<PartialDate>().unwrap());
        let since = Selection { since: date("2024-07"), ..Selection::default() };
        assert!(since.takes_date(date("2024")) && since.takes_date(date("2024-07-01")));
        assert!(!since.takes_date(date("2024-06-30")) && !since.takes_date(None));
        let until = Selection { until: date("2024"), ..Selection::default() };
        assert!(until.takes_date(date("2024-12-31")) && !until.takes_date(date("2025")));
        assert!(Selection::default().takes_date(None));

        assert!(Selection::between(date("2024-07"), date("2024")).is_ok());
        let error = Selection::between(date("2024-07"), date("2024-06-30")).unwrap_err();
        assert_eq!(error, "2024-07 is after 2024-06-30, so no day is in the period");
    }
}
