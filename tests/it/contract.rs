//! The contract with programs: schemas of `--format json`, exit codes, and the skill.

use std::collections::BTreeSet;
use std::fs;

use assert_cmd::prelude::*;
use predicates::prelude::*;
use serde_json::Value;

use crate::cli::{graph, kg, printed, program};

/// Calls of the commands that have a schema.
const CALLS: [&[&str]; 14] = [
    &["check", "--offline"],
    &["communities"],
    &["compare", "2407.11062", "2501.00001"],
    &["hardware"],
    &["leaderboard"],
    &["leaderboard", "ImageNet-1K"],
    &["missing"],
    &["neighbors", "COCO", "--evidence"],
    &["path", "COCO", "Llama 2"],
    &["rank"],
    &["search", "coco"],
    &["similar", "COCO"],
    &["stats"],
    &["trends", "COCO"],
];

/// Fails unless an answer has the fields of the schema of its command, and no others.
fn fits(command: &str, answer: &Value) {
    let schema: Value = serde_json::from_str(&printed(program().arg("schema").args(command.split(' ')))).unwrap();
    assert_eq!(answer["schema_version"], 1, "{command}");
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{command}");
    for required in schema["required"].as_array().unwrap() {
        assert!(answer.get(required.as_str().unwrap()).is_some(), "{command} has no {required}");
    }
    // The facts of a node depend on its kind, so the schema of `show` has alternatives.
    if command != "show" {
        for field in answer.as_object().unwrap().keys() {
            assert!(schema["properties"].get(field).is_some(), "the schema of {command} has no {field}");
        }
    }
}

#[test]
fn what_commands_print_as_json_has_the_fields_of_their_schema() {
    let graph = graph();
    let mut called = BTreeSet::from(["doctor", "eval", "extract", "show", "vocab list", "vocab show"]);
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    for call in CALLS {
        called.insert(call[0]);
        fits(call[0], &json(&printed(kg(graph.path()).args(call).args(["--format", "json"]))));
    }
    // This small graph has no ledger, so that the exit code says that something is missing.
    let examined = kg(graph.path()).args(["doctor", "--format", "json"]).output().unwrap();
    fits("doctor", &json(&String::from_utf8(examined.stdout).unwrap()));
    fits("show", &json(&printed(kg(graph.path()).args(["show", "COCO", "--format", "json"]))));
    fits("vocab list", &json(&printed(program().args(["vocab", "list", "--kind", "task", "--format", "json"]))));
    fits("vocab show", &json(&printed(program().args(["vocab", "show", "COCO", "--format", "json"]))));
    let papers = graph.path().join("one.jsonl");
    fs::write(&papers, "{\"title\": \"FooNet\", \"abstract\": \"FooNet reaches 81.2 mIoU on Cityscapes.\"}\n").unwrap();
    let extracted = printed(program().arg("extract").arg(&papers));
    fits("extract", &json(&extracted));
    assert_eq!(extracted, printed(program().args(["extract", "--each"]).arg(&papers)));
    let gold = graph.path().join("gold.jsonl");
    fs::write(&gold, &extracted).unwrap();
    let options = ["--folds", "2", "--format", "json"];
    fits("eval", &json(&printed(program().arg("eval").args([&gold, &papers]).args(options))));
    let listed = printed(program().arg("schema"));
    assert_eq!(listed.lines().collect::<BTreeSet<_>>(), called, "a call of every command with a schema");
}

#[test]
fn a_schema_of_no_command_is_wrong_usage() {
    program().args(["schema", "build"]).assert().code(2).stderr(predicate::str::contains("one of check, communities"));
}

#[test]
fn exit_codes_are_those_of_help_and_documents() {
    let documented = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/agents.md")).unwrap();
    let help = printed(program().arg("--help"));
    let (_, help) = help.split_once("Exit codes:").unwrap();
    let mut codes = Vec::new();
    for line in help.lines().filter(|line| !line.trim().is_empty()) {
        let (code, meaning) = line.trim().split_once("  ").unwrap();
        codes.push(code);
        let row = format!("| `{code}` | {} |", meaning.trim());
        assert!(documented.lines().any(|line| line == row), "docs/agents.md has no row {row}");
    }
    assert_eq!(codes, ["0", "1", "2", "3", "4", "130"]);
    let graph = graph();
    kg(graph.path()).arg("stats").assert().code(0);
    kg(graph.path()).args(["show", "nothing of this name"]).assert().code(1);
    kg(graph.path()).args(["show"]).assert().code(2);
    // A port that nobody listens on. The tests of `kg check` have its codes 3 and 4, and 130.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut fetch = program();
    fetch.args(["fetch", "hf-daily", "--date", "2024-01-05", "--allow-private", "--tries", "1", "--pause", "0"]);
    fetch.args(["--base-url", &format!("http://{nobody}/api"), "-o"]).arg(graph.path().join("fetched"));
    fetch.assert().code(3).stderr(predicate::str::contains("cannot be reached"));
}

#[test]
fn a_skill_is_made_from_the_program_and_replaces_none_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let add = |options: &[&str]| {
        let mut command = program();
        command.current_dir(folder.path()).args(["skills", "add"]).args(options);
        command
    };
    add(&[]).assert().success().stderr(predicate::str::contains("SKILL.md is written"));
    let file = folder.path().join(".claude/skills/papergraph/SKILL.md");
    let skill = fs::read_to_string(&file).unwrap();
    assert!(skill.starts_with("---\nname: papergraph\ndescription: "), "{skill}");
    for says in ["- `kg neighbors`: ", "- `kg vocab`: ", "`kg schema COMMAND`", "read_paper", "Exit codes"] {
        assert!(skill.contains(says), "{says} in {skill}");
    }
    fs::write(&file, "mine").unwrap();
    add(&[]).assert().code(1).stderr(predicate::str::contains("is there already"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    add(&["--force"]).assert().success();
    assert_eq!(fs::read_to_string(&file).unwrap(), skill);
    add(&["--dest", "elsewhere"]).assert().success();
    assert!(folder.path().join("elsewhere/papergraph/SKILL.md").is_file());
    let mut global = add(&["--global"]);
    global.env("HOME", folder.path().join("home")).assert().success();
    assert!(folder.path().join("home/.claude/skills/papergraph/SKILL.md").is_file());
}
