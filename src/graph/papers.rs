//! Which papers name what, from the search index: lists of numbers instead of triples.

use super::Tie;
use crate::index::{Doc, Index, Number};
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
        Ok(Number::of(id).map_or(Ok(Vec::new()), |number| self.index.naming(number))?)
    }

    /// How many papers name a node.
    pub fn degree(&self, id: &str) -> Result<usize, StoreError> {
        Ok(Number::of(id).map_or(Ok(0), |number| self.index.count(number))?)
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
