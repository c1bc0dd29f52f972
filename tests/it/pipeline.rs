//! A build does only the necessary work, and gives the same graph as a build from scratch.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use papergraph::internals::pipeline::{self, BuildOutcome, BuildRequest, BuildTask, Observer};
use papergraph::internals::store::GraphStore;
use papergraph::source::{Input, ReadOptions, ReadProblem};
use papergraph::vocabulary::Vocabulary;
use proptest::prelude::*;

use crate::build::graph;

struct Quiet;

impl Observer for Quiet {
    fn begin(&self, _: &'static str, _: u64) {}
    fn step(&self, _: u64) {}
    fn problem(&self, problem: ReadProblem) -> Result<(), ReadProblem> {
        Err(problem)
    }
    fn detail(&self, _: &str) {}
}

fn run(store: &Path, vocabulary: &Arc<Vocabulary>, task: BuildTask) -> BuildOutcome {
    let request = BuildRequest { store, base: None, vocabulary, task, rebuild: false, candidates: false, limits: None };
    pipeline::build(&request, &Quiet).unwrap()
}

fn read(files: &[String]) -> BuildTask {
    let inputs = files.iter().map(|file| Input::new(Path::new(file))).collect();
    BuildTask::Read { inputs, options: ReadOptions::default(), scopes: Vec::new() }
}

/// Records with all kinds of interactions: names introduced in one record and used in another with other spellings, one
/// name introduced twice, a paper in several contradicting records, titles of two possible papers, references to papers
/// that appear and disappear, and to works that two papers describe differently.
const RECORDS: [&str; 22] = [
    r#"{"id":"2401.00001","title":"ZetaQuux: A Model of Things","abstract":"We propose ZetaQuux, a model. Code: https://github.com/a/zeta","published":"2024-01-02"}"#,
    r#"{"title":"ZetaQuux: a model of things","published":"2024-02","organization":"Kestrel"}"#,
    r#"{"id":"2401.00002","title":"Another","abstract":"It is faster than ZetaQuux on Quuxford Objects and COCO.","published":"2024-03-01"}"#,
    r#"{"id":"2301.00003","title":"Zeta-Quux: A Dataset","abstract":"We introduce Zeta-Quux, a dataset of quuxes.","published":"2023-01-01"}"#,
    r#"{"title":"FooBench: Testing Bars","abstract":"We present FooBench, a benchmark with 12.3 accuracy on COCO."}"#,
    r#"{"title":"On Foo-Bench and Monarch","abstract":"We evaluate ZetaQuux on Foo-Bench. We propose Monarch, a method."}"#,
    r#"{"title":"Attention","authors":["Ada Adeyemi"],"published":"2020","abstract":"Uses QUUXFORD OBJECTS."}"#,
    r#"{"title":"Attention","authors":["Bo Bauer"],"published":"2021","abstract":"Uses FooBench."}"#,
    r#"{"title":"Attention!","abstract":"Longer than the others, and with a COCO."}"#,
    r#"{"id":"2401.00002","title":"Another","author_count":3,"published":"2023","urls":["https://example.org/x"]}"#,
    r#"{"title":"Another","author_count":4,"declared":{"datasets":[{"name":"Quuxford Objects"}]}}"#,
    r#"{"title":"Plain","abstract":"MS COCO and cifar-10 and -100."}"#,
    r#"{"title":"Monarch: A Library","abstract":"We present Monarch, a library. It is on https://github.com/a/zeta."}"#,
    r#"{"title":"Uses","abstract":"We use the Monarch library, ZETAQUUX and the foo bench."}"#,
    r#"{"title":"Barred: A Corpus","authors":["Di Doe"],"published":"2022","abstract":"We introduce BARRED, a corpus. All is barred, with the MonarchNet."}"#,
    r#"{"title":"Barred Doors","authors":["Ed Esposito"],"published":"2021","abstract":"The doors are barred, and the BARRED corpus is not. We use MonarchNet."}"#,
    r#"{"title":"Barred Windows","authors":["Fi Fay"],"published":"2023","abstract":"They are barred. BARRED is read, and the BARRED corpus. We propose MonarchNet, a network."}"#,
    r#"{"title":"MonarchNet: A Network","authors":["Gil Goh"],"published":"2023","abstract":"With FooBench and ZetaQuux we train MonarchNet, and BARRED too."}"#,
    r#"{"title":"Citing Old Things","references":["2401.00001",{"title":"Plain and Simple Lanterns of the Night","author":"Hal Hu","year":2020},{"title":"Attention","author":"Bo Bauer","year":2021},{"doi":"10.1000/1"}]}"#,
    r#"{"title":"Plain and Simple Lanterns of the Night","authors":["Hal Hu"],"published":"2020","references":["Citing Old Things"]}"#,
    r#"{"title":"Citing Other Things","references":[{"title":"Plain and simple lanterns of the night","year":2020},{"title":"FooBench: Testing Bars and Other Things"},{"title":"Another","author":"Ida Ito"}]}"#,
    r#"{"title":"Citing other things","references":["10.1000/1",{"title":"Plain & Simple Lanterns of the Night","arxiv":"2401.00002"}]}"#,
];

const BASE: &str = r#"
[[entity]]
kind = "dataset"
id = "coco"
name = "COCO"
aliases = ["MS COCO"]
[[entity]]
kind = "dataset"
id = "images"
name = "Images of Things"
[[entity]]
kind = "metric"
id = "accuracy"
name = "accuracy"
"#;

/// Additions of a curator, one at a time or together.
const OVERLAYS: [&str; 4] = [
    "[[entity]]\nkind = \"dataset\"\nid = \"quuxford\"\nname = \"Quuxford Objects\"\nbroader = [\"images\"]\n",
    "[[entity]]\nkind = \"model\"\nid = \"zq\"\nname = \"ZetaQuux\"\n",
    "[[entity]]\nkind = \"method\"\nid = \"monarch\"\nname = \"Butterfly\"\naliases = [\"MonarchLib\"]\n",
    "[[entity]]\nkind = \"dataset\"\nid = \"cifar-10\"\nname = \"CIFAR-10\"\n[[entity]]\nkind = \"dataset\"\nid = \"cifar-100\"\nname = \"CIFAR-100\"\n",
];

fn vocabulary(overlays: u8) -> Arc<Vocabulary> {
    let chosen = OVERLAYS.iter().enumerate().filter(|(i, _)| overlays & (1 << i) != 0).map(|(_, text)| *text);
    let text: String = std::iter::once(BASE).chain(chosen).collect();
    Arc::new(Vocabulary::from_texts([("v.toml", text.as_str())]).unwrap())
}

#[derive(Debug, Clone)]
enum Step {
    /// Writes a file of these records and reads it.
    Write(usize, Vec<usize>),
    /// Reads every file again.
    ReadAll,
    Remove(usize),
    Overlay(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let records = proptest::collection::vec(0..RECORDS.len(), 1..6);
    let step = prop_oneof![
        4 => (0..3usize, records).prop_map(|(file, records)| Step::Write(file, records)),
        1 => Just(Step::ReadAll),
        1 => (0..3usize).prop_map(Step::Remove),
        2 => (0..16u8).prop_map(Step::Overlay),
    ];
    proptest::collection::vec(step, 1..7)
}

fn write(folder: &Path, file: usize, records: &[usize]) -> String {
    let path = folder.join(format!("{file}.jsonl"));
    let lines: Vec<&str> = records.iter().map(|&record| RECORDS[record]).collect();
    std::fs::write(&path, lines.join("\n")).unwrap();
    path.display().to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_way_to_the_same_sources_leads_to_the_same_graph(steps in steps()) {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("grown");
        let mut live: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut overlays = 0;
        for step in &steps {
            let task = match step {
                Step::Write(file, records) => {
                    live.insert(*file, records.clone());
                    read(&[write(folder.path(), *file, records)])
                }
                Step::Remove(file) if live.contains_key(file) => {
                    live.remove(file);
                    BuildTask::Remove { sources: vec![folder.path().join(format!("{file}.jsonl")).display().to_string()] }
                }
                Step::Overlay(o) => {
                    overlays = *o;
                    continue;
                }
                Step::ReadAll if !live.is_empty() => {
                    read(&live.keys().map(|f| folder.path().join(format!("{f}.jsonl")).display().to_string()).collect::<Vec<_>>())
                }
                _ => continue,
            };
            run(&store, &vocabulary(overlays), task);
        }
        prop_assume!(!live.is_empty());
        let files: Vec<String> = live.iter().map(|(file, records)| write(folder.path(), *file, records)).collect();
        run(&store, &vocabulary(overlays), read(&files));
        let clean = folder.path().join("clean");
        run(&clean, &vocabulary(overlays), read(&files));
        let (grown, clean_graph) = (graph(&store), graph(&clean));
        let more: BTreeSet<_> = grown.difference(&clean_graph).collect();
        let less: BTreeSet<_> = clean_graph.difference(&grown).collect();
        prop_assert!(more.is_empty() && less.is_empty(), "too much: {more:#?}\nmissing: {less:#?}");
        let triples = |at: &Path| GraphStore::open(at).unwrap().counts().unwrap().triples;
        prop_assert_eq!(triples(&store), triples(&clean));
    }
}

fn all(folder: &Path) -> Vec<String> {
    (0..RECORDS.len()).map(|record| write(folder, record, &[record])).collect()
}

#[test]
fn only_what_changed_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("graph");
    let files = all(folder.path());
    let plain = vocabulary(0);
    let first = run(&store, &plain, read(&files));
    assert_eq!((first.read, first.unread, first.published), (RECORDS.len() as u64, 0, true));
    let same = run(&store, &plain, read(&files));
    assert_eq!((same.read, same.unread, same.published), (0, RECORDS.len() as u64, false));
    // Two papers name Quuxford Objects: one in its text, and one in the statement of a source that concerns the same
    // paper.
    let wider = run(&store, &vocabulary(1), read(&files));
    assert_eq!((wider.read, wider.read_again, wider.changed), (0, 2, 2));
    write(folder.path(), 11, &[11, 4]);
    let more = run(&store, &vocabulary(1), read(&files));
    assert_eq!((more.read, more.known, more.unread), (2, 1, RECORDS.len() as u64 - 1));
}

#[test]
fn a_source_takes_back_what_only_it_said() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("graph");
    let (a, b) = (write(folder.path(), 0, &[2, 4]), write(folder.path(), 1, &[9]));
    run(&store, &vocabulary(0), read(&[a.clone(), b.clone()]));
    let removed = run(&store, &vocabulary(0), BuildTask::Remove { sources: vec![a.clone()] });
    assert_eq!((removed.papers, removed.removed), (1, 1));
    let left: Vec<_> = GraphStore::open(&store).unwrap().papers().map(Result::unwrap).collect();
    assert_eq!(left[0].abstract_text, "");
    assert_eq!(left[0].author_count, Some(3));
    assert!(left[0].contradictions.is_empty());
    let request = BuildRequest {
        store: &store,
        base: None,
        vocabulary: &vocabulary(0),
        task: BuildTask::Remove { sources: vec!["nowhere".to_string()] },
        rebuild: false,
        candidates: false,
        limits: None,
    };
    let error = pipeline::build(&request, &Quiet).unwrap_err();
    assert_eq!(error.to_string(), format!("no paper of the graph comes from `nowhere`; its sources are {b}"));
    assert_eq!(GraphStore::open(&store).unwrap().papers().count(), 1);
}

#[test]
fn sources_that_disagree_are_reported_and_kept_in_the_graph() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("graph");
    let outcome = run(&store, &vocabulary(0), read(&[write(folder.path(), 0, &[2, 9, 10])]));
    let messages: Vec<String> = outcome
        .contradictions
        .iter()
        .map(|(_, c)| c.to_string().replace(&folder.path().display().to_string(), ""))
        .collect();
    assert_eq!(
        messages,
        ["/0.jsonl:3: author_count is `4` here; kept `3`", "/0.jsonl:2: published is `2023` here; kept `2024-03-01`",]
    );
    let stored = GraphStore::open(&store).unwrap().papers().next().unwrap().unwrap();
    assert_eq!(stored.contradictions.len(), 2);
}

#[test]
fn a_build_that_is_killed_goes_on_where_it_was() {
    use std::process::{Command, Stdio};
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("papers.jsonl");
    let many: Vec<String> = (0..4000)
        .map(|i| {
            RECORDS[i % RECORDS.len()]
                .replacen("\"title\":\"", &format!("\"title\":\"{i} "), 1)
                .replace("\"id\":\"2401.0", &format!("\"id\":\"2{:03}.1", i / 14))
        })
        .collect();
    std::fs::write(&input, many.join("\n")).unwrap();
    let build = |store: &str| {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("kg"));
        command.args(["build", "--quiet", "--store"]).arg(folder.path().join(store)).arg(&input);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    assert!(build("undisturbed").status().unwrap().success());
    // Each build lives a little longer; the moment of the kill must not matter for the result.
    for life in (1..=20).map(|n| n * 40) {
        let mut child = build("killed").spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(life));
        let _ = child.kill();
        let _ = child.wait();
    }
    assert!(build("killed").status().unwrap().success());
    let (killed, undisturbed) = (folder.path().join("killed"), folder.path().join("undisturbed"));
    assert_eq!(graph(&killed), graph(&undisturbed));
    let triples = |at: &Path| GraphStore::open(at).unwrap().counts().unwrap().triples;
    assert_eq!(triples(&killed), triples(&undisturbed));
}

/// Notes whether the graph could be opened when a build said that it is published.
struct Witness<'s> {
    store: &'s Path,
    published: Mutex<Vec<bool>>,
}

impl Observer for Witness<'_> {
    fn begin(&self, _: &'static str, _: u64) {}
    fn step(&self, _: u64) {}
    fn problem(&self, problem: ReadProblem) -> Result<(), ReadProblem> {
        Err(problem)
    }
    fn detail(&self, _: &str) {}
    fn published(&self) {
        self.published.lock().unwrap().push(GraphStore::open(self.store).is_ok());
    }
}

#[test]
fn a_build_says_when_its_graph_is_published() {
    let folder = tempfile::tempdir().unwrap();
    let (store, input) = (folder.path().join("graph"), folder.path().join("papers.jsonl"));
    std::fs::write(&input, "{\"title\":\"A Fine Paper\"}").unwrap();
    let vocabulary = vocabulary(0);
    let witness = Witness { store: &store, published: Mutex::default() };
    // The second build changes nothing and publishes nothing.
    for _ in 0..2 {
        let request = BuildRequest {
            store: &store,
            base: None,
            vocabulary: &vocabulary,
            task: read(&[input.display().to_string()]),
            rebuild: false,
            candidates: false,
            limits: None,
        };
        pipeline::build(&request, &witness).unwrap();
        assert_eq!(*witness.published.lock().unwrap(), [true]);
    }
}

/// Counts the steps of a build, and ends it like a kill after `life` steps.
struct Mortal {
    life: u64,
    steps: AtomicU64,
}

impl Observer for Mortal {
    fn begin(&self, _: &'static str, _: u64) {}
    fn step(&self, steps: u64) {
        let taken = self.steps.fetch_add(steps, Ordering::Relaxed) + steps;
        assert!(taken <= self.life, "killed");
    }
    fn problem(&self, problem: ReadProblem) -> Result<(), ReadProblem> {
        Err(problem)
    }
    fn detail(&self, _: &str) {}
}

#[test]
fn a_resumed_build_does_only_a_little_of_the_work_again() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("papers.jsonl");
    let many: Vec<String> =
        (0..12_000).map(|i| format!("{{\"title\":\"Paper {i}\",\"abstract\":\"On COCO.\"}}")).collect();
    std::fs::write(&input, many.join("\n")).unwrap();
    let steps = |store: &str, life: u64| {
        let mortal = Mortal { life, steps: AtomicU64::new(0) };
        let (store, vocabulary) = (folder.path().join(store), vocabulary(0));
        let task = read(&[input.display().to_string()]);
        let request = BuildRequest {
            store: &store,
            base: None,
            vocabulary: &vocabulary,
            task,
            rebuild: false,
            candidates: false,
            limits: None,
        };
        let ended = std::panic::catch_unwind(AssertUnwindSafe(|| pipeline::build(&request, &mortal).unwrap()));
        (ended.is_ok(), mortal.steps.into_inner())
    };
    let (_, all) = steps("undisturbed", u64::MAX);
    // An input that was not read to its end is read again.
    for percent in [50, 80] {
        let store = format!("killed at {percent}");
        assert!(!steps(&store, all * percent / 100).0);
        let (ended, again) = steps(&store, u64::MAX);
        let left = 100 - percent;
        assert!(ended && again * 100 <= all * (left + 15), "{percent} %: {again} of {all} steps were left");
        assert_eq!(graph(&folder.path().join(&store)), graph(&folder.path().join("undisturbed")));
    }
}

fn kg(folder: &Path, arguments: &[&str]) -> String {
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("kg"));
    let output = command.current_dir(folder).arg("--quiet").args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn papers_read_each_by_itself_are_joined_by_the_build_or_a_second_run() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    // Without the records that are merged with others: a process that reads each record by itself cannot merge.
    write(at, 0, &[0, 2, 3, 4]);
    write(at, 1, &[5, 11, 12, 13]);
    let parts = ["0.jsonl", "1.jsonl"].map(|part| kg(at, &["extract", "--each", part]));
    std::fs::write(at.join("read.jsonl"), parts.concat()).unwrap();

    let sorted = |text: String| text.lines().map(str::to_string).collect::<BTreeSet<_>>();
    let together = sorted(kg(at, &["extract", "0.jsonl", "1.jsonl"]));
    let again = kg(at, &["extract", "--each", "--introduced", "read.jsonl", "0.jsonl", "1.jsonl"]);
    assert_eq!(sorted(again), together);
    assert_ne!(sorted(parts.concat()), together, "a name of one paper stands in another");

    kg(at, &["build", "--store", "joined", "--extracted", "read.jsonl"]);
    kg(at, &["build", "--store", "plain", "0.jsonl", "1.jsonl"]);
    assert_eq!(graph(&at.join("joined")), graph(&at.join("plain")));
    let triples = kg(at, &["extract", "--each", "--format", "nquads", "0.jsonl"]);
    let plain = graph(&at.join("plain"));
    assert!(triples.lines().count() > 100);
    let known = triples.lines().filter(|line| plain.contains(line.trim_end_matches(" ."))).count();
    assert!(known * 10 > triples.lines().count() * 9, "most of it is in the graph as it is");
}
