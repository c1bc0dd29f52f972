//! Ties between nodes, read without the names of the nodes. Walking the graph needs no more than this.

use oxigraph::model::{NamedNode, NamedNodeRef, Term, Triple};

use super::{GraphStore, StoreError, read};
use crate::ontology::{NodeKind, rdf};

/// A triple between two nodes, seen from one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkEnd {
    /// Whether the node in question is the object of the triple.
    pub incoming: bool,
    pub predicate: NamedNode,
    pub other: NamedNode,
}

impl GraphStore {
    /// Ties of a node by any of `predicates`. Outgoing ties come first, then incoming ties in the order of
    /// `predicates`, so that callers who stop early get the first-listed predicates.
    pub fn links<'s>(
        &'s self,
        node: &NamedNode,
        predicates: &'s [NamedNode],
    ) -> impl Iterator<Item = Result<LinkEnd, StoreError>> + 's {
        let object = Term::from(node.clone());
        let leaving = self.quads(Some(node), None, None).filter_map(move |quad| {
            let quad = match self.ok(quad) {
                Ok(quad) if predicates.contains(&quad.predicate) => quad,
                Ok(_) => return None,
                Err(e) => return Some(Err(e)),
            };
            match quad.object {
                Term::NamedNode(other) => Some(Ok(LinkEnd { incoming: false, predicate: quad.predicate, other })),
                _ => None,
            }
        });
        let reaching = predicates.iter().flat_map(move |predicate| {
            self.quads(None, Some(predicate.as_ref()), Some(&object)).filter_map(move |quad| match self.ok(quad) {
                Ok(quad) => {
                    let other = read::named(quad.subject)?;
                    Some(Ok(LinkEnd { incoming: true, predicate: quad.predicate, other }))
                }
                Err(e) => Some(Err(e)),
            })
        });
        leaving.chain(reaching)
    }

    /// All triples with the node as their subject, in one read.
    pub fn description(&self, node: &NamedNode) -> Result<Vec<Triple>, StoreError> {
        self.ok(read::description(self.store()?, node))
    }

    /// Nodes of a kind, in an order that is the same each time.
    pub fn nodes_of(&self, kind: NodeKind) -> impl Iterator<Item = Result<NamedNode, StoreError>> + '_ {
        let class = Term::from(self.ontology.node_class(kind).clone());
        self.quads(None, Some(rdf::TYPE), Some(&class))
            .filter_map(|quad| self.ok(quad).map(|quad| read::named(quad.subject)).transpose())
    }

    /// Resources that a predicate ties to this one, in an order that is the same each time.
    pub fn subjects(
        &self,
        predicate: NamedNodeRef<'_>,
        object: &NamedNode,
    ) -> impl Iterator<Item = Result<NamedNode, StoreError>> + '_ {
        let object = Term::from(object.clone());
        self.quads(None, Some(predicate), Some(&object))
            .filter_map(|quad| self.ok(quad).map(|quad| read::named(quad.subject)).transpose())
    }

    /// Nodes that a predicate ties this one to.
    pub fn objects(&self, node: &NamedNode, predicate: NamedNodeRef<'_>) -> Result<Vec<NamedNode>, StoreError> {
        let mut nodes = Vec::new();
        for quad in self.quads(Some(node), Some(predicate), None) {
            if let Term::NamedNode(other) = self.ok(quad)?.object {
                nodes.push(other);
            }
        }
        Ok(nodes)
    }

    /// All triples of a predicate between two resources, in the whole graph.
    pub fn all_links(
        &self,
        predicate: NamedNodeRef<'_>,
    ) -> impl Iterator<Item = Result<(NamedNode, NamedNode), StoreError>> + '_ {
        self.quads(None, Some(predicate), None).filter_map(|quad| match self.ok(quad) {
            Ok(quad) => match (read::named(quad.subject), quad.object) {
                (Some(subject), Term::NamedNode(object)) => Some(Ok((subject, object))),
                _ => None,
            },
            Err(e) => Some(Err(e)),
        })
    }

    /// All literals of a predicate, in the whole graph.
    pub fn all_literals(
        &self,
        predicate: NamedNodeRef<'_>,
    ) -> impl Iterator<Item = Result<(NamedNode, String), StoreError>> + '_ {
        self.quads(None, Some(predicate), None).filter_map(|quad| match self.ok(quad) {
            Ok(quad) => match (read::named(quad.subject), quad.object) {
                (Some(subject), Term::Literal(value)) => Some(Ok((subject, value.value().to_string()))),
                _ => None,
            },
            Err(e) => Some(Err(e)),
        })
    }

    /// Number of papers that name an entity or link to a repository or page. Counting stops at `most`.
    pub fn papers_up_to(&self, node: &NamedNode, most: usize) -> Result<usize, StoreError> {
        let kg = &self.ontology.kg;
        let predicate = match self.ontology.base.kind(node.as_str()) {
            Some(NodeKind::Repository) => &kg.has_repository,
            Some(NodeKind::Page) => &kg.has_page,
            _ => &kg.mentions,
        };
        let node = Term::from(node.clone());
        Ok(self.count(self.quads(None, Some(predicate.as_ref()), Some(&node)).take(most))? as usize)
    }

    /// Parts of a paper whose fragment begins with `prefix`: `citation-`.
    pub fn parts_called(&self, paper: &NamedNode, prefix: &str) -> Result<Vec<NamedNode>, StoreError> {
        self.parts_where(paper, prefix, |_| true)
    }

    /// Parts of a paper that have the given class: results, devices, links.
    pub fn parts(&self, paper: &NamedNode, class: &NamedNode) -> Result<Vec<NamedNode>, StoreError> {
        let class = Term::from(class.clone());
        self.parts_where(paper, "", |part| part.iter().any(|said| said.predicate == rdf::TYPE && said.object == class))
    }

    fn parts_where(
        &self,
        paper: &NamedNode,
        prefix: &str,
        is_wanted: impl Fn(&[Triple]) -> bool,
    ) -> Result<Vec<NamedNode>, StoreError> {
        let triples = self.ok(self.store()?.parts(paper, &[prefix]))?;
        let parts = triples.chunk_by(|a, b| a.subject == b.subject).filter(|part| is_wanted(part));
        Ok(parts.filter_map(|part| read::named(part.first()?.subject.clone())).collect())
    }
}
