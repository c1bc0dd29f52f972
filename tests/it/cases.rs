//! Inputs in the forms in which other people's files come. Each file has a `NAME.expected.json` with the command and
//! what its papers must contain.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The cases of a folder, in the order of their names.
fn cases(folder: &Path) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> = all.filter(|path| path.to_string_lossy().ends_with(".expected.json")).collect();
    cases.sort();
    cases
}

/// The output of the command of a case.
struct Outcome {
    papers: Vec<Value>,
    messages: String,
}

fn run(folder: &Path, case: &Value) -> Outcome {
    let command = case["command"].as_str().unwrap();
    let arguments: Vec<&str> = command.split(' ').skip(1).collect();
    let output = assert_cmd::Command::cargo_bin("kg").unwrap().args(arguments).current_dir(folder).output().unwrap();
    let papers = String::from_utf8(output.stdout).unwrap();
    Outcome {
        papers: papers.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
        messages: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Outcome {
    /// The field of each paper; empty texts and lists count as absent.
    fn each(&self, field: impl Fn(&Value) -> Value) -> Vec<Value> {
        let absent = |value: &Value| *value == "" || value.as_array().is_some_and(Vec::is_empty);
        self.papers.iter().map(|paper| Some(field(paper)).filter(|value| !absent(value)).unwrap_or_default()).collect()
    }

    /// The part of the field that an expectation concerns; `None` if it concerns no field.
    fn found(&self, name: &str) -> Option<Vec<Value>> {
        let plain = |field: &'static str| Some(self.each(|paper| paper[field].clone()));
        match name {
            "title" | "titles" => plain("title"),
            "id" | "ids" => plain("id"),
            "abstract" | "abstracts" | "abstract_of_first" => plain("abstract"),
            "doi" | "dois" => plain("doi"),
            "venues" => plain("venue"),
            "authors" | "authors_of_second" => plain("authors"),
            "organizations" => plain("organization"),
            "comments" => plain("comments"),
            "format" => Some(self.each(|paper| paper["sources"][0]["format"].clone())),
            "published" => Some(self.each(|paper| match paper["date_source"].is_null() {
                true => paper["published"].clone(),
                false => Value::Null,
            })),
            "sections" => Some(self.each(|paper| {
                let sections = paper["sections"].as_array().cloned().unwrap_or_default();
                sections.iter().map(|section| section["title"].clone()).collect()
            })),
            _ => None,
        }
    }

    /// Every declared repository.
    fn repositories(&self) -> Value {
        let of = |paper: &Value| paper["declared"]["repositories"].as_array().cloned().unwrap_or_default();
        self.papers.iter().flat_map(of).map(|repository| repository["url"].clone()).collect()
    }
}

/// Whether a value is as expected; `We propose …` is the beginning of one.
fn fits(found: &Value, expected: &Value) -> bool {
    match (found.as_str(), expected.as_str().and_then(|text| text.strip_suffix(" …"))) {
        (Some(found), Some(beginning)) => found.starts_with(beginning),
        _ => found == expected,
    }
}

/// The parts of an expectation that do not hold.
fn faults(outcome: &Outcome, expected: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, wanted) in expected.as_object().unwrap() {
        let fault = match name.as_str() {
            "papers" => {
                (outcome.papers.len() as u64 != wanted.as_u64().unwrap()).then(|| outcome.papers.len().to_string())
            }
            "message" => (!outcome.messages.contains(wanted.as_str().unwrap())).then(|| outcome.messages.clone()),
            "repositories" => (outcome.repositories() != *wanted).then(|| outcome.repositories().to_string()),
            _ => outcome.found(name).and_then(|found| unfit(name, &found, wanted)),
        };
        faults.extend(fault.map(|found| format!("{name}: {found} instead of {wanted}")));
    }
    faults
}

/// The values of a field, if they are not the expected ones.
fn unfit(name: &str, found: &[Value], wanted: &Value) -> Option<String> {
    let one = found.first().cloned().unwrap_or_default();
    let is_list_of_each = wanted.as_array().is_some_and(|all| all.len() == found.len() && found.len() > 1);
    let is_right = match (name, wanted) {
        ("authors_of_second", _) => found.get(1) == Some(wanted),
        ("sections", Value::Number(number)) => one.as_array().map(Vec::len) == number.as_u64().map(|n| n as usize),
        ("format", _) => found.iter().all(|format| format == wanted),
        (_, Value::Null) => found.iter().all(Value::is_null),
        ("titles" | "ids" | "dois" | "venues" | "abstracts" | "organizations" | "comments", Value::Array(all)) => {
            all.len() == found.len() && all.iter().zip(found).all(|(wanted, found)| fits(found, wanted))
        }
        ("published" | "authors", Value::Array(all)) if is_list_of_each => {
            all.iter().zip(found).all(|(wanted, found)| fits(found, wanted))
        }
        _ => fits(&one, wanted),
    };
    (!is_right).then(|| Value::from(found.to_vec()).to_string())
}

/// Runs every case of a folder.
fn check(folder: &Path) {
    let mut failed = Vec::new();
    for path in cases(folder) {
        let case: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let outcome = run(folder, &case);
        let faults = faults(&outcome, &case["expected"]);
        if !faults.is_empty() {
            let name = path.file_name().unwrap().to_string_lossy();
            failed.push(format!("{name}\n  {}\n  said: {}", faults.join("\n  "), outcome.messages.trim()));
        }
    }
    assert!(failed.is_empty(), "{} cases are not read as they must be:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn every_bundled_case_is_read_as_it_must_be() {
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cases"));
}

#[test]
#[cfg_attr(not(shared_corpus), ignore = "there is no ../shared/cases")]
fn every_shared_case_is_read_as_it_must_be() {
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases"));
}

#[test]
fn the_format_of_one_input_can_be_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("papers.jsonl"), "{\"title\": \"Lamps in Lines\"}\n").unwrap();
    std::fs::write(folder.path().join("list.txt"), "- [Lamps in a List](https://arxiv.org/abs/3001.00001)\n").unwrap();
    let extract = |arguments: &[&str]| {
        let mut kg = assert_cmd::Command::cargo_bin("kg").unwrap();
        let output = kg.current_dir(folder.path()).args(["extract", "papers.jsonl"]).args(arguments).output().unwrap();
        (String::from_utf8_lossy(&output.stdout).lines().count(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    // One item alone can be any text.
    assert_eq!(extract(&["list.txt"]).0, 1);
    assert_eq!(extract(&["list.txt", "--from", "markdown:list.txt"]).0, 2);
    let (papers, message) = extract(&["--from", "markdown:list.txt"]);
    assert_eq!(papers, 0);
    assert!(message.contains("list.txt is not among the inputs"), "{message}");
    assert!(extract(&["--from", "poem:list.txt"]).1.contains("`poem` is not an input format"));
}
