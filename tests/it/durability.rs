//! Data that lasts: graphs of earlier versions, damage of every kind, full disks.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use papergraph::internals::ledger::{LedgerState, RecordReader, RecordWriter};
use papergraph::internals::pipeline::RULES;
use papergraph::internals::store::{GenerationEdit, GraphStore, record_checks};
use papergraph::liveness::{CheckOutcome, ConfirmRule, Journal};
use papergraph::paper::Paper;
use proptest::prelude::*;

use crate::build::graph;

/// Runs `kg` in a folder; its graph is `kg-store` there.
fn kg(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("kg"));
    command.current_dir(folder).env_remove("KG_STORE").args(arguments).output().unwrap()
}

/// Standard error of a successful command.
fn said(folder: &Path, arguments: &[&str]) -> String {
    let output = kg(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "kg {arguments:?}: {said}");
    said
}

/// Standard error of a failing command.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = kg(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "kg {arguments:?}: {said}");
    said
}

fn answer(folder: &Path, arguments: &[&str]) -> String {
    let output = kg(folder, arguments);
    assert!(output.status.success(), "kg {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

const NOTE: &str = "SELECT ?note { dataset:coco rdfs:comment ?note }";
const VERDICT: &str = "SELECT ?verdict { ?link kg:verdict ?verdict }";
const CHECKED: &str = r#"{"key":"repository/github.com/example/zeta","url":"https://github.com/example/zeta","verdict":"archived","checked_at":"2026-11-01T10:00:00Z","last_alive":"2026-11-01T10:00:00Z"}"#;
const PAPERS: &str = concat!(
    r#"{"id":"2401.00001","title":"ZetaQuux: A Model of Things","abstract":"We propose ZetaQuux, a model. It is evaluated on COCO. Code: https://github.com/example/zeta","published":"2024-01-02"}"#,
    "\n",
    r#"{"id":"2401.00002","title":"Another","abstract":"It is faster than ZetaQuux on ImageNet and COCO.","published":"2024-03-01"}"#,
    "\n",
);

fn ask(folder: &Path, query: &str) -> String {
    answer(folder, &["query", "--format", "csv", "-e", query]).lines().skip(1).collect::<Vec<_>>().join("\n")
}

/// A folder with inputs, a graph of them, a statement of the user and a checked link.
fn world() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("papers.jsonl"), PAPERS).unwrap();
    said(at, &["build", "papers.jsonl"]);
    said(at, &["update", "-e", "INSERT DATA { dataset:coco rdfs:comment \"on the file server\" }"]);
    check(at);
    folder
}

/// Writes outcomes of a check into the journal and the graph, without the network.
fn check(folder: &Path) {
    let outcome: CheckOutcome = serde_json::from_str(CHECKED).unwrap();
    let store = folder.join("kg-store");
    let mut journal = Journal::open(&store).unwrap();
    journal.append(&outcome).unwrap();
    journal.finish().unwrap();
    let mut change = GenerationEdit::begin(&store).unwrap();
    record_checks(&mut change, &[outcome], ConfirmRule::default()).unwrap();
    change.finish().unwrap();
    assert_eq!(ask(folder, VERDICT), "archived");
}

fn newest_generation(folder: &Path) -> PathBuf {
    let generations = fs::read_dir(folder.join("kg-store/generations")).unwrap();
    let numbers = generations.filter_map(|entry| entry.unwrap().file_name().to_str()?.parse::<u64>().ok());
    folder.join(format!("kg-store/generations/{}", numbers.max().unwrap()))
}

/// Makes the graph look like one of another version of the program, with other rules.
fn with_other_rules(folder: &Path, change: impl FnOnce(&Path, &mut LedgerState)) {
    let ledger = newest_generation(folder).join("ledger");
    let rules = xxhash_rust::xxh3::xxh3_64(RULES.as_bytes());
    let mut state = LedgerState::load(&ledger.join("state"), rules).unwrap().unwrap();
    change(&ledger, &mut state);
    state.rules = !rules;
    state.save(&ledger.join("state")).unwrap();
}

/// Replaces a title in the records of a source.
fn with_title(ledger: &Path, state: &mut LedgerState, source: &str, title: &str) {
    let number = state.sources.iter().position(|known| known.name == source).unwrap() as u32;
    let mut writer = RecordWriter::new(ledger, state.next_segment);
    for record in state.records.iter_mut().filter(|record| record.source == number) {
        let mut paper: Paper = RecordReader::new(ledger).read(&[record.position]).unwrap().remove(0);
        paper.title = title.to_string();
        record.position = writer.push(&serde_json::to_vec(&paper).unwrap()).unwrap();
        record.hash ^= 1;
    }
    writer.close().unwrap();
    state.next_segment += 1;
}

fn titles(folder: &Path) -> BTreeSet<String> {
    let papers = GraphStore::open(&folder.join("kg-store")).unwrap();
    papers.papers().map(|paper| paper.unwrap().title).collect()
}

#[test]
fn a_better_reader_reaches_the_papers_that_an_earlier_one_has_read() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("papers.jsonl"), PAPERS.lines().next().unwrap()).unwrap();
    fs::write(at.join("more.jsonl"), PAPERS.lines().nth(1).unwrap()).unwrap();
    said(at, &["build", "papers.jsonl", "more.jsonl"]);
    with_other_rules(at, |ledger, state| {
        with_title(ledger, state, "papers.jsonl", "As it was misread");
        with_title(ledger, state, "more.jsonl", "As it was misread too");
    });
    // An input that is not named is also read again, in whatever folder the build is started.
    let elsewhere = tempfile::tempdir().unwrap();
    let (store, more) = (at.join("kg-store"), at.join("more.jsonl"));
    let store = store.to_str().unwrap();
    fs::copy(more, elsewhere.path().join("third.jsonl")).unwrap();
    let words = said(elsewhere.path(), &["build", "--store", store, "third.jsonl"]);
    assert!(words.contains("another version of kg made this graph: all inputs that still exist are read again"));
    let expected = ["Another", "ZetaQuux: A Model of Things"].map(str::to_string);
    assert_eq!(titles(at), expected.into());
    // The next build has nothing to do.
    assert!(said(at, &["build", "papers.jsonl", "more.jsonl"]).contains("nothing new"));
}

#[test]
fn the_only_input_is_named_if_it_cannot_be_read_and_others_are_read_again() {
    let folder = world();
    let at = folder.path();
    with_other_rules(at, |_, _| {});
    let words = said(at, &["build", "nowhere.jsonl"]);
    assert!(words.contains("skipped: nowhere.jsonl: no such file"), "{words}");
}

#[test]
fn records_of_an_input_that_is_gone_or_changed_stay_as_they_were_read_and_this_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("gone.jsonl"), PAPERS.lines().next().unwrap()).unwrap();
    fs::write(at.join("changed.jsonl"), PAPERS.lines().nth(1).unwrap()).unwrap();
    fs::write(at.join("new.jsonl"), r#"{"title":"New"}"#).unwrap();
    said(at, &["build", "gone.jsonl", "changed.jsonl"]);
    with_other_rules(at, |ledger, state| with_title(ledger, state, "gone.jsonl", "As it was read"));
    fs::remove_file(at.join("gone.jsonl")).unwrap();
    fs::write(at.join("changed.jsonl"), r#"{"title":"Something else"}"#).unwrap();
    let words = said(at, &["build", "new.jsonl"]);
    assert!(words.contains("not read again: gone.jsonl (1 record, kept as it was)"), "{words}");
    assert!(words.contains("not read again: changed.jsonl (1 record, kept as it was)"), "{words}");
    let expected = ["Another", "As it was read", "New"].map(str::to_string);
    assert_eq!(titles(at), expected.into());
}

/// Each folder below `fixtures/graphs` is a graph of an earlier version, with its inputs. None is ever removed.
#[test]
fn every_version_builds_on_the_graphs_of_all_earlier_ones() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/graphs");
    let mut graphs = 0;
    for entry in fs::read_dir(fixtures).unwrap() {
        let fixture = entry.unwrap().path();
        if !fixture.is_dir() {
            continue;
        }
        graphs += 1;
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        copy(&fixture, at);
        // It answers unchanged.
        assert!(answer(at, &["neighbors", "COCO"]).contains("Another"), "{}", fixture.display());
        assert_eq!(ask(at, NOTE), "on the file server");
        let words = said(at, &["build", "papers.jsonl"]);
        assert!(words.contains("all inputs that still exist are read again"), "{words}");
        assert!(words.contains("not read again: gone.jsonl (1 record, kept as it was)"), "{words}");
        assert_eq!(ask(at, NOTE), "on the file server");
        assert_eq!(ask(at, VERDICT), "archived");
        // The result is the same as from scratch, including the input that is gone.
        let fresh = tempfile::tempdir().unwrap();
        fs::copy(at.join("papers.jsonl"), fresh.path().join("papers.jsonl")).unwrap();
        fs::write(fresh.path().join("gone.jsonl"), GONE).unwrap();
        said(fresh.path(), &["build", "papers.jsonl", "gone.jsonl"]);
        said(fresh.path(), &["update", "-e", "INSERT DATA { dataset:coco rdfs:comment \"on the file server\" }"]);
        check(fresh.path());
        let same = |folder: &Path| -> BTreeSet<String> { graph(&folder.join("kg-store")) };
        assert_eq!(same(at), same(fresh.path()), "{}", fixture.display());
        assert!(said(at, &["build", "papers.jsonl"]).contains("nothing new"));
    }
    assert!(graphs >= 1);
}

/// The input of the fixtures that is not in their folder.
const GONE: &str = r#"{"id":"2301.00003","title":"FooBench: Testing Bars","abstract":"We present FooBench, a benchmark. ZetaQuux is compared with it on COCO.","published":"2023-01-01"}"#;

#[test]
fn every_file_of_ours_says_what_it_is_and_of_which_version() {
    let folder = world();
    let store = folder.path().join("kg-store");
    let mut ours = 0;
    for path in files_below(&store) {
        let (name, bytes) = (path.file_name().unwrap().to_str().unwrap(), fs::read(&path).unwrap());
        let beside = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let of_others = match beside {
            // tantivy's; its list of segments has our version as its payload.
            "search" => !["manifest", "hubs"].contains(&name),
            // RocksDB's.
            _ if beside.parse::<u64>().is_ok() => name != "graph.json",
            _ => false,
        };
        if of_others || bytes.is_empty() {
            continue;
        }
        ours += 1;
        let text = String::from_utf8_lossy(&bytes);
        let is_named = bytes.starts_with(b"kg-") && bytes[7] == b'\n' && bytes[8..12] != [0; 4]
            || text.starts_with("# papergraph: ") && text.lines().next().unwrap().contains("version 1")
            || text.starts_with("{\"papergraph\":") && text.lines().next().unwrap().contains("\"format\":");
        assert!(is_named, "{}: {:?}", path.display(), text.chars().take(40).collect::<String>());
    }
    assert!(ours >= 10, "{ours}");
}

#[test]
fn a_file_of_a_later_version_is_refused_and_not_guessed() {
    let folder = world();
    let at = folder.path();
    let state = newest_generation(at).join("ledger/state");
    let mut bytes = fs::read(&state).unwrap();
    bytes[8] = 99;
    fs::write(&state, bytes).unwrap();
    fs::write(at.join("papers.jsonl"), r#"{"title":"New"}"#).unwrap();
    let words = refused(at, &["build", "papers.jsonl"]);
    assert!(words.contains("version 99"), "{words}");
    let statements = at.join("kg-store/user.nt");
    let text = fs::read_to_string(&statements).unwrap();
    fs::write(&statements, text.replace("version 1", "version 99")).unwrap();
    assert!(refused(at, &["update", "-e", "INSERT DATA { <urn:a> <urn:b> 1 }"]).contains("99"));
    assert_eq!(fs::read_to_string(&statements).unwrap(), text.replace("version 1", "version 99"));
}

type Damage = (&'static str, fn(&Path));

/// What can happen to a store; each function gets the folder above it.
const DAMAGES: [Damage; 11] = [
    ("the ledger's state is overwritten", |at| fs::write(newest_generation(at).join("ledger/state"), "zzz").unwrap()),
    ("the ledger's state is gone", |at| fs::remove_file(newest_generation(at).join("ledger/state")).unwrap()),
    ("the ledger's records are cut", |at| cut(&newest_generation(at).join("ledger"), "records-")),
    ("the ledger is gone", |at| fs::remove_dir_all(newest_generation(at).join("ledger")).unwrap()),
    ("database files are cut", |at| cut(&newest_generation(at), ".sst")),
    ("the database's manifest is overwritten", |at| overwrite(&newest_generation(at), "MANIFEST")),
    ("the database's own pointer is gone", |at| fs::remove_file(newest_generation(at).join("CURRENT")).unwrap()),
    ("the pointer is gone", |at| fs::remove_file(at.join("kg-store/current")).unwrap()),
    ("the pointer is overwritten", |at| fs::write(at.join("kg-store/current"), "zzz").unwrap()),
    ("the pointer and the databases are gone", |at| {
        fs::remove_file(at.join("kg-store/current")).unwrap();
        fs::remove_dir_all(at.join("kg-store/generations")).unwrap();
        fs::create_dir(at.join("kg-store/generations")).unwrap();
    }),
    ("the pointer is gone and all databases are damaged", |at| {
        fs::remove_file(at.join("kg-store/current")).unwrap();
        for entry in fs::read_dir(at.join("kg-store/generations")).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                overwrite(&path, "MANIFEST");
                let _ = fs::remove_file(path.join("graph.json"));
            }
        }
    }),
];

fn those(folder: &Path, part: &str) -> Vec<PathBuf> {
    let files = files_below(folder).into_iter();
    let chosen: Vec<PathBuf> =
        files.filter(|path| path.file_name().unwrap().to_string_lossy().contains(part)).collect();
    assert!(!chosen.is_empty(), "{part}");
    chosen
}

/// As a new file, so that the earlier generation keeps its own.
fn put(path: &Path, bytes: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}

fn cut(folder: &Path, part: &str) {
    for path in those(folder, part) {
        let bytes = fs::read(&path).unwrap();
        put(&path, &bytes[..bytes.len() / 2]);
    }
}

fn overwrite(folder: &Path, part: &str) {
    those(folder, part).iter().for_each(|path| put(path, b"something else"));
}

#[test]
fn a_rebuild_works_whatever_is_damaged_and_keeps_statements_and_checks() {
    let whole = world();
    let expected = graph(&whole.path().join("kg-store"));
    for (name, damage) in DAMAGES {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        copy(whole.path(), at);
        damage(at);
        let words = said(at, &["build", "--rebuild", "papers.jsonl"]);
        assert_eq!(ask(at, NOTE), "on the file server", "{name}: {words}");
        assert_eq!(ask(at, VERDICT), "archived", "{name}: {words}");
        assert_eq!(graph(&at.join("kg-store")), expected, "{name}: {words}");
        assert!(answer(at, &["neighbors", "COCO"]).contains("Another"), "{name}");
        assert!(kg(at, &["doctor"]).status.success(), "{name}: {}", answer(at, &["doctor"]));
    }
}

#[test]
fn no_command_loses_statements_in_silence_whatever_is_damaged() {
    let whole = world();
    fs::write(whole.path().join("more.jsonl"), r#"{"title":"More"}"#).unwrap();
    for (name, damage) in DAMAGES {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        copy(whole.path(), at);
        damage(at);
        let output = kg(at, &["build", "more.jsonl"]);
        let words = String::from_utf8_lossy(&output.stderr);
        assert!([Some(0), Some(1)].contains(&output.status.code()), "{name}: {words}");
        if output.status.success() {
            assert_eq!(ask(at, NOTE), "on the file server", "{name}: {words}");
        } else {
            assert!(words.contains("kg build --rebuild"), "{name}: {words}");
            assert!(!words.contains("space left"), "{name}: {words}");
        }
        assert!(fs::read_to_string(at.join("kg-store/user.nt")).unwrap().contains("on the file server"), "{name}");
        assert!(fs::read_to_string(at.join("kg-store/checks.jsonl")).unwrap().contains("archived"), "{name}");
    }
}

#[test]
fn doctor_says_what_is_damaged_what_can_be_saved_and_what_to_run() {
    let whole = world();
    assert!(answer(whole.path(), &["doctor"]).contains("sound"));
    for (name, damage) in DAMAGES {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        copy(whole.path(), at);
        damage(at);
        let before: Vec<(PathBuf, Vec<u8>)> =
            files_below(at).into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect();
        let output = kg(at, &["doctor", "--format", "json"]);
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{name}: {words}");
        let after: Vec<(PathBuf, Vec<u8>)> =
            files_below(at).into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect();
        assert!(before == after, "{name}: it changes nothing");
        if output.stdout.is_empty() {
            continue;
        }
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let advice = found["advice"][0].as_str().unwrap_or_default();
        assert!(!advice.is_empty(), "{name}: {found}");
        // The advice works.
        let arguments: Vec<&str> = match advice.strip_prefix("kg ") {
            Some(arguments) if !arguments.contains('…') => arguments.split(' ').collect(),
            _ if advice.contains("--rebuild") => vec!["build", "--rebuild", "papers.jsonl"],
            _ => vec!["build", "papers.jsonl"],
        };
        let ran = kg(at, &arguments);
        assert!(ran.status.success(), "{name}: {advice}: {}", String::from_utf8_lossy(&ran.stderr));
        assert_eq!(ask(at, NOTE), "on the file server", "{name}");
    }
}

#[test]
fn doctor_names_the_inputs_whose_records_are_lost() {
    let folder = world();
    let at = folder.path();
    fs::remove_file(at.join("papers.jsonl")).unwrap();
    fs::write(newest_generation(at).join("ledger/state"), "zzz").unwrap();
    let found = String::from_utf8(kg(at, &["doctor"]).stdout).unwrap();
    assert!(found.contains("papers.jsonl is not there as it was read: its records are lost"), "{found}");
}

#[test]
fn statements_of_a_graph_from_before_they_were_kept_apart_are_kept_by_the_next_edit() {
    let folder = world();
    let at = folder.path();
    fs::remove_file(at.join("kg-store/user.nt")).unwrap();
    said(at, &["update", "-e", "INSERT DATA { dataset:coco rdfs:comment \"ask Ada\" }"]);
    let kept = fs::read_to_string(at.join("kg-store/user.nt")).unwrap();
    assert!(kept.contains("on the file server") && kept.contains("ask Ada"), "{kept}");
    said(at, &["update", "-e", "DELETE WHERE { dataset:coco rdfs:comment ?any }"]);
    assert!(!fs::read_to_string(at.join("kg-store/user.nt")).unwrap().contains("Ada"));
    said(at, &["build", "--rebuild", "papers.jsonl"]);
    assert_eq!(ask(at, NOTE), "");
}

/// Questions that together read every part of a graph.
const QUESTIONS: [&[&str]; 9] = [
    &["neighbors", "COCO"],
    &["show", "COCO"],
    &["search", "ZetaQuux"],
    &["similar", "COCO"],
    &["path", "COCO", "ZetaQuux"],
    &["stats"],
    &["export", "json-graph"],
    &["query", "papers-using", "dataset=COCO"],
    &["doctor"],
];

#[derive(Debug, Clone)]
enum Blow {
    Flip { bit: u8 },
    Truncate,
    Delete,
    Overwrite,
}

fn blows() -> impl Strategy<Value = Vec<(usize, f64, Blow)>> {
    let blow = prop_oneof![
        4 => (0..8u8).prop_map(|bit| Blow::Flip { bit }),
        1 => Just(Blow::Truncate),
        1 => Just(Blow::Delete),
        1 => Just(Blow::Overwrite),
    ];
    proptest::collection::vec((any::<prop::sample::Index>(), 0.0..1.0, blow), 1..3)
        .prop_map(|all| all.into_iter().map(|(file, at, blow)| (file.index(usize::MAX), at, blow)).collect())
}

fn strike(path: &Path, at: f64, blow: &Blow) {
    let bytes = fs::read(path).unwrap();
    let place = ((bytes.len() as f64 * at) as usize).min(bytes.len().saturating_sub(1));
    match blow {
        Blow::Flip { bit } if !bytes.is_empty() => {
            let mut bytes = bytes;
            bytes[place] ^= 1 << bit;
            put(path, &bytes);
        }
        Blow::Truncate => put(path, &bytes[..place]),
        Blow::Delete => fs::remove_file(path).unwrap(),
        Blow::Flip { .. } | Blow::Overwrite => put(path, b"something else"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is changed, cut off or deleted below a store: every command answers or reports the fault, and a rebuild
    /// restores everything.
    #[test]
    fn no_damage_ends_in_a_panic_and_none_survives_a_rebuild(blows in blows()) {
        let whole = shared_world();
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        copy(whole, at);
        for (file, place, blow) in &blows {
            let files = files_below(&at.join("kg-store"));
            strike(&files[file % files.len()], *place, blow);
        }
        for question in QUESTIONS {
            let output = kg(at, question);
            let words = String::from_utf8_lossy(&output.stderr);
            prop_assert!([Some(0), Some(1)].contains(&output.status.code()), "{question:?} {:?}: {words}", output.status);
            prop_assert!(!words.contains("panicked"), "{question:?}: {words}");
        }
        let output = kg(at, &["build", "--rebuild", "papers.jsonl"]);
        let words = String::from_utf8_lossy(&output.stderr);
        prop_assert!(output.status.success(), "{words}");
        prop_assert!(answer(at, &["neighbors", "COCO"]).contains("Another"), "{words}");
    }
}

fn shared_world() -> &'static Path {
    static WORLD: std::sync::OnceLock<tempfile::TempDir> = std::sync::OnceLock::new();
    WORLD.get_or_init(world).path()
}

#[test]
fn a_damaged_search_index_is_made_again_with_a_word_and_the_answer_is_right() {
    let folder = world();
    let at = folder.path();
    let right = QUESTIONS[..5].iter().map(|question| answer(at, question)).collect::<Vec<_>>();
    let index = newest_generation(at).join("search");
    for nth in 0..files_below(&index).len() {
        for blow in [Blow::Flip { bit: 3 }, Blow::Truncate, Blow::Delete] {
            // A rebuilt index has other names for its files.
            let files = files_below(&index);
            let path = &files[nth.min(files.len() - 1)];
            strike(path, 0.5, &blow);
            for (question, right) in QUESTIONS[..5].iter().zip(&right) {
                assert_eq!(&answer(at, question), right, "{} {blow:?} {question:?}", path.display());
            }
        }
    }
    let first = &files_below(&index)[0];
    strike(first, 0.5, &Blow::Flip { bit: 3 });
    let words = String::from_utf8(kg(at, &["neighbors", "COCO"]).stderr).unwrap();
    assert!(words.contains("the search index at") && words.contains("it is rebuilt from the graph"), "{words}");
    assert_eq!(kg(at, &["neighbors", "COCO"]).stderr, b"");
}

#[test]
fn a_build_that_finds_nothing_new_opens_neither_inputs_nor_the_database() {
    let folder = world();
    let at = folder.path();
    overwrite(&newest_generation(at), "MANIFEST");
    assert!(said(at, &["build", "papers.jsonl"]).contains("nothing new"));
}

#[test]
fn what_a_file_said_that_is_gone_from_a_folder_is_removed_and_this_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir_all(at.join("papers/deep")).unwrap();
    for (name, title) in
        [("papers/a.jsonl", "A"), ("papers/deep/b.jsonl", "B"), ("c.jsonl", "C"), ("papers/d.jsonl", "D")]
    {
        fs::write(at.join(name), format!("{{\"title\":\"{title}\"}}")).unwrap();
    }
    said(at, &["build", "papers", "c.jsonl"]);
    fs::remove_file(at.join("papers/deep/b.jsonl")).unwrap();
    fs::remove_file(at.join("c.jsonl")).unwrap();
    let kept = said(at, &["build", "--keep-missing", "papers"]);
    assert!(kept.contains("nothing new"), "{kept}");
    assert_eq!(titles(at), ["A", "B", "C", "D"].map(str::to_string).into());
    let words = said(at, &["build", "./papers"]);
    assert!(words.contains("removed: papers/deep/b.jsonl is gone, and 1 record with it"), "{words}");
    // The folder says nothing of a file that is not in it.
    assert_eq!(titles(at), ["A", "C", "D"].map(str::to_string).into());
    fs::remove_file(at.join("papers/d.jsonl")).unwrap();
    let words = said(at, &["build", "papers/*.jsonl"]);
    assert!(words.contains("removed: papers/d.jsonl is gone"), "{words}");
    assert_eq!(titles(at), ["A", "C"].map(str::to_string).into());
}

/// On a disk of a few megabytes, mounted in a separate namespace.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "mounts a disk: needs unshare(1) and user name spaces"]
fn a_build_on_a_full_disk_leaves_room_as_it_was_and_says_what_was_needed() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("papers.jsonl"), PAPERS).unwrap();
    let many: String = (0..40_000).map(|i| format!("{{\"title\":\"Paper {i} {}\"}}\n", "x".repeat(i % 300))).collect();
    fs::write(at.join("many.jsonl"), many).unwrap();
    fs::create_dir(at.join("disk")).unwrap();
    let script = r#"
        mount -t tmpfs -o size=24m tmpfs disk && cd disk || exit 9
        "$KG" build ../papers.jsonl || exit 8
        before=$(df --output=avail . | tail -1)
        "$KG" build ../many.jsonl 2>said; [ $? = 1 ] || exit 7
        after=$(df --output=avail . | tail -1)
        cat said >&2
        [ $after -ge $((before - 64)) ] || { echo "$before before, $after after" >&2; exit 6; }
        "$KG" update -e 'INSERT DATA { dataset:coco rdfs:comment "there is room" }' || exit 5
    "#;
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]).current_dir(at);
    let output = command.env("KG", assert_cmd::cargo::cargo_bin!("kg")).output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?}: {words}", output.status);
    assert!(words.contains("is full: the build had written") && words.contains("they are free again"), "{words}");
}
