//! The graph states how many papers name each entity, and the queries that rank entities read it.

use std::path::Path;

use oxigraph::store::Store;
use papergraph::internals::ontology::Ontology;
use papergraph::internals::store::{GenerationBuild, GraphStore};
use papergraph::query::{Query, QueryAnswer, QueryLimits, named_query};
use serde_json::json;

use crate::small_graph::{build, papers, vocabulary, with};

const RANKINGS: [&str; 4] = ["datasets-by-papers", "models-by-papers", "software-by-papers", "tasks-by-papers"];

/// The rows of a query, sorted.
fn rows(at: &Path, text: &str, given: &[(&str, &str)]) -> Vec<String> {
    let graph = GraphStore::open(at).unwrap();
    let given: Vec<_> = given.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())).collect();
    let query = Query::parse(text, graph.base()).unwrap().bind(&given, &graph).unwrap();
    let QueryAnswer::Solutions(rows) = query.run(&graph, QueryLimits::default()).unwrap() else { panic!("no rows") };
    let mut rows: Vec<String> = rows.map(|row| format!("{:?}", row.unwrap().values())).collect();
    rows.sort_unstable();
    rows
}

fn stated(at: &Path) -> Vec<String> {
    let stated = "SELECT ?entity ?papers (COALESCE(?in_text, 0) AS ?mentioning) (COALESCE(?with_it, 0) AS ?using) {
        ?entity kg:paperCount ?papers
        OPTIONAL { ?entity kg:mentioningPaperCount ?in_text }
        OPTIONAL { ?entity kg:usingPaperCount ?with_it } }";
    rows(at, stated, &[])
}

fn counted(at: &Path) -> Vec<String> {
    let counted = "SELECT ?entity (COUNT(DISTINCT ?paper) AS ?papers) (COUNT(DISTINCT ?in_text) AS ?mentioning)
        (COUNT(DISTINCT ?with_it) AS ?using) {
            { ?paper kg:mentions ?entity BIND(?paper AS ?in_text) } UNION { ?paper kg:declares ?entity } UNION {
                ?with_it kg:usesDataset|kg:usesModel|kg:usesMethod|kg:addressesTask|kg:usesMetric|kg:runsOn|
                    kg:usesSoftware|kg:usesUnknown ?entity } }
        GROUP BY ?entity";
    rows(at, counted, &[])
}

/// What the rankings say when they count papers: all of them are younger than the year 1001.
fn ranked_by_counting(at: &Path) -> Vec<Vec<String>> {
    RANKINGS.map(|name| rows(at, named_query(name).unwrap(), &[("since", "1001")])).into()
}

fn ranked(at: &Path) -> Vec<Vec<String>> {
    RANKINGS.map(|name| rows(at, named_query(name).unwrap(), &[])).into()
}

/// Three papers, of which one has a dataset and a task that only its source states.
fn declaring() -> Vec<papergraph::extract::Extraction> {
    let mut papers = papers();
    let last = papers.pop().unwrap();
    let declared = json!({"datasets": [{"name": "ImageNet"}, {"name": "COCO"}], "tasks": ["object detection"]});
    let known = json!([
        {"name": "ImageNet", "entity": "dataset/imagenet"},
        {"name": "COCO", "entity": "dataset/coco"},
        {"name": "object detection", "entity": "task/object-detection"},
    ]);
    papers.push(with(with(last, "declared", declared), "declared_entities", known));
    papers
}

#[test]
fn stated_counts_are_those_of_the_papers_after_every_build() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let check = |what: &str, least: usize| {
        let stated = stated(at);
        assert_eq!(stated, counted(at), "{what}");
        assert!(stated.len() >= least, "{what}: {stated:?}");
        assert_eq!(ranked(at), ranked_by_counting(at), "{what}");
    };
    build(at, declaring());
    check("a new graph", 10);
    let mut changed = declaring();
    changed[0].mentions.retain(|mention| mention.entity.to_string() != "dataset/coco");
    changed[0].introduces.clear();
    build(at, changed);
    check("a paper no longer names COCO", 10);
    build(at, declaring());
    check("it names it again", 10);
    let vocabulary = vocabulary();
    for (paper, left) in [("a-plain-one", 9), ("arxiv-2501.00001", 5), ("arxiv-2407.11062", 0)] {
        let mut build = GenerationBuild::begin(at, None, &vocabulary).unwrap();
        assert!(build.remove(&format!("paper/{paper}").parse().unwrap()).unwrap());
        build.finish().unwrap();
        check(paper, left);
    }
    build(at, declaring());
    check("all papers are new again", 10);
}

#[test]
fn a_graph_without_counts_is_ranked_by_counting_and_stays_without_them() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    build(at, declaring());
    let before = ranked(at);
    let ontology = Ontology::default();
    let kg = &ontology.kg;
    let database = Store::open(at.join("generations/1")).unwrap();
    for predicate in [&kg.paper_count, &kg.mentioning_paper_count, &kg.using_paper_count] {
        let quads: Vec<_> = database.quads_for_pattern(None, Some(predicate.as_ref()), None, None).collect();
        assert!(!quads.is_empty());
        quads.into_iter().for_each(|quad| database.remove(&quad.unwrap()).unwrap());
    }
    database.flush().unwrap();
    drop(database);
    assert_eq!(stated(at), Vec::<String>::new());
    assert_eq!(ranked(at), before);
    build(at, declaring().into_iter().skip(1).collect());
    let mut changed = declaring();
    changed[0].mentions.clear();
    build(at, changed);
    assert_eq!(stated(at), Vec::<String>::new());
    assert_eq!(ranked(at), ranked_by_counting(at));
    assert_ne!(ranked(at), before);
}
