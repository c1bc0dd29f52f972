use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::prelude::*;
use predicates::prelude::*;
use serde_json::Value;

use crate::cli::{printed, program};

const GOLD: &str = r#"{"title": "Boxes", "mentions": [{"text": "MS COCO", "name": "COCO", "type": "dataset"}, {"text": "LVIS", "name": "LVIS", "type": "dataset"}], "repos": ["github.com/a/b"], "code": "link"}
{"title": "Words", "mentions": [{"text": "BERT", "name": "BERT", "type": "model"}]}
"#;

const PAPERS: &str = r#"{"title": "Boxes", "abstract": "We evaluate on MS COCO. Code: https://github.com/a/b"}
{"title": "Words", "abstract": "We fine-tune BERT on CIFAR-10."}
{"title": "Not labelled", "abstract": "We use ImageNet."}
"#;

fn inputs() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (gold, papers) = (folder.path().join("gold.jsonl"), folder.path().join("papers.jsonl"));
    std::fs::write(&gold, GOLD).unwrap();
    std::fs::write(&papers, PAPERS).unwrap();
    (folder, gold, papers)
}

#[test]
fn an_extraction_is_measured_and_its_errors_are_listed() {
    let (_folder, gold, papers) = inputs();
    let table = printed(program().arg("eval").arg(&gold).arg(&papers).args(["--errors", "dataset"]));
    insta::assert_snapshot!(table, @r"
                    P      R         F1  FOUND  WRONG  MISSED
    dataset         0.500  0.500  0.500      1      1       1
    method          1.000  1.000  1.000      1      0       0
    ALL ENTITIES    0.667  0.667  0.667      2      1       1
    strict dataset  0.500  0.500  0.500      1      1       1
    strict model    1.000  1.000  1.000      1      0       0
    introduces      –      –      0.000      0      0       0
    repos           1.000  1.000  1.000      1      0       0
    pages           –      –      0.000      0      0       0
    hardware use    –      –      0.000      0      0       0
    results         –      –      0.000      0      0       0
    code            1.000  1.000  1.000      2      0       0
    id consistency  1.000

       DATASET   WORDS     PAPER
    -  LVIS      LVIS      Boxes
    +  CIFAR-10  CIFAR-10  Words
    ");
}

#[test]
fn a_prediction_made_before_gives_the_same_figures() {
    let (folder, gold, papers) = inputs();
    let read = |command: &mut Command| serde_json::from_str::<Value>(&printed(command)).unwrap();
    let at_once = read(program().arg("eval").arg(&gold).arg(&papers).args(["--format", "json"]));
    let predicted = folder.path().join("predicted.jsonl");
    std::fs::write(&predicted, printed(program().arg("extract").arg(&papers))).unwrap();
    let later = read(program().arg("eval").arg(&gold).arg("--predicted").arg(&predicted).args(["--format", "json"]));
    assert_eq!(at_once, later);
    assert_eq!(at_once["papers"], 2);
    assert_eq!(at_once["figures"]["dataset"]["recall"], 0.5);
}

#[test]
fn folds_show_how_the_figures_vary() {
    let (_folder, gold, papers) = inputs();
    let json: Value = serde_json::from_str(&printed(
        program().arg("eval").arg(&gold).arg(&papers).args(["--folds", "2", "-f", "json"]),
    ))
    .unwrap();
    let papers_of = |i: usize| json["folds"][i]["papers"].as_u64().unwrap();
    assert_eq!(papers_of(0) + papers_of(1), 2);
    assert!(json["spread"]["dataset"]["f1_mean"].is_number());
    let table = printed(program().arg("eval").arg(&gold).arg(&papers).args(["--folds", "2"]));
    assert!(table.starts_with("F1") && table.contains("FOLD 2"), "{table}");
}

#[test]
fn wrong_labels_are_reported_with_file_and_line() {
    let (folder, gold, papers) = inputs();
    let bad = folder.path().join("bad.jsonl");
    std::fs::write(&bad, "{\"title\": \"A\"}\n{\"name\": 1}\n").unwrap();
    program()
        .arg("eval")
        .arg(&bad)
        .arg(&papers)
        .assert()
        .code(1)
        .stderr(predicate::str::contains("bad.jsonl:2: not a labelled paper: missing field `title`"));
    program()
        .arg("eval")
        .arg("nowhere.jsonl")
        .arg(&papers)
        .assert()
        .code(1)
        .stderr(predicate::str::contains("nowhere"));
    program().arg("eval").arg(&gold).arg(&papers).args(["--errors", "cities"]).assert().code(2);
}

/// `score.py` of the labelled set and `kg eval` compute the same figures.
#[test]
#[cfg_attr(not(shared_corpus), ignore = "there is no ../shared")]
fn the_figures_are_those_of_the_scorer_in_python() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let (scorer, gold) = (shared.join("eval/score.py"), shared.join("gold/dev.jsonl"));
    let mut listings: Vec<PathBuf> = std::fs::read_dir(shared.join("corpus/daily-papers"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .collect();
    listings.sort();
    let whole = printed(program().arg("extract").args(&listings));
    // Missing papers and a missing kind: the corner cases of the arithmetic.
    let partial: String = whole
        .lines()
        .enumerate()
        .filter(|(i, _)| i % 3 != 0)
        .map(|(_, line)| line.replace("\"type\":\"hardware\"", "\"type\":\"software\"") + "\n")
        .collect();
    let folder = tempfile::tempdir().unwrap();
    for (name, records) in [("whole", whole), ("partial", partial), ("empty", String::new())] {
        let predicted = folder.path().join(name);
        std::fs::write(&predicted, records).unwrap();
        let theirs = printed(Command::new("python3").arg(&scorer).arg(&gold).arg(&predicted).arg("--json"));
        let theirs: Value = serde_json::from_str(&theirs.replace("NaN", "null")).unwrap();
        let ours: Value = serde_json::from_str(&printed(
            program().arg("eval").arg(&gold).arg("--predicted").arg(&predicted).args(["--format", "json"]),
        ))
        .unwrap();
        let theirs = theirs.as_object().unwrap();
        assert_eq!(ours["figures"].as_object().unwrap().len() + 1, theirs.len(), "{name}");
        for (measure, values) in theirs {
            let figure = &ours["figures"][measure];
            let ours: Vec<&Value> = match measure.as_str() {
                "id consistency" => vec![&ours["id_consistency"]],
                _ => ["precision", "recall", "f1", "found", "wrong", "missed"].map(|field| &figure[field]).into(),
            };
            for (ours, theirs) in ours.into_iter().zip(values.as_array().unwrap()) {
                // If there is nothing to link, score.py says 0.
                let close = match (ours.as_f64(), theirs.as_f64()) {
                    (Some(a), Some(b)) => (a - b).abs() <= 0.000_051,
                    (None, b) => b.is_none() || measure == "id consistency" && b == Some(0.0),
                    _ => false,
                };
                assert!(close, "{name}, {measure}: {ours} here, {theirs} in score.py");
            }
        }
    }
}
