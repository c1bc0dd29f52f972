//! Listings against hand-made labels: those of a bundled sample, and the real ones if they are in a folder next to the
//! program.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use assert_cmd::prelude::*;
use serde_json::Value;

use crate::cli::{kg, program};

/// Listings, and the labels of their papers.
struct Sample {
    files: Vec<PathBuf>,
    labels: PathBuf,
    /// The number of papers in the first listing, and in all of them.
    papers: (usize, usize),
}

/// The small sample that is part of the program.
fn bundled() -> Sample {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/listings");
    let files = ["first.txt", "second.txt"].map(|name| folder.join(name)).into();
    Sample { files, labels: folder.join("labels.jsonl"), papers: (3, 5) }
}

/// The real listings with the hand-made labels, which are not part of the program.
fn corpus() -> Sample {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let listings = std::fs::read_dir(folder.join("corpus/daily-papers")).unwrap();
    let mut files: Vec<PathBuf> = listings.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    Sample { files, labels: folder.join("gold/dev.jsonl"), papers: (49, 138) }
}

/// For each property, a test on the bundled sample and one on the corpus, which is ignored if the corpus is missing.
macro_rules! on_both_samples {
    ($($property:ident),* $(,)?) => {
        mod bundled_sample {
            $(#[test]
            fn $property() {
                super::$property(&super::bundled());
            })*
        }
        mod corpus_beside_the_program {
            $(#[test]
            #[cfg_attr(not(shared_corpus), ignore = "there is no ../shared/corpus and ../shared/gold")]
            fn $property() {
                super::$property(&super::corpus());
            })*
        }
    };
}

on_both_samples!(
    all_papers_of_the_listings_are_read_with_exact_metadata,
    a_paper_of_two_listings_is_one_with_both_places,
    repositories_and_pages_of_the_listings_are_all_found_and_nothing_else,
    every_mention_is_the_text_at_its_place,
    what_extract_prints_can_be_read_again_and_says_the_same,
    building_twice_changes_nothing_and_a_further_file_adds_to_the_graph,
    the_order_of_the_files_does_not_matter,
    a_killed_build_leaves_the_last_good_graph,
);

fn extract(inputs: &[PathBuf]) -> Vec<Value> {
    let output = program().arg("extract").args(inputs).assert().success().get_output().clone();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "every line of the listings fits");
    String::from_utf8(output.stdout).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn gold(sample: &Sample) -> HashMap<String, Value> {
    let text = std::fs::read_to_string(&sample.labels).unwrap();
    let records = text.lines().map(|l| serde_json::from_str::<Value>(l).unwrap());
    records.map(|r| (r["title"].as_str().unwrap().to_string(), r)).collect()
}

fn all_papers_of_the_listings_are_read_with_exact_metadata(sample: &Sample) {
    let (read, gold) = (extract(&sample.files), gold(sample));
    assert_eq!((read.len(), gold.len()), (sample.papers.1, sample.papers.1));
    for paper in &read {
        let title = paper["title"].as_str().unwrap();
        let label = gold.get(title).unwrap_or_else(|| panic!("no label for {title}"));
        for field in ["abstract", "published", "author_count", "organization", "comments"] {
            assert_eq!(paper[field], label[field], "{field} of {title}");
        }
    }
}

fn a_paper_of_two_listings_is_one_with_both_places(sample: &Sample) {
    let twice: Vec<usize> =
        extract(&sample.files).iter().map(|p| p["sources"].as_array().unwrap().len()).filter(|n| *n > 1).collect();
    assert!(!twice.is_empty());
    assert!(twice.iter().all(|n| *n == 2));
}

fn repositories_and_pages_of_the_listings_are_all_found_and_nothing_else(sample: &Sample) {
    let gold = gold(sample);
    let set = |record: &Value, field: &str| -> BTreeSet<String> {
        let plain = |url: &str| {
            let url = url.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
            url.trim_end_matches('/').to_lowercase()
        };
        record[field].as_array().unwrap().iter().map(|u| plain(u.as_str().unwrap())).collect()
    };
    for paper in extract(&sample.files) {
        let title = paper["title"].as_str().unwrap();
        for field in ["repos", "pages"] {
            assert_eq!(set(&paper, field), set(&gold[title], field), "{field} of {title}");
        }
    }
}

fn every_mention_is_the_text_at_its_place(sample: &Sample) {
    for paper in extract(&sample.files) {
        for mention in paper["mentions"].as_array().unwrap() {
            let field: Vec<char> = paper[mention["field"].as_str().unwrap()].as_str().unwrap().chars().collect();
            let (start, end) = (mention["start"].as_u64().unwrap() as usize, mention["end"].as_u64().unwrap() as usize);
            assert_eq!(field[start..end].iter().collect::<String>(), mention["text"].as_str().unwrap());
        }
    }
}

fn what_extract_prints_can_be_read_again_and_says_the_same(sample: &Sample) {
    let folder = tempfile::tempdir().unwrap();
    let once = folder.path().join("once.jsonl");
    std::fs::write(&once, extract(&sample.files).iter().map(|r| format!("{r}\n")).collect::<String>()).unwrap();
    assert_eq!(extract(&sample.files), extract(&[once]));
}

fn building_twice_changes_nothing_and_a_further_file_adds_to_the_graph(sample: &Sample) {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("kg-store");
    let build = |inputs: &[PathBuf]| {
        let output = kg(&store).arg("build").args(inputs).assert().success().get_output().clone();
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(build(&sample.files[..1]).contains(&format!("{} papers added", sample.papers.0)));
    let generation = || std::fs::read_to_string(store.join("current")).unwrap();
    let before = generation();
    assert!(build(&sample.files[..1]).contains(&format!("{} papers, nothing new", sample.papers.0)));
    assert_eq!(generation(), before, "an unchanged graph keeps its generation");
    build(&sample.files[1..]);
    let count = |query: &str| {
        let output = kg(&store).args(["query", "--format", "csv", "-e", query]).assert().success().get_output().clone();
        String::from_utf8(output.stdout).unwrap().lines().nth(1).unwrap().trim().to_string()
    };
    assert_eq!(count("SELECT (COUNT(*) AS ?n) { ?p a kg:Paper }"), sample.papers.1.to_string());
}

/// Listings in another order give the same graph.
fn the_order_of_the_files_does_not_matter(sample: &Sample) {
    let mut files = sample.files.clone();
    let sorted = |files: &[PathBuf]| {
        let mut records = extract(files);
        for record in &mut records {
            // The listing that is read first gives the text; COAT is in two of them, with equal text.
            record.as_object_mut().unwrap().remove("sources");
        }
        records.sort_by_key(|r| r["id"].as_str().unwrap().to_string());
        records
    };
    let forward = sorted(&files);
    files.reverse();
    assert_eq!(forward, sorted(&files));
}

/// `kill -9` at ten moments of a build: each time the last good graph opens, and the next build completes.
fn a_killed_build_leaves_the_last_good_graph(sample: &Sample) {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("kg-store");
    kg(&store).arg("build").arg(&sample.files[0]).assert().success();
    let ask = ["query", "--format", "csv", "-e", "SELECT (COUNT(*) AS ?n) { ?p a kg:Paper }"];
    for moment in 0..10 {
        let mut child = kg(&store).arg("build").args(&sample.files).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(40 + moment * 90));
        child.kill().unwrap();
        let ended = child.wait().unwrap();
        let output = kg(&store).args(ask).assert().success().get_output().clone();
        let papers = stdout_lines(&output.stdout);
        // A build that was faster than the kill has made the whole graph.
        let whole = [sample.papers.0, sample.papers.1].map(|n| vec!["n".to_string(), n.to_string()]);
        assert!(whole.contains(&papers), "after {moment}: {papers:?} {ended}");
    }
    kg(&store).arg("build").args(&sample.files).assert().success();
    let output = kg(&store).args(ask).assert().success().get_output().clone();
    assert_eq!(stdout_lines(&output.stdout), ["n".to_string(), sample.papers.1.to_string()]);
}

fn stdout_lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(bytes).lines().map(|line| line.trim().to_string()).collect()
}
