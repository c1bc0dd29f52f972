//! Entities that papers name together with the centre.

use std::cmp::Ordering;

use super::{Neighbor, NeighborSearch, NeighborsByTie, of_related};
use crate::graph::{MinConfidence, Node, Tie, weight_of_sharing};
use crate::index::{HubCompanion, HubCompanions, IndexedNode, NodeHash};
use crate::store::StoreError;

/// Something else that papers name together with the centre.
#[derive(Debug, Clone, Copy)]
struct NamedTogether {
    /// Number of these papers that name it.
    shared: usize,
    /// Total number of papers that name it.
    papers: usize,
    hash: NodeHash,
    /// The document in the index, if known.
    doc: Option<IndexedNode>,
}

impl NamedTogether {
    fn score(&self) -> f64 {
        self.shared as f64 * weight_of_sharing(self.papers)
    }

    /// The strongest first. Hashes are the same in every index, so that equals keep their order.
    fn order(&self, other: &Self) -> Ordering {
        other.score().total_cmp(&self.score()).then_with(|| (other.papers, other.hash).cmp(&(self.papers, self.hash)))
    }
}

impl NeighborSearch<'_> {
    /// Other entities named by the papers that name the entity.
    pub(super) fn named_together(&self) -> Result<Vec<NeighborsByTie>, StoreError> {
        let selection = &self.query.selection;
        let index = self.papers.index;
        let Some(center) = NodeHash::of(&self.center.id) else { return Ok(Vec::new()) };
        if let Some(hub) = &self.hub
            && let Some(groups) = self.companion_groups(&hub.companions)?
        {
            return Ok(groups);
        }
        let mut papers = self.papers.naming(&self.center.id)?;
        if selection.limits_papers() {
            let nodes = index.nodes()?;
            papers.retain(|paper| selection.takes_paper(nodes, *paper));
        }
        let least = selection.min_confidence.map_or(0, MinConfidence::percent);
        Ok(self.companion_groups(&index.companions_in(center, &papers, least))?.unwrap_or_default())
    }

    /// Entities that papers name together with the centre, by kind. `None` if more must be counted to find the
    /// strongest.
    fn companion_groups(&self, by_kind: &[HubCompanions]) -> Result<Option<Vec<NeighborsByTie>>, StoreError> {
        let wanted = by_kind.iter().filter(|companions| self.takes_kind(companions.kind));
        let mut by_kind: Vec<&HubCompanions> = wanted.collect();
        // Names of the same kind as the centre come first.
        by_kind.sort_by_key(|companions| (companions.kind != self.center.kind, companions.kind));
        let ranked = by_kind.iter().map(|companions| self.most_telling(companions));
        let Some(ranked) = ranked.collect::<Result<Option<Vec<_>>, StoreError>>()? else { return Ok(None) };
        let mut groups = Vec::new();
        for (HubCompanions { kind, total, .. }, ranked) in by_kind.into_iter().zip(ranked) {
            let mut rows = Vec::new();
            for NamedTogether { shared, papers, hash, doc } in ranked {
                let doc = doc.map_or_else(|| self.papers.index.of_hash(hash), |doc| Ok(Some(doc)))?;
                let Some(doc) = doc else { continue };
                if let Some(node) = Node::at(self.store, doc)? {
                    let row = self.row(Node { distance: 2, ..node }, 0, false);
                    rows.push((self.store.base().node(&row.node.id), Neighbor { papers, shared, ..row }));
                }
            }
            let heading = Tie::Related.heading(false, self.center.kind, &self.center.label, *kind, false);
            groups.push(self.filled(of_related(heading, *kind, *total), rows, None)?);
        }
        Ok(Some(groups))
    }

    /// The strongest of the names that occur together with the centre. `None` if a name that occurs less often than
    /// all of these could be among them.
    fn most_telling(
        &self,
        HubCompanions { total, most_shared: often, .. }: &HubCompanions,
    ) -> Result<Option<Vec<NamedTogether>>, StoreError> {
        let Some(limit) = self.query.limit else { return self.all_together(*total, often) };
        let mut ranked: Vec<NamedTogether> = Vec::new();
        for HubCompanion { shared, hash, entity: known } in often.iter().copied() {
            // A name has at least as many papers as are shared, so none of those still to come can score higher.
            let most = NamedTogether { shared, papers: shared, hash, doc: None }.score();
            if ranked.len() >= limit && ranked.last().is_some_and(|last| last.score() > most) {
                return Ok(Some(ranked));
            }
            let one = self.together(HubCompanion { shared, hash, entity: known })?;
            ranked.insert(ranked.partition_point(|other| other.order(&one).is_lt()), one);
            ranked.truncate(limit);
        }
        Ok((often.len() == *total).then_some(ranked))
    }

    /// All names that occur together with the centre, the strongest first. `None` if the list does not hold them
    /// all.
    fn all_together(&self, total: usize, often: &[HubCompanion]) -> Result<Option<Vec<NamedTogether>>, StoreError> {
        if often.len() < total {
            return Ok(None);
        }
        let mut all = often.iter().map(|one| self.together(*one)).collect::<Result<Vec<_>, StoreError>>()?;
        all.sort_by(NamedTogether::order);
        Ok(Some(all))
    }

    fn together(
        &self,
        HubCompanion { shared, hash, entity: known }: HubCompanion,
    ) -> Result<NamedTogether, StoreError> {
        let papers = known.map_or_else(|| self.papers.index.count(hash), |known| Ok(known.papers))?;
        Ok(NamedTogether { shared, papers, hash, doc: known.map(|known| known.doc) })
    }
}
