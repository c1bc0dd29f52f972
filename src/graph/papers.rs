//! Which papers name what, from the lists of numbers in the search index instead of triples.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{MinConfidence, Tie, Ties};
use crate::index::{Hub, Index, IndexedNode, LessSureNodes, NodeHash};
use crate::ontology::{NodeKind, Ontology};
use crate::store::{GraphStore, StoreError};
use crate::text::thousands;

/// How many papers are about a node. This is the only definition; every command, page and format counts this way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct PaperCount {
    /// Number of papers with any tie to the node: they name it in their text, link to it, or a source states that
    /// they use it. Each paper counts once.
    pub papers: usize,
    /// Number of these papers that name it in their text or link to it. The others are known only from a source's
    /// statement.
    pub in_text: usize,
}

impl PaperCount {
    /// Whether some of the papers are tied to the node only by a source's statement.
    pub fn has_two_parts(self) -> bool {
        self.in_text < self.papers
    }
}

/// `283 papers, 45 of them in their text`, without the second half if all papers name it in their text.
impl fmt::Display for PaperCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.papers {
            0 => f.write_str("no paper")?,
            1 => f.write_str("1 paper")?,
            n => write!(f, "{} papers", thousands(n as u64))?,
        }
        match (self.papers, self.in_text) {
            _ if !self.has_two_parts() => Ok(()),
            (1, _) => f.write_str(", not in its text"),
            (_, 0) => f.write_str(", none of them in their text"),
            (_, n) => write!(f, ", {} of them in their text", thousands(n as u64)),
        }
    }
}

/// How many papers are about the node with this id; zero if it is a paper.
pub(crate) fn paper_count(store: &GraphStore, id: &str) -> Result<PaperCount, StoreError> {
    PaperIndex::of(store)?.count(id)
}

/// The years of the first and the last dated paper; `None` if no paper has a date.
pub(crate) fn years_of_papers(store: &GraphStore) -> Result<Option<(u16, u16)>, StoreError> {
    Ok(store.index()?.years()?)
}

/// The nodes to which the links of the paper with this id are not sure enough.
///
/// # Errors
/// If the graph cannot be read.
pub(crate) fn less_sure_of(
    store: &GraphStore,
    id: &str,
    min_confidence: Option<MinConfidence>,
) -> Result<LessSureNodes, StoreError> {
    let (Some(least), index) = (min_confidence, store.index()?) else { return Ok(LessSureNodes::default()) };
    Ok(index.find(id)?.map_or_else(LessSureNodes::default, |paper| index.less_sure_of(paper, least.percent())))
}

/// Papers and what they name. The node numbers are those of [`PaperIndex::index`].
pub(super) struct PaperIndex<'s> {
    pub index: &'s Index,
    ontology: &'s Ontology,
    /// Ties by their names in the index.
    names: HashMap<String, Tie>,
    /// Links that are less sure are left out.
    min_confidence: Option<MinConfidence>,
}

impl<'s> PaperIndex<'s> {
    pub(crate) fn of(store: &'s GraphStore) -> Result<Self, StoreError> {
        Self::sure(store, None)
    }

    /// As [`PaperIndex::of`], without the links that are less sure. Counts of papers ([`PaperIndex::count`],
    /// [`PaperIndex::degree`]) include all links.
    pub(crate) fn sure(store: &'s GraphStore, min_confidence: Option<MinConfidence>) -> Result<Self, StoreError> {
        let ontology = store.ontology();
        let names = |tie: Tie| tie.index_names(ontology).into_iter().map(move |name| (name, tie));
        let names = Tie::STORED.into_iter().flat_map(names).collect();
        Ok(Self { index: store.index()?, ontology, names, min_confidence })
    }

    /// The papers that name a node, in the order of their numbers.
    pub(crate) fn naming(&self, id: &str) -> Result<Vec<IndexedNode>, StoreError> {
        let mut papers = NodeHash::of(id).map_or(Ok(Vec::new()), |hash| self.index.naming(hash))?;
        self.keep_sure(id, &mut papers, |paper| *paper)?;
        Ok(papers)
    }

    /// The papers whose link to a node is not sure enough, sorted by number.
    pub(crate) fn less_sure(&self, id: &str) -> Result<Vec<IndexedNode>, StoreError> {
        let entity = NodeHash::of(id).filter(|hash| matches!(hash.kind(), Some(NodeKind::Entity(_))));
        match (entity, self.min_confidence) {
            (Some(entity), Some(least)) => Ok(self.index.less_sure(entity, least.percent())?),
            _ => Ok(Vec::new()),
        }
    }

    /// The nodes to which the links of this paper are not sure enough.
    pub(crate) fn less_sure_of(&self, paper: IndexedNode) -> LessSureNodes {
        self.min_confidence.map_or_else(LessSureNodes::default, |least| self.index.less_sure_of(paper, least.percent()))
    }

    /// Drops what belongs to papers whose link to the node is not sure enough.
    fn keep_sure<T>(&self, id: &str, all: &mut Vec<T>, paper: impl Fn(&T) -> IndexedNode) -> Result<(), StoreError> {
        let less_sure = self.less_sure(id)?;
        if !less_sure.is_empty() {
            all.retain(|one| less_sure.binary_search(&paper(one)).is_err());
        }
        Ok(())
    }

    /// How many papers are about a node, and how many of them name it in their text.
    pub(super) fn count(&self, id: &str) -> Result<PaperCount, StoreError> {
        let papers = self.degree(id)?;
        if papers == 0 || self.subjects(Tie::Declares, id)?.is_empty() {
            return Ok(PaperCount { papers, in_text: papers });
        }
        if let Some(hub) = NodeHash::of(id).map(|hash| self.index.hub(hash)).transpose()?.flatten() {
            return Ok(self.count_of(&hub));
        }
        let tied = self.all_tied(id, &Tie::STORED)?;
        let stated = tied.iter().filter(|(_, ties)| ties.is_stated_only()).count();
        Ok(PaperCount { papers, in_text: papers.saturating_sub(stated) })
    }

    /// As [`PaperIndex::count`], from the table that the index keeps for a hub.
    pub(super) fn count_of(&self, hub: &Hub) -> PaperCount {
        let papers = hub.papers.iter().map(|tied| tied.total).sum();
        let in_text = hub.papers.iter().filter(|tied| !self.ties(&tied.predicates).is_stated_only());
        PaperCount { papers, in_text: in_text.map(|tied| tied.total).sum() }
    }

    /// How many papers are about a node. It is zero for works and papers, which are cited.
    pub(super) fn degree(&self, id: &str) -> Result<usize, StoreError> {
        Ok(NodeHash::of(id).map_or(Ok(0), |hash| self.index.count(hash))?)
    }

    /// The repositories of a paper, unordered.
    pub(super) fn repositories(&self, paper: IndexedNode) -> Result<Vec<IndexedNode>, StoreError> {
        let named = self.index.named(paper).filter(|named| named.kind() == Some(NodeKind::Repository));
        Ok(named.filter_map(|named| self.index.of_hash(named).transpose()).collect::<Result<_, _>>()?)
    }

    /// The nodes that a node's ties lead to, by id.
    pub(super) fn leaving(&self, doc: IndexedNode) -> Result<BTreeMap<String, Ties>, StoreError> {
        let mut leaving: BTreeMap<String, Ties> = BTreeMap::new();
        let less_sure = self.less_sure_of(doc);
        for (predicate, id) in self.index.objects(doc)? {
            if let Some(tie) = self.names.get(&predicate).filter(|_| !less_sure.has_id(&id)) {
                leaving.entry(id).or_default().insert(*tie);
            }
        }
        Ok(leaving)
    }

    /// The ties that these predicates stand for.
    pub(super) fn ties(&self, predicates: &[String]) -> Ties {
        predicates.iter().filter_map(|predicate| self.names.get(predicate)).copied().collect()
    }

    /// The nodes with this tie to the node, ordered by number within each predicate.
    pub(crate) fn subjects(&self, tie: Tie, id: &str) -> Result<Vec<IndexedNode>, StoreError> {
        let mut subjects = self.index.subjects(&tie.index_names(self.ontology), id)?;
        self.keep_sure(id, &mut subjects, |subject| *subject)?;
        Ok(subjects)
    }

    /// The papers with one of `ties` to the node, and which of the ties each has, in the order of the papers'
    /// numbers.
    pub(crate) fn tied(&self, id: &str, ties: &[Tie]) -> Result<Vec<(IndexedNode, Ties)>, StoreError> {
        let mut tied = self.all_tied(id, ties)?;
        self.keep_sure(id, &mut tied, |(paper, _)| *paper)?;
        Ok(tied)
    }

    fn all_tied(&self, id: &str, ties: &[Tie]) -> Result<Vec<(IndexedNode, Ties)>, StoreError> {
        let mut predicates = Vec::new();
        let mut ties_of = Vec::new();
        for tie in ties {
            for name in tie.index_names(self.ontology) {
                predicates.push(name);
                ties_of.push(*tie);
            }
        }
        let namings = self.index.namings(&predicates, id)?;
        let ties =
            |bits: u32| ties_of.iter().enumerate().filter(move |(i, _)| bits & (1 << i) != 0).map(|(_, tie)| *tie);
        Ok(namings.iter().map(|naming| (naming.paper, ties(naming.predicates).collect())).collect())
    }
}
