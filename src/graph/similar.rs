//! Nodes that are similar because they have the same neighbours.
//!
//! The measure is the cosine of two lists of neighbours, each neighbour weighted by how informative it is: 1 for
//! the same neighbours, 0 for none in common.
//!
//! - Two papers are compared by what they name, what they cite (bibliographic coupling) and who cites them
//!   (co-citation). The weight of a name or a cited work is the logarithm of its rarity, like the inverse document
//!   frequency of text search: sharing COCO, which most papers use, says little; sharing something that three papers
//!   name says much. A paper that cites both weighs less the more it cites.
//! - Two datasets, models, methods and so on are compared by the papers that name them. The weight of a paper falls
//!   with the number of names in it, 1 / ln(1 + names), as with Adamic and Adar: a survey names everything.
//!
//! The cosine divides by the length of the lists, so that a node that is named everywhere is not similar to
//! everything, as it would be with a plain sum of weights. All papers that name the node are considered: the search
//! index holds them as lists of numbers, and only what is shown is read from the graph.

use std::collections::HashMap;

use rayon::prelude::*;

use super::papers::PaperIndex;
use super::{Node, Selection, Tie};
use crate::index::{ByHash, IndexedNode, NodeHash};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, NodeRef, StoreError};

/// A node that shares neighbours with another.
#[derive(Debug, Clone)]
pub(crate) struct FoundSimilarNode {
    pub node: Node,
    /// Similarity, 0 to 1.
    pub score: f64,
    /// Number of shared neighbours.
    pub shared: usize,
    /// The most informative of the shared neighbours.
    pub because: Vec<CommonNeighbor>,
}

/// A neighbour that two nodes share.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CommonNeighbor {
    pub id: String,
    pub label: String,
    /// For a name or a cited work, the number of papers that name or cite it; for a paper, the number of things it
    /// names.
    pub ties: usize,
}

/// The similar nodes that were found.
#[derive(Debug, Clone, Default)]
pub(crate) struct FoundSimilarNodes {
    pub similar: Vec<FoundSimilarNode>,
    /// Number of nodes of the kind that share any neighbour.
    pub candidates: usize,
    /// Number of nodes that were measured: those with the greatest shared weight.
    pub measured: usize,
}

/// Number of nodes that are measured exactly: those with the greatest shared weight.
const MEASURED: usize = 500;
/// Papers that share only a name of more papers than this are not measured, if there are enough other
/// candidates.
const MANY_PAPERS: usize = 10_000;
/// Of more papers that cite a paper, only the newest are considered.
const CITING: usize = 500;
/// Number of shared neighbours that are listed.
const BECAUSE: usize = 3;

/// The nodes most similar to `center`. A paper is compared with papers, any other node with those of `kind`, or of
/// its own kind. `None` if the two cannot be compared.
pub(crate) fn similar(
    store: &GraphStore,
    center: &NodeRef,
    kind: Option<NodeKind>,
    selection: &Selection,
    limit: usize,
) -> Result<Option<FoundSimilarNodes>, StoreError> {
    let kind = kind.unwrap_or(center.kind);
    let search = SimilaritySearch { store, papers: PaperIndex::of(store)?, selection };
    match (center.kind, kind) {
        (NodeKind::Paper, NodeKind::Paper) => search.like_paper(center, limit).map(Some),
        (NodeKind::Paper, _) | (_, NodeKind::Paper) => Ok(None),
        _ => search.like_entity(center, kind, limit).map(Some),
    }
}

/// What two papers share.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SharedNode {
    Named(NodeHash),
    Cited(String),
    /// A paper that cites both.
    Citing(IndexedNode),
}

/// What papers can share with a paper, with weights.
#[derive(Default)]
struct PaperFeatures {
    /// Names in the paper.
    named: ByHash<f64>,
    /// Ids of the works and papers that it cites.
    cited: HashMap<String, f64>,
    /// Papers that cite it.
    citing: HashMap<IndexedNode, f64>,
    /// The papers that share each of these, with its weight; the shortest list first.
    sharing: Vec<(Vec<IndexedNode>, f64)>,
}

impl PaperFeatures {
    /// The length of the vector of weights.
    fn length(&self) -> f64 {
        let weights = self.named.values().chain(self.cited.values()).chain(self.citing.values());
        weights.map(|weight| weight * weight).sum::<f64>().sqrt()
    }
}

/// Numbers of papers that were counted already.
#[derive(Default)]
struct FeatureCounts {
    /// Papers that name a node.
    naming: ByHash<usize>,
    /// Papers that cite a node, by its id.
    citing: HashMap<String, usize>,
}

struct SimilaritySearch<'s> {
    store: &'s GraphStore,
    papers: PaperIndex<'s>,
    selection: &'s Selection,
}

impl SimilaritySearch<'_> {
    fn like_paper(&self, center: &NodeRef, limit: usize) -> Result<FoundSimilarNodes, StoreError> {
        let Some(paper) = self.papers.index.find(&center.id)? else { return Ok(FoundSimilarNodes::default()) };
        let nodes = self.papers.index.nodes()?;
        let mut counts = FeatureCounts::default();
        let features = self.features(paper, &center.id, &mut counts)?;
        let common = self.common_weights(paper, &features)?;
        let candidates = common.len();
        let length = features.length();
        let mut measured = Vec::new();
        for (other, common) in greatest(common, MEASURED, |paper| nodes.rank(*paper)) {
            let (squares, shared) = self.compare(&features, other, &mut counts)?;
            let score = if squares > 0.0 { common / (length * squares.sqrt()) } else { 0.0 };
            measured.push((score, (other, shared)));
        }
        let of_them = measured.len();
        let mut similar = Vec::new();
        for (score, _, (other, shared)) in best(measured, limit, |(paper, _)| Ok(nodes.id(*paper)?))? {
            let Some(node) = Node::at(self.store, other)? else { continue };
            similar.push(FoundSimilarNode { node, score, shared: shared.len(), because: self.most_telling(shared)? });
        }
        Ok(FoundSimilarNodes { similar, candidates, measured: of_them })
    }

    /// The weight of what this many papers share.
    fn rarity(&self, papers: usize) -> f64 {
        let all = self.papers.index.end() as usize;
        ((1.0 + all as f64) / (1.0 + papers as f64)).ln()
    }

    fn named(&self, paper: IndexedNode) -> impl Iterator<Item = NodeHash> {
        self.papers.index.named(paper).filter(|hash| !hash.kind().is_some_and(NodeKind::is_origin))
    }

    /// What papers can share with this one.
    fn features(&self, paper: IndexedNode, id: &str, counts: &mut FeatureCounts) -> Result<PaperFeatures, StoreError> {
        let index = self.papers.index;
        let mut features = PaperFeatures::default();
        for hash in self.named(paper) {
            let papers = index.naming(hash)?;
            let weight = self.rarity(papers.len());
            counts.naming.insert(hash, papers.len());
            features.named.insert(hash, weight);
            features.sharing.push((papers, weight));
        }
        // Works that both cite (bibliographic coupling) count like names that both have.
        for id in self.cited(paper)? {
            let mut papers = self.papers.subjects(Tie::Cites, &id)?;
            papers.sort_unstable();
            let weight = self.rarity(papers.len());
            counts.citing.insert(id.clone(), papers.len());
            features.cited.insert(id, weight);
            features.sharing.push((papers, weight));
        }
        for citing in self.citing(id)? {
            let mut cited = Vec::new();
            for id in self.cited(citing)?.into_iter().filter(|id| NodeKind::of_id(id) == Some(NodeKind::Paper)) {
                cited.extend(index.find(&id)?);
            }
            cited.sort_unstable();
            let weight = self.rarity(index.tie_count(citing));
            features.citing.insert(citing, weight);
            features.sharing.push((cited, weight));
        }
        // Rare names find the candidates; common names only rank them.
        features.sharing.sort_by_key(|(papers, _)| papers.len());
        Ok(features)
    }

    /// The papers that share anything with this one, each with the sum of the squared weights of what it shares.
    fn common_weights(
        &self,
        paper: IndexedNode,
        features: &PaperFeatures,
    ) -> Result<HashMap<IndexedNode, f64>, StoreError> {
        let mut common: HashMap<IndexedNode, f64> = HashMap::new();
        for (papers, weight) in &features.sharing {
            if papers.len() > MANY_PAPERS && common.len() > MEASURED {
                for paper in papers {
                    if let Some(common) = common.get_mut(paper) {
                        *common += weight * weight;
                    }
                }
            } else {
                papers.iter().for_each(|paper| *common.entry(*paper).or_default() += weight * weight);
            }
        }
        common.remove(&paper);
        if self.selection.limits_papers() {
            let nodes = self.papers.index.nodes()?;
            common.retain(|paper, _| self.selection.takes_paper(nodes, *paper));
        }
        Ok(common)
    }

    /// The sum of the squared weights of what another paper can share, and what it shares, with the number of papers for
    /// each.
    fn compare(
        &self,
        features: &PaperFeatures,
        other: IndexedNode,
        counts: &mut FeatureCounts,
    ) -> Result<(f64, Vec<(usize, SharedNode)>), StoreError> {
        let index = self.papers.index;
        let mut squares = 0.0;
        let mut shared = Vec::new();
        for hash in self.named(other) {
            let papers = match counts.naming.get(&hash) {
                Some(papers) => *papers,
                None => index.count(hash)?,
            };
            counts.naming.insert(hash, papers);
            squares += self.rarity(papers).powi(2);
            if features.named.contains_key(&hash) {
                shared.push((papers, SharedNode::Named(hash)));
            }
        }
        for id in self.cited(other)? {
            let papers = match counts.citing.get(&id) {
                Some(papers) => *papers,
                None => self.papers.subjects(Tie::Cites, &id)?.len(),
            };
            squares += self.rarity(papers).powi(2);
            if features.cited.contains_key(&id) {
                shared.push((papers, SharedNode::Cited(id.clone())));
            }
            counts.citing.insert(id, papers);
        }
        for citing in self.citing(&index.nodes()?.id(other)?)? {
            let cited = index.tie_count(citing);
            squares += self.rarity(cited).powi(2);
            if features.citing.contains_key(&citing) {
                shared.push((cited, SharedNode::Citing(citing)));
            }
        }
        Ok((squares, shared))
    }

    /// The shared nodes with the fewest papers.
    fn most_telling(&self, mut shared: Vec<(usize, SharedNode)>) -> Result<Vec<CommonNeighbor>, StoreError> {
        let index = self.papers.index;
        shared.sort_unstable();
        let mut because = Vec::new();
        for (papers, node) in shared.iter().take(BECAUSE) {
            let doc = match node {
                SharedNode::Named(hash) => index.of_hash(*hash)?,
                SharedNode::Cited(id) => index.find(id)?,
                SharedNode::Citing(paper) => Some(*paper),
            };
            if let Some(doc) = doc {
                because.extend(self.because(doc, *papers)?);
            }
        }
        Ok(because)
    }

    /// The ids of the works and papers that a paper cites.
    fn cited(&self, paper: IndexedNode) -> Result<Vec<String>, StoreError> {
        let leaving = self.papers.leaving(paper)?.into_iter();
        Ok(leaving.filter(|(_, ties)| ties.contains(Tie::Cites)).map(|(id, _)| id).collect())
    }

    /// The papers that cite a paper, the newest if there are many.
    fn citing(&self, id: &str) -> Result<Vec<IndexedNode>, StoreError> {
        let mut papers = self.papers.subjects(Tie::Cites, id)?;
        if papers.len() > CITING {
            let nodes = self.papers.index.nodes()?;
            papers.select_nth_unstable_by_key(CITING, |paper| nodes.rank(*paper));
            papers.truncate(CITING);
        }
        Ok(papers)
    }

    fn like_entity(&self, center: &NodeRef, kind: NodeKind, limit: usize) -> Result<FoundSimilarNodes, StoreError> {
        let index = self.papers.index;
        let papers = self.of_selection(self.papers.naming(&center.id)?)?;
        let ties: Vec<usize> = papers.par_iter().map(|paper| index.tie_count(*paper)).collect();
        let weights: Vec<f64> = ties.iter().map(|ties| weight(*ties)).collect();
        let length = weights.iter().sum::<f64>() / (papers.len().max(1) as f64).sqrt();
        let together = index.tally(&papers, &weights, 0, |other| other == kind);
        let itself = NodeHash::of(&center.id);
        let candidates = together.keys().filter(|hash| Some(**hash) != itself).count();
        let common: ByHash<f64> = together.iter().map(|(hash, (_, weight))| (*hash, *weight)).collect();
        let mut measured = Vec::new();
        for (hash, common) in greatest(common, MEASURED, |hash| *hash) {
            if Some(hash) == itself {
                continue;
            }
            let papers_of_other = match self.selection.limits_papers() {
                true => self.of_selection(index.naming(hash)?)?.len(),
                false => index.count(hash)?,
            };
            let score = common / (length * (papers_of_other.max(1) as f64).sqrt());
            measured.push((score, hash));
        }
        let of_them = measured.len();
        let id = |hash: &NodeHash| Ok(index.of_hash(*hash)?.map(|doc| index.id(doc)).transpose()?.unwrap_or_default());
        let similar = best(measured, limit, id)?.into_par_iter().map(|(score, id, hash)| {
            let Some(node) = Node::read(self.store, &self.store.base().node(&id))? else { return Ok(None) };
            let shared = together.get(&hash).map_or(0, |(shared, _)| *shared);
            let because = self.shared_papers(&papers, &ties, hash)?;
            Ok(Some(FoundSimilarNode { node, score: score.min(1.0), shared, because }))
        });
        let similar = similar.filter_map(Result::transpose).collect::<Result<_, StoreError>>()?;
        Ok(FoundSimilarNodes { similar, candidates, measured: of_them })
    }

    /// The papers that lie in the selected period.
    fn of_selection(&self, mut papers: Vec<IndexedNode>) -> Result<Vec<IndexedNode>, StoreError> {
        if self.selection.limits_papers() {
            let nodes = self.papers.index.nodes()?;
            papers.retain(|paper| self.selection.takes_paper(nodes, *paper));
        }
        Ok(papers)
    }

    /// The papers that also name the entity and have the fewest ties, the newest first. `ties` holds the number of ties
    /// of each paper.
    fn shared_papers(
        &self,
        papers: &[IndexedNode],
        ties: &[usize],
        entity: NodeHash,
    ) -> Result<Vec<CommonNeighbor>, StoreError> {
        let index = self.papers.index;
        let nodes = index.nodes()?;
        let mut others = index.naming(entity)?.into_iter().peekable();
        let mut in_both = |paper: IndexedNode| {
            while others.next_if(|other| *other < paper).is_some() {}
            others.peek() == Some(&paper)
        };
        let mut shared: Vec<(usize, IndexedNode)> =
            ties.iter().copied().zip(papers.iter().copied()).filter(|(_, paper)| in_both(*paper)).collect();
        if shared.len() > BECAUSE {
            let (_, (most, _), _) = shared.select_nth_unstable(BECAUSE - 1);
            let most = *most;
            shared.retain(|(ties, _)| *ties <= most);
        }
        shared.sort_by_cached_key(|(ties, paper)| (*ties, nodes.rank(*paper)));
        let mut because = Vec::new();
        for (ties, paper) in shared.into_iter().take(BECAUSE) {
            because.extend(self.because(paper, ties)?);
        }
        Ok(because)
    }

    fn because(&self, doc: IndexedNode, ties: usize) -> Result<Option<CommonNeighbor>, StoreError> {
        let node = Node::at(self.store, doc)?;
        Ok(node.map(|node| CommonNeighbor { id: node.id, label: node.label, ties }))
    }
}

/// The weight of a paper with this many names.
fn weight(names: usize) -> f64 {
    1.0 / (1.0 + names.max(1) as f64).ln()
}

/// The entries with the greatest weight; among equals, the first in the given order.
fn greatest<K, S, O: Ord>(weights: HashMap<K, f64, S>, most: usize, order: impl Fn(&K) -> O) -> Vec<(K, f64)> {
    let mut all: Vec<(K, f64)> = weights.into_iter().collect();
    if all.len() > most {
        all.select_nth_unstable_by(most, |a, b| b.1.total_cmp(&a.1).then_with(|| order(&a.0).cmp(&order(&b.0))));
        all.truncate(most);
    }
    all
}

/// The best by score, with their ids; among equals, the smallest id. Reads no other ids.
fn best<T>(
    mut measured: Vec<(f64, T)>,
    limit: usize,
    id: impl Fn(&T) -> Result<String, StoreError>,
) -> Result<Vec<(f64, String, T)>, StoreError> {
    measured.sort_by(|a, b| b.0.total_cmp(&a.0));
    if let Some((last, _)) = limit.checked_sub(1).and_then(|last| measured.get(last)) {
        let last = *last;
        measured.retain(|(score, _)| *score >= last);
    }
    let named = measured.into_iter().map(|(score, one)| Ok((score, id(&one)?, one)));
    let mut best = named.collect::<Result<Vec<_>, StoreError>>()?;
    best.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    best.truncate(limit);
    Ok(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_survey_weighs_less_and_the_best_come_first() {
        assert!(weight(3) > weight(60) && weight(0) == weight(1));
        let kept = greatest(HashMap::from([("a", 1.0), ("b", 3.0), ("d", 2.0), ("c", 2.0)]), 2, |name| *name);
        assert_eq!(kept.iter().map(|(id, _)| *id).collect::<std::collections::BTreeSet<_>>(), ["b", "c"].into());
        let measured = vec![(0.5, "b"), (0.1, "d"), (0.5, "a"), (0.9, "c")];
        let ranked = best(measured, 2, |name| Ok(name.to_string())).unwrap();
        assert_eq!(ranked.iter().map(|(_, id, _)| id.as_str()).collect::<Vec<_>>(), ["c", "a"]);
    }
}
