//! Selects what is shown or exported of a graph, in the same way for pictures and for every format.
//!
//! A part that is small by nature (around some nodes, or from a query) is selected in memory, as a [`SelectedPart`]. A
//! part of the whole graph is selected on disk, as a [`super::ChosenPart`]. The rules are the same, and a test checks
//! that.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;

use petgraph::graph::NodeIndex;

use super::{GraphView, Selection, Tie};
use crate::ontology::NodeKind;

/// What an export selects from a graph.
#[derive(Debug, Clone, Default)]
pub struct PartChoice {
    pub selection: Selection,
    /// Leaves out nodes with fewer ties.
    pub min_degree: usize,
    /// Number of most important nodes to keep; all if `None`.
    pub max_nodes: Option<usize>,
}

/// The selected part of a graph.
#[derive(Debug, Clone)]
pub struct SelectedPart {
    pub graph: GraphView,
    /// Number of selected nodes that are missing because there were too many.
    pub left_out: usize,
}

/// The order of importance: first by distance to the centre, if there is one, then by number of ties, then by id.
type NodeImportance = (bool, u8, Reverse<usize>, String);

impl PartChoice {
    /// Selects the part. Nodes in `centers` are always kept.
    ///
    /// If papers are not among the kinds, two nodes that papers name together are tied by [`Tie::Related`], with
    /// the number of these papers as weight. Otherwise a graph of datasets would be a set of isolated nodes.
    ///
    /// If a minimum degree is set, nodes that end up without a tie are dropped, except the centre.
    pub fn of(&self, graph: &GraphView, centers: &[NodeIndex]) -> SelectedPart {
        let ties = &self.selection.ties;
        let mut keep: Vec<NodeIndex> = graph
            .nodes()
            .filter(|(index, node)| centers.contains(index) || self.selection.takes_node(node))
            .map(|(index, _)| index)
            .collect();
        if centers.is_empty() && self.selection.limits_papers() {
            // A node that no paper of the period names is left out, whatever other ties it has.
            keep.retain(|&index| self.is_of_time(graph, index));
        }
        let whole = graph.part(&keep, ties);
        let papers = self.shows_papers()
            || centers.iter().any(|center| graph.node(*center).is_some_and(|node| node.kind == NodeKind::Paper));
        // If papers are not shown, their ties still decide how important a node is.
        let degrees: HashMap<NodeIndex, usize> = keep
            .iter()
            .map(|&index| {
                let inside = graph.node(index).and_then(|node| whole.find(&node.id)).map_or(0, |i| whole.degree(i));
                (index, if papers { inside } else { graph.degree(index) })
            })
            .collect();
        let degree = |index: &NodeIndex| degrees.get(index).copied().unwrap_or_default();
        keep.retain(|index| centers.contains(index) || degree(index) >= self.min_degree);
        keep.sort_by_cached_key(|index| -> NodeImportance {
            let (distance, id) = graph.node(*index).map_or((u8::MAX, ""), |node| (node.distance, &node.id));
            (!centers.contains(index), distance, Reverse(degree(index)), id.to_string())
        });
        let asked_for = keep.len();
        let part = |keep: &[NodeIndex]| {
            let mut part = graph.part(keep, ties);
            if !papers && self.selection.takes_tie(Tie::Related) {
                let named = self.named_by_papers(graph, &part);
                tie_named_together(&mut part, named);
            }
            part
        };
        let centers: Vec<&str> =
            centers.iter().filter_map(|center| graph.node(*center)).map(|node| node.id.as_str()).collect();
        let part = self.most_important(keep.len(), &centers, |first| {
            Ok::<_, Infallible>(part(keep.get(..first).unwrap_or(&keep)))
        });
        let Ok(part) = part;
        SelectedPart { left_out: asked_for - part.node_count(), graph: part }
    }

    /// For each paper of the selected period, the nodes of `part` that it names.
    fn named_by_papers(&self, graph: &GraphView, part: &GraphView) -> Vec<Vec<NodeIndex>> {
        let papers = graph.nodes().filter(|(_, node)| node.kind == NodeKind::Paper);
        let papers = papers.filter(|(_, node)| self.selection.takes_if_paper(node));
        let named = papers.map(|(index, _)| {
            let others = graph.petgraph().neighbors_undirected(index).filter_map(|other| graph.node(other));
            others.filter_map(|other| part.find(&other.id)).collect()
        });
        named.collect()
    }

    /// The most important of the ranked nodes. `part` gives the graph of the first nodes, in their order.
    ///
    /// If a minimum degree is set, a node without a tie to a kept node is useless, except the centre. In that case,
    /// lower ranks are added until the requested number of nodes is tied.
    pub(super) fn most_important<E>(
        &self,
        ranked: usize,
        centers: &[&str],
        part: impl Fn(usize) -> Result<GraphView, E>,
    ) -> Result<GraphView, E> {
        let most = self.max_nodes.unwrap_or(usize::MAX).min(ranked);
        if self.min_degree == 0 {
            return part(most);
        }
        let mut first = most.saturating_mul(4).min(ranked);
        loop {
            let looked_at = part(first)?;
            let (tied, enough) = tied(&looked_at, centers, most);
            if enough || first >= ranked {
                return Ok(looked_at.part(&tied, &[]));
            }
            first = first.saturating_mul(4).min(ranked);
        }
    }

    pub(super) fn shows_papers(&self) -> bool {
        self.selection.takes_kind(NodeKind::Paper)
    }

    fn is_of_time(&self, graph: &GraphView, index: NodeIndex) -> bool {
        let paper = |index: NodeIndex| graph.node(index).filter(|node| node.kind == NodeKind::Paper);
        paper(index).is_some()
            || graph
                .petgraph()
                .neighbors_undirected(index)
                .filter_map(paper)
                .any(|paper| self.selection.takes_if_paper(paper))
    }
}

/// Up to `most` nodes of a graph whose nodes are in rank order. Takes the fewest ranks from the top that contain
/// that many nodes that are tied to each other or in `centers`. Also returns whether there were enough. (The result
/// has one node less if the last one would be alone.)
fn tied(graph: &GraphView, centers: &[&str], most: usize) -> (Vec<NodeIndex>, bool) {
    let is_center = |index: NodeIndex| graph.node(index).is_some_and(|node| centers.contains(&node.id.as_str()));
    // The rank from which a node is tied to a kept one.
    let mut from: Vec<(usize, usize)> = graph
        .nodes()
        .filter_map(|(index, _)| {
            let neighbors = graph.petgraph().neighbors_undirected(index).map(|other| other.index().max(index.index()));
            let own = is_center(index).then_some(index.index());
            Some((neighbors.chain(own).min()?, index.index()))
        })
        .collect();
    let enough = from.len() >= most;
    // The node that ties others at its rank comes before them, so that none of them loses its tie.
    from.sort_unstable_by_key(|&(rank, node)| (rank, node != rank, node));
    let rest = from.split_off(most.min(from.len()));
    let mut kept: BTreeSet<NodeIndex> = from.into_iter().map(|(_, node)| NodeIndex::new(node)).collect();
    let among = |index: NodeIndex, kept: &BTreeSet<NodeIndex>| {
        is_center(index) || graph.petgraph().neighbors_undirected(index).any(|other| kept.contains(&other))
    };
    let alone: Vec<NodeIndex> = kept.iter().copied().filter(|index| !among(*index, &kept)).collect();
    for index in alone {
        kept.remove(&index);
    }
    for index in rest.into_iter().map(|(_, node)| NodeIndex::new(node)) {
        if kept.len() >= most {
            break;
        }
        if among(index, &kept) {
            kept.insert(index);
        }
    }
    (kept.into_iter().collect(), enough)
}

/// Ties nodes that papers name together. `named` lists, for each paper, the nodes of `part` that it names.
pub(super) fn tie_named_together(part: &mut GraphView, named: impl IntoIterator<Item = Vec<NodeIndex>>) {
    let mut shared: HashMap<(NodeIndex, NodeIndex), u32> = HashMap::new();
    for mut named in named {
        named.sort_unstable();
        named.dedup();
        for (i, &a) in named.iter().enumerate() {
            for &b in named.iter().skip(i + 1) {
                *shared.entry((a, b)).or_default() += 1;
            }
        }
    }
    let mut shared: Vec<_> = shared.into_iter().collect();
    shared.sort_unstable();
    for ((a, b), papers) in shared {
        let tied = part.petgraph().find_edge(a, b).or_else(|| part.petgraph().find_edge(b, a));
        if tied.is_none() {
            part.relate(a, b, papers);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Node;
    use crate::vocabulary::Kind;

    fn graph() -> GraphView {
        let mut graph = GraphView::default();
        let mut node = |id: &str, kind| {
            let date = (kind == NodeKind::Paper).then(|| "2024".parse().unwrap());
            graph.add_node(Node { date, ..Node::new(kind, id, id) })
        };
        let (p, q) = (node("paper/p", NodeKind::Paper), node("paper/q", NodeKind::Paper));
        let (a, b) =
            (node("dataset/a", NodeKind::Entity(Kind::Dataset)), node("dataset/b", NodeKind::Entity(Kind::Dataset)));
        let c = node("model/c", NodeKind::Entity(Kind::Model));
        node("task/alone", NodeKind::Entity(Kind::Task));
        for (from, to, tie) in [
            (p, a, Tie::EvaluatesOn),
            (q, a, Tie::Mentions),
            (p, b, Tie::Mentions),
            (q, b, Tie::Mentions),
            (q, c, Tie::BuildsOn),
        ] {
            graph.tie(from, to, tie);
        }
        graph
    }

    fn ids(part: &SelectedPart) -> Vec<&str> {
        let mut ids: Vec<&str> = part.graph.nodes().map(|(_, node)| node.id.as_str()).collect();
        ids.sort_unstable();
        ids
    }

    #[test]
    fn everything_is_taken_unless_asked_otherwise() {
        let part = PartChoice::default().of(&graph(), &[]);
        assert_eq!((part.graph.node_count(), part.graph.link_count(), part.left_out), (6, 5, 0));
    }

    #[test]
    fn without_papers_what_they_name_together_is_tied() {
        let selection = Selection { kinds: vec![NodeKind::Entity(Kind::Dataset)], ..Selection::default() };
        let part = PartChoice { selection, ..PartChoice::default() }.of(&graph(), &[]);
        assert_eq!(ids(&part), ["dataset/a", "dataset/b"]);
        let (_, _, link) = part.graph.links().next().unwrap();
        assert!(link.ties.contains(Tie::Related));
        assert_eq!(link.weight, 2.0);
    }

    #[test]
    fn too_many_nodes_are_cut_and_counted() {
        let part = PartChoice { max_nodes: Some(3), min_degree: 1, ..PartChoice::default() }.of(&graph(), &[]);
        assert_eq!((part.graph.node_count(), part.left_out), (3, 2));
        assert!(ids(&part).contains(&"paper/q"), "the node of most ties stays");
    }

    #[test]
    fn as_many_are_kept_as_were_asked_for_if_so_many_are_tied() {
        let mut graph = graph();
        // Six datasets are named more often than any paper names something, but are tied to none of the others.
        for i in 0..6 {
            let dataset = graph.add_node(Node::new(NodeKind::Entity(Kind::Dataset), format!("dataset/x{i}"), "x"));
            for j in 0..5 {
                let paper = graph.add_node(Node::new(NodeKind::Paper, format!("paper/x{i}{j}"), "x"));
                graph.tie(paper, dataset, Tie::Mentions);
            }
        }
        for most in 2..=40 {
            let part = PartChoice { max_nodes: Some(most), min_degree: 1, ..PartChoice::default() }.of(&graph, &[]);
            assert!((most - 1..=most).contains(&part.graph.node_count()), "{most}");
            assert!(part.graph.nodes().all(|(index, _)| part.graph.degree(index) > 0), "{most}");
        }
    }

    #[test]
    fn ties_and_degrees_select() {
        let selection = Selection { ties: vec![Tie::BuildsOn], ..Selection::default() };
        let part = PartChoice { selection, min_degree: 1, ..PartChoice::default() }.of(&graph(), &[]);
        assert_eq!(ids(&part), ["model/c", "paper/q"]);
        let part = PartChoice { min_degree: 2, ..PartChoice::default() }.of(&graph(), &[]);
        assert_eq!(ids(&part), ["dataset/a", "dataset/b", "paper/p", "paper/q"]);
    }

    #[test]
    fn the_centre_stays_whatever_is_asked_for() {
        let graph = graph();
        let centers = [graph.find("model/c").unwrap(), graph.find("task/alone").unwrap()];
        let selection = Selection { kinds: vec![NodeKind::Paper], ..Selection::default() };
        let part = PartChoice { selection, min_degree: 1, max_nodes: Some(3) }.of(&graph, &centers);
        assert_eq!(ids(&part), ["model/c", "paper/q", "task/alone"]);
    }
}
