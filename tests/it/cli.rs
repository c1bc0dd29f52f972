use std::path::Path;
use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin;
use assert_cmd::prelude::*;
use predicates::prelude::*;

use crate::small_graph::{build, paper, papers};

/// The program, whatever the terminal of whoever runs the tests is like.
pub fn program() -> Command {
    let mut command = Command::new(cargo_bin("kg"));
    command.env_remove("KG_STORE").env_remove("NO_COLOR").env("COLUMNS", "80");
    command
}

pub fn kg(store: &Path) -> Command {
    let mut command = program();
    command.env("KG_STORE", store);
    command
}

pub fn graph() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), papers());
    folder
}

/// What a command prints that ends well, to the byte.
pub fn printed(command: &mut Command) -> String {
    String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap()
}

pub fn stdout(command: &mut Command) -> String {
    // CSV ends its lines as RFC 4180 says.
    printed(command).replace("\r\n", "\n")
}

#[test]
fn a_query_prints_each_format() {
    let graph = graph();
    let run = |format: &str, query: &str| stdout(kg(graph.path()).args(["query", "--format", format, "-e", query]));
    let select = "SELECT ?d ?name WHERE { ?d a kg:Dataset ; rdfs:label ?name } ORDER BY ?name LIMIT 2";
    insta::assert_snapshot!(run("table", select), @r"
    D                 NAME
    dataset:coco      COCO
    dataset:imagenet  ImageNet
    ");
    insta::assert_snapshot!(run("csv", select), @r"
    d,name
    https://w3id.org/papergraph/dataset/coco,COCO
    https://w3id.org/papergraph/dataset/imagenet,ImageNet
    ");
    assert!(run("tsv", select).contains("<https://w3id.org/papergraph/dataset/coco>\t\"COCO\""));
    assert!(run("json", select).contains("\"vars\":[\"d\",\"name\"]"));
    assert!(run("xml", select).contains("<variable name=\"d\"/>"));
    let ask = "ASK { dataset:coco a kg:Dataset }";
    assert_eq!(run("table", ask), "true\n");
    assert!(run("json", ask).contains("true"));
    let construct = "CONSTRUCT { ?d rdfs:label ?n } WHERE { ?d a kg:Dataset ; rdfs:label ?n }";
    assert!(run("turtle", construct).contains("dataset:coco rdfs:label \"COCO\""));
    assert!(run("ntriples", construct).starts_with("<https://w3id.org/papergraph/dataset/"));
    assert!(run("table", "DESCRIBE dataset:coco").contains("skos:prefLabel"));
    kg(graph.path())
        .args(["query", "--format", "turtle", "-e", select])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("--format turtle cannot hold"));
}

#[test]
fn a_query_comes_from_its_name_a_file_or_standard_input() {
    let graph = graph();
    let by_name = stdout(kg(graph.path()).args(["query", "datasets-by-papers"]));
    assert!(by_name.contains("dataset/coco,COCO,3"), "{by_name}");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries/datasets-by-papers.rq");
    assert_eq!(stdout(kg(graph.path()).arg("query").arg(root)), by_name);
    let mut piped = assert_cmd::Command::from_std(kg(graph.path()));
    piped.args(["query", "-"]).write_stdin("ASK {}").assert().success().stdout("true\n");
    let limited = stdout(kg(graph.path()).args(["query", "datasets-by-papers", "--limit", "1"]));
    assert_eq!(limited.lines().count(), 2);
}

#[test]
fn errors_say_what_is_wrong_and_what_to_do() {
    let graph = graph();
    let stderr = |args: &[&str], code: i32| {
        let output = kg(graph.path()).args(args).stdin(Stdio::null()).assert().code(code).get_output().clone();
        String::from_utf8(output.stderr).unwrap()
    };
    insta::assert_snapshot!(stderr(&["query", "-e", "SELECT ?p\nWHERE { ?p kg:usesDataset }"], 1), @r#"
    error: the query is not SPARQL at line 2, column 27
      |
    2 | WHERE { ?p kg:usesDataset }
      |                           ^ expected one of "$", "'", "'''", "(", "*", "+" or 17 others
    "#);
    insta::assert_snapshot!(stderr(&["query", "dataset-by-papers"], 1), @r"
    error: `dataset-by-papers` is neither a file nor the name of a query
    help: did you mean `datasets-by-papers`? `kg query --list` shows all
    ");
    insta::assert_snapshot!(stderr(&["query", "SELECT * WHERE {}"], 2), @r"
    error: the query's text stands where a name is expected
    help: put -e before it
    ");
    insta::assert_snapshot!(stderr(&["query", "papers-using", "COCO"], 2), @r"
    error: `COCO` is not a parameter
    help: parameters are written NAME=VALUE, behind the query; quote values with spaces
    ");
    insta::assert_snapshot!(stderr(&["--store", "nowhere", "stats"], 1), @r"
    error: there is no graph at nowhere
    help: build a graph first (`kg build FILE…`), or name another with --store or $KG_STORE
    ");
    assert!(stderr(&["quarry"], 2).contains("'query'"));
}

#[test]
fn the_list_shows_each_query_with_its_parameters() {
    let graph = tempfile::tempdir().unwrap();
    let list = stdout(kg(graph.path()).args(["query", "--list"]));
    assert!(list.contains("papers-using dataset=NAME [since=1000]\n    Which papers name this dataset"), "{list}");
}

#[test]
fn every_command_has_examples_in_its_help() {
    let commands = [
        "build",
        "extract",
        "neighbors",
        "show",
        "search",
        "path",
        "query",
        "export",
        "stats",
        "eval",
        "vocab",
        "completions",
    ];
    let of_vocab = ["vocab show", "vocab list", "vocab lint", "vocab suggest", "vocab export"];
    for command in commands.into_iter().chain(of_vocab) {
        let help = stdout(kg(Path::new("x")).args(command.split(' ')).arg("--help"));
        assert!(help.contains("Examples:\n  kg "), "{command}");
    }
}

#[test]
fn completions_are_there_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(stdout(kg(Path::new("x")).args(["completions", shell])).contains("query"), "{shell}");
    }
}

#[test]
fn stats_are_for_people_and_for_programs() {
    let graph = graph();
    let table = stdout(kg(graph.path()).arg("stats"));
    assert!(table.split_whitespace().collect::<Vec<_>>().join(" ").contains("papers 3 repositories 2"), "{table}");
    assert!(table.contains("papers of 2023 to 2025"), "{table}");
    let json: serde_json::Value =
        serde_json::from_str(&stdout(kg(graph.path()).args(["stats", "--format", "json"]))).unwrap();
    assert_eq!(json["nodes"]["dataset"], 3);
    assert_eq!(json["years"], serde_json::json!([2023, 2025]));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let graph = graph();
    let mut child = kg(graph.path())
        .args(["query", "-e", "SELECT * WHERE { ?s ?p ?o . ?a ?b ?c }", "--format", "csv"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn colour_is_there_when_asked_for() {
    let missing = |args: &[&str], no_color: bool| {
        let mut command = kg(Path::new("nowhere"));
        if no_color {
            command.env("NO_COLOR", "1");
        }
        let output = command.args(args).arg("stats").assert().code(1).get_output().clone();
        output.stderr.contains(&0x1b)
    };
    assert!(missing(&["--color", "always"], false));
    assert!(!missing(&["--color", "never"], false));
    assert!(!missing(&[], true));
}

fn records(n: usize) -> String {
    (0..n)
        .map(|i| {
            let named = ["dataset/coco", "method/lora", "model/llama-2", "metric/accuracy"];
            let paper = paper(&format!("p-{i}"), &format!("Paper {i}"), "2025", &named);
            serde_json::to_string(&paper).unwrap() + "\n"
        })
        .collect()
}

#[test]
fn kg_build_reads_records_and_skips_what_is_broken() {
    let folder = tempfile::tempdir().unwrap();
    let (store, input) = (folder.path().join("graph"), folder.path().join("papers.jsonl"));
    std::fs::write(&input, records(2) + "not json\n" + &records(3)).unwrap();
    kg(&store).arg("build").arg("--strict").arg(&input).assert().code(1).stderr(predicate::str::contains(":3:"));
    kg(&store).arg("stats").assert().code(1);
    kg(&store)
        .arg("build")
        .arg(&input)
        .assert()
        .success()
        .stderr(predicate::str::contains("papers.jsonl:3:").and(predicate::str::contains("3 papers added")));
    std::fs::write(&input, records(3)).unwrap();
    kg(&store).arg("build").arg(&input).assert().success().stderr(predicate::str::contains("nothing new"));
    kg(&store).args(["build", "nowhere.txt"]).assert().code(1).stderr(predicate::str::contains("nowhere.txt"));
}

/// Ten builds are killed at different moments; the graph of before stays, and a build after them completes.
#[test]
fn a_build_that_is_killed_leaves_the_last_good_graph() {
    let folder = tempfile::tempdir().unwrap();
    let (store, input) = (folder.path().join("graph"), folder.path().join("papers.jsonl"));
    build(&store, papers());
    std::fs::write(&input, records(20_000)).unwrap();
    let mut killed = 0;
    for i in 0..10u64 {
        let mut child =
            kg(&store).arg("build").arg(&input).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(10 + i * i * 6));
        child.kill().unwrap();
        killed += u32::from(!child.wait().unwrap().success());
        let count = stdout(kg(&store).args(["query", "-e", "SELECT (COUNT(*) AS ?n) { ?p a kg:Paper }"]));
        assert!(count == "n\n3\n" || count == "n\n20003\n", "half a build: {count}");
        if count == "n\n20003\n" {
            break;
        }
    }
    assert!(killed > 0, "no build was slow enough to be killed");
    kg(&store).arg("build").arg(&input).assert().success();
    let count = stdout(kg(&store).args(["query", "-e", "SELECT (COUNT(*) AS ?n) { ?p a kg:Paper }"]));
    assert_eq!(count, "n\n20003\n");
}
