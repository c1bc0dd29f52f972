//! Compiles the data that ship with the program: `vocab/*.toml` into the tables that `src/builtin.rs` reads, and
//! `queries/*.rq` into a list, so that a new file becomes part of the binary without a line of code.
//!
//! The vocabulary is read and checked by the library's own modules, included here; an error ends the build.

#[allow(dead_code, unused_imports, unreachable_pub)]
#[path = "src/document/mod.rs"]
mod document;
#[allow(dead_code, unused_imports, unreachable_pub)]
#[path = "src/matcher/names.rs"]
mod names;
#[allow(dead_code, unused_imports, unreachable_pub)]
#[path = "src/paper/mod.rs"]
mod paper;
#[allow(dead_code, unused_imports, unreachable_pub)]
#[path = "src/text/mod.rs"]
mod text;
#[allow(dead_code, unused_imports, unreachable_pub)]
#[path = "src/vocabulary/mod.rs"]
mod vocabulary;

use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use daachorse::DoubleArrayAhoCorasick;

use names::PatternNames;
use vocabulary::{Organizations, Venues, Vocabulary, VocabularyProblems};

fn main() -> ExitCode {
    // If the corpus is missing, its tests are ignored visibly, not skipped silently.
    println!("cargo::rustc-check-cfg=cfg(shared_corpus)");
    let shared = Path::new("../shared");
    if shared.join("corpus/daily-papers").is_dir() && shared.join("gold/dev.jsonl").is_file() {
        println!("cargo::rustc-cfg=shared_corpus");
    }
    // Answers have JSON Schemas. The code that this script shares with the crate has none here.
    if std::env::var_os("CARGO_FEATURE_GRAPH").is_some() {
        println!("cargo::rustc-cfg=json_schema");
    }
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    // A program with another hash reads all inputs again.
    println!("cargo::rustc-env=KG_RULES={:016x}", hash_of_sources());
    write_list("queries", "rq", "QUERY_FILES", &out.join("query_files.rs"));
    let lists = write_list_of("venues", &out, |file, text| Venues::from_toml(file, text).err());
    let lists = write_list_of("organizations", &out, |file, text| Organizations::from_toml(file, text).err()) && lists;
    if lists { write_vocabulary(&out) } else { ExitCode::FAILURE }
}

/// Checks `vocab/NAME.toml` and copies it to the place from which the program includes it. A missing file is an empty
/// list. Returns whether the file is valid.
fn write_list_of(name: &str, out: &Path, check: impl Fn(&str, &str) -> Option<VocabularyProblems>) -> bool {
    let file = format!("vocab/{name}.toml");
    let text = fs::read_to_string(&file).unwrap_or_default();
    let problems = check(&file, &text).map(|problems| problems.0).unwrap_or_default();
    problems.iter().for_each(|problem| println!("cargo::error={problem}"));
    fs::write(out.join(format!("{name}.toml")), text).expect("OUT_DIR can be written");
    problems.is_empty()
}

/// Hash of the code and data that decide what a graph says: how inputs are read, what is found in them, and how it
/// becomes triples.
fn hash_of_sources() -> u64 {
    let mut hash = DefaultHasher::new();
    for room in ["collection", "document", "extract", "matcher", "ontology", "paper", "source", "text", "vocabulary"] {
        for (name, path) in files_below(&format!("src/{room}")) {
            let code = fs::read_to_string(&path).unwrap_or_else(|e| panic!("cannot read {name}: {e}"));
            (name, code).hash(&mut hash);
        }
    }
    // The files that decide what an address in a text means, and names of venues and organisations.
    for name in ["hosts", "venues", "organizations"] {
        fs::read_to_string(format!("vocab/{name}.toml")).unwrap_or_default().hash(&mut hash);
    }
    hash.finish()
}

fn files_below(folder: &str) -> Vec<(String, PathBuf)> {
    let mut all = files(folder, "rs");
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let mut folders: Vec<String> = fs::read_dir(root.join(folder))
        .unwrap_or_else(|e| panic!("cannot read {folder}/: {e}"))
        .map(|entry| entry.expect("readable folder"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| format!("{folder}/{}", entry.file_name().to_string_lossy()))
        .collect();
    folders.sort();
    folders.iter().for_each(|folder| all.extend(files_below(folder)));
    all
}

/// Writes the vocabulary, its names and the automaton over them.
fn write_vocabulary(out: &Path) -> ExitCode {
    let files: Vec<(String, String)> = files("vocab", "toml")
        .into_iter()
        .filter(|(_, path)| vocabulary::is_vocabulary(path))
        .map(|(name, path)| (name, fs::read_to_string(path).expect("a readable vocabulary")))
        .collect();
    let vocabulary = match Vocabulary::from_texts(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))) {
        Ok(vocabulary) => vocabulary,
        Err(problems) => {
            for problem in problems.0 {
                println!("cargo::error={problem}");
            }
            return ExitCode::FAILURE;
        }
    };
    let (names, patterns) = PatternNames::spell((0..).zip(vocabulary.entities()));
    let automaton =
        DoubleArrayAhoCorasick::<u32>::new(patterns).expect("a vocabulary of far less than the largest automaton");
    let write = |name: &str, bytes: Vec<u8>| fs::write(out.join(name), bytes).expect("OUT_DIR can be written");
    write("vocabulary.bin", postcard::to_allocvec(&vocabulary).expect("plain values"));
    write("names.bin", postcard::to_allocvec(&names).expect("plain values"));
    write("automaton.bin", automaton.serialize());
    ExitCode::SUCCESS
}

/// Writes `static NAME: &[(file name, contents)]`, sorted by file name.
fn write_list(folder: &str, extension: &str, constant: &str, to: &Path) {
    let mut code = format!("pub(crate) static {constant}: &[(&str, &str)] = &[\n");
    for (name, path) in files(folder, extension) {
        writeln!(code, "    ({name:?}, include_str!({:?})),", path.display().to_string()).expect("writing to a string");
    }
    code.push_str("];\n");
    fs::write(to, code).expect("OUT_DIR can be written");
}

/// The files of a folder, by name; cargo builds again if one of them changes.
fn files(folder: &str, extension: &str) -> Vec<(String, PathBuf)> {
    println!("cargo::rerun-if-changed={folder}");
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let mut files: Vec<(String, PathBuf)> = fs::read_dir(root.join(folder))
        .unwrap_or_else(|e| panic!("cannot read {folder}/: {e}"))
        .map(|entry| entry.expect("readable folder").path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .map(|path| (format!("{folder}/{}", path.file_name().expect("a file").to_string_lossy()), path))
        .collect();
    files.sort();
    for (_, path) in &files {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    files
}
