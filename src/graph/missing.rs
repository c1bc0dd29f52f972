//! The works that papers cite most and that the graph does not have.

use oxigraph::model::NamedNode;

use super::papers::Papers;
use super::{EvidenceQuote, Node, Tie, citing_quote};
use crate::ontology::{NodeKind, Ontology};
use crate::store::{GraphStore, StoreError};

/// A work that the graph does not have.
#[derive(Debug, Clone)]
pub struct MissingWork {
    pub node: Node,
    pub author: Option<String>,
    pub year: Option<u16>,
    pub doi: Option<String>,
    /// Number of papers that cite it.
    pub citing: usize,
    /// The newest of these papers.
    pub papers: Vec<Node>,
    /// A sentence of one of them that refers to it, with the paper.
    pub quote: Option<(Node, EvidenceQuote)>,
}

/// Number of citing papers that are listed for each work, and that are searched for a sentence.
const LISTED: usize = 3;
const SEARCHED: usize = 8;

/// The works that at least `least` papers cite, the most cited first, at most `limit` of them; and the number of all
/// cited works.
pub(crate) fn missing(store: &GraphStore, limit: usize, least: usize) -> Result<(Vec<MissingWork>, usize), StoreError> {
    let papers = Papers::of(store)?;
    let cites = GraphStore::index_name(&store.ontology().kg.cites);
    let (most, total) = papers.index.most_tied(cites, NodeKind::Work, limit)?;
    let mut works = Vec::new();
    for (citing, id) in most.into_iter().filter(|(citing, _)| *citing >= least) {
        let iri = store.base().node(&id);
        let Some(node) = Node::read(store, &iri)? else { continue };
        works.push(of(store, &papers, &iri, node, citing)?);
    }
    Ok((works, total))
}

fn of(
    store: &GraphStore,
    papers: &Papers<'_>,
    iri: &NamedNode,
    node: Node,
    citing: usize,
) -> Result<MissingWork, StoreError> {
    let Ontology { kg, .. } = store.ontology();
    let docs = papers.subjects(Tie::Cites, &node.id)?;
    let newest = papers.index.first(&docs, None, &[], SEARCHED)?;
    let (mut listed, mut quote) = (Vec::new(), None);
    for (at, namer) in newest.into_iter().enumerate() {
        let Some(paper) = Node::at(store, namer.doc)? else { continue };
        if quote.is_none() {
            let found = citing_quote(store, &store.base().node(&paper.id), iri)?;
            quote = found.map(|found| (paper.clone(), found));
        }
        if at < LISTED {
            listed.push(paper);
        }
    }
    Ok(MissingWork {
        author: store.literal(iri, kg.first_author.as_ref())?,
        year: store.literal(iri, kg.year.as_ref())?.and_then(|year| year.parse().ok()),
        doi: store.literal(iri, kg.doi.as_ref())?,
        node,
        citing,
        papers: listed,
        quote,
    })
}
