//! The places of what a paper introduces, runs on and claims: in the record, in the graph and in output.

use assert_cmd::prelude::*;
use papergraph::extract::{Extractor, Field, TextPlace};
use papergraph::paper::Paper;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::cli::{kg, stdout};
use crate::small_graph::vocabulary;

const ABSTRACT: &str = "FooNet is fast – and small. We introduce FooNet, a network for detection, and train it on \
    8 A100 GPUs. It reaches 81.5% accuracy on COCO, up from 80.0%. Training scales to 512 GPUs.";

fn foo_net() -> Value {
    json!({"id": "paper/foonet", "title": "FooNet: A Network", "abstract": ABSTRACT, "published": "2024"})
}

/// The extraction record that `kg extract` makes of a paper.
fn extracted(paper: &Value) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("papers.jsonl");
    std::fs::write(&input, format!("{paper}\n")).unwrap();
    serde_json::from_str(&stdout(kg(folder.path()).arg("extract").arg(input))).unwrap()
}

/// The words at the place of a statement.
fn words(record: &Value, statement: &Value) -> String {
    let text = record[statement["field"].as_str().unwrap()].as_str().unwrap();
    let point = |name: &str| usize::try_from(statement[name].as_u64().unwrap()).unwrap();
    text.chars().skip(point("start")).take(point("end") - point("start")).collect()
}

#[test]
fn what_a_paper_introduces_runs_on_and_claims_has_its_place() {
    let record = extracted(&foo_net());
    let contribution = &record["introduces"][0];
    assert_eq!((words(&record, contribution).as_str(), contribution["field"].as_str()), ("FooNet", Some("abstract")));
    assert_eq!(contribution["start"], "FooNet is fast – and small. We introduce ".chars().count());
    assert_eq!(words(&record, &record["results"][0]), "81.5%");
    let devices: Vec<String> =
        record["hardware"].as_array().unwrap().iter().map(|device| words(&record, device)).collect();
    assert_eq!(devices, ["A100", "512 GPUs"]);
}

#[test]
fn a_name_that_only_the_title_presents_has_its_place_there() {
    let record =
        extracted(&json!({"id": "paper/b", "title": "BarBench: Testing Bars", "abstract": "Bars are tested."}));
    let contribution = &record["introduces"][0];
    assert_eq!((words(&record, contribution).as_str(), contribution["field"].as_str()), ("BarBench", Some("title")));
}

#[test]
fn the_sentence_that_presents_a_name_is_the_evidence_and_the_graph_has_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let (input, store) = (folder.path().join("papers.jsonl"), folder.path().join("graph"));
    std::fs::write(&input, format!("{}\n", foo_net())).unwrap();
    kg(&store).arg("build").arg(&input).assert().success();
    let shown = stdout(kg(&store).args(["show", "FooNet"]));
    assert!(shown.contains("“We introduce **FooNet**, a network"), "{shown}");
    let paper: Value =
        serde_json::from_str(&stdout(kg(&store).args(["show", "paper/foonet", "--format", "json"]))).unwrap();
    let claim = &paper["results"][0];
    assert_eq!(words(&json!({"abstract": ABSTRACT}), claim), "81.5%");
    let count = "SELECT (COUNT(*) AS ?n) WHERE { ?part kg:field ?f ; kg:start ?s ; kg:end ?e . \
                 FILTER NOT EXISTS { ?part a kg:Mention } }";
    // One contribution, two uses of hardware, one result; each has one place.
    assert_eq!(stdout(kg(&store).args(["query", "-e", count, "--format", "csv"])).trim().lines().last(), Some("4"));
}

#[test]
fn records_without_places_are_read_as_before() {
    let mut record = extracted(&foo_net());
    for list in ["introduces", "hardware", "results"] {
        for statement in record[list].as_array_mut().unwrap() {
            for key in ["field", "start", "end"] {
                statement.as_object_mut().unwrap().remove(key);
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let (input, store) = (folder.path().join("records.jsonl"), folder.path().join("graph"));
    std::fs::write(&input, format!("{record}\n")).unwrap();
    kg(&store).args(["build", "--extracted"]).arg(&input).assert().success();
    let shown = stdout(kg(&store).args(["show", "FooNet"]));
    assert!(shown.contains("“**FooNet** is fast – and small.”"), "{shown}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn every_place_lies_in_its_text(
        title in "(FooNet|é: |Bar-[A-Z]{2}|: A Network|[ a-zé]{0,8}){0,4}",
        text in r"(We propose |dubbed |our |FooNet|Mixed Bar Module \(MBM\)|[A-Z]{2,4}|-2H|, and |[ .é–]|8 A100 GPUs|64 GPUs|reaches 81\.5% accuracy on COCO|\. ){0,16}",
    ) {
        let extractor = Extractor::new(vocabulary()).unwrap();
        let paper: Paper =
            serde_json::from_value(json!({"id": "paper/x", "title": title, "abstract": text})).unwrap();
        let record = extractor.extract(paper);
        let places = record.introduces.iter().map(|c| c.place)
            .chain(record.hardware.iter().map(|h| h.place))
            .chain(record.results.iter().map(|r| r.place));
        for place in places {
            let Some(TextPlace { field, start, end }) = place else { panic!("a statement without a place") };
            let length = field.of(&record.paper).chars().count();
            prop_assert!(start < end && end <= length, "{field} {start} {end} of {length}");
            prop_assert!(matches!(field, Field::Title | Field::Abstract));
        }
    }
}
