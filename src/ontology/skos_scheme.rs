//! The vocabulary as a SKOS concept scheme, for thesaurus tools and for use in other graphs.

use oxigraph::model::{NamedNode, Triple};

use super::entity::{NodeTriples, add_introducing_paper};
use super::paper::text_literal;
use super::{Ontology, foaf, rdf, rdfs, schema, skos};
use crate::vocabulary::{Entity, Vocabulary};

impl Ontology {
    /// The scheme, followed by every entity as a `skos:Concept` in the order of ids. The IRIs are those of a graph
    /// with this base, so that the two can be loaded together.
    pub fn concept_scheme(&self, vocabulary: &Vocabulary) -> impl Iterator<Item = Triple> {
        let scheme = self.base.node("vocabulary");
        let head = [
            Triple::new(scheme.clone(), rdf::TYPE, skos::CONCEPT_SCHEME),
            Triple::new(scheme.clone(), rdfs::LABEL, text_literal("Names that papers on machine learning use")),
        ];
        head.into_iter().chain(vocabulary.entities().iter().flat_map(move |e| self.concept(e, &scheme)))
    }

    fn concept(&self, entity: &Entity, scheme: &NamedNode) -> Vec<Triple> {
        let node = self.base.entity(&entity.id);
        let mut about = NodeTriples { node: &node, triples: Vec::new() };
        about.add(rdf::TYPE, skos::CONCEPT);
        about.add(rdf::TYPE, self.class(entity.kind()).clone());
        about.add(skos::IN_SCHEME, scheme.clone());
        about.add(skos::NOTATION, text_literal(&entity.id.to_string()));
        about.add(skos::PREF_LABEL, text_literal(&entity.name));
        for alias in entity.names().filter(|name| *name != entity.name) {
            about.add(skos::ALT_LABEL, text_literal(alias));
        }
        for broader in &entity.broader {
            about.add(skos::BROADER, self.base.entity(broader));
        }
        if let Some(homepage) = &entity.homepage {
            about.url(homepage, foaf::HOMEPAGE);
        }
        if let Some(paper) = &entity.paper {
            add_introducing_paper(paper, &mut about);
        }
        if let Some(wikidata) = &entity.wikidata {
            about.url(&format!("http://www.wikidata.org/entity/{wikidata}"), skos::EXACT_MATCH);
        }
        if let Some(huggingface) = &entity.huggingface {
            about.url(&format!("https://huggingface.co/{huggingface}"), schema::URL);
        }
        about.triples
    }
}
