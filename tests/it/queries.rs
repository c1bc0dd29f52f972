use std::collections::BTreeMap;

use papergraph::internals::ontology::Base;
use papergraph::internals::store::GraphStore;
use papergraph::query::{ParameterKind, Query, QueryAnswer, QueryError, QueryLimits, named_queries, named_query};

use crate::small_graph::{build, paper, papers, with};

fn graph() -> (tempfile::TempDir, GraphStore) {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), papers());
    let graph = GraphStore::open(folder.path()).unwrap();
    (folder, graph)
}

fn values(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())).collect()
}

/// The rows as lines, IRIs shortened.
fn rows(graph: &GraphStore, text: &str, given: &[(&str, &str)]) -> Result<Vec<String>, QueryError> {
    let query = Query::parse(text, graph.base())?.bind(&values(given), graph)?;
    let QueryAnswer::Solutions(rows) = query.run(graph, QueryLimits::default())? else { panic!("no rows") };
    rows.map(|row| {
        let row = row?;
        let shown = row.values().iter().map(|value| match value {
            Some(oxigraph::model::Term::NamedNode(node)) => graph.base().shorten(node.as_str()),
            Some(oxigraph::model::Term::Literal(literal)) => literal.value().to_string(),
            Some(other) => other.to_string(),
            None => "-".to_string(),
        });
        Ok(shown.collect::<Vec<_>>().join(" | "))
    })
    .collect()
}

fn named(graph: &GraphStore, name: &str, given: &[(&str, &str)]) -> Vec<String> {
    rows(graph, named_query(name).unwrap(), given).unwrap()
}

#[test]
fn every_shipped_query_says_what_it_answers_and_answers_it() {
    let (_folder, graph) = graph();
    let samples: BTreeMap<&str, &str> =
        [("dataset", "COCO"), ("task", "object detection"), ("entity", "EfficientQAT"), ("metric", "accuracy")].into();
    let queries = named_queries().unwrap();
    assert!(queries.len() >= 16);
    for query in queries {
        assert!(query.head.summary.ends_with(['?', '.']), "{}: {}", query.name, query.head.summary);
        let given: Vec<(&str, &str)> = query
            .head
            .parameters
            .iter()
            .filter(|p| p.is_required())
            .map(|p| {
                (
                    p.name.as_str(),
                    if query.name == "results-for-dataset" { "ImageNet-1K" } else { samples[p.name.as_str()] },
                )
            })
            .collect();
        let found = rows(&graph, query.text, &given).unwrap_or_else(|e| panic!("{}: {e}", query.name));
        let empty = [
            "citations-between-tasks",
            "cited-without-code",
            "comparisons",
            "contradictions",
            "dead-repositories",
            "filed-papers",
            "live-code-for-dataset",
            "most-cited",
            "moved-repositories",
            "promised-code",
            "result-contradictions",
            "shared-repositories",
            "table-results",
            "uncertain-mentions",
        ];
        assert_eq!(found.is_empty(), empty.contains(&query.name), "{}: {found:?}", query.name);
        // Optional parameters and those with a default take a value too.
        for parameter in query.head.parameters.iter().filter(|p| !p.is_required()) {
            let value = match parameter.kind {
                ParameterKind::Number => "2024",
                ParameterKind::Node(kind) => match kind.as_str() {
                    "hardware" => "A100",
                    "method" => "LoRA",
                    "paper" => "2407.11062",
                    "metric" => "accuracy",
                    other => samples[other],
                },
                _ => "EfficientQAT",
            };
            let mut given = given.clone();
            given.push((&parameter.name, value));
            rows(&graph, query.text, &given).unwrap_or_else(|e| panic!("{} {}: {e}", query.name, parameter.name));
        }
    }
}

#[test]
fn shipped_queries_about_citations_give_the_right_rows() {
    let cites = |extraction, cited: &[&str]| {
        let citations = cited.iter().map(|id| serde_json::json!({"cited": {"paper": id}}));
        with(extraction, "citations", citations.collect::<Vec<_>>().into())
    };
    let folder = tempfile::tempdir().unwrap();
    let detection = ["task/object-detection"];
    build(
        folder.path(),
        vec![
            paper("old", "An Old One", "2019", &["task/parsing"]),
            cites(paper("new", "A New One", "2024", &detection), &["paper/old"]),
            cites(paper("newer", "A Newer One", "2025", &detection), &["paper/old", "paper/new"]),
        ],
    );
    let graph = GraphStore::open(folder.path()).unwrap();
    let both = ["An Old One | 2019 | 2 | paper:old", "A New One | 2024 | 1 | paper:new"];
    assert_eq!(named(&graph, "most-cited", &[]), both);
    assert_eq!(named(&graph, "cited-without-code", &[("since", "2020")]), [both[1]]);
    let between = ["object detection | parsing | 2"];
    assert_eq!(named(&graph, "citations-between-tasks", &[("task", "object detection")]), between);
}

#[test]
fn shipped_queries_give_the_right_rows() {
    let (_folder, graph) = graph();
    assert_eq!(
        named(&graph, "datasets-by-papers", &[]),
        ["dataset:coco | COCO | 3 | 3", "dataset:imagenet-1k | ImageNet-1K | 1 | 1"]
    );
    assert_eq!(named(&graph, "datasets-by-papers", &[("since", "2025")]), ["dataset:coco | COCO | 1 | 1"]);
    assert_eq!(
        named(&graph, "papers-using", &[("dataset", "ms coco"), ("since", "2024")]),
        [
            "2025-01 | A Follow-Up | github.com/nvidia/Follow-Up | paper:arxiv-2501.00001",
            "2024-07-10 | EfficientQAT: Efficient Training | github.com/OpenGVLab/EfficientQAT | paper:arxiv-2407.11062",
        ]
    );
    assert_eq!(named(&graph, "papers-without-code", &[]), ["2023 | A Plain One | paper:a-plain-one"]);
    assert_eq!(
        named(&graph, "hardware-by-count", &[]),
        ["8 | NVIDIA A100 | 80 | 2024-07-10 | EfficientQAT: Efficient Training | paper:arxiv-2407.11062"]
    );
    assert_eq!(
        named(&graph, "results-for-dataset", &[("dataset", "ImageNet-1K")]),
        [
            "accuracy | 69.48 | EfficientQAT | - | 2024-07-10 | EfficientQAT: Efficient Training | paper:arxiv-2407.11062"
        ]
    );
    assert_eq!(
        named(&graph, "most-reused-contributions", &[]),
        ["EfficientQAT | 1 | 2024-07-10 | method:efficientqat"]
    );
    assert_eq!(named(&graph, "co-used-datasets", &[("dataset", "COCO")]), ["dataset:imagenet-1k | ImageNet-1K | 1"]);
    assert_eq!(named(&graph, "metrics-of-task", &[("task", "object detection")]), ["metric:accuracy | accuracy | 1"]);
    assert_eq!(named(&graph, "repositories-by-organisation", &[]), ["NVIDIA | 1 | 1"]);
    assert_eq!(named(&graph, "methods-by-year", &[("method", "LoRA")]), ["2025 | LoRA | 1"]);
    assert_eq!(named(&graph, "papers-by-year", &[]), ["2025 | 1 | 1", "2024 | 1 | 1", "2023 | 1 | 0"]);
}

#[test]
fn promised_code_is_what_no_source_has_an_address_for() {
    let folder = tempfile::tempdir().unwrap();
    let promise = |key: &str, year: &str| {
        with(paper(key, &format!("Paper {key}"), year, &["method/lora=compares-with"]), "code", "promised".into())
    };
    let kept = with(promise("kept", "2023"), "urls", serde_json::json!(["https://github.com/a/b"]));
    build(folder.path(), vec![promise("late", "2024"), promise("later", "2022"), kept]);
    let graph = GraphStore::open(folder.path()).unwrap();
    assert_eq!(
        named(&graph, "promised-code", &[]),
        ["2022 | promised | Paper later | paper:later | - | -", "2024 | promised | Paper late | paper:late | - | -"]
    );
    assert_eq!(named(&graph, "promised-code", &[("before", "2024")]).len(), 1);
    assert_eq!(named(&graph, "comparisons", &[]), ["LoRA | 3 | method:lora"]);
}

const BY_TITLE: &str = "# Papers with a title.\n# param wanted: text of the title, required\n\
    SELECT ?paper WHERE { ?paper dcterms:title ?title FILTER(?title = $wanted) }";

#[test]
fn a_value_can_not_change_the_query() {
    let (_folder, graph) = graph();
    assert_eq!(rows(&graph, BY_TITLE, &[("wanted", "A Plain One")]).unwrap(), ["paper:a-plain-one"]);
    for evil in [
        "\" || true) } #",
        "x\") } UNION { ?paper ?p ?o } #",
        "\\\" OR 1=1",
        "'; DROP GRAPH <x>; '",
        "?title",
        "$wanted",
        "\u{0}\n\r\t\\u0022",
    ] {
        assert_eq!(rows(&graph, BY_TITLE, &[("wanted", evil)]).unwrap(), Vec::<String>::new(), "{evil}");
        let refused = rows(&graph, named_query("papers-using").unwrap(), &[("dataset", evil)]);
        assert!(matches!(refused, Err(QueryError::NoSuchNode { .. })), "{evil}");
        let refused = rows(&graph, named_query("papers-using").unwrap(), &[("dataset", "COCO"), ("since", evil)]);
        assert!(matches!(refused, Err(QueryError::NotANumber { .. })), "{evil}");
    }
}

#[test]
fn wrong_parameters_are_reported_with_what_would_be_right() {
    let (_folder, graph) = graph();
    let text = named_query("papers-using").unwrap();
    let error = |given: &[(&str, &str)]| {
        let error = rows(&graph, text, given).unwrap_err();
        format!("{error}\n{}", error.help().unwrap_or_default())
    };
    insta::assert_snapshot!(error(&[]), @r"
    the query needs parameter `dataset`
    add `dataset=NAME`: dataset to look for
    ");
    insta::assert_snapshot!(error(&[("data", "COCO")]), @r"
    the query has no parameter `data`
    it takes dataset, since
    ");
    insta::assert_snapshot!(error(&[("dataset", "COCO"), ("dataset", "COCO")]), @"parameter `dataset` is given twice");
    insta::assert_snapshot!(error(&[("dataset", "Imagnet")]), @r"
    the graph has no dataset called `Imagnet`
    did you mean ImageNet (dataset/imagenet)?
    ");
    insta::assert_snapshot!(error(&[("dataset", "LoRA")]), @r"
    the graph has no dataset called `LoRA`
    `kg search` finds names by a part of them
    ");
    insta::assert_snapshot!(error(&[("dataset", "COCO"), ("since", "last year")]), @"`since` must be a whole number, not `last year`");
    assert!(
        matches!(named_query("paper-using"), Err(QueryError::UnknownQuery { near: Some(near), .. }) if near == "papers-using")
    );
}

#[test]
fn a_parameter_where_no_value_can_stand_is_an_error() {
    let (_folder, graph) = graph();
    let text = "# A query.\n# param title: text\nSELECT ?paper WHERE { ?title a kg:Paper }";
    let error = rows(&graph, text, &[("title", "x")]).unwrap_err();
    assert!(matches!(error, QueryError::Misplaced { place: "as a subject", .. }));
}

#[test]
fn a_query_that_takes_too_long_is_stopped() {
    let (_folder, graph) = graph();
    let text = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n_ ?o }";
    let limits = QueryLimits { timeout: Some(std::time::Duration::from_millis(100)), ..QueryLimits::default() };
    let answer = Query::parse(text, &Base::default()).unwrap().run(&graph, limits);
    let stopped = match answer {
        Err(error) => matches!(error, QueryError::TimedOut { .. }),
        Ok(QueryAnswer::Solutions(mut rows)) => matches!(rows.next(), Some(Err(QueryError::TimedOut { .. }))),
        Ok(_) => false,
    };
    assert!(stopped);
}

#[test]
fn the_network_is_not_reached() {
    let (_folder, graph) = graph();
    let text = "SELECT * WHERE { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }";
    assert!(matches!(rows(&graph, text, &[]), Err(QueryError::Evaluation(_))));
}

#[test]
fn plain_queries_see_the_data_and_not_the_ontology() {
    let (_folder, graph) = graph();
    assert_eq!(rows(&graph, "SELECT ?c WHERE { ?c a owl:Class }", &[]).unwrap(), Vec::<String>::new());
    let declared = "SELECT ?c WHERE { GRAPH <https://w3id.org/papergraph/ontology> { ?c a owl:Class } }";
    assert!(rows(&graph, declared, &[]).unwrap().len() >= 16);
}

#[test]
fn a_plan_has_rows_and_time_of_each_step_even_of_a_query_that_never_ends() {
    let (_folder, graph) = graph();
    let query =
        Query::parse("SELECT ?d WHERE { ?p kg:usesDataset ?d ; kg:year ?y } ORDER BY ?d", graph.base()).unwrap();
    let plan = query.explain(&graph, QueryLimits::default()).unwrap();
    assert!(plan.stopped.is_none());
    let printed = plan.to_string();
    assert!(printed.lines().any(|l| l.contains("4 rows") && l.contains(" ms  ") && l.contains("Sort")), "{printed}");
    assert!(serde_json::from_str::<serde_json::Value>(&plan.json).unwrap()["plan"]["children"].is_array());

    let endless = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }";
    let limits = QueryLimits { timeout: Some(std::time::Duration::from_millis(100)), ..QueryLimits::default() };
    let plan = Query::parse(endless, graph.base()).unwrap().explain(&graph, limits).unwrap();
    assert!(matches!(plan.stopped, Some(QueryError::TimedOut { .. })));
    assert!(plan.to_string().contains("QuadPattern") && !plan.to_string().contains("rows"), "{plan}");
}

#[test]
fn every_shipped_query_is_listed_under_a_topic_with_others() {
    let mut topics: BTreeMap<String, usize> = BTreeMap::new();
    for query in named_queries().unwrap() {
        let topic = query.head.topic.unwrap_or_else(|| panic!("{} has no `# topic`", query.name));
        *topics.entry(topic).or_default() += 1;
    }
    assert!(topics.values().all(|queries| *queries > 1), "{topics:?}");
}
