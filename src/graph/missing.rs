//! The works that papers cite most and that the graph does not have.

use oxigraph::model::NamedNode;
use serde::{Deserialize, Serialize};

use super::papers::PaperIndex;
use super::{EvidenceQuote, Node, Tie, citing_quote};
use crate::disk::FileKind;
use crate::ontology::{NodeKind, Ontology};
use crate::store::{GraphStore, KeptAnswer, StoreError};

const FILE: KeptAnswer<'_> = KeptAnswer { name: "missing", kind: FileKind { magic: b"kg-miss\n", version: 1 } };

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

/// The works that papers cite most, as ids with the number of these papers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MostCited {
    /// The most cited first.
    works: Vec<(usize, String)>,
    /// Number of all cited works.
    pub total: usize,
}

impl MostCited {
    /// At most `limit` works.
    pub(crate) fn find(store: &GraphStore, limit: usize) -> Result<Self, StoreError> {
        let cites = GraphStore::index_name(&store.ontology().kg.cites);
        let (works, total) = store.index()?.most_tied(cites, NodeKind::Work, limit)?;
        Ok(Self { works, total })
    }

    /// The first [`MostCited::KEPT`] works. Finding them means counting the citations of every work, so they are kept.
    pub(crate) fn kept(store: &GraphStore) -> Result<Self, StoreError> {
        store.kept(FILE, || Self::find(store, Self::KEPT))
    }

    /// Number of works that are kept.
    const KEPT: usize = 100;
}

/// Those of the most cited works that at least `least` papers cite.
pub(crate) fn missing_works(store: &GraphStore, most: MostCited, least: usize) -> Result<Vec<MissingWork>, StoreError> {
    let papers = PaperIndex::of(store)?;
    let mut works = Vec::new();
    for (citing, id) in most.works.into_iter().filter(|(citing, _)| *citing >= least) {
        let iri = store.base().node(&id);
        let Some(node) = Node::read(store, &iri)? else { continue };
        works.push(of(store, &papers, &iri, node, citing)?);
    }
    Ok(works)
}

fn of(
    store: &GraphStore,
    papers: &PaperIndex<'_>,
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
