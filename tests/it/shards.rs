//! A large graph is filled in shards, which are merged in the end.

use std::path::Path;

use oxigraph::store::Store;
use papergraph::extract::Extraction;
use papergraph::internals::store::{GenerationBuild, GraphStore, StoreError};

use crate::build::graph;
use crate::small_graph::{paper, vocabulary, with};

const BATCHES: u64 = 6;
/// Papers of a batch.
const PAPERS: u64 = 40;

/// Papers that share entities, authors, a venue, and works that only they describe, each in its own way.
fn batch(number: u64, papers: u64) -> Option<Vec<Extraction>> {
    let one = |i: u64| {
        let names: Vec<String> = (0..12).map(|name| format!("dataset/set-{}", (i * 7 + name) % 50)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let paper = paper(&format!("arxiv-2401.{i:05}"), &format!("Paper {i}"), "2024-01", &names);
        let paper = with(paper, "authors", serde_json::json!([format!("Ada Writer {}", i % 9), "Bo Li"]));
        let paper = with(paper, "venue", serde_json::json!(format!("ACL {}", 2015 + i % 5)));
        let work = serde_json::json!({"key": format!("work{}", i % 11), "title": format!("Work {}", i % 11), "year": 1990 + i % 3});
        with(paper, "citations", serde_json::json!([{"cited": {"work": work}}]))
    };
    (number < BATCHES).then(|| (number * papers..(number + 1) * papers).map(one).collect())
}

/// Fills a graph, and fails instead of giving out batch `fails_at`. Returns whether the graph was finished.
fn fill(at: &Path, shard: usize, fails_at: Option<u64>) -> bool {
    fill_with(at, shard, fails_at, PAPERS)
}

fn fill_with(at: &Path, shard: usize, fails_at: Option<u64>, papers: u64) -> bool {
    let vocabulary = vocabulary();
    let mut build = GenerationBuild::begin(at, None, &vocabulary).unwrap();
    build.work_on(7).unwrap();
    build.use_shards_of(shard);
    let filled = build.fill(|number| match fails_at {
        Some(at_batch) if at_batch == number => Err(StoreError::Missing { path: at.into() }),
        _ => Ok(batch(number, papers)),
    });
    filled.is_ok() && build.finish().unwrap().published
}

fn triples(at: &Path) -> u64 {
    GraphStore::open(at).unwrap().counts().unwrap().triples
}

/// Number of shards of the unfinished build.
fn shards(at: &Path) -> usize {
    std::fs::read_dir(at.join("generations/1/work/shards")).unwrap().count()
}

#[test]
fn a_graph_of_many_shards_is_that_of_one() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, merged] = ["whole", "merged"].map(|name| folder.path().join(name));
    assert!(fill(&whole, 1_000_000, None) && fill(&merged, 1000, None));
    let (expected, found) = (graph(&whole), graph(&merged));
    assert!(expected.len() > 20_000, "{}", expected.len());
    assert!(expected.iter().any(|quad| quad.contains("work/work10> <http")), "works are described");
    assert!(expected.iter().any(|quad| quad.contains("author/ada-writer-8> <http")), "authors are described");
    let differences: Vec<_> = expected.symmetric_difference(&found).take(4).collect();
    assert!(differences.is_empty(), "{differences:.400?}");
    assert_eq!(triples(&merged), triples(&whole));
    assert!(!merged.join("generations/1/work").exists(), "no shard is left");
}

#[test]
fn shards_of_an_interrupted_build_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, killed] = ["whole", "killed"].map(|name| folder.path().join(name));
    assert!(fill(&whole, 1_000_000, None));
    assert!(!fill(&killed, 1000, Some(2)));
    let kept = shards(&killed);
    assert!(kept > 1, "{kept}");
    // What a killed process leaves: a shard that is not logged, and links for a merge.
    let generation = killed.join("generations/1");
    std::fs::create_dir(generation.join("work/shards").join(kept.to_string())).unwrap();
    std::fs::write(generation.join("bulk-0-000012.sst"), "half a file").unwrap();
    assert!(!fill(&killed, 1000, Some(4)));
    assert!(shards(&killed) > kept);
    assert!(fill(&killed, 1000, None));
    assert_eq!(graph(&killed), graph(&whole));
    assert_eq!(triples(&killed), triples(&whole));
}

#[test]
fn a_merge_that_was_interrupted_is_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, killed] = ["whole", "killed"].map(|name| folder.path().join(name));
    assert!(fill(&whole, 1_000_000, None));
    assert!(!fill(&killed, 1000, Some(BATCHES)));
    // The triples of the first shard came into the database before the process ended.
    let generation = killed.join("generations/1");
    let first: Vec<_> =
        Store::open_read_only(generation.join("work/shards/0")).unwrap().iter().map(Result::unwrap).collect();
    assert!(!first.is_empty());
    let database = Store::open(&generation).unwrap();
    database.extend(first).unwrap();
    drop(database);
    assert!(fill(&killed, 1000, None));
    assert_eq!(graph(&killed), graph(&whole));
    assert_eq!(triples(&killed), triples(&whole));
}

#[test]
fn a_paper_that_comes_again_replaces_the_one_in_a_shard() {
    let folder = tempfile::tempdir().unwrap();
    let vocabulary = vocabulary();
    let mut build = GenerationBuild::begin(folder.path(), None, &vocabulary).unwrap();
    build.use_shards_of(1000);
    let changed = with(batch(0, PAPERS).unwrap().remove(3), "title", serde_json::json!("Another Title"));
    let papers = (0..BATCHES).filter_map(|number| batch(number, PAPERS)).flatten().chain([changed]);
    build.replace(papers).unwrap();
    build.finish().unwrap();
    let titles =
        graph(folder.path()).into_iter().filter(|quad| quad.contains("2401.00003> <http://purl.org/dc/terms/title>"));
    let titles: Vec<String> = titles.collect();
    assert!(matches!(&titles[..], [one] if one.contains("Another Title")), "{titles:?}");
}

/// Bytes of the tables of a database.
fn size(database: &Path) -> u64 {
    let files = std::fs::read_dir(database).unwrap().map(Result::unwrap);
    let tables = files.filter(|file| file.path().extension().is_some_and(|end| end == "sst"));
    tables.map(|file| file.metadata().unwrap().len()).sum()
}

#[test]
fn a_merged_graph_is_compressed() {
    let folder = tempfile::tempdir().unwrap();
    assert!(fill_with(folder.path(), 10_000, None, 150));
    let database = folder.path().join("generations/1");
    let quads: Vec<_> = Store::open_read_only(&database).unwrap().iter().map(Result::unwrap).collect();
    // With its own settings, oxigraph does not compress the only level of a small database.
    let plain = folder.path().join("plain");
    let store = Store::open(&plain).unwrap();
    for half in quads.chunks(quads.len() / 2 + 1) {
        let mut loader = store.bulk_loader();
        loader.load_quads(half.iter().cloned()).unwrap();
        loader.commit().unwrap();
    }
    store.optimize().unwrap();
    drop(store);
    let (merged, plain) = (size(&database), size(&plain));
    assert!(merged * 7 < plain * 6, "{merged} and {plain} bytes");
}
