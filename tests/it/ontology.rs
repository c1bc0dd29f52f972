use std::collections::BTreeSet;

use papergraph::ontology::{KgTerms, ONTOLOGY_TTL, Ontology, rdf, rdfs};

#[test]
fn every_term_of_the_mapping_is_declared_in_the_ontology_and_every_declared_one_is_used() {
    let ontology = Ontology::default();
    let namespace = ontology.base.namespace();
    let quads = ontology.ontology_quads().unwrap();
    let declared: BTreeSet<String> = quads
        .iter()
        .filter(|quad| quad.predicate == rdf::TYPE)
        .filter_map(|quad| {
            quad.subject.to_string().trim_matches(['<', '>']).strip_prefix(&namespace).map(str::to_string)
        })
        .collect();
    let superclasses = ["Declaration", "Entity", "ResultStatement"];
    let used: BTreeSet<String> = KgTerms::NAMES.iter().copied().chain(superclasses).map(ToString::to_string).collect();
    assert_eq!(declared, used);
    for name in used {
        let term = format!("<{namespace}{name}>");
        let labelled = |p| quads.iter().any(|q| q.subject.to_string() == term && q.predicate == p);
        assert!(labelled(rdfs::LABEL), "{name} has no label");
    }
}

#[test]
fn the_ontology_follows_the_base_of_the_graph() {
    let ontology = Ontology::new("https://kg.example.org/".parse().unwrap());
    assert!(ONTOLOGY_TTL.contains("https://w3id.org/papergraph/"));
    for quad in ontology.ontology_quads().unwrap() {
        assert!(!quad.to_string().contains("https://w3id.org/papergraph/"), "{quad}");
    }
}
