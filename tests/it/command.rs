//! Runs `kg` on a graph, for tests that read what it prints.

use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// What `kg` prints for the graph at `store`.
pub(crate) fn kg(store: &Path, arguments: &[&str]) -> String {
    let output = Command::cargo_bin("kg").unwrap().args(arguments).arg("--store").arg(store).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A graph in `folder` of papers in JSON Lines.
pub(crate) fn graph_of(papers: &str, folder: &Path) -> PathBuf {
    let (file, store) = (folder.join("papers.jsonl"), folder.join("graph"));
    std::fs::write(&file, papers).unwrap();
    kg(&store, &["build", file.to_str().unwrap()]);
    store
}
