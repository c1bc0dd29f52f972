//! What a paper cites, as triples: one for each cited work, and the sentences in the full text that refer to it.
//!
//! A work that is not in the graph as a paper is a node that papers share. Each paper keeps how it describes these
//! works in one literal, so that a citation costs one triple; the node is described by the fullest of these
//! descriptions.

use oxigraph::model::{Literal, NamedNode, Triple};

use super::entity::NodeTriples;
use super::paper::{PaperWriter, arxiv_url, text_literal};
use super::{Ontology, name_key, owl, rdf, rdfs, schema};
use crate::extract::{Cited, Field};
use crate::paper::Work;

impl PaperWriter<'_> {
    pub(super) fn citations(&mut self) {
        let kg = &self.ontology.kg;
        let mut works = Vec::new();
        for (i, citation) in self.extraction.citations.iter().enumerate() {
            let cited = match &citation.cited {
                Cited::Paper(id) => self.ontology.base.paper(id),
                Cited::Work(work) => {
                    works.push(work);
                    self.cites_work(&work.key)
                }
            };
            self.about(kg.cites.as_ref(), cited.clone());
            for (n, place) in citation.places.iter().enumerate() {
                let part = self.part(&format!("citation-{}-{}", i + 1, n + 1), &kg.citation_class);
                self.add(&part, kg.cited.as_ref(), cited.clone());
                self.place(&part, Some(*place));
                if let Field::Section(number) = place.field {
                    let section = self.fragment(&format!("section-{number}"));
                    self.add(&part, kg.in_section.as_ref(), section);
                }
            }
        }
        if !works.is_empty() {
            let json = json_of(&works);
            self.about(kg.cited_works.as_ref(), Literal::new_typed_literal(json, rdf::JSON));
        }
    }
}

impl Ontology {
    /// The triples about a work that is not in the graph as a paper.
    pub fn work_triples(&self, node: &NamedNode, work: &Work) -> Vec<Triple> {
        let kg = &self.kg;
        let mut about = NodeTriples { node, triples: Vec::new() };
        about.add(rdf::TYPE, kg.work_class.clone());
        about.add(rdfs::LABEL, text_literal(&work.title));
        let key = name_key(&work.title);
        if !key.is_empty() {
            about.add(kg.key.as_ref(), text_literal(&key));
        }
        if let Some(author) = &work.author {
            about.add(kg.first_author.as_ref(), text_literal(author));
        }
        if let Some(year) = work.year {
            about.add(kg.year.as_ref(), Literal::from(i64::from(year)));
        }
        if let Some(arxiv) = &work.arxiv {
            about.add(schema::URL, arxiv_url(arxiv));
            about.add(owl::SAME_AS, arxiv_url(arxiv));
        }
        if let Some(doi) = &work.doi {
            about.add(kg.doi.as_ref(), text_literal(doi));
            about.same_as(&format!("https://doi.org/{doi}"));
        }
        about.triples
    }
}

impl Ontology {
    /// The triples about an author of these names. The first is shown.
    pub fn author_triples(&self, node: &NamedNode, names: &[String]) -> Vec<Triple> {
        let mut about = NodeTriples { node, triples: Vec::new() };
        about.add(rdf::TYPE, self.kg.author_class.clone());
        self.names(&mut about, names.iter().map(String::as_str));
        let key = self.base.id(node.as_str()).and_then(|id| id.strip_prefix("author/")).unwrap_or_default();
        let at = |registry: &str| key.strip_prefix(registry).filter(|id| id.contains(|c: char| c.is_ascii_digit()));
        if let Some(orcid) = at("orcid-") {
            about.same_as(&format!("https://orcid.org/{}", orcid.to_uppercase()));
        } else if let Some(id) = at("openalex-") {
            about.same_as(&format!("https://openalex.org/{}", id.to_uppercase()));
        } else if let Some(id) = at("s2-") {
            about.same_as(&format!("https://www.semanticscholar.org/author/{id}"));
        }
        about.triples
    }
}

/// The works in a value of `kg:citedWorks`. Empty if the value is not of that form.
pub(crate) fn read_works(json: &str) -> Vec<Work> {
    serde_json::from_str(json).unwrap_or_default()
}

/// A value as JSON. It consists of texts, numbers and lists, so that nothing in it can fail.
pub(super) fn json_of(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("texts, numbers and lists become JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_work_is_described_by_what_the_reference_says() {
        let work = Work {
            key: "lanterns".to_string(),
            title: "Lanterns".to_string(),
            year: Some(2020),
            doi: Some("10.1000/1 82".to_string()),
            ..Work::default()
        };
        let ontology = Ontology::default();
        let node = ontology.base.work(&work.key);
        let said: Vec<String> = ontology.work_triples(&node, &work).iter().map(|t| t.object.to_string()).collect();
        // An address that is no IRI is left out; the DOI stays as text.
        assert_eq!(
            said[1..],
            [
                "\"Lanterns\"",
                "\"lanterns\"",
                "\"2020\"^^<http://www.w3.org/2001/XMLSchema#integer>",
                "\"10.1000/1 82\""
            ]
        );
    }

    #[test]
    fn descriptions_are_read_back_and_any_other_text_is_none() {
        let work = Work { key: "k".to_string(), title: "T".to_string(), ..Work::default() };
        let json = serde_json::to_string(&[&work]).unwrap();
        assert_eq!((json.as_str(), read_works(&json)), (r#"[{"key":"k","title":"T"}]"#, vec![work]));
        assert!(read_works("{").is_empty());
    }
}
