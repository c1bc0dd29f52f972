//! Communities: groups of nodes with more ties among themselves than chance would give.
//!
//! The Leiden algorithm (Traag, Waltman and van Eck, 2019) on the graph without directions. Each node moves to the
//! neighbouring community that raises the modularity most, until no move raises it. The communities are refined
//! into well-connected parts, and each part becomes one node of a smaller graph. This repeats until nothing moves.
//! Then the whole pass runs again from its result, as long as that gains. The refinement takes the best part where
//! the paper draws one at random. A seed decides the order in which nodes are visited, so that the same graph and
//! seed give the same communities.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::network::NodeAdjacency;

/// Largest number of passes over the whole graph, and the gain that every pass after the first needs to go on.
const PASSES: usize = 4;
const GAIN: f64 = 1e-5;
/// Differences of modularity below this are rounding errors.
const ROUNDING: f64 = 1e-12;

/// The community of every node, numbered from 0 for the largest, and the quality of the division.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Communities {
    /// By the number of the node. A file with communities does not have it.
    #[serde(skip)]
    pub community_of: Vec<u32>,
    pub count: usize,
    pub modularity: f64,
}

/// Divides the graph. A greater `resolution` gives more and smaller communities; 1 is the usual modularity.
pub(super) fn communities(graph: &NodeAdjacency, resolution: f64, seed: u64) -> Communities {
    let whole = WeightedGraph::of(graph);
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut best: Vec<u32> = (0..whole.len() as u32).collect();
    let mut modularity = whole.modularity(&best, resolution);
    for pass in 0..PASSES {
        let found = pass_over(&whole, best.clone(), resolution, &mut rng);
        let now = whole.modularity(&found, resolution);
        if now <= modularity + ROUNDING {
            break;
        }
        let gain = now - modularity;
        (best, modularity) = (found, now);
        if pass > 0 && gain < GAIN {
            break;
        }
    }
    let count = by_size(&mut best);
    Communities { community_of: best, count, modularity }
}

/// Moves, refines and shrinks until nothing moves.
fn pass_over(whole: &WeightedGraph, mut communities: Vec<u32>, resolution: f64, rng: &mut fastrand::Rng) -> Vec<u32> {
    // For each node of the whole graph, the node of the current level that contains it.
    let mut part: Vec<u32> = (0..whole.len() as u32).collect();
    let mut level = whole.clone();
    loop {
        WeightedGraph::compact(&mut communities);
        level.move_nodes(&mut communities, resolution, rng);
        let mut refined = level.refine(&communities, resolution, rng);
        let parts = WeightedGraph::compact(&mut refined);
        let done = parts == level.len();
        let mut above = vec![0; parts];
        for (node, part) in refined.iter().enumerate() {
            above[*part as usize] = communities[node];
        }
        if done {
            return part.iter().map(|node| communities[*node as usize]).collect();
        }
        part.iter_mut().for_each(|node| *node = refined[*node as usize]);
        level = level.shrunk(&refined, parts);
        communities = above;
    }
}

/// Numbers communities by size, the largest first; equal sizes by their first node. Returns how many there are.
fn by_size(communities: &mut [u32]) -> usize {
    let mut sizes: Vec<(usize, u32)> = Vec::new();
    for &community in communities.iter() {
        let at = community as usize;
        if sizes.len() <= at {
            sizes.resize(at + 1, (0, 0));
        }
        sizes[at].0 += 1;
    }
    let mut first = vec![usize::MAX; sizes.len()];
    for (node, community) in communities.iter().enumerate().rev() {
        first[*community as usize] = node;
    }
    let mut order: Vec<usize> = (0..sizes.len()).filter(|c| sizes[*c].0 > 0).collect();
    order.sort_unstable_by_key(|c| (std::cmp::Reverse(sizes[*c].0), first[*c]));
    let mut new = vec![0; sizes.len()];
    for (number, old) in order.iter().enumerate() {
        new[*old] = number as u32;
    }
    communities.iter_mut().for_each(|community| *community = new[*community as usize]);
    order.len()
}

/// A weighted graph: the whole graph, or one whose nodes are parts of it.
#[derive(Debug, Clone)]
struct WeightedGraph {
    starts: Vec<usize>,
    targets: Vec<u32>,
    weights: Vec<f64>,
    /// Twice the weight of the edges inside each node.
    inside: Vec<f64>,
    /// Total weight of the edge ends at each node.
    strength: Vec<f64>,
    /// Total strength of all nodes.
    total: f64,
}

impl WeightedGraph {
    fn of(graph: &NodeAdjacency) -> Self {
        let mut level = Self {
            starts: vec![0],
            targets: Vec::with_capacity(graph.entries()),
            weights: Vec::with_capacity(graph.entries()),
            inside: vec![0.0; graph.nodes()],
            strength: Vec::with_capacity(graph.nodes()),
            total: 0.0,
        };
        for node in 0..graph.nodes() as u32 {
            let mut strength = 0.0;
            for (other, weight) in graph.weighted(node) {
                level.targets.push(other);
                level.weights.push(f64::from(weight));
                strength += f64::from(weight);
            }
            level.starts.push(level.targets.len());
            level.strength.push(strength);
            level.total += strength;
        }
        level
    }

    fn len(&self) -> usize {
        self.strength.len()
    }

    fn neighbors(&self, node: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = self.starts[node]..self.starts[node + 1];
        self.targets[range.clone()].iter().map(|other| *other as usize).zip(self.weights[range].iter().copied())
    }

    /// Newman and Girvan's modularity, with a resolution.
    fn modularity(&self, communities: &[u32], resolution: f64) -> f64 {
        if self.total == 0.0 {
            return 0.0;
        }
        let (mut inside, mut strength) = (vec![0.0; self.len()], vec![0.0; self.len()]);
        for (node, &here) in communities.iter().enumerate() {
            inside[here as usize] += self.inside[node];
            strength[here as usize] += self.strength[node];
            for (other, weight) in self.neighbors(node) {
                if communities[other] == here {
                    inside[here as usize] += weight;
                }
            }
        }
        let shares = inside.iter().zip(&strength);
        shares.map(|(inside, strength)| inside / self.total - resolution * (strength / self.total).powi(2)).sum()
    }

    /// Numbers communities from 0 in the order of their first node. Returns how many there are.
    fn compact(communities: &mut [u32]) -> usize {
        // On a smaller graph, communities keep the numbers of the larger one.
        let numbers = communities.iter().max().map_or(0, |most| *most as usize + 1);
        let mut new: Vec<Option<u32>> = vec![None; numbers];
        let mut count = 0;
        for community in communities.iter_mut() {
            *community = *new[*community as usize].get_or_insert_with(|| {
                count += 1;
                count - 1
            });
        }
        count as usize
    }

    /// Moves each node to the community with the greatest gain, until no move gains.
    fn move_nodes(&self, communities: &mut [u32], resolution: f64, rng: &mut fastrand::Rng) {
        let nodes = self.len();
        let mut strength = vec![0.0; nodes];
        let mut size = vec![0_u32; nodes];
        for (community, own) in communities.iter().zip(&self.strength) {
            strength[*community as usize] += own;
            size[*community as usize] += 1;
        }
        let mut empty: Vec<u32> = (0..nodes as u32).rev().filter(|c| size[*c as usize] == 0).collect();
        let mut order: Vec<u32> = (0..nodes as u32).collect();
        rng.shuffle(&mut order);
        let mut queue: VecDeque<u32> = order.into();
        let mut waiting = vec![true; nodes];
        let mut toward = CommunityWeights::new(nodes);
        while let Some(node) = queue.pop_front() {
            let node = node as usize;
            waiting[node] = false;
            let old = communities[node] as usize;
            let own = self.strength[node];
            toward.clear();
            for (other, weight) in self.neighbors(node) {
                toward.add(communities[other] as usize, weight);
            }
            strength[old] -= own;
            size[old] -= 1;
            let gain =
                |community: usize| toward.weight[community] - resolution * own * strength[community] / self.total;
            let (mut best, mut most) = (old, gain(old));
            for &community in &toward.seen {
                let gain = gain(community as usize);
                if gain > most + ROUNDING {
                    (best, most) = (community as usize, gain);
                }
            }
            if most < -ROUNDING && size[old] > 0 {
                best = empty.pop().map_or(old, |community| community as usize);
            }
            strength[best] += own;
            size[best] += 1;
            if size[old] == 0 && best != old {
                empty.push(old as u32);
            }
            if best != old {
                communities[node] = best as u32;
                for (other, _) in self.neighbors(node) {
                    if communities[other] as usize != best && !waiting[other] {
                        waiting[other] = true;
                        queue.push_back(other as u32);
                    }
                }
            }
        }
    }

    /// Divides each community into well-connected parts. A node joins a part of its community only if both are well
    /// connected to the rest of the community.
    fn refine(&self, communities: &[u32], resolution: f64, rng: &mut fastrand::Rng) -> Vec<u32> {
        let nodes = self.len();
        let mut of_community = vec![0.0; nodes];
        for (community, own) in communities.iter().zip(&self.strength) {
            of_community[*community as usize] += own;
        }
        let mut parts: Vec<u32> = (0..nodes as u32).collect();
        let mut strength = self.strength.clone();
        let mut alone = vec![true; nodes];
        // Weight of the edges from each part to the rest of its community.
        let mut outward: Vec<f64> = (0..nodes)
            .map(|node| {
                let inside = self.neighbors(node).filter(|(other, _)| communities[*other] == communities[node]);
                inside.map(|(_, weight)| weight).sum()
            })
            .collect();
        let mut order: Vec<u32> = (0..nodes as u32).collect();
        rng.shuffle(&mut order);
        let mut toward = CommunityWeights::new(nodes);
        for node in order {
            let node = node as usize;
            let whole = of_community[communities[node] as usize];
            let well = |outward: f64, strength: f64| {
                outward >= resolution * strength * (whole - strength) / self.total - ROUNDING
            };
            if !alone[node] || !well(outward[node], self.strength[node]) {
                continue;
            }
            toward.clear();
            for (other, weight) in self.neighbors(node) {
                if communities[other] == communities[node] {
                    toward.add(parts[other] as usize, weight);
                }
            }
            let (mut best, mut most) = (node, 0.0);
            for &part in &toward.seen {
                let part = part as usize;
                if part == node || !well(outward[part], strength[part]) {
                    continue;
                }
                let gain = toward.weight[part] - resolution * self.strength[node] * strength[part] / self.total;
                if gain > most + ROUNDING {
                    (best, most) = (part, gain);
                }
            }
            if best != node {
                parts[node] = best as u32;
                outward[best] += outward[node] - 2.0 * toward.weight[best];
                strength[best] += self.strength[node];
                alone[best] = false;
                alone[node] = false;
            }
        }
        parts
    }

    /// The graph that has one node for each part.
    fn shrunk(&self, parts: &[u32], count: usize) -> Self {
        let mut members: Vec<Vec<u32>> = vec![Vec::new(); count];
        for (node, part) in parts.iter().enumerate() {
            members[*part as usize].push(node as u32);
        }
        let mut level = Self {
            starts: vec![0],
            targets: Vec::new(),
            weights: Vec::new(),
            inside: vec![0.0; count],
            strength: vec![0.0; count],
            total: self.total,
        };
        let mut toward = CommunityWeights::new(count);
        for (part, members) in members.iter().enumerate() {
            toward.clear();
            for &node in members {
                level.strength[part] += self.strength[node as usize];
                level.inside[part] += self.inside[node as usize];
                for (other, weight) in self.neighbors(node as usize) {
                    toward.add(parts[other] as usize, weight);
                }
            }
            toward.seen.sort_unstable();
            for &other in &toward.seen {
                let weight = toward.weight[other as usize];
                if other as usize == part {
                    level.inside[part] += weight;
                } else {
                    level.targets.push(other);
                    level.weights.push(weight);
                }
            }
            level.starts.push(level.targets.len());
        }
        level
    }
}

/// Weights from one node to communities. The arrays are reused for all nodes.
struct CommunityWeights {
    weight: Vec<f64>,
    seen: Vec<u32>,
    is_seen: Vec<bool>,
}

impl CommunityWeights {
    fn new(count: usize) -> Self {
        Self { weight: vec![0.0; count], seen: Vec::new(), is_seen: vec![false; count] }
    }

    fn add(&mut self, community: usize, weight: f64) {
        if !self.is_seen[community] {
            self.is_seen[community] = true;
            self.seen.push(community as u32);
        }
        self.weight[community] += weight;
    }

    fn clear(&mut self) {
        for community in self.seen.drain(..) {
            self.weight[community as usize] = 0.0;
            self.is_seen[community as usize] = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::network::tests::networks;
    use super::super::network::{Network, NetworkEdge};
    use super::*;
    use proptest::prelude::*;

    /// A ring of cliques, in which the communities are beyond dispute.
    fn cliques(count: u32, size: u32) -> NodeAdjacency {
        let mut arcs = Vec::new();
        for clique in 0..count {
            for a in 0..size {
                for b in 0..a {
                    arcs.push(NetworkEdge { from: clique * size + a, to: clique * size + b, weight: 1.0 });
                }
            }
            arcs.push(NetworkEdge { from: clique * size, to: (clique + 1) % count * size + 1, weight: 1.0 });
        }
        Network::of((count * size) as usize, arcs).undirected()
    }

    #[test]
    fn cliques_are_found() {
        let found = communities(&cliques(8, 6), 1.0, 1);
        assert_eq!(found.count, 8);
        for clique in 0..8 {
            let of = &found.community_of[clique * 6..clique * 6 + 6];
            assert!(of.iter().all(|community| *community == of[0]), "{:?}", found.community_of);
        }
        assert!((found.modularity - (8.0 * (15.0 / 128.0 - (32.0_f64 / 256.0).powi(2)))).abs() < 1e-9);
    }

    #[test]
    fn the_same_seed_gives_the_same_communities_and_a_graph_without_edges_has_none_to_find() {
        let graph = cliques(20, 4);
        assert_eq!(communities(&graph, 1.0, 3), communities(&graph, 1.0, 3));
        let none = communities(&Network::of(3, Vec::new()).undirected(), 1.0, 1);
        assert_eq!((none.count, none.modularity), (3, 0.0));
        assert_eq!(communities(&Network::of(0, Vec::new()).undirected(), 1.0, 1).count, 0);
    }

    proptest! {
        #[test]
        fn no_step_lowers_the_modularity(network in networks(), seed in 0..8_u64) {
            let level = WeightedGraph::of(&network.undirected());
            let mut rng = fastrand::Rng::with_seed(seed);
            let mut found: Vec<u32> = (0..level.len() as u32).collect();
            let start = level.modularity(&found, 1.0);
            level.move_nodes(&mut found, 1.0, &mut rng);
            let moved = level.modularity(&found, 1.0);
            prop_assert!(moved >= start - 1e-9);
            let mut parts = level.refine(&found, 1.0, &mut rng);
            for (node, part) in parts.iter().enumerate() {
                prop_assert_eq!(found[node], found[*part as usize], "a part lies within one community");
            }
            let count = WeightedGraph::compact(&mut parts);
            let small = level.shrunk(&parts, count);
            let mut above = vec![0; count];
            for (node, part) in parts.iter().enumerate() {
                above[*part as usize] = found[node];
            }
            WeightedGraph::compact(&mut above);
            prop_assert!((small.modularity(&above, 1.0) - moved).abs() < 1e-9, "a smaller graph, the same division");
        }

        #[test]
        fn the_reported_modularity_is_that_of_the_division(network in networks()) {
            let graph = network.undirected();
            let level = WeightedGraph::of(&graph);
            let found = communities(&graph, 1.0, 5);
            prop_assert!((level.modularity(&found.community_of, 1.0) - found.modularity).abs() < 1e-9);
            prop_assert!(found.community_of.iter().all(|community| (*community as usize) < found.count));
        }
    }
}
