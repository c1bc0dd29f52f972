use std::path::Path;
use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin;
use assert_cmd::prelude::*;
use predicates::prelude::*;

use crate::small_graph::{build, paper, papers};

/// The program, independent of the terminal in which the tests run.
pub(crate) fn program() -> Command {
    let mut command = Command::new(cargo_bin("kg"));
    command.env_remove("KG_STORE").env_remove("NO_COLOR").env("COLUMNS", "80");
    command
}

pub(crate) fn kg(store: &Path) -> Command {
    let mut command = program();
    command.env("KG_STORE", store);
    command
}

pub(crate) fn graph() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), papers());
    folder
}

/// Sends a signal to a process with the shell's own `kill`, because the program is not on every machine.
pub(crate) fn send(signal: &str, process: u32) {
    let script = format!("kill -s {signal} {process}");
    assert!(Command::new("sh").args(["-c", &script]).status().unwrap().success(), "{script}");
}

/// The exact output of a successful command.
pub(crate) fn printed(command: &mut Command) -> String {
    String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap()
}

pub(crate) fn stdout(command: &mut Command) -> String {
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
    error: the text of a query is where a name is expected
    help: put -e before it
    ");
    insta::assert_snapshot!(stderr(&["query", "papers-using", "COCO"], 2), @r"
    error: `COCO` is not a parameter
    help: parameters are written NAME=VALUE, after the query; quote values with spaces
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

/// The help of a command, `kg` itself if there is no name.
fn help(command: &[String]) -> String {
    stdout(kg(Path::new("x")).args(command).arg("--help"))
}

/// Every command that the program lists, commands within commands too, by asking the program.
fn commands() -> Vec<Vec<String>> {
    let mut all = Vec::new();
    let mut waiting = vec![Vec::new()];
    while let Some(command) = waiting.pop() {
        let help = help(&command);
        let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
        // A long description continues on lines with deeper indentation.
        for name in listed.filter_map(|line| line.strip_prefix("  ")?.split_once(' ').map(|(name, _)| name)) {
            if !name.is_empty() && name != "help" {
                waiting.push(command.iter().cloned().chain([name.to_string()]).collect());
            }
        }
        if !command.is_empty() {
            all.push(command);
        }
    }
    all
}

#[test]
fn every_command_has_examples_in_its_help() {
    let commands = commands();
    for expected in [&["build"][..], &["check"], &["serve"], &["vocab", "lint"], &["fetch", "arxiv"]] {
        assert!(commands.iter().any(|command| command == expected), "{expected:?} in {commands:?}");
    }
    assert!(commands.len() > 24, "{commands:?}");
    for command in commands {
        // Examples for the services of `fetch` are in the help of `fetch`.
        if command.len() == 2 && command[0] == "fetch" {
            continue;
        }
        assert!(help(&command).contains("Examples:\n  kg "), "{command:?}");
    }
}

#[test]
fn help_shows_the_options_of_a_command_before_those_of_all_commands() {
    for command in commands() {
        let help = help(&command);
        let common = help.find("Options of every command:").unwrap_or_else(|| panic!("{command:?}"));
        for option in ["--store <DIR>", "--vocab <PATH>", "--quiet", "--verbose", "--color <WHEN>"] {
            assert!(help.find(option).is_some_and(|at| at > common), "{option} of {command:?}");
        }
        assert!(help.find("\nOptions:").is_none_or(|own| own < common), "{command:?}");
    }
}

#[test]
fn the_list_of_formats_keeps_a_line_for_each() {
    let help = help(&["build".to_string()]);
    let formats: Vec<&str> = papergraph::source::Format::ALL.iter().map(|format| format.as_str()).collect();
    for line in
        help.lines().filter(|line| formats.iter().any(|name| line.trim_start().starts_with(&format!("{name} "))))
    {
        assert!(line.starts_with("  ") && line.len() <= 80, "{line}");
    }
    for name in formats {
        assert!(help.contains(name), "{name}");
    }
    assert!(
        help.lines().any(|line| line.split_whitespace().collect::<Vec<_>>() == ["openalex", "works", "of", "OpenAlex"])
    );
}

#[test]
fn names_of_other_programs_lead_to_the_command() {
    let graph = graph();
    assert_eq!(
        stdout(kg(graph.path()).args(["neighbours", "COCO"])),
        stdout(kg(graph.path()).args(["neighbors", "COCO"]))
    );
    for (name, command) in [
        ("import", "kg build"),
        ("add", "kg build"),
        ("init", "kg build"),
        ("list", "kg search"),
        ("find", "kg search"),
        ("info", "kg stats"),
    ] {
        kg(graph.path())
            .args([name, "x"])
            .assert()
            .code(2)
            .stderr(predicate::str::contains(format!("there is no command `{name}`\nhelp: `{command}")));
    }
    kg(graph.path()).arg("nieghbors").assert().code(2).stderr(predicate::str::contains("'neighbors'"));
}

#[test]
fn options_of_other_programs_lead_to_the_option() {
    let graph = graph();
    for (arguments, tried, meant) in [
        (&["serve", "--port", "8080"][..], "`kg serve` has no option `--port`", "try `--bind "),
        (&["stats", "--db=graph"], "`kg stats` has no option `--db`", "try `--store "),
        (&["neighbors", "COCO", "--json"], "`kg neighbors` has no option `--json`", "try `--format "),
        (&["rank", "--top", "3"], "`kg rank` has no option `--top`", "try `--limit "),
        (&["trends", "COCO", "--output", "x.svg"], "`kg trends` has no option `--output`", "try `--svg "),
        (&["fetch", "arxiv", "--after", "2026-01-01"], "`kg fetch arxiv` has no option `--after`", "try `--since "),
    ] {
        kg(graph.path())
            .args(arguments)
            .assert()
            .code(2)
            .stderr(predicate::str::contains(tried).and(predicate::str::contains(meant)));
    }
    // No other name is known, or the command has no such option.
    for arguments in [&["stats", "--colour-of-the-sky"][..], &["stats", "--port", "1"]] {
        kg(graph.path()).args(arguments).assert().code(2).stderr(predicate::str::contains("unexpected argument"));
    }
}

#[test]
fn the_list_of_queries_has_formats_for_programs() {
    let graph = graph();
    let listed = |format: &str| stdout(kg(graph.path()).args(["query", "--list", "--format", format]));
    let names = |text: &str| papergraph::query::named_queries().unwrap().iter().all(|q| text.contains(q.name));
    let json: serde_json::Value = serde_json::from_str(&listed("json")).unwrap();
    assert_eq!(json["schema_version"], 1);
    let query = json["queries"].as_array().unwrap().iter().find(|query| query["name"] == "papers-using").unwrap();
    assert!(query["parameters"].as_array().unwrap().iter().any(|parameter| parameter["required"] == true), "{query}");
    assert!(listed("csv").starts_with("name,topic,summary,parameters\n") && names(&listed("csv")));
    assert!(listed("tsv").starts_with("name\ttopic\tsummary\tparameters\n") && names(&listed("tsv")));
    assert_eq!(listed("table"), stdout(kg(graph.path()).args(["query", "--list"])));
    let refused = kg(graph.path()).args(["query", "--list", "--format", "turtle"]).assert().code(2);
    refused.stderr(predicate::str::contains("cannot hold the list of queries"));
}

#[test]
fn a_parameter_that_names_nothing_gets_a_suggestion() {
    let graph = graph();
    let stderr = |value: &str| {
        let output = kg(graph.path()).args(["query", "papers-using", value]).assert().code(1).get_output().clone();
        String::from_utf8(output.stderr).unwrap()
    };
    insta::assert_snapshot!(stderr("dataset=nothing"), @r"
    error: the graph has no dataset called `nothing`
    help: `kg search` finds names by a part of them
    ");
    assert!(stderr("dataset=COCCO").contains("did you mean COCO (dataset/coco)"));
}

#[cfg(unix)]
#[test]
fn ctrl_c_in_a_build_says_what_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (store, input) = (folder.path().join("graph"), folder.path().join("papers.jsonl"));
    // A pipe without a writer: the build waits in its read.
    assert!(Command::new("mkfifo").arg(&input).status().unwrap().success());
    let mut child = kg(&store).arg("build").arg(&input).stderr(Stdio::piped()).spawn().unwrap();
    // Opens once the build has opened its end.
    let writer = std::fs::OpenOptions::new().write(true).open(&input).unwrap();
    send("INT", child.id());
    let mut said = String::new();
    std::io::Read::read_to_string(child.stderr.as_mut().unwrap(), &mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(said.contains("interrupted: the graph has not changed"), "{said}");
    drop(writer);
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_an_input_that_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let (store, input) = (folder.path().join("graph"), folder.path().join("papers.jsonl"));
    assert!(Command::new("mkfifo").arg(&input).status().unwrap().success());
    let through_the_pipe = |text: &str| {
        let child = kg(&store).arg("build").arg(&input).stderr(Stdio::piped()).spawn().unwrap();
        let mut writer = std::fs::OpenOptions::new().write(true).open(&input).unwrap();
        std::io::Write::write_all(&mut writer, text.as_bytes()).unwrap();
        drop(writer);
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let title = |title: &str| format!("{{\"title\": \"{title}\"}}\n");
    assert!(through_the_pipe(&(title("A Fine Paper") + &title("Another Paper"))).contains("2 papers added"));
    // As with standard input, records that came once stay.
    assert!(through_the_pipe(&title("A Third Paper")).contains("1 paper added"));
    let count = stdout(kg(&store).args(["query", "-e", "SELECT (COUNT(*) AS ?n) { ?p a kg:Paper }"]));
    assert_eq!(count, "n\n3\n");
}

#[test]
fn csv_ends_its_lines_alike_in_every_command() {
    let graph = graph();
    let folder = tempfile::tempdir().unwrap();
    let mut tables = Vec::new();
    for command in [
        "query datasets-by-papers",
        "neighbors COCO",
        "similar COCO",
        "compare 2407.11062 2501.00001",
        "search coco",
        "rank",
        "trends COCO",
        "leaderboard imagenet-1k",
        "communities",
        "hardware",
        "check --offline",
        "vocab list --kind dataset",
    ] {
        let mut kg = kg(graph.path());
        tables.push((command.to_string(), printed(kg.args(command.split(' ')).args(["--format", "csv"]))));
    }
    let tables_of_export = folder.path().join("made/on/the/way");
    kg(graph.path()).args(["export", "csv", "-o"]).arg(&tables_of_export).assert().success();
    for name in ["nodes.csv", "edges.csv"] {
        tables.push((name.to_string(), std::fs::read_to_string(tables_of_export.join(name)).unwrap()));
    }
    for (command, table) in tables {
        assert!(table.ends_with("\r\n"), "{command}: {table:?}");
        assert!(!table.replace("\r\n", "").contains(['\r', '\n']), "{command}: {table:?}");
    }
}

#[test]
fn a_name_cannot_hide_or_turn_what_a_terminal_shows() {
    let folder = tempfile::tempdir().unwrap();
    let title = "Safe\u{202e} ti\u{200b}tle\u{2066} \u{1b}[31m";
    build(folder.path(), vec![paper("nasty", title, "2025", &["dataset/coco"])]);
    let shown = |args: &[&str]| stdout(kg(folder.path()).args(args));
    for text in [
        shown(&["query", "-e", "SELECT ?t { ?p dcterms:title ?t }", "--format", "table"]),
        shown(&["neighbors", "COCO"]),
        shown(&["show", "paper/nasty"]),
        shown(&["search", "safe"]),
    ] {
        assert!(text.contains("Safe title"), "{text:?}");
        assert!(!text.contains(['\u{202e}', '\u{200b}', '\u{2066}', '\u{1b}']), "{text:?}");
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
fn a_reader_that_goes_away_is_not_an_error() {
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

/// Ten builds are killed at different moments; the earlier graph remains, and a later build completes.
#[test]
fn a_build_that_is_killed_leaves_the_last_good_graph() {
    let folder = tempfile::tempdir().unwrap();
    let (store, input) = (folder.path().join("graph"), folder.path().join("papers.jsonl"));
    let first = folder.path().join("first.jsonl");
    std::fs::write(&first, ["One", "Two", "Three"].map(|title| format!("{{\"title\": \"{title}\"}}\n")).concat())
        .unwrap();
    kg(&store).arg("build").arg(&first).assert().success();
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
