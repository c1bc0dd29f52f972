//! The real listings, against the hand-made labels. Without `../shared` these tests say so and pass.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use assert_cmd::prelude::*;
use serde_json::Value;

use crate::cli::{kg, program};
use crate::small_graph::shared;

fn listings() -> Option<Vec<PathBuf>> {
    let folder = shared("corpus/daily-papers")?;
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    Some(files)
}

fn extract(inputs: &[PathBuf]) -> Vec<Value> {
    let output = program().arg("extract").args(inputs).assert().success().get_output().clone();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "every line of the listings fits");
    String::from_utf8(output.stdout).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn gold() -> Option<HashMap<String, Value>> {
    let text = std::fs::read_to_string(shared("gold/dev.jsonl")?).unwrap();
    let records = text.lines().map(|l| serde_json::from_str::<Value>(l).unwrap());
    Some(records.map(|r| (r["title"].as_str().unwrap().to_string(), r)).collect())
}

#[test]
fn all_papers_of_the_listings_are_read_with_exact_metadata() {
    let (Some(files), Some(gold)) = (listings(), gold()) else { return };
    let read = extract(&files);
    assert_eq!(read.len(), 138);
    assert_eq!(gold.len(), 138);
    for paper in &read {
        let title = paper["title"].as_str().unwrap();
        let label = gold.get(title).unwrap_or_else(|| panic!("no label for {title}"));
        for field in ["abstract", "published", "author_count", "organization", "comments"] {
            assert_eq!(paper[field], label[field], "{field} of {title}");
        }
    }
}

#[test]
fn a_paper_of_two_listings_is_one_with_both_places() {
    let Some(files) = listings() else { return };
    let twice: Vec<usize> =
        extract(&files).iter().map(|p| p["sources"].as_array().unwrap().len()).filter(|n| *n > 1).collect();
    assert!(!twice.is_empty());
    assert!(twice.iter().all(|n| *n == 2));
}

#[test]
fn repositories_and_pages_of_the_listings_are_all_found_and_nothing_else() {
    let (Some(files), Some(gold)) = (listings(), gold()) else { return };
    let set = |record: &Value, field: &str| -> BTreeSet<String> {
        let plain = |url: &str| {
            let url = url.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
            url.trim_end_matches('/').to_lowercase()
        };
        record[field].as_array().unwrap().iter().map(|u| plain(u.as_str().unwrap())).collect()
    };
    for paper in extract(&files) {
        let title = paper["title"].as_str().unwrap();
        for field in ["repos", "pages"] {
            assert_eq!(set(&paper, field), set(&gold[title], field), "{field} of {title}");
        }
    }
}

#[test]
fn every_mention_is_the_text_at_its_place() {
    let Some(files) = listings() else { return };
    for paper in extract(&files) {
        for mention in paper["mentions"].as_array().unwrap() {
            let field: Vec<char> = paper[mention["field"].as_str().unwrap()].as_str().unwrap().chars().collect();
            let (start, end) = (mention["start"].as_u64().unwrap() as usize, mention["end"].as_u64().unwrap() as usize);
            assert_eq!(field[start..end].iter().collect::<String>(), mention["text"].as_str().unwrap());
        }
    }
}

#[test]
fn what_extract_prints_can_be_read_again_and_says_the_same() {
    let Some(files) = listings() else { return };
    let folder = tempfile::tempdir().unwrap();
    let once = folder.path().join("once.jsonl");
    std::fs::write(&once, extract(&files).iter().map(|r| format!("{r}\n")).collect::<String>()).unwrap();
    assert_eq!(extract(&files), extract(&[once]));
}

#[test]
fn building_twice_changes_nothing_and_a_further_file_adds_to_the_graph() {
    let Some(files) = listings() else { return };
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("kg-store");
    let build = |inputs: &[PathBuf]| {
        let output = kg(&store).arg("build").args(inputs).assert().success().get_output().clone();
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(build(&files[..1]).contains("49 papers added"));
    let generation = || std::fs::read_to_string(store.join("current")).unwrap();
    let before = generation();
    assert!(build(&files[..1]).contains("49 papers, nothing new"));
    assert_eq!(generation(), before, "an unchanged graph keeps its generation");
    build(&files[1..]);
    let count = |query: &str| {
        let output = kg(&store).args(["query", "--format", "csv", "-e", query]).assert().success().get_output().clone();
        String::from_utf8(output.stdout).unwrap().lines().nth(1).unwrap().trim().to_string()
    };
    assert_eq!(count("SELECT (COUNT(*) AS ?n) { ?p a kg:Paper }"), "138");
}

/// The listings in another order make the same graph.
#[test]
fn the_order_of_the_files_does_not_matter() {
    let Some(mut files) = listings() else { return };
    let sorted = |files: &[PathBuf]| {
        let mut records = extract(files);
        for record in &mut records {
            // The listing read first gives the text; COAT stands in two of them, alike.
            record.as_object_mut().unwrap().remove("sources");
        }
        records.sort_by_key(|r| r["id"].as_str().unwrap().to_string());
        records
    };
    let forward = sorted(&files);
    files.reverse();
    assert_eq!(forward, sorted(&files));
}

/// `kill -9` at ten moments of a build: the last good graph opens each time, and the next build completes.
#[test]
fn a_killed_build_leaves_the_last_good_graph() {
    let Some(files) = listings() else { return };
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("kg-store");
    kg(&store).arg("build").arg(&files[0]).assert().success();
    let ask = ["query", "--format", "csv", "-e", "SELECT (COUNT(*) AS ?n) { ?p a kg:Paper }"];
    for moment in 0..10 {
        let mut child = kg(&store).arg("build").args(&files).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(40 + moment * 90));
        child.kill().unwrap();
        let ended = child.wait().unwrap();
        let output = kg(&store).args(ask).assert().success().get_output().clone();
        let papers = String::from_utf8(output.stdout).unwrap();
        // A build that was faster than the blow has made the whole graph.
        assert!(papers.contains("49") || papers.contains("138"), "after {moment}: {papers} {ended}");
    }
    kg(&store).arg("build").args(&files).assert().success();
    let output = kg(&store).args(ask).assert().success().get_output().clone();
    assert!(String::from_utf8(output.stdout).unwrap().contains("138"));
}
