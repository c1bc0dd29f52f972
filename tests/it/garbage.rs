//! Input that is not a listing: a clear error, exit code 1, no panic, nothing changed.

use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use assert_cmd::prelude::*;

fn stderr_of(bytes: &[u8], name: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, bytes).unwrap();
    run(folder.path(), Path::new(name))
}

fn run(folder: &Path, input: &Path) -> String {
    let output =
        Command::new(cargo_bin("kg")).current_dir(folder).arg("build").arg(input).assert().code(1).get_output().clone();
    assert!(output.stdout.is_empty());
    assert!(!folder.join("kg-store/current").exists(), "nothing was published");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn each_kind_of_garbage_is_reported_by_its_name() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
    assert!(stderr_of(png, "a.png").contains("a.png: is a binary file, not text"));
    assert!(stderr_of(b"", "empty.txt").contains("empty.txt: is empty"));
    assert!(stderr_of(b"\n \n", "blank.txt").contains("blank.txt: is empty"));
    assert!(stderr_of(b"hello world, this is no listing\n", "x.txt").contains("x.txt: is in no format that kg knows"));
    assert!(stderr_of(b"hello world, this is no listing\n", "x.txt").contains("`--from text` for plain text"));
    assert!(stderr_of(b"byAK and the research community\n\xff\xfe broken\n", "l.txt").contains("l.txt:2: not UTF-8"));
    assert!(stderr_of(b"{\"title\": \"T\", \"abs", "cut.jsonl").contains("cut.jsonl:1: not JSON"));
    assert!(stderr_of(b"Daily Papers\n\nbyAK and the research community\n", "h.txt").contains("h.txt: has no papers"));
}

#[test]
fn an_empty_folder_and_a_missing_file_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("papers")).unwrap();
    assert!(run(folder.path(), Path::new("papers")).contains("papers: has no files"));
    let said = run(folder.path(), Path::new("nowhere.txt"));
    assert_eq!(said.matches("nowhere.txt").count(), 1, "{said}");
    assert!(said.contains("nowhere.txt: no such file\nhelp: check the path"), "{said}");
}

#[test]
fn a_hundred_megabytes_of_one_line_are_refused_at_once() {
    let line = vec![b'a'; 100 * 1024 * 1024];
    assert!(stderr_of(&line, "long.txt").contains("long.txt: is in no format that kg knows"));
    let mut json = b"{\"title\": \"".to_vec();
    json.extend(line);
    assert!(stderr_of(&json, "long.jsonl").contains("long.jsonl:1: the line is longer than 16 MiB"));
}

#[test]
fn one_bad_record_stops_nothing_unless_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("in.jsonl");
    std::fs::write(&file, "{\"title\": \"One\"}\n{\"title\": 2}\n{\"title\": \"Three\"}\n").unwrap();
    let kg = |args: &[&str]| {
        let mut command = Command::new(cargo_bin("kg"));
        command.current_dir(folder.path()).args(args);
        command
    };
    let output = kg(&["build", "in.jsonl"]).assert().success().get_output().clone();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("skipped: in.jsonl:2: not a paper"), "{stderr}");
    assert!(stderr.contains("1 record could not be read and was skipped"), "{stderr}");
    assert!(stderr.contains("2 papers added"), "{stderr}");
    kg(&["build", "--strict", "in.jsonl"]).assert().code(1);
}
