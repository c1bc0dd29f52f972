//! The user's file about people, and the file of doubtful cases, both in the folder of the graph.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use super::{BuildError, Observer};
use crate::collection::{IdentifiedAuthors, PeopleDecisions};
use crate::disk;

/// The file that the user writes.
const DECISIONS: &str = "people.toml";
/// The file that a build writes: people that may be several, as lines for the user's file.
pub(super) const DOUBTS: &str = "people-doubtful.toml";

/// The decisions of the user; none if there is no file.
pub(super) fn decisions(store: &Path) -> Result<PeopleDecisions, BuildError> {
    let path = store.join(DECISIONS);
    match std::fs::read_to_string(&path) {
        Ok(text) => PeopleDecisions::from_toml(&path.display().to_string(), &text).map_err(BuildError::People),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(PeopleDecisions::default()),
        Err(error) => Err(BuildError::People(format!("{} cannot be read: {error}", path.display()))),
    }
}

/// Writes the doubtful people into their file, and returns their number.
pub(super) fn report(store: &Path, people: &IdentifiedAuthors, observer: &dyn Observer) -> Result<u64, BuildError> {
    for name in &people.unknown_names {
        observer.note(&format!("{DECISIONS} names `{name}`, which no paper of the graph has as an author"));
    }
    let path = store.join(DOUBTS);
    let failed = |error| BuildError::Ledger { path: path.clone(), error };
    if people.doubts.is_empty() {
        return match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(error)),
            _ => Ok(0),
        };
    }
    let mut out = format!(
        "# People whose papers were put together on little evidence. Where a list has papers of several people, copy its\n\
         # line into {DECISIONS} in this folder, bring the papers of each person into one list, and build again.\n\
         different = [\n"
    );
    for doubt in &people.doubts {
        let list = |papers: &Vec<crate::paper::PaperId>| {
            let ids: Vec<String> = papers.iter().map(|id| format!("\"{id}\"")).collect();
            format!("[{}]", ids.join(", "))
        };
        let papers: Vec<String> = doubt.papers.iter().map(list).collect();
        let name = doubt.name.replace(['\\', '"'], "");
        let _ = writeln!(out, "  {{ name = \"{name}\", papers = [{}] }},", papers.join(", "));
    }
    out.push_str("]\n");
    disk::replace_with(&path, out.as_bytes()).map_err(failed)?;
    Ok(people.doubts.len() as u64)
}
