//! Every IRI of the graph. Turns an [`Extraction`](crate::extract::Extraction) into triples and a stored paper back
//! into a [`Paper`](crate::paper::Paper). No other part of the program creates IRIs.
//!
//! The shape is chosen for short queries: a paper is tied to each thing it names by *one* triple (`?p
//! kg:usesDataset dataset:coco`). The evidence for that triple is a resource inside the paper
//! (`paper:arxiv-2407.11062#mention-abstract-1010-1019`). There are no blank nodes: the same papers give the same
//! graph, byte for byte. Our own terms are declared in `vocab/ontology.ttl`, each mapped to the standard
//! vocabularies that tools know.

mod checks;
mod contradictions;
mod counts;
mod declared;
mod document;
mod entity;
mod iri;
mod origins;
mod packed;
mod paper;
mod skos_scheme;
mod terms;
mod works;

pub(crate) use checks::whole_second;
pub(crate) use counts::PaperCounts;
pub(crate) use declared::PAPER_PARTS;
pub use iri::{Base, NodeKind};
pub(crate) use iri::{DEFAULT_BASE, PREFIXES, name_key};
pub(crate) use origins::{is_edition, read_stated_names};
pub(crate) use packed::{PackedMention, Packing, PartHolders, PartTriple, SharedTerm};
pub(crate) use paper::PaperTriples;
pub use terms::KgTerms;
pub(crate) use terms::{dcterms, doap, foaf, oa, owl, prov, rdf, rdfs, schema, skos, void, xsd};
pub(crate) use works::read_works;

use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::{GraphName, NamedNode, NamedOrBlankNode, Quad, Term};

/// The ontology file, as shipped.
pub const ONTOLOGY_TTL: &str = include_str!("../../vocab/ontology.ttl");

/// The shapes file, as shipped.
pub const SHAPES_TTL: &str = include_str!("../../vocab/shapes.ttl");

/// The terms and the mapping for graphs with one base IRI.
#[derive(Debug, Clone)]
pub struct Ontology {
    pub base: Base,
    /// Our own terms.
    pub kg: KgTerms,
}

impl Ontology {
    pub fn new(base: Base) -> Self {
        let kg = KgTerms::new(&base.namespace());
        Self { base, kg }
    }

    /// The class of nodes of this kind.
    pub fn node_class(&self, kind: NodeKind) -> &NamedNode {
        match kind {
            NodeKind::Entity(kind) => self.class(kind),
            NodeKind::Paper => &self.kg.paper_class,
            NodeKind::Repository => &self.kg.repository_class,
            NodeKind::Page => &self.kg.page_class,
            NodeKind::Work => &self.kg.work_class,
            NodeKind::Author => &self.kg.author_class,
            NodeKind::Venue => &self.kg.venue_class,
            NodeKind::Organization => &self.kg.organization_class,
        }
    }

    /// The named graph that holds the ontology itself, so that plain queries see data only.
    pub fn ontology_graph(&self) -> GraphName {
        NamedNode::new_unchecked(format!("{}ontology", self.base.as_str())).into()
    }

    /// The named graph with metadata about the build: when, from which sources, with which vocabulary.
    pub fn build_graph(&self) -> GraphName {
        NamedNode::new_unchecked(format!("{}build", self.base.as_str())).into()
    }

    /// The named graph with the statements that a user adds with `kg update`. Builds leave it alone.
    pub fn user_graph(&self) -> GraphName {
        NamedNode::new_unchecked(format!("{}graph/user", self.base.as_str())).into()
    }

    /// The named graph that keeps every check of a link. Builds leave it alone.
    pub fn checks_graph(&self) -> GraphName {
        NamedNode::new_unchecked(format!("{}graph/checks", self.base.as_str())).into()
    }

    /// A shipped Turtle file, with its IRIs under this base.
    pub fn rebase(&self, turtle: &str) -> String {
        turtle.replace(DEFAULT_BASE, self.base.as_str())
    }

    /// `vocab/ontology.ttl` for this base, in [`Ontology::ontology_graph`].
    ///
    /// # Errors
    /// Only if the shipped file is broken, which a test rules out.
    pub fn ontology_quads(&self) -> Result<Vec<Quad>, String> {
        let shipped = format!("{DEFAULT_BASE}ontology");
        let own = format!("{}ontology", self.base.as_str());
        let rebase = |node: NamedNode| match node.as_str().strip_prefix(&shipped) {
            Some(rest) => NamedNode::new_unchecked(format!("{own}{rest}")),
            None => node,
        };
        RdfParser::from_format(RdfFormat::Turtle)
            .for_slice(ONTOLOGY_TTL)
            .map(|quad| {
                let quad = quad.map_err(|e| format!("vocab/ontology.ttl: {e}"))?;
                let NamedOrBlankNode::NamedNode(subject) = quad.subject else {
                    return Err("vocab/ontology.ttl: blank nodes have no stable name; give it an IRI".to_string());
                };
                let object = match quad.object {
                    Term::NamedNode(node) => rebase(node).into(),
                    other => other,
                };
                Ok(Quad::new(rebase(subject), rebase(quad.predicate), object, self.ontology_graph()))
            })
            .collect()
    }
}

impl Default for Ontology {
    fn default() -> Self {
        Self::new(Base::default())
    }
}
