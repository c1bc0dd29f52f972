//! Point reads: each reads one node and what is attached to it, never the whole graph.

use oxigraph::model::{GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term, Triple};
use oxigraph::store::StorageError;

use super::quads::Quads;
use crate::ontology::{Ontology, PAPER_PARTS, rdf};
use crate::paper::{Paper, PaperId};

pub(super) fn in_default(
    store: &Quads,
    subject: Option<&NamedNode>,
    predicate: Option<NamedNodeRef<'_>>,
    object: Option<&Term>,
) -> impl Iterator<Item = Result<Quad, StorageError>> + use<> {
    store.quads_for_pattern(
        subject.map(|s| s.as_ref().into()),
        predicate,
        object.map(Term::as_ref),
        Some(GraphNameRef::DefaultGraph),
    )
}

pub(super) fn named(subject: NamedOrBlankNode) -> Option<NamedNode> {
    match subject {
        NamedOrBlankNode::NamedNode(node) => Some(node),
        NamedOrBlankNode::BlankNode(_) => None,
    }
}

/// Triples with the node as their subject.
pub(super) fn description(store: &Quads, node: &NamedNode) -> Result<Vec<Triple>, StorageError> {
    in_default(store, Some(node), None, None).map(|quad| quad.map(Triple::from)).collect()
}

/// Every statement about the checks of a node.
pub(super) fn history(store: &Quads, ontology: &Ontology, node: &NamedNode) -> Result<Vec<Quad>, StorageError> {
    let graph = ontology.checks_graph();
    let mut quads = Vec::new();
    for check in store.quads_for_pattern(
        None,
        Some(ontology.kg.check_of.as_ref()),
        Some(node.as_ref().into()),
        Some(graph.as_ref()),
    ) {
        let check = check?.subject;
        for quad in store.quads_for_pattern(Some(check.as_ref()), None, None, Some(graph.as_ref())) {
            quads.push(quad?);
        }
    }
    Ok(quads)
}

/// The triples of a paper and of the evidence inside it.
pub(super) fn paper_triples(store: &Quads, paper: &NamedNode) -> Result<Vec<Triple>, StorageError> {
    let mut triples = description(store, paper)?;
    triples.extend(store.parts(paper, &[""])?);
    Ok(triples)
}

pub(super) fn paper(store: &Quads, ontology: &Ontology, id: &PaperId) -> Result<Option<Paper>, StorageError> {
    paper_at(store, ontology, &ontology.base.paper(id))
}

/// Reads a paper, but not the evidence inside it, which a [`Paper`] does not hold.
pub(super) fn paper_at(store: &Quads, ontology: &Ontology, iri: &NamedNode) -> Result<Option<Paper>, StorageError> {
    let mut triples = description(store, iri)?;
    triples.extend(store.parts(iri, &PAPER_PARTS)?);
    Ok(ontology.paper(iri, &triples))
}

/// Every paper, one at a time.
pub(super) fn papers<'s>(
    store: &'s Quads,
    ontology: &'s Ontology,
) -> impl Iterator<Item = Result<Paper, StorageError>> + 's {
    let class = Term::from(ontology.kg.paper_class.clone());
    in_default(store, None, Some(rdf::TYPE), Some(&class)).filter_map(move |quad| {
        let paper = quad.and_then(|quad| match named(quad.subject) {
            Some(iri) => paper_at(store, ontology, &iri),
            None => Ok(None),
        });
        paper.transpose()
    })
}

pub(super) fn by_key(store: &Quads, ontology: &Ontology, key: &str) -> Result<Vec<NamedNode>, StorageError> {
    let key = Term::from(oxigraph::model::Literal::new_simple_literal(key));
    let mut nodes = Vec::new();
    for quad in in_default(store, None, Some(ontology.kg.key.as_ref()), Some(&key)) {
        nodes.extend(named(quad?.subject));
    }
    nodes.sort_unstable();
    Ok(nodes)
}

/// The value of a statement about the graph as a whole.
pub(super) fn metadata(
    store: &Quads,
    ontology: &Ontology,
    predicate: NamedNodeRef<'_>,
) -> Result<Option<String>, StorageError> {
    let about = NamedNode::new_unchecked(ontology.base.as_str());
    let graph = ontology.build_graph();
    let found =
        store.quads_for_pattern(Some(about.as_ref().into()), Some(predicate), None, Some(graph.as_ref())).next();
    Ok(found.transpose()?.and_then(|quad| match quad.object {
        Term::Literal(literal) => Some(literal.value().to_string()),
        _ => None,
    }))
}
