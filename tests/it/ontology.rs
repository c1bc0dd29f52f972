use std::collections::{BTreeMap, BTreeSet};

use oxigraph::model::vocab::rdf;
use papergraph::internals::ontology::{KgTerms, ONTOLOGY_TTL, Ontology, SHAPES_TTL};

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
}

#[test]
fn every_term_says_what_it_means_and_is_tied_to_terms_that_others_know() {
    let ontology = Ontology::default();
    let namespace = ontology.base.namespace();
    let quads = ontology.ontology_quads().unwrap();
    let mut terms: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for quad in &quads {
        if let Some(name) = quad.subject.to_string().trim_matches(['<', '>']).strip_prefix(&namespace) {
            let object = quad.object.to_string();
            terms.entry(name.to_string()).or_default().push((quad.predicate.as_str().to_string(), object));
        }
    }
    // No standard vocabulary has a term with the same or a broader meaning.
    let alone = [
        "archived",
        "authorCount",
        "better",
        "certainty",
        "column",
        "confidence",
        "dateSource",
        "dead",
        "defaultBranch",
        "collection",
        "deviation",
        "digest",
        "etag",
        "failures",
        "field",
        "httpStatus",
        "inTable",
        "kindStated",
        "line",
        "listed",
        "memoryGB",
        "official",
        "own",
        "page",
        "paperCount",
        "mentioningPaperCount",
        "usingPaperCount",
        "relation",
        "row",
        "statedIn",
        "states",
        "unreachable",
    ];
    for (name, said) in &terms {
        let has = |predicates: &[&str]| said.iter().any(|(p, _)| predicates.iter().any(|wanted| p.ends_with(wanted)));
        assert!(has(&["#label"]) && has(&["#comment"]), "{name}: {said:?}");
        let kind = &said.iter().find(|(p, _)| p.ends_with("#type")).unwrap().1;
        if kind.ends_with("Class>") {
            assert!(has(&["subClassOf"]), "{name}");
            continue;
        }
        assert!(has(&["#domain", "domainIncludes"]) && has(&["#range", "rangeIncludes"]), "{name}: {said:?}");
        assert_ne!(has(&["subPropertyOf"]), alone.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn the_document_of_the_ontology_is_that_of_its_file() {
    let written = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/ontology.md")).unwrap();
    assert!(
        written == Ontology::default().document().unwrap(),
        "docs/ontology.md is stale: kg vocab ontology --format markdown > docs/ontology.md"
    );
}

#[test]
fn the_shapes_speak_of_every_class_and_of_nothing_that_the_ontology_has_not() {
    let ontology = Ontology::default();
    let named = |name: &str| SHAPES_TTL.contains(&format!("kg:{name} ")) || SHAPES_TTL.contains(&format!("#{name}>"));
    let declared: Vec<String> = ontology
        .ontology_quads()
        .unwrap()
        .iter()
        .filter_map(|q| {
            q.subject.to_string().trim_matches(['<', '>']).strip_prefix(&ontology.base.namespace()).map(str::to_string)
        })
        .collect();
    for class in KgTerms::NAMES.iter().filter(|name| name.starts_with(char::is_uppercase)) {
        assert!(named(class), "no shape speaks of kg:{class}");
    }
    for word in SHAPES_TTL.split_whitespace().filter_map(|word| word.strip_prefix("kg:")) {
        let word = word.trim_end_matches(|c: char| !c.is_alphanumeric());
        assert!(word.is_empty() || declared.iter().any(|name| name == word), "the ontology has no kg:{word}");
    }
    let other = Ontology::new("https://kg.example.org/".parse().unwrap());
    assert!(!other.rebase(SHAPES_TTL).contains("w3id.org"));
}

#[test]
fn the_ontology_follows_the_base_of_the_graph() {
    let ontology = Ontology::new("https://kg.example.org/".parse().unwrap());
    assert!(ONTOLOGY_TTL.contains("https://w3id.org/papergraph/"));
    for quad in ontology.ontology_quads().unwrap() {
        assert!(!quad.to_string().contains("https://w3id.org/papergraph/"), "{quad}");
    }
}
