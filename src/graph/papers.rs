//! Which papers name what, from the search index: lists of numbers instead of triples.

use std::collections::{BTreeMap, HashMap};

use super::{Tie, Ties};
use crate::index::{Doc, Index, NodeHash};
use crate::ontology::{NodeKind, Ontology};
use crate::store::{GraphStore, StoreError};

/// Papers and what they name. The nodes are those of [`Papers::index`].
pub(super) struct Papers<'s> {
    pub index: &'s Index,
    ontology: &'s Ontology,
    /// The ties by their names in the index.
    names: HashMap<String, Tie>,
}

impl<'s> Papers<'s> {
    pub fn of(store: &'s GraphStore) -> Result<Self, StoreError> {
        let ontology = store.ontology();
        let names = |tie: Tie| tie.index_names(ontology).into_iter().map(move |name| (name, tie));
        Ok(Self { index: store.index()?, ontology, names: Tie::STORED.into_iter().flat_map(names).collect() })
    }

    /// The papers that name a node, in the order of their numbers.
    pub fn naming(&self, id: &str) -> Result<Vec<Doc>, StoreError> {
        Ok(NodeHash::of(id).map_or(Ok(Vec::new()), |hash| self.index.naming(hash))?)
    }

    /// How many papers name a node.
    pub fn degree(&self, id: &str) -> Result<usize, StoreError> {
        Ok(NodeHash::of(id).map_or(Ok(0), |hash| self.index.count(hash))?)
    }

    /// The repositories of a paper, in no order.
    pub fn repositories(&self, paper: Doc) -> Result<Vec<Doc>, StoreError> {
        let named = self.index.named(paper).filter(|named| named.kind() == Some(NodeKind::Repository));
        Ok(named.filter_map(|named| self.index.of_hash(named).transpose()).collect::<Result<_, _>>()?)
    }

    /// What a node is tied to, by id.
    pub fn leaving(&self, doc: Doc) -> Result<BTreeMap<String, Ties>, StoreError> {
        let mut leaving: BTreeMap<String, Ties> = BTreeMap::new();
        for (predicate, id) in self.index.objects(doc)? {
            if let Some(tie) = self.names.get(&predicate) {
                leaving.entry(id).or_default().insert(*tie);
            }
        }
        Ok(leaving)
    }

    /// The ties that these predicates stand for.
    pub fn ties(&self, predicates: &[String]) -> Ties {
        predicates.iter().filter_map(|predicate| self.names.get(predicate)).copied().collect()
    }

    /// The nodes that have a tie to the node, those of each of its predicates in the order of their numbers.
    pub fn subjects(&self, tie: Tie, id: &str) -> Result<Vec<Doc>, StoreError> {
        Ok(self.index.subjects(&tie.index_names(self.ontology), id)?)
    }

    /// For each paper that has one of `ties` to the node: which of them, in the order of the papers' numbers.
    pub fn tied(&self, id: &str, ties: &[Tie]) -> Result<Vec<(Doc, Ties)>, StoreError> {
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
