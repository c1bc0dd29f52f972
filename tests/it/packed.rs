//! Parts of papers are packed in the database, and readers of the graph see the same triples as without packing.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use assert_cmd::prelude::*;
use oxigraph::model::{GraphName, GraphNameRef, Literal, NamedNode, Quad, Term};
use oxigraph::sparql::{QueryResults, SparqlEvaluator};
use oxigraph::store::Store;
use papergraph::internals::ontology::Ontology;
use papergraph::internals::store::GraphStore;
use papergraph::query::{Query, QueryAnswer, QueryLimits, named_queries};

use crate::cli::kg;
use crate::small_graph::{build, papers};

/// The prefixes that the queries below use.
const PREFIXES: [(&str, &str); 9] = [
    ("kg", "BASE/ontology#"),
    ("paper", "BASE/paper/"),
    ("dataset", "BASE/dataset/"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    ("dcterms", "http://purl.org/dc/terms/"),
    ("oa", "http://www.w3.org/ns/oa#"),
    ("prov", "http://www.w3.org/ns/prov#"),
];

/// The bundled example, as a graph.
fn example() -> (tempfile::TempDir, GraphStore) {
    graph_of(&["examples/papers.jsonl"])
}

/// A graph of files, whose paths begin at the root of the repository.
fn graph_of(inputs: &[&str]) -> (tempfile::TempDir, GraphStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("kg");
    let inputs = inputs.iter().map(|input| Path::new(env!("CARGO_MANIFEST_DIR")).join(input));
    kg(&store).arg("build").args(inputs).assert().success();
    let graph = GraphStore::open(&store).unwrap();
    (folder, graph)
}

/// A database in memory with all triples of the graph, without packing.
fn plain(graph: &GraphStore) -> Store {
    let quads: Vec<Quad> = graph.store().unwrap().iter().map(Result::unwrap).collect();
    let distinct: HashSet<&Quad> = quads.iter().collect();
    assert_eq!(distinct.len(), quads.len(), "a quad is read twice");
    let plain = Store::new().unwrap();
    plain.extend(quads).unwrap();
    plain
}

fn lines(quads: impl Iterator<Item = Result<Quad, oxigraph::store::StorageError>>) -> Vec<String> {
    let mut lines: Vec<String> = quads.map(|quad| quad.unwrap().to_string()).collect();
    lines.sort_unstable();
    lines
}

/// The answer of a query as sorted lines.
fn asked(graph: &GraphStore, text: &str, given: &[(String, String)]) -> Vec<String> {
    let query = Query::parse(text, graph.base()).unwrap().bind(given, graph).unwrap();
    let mut lines: Vec<String> = match query.run(graph, QueryLimits::default()).unwrap() {
        QueryAnswer::Boolean(value) => vec![value.to_string()],
        QueryAnswer::Solutions(rows) => rows.map(|row| format!("{:?}", row.unwrap().values())).collect(),
        QueryAnswer::Graph(triples) => triples.map(|triple| triple.unwrap().to_string()).collect(),
    };
    lines.sort_unstable();
    lines
}

/// The answer of oxigraph, from a database without packed parts.
fn expected(graph: &GraphStore, plain: &Store, text: &str) -> Vec<String> {
    let base = graph.base();
    let prefixes: String = PREFIXES
        .iter()
        .map(|(name, iri)| format!("PREFIX {name}: <{}>\n", iri.replace("BASE/", base.as_str())))
        .collect();
    let query = SparqlEvaluator::new().parse_query(&format!("{prefixes}{text}")).unwrap();
    let mut lines: Vec<String> = match query.on_store(plain).execute().unwrap() {
        QueryResults::Boolean(value) => vec![value.to_string()],
        QueryResults::Solutions(rows) => rows.map(|row| format!("{:?}", row.unwrap().values())).collect(),
        QueryResults::Graph(triples) => triples.map(|triple| triple.unwrap().to_string()).collect(),
    };
    lines.sort_unstable();
    lines
}

/// Copies all triples of the graph at `from` into the database of the graph at `to`, with packed parts as plain
/// triples.
fn expand(graph: &GraphStore, generation: &Path) {
    let quads: Vec<Quad> = graph.store().unwrap().iter().map(Result::unwrap).collect();
    let database = Store::open(generation).unwrap();
    database.clear().unwrap();
    database.extend(quads).unwrap();
    database.flush().unwrap();
}

#[test]
fn mentions_take_one_triple_of_the_database_for_each_paper() {
    let (_folder, graph) = example();
    let quads = graph.store().unwrap();
    let is_part = |quad: &Quad| quad.subject.to_string().contains("#mention-");
    let seen = quads.iter().map(Result::unwrap).filter(is_part).count();
    let stored = quads.database().iter().map(Result::unwrap).filter(is_part).count();
    assert!(seen > 5000, "{seen}");
    assert_eq!(stored, 0);
    assert!(quads.database().len().unwrap() * 5 < quads.iter().count() * 3, "{}", quads.database().len().unwrap());
    assert_eq!(graph.counts().unwrap().triples as usize, {
        quads.quads_for_pattern(None, None, None, Some(GraphNameRef::DefaultGraph)).count()
    });
}

#[test]
fn the_text_of_a_mention_is_what_the_paper_says_there() {
    let (_folder, graph) = example();
    let kg = &graph.ontology().kg;
    let mut seen = 0;
    for paper in graph.subjects(oxigraph::model::vocab::rdf::TYPE, &kg.paper_class).map(Result::unwrap) {
        for mention in graph.mentions_in(&paper).unwrap() {
            let text = graph.text(&paper, mention.place.field).unwrap().unwrap();
            let words: String =
                text.chars().skip(mention.place.start).take(mention.place.end - mention.place.start).collect();
            assert_eq!(words, mention.text, "{paper}");
            seen += 1;
        }
    }
    assert_eq!(seen as u64, graph.counts().unwrap().mentions);
}

#[test]
fn every_pattern_finds_what_it_finds_where_nothing_is_packed() {
    let (_folder, graph) = example();
    let (quads, plain) = (graph.store().unwrap(), plain(&graph));
    let sample: Vec<Quad> = plain.iter().map(Result::unwrap).step_by(211).collect();
    assert!(sample.len() > 200);
    for quad in &sample {
        for given in 1..8 {
            let is = |bit: usize| given & bit != 0;
            // If only a predicate is given, there are many results: only some of them are compared.
            if given == 2 && quad.subject.to_string().len() % 7 != 0 {
                continue;
            }
            let subject = is(1).then_some(quad.subject.as_ref());
            let predicate = is(2).then_some(quad.predicate.as_ref());
            let object = is(4).then_some(quad.object.as_ref());
            let graph = Some(quad.graph_name.as_ref());
            let found = lines(quads.quads_for_pattern(subject, predicate, object, graph));
            let wanted = lines(plain.quads_for_pattern(subject, predicate, object, graph));
            assert_eq!(found, wanted, "{given:03b} of {quad}");
        }
        assert!(quads.contains(quad).unwrap());
    }
    let missing = Quad::new(
        NamedNode::new_unchecked("https://w3id.org/papergraph/paper/none#mention-title-0-4"),
        graph.ontology().kg.text.clone(),
        Literal::from("x"),
        GraphName::DefaultGraph,
    );
    assert!(!quads.contains(&missing).unwrap());
}

#[test]
fn the_example_reads_as_where_nothing_is_packed() {
    reads_as_where_nothing_is_packed(example());
}

#[test]
#[cfg_attr(not(shared_corpus), ignore = "there is no ../shared/corpus")]
fn real_listings_and_whole_papers_read_as_where_nothing_is_packed() {
    reads_as_where_nothing_is_packed(graph_of(&[
        "../shared/corpus/daily-papers",
        "../shared/corpus/acl-anthology/2020.nlp4call.xml",
        "../shared/corpus/nlp-tdms/tei/S18-1151.tei.xml",
        "../shared/corpus/nlp-tdms/tei/16492.tei.xml",
    ]));
}

/// Compares the answers and exports of a graph with those of the same graph after nothing in it is packed any more.
/// SHACL engines read the exports.
fn reads_as_where_nothing_is_packed((folder, graph): (tempfile::TempDir, GraphStore)) {
    let store = folder.path().join("kg");
    let packed = (answers(&graph), printed(&store, &graph));
    assert!(packed.0.values().filter(|rows| !rows.is_empty()).count() > 15);
    expand(&graph, &store.join("generations").join(graph.generation().to_string()));
    // A graph that was opened earlier still reads its own files.
    let expanded = GraphStore::open(&store).unwrap();
    assert_eq!(expanded.store().unwrap().database().len().unwrap(), expanded.store().unwrap().iter().count());
    for (name, rows) in answers(&expanded) {
        assert_eq!(packed.0[name], rows, "{name}");
    }
    for (said, before) in printed(&store, &expanded).into_iter().zip(packed.1) {
        let differences: Vec<_> = said.symmetric_difference(&before).take(4).collect();
        assert!(differences.is_empty(), "{differences:.400?}");
    }
}

/// What commands print of a graph: all triples, the table of mentions, and all about a dozen nodes. Lines are sorted.
fn printed(store: &Path, graph: &GraphStore) -> Vec<BTreeSet<String>> {
    let lines = |arguments: &[&str]| -> BTreeSet<String> {
        let output = kg(store).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_string).collect()
    };
    let mut all = vec![lines(&["export", "ntriples"]), lines(&["export", "nquads"])];
    assert!(all[0].len() > 1000);
    let tables = tempfile::tempdir().unwrap();
    lines(&["export", "parquet", "-o", tables.path().join("out").to_str().unwrap()]);
    let mentions = std::fs::read(tables.path().join("out/mentions.parquet")).unwrap();
    all.push(BTreeSet::from([mentions.iter().map(|byte| format!("{byte:02x}")).collect()]));
    let nodes: Vec<String> = all[0]
        .iter()
        .filter(|line| line.contains("/ontology#Paper> .") || line.contains("/ontology#Dataset> ."))
        .filter_map(|line| graph.base().id(line.split(['<', '>']).nth(1)?).map(str::to_string))
        .collect();
    for node in nodes.iter().step_by(1 + nodes.len() / 12) {
        all.push(lines(&["show", node, "--limit", "0"]));
        all.push(lines(&["show", node, "--format", "json"]));
        all.push(lines(&["neighbors", node, "--evidence", "--limit", "0"]));
    }
    all
}

/// The rows of every named query.
fn answers(graph: &GraphStore) -> BTreeMap<&'static str, Vec<String>> {
    let samples = [("dataset", "COCO"), ("task", "object detection"), ("entity", "COCO"), ("metric", "accuracy")];
    let mut answers = BTreeMap::new();
    for query in named_queries().unwrap() {
        let required = query.head.parameters.iter().filter(|parameter| parameter.is_required());
        let given: Vec<(String, String)> = required
            .map(|parameter| {
                let sample = samples.iter().find(|(name, _)| *name == parameter.name).unwrap().1;
                (parameter.name.clone(), sample.to_string())
            })
            .collect();
        let mut rows = asked(graph, query.text, &given);
        // GROUP_CONCAT may join its values in any order.
        if query.text.contains("GROUP_CONCAT") {
            let sorted =
                |row: &String| -> String { row.split(['"', ' ']).collect::<BTreeSet<_>>().into_iter().collect() };
            rows = rows.iter().map(sorted).collect();
            rows.sort_unstable();
        }
        answers.insert(query.name, rows);
    }
    answers
}

#[test]
fn any_query_answers_as_oxigraph_where_nothing_is_packed() {
    let (_folder, graph) = example();
    let plain = plain(&graph);
    for query in [
        "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p",
        "SELECT ?class (COUNT(*) AS ?n) { ?s a ?class } GROUP BY ?class",
        "SELECT ?m ?c { ?m kg:confidence ?c FILTER(?c < 0.6) }",
        "SELECT ?m { ?m kg:confidence 0.90 }",
        "SELECT ?m { ?m kg:confidence 0.9 ; kg:start 0 ; a oa:Annotation }",
        "SELECT ?m { ?m kg:start \"+00\"^^xsd:integer }",
        "SELECT (COUNT(?m) AS ?n) (AVG(?c) AS ?mean) { ?m a kg:Mention ; kg:confidence ?c }",
        "SELECT ?paper ?words { ?m kg:entity dataset:coco ; kg:inPaper ?paper ; kg:text ?words }",
        "SELECT ?p ?o { ?m kg:inPaper paper:arxiv-1405.0312 ; ?p ?o }",
        "SELECT ?x ?p { ?x ?p paper:arxiv-1405.0312 }",
        "SELECT ?x ?p { ?x ?p dataset:coco }",
        "SELECT ?p ?o { paper:arxiv-1405.0312 ?p ?o }",
        "SELECT DISTINCT ?p { ?paper a kg:Paper ; ?p ?o }",
        "SELECT ?title { ?m kg:text \"COCO\" ; kg:inPaper/dcterms:title ?title }",
        "SELECT ?x { dataset:coco ^kg:entity/kg:inPaper ?x }",
        "SELECT (COUNT(*) AS ?n) { ?a kg:inPaper? ?b }",
        "SELECT ?p { paper:arxiv-1405.0312 !(rdf:type|dcterms:title) ?p }",
        "SELECT ?paper { ?paper a kg:Paper FILTER NOT EXISTS { ?m kg:inPaper ?paper ; kg:relation \"introduces\" } }",
        "SELECT ?paper { ?paper a kg:Paper MINUS { ?m kg:inPaper ?paper ; kg:entity dataset:imagenet } }",
        "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
        "ASK { ?m kg:text \"no such words\" }",
        "ASK { ?paper <urn:papergraph:packed:mention> ?packed }",
        "CONSTRUCT { ?m ?p ?o } WHERE { ?m kg:inPaper paper:arxiv-1405.0312 ; ?p ?o }",
        "DESCRIBE paper:arxiv-1405.0312",
        "DESCRIBE ?m { ?m kg:inPaper paper:arxiv-1405.0312 }",
        "SELECT ?file ?line { ?paper prov:wasDerivedFrom ?source . ?source kg:file ?file ; kg:line ?line }",
    ] {
        assert_eq!(asked(&graph, query, &[]), expected(&graph, &plain, query), "{query}");
    }
}

#[test]
fn an_update_may_ask_for_mentions() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("kg");
    build(&store, papers());
    let update = |text: &str| kg(&store).args(["update", "-e", text]).assert().success();
    let graph = || GraphStore::open(&store).unwrap();
    let before = graph().counts().unwrap();
    let noted = "SELECT ?m { ?m rdfs:comment \"seen\" }";
    update("INSERT { ?m rdfs:comment \"seen\" } WHERE { ?m a kg:Mention ; kg:entity dataset:coco }");
    assert_eq!(asked(&graph(), noted, &[]).len(), 3);
    // A statement that the data has is not written a second time.
    update("INSERT { ?m kg:text ?words } WHERE { ?m a kg:Mention ; kg:text ?words }");
    let user = "SELECT ?p { GRAPH <https://w3id.org/papergraph/graph/user> { ?m ?p ?o } }";
    assert_eq!(asked(&graph(), user, &[]).len(), 3);
    update("DELETE { ?m rdfs:comment ?note } WHERE { ?m kg:inPaper paper:arxiv-2501.00001 ; rdfs:comment ?note }");
    assert_eq!(asked(&graph(), noted, &[]).len(), 2);
    assert_eq!(graph().counts().unwrap().triples, before.triples);
}

#[test]
fn a_graph_in_which_nothing_is_packed_is_read_and_built_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("kg");
    let fresh = folder.path().join("fresh");
    let first: Vec<_> = papers().into_iter().take(2).collect();
    build(&store, first.clone());
    let graph = GraphStore::open(&store).unwrap();
    let before = lines(graph.store().unwrap().iter());
    expand(&graph, &store.join("generations/1"));
    drop(graph);
    assert_eq!(lines(GraphStore::open(&store).unwrap().store().unwrap().iter()), before);
    // One paper stays, one changes, one is new.
    let mut later = papers();
    later[1].mentions.remove(0);
    later[1].mentions[0].confidence = 0.4;
    build(&store, later.clone());
    build(&fresh, later);
    assert_eq!(crate::build::graph(&store), crate::build::graph(&fresh));
    let graph = GraphStore::open(&store).unwrap();
    assert_eq!(lines(graph.store().unwrap().iter()).len(), graph.store().unwrap().iter().count());
}

#[test]
fn damage_of_packed_parts_is_found() {
    let (folder, graph) = example();
    let store = folder.path().join("kg");
    drop(graph);
    kg(&store).arg("doctor").assert().success();
    let database = Store::open(store.join("generations/1")).unwrap();
    let predicate = NamedNode::new_unchecked("urn:papergraph:packed:mention");
    let packed = database.quads_for_pattern(None, Some(predicate.as_ref()), None, None).next().unwrap().unwrap();
    let Term::Literal(literal) = &packed.object else { panic!("{packed}") };
    let damaged = Literal::new_typed_literal("abstract-1-5\tnowhere", literal.datatype());
    database.remove(&packed).unwrap();
    database.insert(&Quad { object: damaged.into(), ..packed }).unwrap();
    database.flush().unwrap();
    drop(database);
    let output = kg(&store).arg("doctor").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert!(said.split_whitespace().collect::<Vec<_>>().join(" ").contains("the packed parts of"), "{said}");
}

#[test]
fn a_packed_part_names_only_what_its_paper_is_tied_to() {
    // Parts with an entity are found through the papers that name it.
    let (_folder, graph) = example();
    let Ontology { kg, .. } = graph.ontology();
    let object = |quad: &Quad| match &quad.object {
        Term::NamedNode(node) => node.clone(),
        other => panic!("{other}"),
    };
    let mut tied = BTreeSet::new();
    for quad in graph.store().unwrap().quads_for_pattern(None, Some(kg.mentions.as_ref()), None, None) {
        let quad = quad.unwrap();
        tied.insert((quad.subject.to_string(), object(&quad)));
    }
    for quad in graph.store().unwrap().quads_for_pattern(None, Some(kg.entity.as_ref()), None, None) {
        let quad = quad.unwrap();
        let part = quad.subject.to_string();
        if part.contains("#mention-") {
            let paper = format!("{}>", part.split_once('#').unwrap().0);
            assert!(tied.contains(&(paper, object(&quad))), "{quad}");
        }
    }
}
