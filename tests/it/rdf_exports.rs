//! `kg export` in RDF: the output is the graph, for every reader.

use std::path::Path;

use assert_cmd::prelude::*;
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::dataset::CanonicalizationAlgorithm;
use oxigraph::model::{Dataset, GraphName, Quad};
use oxigraph::store::Store;
use papergraph::internals::export::rdf::FORMATS;
use papergraph::internals::store::GraphStore;

use crate::cli::kg;
use crate::small_graph::{build, paper, papers};

/// The small graph, with everything that is hard to write: quotation marks, line breaks, characters beyond the first
/// plane, text that looks like markup, languages, blank nodes, an id that no prefixed name can hold.
fn store(folder: &Path) -> std::path::PathBuf {
    let store = folder.join("kg");
    let mut all = papers();
    for (i, title) in
        ["\"Quoted\" \\ and\nbroken\r\n\ttwice", "𝛼-divergence <b>&amp;</b> ]]> é", "''' \"\"\" {|}^`", "x^^y@en _:b"]
            .iter()
            .enumerate()
    {
        all.push(paper(&format!("odd-{i}.a-b"), title, "2024-02", &["dataset/coco"]));
    }
    build(&store, all);
    let notes = "INSERT DATA { dataset:coco rdfs:comment \"schön\"@de, 1.50, true, \"a\\u0001b\" ; rdfs:seeAlso [ rdfs:label \"x\" ; \
                 rdfs:seeAlso [ rdfs:label \"y\" ] ] }";
    kg(&store).args(["update", "-q", "-e", notes]).assert().success();
    store
}

fn export(store: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = kg(store).arg("export").args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The statements in a form in which equal graphs are equal, whatever the names of their blank nodes.
fn canonical(quads: impl IntoIterator<Item = Quad>) -> Vec<String> {
    let mut dataset = Dataset::from_iter(quads);
    dataset.canonicalize(CanonicalizationAlgorithm::Unstable);
    let mut lines: Vec<String> = dataset.iter().map(|quad| quad.to_string()).collect();
    lines.sort_unstable();
    lines
}

fn read(bytes: &[u8], format: RdfFormat) -> Vec<String> {
    let store = Store::new().unwrap();
    store.load_from_slice(RdfParser::from_format(format), bytes).unwrap();
    canonical(store.iter().map(Result::unwrap))
}

#[test]
fn every_format_read_back_is_the_same_graph() {
    let folder = tempfile::tempdir().unwrap();
    let at = store(folder.path());
    let graph = GraphStore::open(&at).unwrap();
    let user = graph.ontology().user_graph();
    let quads = || graph.store().unwrap().iter().map(Result::unwrap);
    let whole = canonical(quads());
    let data = canonical(
        quads()
            .filter(|q| q.graph_name == GraphName::DefaultGraph || q.graph_name == user)
            .map(|q| Quad { graph_name: GraphName::DefaultGraph, ..q }),
    );
    assert!(data.len() > 200 && whole.len() > data.len() + 300);
    for (name, format) in FORMATS {
        let written = export(&at, &[name]);
        if format == RdfFormat::RdfXml {
            // XML cannot represent control characters.
            let seen: Vec<String> = data.iter().map(|line| line.replace("\\u0001", "\u{fffd}")).collect();
            assert_eq!(canonical_text(&read(&written, format)), canonical_text(&seen));
            continue;
        }
        assert_eq!(
            read(&written, format),
            if format.supports_datasets() { whole.clone() } else { data.clone() },
            "{name}"
        );
    }
}

/// Sorted again after the characters were replaced.
fn canonical_text(lines: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = lines.iter().map(|line| blank(line)).collect();
    lines.sort_unstable();
    lines
}

/// The names of blank nodes depend on their statements, and so on the replaced character.
fn blank(line: &str) -> String {
    line.split(' ').map(|word| if word.starts_with("_:") { "_:" } else { word }).collect::<Vec<_>>().join(" ")
}

#[test]
fn turtle_is_written_with_prefixes() {
    let folder = tempfile::tempdir().unwrap();
    let turtle = String::from_utf8(export(&store(folder.path()), &["turtle"])).unwrap();
    assert!(turtle.starts_with("@prefix "), "{}", &turtle[..200]);
    for wanted in
        ["@prefix kg: ", "paper:arxiv-2407.11062 ", "kg:usesDataset", "dataset:coco", "skos:prefLabel \"COCO\""]
    {
        assert!(turtle.contains(wanted), "{wanted}");
    }
}

#[test]
fn a_part_holds_what_is_said_of_its_nodes_and_nothing_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let at = store(folder.path());
    let part = read(&export(&at, &["ntriples", "--kind", "dataset,paper", "--since", "2025"]), RdfFormat::NTriples);
    let has = |text: &str| part.iter().any(|line| line.contains(text));
    assert!(has("paper/arxiv-2501.00001> <http://purl.org/dc/terms/title>") && has("dataset/coco>"));
    assert!(has("paper/arxiv-2501.00001#mention-") && has("usesDataset"));
    for absent in ["paper/arxiv-2407.11062>", "method/lora", "repository/", "ontology> <"] {
        assert!(!has(absent), "{absent}");
    }
    let graph = GraphStore::open(&at).unwrap();
    let whole = canonical(graph.store().unwrap().iter().map(Result::unwrap));
    assert!(part.iter().all(|line| whole.contains(line)), "a part says only what the whole says");
}
