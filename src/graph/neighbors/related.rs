//! Papers that name the same entities as the paper at the centre.

use std::collections::HashMap;

use oxigraph::model::NamedNode;

use super::{NeighborSearch, NeighborsByTie, THROUGH, of_related};
use crate::graph::{Node, Tie, ViewCut, weight_of_sharing};
use crate::index::IndexedNode;
use crate::ontology::NodeKind;
use crate::store::StoreError;

/// A name with more papers than this adds to the score of papers found by other names, but finds no papers itself.
const TOO_COMMON: usize = 10_000;
/// Smallest number of related papers that are read, so that equals come in the same order at every limit.
const CANDIDATES: usize = 200;

/// What two papers share.
#[derive(Default)]
struct SharedByPapers {
    score: f64,
    /// Whether the paper at the centre introduces one of the names.
    own: bool,
    /// Shared names, each with its weight.
    names: Vec<(f64, NamedNode)>,
}

impl NeighborSearch<'_> {
    /// All papers that share a name with the paper at the centre.
    fn papers_with_shared_names(&self) -> Result<HashMap<IndexedNode, SharedByPapers>, StoreError> {
        let kg = &self.store.ontology().kg;
        let introduced = self.store.objects(&self.center.iri, kg.introduces.as_ref())?;
        let center = self.papers.index.find(&self.center.id)?;
        let less_sure = center.map(|center| self.papers.less_sure_of(center)).unwrap_or_default();
        let mut names: Vec<(Vec<IndexedNode>, NamedNode)> = Vec::new();
        for entity in self.store.objects(&self.center.iri, kg.mentions.as_ref())? {
            let id = self.store.base().id(entity.as_str()).unwrap_or_default();
            if less_sure.has_id(id) {
                continue;
            }
            names.push((self.papers.naming(id)?, entity));
        }
        names.sort_by(|a, b| (a.0.len(), &a.1).cmp(&(b.0.len(), &b.1)));
        let mut related: HashMap<IndexedNode, SharedByPapers> = HashMap::new();
        for (papers, entity) in &names {
            let own = introduced.contains(entity);
            // The closest connection is a name that one paper introduces and the other uses.
            let telling = weight_of_sharing(papers.len()) * if own { 2.0 } else { 1.0 };
            let few = papers.len() <= TOO_COMMON || own;
            for paper in papers.iter().filter(|paper| Some(**paper) != center) {
                let shared = if few { Some(related.entry(*paper).or_default()) } else { related.get_mut(paper) };
                if let Some(shared) = shared {
                    shared.score += telling;
                    shared.own |= own;
                    shared.names.push((telling, entity.clone()));
                }
            }
        }
        Ok(related)
    }

    /// Papers that name the same entities. One common name is a coincidence, unless one of the two papers introduces
    /// it.
    pub(super) fn related_papers(&self, cuts: &mut Vec<ViewCut>) -> Result<Vec<NeighborsByTie>, StoreError> {
        let selection = &self.query.selection;
        if !selection.takes_kind(NodeKind::Paper) {
            return Ok(Vec::new());
        }
        let related = self.papers_with_shared_names()?;
        let nodes = self.papers.index.nodes()?;
        let mut ends = Vec::new();
        for (paper, shared) in related.into_iter().filter(|(_, shared)| shared.own || shared.names.len() > 1) {
            if !selection.takes_paper(nodes, paper) {
                continue;
            }
            ends.push((shared, paper));
        }
        let mut total = ends.len();
        let heading = Tie::Related.heading(false, self.center.kind, &self.center.label, NodeKind::Paper, false);
        let most = self.query.limit.unwrap_or(usize::MAX);
        let read = if selection.live_only { self.most_papers() } else { most.max(CANDIDATES) };
        if ends.len() > read {
            if selection.live_only {
                cuts.push(ViewCut { name: heading.clone(), taken: read, total: Some(total) });
            }
            let order = |paper: IndexedNode| nodes.rank(paper);
            ends.select_nth_unstable_by(read, |a, b| {
                b.0.score.total_cmp(&a.0.score).then_with(|| order(a.1).cmp(&order(b.1)))
            });
            ends.truncate(read);
        }
        let mut ranked = Vec::with_capacity(ends.len());
        for (shared, paper) in ends {
            ranked.push((self.store.base().node(&nodes.id(paper)?), shared, paper));
        }
        ranked.sort_by(|a, b| b.1.score.total_cmp(&a.1.score).then_with(|| a.0.cmp(&b.0)));
        let mut rows = Vec::new();
        for (paper, SharedByPapers { names: mut shared, .. }, doc) in ranked {
            if rows.len() >= most {
                break;
            }
            if !selection.takes_live(self.store, NodeKind::Paper, &paper)? {
                total -= 1;
                continue;
            }
            if let Some(node) = Node::at(self.store, doc)? {
                shared.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
                let mut row = self.row(Node { distance: 2, ..node }, 0, false);
                row.shared = shared.len();
                row.doc = Some(doc);
                for (_, entity) in shared.iter().take(THROUGH) {
                    row.through.extend(self.store.node(entity)?.map(|node| node.label));
                }
                rows.push((paper, row));
            }
        }
        Ok(vec![self.filled(of_related(heading, NodeKind::Paper, total), rows, None)?])
    }
}
