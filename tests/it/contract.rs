//! The contract with programs: schemas of `--format json`, exit codes, and the skill.

use std::fs;

use assert_cmd::prelude::*;
use predicates::prelude::*;
use serde_json::Value;

use crate::cli::{graph, kg, printed, program};

/// A call of each command that has a schema.
const CALLS: [&[&str]; 14] = [
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
    &["show", "COCO"],
    &["similar", "COCO"],
    &["stats"],
    &["trends", "COCO"],
];

#[test]
fn what_commands_print_as_json_has_the_fields_of_their_schema() {
    let graph = graph();
    let listed = printed(kg(graph.path()).arg("schema"));
    let mut called: Vec<&str> = CALLS.iter().map(|call| call[0]).collect();
    called.dedup();
    assert_eq!(listed.lines().collect::<Vec<_>>(), called);
    for call in CALLS {
        let schema: Value = serde_json::from_str(&printed(kg(graph.path()).args(["schema", call[0]]))).unwrap();
        let answer: Value =
            serde_json::from_str(&printed(kg(graph.path()).args(call).args(["--format", "json"]))).unwrap();
        assert_eq!(answer["schema_version"], 1, "{call:?}");
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{call:?}");
        for required in schema["required"].as_array().unwrap() {
            assert!(answer.get(required.as_str().unwrap()).is_some(), "{call:?} has no {required}");
        }
        // Facts of a node depend on its kind, so `show` has them in alternatives.
        if call[0] != "show" {
            for field in answer.as_object().unwrap().keys() {
                assert!(schema["properties"].get(field).is_some(), "the schema of {call:?} has no {field}");
            }
        }
    }
}

#[test]
fn a_schema_of_no_command_is_wrong_usage() {
    program().args(["schema", "build"]).assert().code(2).stderr(predicate::str::contains("possible values"));
}

#[test]
fn exit_codes_are_those_of_the_documents() {
    let documented = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/agents.md")).unwrap();
    let rows: Vec<&str> = documented.lines().filter(|line| line.starts_with("| `")).collect();
    for code in ["0", "1", "2", "4", "130"] {
        assert!(rows.iter().any(|row| row.starts_with(&format!("| `{code}` |"))), "{code} in {rows:?}");
    }
    let graph = graph();
    kg(graph.path()).arg("stats").assert().code(0);
    kg(graph.path()).args(["show", "nothing of this name"]).assert().code(1);
    kg(graph.path()).args(["show"]).assert().code(2);
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
