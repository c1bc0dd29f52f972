//! `--min-confidence`: links that are less sure are left out of every answer that lists them, and are counted.

use std::path::Path;

use papergraph::extract::Extraction;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cli::{kg, stdout};
use crate::http::Server;
use crate::small_graph::{build, paper, with};

/// A paper that names COCO and another node, each in one place with this confidence.
fn naming(key: &str, coco: f64, (other, sure): (&str, f64)) -> Extraction {
    let extraction = paper(key, key, "2024", &["dataset/coco=evaluates-on", other]);
    let mut mentions = serde_json::to_value(&extraction).unwrap()["mentions"].clone();
    mentions[0]["confidence"] = json!(coco);
    mentions[1]["confidence"] = json!(sure);
    with(extraction, "mentions", mentions)
}

/// Four papers on COCO: two name it with high confidence, one with low confidence, and for one a source also states it.
fn graph() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let stated = naming("stated", 0.78, ("method/lora", 0.97));
    let stated = with(stated, "declared", json!({"datasets": [{"name": "COCO"}]}));
    let stated = with(stated, "declared_entities", json!([{"name": "COCO", "entity": "dataset/coco"}]));
    let papers = vec![
        naming("first", 0.97, ("method/lora", 0.97)),
        naming("second", 0.97, ("model/llama-2", 0.6)),
        naming("unsure", 0.78, ("method/lora", 0.97)),
        stated,
    ];
    build(folder.path(), papers);
    folder
}

fn ask(folder: &Path, args: &[&str]) -> Value {
    serde_json::from_str(&stdout(kg(folder).args(args).args(["--format", "json"]))).unwrap()
}

/// The ids of the rows one step away.
fn near(answer: &Value) -> Vec<String> {
    let groups = answer["groups"].as_array().unwrap().iter().filter(|group| group["distance"] == 1);
    let rows = groups.flat_map(|group| group["rows"].as_array().unwrap());
    let mut ids: Vec<String> = rows.map(|row| row["id"].as_str().unwrap().to_string()).collect();
    ids.sort();
    ids
}

#[test]
fn neighbours_are_the_links_that_are_sure_enough_and_the_others_are_counted() {
    let folder = graph();
    let all = ask(folder.path(), &["neighbors", "COCO"]);
    assert_eq!(near(&all).iter().filter(|id| id.starts_with("paper/")).count(), 4);
    assert!(all.get("less_sure").is_none());
    let sure = ask(folder.path(), &["neighbors", "COCO", "--min-confidence", "0.9"]);
    let papers: Vec<String> = near(&sure).into_iter().filter(|id| id.starts_with("paper/")).collect();
    assert_eq!(papers, ["paper/first", "paper/second", "paper/stated"], "what a source states is kept");
    assert_eq!((&sure["less_sure"], &sure["node"]["papers"]), (&json!(1), &json!(4)));
    let notes = sure["notes"].to_string();
    assert!(
        notes.contains("1 paper names COCO with a confidence below 0.9 and is left out; counts include it"),
        "{notes}"
    );
    let lowest = ask(folder.path(), &["neighbors", "COCO", "--min-confidence", "0.78"]);
    assert_eq!((near(&lowest), &lowest["less_sure"]), (near(&all), &json!(0)));
}

#[test]
fn what_is_named_together_counts_sure_links_only() {
    let folder = graph();
    let shared = |args: &[&str]| {
        let answer = ask(folder.path(), &[&["neighbors", "COCO"], args].concat());
        let groups = answer["groups"].as_array().unwrap().clone();
        let related = groups.iter().filter(|group| group["relation"] == "related");
        let rows = related.flat_map(|group| group["rows"].as_array().unwrap().clone());
        rows.map(|row| (row["id"].as_str().unwrap().to_string(), row["shared"].as_u64().unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(shared(&[]), [("method/lora".to_string(), 3)]);
    assert_eq!(shared(&["--min-confidence", "0.9"]), [("method/lora".to_string(), 2)]);
}

#[test]
fn a_paper_and_a_walk_have_sure_links_only() {
    let folder = graph();
    let of = |least: &str| ask(folder.path(), &["neighbors", "second", "--min-confidence", least]);
    assert_eq!(near(&of("0.5")), ["dataset/coco", "model/llama-2"]);
    let sure = of("0.9");
    assert_eq!((near(&sure), &sure["less_sure"]), (vec!["dataset/coco".to_string()], &json!(1)));
    assert!(sure["notes"].to_string().contains("1 link of the paper has a confidence below 0.9"), "{}", sure["notes"]);
    let walked = ask(folder.path(), &["neighbors", "COCO", "--depth", "2", "--min-confidence", "0.9"]);
    assert!(!walked.to_string().contains("model/llama-2"), "{walked}");
}

#[test]
fn exports_leave_out_less_sure_links_and_what_only_they_name() {
    let folder = graph();
    let export = |args: &[&str]| {
        let output = kg(folder.path()).arg("export").args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}");
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (all, _) = export(&["graphml"]);
    let (sure, notes) = export(&["graphml", "--min-confidence", "0.9"]);
    assert_eq!(all.matches("<edge ").count() - sure.matches("<edge ").count(), 2);
    assert!(all.contains("model/llama-2") && !sure.contains("model/llama-2"));
    assert!(notes.contains("2 links with a confidence below 0.9 are left out"), "{notes}");
    let (triples, _) = export(&["ntriples", "--min-confidence", "0.9"]);
    let of_unsure = triples.lines().filter(|line| line.starts_with('<') && line.contains("/paper/unsure"));
    assert!(of_unsure.clone().count() > 0 && of_unsure.clone().all(|line| !line.contains("dataset/coco")), "{triples}");
    let (around, notes) = export(&["json-graph", "--around", "COCO", "--min-confidence", "0.9"]);
    assert!(!around.contains("paper/unsure") && notes.contains("confidence below 0.9"), "{around} {notes}");
    let (list, _) = export(&["markdown", "--min-confidence", "0.9"]);
    assert_eq!(list.matches("COCO").count(), 3, "{list}");
}

#[test]
fn pages_leave_out_less_sure_links_and_keep_the_limit_in_their_addresses() {
    let folder = graph();
    let server = Server::start(folder.path(), &[]);
    let page = |path: &str| server.page(path).text();
    assert!(page("/dataset/coco").contains("/paper/unsure"));
    let sure = page("/dataset/coco?min-confidence=0.9");
    assert!(!sure.contains("/paper/unsure") && sure.contains("/paper/stated"), "{sure}");
    assert!(
        sure.contains("counts include it") && sure.contains("/graph?around=dataset%2Fcoco&amp;min-confidence=0.9"),
        "{sure}"
    );
    for path in [
        "/dataset/coco?tie=evaluates-on&kind=paper&min-confidence=0.9",
        "/dataset/coco.json?min-confidence=0.9",
        "/dataset/coco.csv?min-confidence=0.9",
        "/papers.json?of=coco&min-confidence=0.9",
        "/graph.json?around=coco&min-confidence=0.9",
    ] {
        let body = server.page(path).text();
        assert!(body.contains("paper/first") && !body.contains("paper/unsure"), "{path}: {body}");
    }
    assert_eq!(server.page("/dataset/coco?min-confidence=sure").status, 400);
}

#[test]
fn a_limit_is_a_number_from_0_to_1() {
    let folder = graph();
    for limit in ["1.5", "sure", "-1"] {
        let answer =
            kg(folder.path()).args(["neighbors", "COCO", &format!("--min-confidence={limit}")]).output().unwrap();
        assert_eq!(answer.status.code(), Some(2), "{limit}");
        assert!(String::from_utf8(answer.stderr).unwrap().contains("is not a number from 0 to 1"), "{limit}");
    }
}
