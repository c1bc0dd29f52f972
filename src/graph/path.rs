//! The shortest ways between two nodes.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use oxigraph::model::NamedNode;

use super::around::{End, ends};
use super::{COUNTED, Node, Tie, rarity};
use crate::store::{GraphStore, NodeRef, StoreError};

/// A way from one node to another.
#[derive(Debug, Clone)]
pub struct Path {
    pub start: Node,
    pub steps: Vec<Step>,
}

/// One step of a way.
#[derive(Debug, Clone)]
pub struct Step {
    pub tie: Tie,
    /// Whether the tie points back to the node the step comes from.
    pub incoming: bool,
    pub node: Node,
}

/// Neighbours of one node that are followed. A way through a hub of more says little, and costs much.
const FOLLOWED: usize = 1000;
/// Nodes that are looked at from either side.
const LOOKED_AT: usize = 20_000;
/// Ways that are ranked.
const CANDIDATES: usize = 500;

/// One side of the search: what was reached, in how many steps, and from where (all ways of that length).
struct Side {
    steps: HashMap<NamedNode, usize>,
    from: BTreeMap<NamedNode, Vec<(NamedNode, End)>>,
    frontier: Vec<NamedNode>,
}

impl Side {
    fn new(start: &NamedNode) -> Self {
        Self { steps: HashMap::from([(start.clone(), 0)]), from: BTreeMap::new(), frontier: vec![start.clone()] }
    }

    fn widen(&mut self, store: &GraphStore, predicates: &[NamedNode]) -> Result<(), StoreError> {
        let mut next = Vec::new();
        for node in std::mem::take(&mut self.frontier) {
            let here = self.steps.get(&node).copied().unwrap_or_default();
            for (other, end) in ends(store, &node, predicates, FOLLOWED)?.0 {
                match self.steps.get(&other) {
                    Some(&there) if there == here + 1 => {}
                    None if self.steps.len() < LOOKED_AT => {
                        self.steps.insert(other.clone(), here + 1);
                        next.push(other.clone());
                    }
                    _ => continue,
                }
                self.from.entry(other).or_default().push((node.clone(), end));
            }
        }
        self.frontier = next;
        Ok(())
    }

    /// Every way back to the start, as nodes from `node` on, up to a number.
    fn ways(&self, node: &NamedNode, most: usize) -> Vec<Vec<(NamedNode, End)>> {
        let mut done = Vec::new();
        let mut open = VecDeque::from([(node.clone(), Vec::new())]);
        while let Some((at, way)) = open.pop_front() {
            match self.from.get(&at) {
                None => done.push(way),
                Some(from) => {
                    for (before, end) in from.iter().take(most) {
                        if done.len() + open.len() >= most {
                            break;
                        }
                        let mut longer = way.clone();
                        longer.push((before.clone(), *end));
                        open.push_back((before.clone(), longer));
                    }
                }
            }
        }
        done
    }
}

/// The shortest ways from `a` to `b` of at most `longest` steps, up to `limit` of them: of two that are equally long
/// first the one whose ties are the stronger and whose inner nodes are the rarer. Searches from both ends, so that
/// the cost is that of two neighbourhoods of half the length. Empty if there is none.
pub fn paths(store: &GraphStore, a: &NodeRef, b: &NodeRef, longest: u8, limit: usize) -> Result<Vec<Path>, StoreError> {
    let predicates = Tie::predicates(store.ontology());
    let start = Node::of(store, a.clone())?;
    if a.iri == b.iri {
        return Ok(vec![Path { start, steps: Vec::new() }]);
    }
    let (mut left, mut right) = (Side::new(&a.iri), Side::new(&b.iri));
    let mut length = 0;
    let meetings = loop {
        if length >= usize::from(longest) || (left.frontier.is_empty() && right.frontier.is_empty()) {
            return Ok(Vec::new());
        }
        let smaller = if right.frontier.is_empty()
            || (!left.frontier.is_empty() && left.frontier.len() <= right.frontier.len())
        {
            &mut left
        } else {
            &mut right
        };
        smaller.widen(store, &predicates)?;
        length += 1;
        let mut met: Vec<NamedNode> =
            left.steps.keys().filter(|node| right.steps.contains_key(*node)).cloned().collect();
        if !met.is_empty() {
            met.sort_unstable();
            break met;
        }
    };
    let mut ranked = Vec::new();
    let mut seen = HashSet::new();
    'all: for middle in &meetings {
        for before in left.ways(middle, CANDIDATES) {
            for after in right.ways(middle, CANDIDATES) {
                // From the start to the middle: reversed, each step seen from its other end.
                let mut way: Vec<(End, NamedNode)> = Vec::new();
                let mut at = middle.clone();
                for (from, end) in &before {
                    way.push((*end, at));
                    at = from.clone();
                }
                way.reverse();
                for (to, end) in &after {
                    way.push((End { incoming: !end.incoming, ..*end }, to.clone()));
                }
                let nodes: Vec<&NamedNode> = way.iter().map(|(_, node)| node).collect();
                if seen.insert(nodes.iter().map(|node| node.as_str()).collect::<Vec<_>>().join(" ")) {
                    ranked.push((score(store, &way)?, way));
                }
                if ranked.len() >= CANDIDATES {
                    break 'all;
                }
            }
        }
    }
    ranked.sort_by(|a, b| {
        let names =
            |way: &[(End, NamedNode)]| way.iter().map(|(_, node)| node.as_str().to_string()).collect::<Vec<_>>();
        a.1.len().cmp(&b.1.len()).then(b.0.total_cmp(&a.0)).then_with(|| names(&a.1).cmp(&names(&b.1)))
    });
    let mut found = Vec::new();
    for (_, way) in ranked.into_iter().take(limit) {
        let mut steps = Vec::new();
        for (end, iri) in way {
            if let (Some(node), Some(tie)) = (Node::read(store, &iri)?, end.ties.strongest(&[])) {
                steps.push(Step { tie, incoming: end.incoming, node });
            }
        }
        found.push(Path { start: start.clone(), steps });
    }
    Ok(found)
}

/// Ties by their weight, and the nodes between by their rarity.
fn score(store: &GraphStore, way: &[(End, NamedNode)]) -> Result<f64, StoreError> {
    let mut score = 0.0;
    for (i, (end, node)) in way.iter().enumerate() {
        score += end.ties.strongest(&[]).map_or(0.0, Tie::weight);
        if i + 1 < way.len() && store.base().kind(node.as_str()) != Some(crate::ontology::NodeKind::Paper) {
            score += rarity(store.papers_up_to(node, COUNTED)?);
        }
    }
    Ok(score)
}
