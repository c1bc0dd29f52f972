//! What a generation holds, in a small file beside its RDF: counts, sources, and when the build ended.
//!
//! Each answer for agents says what the graph covers, and opening RocksDB for that takes longer than most answers from
//! the index. The file is derived from the RDF when the generation is published. If it is missing or damaged, the RDF
//! is read.

use std::path::Path;

use oxigraph::model::{Quad, Term};
use oxigraph::store::StorageError;
use serde::{Deserialize, Serialize};

use super::quads::Quads;
use super::read;
use super::statistics::Statistics;
use crate::disk::{self, FileKind};
use crate::ontology::{Ontology, prov};

const KIND: FileKind = FileKind { magic: b"kg-view\n", version: 1 };
const FILE: &str = "overview";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct GenerationOverview {
    pub statistics: Statistics,
    /// Names of the files that the graph was built from, in the order of the build.
    pub inputs: Vec<String>,
    /// When the last build ended, as an RFC 3339 time; `None` if the graph does not say.
    pub built_at: Option<String>,
}

impl GenerationOverview {
    /// Reads the metadata of a graph from its RDF.
    pub(super) fn of(store: &Quads, ontology: &Ontology) -> Result<Self, StorageError> {
        Ok(Self {
            statistics: Statistics::read(store.database(), ontology)?,
            inputs: inputs(store, ontology)?,
            built_at: read::metadata(store, ontology, prov::GENERATED_AT_TIME)?,
        })
    }

    /// Reads the file of the generation at `folder`; `None` if there is none that can be used.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        let file = disk::read(&folder.join(FILE)).ok()??;
        postcard::from_bytes(KIND.unsealed(&file).ok()?).ok()
    }

    pub(super) fn write(&self, folder: &Path) -> std::io::Result<()> {
        let contents = postcard::to_allocvec(self).map_err(std::io::Error::other)?;
        disk::replace_with(&folder.join(FILE), &KIND.sealed(&contents))
    }
}

fn inputs(store: &Quads, ontology: &Ontology) -> Result<Vec<String>, StorageError> {
    let graph = ontology.build_graph();
    let file = ontology.kg.file.as_ref();
    let mut inputs = Vec::new();
    for quad in store.database().quads_for_pattern(None, Some(file), None, Some(graph.as_ref())) {
        let Quad { subject, object: Term::Literal(name), .. } = quad? else { continue };
        let number = subject.to_string().rsplit('-').next().and_then(|n| n.trim_end_matches('>').parse::<u64>().ok());
        inputs.push((number, name.value().to_string()));
    }
    inputs.sort_unstable();
    Ok(inputs.into_iter().map(|(_, name)| name).collect())
}

#[cfg(test)]
mod tests {
    use oxigraph::model::{GraphName, Literal, NamedNode};

    use super::*;
    use crate::index::ReadAmount;
    use crate::store::layout::StoreLayout;
    use crate::store::{GenerationBuild, GenerationEdit, GraphStore};
    use crate::vocabulary::Vocabulary;

    #[test]
    fn counts_of_a_generation_are_known_without_its_rdf_and_follow_an_edit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("g");
        let vocabulary = Vocabulary::from_texts([]).unwrap();
        GenerationBuild::begin(&path, None, &vocabulary).unwrap().finish().unwrap();
        let triples = |path: &Path| GraphStore::open_index(path, ReadAmount::Much).unwrap().counts().unwrap().triples;
        let before = triples(&path);
        let mut change = GenerationEdit::begin(&path).unwrap();
        let node = NamedNode::new_unchecked("urn:a");
        change
            .insert(Quad::new(node.clone(), node, Literal::new_simple_literal("b"), GraphName::DefaultGraph))
            .unwrap();
        change.finish().unwrap();
        let graph = GraphStore::open_index(&path, ReadAmount::Much).unwrap();
        assert_eq!(graph.counts().unwrap().triples, before + 1);
        assert!(graph.built_at().unwrap().is_some());
        assert!(!graph.has_open_rdf());
    }

    #[test]
    fn a_generation_whose_overview_is_missing_or_damaged_has_the_same_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("g");
        let vocabulary = Vocabulary::from_texts([]).unwrap();
        GenerationBuild::begin(&path, None, &vocabulary).unwrap().finish().unwrap();
        let file = StoreLayout::new(&path).generation(1).join(FILE);
        let counts = || GraphStore::open_index(&path, ReadAmount::Much).unwrap().counts().unwrap();
        let (whole, mut bytes) = (counts(), std::fs::read(&file).unwrap());
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(&file, bytes).unwrap();
        assert_eq!(counts(), whole);
        std::fs::remove_file(&file).unwrap();
        assert_eq!((counts().nodes, counts().triples), (whole.nodes, whole.triples));
    }
}
