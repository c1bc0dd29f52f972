//! The shortest and next-shortest paths between two nodes.
//!
//! The neighbourhoods of both ends grow in turn until they contain enough paths, so that the cost is that of two
//! neighbourhoods of half the length. They are read from the search index; only what is shown is read from the
//! graph.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hash;

use super::papers::PaperIndex;
use super::{Node, Tie, Ties, ViewCut, weight_of_sharing};
use crate::index::{IndexedNode, NodeRank, NodeTable};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, NodeRef, StoreError};

/// A path from one node to another.
#[derive(Debug, Clone)]
pub struct GraphPath {
    pub start: Node,
    pub steps: Vec<GraphStep>,
}

/// One step of a path.
#[derive(Debug, Clone)]
pub struct GraphStep {
    pub tie: Tie,
    /// Whether the tie points back to the node that the step comes from.
    pub incoming: bool,
    pub node: Node,
}

/// The paths between two nodes, the shortest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct FoundPaths {
    pub paths: Vec<GraphPath>,
    /// Nodes whose neighbours were not all followed. More paths may lead through them.
    pub cuts: Vec<ViewCut>,
}

/// Number of neighbours followed from one node. A path through a node with more says little and costs
/// much.
const FOLLOWED: usize = 1000;
/// Largest number of nodes that are read.
const LOOKED_AT: usize = 40_000;
/// Number of paths that are ranked, and of steps tried to find them.
const CANDIDATES: usize = 500;
const TRIED: usize = 200_000;

/// The shortest paths from `a` to `b` of at most `longest` steps, then the next longer ones, up to `limit`. Among
/// paths of equal length, stronger ties and rarer inner nodes come first. No path visits a node twice.
pub(crate) fn paths(
    store: &GraphStore,
    a: &NodeRef,
    b: &NodeRef,
    longest: u8,
    limit: usize,
) -> Result<FoundPaths, StoreError> {
    let start = Node::of(store, a.clone())?;
    if a.iri == b.iri {
        return Ok(FoundPaths { paths: vec![GraphPath { start, steps: Vec::new() }], cuts: Vec::new() });
    }
    let mut near = ReadNeighborhood::new(store)?;
    near.origins = [a, b].iter().any(|end| end.kind.is_origin());
    let index = near.papers.index;
    let (Some(from), Some(to)) = (index.find(&a.id)?, index.find(&b.id)?) else { return Ok(FoundPaths::default()) };
    let (from, to) = (near.nodes.rank(from), near.nodes.rank(to));
    near.shared(a, b)?;
    let mut frontiers = [vec![from], vec![to]];
    let mut found = Vec::new();
    let mut reach = 0;
    while found.len() < limit && reach < usize::from(longest) && near.ties.len() < LOOKED_AT {
        let sizes = frontiers.each_ref().map(Vec::len);
        let side = usize::from(sizes[0] == 0 || (sizes[1] > 0 && sizes[1] < sizes[0]));
        if sizes[side] == 0 {
            break;
        }
        frontiers[side] = near.widen(&frontiers[side], if side == 0 { b } else { a })?;
        reach += 1;
        found = simple_paths(&near.ties, from, to, reach, limit.max(CANDIDATES));
    }
    let mut ranked = Vec::new();
    for way in found {
        ranked.push((way.len(), near.score(&way)?, way));
    }
    ranked.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)).then_with(|| a.2.cmp(&b.2)));
    let mut paths = Vec::new();
    for (_, _, way) in ranked.into_iter().take(limit) {
        let mut steps = Vec::new();
        for pair in way.windows(2) {
            let [here, there] = pair else { continue };
            let Some((ties, incoming)) = near.ties.get(here).and_then(|ties| ties.get(there)).copied() else {
                continue;
            };
            let node = Node::at(store, there.doc)?;
            if let (Some(node), Some(tie)) = (node, ties.strongest(&[])) {
                steps.push(GraphStep { tie, incoming, node });
            }
        }
        paths.push(GraphPath { start: start.clone(), steps });
    }
    Ok(FoundPaths { paths, cuts: near.cuts })
}

/// The ties of a node: the other node, the ties, and whether they point back.
type NodeTies = BTreeMap<NodeRank, (Ties, bool)>;

/// What was read from the graph. Nodes are in the order of their ranks, so that a search that stops at a limit of
/// nodes or paths stops at the same ones in every index.
struct ReadNeighborhood<'s> {
    store: &'s GraphStore,
    papers: PaperIndex<'s>,
    nodes: &'s NodeTable,
    ties: HashMap<NodeRank, NodeTies>,
    widened: HashSet<NodeRank>,
    ranks: HashMap<String, Option<NodeRank>>,
    /// Whether one end is an author, a venue or an organisation.
    origins: bool,
    cuts: Vec<ViewCut>,
}

impl<'s> ReadNeighborhood<'s> {
    fn new(store: &'s GraphStore) -> Result<Self, StoreError> {
        Ok(Self {
            store,
            papers: PaperIndex::of(store)?,
            nodes: store.index()?.nodes()?,
            ties: HashMap::new(),
            widened: HashSet::new(),
            ranks: HashMap::new(),
            origins: false,
            cuts: Vec::new(),
        })
    }

    /// Finds the best papers that name both ends, however many papers name either.
    fn shared(&mut self, a: &NodeRef, b: &NodeRef) -> Result<(), StoreError> {
        if a.kind == NodeKind::Paper || b.kind == NodeKind::Paper {
            return Ok(());
        }
        let of_b: HashMap<IndexedNode, Ties> = self.papers.tied(&b.id, &Tie::STORED)?.into_iter().collect();
        let both = self.papers.tied(&a.id, &Tie::STORED)?.into_iter();
        let mut both: Vec<(IndexedNode, Ties, Ties)> =
            both.filter_map(|(paper, ties)| of_b.get(&paper).map(|others| (paper, ties, *others))).collect();
        let weight = |ties: Ties| ties.strongest(&[]).map_or(0.0, Tie::weight);
        both.sort_by(|x, y| {
            let weights = |(_, a, b): &(IndexedNode, Ties, Ties)| weight(*a) + weight(*b);
            let order = |(paper, ..): &(IndexedNode, Ties, Ties)| self.nodes.rank(*paper);
            weights(y).total_cmp(&weights(x)).then_with(|| order(x).cmp(&order(y)))
        });
        let ends = [self.rank(&a.id)?, self.rank(&b.id)?];
        for (paper, to_a, to_b) in both.into_iter().take(CANDIDATES) {
            let paper = self.nodes.rank(paper);
            for (end, ties) in ends.iter().flatten().zip([to_a, to_b]) {
                self.tie(paper, *end, ties);
            }
        }
        Ok(())
    }

    fn rank(&mut self, id: &str) -> Result<Option<NodeRank>, StoreError> {
        if let Some(known) = self.ranks.get(id) {
            return Ok(*known);
        }
        let found = self.papers.index.find(id)?.map(|doc| self.nodes.rank(doc));
        self.ranks.insert(id.to_string(), found);
        Ok(found)
    }

    fn tie(&mut self, subject: NodeRank, object: NodeRank, ties: Ties) {
        if subject == object {
            return;
        }
        for (here, there, incoming) in [(subject, object, false), (object, subject, true)] {
            let known = self.ties.entry(here).or_default().entry(there).or_insert((ties, incoming));
            known.0 = known.0.union(ties);
        }
    }

    /// Reads the ties of these nodes and returns the nodes that are new. If a node has too many, those that lead to
    /// `goal` are read first.
    fn widen(&mut self, frontier: &[NodeRank], goal: &NodeRef) -> Result<Vec<NodeRank>, StoreError> {
        let mut next = Vec::new();
        for &node in frontier {
            if !self.widened.insert(node) || self.ties.len() >= LOOKED_AT {
                continue;
            }
            for (id, ties) in self.papers.leaving(node.doc)? {
                // Common authors and venues say little about two things; they are followed only between their kind.
                if ties.strongest(&[]).is_some_and(Tie::is_origin) && !self.origins {
                    continue;
                }
                if let Some(object) = self.rank(&id)? {
                    next.push(object);
                    self.tie(node, object, ties);
                }
            }
            for (subject, ties) in self.subjects(node.doc, goal)? {
                let subject = self.nodes.rank(subject);
                next.push(subject);
                self.tie(subject, node, ties);
            }
        }
        next.sort_unstable();
        next.dedup();
        next.retain(|node| !self.widened.contains(node));
        Ok(next)
    }

    fn subjects(&mut self, node: IndexedNode, goal: &NodeRef) -> Result<Vec<(IndexedNode, Ties)>, StoreError> {
        let id = self.nodes.id(node)?;
        // Only papers refer to papers, and only by citing them.
        let is_paper = self.nodes.kind(node) == Some(NodeKind::Paper);
        let mut subjects = self.papers.tied(&id, if is_paper { &[Tie::Cites] } else { &Tie::STORED })?;
        if subjects.len() > FOLLOWED {
            let all = subjects.len();
            let name = self.store.node(&self.store.base().node(&id))?.map_or(id, |node| node.label);
            self.cuts.push(ViewCut { name, taken: FOLLOWED, total: Some(all) });
            let to_goal = match goal.kind {
                NodeKind::Paper => Vec::new(),
                _ => self.papers.naming(&goal.id)?,
            };
            // Papers with a tie to the goal come first, then the newest.
            let key =
                |(paper, _): &(IndexedNode, Ties)| (to_goal.binary_search(paper).is_err(), self.nodes.rank(*paper));
            subjects.select_nth_unstable_by_key(FOLLOWED, key);
            subjects.truncate(FOLLOWED);
        }
        Ok(subjects)
    }

    /// Scores the ties by weight and the nodes between by rarity.
    fn score(&self, way: &[NodeRank]) -> Result<f64, StoreError> {
        let mut score = 0.0;
        for pair in way.windows(2) {
            let [here, there] = pair else { continue };
            let ties = self.ties.get(here).and_then(|ties| ties.get(there));
            score += ties.and_then(|(ties, _)| ties.strongest(&[])).map_or(0.0, Tie::weight);
        }
        for node in way.iter().skip(1).take(way.len().saturating_sub(2)) {
            if self.nodes.kind(node.doc) != Some(NodeKind::Paper) {
                score += weight_of_sharing(self.papers.degree(&self.nodes.id(node.doc)?)?);
            }
        }
        Ok(score)
    }
}

/// Paths from `from` to `to` of at most `longest` steps that visit no node twice. All paths of one length come
/// before longer ones, until there are `enough`; at most `CANDIDATES` of each length.
fn simple_paths<N: Copy + Ord + Hash, T>(
    ties: &HashMap<N, BTreeMap<N, T>>,
    from: N,
    to: N,
    longest: usize,
    enough: usize,
) -> Vec<Vec<N>> {
    let left = distances(ties, to, longest);
    let mut found = Vec::new();
    let Some(shortest) = left.get(&from).copied() else { return found };
    let mut tried = 0;
    for length in shortest..=longest {
        let before = found.len();
        let mut way = vec![from];
        let most = before + CANDIDATES;
        extend(
            &mut PathSearch { ties, left: &left, to, found: &mut found, max_paths: most, tried: &mut tried },
            &mut way,
            length,
        );
        if found.len() >= enough {
            break;
        }
    }
    found
}

struct PathSearch<'a, N, T> {
    ties: &'a HashMap<N, BTreeMap<N, T>>,
    left: &'a HashMap<N, usize>,
    to: N,
    found: &'a mut Vec<Vec<N>>,
    max_paths: usize,
    tried: &'a mut usize,
}

/// Extends `way` by exactly `steps` steps, only through nodes that are near enough to the goal.
fn extend<N: Copy + Ord + Hash, T>(search: &mut PathSearch<'_, N, T>, way: &mut Vec<N>, steps: usize) {
    let Some(&here) = way.last() else { return };
    if here == search.to {
        if steps == 0 {
            search.found.push(way.clone());
        }
        return;
    }
    for &next in search.ties.get(&here).into_iter().flat_map(BTreeMap::keys) {
        *search.tried += 1;
        if search.found.len() >= search.max_paths || *search.tried > TRIED {
            return;
        }
        if search.left.get(&next).is_some_and(|left| *left < steps) && !way.contains(&next) {
            way.push(next);
            extend(search, way, steps - 1);
            way.pop();
        }
    }
}

/// Steps from each node to `to`, up to a limit.
fn distances<N: Copy + Ord + Hash, T>(ties: &HashMap<N, BTreeMap<N, T>>, to: N, longest: usize) -> HashMap<N, usize> {
    let mut steps = HashMap::from([(to, 0)]);
    let mut frontier = vec![to];
    for distance in 1..=longest {
        let mut next = Vec::new();
        for node in frontier {
            for &other in ties.get(&node).into_iter().flat_map(BTreeMap::keys) {
                if let std::collections::hash_map::Entry::Vacant(place) = steps.entry(other) {
                    place.insert(distance);
                    next.push(other);
                }
            }
        }
        frontier = next;
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn graph(edges: &[(IndexedNode, IndexedNode)]) -> HashMap<IndexedNode, BTreeMap<IndexedNode, ()>> {
        let mut ties: HashMap<IndexedNode, BTreeMap<IndexedNode, ()>> = HashMap::new();
        for &(a, b) in edges.iter().filter(|(a, b)| a != b) {
            ties.entry(a).or_default().insert(b, ());
            ties.entry(b).or_default().insert(a, ());
        }
        ties
    }

    /// Every path without a repeated node, by exhaustive search.
    fn all(
        ties: &HashMap<IndexedNode, BTreeMap<IndexedNode, ()>>,
        way: &[IndexedNode],
        to: IndexedNode,
        longest: usize,
    ) -> Vec<Vec<IndexedNode>> {
        let here = *way.last().unwrap();
        if here == to {
            return vec![way.to_vec()];
        }
        if way.len() > longest {
            return Vec::new();
        }
        let next = ties.get(&here).into_iter().flat_map(BTreeMap::keys).filter(|next| !way.contains(next));
        next.flat_map(|next| all(ties, &[way, &[*next]].concat(), to, longest)).collect()
    }

    #[test]
    fn next_shortest_ways_follow_the_shortest() {
        let ties = graph(&[(0, 1), (1, 9), (0, 2), (2, 3), (3, 9)]);
        assert_eq!(simple_paths(&ties, 0, 9, 6, 10), [vec![0, 1, 9], vec![0, 2, 3, 9]]);
        assert_eq!(simple_paths(&ties, 0, 9, 6, 1).len(), 1);
        assert!(simple_paths(&ties, 0, 9, 1, 10).is_empty());
        assert!(simple_paths(&ties, 0, 77, 6, 10).is_empty());
    }

    proptest! {
        #[test]
        fn the_ways_are_those_of_trying_everything(
            edges in prop::collection::vec((0..7_u32, 0..7_u32), 0..14),
            longest in 1..6_usize,
        ) {
            let ties = graph(&edges);
            let mut expected = all(&ties, &[0], 6, longest);
            expected.sort_by_key(|way| (way.len(), way.clone()));
            let mut found = simple_paths(&ties, 0, 6, longest, usize::MAX);
            prop_assert!(found.is_sorted_by_key(Vec::len));
            found.sort_by_key(|way| (way.len(), way.clone()));
            prop_assert_eq!(found, expected);
        }
    }
}
