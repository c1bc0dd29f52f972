use std::cmp::Reverse;

use rayon::prelude::*;

use super::papers::PaperIndex;
use super::search::FoundByName;
use crate::disk::FileKind;
use crate::index::{IndexedNode, NodeHash};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, KeptAnswer, StoreError};

const FILE: KeptAnswer<'_> = KeptAnswer { name: "orders", kind: FileKind { magic: b"kg-ordr\n", version: 1 } };

/// The nodes of each kind in the order of lists, in the order of [`NodeKind::ALL`]. Counting the papers of every node
/// takes long, so they are kept. Papers are in the [`super::PaperRegister`].
///
/// # Errors
/// If the graph cannot be read.
pub(crate) fn browse_orders(store: &GraphStore) -> Result<Vec<Vec<IndexedNode>>, StoreError> {
    let order = |kind| if kind == NodeKind::Paper { Ok(Vec::new()) } else { most_named(store, kind) };
    store.kept(FILE, || NodeKind::ALL.into_iter().map(order).collect())
}

/// All nodes of a kind: those with the most papers first; for papers, the newest first.
///
/// # Errors
/// If the graph cannot be read.
fn most_named(store: &GraphStore, kind: NodeKind) -> Result<Vec<IndexedNode>, StoreError> {
    let papers = PaperIndex::of(store)?;
    let (index, nodes) = (papers.index, papers.index.nodes()?);
    let of_kind: Vec<IndexedNode> = index.docs().filter(|doc| nodes.kind(*doc) == Some(kind)).collect();
    let ranked = of_kind.into_par_iter().map(|doc| {
        let count = match kind {
            NodeKind::Paper => 0,
            _ => NodeHash::of(&nodes.id(doc)?).map_or(Ok(0), |hash| index.count(hash))?,
        };
        Ok((Reverse(count), nodes.rank(doc), doc))
    });
    let mut ranked = ranked.collect::<Result<Vec<_>, StoreError>>()?;
    ranked.par_sort_unstable();
    Ok(ranked.into_iter().map(|(_, _, doc)| doc).collect())
}

/// What a list shows of nodes of the search index.
///
/// # Errors
/// If the graph cannot be read.
pub(crate) fn listed_nodes(store: &GraphStore, docs: &[IndexedNode]) -> Result<Vec<FoundByName>, StoreError> {
    let papers = PaperIndex::of(store)?;
    let nodes = papers.index.nodes()?;
    let mut hits = Vec::with_capacity(docs.len());
    for doc in docs {
        let Some(node) = store.node_at(*doc)? else { continue };
        let count = papers.count(&node.id)?;
        hits.push(FoundByName { node, alias: None, score: 1.0, count, date: nodes.date(*doc) });
    }
    Ok(hits)
}
