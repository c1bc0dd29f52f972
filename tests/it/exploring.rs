//! Neighbours, one node in full, paths and search, on the small graph.

use assert_cmd::prelude::*;
use serde_json::{Value, json};

use crate::checks::{day, found, write};
use crate::cli::{graph, kg, stdout};
use crate::small_graph::{build, paper, papers, vocabulary, with};
use papergraph::internals::index::{NodeHash, ReadAmount};
use papergraph::internals::ontology::NodeKind;
use papergraph::internals::store::{GenerationBuild, GraphStore};
use papergraph::liveness::Verdict;

fn run(args: &[&str]) -> String {
    let graph = graph();
    stdout(kg(graph.path()).args(args))
}

fn fails(args: &[&str], code: i32) -> String {
    let graph = graph();
    let output = kg(graph.path()).args(args).assert().code(code).get_output().clone();
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn neighbours_of_a_dataset_are_grouped_by_what_the_papers_do_with_it() {
    insta::assert_snapshot!(run(&["neighbors", "ms coco"]));
}

#[test]
fn neighbours_of_a_paper_are_what_it_names_and_papers_that_share_it() {
    insta::assert_snapshot!(run(&["neighbors", "arXiv:2407.11062", "--evidence"]));
}

#[test]
fn a_repository_is_found_by_its_address() {
    let list = run(&["neighbors", "https://github.com/opengvlab/efficientqat.git"]);
    assert!(list.contains("Papers that link to github.com/OpenGVLab/EfficientQAT (1)"), "{list}");
}

#[test]
fn kinds_relations_years_and_limits_select() {
    let list = run(&["neighbors", "COCO", "--relation", "evaluates-on"]);
    assert!(list.contains("A Follow-Up") && !list.contains("A Plain One"), "{list}");
    let list = run(&["neighbors", "COCO", "--kind", "task"]);
    assert!(list.contains("object detection") && !list.contains("A Follow-Up"), "{list}");
    let list = run(&["neighbors", "COCO", "--year", "..2023", "--kind", "paper"]);
    assert!(list.contains("A Plain One") && !list.contains("A Follow-Up"), "{list}");
    let list = run(&["neighbors", "COCO", "--since", "2024-07-10", "--until", "2024", "--kind", "paper"]);
    assert!(list.contains("EfficientQAT") && !list.contains("A Follow-Up"), "{list}");
    let list = run(&["neighbors", "COCO", "--kind", "paper", "--limit", "1"]);
    assert!(list.contains("… 1 more"), "{list}");
    assert!(fails(&["neighbors", "COCO", "--year", "2025..2023"], 2).contains("2025 is after 2023"));
    assert!(fails(&["neighbors", "COCO", "--relation", "likes"], 2).contains("evaluates-on"));
    assert!(fails(&["neighbors", "COCO", "--depth", "5"], 2).contains("1..=4"));
}

#[test]
fn every_depth_ends_and_counts_each_node_once() {
    let graph = graph();
    let mut seen = 0;
    for depth in ["1", "2", "3", "4"] {
        let out = stdout(kg(graph.path()).args(["neighbors", "LoRA", "--depth", depth, "--format", "json"]));
        let json: Value = serde_json::from_str(&out).unwrap();
        let mut ids: Vec<String> = Vec::new();
        for group in json["groups"].as_array().unwrap().iter().filter(|group| group["relation"] != "related") {
            ids.extend(group["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_string()));
        }
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count, "depth {depth}");
        assert!(count >= seen, "depth {depth}");
        assert!(!ids.contains(&"method/lora".to_string()));
        seen = count;
    }
}

#[test]
fn names_that_occur_with_a_hub_are_counted_in_all_its_papers_and_after_each_build() {
    let folder = tempfile::tempdir().unwrap();
    // Among 3,001 papers on COCO, the 90 oldest also name LoRA, and the 61 newest PyTorch. They have eight kinds of
    // ties to it.
    let one = |i: usize| {
        let mut named = vec!["dataset/coco"];
        named.extend(i.is_multiple_of(3).then_some("dataset/coco=evaluates-on"));
        named.extend(i.is_multiple_of(5).then_some("dataset/coco=trains-on"));
        named.extend(i.is_multiple_of(7).then_some("dataset/coco=builds-on"));
        named.extend((i < 90).then_some("method/lora"));
        named.extend((i >= 2940).then_some("software/pytorch"));
        let date = format!("{}-{:02}-01", 2015 + i / 300, 1 + i % 300 / 25);
        let paper = paper(&format!("number-{i}"), &format!("Number {i}"), &date, &named);
        let mut mentions = serde_json::to_value(&paper).unwrap()["mentions"].clone();
        if i.is_multiple_of(100) {
            mentions[0]["field"] = json!("title");
        }
        let repositories = if i.is_multiple_of(50) { json!([format!("github.com/x/number-{i}")]) } else { json!([]) };
        with(with(paper, "mentions", mentions), "repos", repositories)
    };
    let papers: Vec<_> = (0..3001).map(one).collect();
    let remove = |range: std::ops::Range<usize>| {
        let vocabulary = vocabulary();
        let mut removal = GenerationBuild::begin(folder.path(), None, &vocabulary).unwrap();
        for paper in &papers[range] {
            assert!(removal.remove(&paper.paper.id).unwrap());
        }
        removal.finish().unwrap();
    };
    let together = |args: &[&str]| {
        let out = stdout(kg(folder.path()).args(["neighbors", "COCO", "--format", "json"]).args(args));
        let json: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(json["notes"], json!([]));
        let groups = json["groups"].as_array().unwrap().iter().filter(|group| group["relation"] == "related");
        let rows: Vec<Value> = groups.flat_map(|group| group["rows"].as_array().unwrap().clone()).collect();
        let row = |row: &Value| (row["id"].as_str().unwrap().to_string(), row["shared"].as_u64().unwrap());
        rows.iter().map(row).collect::<Vec<_>>()
    };
    let check = |shared: &[(&str, u64)]| {
        let shared: Vec<(String, u64)> = shared.iter().map(|(id, shared)| (id.to_string(), *shared)).collect();
        assert_eq!(together(&[]), shared);
        // For papers of some years, counts are computed when the question is asked.
        assert_eq!(together(&["--since", "2000"]), shared);
        for more in ["--limit 15", "--limit 25", "--limit 15 --relation mentions,builds-on", "--limit 3 --kind paper"] {
            let list = |of_time: &[&str]| {
                let asked = ["neighbors", "COCO", "--format", "csv"].into_iter().chain(more.split(' '));
                stdout(kg(folder.path()).args(asked).args(of_time))
            };
            assert_eq!(list(&[]), list(&["--since", "2000"]), "{more}");
        }
    };
    build(folder.path(), papers[..3000].to_vec());
    check(&[("method/lora", 90), ("software/pytorch", 60)]);
    build(folder.path(), papers[3000..].to_vec());
    check(&[("method/lora", 90), ("software/pytorch", 61)]);
    // Rows from two builds come newest first; papers with the name in the title come before the others.
    let newest = stdout(kg(folder.path()).args(["neighbors", "COCO", "--kind", "paper", "--limit", "1", "-f", "csv"]));
    assert!(newest.contains("Number 3000") && newest.contains("github.com/x/number-3000"), "{newest}");
    // A build that changes no paper may change the numbers of nodes.
    write(folder.path(), &[found("repository/github.com/x/number-3000", Verdict::Alive, day(1))]);
    check(&[("method/lora", 90), ("software/pytorch", 61)]);
    let checked = stdout(kg(folder.path()).args(["neighbors", "COCO", "--limit", "1", "--format", "csv"]));
    assert!(checked.contains("number-3000,alive"), "{checked}");
    remove(2970..3001);
    check(&[("method/lora", 90), ("software/pytorch", 30)]);
    remove(150..2970);
    check(&[("method/lora", 90)]);
}

#[test]
fn the_newest_come_first_in_the_index_however_often_a_graph_was_built() {
    let folder = tempfile::tempdir().unwrap();
    // Enough builds for the index to merge segments.
    for part in 0..12 {
        let one = |i: usize| {
            let (number, year) = (part * 10 + i, 2010 + (part * 7 + i * 3) % 15);
            paper(&format!("number-{number}"), &format!("Number {number}"), &year.to_string(), &["dataset/coco"])
        };
        build(folder.path(), (0..10).map(one).collect());
    }
    let graph = GraphStore::open_index(folder.path(), ReadAmount::Much).unwrap();
    let index = graph.index().unwrap();
    let nodes = index.nodes().unwrap();
    assert!(index.docs().count() > 120);
    for doc in index.docs() {
        assert_eq!(nodes.kind(doc), NodeKind::of_id(&index.id(doc).unwrap()));
    }
    let papers = index.naming(NodeHash::of("dataset/coco").unwrap()).unwrap();
    let mut days: Vec<u64> = papers.iter().map(|paper| nodes.day(*paper)).collect();
    let newest: Vec<u64> = nodes.newest(&papers, 20, |_| true).iter().map(|paper| nodes.day(*paper)).collect();
    days.sort_unstable_by(|a, b| b.cmp(a));
    assert!(newest.len() >= 20 && newest == days[..newest.len()], "{newest:?}");
}

#[test]
fn rows_for_programs_are_stable_and_harmless() {
    let folder = tempfile::tempdir().unwrap();
    let evil = paper("evil", "=HYPERLINK(\"x\"), \u{1b}[31mred", "2024", &["dataset/coco"]);
    build(folder.path(), papers().into_iter().chain([evil]).collect());
    let csv = stdout(kg(folder.path()).args(["neighbors", "COCO", "--kind", "paper", "--format", "csv"]));
    insta::assert_snapshot!(csv);
    assert_eq!(csv, stdout(kg(folder.path()).args(["neighbors", "COCO", "--kind", "paper", "--format", "csv"])));
    let table = stdout(kg(folder.path()).args(["neighbors", "COCO"]));
    assert!(!table.contains('\u{1b}'), "{table}");
    let tsv = stdout(kg(folder.path()).args(["neighbors", "COCO", "--format", "tsv"]));
    assert!(tsv.lines().all(|line| line.split('\t').count() == 14), "{tsv}");
}

#[test]
fn an_ambiguous_name_lists_what_it_can_mean_and_an_unknown_one_what_is_near() {
    let folder = tempfile::tempdir().unwrap();
    let namesake = with(
        paper("namesake", "Another Coco", "2024", &[]),
        "introduces",
        serde_json::json!([{"entity": "model/coco", "name": "CoCo", "kind": "model"}]),
    );
    build(folder.path(), papers().into_iter().chain([namesake]).collect());
    let stderr = |name: &str| {
        let output = kg(folder.path()).args(["neighbors", name]).assert().code(1).get_output().clone();
        String::from_utf8(output.stderr).unwrap()
    };
    insta::assert_snapshot!(stderr("coco"), @r"
    error: `coco` can mean 2 things
    help: give the id of the one you mean
      dataset/coco  COCO (3 papers)
      model/coco    CoCo (1 paper)
    ");
    assert!(stderr("efficientqta").contains("did you mean\n  method/efficientqat"), "{}", stderr("efficientqta"));
    assert!(stderr("qqqqqqqqqqqq").contains("nothing in the graph is called"));
    assert!(stdout(kg(folder.path()).args(["neighbors", "model:coco"])).contains("Another Coco"));
}

#[test]
fn a_dataset_is_shown_in_full() {
    insta::assert_snapshot!(run(&["show", "COCO"]));
}

#[test]
fn a_paper_is_shown_in_full() {
    insta::assert_snapshot!(run(&["show", "efficientqat: efficient training"]));
    let json: Value = serde_json::from_str(&run(&["show", "2407.11062", "--format", "json"])).unwrap();
    assert_eq!(json["hardware"][0]["count"], 8);
    assert_eq!(json["results"][0]["value"], "69.48");
    assert_eq!(json["paper"]["sources"][0]["line"], 7);
}

#[test]
fn a_mention_is_bold_where_colour_is_wanted() {
    let graph = graph();
    let shown = stdout(kg(graph.path()).args(["show", "LoRA", "--color", "always"]));
    assert!(shown.contains("\u{1b}[1mlora\u{1b}[0m") && !shown.contains("**"), "{shown}");
}

#[test]
fn paths_between_two_nodes_are_in_words() {
    insta::assert_snapshot!(run(&["path", "LoRA", "Llama 2"]));
    assert_eq!(run(&["path", "COCO", "ms coco"]), "COCO\n");
    let json: Value = serde_json::from_str(&run(&["path", "LoRA", "PyTorch", "--format", "json"])).unwrap();
    assert_eq!(json["paths"][0]["length"], 2);
    assert!(fails(&["path", "LoRA", "Llama 2", "--max-steps", "1"], 1).contains("no path of at most 1 step "));
}

#[test]
fn search_forgives_typing_errors() {
    assert!(run(&["search", "efficentqat"]).contains("method/efficientqat"));
    assert!(run(&["search", "folow", "up", "--kind", "paper"]).contains("A Follow-Up"));
    assert!(run(&["search", "microsoft"]).contains("COCO (Microsoft COCO)"));
    assert!(fails(&["search", "zzzzzz"], 1).contains("no name, title or abstract"));
}

#[test]
fn what_only_a_source_declares_is_a_tie_of_its_own() {
    let tagged = paper("arxiv-2402.00001", "A Tagged One", "2024-02-01", &["dataset/coco"]);
    let declared = json!({"datasets": [{"name": "ImageNet"}, {"name": "COCO"}], "tasks": ["object detection"]});
    let entities = json!([
        {"name": "ImageNet", "entity": "dataset/imagenet"}, {"name": "COCO", "entity": "dataset/coco"},
        {"name": "object detection", "entity": "task/object-detection"},
    ]);
    let tagged = with(with(tagged, "declared", declared), "declared_entities", entities);
    let place = tempfile::tempdir().unwrap();
    build(place.path(), vec![tagged, paper("arxiv-2402.00002", "Another One", "2024-02-02", &["dataset/imagenet"])]);
    let run = |args: &[&str]| stdout(kg(place.path()).args(args));
    let list = run(&["neighbors", "ImageNet"]);
    assert!(list.contains("Papers that name ImageNet (1)"), "{list}");
    assert!(list.contains("Papers that a source tags with ImageNet (1)"), "{list}");
    let list = run(&["neighbors", "A Tagged One"]);
    assert!(list.contains("Names: datasets (1)") && list.contains("Tagged by a source: datasets (1)"), "{list}");
    let rows = run(&["neighbors", "A Tagged One", "--format", "csv", "--kind", "dataset"]);
    let papers = |id: &str| rows.lines().find(|row| row.contains(id)).unwrap().split(',').nth(7).unwrap().to_string();
    assert_eq!(
        (papers("dataset/imagenet"), papers("dataset/coco")),
        ("2".into(), "1".into()),
        "each paper once: {rows}"
    );
    let declares = run(&["export", "json-graph", "--relation", "declares"]);
    assert_eq!(declares.matches("\"relation\":\"declares\"").count(), 3, "{declares}");
    let all = run(&["export", "json-graph"]);
    assert!(all.contains("[\"mentions\",\"declares\"]"), "{all}");
    let similar = run(&["similar", "A Tagged One", "--kind", "paper"]);
    assert!(similar.contains("Another One") && similar.contains("ImageNet"), "{similar}");
}
