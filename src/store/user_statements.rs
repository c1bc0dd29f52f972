//! The user's own statements (`kg update`). They are kept in a file beside the generations, so that a damaged database
//! does not lose them.
//!
//! The file is authoritative. It is replaced as a whole before the generation with the new statements is published,
//! and the writer of the next generation updates the graph from it. The format is N-Triples after a comment line with
//! a version and a checksum, so that any program can read it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::{GraphName, Quad, Triple};
use oxigraph::store::{StorageError, Store};
use xxhash_rust::xxh3::xxh3_64;

use crate::disk;
use crate::ontology::Ontology;

/// The first line of the file, up to the version and the checksum.
const HEADER: &str = "# papergraph: statements of the user, version ";
const VERSION: u32 = 1;

/// The contents of the file, as far as it can be read.
pub(super) enum UserStatements {
    Missing,
    /// All statements, sorted by their text.
    Whole(BTreeSet<String>),
    /// The file is damaged. These are the lines that still parse as statements.
    Damaged(BTreeSet<String>),
    /// A later version of the program wrote the file.
    TooNew(u32),
}

pub(super) fn path(root: &Path) -> PathBuf {
    root.join("user.nt")
}

pub(super) fn read(root: &Path) -> std::io::Result<UserStatements> {
    let Some(bytes) = disk::read(&path(root))? else { return Ok(UserStatements::Missing) };
    let text = String::from_utf8_lossy(&bytes);
    let (first, body) = text.split_once('\n').unwrap_or((&text, ""));
    let header = first.strip_prefix(HEADER).and_then(|rest| rest.split_once(", xxh3:"));
    let version = header.and_then(|(version, _)| version.parse::<u32>().ok());
    if let Some(version) = version.filter(|version| *version > VERSION) {
        return Ok(UserStatements::TooNew(version));
    }
    let statements: BTreeSet<String> = body.lines().filter(|line| parsed(line).is_some()).map(str::to_string).collect();
    let is_whole = version.is_some() && header.is_some_and(|(_, sum)| sum == checksum(body));
    Ok(if is_whole { UserStatements::Whole(statements) } else { UserStatements::Damaged(statements) })
}

pub(super) fn write(root: &Path, statements: &BTreeSet<String>) -> std::io::Result<()> {
    let body: String = statements.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    disk::replace_with(&path(root), format!("{HEADER}{VERSION}, xxh3:{}\n{body}", checksum(&body)).as_bytes())
}

/// The user's statements in a graph.
pub(super) fn of(store: &Store, ontology: &Ontology) -> Result<BTreeSet<String>, StorageError> {
    let graph = ontology.user_graph();
    let quads = store.quads_for_pattern(None, None, None, Some(graph.as_ref()));
    quads.map(|quad| Ok(format!("{} .", Triple::from(quad?)))).collect()
}

/// Parses a statement as a quad of the user's graph; `None` if the line is not a statement.
pub(super) fn quad(line: &str, graph: &GraphName) -> Option<Quad> {
    parsed(line).map(|triple| triple.in_graph(graph.clone()))
}

fn parsed(line: &str) -> Option<Triple> {
    let mut quads = RdfParser::from_format(RdfFormat::NTriples).for_slice(line.as_bytes());
    quads.next()?.ok().map(Triple::from)
}

fn checksum(body: &str) -> String {
    format!("{:016x}", xxh3_64(body.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statements() -> BTreeSet<String> {
        [
            "<urn:a> <urn:b> \"two\\nlines \\\" and é\" .".to_string(),
            "<urn:a> <urn:b> \"1\"^^<http://www.w3.org/2001/XMLSchema#integer> .".to_string(),
            "_:b <urn:b> \"hello\"@en .".to_string(),
        ]
        .into()
    }

    #[test]
    fn statements_come_back_from_the_file_and_from_a_graph() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(read(folder.path()).unwrap(), UserStatements::Missing));
        write(folder.path(), &statements()).unwrap();
        assert!(matches!(read(folder.path()).unwrap(), UserStatements::Whole(read) if read == statements()));
        let (store, ontology) = (Store::new().unwrap(), Ontology::default());
        for line in statements() {
            store.insert(&quad(&line, &ontology.user_graph()).unwrap()).unwrap();
        }
        assert_eq!(of(&store, &ontology).unwrap(), statements());
    }

    #[test]
    fn of_a_damaged_file_the_sound_lines_are_read() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &statements()).unwrap();
        let text = std::fs::read_to_string(path(folder.path())).unwrap();
        std::fs::write(path(folder.path()), text.replace("@en .", "@en")).unwrap();
        assert!(matches!(read(folder.path()).unwrap(), UserStatements::Damaged(read) if read.len() == 2));
        std::fs::write(path(folder.path()), text.replace("version 1", "version 9")).unwrap();
        assert!(matches!(read(folder.path()).unwrap(), UserStatements::TooNew(9)));
    }
}
