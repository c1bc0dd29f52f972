//! Which papers name what, from the search index: lists of numbers instead of triples.

use super::Tie;
use crate::index::{Doc, Index, NodeHash};
use crate::ontology::Ontology;
use crate::store::{GraphStore, StoreError};

/// Papers and what they name. The nodes are those of [`Papers::index`].
pub(super) struct Papers<'s> {
    pub index: &'s Index,
    ontology: &'s Ontology,
}

impl<'s> Papers<'s> {
    pub fn of(store: &'s GraphStore) -> Result<Self, StoreError> {
        Ok(Self { index: store.index()?, ontology: store.ontology() })
    }

    /// The papers that name a node, in the order of their numbers.
    pub fn naming(&self, id: &str) -> Result<Vec<Doc>, StoreError> {
        Ok(NodeHash::of(id).map_or(Ok(Vec::new()), |hash| self.index.naming(hash))?)
    }

    /// How many papers name a node.
    pub fn degree(&self, id: &str) -> Result<usize, StoreError> {
        Ok(NodeHash::of(id).map_or(Ok(0), |hash| self.index.count(hash))?)
    }

    /// The ids of a paper's repositories.
    pub fn repositories(&self, paper: &str) -> Result<Vec<String>, StoreError> {
        let name = GraphStore::index_name(&self.ontology.kg.has_repository);
        let ties = self.index.find(paper)?.map(|doc| self.index.objects(doc)).transpose()?.unwrap_or_default();
        Ok(ties.into_iter().filter(|(predicate, _)| predicate == name).map(|(_, id)| id).collect())
    }

    /// For each paper that has one of `ties` to the node: which of them, in the order of the papers' numbers.
    pub fn tied(&self, id: &str, ties: &[Tie]) -> Result<Vec<(Doc, super::Ties)>, StoreError> {
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
