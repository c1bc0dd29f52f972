//! Similar nodes, ranks, trends, comparisons, leaderboards, topics, devices and search, on a hand-made graph.

use std::path::Path;

use assert_cmd::prelude::*;
use papergraph::extract::Extraction;
use papergraph::internals::graph::{Network, Tie};
use papergraph::internals::store::GraphStore;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cli::{graph, kg, stdout};
use crate::small_graph::{build, paper, papers, with};

fn run(args: &[&str]) -> String {
    let graph = graph();
    stdout(kg(graph.path()).args(args))
}

fn as_json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// A field over three years: two groups of papers that share only COCO and accuracy.
fn field() -> Vec<Extraction> {
    let mut all = Vec::new();
    for i in 0..8 {
        let year = 2023 + i / 3;
        let date = format!("{year}-0{}-01", 1 + i % 3);
        let mut vision = vec!["dataset/coco", "task/object-detection", "metric/accuracy"];
        if i % 2 == 0 {
            vision.push("dataset/imagenet");
        }
        let language = ["model/llama-2=builds-on", "method/lora", "software/pytorch", "metric/accuracy"];
        all.push(paper(&format!("vision-{i}"), &format!("Seeing {i}"), &date, &vision));
        let text = paper(&format!("language-{i}"), &format!("Speaking {i}"), &date, &language);
        let hardware =
            json!([{"entity": "hardware/nvidia-a100", "name": "NVIDIA A100", "count": 1 << i, "memory_gb": 80}]);
        all.push(with(text, "hardware", hardware));
    }
    all.push(paper("undated", "When?", "2024", &["dataset/coco"]));
    let last = all.len() - 1;
    all[last] = with(all[last].clone(), "published", Value::Null);
    all
}

fn field_graph() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), field());
    folder
}

fn of(folder: &Path, args: &[&str]) -> String {
    stdout(kg(folder).args(args))
}

#[test]
fn papers_that_share_what_is_rare_are_alike() {
    let list = run(&["similar", "EfficientQAT: Efficient Training"]);
    assert!(list.contains("A Follow-Up") && list.contains("neighbours in common, the most informative"), "{list}");
    let json = as_json(&run(&["similar", "2407.11062", "--format", "json"]));
    let follow_up = json["similar"].as_array().unwrap().iter().find(|one| one["id"] == "paper/arxiv-2501.00001");
    assert_eq!(follow_up.unwrap()["because"][0]["name"], "EfficientQAT", "rarer than COCO");
    assert_eq!(follow_up.unwrap()["shared"], 2);
}

#[test]
fn datasets_that_the_same_papers_name_are_alike() {
    let folder = field_graph();
    let json = as_json(&of(folder.path(), &["similar", "COCO", "--format", "json"]));
    assert_eq!(json["similar"][0]["id"], "dataset/imagenet");
    assert_eq!(json["similar"][0]["shared"], 4);
    let methods = as_json(&of(folder.path(), &["similar", "Llama 2", "--kind", "method", "--format", "json"]));
    assert_eq!(methods["similar"][0]["id"], "method/lora");
    assert_eq!(methods["similar"][0]["score"], 1.0, "the same papers name both");
    let csv = of(folder.path(), &["similar", "COCO", "--format", "csv"]);
    assert!(csv.starts_with("score,kind,id,name,date,shared,because\n"), "{csv}");
    let dot = of(folder.path(), &["similar", "COCO", "--format", "dot"]);
    assert!(dot.contains("ImageNet") && dot.contains("Seeing"), "{dot}");
    kg(folder.path()).args(["similar", "Seeing 1", "--kind", "dataset"]).assert().code(2);
}

#[test]
fn nodes_are_ranked_by_four_measures() {
    let folder = field_graph();
    let list = of(folder.path(), &["rank", "--kind", "metric,dataset", "--limit", "5"]);
    let names: Vec<&str> = list.lines().skip(1).filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!(names, ["accuracy", "COCO", "ImageNet"], "{list}");
    let list = of(folder.path(), &["rank", "--kind", "dataset", "--by", "growth"]);
    assert!(list.contains("2024") && list.contains("growth = (n + 3) / (expected + 3)"), "{list}");
    for measure in ["degree", "pagerank", "betweenness", "growth"] {
        let args = ["rank", "--by", measure, "--kind", "dataset,metric", "--limit", "0", "--format", "json"];
        let json = as_json(&of(folder.path(), &args));
        let rows = json["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 3, "{measure}");
        assert!(rows.windows(2).all(|pair| pair[0]["score"].as_f64() >= pair[1]["score"].as_f64()), "{measure}");
    }
    let all = as_json(&of(folder.path(), &["rank", "--by", "pagerank", "--limit", "0", "--format", "json"]));
    let sum: f64 = all["rows"].as_array().unwrap().iter().map(|row| row["score"].as_f64().unwrap()).sum();
    assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    let guess = as_json(&of(folder.path(), &["rank", "--by", "betweenness", "--samples", "5", "--format", "json"]));
    assert_eq!(guess["sampled"], 5);
    assert!(guess["rows"][0]["error"].as_f64().unwrap() > 0.0);
    let svg = of(folder.path(), &["rank", "--kind", "dataset", "--format", "svg"]);
    assert!(svg.starts_with("<svg") && svg.contains("Most named datasets"), "{svg}");
}

#[test]
fn growth_needs_two_years() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), vec![paper("one", "One", "2024", &["dataset/coco"])]);
    let output = kg(folder.path()).args(["rank", "--by", "growth"]).assert().code(1).get_output().clone();
    assert!(String::from_utf8(output.stderr).unwrap().contains("growth compares two years"));
}

#[test]
fn trends_count_by_year_and_month_and_say_what_has_no_date() {
    let folder = field_graph();
    let list = of(folder.path(), &["trends", "COCO", "LoRA"]);
    assert!(list.contains("8 papers, 1 undated"), "{list}");
    assert!(list.contains("1 of 17 papers has no date"), "{list}");
    let year = list.lines().find(|line| line.starts_with("2023")).unwrap();
    assert_eq!(year.split_whitespace().collect::<Vec<_>>(), ["2023", "6", "3", "50.0", "%", "3", "50.0", "%"]);
    let months = of(folder.path(), &["trends", "COCO", "--by", "month"]);
    assert!(months.lines().any(|line| line.contains(" of 17 papers ha") && line.ends_with(" no month")), "{months}");
    let json = as_json(&of(folder.path(), &["trends", "COCO", "--by", "month", "--format", "json"]));
    assert_eq!(json["periods"][0], "2023-01");
    assert_eq!(json["trends"][0]["papers"][0], 1);
    assert_eq!(json["trends"][0]["undated"], 1);
    assert_eq!(json["trends"][0]["shares"][0], 0.5);
    let chart = folder.path().join("chart.svg");
    of(folder.path(), &["trends", "COCO", "LoRA", "--svg", chart.to_str().unwrap()]);
    let svg = std::fs::read_to_string(&chart).unwrap();
    let nowhere = kg(folder.path()).args(["trends", "COCO", "--svg"]).arg(chart.join("x.svg")).output().unwrap();
    let said = String::from_utf8(nowhere.stderr).unwrap();
    assert!(!nowhere.status.success() && said.contains("name another place with --svg"), "{said}");
    assert!(svg.contains(">COCO<") && svg.contains(">2025<") && svg.contains("papers"), "{svg}");
    kg(folder.path()).args(["trends", "Seeing 1"]).assert().code(1);
}

#[test]
fn papers_are_put_side_by_side() {
    let list = run(&["compare", "2407.11062", "A Follow-Up"]);
    assert!(list.contains("In all of them (2)") && list.contains("In one of them"), "{list}");
    assert!(list.contains("runs on 8 × NVIDIA A100") && list.contains("claims accuracy 69.48"), "{list}");
    let csv = run(&["compare", "2407.11062", "2501.00001", "a plain one", "--shared", "--format", "csv"]);
    assert!(csv.contains("dataset,dataset/coco,COCO,3,3,mentions,evaluates-on,mentions"), "{csv}");
    let graph = graph();
    kg(graph.path()).args(["compare", "2407.11062", "COCO"]).assert().code(1);
    kg(graph.path()).args(["compare", "2407.11062", "2407.11062"]).assert().code(2);
    kg(graph.path()).args(["compare", "2407.11062"]).assert().code(2);
}

#[test]
fn a_leaderboard_quotes_claims_and_names_the_sources_that_state_results() {
    let folder = tempfile::tempdir().unwrap();
    let claim = |key: &str, date: &str, value: &str| {
        let extraction = paper(key, &format!("The {key}"), date, &["dataset/imagenet", "metric/accuracy"]);
        let text = format!("First. We reach {value} accuracy on imagenet. Last.");
        let extraction = with(extraction, "abstract", json!(text));
        let start = "First. We reach ".len();
        let results = json!([{
            "system": key, "dataset": "imagenet", "metric": "accuracy", "value": value,
            "field": "abstract", "start": start, "end": start + value.len(),
        }]);
        with(extraction, "results", results)
    };
    let mut all = vec![claim("worse", "2023", "81.5%"), claim("better", "2024-02", "90.1%")];
    let tabled = with(
        paper("tabled", "A Table", "2022", &["dataset/imagenet"]),
        "declared",
        json!({"results": [{"dataset": "ImageNet", "metric": "Top 1", "model": "T", "value": "85.0"}]}),
    );
    let known = json!([{"name": "ImageNet", "entity": "dataset/imagenet"}]);
    all.push(with(tabled, "declared_entities", known));
    build(folder.path(), all);
    let list = of(folder.path(), &["leaderboard", "ImageNet"]);
    assert!(list.contains("· variant not stated ("), "{list}");
    assert!(list.contains("“We reach 90.1% accuracy on imagenet.”"), "{list}");
    assert!(list.find("90.1%") < list.find("81.5%"), "{list}");
    assert!(list.contains("85.0") && list.contains("T: A Table"), "{list}");
    let json = as_json(&of(folder.path(), &["leaderboard", "ImageNet", "--metric", "accuracy", "--format", "json"]));
    assert_eq!(json["boards"][0]["rows"][0]["number"], 90.1);
    assert_eq!(json["boards"].as_array().unwrap().len(), 1);
    kg(folder.path()).args(["leaderboard", "accuracy"]).assert().code(1);
}

/// A result in a table on COCO, as in the record.
fn table_result(system: &str, own: bool, variant: Option<&str>, metric: &str, value: &str) -> serde_json::Value {
    json!({
        "system": system, "own": own, "task": null, "dataset": "coco", "variant": variant, "metric": metric,
        "value": value, "entities": ["dataset/coco"], "place": {"table": 1, "label": "Table 1", "row": 3, "column": 2},
    })
}

#[test]
fn boards_keep_apart_what_cannot_be_compared() {
    let folder = tempfile::tempdir().unwrap();
    let results = json!([
        table_result("One", true, None, "AP", "40.1"),
        table_result("One", true, None, "AP50", "61.0"),
        table_result("One", true, None, "mask AP", "35.2"),
        table_result("One", true, Some("dev"), "AP", "41.9"),
        table_result("Old", false, None, "AP", "30.0"),
    ]);
    let first = with(paper("one", "The One", "2020", &["dataset/coco"]), "results", results);
    let second = json!([table_result("Two", true, None, "AP", "0.45"), table_result("Old", false, None, "AP", "30.0")]);
    let second = with(paper("two", "The Two", "2021", &["dataset/coco"]), "results", second);
    build(folder.path(), vec![first, second]);
    let json = as_json(&of(folder.path(), &["leaderboard", "COCO", "--format", "json"]));
    let boards = json["boards"].as_array().unwrap();
    assert_eq!(boards.len(), 4, "{json:#}");
    let ap = as_json(&of(
        folder.path(),
        &["leaderboard", "COCO", "--metric", "AP", "--variant", "none", "--format", "json"],
    ));
    let rows = ap["boards"][0]["rows"].as_array().unwrap();
    let shown: Vec<_> =
        rows.iter().map(|row| (row["system"].as_str().unwrap(), row["own"].as_bool().unwrap())).collect();
    // 0.45 is 45 % next to the others, and a figure that two papers cite is there once.
    assert_eq!(shown, [("Two", true), ("One", true), ("Old", false)]);
    assert_eq!((&rows[0]["number"], &rows[2]["repeated"]), (&json!(45.0), &json!(1)));
    let own = of(folder.path(), &["leaderboard", "COCO", "--metric", "AP", "--own"]);
    assert!(!own.contains("Old") && own.contains("Table 1, row 3"), "{own}");
    let runnable = of(folder.path(), &["leaderboard", "COCO", "--runnable"]);
    assert!(runnable.contains("of 7 results none has official code that was alive"), "{runnable}");
    let metric = of(folder.path(), &["leaderboard", "COCO", "--metric", "foo"]);
    assert!(metric.contains("none is in the metric “foo”; there are: AP, AP50, mask AP"), "{metric}");
    let variant = of(folder.path(), &["leaderboard", "COCO", "--variant", "foo"]);
    assert!(variant.contains("none has a variant “foo”; there are: none, dev"), "{variant}");
    let year = of(folder.path(), &["leaderboard", "COCO", "--year", "2030"]);
    assert!(year.contains("none is from a paper of the selected time; there are: 2020, 2021"), "{year}");
    let history =
        of(folder.path(), &["leaderboard", "COCO", "--metric", "AP", "--variant", "none", "--own", "--history"]);
    assert!(history.find("40.1") < history.find("0.45") && history.contains("0.45"), "{history}");
    let list = of(folder.path(), &["leaderboard", "--format", "csv"]);
    assert!(list.lines().nth(1).unwrap().contains("AP,2,0.45,Two,2021"), "{list}");
    let svg = of(folder.path(), &["leaderboard", "COCO", "--metric", "AP", "--format", "svg"]);
    assert!(svg.starts_with("<svg") && svg.contains("<circle"), "{svg}");
}

#[test]
fn the_list_of_boards_is_made_by_a_build_and_made_again_when_it_is_lost_or_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let (store, input) = (folder.path().join("graph"), folder.path().join("papers.jsonl"));
    let record = |id: &str, system: &str, value: &str| {
        let text = format!("We present {system}. {system} reaches {value}% top-1 accuracy on ImageNet.");
        json!({"id": id, "title": format!("{system}: A Network"), "published": "2020-01-01", "abstract": text})
    };
    let records = [record("2001.00001", "DoorNet", "81.0"), record("2001.00002", "WindowNet", "85.0")];
    std::fs::write(&input, records.map(|record| format!("{record}\n")).concat()).unwrap();
    kg(&store).arg("build").arg(&input).assert().success();
    let file = store.join("generations/1/boards");
    let made = std::fs::read(&file).unwrap();
    let asked: [&[&str]; 4] = [
        &["leaderboard", "--format", "json"],
        &["leaderboard", "--format", "csv"],
        &["leaderboard", "ImageNet", "--format", "json"],
        &["leaderboard", "ImageNet", "--metric", "foo"],
    ];
    let answers = || asked.map(|args| of(&store, args));
    let first = answers();
    let list = as_json(&first[0]);
    assert_eq!(list["boards"][0]["rows"][0]["value"], "85.0%", "{list:#}");
    assert_eq!((&list["boards"][0]["results"], &list["boards"][0]["history"]), (&json!(2), &json!([])), "{list:#}");
    assert_eq!(as_json(&first[2])["boards"][0]["rows"].as_array().unwrap().len(), 2);
    // Results of one dataset are read from the index where there is no list.
    std::fs::remove_file(&file).unwrap();
    assert_eq!(of(&store, asked[2]), first[2]);
    assert!(!file.exists());
    assert_eq!(answers(), first);
    assert_eq!(std::fs::read(&file).unwrap(), made);
    // The first block has results; the head is at the end.
    for at in [30, made.len() - 30] {
        let mut damaged = made.clone();
        damaged[at] ^= 1;
        std::fs::write(&file, damaged).unwrap();
        assert_eq!([of(&store, asked[2]), of(&store, asked[0])], [first[2].clone(), first[0].clone()], "byte {at}");
        assert_eq!(std::fs::read(&file).unwrap(), made, "byte {at}");
    }
}

#[test]
fn topics_are_described_by_characteristic_nodes() {
    let folder = field_graph();
    let list = of(folder.path(), &["communities"]);
    assert!(list.contains("COCO (9") && list.contains("Llama 2 (8") && list.contains("modularity"), "{list}");
    let json = as_json(&of(folder.path(), &["communities", "--format", "json"]));
    assert_eq!(json["topics"].as_array().unwrap().len(), 2);
    assert!(json["modularity"].as_f64().unwrap() > 0.25);
    let members = of(folder.path(), &["communities", "--members"]);
    let community = |id: &str| members.lines().find(|line| line.ends_with(id)).unwrap()[..1].to_string();
    assert_eq!(community("model/llama-2"), community("method/lora"));
    assert_ne!(community("model/llama-2"), community("dataset/coco"));
    assert_eq!(members, of(folder.path(), &["communities", "--members"]), "the same seed, the same topics");
}

#[test]
fn devices_are_counted_by_year_and_number() {
    let folder = field_graph();
    let list = of(folder.path(), &["hardware"]);
    let device = list.lines().find(|line| line.starts_with("NVIDIA A100")).unwrap();
    assert_eq!(device.split_whitespace().collect::<Vec<_>>(), ["NVIDIA", "A100", "8", "8", "8", "128", "3", "3", "2"]);
    let json = as_json(&of(folder.path(), &["hardware", "--since", "2024", "--format", "json"]));
    assert_eq!(json["devices"][0]["papers"], 5);
    assert_eq!(json["devices"][0]["most"], 128);
    assert!(of(folder.path(), &["hardware", "--format", "svg"]).contains("NVIDIA A100"));
}

#[test]
fn search_finds_papers_by_words_of_their_abstract() {
    let folder = tempfile::tempdir().unwrap();
    let named = |key: &str, title: &str, text: &str| with(paper(key, title, "2024", &[]), "abstract", json!(text));
    build(
        folder.path(),
        vec![
            named("a", "Pruning at scale", "We prune graph transformers without retraining."),
            named("b", "Graph transformers", "A survey of the field."),
            named("c", "Something else", "Nothing of interest; a transformer is named once."),
        ],
    );
    let hits = as_json(&of(folder.path(), &["search", "graph", "transformer", "--format", "json"]));
    assert_eq!(hits["total"], 2);
    assert_eq!(hits["hits"][0]["id"], "paper/b", "the title counts more");
    let misspelt = as_json(&of(folder.path(), &["search", "retrainig", "--format", "json"]));
    assert_eq!(misspelt["hits"][0]["id"], "paper/a");
}

#[test]
fn of_many_that_are_equally_near_the_best_known_and_the_newest_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let many = (0..900).map(|i| {
        let named: &[&str] = if i % 300 == 0 { &["method/lora"] } else { &[] };
        let text = paper(&format!("number-{i}"), &format!("Number {i}"), if i == 700 { "2025" } else { "2024" }, named);
        let text = with(text, "abstract", json!("All of them are about quanta."));
        with(text, "repos", json!([format!("github.com/someone/lora-{i}")]))
    });
    build(folder.path(), many.collect());
    let hits = as_json(&of(folder.path(), &["search", "lora", "--limit", "4", "--format", "json"]));
    let ids: Vec<&str> = hits["hits"].as_array().unwrap().iter().map(|hit| hit["id"].as_str().unwrap()).collect();
    let repositories = ["someone/lora-0", "someone/lora-1", "someone/lora-10"];
    assert_eq!(ids[0], "method/lora", "nine hundred repositories do not hide the method");
    assert_eq!(ids[1..], repositories.map(|name| format!("repository/github.com/{name}")), "of equals by id");
    assert_eq!(hits["total"], 901);
    let papers = as_json(&of(folder.path(), &["search", "quanta", "--limit", "2", "--format", "json"]));
    assert_eq!(
        (&papers["hits"][0]["id"], &papers["hits"][1]["id"]),
        (&json!("paper/number-700"), &json!("paper/number-0"))
    );
}

#[test]
fn the_index_follows_every_build_and_says_what_the_graph_says() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), papers());
    build(folder.path(), field());
    let renamed = paper("vision-3", "Looking 3", "2024", &["dataset/imagenet"]);
    build(folder.path(), vec![renamed]);
    assert!(of(folder.path(), &["search", "looking", "--kind", "paper"]).contains("Looking 3"));
    kg(folder.path()).args(["search", "\"Seeing 3\"", "--kind", "page"]).assert().code(1);
    let store = GraphStore::open(folder.path()).unwrap();
    let network = Network::load(&store).unwrap();
    let mut of_index: Vec<(String, String)> =
        network.edges().iter().map(|arc| (network.id(arc.from).to_string(), network.id(arc.to).to_string())).collect();
    let graph = papergraph::internals::graph::GraphView::load(&store).unwrap();
    let mut of_graph: Vec<(String, String)> = Vec::new();
    for (from, to, link) in graph.links() {
        let (from, to) = (graph.node(from).unwrap(), graph.node(to).unwrap());
        // A network has no authors, organisations and venues.
        if from.kind.is_quiet() || to.kind.is_quiet() {
            continue;
        }
        let (from, to) = (from.id.clone(), to.id.clone());
        for tie in link.ties.iter() {
            of_graph.push(if tie == Tie::Introduces { (to.clone(), from.clone()) } else { (from.clone(), to.clone()) });
        }
    }
    of_index.sort();
    of_graph.sort();
    of_graph.dedup();
    assert_eq!(of_index, of_graph);
    assert_eq!(network.len(), graph.nodes().filter(|(_, node)| !node.kind.is_quiet()).count());
}

#[test]
fn a_graph_without_an_index_is_given_one() {
    let folder = field_graph();
    let store = GraphStore::open(folder.path()).unwrap();
    let index = folder.path().join(format!("generations/{}/search", store.generation()));
    drop(store);
    std::fs::remove_dir_all(&index).unwrap();
    assert!(of(folder.path(), &["search", "coco"]).contains("dataset/coco"));
    assert!(index.join("meta.json").is_file());
}
