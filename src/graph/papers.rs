//! Which papers name what, from the search index: lists of numbers instead of triples.

use std::collections::HashMap;

use super::Tie;
use crate::index::{Doc, Index, ONLY_DECLARES};
use crate::ontology::{NodeKind, Ontology};
use crate::store::{GraphStore, StoreError};

/// Papers and what they name. The nodes are those of [`Papers::index`].
pub(super) struct Papers<'s> {
    pub index: &'s Index,
    ontology: &'s Ontology,
    introduces: String,
}

impl<'s> Papers<'s> {
    pub fn of(store: &'s GraphStore) -> Result<Self, StoreError> {
        let ontology = store.ontology();
        let introduces = GraphStore::index_name(&ontology.kg.introduces).to_string();
        Ok(Self { index: store.index()?, ontology, introduces })
    }

    /// The predicates of which a paper has exactly one to each thing that it names.
    fn predicates(&self, kind: NodeKind) -> Vec<&str> {
        let kg = &self.ontology.kg;
        match kind {
            NodeKind::Entity(kind) => {
                vec![GraphStore::index_name(self.ontology.uses(kind)), &self.introduces, ONLY_DECLARES]
            }
            NodeKind::Repository => vec![GraphStore::index_name(&kg.has_repository)],
            NodeKind::Page => vec![GraphStore::index_name(&kg.has_page)],
            NodeKind::Paper => Vec::new(),
        }
    }

    fn kind(&self, id: &str) -> Option<NodeKind> {
        let (kind, _) = id.split_once('/')?;
        NodeKind::ALL.into_iter().find(|known| known.as_str() == kind)
    }

    /// The papers that name a node, in the order of their numbers.
    pub fn naming(&self, id: &str) -> Result<Vec<Doc>, StoreError> {
        let mut papers = Vec::new();
        for predicate in self.kind(id).map(|kind| self.predicates(kind)).unwrap_or_default() {
            papers.extend(self.index.subjects(predicate, id)?);
        }
        papers.sort_unstable();
        papers.dedup();
        Ok(papers)
    }

    /// How many papers name a node.
    pub fn degree(&self, id: &str) -> Result<usize, StoreError> {
        let mut papers = 0;
        for predicate in self.kind(id).map(|kind| self.predicates(kind)).unwrap_or_default() {
            papers += self.index.count(predicate, id)?;
        }
        Ok(papers)
    }

    /// What a paper names, each once.
    pub fn names(&self, paper: Doc) -> Result<Vec<String>, StoreError> {
        let mut names: Vec<String> = self.index.objects(paper)?.into_iter().map(|(_, id)| id).collect();
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// What these papers (in the order of their numbers) name of the kinds wanted: how many of them, and the sum of
    /// their weights.
    pub fn together(
        &self,
        papers: &[Doc],
        weights: &[f64],
        wanted: impl Fn(NodeKind) -> bool,
    ) -> Result<HashMap<String, (usize, f64)>, StoreError> {
        let by_kind: Vec<(String, Vec<&str>)> = NodeKind::ALL
            .into_iter()
            .filter(|kind| wanted(*kind))
            .map(|kind| (format!("{}/", kind.as_str()), self.predicates(kind)))
            .collect();
        let takes = |predicate: &str, id: &str| {
            by_kind.iter().any(|(prefix, predicates)| id.starts_with(prefix) && predicates.contains(&predicate))
        };
        let mut together: HashMap<String, (usize, f64)> = HashMap::new();
        for ((_, id), (number, weight)) in self.index.tally(papers, weights, takes)? {
            let entry = together.entry(id).or_default();
            entry.0 += number;
            entry.1 += weight;
        }
        Ok(together)
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
