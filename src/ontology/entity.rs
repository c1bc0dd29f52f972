//! Nodes that papers share: entities, repositories and pages.

use std::collections::BTreeSet;

use oxigraph::model::{Literal, NamedNode, NamedNodeRef, Term, Triple};

use super::paper::{arxiv_url, decimal_literal, text_literal};
use super::{NodeKind, Ontology, dcterms, doap, foaf, name_key, owl, rdf, rdfs, schema, skos, xsd};
use crate::extract::repository_behind;
use crate::paper::arxiv_id;
use crate::vocabulary::{Entity, EntityId, Vocabulary};

impl Ontology {
    /// The triples about a node that papers share.
    ///
    /// An entity of the vocabulary is described by the vocabulary. Any other node has only the `names` that papers
    /// give it. Its label is the first of them in alphabetical order (capitals first), so that the result does not
    /// depend on the order of papers. Empty if the node is none of these, or has no name.
    pub fn shared_node_triples(
        &self,
        node: &NamedNode,
        vocabulary: &Vocabulary,
        names: &BTreeSet<String>,
    ) -> Vec<Triple> {
        let Some((kind, id)) = self.base.kind(node.as_str()).zip(self.base.id(node.as_str())) else {
            return Vec::new();
        };
        let mut about = NodeTriples { node, triples: Vec::new() };
        match kind {
            NodeKind::Entity(kind) => {
                let entity = id.parse::<EntityId>().ok().and_then(|id| vocabulary.get(&id));
                if entity.is_none() && names.is_empty() {
                    return Vec::new();
                }
                about.add(rdf::TYPE, self.class(kind).clone());
                match entity {
                    Some(entity) => self.known_entity(entity, &mut about),
                    None => self.named_entity(names, &mut about),
                }
            }
            NodeKind::Repository => {
                let Some(name) = names.first() else { return Vec::new() };
                about.add(rdf::TYPE, self.kg.repository_class.clone());
                about.add(rdfs::LABEL, text_literal(name));
                about.url(&format!("https://{name}"), doap::LOCATION);
                let (host, path) = name.split_once('/').unwrap_or((name, ""));
                about.add(self.kg.host.as_ref(), text_literal(&host.to_lowercase()));
                for key in [name.as_str(), path] {
                    self.key(key, &mut about);
                }
            }
            NodeKind::Page => {
                let Some(url) = names.first() else { return Vec::new() };
                about.add(rdf::TYPE, self.kg.page_class.clone());
                about.add(rdfs::LABEL, text_literal(url));
                about.url(url, schema::URL);
                if let Some(repository) = repository_behind(url) {
                    about.url(&repository.url(), self.kg.likely_repository.as_ref());
                }
                self.key(url, &mut about);
            }
            // Works, authors, venues and organisations are described by the papers that cite or name them.
            NodeKind::Paper | NodeKind::Work | NodeKind::Author | NodeKind::Venue | NodeKind::Organization => {}
        }
        about.triples
    }

    fn known_entity(&self, entity: &Entity, about: &mut NodeTriples<'_>) {
        let kg = &self.kg;
        about.add(rdfs::LABEL, text_literal(&entity.name));
        about.add(skos::PREF_LABEL, text_literal(&entity.name));
        for alias in entity.names().filter(|name| *name != entity.name) {
            about.add(skos::ALT_LABEL, text_literal(alias));
        }
        let keys: BTreeSet<String> = entity.names().map(name_key).filter(|key| !key.is_empty()).collect();
        for key in keys {
            about.add(kg.key.as_ref(), text_literal(&key));
        }
        if let Some(homepage) = &entity.homepage {
            about.url(homepage, foaf::HOMEPAGE);
        }
        if let Some(paper) = &entity.paper {
            add_introducing_paper(paper, about);
        }
        if let Some(year) = entity.year {
            about.add(kg.year.as_ref(), Literal::from(i64::from(year)));
        }
        for broader in &entity.broader {
            about.add(skos::BROADER, self.base.entity(broader));
        }
        for modality in &entity.modality {
            about.add(kg.modality.as_ref(), text_literal(modality));
        }
        for task in &entity.tasks {
            about.add(kg.for_task.as_ref(), self.base.entity(task));
        }
        if let Some(vendor) = &entity.vendor {
            about.add(kg.vendor.as_ref(), text_literal(vendor));
        }
        for memory in &entity.memory_gb {
            about.add(kg.memory_gb.as_ref(), decimal_literal(*memory));
        }
        if let Some(architecture) = &entity.architecture {
            about.add(kg.architecture.as_ref(), text_literal(architecture));
        }
        if let Some(better) = entity.better {
            about.add(kg.better.as_ref(), text_literal(better.as_str()));
        }
        if let Some(wikidata) = &entity.wikidata {
            about.same_as(&format!("http://www.wikidata.org/entity/{wikidata}"));
        }
        if let Some(huggingface) = &entity.huggingface {
            let url = format!("https://huggingface.co/{huggingface}");
            about.url(&url, schema::URL);
            about.same_as(&url);
        }
    }

    fn named_entity(&self, names: &BTreeSet<String>, about: &mut NodeTriples<'_>) {
        about.add(self.kg.listed.as_ref(), Literal::from(false));
        for (i, name) in names.iter().enumerate() {
            if i == 0 {
                about.add(rdfs::LABEL, text_literal(name));
                about.add(skos::PREF_LABEL, text_literal(name));
            } else {
                about.add(skos::ALT_LABEL, text_literal(name));
            }
        }
        let keys: BTreeSet<String> = names.iter().map(|name| name_key(name)).filter(|key| !key.is_empty()).collect();
        for key in keys {
            about.add(self.kg.key.as_ref(), text_literal(&key));
        }
    }

    fn key(&self, name: &str, about: &mut NodeTriples<'_>) {
        let key = name_key(name);
        if !key.is_empty() {
            about.add(self.kg.key.as_ref(), text_literal(&key));
        }
    }
}

/// The paper that introduces an entity: an arXiv id or a DOI.
pub(super) fn add_introducing_paper(paper: &str, about: &mut NodeTriples<'_>) {
    match arxiv_id(paper) {
        Some(id) => about.add(dcterms::SOURCE, arxiv_url(&id)),
        None => about.url(&format!("https://doi.org/{}", paper.trim_start_matches("doi:")), dcterms::SOURCE),
    }
}

/// Collects the triples about one node.
pub(super) struct NodeTriples<'n> {
    pub node: &'n NamedNode,
    pub triples: Vec<Triple>,
}

impl NodeTriples<'_> {
    /// Adds a link as an IRI. An address that is not a valid IRI becomes a literal, so that nothing is lost and
    /// every export is valid.
    pub(super) fn url(&mut self, url: &str, predicate: NamedNodeRef<'_>) {
        match NamedNode::new(url) {
            Ok(iri) => self.add(predicate, iri),
            Err(_) => self.add(predicate, Literal::new_typed_literal(url, xsd::ANY_URI)),
        }
    }

    /// Adds the IRI that the node has elsewhere, if it is a valid IRI.
    pub(super) fn same_as(&mut self, iri: &str) {
        if let Ok(iri) = NamedNode::new(iri) {
            self.add(owl::SAME_AS, iri);
        }
    }

    pub(super) fn add(&mut self, predicate: NamedNodeRef<'_>, object: impl Into<Term>) {
        self.triples.push(Triple::new(self.node.clone(), predicate.into_owned(), object));
    }
}
