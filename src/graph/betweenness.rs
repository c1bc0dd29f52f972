//! The share of shortest paths between other nodes that pass through a node (Freeman's betweenness).
//!
//! Brandes' algorithm runs a breadth-first search from each node and adds up the shares on the way back. The cost
//! is nodes times edges, too much for a large graph. There, searches start only from a random sample of nodes, and
//! the result is an estimate. Its error is estimated from the same sample (Brandes and Pich, 2007).

use rayon::prelude::*;

use super::network::{NodeAdjacency, NodeNumber};

/// The betweenness of every node.
#[derive(Debug, Clone, Default)]
pub(super) struct NodeBetweenness {
    /// Share of all pairs of other nodes, 0 to 1, as with `normalized=True` in networkx.
    pub value: Vec<f64>,
    /// Half the width of the 95 % confidence interval of each value; 0 if the value is exact.
    pub error: Vec<f64>,
    /// Number of nodes searched from.
    pub sources: usize,
    pub exact: bool,
}

/// Largest number of steps (start nodes, times nodes plus edges) for an exact result: about ten seconds.
const EXACT: usize = 4_000_000_000;
/// Number of start nodes if an exact result would take too many steps.
pub(super) const SOURCES: usize = 256;
/// Number of partial sums. They are added in a fixed order, so that the result does not depend on the number of
/// cores.
const PARTS: usize = 8;

/// Betweenness on the graph without directions and weights. `sources` asks for an estimate from that many start
/// nodes.
pub(super) fn betweenness(graph: &NodeAdjacency, sources: Option<usize>, seed: u64) -> NodeBetweenness {
    let nodes = graph.nodes();
    let mut order: Vec<NodeNumber> = (0..nodes as NodeNumber).collect();
    let whole = nodes.saturating_mul(nodes + graph.entries()) <= EXACT;
    let sources = sources.unwrap_or(if whole { nodes } else { SOURCES }).clamp(1.min(nodes), nodes);
    let exact = sources == nodes;
    if !exact {
        fastrand::Rng::with_seed(seed).shuffle(&mut order);
        order.truncate(sources);
    }
    let parts: Vec<DependencySums> = order
        .par_chunks(order.len().div_ceil(PARTS).max(1))
        .map(|sources| {
            let mut search = BreadthFirstSearch::new(nodes);
            sources.iter().for_each(|source| search.from(graph, *source));
            search.sums
        })
        .collect();
    let mut sums = DependencySums::new(nodes);
    for part in &parts {
        sums.add(part);
    }
    let pairs = (nodes as f64 - 1.0) * (nodes as f64 - 2.0);
    let scale = if pairs > 0.0 { nodes as f64 / (sources as f64 * pairs) } else { 0.0 };
    let value = sums.sum.iter().map(|sum| sum * scale).collect();
    let error = match exact {
        true => vec![0.0; nodes],
        false => sums.errors(sources as f64, nodes as f64, pairs),
    };
    NodeBetweenness { value, error, sources, exact }
}

/// Sums, over all start nodes, of the dependencies on each node and of their squares.
struct DependencySums {
    sum: Vec<f64>,
    squares: Vec<f64>,
}

impl DependencySums {
    fn new(nodes: usize) -> Self {
        Self { sum: vec![0.0; nodes], squares: vec![0.0; nodes] }
    }

    fn add(&mut self, other: &Self) {
        self.sum.iter_mut().zip(&other.sum).for_each(|(a, b)| *a += b);
        self.squares.iter_mut().zip(&other.squares).for_each(|(a, b)| *a += b);
    }

    /// The standard error of a mean of `k` values drawn without replacement from `n`, times 1.96.
    fn errors(&self, k: f64, n: f64, pairs: f64) -> Vec<f64> {
        let spread = |(sum, squares): (&f64, &f64)| {
            let variance = (squares - sum * sum / k).max(0.0) / (k - 1.0).max(1.0);
            1.96 * (variance / k * (1.0 - k / n)).sqrt() * n / pairs
        };
        self.sum.iter().zip(&self.squares).map(spread).collect()
    }
}

/// Runs one breadth-first search after another in the same arrays.
struct BreadthFirstSearch {
    sums: DependencySums,
    /// Steps from the source; `FAR` if not reached.
    steps: Vec<u32>,
    /// Number of shortest paths from the source.
    path_counts: Vec<f64>,
    share: Vec<f64>,
    reached: Vec<NodeNumber>,
}

const FAR: u32 = u32::MAX;

impl BreadthFirstSearch {
    fn new(nodes: usize) -> Self {
        Self {
            sums: DependencySums::new(nodes),
            steps: vec![FAR; nodes],
            path_counts: vec![0.0; nodes],
            share: vec![0.0; nodes],
            reached: Vec::with_capacity(nodes),
        }
    }

    fn from(&mut self, graph: &NodeAdjacency, source: NodeNumber) {
        self.steps[source as usize] = 0;
        self.path_counts[source as usize] = 1.0;
        self.reached.push(source);
        let mut at = 0;
        while let Some(&node) = self.reached.get(at) {
            at += 1;
            let (here, ways) = (self.steps[node as usize], self.path_counts[node as usize]);
            for &next in graph.of(node) {
                if self.steps[next as usize] == FAR {
                    self.steps[next as usize] = here + 1;
                    self.reached.push(next);
                }
                if self.steps[next as usize] == here + 1 {
                    self.path_counts[next as usize] += ways;
                }
            }
        }
        for &node in self.reached.iter().rev() {
            let (here, share) =
                (self.steps[node as usize], (1.0 + self.share[node as usize]) / self.path_counts[node as usize]);
            for &before in graph.of(node) {
                if self.steps[before as usize].wrapping_add(1) == here {
                    self.share[before as usize] += self.path_counts[before as usize] * share;
                }
            }
            if node != source {
                let share = self.share[node as usize];
                self.sums.sum[node as usize] += share;
                self.sums.squares[node as usize] += share * share;
            }
        }
        for node in self.reached.drain(..) {
            self.steps[node as usize] = FAR;
            self.path_counts[node as usize] = 0.0;
            self.share[node as usize] = 0.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::network::tests::networks;
    use super::super::network::{Network, NetworkEdge};
    use super::*;
    use proptest::prelude::*;

    fn path(nodes: u32) -> NodeAdjacency {
        let arcs = (1..nodes).map(|to| NetworkEdge { from: to - 1, to, weight: 1.0 }).collect();
        Network::of(nodes as usize, arcs).undirected()
    }

    /// Counts shortest paths pair by pair, as a slow reference.
    #[allow(clippy::needless_range_loop)]
    fn by_definition(graph: &NodeAdjacency) -> Vec<f64> {
        let n = graph.nodes();
        let mut steps = vec![vec![usize::MAX; n]; n];
        let mut ways = vec![vec![0.0; n]; n];
        for s in 0..n {
            steps[s][s] = 0;
            ways[s][s] = 1.0;
            let mut queue = vec![s];
            let mut at = 0;
            while at < queue.len() {
                let node = queue[at];
                at += 1;
                for &next in graph.of(node as u32) {
                    let next = next as usize;
                    if steps[s][next] == usize::MAX {
                        steps[s][next] = steps[s][node] + 1;
                        queue.push(next);
                    }
                    if steps[s][next] == steps[s][node] + 1 {
                        ways[s][next] += ways[s][node];
                    }
                }
            }
        }
        let mut value = vec![0.0; n];
        for (v, value) in value.iter_mut().enumerate() {
            for s in (0..n).filter(|s| *s != v) {
                for t in (0..n).filter(|t| *t != v && *t != s) {
                    let through = steps[s][v].saturating_add(steps[v][t]);
                    if steps[s][t] != usize::MAX && through == steps[s][t] {
                        *value += ways[s][v] * ways[v][t] / ways[s][t];
                    }
                }
            }
            *value /= ((n - 1) * (n - 2)).max(1) as f64;
        }
        value
    }

    #[test]
    fn the_centre_of_a_path_is_between_most() {
        let found = betweenness(&path(5), None, 1);
        assert!(found.exact);
        // There are 6 pairs of other nodes. The centre separates 4 of them, each of its neighbours 3.
        assert_eq!(found.value, [0.0, 0.5, 4.0 / 6.0, 0.5, 0.0]);
    }

    #[test]
    fn an_estimate_lies_near_the_truth_and_says_how_near() {
        let graph = path(400);
        let (exact, guess) = (betweenness(&graph, None, 1), betweenness(&graph, Some(100), 7));
        assert!(!guess.exact && guess.sources == 100);
        let outside = (0..400).filter(|&i| (exact.value[i] - guess.value[i]).abs() > guess.error[i] + 1e-12).count();
        assert!(outside < 60, "{outside} of 400 values lie outside their interval");
        assert_eq!(guess.value, betweenness(&graph, Some(100), 7).value);
    }

    proptest! {
        #[test]
        fn values_are_those_of_the_definition(network in networks()) {
            let graph = network.undirected();
            let found = betweenness(&graph, None, 1).value;
            for (value, expected) in found.iter().zip(by_definition(&graph)) {
                prop_assert!((value - expected).abs() < 1e-9);
            }
        }
    }
}
