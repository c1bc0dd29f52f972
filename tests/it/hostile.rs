//! Queries that would take unlimited time or memory: each ends in time with a clear error, and its process is gone.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use assert_cmd::Command;
use papergraph::internals::store::GraphStore;
use papergraph::query::{EvaluationWorkers, Query, QueryAnswer, QueryError, QueryLimits, QueryTask};

use crate::patience::{HANG, until};
use crate::small_graph::{build, paper};

/// A graph in which all combinations of three are 10^12.
fn graph(folder: &Path) -> PathBuf {
    let store = folder.join("kg");
    let papers = (0..400).map(|i| {
        let named = ["dataset/coco", "dataset/imagenet=evaluates-on", "model/llama-2", "method/lora"];
        paper(&format!("arxiv-2401.{i:05}"), &format!("Paper number {i}"), "2024-01-02", &named)
    });
    build(&store, papers.collect::<Vec<_>>());
    store
}

/// Name and text. None of them would end by itself in a reasonable time.
fn hostile() -> Vec<(&'static str, String)> {
    let everything = "{ SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } }";
    // Without a common or bound variable, nothing is read from the store while this multiplies.
    let nothing: String = (0..6).map(|i| format!("{{ SELECT ?none{i} WHERE {{ ?s{i} ?p{i} ?o{i} }} }} ")).collect();
    let values: String = (0..2_000).map(|i| format!("{i} ")).collect();
    let values = ["a", "b", "c", "d"].map(|v| format!("VALUES ?{v} {{ {values} }} ")).concat();
    let unions = "{ {} UNION {} } ".repeat(60);
    let doubling: String = (0..60).map(|i| format!("BIND(CONCAT(?x{i}, ?x{i}) AS ?x{}) ", i + 1)).collect();
    let growing = (0..12).fold("\"aaaaaaaaaa\"".to_string(), |s, _| format!("REPLACE({s}, \"a\", \"aaaaaaaaaa\")"));
    let texts =
        "?a ?b ?c . ?d ?e ?f . FILTER(REGEX(CONCAT(STR(?c), STR(?f), STR(?a)), \"(x+x+)+y|(.*a){12}z\", \"i\"))";
    vec![
        ("count of a cross product", format!("SELECT * WHERE {everything}")),
        ("cross product without values", format!("SELECT (COUNT(*) AS ?n) WHERE {{ {nothing} }}")),
        ("sorted cross product", "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?a".into()),
        ("distinct cross product", "SELECT DISTINCT ?a ?d ?g WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }".into()),
        ("grouped cross product", "SELECT ?a ?d (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } GROUP BY ?a ?d".into()),
        ("cross product that gives no row", "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STRLEN(STR(?a)) + STRLEN(STR(?f)) + STRLEN(STR(?i)) < 0) }".into()),
        ("huge VALUES", format!("SELECT (COUNT(*) AS ?n) WHERE {{ {values} }}")),
        ("exponential UNION", format!("SELECT (COUNT(*) AS ?n) WHERE {{ {unions} }}")),
        ("catastrophic REGEX", format!("SELECT (COUNT(*) AS ?n) WHERE {{ {texts} }}")),
        ("GROUP_CONCAT", "SELECT (GROUP_CONCAT(STR(?c)) AS ?all) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }".into()),
        ("doubling strings", format!("SELECT * WHERE {{ BIND(\"aaaaaaaa\" AS ?x0) {doubling} }}")),
        ("growing strings", format!("SELECT (STRLEN({growing}) AS ?n) WHERE {{}}")),
        ("paths", "SELECT (COUNT(*) AS ?n) WHERE { ?a (!<urn:x>|^!<urn:x>)* ?b . ?c (!<urn:x>|^!<urn:x>)* ?d }".into()),
        ("optional", "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c OPTIONAL { ?d ?e ?f OPTIONAL { ?g ?h ?i } } }".into()),
        ("minus", "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f MINUS { ?a ?x ?y . ?z ?b ?w } }".into()),
        ("exists", "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f FILTER NOT EXISTS { ?g ?h ?i . ?j ?k ?l FILTER(?j = ?f && ?g = ?c && ?l = 1) } }".into()),
        ("endless rows", "CONSTRUCT { ?a ?e ?i } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }".into()),
    ]
}

fn deep() -> Vec<String> {
    vec![
        format!("SELECT * WHERE {}{}", "{".repeat(100_000), "}".repeat(100_000)),
        format!("SELECT * WHERE {}{}", "{ SELECT * WHERE ".repeat(20_000), "}".repeat(20_000)),
        format!("SELECT ({}1{} AS ?x) WHERE {{}}", "(".repeat(50_000), ")".repeat(50_000)),
        format!("SELECT ({}1 AS ?x) WHERE {{}}", "!".repeat(100_000)),
        format!("SELECT ({} AS ?x) WHERE {{}}", vec!["1"; 100_000].join("+")),
        format!("SELECT * WHERE {{ {} }}", vec!["{}"; 50_000].join(" UNION ")),
        format!("ASK {{ ?s {}<urn:p> ?o }}", "^".repeat(100_000)),
        format!("ASK {{ FILTER({}) }}", vec!["?x = 1"; 50_000].join(" || ")),
    ]
}

fn first_error(answer: Result<QueryAnswer, QueryError>) -> Option<QueryError> {
    match answer {
        Err(e) => Some(e),
        Ok(QueryAnswer::Boolean(_)) => None,
        Ok(QueryAnswer::Solutions(mut rows)) => rows.find_map(Result::err),
        Ok(QueryAnswer::Graph(mut triples)) => triples.find_map(Result::err),
    }
}

fn kg() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_kg"))
}

/// Running processes that this one has started.
#[cfg(target_os = "linux")]
fn children() -> Vec<u32> {
    let mine = format!("/proc/{0}/task", std::process::id());
    std::fs::read_dir(mine)
        .unwrap()
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("children")).ok())
        .flat_map(|line| line.split_whitespace().filter_map(|p| p.parse().ok()).collect::<Vec<u32>>())
        .collect()
}

#[cfg(target_os = "linux")]
#[test]
fn workers_end_in_time_whatever_they_are_asked() {
    let folder = tempfile::tempdir().unwrap();
    let store = graph(folder.path());
    let workers = EvaluationWorkers::new(kg(), &store);
    let timeout = Duration::from_millis(700);
    let limits =
        QueryLimits { timeout: Some(timeout), memory: Some(300 << 20), rows: None, answer_bytes: Some(64 << 20) };
    let busy = |store: &Path| {
        children()
            .into_iter()
            .filter(|p| {
                let command_line = std::fs::read_to_string(format!("/proc/{p}/cmdline")).unwrap_or_default();
                command_line.contains(&*store.to_string_lossy())
            })
            .count()
    };
    for (name, text) in hostile() {
        let began = Instant::now();
        let error = first_error(workers.run(QueryTask::new(text), limits));
        let took = began.elapsed();
        assert!(
            matches!(
                error,
                Some(QueryError::TimedOut { .. } | QueryError::OutOfMemory { .. } | QueryError::TooLarge { .. })
            ),
            "{name}: {error:?}"
        );
        assert!(took < HANG, "{name} took {took:?}");
        // The process that evaluated it is gone, or waits for the next query.
        until(|| (busy(&store) <= workers.idle()).then_some(()));
    }
    for text in deep() {
        // Stopped before parsing, however deep; a new worker may take some time to start.
        let limits = QueryLimits { timeout: Some(HANG), ..limits };
        assert!(matches!(first_error(workers.run(QueryTask::new(text), limits)), Some(QueryError::TooDeep)));
    }
    // After all that, a normal query is answered.
    let Ok(QueryAnswer::Solutions(rows)) =
        workers.run(QueryTask::new("SELECT ?p WHERE { ?p kg:usesDataset dataset:coco }"), QueryLimits::default())
    else {
        panic!("no rows")
    };
    assert_eq!(rows.map(Result::unwrap).count(), 400);
    drop(workers);
    until(|| (busy(&store) == 0).then_some(()));
}

#[test]
fn workers_give_the_same_rows_as_the_process_itself() {
    let folder = tempfile::tempdir().unwrap();
    let store = graph(folder.path());
    let graph = GraphStore::open(&store).unwrap();
    let workers = EvaluationWorkers::new(kg(), &store);
    let message = |error: QueryError| format!("{error}\n{:?}", error.help());
    let shown = |answer: Result<QueryAnswer, QueryError>| match answer {
        Ok(QueryAnswer::Boolean(value)) => vec![value.to_string()],
        Ok(QueryAnswer::Solutions(rows)) => {
            rows.map(|row| row.map_or_else(message, |row| format!("{row:?}"))).collect::<Vec<_>>()
        }
        Ok(QueryAnswer::Graph(triples)) => triples.map(|t| t.unwrap().to_string()).collect(),
        Err(e) => vec![message(e)],
    };
    for text in [
        "ASK { ?p kg:usesDataset dataset:coco }",
        "ASK { ?p kg:usesDataset dataset:none }",
        "SELECT * WHERE { ?p kg:usesDataset dataset:coco ; ?x ?y } ORDER BY ?p ?x ?y",
        "SELECT (\"a\"@en AS ?a) (1.5 AS ?b) (BNODE(\"x\") AS ?c) (<urn:x> AS ?d) ?none WHERE {}",
        "SELECT * WHERE { FILTER(false) }",
        "CONSTRUCT { ?d ?x ?y } WHERE { VALUES ?d { dataset:coco } ?d ?x ?y }",
        "SELECT ?x WHERE {\n ?x }",
        "SELECT * WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT (<urn:f>(1) AS ?x) WHERE {}",
    ] {
        let mine = Query::parse(text, graph.base()).and_then(|query| query.run(&graph, QueryLimits::default()));
        let theirs = workers.run(QueryTask::new(text), QueryLimits::default());
        if text.contains("BNODE") {
            assert_eq!(shown(mine).len(), shown(theirs).len());
        } else {
            assert_eq!(shown(mine), shown(theirs), "{text}");
        }
    }
    // One process answered them one after the other, and waits for the next.
    assert_eq!(workers.idle(), 1);
    let few = workers
        .run(QueryTask::new("SELECT * WHERE { ?s ?p ?o }"), QueryLimits { rows: Some(3), ..QueryLimits::default() });
    assert_eq!(shown(few).len(), 3);
    assert_eq!(workers.idle(), 1);
    let task =
        QueryTask::new("SELECT ?p WHERE { ?p kg:usesDataset $d }\n").parameters(vec![("d".into(), "COCO".into())]);
    assert!(matches!(workers.run(task, QueryLimits::default()), Err(QueryError::Refused { .. })));
    let task = QueryTask::new("# param d: dataset\nSELECT ?p WHERE { ?p kg:usesDataset $d }")
        .parameters(vec![("d".into(), "MS COCO".into())]);
    assert_eq!(shown(workers.run(task, QueryLimits::default())).len(), 400);
}

#[test]
fn a_listener_who_leaves_ends_the_evaluation() {
    let folder = tempfile::tempdir().unwrap();
    let store = graph(folder.path());
    let workers = EvaluationWorkers::new(kg(), &store);
    let Ok(QueryAnswer::Graph(mut triples)) = workers
        .run(QueryTask::new("CONSTRUCT { ?a ?e ?i } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"), QueryLimits::default())
    else {
        panic!("no triples")
    };
    assert!(triples.next().unwrap().is_ok());
    let began = Instant::now();
    drop(triples);
    assert!(began.elapsed() < HANG);
    assert_eq!(workers.idle(), 0);
}

#[test]
fn workers_see_what_a_build_makes_while_they_wait() {
    let folder = tempfile::tempdir().unwrap();
    let store = graph(folder.path());
    let workers = EvaluationWorkers::new(kg(), &store);
    let count = || {
        let text = "SELECT ?p WHERE { ?p kg:usesDataset dataset:coco }";
        let Ok(QueryAnswer::Solutions(rows)) = workers.run(QueryTask::new(text), QueryLimits::default()) else {
            panic!("no rows")
        };
        rows.map(Result::unwrap).count()
    };
    assert_eq!(count(), 400);
    build(&store, vec![paper("arxiv-2402.00001", "One more", "2024-02-01", &["dataset/coco"])]);
    assert_eq!(count(), 401);
    assert_eq!(workers.idle(), 1);
}

#[test]
fn a_command_ends_in_time_whatever_it_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let store = graph(folder.path());
    for (name, text) in hostile() {
        let output = Command::new(kg())
            .args(["--store", store.to_str().unwrap(), "query", "--timeout", "0.5", "--memory", "300", "-e", &text])
            .timeout(HANG)
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{name}: {errors}");
        assert!(errors.contains("the query was stopped"), "{name}: {errors}");
    }
    // Each level doubles the time of the parser.
    let calls = format!("SELECT ({}1{} AS ?x) WHERE {{}}", "REPLACE(".repeat(60), ", \"a\", \"b\")".repeat(60));
    for (i, text) in deep().into_iter().chain([calls]).enumerate() {
        let output =
            Command::new(kg()).args(["--store", store.to_str().unwrap(), "query"]).write_stdin(text).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{i}: {errors}");
        assert!(errors.contains("nested too deeply"), "{i}: {errors}");
    }
}
