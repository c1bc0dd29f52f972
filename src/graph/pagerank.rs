use rayon::prelude::*;

use super::network::{Network, NodeNumber};

/// Probability of following an edge; otherwise the walk restarts at a random node.
const DAMPING: f64 = 0.85;
/// Largest number of steps, and the total change below which the computation stops. It is far below what anyone
/// prints, so that any program that computes this gets the same result to ten digits.
const STEPS: usize = 200;
const PRECISION: f64 = 1e-12;

/// PageRank of every node; the values add up to 1.
///
/// As in networkx: the probability of following an edge is proportional to its weight, and a walk at a node without
/// outgoing edges restarts at a random node. Each value is a sum in a fixed order, so the result does not depend on
/// the number of cores.
pub(super) fn pagerank(network: &Network) -> Vec<f64> {
    let nodes = network.len();
    if nodes == 0 {
        return Vec::new();
    }
    let mut leaving = vec![0.0_f64; nodes];
    for edge in network.edges() {
        leaving[edge.from as usize] += f64::from(edge.weight);
    }
    let incoming = network.incoming();
    let everywhere = 1.0 / nodes as f64;
    let mut rank = vec![everywhere; nodes];
    for _ in 0..STEPS {
        // The credit that one unit of weight carries from each node.
        let carried: Vec<f64> =
            rank.par_iter().zip(&leaving).map(|(rank, out)| if *out > 0.0 { rank / out } else { 0.0 }).collect();
        let stuck: f64 = rank.iter().zip(&leaving).filter(|(_, out)| **out == 0.0).map(|(rank, _)| rank).sum();
        let base = (1.0 - DAMPING) * everywhere + DAMPING * stuck * everywhere;
        let next: Vec<f64> = (0..nodes as NodeNumber)
            .into_par_iter()
            .with_min_len(1024)
            .map(|node| {
                let sum: f64 =
                    incoming.weighted(node).map(|(from, weight)| carried[from as usize] * f64::from(weight)).sum();
                base + DAMPING * sum
            })
            .collect();
        let change: f64 = next.iter().zip(&rank).map(|(a, b)| (a - b).abs()).sum();
        rank = next;
        if change < PRECISION {
            break;
        }
    }
    rank
}

#[cfg(test)]
mod tests {
    use super::super::network::NetworkEdge;
    use super::super::network::tests::networks;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_values_are_those_of_networkx() {
        // networkx 3.4: G.add_weighted_edges_from([(0,1,1),(0,2,.25),(1,2,.5),(3,2,1)]); nx.pagerank(G, tol=1e-13)
        let edge = |from, to, weight| NetworkEdge { from, to, weight };
        let network = Network::of(4, vec![edge(0, 1, 1.0), edge(0, 2, 0.25), edge(1, 2, 0.5), edge(3, 2, 1.0)]);
        let rank = pagerank(&network);
        // By hand: x0 = x3 = b, x1 = b + .85 * .8 * x0, x2 = b + .85 * (.2 x0 + x1 + x3), b = .15 / 4 + .85 * x2 / 4.
        let b = 1.0 / (1.0 + 1.0 + 1.68 + (1.0 + 0.85 * (0.2 + 1.68 + 1.0)));
        let expected = [b, 1.68 * b, (1.0 + 0.85 * 2.88) * b, b];
        for (value, expected) in rank.iter().zip(expected) {
            assert!((value - expected).abs() < 1e-10, "{rank:?}");
        }
    }

    proptest! {
        #[test]
        fn the_values_add_up_to_one_and_what_nothing_leads_to_is_least(network in networks()) {
            let rank = pagerank(&network);
            prop_assert!((rank.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            let incoming = network.incoming();
            let least = rank.iter().copied().fold(f64::MAX, f64::min);
            for node in network.of_kind(None).filter(|node| incoming.degree(*node) == 0) {
                prop_assert!((rank[node as usize] - least).abs() < 1e-12);
            }
        }
    }
}
