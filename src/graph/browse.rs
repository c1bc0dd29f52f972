use oxigraph::model::NamedNode;

use super::model::date;
use super::search::Hit;
use crate::ontology::NodeKind;
use crate::store::{GraphStore, StoreError};

/// Nodes of one kind that are looked at to rank them.
const LOOKED_AT: usize = 50_000;
/// Papers of a node are counted this far.
const COUNTED: usize = 1000;

/// The nodes of a kind that most papers name; of papers the newest. With the number of nodes of this kind, of which
/// only the first fifty thousand are ranked.
pub fn most_named(store: &GraphStore, kind: NodeKind, limit: usize) -> Result<(Vec<Hit>, usize), StoreError> {
    let mut total = 0;
    let mut ranked: Vec<(String, NamedNode)> = Vec::new();
    for iri in store.nodes_of(kind) {
        let iri = iri?;
        total += 1;
        if ranked.len() < LOOKED_AT {
            let rank = match kind {
                NodeKind::Paper => date(store, &iri)?.map(|date| date.to_string()).unwrap_or_default(),
                _ => format!("{:04}", store.papers_up_to(&iri, COUNTED)?),
            };
            ranked.push((rank, iri));
        }
    }
    ranked.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    ranked.truncate(limit);
    let mut hits = Vec::new();
    for (rank, iri) in ranked {
        let papers = if kind == NodeKind::Paper { 0 } else { rank.parse().unwrap_or_default() };
        hits.extend(store.node(&iri)?.map(|node| Hit { node, alias: None, score: 1.0, papers }));
    }
    Ok((hits, total))
}
