use std::cmp::Reverse;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::ontology::NodeKind;
use crate::store::{GraphStore, StoreError};
use crate::text::counted;

/// What the graph covers. Nothing outside of it is known here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct GraphCoverage {
    /// Number of papers.
    pub papers: u64,
    /// Year of the earliest dated paper.
    pub first_year: Option<u16>,
    /// Year of the latest dated paper.
    pub last_year: Option<u16>,
    /// What the papers were read from: files, or folders with their number of files.
    pub sources: Vec<String>,
    /// Number of files in further folders.
    pub more_sources: usize,
    /// When the graph was last built, as an RFC 3339 time.
    pub built: Option<String>,
    /// The address in front of an id: the base and `dataset/coco` are the IRI of COCO.
    pub base: String,
}

/// Number of files, or of folders, that are listed.
const SOURCES: usize = 4;

/// The sources in few words: each file if they are few, else folders, the one with the most files first, and the number of
/// files in folders that are not listed.
fn summed_up(files: &[String]) -> (Vec<String>, usize) {
    if files.len() <= SOURCES {
        return (files.to_vec(), 0);
    }
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    for file in files {
        let folder = file.rfind(['/', '\\']).map_or("", |end| &file[..=end]);
        *folders.entry(folder).or_default() += 1;
    }
    let mut folders: Vec<(&str, usize)> = folders.into_iter().collect();
    folders.sort_by_key(|(_, files)| Reverse(*files));
    let more = folders.iter().skip(SOURCES).map(|(_, files)| files).sum();
    let said = folders.iter().take(SOURCES).map(|(folder, n)| match *folder {
        "" => counted(*n, "file"),
        folder => format!("{folder} ({})", counted(*n, "file")),
    });
    (said.collect(), more)
}

impl GraphCoverage {
    /// # Errors
    /// If the graph cannot be read.
    pub(super) fn of(graph: &GraphStore) -> Result<Self, StoreError> {
        let counts = graph.counts()?;
        let papers = counts.nodes.iter().find(|(kind, _)| *kind == NodeKind::Paper).map_or(0, |(_, n)| *n);
        let (sources, more_sources) = summed_up(graph.inputs()?);
        Ok(Self {
            papers,
            first_year: counts.years.map(|(first, _)| first),
            last_year: counts.years.map(|(_, last)| last),
            sources,
            more_sources,
            built: graph.built_at()?,
            base: graph.base().as_str().to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_files_are_summed_up_by_folder() {
        let files = |names: &[&str]| names.iter().map(|name| (*name).to_string()).collect::<Vec<_>>();
        assert_eq!(summed_up(&files(&["a/one.bib", "two.bib"])), (files(&["a/one.bib", "two.bib"]), 0));
        let many = files(&["a/1", "b/1", "b/2", "c/1", "c/2", "c/3", "d\\1", "d\\2", "d\\3", "d\\4", "five"]);
        assert_eq!(
            summed_up(&many),
            (files(&["d\\ (4 files)", "c/ (3 files)", "b/ (2 files)", "1 file"]), 1),
            "the file of a/ is one of more"
        );
    }
}
