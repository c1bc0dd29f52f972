//! `kg update`: a user's own statements.

use std::path::Path;

use assert_cmd::prelude::*;
use papergraph::internals::store::GraphStore;

use crate::cli::kg;
use crate::small_graph::{build, paper, papers};

/// Standard error of a successful command.
fn update(store: &Path, text: &str) -> String {
    let output = kg(store).args(["update", "-e", text]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    said
}

fn refused(store: &Path, text: &str) -> String {
    let output = kg(store).args(["update", "-e", text]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap()
}

fn rows(store: &Path, text: &str) -> Vec<String> {
    let output = kg(store).args(["query", "--format", "csv", "-e", text]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().skip(1).map(str::to_string).collect()
}

fn store() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("kg");
    build(&store, papers());
    (folder, store)
}

const NOTES: &str = "SELECT ?note WHERE { dataset:coco rdfs:comment ?note } ORDER BY ?note";

#[test]
fn statements_of_the_user_are_seen_with_the_data_and_survive_builds() {
    let (_folder, store) = store();
    let said = update(&store, "INSERT DATA { dataset:coco rdfs:comment \"on the file server\" , \"ask Ada\" }");
    assert_eq!(said, "2 statements added\n");
    assert_eq!(rows(&store, NOTES), ["ask Ada", "on the file server"]);
    let own = "SELECT ?o WHERE { GRAPH <https://w3id.org/papergraph/graph/user> { ?s ?p ?o } } ORDER BY ?o";
    assert_eq!(rows(&store, own), ["ask Ada", "on the file server"]);
    // Patterns may join statements of the build and of the user.
    let joined =
        "SELECT ?title WHERE { ?paper kg:usesDataset ?d ; dcterms:title ?title . ?d rdfs:comment \"ask Ada\" }";
    let before = rows(&store, joined);
    assert_eq!(before.len(), 3);

    let mut more = papers();
    more.push(paper("arxiv-2502.00002", "One More", "2025-02-03", &["dataset/coco"]));
    build(&store, more);
    assert_eq!(rows(&store, NOTES), ["ask Ada", "on the file server"]);
    assert_eq!(rows(&store, joined).len(), 4);

    assert_eq!(update(&store, "DELETE WHERE { dataset:coco rdfs:comment \"ask Ada\" }"), "1 statement removed\n");
    assert_eq!(rows(&store, NOTES), ["on the file server"]);
    let said = update(
        &store,
        "DELETE { ?d rdfs:comment ?old } INSERT { ?d rdfs:comment ?new } \
         WHERE { ?d rdfs:comment ?old ; rdfs:label ?name . BIND(CONCAT(?name, \" is gone\") AS ?new) }",
    );
    assert_eq!(said, "1 statement added, 1 removed\n");
    assert_eq!(rows(&store, NOTES), ["COCO is gone"]);
    assert_eq!(update(&store, "CLEAR DEFAULT"), "1 statement removed\n");
    assert!(rows(&store, NOTES).is_empty());
}

#[test]
fn what_builds_have_written_stays_as_it_is() {
    let (_folder, store) = store();
    let everything = "SELECT ?s ?p ?o WHERE { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } } ORDER BY ?s ?p ?o";
    let before = rows(&store, everything);
    let generation = GraphStore::open(&store).unwrap().generation();
    for text in [
        "DELETE WHERE { ?s ?p ?o }",
        "DELETE DATA { dataset:coco rdfs:label \"COCO\" }",
        "CLEAR DEFAULT",
        "DROP GRAPH <https://w3id.org/papergraph/graph/user>",
        "CREATE GRAPH <https://w3id.org/papergraph/graph/user>",
        "INSERT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(false) }",
    ] {
        assert_eq!(update(&store, text), "nothing changed\n", "{text}");
    }
    for text in [
        "INSERT DATA { GRAPH <https://w3id.org/papergraph/build> { <urn:a> <urn:b> 1 } }",
        "DELETE DATA { GRAPH <https://w3id.org/papergraph/ontology> { <urn:a> <urn:b> 1 } }",
        "DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }",
        "WITH <urn:other> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "INSERT DATA { <urn:a> <urn:b> 1 } ; CLEAR ALL",
        "DROP NAMED",
        "CLEAR SILENT GRAPH <urn:other>",
        "CREATE GRAPH <urn:other>",
        "COPY DEFAULT TO <urn:other>",
    ] {
        assert!(refused(&store, text).contains("only your own graph can be changed"), "{text}");
    }
    for text in ["LOAD <http://127.0.0.1:1/x.ttl>", "LOAD SILENT <file:///etc/passwd> INTO GRAPH <urn:x>"] {
        assert!(refused(&store, text).contains("updates do not use the network"), "{text}");
    }
    assert!(
        refused(&store, "INSERT { ?s <urn:p> 1 } WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")
            .contains("service")
    );
    assert_eq!(rows(&store, everything), before);
    assert_eq!(GraphStore::open(&store).unwrap().generation(), generation, "nothing is published for nothing");
}

#[test]
fn what_the_data_says_already_is_not_said_twice() {
    let (_folder, store) = store();
    let said = update(&store, "INSERT DATA { dataset:coco rdfs:label \"COCO\" ; rdfs:comment \"mine\" }");
    assert_eq!(said, "1 statement added\n1 statement not added: already in the data\n");
    assert_eq!(rows(&store, "SELECT ?l WHERE { dataset:coco rdfs:label ?l }"), ["COCO"]);
}

#[test]
fn an_error_shows_its_place_and_changes_nothing() {
    let (_folder, store) = store();
    let said = refused(&store, "INSERT DATA {\n  dataset:coco rdfs:comment }");
    assert!(said.contains("line 2, column 29"), "{said}");
    assert!(said.contains("2 |   dataset:coco rdfs:comment }\n  |                             ^"), "{said}");
    let said = refused(&store, &"{".repeat(1000));
    assert!(said.contains("nested too deeply"), "{said}");
}

#[test]
fn an_update_comes_from_a_file_or_standard_input() {
    let (folder, store) = store();
    let file = folder.path().join("notes.ru");
    std::fs::write(&file, "# mine\nINSERT DATA { dataset:coco rdfs:comment \"from a file\" }").unwrap();
    kg(&store).arg("update").arg(&file).assert().success().stderr("1 statement added\n");
    assert_cmd::Command::from_std(kg(&store))
        .args(["update", "-"])
        .write_stdin("INSERT DATA { dataset:coco rdfs:comment \"from a pipe\" }")
        .assert()
        .success();
    assert_eq!(rows(&store, NOTES), ["from a file", "from a pipe"]);
    kg(&store).args(["update", "none.ru"]).assert().code(1).stderr(predicates::str::contains("cannot read none.ru"));
    kg(&folder.path().join("none")).args(["update", "-e", "CLEAR DEFAULT"]).assert().code(1);
}
