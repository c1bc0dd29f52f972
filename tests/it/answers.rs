//! Answers are right: complete or marked as cut, with the same counts everywhere, about the intended node.

use std::path::Path;

use assert_cmd::prelude::*;
use papergraph::extract::Extraction;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cli::{graph, kg, stdout};
use crate::http::Server;
use crate::small_graph::{build, paper, papers, with};

fn of(folder: &Path, args: &[&str]) -> String {
    stdout(kg(folder).args(args))
}

fn as_json(folder: &Path, args: &[&str]) -> Value {
    serde_json::from_str(&of(folder, args)).unwrap()
}

/// Standard error of a command.
fn notes(folder: &Path, args: &[&str]) -> String {
    String::from_utf8(kg(folder).args(args).assert().success().get_output().stderr.clone()).unwrap()
}

/// A graph of these papers.
fn built(papers: Vec<Extraction>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), papers);
    folder
}

const COMPANIONS: usize = 230;

/// Two papers that name COCO and the same 230 methods, which the first of them introduces.
fn crowded() -> TempDir {
    let mut named = vec!["dataset/coco".to_string()];
    named.extend((0..COMPANIONS).map(|i| format!("method/method-{i}")));
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    let introduced: Vec<Value> = (0..COMPANIONS)
        .map(|i| json!({"entity": format!("method/method-{i}"), "name": format!("Method {i}"), "kind": "method"}))
        .collect();
    let first = with(paper("first", "First", "2023", &named), "introduces", json!(introduced));
    built(vec![first, paper("second", "Second", "2024", &named)])
}

#[test]
fn limit_0_lists_all_that_is_named_together() {
    let folder = crowded();
    let json = as_json(folder.path(), &["neighbors", "COCO", "--limit", "0", "--format", "json"]);
    let together = json["groups"].as_array().unwrap().iter().find(|group| group["relation"] == "related").unwrap();
    assert_eq!((together["total"].as_u64(), together["rows"].as_array().unwrap().len()), (Some(230), COMPANIONS));
    let table = of(folder.path(), &["neighbors", "COCO", "--limit", "0"]);
    assert!((0..COMPANIONS).all(|i| table.contains(&format!("Method {i} (2)"))), "{table}");
    assert!(!table.contains('…'), "{table}");
}

#[test]
fn limit_n_lists_n_rows_of_every_group() {
    let folder = crowded();
    let json = as_json(folder.path(), &["neighbors", "COCO", "--limit", "7", "--format", "json"]);
    for group in json["groups"].as_array().unwrap() {
        let rows = group["rows"].as_array().unwrap().len() as u64;
        assert_eq!(rows, group["total"].as_u64().unwrap().min(7), "{}", group["heading"]);
    }
    let related = as_json(folder.path(), &["neighbors", "First", "--limit", "1", "--format", "json"]);
    let related = related["groups"].as_array().unwrap().iter().find(|group| group["relation"] == "related").unwrap();
    assert_eq!(related["rows"].as_array().unwrap().len(), 1);
}

#[test]
fn what_a_limit_cuts_is_said_in_every_format() {
    let folder = crowded();
    for (args, said) in [
        (&["neighbors", "COCO", "--limit", "3", "--format", "csv"][..], " rows"),
        (&["rank", "--limit", "3", "--format", "tsv"], "3 of "),
        (&["rank", "--limit", "3", "--format", "json"], "3 of "),
        (&["search", "method", "--limit", "3", "--format", "csv"], "3 of "),
        (&["similar", "Method 1", "--limit", "3", "--format", "csv"], "3 of 229 rows"),
    ] {
        let notes = notes(folder.path(), args);
        assert!(notes.contains(said) && notes.contains("--limit 0"), "{args:?}: {notes}");
    }
    for args in [&["search", "method", "--limit", "0"][..], &["neighbors", "COCO", "--limit", "0", "--format", "csv"]] {
        assert!(notes(folder.path(), args).is_empty(), "{args:?}");
    }
}

/// Four papers about COCO: two name it, one is only tagged with it by its source, one is tagged and names it.
fn tagged() -> TempDir {
    let tag = |extraction: Extraction| {
        let known = json!([{"name": "COCO", "entity": "dataset/coco"}]);
        let tagged = with(extraction, "declared", json!({"datasets": [{"name": "COCO"}]}));
        let mut source: Value = json!({"file": "pwc.json", "line": 1, "format": "pwc-papers"});
        source["states"] = json!(["dataset COCO"]);
        with(with(tagged, "declared_entities", known), "sources", json!([source]))
    };
    built(vec![
        paper("one", "One", "2022", &["dataset/coco=evaluates-on", "metric/accuracy"]),
        paper("two", "Two", "2023", &["dataset/coco", "metric/accuracy"]),
        tag(paper("three", "Three", "2023", &["metric/accuracy"])),
        tag(paper("four", "Four", "2024", &["dataset/coco", "metric/accuracy"])),
    ])
}

#[test]
fn a_node_has_the_same_count_of_papers_in_every_command() {
    let folder = tagged();
    let json = |args: &[&str]| as_json(folder.path(), &[args, &["--format", "json"]].concat());
    let both = |value: &Value| (value["papers"].as_u64().unwrap(), value["in_text"].as_u64().unwrap());
    let neighbors = json(&["neighbors", "COCO"]);
    assert_eq!(both(&neighbors["node"]), (4, 3));
    let of_papers: u64 = neighbors["groups"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|group| group["kind"] == "paper")
        .map(|group| group["total"].as_u64().unwrap())
        .sum();
    assert_eq!(of_papers, 4, "every paper is in one group");
    assert_eq!(both(&json(&["show", "COCO"])), (4, 3));
    assert_eq!(both(&json(&["rank", "--kind", "dataset"])["rows"][0]), (4, 3));
    assert_eq!(both(&json(&["search", "coco"])["hits"][0]), (4, 3));
    let trends = json(&["trends", "COCO"]);
    let by_year: u64 = trends["trends"][0]["papers"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(by_year, 4);
    let compared = json(&["compare", "One", "Two"]);
    let coco = compared["rows"].as_array().unwrap().iter().find(|row| row["id"] == "dataset/coco").unwrap();
    assert_eq!(coco["papers"], 4);
    let of_paper = json(&["neighbors", "One"]);
    let row = of_paper["groups"].as_array().unwrap().iter().flat_map(|group| group["rows"].as_array().unwrap());
    assert_eq!(row.clone().find(|row| row["id"] == "dataset/coco").unwrap()["papers"], 4);
    let csv = of(folder.path(), &["query", "datasets-by-papers", "--format", "csv"]);
    assert!(csv.lines().any(|line| line.ends_with("COCO,4,3")), "{csv}");
}

#[test]
fn the_two_parts_of_a_count_are_shown_to_people() {
    let folder = tagged();
    for args in [&["neighbors", "COCO"][..], &["show", "COCO"]] {
        let text = of(folder.path(), args);
        assert!(text.contains("4 papers, 3 of them in their text"), "{text}");
    }
    let near = kg(folder.path()).args(["neighbors", "cocoo"]).assert().code(1).get_output().stderr.clone();
    let near = String::from_utf8(near).unwrap();
    assert!(near.contains("COCO (4 papers, 3 of them in their text)"), "{near}");
    assert!(!of(folder.path(), &["neighbors", "accuracy"]).contains("in their text"), "it is the same for all");
}

#[test]
fn pages_count_as_commands_do() {
    let folder = tagged();
    let server = Server::start(folder.path(), &[]);
    for path in ["/dataset/coco", "/search?q=coco", "/search?kind=dataset"] {
        let text = server.page(path).text();
        assert!(text.contains("4 papers, 3 of them in their text"), "{path}: {text}");
    }
}

#[test]
fn links_of_the_papers_of_a_dataset_are_those_of_all_its_papers() {
    let folder = tagged();
    let source = json!([{"file": "pwc.json", "line": 1, "format": "pwc-papers", "states": ["dataset COCO"]}]);
    let known = json!([{"name": "COCO", "entity": "dataset/coco"}]);
    let tagged = with(paper("five", "Five", "2024", &[]), "declared", json!({"datasets": [{"name": "COCO"}]}));
    let tagged = with(with(tagged, "declared_entities", known), "sources", source);
    build(folder.path(), vec![with(tagged, "repos", json!(["github.com/a/five"]))]);
    let due = of(folder.path(), &["check", "--dataset", "COCO", "--dry-run"]);
    assert!(due.contains("github.com/a/five"), "{due}");
}

/// `named` papers name the dataset COCO; `coined` papers name a method that one of them calls CoCo.
fn two_meanings(named: usize, coined: usize) -> TempDir {
    let mut all: Vec<Extraction> =
        (0..named).map(|i| paper(&format!("n{i}"), &format!("Named {i}"), "2023", &["dataset/coco"])).collect();
    for i in 0..coined {
        let one = paper(&format!("c{i}"), &format!("Coined {i}"), "2021", &["method/coco"]);
        let introduced = json!([{"entity": "method/coco", "name": "CoCo", "kind": "method"}]);
        all.push(if i == 0 { with(one, "introduces", introduced) } else { one });
    }
    built(all)
}

fn meant(folder: &TempDir, name: &str) -> Option<(String, String)> {
    let output = kg(folder.path()).args(["neighbors", name, "--format", "json"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let json: Value = serde_json::from_slice(&output.stdout).ok()?;
    Some((json["node"]["id"].as_str().unwrap().to_string(), said))
}

#[test]
fn a_name_means_what_is_spelt_exactly_so() {
    let folder = two_meanings(3, 2);
    let (id, said) = meant(&folder, "COCO").unwrap();
    assert_eq!(id, "dataset/coco");
    assert!(said.contains("it can also mean method/coco (CoCo, 2 papers)"), "{said}");
    assert_eq!(meant(&folder, "CoCo").unwrap().0, "method/coco");
    assert_eq!(meant(&folder, "method/coco").unwrap(), ("method/coco".to_string(), String::new()));
}

#[test]
fn a_name_in_other_capitals_means_what_ten_times_more_papers_have() {
    assert_eq!(meant(&two_meanings(10, 1), "coco").unwrap().0, "dataset/coco");
    let balanced = two_meanings(9, 1);
    assert_eq!(meant(&balanced, "coco"), None);
    let error = kg(balanced.path()).args(["show", "coco"]).assert().code(1).get_output().stderr.clone();
    let error = String::from_utf8(error).unwrap();
    assert!(error.contains("`coco` can mean 2 things") && error.contains("COCO (9 papers)"), "{error}");
}

#[test]
fn a_parameter_of_a_query_means_what_an_argument_means() {
    let folder = two_meanings(10, 1);
    let query = ["query", "papers-naming", "entity=coco", "--format", "csv"];
    assert_eq!(of(folder.path(), &query).lines().count(), 11);
    assert!(
        notes(folder.path(), &query)
            .contains("entity: `coco` is read as dataset/coco (COCO, 10 papers); it can also mean method/coco")
    );
}

#[test]
fn a_filter_that_leaves_nothing_is_named_as_the_reason() {
    let folder = built(papers());
    let said = |args: &[&str]| {
        let output = kg(folder.path()).args(args).output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let span = "no paper of the graph is from this time; they are from 2023 to 2025";
    for format in ["table", "csv", "json"] {
        assert!(said(&["trends", "COCO", "--year", "2030", "--format", format]).contains(span), "{format}");
        let vendor = said(&["hardware", "--vendor", "foo", "--format", format]);
        assert!(vendor.contains("no named device is made by foo; there are devices of NVIDIA"), "{format}: {vendor}");
        let none = said(&["rank", "--kind", "model,software", "--limit", "1", "--format", format]);
        assert!(!none.contains("the graph has no"), "{format}: {none}");
    }
    let years = said(&["hardware", "--year", "2030"]);
    assert!(
        years.contains("no paper of the selected time names a device; the papers of the graph are of 2023 to 2025"),
        "{years}"
    );
    let similar = said(&["similar", "COCO", "--kind", "dataset", "--since", "2030"]);
    assert!(similar.contains("no dataset shares a neighbour with it in the selected time"), "{similar}");
    let search = said(&["search", "coco", "--kind", "method"]);
    assert!(search.contains("no method holds the words `coco`") && search.contains("leave out --kind"), "{search}");
    let communities = said(&["communities", "--min-papers", "1000"]);
    assert!(communities.contains("no topic has that many papers"), "{communities}");
    let neighbors = said(&["neighbors", "COCO", "--kind", "paper", "--year", "2030"]);
    assert!(neighbors.contains("no neighbours of the selected kinds, relations and years"), "{neighbors}");
}

#[test]
fn devices_are_counted_within_the_makers_asked_for() {
    let folder = built(papers());
    let all = as_json(folder.path(), &["hardware", "--format", "json"]);
    assert_eq!(all["papers"], 1);
    let none = as_json(folder.path(), &["hardware", "--vendor", "foo", "--format", "json"]);
    assert_eq!((none["papers"].as_u64(), none["total"].as_u64()), (Some(0), Some(0)));
    assert_eq!(as_json(folder.path(), &["hardware", "--vendor", "nvidia", "--format", "json"])["papers"], 1);
}

#[test]
fn years_that_a_table_of_devices_has_no_room_for_are_named() {
    let year = |year: u16| {
        let text = paper(&format!("y{year}"), &format!("Of {year}"), &year.to_string(), &["hardware/nvidia-a100"]);
        with(text, "hardware", json!([{"entity": "hardware/nvidia-a100", "name": "NVIDIA A100", "count": 8}]))
    };
    let folder = built((2010..2024).map(year).collect());
    let printed = |columns: &str| stdout(kg(folder.path()).arg("hardware").env("COLUMNS", columns));
    let narrow = printed("80");
    assert!(narrow.lines().all(|line| line.chars().count() <= 80), "{narrow}");
    let first = narrow.lines().next().unwrap().split_whitespace().find_map(|word| word.parse::<u16>().ok()).unwrap();
    assert!(narrow.contains(&format!("2010 to {} left out", first - 1)), "{narrow}");
    let wide = printed("240");
    assert!(wide.lines().next().unwrap().contains("2010") && !wide.contains("left out"), "{wide}");
}

#[test]
fn statistics_are_those_of_the_graph_after_every_change() {
    let counted = |folder: &Path| {
        let stats = as_json(folder, &["stats", "--format", "json"]);
        let query = |text: &str| {
            let csv = of(folder, &["query", "--format", "csv", "-e", text]);
            csv.lines().nth(1).unwrap().parse::<u64>().unwrap()
        };
        for (kind, class) in [("paper", "Paper"), ("dataset", "Dataset"), ("method", "Method")] {
            let counted = query(&format!("SELECT (COUNT(?x) AS ?n) {{ ?x a kg:{class} }}"));
            assert_eq!(stats["nodes"][kind].as_u64(), Some(counted), "{kind}");
        }
        assert_eq!(stats["mentions"].as_u64(), Some(query("SELECT (COUNT(?x) AS ?n) { ?x a kg:Mention }")));
        (stats["nodes"]["paper"].as_u64().unwrap(), stats["years"].clone())
    };
    let folder = built(papers());
    assert_eq!(counted(folder.path()), (3, json!([2023, 2025])));
    build(folder.path(), vec![paper("later", "Later", "2027", &["dataset/imagenet"])]);
    assert_eq!(counted(folder.path()), (4, json!([2023, 2027])));
}

#[test]
fn a_paper_without_a_date_has_the_month_of_its_arxiv_id() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("papers.jsonl");
    let lines = [
        r#"{"id": "2403.01234", "title": "Undated", "abstract": "We evaluate on COCO."}"#,
        r#"{"id": "2403.01235", "title": "Dated", "abstract": "We evaluate on COCO.", "published": "2023-05-01"}"#,
        r#"{"title": "Unknown", "abstract": "We evaluate on COCO."}"#,
    ];
    std::fs::write(&list, lines.join("\n")).unwrap();
    let store = folder.path().join("store");
    kg(&store).arg("build").arg(&list).assert().success();
    let paper = |name: &str| as_json(&store, &["show", name, "--format", "json"])["paper"].clone();
    let undated = paper("Undated");
    assert_eq!((undated["published"].as_str(), undated["date_source"].as_str()), (Some("2024-03"), Some("arxiv-id")));
    let dated = paper("Dated");
    assert_eq!((dated["published"].as_str(), dated["date_source"].as_str()), (Some("2023-05-01"), None));
    assert_eq!(paper("Unknown")["published"], Value::Null);
    assert!(of(&store, &["show", "Undated"]).contains("2024-03 (from the arXiv id)"));
    let trends = as_json(&store, &["trends", "COCO", "--by", "month", "--format", "json"]);
    assert_eq!(trends["trends"][0]["undated"], 1);
    // The output of `kg extract` is read again, and an inferred date remains inferred.
    let extracted = stdout(kg(&store).arg("extract").arg(&list));
    assert!(extracted.contains(r#""date_source":"arxiv-id""#), "{extracted}");
    let again = folder.path().join("again.jsonl");
    let stated = r#"{"id": "2403.01234", "title": "Undated", "published": "2024-04-02"}"#;
    std::fs::write(&again, format!("{extracted}{stated}\n")).unwrap();
    let store = folder.path().join("second");
    kg(&store).arg("build").arg(&again).assert().success();
    let undated = as_json(&store, &["show", "2403.01234", "--format", "json"])["paper"].clone();
    assert_eq!((undated["published"].as_str(), undated["date_source"].as_str()), (Some("2024-04-02"), None));
}

#[test]
fn a_path_with_alternatives_keeps_its_duplicates() {
    let graph = graph();
    let count = |pattern: &str| {
        let query = format!("SELECT (COUNT(*) AS ?n) {{ {pattern} }}");
        let csv = of(graph.path(), &["query", "--format", "csv", "-e", &query]);
        csv.lines().nth(1).unwrap().parse::<u32>().unwrap()
    };
    // SPARQL 1.1, section 18.4: the result of `a|b` is that of { a } UNION { b }.
    for (path, union) in [
        ("?p kg:mentions|kg:usesDataset ?d", "{ ?p kg:mentions ?d } UNION { ?p kg:usesDataset ?d }"),
        ("?d ^(kg:mentions|kg:usesDataset) ?p", "{ ?p kg:mentions ?d } UNION { ?p kg:usesDataset ?d }"),
        (
            "?p (kg:mentions|kg:usesDataset)/rdfs:label ?n",
            "{ ?p kg:mentions ?d } UNION { ?p kg:usesDataset ?d } ?d rdfs:label ?n",
        ),
        (
            "?p a kg:Paper ; (kg:evaluatesOn|kg:usesDataset/skos:broader|kg:mentions) ?d",
            "?p a kg:Paper { ?p kg:evaluatesOn ?d } UNION { ?p kg:usesDataset/skos:broader ?d } UNION { ?p kg:mentions ?d }",
        ),
    ] {
        assert!(count(union) > 0, "{union}");
        assert_eq!(count(path), count(union), "{path}");
    }
    let once = "SELECT DISTINCT ?p ?d { ?p kg:mentions|kg:usesDataset ?d }";
    let rows = of(graph.path(), &["query", "--format", "csv", "-e", once]).lines().count() - 1;
    assert!(count("?p kg:mentions|kg:usesDataset ?d") > rows as u32);
}

#[test]
fn the_most_devices_of_a_year_are_those_of_the_papers_that_state_a_count() {
    let with_count = |key: &str, year: &str, count: Option<u32>| {
        let text = paper(key, key, year, &["hardware/nvidia-a100"]);
        match count {
            Some(count) => with(
                text,
                "hardware",
                json!([{"entity": "hardware/nvidia-a100", "name": "NVIDIA A100", "count": count}]),
            ),
            None => text,
        }
    };
    let folder = built(vec![
        with_count("a", "2024", Some(8)),
        with_count("b", "2024", None),
        with_count("c", "2024", Some(64)),
        with_count("d", "2023", None),
    ]);
    let csv = of(folder.path(), &["query", "hardware-by-year", "--format", "csv"]);
    assert_eq!(
        csv.lines().collect::<Vec<_>>(),
        ["year,name,papers,most_devices", "2024,NVIDIA A100,3,64", "2023,NVIDIA A100,1,"]
    );
}

#[test]
fn a_contribution_is_as_old_as_the_earliest_dated_paper_that_introduces_it() {
    let introduces = |key: &str, date: &str| {
        let introduced = json!([{"entity": "method/thing", "name": "Thing", "kind": "method"}]);
        with(paper(key, key, date, &["method/thing"]), "introduces", introduced)
    };
    let undated = with(introduces("undated", "2020"), "published", Value::Null);
    let folder = built(vec![undated, introduces("dated", "2021-05"), paper("user", "User", "2022", &["method/thing"])]);
    let csv = of(folder.path(), &["query", "most-reused-contributions", "--format", "csv"]);
    assert!(csv.lines().nth(1).unwrap().starts_with("Thing,1,2021-05,"), "{csv}");
}
