//! Lists `vocab/*.toml` and `queries/*.rq`, so that a new file is part of the binary without a line of code.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    write_list("vocab", "toml", "VOCABULARY_FILES", &out.join("vocabulary_files.rs"));
    write_list("queries", "rq", "QUERY_FILES", &out.join("query_files.rs"));
}

/// Writes `static NAME: &[(file name, contents)]`, sorted by file name.
fn write_list(folder: &str, extension: &str, constant: &str, to: &Path) {
    println!("cargo::rerun-if-changed={folder}");
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = std::fs::read_dir(root.join(folder))
        .unwrap_or_else(|e| panic!("cannot read {folder}/: {e}"))
        .map(|entry| entry.expect("readable folder").path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .collect();
    files.sort();
    let mut code = format!("pub(crate) static {constant}: &[(&str, &str)] = &[\n");
    for path in files {
        println!("cargo::rerun-if-changed={}", path.display());
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        writeln!(code, "    ({:?}, include_str!({:?})),", format!("{folder}/{name}"), path.display().to_string())
            .expect("writing to a string");
    }
    code.push_str("];\n");
    std::fs::write(to, code).expect("OUT_DIR can be written");
}
