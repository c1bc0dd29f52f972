use std::cmp::Reverse;

use rayon::prelude::*;

use super::papers::Papers;
use super::search::Hit;
use crate::index::{Doc, NodeHash};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, StoreError};

/// The nodes of a kind with the most papers (for papers: the newest), and the number of nodes of that kind.
pub fn most_named(store: &GraphStore, kind: NodeKind, limit: usize) -> Result<(Vec<Hit>, usize), StoreError> {
    let papers = Papers::of(store)?;
    let (index, nodes) = (papers.index, papers.index.nodes()?);
    let of_kind: Vec<Doc> = index.docs().filter(|doc| nodes.kind(*doc) == Some(kind)).collect();
    let total = of_kind.len();
    let ranked = of_kind.into_par_iter().map(|doc| {
        let count = match kind {
            NodeKind::Paper => 0,
            _ => NodeHash::of(&nodes.id(doc)?).map_or(Ok(0), |hash| index.count(hash))?,
        };
        Ok((Reverse(count), nodes.rank(doc), doc))
    });
    let mut ranked = ranked.collect::<Result<Vec<_>, StoreError>>()?;
    ranked.par_sort_unstable();
    ranked.truncate(limit);
    let mut hits = Vec::with_capacity(ranked.len());
    for (_, _, doc) in ranked {
        let Some(node) = store.node_at(doc)? else { continue };
        let count = papers.count(&node.id)?;
        hits.push(Hit { node, alias: None, score: 1.0, count });
    }
    Ok((hits, total))
}
