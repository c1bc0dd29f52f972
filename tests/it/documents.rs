//! The output in README and docs is what the program prints for the bundled example.
//!
//! `UPDATE_DOCUMENTS=1 cargo test --release --test it documents` rewrites it; read the difference before you commit.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use assert_cmd::prelude::*;

use crate::cli::kg;

/// Commands that read the graph and change nothing. Other commands (building, serving, exporting) are shown without
/// output, or with output that depends on the reader's machine.
const ASKED: [&str; 12] = [
    "neighbors",
    "show",
    "search",
    "path",
    "similar",
    "compare",
    "rank",
    "trends",
    "leaderboard",
    "communities",
    "hardware",
    "query",
];

/// Marks the omitted rest of an output.
const MORE: &str = "…";

struct Shown {
    /// `kg neighbors COCO --limit 3`
    command: String,
    output: Vec<String>,
}

impl Shown {
    /// Whether the document shows what the command prints.
    fn is_of_program(&self) -> bool {
        let asked = self.command.strip_prefix("kg ").and_then(|rest| rest.split(' ').next());
        !self.output.is_empty() && asked.is_some_and(|asked| ASKED.contains(&asked)) && !self.command.contains('>')
    }

    /// The lines that the program prints now, cut at the same place as in the document.
    fn now(&self, folder: &Path, columns: u16) -> Vec<String> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let own = cargo_bin("kg").parent().map(Path::to_path_buf).into_iter();
        let path = std::env::join_paths(own.chain(std::env::split_paths(&path))).unwrap();
        let output = Command::new("sh")
            .args(["-c", &format!("{} 2>&1", self.command)])
            .current_dir(folder)
            .env("PATH", path)
            .env("COLUMNS", columns.to_string())
            .env_remove("KG_STORE")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap().replace('\r', "");
        let mut lines: Vec<String> = text.lines().map(|line| line.trim_end().to_string()).collect();
        if self.output.last().is_some_and(|last| last == MORE) && lines.len() >= self.output.len() {
            lines.truncate(self.output.len() - 1);
            lines.push(MORE.to_string());
        }
        lines
    }
}

/// The document with the current output of its commands, and the commands whose output differs.
fn renewed(text: &str, folder: &Path, columns: u16) -> (String, Vec<String>) {
    let (mut out, mut stale) = (String::new(), Vec::new());
    let mut lines = text.lines().peekable();
    let mut in_console = false;
    while let Some(line) = lines.next() {
        writeln!(out, "{line}").unwrap();
        if line.starts_with("```") {
            in_console = line == "```console";
        }
        let Some(command) = line.strip_prefix("$ ").filter(|_| in_console) else { continue };
        let mut output = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with("```") && !line.starts_with("$ ")) {
            output.push(line.to_string());
        }
        // An empty line before the next command belongs to neither.
        let gap = output.iter().rev().take_while(|line| line.is_empty()).count();
        output.truncate(output.len() - gap);
        let shown = Shown { command: command.to_string(), output };
        let printed = if shown.is_of_program() { shown.now(folder, columns) } else { shown.output.clone() };
        if printed != shown.output {
            stale.push(shown.command);
        }
        for line in printed.iter().map(String::as_str).chain(std::iter::repeat_n("", gap)) {
            writeln!(out, "{line}").unwrap();
        }
    }
    (out, stale)
}

#[test]
fn the_output_in_the_documents_is_what_the_program_prints() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    kg(&folder.path().join("kg-store")).arg("build").arg(root.join("examples/papers.jsonl")).assert().success();
    let mut stale = Vec::new();
    for (file, columns) in [("README.md", 80), ("docs/exploring.md", 98)] {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        let (now, of_file) = renewed(&text, folder.path(), columns);
        if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
            std::fs::write(root.join(file), now).unwrap();
        } else {
            stale.extend(of_file.into_iter().map(|command| format!("{file}: $ {command}")));
        }
    }
    assert!(
        stale.is_empty(),
        "the output of these commands is stale:\n  {}\nrun UPDATE_DOCUMENTS=1 cargo test --release --test it documents",
        stale.join("\n  ")
    );
}

#[test]
fn a_document_with_other_output_is_found_stale() {
    let folder = tempfile::tempdir().unwrap();
    let text = "```console\n$ kg rank --kind nothing\nrows\n\n$ kg build x\nkept\n```\n$ kg rank\nnot in a console\n";
    let (now, stale) = renewed(text, folder.path(), 80);
    assert_eq!(stale, ["kg rank --kind nothing"]);
    assert!(now.contains("error: invalid value 'nothing'") && !now.contains("rows\n"), "{now}");
    assert!(now.contains("$ kg build x\nkept\n```\n$ kg rank\nnot in a console\n"), "{now}");
}
