use std::path::{Path, PathBuf};

use assert_cmd::prelude::*;
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::Term;
use oxigraph::store::Store;
use predicates::prelude::*;
use serde_json::Value;

use crate::cli::{kg, printed, program};

fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

/// The output of lint for a file, without its folder.
fn findings(text: &str, arguments: &[&str], code: i32) -> String {
    let (folder, path) = file(text);
    let output = program().args(["vocab", "lint"]).arg(&path).args(arguments).assert().code(code).get_output().clone();
    let all = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    all.replace(&format!("{}/", folder.path().display()), "")
}

const DOUBTFUL: &str = r#"kind = "dataset"
entity = [
  { id = "zeta-quux", name = "ZetaQuux", paper = "arXiv:2407.11062", year = 2020, modality = ["timeseries"] },
  { id = "alphaquux", name = "match", weak = ["AQ"] },
  { id = "bq", name = "BQQ", paper = "N19-1423", year = 3020, modality = ["smell"] },
  { id = "cq", name = "CetaQuux", paper = "10.1145/3292500.3330701", year = 2019 },
  { id = "dq", name = "DetaQuux", paper = "2407.11062", year = 2020 },
]
"#;

#[test]
fn lint_reports_doubts_as_warnings_with_file_and_line() {
    insta::assert_snapshot!(findings(DOUBTFUL, &[], 0), @r"
    mine.toml:3: warning: paper `arXiv:2407.11062` of `zeta-quux` is written `2407.11062` here
    mine.toml:3: warning: modality `timeseries` of `zeta-quux`: did you mean `time-series`?
    mine.toml:4: warning: `match` of `alphaquux` is an ordinary word, linked wherever it occurs; put it into `weak`, with `context`
    mine.toml:4: warning: `alphaquux` has the weak name `AQ` and no `context` that would be evidence
    mine.toml:4: warning: `alphaquux` comes after `zeta-quux`; entries are sorted by id
    mine.toml:5: warning: `BQQ` of `bq` is an acronym with few letters, linked wherever it occurs; put it into `weak`, with `context`
    mine.toml:5: warning: paper `N19-1423` of `bq` is neither an arXiv id (2407.11062) nor a DOI (10.1145/…)
    mine.toml:5: warning: year 3020 of `bq` is in the future
    mine.toml:7: warning: year 2020 of `dq` does not fit its paper 2407.11062 of 2024
    5 entries: 0 errors, 9 warnings
    ");
    assert!(findings(DOUBTFUL, &["--strict"], 1).contains("error: 5 entries: 0 errors,"));
}

#[test]
fn lint_reports_errors_and_fails() {
    let broken = r#"kind = "dataset"
entity = [
  { id = "Quux", name = "Quux" },
  { id = "mine", name = "COCO", broader = ["nowhere"] },
]
"#;
    insta::assert_snapshot!(findings(broken, &[], 1), @r"
    mine.toml:3: error: id `Quux` is not a slug; `quux` would be
    mine.toml:4: error: broader of `mine` names `dataset/nowhere`, which is in no file
    mine.toml:4: error: `COCO` means `dataset/mine` here and `dataset/coco` at vocab/datasets-vision.toml:248; put it into `weak`, with `context`, on both
    error: 1 entry: 3 errors, 0 warnings
    help: vocab/README.md describes the format
    ");
    let (_folder, path) = file("entity = [{ id = \"x\", name = \"Xyzzy\" }]");
    program()
        .args(["vocab", "lint", "--alone"])
        .arg(&path)
        .assert()
        .code(1)
        .stdout(predicate::str::contains("mine.toml:1: error: `x` has no kind"));
    program()
        .args(["vocab", "lint", "nowhere"])
        .assert()
        .code(1)
        .stdout(predicate::str::contains("nowhere: error: cannot"));
    program().args(["vocab", "lint", "--alone"]).assert().code(2);
}

#[test]
fn the_shipped_vocabulary_has_no_errors() {
    program().args(["vocab", "lint"]).assert().success().stderr(predicate::str::contains(": 0 errors,"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vocab");
    program().args(["vocab", "lint", "--alone", "-q"]).arg(folder).assert().success();
}

const FAMILY: &str = r#"entity = [
  { kind = "model", id = "quux-1", name = "Quux-1", aliases = ["Quux One"], weak = ["Q1"], context = ["Quux"], forbid = ["quarter"], case = "exact", paper = "2407.11062", year = 2024, homepage = "https://example.org/", broader = ["quux"], modality = ["text"], tasks = ["summarisation-of-quux"], wikidata = "Q42", huggingface = "quux/quux-1" },
  { kind = "model", id = "quux", name = "Quux", broader = ["quux-1"] },
  { kind = "task", id = "summarisation-of-quux", name = "summarisation of quux" },
]
"#;

#[test]
fn show_has_everything_about_a_name() {
    let (folder, path) = file(FAMILY);
    let show = |name: &str| {
        let text = printed(program().arg("--vocab").arg(&path).args(["vocab", "show", name]));
        text.replace(&format!("{}/", folder.path().display()), "")
    };
    insta::assert_snapshot!(show("quux one"), @r"
    Quux-1  model/quux-1
      names         Quux-1, Quux One
      weak names    Q1
      context       Quux
      forbid        quarter
      case          exact
      paper         2407.11062
      year          2024
      homepage      https://example.org/
      modality      text
      tasks         task/summarisation-of-quux
      wikidata      Q42
      huggingface   quux/quux-1
      broader       model/quux
      narrower      model/quux
      defined at    mine.toml:2
    ");
    assert_eq!(show("model/quux-1"), show("Quux 1"));
    assert!(show("model/quux").contains("narrower      model/quux-1"), "{}", show("model/quux"));
    // For an acronym with several meanings, all are shown.
    let both = printed(program().args(["vocab", "show", "SGD"]));
    assert!(both.contains("dataset/schema-guided-dialogue") && both.contains("method/stochastic-gradient-descent"));
    assert!(both.lines().all(|line| line.chars().count() <= 80), "{both}");
    let json: Value = serde_json::from_str(&printed(program().args(["vocab", "show", "coco", "-f", "json"]))).unwrap();
    assert_eq!(json["entities"][0]["id"], "dataset/coco");
}

#[test]
fn a_name_that_is_unknown_gets_suggestions() {
    let (_folder, path) = file(FAMILY);
    program()
        .arg("--vocab")
        .arg(&path)
        .args(["vocab", "show", "summarization of quux"])
        .assert()
        .code(1)
        .stderr(predicate::str::contains("did you mean summarisation of quux (task/summarisation-of-quux)"));
}

#[test]
fn the_list_comes_in_each_format_and_of_each_kind() {
    let (_folder, path) = file(FAMILY);
    let list = |format: &str, kind: &str| {
        printed(program().arg("--vocab").arg(&path).args(["vocab", "list", "--kind", kind, "--format", format]))
    };
    let csv = list("csv", "model,task");
    assert!(csv.starts_with("id,name,aliases,weak,year,paper,homepage,broader,place\r\n"), "{csv}");
    assert!(csv.contains("\r\nmodel/quux-1,Quux-1,Quux One,Q1,2024,2407.11062,https://example.org/,model/quux,"));
    assert!(csv.contains("\r\ntask/summarisation-of-quux,"));
    assert!(list("tsv", "model").contains("\nmodel/quux-1\tQuux-1\tQuux One\tQ1\t2024"));
    let json: Value = serde_json::from_str(&list("json", "models")).unwrap();
    assert!(json["entities"].as_array().unwrap().iter().all(|e| e["kind"] == "model"));
    let table = list("table", "hardware");
    assert!(table.starts_with("ID ") && table.lines().all(|line| line.chars().count() <= 80), "{table}");
    program().args(["vocab", "list", "--kind", "city"]).assert().code(2);
}

#[test]
fn the_vocabulary_is_exported_as_concepts_that_a_store_loads() {
    let (_folder, path) = file(FAMILY);
    let turtle =
        printed(program().arg("--vocab").arg(&path).args(["vocab", "export", "--base", "https://kg.example.org/"]));
    let store = Store::new().unwrap();
    store.load_from_reader(RdfParser::from_format(RdfFormat::Turtle), turtle.as_bytes()).unwrap();
    let about = |predicate: &str| {
        let mut objects: Vec<String> = store
            .iter()
            .map(Result::unwrap)
            .filter(|q| q.subject.to_string() == "<https://kg.example.org/model/quux-1>")
            .filter(|q| q.predicate.as_str().ends_with(predicate))
            .map(|q| match q.object {
                Term::Literal(literal) => literal.value().to_string(),
                other => other.to_string(),
            })
            .collect();
        objects.sort();
        objects
    };
    assert_eq!(about("#prefLabel"), ["Quux-1"]);
    assert_eq!(about("#altLabel"), ["Q1", "Quux One"]);
    assert_eq!(about("#broader"), ["<https://kg.example.org/model/quux>"]);
    assert_eq!(about("#notation"), ["model/quux-1"]);
    assert_eq!(about("/homepage"), ["<https://example.org/>"]);
    assert_eq!(about("#exactMatch"), ["<http://www.wikidata.org/entity/Q42>"]);
    assert_eq!(about("#inScheme"), ["<https://kg.example.org/vocabulary>"]);
    assert_eq!(about("/source"), ["<https://arxiv.org/abs/2407.11062>"]);
    assert!(store.len().unwrap() > 50_000);
}

const PAPERS: &str = r#"{"title": "One", "abstract": "We evaluate on the Zyxxy-Bench benchmark and on COCO."}
{"title": "Two", "abstract": "Results hold on Zyxxy-Bench. Tests run in the QuuzBot simulator. The Grand \"Quuz\" Corpus, or Large Quuz Corpus (LQC), is used."}
{"title": "Three", "abstract": "QuuzBot is slow. Others compare with Zyxxy-Bench."}
"#;

#[test]
fn suggestions_are_a_vocabulary_that_can_be_used_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (papers, mine) = (folder.path().join("papers.jsonl"), folder.path().join("mine.toml"));
    std::fs::write(&papers, PAPERS).unwrap();
    let toml = printed(program().args(["vocab", "suggest"]).arg(&papers));
    insta::assert_snapshot!(toml, @r#"
    # Guessed by `kg vocab suggest`: check every entry before you use it.
    entity = [

      # 3 papers, 3 mentions
      # paper/one: We evaluate on the Zyxxy-Bench benchmark and on COCO.
      # paper/two: Results hold on Zyxxy-Bench.
      { kind = "dataset", id = "zyxxy-bench", name = "Zyxxy-Bench" },

      # 2 papers, 2 mentions
      # paper/two: Tests run in the QuuzBot simulator.
      # paper/three: QuuzBot is slow.
      { kind = "software", id = "quuzbot", name = "QuuzBot" },

      # 1 paper, 1 mention
      # paper/two: The Grand "Quuz" Corpus, or Large Quuz Corpus (LQC), is used.
      { kind = "dataset", id = "lqc", name = "LQC", aliases = ["Large Quuz Corpus"], weak = ["LQC"], context = ["dataset", "benchmark", "corpus"] },
    ]
    "#);
    std::fs::write(&mine, &toml).unwrap();
    program().args(["vocab", "lint"]).arg(&mine).assert().success().stderr(predicate::str::contains("0 errors"));
    // After that, the suggestions are known.
    let again = printed(program().arg("--vocab").arg(&mine).args(["vocab", "suggest"]).arg(&papers));
    assert!(again.ends_with("entity = [\n]\n"), "{again}");
    let linked = printed(program().arg("--vocab").arg(&mine).arg("extract").arg(&papers));
    assert_eq!(linked.matches("\"entity\":\"dataset/zyxxy-bench\"").count(), 3, "{linked}");
    let datasets = printed(program().args(["vocab", "suggest", "--kind", "dataset", "--min-papers", "2"]).arg(&papers));
    assert!(datasets.contains("kind = \"dataset\"\nentity") && !datasets.contains("QuuzBot"), "{datasets}");
}

#[test]
fn names_that_no_vocabulary_has_are_linked_where_their_paper_explains_them_and_elsewhere_when_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let (papers, store) = (folder.path().join("papers.jsonl"), folder.path().join("graph"));
    std::fs::write(&papers, PAPERS).unwrap();
    let explained = printed(program().arg("extract").arg(&papers));
    let first: Value = serde_json::from_str(explained.lines().next().unwrap()).unwrap();
    let mention = first["mentions"].as_array().unwrap().iter().find(|m| m["name"] == "Zyxxy-Bench").unwrap();
    assert_eq!((&mention["entity"], &mention["start"]), (&"dataset/zyxxybench".into(), &19.into()));
    assert_eq!(mention["listed"], false);
    // "QuuzBot is slow" does not state a kind.
    assert_eq!(explained.matches("\"entity\":\"software/quuzbot\"").count(), 1, "{explained}");
    let with = printed(program().args(["extract", "--candidates"]).arg(&papers));
    assert_eq!(with.matches("\"entity\":\"software/quuzbot\"").count(), 2, "{with}");
    let third: Value = serde_json::from_str(with.lines().nth(2).unwrap()).unwrap();
    let mention = third["mentions"].as_array().unwrap().iter().find(|m| m["name"] == "QuuzBot").unwrap();
    assert!((mention["confidence"].as_f64().unwrap() - 0.3).abs() < 1e-6);

    let rows = |query: &str| printed(kg(&store).args(["query", "-e", query, "-f", "csv"]));
    let users = |arguments: &[&str]| {
        kg(&store).arg("build").args(arguments).arg(&papers).assert().success();
        rows("SELECT ?p ?d { ?p kg:mentions ?d }").matches("software/quuzbot").count()
    };
    assert_eq!(users(&["--candidates"]), 2);
    assert_eq!(users(&[]), 1);
    let unlisted = rows("SELECT ?d { ?d kg:listed false }");
    assert!(unlisted.contains("dataset/zyxxybench") && !unlisted.contains("dataset/coco"), "{unlisted}");
}
