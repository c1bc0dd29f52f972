//! The neighbourhood of a node, breadth first.

use std::collections::{HashMap, HashSet};

use oxigraph::model::NamedNode;

use super::{Cut, Graph, Node, Tie, Ties};
use crate::ontology::NodeKind;
use crate::paper::PartialDate;
use crate::store::{GraphStore, NodeRef, StoreError};

/// Which nodes and ties count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Kinds of nodes; all if empty.
    pub kinds: Vec<NodeKind>,
    /// All if empty.
    pub ties: Vec<Tie>,
    /// Papers before this are left out, and papers without a date.
    pub since: Option<PartialDate>,
    pub until: Option<PartialDate>,
    /// Only papers that link to a repository not known to be dead, and no dead repositories or pages.
    pub live_only: bool,
}

impl Selection {
    pub fn has_dates(&self) -> bool {
        self.since.is_some() || self.until.is_some()
    }

    pub fn takes_kind(&self, kind: NodeKind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }

    pub fn takes_tie(&self, tie: Tie) -> bool {
        self.ties.is_empty() || self.ties.contains(&tie)
    }

    /// Whether a paper of this date is within the time asked for. A date that is known to the year counts as that
    /// whole year: `2024` is since `2024-07`, and until it.
    pub fn takes_date(&self, date: Option<PartialDate>) -> bool {
        if !self.has_dates() {
            return true;
        }
        let Some(date) = date else { return false };
        self.since.is_none_or(|since| last_day(date) >= first_day(since))
            && self.until.is_none_or(|until| first_day(date) <= last_day(until))
    }

    pub fn takes_node(&self, node: &Node) -> bool {
        self.takes_kind(node.kind) && (node.kind != NodeKind::Paper || self.takes_date(node.date))
    }
}

fn first_day(date: PartialDate) -> (u16, u8, u8) {
    (date.year(), date.month().unwrap_or(1), date.day().unwrap_or(1))
}

fn last_day(date: PartialDate) -> (u16, u8, u8) {
    (date.year(), date.month().unwrap_or(12), date.day().unwrap_or(31))
}

/// What was found around a node.
#[derive(Debug, Clone)]
pub struct Around {
    /// Nodes in the order of their distance, the middle first.
    pub graph: Graph,
    pub cuts: Vec<Cut>,
}

/// How far a walk may spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Ties of the middle that are followed.
    pub from_middle: usize,
    /// Ties of every other node that are followed: a hub leads everywhere, and so nowhere.
    pub from_others: usize,
    /// Nodes in all.
    pub nodes: usize,
}

impl Reach {
    /// As far as a list or picture has use for it.
    pub const NEAR: Self = Self { from_middle: 2000, from_others: 200, nodes: 10_000 };
    /// Everything, whatever it costs.
    pub const ALL: Self = Self { from_middle: usize::MAX, from_others: usize::MAX, nodes: usize::MAX };
}

/// A neighbour, by its address alone.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct End {
    pub ties: Ties,
    pub incoming: bool,
}

/// Both ends of every tie of a node, each other node once for each direction, up to `most` of them; the second value
/// tells that there were more.
pub(super) fn ends(
    store: &GraphStore,
    node: &NamedNode,
    predicates: &[NamedNode],
    most: usize,
) -> Result<(Vec<(NamedNode, End)>, bool), StoreError> {
    let ontology = store.ontology();
    let mut place: HashMap<(NamedNode, bool), usize> = HashMap::new();
    let mut found: Vec<(NamedNode, End)> = Vec::new();
    for link in store.links(node, predicates) {
        let link = link?;
        let Some(tie) = Tie::of(ontology, &link.predicate) else { continue };
        if link.other == *node {
            continue;
        }
        match place.get(&(link.other.clone(), link.incoming)) {
            Some(&at) => {
                if let Some((_, end)) = found.get_mut(at) {
                    end.ties.insert(tie);
                }
            }
            None if found.len() >= most => return Ok((found, true)),
            None => {
                place.insert((link.other.clone(), link.incoming), found.len());
                found.push((link.other, End { ties: [tie].into_iter().collect(), incoming: link.incoming }));
            }
        }
    }
    Ok((found, false))
}

impl Around {
    /// Walks `depth` steps from `middle` along ties that the selection takes.
    ///
    /// The kinds of a selection tell which nodes are kept, not which are walked through: datasets two steps from a
    /// dataset are reached through papers. Dates and ties bound the walk itself.
    pub fn load(store: &GraphStore, middle: &NodeRef, depth: u8, selection: &Selection) -> Result<Self, StoreError> {
        Self::within(store, middle, depth, selection, Reach::NEAR)
    }

    /// As [`Around::load`], with bounds of one's own.
    pub fn within(
        store: &GraphStore,
        middle: &NodeRef,
        depth: u8,
        selection: &Selection,
        reach: Reach,
    ) -> Result<Self, StoreError> {
        let ontology = store.ontology();
        let predicates: Vec<NamedNode> = Tie::predicates(ontology)
            .into_iter()
            .filter(|predicate| Tie::of(ontology, predicate).is_some_and(|tie| selection.takes_tie(tie)))
            .collect();
        let mut graph = Graph::default();
        let mut cuts = Vec::new();
        graph.add_node(Node::of(store, middle.clone())?);
        let mut refused: HashSet<NamedNode> = HashSet::new();
        let mut frontier = vec![middle.iri.clone()];
        for distance in 1..=depth {
            let mut next = Vec::new();
            for from in frontier {
                let most = if distance == 1 { reach.from_middle } else { reach.from_others };
                let (found, more) = ends(store, &from, &predicates, most)?;
                let Some(here) = store.base().id(from.as_str()).and_then(|id| graph.find(id)) else { continue };
                if more && let Some(node) = graph.node(here) {
                    cuts.push(Cut { name: node.label.clone(), taken: most, of: None });
                }
                for (other, end) in found {
                    let known = store.base().id(other.as_str()).and_then(|id| graph.find(id));
                    let there = match known {
                        Some(there) => there,
                        None if graph.node_count() >= reach.nodes || refused.contains(&other) => continue,
                        None => {
                            let node = match Node::read(store, &other)? {
                                Some(node) if selection.admits(store, &node)? => node,
                                _ => {
                                    refused.insert(other);
                                    continue;
                                }
                            };
                            next.push(other);
                            graph.add_node(Node { distance, ..node })
                        }
                    };
                    let (subject, object) = if end.incoming { (there, here) } else { (here, there) };
                    end.ties.iter().for_each(|tie| graph.tie(subject, object, tie));
                }
            }
            frontier = next;
        }
        if graph.node_count() >= reach.nodes {
            cuts.push(Cut { name: middle.label.clone(), taken: reach.nodes, of: None });
        }
        // What is tied among the outermost nodes themselves (a task and its dataset) is part of the picture.
        for iri in &frontier {
            let Some(here) = store.base().id(iri.as_str()).and_then(|id| graph.find(id)) else { continue };
            for link in store.links(iri, &predicates).take_while(|link| link.as_ref().is_ok_and(|l| !l.incoming)) {
                let link = link?;
                let there = store.base().id(link.other.as_str()).and_then(|id| graph.find(id));
                if let (Some(there), Some(tie)) = (there, Tie::of(ontology, &link.predicate)) {
                    graph.tie(here, there, tie);
                }
            }
        }
        Ok(Self { graph, cuts })
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
    }
}
